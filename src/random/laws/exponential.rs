//! The exponential law: lives without memory.

use super::positive;
use crate::quantity::QuantityError;
use crate::random::exponential_quantile;

/// Density exp(−x/mean)/mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    mean: f64,
}

impl Exponential {
    /// The law with the given mean.
    ///
    /// # Errors
    /// `law-invalid` if the mean is not positive and finite.
    pub fn new(mean: f64) -> Result<Self, QuantityError> {
        positive(mean, "the mean").map(|mean| Self { mean })
    }

    /// −mean · ln(1 − p).
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        exponential_quantile(p.clamp(0.0, 1.0)) * self.mean
    }

    /// 1 − exp(−x/mean).
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        -libm::expm1(-self.gathered_hazard(x))
    }

    /// exp(−x/mean).
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        libm::exp(-self.gathered_hazard(x))
    }

    pub(super) fn gathered_hazard(&self, age: f64) -> f64 {
        age.max(0.0) / self.mean
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The square of the mean.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.mean * self.mean
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
        }
    }
}
