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
