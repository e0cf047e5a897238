//! Published systems as scenario files: what the simulation gives against the answer, by the estimator's own standard error.
//!
//! Each file says where its answer is from. The seed is fixed; a bound of four standard errors would be passed by a right program in one seed
//! of 15,000 per line.

use crate::simulated::{Ready, loaded, replications};
use crate::sources::root;
use blackstart::monte_carlo::Replica;
use blackstart::store::Row;

/// How many standard errors an estimate may lie from the answer.
const Z_MAX: f64 = 4.0;

/// A scenario of the folder of references, run so many times.
struct Reference {
    name: &'static str,
    ready: Ready,
    rows: Vec<Row>,
}

impl Reference {
    fn run(name: &'static str, count: u32) -> Self {
        let ready = Ready::new(loaded(&root().join(format!("scenarios/references/{name}.yaml"))));
        let mut replica = Replica::new(ready.plan(1));
        let rows = (0..replications(count))
            .map(|number| {
                replica
                    .row(number)
                    .unwrap_or_else(|unfinished| panic!("{name}: {unfinished:?}"))
            })
            .collect();
        Self { name, ready, rows }
    }

    /// The place of a load among the loads.
    fn load(&self, id: &str) -> usize {
        let layout = &self.ready.layout;
        let place = layout
            .loads()
            .iter()
            .position(|&service| layout.services()[service].id == id);
        place.unwrap_or_else(|| panic!("{}: no load {id}", self.name))
    }

    /// Holds the mean of something against its answer.
    fn hold(&self, what: &str, answer: f64, of: impl Fn(&Row) -> f64) {
        let values: Vec<f64> = self.rows.iter().map(of).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f64>()
            / (count - 1.0);
        let error = (variance / count).sqrt();
        let z = (mean - answer) / error;
        assert!(
            error > 0.0 && z.abs() < Z_MAX,
            "{}, {what}: {mean} ± {error}, not {answer}: z = {z}",
            self.name
        );
    }

    fn hours(&self) -> f64 {
        self.ready.compiled.horizon_us as f64 / 3.6e9
    }

    /// Holds the share of time in which a load is short against its answer.
    fn hold_unavailability(&self, load: &str, answer: f64) {
        let column = self.ready.layout.short_us(self.load(load));
        let horizon = self.ready.compiled.horizon_us as f64;
        self.hold(&format!("time short of {load}"), answer, |row| {
            row.cells[column] as f64 / horizon
        });
    }

    /// Holds how often an hour a load gets short against its answer.
    fn hold_frequency(&self, load: &str, answer: f64) {
        let column = self.ready.layout.shortfalls(self.load(load));
        let hours = self.hours();
        self.hold(&format!("shortfalls of {load}"), answer, |row| {
            row.cells[column] as f64 / hours
        });
    }
}

#[test]
fn k_of_n_with_few_repairers() {
    let system = Reference::run("two-of-three-one-repairer", 200);
    system.hold_unavailability("hall", 0.008_835_523_334_843_706);
    system.hold_frequency("hall", 0.000_424_784_775_713_638_44);
    let system = Reference::run("one-of-two-two-repairers", 100);
    system.hold_unavailability("hall", 9.802_960_494_069_204e-5);
    system.hold_frequency("hall", 1.960_592_098_813_841_7e-5);
    let system = Reference::run("four-of-six-two-repairers", 100);
    system.hold_unavailability("hall", 0.008_209_500_518_886_791);
    system.hold_frequency("hall", 0.000_204_328_182_597_635_27);
}

#[test]
fn standby_with_and_without_repair() {
    for (name, answer) in [
        ("cold-standby", 0.264_241_117_657_115_33),
        ("warm-standby", 0.357_096_924_884_833_9),
    ] {
        let system = Reference::run(name, 4_000);
        let column = system.ready.layout.shortfalls(system.load("hall"));
        system.hold("lost", answer, |row| f64::from(u8::from(row.cells[column] > 0)));
    }
    let system = Reference::run("cold-standby-repaired", 100);
    system.hold_unavailability("hall", 9.900_009_900_009_978e-5);
    system.hold_frequency("hall", 9.900_009_900_009_9e-6);
}

#[test]
fn power_of_text_books() {
    let system = Reference::run("ups-architectures", 1_000);
    system.hold_unavailability("load-n", 0.000_969_299_649_010_38);
    system.hold_unavailability("load-n1", 1.069_030_915_645_807_8e-5);
    system.hold_unavailability("load-2n", 9.395_418_095_716_459e-7);
    let system = Reference::run("utility-battery-generator", 100);
    let (live_rate, back, fails, starts, bridged) = (12.0 / 8760.0, 2.0, 0.002, 0.97, 1.0 / 12.0);
    let lost: f64 = live_rate * (1.0 - starts + starts * fails / (fails + back)) * f64::exp(-back * bridged);
    let per_hour = lost / (1.0 + live_rate / back);
    system.hold_frequency("hall", per_hour);
    system.hold_unavailability("hall", per_hour / back);
}

#[test]
fn repairers_for_many_machines() {
    let system = Reference::run("machine-repair", 40);
    let (load, hours) = (system.load("work"), system.hours());
    let energy = system.ready.layout.unserved_joules(load);
    system.hold("machines down", 2.145_823_431_073_473, |row| {
        row.cells[energy] as f64 / 3.6e6 / hours
    });
    system.hold_unavailability("work", 1.0 - 0.214_582_343_107_347_33);
    let hour = 3.6e9;
    let system = Reference::run("mass-repair", 2_000);
    let whole = system.ready.layout.whole_rta();
    system.hold("hours until all are back", 10.0, |row| {
        row.cells[whole] as f64 / hour
    });
    let system = Reference::run("recovery-jobs", 4_000);
    let layout = &system.ready.layout;
    let whole = layout.whole_rta();
    system.hold("hours until all are back", 1.6, |row| {
        row.cells[whole] as f64 / hour
    });
    let each: Vec<usize> = (0..5).map(|load| layout.rta(load)).collect();
    let mean_flow = |row: &Row| each.iter().map(|&column| row.cells[column] as f64).sum::<f64>() / 5.0 / hour;
    system.hold("hours until one is back", 0.9, mean_flow);
}

#[test]
fn one_repairer_for_two_classes() {
    let system = Reference::run("two-classes-one-repairer", 100);
    let horizon = system.ready.compiled.horizon_us as f64;
    for (what, ids, answer) in [
        (
            "class 1",
            &["load-first-1", "load-first-2"][..],
            0.182_141_023_893_156_62,
        ),
        (
            "class 2",
            &["load-second-1", "load-second-2", "load-second-3"],
            0.700_937_071_554_229,
        ),
    ] {
        let columns: Vec<usize> = ids
            .iter()
            .map(|id| system.ready.layout.short_us(system.load(id)))
            .collect();
        let down = |row: &Row| {
            columns
                .iter()
                .map(|&column| row.cells[column] as f64)
                .sum::<f64>()
                / horizon
        };
        system.hold(what, answer, down);
    }
    system.hold_unavailability("any-first", 0.014_612_644_139_622_143);
    system.hold_unavailability("any-second", 0.029_701_308_499_001_808);
}

#[test]
fn the_reliability_test_system_of_1979() {
    let system = Reference::run("rts-79", 500);
    let layout = &system.ready.layout;
    let (energy, time, times) = (
        layout.unserved_joules(0),
        layout.short_us(0),
        layout.shortfalls(0),
    );
    system.hold("loss of load, hours", 9.394_175_489_454_764, |row| {
        row.cells[time] as f64 / 3.6e9
    });
    system.hold("energy not served, MWh", 1_176.298_460_044_823_5, |row| {
        row.cells[energy] as f64 / 3.6e9
    });
    system.hold("shortfalls", 2.019_674_695_940_717_7, |row| {
        row.cells[times] as f64
    });
}
