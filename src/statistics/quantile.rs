//! Quantiles of a sample by its order statistics, where some values lie beyond what was observed.

use super::{Order, Proportion, tail};
use crate::random::binomial_quantile;

/// An order statistic: a value, or something that was still going on when the observation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ordered {
    /// An observed value.
    Value(i64),
    /// Beyond every observed value: not recovered within the horizon.
    BeyondHorizon,
}

impl Ordered {
    /// The value, if it was observed.
    #[must_use]
    pub fn value(self) -> Option<i64> {
        match self {
            Self::Value(value) => Some(value),
            Self::BeyondHorizon => None,
        }
    }
}

/// An interval between two order statistics. An end is `None` if no order statistic is extreme enough: the sample is
/// too small for that end at that confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderedInterval {
    /// The lower end.
    pub low: Option<Ordered>,
    /// The upper end.
    pub high: Option<Ordered>,
}

/// Values in ascending order, and how many more lie beyond all of them.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    order: &'a dyn Order,
    beyond: u64,
}

impl<'a> Sample<'a> {
    /// From the values that were observed and the number of those that were never observed to end.
    #[must_use]
    pub fn new(order: &'a dyn Order, beyond: u64) -> Self {
        Self { order, beyond }
    }

    /// The number of values, those beyond included.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.order.count() + self.beyond
    }

    /// The values that were observed.
    #[must_use]
    pub fn observed(&self) -> &'a dyn Order {
        self.order
    }

    /// How many lie beyond all observed values.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// The order statistic of a rank from 1 to n; `None` outside.
    #[must_use]
    pub fn ranked(&self, rank: u64) -> Option<Ordered> {
        self.all_ranked([rank])[0]
    }

    /// The order statistics of several ranks: where values are gone through in passes, all of them are found in the same.
    fn all_ranked<const N: usize>(&self, ranks: [u64; N]) -> [Option<Ordered>; N] {
        let observed = self.order.count();
        let mut places: Vec<u64> = ranks
            .iter()
            .filter(|&&rank| rank > 0 && rank <= observed)
            .map(|rank| rank - 1)
            .collect();
        places.sort_unstable();
        let values = self.order.at(&places);
        ranks.map(|rank| {
            if rank == 0 || rank > self.n() {
                return None;
            }
            let place = places.binary_search(&(rank - 1)).ok();
            Some(place.map_or(Ordered::BeyondHorizon, |place| Ordered::Value(values[place])))
        })
    }

    /// The sample quantile: the smallest value that at least the share `p` of all does not exceed (type 1 of Hyndman
    /// and Fan, the inverse of the empirical distribution). It is always one of the values. `None` without values.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<Ordered> {
        let n = self.n();
        self.ranked(quantile_rank(n, p))
    }

    /// The rank of the sample quantile, from 1; 0 without values.
    #[must_use]
    pub fn rank(&self, p: f64) -> u64 {
        quantile_rank(self.n(), p)
    }

    /// An interval for the quantile of the law behind the values, whatever that law is.
    ///
    /// Between two order statistics, with at most (1 − level)/2 on each side by the binomial law of the number of
    /// values below the quantile (David and Nagaraja, Order Statistics, 7.1); covers at least `level`.
    #[must_use]
    pub fn interval(&self, p: f64, level: f64) -> OrderedInterval {
        self.quantile_and_interval(p, level).1
    }

    /// The sample quantile and its interval: see [`Sample::quantile`] and [`Sample::interval`].
    #[must_use]
    pub fn quantile_and_interval(&self, p: f64, level: f64) -> (Option<Ordered>, OrderedInterval) {
        let tail = tail(level);
        let n = self.n();
        let low = binomial_quantile(tail, n, p);
        let high = binomial_quantile(1.0 - tail, n, p) + 1;
        let [value, low, high] = self.all_ranked([quantile_rank(n, p), low, high]);
        (value, OrderedInterval { low, high })
    }

    /// The sample quantiles of several shares.
    #[must_use]
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> [Option<Ordered>; N] {
        let n = self.n();
        self.all_ranked(shares.map(|p| quantile_rank(n, p)))
    }

    /// How many are at most `value`.
    #[must_use]
    pub fn at_most(&self, value: i64) -> Proportion {
        let hits = self.order.at_most(&[value])[0];
        Proportion::new(hits, self.n())
    }
}

/// ⌈n·p⌉, from 1 to n.
fn quantile_rank(n: u64, p: f64) -> u64 {
    let product = n as f64 * p;
    // 0.95 · 100 is 95.00000000000001 in floating arithmetic, but is meant to be 95.
    let nearest = libm::round(product);
    let rank = if (product - nearest).abs() < 1e-9 * nearest.max(1.0) {
        nearest
    } else {
        libm::ceil(product)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts saturate, and the clamp follows"
    )]
    let rank = rank as u64;
    if n == 0 { 0 } else { rank.clamp(1, n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::special::binomial_mass;
    use crate::statistics::Sorted;

    /// Reference `quantile_A`, type 1: Hyndman and Fan, values by NumPy.
    #[test]
    fn gives_the_published_quantiles() {
        let data = Sorted::of(1..=10);
        let sample = Sample::new(&data, 0);
        for (p, value) in [
            (0.05, 1),
            (0.25, 3),
            (0.5, 5),
            (0.9, 9),
            (0.95, 10),
            (0.99, 10),
            (0.0, 1),
            (1.0, 10),
        ] {
            assert_eq!(sample.quantile(p), Some(Ordered::Value(value)), "{p}");
        }
    }

    #[test]
    fn a_whole_rank_is_not_pushed_up_by_rounding() {
        for n in [10, 20, 100, 1000, 10_000, 1_000_000] {
            assert_eq!(quantile_rank(n, 0.95) * 20, if n == 10 { 200 } else { 19 * n });
            assert_eq!(quantile_rank(n, 0.7) * 10, 7 * n);
        }
    }

    #[test]
    fn what_never_ended_is_beyond_every_value() {
        let data = Sorted::of(1..=90);
        let sample = Sample::new(&data, 10);
        assert_eq!(sample.quantile(0.9), Some(Ordered::Value(90)));
        assert_eq!(sample.quantile(0.91), Some(Ordered::BeyondHorizon));
        assert_eq!(sample.interval(0.85, 0.95).high, Some(Ordered::BeyondHorizon));
        assert!(Ordered::BeyondHorizon > Ordered::Value(i64::MAX));
        assert_eq!(sample.at_most(45), Proportion::new(45, 100));
        assert_eq!(sample.at_most(1000), Proportion::new(90, 100));
        assert_eq!(Sample::new(&Sorted::default(), 0).quantile(0.5), None);
        assert_eq!(
            Sample::new(&Sorted::default(), 4).quantile(0.5),
            Some(Ordered::BeyondHorizon)
        );
    }

    /// Exact coverage from the binomial law, for the ranks that were chosen; and one rank less would not do.
    #[test]
    fn intervals_cover_their_level_and_are_no_wider_than_they_must_be() {
        for (n, p) in [
            (100_u64, 0.5),
            (100, 0.95),
            (1000, 0.99),
            (59, 0.05),
            (10_000, 0.5),
        ] {
            let data = Sorted::of(1..=i64::try_from(n).expect("small"));
            let interval = Sample::new(&data, 0).interval(p, 0.95);
            let rank = |end: Option<Ordered>| end.and_then(Ordered::value).map(|rank| rank as f64);
            // P(at most k values lie below the quantile).
            let below = |k: f64| {
                let mut sum = 0.0;
                let mut hits = 0.0;
                while hits <= k {
                    sum += binomial_mass(hits, n as f64, p);
                    hits += 1.0;
                }
                sum
            };
            match rank(interval.low) {
                Some(low) => assert!(below(low - 1.0) <= 0.025 + 1e-12 && below(low) > 0.025, "{n} {p}"),
                None => assert!(below(0.0) > 0.025, "{n} {p}: rank 1 would not have done"),
            }
            match rank(interval.high) {
                Some(high) => assert!(
                    below(high - 1.0) >= 0.975 - 1e-12 && below(high - 2.0) < 0.975,
                    "{n} {p}"
                ),
                None => assert!(
                    below(n as f64 - 1.0) < 0.975,
                    "{n} {p}: rank n would not have done"
                ),
            }
        }
    }

    #[test]
    fn a_small_sample_has_no_bound_far_out() {
        let data = Sorted::of(1..=20);
        let interval = Sample::new(&data, 0).interval(0.95, 0.95);
        assert_eq!(interval.high, None);
        assert!(interval.low.is_some());
    }
}
