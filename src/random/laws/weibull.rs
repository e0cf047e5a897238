//! The Weibull law: wear-out for shapes above 1, early failures below 1.

use super::{positive, shape_within};
use crate::quantity::QuantityError;
use crate::random::exponential_quantile;
use crate::random::special::gamma_quantile;

/// The least shape that is accepted.
pub const WEIBULL_SHAPE_MIN: f64 = 0.1;
/// The greatest shape that is accepted.
pub const WEIBULL_SHAPE_MAX: f64 = 100.0;

/// P(more than x) = exp(−(x / scale)^shape).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

impl Weibull {
    /// From shape and scale (the characteristic life, which 63.2 % do not reach).
    ///
    /// # Errors
    /// `law-invalid` if the scale is not positive or the shape outside its range.
    pub fn new(shape: f64, scale: f64) -> Result<Self, QuantityError> {
        shape_within(shape, WEIBULL_SHAPE_MIN, WEIBULL_SHAPE_MAX, "Weibull")?;
        positive(scale, "the scale").map(|scale| Self { shape, scale })
    }

    /// From shape and mean: scale = mean / Γ(1 + 1/shape).
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn from_shape_mean(shape: f64, mean: f64) -> Result<Self, QuantityError> {
        shape_within(shape, WEIBULL_SHAPE_MIN, WEIBULL_SHAPE_MAX, "Weibull")?;
        positive(mean, "the mean")?;
        Self::new(shape, mean / libm::tgamma(1.0 + 1.0 / shape))
    }

    /// scale · (−ln(1 − p))^(1/shape).
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        libm::pow(exponential_quantile(p.clamp(0.0, 1.0)), 1.0 / self.shape) * self.scale
    }

    /// 1 − exp(−(x / scale)^shape).
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        -libm::expm1(-self.gathered_hazard(x))
    }

    /// exp(−(x / scale)^shape).
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        libm::exp(-self.gathered_hazard(x))
    }

    pub(super) fn gathered_hazard(&self, age: f64) -> f64 {
        libm::pow(age.max(0.0) / self.scale, self.shape)
    }

    pub(super) fn age_at_hazard(&self, hazard: f64) -> f64 {
        libm::pow(hazard, 1.0 / self.shape) * self.scale
    }

    /// For the density x f(x) the number (x / scale)^shape is gamma of shape 1 + 1/shape.
    pub(super) fn length_biased(&self, p: f64) -> f64 {
        self.age_at_hazard(gamma_quantile(1.0 + 1.0 / self.shape, p))
    }

    /// scale · Γ(1 + 1/shape).
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.scale * libm::tgamma(1.0 + 1.0 / self.shape)
    }

    /// scale² · (Γ(1 + 2/shape) − Γ(1 + 1/shape)²).
    #[must_use]
    pub fn variance(&self) -> f64 {
        let first = libm::tgamma(1.0 + 1.0 / self.shape);
        self.scale * self.scale * (libm::tgamma(1.0 + 2.0 / self.shape) - first * first)
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            scale: self.scale * factor,
            ..*self
        }
    }
}
