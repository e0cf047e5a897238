//! What a [`Plant`] means as a Markov chain.

use super::chain::Chain;
use super::plants::{Flag, Plant, Repair, Thing};

/// Per unit and then per standby, what it is in.
pub type State = Vec<u8>;

/// A unit: sound. A standby: off.
const RESTING: u8 = 0;
/// Failed, and no repair runs.
const WAITING: u8 = 1;
/// A standby is starting.
const STARTING: u8 = 2;
/// A standby is on.
const ON: u8 = 3;
/// Being repaired by the way of this number more.
const REPAIRED_BY: u8 = 4;

/// The chain of a plant, unless it has more than `most` states.
pub fn chain(plant: &Plant, most: usize) -> Option<Chain<State>> {
    let mut first = vec![RESTING; plant.units.len() + plant.standbys.len()];
    // At the very beginning what can be on is on.
    for standby in 0..plant.standbys.len() {
        if wishes(plant, &first, standby) {
            first[plant.units.len() + standby] = ON;
        }
    }
    settle(plant, &mut first);
    Chain::explore(first, most, |state| transitions(plant, state))
}

/// Whether a thing's flag is true.
pub fn holds(plant: &Plant, state: &[u8], thing: Thing) -> bool {
    match thing {
        Thing::Unit(unit) => state[unit] == RESTING,
        Thing::Standby(standby) => state[plant.units.len() + standby] == ON,
        Thing::Gate(gate) => {
            let gate = &plant.gates[gate];
            let sum: i64 = gate
                .terms
                .iter()
                .filter(|(flag, _)| reads(plant, state, *flag))
                .map(|(_, weight)| weight)
                .sum();
            sum >= gate.threshold
        }
    }
}

fn reads(plant: &Plant, state: &[u8], (thing, straight): Flag) -> bool {
    holds(plant, state, thing) == straight
}

/// Whether a standby is wanted and able.
fn wishes(plant: &Plant, state: &[u8], standby: usize) -> bool {
    let standby = &plant.standbys[standby];
    let mut all = standby.requires.iter().chain(&standby.triggers);
    all.all(|&flag| reads(plant, state, flag))
}

fn repairs(plant: &Plant) -> impl Iterator<Item = &Repair> {
    let units = plant.units.iter().map(|unit| &unit.repair);
    units.chain(plant.standbys.iter().map(|standby| &standby.repair))
}

/// What happens at once: standbys go off and begin to start, crews take up what waits, the best rank first.
fn settle(plant: &Plant, state: &mut State) {
    let units = plant.units.len();
    for number in 0..plant.standbys.len() {
        let wished = wishes(plant, state, number);
        let may_start = plant.standbys[number]
            .start_requires
            .iter()
            .all(|&flag| reads(plant, state, flag));
        let stage = state[units + number];
        state[units + number] = match stage {
            ON | STARTING if !wished => RESTING,
            RESTING if wished && may_start => STARTING,
            _ => stage,
        };
    }
    let mut free: Vec<u32> = plant.crews.clone();
    for (repair, &at) in repairs(plant).zip(state.iter()) {
        if let Some((crew, heads)) = repair.crew
            && at >= REPAIRED_BY
        {
            free[crew] -= heads;
        }
    }
    // Those that serve something that is down, by rank; then those that serve nothing that is.
    let turn = |state: &State, number: usize| {
        let repair = repairs(plant).nth(number).expect("a repair per unit and standby");
        let counts = repair.serves.is_none_or(|thing| !holds(plant, state, thing));
        (!counts, repair.rank)
    };
    let all = 0..state.len();
    let mut waiting: Vec<((bool, u32), usize)> = all
        .clone()
        .filter(|&number| state[number] == WAITING)
        .map(|number| (turn(state, number), number))
        .collect();
    waiting.sort_unstable_by(|a, b| b.cmp(a));
    while let Some((mine, number)) = waiting.pop() {
        let repair = repairs(plant).nth(number).expect("a repair per unit and standby");
        let way = repair
            .ways
            .iter()
            .position(|way| way.needs.is_none_or(|flag| reads(plant, state, flag)))
            .expect("the last way needs nothing");
        if let Some((crew, heads)) = repair.crew {
            if free[crew] < heads && plant.preempts {
                let paused = give_way(plant, state, crew, heads - free[crew], |other| {
                    turn(state, other) > mine
                });
                for other in paused {
                    free[crew] += repairs(plant)
                        .nth(other)
                        .and_then(|repair| repair.crew)
                        .map_or(0, |crew| crew.1);
                    state[other] = WAITING;
                    waiting.push((turn(state, other), other));
                }
                waiting.sort_unstable_by(|a, b| b.cmp(a));
            }
            if free[crew] < heads {
                continue;
            }
            free[crew] -= heads;
        }
        state[number] = REPAIRED_BY + u8::try_from(way).expect("few ways");
    }
}

/// Which repairs by a crew are paused for one that lacks so many heads: of those that may be, the last in turn first, and no more than it
/// takes; none if all together do not have as many.
fn give_way(
    plant: &Plant,
    state: &State,
    crew: usize,
    lacks: u32,
    may: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut others: Vec<(u32, u32, usize)> = repairs(plant)
        .enumerate()
        .filter(|&(other, _)| state[other] >= REPAIRED_BY && may(other))
        .filter_map(|(other, repair)| {
            let (of, heads) = repair.crew?;
            (of == crew).then_some((repair.rank, heads, other))
        })
        .collect();
    if others.iter().map(|other| other.1).sum::<u32>() < lacks {
        return Vec::new();
    }
    others.sort_unstable_by(|a, b| b.cmp(a));
    let mut got = 0;
    others.retain(|other| {
        let wanted = got < lacks;
        got += if wanted { other.1 } else { 0 };
        wanted
    });
    // Whoever is not needed after all goes on, the first in turn before others.
    for place in (0..others.len()).rev() {
        if got - others[place].1 >= lacks {
            got -= others.remove(place).1;
        }
    }
    others.into_iter().map(|other| other.2).collect()
}

fn transitions(plant: &Plant, state: &State) -> Vec<(State, f64)> {
    let mut next = Vec::new();
    let mut to = |place: usize, value: u8, rate: f64| {
        let mut after = state.clone();
        after[place] = value;
        settle(plant, &mut after);
        next.push((after, rate));
    };
    for (number, unit) in plant.units.iter().enumerate() {
        if state[number] == RESTING {
            for clock in &unit.clocks {
                if clock.while_holds.is_none_or(|flag| reads(plant, state, flag)) {
                    to(number, WAITING, clock.rate);
                }
            }
        }
    }
    for (number, standby) in plant.standbys.iter().enumerate() {
        let place = plant.units.len() + number;
        if state[place] == STARTING {
            let fails = share(standby.fails_ppm);
            to(place, ON, standby.rate * (1.0 - fails));
            to(place, WAITING, standby.rate * fails);
        }
    }
    for (number, repair) in repairs(plant).enumerate() {
        if state[number] >= REPAIRED_BY {
            let way = &repair.ways[usize::from(state[number] - REPAIRED_BY)];
            let errs = share(way.errs_ppm);
            to(number, RESTING, way.rate * (1.0 - errs));
            to(number, WAITING, way.rate * errs);
        }
    }
    next
}

#[expect(clippy::cast_precision_loss, reason = "parts per million are far below 2^53")]
fn share(ppm: i64) -> f64 {
    ppm as f64 / 1e6
}
