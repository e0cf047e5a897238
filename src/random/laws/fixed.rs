//! Always the same value.

use super::not_negative;
use crate::quantity::QuantityError;

/// The law of a constant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fixed {
    value: f64,
}

impl Fixed {
    /// The law that always gives `value`.
    ///
    /// # Errors
    /// `law-invalid` if the value is negative or not finite.
    pub fn new(value: f64) -> Result<Self, QuantityError> {
        not_negative(value, "the value").map(|value| Self { value })
    }

    /// The value, for every `p`.
    #[must_use]
    #[inline]
    pub fn quantile(&self, _: f64) -> f64 {
        self.value
    }

    /// The value.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.value
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
        }
    }
}
