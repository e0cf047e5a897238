//! Starters: stages, retries, orderly and hard stops, counts, holds and force; what went wrong with them once.

use super::super::scripted::{fixed, script, tag};
use super::*;

fn breaks(node: NodeId) -> Action {
    Action::Break {
        node,
        items: i64::MAX,
    }
}

fn repair(node: NodeId) -> Action {
    Action::Repair { node }
}

fn start(node: NodeId) -> Action {
    Action::Start {
        node,
        items: i64::MAX,
    }
}

fn force(node: NodeId, passes: Passes) -> Action {
    Action::Force { node, passes }
}

/// A starter that needs power, with what may be said of it; the actions are those that the closure gives for (power, starter).
fn powered(
    spec: StarterSpec,
    actions: impl Fn(NodeId, NodeId) -> Vec<(u64, Action)>,
) -> (Ran, NodeId, [NodeId; 4]) {
    let mut b = Builder::new();
    let power = b.unit("power", tag(), UnitSpec::flag());
    let node = b.starter("it", tag(), spec);
    b.require(node, power, Reading::Flag);
    let states = [
        ItemState::Off,
        ItemState::Starting,
        ItemState::Stopping,
        ItemState::Dead,
    ];
    let outputs = states.map(|state| b.state_of(node, state, format!("{state:?}"), tag()));
    script(&mut b, actions(power, node));
    (Ran::new(b, 100_000), node, outputs)
}

fn auto(start: u64) -> StarterSpec {
    StarterSpec::automatic(fixed(start))
}

#[test]
fn a_start_that_fails_is_tried_again_after_a_while_and_then_given_up() {
    let spec = StarterSpec {
        initial_on: 0,
        fails_ppm: 1_000_000,
        retries: 2,
        retry_us: 5,
        ..auto(10)
    };
    let (ran, node, [off, starting, _, dead]) = powered(spec, |_, node| vec![(100, repair(node))]);
    assert_eq!(ran.of(node), []);
    let tries = |at: u64| {
        [
            (at, 1),
            (at + 10, 0),
            (at + 15, 1),
            (at + 25, 0),
            (at + 30, 1),
            (at + 40, 0),
        ]
    };
    // A repair gives it all its tries again.
    assert_eq!(ran.of(starting), [tries(0), tries(100)].concat());
    assert_eq!(ran.of(dead), [(40, 1), (100, 0), (140, 1)]);
    // It is repaired and starts in one instant, so that it is never seen off between.
    assert_eq!(ran.of(off).len(), 9);
}

#[test]
fn each_try_of_a_start_is_a_draw_of_its_own() {
    let mut b = Builder::new();
    let spec = StarterSpec {
        initial_on: 0,
        fails_ppm: 300_000,
        retries: 1,
        ..auto(10)
    };
    let node = b.starter("it", tag(), spec);
    let net = b.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    let runs = 4000;
    let mut on = 0;
    for replication in 0..runs {
        run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(3, replication),
            limits(100),
            &mut (),
        )
        .expect("an end");
        on += state.value(node);
    }
    // 1 − 0.3² = 0.91. Five standard errors: a false alarm once in 1.7 million.
    let share = on as f64 / f64::from(runs);
    let error = (0.91 * 0.09 / f64::from(runs)).sqrt();
    assert!((share - 0.91).abs() < 5.0 * error, "{share}");
}

#[test]
fn a_coast_that_ends_when_its_requirement_returns_used_to_be_a_crash() {
    let spec = || StarterSpec {
        coast_us: 10,
        ..auto(7)
    };
    let (ran, node, _) = powered(spec(), |power, _| {
        vec![(100, breaks(power)), (110, repair(power))]
    });
    assert_eq!(ran.of(node), []);
    let (ran, node, _) = powered(spec(), |power, _| {
        vec![(100, breaks(power)), (111, repair(power))]
    });
    assert_eq!(ran.of(node), [(110, 0), (118, 1)]);
    // One that returns in between ends the coast.
    let (ran, node, _) = powered(spec(), |power, _| {
        vec![
            (100, breaks(power)),
            (105, repair(power)),
            (109, breaks(power)),
            (112, repair(power)),
        ]
    });
    assert_eq!(ran.of(node), []);
}

#[test]
fn it_remembers_whether_it_went_off_in_order_or_hard() {
    let spec = StarterSpec {
        start_after_hard: Some(fixed(50)),
        ..auto(10)
    };
    let (ran, node, _) = powered(spec, |power, node| {
        vec![
            (100, breaks(power)),
            (200, repair(power)),
            (300, Action::Stop { node }),
            (400, start(node)),
            // A crash is not forgotten because what is already down is switched off (it used to be).
            (500, breaks(power)),
            (510, Action::Stop { node }),
            (520, repair(power)),
            (600, start(node)),
            // What is broken while it is on went off hard, too.
            (700, breaks(node)),
            (800, repair(node)),
        ]
    });
    assert_eq!(
        ran.of(node),
        [
            (100, 0),
            (250, 1),
            (300, 0),
            (410, 1),
            (500, 0),
            (650, 1),
            (700, 0),
            (850, 1)
        ]
    );
}

#[test]
fn an_orderly_stop_takes_its_time_and_is_still_on() {
    let spec = |coast_us: u64| StarterSpec {
        stop: Some(fixed(20)),
        start_after_hard: Some(fixed(50)),
        coast_us,
        ..auto(10)
    };
    let stop_at = |at: u64, node: NodeId| (at, Action::Stop { node });
    let (ran, node, [off, _, stopping, _]) = powered(spec(0), |power, node| {
        vec![
            stop_at(100, node),
            // Told again, it goes on stopping.
            stop_at(110, node),
            // What is ordered while it stops is done after it.
            stop_at(200, node),
            (210, start(node)),
            stop_at(300, node),
            (310, start(node)),
            // Its requirement is lost before it has stopped: a crash.
            stop_at(400, node),
            (410, breaks(power)),
            (450, repair(power)),
            (460, start(node)),
        ]
    });
    // The start at 210 finds it off.
    assert_eq!(
        ran.of(node),
        [(120, 0), (220, 1), (320, 0), (330, 1), (410, 0), (510, 1)]
    );
    assert_eq!(
        ran.of(stopping),
        [(100, 1), (120, 0), (300, 1), (320, 0), (400, 1), (410, 0)]
    );
    assert_eq!(ran.of(off)[..2], [(120, 1), (210, 0)]);
    // A coast that outlasts the stop lets it end in order; a shorter one does not.
    for (coast_us, back) in [(10, 210), (9, 250)] {
        let (ran, node, _) = powered(spec(coast_us), |power, node| {
            vec![
                stop_at(100, node),
                (110, breaks(power)),
                (150, repair(power)),
                (200, start(node)),
            ]
        });
        let gone = if coast_us == 10 { 120 } else { 119 };
        assert_eq!(ran.of(node), [(gone, 0), (back, 1)]);
    }
}

#[test]
fn a_counted_starter_starts_in_batches_and_what_is_interrupted_begins_anew() {
    let spec = StarterSpec {
        items: 10,
        initial_on: 10,
        batch: 4,
        ..auto(100)
    };
    let (ran, node, [off, starting, _, dead]) = powered(spec, |power, node| {
        vec![
            (1000, breaks(power)),
            (2000, repair(power)),
            // In the middle of the third batch.
            (2250, breaks(power)),
            (3000, repair(power)),
            // Items that are repaired beside those that are on used to stay off for ever.
            (5000, Action::Break { node, items: 3 }),
            (6000, repair(node)),
            // Of those that start and are off some fail: one that starts after all that are on.
            (7000, breaks(power)),
            (7100, repair(power)),
            (7150, Action::Break { node, items: 5 }),
            (8000, repair(node)),
        ]
    });
    assert_eq!(
        ran.of(node),
        [
            (1000, 0),
            (2100, 4),
            (2200, 8),
            (2250, 0),
            (3100, 4),
            (3200, 8),
            (3300, 10),
            (5000, 7),
            (6100, 10),
            (7000, 0),
            // The four that were starting broke, and one that was off.
            (7250, 4),
            (7350, 5),
            (8100, 9),
            (8200, 10)
        ]
    );
    assert_eq!(ran.of(dead), [(5000, 3), (6000, 0), (7150, 5), (8000, 0)]);
    assert_eq!(
        ran.of(starting)[..6],
        [(2000, 4), (2200, 2), (2250, 0), (3000, 4), (3200, 2), (3300, 0)]
    );
    assert_eq!(
        ran.of(off)[..5],
        [(1000, 10), (2000, 6), (2100, 2), (2200, 0), (2250, 10)]
    );
}

#[test]
fn what_had_failed_used_to_come_on_unrepaired_when_stopped_and_started() {
    let (ran, node, [.., dead]) = powered(auto(10), |_, node| {
        vec![
            (100, breaks(node)),
            (110, Action::Stop { node }),
            (120, start(node)),
            // Broken again, it is as broken as before.
            (130, breaks(node)),
            (200, repair(node)),
        ]
    });
    assert_eq!(ran.of(node), [(100, 0), (210, 1)]);
    assert_eq!(ran.of(dead), [(100, 1), (200, 0)]);
}

#[test]
fn what_breaks_while_it_starts_waits_for_its_repair() {
    let spec = StarterSpec {
        initial_on: 0,
        ..auto(50)
    };
    let (ran, node, [_, starting, _, dead]) = powered(spec, |_, node| {
        vec![(20, breaks(node)), (60, repair(node)), (61, repair(node))]
    });
    assert_eq!(ran.of(node), [(110, 1)]);
    assert_eq!(ran.of(starting), [(0, 1), (20, 0), (60, 1), (110, 0)]);
    assert_eq!(ran.of(dead), [(20, 1), (60, 0)]);
}

#[test]
fn what_is_destroyed_is_neither_repaired_nor_started() {
    let (ran, node, outputs) = powered(auto(10), |_, node| {
        vec![
            (100, Action::Destroy { node }),
            (200, repair(node)),
            (300, start(node)),
        ]
    });
    assert_eq!(ran.of(node), [(100, 0)]);
    assert!(outputs.iter().all(|&output| ran.state.value(output) == 0));
}

#[test]
fn force_passes_over_the_holds_that_it_names_and_no_others() {
    let mut b = Builder::new();
    let node = b.starter("it", tag(), auto(10));
    let (wet, sealed) = (b.reason("wet"), b.reason("sealed"));
    let over = Passes::start_requirements().and(Passes::holds(&[wet]));
    script(
        &mut b,
        vec![
            (100, Action::Hold { node, reason: wet }),
            (110, start(node)),
            (200, force(node, over)),
            // A reason that comes later, or again, holds it.
            (300, Action::Hold { node, reason: sealed }),
            (310, force(node, over)),
            (320, Action::Lift { node, reason: sealed }),
            (400, force(node, over)),
            (500, Action::Hold { node, reason: wet }),
            (600, Action::Lift { node, reason: wet }),
            // It may cost the thing itself.
            (700, Action::Hold { node, reason: wet }),
            (710, force(node, over.at_risk(1_000_000))),
            (720, Action::Lift { node, reason: wet }),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(
        ran.of(node),
        [
            (100, 0),
            (210, 1),
            (300, 0),
            (410, 1),
            (500, 0),
            (610, 1),
            (700, 0)
        ]
    );
}

/// A starter with a trigger and a start requirement.
fn triggered(spec: StarterSpec, actions: impl Fn([NodeId; 4]) -> Vec<(u64, Action)>) -> Vec<(u64, i64)> {
    let mut b = Builder::new();
    let calls = b.unit("calls", tag(), UnitSpec::amount(0));
    let tool = b.unit("tool", tag(), UnitSpec::flag());
    let power = b.unit("power", tag(), UnitSpec::flag());
    let node = b.starter("it", tag(), spec);
    b.trigger(node, calls, Reading::Flag);
    b.start_require(node, tool, Reading::Flag);
    b.require(node, power, Reading::Flag);
    script(&mut b, actions([calls, tool, power, node]));
    Ran::new(b, 10_000).of(node)
}

fn amount(node: NodeId, amount: i64) -> Action {
    Action::SetAmount { node, amount }
}

#[test]
fn a_forced_start_that_was_broken_off_used_to_leave_the_door_open() {
    let spec = StarterSpec {
        initial_on: 0,
        ..auto(10)
    };
    let history = triggered(spec, |[calls, tool, power, node]| {
        vec![
            (50, breaks(tool)),
            (60, amount(calls, 1)),
            (100, force(node, Passes::start_requirements())),
            (105, breaks(power)),
            // Without the tool it does not start by itself.
            (200, repair(power)),
            (300, force(node, Passes::start_requirements())),
            (400, breaks(power)),
            (500, repair(power)),
            (600, repair(tool)),
        ]
    });
    assert_eq!(history, [(310, 1), (400, 0), (610, 1)]);
}

#[test]
fn what_is_started_by_hand_against_its_trigger_stays_on_until_it_is_called_or_stopped() {
    let spec = || StarterSpec {
        initial_on: 0,
        run_on_us: 30,
        ..auto(10)
    };
    let history = triggered(spec(), |[calls, _, power, node]| {
        vec![
            (100, start(node)),
            (200, Action::Stop { node }),
            (300, start(node)),
            // Called for and no more, it goes by its trigger again.
            (400, amount(calls, 1)),
            (500, amount(calls, 0)),
            // Running on, it may be kept by hand.
            (600, amount(calls, 1)),
            (700, amount(calls, 0)),
            (710, start(node)),
            (800, breaks(power)),
            // A crash ends the order.
            (900, repair(power)),
        ]
    });
    let answer = [(110, 1), (200, 0), (310, 1), (530, 0), (610, 1), (800, 0)];
    assert_eq!(history, answer);
    // A trigger that comes back when the running on ends has kept it on.
    let history = triggered(spec(), |[calls, ..]| {
        vec![
            (100, amount(calls, 1)),
            (200, amount(calls, 0)),
            (230, amount(calls, 1)),
            (300, amount(calls, 0)),
        ]
    });
    assert_eq!(history, [(110, 1), (330, 0)]);
}

#[test]
fn a_start_requirement_has_to_hold_until_the_start_begins_and_no_longer() {
    let spec = || StarterSpec {
        initial_on: 0,
        trigger_hold_us: 20,
        ..auto(10)
    };
    let history = triggered(spec(), |[calls, tool, _, node]| {
        vec![
            (100, amount(calls, 1)),
            // While it waits for its trigger to hold: broken off, and begun anew.
            (110, breaks(tool)),
            (150, repair(tool)),
            (175, breaks(tool)),
            // A start that is ordered does not wait for the trigger to hold.
            (200, repair(tool)),
            (300, amount(calls, 0)),
            (400, amount(calls, 1)),
            (405, start(node)),
        ]
    });
    assert_eq!(history, [(180, 1), (300, 0), (415, 1)]);
}

#[test]
fn the_order_to_start_is_lost_where_it_cannot_be_followed() {
    let by_hand = StarterSpec {
        initial_on: 0,
        auto: false,
        ..auto(10)
    };
    let history = triggered(by_hand.clone(), |[_, tool, _, node]| {
        vec![
            (100, breaks(tool)),
            (110, start(node)),
            (120, repair(tool)),
            (200, start(node)),
        ]
    });
    assert_eq!(history, [(210, 1)]);
    // What failed when it was ordered by hand used not to be tried again.
    let fails = StarterSpec {
        fails_ppm: 1_000_000,
        retries: 3,
        ..by_hand
    };
    let mut b = Builder::new();
    let node = b.starter("it", tag(), fails);
    let starting = b.state_of(node, ItemState::Starting, "starting", tag());
    script(&mut b, vec![(100, start(node))]);
    assert_eq!(Ran::new(b, 1000).of(starting).len(), 8);
}

#[test]
fn what_is_switched_off_is_not_called_back_by_its_backlog() {
    let mut b = Builder::new();
    let pool = b.starter("pool", tag(), StarterSpec::by_work(6, 0));
    let power = b.unit("power", tag(), UnitSpec::flag());
    b.require(pool, power, Reading::Flag);
    let way = Way {
        name: "by hand".into(),
        needs: Vec::new(),
        crew: Vec::new(),
        parts: Vec::new(),
        takes: Takes::Once(fixed(10)),
        errs_ppm: 0,
        patience_us: u64::MAX,
    };
    let boot = WorkSpec {
        keep: Some((power, Reading::Flag)),
        batch: 3,
        call: Call::Backlog(pool, ItemState::Off),
        ways: vec![way],
        effects: vec![Effect::StartItems(pool)],
        ..WorkSpec::default()
    };
    b.work("boot", tag(), boot);
    script(
        &mut b,
        vec![
            (100, Action::Stop { node: pool }),
            (200, Action::Start { node: pool, items: 2 }),
            (300, breaks(power)),
            (400, repair(power)),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(ran.of(pool)[..2], [(100, 0), (200, 2)]);
    assert_eq!(ran.of(pool).last(), Some(&(410, 6)));
    assert!(ran.of(pool).contains(&(210, 6)) || ran.of(pool).contains(&(210, 5)));
}

#[test]
fn what_a_work_under_way_starts_is_shown_until_it_is_on_or_given_up() {
    let mut b = Builder::new();
    let pool = b.starter(
        "pool",
        tag(),
        StarterSpec {
            initial_on: 0,
            ..StarterSpec::by_work(5, 0)
        },
    );
    let power = b.unit("power", tag(), UnitSpec::flag());
    b.require(pool, power, Reading::Flag);
    let heads = b.unit("heads", tag(), UnitSpec::amount(1));
    let crew = b.crew("crew", tag(), vec![heads]);
    let boot = WorkSpec {
        keep: Some((power, Reading::Flag)),
        batch: 2,
        call: Call::Backlog(pool, ItemState::Off),
        ways: vec![Way {
            crew: vec![(crew, 1)],
            takes: Takes::Once(fixed(10)),
            ..Way::default()
        }],
        effects: vec![Effect::StartItems(pool)],
        ..WorkSpec::default()
    };
    b.work("boot", tag(), boot);
    let handled = b.state_of(pool, ItemState::BeingStarted, "handled", tag());
    let off = b.state_of(pool, ItemState::Off, "off", tag());
    script(&mut b, vec![(15, breaks(power)), (40, repair(power))]);
    let ran = Ran::new(b, 1000);
    // Two by two, broken off at 15 together with what was on, and from the beginning at 40.
    assert_eq!(ran.of(pool), [(10, 2), (15, 0), (50, 2), (60, 4), (70, 5)]);
    let handled = ran.of(handled).to_vec();
    let ended = [(10, 0), (50, 0), (60, 0)];
    assert_eq!(
        handled
            .iter()
            .filter(|step| !ended.contains(step))
            .copied()
            .collect::<Vec<_>>(),
        [(0, 2), (10, 2), (15, 0), (40, 2), (50, 2), (60, 1), (70, 0)]
    );
    assert_eq!(ran.of(off), [(10, 3), (15, 5), (50, 3), (60, 1), (70, 0)]);
}

#[test]
fn what_takes_for_ever_never_ends() {
    let for_ever = fixed(u64::MAX);
    let spec = StarterSpec {
        coast_us: u64::MAX,
        stop: Some(for_ever.clone()),
        start: for_ever,
        ..auto(10)
    };
    let (ran, node, [_, _, stopping, _]) = powered(spec, |power, node| {
        vec![
            (10, Action::Stop { node }),
            (20, breaks(power)),
            (30, repair(power)),
            (40, breaks(node)),
            (50, repair(node)),
            (60, start(node)),
        ]
    });
    assert_eq!(ran.of(node), [(40, 0)]);
    // A stop that has begun goes on while it would not coast for less long.
    assert_eq!(ran.of(stopping), [(10, 1), (40, 0)]);
}
