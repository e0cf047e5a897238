//! Ignorance: verdicts over the ranges of what is only assumed, held against what is known beforehand.

use crate::program::blackstart;
use std::path::Path;

/// A room is gone for a time of which only a range is believed; its service is back so long after it as it takes to boot and to start.
const SCENARIO: &str = "
blackstart: 1
horizon: 1 d
sites: {alpha: {rooms: {hall: {}}}}
templates:
  servers: {in: hall, servers: 10, dead-on-arrival: 0 %, boot: {by-hand: {crew: {ops: 1}, each: {assumed: {value: {exponential: {mean: 1 s}}, range: [1 s, 2 s]}}}}}
pools:
  web: {template: servers}
  spare: {template: servers}
services:
  shop: {tier: 1, users: 100, runs-on: {web: {active: 10}}, starts: 5 min, starts-with: 100 %}
teams:
  ops: {heads: 1, learns: {calls: {after: 1 min}}, reached-by: phone, answers: 1 min, joins: 1 min}
happens: {gone: {loss-of: {ids: hall, for: {assumed: {value: 30 min, range: [10 min, 90 min]}}}}}
targets:
  half: {service: shop, back-within: 36 min, probability: 90 %}
  always: {service: shop, back-within: 5 h, probability: 90 %}
";

fn results(folder: &Path, more: &[&str]) -> (String, serde_json::Value) {
    std::fs::write(folder.join("ranges.yaml"), SCENARIO).expect("a file");
    let all = [&["run", "ranges.yaml", "-n", "200", "--out", "result"], more].concat();
    let ended = blackstart(folder, &all);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let bytes = std::fs::read(folder.join("result/summary.json")).expect("a summary");
    (ended.out, serde_json::from_slice(&bytes).expect("JSON"))
}

/// The room is back within 30 min in exactly half of the parts of the range [10 min, 90 min], which runs by ratios; booting takes 10 to 40 s,
/// so that the part above the middle, which begins at 30 min, may just be kept as well.
#[test]
fn a_verdict_depends_on_a_range_where_it_must_and_the_weightiest_is_named() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (out, summary) = results(folder.path(), &["--ranges"]);
    let found = &summary["ignorance"];
    assert_eq!(
        (found["settings"].as_u64(), found["n"].as_u64()),
        (Some(32), Some(200))
    );
    let ranges = found["ranges"].as_array().expect("a list");
    let paths: Vec<(&str, u64)> = ranges
        .iter()
        .map(|range| {
            (
                range["path"].as_str().expect("a text"),
                range["places"].as_u64().expect("a number"),
            )
        })
        .collect();
    assert!(
        paths.contains(&("happens › gone › loss-of › for", 1)),
        "{paths:?}"
    );
    assert!(
        paths.contains(&("pools › spare › boot › by-hand › each", 2))
            || paths.contains(&("pools › web › boot › by-hand › each", 2)),
        "{paths:?}"
    );
    let target = |id: &str| {
        let targets = found["targets"].as_array().expect("a list");
        targets
            .iter()
            .find(|target| target["id"] == id)
            .expect("the target")
            .clone()
    };
    let half = target("half");
    let (kept, broken) = (
        half["kept"].as_u64().expect("a number"),
        half["broken"].as_u64().expect("a number"),
    );
    assert!((16..=17).contains(&kept) && (15..=16).contains(&broken), "{half}");
    assert_eq!(
        (half["low"].as_f64(), half["high"].as_f64()),
        (Some(0.0), Some(1.0))
    );
    assert_eq!(half["throughout"], serde_json::Value::Null);
    let weightiest = usize::try_from(half["weights"][0]["range"].as_u64().expect("a number")).expect("small");
    assert_eq!(paths[weightiest].0, "happens › gone › loss-of › for");
    assert_eq!(
        (
            half["weights"][0]["at-low"].as_f64(),
            half["weights"][0]["at-high"].as_f64()
        ),
        (Some(1.0), Some(0.0))
    );
    assert_eq!(target("always")["throughout"], "kept");
    for words in [
        "always is kept in 100 % of replications: KEPT throughout",
        "it depends on the ranges",
        "Most weight: happens › gone › loss-of › for",
    ] {
        let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "no {words} in {out}");
    }
    let page = std::fs::read_to_string(folder.path().join("result/report.html")).expect("the report");
    assert!(page.contains("Over the ranges of 2 assumed values"));
    assert_eq!(results(folder.path(), &["--ranges", "--threads", "1"]).1, summary);
    // The rows and all else are those of a run that did not ask.
    let (_, plain) = results(folder.path(), &[]);
    assert_eq!(
        (&plain["services"], &plain["targets"]),
        (&summary["services"], &summary["targets"])
    );
    assert_eq!(plain.get("ignorance"), None);
}

#[test]
fn a_range_that_cannot_be_read_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(
        folder.path().join("bad.yaml"),
        SCENARIO.replace("[10 min, 90 min]", "[10 min, 3 kW]"),
    )
    .expect("a file");
    let ended = blackstart(
        folder.path(),
        &["run", "bad.yaml", "-n", "20", "--out", "result", "--ranges", "4"],
    );
    assert_eq!(ended.code(), Some(3), "{}", ended.err);
    assert!(
        ended
            .err
            .contains("no value can be taken from the range [10 min, 3 kW]"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("bad.yaml:"), "{}", ended.err);
    let usage = blackstart(folder.path(), &["run", "bad.yaml", "--ranges", "1"]);
    assert_eq!(usage.code(), Some(2), "{}", usage.err);
}
