//! The normal law, cut off at zero: only positive values are kept.

use super::{invalid, positive};
use crate::quantity::QuantityError;
use crate::random::special::{normal_cdf, normal_density, normal_quantile};

/// A normal number under the condition that it is positive. `mean` and `sd` are those of the whole bell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    mean: f64,
    sd: f64,
}

impl Normal {
    /// From mean and standard deviation of the bell before the cut.
    ///
    /// # Errors
    /// `law-invalid` if one of them is not positive, or the standard deviation exceeds the mean: more than 16 % would be
    /// cut off, and another law is meant.
    pub fn new(mean: f64, sd: f64) -> Result<Self, QuantityError> {
        positive(mean, "the mean")?;
        positive(sd, "`sd`")?;
        if sd > mean {
            return Err(invalid(
                "`sd` must not exceed `mean`: too much of the bell lies below zero",
                "take `lognormal` or `gamma` for a wide spread",
            ));
        }
        Ok(Self { mean, sd })
    }

    /// What the cut takes away: the chance that the bell is not positive.
    fn cut(&self) -> f64 {
        normal_cdf(-self.mean / self.sd)
    }

    /// The quantile of what the cut leaves.
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        let cut = self.cut();
        // From the nearer end, so that neither tail loses its digits.
        let p = p.clamp(0.0, 1.0);
        let z = if p < 0.5 {
            normal_quantile(cut + p * (1.0 - cut))
        } else {
            -normal_quantile((1.0 - p) * (1.0 - cut))
        };
        // As a share of the mean, so that scaling the law scales the draw.
        (z * (self.sd / self.mean) + 1.0).max(0.0) * self.mean
    }

    /// The value above which a draw lies with the chance `q`.
    pub(super) fn upper_quantile(&self, q: f64) -> f64 {
        let z = -normal_quantile(q * (1.0 - self.cut()));
        (z * (self.sd / self.mean) + 1.0).max(0.0) * self.mean
    }

    /// The chance of at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        let below = normal_cdf((x - self.mean) / self.sd);
        ((below - self.cut()) / (1.0 - self.cut())).max(0.0)
    }

    /// The chance of more than `x`.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        let above = normal_cdf((self.mean - x.max(0.0)) / self.sd);
        (above / (1.0 - self.cut())).min(1.0)
    }

    /// ∫ t dF(t) up to `x` ≥ 0: the bell's mean times its part, less sd times the rise of its density.
    pub(super) fn partial_mean(&self, x: f64) -> f64 {
        let rise = normal_density((x - self.mean) / self.sd) - normal_density(self.mean / self.sd);
        self.mean * self.cdf(x) - self.sd * rise / (1.0 - self.cut())
    }

    /// The mean of what the cut leaves: mean + sd·λ with λ = φ(mean/sd) / Φ(mean/sd).
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean + self.sd * self.hazard()
    }

    /// sd² · (1 − (mean/sd)·λ − λ²).
    #[must_use]
    pub fn variance(&self) -> f64 {
        let hazard = self.hazard();
        self.sd * self.sd * (1.0 - self.mean / self.sd * hazard - hazard * hazard)
    }

    /// λ, the inverse Mills ratio at the cut (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 13.10).
    fn hazard(&self) -> f64 {
        normal_density(self.mean / self.sd) / (1.0 - self.cut())
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            sd: self.sd * factor,
        }
    }
}
