//! Runs over years against closed forms: what is estimated, and whether the intervals hold the truth as often as they say.
//!
//! Each system is simulated under 300 seeds. Of 300 intervals that hold the truth with 95 %, between 88.7 % and all hold it but for a
//! false alarm of 3e-7 (five standard errors of 1.26 %); where few events are seen the intervals are meant to be wide, so no upper bound
//! is asked of them. The mean of 300 z-scores has a standard error of 0.058, their standard deviation one of 0.041: five of each, and as
//! much again for the skewness of rates that rest on some tens of events.

use crate::simulated::{asked, design, loaded};
use crate::sources::root;
use blackstart::analysis::annual::{Estimate, Watched, watched};
use blackstart::compile::compile;
use blackstart::kernel::{
    Action, Builder, Call, Clock, Effect, Netlist, NodeId, Reading, Tag, Takes, UnitSpec, Way, WorkSpec,
};
use blackstart::monte_carlo::{EVENTS_MAX, YearsPlan, simulate_years};
use blackstart::observe::annual::{AnnualRow, Span, Watch};
use blackstart::random::Law;
use blackstart::report::annual::{AnnualInput, files};

const HOUR_US: f64 = 3.6e9;
const HOURS_PER_YEAR: f64 = 8_766.0;
const SEEDS: u64 = 300;

/// A system of `n` like units of which `k` are needed; each fails and is repaired without memory, by one of `crews` heads.
struct System {
    n: u64,
    k: i64,
    crews: usize,
    fails_per_h: f64,
    repairs_per_h: f64,
}

/// What follows from it in the long run.
struct Truth {
    unavailability: f64,
    falls_per_y: f64,
    down_h: f64,
}

impl System {
    /// The birth-death chain of the number of failed units (Rausand and Høyland, System Reliability Theory, chapter 8).
    fn truth(&self) -> Truth {
        let n = usize::try_from(self.n).expect("few units");
        let mut weights = vec![1.0];
        for failed in 0..n {
            let up = (n - failed) as f64 * self.fails_per_h;
            let down = (failed + 1).min(self.crews) as f64 * self.repairs_per_h;
            weights.push(weights[failed] * up / down);
        }
        let sum: f64 = weights.iter().sum();
        // It is down with more than this many failed.
        let borne = n - usize::try_from(self.k).expect("a small number");
        let unavailability = weights[borne + 1..].iter().sum::<f64>() / sum;
        let falls_per_h = weights[borne] / sum * (n - borne) as f64 * self.fails_per_h;
        Truth {
            unavailability,
            falls_per_y: falls_per_h * HOURS_PER_YEAR,
            down_h: unavailability / falls_per_h,
        }
    }

    fn network(&self) -> (Netlist, NodeId) {
        let mut builder = Builder::new();
        let tag = Tag::default();
        let law = |per_h: f64| Law::exponential(HOUR_US / per_h).expect("a law");
        let heads: Vec<NodeId> = (0..self.crews)
            .map(|head| builder.unit(format!("head-{head}"), tag, UnitSpec::flag()))
            .collect();
        let crew = builder.crew("crew", tag, heads);
        let system = builder.gate("system", tag, self.k);
        for number in 0..self.n {
            let spec = UnitSpec {
                clocks: vec![Clock::new(law(self.fails_per_h))],
                ..UnitSpec::flag()
            };
            let unit = builder.unit(format!("unit-{number}"), tag, spec);
            builder.term(system, unit, Reading::Flag, 1);
            let repair = WorkSpec {
                call: Call::When(unit, Reading::Not),
                ways: vec![Way {
                    name: "repair".to_owned(),
                    needs: Vec::new(),
                    crew: vec![(crew, 1)],
                    parts: Vec::new(),
                    takes: Takes::Once(law(self.repairs_per_h)),
                    errs_ppm: 0,
                    patience_us: u64::MAX,
                }],
                effects: vec![Effect::Act(Action::Repair { node: unit })],
                ..WorkSpec::default()
            };
            builder.work(format!("repair-{number}"), tag, repair);
        }
        (builder.finish().expect("a sound network"), system)
    }
}

fn rows(net: &Netlist, watch: Watch, years: u32, n: u32, seed: u64) -> Vec<AnnualRow> {
    let warm_up_us = 90 * 24 * 3_600_000_000;
    let plan = YearsPlan {
        net,
        watches: &[watch],
        span: Span { warm_up_us, years },
        seed,
        events_max: EVENTS_MAX,
        tell: None,
    };
    simulate_years(plan, n, &|_| {}).expect("replications that end")
}

/// How often intervals of one quantity held its truth, and the z-scores.
#[derive(Default)]
struct Tally {
    held: u32,
    tried: u32,
    z: Vec<f64>,
}

impl Tally {
    fn take(&mut self, estimate: Option<Estimate>, truth: f64) {
        let Some(estimate) = estimate else { return };
        self.tried += 1;
        self.held += u32::from(estimate.low <= truth && truth <= estimate.high);
        if let Some(error) = estimate.standard_error.filter(|&error| error > 0.0) {
            self.z.push((estimate.value - truth) / error);
        }
    }

    fn share(&self) -> f64 {
        f64::from(self.held) / f64::from(self.tried)
    }

    fn mean_and_sd(&self) -> (f64, f64) {
        let n = self.z.len() as f64;
        let mean = self.z.iter().sum::<f64>() / n;
        let squares: f64 = self.z.iter().map(|z| (z - mean) * (z - mean)).sum();
        (mean, (squares / (n - 1.0)).sqrt())
    }
}

/// Simulates a system under all seeds; gives the tallies of unavailability, frequency and mean time down.
fn tallies(system: &System, years: u32, n: u32) -> [Tally; 3] {
    let truth = system.truth();
    let (net, node) = system.network();
    let mut tallies: [Tally; 3] = Default::default();
    for seed in 0..SEEDS {
        let found: Watched = watched(&rows(&net, Watch::flag(node), years, n, seed), 0, 0.95);
        tallies[0].take(Some(found.availability), 1.0 - truth.unavailability);
        tallies[1].take(Some(found.falls_per_year), truth.falls_per_y);
        tallies[2].take(found.down_mean_us, truth.down_h * HOUR_US);
        // Without a settling time an outage is a spell of being down.
        assert_eq!(found.falls_per_year.events, found.outages_per_year.events);
    }
    tallies
}

const NAMES: [&str; 3] = ["availability", "frequency", "mean time down"];

/// Reference `kofn_04`: two of three, one crew.
fn two_of_three() -> System {
    System {
        n: 3,
        k: 2,
        crews: 1,
        fails_per_h: 0.002,
        repairs_per_h: 0.05,
    }
}

#[test]
fn the_closed_forms_are_the_published_ones() {
    let truth = two_of_three().truth();
    assert!((truth.unavailability / 0.008_835_523_334_843_706 - 1.0).abs() < 1e-12);
    assert!((truth.falls_per_y / HOURS_PER_YEAR / 4.247_847_757_136_384_4e-4 - 1.0).abs() < 1e-12);
    assert!((truth.down_h - 20.8).abs() < 1e-9);
}

#[test]
fn intervals_hold_the_truth_where_events_are_many() {
    let one = System {
        n: 1,
        k: 1,
        crews: 1,
        fails_per_h: 1.0 / 876.0,
        repairs_per_h: 1.0 / 24.0,
    };
    for (about, system, years, n) in [("one unit", one, 5, 12), ("two of three", two_of_three(), 4, 12)] {
        for (tally, name) in tallies(&system, years, n).iter().zip(NAMES) {
            let (share, (mean, sd)) = (tally.share(), tally.mean_and_sd());
            assert!(
                (0.887..1.0).contains(&share),
                "{about}, {name}: {share} of intervals hold the truth"
            );
            assert!(mean.abs() < 0.58, "{about}, {name}: z-scores lie about {mean}");
            assert!(
                (0.7..1.3).contains(&sd),
                "{about}, {name}: z-scores scatter by {sd}"
            );
        }
    }
}

/// Reference `kofn_02`: one of two with a crew each; some 14 outages in 80 years. And the same with 2.
#[test]
fn intervals_hold_the_truth_where_events_are_few() {
    let system = System {
        n: 2,
        k: 1,
        crews: 2,
        fails_per_h: 0.001,
        repairs_per_h: 0.1,
    };
    for (years, n) in [(20, 4), (10, 1)] {
        for (tally, name) in tallies(&system, years, n).iter().zip(NAMES) {
            let share = tally.share();
            assert!(
                share > 0.887,
                "{years} years, {n} times, {name}: {share} of intervals hold the truth"
            );
        }
    }
}

#[test]
fn what_never_fails_has_a_bound_and_no_length() {
    let mut builder = Builder::new();
    let unit = builder.unit("unit", Tag::default(), UnitSpec::flag());
    let net = builder.finish().expect("a sound network");
    let found = watched(&rows(&net, Watch::flag(unit), 50, 20, 1), 0, 0.95);
    assert_eq!(found.years, 1_000);
    // Garwood's 3.69 in a thousand years.
    assert!((found.outages_per_year.high - 3.688_879_454_113_9e-3).abs() < 1e-9);
    assert!((found.availability.low - (1.0 - 3.688_879_454_113_9e-3)).abs() < 1e-9);
    assert!((found.availability.value - 1.0).abs() < 1e-15);
    assert_eq!((found.outage_mean_us, found.outage_median), (None, None));
}

#[test]
fn threads_change_no_row() {
    let (net, node) = two_of_three().network();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| rows(&net, Watch::flag(node), 10, 30, 5))
    };
    let one = on(1);
    assert!(one == on(2) && one == on(8));
    assert!(
        one.iter()
            .enumerate()
            .all(|(at, row)| row.replication as usize == at)
    );
}

/// Every result file of the annual example: its name and its bytes.
fn result_files(threads: usize) -> Vec<(String, Vec<u8>)> {
    let compiled = compile(design(loaded(&root().join("scenarios/annual-two-ups.yaml"))));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    let outcome = pool
        .install(|| blackstart::analysis::annual::run(&compiled, &asked(9), &|_| {}))
        .expect("replications that end");
    let input = AnnualInput {
        results: &outcome.results,
        rows: &outcome.rows,
        names: &outcome.names,
        resolved: &compiled.resolved,
    };
    files(&input)
        .expect("result files")
        .iter()
        .map(|file| (file.name.clone(), file.bytes()))
        .collect()
}

#[test]
fn every_result_file_of_years_is_the_same_on_one_two_and_eight_threads() {
    let one = result_files(1);
    assert!(one.len() > 8, "only {} files", one.len());
    for threads in [2, 8] {
        assert!(one == result_files(threads), "files differ on {threads} threads");
    }
}
