//! Common causes: shocks, shared demands, and what is wrong with a group.

use super::*;
use crate::kernel::scripted::{fixed, script, tag};
use crate::kernel::{CommonCause, CommonCauseFault, Exposed, Multiplicity};

const H: u64 = 60 * MIN;

fn exponential(mean_us: f64) -> Law {
    Law::exponential(mean_us).expect("positive")
}

/// So many units with a clock of this mean, in a group; with a repair of this mean if one is given.
fn group(
    b: &mut Builder,
    names: &[&str],
    mean_us: f64,
    model: Multiplicity,
    repair_us: Option<f64>,
) -> Vec<NodeId> {
    let units: Vec<NodeId> = names
        .iter()
        .map(|name| {
            let spec = UnitSpec {
                clocks: vec![Clock::new(exponential(mean_us))],
                ..UnitSpec::flag()
            };
            let unit = b.unit(*name, tag(), spec);
            if let Some(mean) = repair_us {
                let takes = if mean < 2.0 { fixed(1) } else { exponential(mean) };
                repaired(b, unit, (unit, Reading::Not), takes);
            }
            unit
        })
        .collect();
    let members = units
        .iter()
        .map(|&unit| Exposed::Life { unit, clock: 0 })
        .collect();
    b.common_cause("shared", tag(), CommonCause { model, members });
    units
}

#[test]
fn the_models_split_a_total_as_published() {
    // The reference set's cases `ccf_beta` and `ccf_alpha`.
    let close = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-12, "{ours} against {theirs}");
    let beta = Multiplicity::Beta(0.2).shares(3).expect("chances");
    close(beta.own * 0.1, 0.08);
    close(beta.shocks[1] * 0.1, 0.02);
    let alpha = Multiplicity::Alpha(vec![0.7, 0.2, 0.1])
        .shares(3)
        .expect("factors");
    close(alpha.own * 0.1, 0.05);
    close(alpha.shocks[0] * 0.1 / 3.0, 0.014_285_714_285_714_286);
    close(alpha.shocks[1] * 0.1, 0.021_428_571_428_571_43);
    // A beta factor is one Greek letter after which all are certain.
    let greek = Multiplicity::Mgl(vec![0.2, 1.0]).shares(3).expect("letters");
    assert_eq!(greek, beta);
    let greek = Multiplicity::Mgl(vec![0.5, 0.4, 0.3]).shares(4).expect("letters");
    // Each member fails as often as its total says: Q₁ + Σ C(n−1, k−1) Qₖ, which is a k-th of what strikes k of n.
    for (model, shares) in [("alpha", &alpha), ("greek", &greek)] {
        let n = shares.shocks.len() as f64 + 1.0;
        let shared: f64 = (2_u32..)
            .zip(&shares.shocks)
            .map(|(k, shock)| f64::from(k) * shock / n)
            .sum();
        assert!((shares.own + shared - 1.0).abs() < 1e-12, "{model}");
    }
    close(greek.shocks[2], 0.5 * 0.4 * 0.3);
    close(greek.shocks[0], 2.0 * 0.5 * 0.6);
    for (model, members) in [
        (Multiplicity::Beta(1.1), 3),
        (Multiplicity::Alpha(vec![0.5, 0.5]), 3),
        (Multiplicity::Alpha(vec![0.5, 0.4]), 2),
        (Multiplicity::Mgl(vec![0.5]), 3),
        (Multiplicity::Mgl(vec![-0.1]), 2),
    ] {
        assert!(model.shares(members).is_err(), "{model:?}");
    }
}

#[test]
fn a_group_that_cannot_be_is_named() {
    let mut b = Builder::new();
    let of = |b: &mut Builder, name: &str, clock: Clock| {
        let spec = UnitSpec {
            clocks: vec![clock],
            ..UnitSpec::flag()
        };
        b.unit(name, tag(), spec)
    };
    let [a, c] = ["a", "c"].map(|name| of(&mut b, name, Clock::new(exponential(5.0))));
    let other = of(&mut b, "other", Clock::new(exponential(6.0)));
    let wearing = of(&mut b, "wearing", Clock::new(fixed(5)));
    let gate = b.gate("gate", tag(), 1);
    let counted = b.starter("counted", tag(), StarterSpec::by_work(9, 5));
    let starter = b.starter("starter", tag(), StarterSpec::automatic(fixed(1)));
    let life = |unit| Exposed::Life { unit, clock: 0 };
    let demand = |node| Exposed::Demand { node };
    for (name, model, members) in [
        ("alone", Multiplicity::Beta(0.1), vec![life(a)]),
        ("twice", Multiplicity::Beta(0.1), vec![life(a), life(a)]),
        ("unlike", Multiplicity::Beta(0.1), vec![life(c), life(other)]),
        ("again", Multiplicity::Beta(0.1), vec![life(c), life(a)]),
        ("worn", Multiplicity::Beta(0.1), vec![life(wearing), life(gate)]),
        (
            "no clock",
            Multiplicity::Beta(0.1),
            vec![Exposed::Life { unit: a, clock: 1 }, demand(gate)],
        ),
        (
            "factors",
            Multiplicity::Beta(2.0),
            vec![demand(counted), demand(starter)],
        ),
        ("mixed", Multiplicity::Beta(0.1), vec![life(a), demand(a)]),
    ] {
        b.common_cause(name, tag(), CommonCause { model, members });
    }
    let faults = b.finish().expect_err("faults");
    let said: Vec<(String, CommonCauseFault)> = faults
        .into_iter()
        .map(|fault| match fault {
            Fault::CommonCause { group, why } => (group, why),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("alone", CommonCauseFault::Members),
        ("twice", CommonCauseFault::Members),
        ("unlike", CommonCauseFault::Unlike(other)),
        ("again", CommonCauseFault::Members),
        ("worn", CommonCauseFault::NotExponential(wearing)),
        ("worn", CommonCauseFault::Mode(gate)),
        ("no clock", CommonCauseFault::Mode(a)),
        ("no clock", CommonCauseFault::Mode(gate)),
        (
            "factors",
            CommonCauseFault::Factors("a beta factor lies between 0 and 1, not 2".to_owned()),
        ),
        ("factors", CommonCauseFault::Mode(counted)),
        ("mixed", CommonCauseFault::Mode(a)),
    ];
    assert_eq!(said, expected.map(|(name, why)| (name.to_owned(), why)));
}

/// Two units with repair and a beta factor against the Markov chain: 0 → 1 at 2(1−β)λ, 0 → 2 at βλ, 1 → 2 at λ, 1 → 0 at μ, 2 → 1 at 2μ.
#[test]
fn a_beta_factor_group_with_repair_agrees_with_its_markov_chain() {
    let (lambda, mu, beta) = (1.0, 4.0, 0.3);
    let mut b = Builder::new();
    let units = group(
        &mut b,
        &["a", "b"],
        H as f64,
        Multiplicity::Beta(beta),
        Some(H as f64 / mu),
    );
    let any = b.any(
        "any",
        tag(),
        &[(units[0], Reading::Flag), (units[1], Reading::Flag)],
    );
    let all = b.all(
        "all",
        tag(),
        &[(units[0], Reading::Flag), (units[1], Reading::Flag)],
    );
    let net = b.finish().expect("sound");
    // Balance of state 2: p0 βλ + p1 λ = p2 2μ; of state 0: p0 (2 − β) λ = p1 μ.
    let p1 = (2.0 - beta) * lambda / mu;
    let p2 = (beta * lambda + p1 * lambda) / (2.0 * mu);
    let sum = 1.0 + p1 + p2;
    let horizon = 2000 * H;
    let (mut none, mut some) = (Vec::new(), Vec::new());
    each(&net, 3, 60, horizon, |trace, _| {
        none.push(share_down(trace, any, 1, horizon));
        some.push(share_down(trace, all, 1, horizon));
    });
    assert_mean(&none, p2 / sum, "both down");
    assert_mean(&some, (p1 + p2) / sum, "one down");
}

/// Repaired within a microsecond, four units show every shock: how often so many fall in one instant, and each set as often as the others.
#[test]
fn shocks_have_the_multiplicities_of_the_model() {
    let model = Multiplicity::Mgl(vec![0.5, 0.4, 0.3]);
    let shares = model.shares(4).expect("letters");
    let mut b = Builder::new();
    let units = group(&mut b, &["a", "b", "c", "d"], H as f64, model, Some(1.0));
    let net = b.finish().expect("sound");
    let hours = 20_000;
    let mut by_size = [0_u32; 5];
    let mut pairs = [0_u32; 16];
    each(&net, 4, 1, hours * H, |trace, state| {
        let fell: Vec<&Transition> = trace
            .transitions
            .iter()
            .filter(|change| change.to == 0 && units.contains(&change.node))
            .collect();
        for together in fell.chunk_by(|a, b| a.at == b.at) {
            by_size[together.len()] += 1;
            if together.len() == 2 {
                let set: usize = together.iter().map(|change| 1 << change.node.index()).sum();
                pairs[set] += 1;
            }
            // All that fell together followed one root.
            let roots: Vec<What> = together
                .iter()
                .map(|c| state.records()[c.record.index()].what)
                .collect();
            if together.len() > 1 {
                assert!(matches!(roots[0], What::CommonCause { .. }));
                assert!(together.iter().all(|change| change.record == together[0].record));
            } else {
                assert!(matches!(roots[0], What::Life { .. }));
            }
        }
    });
    // Counts of Poisson processes: 5 standard errors each.
    let count = |found: u32, rate: f64, what: &str| {
        let truth = rate * hours as f64;
        assert!(
            (f64::from(found) - truth).abs() < 5.0 * libm::sqrt(truth),
            "{what}: {found} against {truth}"
        );
    };
    count(by_size[1], 4.0 * shares.own, "alone");
    for (&found, &rate) in by_size[2..].iter().zip(&shares.shocks) {
        count(found, rate, "together");
    }
    for pair in pairs.iter().filter(|&&pair| pair > 0) {
        count(*pair, shares.shocks[0] / 6.0, "a pair");
    }
    assert_eq!(pairs.iter().filter(|&&pair| pair > 0).count(), 6);
}

#[test]
fn a_group_rests_with_its_members_and_spares_who_rests() {
    let mut b = Builder::new();
    let flags = ["fa", "fb"].map(|name| b.unit(name, tag(), UnitSpec::flag()));
    let units = ["a", "b"].map(|name| {
        let flag = flags[usize::from(name == "b")];
        let spec = UnitSpec {
            clocks: vec![Clock::new(exponential(H as f64)).while_(flag, Reading::Flag)],
            ..UnitSpec::flag()
        };
        b.unit(name, tag(), spec)
    });
    let members = units.map(|unit| Exposed::Life { unit, clock: 0 }).to_vec();
    let model = Multiplicity::Beta(1.0);
    b.common_cause("shared", tag(), CommonCause { model, members });
    let off = b.reason("off");
    let hold = |node| Action::Hold { node, reason: off };
    script(
        &mut b,
        vec![
            (1, hold(flags[0])),
            (1, hold(flags[1])),
            (
                50 * H,
                Action::Lift {
                    node: flags[0],
                    reason: off,
                },
            ),
        ],
    );
    let net = b.finish().expect("sound");
    let mut late = Vec::new();
    each(&net, 9, 500, 100 * H, |trace, _| {
        let fell = |unit| trace.transitions.iter().find(|change| change.node == unit);
        assert!(fell(units[1]).is_none(), "it rests to the end");
        let at = fell(units[0]).expect("50 hours at 1 an hour").at;
        assert!(at > 50 * H);
        late.push((at - 50 * H) as f64 / H as f64);
    });
    assert_mean(&late, 1.0, "from the start on, as if nothing had been before");
}

/// Three trains of a pump and a valve, called on once; both are groups. The reference set's cases `ccf_beta` and `ccf_alpha`.
#[test]
fn trains_fail_on_demand_as_the_fault_tree_says() {
    for (model, truth) in [
        (Multiplicity::Beta(0.2), 0.043_080_373_061_222_4),
        (
            Multiplicity::Alpha(vec![0.7, 0.2, 0.1]),
            0.052_981_410_695_180_677,
        ),
    ] {
        let mut b = Builder::new();
        let call = b.unit("call", tag(), UnitSpec::flag());
        let mut trains = Vec::new();
        let mut kinds = [Vec::new(), Vec::new()];
        for train in 0..3 {
            let parts = ["pump", "valve"].map(|part| {
                let spec = StarterSpec {
                    initial_on: 0,
                    fails_ppm: 100_000,
                    ..StarterSpec::automatic(exponential(S as f64))
                };
                let node = b.starter(format!("{part} {train}"), tag(), spec);
                b.trigger(node, call, Reading::Not);
                kinds[usize::from(part == "valve")].push(Exposed::Demand { node });
                (node, Reading::Flag)
            });
            trains.push((b.all(format!("train {train}"), tag(), &parts), Reading::Flag));
        }
        for (name, members) in ["pumps", "valves"].into_iter().zip(kinds) {
            let model = model.clone();
            b.common_cause(name, tag(), CommonCause { model, members });
        }
        let top = b.any("top", tag(), &trains);
        script(&mut b, vec![(S, Action::Break { node: call, items: 1 })]);
        let net = b.finish().expect("sound");
        let mut failed = 0;
        each(&net, 10, 20_000, 60 * 60 * S, |trace, _| {
            failed += u32::from(!trace.transitions.iter().any(|change| change.node == top));
        });
        assert_share(failed, 20_000, truth, "all three trains");
    }
}

#[test]
fn transfers_of_one_group_fail_together_and_their_root_is_the_group() {
    let mut b = Builder::new();
    let (first, second) = (
        b.unit("first", tag(), UnitSpec::flag()),
        b.unit("second", tag(), UnitSpec::flag()),
    );
    let selectors = ["left", "right"].map(|name| {
        let spec = SelectorSpec {
            sense_us: 0,
            transfer: fixed(10),
            make_before_break: false,
            returns: Returns::After(0),
            retries: 0,
            sourcing: Sourcing::FirstLive,
            auto: true,
            fails_ppm: 400_000,
        };
        let node = b.selector(name, tag(), spec);
        b.source(node, first, Reading::Flag);
        b.source(node, second, Reading::Flag);
        node
    });
    let members = selectors.map(|node| Exposed::Demand { node }).to_vec();
    let model = Multiplicity::Beta(1.0);
    let shared = b.common_cause("shared", tag(), CommonCause { model, members });
    script(
        &mut b,
        vec![(
            5,
            Action::Break {
                node: first,
                items: 1,
            },
        )],
    );
    let net = b.finish().expect("sound");
    assert_eq!(net.common_cause_name(shared), "shared");
    assert_eq!(net.common_cause_tag(shared), tag());
    let mut failed = 0;
    each(&net, 12, 2000, S, |trace, state| {
        let back = selectors.map(|node| trace.transitions.iter().any(|c| c.node == node && c.to == 1));
        assert_eq!(back[0], back[1]);
        let roots = state
            .records()
            .iter()
            .filter(|record| record.what == What::CommonCause { group: shared });
        assert_eq!(roots.count(), if back[0] { 0 } else { 2 });
        failed += u32::from(!back[0]);
    });
    assert_share(failed, 2000, 0.4, "both transfers");
}

/// Two hidden failures of one cause, each unseen since the last inspection of its own: E(1 − e^−a min(U, V)) with a = λT for both at once.
#[test]
fn shocks_before_the_beginning_lie_dormant_in_all_that_they_struck() {
    let mut b = Builder::new();
    let units = ["a", "b"].map(|name| {
        let spec = UnitSpec {
            clocks: vec![Clock::new(exponential(H as f64)).hidden()],
            inspected: Some(Inspections {
                period_us: H,
                first_us: None,
            }),
            ..UnitSpec::flag()
        };
        b.unit(name, tag(), spec)
    });
    let members = units.map(|unit| Exposed::Life { unit, clock: 0 }).to_vec();
    let model = Multiplicity::Beta(1.0);
    b.common_cause("shared", tag(), CommonCause { model, members });
    let net = b.finish().expect("sound");
    let (mut one, mut both) = (0, 0);
    each(&net, 13, 4000, 1, |trace, _| {
        let down = units.map(|unit| trace.transitions.iter().any(|change| change.node == unit));
        one += u32::from(down[0]);
        both += u32::from(down[0] && down[1]);
    });
    let a = 1.0;
    assert_share(one, 4000, 1.0 - (1.0 - libm::exp(-a)) / a, "one of them");
    assert_share(
        both,
        4000,
        1.0 - 2.0 * (a - 1.0 + libm::exp(-a)) / (a * a),
        "both",
    );
}

/// The timers of groups once stood where those of profiles stand: a shock stepped a profile, and the group never struck.
#[test]
fn a_group_used_to_share_its_timer_with_a_profile() {
    let mut b = Builder::new();
    let shift = Profile {
        steps: vec![(0, 1), (5 * H, 0)],
        period_us: 10 * H,
        whole: 1,
        begins_us: 0,
    };
    let shift = b.profile("shift", tag(), shift);
    let present = b.unit("present", tag(), UnitSpec::flag());
    b.follow(present, shift);
    let units = group(&mut b, &["a", "b"], H as f64, Multiplicity::Beta(1.0), None);
    let ran = Ran::new(b, 100 * H);
    let steps: Vec<(u64, i64)> = (1..=20)
        .map(|step| (step * 5 * H, i64::from(step % 2 == 0)))
        .collect();
    assert_eq!(ran.of(present), steps);
    let fell = ran.of(units[0]);
    assert!(fell.len() == 1 && fell == ran.of(units[1]), "{fell:?}");
}
