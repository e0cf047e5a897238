//! The PERT law: an expert's least, likeliest and most, with a smooth density that trusts the likeliest value.

use super::{invalid, not_negative};
use crate::quantity::QuantityError;
use crate::random::special::{beta_integral, beta_quantile};

/// The weight of the likeliest value in the mean, (least + 4 · likeliest + most) / 6, as in the method's first publication (Malcolm,
/// Roseboom, Clark and Fazar, Operations Research 7, 1959).
const LIKELIEST_WEIGHT: f64 = 4.0;

/// A beta law stretched over a range: shapes 1 + 4 (mode − low) / width and 1 + 4 (high − mode) / width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pert {
    low: f64,
    mode: f64,
    high: f64,
}

impl Pert {
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

    fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The shapes of the beta law, which depend on ratios only, so that scaling the law scales the draw.
    fn shapes(&self) -> (f64, f64) {
        let rise = LIKELIEST_WEIGHT * ((self.mode - self.low) / self.width());
        let fall = LIKELIEST_WEIGHT * ((self.high - self.mode) / self.width());
        (1.0 + rise, 1.0 + fall)
    }

    /// low + width · the beta quantile; some microseconds of work.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let (a, b) = self.shapes();
        // From the nearer end, so that neither tail loses its digits.
        if p < 0.5 {
            self.low + beta_quantile(a, b, p) * self.width()
        } else {
            self.high - beta_quantile(b, a, 1.0 - p) * self.width()
        }
    }

    /// The chance of at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let (a, b) = self.shapes();
        beta_integral(a, b, (x - self.low) / self.width())
    }

    /// The chance of more than `x`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        let (a, b) = self.shapes();
        beta_integral(b, a, (self.high - x) / self.width())
    }

    /// (low + 4 · mode + high) / 6.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.low + LIKELIEST_WEIGHT * self.mode + self.high) / (2.0 + LIKELIEST_WEIGHT)
    }

    /// (mean − low)(high − mean) / 7.
    #[must_use]
    pub fn variance(&self) -> f64 {
        (self.mean() - self.low) * (self.high - self.mean()) / (3.0 + LIKELIEST_WEIGHT)
    }

    /// ∫ t dF(t) up to `x`: a beta density times its variable is the beta density of one shape more.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        let (a, b) = self.shapes();
        let at = (x - self.low) / self.width();
        let stretched = self.width() * a / (a + b);
        self.low * beta_integral(a, b, at) + stretched * beta_integral(a + 1.0, b, at)
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            mode: self.mode * factor,
            high: self.high * factor,
        }
    }
}
