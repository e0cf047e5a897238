//! Nodes that need each other within one instant.

use super::super::scripted::{fixed, limits, script, tag};
use super::super::*;
use super::{Ran, S};
use crate::random::{Key, Stream};

fn broken(node: NodeId) -> Action {
    Action::Break { node, items: 1 }
}

#[test]
fn what_stopped_in_a_circle_comes_back_by_a_start_alone() {
    // a runs while b does, b runs while a and the power do: both go with the power, and neither can begin without the other.
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let a = b.starter("a", tag(), StarterSpec::automatic(fixed(S)));
    let c = b.starter("c", tag(), StarterSpec::automatic(fixed(S)));
    let (la, lc) = (
        b.level("level a", tag(), Combine::Min),
        b.level("level c", tag(), Combine::Min),
    );
    b.hard(la, a, Reading::Full);
    b.hard(lc, c, Reading::Full);
    b.require(a, lc, Reading::Flag);
    b.require(c, la, Reading::Flag);
    b.require(c, power, Reading::Flag);
    script(
        &mut b,
        vec![
            (5, broken(power)),
            (9, Action::Repair { node: power }),
            (
                20 * S,
                Action::Force {
                    node: a,
                    passes: Passes::start_requirements(),
                },
            ),
        ],
    );
    let ran = Ran::new(b, 60 * S);
    assert_eq!(ran.of(la), [(5, 0)]);
    assert_eq!(ran.of(lc), [(5, 0)]);
    assert_eq!(ran.of(a), [(5, 0)]);
}

#[test]
fn a_starter_in_a_circle_starts_once_what_it_needs_is_back() {
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let login = b.unit("login", tag(), UnitSpec::flag());
    let run = b.starter("run", tag(), StarterSpec::automatic(fixed(2 * S)));
    b.require(run, power, Reading::Flag);
    let x = b.level("x", tag(), Combine::Min);
    let y = b.level("y", tag(), Combine::Max);
    b.hard(x, run, Reading::Full);
    b.hard(x, y, Reading::Amount);
    // y lives from the login or from x; the start of x needs y up.
    b.part(y, login, Reading::Full, FULL_PPM);
    b.part(y, x, Reading::Amount, FULL_PPM);
    b.require(run, y, Reading::AtLeast(500_000));
    script(
        &mut b,
        vec![
            (S, broken(login)),
            (2 * S, broken(power)),
            (3 * S, Action::Repair { node: power }),
            (10 * S, Action::Repair { node: login }),
        ],
    );
    let ran = Ran::new(b, 60 * S);
    // Without the login the circle holds itself; once it fell it needs the login for a start.
    assert_eq!(ran.of(y), [(2 * S, 0), (10 * S, FULL_PPM)]);
    assert_eq!(ran.of(x), [(2 * S, 0), (12 * S, FULL_PPM)]);
}

#[test]
fn a_gate_in_a_circle_counts_what_hard_inputs_alone_allow() {
    let mut b = Builder::new();
    let units: Vec<NodeId> = (0..3)
        .map(|i| b.unit(format!("u{i}"), tag(), UnitSpec::flag()))
        .collect();
    let spare = b.unit("spare", tag(), UnitSpec::flag());
    let quorum = b.gate("quorum", tag(), 2);
    let x = b.level("x", tag(), Combine::Min);
    b.hard(x, quorum, Reading::Full);
    b.soft(x, spare, Reading::Full, 600_000);
    for &unit in &units {
        b.term(quorum, unit, Reading::Flag, 1);
    }
    b.term(quorum, x, Reading::AtLeast(900_000), 1);
    script(
        &mut b,
        vec![
            (5, broken(spare)),
            (6, broken(units[0])),
            (7, broken(units[1])),
            (8, broken(units[2])),
            (9, Action::Repair { node: units[2] }),
            (10, Action::Repair { node: spare }),
        ],
    );
    let ran = Ran::new(b, 100);
    // The spare's loss takes a share outside, but not within the circle; one unit and the circle itself are two of a quorum.
    assert_eq!(ran.of(x), [(5, 400_000), (8, 0), (9, 400_000), (10, FULL_PPM)]);
}

#[test]
fn a_selector_in_a_circle_counts_as_the_source_that_it_has_chosen() {
    // Two halves with a line each from outside; each may hang on the other instead. A level makes it a circle of services.
    let mut b = Builder::new();
    let lines = ["line x", "line y"].map(|name| b.unit(name, tag(), UnitSpec::flag()));
    let halves =
        ["half x", "half y"].map(|name| b.selector(name, tag(), SelectorSpec::automatic(2, fixed(3))));
    let levels = ["level x", "level y"].map(|name| b.level(name, tag(), Combine::Min));
    for (own, other) in [(0, 1), (1, 0)] {
        b.source(halves[own], lines[own], Reading::Flag);
        b.source(halves[own], levels[other], Reading::Flag);
        b.hard(levels[own], halves[own], Reading::Full);
    }
    script(
        &mut b,
        vec![
            (10, broken(lines[0])),
            (100, broken(lines[1])),
            (200, Action::Repair { node: lines[0] }),
        ],
    );
    let ran = Ran::new(b, 1_000);
    // The first is carried over within 5 µs. When the second line goes, neither holds the other up: what hangs on it falls with it.
    let x = [(10, 0), (15, 1), (100, 0), (205, 1)];
    assert_eq!(ran.of(halves[0])[..3], x[..3]);
    assert_eq!(ran.of(levels[1]).first(), Some(&(100, 0)));
    assert_eq!(ran.of(halves[1])[0], (100, 0));
    // The line that came back carries both again, the second by way of the first.
    let last = |node: NodeId| *ran.of(node).last().expect("changes");
    assert_eq!(last(halves[0]).1, 1);
    assert_eq!(last(halves[1]).1, 1);
    assert!(last(halves[0]).0 < last(halves[1]).0);
}

#[test]
fn a_selector_that_shares_in_a_circle_holds_itself_as_levels_do() {
    let mut b = Builder::new();
    let outside = b.unit("outside", tag(), UnitSpec::flag());
    let needed = b.unit("needed", tag(), UnitSpec::flag());
    let either = b.selector(
        "either",
        tag(),
        SelectorSpec {
            sourcing: Sourcing::AllLive,
            ..SelectorSpec::automatic(1, fixed(1))
        },
    );
    let x = b.level("x", tag(), Combine::Min);
    b.source(either, outside, Reading::Flag);
    b.source(either, x, Reading::Flag);
    b.hard(x, either, Reading::Full);
    b.hard(x, needed, Reading::Full);
    script(
        &mut b,
        vec![
            (5, broken(outside)),
            (7, broken(needed)),
            (9, Action::Repair { node: needed }),
        ],
    );
    let ran = Ran::new(b, 100);
    // A running group takes the greatest fixed point, and a rise lets it begin again from its best.
    assert_eq!(ran.of(x), [(7, 0), (9, FULL_PPM)]);
    assert_eq!(ran.of(either), [(7, 0), (9, 1)]);
}

/// A service that is served by a pool whose servers need the service: power, servers and the level.
fn pool_in_a_circle(b: &mut Builder, asks: i64) -> (NodeId, NodeId, NodeId) {
    let power = b.unit("power", tag(), UnitSpec::flag());
    let servers = b.unit("servers", tag(), UnitSpec::amount(10));
    let x = b.level("x", tag(), Combine::Min);
    let usable = b.all("usable", tag(), &[(x, Reading::Flag), (power, Reading::Flag)]);
    let capacity = b.balance("capacity", tag(), Policy::Proportional);
    b.supply(capacity, usable, Reading::Flag, 7);
    b.supply(capacity, servers, Reading::Amount, 1);
    let grant = b.consumer(
        capacity,
        "grant",
        tag(),
        0,
        Demand::Fixed {
            amount: asks,
            when: None,
        },
    );
    b.hard(x, grant, Reading::Share(asks));
    (power, servers, x)
}

#[test]
fn a_balance_in_a_circle_counts_by_what_it_gives() {
    let mut b = Builder::new();
    let (power, servers, x) = pool_in_a_circle(&mut b, 16);
    script(
        &mut b,
        vec![
            (5, broken(power)),
            (9, Action::Repair { node: power }),
            (
                12,
                Action::Break {
                    node: servers,
                    items: 10,
                },
            ),
            (20, Action::Repair { node: servers }),
        ],
    );
    let ran = Ran::new(b, 100);
    // 17 for 16 at first; without the seven there are ten of sixteen, and what comes back by the circle comes a microsecond later. Without servers the seven need the level, and hold it.
    assert_eq!(
        ran.of(x),
        [(5, 625_000), (10, FULL_PPM), (12, 437_500), (20, FULL_PPM)]
    );
}

#[test]
fn a_circle_without_a_level_or_with_a_state_upside_down_is_a_fault() {
    let mut b = Builder::new();
    let a = b.starter("a", tag(), StarterSpec::automatic(fixed(S)));
    let gate = b.all("gate", tag(), &[(a, Reading::Flag)]);
    b.require(a, gate, Reading::Flag);
    assert_eq!(b.finish().expect_err("a circle"), [Fault::Cycle(vec![a, gate])]);

    let mut b = Builder::new();
    let x = b.level("x", tag(), Combine::Min);
    let run = b.starter("run", tag(), StarterSpec::automatic(fixed(S)));
    b.hard(x, run, Reading::Full);
    b.trigger(run, x, Reading::Not);
    assert_eq!(b.finish().expect_err("a circle"), [Fault::Cycle(vec![x, run])]);
}

/// A random group of levels over units, and what it should settle on.
struct Random {
    units: Vec<NodeId>,
    levels: Vec<NodeId>,
    /// Per level: how it combines, and its inputs as (unit or level, weight, soft).
    combines: Vec<Combine>,
    inputs: Vec<Vec<(bool, usize, i64, bool)>>,
}

impl Random {
    fn draw(b: &mut Builder, stream: &mut Stream) -> Self {
        let below = |stream: &mut Stream, n: usize| {
            usize::try_from(stream.next_word() % n as u64).expect("a small number")
        };
        let units: Vec<NodeId> = (0..6)
            .map(|i| b.unit(format!("u{i}"), tag(), UnitSpec::flag()))
            .collect();
        let count = 2 + below(stream, 9);
        let mut random = Self {
            units,
            levels: Vec::new(),
            combines: Vec::new(),
            inputs: Vec::new(),
        };
        for i in 0..count {
            let combine = [Combine::Min, Combine::Min, Combine::Max, Combine::Sum][below(stream, 4)];
            random.combines.push(combine);
            random.levels.push(b.level(format!("l{i}"), tag(), combine));
        }
        for at in 0..count {
            let mut inputs = Vec::new();
            for number in 0..1 + below(stream, 4) {
                // Every level reads the next one, so that all are one circle.
                let of_level = number == 0 || below(stream, 2) == 0;
                let which = match (number, of_level) {
                    (0, _) => (at + 1) % count,
                    (_, true) => below(stream, count),
                    (_, false) => below(stream, random.units.len()),
                };
                let soft = number > 0 && below(stream, 4) == 0;
                let weight = 1_000 * i64::try_from(below(stream, 900)).expect("a small number");
                let reading = if of_level { Reading::Amount } else { Reading::Full };
                let from = if of_level {
                    random.levels[which]
                } else {
                    random.units[which]
                };
                match (soft, random.combines[at]) {
                    (true, _) => b.soft(random.levels[at], from, reading, weight / 4),
                    (false, Combine::Min) => b.hard(random.levels[at], from, reading),
                    (false, _) => b.part(random.levels[at], from, reading, weight),
                }
                inputs.push((of_level, which, if soft { weight / 4 } else { weight }, soft));
            }
            random.inputs.push(inputs);
        }
        random
    }

    /// The greatest fixed point, by looking at everything again and again.
    fn settled(&self, unit: impl Fn(usize) -> bool) -> Vec<i64> {
        let mut trial = vec![FULL_PPM; self.levels.len()];
        let read = |trial: &[i64], of_level: bool, which: usize| match of_level {
            true => trial[which],
            false => i64::from(unit(which)) * FULL_PPM,
        };
        loop {
            let next: Vec<i64> = (0..trial.len())
                .map(|at| {
                    let firm = self.inputs[at].iter().filter(|input| !input.3);
                    let values =
                        firm.map(|&(of_level, which, weight, _)| (read(&trial, of_level, which), weight));
                    match self.combines[at] {
                        Combine::Min => values.map(|(value, _)| value).min().unwrap_or(FULL_PPM),
                        Combine::Max => values.map(|(value, _)| value).max().unwrap_or(0),
                        Combine::Sum => (values.map(|(value, weight)| value * weight).sum::<i64>()
                            / FULL_PPM)
                            .min(FULL_PPM),
                        Combine::Ratio => unreachable!("no level of this model is a ratio"),
                    }
                })
                .collect();
            if next == trial {
                break;
            }
            trial = next;
        }
        let lost = |at: usize| -> i64 {
            let soft = self.inputs[at].iter().filter(|input| input.3);
            let sum: i64 = soft
                .map(|&(of_level, which, weight, _)| weight * (FULL_PPM - read(&trial, of_level, which)))
                .sum();
            ((sum + FULL_PPM - 1) / FULL_PPM).min(FULL_PPM)
        };
        (0..trial.len()).map(|at| (trial[at] - lost(at)).max(0)).collect()
    }
}

#[test]
fn a_group_settles_as_if_everything_were_looked_at_anew() {
    struct Compare<'a>(&'a Random, u64);
    impl Observe for Compare<'_> {
        const CAUSES: bool = false;
        fn settled(&mut self, at: u64, _batch: &[Transition], view: &View<'_>) {
            let expected = self.0.settled(|unit| view.value(self.0.units[unit]) != 0);
            let found: Vec<i64> = self.0.levels.iter().map(|&level| view.value(level)).collect();
            assert_eq!(found, expected, "at {at}");
            self.1 += 1;
        }
    }
    let mut settlings = 0;
    for seed in 0..300 {
        let mut stream = Key::new(5, seed).stream(1, 0, 0);
        let mut b = Builder::new();
        let random = Random::draw(&mut b, &mut stream);
        let actions = (1..60)
            .map(|at| {
                let node = random.units[usize::try_from(stream.next_word() % 6).expect("a small number")];
                let action = if stream.next_word().is_multiple_of(2) {
                    broken(node)
                } else {
                    Action::Repair { node }
                };
                // Some of them at one time.
                (at / 2, action)
            })
            .collect();
        script(&mut b, actions);
        let net = b.finish().expect("a sound network");
        let mut compare = Compare(&random, 0);
        let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
        run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(1, 0),
            limits(100),
            &mut compare,
        )
        .expect("an end");
        settlings += compare.1;
    }
    assert!(settlings > 3_000, "{settlings} settlings were compared");
}
