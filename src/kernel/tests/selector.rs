//! Selectors: transfers, returns, orders, failures, and sources that share a load.

use super::super::scripted::{fixed, script, tag};
use super::super::*;
use super::Ran;

fn fail(node: NodeId) -> Action {
    Action::Break {
        node,
        items: i64::MAX,
    }
}

fn repair(node: NodeId) -> Action {
    Action::Repair { node }
}

fn order(node: NodeId, source: u32) -> Action {
    Action::Transfer { node, source }
}

/// A selector that senses for 5 and transfers in 10, on so many sources.
fn selecting(b: &mut Builder, count: usize, spec: SelectorSpec) -> (NodeId, Vec<NodeId>) {
    let selector = b.selector("selector", tag(), spec);
    let sources: Vec<NodeId> = (0..count)
        .map(|number| {
            let source = b.unit(format!("source {number}"), tag(), UnitSpec::flag());
            b.source(selector, source, Reading::Flag);
            source
        })
        .collect();
    (selector, sources)
}

fn spec() -> SelectorSpec {
    SelectorSpec::automatic(5, fixed(10))
}

#[test]
fn it_goes_back_at_once_after_a_while_or_never() {
    let history = |returns: Returns| {
        let mut b = Builder::new();
        let (selector, sources) = selecting(&mut b, 2, SelectorSpec { returns, ..spec() });
        script(
            &mut b,
            vec![
                (100, fail(sources[0])),
                (200, repair(sources[0])),
                (230, fail(sources[0])),
                (240, repair(sources[0])),
                (400, fail(sources[1])),
                (420, repair(sources[1])),
            ],
        );
        Ran::new(b, 1_000).of(selector)
    };
    assert_eq!(
        history(Returns::After(0)),
        // Back at 210, lost again at 230; the transfer that begins at 235 is made although it has returned, and made again.
        [(100, 0), (115, 1), (200, 0), (210, 1), (230, 0), (255, 1)]
    );
    assert_eq!(
        history(Returns::After(50)),
        // The first return does not last; the second is believed at 290.
        [(100, 0), (115, 1), (290, 0), (300, 1)]
    );
    assert_eq!(history(Returns::Never), [(100, 0), (115, 1), (400, 0), (415, 1)]);
}

#[test]
fn a_better_source_that_dies_in_the_transfer_to_it_is_not_taken() {
    let mut b = Builder::new();
    let (selector, sources) = selecting(&mut b, 3, spec());
    script(
        &mut b,
        vec![
            (100, fail(sources[0])),
            (200, repair(sources[0])),
            (205, fail(sources[0])),
            // While it moves to the second, that dies too: the third.
            (300, fail(sources[1])),
            (310, fail(sources[2])),
            (312, repair(sources[1])),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(
        ran.of(selector),
        [(100, 0), (115, 1), (200, 0), (205, 1), (300, 0), (312, 1)]
    );
}

#[test]
fn what_a_transfer_requires_is_waited_for_and_wakes_it() {
    let mut b = Builder::new();
    let (selector, sources) = selecting(&mut b, 2, spec());
    let tool = b.unit("tool", tag(), UnitSpec::flag());
    b.transfer_require(selector, tool, Reading::Flag);
    script(
        &mut b,
        vec![
            (90, fail(tool)),
            (100, fail(sources[0])),
            // Sensed at 105; nothing can be done until now.
            (150, repair(tool)),
            (190, fail(tool)),
            // The preferred one is back; so is, later, what it takes to go back.
            (200, repair(sources[0])),
            (250, repair(tool)),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(ran.of(selector), [(100, 0), (160, 1), (250, 0), (260, 1)]);
}

#[test]
fn a_requirement_that_hangs_on_the_selector_itself_is_read_a_round_later_and_still_wakes_it() {
    let mut b = Builder::new();
    let (selector, sources) = selecting(&mut b, 2, spec());
    // A tool that lives from what the selector feeds, or from its own store.
    let store = b.unit("store", tag(), UnitSpec::flag());
    let tool = b.any(
        "tool",
        tag(),
        &[(selector, Reading::Flag), (store, Reading::Flag)],
    );
    b.transfer_require(selector, tool, Reading::Flag);
    script(
        &mut b,
        vec![(90, fail(store)), (100, fail(sources[0])), (300, repair(store))],
    );
    // The selector fell in the instant in which the tool did; the tool comes back by its store.
    assert_eq!(Ran::new(b, 1_000).of(selector), [(100, 0), (310, 1)]);
}

#[test]
fn without_its_trigger_it_does_not_move_by_itself() {
    let mut b = Builder::new();
    let (selector, sources) = selecting(&mut b, 2, spec());
    let watch = b.unit("watch", tag(), UnitSpec::flag());
    b.trigger(selector, watch, Reading::Flag);
    script(
        &mut b,
        vec![
            (100, fail(sources[0])),
            // Gone while it senses; back later, it senses anew.
            (103, fail(watch)),
            (200, repair(watch)),
            (300, fail(watch)),
            // It does not go back by itself either, but by order.
            (310, repair(sources[0])),
            (400, order(selector, 0)),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(ran.of(selector), [(100, 0), (215, 1), (400, 0), (410, 1)]);
}

#[test]
fn an_order_waits_for_its_source_and_never_leads_to_where_it_is() {
    let mut b = Builder::new();
    let manual = SelectorSpec {
        auto: false,
        ..spec()
    };
    let (selector, sources) = selecting(&mut b, 2, manual);
    script(
        &mut b,
        vec![
            (50, order(selector, 0)),
            (90, fail(sources[1])),
            // The other is dead: it stays on the live one until that is no longer so.
            (100, order(selector, 1)),
            (150, repair(sources[1])),
            // Of two dead sources the other is taken at once, and is there when it returns.
            (200, fail(sources[0])),
            (201, fail(sources[1])),
            (210, order(selector, 0)),
            (300, repair(sources[0])),
            // An order that is taken back.
            (400, order(selector, 1)),
            (405, order(selector, 0)),
            (410, repair(sources[1])),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(ran.of(selector), [(150, 0), (160, 1), (201, 0), (300, 1)]);
}

#[test]
fn a_transfer_that_fails_is_tried_again_and_then_waits_for_repair() {
    let mut b = Builder::new();
    let unlucky = SelectorSpec {
        fails_ppm: FULL_PPM,
        retries: 2,
        ..spec()
    };
    let (selector, sources) = selecting(&mut b, 2, unlucky);
    let careful = SelectorSpec {
        make_before_break: true,
        ..spec()
    };
    let other = b.selector("sound", tag(), careful);
    for &source in &sources {
        b.source(other, source, Reading::Flag);
    }
    script(
        &mut b,
        vec![
            (100, fail(sources[0])),
            // 105, 115, 125: three tries; it stays where it is, even by order, until repaired.
            (150, order(selector, 1)),
            (200, repair(sources[0])),
            // Repaired, it carries out the order, which fails three times as well.
            (205, repair(selector)),
            (300, fail(other)),
            (310, fail(sources[0])),
            (320, repair(other)),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(
        ran.of(selector),
        [(100, 0), (200, 1), (205, 0), (235, 1), (310, 0)]
    );
    let failures = ran
        .state
        .records()
        .iter()
        .filter(|record| matches!(record.what, What::DemandFailure { node } if node == selector))
        .map(|record| record.at);
    assert_eq!(failures.collect::<Vec<_>>(), [115, 125, 135, 215, 225, 235]);
    // The other one makes before it breaks: it goes back without a gap. Broken, it stays on the first source when that dies.
    assert_eq!(ran.of(other), [(100, 0), (115, 1), (310, 0), (335, 1)]);
}

/// Two buses of 100, each opening at once (`Bears::For(0)`) or after a while when it has to bear more; a load between them.
fn two_buses(bears: &Bears, load: i64) -> (Builder, [NodeId; 2], [NodeId; 2], NodeId) {
    let mut b = Builder::new();
    let cords = b.selector("cords", tag(), SelectorSpec::shared());
    let mut sources = [NodeId(0); 2];
    let mut granted = [NodeId(0); 2];
    for (ordinal, name) in (0u32..).zip(["a", "b"]) {
        let source = b.unit(format!("source {name}"), tag(), UnitSpec::amount(100));
        let policy = Policy::Trip {
            bears: bears.clone(),
            opens: Opens::Whole,
            back: Back::ByWork,
        };
        let balance = b.balance(format!("bus {name}"), tag(), policy);
        b.supply(balance, source, Reading::Amount, 1);
        let drawn = b.gate(format!("drawn {name}"), tag(), 1);
        granted[ordinal as usize] = b.consumer(balance, name, tag(), 1, Demand::Load(drawn));
        let live = b.gauge(balance, Gauge::Live, format!("live {name}"), tag());
        b.source(cords, live, Reading::Flag);
        b.pass_load_if_chosen(cords, drawn, ordinal);
        sources[ordinal as usize] = source;
    }
    let unit = b.unit("unit", tag(), UnitSpec::flag());
    b.draw(cords, unit, Reading::Flag, load);
    (b, sources, granted, cords)
}

#[test]
fn when_one_of_two_dies_its_load_moves_and_takes_the_other_in_the_same_instant() {
    for (load, falls) in [(100, false), (101, true)] {
        let (mut b, sources, granted, cords) = two_buses(&Bears::For(0), load);
        script(&mut b, vec![(10, fail(sources[0])), (50, repair(sources[0]))]);
        let ran = Ran::new(b, 100);
        if falls {
            // Back at 50 it would have to bear all, and opens in that instant.
            assert_eq!(ran.of(granted[0]), [(10, 0)]);
            assert_eq!(ran.of(granted[1]), [(10, 0)]);
            assert_eq!(ran.of(cords), [(10, 0)]);
        } else {
            assert_eq!(ran.of(granted[0]), [(10, 0), (50, 50)]);
            assert_eq!(ran.of(granted[1]), [(10, 100), (50, 50)]);
            assert_eq!(ran.of(cords), []);
        }
    }
}

#[test]
fn the_other_bears_it_for_a_while() {
    let (mut b, sources, granted, cords) = two_buses(&Bears::For(30), 120);
    script(
        &mut b,
        vec![
            (10, fail(sources[0])),
            (30, repair(sources[0])),
            (60, fail(sources[0])),
            (100, repair(sources[0])),
        ],
    );
    let ran = Ran::new(b, 200);
    // Back in time at 30; not the second time, when both are dead from 90 and the first, back, bears it all from 100 to 130.
    assert_eq!(ran.of(granted[1]), [(10, 120), (30, 60), (60, 120), (90, 0)]);
    assert_eq!(
        ran.of(granted[0]),
        [(10, 0), (30, 60), (60, 0), (100, 120), (130, 0)]
    );
    assert_eq!(ran.of(cords), [(90, 0), (100, 1), (130, 0)]);
}

#[test]
fn sources_share_by_their_weights() {
    let mut b = Builder::new();
    let cords = b.selector("cords", tag(), SelectorSpec::shared());
    let balance = b.balance("balance", tag(), Policy::Priority);
    let plenty = b.unit("plenty", tag(), UnitSpec::amount(1_000));
    b.supply(balance, plenty, Reading::Amount, 1);
    let mut parts = Vec::new();
    let mut sources = Vec::new();
    for (ordinal, weight) in (0u32..).zip([3, 1, 1]) {
        let source = b.unit(format!("source {ordinal}"), tag(), UnitSpec::flag());
        b.source_with_weight(cords, source, Reading::Flag, weight);
        let drawn = b.gate(format!("drawn {ordinal}"), tag(), 1);
        b.pass_load_if_chosen(cords, drawn, ordinal);
        parts.push(b.consumer(balance, format!("part {ordinal}"), tag(), 1, Demand::Load(drawn)));
        sources.push(source);
    }
    let unit = b.unit("unit", tag(), UnitSpec::amount(10));
    b.draw(cords, unit, Reading::Amount, 1);
    script(
        &mut b,
        vec![
            (10, fail(sources[0])),
            (
                20,
                Action::SetAmount {
                    node: unit,
                    amount: 11,
                },
            ),
            (30, fail(sources[1])),
            (40, fail(sources[2])),
            (50, repair(sources[0])),
        ],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(parts[0]), [(10, 0), (50, 11)]);
    assert_eq!(ran.of(parts[1]), [(10, 5), (20, 6), (30, 0)]);
    assert_eq!(ran.of(parts[2]), [(10, 5), (30, 11), (40, 0)]);
    assert_eq!(ran.of(cords), [(40, 0), (50, 1)]);
}
