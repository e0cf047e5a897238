//! Clocks of failure: what they count, their phases, and how they begin.

use super::*;
use crate::kernel::scripted::{fixed, script, tag};
use crate::random::Weibull;

const H: u64 = 60 * MIN;

fn weibull(shape: f64, scale_us: f64) -> Law {
    Law::Weibull(Weibull::new(shape, scale_us).expect("valid"))
}

fn exponential(mean_us: f64) -> Law {
    Law::exponential(mean_us).expect("positive")
}

/// A unit `u` with this clock, held to run by a flag that is on but between `off_us` and `on_us`.
fn unit_with(clock: Clock, begins: Begins, rest: Option<(u64, u64)>) -> (Builder, NodeId) {
    let mut b = Builder::new();
    let flag = b.unit("flag", tag(), UnitSpec::flag());
    if let Some((off, on)) = rest {
        let reason = b.reason("rests");
        let node = flag;
        script(
            &mut b,
            vec![
                (off, Action::Hold { node, reason }),
                (on, Action::Lift { node, reason }),
            ],
        );
    }
    let spec = UnitSpec {
        clocks: vec![clock.while_(flag, Reading::Flag)],
        begins,
        ..UnitSpec::flag()
    };
    let unit = b.unit("u", tag(), spec);
    (b, unit)
}

/// How many of so many units have failed by each of these times.
fn failed_by(built: (Builder, NodeId), times: &[u64], replications: u32) -> Vec<u32> {
    let (b, unit) = built;
    let net = b.finish().expect("sound");
    let mut counts = vec![0; times.len()];
    let horizon = times.iter().copied().max().expect("a time");
    each(&net, 5, replications, horizon, |trace, _| {
        let failed = trace.transitions.iter().find(|change| change.node == unit);
        for (count, &time) in counts.iter_mut().zip(times) {
            *count += u32::from(failed.is_some_and(|failed| failed.at <= time));
        }
    });
    counts
}

const N: u32 = 4000;

#[test]
fn a_rate_per_phase_acts_at_the_counted_age() {
    let clock = Clock {
        phases: vec![
            ClockPhase {
                from_us: 0,
                factor: 10.0,
            },
            ClockPhase {
                from_us: H,
                factor: 0.0,
            },
            ClockPhase {
                from_us: 2 * H,
                factor: 2.0,
            },
        ],
        ..Clock::new(exponential(20.0 * H as f64))
    };
    let failed = failed_by(unit_with(clock, Begins::New, None), &[H / 2, H, 2 * H, 4 * H], N);
    let chance = |hazard: f64| -libm::expm1(-hazard);
    assert_share(failed[0], N, chance(0.25), "half of the first hour");
    assert_share(failed[1], N, chance(0.5), "the first hour");
    assert_eq!(failed[1], failed[2], "nothing fails in the second hour");
    assert_share(failed[3], N, chance(0.7), "two hours at twice the rate");
}

#[test]
fn clocks_count_running_time_calendar_time_or_the_time_since_a_start() {
    // Runs in the first hour and from the third on.
    let rest = Some((H, 2 * H));
    let times = [H, 2 * H, 3 * H];
    for (counts, shape, hazard_h) in [
        // (hazard of the third hour for a law with the cumulated hazard age^shape, in hours)
        (Counts::Running, 2.0, 4.0 - 1.0),
        (Counts::Calendar, 2.0, 9.0 - 4.0),
        (Counts::SinceStart, 2.0, 1.0),
        (Counts::SinceStart, 0.5, 1.0),
        (Counts::Calendar, 0.5, libm::sqrt(3.0) - libm::sqrt(2.0)),
    ] {
        let unit = 3.0 * H as f64;
        let scale = libm::pow(unit / H as f64, shape);
        let clock = Clock {
            counts,
            ..Clock::new(weibull(shape, unit))
        };
        let failed = failed_by(unit_with(clock, Begins::New, rest), &times, N);
        let chance = |hazard: f64| -libm::expm1(-hazard / scale);
        let what = format!("{counts:?}, shape {shape}");
        assert_share(failed[0], N, chance(1.0), &what);
        assert_eq!(failed[0], failed[1], "{what}: nothing fails while it rests");
        assert_share(failed[2], N, chance(1.0 + hazard_h), &what);
    }
}

#[test]
fn a_life_that_passes_while_the_clock_rests_ends_at_the_next_start() {
    let clock = Clock {
        counts: Counts::Calendar,
        ..Clock::new(fixed(90 * MIN))
    };
    let (b, unit) = unit_with(clock, Begins::New, Some((H, 2 * H)));
    assert_eq!(Ran::new(b, 3 * H).of(unit), [(2 * H + 1, 0)]);
    let clock = Clock::new(fixed(90 * MIN));
    let (b, unit) = unit_with(clock, Begins::New, Some((H, 2 * H)));
    assert_eq!(Ran::new(b, 3 * H).of(unit), [(2 * H + 30 * MIN, 0)]);
    let clock = Clock {
        counts: Counts::SinceStart,
        ..Clock::new(fixed(90 * MIN))
    };
    let (b, unit) = unit_with(clock, Begins::Aged(80 * MIN), Some((5 * MIN, 10 * MIN)));
    assert_eq!(Ran::new(b, 3 * H).of(unit), [(100 * MIN, 0)]);
    let (b, unit) = unit_with(Clock::new(fixed(90 * MIN)), Begins::Aged(80 * MIN), None);
    assert_eq!(Ran::new(b, 3 * H).of(unit), [(10 * MIN, 0)]);
}

#[test]
fn an_aged_unit_has_outlived_its_age() {
    let clock = Clock::new(weibull(3.0, 10.0 * H as f64));
    let failed = failed_by(unit_with(clock, Begins::Aged(6 * H), None), &[3 * H], N);
    assert_share(failed[0], N, -libm::expm1(-(0.729 - 0.216)), "from 6 h to 9 h");
}

/// What begins steady has, from the first hour on, as many failures an hour as lives fit into it: renewals in equilibrium.
#[test]
fn what_begins_steady_fails_from_the_beginning_as_often_as_in_the_long_run() {
    let wear = weibull(4.0, 10.0 * H as f64);
    let early = ClockPhase {
        from_us: 0,
        factor: 8.0,
    };
    let later = ClockPhase {
        from_us: H,
        factor: 1.0,
    };
    let last = ClockPhase {
        from_us: 9 * H,
        factor: 3.0,
    };
    for (what, clock) in [
        ("wear", Clock::new(wear.clone())),
        (
            "calendar",
            Clock {
                counts: Counts::Calendar,
                ..Clock::new(wear.clone())
            },
        ),
        (
            "early failures",
            Clock {
                phases: vec![early, later],
                ..Clock::new(exponential(8.0 * H as f64))
            },
        ),
        (
            "late failures",
            Clock {
                phases: vec![last],
                ..Clock::new(wear.clone())
            },
        ),
        ("no memory", Clock::new(exponential(8.0 * H as f64))),
    ] {
        // The mean life is the integral of the chance to live, by the midpoint rule on steps of 0.01 h.
        let hazard = |age_h: f64| match what {
            "early failures" => (8.0 * age_h.min(1.0) + (age_h - 1.0).max(0.0)) / 8.0,
            "late failures" => {
                let wear = |age: f64| libm::pow(age / 10.0, 4.0);
                wear(age_h.min(9.0)) + 3.0 * (wear(age_h.max(9.0)) - wear(9.0))
            }
            "no memory" => age_h / 8.0,
            _ => libm::pow(age_h / 10.0, 4.0),
        };
        let mean_h: f64 = (0..20_000)
            .map(|step| libm::exp(-hazard(0.01 * (f64::from(step) + 0.5))) * 0.01)
            .sum();
        let (mut b, unit) = unit_with(clock, Begins::Steady, None);
        repaired_at_once(&mut b, unit, (unit, Reading::Not));
        let net = b.finish().expect("sound");
        let horizon = 5 * H;
        let mut counts = Vec::new();
        each(&net, 6, N, horizon, |trace, _| {
            let fell = trace
                .transitions
                .iter()
                .filter(|change| change.node == unit && change.to == 0);
            counts.push(fell.count() as f64);
        });
        assert_mean(&counts, 5.0 / mean_h, what);
    }
}

#[test]
fn what_never_ends_is_past_all_phases_in_the_long_run() {
    let clock = Clock {
        phases: vec![ClockPhase {
            from_us: H,
            factor: 0.0,
        }],
        ..Clock::new(exponential(H as f64))
    };
    assert_eq!(
        failed_by(unit_with(clock.clone(), Begins::Steady, None), &[100 * H], 50),
        [0]
    );
    let failed = failed_by(unit_with(clock, Begins::New, None), &[100 * H], N);
    assert_share(failed[0], N, -libm::expm1(-1.0), "in the first hour");
}

#[test]
#[should_panic(expected = "phases come in rising order")]
fn phases_that_turn_back_are_refused() {
    let clock = Clock {
        phases: vec![
            ClockPhase {
                from_us: 5,
                factor: 1.0,
            },
            ClockPhase {
                from_us: 5,
                factor: 2.0,
            },
        ],
        ..Clock::new(exponential(H as f64))
    };
    let _ = unit_with(clock, Begins::New, None).0.finish();
}
