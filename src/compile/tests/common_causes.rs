//! Common causes: how often members fail together, and that each fails as often as it says.

use super::*;

const HOUR: u64 = 60 * MINUTE;

/// Three units that live 100 h and are repaired within a minute, and how they share a cause.
fn three(group: &str) -> String {
    format!(
        "blackstart: 1
horizon: 200000 h
sites: {{alpha: {{}}}}
ups: {{u: {{in: alpha, units: 3, needed: 1, fails: {{mttf: 100 h, repair: {{takes: 1 min}}}}}}}}
common-causes: {{cause: {{members: u, {group}}}}}
"
    )
}

/// How many instants had one, two and three units fail together.
fn sizes(text: &str) -> [u64; 3] {
    let ran = Ran::new(text, 0);
    let mut failed: BTreeMap<u64, usize> = BTreeMap::new();
    for unit in 1..=3 {
        let node = node_named(&ran.compiled.net, &format!("u/module-{unit}/body")).expect("a module");
        for change in &ran.history.changes[&node.0] {
            if change.2 == 0 {
                *failed.entry(change.0).or_default() += 1;
            }
        }
    }
    let mut sizes = [0; 3];
    for size in failed.into_values() {
        sizes[size - 1] += 1;
    }
    sizes
}

/// Holds a Poisson count against its mean: 4.5 standard deviations, a false alarm in one seed of 100,000.
fn hold(what: &str, count: u64, mean: f64) {
    let z = (count as f64 - mean) / mean.max(1.0).sqrt();
    assert!(z.abs() < 4.5, "{what}: {count} times, not {mean}: z = {z}");
}

#[test]
fn a_beta_factor_takes_its_share_of_each_rate_for_all_together() {
    let [one, two, three] = sizes(&three("beta: 20 %"));
    // 2,000 failures of each: 1,600 alone, 400 with all. (A minute of repair now and then is no matter.)
    hold("alone", one, 3.0 * 1_600.0);
    hold("together", three, 400.0);
    assert!(two <= 3, "{two} pairs by mere chance");
}

#[test]
fn alpha_factors_are_shares_of_the_failures_of_the_group() {
    let [one, two, three] = sizes(&three("alpha: [70 %, 20 %, 10 %]"));
    // Per unit λ = 0.01 / h; the group fails λ n / Σ k α_k = 0.03 / 1.4 times an hour.
    let group = 200_000.0 * 0.03 / 1.4;
    hold("alone", one, 0.7 * group);
    hold("in pairs", two, 0.2 * group);
    hold("all three", three, 0.1 * group);
}

#[test]
fn multiple_greek_letters_give_the_shares_of_each_number() {
    let [one, two, three] = sizes(&three("mgl: [30 %, 50 %]"));
    // Of the 2,000 failures of each 70 % are alone, 15 % in one of its two pairs, 15 % with all.
    hold("alone", one, 3.0 * 1_400.0);
    hold("in pairs", two, 3.0 * 300.0 / 2.0);
    hold("all three", three, 300.0);
}

#[test]
fn a_common_cause_hits_only_sets_that_run() {
    let text = "blackstart: 1
horizon: 20000 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha}}
generators: {gen: {in: alpha, stands-in-for: grid, units: 2, starts: 0 s, fails-to-start: 0 %, fuel: 1000 y,
                   fails-in-operation: {mttf: 10 h, repair: {takes: 1 min}}}}
common-causes: {fuel: {members: gen, beta: 100 %}}
happens: {dark: {loss-of: {ids: grid, at: +10000 h}}}
";
    let ran = Ran::new(text, 0);
    let node = |unit: u32| node_named(&ran.compiled.net, &format!("gen/set-{unit}/running")).expect("a set");
    let (first, second) = (&ran.history.changes[&node(1).0], &ran.history.changes[&node(2).0]);
    assert!(first[0].0 > 10_000 * HOUR, "nothing fails while nothing runs");
    assert_eq!(first, second, "all failures are common");
    hold("failures", first.len() as u64 / 2, 1_000.0);
}

#[test]
fn what_is_said_about_common_causes_is_checked() {
    let head = "blackstart: 1\nsites: {alpha: {}}\nups:\n  a: {in: alpha, fails: {mttf: 1 y, mttr: 2 h}}\n  b: {in: alpha, fails: {mttf: 1 y, mttr: 2 h}}\n  \
                c: {in: alpha, fails: {mttf: 2 y, mttr: 2 h}}\n  d: {in: alpha, fails: {life: {weibull: {shape: 2, mean: 1 y}}, mttr: 2 h}}\n  e: {in: alpha}\ncommon-causes:\n  ";
    let cases = [
        (
            "g: {members: [a, b]}",
            &["missing-field", "how often they fail together"][..],
        ),
        (
            "g: {members: [a, b], beta: 5 %, mgl: [5 %]}",
            &["contradiction", "in more than one way"],
        ),
        (
            "g: {members: [a, c], beta: 5 %}",
            &["contradiction", "do not fail equally often"],
        ),
        (
            "g: {members: [a, d], beta: 5 %}",
            &["law-invalid", "`d` is not exponential"],
        ),
        (
            "g: {members: [a, e], beta: 5 %}",
            &["missing-field", "`e` does not fail by itself"],
        ),
        ("g: {members: a, beta: 5 %}", &["out-of-bounds", "this one has 1"]),
        (
            "g: {members: [a, b], alpha: [90 %, 5 %]}",
            &["contradiction", "add up to 950000 ppm"],
        ),
        (
            "g: {members: [a, b], alpha: [90 %, 5 %, 5 %]}",
            &["wrong-length", "more than all 2"],
        ),
        (
            "g: {members: [a, b], beta: 5 %}\n  h: {members: [a, b], beta: 5 %}",
            &["named-twice", "another group"],
        ),
        (
            "g: {members: [a, a], beta: 5 %}",
            &["named-twice", "stands here twice"],
        ),
        (
            "g: {members: alpha, beta: 5 %}",
            &["wrong-kind", "thing that can fail by itself is needed"],
        ),
    ];
    for (group, wanted) in cases {
        let said = said(&format!("{head}{group}\n"));
        for word in wanted {
            assert!(said.contains(word), "{group}\nlacks {word}:\n{said}");
        }
    }
}
