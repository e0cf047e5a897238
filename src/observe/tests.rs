//! The walks on small networks whose answer is known.

use super::causes::cause_of;
use super::history::{History, Readings};
use super::outages::{Outage, Thresholds, outages_of};
use super::tiles::{Leaf, Run, covers, tiles_of};
use crate::kernel::scripted::{fixed, limits, script, tag};
use crate::kernel::*;
use crate::random::Key;

const S: u64 = 1_000_000;

fn with_history(builder: Builder, horizon_us: u64, check: impl Fn(&History<'_>)) {
    let net = builder.finish().expect("a sound network");
    let (mut state, mut scratch, mut trace) = (State::new(&net), Scratch::new(&net), Trace::default());
    let limits = limits(horizon_us);
    run(&net, &mut state, &mut scratch, Key::new(1, 0), limits, &mut trace).expect("an end");
    check(&History::new(
        &net,
        &Readings::new(&net),
        &state,
        &trace.transitions,
        horizon_us,
    ));
}

/// A service on servers that one head boots by hand, in a hall with a feed; both are cut, and given back one after the other.
#[test]
fn a_recovery_waits_for_power_then_for_hands_then_for_its_own_start() {
    let mut b = Builder::new();
    let feed = b.unit("feed", tag(), UnitSpec::flag());
    let hall = b.unit("hall", tag(), UnitSpec::flag());
    let powered = b.all("powered", tag(), &[(feed, Reading::Flag), (hall, Reading::Flag)]);
    let heads = b.unit("heads", tag(), UnitSpec::amount(1));
    let crew = b.crew("crew", tag(), vec![heads]);
    let servers = b.starter("servers", tag(), StarterSpec::by_work(20, 0));
    b.require(servers, powered, Reading::Flag);
    let boot = b.work(
        "boot",
        tag(),
        WorkSpec {
            call: Call::Backlog(servers, ItemState::Off),
            goal: None,
            keep: Some((powered, Reading::Flag)),
            ways: vec![Way {
                name: "by hand".into(),
                needs: Vec::new(),
                crew: vec![(crew, 1)],
                takes: Takes::EachItem {
                    law: fixed(S),
                    heads: 1,
                },
                errs_ppm: 0,
                patience_us: u64::MAX,
                ..Way::default()
            }],
            effects: vec![Effect::StartItems(servers)],
            on_error: OnError::Retry,
            batch: 10,
            lanes: u32::MAX,
            serves: Vec::new(),
            ..WorkSpec::default()
        },
    );
    let pool = b.balance("pool", tag(), Policy::Priority);
    b.supply(pool, servers, Reading::Amount, 1);
    let first = b.consumer(
        pool,
        "first",
        tag(),
        1,
        Demand::Fixed {
            amount: 5,
            when: None,
        },
    );
    let grant = b.consumer(
        pool,
        "grant",
        tag(),
        2,
        Demand::Fixed {
            amount: 15,
            when: None,
        },
    );
    let instance = b.starter("instance", tag(), StarterSpec::automatic(fixed(7 * S)));
    b.require(instance, grant, Reading::AtLeast(15));
    let level = b.level("service", tag(), Combine::Min);
    b.hard(level, instance, Reading::Full);
    let cut = b.reason("cut");
    let actions = vec![
        (
            10 * S,
            Action::Hold {
                node: feed,
                reason: cut,
            },
        ),
        (
            20 * S,
            Action::Hold {
                node: hall,
                reason: cut,
            },
        ),
        (
            30 * S,
            Action::Lift {
                node: feed,
                reason: cut,
            },
        ),
        (
            50 * S,
            Action::Lift {
                node: hall,
                reason: cut,
            },
        ),
    ];
    script(&mut b, actions);
    with_history(b, 7200 * S, |history| {
        let thresholds = Thresholds {
            down_below: 500_000,
            recovered_at: FULL_PPM,
            settled_for_us: None,
        };
        // Ten servers at 60 s, all at 70 s, a start of 7 s.
        assert_eq!(
            outages_of(history, level, thresholds),
            [Outage {
                from: 10 * S,
                to: Some(77 * S)
            }]
        );
        let runs = tiles_of(history, level, FULL_PPM, 10 * S, 77 * S);
        let script = AgentId(0);
        let expected = [
            // At a time when only the feed is cut, the feed is what holds; then the hall, which returns last.
            Run {
                from: 10 * S,
                to: 20 * S,
                leaf: Leaf::Awaited(script, 2),
            },
            Run {
                from: 20 * S,
                to: 50 * S,
                leaf: Leaf::Awaited(script, 3),
            },
            // The second batch is the one that makes fifteen: it queues while the first is booted.
            Run {
                from: 50 * S,
                to: 60 * S,
                leaf: Leaf::Queue(crew, boot),
            },
            Run {
                from: 60 * S,
                to: 70 * S,
                leaf: Leaf::Work(boot, 0),
            },
            Run {
                from: 70 * S,
                to: 77 * S,
                leaf: Leaf::Stage(instance),
            },
        ];
        assert_eq!(runs, expected);
        assert!(covers(&runs, 10 * S, 77 * S));
        let cause = cause_of(history, level, FULL_PPM, 10 * S);
        assert_eq!(cause.path, [level, instance, grant, servers, powered, feed]);
        let root = history.record(cause.root.expect("a root")).expect("an entry");
        assert_eq!(
            (root.at, root.what),
            (
                10 * S,
                What::Action {
                    agent: script,
                    entry: 0
                }
            )
        );
        // Later the same service is down for the same reason: the feed was lost first.
        assert_eq!(
            cause_of(history, level, FULL_PPM, 25 * S).path.last(),
            Some(&feed)
        );
        // When the feed is back, the hall alone holds it down.
        assert_eq!(
            cause_of(history, level, FULL_PPM, 40 * S).path.last(),
            Some(&hall)
        );
        assert_eq!(history.value_at(first, 65 * S), 5);
    });
}

/// Any of two feeds: the last lost is the cause, the first to return is waited for.
#[test]
fn of_two_feeds_the_last_lost_is_the_cause_and_the_first_to_return_ends_it() {
    let mut b = Builder::new();
    let (left, right) = (
        b.unit("left", tag(), UnitSpec::flag()),
        b.unit("right", tag(), UnitSpec::flag()),
    );
    let out = b.any("out", tag(), &[(left, Reading::Flag), (right, Reading::Flag)]);
    let actions = vec![
        (1, Action::Break { node: left, items: 1 }),
        (
            2,
            Action::Break {
                node: right,
                items: 1,
            },
        ),
        (8, Action::Repair { node: left }),
        (9, Action::Repair { node: right }),
    ];
    script(&mut b, actions);
    with_history(b, 100, |history| {
        assert_eq!(cause_of(history, out, 1, 2).path, [out, right]);
        assert_eq!(
            tiles_of(history, out, 1, 2, 8),
            [Run {
                from: 2,
                to: 8,
                leaf: Leaf::Awaited(AgentId(0), 2)
            }]
        );
    });
}

#[test]
fn what_nobody_brings_back_waits_for_nothing() {
    let mut b = Builder::new();
    let unit = b.unit("unit", tag(), UnitSpec::flag());
    script(&mut b, vec![(3, Action::Destroy { node: unit })]);
    with_history(b, 10, |history| {
        assert_eq!(
            tiles_of(history, unit, 1, 3, 10),
            [Run {
                from: 3,
                to: 10,
                leaf: Leaf::Nothing(unit)
            }]
        );
    });
}

#[test]
fn starts_that_wait_for_each_other_are_a_circle() {
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let (x, y) = (
        b.starter("x", tag(), StarterSpec::automatic(fixed(S))),
        b.starter("y", tag(), StarterSpec::automatic(fixed(S))),
    );
    for (one, other) in [(x, y), (y, x)] {
        b.require(one, power, Reading::Flag);
        b.start_require(one, other, Reading::Flag);
    }
    let actions = vec![
        (
            S,
            Action::Break {
                node: power,
                items: 1,
            },
        ),
        (2 * S, Action::Repair { node: power }),
    ];
    script(&mut b, actions);
    with_history(b, 10 * S, |history| {
        let runs = tiles_of(history, x, 1, S, 10 * S);
        // Power returns before either does, so that even while it is gone each is held by the other.
        assert_eq!(
            runs,
            [Run {
                from: S,
                to: 10 * S,
                leaf: Leaf::Circular(x)
            }]
        );
    });
}

/// Two consumers on one bus: what is lost with the source is direct, what others ask for is overload; it comes back with the tie.
#[test]
fn what_an_island_lacks_is_told_by_its_source_its_tie_or_by_what_others_ask() {
    let mut b = Builder::new();
    let source = b.unit("source", tag(), UnitSpec::amount(10));
    let tie = b.unit("tie", tag(), UnitSpec::flag());
    let more = b.unit("more", tag(), UnitSpec::amount(0));
    let mesh = b.mesh("mesh", tag());
    b.mesh_policy(mesh, Policy::Priority);
    let p = b.mesh_point(mesh, "p", tag(), Some((source, Reading::Amount)));
    let q = b.mesh_point(mesh, "q", tag(), None);
    b.mesh_connection(mesh, p, q, (tie, Reading::Flag));
    let size = b.mesh_island(mesh, q, "size", tag());
    let other = Demand::Fixed {
        amount: 8,
        when: Some((more, Reading::Flag)),
    };
    b.mesh_amount(mesh, p, "other", tag(), 1, other);
    let ours = Demand::Fixed {
        amount: 5,
        when: None,
    };
    let grant = b.mesh_amount(mesh, q, "grant", tag(), 2, ours);
    script(
        &mut b,
        vec![
            (S, Action::Break { node: tie, items: 1 }),
            (2 * S, Action::Repair { node: tie }),
            (
                3 * S,
                Action::SetAmount {
                    node: more,
                    amount: 1,
                },
            ),
            (
                4 * S,
                Action::SetAmount {
                    node: more,
                    amount: 0,
                },
            ),
            (
                5 * S,
                Action::SetAmount {
                    node: source,
                    amount: 1,
                },
            ),
            (
                6 * S,
                Action::SetAmount {
                    node: source,
                    amount: 9,
                },
            ),
        ],
    );
    with_history(b, 10 * S, |history| {
        let awaited = |entry, from, to| Run {
            from,
            to,
            leaf: Leaf::Awaited(AgentId(0), entry),
        };
        for (node, need) in [(grant, 5), (q, 1), (size, 2)] {
            let cut = cause_of(history, node, need, S);
            assert_eq!((cut.path.last(), cut.overload_at), (Some(&tie), None));
            assert_eq!(tiles_of(history, node, need, S, 2 * S), [awaited(1, S, 2 * S)]);
        }
        let crowded = cause_of(history, grant, 5, 3 * S);
        assert_eq!(crowded.overload_at, Some(0), "{crowded:?}");
        let short = cause_of(history, grant, 5, 5 * S);
        assert_eq!((short.path.last(), short.overload_at), (Some(&source), None));
        assert_eq!(
            tiles_of(history, grant, 5, 5 * S, 6 * S),
            [awaited(5, 5 * S, 6 * S)]
        );
    });
}

/// A failure at 25 s that an inspection finds at 30 s, and a repair of 5 s: the cause is the failure, the first tile that nobody knew.
#[test]
fn a_hidden_failure_is_waited_for_until_it_is_found() {
    let mut b = Builder::new();
    let spec = UnitSpec {
        clocks: vec![Clock::new(fixed(25 * S)).hidden()],
        begins: Begins::New,
        inspected: Some(Inspections {
            period_us: 10 * S,
            first_us: None,
        }),
        ..UnitSpec::flag()
    };
    let unit = b.unit("unit", tag(), spec);
    let known = b.known_failed(unit, "unit/known", tag());
    let repair = b.work(
        "repair",
        tag(),
        WorkSpec {
            call: Call::When(known, Reading::Flag),
            goal: None,
            keep: None,
            ways: vec![Way {
                name: "by hand".into(),
                needs: Vec::new(),
                parts: Vec::new(),
                crew: Vec::new(),
                takes: Takes::Once(fixed(5 * S)),
                errs_ppm: 0,
                patience_us: u64::MAX,
            }],
            effects: vec![Effect::Act(Action::Repair { node: unit })],
            lanes: 1,
            ..WorkSpec::default()
        },
    );
    with_history(b, 40 * S, |history| {
        let run = |from: u64, to: u64, leaf| Run {
            from: from * S,
            to: to * S,
            leaf,
        };
        assert_eq!(
            tiles_of(history, unit, 1, 25 * S, 35 * S),
            [
                run(25, 30, Leaf::Hidden(unit)),
                run(30, 35, Leaf::Work(repair, 0))
            ]
        );
        let cause = cause_of(history, unit, 1, 25 * S);
        let root = history.record(cause.root.expect("a root")).expect("an entry");
        assert_eq!((root.at, root.what), (25 * S, What::Life { node: unit }));
    });
}
