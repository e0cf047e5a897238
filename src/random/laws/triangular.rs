//! The triangular law: an expert's least, likeliest and most.

use super::{invalid, not_negative};
use crate::quantity::QuantityError;

/// Density that rises straight from `low` to `mode` and falls straight to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triangular {
    low: f64,
    mode: f64,
    high: f64,
}

impl Triangular {
    /// From the least, the likeliest and the greatest value.
    ///
    /// # Errors
    /// `law-invalid` unless 0 ≤ low ≤ mode ≤ high and low < high.
    pub fn new(low: f64, mode: f64, high: f64) -> Result<Self, QuantityError> {
        not_negative(low, "`low`")?;
        not_negative(mode, "`mode`")?;
        not_negative(high, "`high`")?;
        if low > mode || mode > high || low >= high {
            return Err(invalid(
                "`low`, `mode` and `high` must be in this order",
                "`low` is the least, `mode` the likeliest, `high` the greatest value",
            ));
        }
        Ok(Self { low, mode, high })
    }

    /// The inverse of the two parabolas of the distribution function.
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let width = self.high - self.low;
        let rise = self.mode - self.low;
        if p * width < rise {
            self.low + libm::sqrt(p * width * rise)
        } else {
            self.high - libm::sqrt((1.0 - p) * width * (self.high - self.mode))
        }
    }

    /// A parabola up to the mode, and another one from there.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        if x < self.mode {
            self.below(x)
        } else {
            1.0 - self.above(x)
        }
    }

    /// The chance of more than `x`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        if x < self.mode {
            1.0 - self.below(x)
        } else {
            self.above(x)
        }
    }

    /// The chance of at most `x`, left of the mode.
    fn below(&self, x: f64) -> f64 {
        let far = (x - self.low).max(0.0);
        far * far / ((self.high - self.low) * (self.mode - self.low))
    }

    /// The chance of more than `x`, right of the mode.
    fn above(&self, x: f64) -> f64 {
        let far = (self.high - x).max(0.0);
        if far <= 0.0 {
            return 0.0;
        }
        far * far / ((self.high - self.low) * (self.high - self.mode))
    }

    /// ∫ t dF(t) up to `x`. A side of the triangle up to a distance has its mean at two thirds of that distance.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        if x < self.mode {
            let far = (x - self.low).max(0.0);
            self.below(x) * (self.low + far * 2.0 / 3.0)
        } else {
            let far = (self.high - x).max(0.0);
            self.mean() - self.above(x) * (self.high - far * 2.0 / 3.0)
        }
    }

    /// The mean of the three values.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.low + self.mode + self.high) / 3.0
    }

    /// (a² + b² + ab) / 18 for the distances a, b of the mode from the ends.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let (rise, fall) = (self.mode - self.low, self.high - self.mode);
        (rise * rise + fall * fall + rise * fall) / 18.0
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            mode: self.mode * factor,
            high: self.high * factor,
        }
    }
}
