//! Family 03: systems of repairable units.

use super::parts::{HOUR_US, crew, end_with, exponential, hours, life, repair, tag, unit, way, work};
use super::watch::{Cut, Model, Watch, first_times, steady};
use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{Builder, NodeId, Reading, UnitSpec};
use blackstart::random::{Law, Lognormal, Weibull};
use blackstart::statistics::{Mean, Proportion};

/// The family's heading.
pub const FAMILY: &str = "03 Repairable systems";

/// Identical units of which `k` of `n` are needed, with so many heads to repair them.
#[derive(Clone, Copy)]
struct KOfN {
    n: u32,
    k: u32,
    heads: i64,
    lambda_per_h: f64,
    mu_per_h: f64,
    /// Whether nothing fails while the system is down.
    stops_when_down: bool,
}

impl KOfN {
    /// The network and the gate that tells whether the system is up; `once`: the world ends when it falls.
    fn network(&self, once: bool) -> (Model, NodeId) {
        let mut b = Builder::new();
        let heads = crew(&mut b, "crew", self.heads);
        let world = b.unit("world", tag(), UnitSpec::flag());
        let system = b.gate("system", tag(), i64::from(self.k));
        let ages = b.all("ages", tag(), &[(world, Reading::Flag)]);
        if self.stops_when_down {
            b.also(ages, system, Reading::Flag);
        }
        for number in 0..self.n {
            let lives = vec![life(
                exponential(1.0 / self.lambda_per_h),
                Some((ages, Reading::Flag)),
            )];
            let unit = unit(&mut b, format!("unit {number}"), lives);
            b.term(system, unit, Reading::Flag, 1);
            repair(&mut b, unit, Some(heads), exponential(1.0 / self.mu_per_h), 0);
        }
        if once {
            end_with(&mut b, system, world);
        }
        (Model::new(b), system)
    }

    /// Unavailability, failures per hour, hours per failure, hours to the first failure of a new system. `per_h` is about how often
    /// the system fails: it sizes the histories so that each holds some six failures.
    fn answers(&self, per_h: f64, seed: Seed) -> Vec<Estimate> {
        let (mut model, system) = self.network(false);
        let cut = Cut {
            histories: 50,
            warm_up_h: 20.0 / self.mu_per_h,
            window_h: 6.0 / per_h,
            tail_h: 40.0 * f64::from(self.n) / self.mu_per_h,
        };
        let down = steady(&mut model, &[(system, Reading::Not)], cut, seed)[0];
        let (mut model, system) = self.network(true);
        let first = first_times(&mut model, (system, Reading::Not), 200, seed);
        vec![
            down.share(),
            down.per_hour(),
            down.mean_hours(),
            Estimate::mean(&first, HOUR_US),
        ]
    }
}

fn k_of_n(id: &'static str, system: KOfN, answers: [f64; 4]) -> Reference {
    let (n, k, heads) = (system.n, system.k, system.heads);
    let ageing = if system.stops_when_down {
        "nothing fails while the system is down"
    } else {
        "units fail while the system is down as well"
    };
    Reference {
        id,
        family: FAMILY,
        about: format!("{k} of {n} like units needed, crew of {heads}, exponential; {ageing}"),
        source: "birth and death, closed form (Rausand & Høyland ch. 8; Trivedi ch. 8)",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("unavailability", answers[0]),
            Quantity::by_chance("failures per h", answers[1]),
            Quantity::by_chance("h per failure", answers[2]),
            Quantity::by_chance("h to the first failure, from new", answers[3]),
        ],
        run: Run::Chance(Box::new(move |seed| system.answers(answers[1], seed))),
        note: "",
    }
}

/// All references of the family but those with standby.
pub fn references() -> Vec<Reference> {
    let system = |n, k, heads, lambda_per_h, mu_per_h, stops_when_down| KOfN {
        n,
        k,
        heads,
        lambda_per_h,
        mu_per_h,
        stops_when_down,
    };
    vec![
        k_of_n(
            "kofn_00",
            system(1, 1, 1, 0.001, 0.1, false),
            [
                0.009_900_990_099_009_901,
                0.000_990_099_009_900_990_1,
                10.0,
                1000.0,
            ],
        ),
        k_of_n(
            "kofn_02",
            system(2, 1, 2, 0.001, 0.1, false),
            [
                9.802_960_494_069_204e-5,
                1.960_592_098_813_841_7e-5,
                4.999_999_999_999_997,
                51_499.999_999_999_87,
            ],
        ),
        k_of_n(
            "kofn_04",
            system(3, 2, 1, 0.002, 0.05, false),
            [
                0.008_835_523_334_843_706,
                0.000_424_784_775_713_638_44,
                20.8,
                2_499.999_999_999_998_6,
            ],
        ),
        k_of_n(
            "kofn_06",
            system(4, 3, 1, 0.005, 0.125, false),
            [
                0.017_613_046_315_547_633,
                0.002_032_524_731_760_936,
                8.665_600_000_000_031,
                533.333_333_333_332_7,
            ],
        ),
        k_of_n(
            "kofn_08",
            system(5, 3, 1, 0.002, 1.0 / 24.0, false),
            [
                0.005_646_514_447_300_234,
                0.000_213_764_969_275_325_33,
                26.414_591_999_999_907,
                5_397.453_703_703_751,
            ],
        ),
        k_of_n(
            "kofn_10",
            system(6, 4, 2, 0.001, 1.0 / 72.0, false),
            [
                0.008_209_500_518_886_791,
                0.000_204_328_182_597_635_27,
                40.178_013_696_001_04,
                5_683.539_094_650_188,
            ],
        ),
        k_of_n(
            "kofn_12",
            system(10, 8, 3, 0.000_25, 1.0 / 36.0, true),
            [
                7.998_299_547_619_362e-5,
                6.665_249_623_015_694e-6,
                12.000_000_000_000_794,
                155_802.606_310_014_38,
            ],
        ),
        rare_k_of_n(),
        renewal(),
        transient(),
        any_number_down(),
    ]
}

fn rare_k_of_n() -> Reference {
    Reference {
        id: "kofn_14",
        family: FAMILY,
        about: "45 of 50 like units needed, crew of 3, exponential: down once in 600,000 years".to_owned(),
        source: "birth and death, closed form",
        how: How::Nothing,
        quantities: vec![Quantity::by_chance("unavailability", 7.631_613_254_843_273e-10)],
        run: Run::No,
        note: "a simulation that waits for such a failure needs 6 · 10⁵ years, 3 · 10⁷ failures of units, for each one that it sees; \
               it waits for estimators of rare events",
    }
}

fn renewal() -> Reference {
    let run = |seed: Seed| {
        let mut b = Builder::new();
        let up = Law::Weibull(Weibull::new(2.0, 1000.0 * HOUR_US).expect("a law"));
        let down = Law::Lognormal(Lognormal::new(8.0 * HOUR_US, 1.0).expect("a law"));
        let one = unit(&mut b, "unit", vec![life(up, None)]);
        repair(&mut b, one, None, down, 0);
        let cut = Cut {
            histories: 100,
            warm_up_h: 20_000.0,
            window_h: 50_000.0,
            tail_h: 0.0,
        };
        let mut model = Model::new(b);
        let readings = [(one, Reading::Flag), (one, Reading::Not)];
        let seen = steady(&mut model, &readings, cut, seed);
        vec![seen[0].share(), seen[1].per_hour()]
    };
    Reference {
        id: "renewal_0",
        family: FAMILY,
        about: "one unit: up for a Weibull time (shape 2, scale 1,000 h), down for a lognormal one (median 8 h, σ 1)"
            .to_owned(),
        source: "alternating renewal theorem",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("availability", 0.985_335_195_321_749_2),
            Quantity::by_chance("failures per h", 0.001_111_831_707_007_049_7),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

fn transient() -> Reference {
    let run = |seed: Seed| {
        let mut b = Builder::new();
        let one = unit(&mut b, "unit", vec![life(exponential(100.0), None)]);
        repair(&mut b, one, None, exponential(10.0), 0);
        let mut model = Model::new(b);
        let mut watch = Watch::new(0, hours(5.0), &[(one, Reading::Flag), (one, Reading::Not)]);
        let (mut at_end, mut share, mut failures) = (Proportion::default(), Mean::new(), Mean::new());
        for number in 0..seed.histories(20_000) {
            model.run(seed.seed, number, hours(5.0), &mut watch);
            at_end.n += 1;
            at_end.hits += u64::from(model.state.value(one) != 0);
            share.push(i64::try_from(watch.tracks[0].total).expect("five hours"));
            failures.push(watch.tracks[1].begun);
        }
        vec![
            Estimate::proportion(&at_end),
            Estimate::mean(&share, 5.0 * HOUR_US),
            Estimate::mean(&failures, 1.0),
        ]
    };
    Reference {
        id: "transient_0",
        family: FAMILY,
        about: "one unit, new at 0, fails every 100 h and is repaired in 10 h (exponential): the first 5 h"
            .to_owned(),
        source: "textbook closed form",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("availability at 5 h", 0.961_540_891_852_771_6),
            Quantity::by_chance("mean availability to 5 h", 0.979_016_560_267_688_2),
            Quantity::by_chance("failures to 5 h", 0.048_950_828_013_384_406),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

fn any_number_down() -> Reference {
    let run = |seed: Seed| {
        let mut b = Builder::new();
        // A repair law that is not exponential: the answer depends on its mean alone.
        let law = Law::Weibull(Weibull::from_shape_mean(0.8, 4.0 * HOUR_US).expect("a law"));
        let calls = super::parts::arrivals(0.5);
        b.work("repair", tag(), work(calls, way(None, law), Vec::new()));
        let mut model = Model::new(b);
        let (from, to) = (hours(200.0), hours(1200.0));
        let mut watch = Watch::new(from, to, &[]);
        let sums = &mut [Mean::new(); 4];
        for number in 0..seed.histories(100) {
            model.run(seed.seed, number, to, &mut watch);
            let mut changes: Vec<(u64, i64)> = Vec::new();
            for course in super::calls::courses(&model.state) {
                changes.push((course.called_at, 1));
                changes.push((course.ended_at, -1));
            }
            changes.sort_unstable();
            let (mut present, mut since) = (0i64, 0u64);
            let mut totals = [0i64; 4];
            changes.push((to, 0));
            for (at, change) in changes {
                let passed = at.min(to).saturating_sub(since.max(from));
                let passed = i64::try_from(passed).expect("1,000 h");
                totals[0] += passed * present;
                totals[1] += passed * (present - 2) * (present - 2);
                totals[2] += if present == 0 { passed } else { 0 };
                totals[3] += if present <= 2 { passed } else { 0 };
                (present, since) = (present + change, at.min(to));
            }
            for (sum, total) in sums.iter_mut().zip(totals) {
                sum.push(total);
            }
        }
        sums.iter()
            .map(|sum| Estimate::mean(sum, 1000.0 * HOUR_US))
            .collect()
    };
    Reference {
        id: "mginf_0",
        family: FAMILY,
        about: "a failure every 2 h in the mean, each repaired in 4 h in the mean (Weibull, shape 0.8), no limit of crews"
            .to_owned(),
        source: "M/G/∞: the number down is Poisson, whatever the law of repair",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("mean number down", 2.0),
            Quantity::by_chance("its variance, about the known mean", 2.0),
            Quantity::by_chance("P(none down)", 0.135_335_283_236_612_7),
            Quantity::by_chance("P(at most 2 down)", 0.676_676_416_183_063_5),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}
