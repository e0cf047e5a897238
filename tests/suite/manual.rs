//! The audit of a manual, worked out by hand.

use crate::simulated::{asked, design, loaded_text};
use blackstart::analysis::compare::Verdict;
use blackstart::analysis::manual::changes::{Change, changes, try_all};
use blackstart::analysis::manual::steps::audit;
use blackstart::analysis::manual::written::written;
use blackstart::analysis::manual::{Audit, StepAudit};
use blackstart::compile::compile;

const MIN: f64 = 60e6;

/// A site is lost for a day; its services stand by at another one; the tool that starts them there stands at the site that is lost.
const MANUAL: &str = "blackstart: 1
horizon: 4 d
sites: {alpha: {}, beta: {}}
pools: {web-a: {in: alpha, servers: 60, dead-on-arrival: 0 %}, web-b: {in: beta, servers: 60}}
services:
  shop: {tier: 1, users: 100, starts: 1 min, runs-on: {web-a: {active: 40}, web-b: {warm: 40}}, rto: 1 h}
  photos: {tier: 2, users: 100, starts: 1 min, runs-on: {web-a: {active: 4}}}
  switcher: {tier: internal, runs-on: {web-a: {active: 2}}}
teams: {sre: {heads: 1, joins: 10 min, reached-by: phone, answers: 5 min, learns: {alarm: {after: 5 min}}}}
procedures:
  leave:
    trigger: {site-lost: alpha}
    command: sre
    noticed: {alarm: {after: 2 min}}
    steps:
      decide: {takes: 15 min}
      switch:
        after: decide
        crew: sre
        needs: switcher
        takes: 10 min
        on-blocked: {improvise: {after: 20 min, takes: 2 h}}
        does: {start: {services: shop, in: beta}}
happens: {fire: {loss-of: {ids: alpha, at: +1 h, for: 24 h}}}
";

fn audited(text: &str) -> Audit {
    let loaded = loaded_text("manual.yaml", text);
    let design = design(loaded);
    let (manual, candidates) = (written(&design.model), changes(&design.model));
    let words: Vec<String> = candidates
        .iter()
        .map(|change| change.words(&design.model))
        .collect();
    let base = compile(design);
    let changed: Vec<_> = candidates
        .iter()
        .zip(words)
        .filter_map(|(change, words)| {
            let mut loaded = loaded_text("manual.yaml", text);
            change
                .make(&mut loaded.root)
                .then(|| (words, compile(self::design(loaded))))
        })
        .collect();
    let asked = asked(3);
    let mut audit = audit(&manual, &base, &asked, &|_| {}).expect("replications that end");
    try_all(&mut audit, &base, &changed, &asked, &|_| {}).expect("replications that end");
    audit
}

fn step<'a>(audit: &'a Audit, id: &str) -> &'a StepAudit {
    let steps = &audit.procedures[0].steps;
    steps
        .iter()
        .find(|step| step.id == id)
        .expect("a step of this name")
}

/// Whether a time is so many minutes, to the microsecond.
fn is(us: f64, minutes: f64) -> bool {
    (us - minutes * MIN).abs() < 1.0
}

#[test]
fn what_becomes_of_the_steps_is_told_to_the_minute() {
    let audit = audited(MANUAL);
    let leave = &audit.procedures[0];
    // The loss at 60 min is known to the team after 5 and the team reached after 5 more.
    assert_eq!((leave.begun.hits, leave.begun_after.value), (3, 70.0 * MIN));
    let decide = step(&audit, "decide");
    assert_eq!(
        (decide.by_the_book.hits, decide.waited.value, decide.took.value),
        (3, 0.0, 15.0 * MIN)
    );
    // From 85 min on the tool is waited for, for 20 min; then it is done by hand in two hours.
    let switch = step(&audit, "switch");
    assert_eq!(
        (switch.by_the_book.hits, switch.improvised.hits, switch.open.hits),
        (0, 3, 0)
    );
    assert_eq!(
        (switch.waited.value, switch.took.value),
        (20.0 * MIN, 120.0 * MIN)
    );
    assert_eq!(switch.waits, [("switcher".to_owned(), 20.0 * MIN)]);
    let uncovered: Vec<&str> = audit
        .uncovered
        .iter()
        .map(|uncovered| uncovered.name.as_str())
        .collect();
    assert_eq!(uncovered, ["photos"]);
    assert_eq!(
        audit.single_persons,
        ["sre is one person: the command of leave and 1 more cannot go on without."]
    );
}

#[test]
fn what_a_change_wins_is_what_the_step_no_longer_waits_for() {
    let audit = audited(MANUAL);
    let gain = |change: &str| {
        let gain = audit.gains.iter().find(|gain| gain.change == change);
        gain.unwrap_or_else(|| panic!("{change} among {:?}", audit.gains))
    };
    // With the tool: ten minutes instead of twenty and two hours. Photos come back with the site, whatever the manual does.
    let tool = gain("switcher always at hand");
    assert_eq!(tool.promised, [("shop".to_owned(), tool.promised[0].1)]);
    assert!(is(tool.promised[0].1.value, -130.0));
    assert_eq!((tool.whole.value, tool.verdict), (0.0, Verdict::Same));
    assert_eq!(audit.gains[0].change, "switcher always at hand", "the most first");
    // The one head has come before the step begins.
    assert!(is(
        gain("“switch” of leave needs nobody").promised[0].1.value,
        0.0
    ));
    assert!(is(gain("one more head in sre").promised[0].1.value, 0.0));
    // The team must be reached anyhow, which takes longer than noticing.
    assert!(is(
        gain("what leave is there for is noticed at once").promised[0]
            .1
            .value,
        0.0
    ));
}

#[test]
fn two_procedures_may_ask_for_more_heads_than_there_are() {
    let more = MANUAL.replace(
        "happens:",
        "  tell:\n    trigger: {service-lost: shop}\n    command: sre\n    noticed: {alarm: {after: 2 min}}\n    steps: {call: {crew: sre, takes: 30 min}}\nhappens:",
    );
    let audit = audited(&more);
    assert_eq!(
        audit.conflicts,
        ["sre has 1 head, and leave, tell may ask for 2 at once."]
    );
    // Who tells the customers first cannot switch.
    let switch = step(&audit, "switch");
    assert!(switch.waited.value > 20.0 * MIN, "{:?}", switch.waits);
}

#[test]
fn users_things_are_no_tools() {
    let design = design(loaded_text(
        "manual.yaml",
        &MANUAL.replace("needs: switcher", "needs: [switcher, photos]"),
    ));
    let changes = changes(&design.model);
    assert!(changes.contains(&Change::AlwaysUp("switcher".to_owned())));
    assert!(!changes.contains(&Change::AlwaysUp("photos".to_owned())));
}
