//! When an interval promises more than it keeps: said in words, with what to do about it.

use std::fmt;

use super::{Mean, Proportion};

/// Fewer events than this (or fewer non-events) give an interval too wide to decide anything.
pub const EVENTS_MIN: u64 = 10;

/// One value that carries more than this share of a sum makes the tail heavy for the sample.
pub const HEAVY_SHARE: f64 = 0.05;

/// Something a reader of an estimate must know before trusting its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Caution {
    /// It was never seen.
    NoneSeen {
        /// How often it was tried.
        n: u64,
        /// The chance that it does not exceed, with a confidence of 97.5 %.
        below: f64,
    },
    /// It was seen every time.
    AlwaysSeen {
        /// How often it was tried.
        n: u64,
        /// The chance that it is not less than, with a confidence of 97.5 %.
        above: f64,
    },
    /// It was seen, but a handful of times.
    TooFewEvents {
        /// How often it was seen (or not seen, if that is less).
        events: u64,
        /// How often it was tried.
        n: u64,
    },
    /// Student's interval under-covers: the values are too skewed for their number.
    SkewedMean {
        /// The skewness of the values.
        skewness: f64,
        /// How many there are.
        n: u64,
        /// How many the rule asks for.
        needed: u64,
    },
    /// A single value carries much of the sum.
    HeavyTail {
        /// The share of the sum in the largest value.
        share: f64,
        /// How many values there are.
        n: u64,
    },
    /// The sample has no order statistic far enough out for the quantile's interval.
    QuantileBeyondSample {
        /// The share below the quantile.
        p: f64,
        /// How many values there are.
        n: u64,
    },
}

impl Caution {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoneSeen { .. } => "none-seen",
            Self::AlwaysSeen { .. } => "always-seen",
            Self::TooFewEvents { .. } => "too-few-events",
            Self::SkewedMean { .. } => "skewed-mean",
            Self::HeavyTail { .. } => "heavy-tail",
            Self::QuantileBeyondSample { .. } => "quantile-beyond-sample",
        }
    }

    /// What is to be said of a proportion, if anything.
    #[must_use]
    pub fn of_proportion(found: &Proportion) -> Option<Self> {
        const ERROR: f64 = 0.025;
        let n = found.n;
        let events = found.hits.min(n - found.hits);
        if n == 0 {
            None
        } else if found.hits == 0 {
            Some(Self::NoneSeen {
                n,
                below: found.upper_bound(ERROR),
            })
        } else if found.hits == n {
            Some(Self::AlwaysSeen {
                n,
                above: found.lower_bound(ERROR),
            })
        } else if events < EVENTS_MIN {
            Some(Self::TooFewEvents { events, n })
        } else {
            None
        }
    }

    /// What is to be said of the mean of these values, which are gone through twice, in the order given.
    ///
    /// Skewed: Cochran's rule (Sampling Techniques, 1977, 2.15) asks for more than 25 · skewness² values. Heavy: the
    /// largest of at least 100 values that are not negative carries more than [`HEAVY_SHARE`] of their sum.
    #[must_use]
    pub fn of_mean<I: Iterator<Item = i64>>(values: impl Fn() -> I) -> Vec<Self> {
        let mut cautions = Vec::new();
        let (mut moments, mut least, mut largest) = (Mean::new(), i64::MAX, i64::MIN);
        for value in values() {
            moments.push(value);
            least = least.min(value);
            largest = largest.max(value);
        }
        let n = moments.n();
        if let Some(skewness) = skewness(&moments, values()) {
            let needed = libm::ceil(25.0 * skewness * skewness);
            if needed > n as f64 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "casts saturate; it is advice"
                )]
                let needed = needed as u64;
                cautions.push(Self::SkewedMean { skewness, n, needed });
            }
        }
        if n >= 100 && moments.sum() > 0 && least >= 0 {
            let share = largest as f64 / moments.sum() as f64;
            if share > HEAVY_SHARE {
                cautions.push(Self::HeavyTail { share, n });
            }
        }
        cautions
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::NoneSeen { .. } | Self::AlwaysSeen { .. } => {
                "run more replications to narrow the bound; not seen is not impossible".to_owned()
            }
            Self::TooFewEvents { events, n } => {
                let factor = (10 * EVENTS_MIN).div_ceil((*events).max(1));
                format!(
                    "run about {} replications for a hundred events",
                    n.saturating_mul(factor)
                )
            }
            Self::SkewedMean { needed, .. } => {
                format!("run at least {needed} replications, or read the median and the quantiles instead")
            }
            Self::HeavyTail { .. } => {
                "look at the worst replication before believing the mean, and read the quantiles".to_owned()
            }
            Self::QuantileBeyondSample { p, n } => {
                // p^n or (1 − p)^n must fall below 2.5 %.
                let outside = p.min(1.0 - p);
                let needed = libm::ceil(libm::log(0.025) / libm::log1p(-outside));
                format!("run at least {needed} replications (there are {n}) for an interval around it")
            }
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoneSeen { n, below } => {
                write!(f, "never seen in {n} replications: below {:.2} %", 100.0 * below)
            }
            Self::AlwaysSeen { n, above } => {
                write!(
                    f,
                    "seen in every one of {n} replications: above {:.2} %",
                    100.0 * above
                )
            }
            Self::TooFewEvents { events, n } => write!(f, "rests on {events} of {n} replications"),
            Self::SkewedMean { skewness, n, .. } => {
                write!(
                    f,
                    "the interval of this mean is too narrow: the values are skewed ({skewness:.1}) for {n} of them"
                )
            }
            Self::HeavyTail { share, n } => {
                write!(
                    f,
                    "one of {n} replications carries {:.0} % of the whole",
                    100.0 * share
                )
            }
            Self::QuantileBeyondSample { p, n } => {
                write!(
                    f,
                    "{n} replications are too few for an interval of the {:.1} % quantile",
                    100.0 * p
                )
            }
        }
    }
}

/// The sample skewness m₃ / m₂^1.5 of values with these moments; `None` with fewer than three values or without spread.
fn skewness(moments: &Mean, values: impl Iterator<Item = i64>) -> Option<f64> {
    let (mean, n) = (moments.mean()?, moments.n() as f64);
    if moments.n() < 3 {
        return None;
    }
    let scale = libm::sqrt(moments.variance()? * (n - 1.0) / n);
    if scale <= 0.0 {
        return None;
    }
    let cubes: f64 = values
        .map(|value| {
            let z = (value as f64 - mean) / scale;
            z * z * z
        })
        .sum();
    Some(cubes / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Law};
    use crate::statistics::Sorted;

    #[test]
    fn proportions_near_the_ends_are_cautioned() {
        let of = |hits, n| Caution::of_proportion(&Proportion::new(hits, n)).map(|caution| caution.code());
        assert_eq!(of(0, 10_000), Some("none-seen"));
        assert_eq!(of(10_000, 10_000), Some("always-seen"));
        assert_eq!(of(9, 10_000), Some("too-few-events"));
        assert_eq!(of(9_991, 10_000), Some("too-few-events"));
        assert_eq!(of(10, 10_000), None);
        assert_eq!(of(0, 0), None);
        let never = Caution::of_proportion(&Proportion::new(0, 10_000)).expect("a caution");
        assert_eq!(
            never.to_string(),
            "never seen in 10000 replications: below 0.04 %"
        );
        let few = Caution::of_proportion(&Proportion::new(4, 10_000)).expect("a caution");
        assert_eq!(few.advice(), "run about 250000 replications for a hundred events");
    }

    #[test]
    fn skewed_and_heavy_values_are_cautioned_and_tame_ones_are_not() {
        let codes = |values: &[i64]| {
            Caution::of_mean(|| values.iter().copied())
                .iter()
                .map(Caution::code)
                .collect::<Vec<_>>()
        };
        let tame: Vec<i64> = (0..200).collect();
        assert!(codes(&tame).is_empty());
        let mut one_disaster = vec![10; 999];
        one_disaster.push(10_000_000);
        assert_eq!(codes(&one_disaster), ["skewed-mean", "heavy-tail"]);
        assert!(codes(&[7; 500]).is_empty());
        assert!(codes(&[]).is_empty());
    }

    /// The skewness of an exponential law is 2. The influence of a value z on it is z³ − 3z² − 3z + 1 with the variance
    /// 72, so that 100,000 values have a standard error of 0.027; 5 of them, false alarm 6e-7.
    #[test]
    fn skewness_of_exponential_values_is_two() {
        let law = Law::exponential(1e6).expect("a law");
        let key = Key::new(8, 0);
        let values: Vec<i64> = (0..100_000)
            .map(|draw| i64::try_from(law.sample_us(&mut key.stream(1, 0, draw))).expect("small"))
            .collect();
        assert!(
            (skewness(&Mean::of(values.iter().copied()), values.into_iter()).expect("spread") - 2.0).abs()
                < 0.134
        );
    }

    #[test]
    fn the_advice_for_a_quantile_is_enough() {
        let caution = Caution::QuantileBeyondSample { p: 0.95, n: 20 };
        assert_eq!(
            caution.advice(),
            "run at least 72 replications (there are 20) for an interval around it"
        );
        let enough = |n| Sorted::of(0..n);
        assert!(
            super::super::Sample::new(&enough(72), 0)
                .interval(0.95, 0.95)
                .high
                .is_some()
        );
        assert!(
            super::super::Sample::new(&enough(71), 0)
                .interval(0.95, 0.95)
                .high
                .is_none()
        );
    }
}
