//! One broken thing per file of `tests/invalid/tree/`, before any kind of thing is looked at; the golden message stands
//! beside it. A first line `# variant: A+B` applies variants. `BLACKSTART_BLESS=1` writes the messages anew.

use blackstart::diagnostics::{Style, explanation, render};
use blackstart::scenario::{Language, Limits, SectionForm, SectionShape, Shape, load};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FOLDER: &str = "tests/invalid/tree";

/// A small language, so that these messages do not change with the kinds.
fn language() -> Language {
    let entities = |name: &str, shape: Value, nested: &[&str]| SectionShape {
        name: name.to_owned(),
        form: SectionForm::Entities,
        shape: Shape::from_schema(&shape),
        nested: nested.iter().map(|&name| name.to_owned()).collect(),
    };
    let text = json!({"type": "string"});
    let needs = json!({"type": "object", "additionalProperties": {"oneOf": [
        {"type": "string", "const": "hard"},
        {"type": "object", "properties": {"soft": {"type": "object"}}, "required": ["soft"]}]}});
    let title = SectionShape {
        form: SectionForm::Value,
        ..entities("title", text.clone(), &[])
    };
    Language {
        sections: vec![
            title,
            entities(
                "sites",
                json!({"type": "object", "properties": {"in": text}}),
                &["rooms"],
            ),
            entities(
                "rooms",
                json!({"type": "object", "properties": {"in": text}}),
                &[],
            ),
            entities(
                "pools",
                json!({"type": "object", "properties": {"servers": text, "draw": text}}),
                &[],
            ),
            entities(
                "services",
                json!({"type": "object", "properties": {"tier": text, "needs": needs}}),
                &[],
            ),
        ],
        library: &[("library/pools.yaml", "pools: {default: {}, dense: {}}\n")],
        places: Vec::new(),
        archetypes: &[],
    }
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(FOLDER).expect("the folder of broken files");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    files
}

fn variants(path: &Path) -> Vec<String> {
    let text = std::fs::read(path).expect("a file");
    let text = String::from_utf8_lossy(&text).into_owned();
    let first = text.lines().next().unwrap_or_default();
    first
        .strip_prefix("# variant: ")
        .map(str::to_owned)
        .into_iter()
        .collect()
}

#[test]
fn every_broken_file_gives_its_message_and_quickly() {
    let bless = std::env::var_os("BLACKSTART_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut codes = BTreeSet::new();
    for path in files() {
        let began = Instant::now();
        let loaded = load(&path, &language(), &variants(&path), &Limits::default()).expect("a readable file");
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{} took too long",
            path.display()
        );
        assert!(!loaded.issues.is_empty(), "{} has no issue", path.display());
        codes.extend(loaded.issues.iter().map(|issue| issue.code.to_string()));
        let said = render(
            &loaded.issues,
            &loaded.sources,
            Style {
                colour: false,
                width: 100,
            },
        );
        let golden = path.with_extension("txt");
        if bless {
            std::fs::write(&golden, &said).expect("a golden file");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "these messages changed:\n{}", wrong.join("\n"));
    for code in &codes {
        assert!(explanation(code).is_some(), "`{code}` is not explained");
    }
    assert!(
        codes.len() >= 25,
        "only {} codes are shown: {codes:?}",
        codes.len()
    );
}
