//! The same scenario and seed give the same bytes: on any number of threads, and however its text is arranged.

use crate::simulated::{Ready, asked, design, loaded, loaded_text};
use crate::sources::root;
use blackstart::analysis::run::run;
use blackstart::monte_carlo::{Replica, simulate};
use blackstart::report::{Input, files};
use blackstart::store::Rows;
use serde_json::{Map, Value as Json};
use std::path::PathBuf;

/// Three blocks of replications, the last one not full.
const N: u32 = 130;

fn pangyo() -> PathBuf {
    root().join("scenarios/pangyo-2022/as-it-happened.yaml")
}

/// Every file of a result: its name and its bytes.
fn result_files(ready: &Ready, threads: usize) -> Vec<(String, Vec<u8>)> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    let outcome = pool
        .install(|| run(&ready.compiled, &asked(N), &|_| {}))
        .expect("replications that end");
    let input = Input {
        results: &outcome.results,
        rows: &outcome.rows,
        resolved: &ready.compiled.resolved,
    };
    let files = files(&input).expect("result files");
    files
        .iter()
        .map(|file| (file.name.clone(), file.bytes()))
        .collect()
}

fn rows(ready: &Ready, n: u32) -> Rows {
    simulate(ready.plan(1), n, &|_| {}).expect("replications that end")
}

#[test]
fn every_result_file_is_the_same_on_one_two_and_eight_threads() {
    let ready = Ready::new(loaded(&pangyo()));
    let one = result_files(&ready, 1);
    assert!(one.len() > 8, "only {} files", one.len());
    for threads in [2, 8] {
        let others = result_files(&ready, threads);
        assert_eq!(one.len(), others.len());
        for ((name, bytes), (other_name, other_bytes)) in one.iter().zip(&others) {
            assert_eq!(name, other_name);
            assert!(bytes == other_bytes, "{name} differs on {threads} threads");
        }
    }
}

#[test]
fn a_replication_by_itself_is_its_row() {
    let ready = Ready::new(loaded(&pangyo()));
    let rows = rows(&ready, 40).to_vec().expect("rows in memory");
    let mut replica = Replica::new(ready.plan(1));
    for number in [39, 3, 17, 3] {
        assert_eq!(
            replica.row(number).expect("a replication that ends"),
            rows[number as usize]
        );
    }
    let other = Replica::new(ready.plan(2))
        .row(3)
        .expect("a replication that ends");
    assert_ne!(other, rows[3], "another seed gives another history");
}

/// The text of a value with the keys of all maps in reversed order. JSON is YAML.
fn reversed(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .rev()
                .map(|(key, value)| format!("{}: {}", Json::from(key.as_str()), reversed(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(reversed).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A scenario as one map of sections, with everything worked in.
fn sections(path: &std::path::Path) -> Map<String, Json> {
    let resolved = design(loaded(path)).resolved;
    let Ok(Json::Object(mut sections)) = serde_json::from_str(resolved.text()) else {
        panic!("a scenario is a map")
    };
    sections.insert("blackstart".to_owned(), Json::from(1));
    sections
}

#[test]
fn the_order_of_sections_and_entries_changes_nothing() {
    let sections = sections(&pangyo());
    let straight = Json::Object(sections.clone()).to_string();
    let turned = reversed(&Json::Object(sections));
    assert_ne!(straight, turned);
    let straight = rows(&Ready::new(loaded_text("straight.json", &straight)), 12);
    let turned = rows(&Ready::new(loaded_text("turned.json", &turned)), 12);
    assert!(straight == turned, "the order in the file changes rows");
    assert!(
        rows(&Ready::new(loaded(&pangyo())), 12) == straight,
        "the resolved scenario gives other rows"
    );
}

#[test]
fn moving_entries_into_an_included_file_changes_nothing() {
    let mut above = sections(&pangyo());
    let whole = rows(
        &Ready::new(loaded_text(
            "whole.json",
            &Json::Object(above.clone()).to_string(),
        )),
        12,
    );
    // Every second section moves as a whole; of the others, every second entry.
    let mut below = Map::new();
    let names: Vec<String> = above
        .keys()
        .filter(|name| *name != "blackstart")
        .cloned()
        .collect();
    for (at, name) in names.iter().enumerate() {
        let Some(Json::Object(entries)) = above.get(name) else {
            continue;
        };
        let moved: Vec<String> = entries
            .keys()
            .enumerate()
            .filter(|(entry, _)| at % 2 == 0 || entry % 2 == 0)
            .map(|(_, key)| key.clone())
            .collect();
        let mut part = Map::new();
        let Some(Json::Object(entries)) = above.get_mut(name) else {
            continue;
        };
        for key in moved {
            part.insert(
                key.clone(),
                entries.remove(&key).expect("an entry that was listed"),
            );
        }
        if entries.is_empty() {
            above.remove(name);
        }
        below.insert(name.clone(), Json::Object(part));
    }
    assert!(below.len() > 5 && above.len() > 3);
    below.insert("blackstart".to_owned(), Json::from(1));
    above.insert("include".to_owned(), Json::from("below.json"));
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("below.json"), Json::Object(below).to_string()).expect("a file");
    let path = folder.path().join("above.json");
    std::fs::write(&path, Json::Object(above).to_string()).expect("a file");
    assert!(
        rows(&Ready::new(loaded(&path)), 12) == whole,
        "an include changes rows"
    );
}
