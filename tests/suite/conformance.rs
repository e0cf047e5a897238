//! Walks the tables: what is in a table has a name of its own, is documented, and its example runs.

use crate::simulated::{Ready, design, loaded_text, rendered};
use crate::sources::{Blank, blank, sources};
use blackstart::compile::{LIBRARY, help, kinds, language, library_defaults, names, schema, validate};
use blackstart::diagnostics::{CODES, explanation};
use blackstart::hazard::HAZARDS;
use blackstart::monte_carlo::Replica;
use blackstart::observe::measures::MEASURES;
use blackstart::report::FORMATS;
use serde_json::Value as Json;
use std::collections::BTreeSet;

fn assert_unique<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(
            !name.is_empty() && seen.insert(name),
            "{what}: `{name}` stands there twice, or is empty"
        );
    }
    assert!(!seen.is_empty(), "{what}: the table is empty");
}

fn assert_documented(name: &str, docs: &str) {
    assert!(
        docs.len() >= 20 && docs.ends_with('.'),
        "`{name}` is not documented in sentences: {docs:?}"
    );
}

#[test]
fn names_are_unique_in_every_table() {
    assert_unique("kinds", kinds().iter().map(|kind| kind.section));
    assert_unique("nouns", kinds().iter().map(|kind| kind.noun));
    assert_unique("hazards", HAZARDS.iter().map(|hazard| hazard.tag));
    assert_unique("measures", MEASURES.iter().map(|(name, _)| *name));
    assert_unique("formats", FORMATS.iter().map(|format| format.name));
    assert_unique("codes", CODES.iter().map(|(code, _)| *code));
    assert_unique("topics of help", names());
}

/// The codes that a text of Rust gives to issues as literals.
fn codes_given(text: &str) -> Vec<&str> {
    let makers = ["Issue::error(", "Issue::warning(", "Issue::finding("];
    let calls = makers.iter().flat_map(|maker| text.split(maker).skip(1));
    calls
        .filter_map(|rest| {
            rest.trim_start()
                .strip_prefix('"')?
                .split_once('"')
                .map(|(code, _)| code)
        })
        .collect()
}

#[test]
fn every_code_that_the_sources_give_is_explained() {
    let mut unknown = BTreeSet::new();
    let mut given = 0;
    for source in sources("src") {
        let text: String = source.text_lines().map(|(_, line)| format!("{line}\n")).collect();
        for code in codes_given(&blank(&text, Blank::Comments)) {
            given += 1;
            if explanation(code).is_none() {
                unknown.insert(format!("{}: {code}", source.path));
            }
        }
    }
    assert!(
        given > 20,
        "only {given} codes were found: are issues made in another way now?"
    );
    assert!(
        unknown.is_empty(),
        "codes that src/diagnostics/codes.rs does not explain: {unknown:#?}"
    );
}

#[test]
fn every_row_of_a_table_is_documented() {
    for kind in kinds() {
        assert_documented(kind.section, kind.docs);
    }
    for hazard in HAZARDS {
        assert_documented(hazard.tag, hazard.docs);
    }
    for (code, _) in CODES {
        assert_documented(code, explanation(code).expect("a code of the table"));
    }
    for format in FORMATS {
        assert!(
            format.docs.len() >= 20,
            "the format `{}` is not documented",
            format.name
        );
    }
}

/// An example with something that happens in it, so that it can run.
fn runnable(example: &str) -> String {
    let mut text = example.to_owned();
    if !text.contains("\nhappens:") {
        let loaded = loaded_text("example.yaml", example);
        let site = loaded
            .entries("sites")
            .first()
            .map(|entry| entry.key.to_string())
            .expect("an example with a site");
        text.push_str(&format!("\nhappens: {{gone: {{loss-of: {site}}}}}\n"));
    }
    if !text.contains("\nhorizon:") {
        text.push_str("horizon: 2 d\n");
    }
    text
}

#[test]
fn every_example_is_valid_and_runs() {
    let things = kinds().into_iter().map(|kind| (kind.section, kind.example));
    for (name, example) in things.chain(HAZARDS.iter().map(|hazard| (hazard.tag, hazard.example))) {
        assert!(example.contains(name), "the example of `{name}` does not use it");
        let mut loaded = loaded_text("example.yaml", example);
        let valid = validate(&mut loaded).is_some();
        assert!(
            valid && loaded.issues.is_empty(),
            "the example of `{name}`:\n{example}\n{}",
            rendered(&loaded)
        );
        let ready = Ready::new(loaded_text("example.yaml", &runnable(example)));
        for number in 0..3 {
            Replica::new(ready.plan(1))
                .row(number)
                .unwrap_or_else(|unfinished| panic!("{name}: {unfinished:?}"));
        }
    }
}

/// The names of the fields of a schema's own map, which may stand among the definitions.
fn fields(schema: &Json) -> Vec<String> {
    let reference = schema
        .get("$ref")
        .and_then(Json::as_str)
        .and_then(|path| path.strip_prefix('#'));
    if let Some(definition) = reference.and_then(|path| schema.pointer(path)) {
        return fields(definition);
    }
    let properties = schema.get("properties").and_then(Json::as_object);
    properties
        .map(|fields| fields.keys().cloned().collect())
        .unwrap_or_default()
}

#[test]
fn help_mentions_every_field() {
    let things = kinds().into_iter().map(|kind| (kind.section, (kind.schema)()));
    for (name, schema) in things.chain(HAZARDS.iter().map(|hazard| (hazard.tag, (hazard.schema)()))) {
        let text = help(name).unwrap_or_else(|| panic!("no help for `{name}`"));
        let schema = serde_json::to_value(schema).expect("a schema is JSON");
        let fields = fields(&schema);
        assert!(!fields.is_empty(), "`{name}` has no field: {schema}");
        for field in fields {
            assert!(
                text.contains(&field),
                "help for `{name}` does not mention `{field}`:\n{text}"
            );
        }
    }
    for name in names() {
        assert!(
            help(name).is_some_and(|text| text.len() > 40),
            "no help for `{name}`"
        );
    }
}

#[test]
fn the_schema_knows_every_section() {
    let schema = schema();
    let known = fields(&schema);
    for section in kinds()
        .iter()
        .map(|kind| kind.section)
        .chain(["title", "horizon", "clock", "targets", "record", "happens"])
    {
        assert!(
            known.iter().any(|name| name == section),
            "the schema has no `{section}`: {known:?}"
        );
    }
}

#[test]
fn every_number_of_the_library_has_a_source_or_is_assumed() {
    // One entry of every block of every section brings all numbers of the library in.
    let mut text = String::from("blackstart: 1\nsites: {alpha: {}}\n");
    let mut blocks = 0;
    for (name, library) in LIBRARY {
        let parsed = loaded_text(name, &format!("blackstart: 1\n{library}"));
        for kind in kinds() {
            let entries: Vec<&str> = parsed
                .entries(kind.section)
                .iter()
                .map(|entry| entry.key.as_ref())
                .collect();
            if !entries.is_empty() {
                let list: Vec<String> = entries
                    .iter()
                    .map(|block| format!("{}.{block}: {{library: {block}}}", kind.section))
                    .collect();
                blocks += list.len();
                text.push_str(&format!("{}: {{{}}}\n", kind.section, list.join(", ")));
            }
        }
    }
    // A block of a hazard is named after its tag, and what stands behind a slash is named in it.
    let mut happens = Vec::new();
    for (name, library) in LIBRARY {
        let parsed = loaded_text(name, &format!("blackstart: 1\n{library}"));
        for block in parsed.entries("happens") {
            let (tag, named) = block.key.split_once('/').unwrap_or((&block.key, ""));
            let named = if named.is_empty() {
                String::new()
            } else {
                format!("library: {named}")
            };
            happens.push(format!("h-{}: {{{tag}: {{{named}}}}}", happens.len()));
        }
    }
    assert!(happens.len() >= 3, "{happens:?}");
    text.push_str(&format!("happens: {{{}}}\n", happens.join(", ")));
    assert!(blocks >= 8, "the library has {blocks} blocks only");
    let loaded = loaded_text("all-of-the-library.yaml", &text);
    let numbers = loaded.numbers(&language());
    assert!(numbers.library.values().sum::<usize>() > 20, "{numbers:?}");
    assert_eq!(
        numbers.library_plain, 0,
        "numbers of the library without a source and not assumed: {numbers:?}"
    );
}

#[test]
fn the_defaults_of_the_library_are_fields_of_their_kinds() {
    let defaults = library_defaults();
    for kind in kinds() {
        let schema = serde_json::to_value((kind.schema)()).expect("a schema is JSON");
        let known = fields(&schema);
        let Some(block) = defaults.get(kind.section).and_then(Json::as_object) else {
            continue;
        };
        for field in block.keys() {
            assert!(
                known.contains(field),
                "the library gives `{}` a field `{field}` that it does not have",
                kind.section
            );
        }
    }
}

#[test]
fn a_design_without_happenings_says_what_was_left_out() {
    let bare = design(loaded_text(
        "bare.yaml",
        "blackstart: 1\nsites: {alpha: {}}\npools: {web: {in: alpha, servers: 10}}\n",
    ));
    let left_out = blackstart::compile::not_described(&bare.model);
    for stratum in ["power", "cooling", "network"] {
        assert!(
            left_out.iter().any(|line| line.contains(stratum)),
            "nothing about {stratum}: {left_out:?}"
        );
    }
}
