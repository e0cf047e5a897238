//! Static networks settle on what a full evaluation of all their parts says: after random actions, in every state of their units, and
//! in the mean over the time of a simulation.

use super::built::{HOUR_US, exponential};
use super::chain::{Chain, dot, to_f64};
use super::naive::values;
use super::networks::{Network, Part};
use crate::dice::{Dice, cases};
use crate::scripted::script;
use blackstart::kernel::{
    Action, Builder, Call, Clock, Effect, Limits, Netlist, NodeId, Observe, Reading, Scratch, State, Tag,
    Takes, Transition, UnitSpec, View, Way, WorkSpec, run,
};
use blackstart::random::Key;

/// How long the instants of a script are apart, in microseconds: longer than any chain of transfers and starts.
const APART_US: u64 = 1_000;

fn limits(horizon_us: u64) -> Limits {
    Limits {
        horizon_us,
        events_max: 10_000_000,
        settlings_max: 1_000,
    }
}

/// A unit as the actions leave it.
#[derive(Clone, Debug)]
struct Condition {
    amount: i64,
    failed: bool,
    destroyed: bool,
    holds: [bool; 3],
}

impl Condition {
    fn value(&self) -> i64 {
        let fit = !self.failed && !self.destroyed && self.holds == [false; 3];
        if fit { self.amount } else { 0 }
    }
}

/// All changes of a run, and what nodes were at the beginning.
struct Changes {
    values: Vec<i64>,
    list: Vec<Transition>,
}

impl Observe for Changes {
    const CAUSES: bool = false;

    fn settled(&mut self, _at: u64, batch: &[Transition], _view: &View<'_>) {
        self.list.extend_from_slice(batch);
    }
}

fn changes(net: &Netlist, horizon_us: u64) -> Changes {
    let (mut state, mut scratch) = (State::new(net), Scratch::new(net));
    let key = Key::new(1, 0);
    run(net, &mut state, &mut scratch, key, limits(0), &mut ()).expect("a beginning");
    let mut changes = Changes {
        values: (0..net.len())
            .map(|node| state.value(NodeId::new(node)))
            .collect(),
        list: Vec::new(),
    };
    run(
        net,
        &mut state,
        &mut scratch,
        key,
        limits(horizon_us),
        &mut changes,
    )
    .expect("an end");
    changes
}

/// Runs a network through instants of actions and compares every part after each with what units are then.
fn compare(net: &Network, builder: Builder, nodes: &[NodeId], units: &[Vec<i64>], about: &str) {
    let netlist = builder.finish().expect("a sound network");
    let horizon_us = APART_US * u64::try_from(units.len() + 1).expect("few instants");
    let Changes {
        values: mut now,
        list,
    } = changes(&netlist, horizon_us);
    let mut list = list.into_iter().peekable();
    for (instant, units) in (0u64..).zip(units) {
        while let Some(change) = list.next_if(|change| change.at < APART_US * (instant + 1)) {
            assert_eq!(
                now[change.node.index()],
                change.from,
                "{about}: a change from what was not"
            );
            now[change.node.index()] = change.to;
        }
        let expected = values(net, units);
        for (part, &node) in nodes.iter().enumerate() {
            let (name, what) = &net.parts[part];
            assert_eq!(
                now[node.index()],
                expected[part],
                "{about}: {name} ({what:?}) after instant {instant} with units {units:?}\n{net:#?}"
            );
        }
    }
}

fn units_of(net: &Network) -> usize {
    let is_unit = |(_, part): &&(String, Part)| matches!(part, Part::Unit { .. });
    net.parts.iter().take_while(is_unit).count()
}

fn conditions(net: &Network, units: usize) -> Vec<Condition> {
    net.parts[..units]
        .iter()
        .map(|(_, part)| {
            let Part::Unit { amount, held } = part else {
                unreachable!("units come first")
            };
            Condition {
                amount: *amount,
                failed: false,
                destroyed: false,
                holds: [*held, false, false],
            }
        })
        .collect()
}

fn random_actions(case: u32) {
    let mut dice = Dice::new("settled", case);
    let dice = &mut dice;
    let (units, others) = (2 + dice.below(7), 3 + dice.below(22));
    let net = Network::draw(dice, units, others);
    let mut builder = Builder::new();
    let nodes = net.build(&mut builder, |_, spec| spec);
    let reasons = Network::reasons(&mut builder);
    let mut conditions = conditions(&net, units);
    let read = |conditions: &[Condition]| conditions.iter().map(Condition::value).collect::<Vec<i64>>();
    let mut instants = vec![read(&conditions)];
    let mut actions = Vec::new();
    for instant in 1..=30u64 {
        for _ in 0..1 + dice.below(3) {
            let unit = dice.below(units);
            let (me, node) = (&mut conditions[unit], nodes[unit]);
            let (action, reason) = (dice.below(12), dice.below(3));
            let action = match action {
                0..=3 => {
                    me.failed |= !me.destroyed;
                    Action::Break {
                        node,
                        items: i64::MAX,
                    }
                }
                4..=7 => {
                    me.failed = false;
                    Action::Repair { node }
                }
                8 => {
                    me.holds[reason] = true;
                    Action::Hold {
                        node,
                        reason: reasons[reason],
                    }
                }
                9 => {
                    me.holds[reason] = false;
                    Action::Lift {
                        node,
                        reason: reasons[reason],
                    }
                }
                10 => {
                    // Only a sound one: what a repair makes of the amount of a failed one is another matter.
                    let amount = dice.within(1, 9);
                    if me.failed || me.destroyed || me.amount >= amount {
                        continue;
                    }
                    me.amount = amount;
                    Action::SetAmount { node, amount }
                }
                _ => {
                    if dice.chance(0.8) {
                        continue;
                    }
                    me.destroyed = true;
                    Action::Destroy { node }
                }
            };
            actions.push((APART_US * instant, action));
        }
        instants.push(read(&conditions));
    }
    script(&mut builder, actions);
    compare(&net, builder, &nodes, &instants, &format!("network {case}"));
}

#[test]
fn random_networks_settle_on_what_a_full_evaluation_says() {
    for case in 0..cases(500, 10_000) {
        random_actions(case);
    }
}

#[test]
fn every_state_of_the_units_settles_on_what_a_full_evaluation_says() {
    for case in 0..cases(60, 600) {
        let mut dice = Dice::new("every state", case);
        let (units, others) = (2 + dice.below(7), 3 + dice.below(15));
        let net = Network::draw(&mut dice, units, others);
        let mut builder = Builder::new();
        let nodes = net.build(&mut builder, |_, spec| spec);
        let conditions = conditions(&net, units);
        // A Gray code: each instant flips one unit, and all states are passed.
        let mut instants = Vec::new();
        let mut actions = Vec::new();
        for step in 0u64..1 << units {
            let failed = step ^ step >> 1;
            if step > 0 {
                let unit = usize::try_from(step.trailing_zeros()).expect("a small number");
                let node = nodes[unit];
                let action = if failed >> unit & 1 == 1 {
                    Action::Break {
                        node,
                        items: i64::MAX,
                    }
                } else {
                    Action::Repair { node }
                };
                actions.push((APART_US * step, action));
            }
            let value = |(unit, condition): (usize, &Condition)| {
                if failed >> unit & 1 == 1 {
                    0
                } else {
                    condition.value()
                }
            };
            instants.push(conditions.iter().enumerate().map(value).collect::<Vec<i64>>());
        }
        script(&mut builder, actions);
        compare(&net, builder, &nodes, &instants, &format!("network {case}"));
    }
}

/// The mean of `of` over all subsets of failed units, each failed with its chance on its own.
fn enumerated(chances: &[f64], of: impl Fn(u32) -> f64) -> f64 {
    (0u32..1 << chances.len())
        .map(|failed| {
            let chance: f64 = chances
                .iter()
                .enumerate()
                .map(|(unit, p)| if failed >> unit & 1 == 1 { *p } else { 1.0 - p })
                .product();
            chance * of(failed)
        })
        .sum()
}

/// The time integral of a node's value.
struct Integral {
    node: NodeId,
    value: i64,
    at: u64,
    sum: i128,
}

impl Observe for Integral {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        for change in batch.iter().filter(|change| change.node == self.node) {
            self.sum += i128::from(self.value) * i128::from(at - self.at);
            (self.value, self.at) = (change.to, at);
        }
    }
}

/// Units with clocks and repairs of their own under a static network: the mean of a part's value over time, by its z-score against the
/// enumeration of all subsets. Nothing when no part of the network depends on what fails.
fn score(case: u32) -> Option<f64> {
    let mut dice = Dice::new("enumerated", case);
    let units = 2 + dice.below(5);
    let others = 3 + dice.below(15);
    let net = Network::draw(&mut dice, units, others);
    let rates: Vec<(f64, f64)> = (0..units)
        .map(|_| (dice.between(0.05, 1.0), dice.between(0.3, 3.0)))
        .collect();
    let conditions = conditions(&net, units);
    let of = |failed: u32| {
        let value = |(unit, condition): (usize, &Condition)| {
            if failed >> unit & 1 == 1 {
                0
            } else {
                condition.value()
            }
        };
        let units: Vec<i64> = conditions.iter().enumerate().map(value).collect();
        values(&net, &units)
    };
    let all: Vec<Vec<i64>> = (0..1u32 << units).map(of).collect();
    let moves = |&part: &usize| all.iter().any(|values| values[part] != all[0][part]);
    let part = (units..net.parts.len()).rev().find(moves)?;
    let chances: Vec<f64> = rates.iter().map(|(lambda, mu)| lambda / (lambda + mu)).collect();
    let mean = enumerated(&chances, |failed| value(all[failed as usize][part]));

    let chain = Chain::explore(0u32, 1 << units, |&failed| {
        let flips = rates.iter().enumerate();
        flips
            .map(|(unit, &(lambda, mu))| {
                let bit = 1 << unit;
                (failed ^ bit, if failed & bit == 0 { lambda } else { mu })
            })
            .collect()
    })?;
    let reward = chain.reward(|&failed| value(all[failed as usize][part]));
    assert!(
        (dot(&chain.stationary(), &reward) - mean).abs() < 1e-9 * mean.abs().max(1.0),
        "network {case}: two solutions"
    );
    let exact = chain.long_run(&reward, |_, _| 0.0);

    let hours = 3_000.0;
    let mut builder = Builder::new();
    let nodes = net.build(&mut builder, |unit, spec| UnitSpec {
        clocks: vec![Clock::new(exponential(rates[unit].0))],
        ..spec
    });
    for (unit, &(_, mu)) in rates.iter().enumerate() {
        repair(&mut builder, &net, nodes[unit], unit, mu);
    }
    let netlist = builder.finish().expect("a sound network");
    let (mut state, mut scratch) = (State::new(&netlist), Scratch::new(&netlist));
    let key = Key::new(3, case);
    run(&netlist, &mut state, &mut scratch, key, limits(0), &mut ()).expect("a beginning");
    let node = nodes[part];
    let mut integral = Integral {
        node,
        value: state.value(node),
        at: 0,
        sum: 0,
    };
    let horizon_us = 3_000 * 3_600_000_000;
    run(
        &netlist,
        &mut state,
        &mut scratch,
        key,
        limits(horizon_us),
        &mut integral,
    )
    .expect("an end");
    let sum = integral.sum + i128::from(integral.value) * i128::from(horizon_us - integral.at);
    let ours = wide(sum) / HOUR_US;
    let z = (ours - exact.mean * hours - exact.head_start) / (exact.variance * hours).sqrt();
    // Parts that hardly ever move give sums that are far from normal.
    let rare = all.iter().filter(|values| values[part] != all[0][part]).count();
    let usual = chances.iter().all(|p| *p > 0.05) && rare > 1;
    usual.then_some(z)
}

fn repair(b: &mut Builder, net: &Network, node: NodeId, unit: usize, mu: f64) {
    let way = Way {
        takes: Takes::Once(exponential(mu)),
        ..Way::default()
    };
    // A held unit reads as failed all the time: its repair is called for once and changes nothing that is seen.
    let work = WorkSpec {
        call: Call::When(node, Reading::Not),
        ways: vec![way],
        effects: vec![Effect::Act(Action::Repair { node })],
        ..WorkSpec::default()
    };
    b.work(format!("repair {}", net.parts[unit].0), Tag::default(), work);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "values and sums to compare in standard deviations"
)]
fn wide(n: i128) -> f64 {
    n as f64
}

fn value(n: i64) -> f64 {
    wide(i128::from(n))
}

#[test]
fn the_mean_over_time_is_the_mean_over_all_subsets() {
    let scores: Vec<f64> = (0..cases(300, 3_000)).filter_map(score).collect();
    let n = to_f64(scores.len());
    assert!(n > 150.0, "{n} networks only");
    let mean = scores.iter().sum::<f64>() / n;
    let sd = (scores.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    println!("{n} networks, mean z {mean:.3}, sd {sd:.3}");
    // Bounds of four standard errors (6e-5 each); |z| > 5.5 in any of 3,000 by chance with 1e-4.
    assert!(scores.iter().all(|z| z.abs() < 5.5), "scores {scores:?}");
    assert!(mean.abs() < 4.0 / n.sqrt(), "the mean z is {mean}");
    assert!(
        (sd - 1.0).abs() < 4.0 / (2.0 * n).sqrt(),
        "the spread of z is {sd}"
    );
}

#[test]
fn a_network_of_every_part_is_drawn() {
    let mut kinds = [0; 9];
    for case in 0..100 {
        let mut dice = Dice::new("settled", case);
        let (units, others) = (2 + dice.below(7), 3 + dice.below(22));
        let net = Network::draw(&mut dice, units, others);
        assert_eq!(units_of(&net), units);
        for (_, part) in &net.parts {
            let kind = match part {
                Part::Unit { .. } => 0,
                Part::Gate { .. } => 1,
                Part::Level { .. } => 2,
                Part::Mesh { .. } => 3,
                Part::Point { .. } => 4,
                Part::Balance { .. } => 5,
                Part::Grant { .. } => 6,
                Part::Selector { .. } => 7,
                Part::Starter { .. } => 8,
            };
            kinds[kind] += 1;
        }
    }
    assert!(kinds.iter().all(|&count| count > 20), "{kinds:?}");
}
