//! The meter against histories that can be worked by hand, and against outages found by looking back.

use super::*;
use crate::kernel::scripted::{script, tag};
use crate::kernel::{
    Action, Builder, Clock, Limits, Observe, Scratch, State, Trace, Transition, UnitSpec, View, run,
};
use crate::observe::history::{History, Readings};
use crate::observe::outages::{Thresholds, outages_of};
use crate::random::{Key, Law};

const HOUR: u64 = 3_600_000_000;
const DAY: u64 = 24 * HOUR;

fn hours(count: u64) -> i64 {
    i64::try_from(count * HOUR).expect("few hours")
}

/// What a meter sees of a level that is full at first and then takes these values.
fn seen(watch: Watch, span: Span, changes: &[(u64, i64)]) -> Seen {
    let mut meter = Meter::new(watch, span);
    let mut before = watch.full;
    for &(at, to) in changes {
        meter.changes(at, before, to);
        before = to;
    }
    meter.finish(before, span.horizon_us(&[watch]))
}

fn level() -> Watch {
    Watch::level(NodeId::new(0))
}

fn span(warm_up_us: u64, years: u32) -> Span {
    Span { warm_up_us, years }
}

#[test]
fn an_outage_lasts_until_it_is_well_for_a_day() {
    let seen = seen(
        level(),
        span(0, 1),
        &[
            (10 * DAY, 300_000),
            (10 * DAY + 2 * HOUR, 800_000),
            (10 * DAY + 3 * HOUR, 1_000_000),
            // Down again before a day is over: the same outage.
            (10 * DAY + 20 * HOUR, 0),
            (10 * DAY + 21 * HOUR, 1_000_000),
            (200 * DAY, 0),
            (200 * DAY + HOUR, 1_000_000),
        ],
    );
    let totals = seen.totals;
    assert_eq!((totals.falls, totals.outages, totals.not_ended), (3, 2, 0));
    assert_eq!(totals.down_us, hours(4));
    assert_eq!(totals.degraded_us, hours(1));
    // 0.7 of two hours, 0.2 of one, and two whole ones.
    assert_eq!(totals.lost_us, hours(36) / 10);
    assert_eq!(totals.outage_us, hours(22));
    assert_eq!(totals.longest_us, hours(21));
    let listed: Vec<(u64, i64)> = seen.outages.iter().map(|o| (o.from_us, o.length_us)).collect();
    assert_eq!(listed, [(10 * DAY, hours(21)), (200 * DAY, hours(1))]);
}

#[test]
fn what_lasts_no_time_is_not_seen() {
    let blink = seen(level(), span(0, 1), &[(DAY, 0), (DAY, 1_000_000)]);
    assert_eq!(blink.totals, Totals::default());
    let deeper = seen(
        level(),
        span(0, 1),
        &[(DAY, 600_000), (DAY, 0), (DAY + HOUR, 1_000_000)],
    );
    assert_eq!((deeper.totals.falls, deeper.totals.degraded_us), (1, 0));
}

#[test]
fn the_warm_up_leaves_behind_the_state_that_is_found() {
    let found_down = seen(
        level(),
        span(100 * DAY, 1),
        &[(99 * DAY, 0), (101 * DAY, 1_000_000)],
    );
    // It was lost before the years began: a day of it counts, but no fall and no outage.
    assert_eq!(found_down.totals.down_us, hours(24));
    assert_eq!(found_down.totals.outage_us, hours(24));
    assert_eq!((found_down.totals.falls, found_down.totals.outages), (0, 0));
    let from_the_start = seen(
        Watch {
            full: 1,
            down_below: 1,
            ..Watch::flag(NodeId::new(0))
        },
        span(0, 1),
        &[(0, 0), (HOUR, 1)],
    );
    assert_eq!(
        (from_the_start.totals.falls, from_the_start.totals.outages),
        (0, 0)
    );
    assert_eq!(from_the_start.totals.down_us, hours(1));
}

#[test]
fn years_add_up_to_the_whole_and_an_outage_belongs_to_the_year_of_its_beginning() {
    let new_year = DAY + YEAR_US;
    let end = DAY + 3 * YEAR_US;
    let seen = seen(
        level(),
        span(DAY, 3),
        &[
            (new_year - 3 * HOUR, 0),
            (new_year + 5 * HOUR, 1_000_000),
            // Begins in the last year, and ends after it.
            (end - 2 * HOUR, 0),
            (end + 4 * HOUR, 1_000_000),
            // Begins after the last year.
            (end + 20 * HOUR, 0),
        ],
    );
    assert_eq!(seen.years.len(), 3);
    let down: Vec<i64> = seen.years.iter().map(|year| year.down_us).collect();
    assert_eq!(down, [hours(3), hours(5), hours(2)]);
    let longest: Vec<i64> = seen.years.iter().map(|year| year.longest_us).collect();
    // The second outage goes on: it was down again within a day, and the replication is over before it is well.
    assert_eq!(longest, [hours(8), 0, hours(26)]);
    assert_eq!(seen.totals.not_ended, 1);
    assert_eq!(
        seen.outages.last().map(|outage| outage.length_us),
        Some(NOT_ENDED)
    );
    assert_eq!(seen.totals.outages, 2);
    assert_eq!(seen.totals.falls, 2);
    assert_eq!(seen.totals.down_us, down.iter().sum::<i64>());
    assert_eq!(
        seen.totals.lost_us,
        seen.years.iter().map(|year| year.lost_us).sum::<i64>()
    );
    assert_eq!(
        seen.totals.outage_us,
        seen.years.iter().map(|year| year.outage_us).sum::<i64>()
    );
}

/// Keeps the changes, and has meters besides.
struct Both {
    trace: Trace,
    watching: Watching,
}

impl Observe for Both {
    const CAUSES: bool = true;

    fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>) {
        self.trace.settled(at, batch, view);
        self.watching.take_in(at, batch);
    }
}

/// A unit that fails every some hours and is repaired by a script at fixed times, so that the stretches between are of all lengths.
#[test]
fn outages_in_passing_are_those_found_by_looking_back() {
    let mut builder = Builder::new();
    let spec = UnitSpec {
        clocks: vec![Clock::new(Law::exponential((40 * HOUR) as f64).expect("a law"))],
        ..UnitSpec::flag()
    };
    let unit = builder.unit("unit", tag(), spec);
    let repairs = (1..400)
        .map(|number| (number * 22 * HOUR, Action::Repair { node: unit }))
        .collect();
    script(&mut builder, repairs);
    let net = builder.finish().expect("a sound network");
    for settled_for_us in [0, DAY] {
        let watch = Watch {
            settled_for_us,
            ..Watch::flag(unit)
        };
        let span = span(0, 1);
        let horizon = span.horizon_us(&[watch]);
        let mut both = Both {
            trace: Trace::default(),
            watching: Watching::new(&net, &[watch, watch], span),
        };
        let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
        let limits = Limits {
            horizon_us: horizon,
            events_max: 1_000_000,
            settlings_max: 1_000,
        };
        run(&net, &mut state, &mut scratch, Key::new(3, 0), limits, &mut both).expect("an end");
        let passing = both.watching.finish(&state);
        assert_eq!(passing[0], passing[1], "two watches of one node see the same");
        let readings = Readings::new(&net);
        let history = History::new(&net, &readings, &state, &both.trace.transitions, horizon);
        let thresholds = Thresholds {
            down_below: 1,
            recovered_at: 1,
            settled_for_us: Some(settled_for_us),
        };
        let found: Vec<(u64, i64)> = outages_of(&history, unit, thresholds)
            .iter()
            .filter(|outage| outage.from < span.end_us())
            .map(|outage| {
                let length = outage
                    .to
                    .map(|to| i64::try_from(to - outage.from).expect("small"));
                (outage.from, length.unwrap_or(NOT_ENDED))
            })
            .collect();
        let listed: Vec<(u64, i64)> = passing[0]
            .outages
            .iter()
            .map(|outage| (outage.from_us, outage.length_us))
            .collect();
        assert!(listed.len() > 40, "{}", listed.len());
        assert_eq!(listed, found);
    }
}

/// Tells the owner of the root, as its number.
struct Owners<'a>(&'a crate::kernel::Netlist, Watch);

impl Tell for Owners<'_> {
    fn tell(&self, history: &History<'_>, _watch: usize, at: u64) -> Told {
        let cause = crate::observe::causes::cause_of(history, self.1.node, self.1.down_below, at);
        let root = cause
            .root
            .and_then(|root| history.record(root))
            .map(|record| record.what);
        match root {
            Some(crate::kernel::What::Life { node }) => Told {
                class: 0,
                root: i64::from(self.0.tag(node).owner),
            },
            _ => Told::default(),
        }
    }
}

/// Two in parallel, and a third in series with them; each is repaired by a work of its own.
fn two_and_one() -> (crate::kernel::Netlist, NodeId) {
    use crate::kernel::{Call, Effect, Reading, Tag, Takes, Way, WorkSpec};
    let mut builder = Builder::new();
    let law = |hours: u64| Law::exponential((hours * HOUR) as f64).expect("a law");
    let unit = |builder: &mut Builder, owner: u32, lives_h: u64| {
        let tag = Tag { owner, part: 0 };
        let spec = UnitSpec {
            clocks: vec![Clock::new(law(lives_h))],
            ..UnitSpec::flag()
        };
        let unit = builder.unit(format!("unit-{owner}"), tag, spec);
        let repair = WorkSpec {
            call: Call::When(unit, Reading::Not),
            ways: vec![Way {
                name: "repair".to_owned(),
                needs: Vec::new(),
                crew: Vec::new(),
                parts: Vec::new(),
                takes: Takes::Once(law(20)),
                errs_ppm: 0,
                patience_us: u64::MAX,
            }],
            effects: vec![Effect::Act(Action::Repair { node: unit })],
            ..WorkSpec::default()
        };
        builder.work(format!("repair-{owner}"), tag, repair);
        unit
    };
    let (a, b, c) = (
        unit(&mut builder, 1, 200),
        unit(&mut builder, 2, 200),
        unit(&mut builder, 3, 2_000),
    );
    let either = builder.any("either", tag(), &[(a, Reading::Flag), (b, Reading::Flag)]);
    let both = builder.all("both", tag(), &[(either, Reading::Flag), (c, Reading::Flag)]);
    (builder.finish().expect("a sound network"), both)
}

#[test]
fn forgetting_the_past_changes_no_root() {
    let (net, node) = two_and_one();
    let watch = Watch::flag(node);
    let owners = Owners(&net, watch);
    let span = span(10 * DAY, 8);
    let horizon = span.horizon_us(&[watch]);
    let limits = Limits {
        horizon_us: horizon,
        events_max: 10_000_000,
        settlings_max: 1_000,
    };
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    let mut told = [0; 4];
    for replication in 0..3 {
        let key = Key::new(11, replication);
        let mut tracing = Tracing::new(&net, &[watch], span, &owners);
        run(&net, &mut state, &mut scratch, key, limits, &mut tracing).expect("an end");
        let kept = state.records().len();
        let seen = tracing.finish(&state, horizon);
        let mut trace = Trace::default();
        run(&net, &mut state, &mut scratch, key, limits, &mut trace).expect("an end");
        let whole = state.records().len();
        assert!(
            whole > 1_000 && kept < whole / 5,
            "{kept} of {whole} entries were kept"
        );
        let readings = Readings::new(&net);
        let history = History::new(&net, &readings, &state, &trace.transitions, horizon);
        for outage in &seen[0].outages {
            assert_eq!(
                Told {
                    class: outage.class,
                    root: outage.root
                },
                owners.tell(&history, 0, outage.from_us),
                "{outage:?}"
            );
            told[usize::try_from(outage.root).expect("a root")] += 1;
        }
    }
    assert!(
        told[0] == 0 && told[1..].iter().all(|&count| count > 5),
        "{told:?}"
    );
}
