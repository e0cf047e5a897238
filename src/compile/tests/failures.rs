//! Ordinary failures and their repairs: lives and repairs of fixed length, so that every time can be worked out by hand.

use super::*;

const HOUR: u64 = 60 * MINUTE;

/// A transformer that lives 100 hours, and a crew that knows after 10 min, is reached after 5, comes after 30 and repairs for 4 hours.
fn repaired_by_a_crew(stands_down: &str) -> String {
    format!(
        "blackstart: 1
horizon: 400 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid: {{in: alpha}}}}
transformers:
  tr:
    in: alpha
    fed-by: grid
    fails: {{life: 100 h, begins: new, repair: {{takes: 4 h, crew: {{facilities: 1}}}}}}
teams:
  facilities: {{heads: 1, learns: {{alarm: {{after: 10 min}}}}, answers: 5 min, joins: 30 min, stands-down: {stands_down}}}
"
    )
}

/// When a node became 0 and when it came back, in minutes.
fn gaps(ran: &Ran, name: &str) -> Vec<(u64, u64)> {
    let node = node_named(&ran.compiled.net, name).unwrap_or_else(|| panic!("no node {name}"));
    let changes = ran.history.changes.get(&node.0).cloned().unwrap_or_default();
    let downs = changes.iter().filter(|change| change.1 != 0 && change.2 == 0);
    downs
        .map(|down| {
            let up = changes.iter().find(|change| change.0 > down.0 && change.2 != 0);
            (down.0 / MINUTE, up.map_or(u64::MAX, |up| up.0 / MINUTE))
        })
        .collect()
}

#[test]
fn a_failure_is_noticed_and_repaired_by_a_crew_that_stands_down_and_must_come_again() {
    let ran = Ran::new(&repaired_by_a_crew("2 h"), 0);
    // Known, reached, come and repaired: 45 min and 4 h; then the next life begins.
    let first = (100 * 60, 104 * 60 + 45);
    let second = (first.1 + 100 * 60, first.1 + 104 * 60 + 45);
    let third = (second.1 + 100 * 60, second.1 + 104 * 60 + 45);
    assert_eq!(gaps(&ran, "tr/out"), [first, second, third]);
    assert_eq!(
        ran.at("facilities/on-call", first.1 + 119),
        1,
        "it stays for two hours"
    );
    assert_eq!(
        ran.at("facilities/on-call", first.1 + 121),
        0,
        "and then stands down"
    );
}

#[test]
fn a_crew_that_has_not_stood_down_is_there_at_once() {
    let ran = Ran::new(&repaired_by_a_crew("200 h"), 0);
    let first = (100 * 60, 104 * 60 + 45);
    let second = (first.1 + 100 * 60, first.1 + 104 * 60);
    assert_eq!(gaps(&ran, "tr/out")[..2], [first, second]);
}

#[test]
fn what_is_only_out_of_use_is_not_repaired_and_goes_on_ageing() {
    let text = repaired_by_a_crew("2 h") + "happens: {gone: {loss-of: {ids: tr, at: +50 h, for: 20 h}}}\n";
    let ran = Ran::new(&text, 0);
    assert_eq!(
        gaps(&ran, "tr/out")[..2],
        [(50 * 60, 70 * 60), (100 * 60, 104 * 60 + 45)]
    );
    assert!(gaps(&ran, "tr")[0].0 == 100 * 60, "its body did not fail before");
}

#[test]
fn sets_fail_while_they_run_and_are_repaired_one_by_one() {
    let text = "blackstart: 1
horizon: 200 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha}}
generators:
  gen: {in: alpha, stands-in-for: grid, units: 2, needed: 1, starts: 0 s, fails-to-start: 0 %, fuel: 1000 h,
        fails-in-operation: {life: 10 h, begins: new, repair: {takes: 3 h}}}
buses: {bus: {in: alpha, fed-by: [grid, gen]}}
happens:
  dark: {loss-of: {ids: grid, at: +100 h, for: 30 h}}
";
    let ran = Ran::new(text, 0);
    // They stand still for a hundred hours without ageing, run for ten, are both repaired for three and run for ten again.
    assert_eq!(
        gaps(&ran, "gen/set-1/running"),
        [(110 * 60, 113 * 60), (123 * 60, 126 * 60)]
    );
    assert_eq!(
        gaps(&ran, "gen/set-2/running"),
        [(110 * 60, 113 * 60), (123 * 60, 126 * 60)]
    );
    let bus = gaps(&ran, "bus/out");
    // Dead for the start, and for the repairs.
    assert_eq!(
        bus,
        [(100 * 60, 100 * 60), (110 * 60, 113 * 60), (123 * 60, 126 * 60)]
    );
}

#[test]
fn a_set_that_did_not_start_is_repaired_once_what_its_repair_needs_is_there() {
    let text = "blackstart: 1
horizon: 200 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha}}
generators:
  gen: {in: alpha, stands-in-for: grid, starts: 10 s, fails-to-start: 100 %, fuel: 1000 h,
        fails-in-operation: {mttf: 1000 h, repair: {takes: 1 h, needs: grid}}}
happens:
  dark: {loss-of: {ids: grid, at: +100 h, for: 30 h}}
";
    let ran = Ran::new(text, 0);
    assert_eq!(ran.at("gen/failed", 101 * 60), 1);
    assert_eq!(
        ran.at("gen/set-1/not-started", 129 * 60),
        1,
        "the repair waits for the grid"
    );
    assert_eq!(ran.at("gen/set-1/not-started", 130 * 60 + 59), 1);
    assert_eq!(ran.at("gen/set-1/not-started", 131 * 60 + 1), 0);
}

#[test]
fn two_of_three_modules_carry_the_load() {
    let text = "blackstart: 1
horizon: 20 h
sites: {alpha: {}}
ups: {u: {in: alpha, units: 3, needed: 2, fails: {life: 1000 h, begins: new, mttr: 8 h}}}
cooling-plants: {chill: {in: alpha, units: 2, needed: 1, restarts: 0 s, ride-through: 0 s, fails: {life: 10 h, begins: new, repair: {takes: 1 h}}}}
";
    let ran = Ran::new(text, 0);
    assert_eq!(ran.at("u/modules", 1), 1);
    assert_eq!(gaps(&ran, "chill/unit-1/body"), [(10 * 60, 11 * 60)]);
    assert_eq!(
        gaps(&ran, "chill/cools"),
        [(10 * 60, 11 * 60)],
        "both live equally long"
    );
}

#[test]
fn exponential_lives_and_repairs_give_the_availability_of_the_text_books() {
    let text = "blackstart: 1
horizon: 20000 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha, fails: {mttf: 100 h, mttr: 25 h}}}
";
    let compiled = compiled(text);
    let node = node_named(&compiled.net, "grid/out").expect("the feed");
    let mut shares = Vec::new();
    for replication in 0..40 {
        let ran = Ran::new(text, replication);
        let (mut at, mut up, mut value) = (0, 0, 1);
        let changes = &ran.history.changes[&node.0];
        for &(next, _, to) in changes.iter().chain([&(20_000 * HOUR, 0, 0)]) {
            up += if value != 0 { next - at } else { 0 };
            (at, value) = (next, to);
        }
        shares.push(up as f64 / (20_000 * HOUR) as f64);
    }
    let count = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / count;
    let variance = shares
        .iter()
        .map(|share| (share - mean) * (share - mean))
        .sum::<f64>()
        / (count - 1.0);
    let z = (mean - 0.8) / (variance / count).sqrt();
    // Two-sided, 39 degrees of freedom: a false alarm in one seed of ten thousand.
    assert!(z.abs() < 4.3, "availability {mean}, z = {z}");
}

#[test]
fn what_is_said_about_failures_is_checked() {
    let cases = [
        (
            "fails: {mttr: 2 h}",
            &["missing-field", "how long `grid` lives", "mttf: 50000 h"][..],
        ),
        ("fails: {mttf: 1 y, life: 1 y}", &["contradiction", "given twice"]),
        (
            "fails: {mttf: 1 y, mttr: 2 h, repair: {takes: 2 h}}",
            &["contradiction", "repair of `grid` is given twice"],
        ),
        (
            "fails: {mttf: 0 s, mttr: 2 h}",
            &["out-of-bounds", "at once, again and again"],
        ),
        ("fails: {mttf: 1 y, mttr: 0 s}", &["out-of-bounds", "in no time"]),
        (
            "fails: {mttf: 1 y, repair: {takes: 2 h, crew: {nobody: 1}}}",
            &["unknown-name", "nobody"],
        ),
        (
            "fails: {mttf: 1 y, repair: {takes: 2 h, needs: alpha}}",
            &["wrong-kind", "source of power is needed"],
        ),
    ];
    for (field, wanted) in cases {
        let text = format!(
            "blackstart: 1\nsites: {{alpha: {{}}}}\nutility-feeds: {{grid: {{in: alpha, {field}}}}}\n"
        );
        let said = said(&text);
        for word in wanted {
            assert!(said.contains(word), "{field}\nlacks {word}:\n{said}");
        }
    }
}

#[test]
fn a_scenario_in_which_nothing_happens_says_what_cannot_fail() {
    let left_out = |text: &str| {
        let text = format!("blackstart: 1\nhorizon: 1 y\nsites: {{alpha: {{}}}}\n{text}");
        compiled(&text).not_described.join("\n")
    };
    let none = left_out("utility-feeds: {grid: {in: alpha}}\n");
    assert!(none.contains("no ordinary failures are described"), "{none}");
    let some = left_out("utility-feeds: {a: {in: alpha}, b: {in: alpha, fails: {mttf: 1 y}}}\n");
    assert!(some.contains("a: ordinary failures not described"), "{some}");
    let all = left_out("utility-feeds: {b: {in: alpha, fails: {mttf: 1 y}}}\n");
    assert!(!all.contains("ordinary failures"), "{all}");
}
