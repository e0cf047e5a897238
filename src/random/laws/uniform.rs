//! The uniform law: every value of a range alike.

use super::{invalid, not_negative};
use crate::quantity::QuantityError;

/// Constant density between two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    from: f64,
    width: f64,
}

impl Uniform {
    /// The law on the range `from` to `to`.
    ///
    /// # Errors
    /// `law-invalid` if `from` is negative or not below `to`.
    pub fn new(from: f64, to: f64) -> Result<Self, QuantityError> {
        not_negative(from, "`from`")?;
        not_negative(to, "`to`")?;
        if from >= to {
            return Err(invalid(
                "`from` must be less than `to`",
                "a value that is always the same is written `fixed`",
            ));
        }
        Ok(Self {
            from,
            width: to - from,
        })
    }

    /// from + p · (to − from).
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        self.from + p.clamp(0.0, 1.0) * self.width
    }

    /// The part of the range up to `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        ((x - self.from) / self.width).clamp(0.0, 1.0)
    }

    /// The part of the range beyond `x`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        ((self.from + self.width - x) / self.width).clamp(0.0, 1.0)
    }

    /// √(from² + p (to² − from²)).
    pub(super) fn length_biased(&self, p: f64) -> f64 {
        let to = self.from + self.width;
        libm::sqrt(self.from * self.from + p.clamp(0.0, 1.0) * self.width * (self.from + to))
    }

    /// The middle of the range.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.from + 0.5 * self.width
    }

    /// The square of the width, divided by 12.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.width * self.width / 12.0
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            from: self.from * factor,
            width: self.width * factor,
        }
    }
}
