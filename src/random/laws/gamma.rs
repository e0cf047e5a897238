//! The gamma law: a sum of stages without memory (for a whole shape), and its interpolation.

use super::{positive, shape_within};
use crate::quantity::QuantityError;
use crate::random::special::{gamma_integrals, gamma_quantile};

/// The least shape that is accepted.
pub const GAMMA_SHAPE_MIN: f64 = 0.05;
/// The greatest shape that is accepted: the spread is then 1 % of the mean.
pub const GAMMA_SHAPE_MAX: f64 = 10_000.0;

/// Density proportional to x^(shape − 1) exp(−x / scale).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
}

impl Gamma {
    /// From shape and scale.
    ///
    /// # Errors
    /// `law-invalid` if the scale is not positive or the shape outside its range.
    pub fn new(shape: f64, scale: f64) -> Result<Self, QuantityError> {
        shape_within(shape, GAMMA_SHAPE_MIN, GAMMA_SHAPE_MAX, "gamma")?;
        positive(scale, "the scale").map(|scale| Self { shape, scale })
    }

    /// From shape and mean.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn from_shape_mean(shape: f64, mean: f64) -> Result<Self, QuantityError> {
        shape_within(shape, GAMMA_SHAPE_MIN, GAMMA_SHAPE_MAX, "gamma")?;
        Self::new(shape, positive(mean, "the mean")? / shape)
    }

    /// From mean and standard deviation: shape = (mean / sd)².
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn from_mean_sd(mean: f64, sd: f64) -> Result<Self, QuantityError> {
        let ratio = positive(mean, "the mean")? / positive(sd, "`sd`")?;
        Self::from_shape_mean(ratio * ratio, mean)
    }

    /// The numeric inverse of the incomplete gamma integral, times the scale; about a microsecond of work.
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        gamma_quantile(self.shape, p) * self.scale
    }

    /// The lower incomplete gamma integral.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        gamma_integrals(self.shape, x.max(0.0) / self.scale).0
    }

    /// The upper incomplete gamma integral.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        gamma_integrals(self.shape, x.max(0.0) / self.scale).1
    }

    /// Times x, the density is that of one stage more.
    pub(super) fn length_biased(&self, p: f64) -> f64 {
        gamma_quantile(self.shape + 1.0, p) * self.scale
    }

    /// shape · scale.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.shape * self.scale
    }

    /// shape · scale².
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.shape * self.scale * self.scale
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            scale: self.scale * factor,
            ..*self
        }
    }
}
