//! What a [`Network`] means, by evaluating all of it anew: each part by its definition, circles of levels by iteration from the top.

use super::networks::{Asks, Input, Network, Part};
use blackstart::kernel::{Combine, FULL_PPM, Policy, Reading};

/// The values of all parts when units have these.
pub fn values(net: &Network, units: &[i64]) -> Vec<i64> {
    let mut values = vec![0; net.parts.len()];
    values[..units.len()].copy_from_slice(units);
    let mut number = units.len();
    while number < net.parts.len() {
        let part = &net.parts[number].1;
        if let Part::Level { .. } = part {
            let end = (number..net.parts.len())
                .find(|&other| !matches!(net.parts[other].1, Part::Level { .. }))
                .unwrap_or(net.parts.len());
            levels(net, number, end, &mut values);
            number = end;
            continue;
        }
        let value = match part {
            Part::Gate { threshold, terms } => i64::from(sum(terms, &values) >= *threshold),
            Part::Mesh { .. } => {
                let live = live(net, number, &values);
                live.iter().map(|&live| i64::from(live)).sum()
            }
            Part::Point { mesh, at } => i64::from(live(net, *mesh, &values)[*at]),
            Part::Balance { .. } => {
                let (asked, granted) = shares(net, number, &values);
                i64::from(asked == granted)
            }
            Part::Grant { balance, at } => shares(net, *balance, &values).1[*at],
            Part::Selector { sources, .. } => i64::from(
                sources
                    .iter()
                    .any(|&(from, reading)| reads(reading, values[from]) != 0),
            ),
            Part::Starter { requires, triggers } => {
                let mut all = requires.iter().chain(triggers);
                i64::from(all.all(|&(from, reading)| reads(reading, values[from]) != 0))
            }
            Part::Unit { .. } | Part::Level { .. } => unreachable!("done already"),
        };
        values[number] = value;
        number += 1;
    }
    values
}

fn reads(reading: Reading, value: i64) -> i64 {
    let number = |flag: bool| if flag { 1 } else { 0 };
    match reading {
        Reading::Flag => number(value != 0),
        Reading::Not => number(value == 0),
        Reading::Amount => value,
        Reading::AtLeast(mark) => number(value >= mark),
        Reading::Below(mark) => number(value < mark),
        Reading::Full => number(value != 0) * FULL_PPM,
        Reading::Share(whole) => (value * FULL_PPM / whole).min(FULL_PPM),
    }
}

fn sum(inputs: &[Input], values: &[i64]) -> i64 {
    inputs
        .iter()
        .map(|input| input.weight * reads(input.reading, values[input.from]))
        .sum()
}

/// Points from which closed connections lead to a live source: from each source outwards.
fn live(net: &Network, mesh: usize, values: &[i64]) -> Vec<bool> {
    let Part::Mesh { sources, connections } = &net.parts[mesh].1 else {
        unreachable!("a mesh")
    };
    let holds = |(from, reading): (usize, Reading)| reads(reading, values[from]) != 0;
    let mut live: Vec<bool> = sources.iter().map(|source| source.is_some_and(holds)).collect();
    for _ in 0..live.len() {
        for &(a, b, closed) in connections {
            if holds(closed) && (live[a] || live[b]) {
                (live[a], live[b]) = (true, true);
            }
        }
    }
    live
}

/// The load at a part: what units draw there, and what is handed on to it.
fn load(net: &Network, at: usize, values: &[i64]) -> i64 {
    let own: i64 = net
        .draws
        .iter()
        .filter(|draw| draw.2 == at)
        .map(|&(unit, amount, _)| amount * values[unit])
        .sum();
    let handed: i64 = net
        .passes
        .iter()
        .filter(|pass| pass.1 == at)
        .map(|&(from, _, share)| load(net, from, values) * share / FULL_PPM)
        .sum();
    own + handed
}

/// What each consumer of a balance asks for and gets.
fn shares(net: &Network, balance: usize, values: &[i64]) -> (Vec<i64>, Vec<i64>) {
    let Part::Balance {
        policy,
        supply,
        consumers,
    } = &net.parts[balance].1
    else {
        unreachable!("a balance")
    };
    let supply = sum(supply, values);
    let asked: Vec<i64> = consumers
        .iter()
        .map(|(_, asks)| match *asks {
            Asks::Fixed(amount, when) => {
                let asks = when.is_none_or(|(from, reading)| reads(reading, values[from]) != 0);
                if asks { amount } else { 0 }
            }
            Asks::Load(at) => load(net, at, values),
        })
        .collect();
    let all: i64 = asked.iter().sum();
    if all <= supply {
        return (asked.clone(), asked);
    }
    // The turn of consumers: by priority, then by name. Grants are declared right after their balance.
    let mut turns: Vec<usize> = (0..consumers.len()).collect();
    turns.sort_by_key(|&at| (consumers[at].0, &net.parts[balance + 1 + at].0));
    let mut granted = vec![0; asked.len()];
    match policy {
        Policy::Priority => {
            let mut left = supply;
            for at in turns {
                granted[at] = asked[at].min(left);
                left -= granted[at];
            }
        }
        Policy::Proportional => {
            for (granted, asked) in granted.iter_mut().zip(&asked) {
                *granted = asked * supply / all;
            }
            while granted.iter().sum::<i64>() < supply {
                let given: i64 = granted.iter().sum();
                for &at in &turns {
                    if granted.iter().sum::<i64>() < supply && granted[at] < asked[at] {
                        granted[at] += 1;
                    }
                }
                assert!(
                    granted.iter().sum::<i64>() > given,
                    "less is given than is asked for"
                );
            }
        }
        other => unreachable!("{other:?} is no static policy"),
    }
    (asked, granted)
}

/// The levels from `first` to before `end`, which may need each other: those that do, as one.
fn levels(net: &Network, first: usize, end: usize, values: &mut [i64]) {
    let count = end - first;
    let parts = |me: usize| {
        let Part::Level { combine, terms, soft } = &net.parts[me].1 else {
            unreachable!("a run of levels")
        };
        (*combine, terms, soft)
    };
    // Who reads whom, through any number of others.
    let mut reaches = vec![vec![false; count]; count];
    for (me, row) in reaches.iter_mut().enumerate() {
        let (_, terms, soft) = parts(first + me);
        for input in terms.iter().chain(soft) {
            if input.from >= first {
                row[input.from - first] = true;
            }
        }
    }
    for by in 0..count {
        for me in 0..count {
            for other in 0..count {
                reaches[me][other] |= reaches[me][by] && reaches[by][other];
            }
        }
    }
    let together = |a: usize, b: usize| reaches[a][b] && reaches[b][a];
    let mut done = vec![false; count];
    while let Some(next) = (0..count).find(|&me| {
        !done[me] && (0..count).all(|other| done[other] || !reaches[me][other] || together(me, other))
    }) {
        let group: Vec<usize> = (0..count)
            .filter(|&other| other == next || together(next, other))
            .collect();
        // What hard inputs alone allow: everything full at first, then down until nothing falls any more.
        let mut allowed = values.to_vec();
        for &me in &group {
            allowed[first + me] = FULL_PPM;
        }
        loop {
            let before = allowed.clone();
            for &me in &group {
                let (combine, terms, _) = parts(first + me);
                allowed[first + me] = support(combine, terms, &before);
            }
            if allowed == before {
                break;
            }
        }
        for &me in &group {
            let (_, _, soft) = parts(first + me);
            let lost: i128 = soft
                .iter()
                .map(|input| i128::from(input.weight) * i128::from(FULL_PPM - on_scale(input, &allowed)))
                .sum();
            let exact = i128::from(allowed[first + me]) * i128::from(FULL_PPM) - lost;
            let level = exact.div_euclid(i128::from(FULL_PPM)).max(0);
            values[first + me] = i64::try_from(level).expect("a level");
            done[me] = true;
        }
    }
    assert!(done.iter().all(|&done| done), "every level was evaluated");
}

fn on_scale(input: &Input, values: &[i64]) -> i64 {
    reads(input.reading, values[input.from]).clamp(0, FULL_PPM)
}

fn support(combine: Combine, terms: &[Input], values: &[i64]) -> i64 {
    let mut level = match combine {
        Combine::Min => FULL_PPM,
        Combine::Max | Combine::Sum => 0,
        Combine::Ratio => unreachable!("no network draws a ratio"),
    };
    let mut sum = 0i128;
    for input in terms {
        let read = on_scale(input, values);
        match combine {
            Combine::Min => level = level.min(read),
            Combine::Max => level = level.max(read),
            _ => sum += i128::from(input.weight) * i128::from(read),
        }
    }
    if combine == Combine::Sum {
        level = i64::try_from((sum / i128::from(FULL_PPM)).min(i128::from(FULL_PPM))).expect("a level");
    }
    level
}
