//! Units that follow a table of steps over time.

use super::work::{course, job};
use super::*;
use crate::kernel::scripted::{fixed, script, tag};

/// An hour, in microseconds.
const H: u64 = 60 * MIN;

/// From eight to sixteen, every day; the replication begins at `begins`.
fn by_day(begins: u64) -> Profile {
    Profile {
        steps: vec![(0, 0), (8 * H, 1), (12 * H, 1), (16 * H, 0)],
        period_us: 24 * H,
        whole: 1,
        begins_us: begins,
    }
}

#[test]
fn a_profile_goes_round_and_steps_that_change_nothing_are_left_out() {
    let mut b = Builder::new();
    let hours = b.profile("hours", tag(), by_day(0));
    let heads = b.unit("heads", tag(), UnitSpec::amount(3));
    b.follow(heads, hours);
    let ran = Ran::new(b, 49 * H);
    assert_eq!(ran.of(heads), [(8 * H, 3), (16 * H, 0), (32 * H, 3), (40 * H, 0)]);
    // The beginning of the second and the third day change nothing, noon is no step at all.
    assert_eq!(ran.state.events(), 6);
    assert_eq!(ran.net.profile_name(hours), "hours");
    assert_eq!(ran.net.profile_tag(hours), tag());
    assert_eq!(ran.net.profile(hours).steps.len(), 3);
}

#[test]
fn a_replication_begins_somewhere_in_the_period() {
    let mut b = Builder::new();
    let hours = b.profile("hours", tag(), by_day(10 * H));
    let heads = b.unit("heads", tag(), UnitSpec::amount(3));
    b.follow(heads, hours);
    // On from the beginning, which is no transition.
    assert_eq!(Ran::new(b, 23 * H).of(heads), [(6 * H, 0), (22 * H, 3)]);
}

#[test]
fn units_share_a_table_and_keep_their_own_amount_failures_and_holds() {
    let mut b = Builder::new();
    let profile = Profile {
        steps: vec![(0, 1_000), (10, 666), (20, 333)],
        period_us: 30,
        whole: 1_000,
        begins_us: 0,
    };
    let load = b.profile("load", tag(), profile);
    let (large, small) = (
        b.unit("large", tag(), UnitSpec::amount(10_000)),
        b.unit("small", tag(), UnitSpec::amount(10)),
    );
    b.follow(large, load);
    b.follow(small, load);
    let amount = |at, node, amount| (at, Action::SetAmount { node, amount });
    let items = |at, node, items| (at, Action::Break { node, items });
    script(
        &mut b,
        vec![
            amount(5, small, 100),
            items(15, large, 4_000),
            items(25, small, 1_000),
            (35, Action::Repair { node: small }),
        ],
    );
    let ran = Ran::new(b, 40);
    assert_eq!(
        ran.of(large),
        [(10, 6_660), (15, 3_996), (20, 1_998), (30, 6_000), (40, 3_996)]
    );
    assert_eq!(
        ran.of(small),
        [(5, 100), (10, 66), (20, 33), (25, 0), (35, 100), (40, 66)]
    );
}

#[test]
fn a_table_without_a_period_ends_and_a_table_of_one_step_has_no_timer() {
    let mut b = Builder::new();
    let once = Profile {
        steps: vec![(0, 2), (7, 1)],
        period_us: u64::MAX,
        whole: 2,
        begins_us: 3,
    };
    let ever = Profile {
        steps: vec![(0, 1), (5, 1)],
        period_us: 10,
        whole: 2,
        begins_us: 0,
    };
    let (once, ever) = (b.profile("once", tag(), once), b.profile("ever", tag(), ever));
    let (a, c) = (
        b.unit("a", tag(), UnitSpec::amount(8)),
        b.unit("c", tag(), UnitSpec::amount(8)),
    );
    b.follow(a, once);
    b.follow(c, ever);
    let ran = Ran::new(b, 1_000);
    assert_eq!(ran.of(a), [(4, 4)]);
    assert_eq!((ran.of(c), ran.state.value(c)), (vec![], 4));
    assert_eq!(ran.state.events(), 1);
}

#[test]
fn what_a_step_sets_off_goes_back_to_the_calendar() {
    let mut b = Builder::new();
    let hours = b.profile("hours", tag(), by_day(0));
    let heads = b.unit("heads", tag(), UnitSpec::amount(3));
    b.follow(heads, hours);
    let enough = b.all("enough", tag(), &[(heads, Reading::AtLeast(2))]);
    let ran = Ran::new(b, 9 * H);
    let change = ran.trace.transitions.iter().find(|change| change.node == enough);
    let record = ran.state.records()[change.expect("it changed").record.index()];
    let root = ran.state.records()[record.follows.index()];
    assert_eq!(root.what, What::Calendar { profile: hours });
    assert_eq!((root.at, root.follows), (8 * H, RecordId::NONE));
}

#[test]
fn work_stops_at_the_end_of_the_shift_and_goes_on_in_the_morning() {
    let mut b = Builder::new();
    let hours = b.profile("hours", tag(), by_day(8 * H));
    let heads = b.unit("heads", tag(), UnitSpec::amount(1));
    b.follow(heads, hours);
    let crew = b.crew("crew", tag(), vec![heads]);
    let long = WorkSpec {
        heads_leave: HeadsLeave::Stop,
        ..job(vec![(crew, 1)], fixed(20 * H), 0)
    };
    let long = b.work("long", tag(), long);
    super::work::calls(&mut b, vec![(H, long)]);
    let ran = Ran::new(b, 100 * H);
    // Seven hours on the first day, eight on the second, five on the third.
    let pauses = Phase::Paused(Wait::Crew(crew));
    assert_eq!(
        course(&ran, 0),
        [
            (H, Phase::Running(0)),
            (8 * H, pauses),
            (24 * H, Phase::Running(0)),
            (32 * H, pauses),
            (48 * H, Phase::Running(0)),
            (53 * H, Phase::Ended(Outcome::Done)),
        ]
    );
}

#[test]
#[should_panic(expected = "the steps of a profile stand in the order of time")]
fn a_table_that_does_not_rise_is_a_mistake() {
    let mut wrong = by_day(0);
    wrong.steps.swap(1, 2);
    Builder::new().profile("wrong", tag(), wrong);
}
