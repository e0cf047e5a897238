//! Family 08: calls for work that wait for heads.

use super::calls::{Calls, courses, queues};
use super::parts::{HOUR_US, arrivals, crew, exponential, fixed, hours, life, repair, tag, unit, way, work};
use super::watch::{Model, Watch};
use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{Action, Builder, CrewId, Reading, UnitSpec, WorkId, WorkSpec};
use blackstart::random::Law;
use blackstart::statistics::Mean;

/// The family's heading.
pub const FAMILY: &str = "08 Queues and recovery";

/// All references of the family.
pub fn references() -> Vec<Reference> {
    vec![
        m_m_c(
            "mmc_0",
            (0.8, 1.0, 1),
            (600, 1500, 30),
            [0.8, 4.0, 5.0, 0.654_984_602_462_385_5, 3.2],
        ),
        m_m_c(
            "mmc_2",
            (9.0, 1.0, 10),
            (2000, 4000, 180),
            [
                0.668_731_524_107_697_2,
                0.668_731_524_107_697_2,
                1.668_731_524_107_697_2,
                0.246_012_579_382_466_57,
                6.018_583_716_969_275,
            ],
        ),
        m_m_c(
            "mmc_4",
            (2.4, 0.5, 6),
            (600, 1500, 30),
            [
                0.517_771_999_196_287_2,
                0.862_953_331_993_812,
                2.862_953_331_993_812,
                0.284_159_298_002_589_3,
                2.071_087_996_785_148_5,
            ],
        ),
        priorities(),
        m_g_1("mg1_0", 0.8, fixed(1.0), "always", [2.0, 1.6, 2.4]),
        m_g_1(
            "mg1_1",
            0.7,
            exponential(1.0),
            "exponential",
            [
                2.333_333_333_333_333,
                1.633_333_333_333_333,
                2.333_333_333_333_333,
            ],
        ),
        machine_repair(
            "machine_repair_0",
            (10, 1, 0.01, 0.1, 79),
            [
                2.145_823_431_073_473,
                0.078_541_765_689_265_27,
                17.320_794_385_537_404,
                0.785_417_656_892_652_6,
                0.214_582_343_107_347_33,
            ],
        ),
        machine_repair(
            "machine_repair_2",
            (200, 5, 0.001, 0.05, 390),
            [
                5.468_394_615_785_06,
                0.194_531_605_384_214_93,
                8.110_571_570_026_16,
                0.778_126_421_536_859_7,
                0.014_550_233_575_331_44,
            ],
        ),
        mass_repair(),
        blocked("mmc_0 lost", (0.8, 1.0, 1), 0.444_444_444_444_444_5),
        blocked("mmc_2 lost", (9.0, 1.0, 10), 0.167_963_226_291_586_47),
        blocked("mmc_4 lost", (2.4, 0.5, 6), 0.176_779_636_475_239_64),
    ]
}

/// A work that does nothing to the network, is called for so often an hour, and has this priority.
fn job(b: &mut Builder, name: &str, (heads, per_h): (CrewId, f64), law: Law, priority: u32) -> WorkId {
    let spec = WorkSpec {
        priority: Some(priority),
        ..work(arrivals(per_h), way(Some(heads), law), Vec::new())
    };
    b.work(name, tag(), spec)
}

fn m_m_c(
    id: &'static str,
    (lambda, mu, heads): (f64, f64, i64),
    (warm_up, counted, histories): (usize, usize, u32),
    answers: [f64; 5],
) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", heads);
        let job = job(&mut b, "job", (crew, lambda), exponential(1.0 / mu), 0);
        let mut model = Model::new(b);
        let calls = (warm_up + counted) as f64;
        let cut = Calls {
            histories,
            warm_up,
            counted,
            horizon_h: (calls + 20.0 * calls.sqrt()) / lambda + 200.0 / mu,
            mark_h: 1.0,
            window_h: (warm_up as f64 / lambda, calls / lambda),
        };
        let queue = queues(&mut model, &[job], cut, seed)[0];
        vec![
            queue.share_waited(),
            queue.wait_h(),
            queue.stay_h(),
            queue.share_waited_longer(),
            queue.number_waiting(),
        ]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!("M/M/{heads}: {lambda} calls an hour, {mu} an hour done by a head"),
        source: "Erlang's formulas",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("P(a call waits), Erlang C", answers[0]),
            Quantity::by_chance("mean wait (h)", answers[1]),
            Quantity::by_chance("mean wait and work (h)", answers[2]),
            Quantity::by_chance("P(wait > 1 h)", answers[3]),
            Quantity::by_chance("mean number waiting", answers[4]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

fn priorities() -> Reference {
    let run = |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", 1);
        let rates = [0.2, 0.3, 0.3];
        let jobs: Vec<WorkId> = (0u32..)
            .zip(rates)
            .map(|(class, per_h)| {
                let name = format!("class {class}");
                job(&mut b, &name, (crew, per_h), exponential(1.0), class)
            })
            .collect();
        let mut model = Model::new(b);
        let cut = Calls {
            histories: 40,
            warm_up: 400,
            counted: 1100,
            horizon_h: 1500.0 / 0.2 + 2000.0,
            mark_h: 1.0,
            window_h: (2000.0, 7000.0),
        };
        let found = queues(&mut model, &jobs, cut, seed);
        found.iter().map(super::calls::Queue::wait_h).collect()
    };
    Reference {
        id: "cobham_0",
        family: FAMILY,
        about: "M/M/1 with three classes (0.2, 0.3, 0.3 calls an hour, 1 h each), the better first, none interrupted"
            .to_owned(),
        source: "Cobham 1954; Kella and Yechiali 1985",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean wait of class 1 (h)", 1.0),
            Quantity::by_chance("mean wait of class 2 (h)", 2.0),
            Quantity::by_chance("mean wait of class 3 (h)", 8.0),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

fn m_g_1(id: &'static str, lambda: f64, law: Law, words: &str, answers: [f64; 3]) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", 1);
        let job = job(&mut b, "job", (crew, lambda), law.clone(), 0);
        let mut model = Model::new(b);
        let cut = Calls {
            histories: 40,
            warm_up: 600,
            counted: 1500,
            horizon_h: 2900.0 / lambda,
            mark_h: 1.0,
            window_h: (600.0 / lambda, 2100.0 / lambda),
        };
        let queue = queues(&mut model, &[job], cut, seed)[0];
        vec![queue.wait_h(), queue.number_waiting(), queue.number_present()]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!("M/G/1: {lambda} calls an hour, a head needs 1 h ({words})"),
        source: "Pollaczek and Khinchine",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean wait (h)", answers[0]),
            Quantity::by_chance("mean number waiting", answers[1]),
            Quantity::by_chance("mean number there", answers[2]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// Units that fail and are repaired by a crew: how many are down, how long they wait. The first calls (as many as come within the time
/// that is let pass, in the mean) are passed by.
fn machine_repair(
    id: &'static str,
    (n, heads, lambda, mu, passed_by): (u32, i64, f64, f64, usize),
    answers: [f64; 5],
) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", heads);
        let all = b.gate("all up", tag(), i64::from(n));
        for number in 0..n {
            let lives = vec![life(exponential(1.0 / lambda), None)];
            let one = unit(&mut b, format!("unit {number}"), lives);
            repair(&mut b, one, Some(crew), exponential(1.0 / mu), 0);
            b.term(all, one, Reading::Flag, 1);
        }
        let mut model = Model::new(b);
        let window = (100.0 / mu, 100.0 / mu + 1500.0 / answers[1]);
        let (from, to) = (hours(window.0), hours(window.1));
        let mut watch = Watch::new(from, to, &[(all, Reading::Flag)]);
        let mut sums = [Mean::new(); 5];
        let counted = 1200;
        for number in 0..seed.histories(120) {
            model.run(seed.seed, number, to, &mut watch);
            let within = |begin: u64, end: u64| {
                i64::try_from(end.min(to).saturating_sub(begin.max(from))).expect("a time of 63 bits")
            };
            let courses = courses(&model.state);
            sums[0].push(courses.iter().map(|c| within(c.called_at, c.ended_at)).sum());
            let ended = courses.iter().filter(|c| from < c.ended_at && c.ended_at <= to);
            sums[1].push(i64::try_from(ended.count()).expect("a count"));
            // A fixed number of calls, so that the mean wait is no ratio of two random numbers; and from a fixed number on, because the
            // first calls after a fixed time are more often those of a time with few units down.
            let after = courses.iter().skip(passed_by).take(counted);
            let waits: Vec<i64> = after.map(super::calls::Course::waited).collect();
            assert_eq!(waits.len(), counted, "the history is too short for its calls");
            sums[2].push(waits.iter().sum());
            sums[3].push(courses.iter().map(|c| within(c.began_at, c.ended_at)).sum());
            sums[4].push(i64::try_from(watch.tracks[0].total).expect("a time of 63 bits"));
        }
        let span_h = window.1 - window.0;
        vec![
            Estimate::mean(&sums[0], span_h * HOUR_US),
            Estimate::mean(&sums[1], span_h),
            Estimate::mean(&sums[2], counted as f64 * HOUR_US),
            Estimate::mean(&sums[3], span_h * HOUR_US * heads as f64),
            Estimate::mean(&sums[4], span_h * HOUR_US),
        ]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!("{n} like units (λ {lambda}/h, μ {mu}/h), crew of {heads}"),
        source: "machine interference, closed form",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean number failed", answers[0]),
            Quantity::by_chance("repairs per h", answers[1]),
            Quantity::by_chance("mean wait for the crew (h)", answers[2]),
            Quantity::by_chance("share of the crew at work", answers[3]),
            Quantity::by_chance("P(all up)", answers[4]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

fn mass_repair() -> Reference {
    let run = |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", 1);
        let all = b.gate("all up", tag(), 5);
        let mut losses = Vec::new();
        for number in 0..5 {
            let one = b.unit(format!("unit {number}"), tag(), UnitSpec::flag());
            repair(&mut b, one, Some(crew), exponential(2.0), 0);
            b.term(all, one, Reading::Flag, 1);
            losses.push((0, Action::Break { node: one, items: 1 }));
        }
        super::parts::script(&mut b, losses);
        let mut model = Model::new(b);
        let mut watch = Watch::new(0, hours(1000.0), &[(all, Reading::Not)]);
        let (mut times, mut squares) = (Mean::new(), Mean::new());
        for number in 0..seed.histories(4000) {
            model.run(seed.seed, number, hours(1000.0), &mut watch);
            let time = i64::try_from(watch.tracks[0].total).expect("a time of 63 bits");
            times.push(time);
            // About the known mean of 10 h, in milliseconds so that the square has 63 bits.
            let off = time / 1000 - 36_000_000;
            squares.push(off * off);
        }
        let hour_ms = HOUR_US / 1000.0;
        vec![
            Estimate::mean(&times, HOUR_US),
            Estimate::mean(&squares, hour_ms * hour_ms),
        ]
    };
    Reference {
        id: "mass_repair_0",
        family: FAMILY,
        about: "5 units all failed at 0, crew of 1, 2 h a repair (exponential): until all are back"
            .to_owned(),
        source: "sum of exponential stages",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean (h)", 10.0),
            Quantity::by_chance("variance about the known mean (h²)", 20.0),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// Calls that go away when nobody is free: they wait for no longer than a microsecond.
fn blocked(id: &'static str, (lambda, mu, heads): (f64, f64, i64), answer: f64) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let crew = crew(&mut b, "crew", heads);
        let spec = WorkSpec {
            timeout_us: 1,
            ..work(
                arrivals(lambda),
                way(Some(crew), exponential(1.0 / mu)),
                Vec::new(),
            )
        };
        b.work("job", tag(), spec);
        let mut model = Model::new(b);
        let (warm_up, counted) = (200, 1000);
        let mut lost = Mean::new();
        for number in 0..seed.histories(40) {
            let horizon = hours(1700.0 / lambda);
            model.run(seed.seed, number, horizon, &mut Watch::new(0, 0, &[]));
            let courses = courses(&model.state);
            let calls = courses.iter().skip(warm_up).take(counted);
            assert_eq!(calls.len(), counted, "the history is too short for its calls");
            let gone = calls.filter(|course| course.began_at == u64::MAX).count();
            lost.push(i64::try_from(gone).expect("a count"));
        }
        vec![Estimate::mean(&lost, counted as f64)]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!("M/M/{heads} as above, but a call that finds none of the heads free is lost"),
        source: "Erlang's formulas",
        how: How::Kernel,
        quantities: vec![Quantity::by_chance("P(a call is lost), Erlang B", answer)],
        run: Run::Chance(Box::new(run)),
        note: "a call is given up after a wait of 1 µs",
    }
}
