//! The simulation of random plants agrees with their Markov chains: time down, falls, and members up.
//!
//! The exact chain gives the mean of what a long run gathers, with what the start as new adds, and its variance, so that each estimate has
//! an exact z-score. One model fails when |z| > 5.5 (4e-8 for a normal number); 500 models with three scores each fail by chance with
//! about 1e-4. Runs are long enough for hundreds of falls, so that sums are nearly normal.

use super::built::{Gathered, HOUR_US, build};
use super::chain::{Chain, LongRun, dot};
use super::exact::{self, chain, holds};
use super::plants::{Plant, Thing};
use crate::dice::cases;
use blackstart::kernel::{Limits, Netlist, Scratch, State, run};
use blackstart::random::Key;

/// The most states of a plant that is tested.
const STATES_MAX: usize = 220;
/// How many falls a run has in the mean, at least.
const FALLS: f64 = 400.0;
/// How many events a run may have in the mean.
const EVENTS_MAX: f64 = 40_000.0;

/// The three things that are compared, with what is exact about each: hours down, falls, member-hours up.
struct Truth {
    of: [LongRun; 3],
    hours: f64,
}

/// What is exact about a plant, if it is small, falls often enough and can be told in few enough events.
fn truth(plant: &Plant) -> Option<Truth> {
    let chain = chain(plant, STATES_MAX)?;
    let up = |state: &exact::State| holds(plant, state, plant.top());
    let falls = chain.frequency_of_leaving(up);
    let share = chain.stationary();
    let moves: Vec<f64> = (0..chain.len())
        .map(|from| chain.rates[from].iter().map(|&(_, rate)| rate).sum())
        .collect();
    let events = dot(&share, &moves);
    // So many falls, and a hundred times the mean time between transitions of the slowest kind at the least.
    let hours = (FALLS / falls).max(3_000.0);
    if falls <= 0.0 || hours * events > EVENTS_MAX {
        return None;
    }
    Some(Truth {
        of: gathered(plant, &chain, up),
        hours,
    })
}

fn gathered(plant: &Plant, chain: &Chain<exact::State>, up: impl Fn(&exact::State) -> bool) -> [LongRun; 3] {
    let members: Vec<Thing> = (0..plant.units.len())
        .map(Thing::Unit)
        .chain((0..plant.standbys.len()).map(Thing::Standby))
        .collect();
    let number = |flag: bool| if flag { 1.0 } else { 0.0 };
    let none = |_: &exact::State, _: &exact::State| 0.0;
    let down = chain.reward(|state| number(!up(state)));
    let members_up = chain.reward(|state| {
        members
            .iter()
            .map(|&thing| number(holds(plant, state, thing)))
            .sum()
    });
    let nothing = chain.reward(|_| 0.0);
    [
        chain.long_run(&down, none),
        chain.long_run(&nothing, |from, to| number(up(from) && !up(to))),
        chain.long_run(&members_up, none),
    ]
}

/// Runs a plant and tells how far off each of the three is, in standard deviations.
fn scores(plant: &Plant, truth: &Truth, case: u32) -> [f64; 3] {
    let (builder, nodes) = build(plant);
    let top = nodes.of(plant.top());
    let net = builder.finish().expect("a sound network");
    let gathered = simulate(&net, top, nodes.members(), truth.hours, case);
    let ours = [
        as_f64(gathered.down_us) / HOUR_US,
        as_f64(u128::from(gathered.falls)),
        as_f64(u128::try_from(gathered.up_us).expect("not negative")) / HOUR_US,
    ];
    let mut scores = [0.0; 3];
    for ((score, exact), ours) in scores.iter_mut().zip(&truth.of).zip(ours) {
        let expected = exact.mean * truth.hours + exact.head_start;
        *score = (ours - expected) / (exact.variance * truth.hours).sqrt();
    }
    scores
}

fn simulate(
    net: &Netlist,
    top: blackstart::kernel::NodeId,
    members: Vec<blackstart::kernel::NodeId>,
    hours: f64,
    case: u32,
) -> Gathered {
    let (mut state, mut scratch) = (State::new(net), Scratch::new(net));
    let key = Key::new(7, case);
    let mut limits = Limits {
        horizon_us: 0,
        events_max: 10_000_000,
        settlings_max: 1_000,
    };
    run(net, &mut state, &mut scratch, key, limits, &mut ()).expect("a beginning");
    let mut gathered = Gathered::new(top, members, |node| state.value(node));
    limits.horizon_us = whole(hours * HOUR_US);
    run(net, &mut state, &mut scratch, key, limits, &mut gathered).expect("a run that ends");
    gathered.until(limits.horizon_us);
    gathered
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sum to compare in standard deviations"
)]
fn as_f64(n: u128) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a horizon of some years"
)]
fn whole(us: f64) -> u64 {
    us as u64
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = super::chain::to_f64(values.len());
    let mean = values.iter().sum::<f64>() / n;
    let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (square / (n - 1.0)).sqrt())
}

#[test]
fn random_plants_do_what_their_markov_chains_say() {
    let wanted = cases(500, 5_000);
    let mut all: [Vec<f64>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    let (mut case, mut states) = (0, 0);
    while all[0].len() < wanted as usize {
        assert!(case < 20 * wanted, "most plants can be tested");
        case += 1;
        let plant = Plant::draw(case);
        let Some(truth) = truth(&plant) else { continue };
        states = states.max(chain(&plant, STATES_MAX).map_or(0, |chain| chain.len()));
        let scores = scores(&plant, &truth, case);
        for ((list, score), what) in all
            .iter_mut()
            .zip(scores)
            .zip(["time down", "falls", "members up"])
        {
            assert!(
                score.abs() < 5.5,
                "plant {case}, {what}: z = {score}\n{plant:#?}\n{:?}",
                truth.of
            );
            list.push(score);
        }
    }
    // Over 500 the mean of scores has a standard deviation of 0.045, their spread one of 0.032: bounds of four of these (6e-5 each).
    let n = super::chain::to_f64(all[0].len());
    for (list, what) in all.iter().zip(["time down", "falls", "members up"]) {
        let (mean, sd) = moments(list);
        println!("{what}: {} plants, mean z {mean:.3}, sd {sd:.3}", list.len());
        assert!(mean.abs() < 4.0 / n.sqrt(), "{what}: the mean z is {mean}");
        assert!(
            (sd - 1.0).abs() < 4.0 / (2.0 * n).sqrt(),
            "{what}: the spread of z is {sd}"
        );
    }
    assert!(states > 100, "the largest chain has {states} states only");
}
