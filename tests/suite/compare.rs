//! `blackstart compare`, from the command line to its files.

use crate::folders::content;
use crate::program::{Ended, blackstart};
use crate::sources::root;
use serde_json::Value as Json;
use std::fs;
use std::path::Path;

const SCENARIO: &str = "scenarios/variants.yaml";

fn compare(folder: &Path, arguments: &[&str]) -> Ended {
    let out = folder.display().to_string();
    let mut all = vec!["compare"];
    all.extend(arguments);
    all.extend(["--out", &out]);
    blackstart(&root(), &all)
}

fn compared(folder: &Path) -> Json {
    let text = fs::read_to_string(folder.join("comparison.json")).expect("the comparison");
    serde_json::from_str(&text).expect("JSON")
}

/// The mean of a measure of a design, or of its difference to the base.
fn number(compared: &Json, measure: &str, design: usize, of: &str) -> f64 {
    let measures = compared["measures"].as_array().expect("measures");
    let measure = measures
        .iter()
        .find(|other| other["id"] == measure)
        .expect("the measure");
    let value = &measure["values"][design];
    let found = if of == "mean" {
        &value["mean"]
    } else {
        &value["difference"]["mean"]
    };
    found["value"].as_f64().expect("a number")
}

#[test]
fn a_design_against_itself_differs_in_nothing() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let same = folder.path().join("same.yaml");
    fs::copy(root().join(SCENARIO), &same).expect("a copy");
    let out = folder.path().join("out");
    let ended = compare(&out, &[SCENARIO, &same.display().to_string(), "-n", "300"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let compared = compared(&out);
    for measure in compared["measures"].as_array().expect("measures") {
        let difference = &measure["values"][1]["difference"];
        assert_eq!(difference["verdict"], "same", "{}", measure["id"]);
        for end in ["value", "low", "high"] {
            assert_eq!(difference["mean"][end], 0.0, "{} {end}", measure["id"]);
        }
    }
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let of = |threads: &str| {
        let out = folder.path().join(threads);
        let more = [
            "--variant",
            "four-heads",
            "--variant",
            "on-site",
            "-n",
            "500",
            "--threads",
            threads,
        ];
        let ended = compare(&out, &[&[SCENARIO][..], &more[..]].concat());
        assert_eq!(ended.code(), Some(0), "{}", ended.err);
        content(&out)
    };
    let one = of("1");
    assert_eq!(one.len(), 6, "the comparison twice, three designs, the manifest");
    assert!(one == of("3"), "threads change bytes");
}

#[test]
fn variants_differ_as_runs_of_them_do() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let out = folder.path().join("out");
    let both = "four-heads+on-site";
    let ended = compare(
        &out,
        &[
            SCENARIO,
            "--variant",
            "four-heads",
            "--variant",
            "on-site",
            "--variant",
            both,
            "-n",
            "400",
        ],
    );
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let compared = compared(&out);
    // Each design is what `run` makes of it.
    for (place, variant) in [(0, None), (1, Some("four-heads")), (3, Some(both))] {
        let run_out = folder.path().join(format!("run-{place}"));
        let run_out_text = run_out.display().to_string();
        let mut arguments = vec!["run", SCENARIO, "-n", "400", "--out", &run_out_text];
        arguments.extend(variant.iter().flat_map(|variant| ["--variant", variant]));
        assert_eq!(blackstart(&root(), &arguments).code(), Some(0));
        let text = fs::read_to_string(run_out.join("summary.json")).expect("a summary");
        let summary: Json = serde_json::from_str(&text).expect("JSON");
        let services = summary["services"].as_array().expect("services");
        let lost = services
            .iter()
            .map(|service| service["lost-user-minutes"]["value"].as_f64().expect("a number"));
        let (ours, theirs) = (number(&compared, "/whole/lost", place, "mean"), lost.sum::<f64>());
        assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} {theirs}");
    }
    // Differences are those of the means, and more hands and shorter ways are better.
    for design in 1..4 {
        let difference = number(&compared, "shop/down", design, "difference");
        let of = |design| number(&compared, "shop/down", design, "mean");
        assert!((difference - (of(design) - of(0))).abs() < 1.0);
        assert!(difference < 0.0);
    }
    // The same operators answer the same phone: chance falls out of the pairs.
    let measure = compared["measures"]
        .as_array()
        .expect("measures")
        .iter()
        .find(|other| other["id"] == "shop/down");
    let saved = &measure.expect("the shop")["values"][1]["difference"]["variance-reduction"];
    assert!(saved.as_f64().expect("a factor") > 2.0, "{saved}");
    assert!(ended.out.contains("BETTER"), "{}", ended.out);
    assert_eq!(compared["together"].as_array().expect("a list").len(), 2);
}

#[test]
fn what_cannot_be_compared_is_told_with_a_remedy() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let other = folder.path().join("other.yaml");
    let text = fs::read_to_string(root().join(SCENARIO)).expect("the scenario");
    fs::write(&other, text.replace("horizon: 1 d", "horizon: 2 d")).expect("a file");
    let other = other.display().to_string();
    let cases: &[(&[&str], i32, &str)] = &[
        (&[SCENARIO], 2, "nothing to be compared with"),
        (&[SCENARIO, "--variant", "no-such"], 3, "no-such"),
        (&[SCENARIO, SCENARIO], 2, "named twice"),
        (&[SCENARIO, &other], 2, "different horizons"),
        (&[SCENARIO, &other, "--variant", "on-site"], 2, "not both at once"),
        (
            &[SCENARIO, "--variant", "on-site", "--variant", "on-site"],
            2,
            "named twice",
        ),
        (&["scenarios/annual-two-ups.yaml", &other], 2, "about years"),
        (&[SCENARIO, "no/such/file.yaml"], 74, "no/such/file.yaml"),
        (
            &[SCENARIO, "--variant", "on-site", "--limit-events", "2"],
            5,
            "could not be finished",
        ),
    ];
    for (number, (arguments, code, told)) in cases.iter().enumerate() {
        let out = folder.path().join(format!("out-{number}"));
        let ended = compare(&out, arguments);
        assert_eq!(ended.code(), Some(*code), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
        assert!(!out.exists(), "{arguments:?} leaves nothing behind");
    }
}

#[test]
fn names_of_strangers_stay_inert() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let hostile = folder.path().join("hostile.yaml");
    let text = fs::read_to_string(root().join(SCENARIO)).expect("the scenario");
    let text = text
        .replace("Four heads on call", "=cmd|\\u001b[2J<script>")
        .replace(
            "title: =cmd|\\u001b[2J<script>",
            "title: \"=cmd|\\u001b[2J<script>\"",
        );
    fs::write(&hostile, text).expect("a file");
    let out = folder.path().join("out");
    let ended = compare(
        &out,
        &[
            &hostile.display().to_string(),
            "--variant",
            "four-heads",
            "-n",
            "50",
        ],
    );
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    assert!(ended.out.contains("=cmd"));
    for (name, bytes) in content(&out)
        .into_iter()
        .chain([("stdout".to_owned(), ended.out.into_bytes())])
    {
        assert!(!bytes.contains(&0x1b), "an escape sequence reaches {name}");
    }
}

/// Added is a pool that nothing needs, so that it could only help; but it is booted by the same two heads, first.
#[test]
fn what_is_added_can_make_others_wait_and_a_caution_says_so() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let text = fs::read_to_string(root().join(SCENARIO)).expect("the scenario");
    let added = "  spare:
    title: One more pool
    patch:
      pools:
        aside: {in: hall, servers: 40, batch: 10, boot: {by-hand: {crew: {ops: 1}, each: 3 min}}}
      services:
        side: {tier: 1, users: 1, runs-on: {aside: {active: 10}}, starts-with: 100 %}
";
    let scenario = folder.path().join("spare.yaml");
    fs::write(&scenario, format!("{text}{added}")).expect("a file");
    let out = folder.path().join("out");
    let scenario = scenario.display().to_string();
    let ended = compare(
        &out,
        &[
            &scenario,
            "--variant",
            "spare",
            "--variant",
            "four-heads",
            "-n",
            "300",
        ],
    );
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let compared = compared(&out);
    assert!(
        number(&compared, "shop/down", 1, "difference") > 0.0,
        "the shop waits longer"
    );
    let cautions = compared["cautions"].as_array().expect("cautions");
    let told = |start: &str| {
        cautions
            .iter()
            .filter(|told| told.as_str().is_some_and(|told| told.starts_with(start)))
            .count()
    };
    assert_eq!(
        (
            told("spare gives ops more to do (boot aside)"),
            told("four-heads gives")
        ),
        (1, 0),
        "{cautions:?}"
    );
}
