//! What is not known apart from chance: do the answers hold over the ranges of what is only assumed?
//!
//! In an outer loop the ranges are set anew, and each setting is simulated with the same draws. Settings are a Latin hypercube (McKay,
//! Beckman and Conover 1979): each range is divided into as many parts as there are settings, and each part is met once. Which range carries
//! most weight is seen by setting one at a time to its ends, the others as written.

use serde::{Deserialize, Serialize};

use super::estimate::TargetInput;
use super::interval::share;
use super::results::{Share, Verdict};
use crate::random::Key;
use crate::statistics::Proportion;
use crate::store::Rows;

/// Settings of the outer loop, unless stated.
pub const SETTINGS: u32 = 32;

/// The most replications of one setting: ranges are wide, so that chance need not be told to the last digit.
pub const REPLICATIONS_MAX: u32 = 1_000;

/// The purpose of the draws of settings, which belong to no entity.
const PURPOSE: u8 = 255;

/// What the ranges do to the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ignorance {
    /// How many settings all ranges were drawn for together.
    pub settings: u32,
    /// How many replications each setting had.
    pub n: u32,
    /// The ranges.
    pub ranges: Vec<RangeResult>,
    /// The promises, in the order of the targets.
    pub targets: Vec<TargetOverRanges>,
}

/// One range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RangeResult {
    /// Where it stands in the scenario, first.
    pub path: String,
    /// In how many places.
    pub places: usize,
    /// Its ends, as written.
    pub low: String,
    /// Its ends, as written.
    pub high: String,
}

/// A promise over the ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetOverRanges {
    /// The target.
    pub id: String,
    /// The least share that keeps it, of all settings.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// In how many settings it is kept, broken, undecided.
    pub kept: u32,
    /// In how many settings it is broken.
    pub broken: u32,
    /// In how many settings it is undecided.
    pub undecided: u32,
    /// The verdict that holds in all settings, if one does.
    pub throughout: Option<Verdict>,
    /// The ranges by weight, the weightiest first.
    pub weights: Vec<Weight>,
}

/// What a range does by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Weight {
    /// The place of the range in the list.
    pub range: usize,
    /// The share that keeps the promise where the range is at its lowest value and the others as written.
    pub at_low: f64,
    /// The same at its highest.
    pub at_high: f64,
}

/// A setting of the ranges: numbers from 0 to 1, or none where the value stays as written.
pub type Setting = Vec<Option<f64>>;

/// The settings to be simulated: first those of all ranges together, then for each range its lowest and its highest value.
pub fn settings(ranges: usize, count: u32, seed: u64) -> Vec<Setting> {
    let mut all: Vec<Setting> = vec![vec![None; ranges]; count as usize];
    for range in 0..ranges {
        // A permutation of the parts (Fisher and Yates), and a place in each.
        let mut stream = Key::new(seed, u32::MAX).stream(range as u64, PURPOSE, 0);
        let mut parts: Vec<u32> = (0..count).collect();
        for last in (1..parts.len()).rev() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and last"
            )]
            let other = (stream.unit_open() * (last + 1) as f64) as usize;
            parts.swap(last, other.min(last));
        }
        for (setting, part) in all.iter_mut().zip(parts) {
            setting[range] = Some((f64::from(part) + stream.unit_open()) / f64::from(count));
        }
    }
    for range in 0..ranges {
        for end in [0.0, 1.0] {
            let mut setting = vec![None; ranges];
            setting[range] = Some(end);
            all.push(setting);
        }
    }
    all
}

/// How many replications of a setting keep each promise.
pub fn kept(rows: &Rows, targets: &[TargetInput]) -> Vec<Share> {
    let of = |target: &TargetInput| {
        let cells = rows.column(target.measure.column(&rows.layout));
        let hits = cells.filter(|&cell| target.measure.is_kept(cell)).count();
        share(
            &Proportion::new(hits as u64, rows.len() as u64),
            target.confidence,
        )
    };
    targets.iter().map(of).collect()
}

/// Puts together what was seen of each setting, in the order of [`settings`].
///
/// # Panics
/// If there are not as many as there are settings: a bug of the caller.
pub fn put_together(
    ranges: Vec<RangeResult>,
    count: u32,
    n: u32,
    targets: &[TargetInput],
    seen: &[Vec<Share>],
) -> Ignorance {
    assert_eq!(
        seen.len(),
        count as usize + 2 * ranges.len(),
        "every setting was simulated"
    );
    let (together, alone) = seen.split_at(count as usize);
    let of_target = |(place, target): (usize, &TargetInput)| {
        let shares = || seen.iter().map(move |shares| &shares[place]);
        let verdicts: Vec<Verdict> = together
            .iter()
            .map(|shares| super::estimate::verdict(&shares[place], target.required))
            .collect();
        let count_of = |wanted: Verdict| {
            u32::try_from(verdicts.iter().filter(|&&verdict| verdict == wanted).count()).unwrap_or(u32::MAX)
        };
        let first = verdicts.first().copied();
        let mut weights: Vec<Weight> = alone
            .chunks_exact(2)
            .enumerate()
            .map(|(range, ends)| Weight {
                range,
                at_low: ends[0][place].value,
                at_high: ends[1][place].value,
            })
            .collect();
        let size = |weight: &Weight| (weight.at_high - weight.at_low).abs();
        weights.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.range.cmp(&b.range)));
        TargetOverRanges {
            id: target.id.clone(),
            low: shares().map(|share| share.value).fold(1.0, f64::min),
            high: shares().map(|share| share.value).fold(0.0, f64::max),
            kept: count_of(Verdict::Kept),
            broken: count_of(Verdict::Broken),
            undecided: count_of(Verdict::Undecided),
            throughout: first.filter(|&first| verdicts.iter().all(|&verdict| verdict == first)),
            weights,
        }
    };
    let targets = targets.iter().enumerate().map(of_target).collect();
    Ignorance {
        settings: count,
        n,
        ranges,
        targets,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::estimate::TargetMeasure;

    #[test]
    fn each_part_of_each_range_is_met_once() {
        let all = settings(3, 32, 7);
        assert_eq!(all.len(), 32 + 6);
        for range in 0..3 {
            let mut places: Vec<f64> = all[..32]
                .iter()
                .map(|setting| setting[range].expect("drawn"))
                .collect();
            assert!(!places.is_sorted(), "in another order for each");
            places.sort_by(f64::total_cmp);
            for (part, place) in (0_u32..).zip(places) {
                let within = f64::from(part) / 32.0..f64::from(part + 1) / 32.0;
                assert!(within.contains(&place), "part {part}: {place}");
            }
        }
        assert_eq!(all[32], [Some(0.0), None, None]);
        assert_eq!(all[37], [None, None, Some(1.0)]);
        assert_eq!(settings(3, 32, 7), all);
        assert_ne!(settings(3, 32, 8), all);
    }

    #[test]
    fn a_verdict_holds_throughout_or_depends_and_the_widest_change_weighs_most() {
        let target = TargetInput {
            id: "a".to_owned(),
            text: String::new(),
            measure: TargetMeasure::WholeBackWithin { within_us: 1 },
            required: 0.5,
            confidence: 0.95,
        };
        let range = |path: &str| RangeResult {
            path: path.to_owned(),
            places: 1,
            low: "1 h".to_owned(),
            high: "2 h".to_owned(),
        };
        let seen = |hits: &[u64]| -> Vec<Vec<Share>> {
            let of = |&hits: &u64| vec![share(&Proportion::new(hits, 1_000), 0.95)];
            hits.iter().map(of).collect()
        };
        let of = |hits: &[u64]| {
            let ranges = vec![range("x"), range("y")];
            put_together(ranges, 3, 1_000, std::slice::from_ref(&target), &seen(hits))
                .targets
                .remove(0)
        };
        let broken = of(&[100, 200, 300, 150, 160, 90, 310]);
        assert_eq!(broken.throughout, Some(Verdict::Broken));
        assert_eq!((broken.low, broken.high), (0.09, 0.31));
        assert_eq!(broken.weights[0].range, 1);
        let depends = of(&[100, 500, 900, 450, 550, 450, 550]);
        assert_eq!(depends.throughout, None);
        assert_eq!((depends.kept, depends.broken, depends.undecided), (1, 1, 1));
        assert_eq!(
            depends.weights[0].range, 0,
            "equal weights in the order of the scenario"
        );
    }
}
