//! References: small systems whose answers were published, follow from a closed form, or were solved exactly elsewhere.
//!
//! Each says where its answer comes from, builds the system in the library's own words, and estimates the answer with the library's own
//! estimators. `tests/suite/references.rs` runs every one with a few seeds; `cargo run --release --example validity` runs them over 100
//! seeds and writes docs/validity.md.

mod adequacy;
mod answers;
mod architectures;
mod calls;
mod cascades;
mod cluster;
mod common_cause_and_order;
mod feeder;
mod judge;
mod page;
mod parts;
mod power_paths;
mod queues;
mod repairable;
mod scenarios;
mod standby;
mod tally;
mod watch;

pub use judge::{Figures, RUNS, Verdict};
pub use page::{Row, page, rows_of};
pub use tally::Tally;

/// One small system with known answers.
pub struct Reference {
    /// Its name in the list of references.
    pub id: &'static str,
    /// The family it belongs to: the heading under which it stands.
    pub family: &'static str,
    /// What the system is.
    pub about: String,
    /// Where the answers come from.
    pub source: &'static str,
    /// What of Blackstart is put to the test.
    pub how: How,
    /// What is asked of it.
    pub quantities: Vec<Quantity>,
    /// How our answers are found.
    pub run: Run,
    /// What else has to be known about our model of it; empty if nothing.
    pub note: &'static str,
}

/// What of Blackstart a reference puts to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The engine alone, through the builder of networks.
    Kernel,
    /// A whole scenario, from its text to its rows.
    Scenario,
    /// The estimators and laws.
    Statistics,
    /// Nothing: it cannot be said, for the reason that the note gives.
    Nothing,
}

/// One number that is known.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// What it is, with its unit.
    pub name: &'static str,
    /// The known answer.
    pub answer: f64,
    /// How near ours must come.
    pub bound: Bound,
}

/// How near an answer must come.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// As near as chance says: the deviations in standard errors look standard normal, and the intervals cover.
    Chance,
    /// Within this much, whatever the seed.
    Within(f64),
}

/// An answer of ours for one seed.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error as estimated from the same histories.
    pub error: f64,
    /// The interval that claims to cover the truth 95 times of 100.
    pub interval: (f64, f64),
}

/// What one seed is to do.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    /// The seed.
    pub seed: u64,
    /// By what the number of histories is divided: 1 for the page, more in the ordinary tests.
    pub divided_by: u32,
}

impl Seed {
    /// How many histories to run where a full run takes `full`.
    pub fn histories(&self, full: u32) -> u32 {
        (full / self.divided_by).max(20).min(full)
    }
}

/// How our answers are found: one estimate per quantity.
pub enum Run {
    /// By simulation, afresh for every seed.
    Chance(Box<dyn Fn(Seed) -> Vec<Estimate> + Send + Sync>),
    /// By arithmetic, by a history without chance, or by one fixed seed: once.
    Exact(Box<dyn Fn() -> Vec<f64> + Send + Sync>),
    /// Not at all.
    No,
}

impl Quantity {
    fn by_chance(name: &'static str, answer: f64) -> Self {
        let bound = Bound::Chance;
        Self { name, answer, bound }
    }

    fn within(name: &'static str, answer: f64, tolerance: f64) -> Self {
        let bound = Bound::Within(tolerance);
        Self { name, answer, bound }
    }
}

/// All references, by family.
pub fn references() -> Vec<Reference> {
    let mut all = Vec::new();
    all.extend(repairable::references());
    all.extend(standby::references());
    all.extend(adequacy::references());
    all.extend(common_cause_and_order::references());
    all.extend(cascades::references());
    all.extend(queues::references());
    all.extend(answers::references());
    all.extend(feeder::references());
    all.extend(cluster::references());
    all.extend(scenarios::references());
    all.extend(architectures::references());
    all
}

/// Every estimate of one seed, in the order of the quantities.
pub fn answers_of(reference: &Reference, seed: Seed) -> Vec<Estimate> {
    match &reference.run {
        Run::Chance(run) => run(seed),
        Run::Exact(run) => run()
            .into_iter()
            .map(|value| Estimate {
                value,
                error: 0.0,
                interval: (value, value),
            })
            .collect(),
        Run::No => Vec::new(),
    }
}
