//! Laws (distributions): one file each. All are non-negative, and all draw by inverting one uniform number, so that a
//! draw is monotone in it and proportional to the scale.
//!
//! A law has no unit of its own. Where it stands for a duration its values are microseconds.

mod ageing;
mod empirical;
mod exponential;
mod fixed;
mod gamma;
mod lognormal;
mod normal;
mod pert;
mod triangular;
mod uniform;
mod weibull;

pub use ageing::UnderWay;
pub use empirical::{EMPIRICAL_VALUES_MAX, EMPIRICAL_VALUES_MIN, Empirical};
pub use exponential::Exponential;
pub use fixed::Fixed;
pub use gamma::{GAMMA_SHAPE_MAX, GAMMA_SHAPE_MIN, Gamma};
pub use lognormal::{LOGNORMAL_SIGMA_MAX, Lognormal};
pub use normal::Normal;
pub use pert::Pert;
pub use triangular::Triangular;
pub use uniform::Uniform;
pub use weibull::{WEIBULL_SHAPE_MAX, WEIBULL_SHAPE_MIN, Weibull};

use super::special::normal_quantile;
use super::stream::Stream;
use crate::quantity::QuantityError;

/// Up to this many draws a sum is drawn term by term; from here on as one normal number.
pub const SUM_EXACT_MAX: u64 = 31;

/// A law for a non-negative number.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Always the same.
    Fixed(Fixed),
    /// Without memory.
    Exponential(Exponential),
    /// Every value of a range alike.
    Uniform(Uniform),
    /// A product of many small influences: repairs, human work.
    Lognormal(Lognormal),
    /// Wear (shape above 1) or early failures (below 1).
    Weibull(Weibull),
    /// An expert's least, likeliest and most.
    Triangular(Triangular),
    /// An expert's least, likeliest and most, with more trust in the likeliest.
    Pert(Pert),
    /// A bell, restricted to positive values.
    Normal(Normal),
    /// A sum of stages without memory.
    Gamma(Gamma),
    /// Observed values.
    Empirical(Empirical),
}

impl Law {
    /// The law of a constant; see [`Fixed::new`].
    ///
    /// # Errors
    /// `law-invalid` if the value is negative or not finite.
    pub fn fixed(value: f64) -> Result<Self, QuantityError> {
        Fixed::new(value).map(Self::Fixed)
    }

    /// The law of a constant duration (µs).
    #[must_use]
    pub fn fixed_us(us: u64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a duration of a scenario is far below 2^53 µs"
        )]
        Self::fixed(us as f64).expect("a duration is neither negative nor infinite")
    }

    /// The exponential law of a mean; see [`Exponential::new`].
    ///
    /// # Errors
    /// `law-invalid` if the mean is not positive.
    pub fn exponential(mean: f64) -> Result<Self, QuantityError> {
        Exponential::new(mean).map(Self::Exponential)
    }

    /// The value below which a draw lies with the chance `p`; `p` outside (0, 1) counts as the nearer end.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        match self {
            Self::Fixed(law) => law.quantile(p),
            Self::Exponential(law) => law.quantile(p),
            Self::Uniform(law) => law.quantile(p),
            Self::Lognormal(law) => law.quantile(p),
            Self::Weibull(law) => law.quantile(p),
            Self::Triangular(law) => law.quantile(p),
            Self::Pert(law) => law.quantile(p),
            Self::Normal(law) => law.quantile(p),
            Self::Gamma(law) => law.quantile(p),
            Self::Empirical(law) => law.quantile(p),
        }
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(law) => law.mean(),
            Self::Exponential(law) => law.mean(),
            Self::Uniform(law) => law.mean(),
            Self::Lognormal(law) => law.mean(),
            Self::Weibull(law) => law.mean(),
            Self::Triangular(law) => law.mean(),
            Self::Pert(law) => law.mean(),
            Self::Normal(law) => law.mean(),
            Self::Gamma(law) => law.mean(),
            Self::Empirical(law) => law.mean(),
        }
    }

    /// The variance; infinite if beyond the range of floating numbers.
    #[must_use]
    pub fn variance(&self) -> f64 {
        match self {
            Self::Fixed(_) => 0.0,
            Self::Exponential(law) => law.variance(),
            Self::Uniform(law) => law.variance(),
            Self::Lognormal(law) => law.variance(),
            Self::Weibull(law) => law.variance(),
            Self::Triangular(law) => law.variance(),
            Self::Pert(law) => law.variance(),
            Self::Normal(law) => law.variance(),
            Self::Gamma(law) => law.variance(),
            Self::Empirical(law) => law.variance(),
        }
    }

    /// The law of `factor` times a draw. A factor of zero gives the constant zero.
    ///
    /// # Panics
    /// If the factor is negative or not finite.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        assert!(
            factor.is_finite() && factor >= 0.0,
            "a law is scaled by a finite number that is not negative"
        );
        if factor <= 0.0 {
            return Self::Fixed(Fixed::default());
        }
        match self {
            Self::Fixed(law) => Self::Fixed(law.scaled(factor)),
            Self::Exponential(law) => Self::Exponential(law.scaled(factor)),
            Self::Uniform(law) => Self::Uniform(law.scaled(factor)),
            Self::Lognormal(law) => Self::Lognormal(law.scaled(factor)),
            Self::Weibull(law) => Self::Weibull(law.scaled(factor)),
            Self::Triangular(law) => Self::Triangular(law.scaled(factor)),
            Self::Pert(law) => Self::Pert(law.scaled(factor)),
            Self::Normal(law) => Self::Normal(law.scaled(factor)),
            Self::Gamma(law) => Self::Gamma(law.scaled(factor)),
            Self::Empirical(law) => Self::Empirical(law.scaled(factor)),
        }
    }

    /// Whether the clock of a thing that follows this law need not be kept: whatever time has passed, the rest is alike.
    #[must_use]
    pub fn is_memoryless(&self) -> bool {
        matches!(self, Self::Exponential(_))
    }

    /// One draw. Takes one number of the stream, whatever the law.
    #[must_use]
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        self.quantile(stream.unit_open())
    }

    /// One draw as a duration (µs), rounded; what is beyond the range is never (`u64::MAX`).
    #[must_use]
    #[inline]
    pub fn sample_us(&self, stream: &mut Stream) -> u64 {
        whole_us(self.sample(stream))
    }

    /// The sum of `n` independent draws as a duration (µs), rounded.
    ///
    /// Up to [`SUM_EXACT_MAX`] draws are drawn and added. More are one normal number with the mean and the variance of
    /// the sum, not below 0 (central limit): the first two moments hold, the skewness of the sum does not. If the
    /// variance is beyond the range, the sum is its mean.
    #[must_use]
    pub fn sample_sum_us(&self, n: u64, stream: &mut Stream) -> u64 {
        if let Self::Fixed(law) = self {
            return whole_us(law.mean() * n as f64);
        }
        if n <= SUM_EXACT_MAX {
            let mut sum = 0.0;
            for _ in 0..n {
                sum += self.sample(stream);
            }
            return whole_us(sum);
        }
        let z = normal_quantile(stream.unit_open());
        let spread = libm::sqrt(n as f64 * self.variance());
        let sum = n as f64 * self.mean() + if spread.is_finite() { spread * z } else { 0.0 };
        whole_us(sum.max(0.0))
    }
}

/// A non-negative number of microseconds as an integer; beyond the range it is never.
#[inline]
fn whole_us(us: f64) -> u64 {
    // 2⁶⁴: the first number that does not fit.
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;
    if us.is_nan() || us >= BEYOND {
        return u64::MAX;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    let whole = us as u64;
    // Halves go up; beyond 2⁵³ there are no fractions.
    let fraction = us - whole as f64;
    whole + u64::from(fraction >= 0.5)
}

/// The error for parameters that are no law; `help` says what would be.
fn invalid(message: impl Into<String>, help: impl Into<String>) -> QuantityError {
    QuantityError::new("law-invalid", message).with_help(help)
}

/// A parameter that must be finite and above zero.
fn positive(value: f64, what: &str) -> Result<f64, QuantityError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(invalid(
            format!("{what} must be above zero"),
            "a duration that is always the same is written `3 h`",
        ))
    }
}

/// A parameter that must be finite and not below zero.
fn not_negative(value: f64, what: &str) -> Result<f64, QuantityError> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(QuantityError::new(
            "law-invalid",
            format!("{what} must not be negative"),
        ))
    }
}

/// A shape parameter within the range in which the law's arithmetic was tested.
fn shape_within(value: f64, least: f64, most: f64, law: &str) -> Result<f64, QuantityError> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(invalid(
            format!("the shape of a {law} law is {value}"),
            format!("it lies between {least} and {most}"),
        ))
    }
}

#[cfg(test)]
mod second_opinion;
#[cfg(test)]
mod tests;
