//! Work: whose turn it is, who gives way to whom, who leaves, what comes from outside.

use super::*;
use crate::kernel::scripted::{fixed, script, tag};

/// Calls for works at times.
struct Caller(Vec<(u64, WorkId)>);

impl Agent for Caller {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, _view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => {
                for (entry, &(at, _)) in (0u32..).zip(&self.0) {
                    orders.timer(at, entry, entry);
                }
            }
            Wake::Timer(entry) => orders.call(self.0[entry as usize].1, entry),
            _ => {}
        }
    }
}

/// Makes these calls; equal times keep their order.
pub(super) fn calls(builder: &mut Builder, calls: Vec<(u64, WorkId)>) {
    builder.agent("caller", tag(), Box::new(Caller(calls)), Vec::new());
}

/// A crew of so many heads that are always there.
pub(super) fn crew_of(builder: &mut Builder, name: &str, heads: i64) -> CrewId {
    let present = builder.unit(format!("heads of {name}"), tag(), UnitSpec::amount(heads));
    builder.crew(name, tag(), vec![present])
}

/// A way that takes these heads for a time.
pub(super) fn way(crew: Vec<(CrewId, u32)>, takes: Law) -> Way {
    Way {
        name: "by hand".into(),
        needs: Vec::new(),
        crew,
        takes: Takes::Once(takes),
        errs_ppm: 0,
        patience_us: u64::MAX,
        ..Way::default()
    }
}

/// A work that is called for by an agent, with a priority of its own.
pub(super) fn job(crew: Vec<(CrewId, u32)>, takes: Law, priority: u32) -> WorkSpec {
    WorkSpec {
        ways: vec![way(crew, takes)],
        priority: Some(priority),
        ..WorkSpec::default()
    }
}

/// What a call does, from when on.
pub(super) type Course = Vec<(u64, Phase)>;

/// The course of a call, by its number among all calls.
pub(super) fn course(ran: &Ran, call: usize) -> Course {
    let mut course = Vec::new();
    let mut next = ran.state.instances()[call].last_phase;
    while let Some(row) = ran.state.phases().get(next as usize) {
        course.insert(0, (row.at, row.phase));
        next = row.before;
    }
    course
}

const DONE: Phase = Phase::Ended(Outcome::Done);

/// A call of 100 µs, and at 30 µs one of better priority that takes 20 µs, for one head.
fn one_gives_way(preempted: Preempted) -> (Course, Course, CrewId) {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    let low = WorkSpec {
        preempted,
        ..job(vec![(crew, 1)], fixed(100), 1)
    };
    let low = b.work("low", tag(), low);
    let high = b.work("high", tag(), job(vec![(crew, 1)], fixed(20), 0));
    calls(&mut b, vec![(0, low), (30, high)]);
    let ran = Ran::new(b, 1_000);
    (course(&ran, 0), course(&ran, 1), crew)
}

#[test]
fn work_that_may_not_be_preempted_goes_on() {
    let (low, high, crew) = one_gives_way(Preempted::Never);
    assert_eq!(low, [(0, Phase::Running(0)), (100, DONE)]);
    let waits = Phase::Waiting(Wait::Crew(crew));
    assert_eq!(high, [(30, waits), (100, Phase::Running(0)), (120, DONE)]);
}

#[test]
fn preempted_work_goes_on_with_what_was_left_of_it() {
    let (low, high, crew) = one_gives_way(Preempted::Resume);
    assert_eq!(high, [(30, Phase::Running(0)), (50, DONE)]);
    let pauses = Phase::Paused(Wait::Crew(crew));
    assert_eq!(
        low,
        [
            (0, Phase::Running(0)),
            (30, pauses),
            (50, Phase::Running(0)),
            (120, DONE)
        ]
    );
}

#[test]
fn preempted_work_starts_again_from_nothing_where_it_must() {
    let (low, _, crew) = one_gives_way(Preempted::Restart);
    let pauses = Phase::Paused(Wait::Crew(crew));
    assert_eq!(
        low,
        [
            (0, Phase::Running(0)),
            (30, pauses),
            (50, Phase::Running(0)),
            (150, DONE)
        ]
    );
}

#[test]
fn equal_priorities_do_not_preempt_and_a_crew_to_which_all_are_alike_knows_no_better_one() {
    let mut b = Builder::new();
    let (same, alike) = (crew_of(&mut b, "same", 1), crew_of(&mut b, "alike", 1));
    b.crew_rules(
        alike,
        CrewRules {
            turns: Turns::Alike(Among::FirstCome),
            ..CrewRules::default()
        },
    );
    let yielding = |crew, priority| WorkSpec {
        preempted: Preempted::Resume,
        ..job(vec![(crew, 1)], fixed(100), priority)
    };
    let a = b.work("a", tag(), yielding(same, 5));
    let c = b.work("c", tag(), yielding(same, 5));
    let d = b.work("d", tag(), yielding(alike, 5));
    let e = b.work("e", tag(), yielding(alike, 0));
    calls(&mut b, vec![(0, a), (0, d), (10, c), (10, e)]);
    let ran = Ran::new(b, 1_000);
    for (call, crew) in [(2, same), (3, alike)] {
        let waits = Phase::Waiting(Wait::Crew(crew));
        assert_eq!(
            course(&ran, call),
            [(10, waits), (100, Phase::Running(0)), (200, DONE)]
        );
    }
}

#[test]
fn nobody_gives_way_in_vain() {
    let mut b = Builder::new();
    let (masons, cranes) = (crew_of(&mut b, "masons", 1), crew_of(&mut b, "cranes", 1));
    let low = WorkSpec {
        preempted: Preempted::Resume,
        ..job(vec![(masons, 1)], fixed(100), 7)
    };
    let low = b.work("low", tag(), low);
    let lifting = b.work("lifting", tag(), job(vec![(cranes, 1)], fixed(60), 8));
    let both = b.work("both", tag(), job(vec![(masons, 1), (cranes, 1)], fixed(10), 0));
    calls(&mut b, vec![(0, low), (0, lifting), (30, both)]);
    let ran = Ran::new(b, 1_000);
    // The crane does not give way: the mason goes on until the crane is free, and only then makes room.
    let waits = Phase::Waiting(Wait::Crew(masons));
    assert_eq!(
        course(&ran, 2),
        [(30, waits), (60, Phase::Running(0)), (70, DONE)]
    );
    let pauses = Phase::Paused(Wait::Crew(masons));
    assert_eq!(
        course(&ran, 0),
        [
            (0, Phase::Running(0)),
            (60, pauses),
            (70, Phase::Running(0)),
            (110, DONE)
        ]
    );
}

#[test]
fn no_more_give_way_than_are_needed() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 3);
    let yielding = |heads, priority| WorkSpec {
        preempted: Preempted::Resume,
        ..job(vec![(crew, heads)], fixed(100), priority)
    };
    let one = b.work("one", tag(), yielding(1, 9));
    let two = b.work("two", tag(), yielding(2, 8));
    let urgent = b.work("urgent", tag(), job(vec![(crew, 2)], fixed(10), 0));
    calls(&mut b, vec![(0, one), (0, two), (30, urgent)]);
    let ran = Ran::new(b, 1_000);
    // The worst alone would not be enough, and with the other it is not needed.
    assert_eq!(course(&ran, 0), [(0, Phase::Running(0)), (100, DONE)]);
    assert_eq!(course(&ran, 1).last(), Some(&(110, DONE)));
    assert_eq!(course(&ran, 2), [(30, Phase::Running(0)), (40, DONE)]);
}

#[test]
fn the_heads_that_preemption_leaves_over_are_given_to_others() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 2);
    let wide = WorkSpec {
        preempted: Preempted::Resume,
        ..job(vec![(crew, 2)], fixed(100), 9)
    };
    let wide = b.work("wide", tag(), wide);
    let small = b.work("small", tag(), job(vec![(crew, 1)], fixed(10), 9));
    let urgent = b.work("urgent", tag(), job(vec![(crew, 1)], fixed(50), 0));
    calls(&mut b, vec![(0, wide), (10, small), (30, urgent)]);
    let ran = Ran::new(b, 1_000);
    let waits = Phase::Waiting(Wait::Crew(crew));
    assert_eq!(
        course(&ran, 1),
        [(10, waits), (30, Phase::Running(0)), (40, DONE)]
    );
    assert_eq!(course(&ran, 0).last(), Some(&(150, DONE)));
}

#[test]
fn what_was_begun_with_a_tool_that_is_gone_is_done_anew_by_the_next_way() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    let tool = b.unit("tool", tag(), UnitSpec::flag());
    let automated = Way {
        needs: vec![(tool, Reading::Flag)],
        patience_us: 5,
        ..way(vec![(crew, 1)], fixed(100))
    };
    let low = WorkSpec {
        ways: vec![automated, way(vec![(crew, 1)], fixed(300))],
        priority: Some(1),
        preempted: Preempted::Resume,
        ..WorkSpec::default()
    };
    let low = b.work("low", tag(), low);
    let high = b.work("high", tag(), job(vec![(crew, 1)], fixed(20), 0));
    calls(&mut b, vec![(0, low), (30, high)]);
    script(&mut b, vec![(40, Action::Break { node: tool, items: 1 })]);
    let ran = Ran::new(b, 1_000);
    let pauses = Phase::Paused(Wait::Crew(crew));
    assert_eq!(
        course(&ran, 0),
        [
            (0, Phase::Running(0)),
            (30, pauses),
            (50, Phase::Running(1)),
            (350, DONE)
        ]
    );
}

/// Two heads: one is at work for 100 µs, the first in line needs both, the second one.
fn line(passing: Passing) -> [u64; 2] {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 2);
    b.crew_rules(
        crew,
        CrewRules {
            passing,
            ..CrewRules::default()
        },
    );
    let first = b.work("first", tag(), job(vec![(crew, 1)], fixed(100), 5));
    let both = b.work("both", tag(), job(vec![(crew, 2)], fixed(10), 0));
    let one = b.work("one", tag(), job(vec![(crew, 1)], fixed(20), 1));
    calls(&mut b, vec![(0, first), (5, both), (6, one)]);
    let ran = Ran::new(b, 1_000);
    [1, 2].map(|call| ran.state.instances()[call].ended_at)
}

#[test]
fn a_later_call_passes_one_that_cannot_be_staffed_unless_the_crew_is_strict() {
    assert_eq!(line(Passing::Allowed), [110, 26]);
    assert_eq!(line(Passing::Strict), [110, 130]);
}

#[test]
fn equal_priorities_can_be_served_in_the_order_of_the_calls() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    b.crew_rules(
        crew,
        CrewRules {
            turns: Turns::Priority(Among::FirstCome),
            ..CrewRules::default()
        },
    );
    let works: Vec<WorkId> = (0..4)
        .map(|number| b.work(format!("w{number}"), tag(), job(vec![(crew, 1)], fixed(10), 3)))
        .collect();
    let better = b.work("better", tag(), job(vec![(crew, 1)], fixed(10), 2));
    let order = [0, 3, 1, 3, 2, 0, 1];
    let mut list: Vec<(u64, WorkId)> = (0u64..).zip(order).map(|(at, work)| (at, works[work])).collect();
    list.push((7, better));
    calls(&mut b, list);
    let ran = Ran::new(b, 1_000);
    let ends: Vec<u64> = ran.state.instances().iter().map(|call| call.ended_at).collect();
    assert_eq!(ends, [10, 30, 40, 50, 60, 70, 80, 20]);
}

/// One head by day, who leaves at 60 µs, and one who comes at `night`; a call that takes 100 µs, and a small one at 60 µs.
fn shifts(heads_leave: HeadsLeave, night: u64) -> (Ran, CrewId) {
    let mut b = Builder::new();
    let day = b.unit("day", tag(), UnitSpec::flag());
    let away = b.reason("away");
    let late = b.unit(
        "night",
        tag(),
        UnitSpec {
            held: vec![away],
            ..UnitSpec::flag()
        },
    );
    let crew = b.crew("crew", tag(), vec![day, late]);
    let long = WorkSpec {
        heads_leave,
        ..job(vec![(crew, 1)], fixed(100), 0)
    };
    let long = b.work("long", tag(), long);
    let small = b.work("small", tag(), job(vec![(crew, 1)], fixed(10), 1));
    let (hold, lift) = (
        Action::Hold {
            node: day,
            reason: away,
        },
        Action::Lift {
            node: late,
            reason: away,
        },
    );
    script(&mut b, vec![(60, hold), (night, lift)]);
    calls(&mut b, vec![(0, long), (60, small)]);
    (Ran::new(b, 1_000), crew)
}

#[test]
fn work_is_handed_over_to_the_next_shift_with_a_loss() {
    let (ran, crew) = shifts(HeadsLeave::HandOver { lost_ppm: 500_000 }, 60);
    // Of 60 µs half is lost: 40 and 30 are left.
    assert_eq!(
        course(&ran, 0),
        [(0, Phase::Running(0)), (60, Phase::Running(0)), (130, DONE)]
    );
    let waits = Phase::Waiting(Wait::Crew(crew));
    assert_eq!(
        course(&ran, 1),
        [(60, waits), (130, Phase::Running(0)), (140, DONE)]
    );
}

#[test]
fn work_that_stops_with_the_shift_goes_on_with_the_next_and_loses_nothing() {
    let (ran, crew) = shifts(HeadsLeave::Stop, 80);
    assert_eq!(
        course(&ran, 0),
        [
            (0, Phase::Running(0)),
            (60, Phase::Paused(Wait::Crew(crew))),
            (80, Phase::Running(0)),
            (120, DONE)
        ]
    );
}

#[test]
fn work_in_overtime_is_finished_by_those_who_began_it_beside_the_next_shift() {
    let (ran, _) = shifts(HeadsLeave::Overtime, 60);
    assert_eq!(course(&ran, 0), [(0, Phase::Running(0)), (100, DONE)]);
    assert_eq!(course(&ran, 1), [(60, Phase::Running(0)), (70, DONE)]);
}

#[test]
fn of_those_who_remain_the_best_priority_goes_on_and_none_does_the_work_of_two() {
    let mut b = Builder::new();
    let heads = b.unit("heads", tag(), UnitSpec::amount(3));
    let crew = b.crew("crew", tag(), vec![heads]);
    let works: Vec<WorkId> = (0u32..3)
        .map(|number| {
            let spec = WorkSpec {
                heads_leave: HeadsLeave::Stop,
                ..job(vec![(crew, 1)], fixed(100), number)
            };
            b.work(format!("w{number}"), tag(), spec)
        })
        .collect();
    let fewer = |at, amount| (at, Action::SetAmount { node: heads, amount });
    script(&mut b, vec![fewer(40, 1), fewer(70, 2)]);
    calls(&mut b, works.iter().map(|&work| (0, work)).collect());
    let ran = Ran::new(b, 1_000);
    let ends: Vec<u64> = ran.state.instances().iter().map(|call| call.ended_at).collect();
    // The second goes on at 70 with 60 left; the third when the first is done.
    assert_eq!(ends, [100, 130, 160]);
}

#[test]
fn calls_come_from_outside_while_their_flag_holds_and_what_was_left_of_a_time_is_kept() {
    let mut b = Builder::new();
    let open = b.unit("open", tag(), UnitSpec::flag());
    let wanted = b.unit("wanted", tag(), UnitSpec::flag());
    let spec = WorkSpec {
        call: Call::Arrivals {
            law: fixed(10),
            runs: Some((open, Reading::Flag)),
        },
        keep: Some((wanted, Reading::Flag)),
        ways: vec![way(Vec::new(), fixed(7))],
        ..WorkSpec::default()
    };
    b.work("visits", tag(), spec);
    let closed = b.reason("closed");
    let (hold, lift) = (
        |node| Action::Hold { node, reason: closed },
        |node| Action::Lift { node, reason: closed },
    );
    script(
        &mut b,
        vec![
            (24, hold(open)),
            (44, lift(open)),
            (62, hold(wanted)),
            (75, lift(wanted)),
        ],
    );
    let ran = Ran::new(b, 85);
    let calls = ran.state.instances();
    // The third comes at 30 and twenty more; the fifth, at 70, is turned away.
    let times: Vec<(u64, Option<Outcome>)> =
        calls.iter().map(|call| (call.called_at, call.outcome)).collect();
    assert_eq!(
        times,
        [
            (10, Some(Outcome::Done)),
            (20, Some(Outcome::Done)),
            (50, Some(Outcome::Done)),
            (60, Some(Outcome::Dropped)),
            (80, None)
        ]
    );
}

#[test]
fn tries_beyond_the_two_hundred_and_fifty_sixth_draw_afresh() {
    let mut b = Builder::new();
    let spec = WorkSpec {
        ways: vec![Way {
            errs_ppm: 999_000,
            ..way(Vec::new(), fixed(1))
        }],
        ..WorkSpec::default()
    };
    let works: Vec<WorkId> = (0..20)
        .map(|number| b.work(format!("w{number}"), tag(), spec.clone()))
        .collect();
    calls(&mut b, works.iter().map(|&work| (0, work)).collect());
    let ran = Ran::new(b, 40_000);
    // Each is done at last: none goes on for 40,000 tries by chance with a probability above 20 · 0.999^40000 = 8e-17.
    assert!(
        ran.state
            .instances()
            .iter()
            .all(|call| call.outcome == Some(Outcome::Done))
    );
    assert!(ran.state.instances().iter().any(|call| call.attempt > 512));
}

/// Somebody who is well until broken, at a rank of those served.
fn served(b: &mut Builder, name: &str, rank: u32) -> (NodeId, (u32, NodeId, i64)) {
    let node = b.unit(name, tag(), UnitSpec::flag());
    (node, (rank, node, 1))
}

#[test]
fn whoever_waits_changes_places_when_those_served_fall_and_rise() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    let (first, by_first) = served(&mut b, "first", 1);
    let (second, by_second) = served(&mut b, "second", 2);
    let serving = |serves| WorkSpec {
        ways: vec![way(vec![(crew, 1)], fixed(10))],
        serves: vec![serves],
        ..WorkSpec::default()
    };
    let busy = b.work("busy", tag(), job(vec![(crew, 1)], fixed(100), 0));
    let a = b.work("a", tag(), serving(by_first));
    let c = b.work("c", tag(), serving(by_second));
    let broken = |at, node| (at, Action::Break { node, items: 1 });
    // First comes the work for the second, who is down alone; then that for the first, who fell meanwhile and rose again for the second
    // time in vain.
    script(
        &mut b,
        vec![
            broken(10, second),
            broken(50, first),
            (60, Action::Repair { node: first }),
            broken(105, first),
        ],
    );
    calls(&mut b, vec![(0, busy), (5, a), (6, c), (7, a), (8, c)]);
    let ran = Ran::new(b, 1_000);
    let ends: Vec<u64> = ran.state.instances().iter().map(|call| call.ended_at).collect();
    // At 100 only the second is down: its work goes first; at 110 the first is down as well, and its two works go before the other.
    assert_eq!(ends, [100, 120, 110, 130, 140]);
}

#[test]
fn work_gives_way_in_the_instant_in_which_another_becomes_more_urgent() {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    let (first, by_first) = served(&mut b, "first", 1);
    let (third, by_third) = served(&mut b, "third", 3);
    let serving = |serves| WorkSpec {
        ways: vec![way(vec![(crew, 1)], fixed(100))],
        serves: vec![serves],
        preempted: Preempted::Resume,
        ..WorkSpec::default()
    };
    let low = b.work("low", tag(), serving(by_third));
    let high = b.work("high", tag(), serving(by_first));
    let broken = |at, node| (at, Action::Break { node, items: 1 });
    script(&mut b, vec![broken(0, third), broken(50, first)]);
    calls(&mut b, vec![(1, low), (20, high)]);
    let ran = Ran::new(b, 1_000);
    let waits = Phase::Waiting(Wait::Crew(crew));
    assert_eq!(
        course(&ran, 1),
        [(20, waits), (50, Phase::Running(0)), (150, DONE)]
    );
    assert_eq!(course(&ran, 0).last(), Some(&(201, DONE)));
}

/// A number below `bound` from a small generator of its own.
fn pick(seed: &mut u64, bound: u64) -> u32 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    u32::try_from((*seed >> 33) % bound).expect("31 bits")
}

/// A network drawn at random: crews of several nodes, tools, parts, those served, and works of every kind, all of which change all the
/// time.
fn swarm(seed: &mut u64) -> Builder {
    let mut b = Builder::new();
    let units: Vec<NodeId> = (0..12)
        .map(|number| b.unit(format!("u{number}"), tag(), UnitSpec::amount(1 + number % 3)))
        .collect();
    let crews: Vec<CrewId> = (0..3)
        .map(|number| {
            b.crew(
                format!("c{number}"),
                tag(),
                units[number * 2..number * 2 + 2].to_vec(),
            )
        })
        .collect();
    let among = [Among::Drawn, Among::FirstCome, Among::Shortest, Among::Longest];
    for &crew in &crews {
        let turns = Turns::Priority(among[pick(seed, 4) as usize]);
        let passing = if pick(seed, 8) == 0 {
            Passing::Strict
        } else {
            Passing::Allowed
        };
        b.crew_rules(crew, CrewRules { turns, passing });
    }
    let lead = fixed(40);
    let part = b.parts("part", tag(), PartsSpec { stock: 1, lead });
    let mut works = Vec::new();
    for number in 0..14 {
        let ways = (0..1 + pick(seed, 2)).map(|_| Way {
            needs: (0..pick(seed, 2))
                .map(|_| (units[pick(seed, 12) as usize], Reading::Flag))
                .collect(),
            crew: {
                let first = pick(seed, 3) as usize;
                let taken = 1 + pick(seed, 2) as usize;
                (first..first + taken)
                    .map(|crew| (crews[crew % 3], 1 + pick(seed, 2)))
                    .collect()
            },
            parts: (0..pick(seed, 2)).map(|_| (part, 1)).collect(),
            takes: Takes::Once(fixed(1 + u64::from(pick(seed, 60)))),
            errs_ppm: 100_000 * i64::from(pick(seed, 3)),
            patience_us: 5 + u64::from(pick(seed, 30)),
            ..Way::default()
        });
        let ways = ways.collect();
        let spec = WorkSpec {
            ways,
            lanes: 1 + pick(seed, 3),
            serves: vec![(pick(seed, 5), units[pick(seed, 12) as usize], 1)],
            keep: (pick(seed, 4) == 0).then(|| (units[pick(seed, 12) as usize], Reading::Flag)),
            preempted: [Preempted::Never, Preempted::Resume, Preempted::Restart][pick(seed, 3) as usize],
            heads_leave: [
                HeadsLeave::Overtime,
                HeadsLeave::Stop,
                HeadsLeave::HandOver { lost_ppm: 300_000 },
            ][pick(seed, 3) as usize],
            on_blocked: [OnBlocked::Wait, OnBlocked::GiveUp][pick(seed, 2) as usize],
            timeout_us: 50 + u64::from(pick(seed, 200)),
            ..WorkSpec::default()
        };
        works.push(b.work(format!("w{number}"), tag(), spec));
    }
    calls(
        &mut b,
        (0..200)
            .map(|_| (u64::from(pick(seed, 1_000)), works[pick(seed, 14) as usize]))
            .collect(),
    );
    let actions = (0..300).map(|_| {
        let (at, node) = (u64::from(pick(seed, 1_000)), units[pick(seed, 12) as usize]);
        let amount = i64::from(pick(seed, 3));
        (at, Action::SetAmount { node, amount })
    });
    let actions = actions.collect();
    script(&mut b, actions);
    b
}

/// Whether a head is idle that somebody could use, or works for two, is checked after every dispatching in tests.
#[test]
fn whatever_changes_nobody_waits_for_what_is_there_and_nobody_works_twice() {
    let mut seed = 2022;
    let mut paused = 0;
    for _ in 0..40 {
        let ran = Ran::new(swarm(&mut seed), 3_000);
        let calls = ran.state.instances();
        assert_eq!(calls.len(), 200);
        // All waiting has an end here: every call has ended.
        assert!(calls.iter().all(|call| call.outcome.is_some()));
        let pauses = |row: &&PhaseRow| matches!(row.phase, Phase::Paused(_));
        paused += ran.state.phases().iter().filter(pauses).count();
    }
    assert!(paused > 40, "{paused}");
}
