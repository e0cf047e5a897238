//! How a life that follows a law is spent: the hazard gathered up to an age, and what is left of a life that is met under way.
//!
//! A process that renews itself by one law, met at a time that has nothing to do with it, is met within a long life more often than within a
//! short one: the life under way is *length-biased* (its density is x f(x) / mean), and the time is uniform within it (Cox, Renewal Theory,
//! 1962, chapter 5). The rest of that life, the stationary excess, has the density P(life > x) / mean.

use super::Law;
use crate::random::special::{gamma_quantile, normal_quantile};
use crate::random::stream::Stream;

/// Where a life under way stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnderWay {
    /// How old it is.
    pub age: f64,
    /// What is left of it.
    pub left: f64,
}

/// A gathered hazard from which on the chance to go on is asked for itself: 1 − e⁻³⁰ keeps but three digits of it.
const DEEP: f64 = 30.0;

/// The largest chance for which a length-biased life is looked for by halving; nearer to 1 rounding alone would decide.
const HALVED_MAX: f64 = 1.0 - 1e-12;

impl Law {
    /// The chance of at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        match self {
            Self::Fixed(law) => f64::from(u8::from(law.mean() <= x)),
            Self::Exponential(law) => law.cdf(x),
            Self::Uniform(law) => law.cdf(x),
            Self::Lognormal(law) => law.cdf(x),
            Self::Weibull(law) => law.cdf(x),
            Self::Triangular(law) => law.cdf(x),
            Self::Pert(law) => law.cdf(x),
            Self::Normal(law) => law.cdf(x),
            Self::Gamma(law) => law.cdf(x),
            Self::Empirical(law) => law.cdf(x),
        }
    }

    /// The chance of more than `x`, with its digits where it is small.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        match self {
            Self::Fixed(law) => f64::from(u8::from(law.mean() > x)),
            Self::Exponential(law) => law.survival(x),
            Self::Uniform(law) => law.survival(x),
            Self::Lognormal(law) => law.survival(x),
            Self::Weibull(law) => law.survival(x),
            Self::Triangular(law) => law.survival(x),
            Self::Pert(law) => law.survival(x),
            Self::Normal(law) => law.survival(x),
            Self::Gamma(law) => law.survival(x),
            Self::Empirical(law) => law.survival(x),
        }
    }

    /// The hazard gathered up to an age: −ln P(life > age); infinite where no life goes on.
    #[must_use]
    pub fn gathered_hazard(&self, age: f64) -> f64 {
        match self {
            Self::Exponential(law) => law.gathered_hazard(age),
            Self::Weibull(law) => law.gathered_hazard(age),
            _ => {
                let cdf = self.cdf(age);
                if cdf < 0.5 {
                    -libm::log1p(-cdf)
                } else {
                    -libm::log(self.survival(age))
                }
            }
        }
    }

    /// The age at which the gathered hazard reaches `hazard`: the inverse of [`gathered_hazard`](Self::gathered_hazard). With an
    /// exponential number of mean 1 for the hazard this is a life; infinite if the hazard is.
    #[must_use]
    pub fn age_at_hazard(&self, hazard: f64) -> f64 {
        match self {
            Self::Exponential(law) => hazard * law.mean(),
            Self::Weibull(law) => law.age_at_hazard(hazard),
            _ if hazard < DEEP => self.quantile(-libm::expm1(-hazard)),
            Self::Lognormal(law) => {
                libm::exp(-law.sigma() * normal_quantile(libm::exp(-hazard))) * law.median()
            }
            Self::Normal(law) => law.upper_quantile(libm::exp(-hazard)),
            Self::Gamma(_) => self.bisected(|age| self.gathered_hazard(age) < hazard),
            // These end: so deep in the tail they are at their end, to all digits that a duration has.
            Self::Fixed(_) | Self::Uniform(_) | Self::Triangular(_) | Self::Pert(_) | Self::Empirical(_) => {
                self.quantile(1.0)
            }
        }
    }

    /// The quantile of the life that is met under way: each life is as likely as it is long.
    #[must_use]
    pub fn length_biased(&self, p: f64) -> f64 {
        match self {
            Self::Fixed(law) => law.mean(),
            Self::Exponential(law) => gamma_quantile(2.0, p) * law.mean(),
            Self::Uniform(law) => law.length_biased(p),
            Self::Lognormal(law) => law.length_biased(p),
            Self::Weibull(law) => law.length_biased(p),
            Self::Gamma(law) => law.length_biased(p),
            Self::Empirical(law) => law.length_biased(p),
            Self::Triangular(law) => {
                let part = p.min(HALVED_MAX) * law.mean();
                self.bisected(|x| law.partial_mean(x) < part)
            }
            Self::Pert(law) => {
                let part = p.min(HALVED_MAX) * law.mean();
                self.bisected(|x| law.partial_mean(x) < part)
            }
            Self::Normal(law) => {
                let part = p.min(HALVED_MAX) * law.mean();
                self.bisected(|x| law.partial_mean(x) < part)
            }
        }
    }

    /// A life that is met under way, at a time that has nothing to do with it. Takes two numbers of the stream.
    ///
    /// Closed forms for all laws but the triangular, PERT and cut normal ones, whose length-biased quantile is found by halving.
    #[must_use]
    pub fn under_way(&self, stream: &mut Stream) -> UnderWay {
        let life = self.length_biased(stream.unit_open());
        let left = life * stream.unit_open();
        UnderWay {
            age: life - left,
            left,
        }
    }

    /// What is left of a life that is met under way: the stationary excess. See [`under_way`](Self::under_way).
    #[must_use]
    pub fn residual(&self, stream: &mut Stream) -> f64 {
        self.under_way(stream).left
    }

    /// Where a rising condition stops being true, found by halving; for what is smooth. As many halvings as a float has digits.
    fn bisected(&self, below: impl Fn(f64) -> bool) -> f64 {
        let (mut low, mut high) = (0.0, self.mean());
        while below(high) && high < 1e6 * self.mean() {
            (low, high) = (high, 2.0 * high);
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if below(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
