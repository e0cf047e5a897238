//! Family 05: common cause, timelines without chance, the order of work.

use super::calls::{courses, share_of_histories};
use super::parts::{HOUR_US, crew, exponential, fixed, hours, life, repair, script, tag, unit};
use super::watch::{Cut, Model, Watch};
use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{
    Action, Among, Builder, CommonCause, CrewRules, Exposed, Multiplicity, NodeId, Preempted, Reading,
    StarterSpec, Turns, UnitSpec,
};
use blackstart::random::Law;
use blackstart::statistics::Mean;

/// The family's heading.
pub const FAMILY: &str = "05 Common cause, crews, order";

/// All references of the family.
pub fn references() -> Vec<Reference> {
    vec![
        series(),
        jobs(),
        classes(
            "prio_0_P1",
            Preempted::Resume,
            [
                0.099_547_511_312_217_12,
                0.733_327_078_180_653_6,
                0.004_524_886_877_828_023_5,
                0.035_308_795_112_789_386,
                0.039_473_999_991_023_81,
            ],
        ),
        classes(
            "prio_0_NP1",
            Preempted::Never,
            [
                0.182_141_023_893_156_62,
                0.700_937_071_554_229,
                0.014_612_644_139_622_143,
                0.029_701_308_499_001_808,
                0.042_669_622_748_874_99,
            ],
        ),
        common_cause(
            "ccf_beta",
            Multiplicity::Beta(0.2),
            "beta factor 0.2",
            0.043_080_373_061_222_4,
        ),
        common_cause(
            "ccf_alpha",
            Multiplicity::Alpha(vec![0.7, 0.2, 0.1]),
            "alpha factors 0.7, 0.2, 0.1",
            0.052_981_410_695_180_677,
        ),
    ]
}

/// Two units in series that age only while both are sound: no chance at all.
fn series() -> Reference {
    let run = || {
        let mut b = Builder::new();
        let system = b.gate("system", tag(), 2);
        let mut units = Vec::new();
        for (name, life_h) in [("a", 100.0), ("b", 120.0)] {
            let lives = vec![life(fixed(life_h), Some((system, Reading::Flag)))];
            let one = unit(&mut b, name, lives);
            b.term(system, one, Reading::Flag, 1);
            repair(&mut b, one, None, fixed(10.0), 0);
            units.push((one, Reading::Not));
        }
        let mut model = Model::new(b);
        units.push((system, Reading::Not));
        let mut watch = Watch::new(0, hours(300.0), &units);
        model.run(1, 0, hours(300.0), &mut watch);
        let down = &watch.tracks[2];
        let total_h = Mean::of([i64::try_from(down.total).expect("300 h")]).sum() as f64 / HOUR_US;
        let begun = |place: usize| watch.tracks[place].begun as f64;
        let first = |place: usize| watch.tracks[place].first.expect("it fails") as f64 / HOUR_US;
        vec![
            begun(2),
            total_h,
            1.0 - total_h / 300.0,
            begun(0),
            first(0),
            first(1),
        ]
    };
    Reference {
        id: "bs_series",
        family: FAMILY,
        about: "A fails at every 100 h of age, B at every 120 h; repair 10 h; in series; nothing ages while the system is down; 300 h"
            .to_owned(),
        source: "ReliaSoft, System Analysis Reference, ch. 7: 260/300",
        how: How::Kernel,
        quantities: vec![
            Quantity::within("failures of the system", 4.0, 0.0),
            Quantity::within("h down", 40.0, 0.0),
            Quantity::within("availability", 260.0 / 300.0, 1e-15),
            Quantity::within("failures of A", 2.0, 0.0),
            Quantity::within("h to the first failure of A", 100.0, 0.0),
            Quantity::within("h to the first failure of B", 130.0, 0.0),
        ],
        run: Run::Exact(Box::new(run)),
        note: "",
    }
}

/// Five jobs for two heads, in two orders.
fn jobs() -> Reference {
    let run = |seed: Seed| {
        let rates = [2.0, 3.0, 2.0, 3.0, 1.0];
        let mut found = Vec::new();
        for among in [Among::Longest, Among::Shortest] {
            let mut b = Builder::new();
            let crew = crew(&mut b, "crew", 2);
            let turns = Turns::Alike(among);
            b.crew_rules(
                crew,
                CrewRules {
                    turns,
                    ..CrewRules::default()
                },
            );
            let mut losses = Vec::new();
            let all = b.gate("all up", tag(), 5);
            for (number, rate) in rates.iter().enumerate() {
                let one = b.unit(format!("unit {number}"), tag(), UnitSpec::flag());
                repair(&mut b, one, Some(crew), exponential(1.0 / rate), 0);
                b.term(all, one, Reading::Flag, 1);
                losses.push((0, Action::Break { node: one, items: 1 }));
            }
            script(&mut b, losses);
            let mut model = Model::new(b);
            let mut watch = Watch::new(0, hours(1000.0), &[(all, Reading::Not)]);
            let (mut last, mut sums) = (Mean::new(), Mean::new());
            for number in 0..seed.histories(4000) {
                model.run(seed.seed, number, hours(1000.0), &mut watch);
                last.push(i64::try_from(watch.tracks[0].total).expect("a time of 63 bits"));
                sums.push(
                    courses(&model.state)
                        .iter()
                        .map(super::calls::Course::stayed)
                        .sum(),
                );
            }
            found.push(Estimate::mean(&last, HOUR_US));
            found.push(Estimate::mean(&sums, 5.0 * HOUR_US));
        }
        found
    };
    Reference {
        id: "jobs_5_2",
        family: FAMILY,
        about:
            "5 exponential jobs (rates 2, 3, 2, 3, 1 per h) for a crew of 2, all waiting at 0, in two orders"
                .to_owned(),
        source: "Quantitative Verification Benchmark Set, jobs.5-2; all four recomputed",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("longest first: h until all are done", 1.6),
            Quantity::by_chance("longest first: mean h of a job", 0.9),
            Quantity::by_chance("shortest first: h until all are done", 1.75),
            Quantity::by_chance("shortest first: mean h of a job", 0.759_333_333_333_333_3),
        ],
        run: Run::Chance(Box::new(run)),
        note: "the set calls 9/10 the least mean time, but it is the largest: the shortest first is better",
    }
}

/// Two classes of units and one head.
fn classes(id: &'static str, preempted: Preempted, answers: [f64; 5]) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", 1);
        let classes = [(2, 100.0, 5.0), (3, 50.0, 10.0)];
        let mut none: Vec<NodeId> = Vec::new();
        let mut numbers = Vec::new();
        for (rank, (n, up_h, down_h)) in (0u32..).zip(classes) {
            let any = b.gate(format!("any of class {rank}"), tag(), 1);
            for number in 0..n {
                let name = format!("unit {rank}.{number}");
                let one = unit(&mut b, name, vec![life(exponential(up_h), None)]);
                b.term(any, one, Reading::Flag, 1);
                let work = repair(&mut b, one, Some(crew), exponential(down_h), rank);
                b.work_mut(work).preempted = preempted;
                numbers.push((one, Reading::Not));
            }
            none.push(any);
        }
        let up: Vec<(NodeId, Reading)> = none.iter().map(|&any| (any, Reading::Flag)).collect();
        let system = b.all("system", tag(), &up);
        let mut readings = vec![
            (none[0], Reading::Not),
            (none[1], Reading::Not),
            (system, Reading::Not),
        ];
        readings.extend(numbers);
        let cut = Cut {
            histories: 60,
            warm_up_h: 2000.0,
            window_h: 20_000.0,
            tail_h: 0.0,
        };
        let found = number_down(&mut Model::new(b), &readings, cut, seed);
        vec![found[3], found[4], found[0], found[1], found[2]]
    };
    let words = match preempted {
        Preempted::Never => "without interrupting",
        _ => "interrupting what then goes on",
    };
    Reference {
        id,
        family: FAMILY,
        about: format!(
            "2 units of class 1 (100 h, 5 h) and 3 of class 2 (50 h, 10 h), one head, class 1 first, {words}; the system is down when all \
             of a class are"
        ),
        source: "Markov chain, solved as linear equations",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean number failed of class 1", answers[0]),
            Quantity::by_chance("mean number failed of class 2", answers[1]),
            Quantity::by_chance("P(all of class 1 failed)", answers[2]),
            Quantity::by_chance("P(all of class 2 failed)", answers[3]),
            Quantity::by_chance("P(system down)", answers[4]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// The shares of the first three readings, then the sums over the 2 of class 1 and the 3 of class 2 that follow them.
fn number_down(model: &mut Model, readings: &[(NodeId, Reading)], cut: Cut, seed: Seed) -> Vec<Estimate> {
    let from = hours(cut.warm_up_h);
    let to = from + hours(cut.window_h);
    let mut watch = Watch::new(from, to, readings);
    let mut sums = [Mean::new(); 5];
    for number in 0..seed.histories(cut.histories) {
        model.run(seed.seed, number, to, &mut watch);
        let total = |range: std::ops::Range<usize>| {
            let sum: i128 = watch.tracks[range].iter().map(|track| track.total).sum();
            i64::try_from(sum).expect("a time of 63 bits")
        };
        for (sum, range) in sums.iter_mut().zip([0..1, 1..2, 2..3, 3..5, 5..8]) {
            sum.push(total(range));
        }
    }
    sums.iter()
        .map(|sum| Estimate::mean(sum, cut.window_h * HOUR_US))
        .collect()
}

/// Three trains of a pump and a valve, all called on at once. Pumps and valves are groups whose members fail on demand with the total
/// probability 0.1, split among the numbers that fail together by `model`.
fn common_cause(id: &'static str, model: Multiplicity, words: &str, answer: f64) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let called = unit(&mut b, "called on", Vec::new());
        let any = b.gate("any train", tag(), 1);
        let mut trains = vec![Vec::new(); 3];
        for kind in ["pump", "valve"] {
            let mut members = Vec::new();
            for (number, train) in trains.iter_mut().enumerate() {
                let spec = StarterSpec {
                    initial_on: 0,
                    fails_ppm: 100_000,
                    ..StarterSpec::automatic(Law::fixed_us(1))
                };
                let node = b.starter(format!("{kind} {number}"), tag(), spec);
                b.trigger(node, called, Reading::Flag);
                members.push(Exposed::Demand { node });
                train.push((node, Reading::Flag));
            }
            let model = model.clone();
            b.common_cause(kind, tag(), CommonCause { model, members });
        }
        for (number, needs) in trains.iter().enumerate() {
            let train = b.all(format!("train {number}"), tag(), needs);
            b.term(any, train, Reading::Flag, 1);
        }
        let mut model = Model::new(b);
        let failed = share_of_histories(&mut model, 10, 10_000, seed, |state| state.value(any) == 0);
        vec![failed]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!(
            "three trains of a pump and a valve; pumps and valves are groups of three that fail on demand, Q = 0.1 in all, {words}"
        ),
        source: "scram's tests of common cause; recomputed",
        how: How::Kernel,
        quantities: vec![Quantity::by_chance("P(all trains fail)", answer)],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}
