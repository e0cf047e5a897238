//! Estimates with their intervals, in the shapes of [`results`](crate::analysis::results).
//!
//! The mathematics is in [`statistics`](crate::statistics); here is only which method is used for what: Wilson for shares,
//! Student's t for means of exact integer sums, order statistics for quantiles.

use crate::analysis::results::{ExceedancePoint, Mean, Quantile, Reach, Share};
use crate::observe::columns::BEYOND_HORIZON;
use crate::statistics::{self as stat, Order, Ordered, Passes, Proportion, Sorted};

/// Points of an exceedance curve.
const EXCEEDANCE_POINTS: usize = 40;

/// What all estimates of a run share.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Confidence, in (0, 1).
    pub level: f64,
    /// Horizon \[µs\].
    pub horizon_us: i64,
}

/// A share with Wilson's interval; of nothing it is 0 with the interval from 0 to 1.
pub fn share(proportion: &Proportion, level: f64) -> Share {
    let interval = proportion.wilson(level);
    Share {
        hits: proportion.hits,
        n: proportion.n,
        value: proportion.estimate().unwrap_or(0.0),
        low: interval.low,
        high: interval.high,
    }
}

/// The mean of integers, in units of `divisor` of theirs; 0 of nothing.
pub fn mean(values: impl IntoIterator<Item = i64>, divisor: f64, level: f64) -> Mean {
    let sums = stat::Mean::of(values);
    let interval = sums.interval(level);
    Mean {
        value: sums.mean().unwrap_or(0.0) / divisor,
        low: interval.map(|interval| interval.low / divisor),
        high: interval.map(|interval| interval.high / divisor),
        n: sums.n(),
    }
}

/// The most values that are held in memory at a time to put them in order: 8 MiB.
const HELD_MAX: usize = 1 << 20;

/// Values in ascending order, those beyond the horizon counted apart.
pub struct Values<'a> {
    order: Box<dyn Order + 'a>,
    beyond: u64,
}

impl<'a> Values<'a> {
    /// Plain values, all of them observed. `values` begins to go through them each time it is called.
    pub fn new<I: Iterator<Item = i64>>(values: impl Fn() -> I + 'a) -> Self {
        let held: Vec<i64> = values().take(HELD_MAX + 1).collect();
        let order: Box<dyn Order + 'a> = if held.len() <= HELD_MAX {
            Box::new(Sorted::of(held))
        } else {
            Box::new(Passes::new(HELD_MAX, move |visit: &mut dyn FnMut(i64)| {
                values().for_each(visit)
            }))
        };
        Self { order, beyond: 0 }
    }

    /// Recovery times, of which [`BEYOND_HORIZON`] lies beyond all others.
    pub fn of_recovery<I: Iterator<Item = i64>>(values: impl Fn() -> I + 'a) -> Self {
        let beyond = values().filter(|&value| value == BEYOND_HORIZON).count() as u64;
        let observed = Self::new(move || values().filter(|&value| value != BEYOND_HORIZON));
        Self { beyond, ..observed }
    }

    fn sample(&self) -> stat::Sample<'_> {
        stat::Sample::new(self.order.as_ref(), self.beyond)
    }

    /// How many there are, those beyond the horizon included.
    pub fn n(&self) -> u64 {
        self.sample().n()
    }

    /// How many lie beyond the horizon.
    pub fn beyond(&self) -> Proportion {
        Proportion::new(self.beyond, self.n())
    }

    /// A quantile with its interval.
    ///
    /// # Panics
    ///
    /// If there are no values: who asks has none to show.
    pub fn quantile(&self, p: f64, level: f64) -> Quantile {
        let sample = self.sample();
        let reach = |ordered: Ordered| ordered.value().map_or(Reach::Beyond, Reach::At);
        let (value, interval) = sample.quantile_and_interval(p, level);
        Quantile {
            value: reach(value.expect("a quantile is asked of at least one value")),
            low: interval.low.map(reach),
            high: interval.high.map(reach),
            n: sample.n(),
        }
    }

    /// Share of all values that are less than this.
    pub fn share_below(&self, value: i64) -> f64 {
        self.share_at_most(value.saturating_sub(1))
    }

    /// Share of all values that are at most this.
    pub fn share_at_most(&self, value: i64) -> f64 {
        self.sample().at_most(value).estimate().unwrap_or(0.0)
    }

    /// Quantiles that were observed, without intervals; 0 of nothing.
    pub fn plain_quantiles<const N: usize>(&self, shares: [f64; N]) -> [i64; N] {
        let found = self.sample().quantiles(shares);
        found.map(|ordered| ordered.and_then(Ordered::value).unwrap_or(0))
    }

    /// The value at a place in ascending order, from 0.
    ///
    /// # Panics
    ///
    /// If there are not so many values that were observed.
    pub fn at(&self, place: u64) -> i64 {
        self.order.at(&[place])[0]
    }

    /// How many are less than this.
    pub fn less_than(&self, value: i64) -> u64 {
        value
            .checked_sub(1)
            .map_or(0, |below| self.order.at_most(&[below])[0])
    }

    /// The greatest that was observed; 0 of nothing.
    pub fn greatest(&self) -> i64 {
        let last = self.order.count().checked_sub(1);
        last.map_or(0, |last| self.order.at(&[last])[0])
    }

    /// The exceedance curve, its values in units of `divisor` of theirs.
    pub fn exceedance(&self, divisor: f64, level: f64) -> Vec<ExceedancePoint> {
        stat::exceedance_curve(&self.sample(), EXCEEDANCE_POINTS)
            .into_iter()
            .map(|point| ExceedancePoint {
                user_minutes: point.value as f64 / divisor,
                share: share(&point.exceeding, level),
            })
            .collect()
    }

    /// Mean of the worst share of all values, in units of `divisor` of theirs (conditional value at risk).
    pub fn mean_of_worst(&self, worst: f64, divisor: f64, level: f64) -> Mean {
        let tail = stat::tail_mean(self.order.as_ref(), 1.0 - worst, level);
        let interval = tail.and_then(|tail| tail.interval);
        Mean {
            value: tail.map_or(0.0, |tail| tail.mean) / divisor,
            low: interval.map(|interval| interval.low / divisor),
            high: interval.map(|interval| interval.high / divisor),
            n: self.n(),
        }
    }
}
