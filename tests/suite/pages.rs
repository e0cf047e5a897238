//! The pages for people stay true: every file, folder and table that they name exists.

use crate::simulated::{Ready, loaded_text, rendered};
use crate::sources::root;
use blackstart::compile::validate;
use blackstart::monte_carlo::Replica;

const PAGES: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/README.md",
    "output/README.md",
];

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// What stands in backticks outside of blocks, with the text that follows it in its line.
fn quoted(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let mut rest = line;
        while !in_block
            && let Some((_, after)) = rest.split_once('`')
            && let Some((word, behind)) = after.split_once('`')
        {
            found.push((word, behind));
            rest = behind;
        }
    }
    found
}

/// Whether a word in backticks is a path of the repository.
fn is_path(word: &str) -> bool {
    let begins = [
        "src/",
        "tests/",
        "docs/",
        "benches/",
        "scenarios/",
        "output/",
        ".ci/",
    ];
    begins.iter().any(|folder| word.starts_with(folder)) && !word.contains(' ')
}

#[test]
fn every_path_that_a_page_names_exists() {
    let mut missing = Vec::new();
    for name in PAGES {
        for (word, _) in quoted(&page(name)).into_iter().filter(|(word, _)| is_path(word)) {
            // A recipe writes NAME where the new thing's own name goes: then its folder must be there.
            let path = match word.find("NAME") {
                Some(at) => &word[..word[..at].rfind('/').map_or(at, |slash| slash + 1)],
                None => word,
            };
            let is_made_later = path.starts_with("output/") && path != "output/README.md";
            if !is_made_later && !root().join(path).exists() {
                missing.push(format!("{name}: {word}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "pages name what does not exist:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let mut missing = Vec::new();
    for name in PAGES {
        let text = page(name);
        let folder = root()
            .join(name)
            .parent()
            .expect("a page stands in a folder")
            .to_owned();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
        {
            let file = link.split('#').next().unwrap_or_default();
            let is_elsewhere = file.is_empty() || file.contains("://");
            if !is_elsewhere && !folder.join(file).exists() {
                missing.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "links that lead nowhere:\n{}",
        missing.join("\n")
    );
}

#[test]
fn every_recipe_names_a_table_that_exists() {
    let text = page("CONTRIBUTING.md");
    let mut tables = 0;
    for (path, behind) in quoted(&text).into_iter().filter(|(word, _)| is_path(word)) {
        // A table is named in brackets behind its file: `src/component/mod.rs` (`KINDS`).
        let Some(table) = behind
            .strip_prefix(" (`")
            .and_then(|rest| rest.split_once("`)"))
            .map(|(table, _)| table)
        else {
            continue;
        };
        let code = std::fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
        assert!(code.contains(table), "{path} has no `{table}`");
        tables += 1;
    }
    assert!(tables >= 5, "CONTRIBUTING.md names {tables} tables only");
}

#[test]
fn the_code_map_names_every_layer() {
    let text = page("ARCHITECTURE.md");
    assert!(
        text.lines().count() < 200,
        "ARCHITECTURE.md has grown beyond one reading"
    );
    for source in crate::sources::sources("src") {
        if let Some(layer) = source.layer() {
            let named =
                text.contains(&format!("`src/{layer}/`")) || text.contains(&format!("`src/{layer}.rs`"));
            assert!(named, "the code map of ARCHITECTURE.md does not name {layer}");
        }
    }
}

#[test]
fn the_licence_of_the_package_is_that_of_its_texts() {
    let package = page("Cargo.toml");
    assert!(package.contains("license = \"MIT OR Apache-2.0\""));
    assert!(page("LICENSE-MIT").contains("The Blackstart authors"));
    assert!(page("LICENSE-APACHE").contains("Version 2.0, January 2004"));
}

#[test]
fn every_scenario_on_a_page_is_valid_and_runs() {
    let folder = std::fs::read_dir(root().join("docs")).expect("the folder of pages");
    let mut pages: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    pages.sort();
    let mut ran = 0;
    for page in pages
        .iter()
        .filter(|page| page.extension().is_some_and(|end| end == "md"))
    {
        let text = std::fs::read_to_string(page).unwrap_or_else(|why| panic!("{}: {why}", page.display()));
        let blocks = text
            .split("```yaml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next());
        for block in blocks.filter(|block| block.starts_with("blackstart: 1")) {
            let mut loaded = loaded_text(&page.display().to_string(), block);
            assert!(
                validate(&mut loaded).is_some() && loaded.issues.is_empty(),
                "{}",
                rendered(&loaded)
            );
            let ready = Ready::new(loaded_text("page.yaml", block));
            let row = Replica::new(ready.plan(1)).row(0);
            row.unwrap_or_else(|unfinished| panic!("{}: {unfinished:?}", page.display()));
            ran += 1;
        }
    }
    assert!(ran >= 2, "only {ran} scenarios stand on the pages");
}
