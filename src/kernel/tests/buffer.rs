//! Buffers: tables of endurance, leaks, members, marks and levels, against hand arithmetic.

use super::super::scripted::{script, tag};
use super::*;

const HOUR: u64 = 60 * MIN;

fn spec(ceiling: i128, start: i128) -> BufferSpec {
    BufferSpec {
        ceiling,
        start,
        rearm: 1,
        base_rate: 0,
    }
}

/// A battery of ten units, coarse on purpose, that lasts 3 h, 1 h and 20 min at loads of 10, 20 and 40, and a load that is set by an action.
fn tabled(actions: Vec<(u64, i64)>) -> (Ran, NodeId) {
    let mut b = Builder::new();
    let load = b.unit("load", tag(), UnitSpec::amount(10));
    let bus = b.unit("bus", tag(), UnitSpec::flag());
    b.draw(bus, load, Reading::Amount, 1);
    let store = b.buffer("battery", tag(), spec(10, 10));
    let table = vec![(10, 3 * HOUR), (20, HOUR), (40, 20 * MIN)];
    b.autonomy(store, (bus, Reading::Flag), bus, table);
    let actions = actions
        .into_iter()
        .map(|(at, amount)| (at, Action::SetAmount { node: load, amount }));
    script(&mut b, actions.collect());
    (Ran::new(b, 20 * HOUR), store)
}

#[test]
fn a_table_of_endurance_is_kept_to_the_microsecond() {
    // At one load throughout; below the table; between its points: 2 h at 15, 40 min at 30.
    for (load, lasts) in [
        (10, 3 * HOUR),
        (20, HOUR),
        (40, 20 * MIN),
        (5, 3 * HOUR),
        (90, 20 * MIN),
        (15, 2 * HOUR),
        (30, 40 * MIN),
    ] {
        let (ran, store) = tabled(vec![(MIN, load)]);
        // A minute at 10 takes 1/180 of it.
        let numerator = u128::from(lasts) * 179;
        let left = u64::try_from(numerator.div_ceil(180)).expect("a time");
        assert_eq!(ran.of(store), [(MIN + left, 0)], "at {load}");
    }
    // Half an hour at 20, which takes a half, and the other half at 40.
    let (ran, store) = tabled(vec![(0, 20), (30 * MIN, 40)]);
    assert_eq!(ran.of(store), [(40 * MIN, 0)]);
    // At 0 nothing at all has passed; a third of an hour at 20 takes a third, an hour and a half at 10 a half, and the sixth at 40.
    let (ran, store) = tabled(vec![(0, 20), (20 * MIN, 10), (110 * MIN, 40)]);
    assert_eq!(ran.of(store), [(110 * MIN + 200 * S, 0)]);
}

#[test]
fn a_change_of_load_that_falls_between_microseconds_is_rounded_up_once() {
    // 7 µs at 20 take 7/3600000000 of it; what is left lasts 3/1 as long at 10: 10800000000 − 21 µs more.
    let (ran, store) = tabled(vec![(0, 20), (7, 10)]);
    assert_eq!(ran.of(store), [(7 + 3 * HOUR - 21, 0)]);
    // 7 µs at 10, then a third of what is left: 1200000000 − 7/9 µs, rounded up.
    let (ran, store) = tabled(vec![(7, 40)]);
    assert_eq!(ran.of(store), [(7 + 20 * MIN, 0)]);
    // Many changes: each second in turn at 20 and 40, which take 1/3600 and 1/1200: four parts of 3600 in two seconds.
    let changes = (0..4000).map(|second| (second * S, if second % 2 == 0 { 20 } else { 40 }));
    let (ran, store) = tabled(changes.collect());
    assert_eq!(ran.of(store), [(1800 * S, 0)]);
}

#[test]
fn a_flow_by_a_table_burns_as_the_load_says() {
    // 100 litres; 4 an hour idle, 10 at half load, 20 at full load, and nothing while it is off. Rates are litres an hour.
    let mut b = Builder::new();
    let load = b.unit("load", tag(), UnitSpec::amount(0));
    let runs = b.unit("runs", tag(), UnitSpec::flag());
    let set = b.unit("set", tag(), UnitSpec::flag());
    b.draw(set, load, Reading::Amount, 1);
    let tank = b.buffer(
        "tank",
        tag(),
        spec(100 * i128::from(HOUR), 100 * i128::from(HOUR)),
    );
    b.flow_by_load(
        tank,
        (runs, Reading::Flag),
        set,
        vec![(0, -4), (50, -10), (100, -20)],
    );
    let litres = b.level_of(tank, "litres", tag(), i128::from(HOUR));
    // Filled by a pump whose flow is a table of how far it is open.
    let pump = b.unit("pump", tag(), UnitSpec::amount(0));
    b.flow(tank, pump, Reading::Amount, vec![(0, 0), (10, 30)]);
    script(
        &mut b,
        vec![
            (
                5 * HOUR,
                Action::SetAmount {
                    node: load,
                    amount: 75,
                },
            ),
            (7 * HOUR, Action::Break { node: runs, items: 1 }),
            (8 * HOUR, Action::Repair { node: runs }),
            (
                8 * HOUR,
                Action::SetAmount {
                    node: load,
                    amount: 500,
                },
            ),
            (
                9 * HOUR,
                Action::SetAmount {
                    node: pump,
                    amount: 5,
                },
            ),
            (
                10 * HOUR,
                Action::SetAmount {
                    node: pump,
                    amount: 0,
                },
            ),
        ],
    );
    let ran = Ran::new(b, 30 * HOUR);
    // 20, then 30 in two hours, nothing, 20, 5, and the last 25 at 20 an hour.
    assert_eq!(ran.of(tank), [(11 * HOUR + 15 * MIN, 0)]);
    let seen = [(5, 80), (7, 50), (9, 30), (10, 25)].map(|(hour, litres)| (hour * HOUR, litres));
    assert_eq!(ran.of(litres), [&seen[..], &[(11 * HOUR + 15 * MIN, 0)]].concat());
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number"
)]
fn whole_us(number: f64) -> u64 {
    number as u64
}

#[test]
fn a_room_warms_and_cools_along_an_exponential() {
    // Degrees above outside, in thousandths; an hour of time constant; 10 K when heated at a rest of 2 K.
    let mut b = Builder::new();
    let heat = b.unit("heat", tag(), UnitSpec::amount(0));
    // A thousandth of a degree is 3.6e9 units, so that one unit a microsecond is 1 K in an hour... and 1 mK in 3.6 s.
    let unit = i128::from(HOUR) / 1000;
    let milli = |kelvin: i128| kelvin * 1000 * unit;
    let room = b.buffer("room", tag(), spec(milli(50), milli(2)));
    b.rate(room, heat, Reading::Amount, 1);
    b.leak(room, HOUR, milli(2));
    let hot = b.mark(room, "hot", tag(), MarkSpec::rising(milli(8), milli(6)));
    let cool = b.mark(room, "cool", tag(), MarkSpec::falling(milli(3), milli(7)));
    let shown = b.level_of(room, "shown", tag(), unit);
    let other = b.unit("other", tag(), UnitSpec::flag());
    b.rate(room, other, Reading::Not, 0);
    script(
        &mut b,
        vec![
            (
                HOUR,
                Action::SetAmount {
                    node: heat,
                    amount: 10,
                },
            ),
            // Looked at without being changed: it goes on along the same curve.
            (
                HOUR + 17 * MIN + 3,
                Action::Break {
                    node: other,
                    items: 1,
                },
            ),
            (
                10 * HOUR,
                Action::SetAmount {
                    node: heat,
                    amount: 0,
                },
            ),
        ],
    );
    let ran = Ran::new(b, 40 * HOUR);
    // From 2 towards 12: at 7 after ln 2, at 8 after ln(10/4); from 12 − 10e⁻⁹ towards 2: at 6 after ln((10 − 10e⁻⁹)/4), at 3 after ln(…/1).
    let after = |start: u64, ratio: f64| start + whole_us((HOUR as f64 * ratio.ln()).ceil());
    let from = 10.0 - 10.0 * (-9.0f64).exp();
    let (up, down) = (after(HOUR, 10.0 / 4.0), after(10 * HOUR, from / 4.0));
    let near = |found: &[(u64, i64)], answer: &[(u64, i64)]| {
        assert_eq!(found.len(), answer.len(), "{found:?}");
        for (one, other) in found.iter().zip(answer) {
            assert!(
                one.0.abs_diff(other.0) <= 1 && one.1 == other.1,
                "{found:?} is not {answer:?}"
            );
        }
    };
    near(&ran.of(hot), &[(up, 1), (down, 0)]);
    assert_eq!(ran.start(cool), 1);
    near(
        &ran.of(cool),
        &[(after(HOUR, 2.0), 0), (after(10 * HOUR, from), 1)],
    );
    // 12 − 10e^(−t) after 17 minutes and 3 µs, in thousandths.
    let at = HOUR + 17 * MIN + 3;
    let level = ran
        .of(shown)
        .iter()
        .find(|&&(time, _)| time == at)
        .expect("looked at")
        .1;
    let answer = 12_000.0 - 10_000.0 * (-(17.0 * 60e6 + 3.0) / 3600e6f64).exp();
    assert_eq!(level.unsigned_abs(), whole_us(answer.floor()));
    assert_eq!(ran.of(room), [], "it never is as cold as outside");
}

#[test]
fn a_mark_at_the_goal_of_a_room_is_never_reached_and_one_beyond_neither() {
    for (mark, reached) in [(9_999, true), (10_000, false), (10_001, false)] {
        let mut b = Builder::new();
        let room = b.buffer(
            "room",
            tag(),
            BufferSpec {
                base_rate: 10,
                rearm: 20_000,
                ..spec(20_000, 0)
            },
        );
        b.leak(room, 1000, 0);
        let hot = b.mark(room, "hot", tag(), MarkSpec::rising(mark, mark));
        let ran = Ran::new(b, 1_000_000);
        // 10000(1 − e^(−t/1000)) = 9999 after 1000 ln 10000 = 9210.34 µs.
        let history = if reached { vec![(9211, 1)] } else { Vec::new() };
        assert_eq!(ran.of(hot), history, "{mark}");
    }
}

#[test]
fn failed_members_shorten_what_is_left_and_not_its_share() {
    let mut b = Builder::new();
    let strings: Vec<NodeId> = (0..4)
        .map(|i| b.unit(format!("s{i}"), tag(), UnitSpec::flag()))
        .collect();
    let feed = b.unit("feed", tag(), UnitSpec::flag());
    let full = 40 * i128::from(MIN);
    let store = b.buffer("battery", tag(), spec(full, full));
    b.rate(store, feed, Reading::Not, -1);
    b.rate(store, feed, Reading::Flag, 2);
    for &string in &strings {
        b.members(store, string, Reading::Flag, 4);
    }
    let half = b.mark(store, "half", tag(), MarkSpec::rising(full / 2, full / 2));
    let minutes = b.level_of(store, "minutes", tag(), i128::from(MIN));
    let breaks = |at: u64, node: NodeId| (at, Action::Break { node, items: 1 });
    script(
        &mut b,
        vec![
            breaks(0, feed),
            // A quarter is gone; three of four strings then last 30 minutes when full, so 22.5 now, and are at half after 7.5.
            breaks(10 * MIN, strings[0]),
            // 20 minutes later 1/12 is left; of one string that lasts 50 s.
            breaks(30 * MIN, strings[1]),
            breaks(30 * MIN, strings[2]),
            // All are gone: out at once; the twelfth less 30/600 = 1/30 waits for its string.
            breaks(30 * MIN + 30 * S, strings[3]),
            (40 * MIN, Action::Repair { node: strings[3] }),
            // With all strings a thirtieth, less 10 s of 600, lasts 40 s.
            (40 * MIN + 10 * S, Action::Repair { node: strings[0] }),
            (40 * MIN + 10 * S, Action::Repair { node: strings[1] }),
            (40 * MIN + 10 * S, Action::Repair { node: strings[2] }),
            // Two strings are half full after 5 minutes at twice the rate, and the microsecond in which they count as being at `rearm`.
            breaks(50 * MIN, strings[0]),
            breaks(50 * MIN, strings[1]),
            (50 * MIN, Action::Repair { node: feed }),
        ],
    );
    let ran = Ran::new(b, 60 * MIN);
    assert_eq!(
        ran.of(store),
        [
            (30 * MIN + 30 * S, 0),
            (40 * MIN, 1),
            (40 * MIN + 50 * S, 0),
            (50 * MIN + 1, 1)
        ]
    );
    assert_eq!(ran.of(half), [(17 * MIN + 30 * S, 0), (55 * MIN + 1, 1)]);
    assert_eq!(
        ran.of(minutes)[0],
        (10 * MIN, 22),
        "three of four strings hold 22.5 of 30 minutes"
    );
}

#[test]
fn a_flag_whose_two_levels_are_one_used_to_stay_up_until_the_store_was_empty() {
    let mut b = Builder::new();
    let feed = b.unit("feed", tag(), UnitSpec::flag());
    let store = b.buffer("store", tag(), spec(100, 100));
    b.rate(store, feed, Reading::Not, -1);
    b.rate(store, feed, Reading::Flag, 1);
    let above = b.mark(store, "above", tag(), MarkSpec::rising(50, 50));
    let below = b.mark(store, "below", tag(), MarkSpec::falling(50, 50));
    script(
        &mut b,
        vec![
            (10, Action::Break { node: feed, items: 1 }),
            (80, Action::Repair { node: feed }),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(ran.of(above), [(60, 0), (100, 1)]);
    assert_eq!(ran.of(below), [(60, 1), (100, 0)]);
}

#[test]
fn a_mark_above_the_ceiling_used_to_be_reached() {
    let mut b = Builder::new();
    let store = b.buffer(
        "store",
        tag(),
        BufferSpec {
            base_rate: 1,
            ..spec(100, 0)
        },
    );
    let above = b.mark(store, "above", tag(), MarkSpec::rising(150, 150));
    let level = b.level_of(store, "level", tag(), 1);
    script(&mut b, vec![(500, Action::SetRate { node: store, rate: 0 })]);
    let ran = Ran::new(b, 1000);
    assert_eq!(ran.of(above), []);
    assert_eq!(ran.of(level), [(1, 1), (500, 100)]);
}

#[test]
fn a_recharge_used_to_begin_when_the_store_had_run_empty() {
    let mut b = Builder::new();
    let feed = b.unit("feed", tag(), UnitSpec::flag());
    let store = b.buffer(
        "store",
        tag(),
        BufferSpec {
            rearm: 50,
            ..spec(100, 100)
        },
    );
    b.rate(store, feed, Reading::Not, -1);
    b.rate(store, feed, Reading::Flag, 1);
    script(
        &mut b,
        vec![
            (10, Action::Break { node: feed, items: 1 }),
            (300, Action::Repair { node: feed }),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(ran.of(store), [(110, 0), (350, 1)]);
    let back = ran.trace.transitions.last().expect("it came back").record;
    let log = ran.state.records();
    let before = |record: &RecordId| Some(log[record.index()].follows).filter(|&it| it != RecordId::NONE);
    let stages = std::iter::successors(Some(back), before).map(|record| log[record.index()]);
    let stages: Vec<Record> = stages.collect();
    let began = stages.iter().find_map(|record| match record.what {
        What::Stage { node, began } if node == store => Some(began),
        _ => None,
    });
    assert_eq!(began, Some(300), "it fills from when its feed is back");
    assert!(
        stages
            .iter()
            .any(|record| record.at == 300 && matches!(record.what, What::Action { entry: 1, .. })),
        "because its feed is back: {stages:?}"
    );
}

#[test]
fn long_horizons_and_great_levels_do_not_overflow() {
    let year = 365 * 24 * HOUR;
    let mut b = Builder::new();
    // The greatest level there is, at the greatest rate: 2^127 / 2^126 is 2 µs.
    let much = b.unit("much", tag(), UnitSpec::amount(i64::MAX));
    let vast = b.buffer("vast", tag(), spec(i128::MAX, i128::MAX));
    b.rate(vast, much, Reading::Amount, -i64::MAX);
    b.rate(vast, much, Reading::Amount, -i64::MAX);
    // As much again, but for a table, members and a leak, in fine units.
    let fine = b.buffer("fine", tag(), spec(i128::MAX, i128::MAX));
    b.flow(fine, much, Reading::Amount, vec![(0, 0), (i64::MAX, i64::MIN)]);
    b.members(fine, much, Reading::Flag, i64::MAX);
    // A thousand years at one unit in each; a drain of a thousand years by table.
    let slow = b.buffer(
        "slow",
        tag(),
        spec(1000 * i128::from(year), 1000 * i128::from(year)),
    );
    b.rate(slow, much, Reading::Flag, -1);
    let idle = b.unit("idle", tag(), UnitSpec::flag());
    let tabled = b.buffer("tabled", tag(), spec(3, 3));
    b.autonomy(tabled, (much, Reading::Flag), idle, vec![(0, 1000 * year)]);
    // A table of the greatest loads and times.
    let extreme = b.buffer("extreme", tag(), spec(3, 3));
    b.draw(idle, much, Reading::Flag, i64::MAX / 2);
    b.autonomy(
        extreme,
        (much, Reading::Flag),
        idle,
        vec![(i64::MIN, u64::MAX), (i64::MAX, 1)],
    );
    let still = b.buffer("still", tag(), spec(10, 5));
    b.leak(still, u64::MAX, 0);
    let level = b.level_of(vast, "level", tag(), 1);
    script(
        &mut b,
        vec![(
            1,
            Action::SetLevel {
                node: vast,
                ppm: 500_000,
            },
        )],
    );
    let ran = Ran::new(b, 1200 * year);
    assert_eq!(ran.of(vast), [(2, 0)]);
    assert_eq!(ran.start(level), i64::MAX);
    assert_eq!(ran.of(slow), [(1000 * year, 0)]);
    assert_eq!(ran.of(tabled).len(), 1);
    assert!(
        ran.of(tabled)[0].0.abs_diff(1000 * year) <= 1000,
        "{:?}",
        ran.of(tabled)
    );
    assert_eq!(ran.of(still), []);
    assert_eq!(ran.of(fine).len(), 1);
}

#[test]
#[should_panic(expected = "rising order")]
fn a_table_out_of_order_is_refused() {
    let mut b = Builder::new();
    let load = b.unit("load", tag(), UnitSpec::flag());
    let store = b.buffer("store", tag(), spec(1, 1));
    b.flow(store, load, Reading::Amount, vec![(1, 1), (1, 2)]);
}

#[test]
fn a_flag_that_drains_its_own_store_turns_once_in_an_instant() {
    // Filled by one, drained by two while the flag is up, which rises and falls at the same level: the level stays at the mark, and the flag
    // turns every microsecond, but never twice at one time.
    let mut b = Builder::new();
    let store = b.buffer(
        "store",
        tag(),
        BufferSpec {
            ceiling: 1_000,
            start: 90,
            rearm: 1,
            base_rate: 1,
        },
    );
    let full = b.mark(store, "full", tag(), MarkSpec::rising(100, 100));
    b.rate(store, full, Reading::Flag, -2);
    let ran = Ran::new(b, 20);
    let turns = ran.of(full);
    // At 10 it rises and falls again, which nobody sees.
    assert_eq!(turns[0], (11, 1));
    assert!(turns.len() > 4, "{turns:?}");
    assert!(turns.windows(3).all(|three| three[0].0 < three[2].0), "{turns:?}");
}
