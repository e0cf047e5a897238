//! The walks on balances and selectors: who took what is missing, and what brings it back.

use super::causes::cause_of;
use super::history::{History, Readings};
use super::tiles::{Leaf, Run, tiles_of};
use crate::kernel::scripted::{fixed, limits, script, tag};
use crate::kernel::*;
use crate::random::Key;

const SCRIPT: AgentId = AgentId(0);

fn with_history(builder: Builder, check: impl Fn(&History<'_>)) {
    let net = builder.finish().expect("a sound network");
    let (mut state, mut scratch, mut trace) = (State::new(&net), Scratch::new(&net), Trace::default());
    let limits = limits(1_000);
    run(&net, &mut state, &mut scratch, Key::new(1, 0), limits, &mut trace).expect("an end");
    check(&History::new(
        &net,
        &Readings::new(&net),
        &state,
        &trace.transitions,
        1_000,
    ));
}

fn set(node: NodeId, amount: i64) -> Action {
    Action::SetAmount { node, amount }
}

fn surge(node: NodeId, ppm: i64) -> Action {
    Action::Surge { node, ppm }
}

fn root_entry(history: &History<'_>, root: Option<RecordId>) -> Option<(u64, u32)> {
    let record = history.record(root?)?;
    match record.what {
        What::Action { entry, .. } => Some((record.at, entry)),
        _ => None,
    }
}

/// Ten of two sources for nine of two consumers.
fn shared(b: &mut Builder, policy: Policy) -> (NodeId, [NodeId; 2], [NodeId; 2]) {
    let balance = b.balance("balance", tag(), policy);
    let sources = ["left", "right"].map(|name| {
        let source = b.unit(name, tag(), UnitSpec::amount(5));
        b.supply(balance, source, Reading::Amount, 1);
        source
    });
    let bus = b.gate("bus", tag(), 1);
    let drawing = b.unit("drawing", tag(), UnitSpec::amount(5));
    b.draw(bus, drawing, Reading::Amount, 1);
    let first = b.consumer(balance, "first", tag(), 1, Demand::Load(bus));
    let amount = Demand::Fixed {
        amount: 4,
        when: None,
    };
    let second = b.consumer(balance, "second", tag(), 2, amount);
    (balance, sources, [first, second])
}

fn tile(from: u64, to: u64, leaf: Leaf) -> Run {
    Run { from, to, leaf }
}

#[test]
fn a_shortage_is_the_loss_of_supply_or_the_rise_of_demand_that_made_it() {
    let mut b = Builder::new();
    let (_, sources, [first, second]) = shared(&mut b, Policy::Priority);
    script(
        &mut b,
        vec![
            // Ten become nine, which do; then demand rises.
            (10, set(sources[0], 4)),
            (20, surge(first, 1_400_000)),
            (30, surge(first, FULL_PPM)),
            // Nine become seven: supply.
            (40, set(sources[1], 3)),
            (50, surge(first, 1_200_000)),
            (60, set(sources[1], 5)),
            (70, set(sources[0], 5)),
        ],
    );
    with_history(b, |history| {
        let cause = cause_of(history, second, 4, 25);
        assert_eq!(cause.overload_at, Some(0));
        assert_eq!(root_entry(history, cause.root), Some((20, 1)));
        let cause = cause_of(history, second, 4, 45);
        assert_eq!((cause.path, cause.overload_at), (vec![second, sources[1]], None));
        // The surge took more, and is not what made it short; of so much the loss of the first source alone takes something.
        let cause = cause_of(history, second, 4, 55);
        assert_eq!((cause.path, cause.overload_at), (vec![second, sources[0]], None));
        assert_eq!(history.value_at(second, 65), 3);
        assert_eq!(history.asked_at(first, 55), (6, 1_200_000));
        assert_eq!(history.asked_at(first, 5), (5, FULL_PPM));
        assert_eq!(
            tiles_of(history, second, 4, 40, 70),
            [
                tile(40, 60, Leaf::Awaited(SCRIPT, 5)),
                tile(60, 70, Leaf::Awaited(SCRIPT, 6))
            ]
        );
    });
}

#[test]
fn what_is_shed_waits_for_its_delay_or_for_who_closes_it() {
    for (back, last) in [
        (Back::After(100), vec![tile(10, 110, Leaf::Stage(NodeId(0)))]),
        (
            Back::ByWork,
            vec![
                tile(10, 50, Leaf::Awaited(SCRIPT, 1)),
                tile(50, 400, Leaf::Awaited(SCRIPT, 2)),
            ],
        ),
    ] {
        let mut b = Builder::new();
        let (balance, sources, [_, second]) = shared(&mut b, Policy::Shed { back });
        script(
            &mut b,
            vec![
                (10, set(sources[0], 2)),
                (50, set(sources[0], 5)),
                (400, Action::Close { node: second }),
            ],
        );
        with_history(b, |history| {
            assert_eq!(balance, NodeId(0));
            let until = history.reaches(second, 4, 10).expect("it comes back").at;
            assert_eq!(tiles_of(history, second, 4, 10, until), last);
            // Why it is off does not change when the supply is back.
            let cause = cause_of(history, second, 4, 60);
            assert_eq!((cause.path, cause.overload_at), (vec![second, sources[0]], None));
        });
    }
}

#[test]
fn what_waits_for_room_after_its_delay_waits_for_the_supply() {
    let mut b = Builder::new();
    let policy = Policy::Shed {
        back: Back::After(10),
    };
    let (balance, sources, [_, second]) = shared(&mut b, policy);
    script(&mut b, vec![(10, set(sources[0], 2)), (50, set(sources[0], 5))]);
    with_history(b, |history| {
        assert_eq!(
            tiles_of(history, second, 4, 10, 51),
            [
                tile(10, 50, Leaf::Awaited(SCRIPT, 1)),
                tile(50, 51, Leaf::Stage(balance))
            ]
        );
    });
}

#[test]
fn what_has_opened_under_a_surge_is_overload_and_waits_for_the_call_that_closes_it() {
    let mut b = Builder::new();
    let (balance, _, [first, second]) = shared(&mut b, Policy::trip_after(30));
    let heads = b.unit("heads", tag(), UnitSpec::amount(1));
    let crew = b.crew("crew", tag(), vec![heads]);
    let close = b.work(
        "close",
        tag(),
        WorkSpec {
            call: Call::When(balance, Reading::Not),
            goal: None,
            keep: None,
            ways: vec![Way {
                name: "by hand".into(),
                needs: Vec::new(),
                crew: vec![(crew, 1)],
                parts: Vec::new(),
                takes: Takes::Once(fixed(60)),
                errs_ppm: 0,
                patience_us: u64::MAX,
            }],
            effects: vec![Effect::Act(Action::Close { node: balance })],
            on_error: OnError::Retry,
            batch: 1,
            lanes: 1,
            serves: Vec::new(),
            ..WorkSpec::default()
        },
    );
    script(
        &mut b,
        vec![(10, surge(first, 2_000_000)), (50, surge(first, FULL_PPM))],
    );
    with_history(b, |history| {
        let loss = history.loss(second, 4, 60).expect("it opened");
        assert_eq!(loss.at, 40);
        let cause = cause_of(history, second, 4, 60);
        assert_eq!(cause.overload_at, Some(0));
        assert_eq!(root_entry(history, cause.root), Some((10, 0)));
        assert_eq!(
            tiles_of(history, second, 4, 40, 100),
            [tile(40, 100, Leaf::Work(close, 0))]
        );
    });
}

#[test]
fn what_opens_after_a_loss_of_supply_is_that_loss() {
    let mut b = Builder::new();
    let (_, sources, [first, _]) = shared(&mut b, Policy::trip_after(30));
    script(&mut b, vec![(10, set(sources[1], 1)), (70, set(sources[1], 5))]);
    with_history(b, |history| {
        for at in [40, 60, 80] {
            let cause = cause_of(history, first, 5, at);
            assert_eq!(
                (cause.path, cause.overload_at),
                (vec![first, sources[1]], None),
                "{at}"
            );
            assert_eq!(root_entry(history, cause.root), Some((10, 0)));
        }
        // Nobody closes it.
        let balance = history.net().owner(first);
        assert_eq!(
            tiles_of(history, first, 5, 70, 1_000),
            [tile(70, 1_000, Leaf::Nothing(balance))]
        );
    });
}

#[test]
fn a_load_that_moves_overloads_the_other_and_the_walk_goes_back_to_what_moved_it() {
    let mut b = Builder::new();
    let cords = b.selector("cords", tag(), SelectorSpec::shared());
    let mut sources = Vec::new();
    let mut lives = Vec::new();
    for (ordinal, name) in (0u32..).zip(["a", "b"]) {
        let source = b.unit(format!("source {name}"), tag(), UnitSpec::amount(100));
        let balance = b.balance(format!("bus {name}"), tag(), Policy::trip_after(20));
        b.supply(balance, source, Reading::Amount, 1);
        let drawn = b.gate(format!("drawn {name}"), tag(), 1);
        b.consumer(balance, name, tag(), 1, Demand::Load(drawn));
        let live = b.gauge(balance, Gauge::Live, format!("live {name}"), tag());
        b.source(cords, live, Reading::Flag);
        b.pass_load_if_chosen(cords, drawn, ordinal);
        sources.push(source);
        lives.push(live);
    }
    let unit = b.unit("unit", tag(), UnitSpec::flag());
    b.draw(cords, unit, Reading::Flag, 120);
    script(&mut b, vec![(10, set(sources[0], 0))]);
    with_history(b, |history| {
        assert_eq!(history.steps(cords).first().map(|step| step.at), Some(30));
        let cause = cause_of(history, cords, 1, 100);
        assert_eq!(cause.path[..2], [cords, lives[1]]);
        assert_eq!(cause.overload_at, Some(1));
        assert!(cause.path[2..].contains(&cords), "{:?}", cause.path);
        assert_eq!(root_entry(history, cause.root), Some((10, 0)));
    });
}

#[test]
fn a_selector_without_its_tool_is_down_by_what_it_lost_and_waits_for_the_tool() {
    let mut b = Builder::new();
    let selector = b.selector("selector", tag(), SelectorSpec::automatic(5, fixed(10)));
    let sources = ["first", "second"].map(|name| {
        let source = b.unit(name, tag(), UnitSpec::flag());
        b.source(selector, source, Reading::Flag);
        source
    });
    let tool = b.unit("tool", tag(), UnitSpec::flag());
    b.transfer_require(selector, tool, Reading::Flag);
    script(
        &mut b,
        vec![
            (10, Action::Break { node: tool, items: 1 }),
            (
                20,
                Action::Break {
                    node: sources[0],
                    items: 1,
                },
            ),
            (100, Action::Repair { node: tool }),
        ],
    );
    with_history(b, |history| {
        assert_eq!(cause_of(history, selector, 1, 50).path, [selector, sources[0]]);
        assert_eq!(
            tiles_of(history, selector, 1, 20, 110),
            [
                tile(20, 100, Leaf::Awaited(SCRIPT, 2)),
                tile(100, 110, Leaf::Stage(selector))
            ]
        );
    });
}

#[test]
fn a_selector_that_fails_when_called_on_is_down_by_that_as_long_as_another_source_would_do() {
    let mut b = Builder::new();
    let unlucky = SelectorSpec {
        fails_ppm: FULL_PPM,
        ..SelectorSpec::automatic(5, fixed(10))
    };
    let selector = b.selector("selector", tag(), unlucky);
    let sources = ["first", "second"].map(|name| {
        let source = b.unit(name, tag(), UnitSpec::flag());
        b.source(selector, source, Reading::Flag);
        source
    });
    script(&mut b, vec![(10, set(sources[0], 0)), (100, set(sources[1], 0))]);
    with_history(b, |history| {
        // While it tries, the loss; then its failure; without the other source neither would help, and the later loss is why.
        let cause = cause_of(history, selector, 1, 20);
        assert_eq!(root_entry(history, cause.root), Some((10, 0)));
        let cause = cause_of(history, selector, 1, 50);
        assert_eq!(cause.path, [selector]);
        let root = cause.root.and_then(|root| history.record(root)).expect("a root");
        assert_eq!((root.at, root.what), (25, What::DemandFailure { node: selector }));
        assert_eq!(cause_of(history, selector, 1, 150).path, [selector, sources[1]]);
    });
}
