//! The lognormal law: the logarithm is normal. Repairs and human work are usually reported with it.

use super::{invalid, positive};
use crate::quantity::QuantityError;
use crate::random::special::{normal_cdf, normal_quantile};

/// The largest standard deviation of the logarithm that is accepted: 1 in 10 draws is then beyond 370,000 medians.
pub const LOGNORMAL_SIGMA_MAX: f64 = 10.0;

/// exp(mu + sigma·Z) for a standard normal Z, kept as median · exp(sigma·Z).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal {
    median: f64,
    sigma: f64,
}

impl Lognormal {
    /// From the median and the standard deviation of the natural logarithm.
    ///
    /// # Errors
    /// `law-invalid` if one of them is not positive, or sigma exceeds [`LOGNORMAL_SIGMA_MAX`].
    pub fn new(median: f64, sigma: f64) -> Result<Self, QuantityError> {
        positive(median, "the median")?;
        positive(sigma, "`sigma`")?;
        if sigma > LOGNORMAL_SIGMA_MAX {
            return Err(invalid(
                format!("the logarithm spreads by {sigma}"),
                format!(
                    "`sigma` is at most {LOGNORMAL_SIGMA_MAX}: bring the 90th percentile nearer to the median"
                ),
            ));
        }
        Ok(Self { median, sigma })
    }

    /// From the median and the 90th percentile: sigma = ln(p90 / median) / 1.2816.
    ///
    /// # Errors
    /// `law-invalid` if the median is not positive or the percentile is not above it.
    pub fn from_median_p90(median: f64, p90: f64) -> Result<Self, QuantityError> {
        positive(median, "the median")?;
        if !p90.is_finite() || p90 <= median {
            return Err(invalid(
                "`p90` must exceed `median`",
                "9 in 10 are below `p90`, and 5 in 10 are below `median`",
            ));
        }
        Self::new(median, libm::log(p90 / median) / normal_quantile(0.9))
    }

    /// From the mean and the standard deviation of the value itself.
    ///
    /// # Errors
    /// `law-invalid` if one of them is not positive.
    pub fn from_mean_sd(mean: f64, sd: f64) -> Result<Self, QuantityError> {
        positive(mean, "the mean")?;
        positive(sd, "`sd`")?;
        let ratio = sd / mean;
        let log_variance = libm::log1p(ratio * ratio);
        Self::new(mean * libm::exp(-0.5 * log_variance), libm::sqrt(log_variance))
    }

    /// median · exp(sigma · z(p)).
    #[must_use]
    #[inline]
    pub fn quantile(&self, p: f64) -> f64 {
        libm::exp(self.sigma * normal_quantile(p.clamp(0.0, 1.0))) * self.median
    }

    /// Φ(ln(x / median) / sigma).
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        normal_cdf(libm::log(x.max(0.0) / self.median) / self.sigma)
    }

    /// Φ(−ln(x / median) / sigma).
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        normal_cdf(-libm::log(x.max(0.0) / self.median) / self.sigma)
    }

    /// Times x, the density is that of the lognormal law whose logarithm lies sigma² higher.
    pub(super) fn length_biased(&self, p: f64) -> f64 {
        self.quantile(p) * libm::exp(self.sigma * self.sigma)
    }

    /// The median.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.median
    }

    /// The standard deviation of the natural logarithm.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// median · exp(sigma² / 2).
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.median * libm::exp(0.5 * self.sigma * self.sigma)
    }

    /// mean² · (exp(sigma²) − 1).
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        mean * mean * libm::expm1(self.sigma * self.sigma)
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        Self {
            median: self.median * factor,
            ..*self
        }
    }
}
