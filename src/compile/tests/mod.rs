//! The tables of kinds, walked; and small scenarios, from their text to what the network does.

use super::{
    Compiled, compile, help, kinds, language, library_defaults, names, node_named, schema, validate,
};
use crate::diagnostics::{Style, render};
use crate::hazard::HAZARDS;
use crate::kernel::{Limits, Observe, Scratch, State, Transition, View, run};
use crate::random::Key;
use crate::scenario::{Limits as TextLimits, load_text};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

mod common_causes;
mod cooling;
mod failures;
mod happenings;
mod histories;
mod loads;
mod mistakes;

/// Everything that is said about a scenario.
fn said(text: &str) -> String {
    let mut loaded = load_text("test.yaml", text, &language(), &[], &TextLimits::default());
    validate(&mut loaded);
    render(
        &loaded.issues,
        &loaded.sources,
        Style {
            colour: false,
            width: 200,
        },
    )
}

fn compiled(text: &str) -> Compiled {
    let mut loaded = load_text("test.yaml", text, &language(), &[], &TextLimits::default());
    let design = validate(&mut loaded);
    let issues = render(
        &loaded.issues,
        &loaded.sources,
        Style {
            colour: false,
            width: 200,
        },
    );
    compile(design.unwrap_or_else(|| panic!("{issues}")))
}

/// Every value that a node of this network has had, by name.
#[derive(Default)]
struct History {
    /// When, from, to.
    changes: BTreeMap<u32, Vec<(u64, i64, i64)>>,
}

impl Observe for History {
    const CAUSES: bool = false;

    fn settled(&mut self, _at: u64, batch: &[Transition], _view: &View<'_>) {
        for change in batch {
            self.changes
                .entry(change.node.0)
                .or_default()
                .push((change.at, change.from, change.to));
        }
    }
}

/// A replication that has been run.
struct Ran {
    compiled: Compiled,
    history: History,
    state: State,
}

const MINUTE: u64 = 60_000_000;

impl Ran {
    fn new(text: &str, replication: u32) -> Self {
        let compiled = compiled(text);
        let mut history = History::default();
        let mut state = State::new(&compiled.net);
        let mut scratch = Scratch::new(&compiled.net);
        let limits = Limits {
            horizon_us: compiled.horizon_us,
            events_max: 10_000_000,
            settlings_max: 10_000,
        };
        let end = run(
            &compiled.net,
            &mut state,
            &mut scratch,
            Key::new(1, replication),
            limits,
            &mut history,
        );
        assert!(end.is_ok(), "the replication ends");
        Self {
            compiled,
            history,
            state,
        }
    }

    /// The value of a node once the instant at so many microseconds has settled.
    fn at_us(&self, name: &str, us: u64) -> i64 {
        let node = node_named(&self.compiled.net, name).unwrap_or_else(|| panic!("no node {name}"));
        let changes = self.history.changes.get(&node.0);
        let Some(changes) = changes else {
            return self.state.value(node);
        };
        match changes.iter().rfind(|change| change.0 <= us) {
            Some(change) => change.2,
            None => changes[0].1,
        }
    }

    fn at(&self, name: &str, minute: u64) -> i64 {
        self.at_us(name, minute * MINUTE)
    }
}

#[test]
fn every_row_of_the_tables_is_unique_documented_and_shown_by_an_example_that_compiles_without_a_word() {
    let kinds = kinds();
    let sections: BTreeSet<&str> = kinds.iter().map(|kind| kind.section).collect();
    assert_eq!(sections.len(), kinds.len());
    let rows = kinds.iter().map(|kind| (kind.section, kind.docs, kind.example));
    for (name, docs, example) in rows.chain(HAZARDS.iter().map(|kind| (kind.tag, kind.docs, kind.example))) {
        assert!(docs.len() > 30 && docs.ends_with('.'), "{name} is not documented");
        assert!(example.contains(name), "the example of {name} does not use it");
        assert_eq!(said(example), "", "the example of {name}:\n{example}");
        compiled(example);
    }
}

#[test]
fn every_field_of_every_kind_is_documented_and_every_name_has_help() {
    fn walk(name: &str, schema: &Json) {
        if let Some(fields) = schema["properties"].as_object() {
            for (field, inner) in fields {
                let of_tag =
                    schema["required"].as_array().is_some_and(|all| all.len() == 1) && fields.len() == 1;
                let docs = inner["description"]
                    .as_str()
                    .or(schema["description"].as_str().filter(|_| of_tag));
                assert!(
                    docs.is_some_and(|docs| docs.len() > 5),
                    "{name}: {field} is not documented"
                );
            }
        }
        match schema {
            Json::Object(map) => map.values().for_each(|inner| walk(name, inner)),
            Json::Array(list) => list.iter().for_each(|inner| walk(name, inner)),
            _ => {}
        }
    }
    for kind in kinds() {
        let mut schema = (kind.schema)().to_value();
        if let Some(defs) = schema["$defs"].as_object_mut() {
            // How laws are written is documented by the laws.
            defs.retain(|name, _| name != "Law" && !name.ends_with("Parameters"));
        }
        walk(kind.section, &schema);
    }
    for name in names() {
        let text = help(name).unwrap_or_else(|| panic!("no help for {name}"));
        assert!(text.lines().count() > 2, "{text}");
    }
    assert!(
        help("generators").is_some_and(|text| text.contains("0.222 % if not given")),
        "{:?}",
        help("generators")
    );
    assert_eq!(help("nonsense"), None);
}

#[test]
fn the_schema_names_every_section_and_asks_for_nothing_that_the_library_gives() {
    let schema = schema();
    for kind in kinds() {
        assert!(schema["properties"][kind.section].is_object(), "{}", kind.section);
    }
    let required = &schema["$defs"]["generators"]["required"];
    assert_eq!(required, &serde_json::json!(["stands-in-for"]));
}

#[test]
fn every_number_of_the_library_has_a_grade_and_every_block_is_complete() {
    let defaults = library_defaults();
    for section in [
        "generators",
        "pools",
        "services",
        "teams",
        "procedures",
        "batteries",
        "cooling-plants",
    ] {
        assert!(
            defaults[section]
                .as_object()
                .is_some_and(|block| !block.is_empty()),
            "{section}"
        );
    }
    for (kind, names) in [
        ("generators", "gen-a"),
        ("cooling-plants", "chill-a"),
        ("pools", "web-a"),
        ("teams", "sre"),
    ] {
        let kind = kinds()
            .into_iter()
            .find(|row| row.section == kind)
            .expect("a kind");
        let numbers = {
            let mut loaded = load_text(
                "test.yaml",
                kind.example,
                &language(),
                &[],
                &TextLimits::default(),
            );
            validate(&mut loaded).expect("examples are valid").numbers
        };
        assert!(
            numbers.library_total() > 0 && numbers.library_plain == 0,
            "{names}: {numbers:?}"
        );
    }
}
