//! The courses of calls for work: when each was called for, when it was begun, when it was over.

use super::parts::HOUR_US;
use super::watch::{Model, Watch};
use super::{Estimate, Seed};
use blackstart::kernel::{Phase, State, WorkId};
use blackstart::statistics::{Mean, Proportion};

/// One call.
#[derive(Clone, Copy)]
pub struct Course {
    /// What was called for.
    pub work: WorkId,
    /// When (µs).
    pub called_at: u64,
    /// When it was begun (µs); the end of time while it waits.
    pub began_at: u64,
    /// When it was over (µs); the end of time while it is not.
    pub ended_at: u64,
}

impl Course {
    /// How long it waited (µs).
    pub fn waited(&self) -> i64 {
        i64::try_from(self.began_at - self.called_at).expect("a time of 63 bits")
    }

    /// How long it took from call to end (µs).
    pub fn stayed(&self) -> i64 {
        i64::try_from(self.ended_at - self.called_at).expect("a time of 63 bits")
    }
}

/// All calls of the last history, in the order in which they came.
pub fn courses(state: &State) -> Vec<Course> {
    let phases = state.phases();
    let calls = state.instances().iter();
    calls
        .map(|call| {
            let (mut began_at, mut next) = (u64::MAX, call.last_phase);
            while let Some(row) = phases.get(next as usize) {
                if let Phase::Running(_) = row.phase {
                    began_at = row.at;
                }
                next = row.before;
            }
            Course {
                work: call.work,
                called_at: call.called_at,
                began_at,
                ended_at: call.ended_at,
            }
        })
        .collect()
}

/// What was measured of a fixed number of calls of some works, one value per history.
#[derive(Clone, Copy, Default)]
pub struct Queue {
    /// The sum of the waits (µs).
    pub waits: Mean,
    /// The sum of the times from call to end (µs).
    pub stays: Mean,
    /// How many waited at all.
    pub waited: Mean,
    /// How many waited longer than the mark.
    pub waited_longer: Mean,
    /// The time that calls waited within the window (calls × µs).
    pub waiting: Mean,
    /// The time that calls waited or were worked on within the window (calls × µs).
    pub present: Mean,
    calls: f64,
    window_h: f64,
}

impl Queue {
    /// The mean wait, in hours.
    pub fn wait_h(&self) -> Estimate {
        Estimate::mean(&self.waits, self.calls * HOUR_US)
    }

    /// The mean time from call to end, in hours.
    pub fn stay_h(&self) -> Estimate {
        Estimate::mean(&self.stays, self.calls * HOUR_US)
    }

    /// The share that waited.
    pub fn share_waited(&self) -> Estimate {
        Estimate::mean(&self.waited, self.calls)
    }

    /// The share that waited longer than the mark.
    pub fn share_waited_longer(&self) -> Estimate {
        Estimate::mean(&self.waited_longer, self.calls)
    }

    /// The mean number of calls that wait.
    pub fn number_waiting(&self) -> Estimate {
        Estimate::mean(&self.waiting, self.window_h * HOUR_US)
    }

    /// The mean number of calls that wait or are worked on.
    pub fn number_present(&self) -> Estimate {
        Estimate::mean(&self.present, self.window_h * HOUR_US)
    }
}

/// How the histories of a queue are cut.
#[derive(Clone, Copy)]
pub struct Calls {
    /// How many histories a full run takes.
    pub histories: u32,
    /// How many calls are let pass before any counts.
    pub warm_up: usize,
    /// How many calls count.
    pub counted: usize,
    /// How long a history is (h): long enough for all of them to end.
    pub horizon_h: f64,
    /// A wait longer than this (h) is counted apart.
    pub mark_h: f64,
    /// From when to when numbers of calls are averaged (h).
    pub window_h: (f64, f64),
}

/// Runs the histories of a seed and measures the calls of each of `works` apart.
pub fn queues(model: &mut Model, works: &[WorkId], cut: Calls, seed: Seed) -> Vec<Queue> {
    let mut found = vec![
        Queue {
            calls: cut.counted as f64,
            window_h: cut.window_h.1 - cut.window_h.0,
            ..Queue::default()
        };
        works.len()
    ];
    let mark = i64::try_from(super::parts::hours(cut.mark_h)).expect("a short time");
    let (from, to) = (
        super::parts::hours(cut.window_h.0),
        super::parts::hours(cut.window_h.1),
    );
    let within = |begin: u64, end: u64| {
        i64::try_from(end.min(to).saturating_sub(begin.max(from))).expect("a time of 63 bits")
    };
    for number in 0..seed.histories(cut.histories) {
        let horizon = super::parts::hours(cut.horizon_h);
        model.run(seed.seed, number, horizon, &mut Watch::new(0, 0, &[]));
        let courses = courses(&model.state);
        for (queue, &work) in found.iter_mut().zip(works) {
            let calls = courses.iter().filter(|course| course.work == work);
            let numbers = calls.clone();
            queue
                .waiting
                .push(numbers.clone().map(|c| within(c.called_at, c.began_at)).sum());
            queue
                .present
                .push(numbers.map(|c| within(c.called_at, c.ended_at)).sum());
            let (mut n, mut waits, mut stays, mut waited, mut longer) = (0, 0, 0, 0, 0);
            for course in calls.skip(cut.warm_up).take(cut.counted) {
                assert!(
                    course.ended_at != u64::MAX,
                    "the history is too short for its calls"
                );
                n += 1;
                waits += course.waited();
                stays += course.stayed();
                waited += i64::from(course.waited() > 0);
                longer += i64::from(course.waited() > mark);
            }
            assert_eq!(n, cut.counted, "the history is too short for its calls");
            queue.waits.push(waits);
            queue.stays.push(stays);
            queue.waited.push(waited);
            queue.waited_longer.push(longer);
        }
    }
    found
}

/// How often something holds, over histories whose end is looked at by `holds`.
pub fn share_of_histories(
    model: &mut Model,
    horizon_us: u64,
    histories: u32,
    seed: Seed,
    holds: impl Fn(&State) -> bool,
) -> Estimate {
    let mut found = Proportion::default();
    for number in 0..seed.histories(histories) {
        model.run(seed.seed, number, horizon_us, &mut Watch::new(0, 0, &[]));
        found.n += 1;
        found.hits += u64::from(holds(&model.state));
    }
    Estimate::proportion(&found)
}
