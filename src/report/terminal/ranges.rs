//! Whether the promises hold over the ranges of what is only assumed, in sentences.

use super::table::verdict_word;
use crate::analysis::ignorance::{Ignorance, TargetOverRanges, Weight};
use crate::report::words::{percent_of, plain};

/// Ranges named of each promise.
const WEIGHTS_SHOWN: usize = 3;

/// A change of a share that is worth naming: a percentage point.
const WORTH_NAMING: f64 = 0.01;

/// The sentences: one on how they came about, and for each promise one on its verdict and one on what weighs most.
pub fn sentences(ignorance: &Ignorance) -> Vec<String> {
    if ignorance.ranges.is_empty() {
        return vec![
            "No value has a range, so nothing is said about ignorance: write `{assumed: {value: 30 min, range: [10 min, 90 min]}}`."
                .to_owned(),
        ];
    }
    let mut all = vec![format!(
        "Over the ranges of {} ({} settings of all, then each at its ends; {} replications each):",
        counted(ignorance.ranges.len(), "assumed value", "assumed values"),
        ignorance.settings,
        ignorance.n
    )];
    for target in &ignorance.targets {
        all.push(verdict(target, ignorance));
        all.extend(weights(target, ignorance));
    }
    all
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn verdict(target: &TargetOverRanges, ignorance: &Ignorance) -> String {
    let id = plain(&target.id);
    let (low, high) = (whole_percent(target.low), whole_percent(target.high));
    let span = if low == high {
        format!("{low} %")
    } else {
        format!("{low} to {high} %")
    };
    match target.throughout {
        Some(verdict) => format!(
            "{id} is kept in {span} of replications: {} throughout.",
            verdict_word(verdict)
        ),
        None => format!(
            "{id} is kept in {span} of replications: it depends on the ranges. Of {} settings it is kept in {}, broken in {}, undecided in {}.",
            ignorance.settings, target.kept, target.broken, target.undecided
        ),
    }
}

fn whole_percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

fn weights(target: &TargetOverRanges, ignorance: &Ignorance) -> Option<String> {
    let weighty = |weight: &&Weight| (weight.at_high - weight.at_low).abs() >= WORTH_NAMING;
    let named: Vec<String> = target
        .weights
        .iter()
        .filter(weighty)
        .take(WEIGHTS_SHOWN)
        .map(|weight| {
            let range = &ignorance.ranges[weight.range];
            let others = match range.places {
                1 => String::new(),
                places => format!(" and {} more", places - 1),
            };
            format!(
                "{}{others} ({} at {}, {} at {})",
                plain(&range.path),
                percent_of(weight.at_low),
                plain(&range.low),
                percent_of(weight.at_high),
                plain(&range.high)
            )
        })
        .collect();
    if whole_percent(target.low) == whole_percent(target.high) {
        return None;
    }
    if named.is_empty() {
        return Some("No range by itself changes that by a percentage point.".to_owned());
    }
    Some(format!("Most weight: {}.", named.join("; ")))
}
