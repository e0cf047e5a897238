//! Whole scenarios: the files of `scenarios/references/`, from their text to their rows. Each file says where its answer is from.

use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::analysis::run::layout;
use blackstart::compile::{compile, language, validate};
use blackstart::monte_carlo::{EVENTS_MAX, Plan, Replica};
use blackstart::observe::columns::Layout;
use blackstart::scenario::{Limits, load};
use blackstart::statistics::{Mean, Proportion};
use blackstart::store::Row;
use std::path::Path;

/// The family's heading.
pub const FAMILY: &str = "12 Whole scenarios";

/// What is read off the rows of a scenario, of a load of this name.
#[derive(Clone, Copy)]
pub enum Read {
    /// The share of time in which it is short.
    Short(&'static str),
    /// How often it gets short, per hour.
    PerHour(&'static str),
    /// How many of these are short, in the mean over time.
    NumberShort(&'static [&'static str]),
    /// How much it gets less than it draws, in the mean over time (kW).
    LackKw(&'static str),
    /// Whether it gets short at all.
    Ever(&'static str),
    /// Hours until the whole is back.
    WholeBack,
    /// Mean hours until one of so many loads is back.
    OneBack(usize),
}

impl Read {
    /// The value in one row, and by what it is to be divided for the estimate.
    fn of(self, row: &Row, layout: &Layout, hours: f64) -> (i64, f64) {
        let place = |id: &str| {
            let mut loads = layout.loads().iter();
            let found = loads.position(|&service| layout.services()[service].id == id);
            found.unwrap_or_else(|| panic!("no load {id}"))
        };
        let us = hours * 3.6e9;
        match self {
            Self::Short(id) => (row.cells[layout.short_us(place(id))], us),
            Self::PerHour(id) => (row.cells[layout.shortfalls(place(id))], hours),
            Self::NumberShort(ids) => {
                let short = ids.iter().map(|id| row.cells[layout.short_us(place(id))]);
                (short.sum(), us)
            }
            Self::LackKw(id) => (row.cells[layout.unserved_joules(place(id))], 3.6e6 * hours),
            Self::Ever(id) => (i64::from(row.cells[layout.shortfalls(place(id))] > 0), 1.0),
            Self::WholeBack => (row.cells[layout.whole_rta()], 3.6e9),
            Self::OneBack(loads) => {
                let sum = (0..loads).map(|load| row.cells[layout.rta(load)]).sum();
                (sum, 3.6e9 * loads as f64)
            }
        }
    }
}

/// Runs a scenario of the folder of references so many times.
fn answers(name: &str, histories: u32, reads: &[Read], seed: Seed) -> Vec<Estimate> {
    let path = format!("{}/scenarios/references/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let mut loaded =
        load(Path::new(&path), &language(), &[], &Limits::default()).expect("a file of the repository");
    let compiled = compile(validate(&mut loaded).expect("a valid scenario"));
    let layout = layout(&compiled);
    let mut replica = Replica::new(Plan {
        compiled: &compiled,
        layout: &layout,
        seed: seed.seed,
        events_max: EVENTS_MAX,
    });
    let hours = compiled.horizon_us as f64 / 3.6e9;
    let mut sums = vec![Mean::new(); reads.len()];
    let mut units = vec![1.0; reads.len()];
    for number in 0..seed.histories(histories) {
        let row = replica.row(number).expect("a history that ends");
        for ((sum, unit), read) in sums.iter_mut().zip(&mut units).zip(reads) {
            let (value, by) = read.of(&row, &layout, hours);
            sum.push(value);
            *unit = by;
        }
    }
    let estimates = sums.iter().zip(&units).zip(reads);
    estimates
        .map(|((sum, &unit), read)| match read {
            Read::Ever(_) => {
                let hits = u64::try_from(sum.sum()).expect("a count");
                Estimate::proportion(&Proportion::new(hits, sum.n()))
            }
            _ => Estimate::mean(sum, unit),
        })
        .collect()
}

/// A scenario of the folder of references, so many histories of it, and what is read off them.
pub fn scenario(
    id: &'static str,
    name: &'static str,
    about: &str,
    histories: u32,
    cases: &[(&'static str, Read, f64)],
) -> Reference {
    let reads: Vec<Read> = cases.iter().map(|&(_, read, _)| read).collect();
    Reference {
        id,
        family: FAMILY,
        about: format!("{about} (`scenarios/references/{name}.yaml`)"),
        source: "as in the rows of the engine above",
        how: How::Scenario,
        quantities: cases
            .iter()
            .map(|&(what, _, answer)| Quantity::by_chance(what, answer))
            .collect(),
        run: Run::Chance(Box::new(move |seed| answers(name, histories, &reads, seed))),
        note: "",
    }
}

/// Scenarios with known answers that run often enough for a row; all of them are held by `tests/suite/reference_scenarios.rs`.
pub fn references() -> Vec<Reference> {
    let utility_generator = {
        // Renewal and reward over the failures of the utility, as in ups_gen_2: lost are the starts that fail and the generators that do.
        let (live_rate, back, fails, starts, bridged) = (12.0 / 8760.0, 2.0, 0.002, 0.97, 1.0 / 12.0);
        let lost: f64 =
            live_rate * (1.0 - starts + starts * fails / (fails + back)) * f64::exp(-back * bridged);
        lost / (1.0 + live_rate / back)
    };
    let mut all = vec![
        scenario(
            "scenario kofn_04",
            "two-of-three-one-repairer",
            "2 of 3 units needed, one repairer",
            60,
            &[
                ("unavailability", Read::Short("hall"), 0.008_835_523_334_843_706),
                (
                    "failures per h",
                    Read::PerHour("hall"),
                    0.000_424_784_775_713_638_44,
                ),
            ],
        ),
        scenario(
            "scenario kofn_02",
            "one-of-two-two-repairers",
            "1 of 2 units needed, two repairers",
            60,
            &[
                ("unavailability", Read::Short("hall"), 9.802_960_494_069_204e-5),
                (
                    "failures per h",
                    Read::PerHour("hall"),
                    1.960_592_098_813_841_7e-5,
                ),
            ],
        ),
        scenario(
            "scenario kofn_10",
            "four-of-six-two-repairers",
            "4 of 6 units needed, two repairers",
            60,
            &[
                ("unavailability", Read::Short("hall"), 0.008_209_500_518_886_791),
                (
                    "failures per h",
                    Read::PerHour("hall"),
                    0.000_204_328_182_597_635_27,
                ),
            ],
        ),
        scenario(
            "scenario standby_nr_0",
            "cold-standby",
            "a cold standby without repair",
            1000,
            &[("P(lost)", Read::Ever("hall"), 0.264_241_117_657_115_33)],
        ),
        scenario(
            "scenario standby_nr_2",
            "warm-standby",
            "a warm standby without repair",
            1000,
            &[("P(lost)", Read::Ever("hall"), 0.357_096_924_884_833_9)],
        ),
        scenario(
            "scenario standby_rep_0",
            "cold-standby-repaired",
            "a cold standby with repair",
            60,
            &[
                ("unavailability", Read::Short("hall"), 9.900_009_900_009_978e-5),
                ("failures per h", Read::PerHour("hall"), 9.900_009_900_009_9e-6),
            ],
        ),
        scenario(
            "scenario ups_gen_2",
            "utility-battery-generator",
            "utility, battery and generator",
            60,
            &[
                ("shortfalls per h", Read::PerHour("hall"), utility_generator),
                ("unavailability", Read::Short("hall"), utility_generator / 2.0),
            ],
        ),
        scenario(
            "scenario mass_repair_0",
            "mass-repair",
            "5 units all failed, one repairer",
            500,
            &[("h until all are back", Read::WholeBack, 10.0)],
        ),
        scenario(
            "scenario jobs_5_2",
            "recovery-jobs",
            "5 jobs for a crew of 2, the longest first",
            500,
            &[
                ("h until all are done", Read::WholeBack, 1.6),
                ("mean h of a job", Read::OneBack(5), 0.9),
            ],
        ),
    ];
    // RTS-79 begins with all units up, as a scenario: it is held by the ordinary tests alone.
    all.extend(crews());
    all
}

/// Many units, few repairers.
fn crews() -> [Reference; 2] {
    [
        scenario(
            "scenario machine_repair_0",
            "machine-repair",
            "10 machines, one repairer",
            20,
            &[
                ("mean number failed", Read::LackKw("work"), 2.145_823_431_073_473),
                (
                    "P(some are down)",
                    Read::Short("work"),
                    1.0 - 0.214_582_343_107_347_33,
                ),
            ],
        ),
        scenario(
            "scenario two_class_0",
            "two-classes-one-repairer",
            "2 units of class 1 and 3 of class 2, one repairer, class 1 first",
            60,
            &[
                (
                    "mean number failed of class 1",
                    Read::NumberShort(&["load-first-1", "load-first-2"]),
                    0.182_141_023_893_156_62,
                ),
                (
                    "mean number failed of class 2",
                    Read::NumberShort(&["load-second-1", "load-second-2", "load-second-3"]),
                    0.700_937_071_554_229,
                ),
                (
                    "P(all of class 1 down)",
                    Read::Short("any-first"),
                    0.014_612_644_139_622_143,
                ),
                (
                    "P(all of class 2 down)",
                    Read::Short("any-second"),
                    0.029_701_308_499_001_808,
                ),
            ],
        ),
    ]
}
