//! The order of the layers, the names and the lengths of files.

use crate::sources::{Source, sources};
use std::collections::BTreeSet;

/// The layers in the design's order: each may use those before it.
const LAYERS: &[&str] = &[
    "quantity",
    "random",
    "statistics",
    "diagnostics",
    "kernel",
    "scenario",
    "model",
    "component",
    "hazard",
    "recovery",
    "compile",
    "observe",
    "store",
    "monte_carlo",
    "analysis",
    "report",
    "import",
    "cli",
];

/// The most lines of a file.
const LINES_MAX: usize = 700;

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "misc", "manager", "imp", "stuff",
];

fn place(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|&known| known == layer)
}

fn identifier(text: &str) -> &str {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

/// The first names of a path or of a group of paths: `{a::b, c}` gives a and c.
fn first_names(text: &str) -> Vec<&str> {
    let text = text.trim_start();
    let Some(group) = text.strip_prefix('{') else {
        return vec![identifier(text)];
    };
    let (mut names, mut depth, mut begins) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if c.is_whitespace() => {}
            _ if begins => {
                names.push(identifier(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

/// The layers that a file names outside its tests, with the line: through `crate::`, and through `super::` up to the root.
fn used_layers(source: &Source) -> Vec<(usize, String)> {
    // Lines of tests become empty, so that a group of paths over several lines stays whole.
    let lines = source.code.lines().zip(&source.is_test);
    let code: String = lines
        .map(|(line, is_test)| format!("{}\n", if *is_test { "" } else { line }))
        .collect();
    let climbs = "super::".repeat(source.depth());
    let mut used = Vec::new();
    for prefix in ["crate::", climbs.as_str()] {
        for (at, _) in code.match_indices(prefix).filter(|_| !prefix.is_empty()) {
            let is_longer = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if is_longer && prefix != "crate::" {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let names = first_names(&code[at + prefix.len()..]);
            used.extend(
                names
                    .into_iter()
                    .filter(|name| place(name).is_some())
                    .map(|name| (line, name.to_owned())),
            );
        }
    }
    used
}

/// What a file uses against the order of the layers.
fn against_the_order(source: &Source) -> Vec<String> {
    let Some(own) = source.layer().and_then(place) else {
        return Vec::new();
    };
    let used = used_layers(source).into_iter();
    let below = used.filter(|(_, name)| place(name).is_some_and(|place| place > own));
    below
        .map(|(line, name)| format!("{}:{line}: {} may not use {name}", source.path, LAYERS[own]))
        .collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let found: Vec<String> = sources("src").iter().flat_map(against_the_order).collect();
    assert!(
        found.is_empty(),
        "against the order of the layers:\n{}",
        found.join("\n")
    );
}

#[test]
fn the_library_declares_its_modules_in_order() {
    let lib = sources("src")
        .into_iter()
        .find(|source| source.path == "src/lib.rs")
        .expect("src/lib.rs");
    let declared: Vec<String> = lib
        .code
        .lines()
        .filter_map(|line| {
            line.trim()
                .trim_start_matches("pub ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
        })
        .map(str::to_owned)
        .collect();
    assert!(!declared.is_empty(), "src/lib.rs declares no module");
    let places: Vec<usize> = declared
        .iter()
        .map(|name| place(name).unwrap_or_else(|| panic!("`{name}` is no layer of the design")))
        .collect();
    assert!(
        places.is_sorted(),
        "the modules of src/lib.rs are out of order: {declared:?}"
    );
    let files: BTreeSet<String> = sources("src")
        .iter()
        .filter_map(|source| source.layer().map(str::to_owned))
        .collect();
    let declared: BTreeSet<String> = declared.into_iter().collect();
    assert_eq!(
        files, declared,
        "the layers with files, and those that src/lib.rs declares"
    );
}

#[test]
fn the_program_is_a_thin_shell() {
    let main = sources("src")
        .into_iter()
        .find(|source| source.path == "src/main.rs")
        .expect("src/main.rs");
    assert!(
        main.code.lines().count() <= 60,
        "src/main.rs has grown: what it does belongs in cli/"
    );
}

#[test]
fn no_file_is_too_long() {
    let mut found = Vec::new();
    for source in sources("src")
        .into_iter()
        .chain(sources("tests"))
        .chain(sources("benches"))
    {
        let lines = source.text.lines().count();
        if lines > LINES_MAX {
            found.push(format!("{}: {lines} lines, at most {LINES_MAX}", source.path));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_file_is_named_after_what_it_holds() {
    let mut found = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let is_empty = |part: &str| EMPTY_NAMES.contains(&part.trim_end_matches(".rs"));
        if source.path.split('/').any(is_empty) {
            found.push(source.path);
        }
    }
    assert!(found.is_empty(), "these names say nothing: {found:?}");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let bare = |source: &Source| !source.text.starts_with("//!");
    let found: Vec<String> = sources("src")
        .into_iter()
        .filter(|source| bare(source) && source.is_test.iter().any(|test| !test))
        .map(|source| source.path)
        .collect();
    assert!(found.is_empty(), "no `//!` at the head of {found:?}");
}

#[test]
fn the_searches_for_layers_find_them() {
    let upward = Source::new(
        "src/kernel/run.rs",
        "use crate::quantity::X;\nuse crate::{\n    random::Law,\n    scenario::{Node, model},\n};\n",
    );
    assert_eq!(
        against_the_order(&upward),
        ["src/kernel/run.rs:2: kernel may not use scenario"]
    );
    let climbing = Source::new(
        "src/kernel/run.rs",
        "use super::super::cli::Y;\nuse super::report;\n",
    );
    assert_eq!(
        against_the_order(&climbing),
        ["src/kernel/run.rs:1: kernel may not use cli"]
    );
    let own = Source::new(
        "src/report/mod.rs",
        "use super::cli;\nfn f() -> crate::analysis::Z { crate::cli::go() }\n",
    );
    assert_eq!(against_the_order(&own).len(), 2);
    let tested = Source::new(
        "src/kernel/run.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::compile::X;\n}\n",
    );
    assert!(against_the_order(&tested).is_empty());
    assert_eq!(first_names("{a::{b, c}, d as e, self}"), ["a", "d", "self"]);
}
