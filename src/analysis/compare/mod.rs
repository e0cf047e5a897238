//! Designs side by side: the same replications, hit by the same chance, under each of them.
//!
//! Every draw is keyed by what it is for, so what stands in two designs under one name has the same luck in both, and replication 17 of one
//! belongs to replication 17 of the other. Compared are differences within these pairs; what is common to both designs falls out of them.

mod crews;
mod measures;
pub mod run;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::estimate::TargetInput;
use super::interval::{self, share};
use super::results::{Mean, Share};
use crate::statistics::{Caution, Mean as Sums, Paired, Proportion, Verdict as Sign};
use crate::store::Rows;
pub use crews::Crews;
use measures::{Measured, measured};

/// The version of the format of a comparison.
pub const COMPARISON_SCHEMA_VERSION: u32 = 1;

/// A design that was simulated.
pub struct Design {
    /// What it is called: a variant, or a file.
    pub name: String,
    /// Its title, if it has one.
    pub title: String,
    /// The digest of its resolved scenario.
    pub scenario_sha256: String,
    /// The horizon \[µs\].
    pub horizon_us: u64,
    /// Its rows; all designs have the same replications.
    pub rows: Rows,
    /// Its targets.
    pub targets: Vec<TargetInput>,
    /// What draws random numbers in it, by the keys of the draws, sorted.
    pub draws: Vec<u64>,
    /// Who brings back what.
    pub crews: Crews,
}

/// In which unit a measure is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Microseconds.
    Time,
    /// Users × minutes.
    UserMinutes,
    /// A number of things.
    Count,
    /// A share of replications.
    Share,
}

/// What is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// The smaller.
    Less,
    /// The greater.
    More,
}

/// What is to be said of a design against the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Each replication is the same.
    Same,
    /// The whole interval of the difference is for the better.
    Better,
    /// The whole interval of the difference is for the worse.
    Worse,
    /// The interval holds 0.
    NotSettled,
}

/// A design against the base, in one measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// The mean of *design − base* over the pairs.
    pub mean: Mean,
    /// The share of replications in which the design is better.
    pub better: Share,
    /// In which both are equal.
    pub equal: Share,
    /// In which the design is worse.
    pub worse: Share,
    /// The verdict at the level of the intervals.
    pub verdict: Verdict,
    /// How many more replications would settle it, if mean and spread stay as they are; `None` if it is settled, or never would be.
    pub more: Option<u64>,
    /// How many times as many replications the same interval would take if each design had chance of its own; `None` where the pairs do not
    /// differ.
    pub variance_reduction: Option<f64>,
}

/// A design, in one measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Value {
    /// The mean over all replications.
    pub mean: Mean,
    /// Against the base; `None` for the base itself.
    pub difference: Option<Difference>,
}

/// One measure over all designs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measure {
    /// A stable name: `text/down`, `/whole/down`, `target/ID`.
    pub id: String,
    /// In words.
    pub text: String,
    /// Its unit.
    pub unit: Unit,
    /// What is better.
    pub better: Better,
    /// In the order of the designs, the base first.
    pub values: Vec<Value>,
}

/// How two or more changes work together.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Together {
    /// The design that has all of them: its place.
    pub design: usize,
    /// The designs that have one each.
    pub parts: Vec<usize>,
    /// Of which measure.
    pub measure: String,
    /// The difference of all together less the sum of the differences of each alone.
    pub mean: Mean,
}

/// A design and what can be said of it as a whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DesignHead {
    /// What it is called.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The digest of its resolved scenario.
    pub scenario_sha256: String,
    /// How many things draw random numbers in it.
    pub draws: usize,
    /// How many of these draw in the base as well, under the same name, and so have the same luck.
    pub draws_in_common: usize,
    /// Services that stand in the base and not in it.
    pub without: Vec<String>,
    /// Services that stand in it and not in the base.
    pub added: Vec<String>,
    /// The replications in which at least one service is down for longer than in the base.
    pub worse_for_some: Share,
    /// The services for which that is so in any replication, with how many, the most first.
    pub worse_for: Vec<(String, u64)>,
}

/// Designs compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// [`COMPARISON_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The version of the program.
    pub version: String,
    /// What is compared: the name of the scenario.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// How many replications of each design.
    pub n: u64,
    /// The horizon \[µs\].
    pub horizon_us: u64,
    /// Confidence of the intervals.
    pub level: f64,
    /// Options that change results.
    pub options: std::collections::BTreeMap<String, String>,
    /// The designs, the base first.
    pub designs: Vec<DesignHead>,
    /// The measures that all designs have, those of the whole first.
    pub measures: Vec<Measure>,
    /// What works together.
    pub together: Vec<Together>,
    /// What to be careful about, in words.
    pub cautions: Vec<String>,
}

/// What is known beside the rows.
#[derive(Clone, Debug, Default)]
pub struct CompareInput {
    /// The name of the scenario.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// Confidence of the intervals.
    pub level: f64,
    /// Options that change results.
    pub options: std::collections::BTreeMap<String, String>,
}

/// Compares designs, the first of which is the base.
///
/// # Panics
///
/// If there are fewer than two designs, or their replications are not the same: bugs of the caller.
pub fn compare(designs: &[Design], input: CompareInput) -> Comparison {
    assert!(designs.len() > 1, "a comparison needs a base and a design");
    let base = &designs[0];
    for design in designs {
        let same = design.rows.len() == base.rows.len() && design.horizon_us == base.horizon_us;
        assert!(same, "designs are compared over the same replications");
    }
    let all: Vec<Vec<Measured>> = designs.iter().map(measured).collect();
    let level = input.level;
    let others = designs.iter().skip(1);
    let mut cautions: Vec<String> = others
        .flat_map(|design| crews::shared(&design.name, &base.crews, &design.crews))
        .collect();
    let mut measures = Vec::new();
    for (place, of_base) in all[0].iter().enumerate() {
        let of_all: Option<Vec<&Measured>> = all
            .iter()
            .map(|measured| measured.iter().find(|other| other.id == of_base.id))
            .collect();
        let Some(of_all) = of_all else { continue };
        let values = of_all.iter().enumerate().map(|(design, of)| Value {
            mean: interval::mean(of.values.iter().copied(), of.unit.divisor(), level),
            difference: (design > 0).then(|| difference(of_base, of, level)),
        });
        measures.push(Measure {
            id: of_base.id.clone(),
            text: of_base.text.clone(),
            unit: of_base.unit,
            better: of_base.better,
            values: values.collect(),
        });
        if place < MAIN_MEASURES {
            for (design, of) in of_all.iter().enumerate().skip(1) {
                let name = &designs[design].name;
                cautions.extend(skew(of_base, of).map(|advice| format!("{name}, {}: {advice}", of.text)));
            }
        }
    }
    Comparison {
        schema_version: COMPARISON_SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: input.name,
        seed: input.seed,
        n: base.rows.len() as u64,
        horizon_us: base.horizon_us,
        level,
        options: input.options,
        designs: designs
            .iter()
            .zip(&all)
            .map(|(design, of)| head(base, &all[0], design, of, level))
            .collect(),
        together: together(designs, &all, level),
        measures,
        cautions,
    }
}

/// The measures of the whole, which stand first: how long until everything is back, and how much users lose.
const MAIN_MEASURES: usize = 2;

impl Unit {
    /// By how much an integer of the rows is divided to be in the unit of the estimate.
    fn divisor(self) -> f64 {
        match self {
            Self::Time | Self::Count | Self::Share => 1.0,
            Self::UserMinutes => 60.0,
        }
    }
}

fn difference(base: &Measured, of: &Measured, level: f64) -> Difference {
    let n = base.values.len() as u64;
    let pairs = || base.values.iter().zip(&of.values);
    let count = |hits: usize| share(&Proportion::new(hits as u64, n), level);
    let less = pairs().filter(|(before, after)| after < before).count();
    let more = pairs().filter(|(before, after)| after > before).count();
    let (better, worse) = match of.better {
        Better::Less => (less, more),
        Better::More => (more, less),
    };
    let paired = Paired::new(&base.values, &of.values);
    let sign = paired.verdict(level);
    let is_better = |less_is_seen: bool| {
        if less_is_seen == (of.better == Better::Less) {
            Verdict::Better
        } else {
            Verdict::Worse
        }
    };
    let differences = pairs().map(|(before, after)| after.saturating_sub(*before));
    let variance = |values: &[i64]| Sums::of(values.iter().copied()).variance().unwrap_or(0.0);
    let of_pairs = paired.differences().variance().unwrap_or(0.0);
    Difference {
        mean: interval::mean(differences, of.unit.divisor(), level),
        better: count(better),
        equal: count(base.values.len() - less - more),
        worse: count(worse),
        verdict: match sign {
            Some(Sign::Same) => Verdict::Same,
            Some(Sign::Less) => is_better(true),
            Some(Sign::Greater) => is_better(false),
            Some(Sign::NotSettled { .. }) | None => Verdict::NotSettled,
        },
        more: match sign {
            Some(Sign::NotSettled { more }) => more,
            _ => None,
        },
        variance_reduction: (of_pairs > 0.0)
            .then(|| (variance(&base.values) + variance(&of.values)) / of_pairs),
    }
}

/// What is to be said of the mean of the differences.
fn skew(base: &Measured, of: &Measured) -> Option<String> {
    let differences = || {
        let pairs = base.values.iter().zip(&of.values);
        pairs.map(|(before, after)| after.saturating_sub(*before))
    };
    let caution = Caution::of_mean(differences).into_iter().next()?;
    Some(format!("{}: {}", caution.code(), caution.advice()))
}

fn head(base: &Design, of_base: &[Measured], design: &Design, of: &[Measured], level: f64) -> DesignHead {
    let common = |draw: &&u64| base.draws.binary_search(draw).is_ok();
    let ids = |design: &Design| -> Vec<String> {
        let services = design.rows.layout.services().iter();
        services.map(|service| service.id.clone()).collect()
    };
    let (ours, theirs) = (ids(design), ids(base));
    let missing = |from: &[String], of: &[String]| -> Vec<String> {
        from.iter().filter(|id| !of.contains(id)).cloned().collect()
    };
    let mut worse = vec![false; design.rows.len()];
    let mut worse_for = Vec::new();
    for before in of_base.iter().filter(|before| before.unit == Unit::Time) {
        let after = of.iter().find(|after| after.id == before.id);
        let (Some(service), Some(after)) = (&before.service, after) else {
            continue;
        };
        let mut count = 0;
        for (place, (before, after)) in before.values.iter().zip(&after.values).enumerate() {
            if after > before {
                worse[place] = true;
                count += 1;
            }
        }
        if count > 0 {
            worse_for.push((service.clone(), count));
        }
    }
    worse_for.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    DesignHead {
        name: design.name.clone(),
        title: design.title.clone(),
        scenario_sha256: design.scenario_sha256.clone(),
        draws: design.draws.len(),
        draws_in_common: design.draws.iter().filter(common).count(),
        without: missing(&theirs, &ours),
        added: missing(&ours, &theirs),
        worse_for_some: share(&Proportion::of(worse), level),
        worse_for,
    }
}

/// For each design named `A+B` beside `A` and `B`: what both change together more than each alone.
fn together(designs: &[Design], all: &[Vec<Measured>], level: f64) -> Vec<Together> {
    let mut found = Vec::new();
    for (place, design) in designs.iter().enumerate().skip(1) {
        let names: Vec<&str> = design.name.split('+').collect();
        let find = |name: &&str| designs.iter().position(|other| other.name == **name);
        let parts: Option<Vec<usize>> = names.iter().map(find).collect();
        let Some(parts) = parts.filter(|parts| parts.len() > 1) else {
            continue;
        };
        for base in all[0].iter().take(MAIN_MEASURES) {
            let of = |design: usize| all[design].iter().find(|other| other.id == base.id);
            let Some(both) = of(place) else { continue };
            let Some(alone) = parts.iter().map(|&part| of(part)).collect::<Option<Vec<_>>>() else {
                continue;
            };
            let values = (0..base.values.len()).map(|pair| {
                let change = |of: &Measured| of.values[pair].saturating_sub(base.values[pair]);
                let apart: i64 = alone.iter().map(|of| change(of)).sum();
                change(both).saturating_sub(apart)
            });
            found.push(Together {
                design: place,
                parts: parts.clone(),
                measure: base.id.clone(),
                mean: interval::mean(values, base.unit.divisor(), level),
            });
        }
    }
    found
}
