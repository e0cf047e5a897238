//! Hidden failures: what is known of them, and when.

use super::*;
use crate::kernel::scripted::{fixed, script, tag};
use crate::random::Weibull;

const H: u64 = 60 * MIN;

fn tested(law: Law, inspections: Inspections, begins: Begins) -> UnitSpec {
    UnitSpec {
        clocks: vec![Clock::new(law).hidden()],
        begins,
        inspected: Some(inspections),
        ..UnitSpec::flag()
    }
}

fn every(period_us: u64) -> Inspections {
    Inspections {
        period_us,
        first_us: None,
    }
}

#[test]
fn a_hidden_failure_is_known_from_the_next_inspection_on_and_then_called_for() {
    let mut b = Builder::new();
    let unit = b.unit("u", tag(), tested(fixed(25), every(10), Begins::New));
    let known = b.known_failed(unit, "u/known", tag());
    repaired_at_once(&mut b, unit, (known, Reading::Flag));
    let ran = Ran::new(b, 100);
    // New at 0, 31 and 62: fails at 25, 56, 87; found at 30, 60, 90.
    let times = [25, 31, 56, 61, 86, 91];
    let values: Vec<(u64, i64)> = ran.of(unit);
    assert_eq!(values.iter().map(|&(at, _)| at).collect::<Vec<_>>(), times);
    assert_eq!(
        ran.of(known),
        [(30, 1), (31, 0), (60, 1), (61, 0), (90, 1), (91, 0)]
    );
    let found = ran
        .trace
        .transitions
        .iter()
        .find(|change| change.node == known)
        .expect("found");
    let record = ran.state.records()[found.record.index()];
    assert_eq!(
        record.what,
        What::Found {
            node: unit,
            since: 25
        }
    );
    let cause = ran.state.records()[record.follows.index()];
    assert_eq!(cause.what, What::Life { node: unit });
}

#[test]
fn a_demand_finds_a_hidden_failure_and_so_does_somebody_who_looks() {
    for (what, expected) in [
        ("a demand after the failure", 41),
        ("a demand that stands", 26),
        ("a dip of the demand", 95),
        ("a look", 60),
        ("a stated inspection", 95),
        ("nobody", 0),
    ] {
        let mut b = Builder::new();
        let call = b.unit("call", tag(), UnitSpec::flag());
        let off = b.reason("off");
        let spec = UnitSpec {
            inspected: (what != "nobody" && what != "a look").then_some(Inspections {
                period_us: 1000,
                first_us: Some(95),
            }),
            demanded: what.contains("demand").then_some((call, Reading::Flag)),
            ..tested(fixed(25), every(1), Begins::New)
        };
        let unit = b.unit("u", tag(), spec);
        let known = b.known_failed(unit, "u/known", tag());
        let hold = Action::Hold {
            node: call,
            reason: off,
        };
        let lift = Action::Lift {
            node: call,
            reason: off,
        };
        script(
            &mut b,
            match what {
                "a demand after the failure" => vec![(1, hold), (40, lift)],
                // On and off again in one instant: it never stood.
                "a dip of the demand" => vec![(1, hold), (40, lift), (40, hold)],
                "a look" => vec![
                    (10, Action::Inspect { node: unit }),
                    (60, Action::Inspect { node: unit }),
                ],
                _ => Vec::new(),
            },
        );
        let ran = Ran::new(b, 200);
        let changes = ran.of(known);
        assert_eq!(changes.first().map_or(0, |&(at, _)| at), expected, "{what}");
        assert_eq!(ran.of(unit), [(25, 0)], "{what}");
    }
}

#[test]
fn what_is_done_from_outside_is_known_at_once_and_a_repair_forgets() {
    let mut b = Builder::new();
    let unit = b.unit("u", tag(), tested(fixed(25), every(100), Begins::New));
    let known = b.known_failed(unit, "u/known", tag());
    script(
        &mut b,
        vec![
            (5, Action::Break { node: unit, items: 1 }),
            (10, Action::Repair { node: unit }),
            // It failed unseen at 35.
            (50, Action::Repair { node: unit }),
            // And again at 75.
            (80, Action::Destroy { node: unit }),
            (90, Action::Repair { node: unit }),
        ],
    );
    let ran = Ran::new(b, 300);
    assert_eq!(ran.of(known), [(5, 1), (10, 0), (80, 1)]);
    assert_eq!(ran.of(unit), [(5, 0), (10, 1), (35, 0), (50, 1), (75, 0)]);
}

/// The mean unavailability of the first period of what begins steady; found failures are repaired at once.
fn unavailability(clock: Clock, replications: u32) -> Vec<f64> {
    let mut b = Builder::new();
    let spec = UnitSpec {
        clocks: vec![clock.hidden()],
        inspected: Some(every(H)),
        ..UnitSpec::flag()
    };
    let unit = b.unit("u", tag(), spec);
    let known = b.known_failed(unit, "u/known", tag());
    repaired_at_once(&mut b, unit, (known, Reading::Flag));
    let net = b.finish().expect("sound");
    let mut shares = Vec::new();
    each(&net, 8, replications, H, |trace, _| {
        shares.push(share_down(trace, unit, 1, H))
    });
    shares
}

/// The textbook's unavailability of a periodically tested component, 1 − (1 − e^−λT) / λT, holds from the first period on.
#[test]
fn a_tested_component_is_unavailable_as_the_closed_form_says() {
    let shares = unavailability(
        Clock::new(Law::exponential(2.0 * H as f64).expect("positive")),
        4000,
    );
    assert_mean(&shares, 1.0 - (1.0 - libm::exp(-0.5)) / 0.5, "exponential");
}

/// Renewals at inspections: in a cycle of T Σ P(life > kT) on the average the unit works for a mean life.
#[test]
fn wear_and_phases_under_inspection_begin_in_their_long_run() {
    let wear = Law::Weibull(Weibull::new(3.0, 2.0 * H as f64).expect("valid"));
    let lives_to = |k: u32| libm::exp(-libm::pow(f64::from(k) / 2.0, 3.0));
    let cycle: f64 = (0..40).map(lives_to).sum();
    let mean = wear.mean() / H as f64;
    assert_mean(
        &unavailability(Clock::new(wear), 4000),
        1.0 - mean / cycle,
        "wear",
    );

    let clock = Clock {
        phases: vec![ClockPhase {
            from_us: 2 * H,
            factor: 4.0,
        }],
        ..Clock::new(Law::exponential(4.0 * H as f64).expect("positive"))
    };
    let hazard = |age: f64| (age.min(2.0) + 4.0 * (age - 2.0).max(0.0)) / 4.0;
    let cycle: f64 = (0..60).map(|k| libm::exp(-hazard(f64::from(k)))).sum();
    let mean = 4.0 * (1.0 - libm::exp(-0.5)) + libm::exp(-0.5);
    assert_mean(&unavailability(clock, 4000), 1.0 - mean / cycle, "phases");
}
