//! All kinds of nodes, works and agents in histories that can be worked by hand.

use super::super::scripted::{fixed, limits, script, tag};
use super::super::*;
use super::{MIN, Ran, S, hands};
use crate::random::{Key, Law};

#[test]
fn a_gate_counts_weights_and_reads_upside_down() {
    let mut b = Builder::new();
    let units: Vec<NodeId> = (0..3)
        .map(|i| b.unit(format!("u{i}"), tag(), UnitSpec::flag()))
        .collect();
    let two = b.gate("two", tag(), 2);
    for &unit in &units {
        b.term(two, unit, Reading::Flag, 1);
    }
    let not = b.all("not", tag(), &[(two, Reading::Not)]);
    script(
        &mut b,
        vec![
            (
                10,
                Action::Break {
                    node: units[0],
                    items: 1,
                },
            ),
            (
                20,
                Action::Break {
                    node: units[1],
                    items: 1,
                },
            ),
            (30, Action::Repair { node: units[0] }),
        ],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(two), [(20, 0), (30, 1)]);
    assert_eq!(ran.of(not), [(20, 1), (30, 0)]);
}

#[test]
fn a_thing_is_free_when_no_reason_is_left() {
    let mut b = Builder::new();
    let unit = b.unit("u", tag(), UnitSpec::flag());
    let (wet, sooted) = (b.reason("wet"), b.reason("sooted"));
    script(
        &mut b,
        vec![
            (
                1,
                Action::Hold {
                    node: unit,
                    reason: wet,
                },
            ),
            (
                2,
                Action::Hold {
                    node: unit,
                    reason: sooted,
                },
            ),
            (
                3,
                Action::Lift {
                    node: unit,
                    reason: wet,
                },
            ),
            (
                4,
                Action::Lift {
                    node: unit,
                    reason: sooted,
                },
            ),
            (5, Action::Destroy { node: unit }),
            (6, Action::Repair { node: unit }),
        ],
    );
    assert_eq!(Ran::new(b, 10).of(unit), [(1, 0), (4, 1), (5, 0)]);
}

/// A feed, a battery of ten minutes, and what hangs on either; the feed is off from minute 1 until `back`.
fn battery(back: u64) -> (Ran, NodeId, NodeId) {
    let mut b = Builder::new();
    let feed = b.unit("feed", tag(), UnitSpec::flag());
    let full = i128::from(10 * MIN);
    let store = b.buffer(
        "battery",
        tag(),
        BufferSpec {
            ceiling: full,
            start: full,
            rearm: full / 2,
            base_rate: 0,
        },
    );
    b.rate(store, feed, Reading::Not, -1);
    b.rate(store, feed, Reading::Flag, 2);
    let out = b.any("out", tag(), &[(feed, Reading::Flag), (store, Reading::Flag)]);
    let off = b.reason("off");
    script(
        &mut b,
        vec![
            (
                MIN,
                Action::Hold {
                    node: feed,
                    reason: off,
                },
            ),
            (
                back,
                Action::Lift {
                    node: feed,
                    reason: off,
                },
            ),
        ],
    );
    (Ran::new(b, 60 * MIN), store, out)
}

#[test]
fn a_battery_empties_exactly_and_is_usable_again_when_half_full() {
    let (ran, store, out) = battery(20 * MIN);
    // Empty after ten minutes; at twice the rate half full after two and a half.
    assert_eq!(ran.of(store), [(11 * MIN, 0), (20 * MIN + 150 * S, 1)]);
    assert_eq!(ran.of(out), [(11 * MIN, 0), (20 * MIN, 1)]);
}

#[test]
fn a_battery_that_empties_when_its_input_returns_has_held() {
    let (ran, _, out) = battery(11 * MIN);
    assert_eq!(ran.of(out), []);
}

#[test]
fn a_starter_starts_by_itself_and_needs_what_it_needs() {
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let login = b.unit("login", tag(), UnitSpec::flag());
    let service = b.starter("service", tag(), StarterSpec::automatic(fixed(5 * S)));
    b.require(service, power, Reading::Flag);
    b.start_require(service, login, Reading::Flag);
    script(
        &mut b,
        vec![
            (
                S,
                Action::Break {
                    node: login,
                    items: 1,
                },
            ),
            (
                2 * S,
                Action::Break {
                    node: power,
                    items: 1,
                },
            ),
            (3 * S, Action::Repair { node: power }),
            (10 * S, Action::Repair { node: login }),
            (
                12 * S,
                Action::Break {
                    node: power,
                    items: 1,
                },
            ),
            (13 * S, Action::Repair { node: power }),
        ],
    );
    // On although login is gone; then a start that waits for login, is broken off by power, and begins anew.
    assert_eq!(Ran::new(b, 60 * S).of(service), [(2 * S, 0), (18 * S, 1)]);
}

#[test]
fn a_generator_takes_over_after_its_trigger_held_and_stops_after_running_on() {
    let mut b = Builder::new();
    let utility = b.unit("utility", tag(), UnitSpec::flag());
    let spec = StarterSpec {
        initial_on: 0,
        trigger_hold_us: 2 * S,
        run_on_us: 60 * S,
        ..StarterSpec::automatic(fixed(10 * S))
    };
    let generator = b.starter("generator", tag(), spec);
    b.trigger(generator, utility, Reading::Not);
    let ats = b.selector("ats", tag(), SelectorSpec::automatic(0, fixed(S)));
    b.source(ats, utility, Reading::Flag);
    b.source(ats, generator, Reading::Flag);
    script(
        &mut b,
        vec![
            (
                100 * S,
                Action::Break {
                    node: utility,
                    items: 1,
                },
            ),
            (101 * S, Action::Repair { node: utility }),
            (
                200 * S,
                Action::Break {
                    node: utility,
                    items: 1,
                },
            ),
            (300 * S, Action::Repair { node: utility }),
        ],
    );
    let ran = Ran::new(b, 1000 * S);
    assert_eq!(ran.of(generator), [(212 * S, 1), (360 * S, 0)]);
    // A dip of one second is sensed (1 µs), finds no source, and the chosen one returns.
    assert_eq!(
        ran.of(ats),
        [
            (100 * S, 0),
            (101 * S, 1),
            (200 * S, 0),
            (213 * S, 1),
            (300 * S, 0),
            (301 * S, 1)
        ]
    );
}

#[test]
fn what_a_starter_above_gives_up_goes_to_others_a_microsecond_later() {
    let mut b = Builder::new();
    let supply = b.unit("supply", tag(), UnitSpec::amount(10));
    let pool = b.balance("pool", tag(), Policy::Priority);
    b.supply(pool, supply, Reading::Amount, 1);
    let wanted = b.unit("wanted", tag(), UnitSpec::flag());
    let first = b.consumer(
        pool,
        "first",
        tag(),
        1,
        Demand::Fixed {
            amount: 6,
            when: Some((wanted, Reading::Flag)),
        },
    );
    let second = b.consumer(
        pool,
        "second",
        tag(),
        2,
        Demand::Fixed {
            amount: 6,
            when: None,
        },
    );
    let off = b.reason("off");
    script(
        &mut b,
        vec![
            (
                5,
                Action::Hold {
                    node: wanted,
                    reason: off,
                },
            ),
            (
                9,
                Action::SetAmount {
                    node: supply,
                    amount: 3,
                },
            ),
        ],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(first), [(5, 0)]);
    assert_eq!(ran.of(second), [(5, 6), (9, 3)]);
    assert_eq!(ran.state.value(pool), 0);
}

#[test]
fn levels_that_need_each_other_take_the_greatest_fixed_point_and_come_back() {
    let mut b = Builder::new();
    let alive = b.unit("alive", tag(), UnitSpec::flag());
    let x = b.level("x", tag(), Combine::Min);
    let y = b.level("y", tag(), Combine::Min);
    b.hard(x, y, Reading::Amount);
    b.hard(y, x, Reading::Amount);
    b.hard(y, alive, Reading::Full);
    let z = b.level("z", tag(), Combine::Min);
    b.soft(z, x, Reading::Amount, 300_000);
    script(
        &mut b,
        vec![
            (
                5,
                Action::Break {
                    node: alive,
                    items: 1,
                },
            ),
            (9, Action::Repair { node: alive }),
        ],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(x), [(5, 0), (9, FULL_PPM)]);
    assert_eq!(ran.of(z), [(5, 700_000), (9, FULL_PPM)]);
}

#[test]
fn a_cycle_of_gates_is_a_fault_and_named() {
    let mut b = Builder::new();
    let a = b.gate("a", tag(), 1);
    let c = b.gate("c", tag(), 1);
    b.term(a, c, Reading::Flag, 1);
    b.term(c, a, Reading::Flag, 1);
    let Err(faults) = b.finish() else {
        panic!("a cycle")
    };
    assert_eq!(faults, [Fault::Cycle(vec![a, c])]);
}

#[test]
fn a_mesh_is_live_along_closed_paths_to_a_source() {
    let mut b = Builder::new();
    let source = b.unit("source", tag(), UnitSpec::flag());
    let tie = b.unit("tie", tag(), UnitSpec::flag());
    let ring = b.unit("ring", tag(), UnitSpec::flag());
    let mesh = b.mesh("mesh", tag());
    let p = b.mesh_point(mesh, "p", tag(), Some((source, Reading::Flag)));
    let q = b.mesh_point(mesh, "q", tag(), None);
    b.mesh_connection(mesh, p, q, (tie, Reading::Flag));
    b.mesh_connection(mesh, q, p, (ring, Reading::Flag));
    script(
        &mut b,
        vec![
            (1, Action::Break { node: tie, items: 1 }),
            (2, Action::Break { node: ring, items: 1 }),
            (3, Action::Repair { node: tie }),
            (
                4,
                Action::Break {
                    node: source,
                    items: 1,
                },
            ),
        ],
    );
    let ran = Ran::new(b, 10);
    assert_eq!(ran.of(q), [(2, 0), (3, 1), (4, 0)]);
    assert_eq!(ran.of(p), [(4, 0)]);
}

#[test]
fn servers_are_booted_in_batches_by_as_many_heads_as_there_are() {
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let tool = b.unit("tool", tag(), UnitSpec::flag());
    let heads = b.unit("heads", tag(), UnitSpec::amount(2));
    let crew = b.crew("crew", tag(), vec![heads]);
    let servers = b.starter("servers", tag(), StarterSpec::by_work(250, 0));
    b.require(servers, power, Reading::Flag);
    let automated = Way {
        name: "automated".into(),
        needs: vec![(tool, Reading::Flag)],
        crew: Vec::new(),
        takes: Takes::Once(fixed(S)),
        errs_ppm: 0,
        patience_us: 5 * S,
        ..Way::default()
    };
    let boot = b.work(
        "boot",
        tag(),
        WorkSpec {
            call: Call::Backlog(servers, ItemState::Off),
            goal: None,
            keep: Some((power, Reading::Flag)),
            ways: vec![automated, hands(crew, fixed(S))],
            effects: vec![Effect::StartItems(servers)],
            on_error: OnError::Retry,
            batch: 100,
            lanes: u32::MAX,
            serves: Vec::new(),
            ..WorkSpec::default()
        },
    );
    script(
        &mut b,
        vec![
            (S, Action::Break { node: tool, items: 1 }),
            (
                2 * S,
                Action::Break {
                    node: power,
                    items: 1,
                },
            ),
            (10 * S, Action::Repair { node: power }),
        ],
    );
    let ran = Ran::new(b, 1000 * S);
    // Patience with the tool until 15 s; then two heads take 100 s each for a hundred, one more 50 s for the rest.
    assert_eq!(ran.of(servers), [(2 * S, 0), (115 * S, 200), (165 * S, 250)]);
    let mut first = Vec::new();
    let mut next = ran.state.instances()[0].last_phase;
    while let Some(row) = ran.state.phases().get(next as usize) {
        first.insert(0, (row.at, row.phase));
        next = row.before;
    }
    assert_eq!(
        first,
        [
            (10 * S, Phase::Waiting(Wait::Need(tool))),
            (15 * S, Phase::Running(1)),
            (115 * S, Phase::Ended(Outcome::Done)),
        ]
    );
    assert_eq!(ran.net.work_name(boot), "boot");
}

#[test]
fn the_best_rank_that_is_down_is_served_first_and_what_cannot_be_staffed_is_passed() {
    let mut b = Builder::new();
    let heads = b.unit("heads", tag(), UnitSpec::amount(2));
    let crew = b.crew("crew", tag(), vec![heads]);
    let mut units = Vec::new();
    for (name, rank, needs) in [("a", 3u32, 1u32), ("b", 1, 2), ("c", 2, 1)] {
        let unit = b.unit(name, tag(), UnitSpec::flag());
        units.push(unit);
        let mut way = hands(crew, fixed(10));
        way.crew[0].1 = needs;
        b.work(
            format!("repair {name}"),
            tag(),
            WorkSpec {
                call: Call::When(unit, Reading::Not),
                goal: Some((unit, Reading::Flag)),
                keep: None,
                ways: vec![way],
                effects: vec![Effect::Act(Action::Repair { node: unit })],
                on_error: OnError::Retry,
                batch: 1,
                lanes: u32::MAX,
                serves: vec![(rank, unit, 1)],
                ..WorkSpec::default()
            },
        );
    }
    script(
        &mut b,
        units
            .iter()
            .map(|&node| (5, Action::Break { node, items: 1 }))
            .collect(),
    );
    let ran = Ran::new(b, 100);
    // b takes both heads, then c and a side by side.
    let back = |index: usize| ran.of(units[index])[1];
    assert_eq!([back(1), back(2), back(0)], [(15, 1), (25, 1), (25, 1)]);
}

#[test]
fn a_unit_with_a_clock_and_a_repair_is_available_as_the_closed_form_says() {
    let mut b = Builder::new();
    let (up, down) = (10.0 * 3600e6, 3600e6);
    let clocks = vec![Clock::new(Law::exponential(up).expect("positive"))];
    let unit = b.unit(
        "u",
        tag(),
        UnitSpec {
            clocks,
            ..UnitSpec::flag()
        },
    );
    let heads = b.unit("heads", tag(), UnitSpec::amount(1));
    let crew = b.crew("crew", tag(), vec![heads]);
    b.work(
        "repair",
        tag(),
        WorkSpec {
            call: Call::When(unit, Reading::Not),
            goal: Some((unit, Reading::Flag)),
            keep: None,
            ways: vec![hands(crew, Law::exponential(down).expect("positive"))],
            effects: vec![Effect::Act(Action::Repair { node: unit })],
            on_error: OnError::Retry,
            batch: 1,
            lanes: 1,
            serves: Vec::new(),
            ..WorkSpec::default()
        },
    );
    let net = b.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    let horizon = 10_000 * 3_600 * S;
    let mut shares = Vec::new();
    for replication in 0..200 {
        let mut trace = Trace::default();
        run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(7, replication),
            limits(horizon),
            &mut trace,
        )
        .expect("an end");
        let (mut at, mut value, mut total) = (0, 1, 0u64);
        for change in trace.transitions.iter().filter(|change| change.node == unit) {
            total += if value == 1 { change.at - at } else { 0 };
            (at, value) = (change.at, change.to);
        }
        total += if value == 1 { horizon - at } else { 0 };
        shares.push(total as f64 / horizon as f64);
    }
    let mean = shares.iter().sum::<f64>() / 200.0;
    let spread = (shares.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 199.0 / 200.0).sqrt();
    // Availability μ/(λ+μ) = 10/11. Five standard errors: a false alarm once in 1.7 million; the new start adds less than 1e-4.
    assert!(
        (mean - 10.0 / 11.0).abs() < 5.0 * spread + 1e-4,
        "{mean} ± {spread}"
    );
}

#[test]
fn an_endless_chain_at_one_time_is_named_and_does_not_poison_the_next_run() {
    struct Restless(NodeId, Reason);
    impl Agent for Restless {
        fn registers(&self) -> usize {
            1
        }
        fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
            if why == Wake::Begin {
                orders.timer(5, 0, 0);
                return;
            }
            registers[0] += 1;
            let (node, reason) = (self.0, self.1);
            let action = if view.value(node) == 1 {
                Action::Hold { node, reason }
            } else {
                Action::Lift { node, reason }
            };
            orders.act(action, 0);
        }
    }
    let mut b = Builder::new();
    let unit = b.unit("u", tag(), UnitSpec::flag());
    let reason = b.reason("whim");
    b.agent("restless", tag(), Box::new(Restless(unit, reason)), vec![unit]);
    let net = b.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    for _ in 0..2 {
        let end = run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(1, 0),
            limits(100),
            &mut (),
        );
        assert_eq!(
            end,
            Err(Runaway {
                at: 5,
                at_one_time: true,
                nodes: vec![unit]
            })
        );
    }
}
