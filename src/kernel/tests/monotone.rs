//! With states frozen every kind of node is monotone in its inputs: what gets better above makes nothing below worse.
//!
//! Not monotone, and left out: what is shared in proportion (the remainder of an integer division moves by one), what is shed (a greater
//! consumer that fits again takes the place of smaller ones), and what a mesh grants when islands join (they share what is short).

use super::super::scripted::tag;
use super::*;
use crate::random::Stream;

fn roll(dice: &mut Stream, sides: usize) -> usize {
    usize::try_from(dice.next_word() % sides as u64).expect("small")
}

/// One of the readings that are monotone.
fn reading(dice: &mut Stream) -> Reading {
    match roll(dice, 5) {
        0 => Reading::Flag,
        1 => Reading::Amount,
        2 => Reading::AtLeast(i64::try_from(roll(dice, 4)).expect("small")),
        3 => Reading::Full,
        _ => Reading::Share(3),
    }
}

/// A random network over units that give these amounts, and the values on which it settles; every node reads some of those before it.
fn settle(case: u64, amounts: &[i64]) -> Vec<(String, i64)> {
    let mut dice = Key::new(case, 0).stream(1, 0, 0);
    let mut b = Builder::new();
    let mut known: Vec<NodeId> = amounts
        .iter()
        .enumerate()
        .map(|(i, &amount)| b.unit(format!("u{i}"), tag(), UnitSpec::amount(amount)))
        .collect();
    for number in 0..12 {
        let mut inputs = Vec::new();
        for _ in 0..1 + roll(&mut dice, 3) {
            let from = known[roll(&mut dice, known.len())];
            inputs.push((from, reading(&mut dice)));
        }
        let name = format!("n{number}");
        match roll(&mut dice, 8) {
            0 => {
                let gate = b.gate(name, tag(), 1 + i64::try_from(roll(&mut dice, 4)).expect("small"));
                for (from, reading) in inputs {
                    b.term(
                        gate,
                        from,
                        reading,
                        1 + i64::try_from(roll(&mut dice, 2)).expect("small"),
                    );
                }
                known.push(gate);
            }
            1 => {
                let level = b.level(name, tag(), Combine::Min);
                for (place, (from, reading)) in inputs.into_iter().enumerate() {
                    if place == 0 {
                        b.soft(level, from, reading, 400_000);
                    } else {
                        b.hard(level, from, reading);
                    }
                }
                known.push(level);
            }
            2 | 3 => {
                let combine = if roll(&mut dice, 2) == 0 {
                    Combine::Max
                } else {
                    Combine::Sum
                };
                let level = b.level(name, tag(), combine);
                for (from, reading) in inputs {
                    b.part(level, from, reading, 300_000);
                }
                known.push(level);
            }
            4 => {
                let spec = StarterSpec {
                    items: 3,
                    initial_on: 3,
                    ..StarterSpec::automatic(Law::fixed_us(10))
                };
                let starter = b.starter(name, tag(), spec);
                for (place, (from, reading)) in inputs.into_iter().enumerate() {
                    if place == 0 {
                        b.trigger(starter, from, reading);
                    } else {
                        b.require(starter, from, reading);
                    }
                }
                known.push(starter);
            }
            5 => {
                let selector = b.selector(name, tag(), SelectorSpec::automatic(0, Law::fixed_us(1)));
                for (from, reading) in inputs {
                    b.source(selector, from, reading);
                }
                known.push(selector);
            }
            6 => {
                let balance = b.balance(name.clone(), tag(), Policy::Priority);
                for (from, reading) in inputs {
                    b.supply(balance, from, reading, 1);
                }
                for consumer in 0..3 {
                    let demand = Demand::Fixed {
                        amount: 1 + i64::try_from(roll(&mut dice, 4)).expect("small"),
                        when: None,
                    };
                    known.push(b.consumer(balance, format!("{name}-{consumer}"), tag(), consumer, demand));
                }
                known.push(balance);
            }
            _ => {
                let mesh = b.mesh(name.clone(), tag());
                let points: Vec<NodeId> = (0..4)
                    .map(|i| b.mesh_point(mesh, format!("{name}-p{i}"), tag(), None))
                    .collect();
                for (place, (from, reading)) in inputs.into_iter().enumerate() {
                    let (p, q) = (points[roll(&mut dice, 4)], points[roll(&mut dice, 4)]);
                    match place {
                        0 => b.mesh_source(mesh, p, from, reading, 1),
                        1 => b.mesh_connection(mesh, p, q, (from, reading)),
                        _ => b.mesh_stands(mesh, p, from, reading),
                    }
                    let always = known[0];
                    b.mesh_connection(mesh, p, q, (always, Reading::Flag));
                }
                known.push(b.mesh_island(mesh, points[0], format!("{name}-size"), tag()));
                known.extend(points);
                known.push(mesh);
            }
        }
    }
    let net = b.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    run(&net, &mut state, &mut scratch, Key::new(1, 0), limits(0), &mut ()).expect("an end");
    known
        .iter()
        .map(|&node| (net.name(node).to_owned(), state.value(node)))
        .collect()
}

#[test]
fn what_gets_better_above_makes_nothing_below_worse() {
    let mut moved = 0;
    for case in 0..400u64 {
        let mut dice = Key::new(case, 0).stream(0, 0, 0);
        let amounts: Vec<i64> = (0..5)
            .map(|_| i64::try_from(roll(&mut dice, 3)).expect("small"))
            .collect();
        let mut better = amounts.clone();
        better[roll(&mut dice, 5)] += 1;
        for ((name, before), (_, after)) in settle(case, &amounts).into_iter().zip(settle(case, &better)) {
            assert!(
                after >= before,
                "case {case}: {name} fell from {before} to {after}"
            );
            moved += usize::from(after > before && name.starts_with('n'));
        }
    }
    assert!(moved > 300, "only {moved} nodes moved at all");
}
