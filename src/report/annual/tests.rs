//! Formats of years: whole, labelled, inert.

use super::fixture;
use super::*;
use crate::analysis::results::Verdict;
use crate::report::json::MANIFEST;
use crate::report::terminal::Look;
use crate::report::words::width;
use serde_json::Value;

fn made(results: &AnnualResults, rows: &[AnnualRow], names: &Names) -> Vec<(String, String)> {
    let resolved = crate::report::fixture::resolved();
    let input = AnnualInput {
        results,
        rows,
        names,
        resolved: &resolved,
    };
    let files = files(&input).expect("every format");
    if let Some(look) = std::env::var_os("BLACKSTART_LOOK") {
        let folder = std::path::Path::new(&look).join("annual");
        crate::report::write::write_directory(&folder, &files).expect("the directory to look at");
    }
    files
        .iter()
        .map(|file| (file.name.clone(), String::from_utf8(file.bytes()).expect("text")))
        .collect()
}

/// With `BLACKSTART_LOOK=DIR` in the environment the files of the fixture are left in that directory, for eyes.
#[test]
fn every_format_has_its_files_and_says_that_it_is_per_year() {
    let (results, rows, names) = fixture::results(30);
    let files = made(&results, &rows, &names);
    let of = |name: &str| {
        let found = files.iter().find(|file| file.0 == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.as_str()
    };
    let manifest: Value = serde_json::from_str(of(MANIFEST)).expect("JSON");
    assert_eq!(manifest["basis"], "per-year");
    assert_eq!(manifest["files"].as_array().map(Vec::len), Some(files.len() - 1));
    let summary: Value = serde_json::from_str(of("summary.json")).expect("JSON");
    assert_eq!(summary["head"]["basis"], "per-year");
    assert_eq!(summary["span"]["years-in-all"], 600);
    let back: AnnualResults =
        serde_json::from_str(of("summary.json")).expect("the summary can be read again");
    assert_eq!(back.services.len(), 3);
    let page = of("report.html");
    for part in [
        "what",
        "availability",
        "outages",
        "tail",
        "promises",
        "charts",
        "why",
        "trust",
        "manifest",
    ] {
        assert!(page.contains(&format!("id=\"{part}\"")), "no part {part}");
    }
    assert!(page.contains("annual figures") && !page.contains("<script"));
    assert_eq!(page.matches("<svg").count(), charts::ANNUAL_CHARTS.len());
    let lines = |name: &str| of(name).lines().count();
    assert_eq!(lines("replications.csv"), 31);
    let outages: usize = rows
        .iter()
        .flat_map(|row| &row.seen)
        .map(|seen| seen.outages.len())
        .sum();
    assert_eq!(lines("outages.csv"), outages + 1);
    assert!(lines("years.csv") > 100 && lines("years.csv") <= 3 * 600 + 1);
    assert!(of("services.csv").contains("text,availability,1,0.99"));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let make = || {
        let (results, rows, names) = fixture::results(12);
        made(&results, &rows, &names)
    };
    assert_eq!(make(), make());
}

#[test]
fn what_was_never_lost_has_a_bound_in_words_and_figures() {
    let (results, ..) = fixture::results(30);
    let vault = results
        .services
        .iter()
        .find(|service| service.id == "vault")
        .expect("the tool");
    assert_eq!(vault.watched.outages_per_year.events, 0);
    assert!((vault.watched.outages_per_year.high - 3.688_879_454_113_935_4 / 600.0).abs() < 1e-9);
    let text = terminal::summary(&results, &Look::default());
    assert!(text.contains("No outage in 600 years: vault."), "{text}");
    assert!(text.contains("> 99."), "{text}");
}

#[test]
fn promises_are_judged_by_their_intervals() {
    let (results, ..) = fixture::results(30);
    let verdict = |id: &str| {
        let found = results.targets.iter().find(|target| target.id == id);
        found.unwrap_or_else(|| panic!("no {id}")).verdict
    };
    // Some 2.5 outages of 2 h a year: 99.94 %; 4 min a year of `photo`; and no outage lasts a month.
    assert_eq!(verdict("a-promise"), Verdict::Kept);
    assert_eq!(verdict("b-promise"), Verdict::Broken);
    assert_eq!(verdict("c-promise"), Verdict::Kept);
}

#[test]
fn the_summary_fits_its_terminal() {
    let (results, ..) = fixture::results(30);
    for columns in [80, 100, 120, 160, 200] {
        let look = Look {
            width: columns,
            ..Look::default()
        };
        let text = terminal::summary(&results, &look);
        for line in text.lines() {
            assert!(
                width(line) <= columns,
                "{columns}: {} columns: {line}",
                width(line)
            );
            assert!(!line.ends_with(' '), "{line:?}");
        }
        for label in ["WHAT", "YEARS", "WHY", "KEPT?", "TRUST"] {
            assert!(
                text.lines().any(|line| line.starts_with(label)),
                "{columns}: no {label}"
            );
        }
        if std::env::var_os("BLACKSTART_LOOK").is_some() {
            println!("{text}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let (mut results, rows, names) = fixture::results(12);
    let hostile = "<script>alert(1)</script>\"'&\u{1b}[2J\u{202e}";
    results.head.title = hostile.into();
    results.not_described.push(hostile.into());
    for service in &mut results.services {
        service.name = hostile.into();
        for root in &mut service.roots {
            root.cause = hostile.into();
        }
    }
    for target in &mut results.targets {
        target.text = hostile.into();
    }
    let harmless = |text: &str| {
        !text.contains("<script")
            && text
                .chars()
                .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}'))
    };
    for (name, text) in made(&results, &rows, &names) {
        if name.ends_with(".html") || name.ends_with(".svg") {
            assert!(harmless(&text), "{name}");
        }
    }
    let all = Look {
        all: true,
        ..Look::default()
    };
    let text = terminal::summary(&results, &all);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn every_format_has_a_name_of_its_own() {
    for (index, format) in ANNUAL_FORMATS.iter().enumerate() {
        assert!(!format.docs.is_empty());
        assert!(
            ANNUAL_FORMATS[..index]
                .iter()
                .all(|other| other.name != format.name),
            "{}",
            format.name
        );
    }
}
