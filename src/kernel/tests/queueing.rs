//! Queues for heads against published and closed-form answers.
//!
//! Each answer is held against the mean over replications, within five of its own standard errors. With 40 replications the error is
//! itself estimated, and such a bound is broken by chance with a probability of 1.3e-5 (Student's t, 39 degrees).

use super::work::{crew_of, job};
use super::*;
use crate::kernel::scripted::tag;

/// The unit of time of the references, in microseconds.
const UNIT: f64 = 1e6;

fn exponential(mean: f64) -> Law {
    Law::exponential(mean * UNIT).expect("positive")
}

fn bounds(horizon: f64) -> Limits {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a horizon of a test"
    )]
    let horizon_us = (horizon * UNIT) as u64;
    Limits {
        horizon_us,
        events_max: u64::MAX,
        settlings_max: 1_000,
    }
}

/// Holds the mean of a sample against the truth; `bias` is what the beginning from rest may account for.
fn agrees(what: &str, sample: &[f64], truth: f64, bias: f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let error = (sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0) / n).sqrt();
    assert!(
        (mean - truth).abs() <= 5.0 * error + bias,
        "{what}: {mean} ± {error}, should be {truth}"
    );
}

/// Runs replications and returns what `look` finds in each.
fn sample<T>(
    builder: Builder,
    horizon: f64,
    count: u32,
    look: impl Fn(&Netlist, &State, &Trace) -> T,
) -> Vec<T> {
    let net = builder.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    (0..count)
        .map(|replication| {
            let mut trace = Trace::default();
            let key = Key::new(11, replication);
            run(&net, &mut state, &mut scratch, key, bounds(horizon), &mut trace).expect("an end");
            look(&net, &state, &trace)
        })
        .collect()
}

/// Poisson arrivals of classes (the best first) at `heads` heads; per replication the mean wait of each class, and the share of all calls
/// that waited for more than one unit. The first tenth of the time is left out.
fn waits(rates: &[f64], service: Law, heads: i64, horizon: f64) -> Vec<(Vec<f64>, f64)> {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", heads);
    b.crew_rules(
        crew,
        CrewRules {
            turns: Turns::Priority(Among::FirstCome),
            ..CrewRules::default()
        },
    );
    for (class, rate) in (0u32..).zip(rates) {
        let spec = WorkSpec {
            call: Call::Arrivals {
                law: exponential(1.0 / rate),
                runs: None,
            },
            ..job(vec![(crew, 1)], service.clone(), class)
        };
        b.work(format!("class {class}"), tag(), spec);
    }
    sample(b, horizon, 40, |_, state, _| {
        let mut sums = vec![(0.0, 0.0); rates.len()];
        let mut late = 0.0;
        for row in state.phases() {
            let call = &state.instances()[row.instance.index()];
            if row.phase != Phase::Running(0) || (call.called_at as f64) < horizon * UNIT / 10.0 {
                continue;
            }
            let waited = (row.at - call.called_at) as f64 / UNIT;
            let (sum, count) = &mut sums[call.work.index()];
            *sum += waited;
            *count += 1.0;
            late += f64::from(u8::from(waited > 1.0));
        }
        let all: f64 = sums.iter().map(|(_, count)| count).sum();
        (sums.iter().map(|(sum, count)| sum / count).collect(), late / all)
    })
}

fn of_class(waits: &[(Vec<f64>, f64)], class: usize) -> Vec<f64> {
    waits.iter().map(|(means, _)| means[class]).collect()
}

#[test]
fn a_queue_for_one_head_waits_as_erlang_says() {
    // Arrivals 0.8, service 1 (Erlang): mean wait 4, longer than 1 with the chance 0.654985.
    let found = waits(&[0.8], exponential(1.0), 1, 20_000.0);
    agrees("mean wait", &of_class(&found, 0), 4.0, 0.0);
    let late: Vec<f64> = found.iter().map(|(_, late)| *late).collect();
    agrees("waits longer than 1", &late, 0.654_984_602_462_385_5, 0.0);
}

#[test]
fn a_queue_for_six_heads_waits_as_erlang_says() {
    // Arrivals 2.4, service 0.5 (Erlang): mean wait 0.862953, longer than 1 with the chance 0.284159.
    let found = waits(&[2.4], exponential(2.0), 6, 8_000.0);
    agrees("mean wait", &of_class(&found, 0), 0.862_953_331_993_812, 0.0);
    let late: Vec<f64> = found.iter().map(|(_, late)| *late).collect();
    agrees("waits longer than 1", &late, 0.284_159_298_002_589_3, 0.0);
}

#[test]
fn a_queue_for_work_of_a_fixed_length_waits_as_pollaczek_and_khinchine_say() {
    // Arrivals 0.8, service exactly 1: mean wait 2, half of what it is for exponential service.
    let service = Law::fixed(UNIT).expect("positive");
    agrees(
        "mean wait",
        &of_class(&waits(&[0.8], service, 1, 15_000.0), 0),
        2.0,
        0.0,
    );
}

#[test]
fn classes_of_priority_wait_as_cobham_says() {
    // Arrivals 0.2, 0.3, 0.3, service 1, no preemption, in the order of the calls inside a class (Cobham 1954): 1, 2, 8.
    let found = waits(&[0.2, 0.3, 0.3], exponential(1.0), 1, 20_000.0);
    for (class, truth) in [1.0, 2.0, 8.0].into_iter().enumerate() {
        agrees("mean wait", &of_class(&found, class), truth, 0.0);
    }
}

#[test]
fn parts_are_waited_for_as_palm_says() {
    // A stock of 3, one asked for every 10, a lead time of 20 in the mean: the number on order is Poisson with mean 2, whatever the law of
    // the lead time (Palm 1938). So one waits with the chance 1 - 5/e², for (9/e² - 1)·10 in the mean.
    let e2 = std::f64::consts::E * std::f64::consts::E;
    for lead in [exponential(20.0), Law::fixed(20.0 * UNIT).expect("positive")] {
        let mut b = Builder::new();
        let part = b.parts("part", tag(), PartsSpec { stock: 3, lead });
        let spec = WorkSpec {
            call: Call::Arrivals {
                law: exponential(10.0),
                runs: None,
            },
            ways: vec![Way {
                parts: vec![(part, 1)],
                ..Way::default()
            }],
            ..WorkSpec::default()
        };
        b.work("taking", tag(), spec);
        let found = sample(b, 20_000.0, 40, |_, state, _| {
            let begun = state.phases().iter().filter(|row| row.phase == Phase::Running(0));
            let waits: Vec<f64> = begun
                .map(|row| (row.at - state.instances()[row.instance.index()].called_at) as f64 / UNIT)
                .collect();
            let late = waits.iter().filter(|&&wait| wait > 0.0).count() as f64;
            let count = waits.len() as f64;
            (late / count, waits.iter().sum::<f64>() / count)
        });
        let (late, wait): (Vec<f64>, Vec<f64>) = found.into_iter().unzip();
        // It begins with a full shelf: of 2,000 calls the first few wait less.
        agrees("share that waits", &late, 1.0 - 5.0 / e2, 1e-3);
        agrees("mean wait", &wait, (9.0 / e2 - 1.0) * 10.0, 1e-2);
    }
}

/// Five jobs, all there at the beginning, for two heads: the time until all are done, and the mean time until one is.
fn jobs(among: Among) -> (Vec<f64>, Vec<f64>) {
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 2);
    b.crew_rules(
        crew,
        CrewRules {
            turns: Turns::Alike(among),
            ..CrewRules::default()
        },
    );
    let mut list = Vec::new();
    for (number, rate) in (0u32..).zip([2.0, 3.0, 2.0, 3.0, 1.0]) {
        let spec = job(vec![(crew, 1)], exponential(1.0 / rate), number);
        list.push((0, b.work(format!("job {number}"), tag(), spec)));
    }
    super::work::calls(&mut b, list);
    let ends = sample(b, 1_000.0, 20_000, |_, state, _| {
        let ends: Vec<f64> = state
            .instances()
            .iter()
            .map(|call| call.ended_at as f64 / UNIT)
            .collect();
        (
            ends.iter().copied().fold(0.0, f64::max),
            ends.iter().sum::<f64>() / 5.0,
        )
    });
    ends.into_iter().unzip()
}

#[test]
fn jobs_of_unlike_length_end_as_their_order_says() {
    // Rates 2, 3, 2, 3, 1 at two heads (QVBS, jobs.5-2).
    let (all, each) = jobs(Among::Longest);
    agrees("the longest first, all", &all, 1.6, 0.0);
    agrees("the longest first, each", &each, 0.9, 0.0);
    let (all, each) = jobs(Among::Shortest);
    agrees("the shortest first, all", &all, 1.75, 0.0);
    agrees("the shortest first, each", &each, 0.759_333_333_333_333_3, 0.0);
}

/// Two classes of units that fail and are repaired by one head, the first class first. Per replication the means over time: failed of
/// either class, all of either failed, all of any.
fn classes(preempted: Preempted) -> Vec<[f64; 5]> {
    let horizon = 100_000.0;
    let mut b = Builder::new();
    let crew = crew_of(&mut b, "crew", 1);
    let mut units: [Vec<NodeId>; 2] = [Vec::new(), Vec::new()];
    for (class, number, fails, repaired) in [(0u32, 2, 0.01, 0.2), (1, 3, 0.02, 0.1)] {
        for item in 0..number {
            let name = format!("{class}-{item}");
            let clock = Clock::new(exponential(1.0 / fails));
            let unit = b.unit(
                name.clone(),
                tag(),
                UnitSpec {
                    clocks: vec![clock],
                    ..UnitSpec::flag()
                },
            );
            units[class as usize].push(unit);
            let spec = WorkSpec {
                call: Call::When(unit, Reading::Not),
                effects: vec![Effect::Act(Action::Repair { node: unit })],
                preempted,
                ..job(vec![(crew, 1)], exponential(1.0 / repaired), class)
            };
            b.work(format!("repair {name}"), tag(), spec);
        }
    }
    sample(b, horizon, 40, |_, _, trace| {
        let mut failed = [0usize; 2];
        let mut sums = [0.0; 5];
        let mut at = 0;
        let end = bounds(horizon).horizon_us;
        for change in trace.transitions.iter().map(Some).chain([None]) {
            let next = change.map_or(end, |change| change.at);
            let span = (next - at) as f64 / (horizon * UNIT);
            let all = [failed[0] == 2, failed[1] == 3];
            let shares = [
                failed[0] as f64,
                failed[1] as f64,
                f64::from(u8::from(all[0])),
                f64::from(u8::from(all[1])),
                f64::from(u8::from(all[0] || all[1])),
            ];
            for (sum, share) in sums.iter_mut().zip(shares) {
                *sum += span * share;
            }
            at = next;
            if let Some(change) = change
                && let Some(class) = (0..2).find(|&class: &usize| units[class].contains(&change.node))
            {
                failed[class] = if change.to == 0 {
                    failed[class] + 1
                } else {
                    failed[class] - 1
                };
            }
        }
        sums
    })
}

fn hold_classes(found: &[[f64; 5]], truth: [f64; 5]) {
    for (place, truth) in truth.into_iter().enumerate() {
        let figures: Vec<f64> = found.iter().map(|row| row[place]).collect();
        // It begins with all sound; the memory of that is gone within some tens of units of 100,000.
        agrees(&format!("figure {place}"), &figures, truth, 1e-3 * truth);
    }
}

#[test]
fn two_classes_of_units_and_one_head_with_preemption() {
    // The chain solved by linear algebra: mean failed of either class, all of either failed, all of any.
    hold_classes(
        &classes(Preempted::Resume),
        [
            0.099_547_511_312_217_12,
            0.733_327_078_180_653_6,
            0.004_524_886_877_828_023_5,
            0.035_308_795_112_789_386,
            0.039_473_999_991_023_81,
        ],
    );
}

#[test]
fn to_start_again_with_fresh_draws_is_the_same_for_what_has_no_memory() {
    let found = classes(Preempted::Restart);
    let figures: Vec<f64> = found.iter().map(|row| row[1]).collect();
    agrees(
        "mean failed of the second class",
        &figures,
        0.733_327_078_180_653_6,
        1e-3,
    );
}

#[test]
fn two_classes_of_units_and_one_head_without_preemption() {
    hold_classes(
        &classes(Preempted::Never),
        [
            0.182_141_023_893_156_62,
            0.700_937_071_554_229,
            0.014_612_644_139_622_143,
            0.029_701_308_499_001_808,
            0.042_669_622_748_874_99,
        ],
    );
}
