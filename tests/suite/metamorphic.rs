//! What must not change when a model is written, named, extended or scaled otherwise, and what may change in one direction only.
//!
//! That the order of sections and entries and the splitting into files change nothing is also held for the Pangyo scenario in
//! `determinism.rs`, and for random scenarios in `swarm/scenarios.rs`.

use crate::dice::{Dice, cases};
use crate::oracle::built::{HOUR_US, build};
use crate::oracle::plants::{Plant, Thing};
use crate::simulated::{Ready, loaded, loaded_text};
use crate::swarm::text::{draw, written};
use blackstart::kernel::{Limits, Netlist, NodeId, Scratch, State, Trace, run};
use blackstart::monte_carlo::simulate;
use blackstart::random::Key;
use blackstart::store::Rows;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

fn rows(ready: &Ready, n: u32) -> Rows {
    simulate(ready.plan(1), n, &|_| {}).expect("replications that end")
}

fn ready(sections: &Map<String, Json>) -> Ready {
    let text = written(&Json::Object(sections.clone()), &mut None);
    Ready::new(loaded_text("drawn.json", &text))
}

fn scenario(case: u32) -> Map<String, Json> {
    let mut dice = Dice::new("metamorphic", case);
    let size = 2 + dice.below(6);
    draw(&mut dice, size)
}

/// The ids of all entries of all sections, nested places included.
fn ids(sections: &Map<String, Json>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for section in sections.values() {
        nested_ids(section, &mut found);
    }
    found
}

fn nested_ids(section: &Json, found: &mut BTreeSet<String>) {
    if let Json::Array(ids) = section {
        found.extend(ids.iter().filter_map(Json::as_str).map(str::to_owned));
    }
    let Json::Object(entries) = section else { return };
    for (id, entry) in entries {
        found.insert(id.clone());
        for nested in ["buildings", "rooms", "rows", "racks"] {
            if let Some(section) = entry.get(nested) {
                nested_ids(section, found);
            }
        }
    }
}

/// The same with a prefix before all ids, which keeps their order.
fn renamed(value: &Json, ids: &BTreeSet<String>, prefix: &str) -> Json {
    let name = |text: &str| {
        if ids.contains(text) {
            format!("{prefix}{text}")
        } else {
            text.to_owned()
        }
    };
    match value {
        Json::String(text) => Json::String(name(text)),
        Json::Array(list) => list.iter().map(|item| renamed(item, ids, prefix)).collect(),
        Json::Object(map) => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (name(key), renamed(value, ids, prefix)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}

fn with_prefix(sections: &Map<String, Json>, prefix: &str) -> Map<String, Json> {
    let Json::Object(map) = renamed(&Json::Object(sections.clone()), &ids(sections), prefix) else {
        unreachable!("a map stays one")
    };
    map
}

/// The columns of services: name and what each replication has there.
fn service_columns(ready: &Ready, rows: &Rows) -> Vec<(String, Vec<i64>)> {
    let columns = ready.layout.columns().iter().enumerate();
    columns
        .filter(|(_, column)| !column.name.starts_with('/'))
        .map(|(at, column)| (column.name.clone(), rows.column(at).collect()))
        .collect()
}

#[test]
fn a_part_that_touches_nothing_changes_no_column_of_the_rest() {
    for case in 0..cases(25, 500) {
        let alone = scenario(case);
        let mut both = alone.clone();
        for (section, entries) in with_prefix(&scenario(case + 1_000_000), "other-") {
            let Json::Object(entries) = entries else { continue };
            let into = both.entry(section).or_insert_with(|| json!({}));
            into.as_object_mut().expect("a section").extend(entries);
        }
        let (alone, both) = (ready(&alone), ready(&both));
        let own = service_columns(&alone, &rows(&alone, 5));
        let all = service_columns(&both, &rows(&both, 5));
        assert!(!own.is_empty() && all.len() > own.len());
        for (name, cells) in own {
            let other = all.iter().find(|column| column.0 == name);
            assert_eq!(
                other.map(|column| &column.1),
                Some(&cells),
                "scenario {case}: {name}"
            );
        }
    }
}

/// A scenario without the needs of which only a share is lost.
fn without_soft_needs(mut scenario: Map<String, Json>) -> Map<String, Json> {
    let services = scenario.get_mut("services").and_then(Json::as_object_mut);
    for service in services.into_iter().flat_map(Map::values_mut) {
        if let Some(needs) = service.get_mut("needs").and_then(Json::as_object_mut) {
            needs.retain(|_, need| need.get("soft").is_none());
        }
    }
    scenario
}

/// Where services need each other in a circle, what is lost softly is lost once more for each site that looks; so without soft needs.
#[test]
fn a_network_that_never_fails_changes_no_column_of_services() {
    let mut several = 0;
    // Those that have a network of their own are passed over.
    for case in 0..cases(66, 1_300) {
        let bare = without_soft_needs(scenario(case));
        if bare.contains_key("uplinks") || bare.contains_key("routers") {
            continue;
        }
        let mut joined = bare.clone();
        let sites: Vec<String> = bare["sites"]
            .as_object()
            .expect("sites")
            .keys()
            .cloned()
            .collect();
        several += u32::from(sites.len() > 1);
        // Each to each, and each with a way out: what leads through a site that is lost leads nowhere.
        let (mut links, mut uplinks) = (Map::new(), Map::new());
        for (number, one) in sites.iter().enumerate() {
            uplinks.insert(format!("way-out-{number}"), json!({"from": one}));
            for other in &sites[..number] {
                links.insert(format!("link-{one}-{other}"), json!({"between": [one, other]}));
            }
        }
        joined.insert("links".to_owned(), Json::Object(links));
        joined.insert("uplinks".to_owned(), Json::Object(uplinks));
        let (bare, joined) = (ready(&bare), ready(&joined));
        let (own, all) = (
            service_columns(&bare, &rows(&bare, 5)),
            service_columns(&joined, &rows(&joined, 5)),
        );
        assert_eq!(own.len(), all.len(), "scenario {case}");
        // Of what is lost in one instant, which is told as the cause is a matter of the settling order.
        let kept = [
            "/down_at_us",
            "/rta_us",
            "/lost_user_seconds",
            "/outages_count",
            "/unserved_joules",
        ];
        let is_kept = |name: &str| kept.iter().any(|end| name.ends_with(end));
        for (own, other) in own.iter().zip(&all).filter(|(own, _)| is_kept(&own.0)) {
            assert_eq!(own, other, "scenario {case}");
        }
    }
    assert!(several > 5, "only {several} designs of several sites");
}

#[test]
fn splitting_over_files_changes_no_byte() {
    for case in 0..cases(25, 500) {
        let whole = scenario(case);
        let mut dice = Dice::new("splitting", case);
        let (mut above, mut below) = (whole.clone(), Map::new());
        for (section, entries) in &whole {
            let Json::Object(entries) = entries else { continue };
            let Some(Json::Object(left)) = above.get_mut(section) else {
                continue;
            };
            let mut moved = Map::new();
            for (id, entry) in entries {
                if dice.chance(0.5) {
                    left.remove(id);
                    moved.insert(id.clone(), entry.clone());
                }
            }
            if left.is_empty() {
                above.remove(section);
            }
            if !moved.is_empty() {
                below.insert(section.clone(), Json::Object(moved));
            }
        }
        below.insert("blackstart".to_owned(), json!(1));
        above.insert("include".to_owned(), json!("below.json"));
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(folder.path().join("below.json"), Json::Object(below).to_string()).expect("a file");
        let path = folder.path().join("above.json");
        std::fs::write(&path, Json::Object(above).to_string()).expect("a file");
        let split = Ready::new(loaded(&path));
        assert!(
            rows(&split, 4) == rows(&ready(&whole), 4),
            "scenario {case}: an include changes rows"
        );
    }
}

#[test]
fn other_names_change_nothing_in_distribution() {
    // Names key the draws, so that the histories differ; means over replications may only differ by chance. Welch's z of some hundred
    // columns, bounded by 5 (6e-7 each).
    let n = if std::env::var_os("BLACKSTART_SLOW").is_some() {
        2_000
    } else {
        150
    };
    let mut compared = 0;
    for case in 0..cases(36, 100) {
        let plain = scenario(case);
        let other = with_prefix(&plain, "renamed-");
        let (plain, other) = (ready(&plain), ready(&other));
        let own = service_columns(&plain, &rows(&plain, n));
        let theirs = service_columns(&other, &rows(&other, n));
        for ((name, cells), (other_name, other_cells)) in own.iter().zip(&theirs) {
            assert_eq!(&format!("renamed-{name}"), other_name);
            if !name.contains("/lost") && !name.contains("/outages") {
                continue;
            }
            let (mean, square) = mean_and_error(cells);
            let (other_mean, other_square) = mean_and_error(other_cells);
            let spread = square + other_square;
            if spread > 0.0 {
                compared += 1;
                let z = (mean - other_mean) / spread.sqrt();
                assert!(
                    z.abs() < 5.0,
                    "scenario {case}, {name}: {mean} and {other_mean}, z = {z}"
                );
            } else {
                assert!(
                    (mean - other_mean).abs() < 0.5,
                    "scenario {case}, {name}: {mean} and {other_mean}"
                );
            }
        }
    }
    assert!(compared > 30, "{compared} columns only");
}

/// The mean, and the square of its standard error.
#[expect(clippy::cast_precision_loss, reason = "means to compare in standard errors")]
fn mean_and_error(cells: &[i64]) -> (f64, f64) {
    let n = cells.len() as f64;
    let mean = cells.iter().map(|&cell| cell as f64).sum::<f64>() / n;
    let square = cells
        .iter()
        .map(|&cell| (cell as f64 - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    (mean, square / n)
}

/// The history of a plant: the network, its top node and what changed.
fn history(plant: &Plant, hours: f64, case: u32) -> (Netlist, NodeId, i64, Trace) {
    let (builder, nodes) = build(plant);
    let top = nodes.of(plant.top());
    let net = builder.finish().expect("a sound network");
    let (mut state, mut scratch, mut trace) = (State::new(&net), Scratch::new(&net), Trace::default());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a horizon of some months"
    )]
    let horizon_us = (hours * HOUR_US) as u64;
    let mut limits = Limits {
        horizon_us: 0,
        events_max: 1_000_000,
        settlings_max: 1_000,
    };
    let key = Key::new(11, case);
    run(&net, &mut state, &mut scratch, key, limits, &mut ()).expect("a beginning");
    let first = state.value(top);
    limits.horizon_us = horizon_us;
    run(&net, &mut state, &mut scratch, key, limits, &mut trace).expect("an end");
    (net, top, first, trace)
}

#[test]
fn twice_the_times_give_the_same_history_at_twice_the_times() {
    // Exact but for the rounding of each draw to whole microseconds, which moves a time by at most one per stage before it.
    for case in 0..cases(100, 2_000) {
        let plant = Plant::draw(case);
        let mut slow = plant.clone();
        let half = |rate: &mut f64| *rate /= 2.0;
        for unit in &mut slow.units {
            unit.clocks.iter_mut().for_each(|clock| half(&mut clock.rate));
            unit.repair.ways.iter_mut().for_each(|way| half(&mut way.rate));
        }
        for standby in &mut slow.standbys {
            half(&mut standby.rate);
            standby.repair.ways.iter_mut().for_each(|way| half(&mut way.rate));
        }
        let (_, _, _, fast) = history(&plant, 300.0, case);
        let (_, _, _, slow) = history(&slow, 600.0, case);
        assert_eq!(fast.transitions.len(), slow.transitions.len(), "plant {case}");
        for (number, (one, two)) in (1u64..).zip(fast.transitions.iter().zip(&slow.transitions)) {
            assert_eq!(
                (one.node, one.from, one.to),
                (two.node, two.from, two.to),
                "plant {case}"
            );
            assert!(
                two.at.abs_diff(2 * one.at) <= 2 * number,
                "plant {case}: {one:?} and {two:?}"
            );
        }
    }
}

/// The time for which a flag is down.
fn down_us(top: NodeId, first: i64, trace: &Trace, horizon_us: u64) -> u64 {
    let (mut value, mut since, mut down) = (first, 0, 0);
    let changes = trace.transitions.iter().filter(|change| change.node == top);
    for (at, to) in changes
        .map(|change| (change.at, change.to))
        .chain([(horizon_us, 1)])
    {
        if value == 0 {
            down += at - since;
        }
        (value, since) = (to, at);
    }
    down
}

/// Units with hands of their own under gates that read nothing upside down, and one more unit that some gate may lean on as well.
#[test]
fn one_more_independent_unit_never_lowers_availability() {
    let mut better = 0;
    for case in 0..cases(200, 4_000) {
        let mut plant = Plant::draw(case);
        plant.standbys.clear();
        plant.crews.clear();
        for unit in &mut plant.units {
            unit.clocks.truncate(1);
            unit.repair.crew = None;
            unit.repair.serves = None;
            unit.repair.ways.drain(..unit.repair.ways.len() - 1);
        }
        for gate in &mut plant.gates {
            gate.terms
                .retain(|((thing, _), _)| !matches!(thing, Thing::Standby(_)));
            gate.terms
                .iter_mut()
                .for_each(|((_, straight), _)| *straight = true);
        }
        let mut dice = Dice::new("one more", case);
        let mut more = plant.clone();
        let mut unit = dice.pick(&plant.units).clone();
        unit.clocks[0].rate *= 1.5;
        more.units.push(unit);
        let gate = dice.below(more.gates.len());
        more.gates[gate]
            .terms
            .push(((Thing::Unit(plant.units.len()), true), 1));
        let hours = 500.0;
        let (_, top, first, with) = history(&plant, hours, case);
        let (_, more_top, more_first, with_more) = history(&more, hours, case);
        let horizon_us = 500 * 3_600_000_000;
        let (plain, redundant) = (
            down_us(top, first, &with, horizon_us),
            down_us(more_top, more_first, &with_more, horizon_us),
        );
        assert!(
            redundant <= plain,
            "plant {case}: {redundant} µs down instead of {plain}\n{more:#?}"
        );
        better += u32::from(redundant < plain);
    }
    assert!(better > 20, "it helped in {better} plants only");
}

/// The counterexample for which there is a caution: what is added takes the hands that the rest needs.
#[test]
fn one_more_unit_that_shares_the_crew_can_lower_availability() {
    use crate::oracle::chain::Chain;
    // A needed unit and a spare's worth of other things, one head, no priorities to help: the needed one waits behind the others.
    let down = |others: u32| {
        let chain = Chain::explore((false, 0u32, 0u8), 100, |&(failed, broken, at)| {
            // `at`: what the head works on: 0 nothing, 1 the needed unit, 2 another.
            let staffed = |failed: bool, broken: u32, at: u8| match at {
                0 if broken > 0 => (failed, broken, 2),
                0 if failed => (failed, broken, 1),
                _ => (failed, broken, at),
            };
            let mut next = Vec::new();
            if !failed {
                next.push((staffed(true, broken, at), 0.01));
            }
            if broken < others {
                next.push((staffed(failed, broken + 1, at), 0.05 * f64::from(others - broken)));
            }
            match at {
                1 => next.push((staffed(false, broken, 0), 0.5)),
                2 => next.push((staffed(failed, broken - 1, 0), 0.1)),
                _ => {}
            }
            next
        });
        let chain = chain.expect("a few states");
        chain.mean(&chain.reward(|&(failed, ..)| if failed { 1.0 } else { 0.0 }))
    };
    assert!(down(2) > 1.5 * down(1), "{} and {}", down(1), down(2));
}
