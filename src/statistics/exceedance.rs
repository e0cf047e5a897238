//! The bad end of a sample: how often is it worse than x, and how bad is it there on average?

use super::mean::Mean;
use super::quantile::{Ordered, Sample};
use super::{Interval, Order, Proportion};

/// One point of an exceedance curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurvePoint {
    /// The value x.
    pub value: i64,
    /// How many of all exceed x, those beyond every value included.
    pub exceeding: Proportion,
}

/// The exceedance curve of a sample: the share of all that is worse than x, at no more than `points` values.
///
/// The values are order statistics whose exceeding numbers are spread evenly over the logarithm, so that the rare end
/// is as fine as the common one; the smallest and the largest value are among them.
#[must_use]
pub fn exceedance_curve(sample: &Sample<'_>, points: usize) -> Vec<CurvePoint> {
    let observed = sample.observed();
    let count = observed.count();
    let (Some(last), true) = (count.checked_sub(1), points > 0) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    let steps = points.saturating_sub(1).max(1);
    for step in 0..=steps.min(points - 1) {
        // From all values at the first step to one at the last.
        let share = 1.0 - step as f64 / steps as f64;
        let from_end = libm::round(libm::exp(share * libm::log(count as f64)));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and their number"
        )]
        let from_end = from_end as u64;
        places.push(count.saturating_sub(from_end).min(last));
    }
    let mut values = observed.at(&places);
    values.dedup();
    let at_most = observed.at_most(&values);
    let point = |(value, up_to): (i64, u64)| CurvePoint {
        value,
        exceeding: Proportion::new(up_to, sample.n()).complement(),
    };
    values.into_iter().zip(at_most).map(point).collect()
}

/// The mean of the worst share of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailMean {
    /// The quantile at which the tail begins (value at risk).
    pub from: i64,
    /// The mean of the tail (conditional value at risk).
    pub mean: f64,
    /// Its interval by Student's t; `None` with fewer than two values.
    pub interval: Option<Interval>,
}

/// The mean of the worst 1 − `p` of all values: conditional value at risk. `None` without values.
///
/// Rockafellar and Uryasev (2000): q + E(X − q)⁺ / (1 − p) at the p-quantile q. The interval treats q as known, which is
/// right to first order, because the expression is flat in q. Values beyond the horizon must have been cut to it before.
///
/// # Panics
/// If `p` is not in [0, 1).
#[must_use]
pub fn tail_mean(values: &dyn Order, p: f64, level: f64) -> Option<TailMean> {
    assert!(
        (0.0..1.0).contains(&p),
        "the tail is a share of all values that is not empty"
    );
    let from = Sample::new(values, 0).quantile(p).and_then(Ordered::value)?;
    let mut excess = Mean::new();
    values.each(&mut |value| excess.push(value.saturating_sub(from).max(0)));
    let share = 1.0 - p;
    let start = from as f64;
    let interval = excess.interval(level).map(|of_excess| Interval {
        low: start + of_excess.low / share,
        high: start + of_excess.high / share,
    });
    Some(TailMean {
        from,
        mean: start + excess.mean()? / share,
        interval,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Law};
    use crate::statistics::Sorted;

    #[test]
    fn the_tail_mean_of_whole_shares_is_the_mean_of_the_worst() {
        let data = Sorted::of(1..=100);
        let tail = tail_mean(&data, 0.95, 0.95).expect("values");
        assert_eq!(tail.from, 95);
        assert!((tail.mean - 98.0).abs() < 1e-9);
        let all = tail_mean(&data, 0.0, 0.95).expect("values");
        assert!((all.mean - 50.5).abs() < 1e-9);
        assert_eq!(tail_mean(&Sorted::default(), 0.5, 0.95), None);
    }

    /// Exponential: the tail mean at 90 % is (1 + ln 10) means. 400 samples of 2000: nominal 95 %, and the share that
    /// covers has a standard error of 0.011; 5 of them, and 0.01 for the first-order interval.
    #[test]
    fn the_tail_mean_and_its_interval_are_right_for_exponential_values() {
        let law = Law::exponential(1e6).expect("a law");
        let truth = 1e6 * (1.0 + libm::log(10.0));
        let mut covered = 0_u32;
        for replication in 0..400 {
            let key = Key::new(5, replication);
            let value = |draw| i64::try_from(law.sample_us(&mut key.stream(1, 0, draw))).expect("small");
            let values = Sorted::of((0..2000).map(value));
            let tail = tail_mean(&values, 0.9, 0.95).expect("values");
            covered += u32::from(tail.interval.expect("values").contains(truth));
        }
        assert!((f64::from(covered) / 400.0 - 0.95).abs() < 0.065, "{covered}");
    }

    #[test]
    fn the_curve_falls_from_the_smallest_to_the_largest_value() {
        let data = Sorted::of((0..1000).map(|i| i / 2));
        let sample = Sample::new(&data, 24);
        let curve = exceedance_curve(&sample, 50);
        assert!(curve.len() <= 50 && curve.len() > 20);
        assert_eq!(
            curve.first().map(|point| (point.value, point.exceeding)),
            Some((0, Proportion::new(1022, 1024)))
        );
        assert_eq!(
            curve.last().map(|point| (point.value, point.exceeding)),
            Some((499, Proportion::new(24, 1024)))
        );
        for pair in curve.windows(2) {
            assert!(pair[0].value < pair[1].value && pair[0].exceeding.hits > pair[1].exceeding.hits);
        }
        assert!(exceedance_curve(&Sample::new(&Sorted::default(), 3), 10).is_empty());
        assert!(exceedance_curve(&sample, 0).is_empty());
        assert_eq!(exceedance_curve(&sample, 1).len(), 1);
    }
}
