//! The empirical law: the values that were observed, each as likely as any other.
//!
//! Its distribution function is a step function, not the polygon through the observations. So mean and variance of the draws are those of
//! the data to the last digit, equal observations keep their weight, and no value is made up between two observed ones; the polygon would
//! do none of that, and would still end at the greatest observation. What lies beyond the data needs a law that was fitted to them.

use std::sync::Arc;

use super::invalid;
use crate::quantity::QuantityError;

/// The fewest values that make an empirical law.
pub const EMPIRICAL_VALUES_MIN: usize = 2;
/// The most values that make an empirical law.
pub const EMPIRICAL_VALUES_MAX: usize = 100_000;

/// Draws from a list of observed values. Clones share the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical {
    sample: Arc<Sample>,
    scale: f64,
}

/// The observations, and what is asked of them often.
#[derive(Debug, PartialEq)]
struct Sample {
    /// In rising order.
    values: Box<[f64]>,
    /// The sum of the values up to and with each.
    sums: Box<[f64]>,
    mean: f64,
    variance: f64,
}

impl Empirical {
    /// From observed values in any order.
    ///
    /// # Errors
    /// `law-invalid` if there are fewer than [`EMPIRICAL_VALUES_MIN`] or more than [`EMPIRICAL_VALUES_MAX`] of them, one is negative or not
    /// finite, or all are zero.
    pub fn new(mut values: Vec<f64>) -> Result<Self, QuantityError> {
        if !(EMPIRICAL_VALUES_MIN..=EMPIRICAL_VALUES_MAX).contains(&values.len()) {
            return Err(invalid(
                format!("an empirical law of {} values", values.len()),
                format!("it takes {EMPIRICAL_VALUES_MIN} to {EMPIRICAL_VALUES_MAX} observed values"),
            ));
        }
        if let Some(wrong) = values.iter().find(|value| !value.is_finite() || **value < 0.0) {
            return Err(invalid(
                format!("{wrong} among the observed values"),
                "observed values are finite and not negative",
            ));
        }
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mut sum = 0.0;
        let sums: Box<[f64]> = values
            .iter()
            .map(|value| {
                sum += value;
                sum
            })
            .collect();
        if sum <= 0.0 {
            return Err(invalid(
                "all observed values are zero",
                "a duration that is always the same is written `3 h`",
            ));
        }
        let mean = sum / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let sample = Sample {
            values: values.into_boxed_slice(),
            sums,
            mean,
            variance: squares / count,
        };
        Ok(Self {
            sample: Arc::new(sample),
            scale: 1.0,
        })
    }

    /// The least observed value that at least the share `p` of all does not exceed (type 1 of Hyndman and Fan, 1996).
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let values = &self.sample.values;
        let place = libm::ceil(p.clamp(0.0, 1.0) * values.len() as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the number of values"
        )]
        let place = (place as usize).clamp(1, values.len()) - 1;
        values[place] * self.scale
    }

    /// The share of values of at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let values = &self.sample.values;
        let within = values.partition_point(|value| value * self.scale <= x);
        within as f64 / values.len() as f64
    }

    /// The share of values above `x`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        let values = &self.sample.values;
        let above = values.len() - values.partition_point(|value| value * self.scale <= x);
        above as f64 / values.len() as f64
    }

    /// The mean of the values.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sample.mean * self.scale
    }

    /// The mean square of the distances from the mean: the values are the whole law, not a sample of it.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.sample.variance * self.scale * self.scale
    }

    /// The quantile when each value is as likely as it is long.
    pub(super) fn length_biased(&self, p: f64) -> f64 {
        let Sample { values, sums, .. } = &*self.sample;
        let total = sums.last().copied().unwrap_or(0.0);
        let place = sums.partition_point(|&sum| sum < p * total).min(values.len() - 1);
        values[place] * self.scale
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            sample: Arc::clone(&self.sample),
            scale: self.scale * factor,
        }
    }
}
