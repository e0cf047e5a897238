//! The parameters of each law as they may be written, and the laws that they make.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LAW_TAGS;
use crate::quantity::{QuantityError, Rate, SimDuration, US_PER_HOUR};
use crate::random::laws::{
    Empirical, Exponential, Fixed, Gamma, Law, Lognormal, Normal, Pert, Triangular, Uniform, Weibull,
};

/// The parameters of each law, as they may be written. Optional ones are alternatives; see [`Written::law`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Written {
    Fixed(SimDuration),
    Exponential(ExponentialParameters),
    Uniform(UniformParameters),
    Lognormal(LognormalParameters),
    Weibull(WeibullParameters),
    Triangular(TriangularParameters),
    Pert(PertParameters),
    Normal(NormalParameters),
    Gamma(GammaParameters),
    Empirical(EmpiricalParameters),
}

/// Give `mean` or `rate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExponentialParameters {
    /// The mean time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mean: Option<SimDuration>,
    /// How often it happens: the inverse of the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rate: Option<Rate>,
}

/// Every value between two alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UniformParameters {
    /// The least value.
    from: SimDuration,
    /// The greatest value.
    to: SimDuration,
}

/// Give `median` and `p90`, or `median` and `sigma`, or `mean` and `sd`, or `mu` and `sigma`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LognormalParameters {
    /// Half of the values are below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    median: Option<SimDuration>,
    /// 9 in 10 values are below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    p90: Option<SimDuration>,
    /// The mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<SimDuration>,
    /// The standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    sd: Option<SimDuration>,
    /// The mean of the natural logarithm of the time in units of `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mu: Option<f64>,
    /// The standard deviation of the natural logarithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    sigma: Option<f64>,
    /// What `mu` counts in; an hour if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<SimDuration>,
}

/// Give `shape`, and `scale` or `mean`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WeibullParameters {
    /// Above 1 for wear-out, below 1 for early failures.
    shape: f64,
    /// The characteristic life, which 63.2 % do not reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<SimDuration>,
    /// The mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<SimDuration>,
}

/// An expert's three values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriangularParameters {
    /// The least value.
    low: SimDuration,
    /// The likeliest value.
    mode: SimDuration,
    /// The greatest value.
    high: SimDuration,
}

/// An expert's three values, with more trust in the likeliest: the mean is (low + 4 · mode + high) / 6.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PertParameters {
    /// The least value.
    low: SimDuration,
    /// The likeliest value.
    mode: SimDuration,
    /// The greatest value.
    high: SimDuration,
}

/// A bell, cut off at zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NormalParameters {
    /// The middle of the bell before the cut.
    mean: SimDuration,
    /// The standard deviation before the cut; at most the mean.
    sd: SimDuration,
}

/// Give `mean`, and `shape` or `sd`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GammaParameters {
    /// How many stages the time is made of; 1 is exponential.
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<f64>,
    /// The mean.
    mean: SimDuration,
    /// The standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    sd: Option<SimDuration>,
}

/// Observed values, each as likely as any other: give `file` and `column`, or `values`.
///
/// The columns of files are read with the tree, where it is known in which folder they lie; until then a law of a file is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmpiricalParameters {
    /// A CSV file with a first line of column names, in or below the folder of the file that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The name of its column.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// What the numbers of the column count, such as `h`; without it each value has a unit of its own, such as `90 min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The values themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<SimDuration>>,
}

impl Written {
    pub(super) fn tag(&self) -> &'static str {
        let [
            fixed,
            exponential,
            uniform,
            lognormal,
            weibull,
            triangular,
            pert,
            normal,
            gamma,
            empirical,
        ] = LAW_TAGS;
        match self {
            Self::Fixed(_) => fixed,
            Self::Exponential(_) => exponential,
            Self::Uniform(_) => uniform,
            Self::Lognormal(_) => lognormal,
            Self::Weibull(_) => weibull,
            Self::Triangular(_) => triangular,
            Self::Pert(_) => pert,
            Self::Normal(_) => normal,
            Self::Gamma(_) => gamma,
            Self::Empirical(_) => empirical,
        }
    }

    /// The law, if the parameters make one.
    pub(super) fn law(&self) -> Result<Law, QuantityError> {
        match self {
            Self::Fixed(duration) => Fixed::new(us(*duration)).map(Law::Fixed),
            Self::Exponential(parameters) => match (parameters.mean, parameters.rate) {
                (Some(mean), None) => Exponential::new(us(mean)).map(Law::Exponential),
                (None, Some(rate)) if rate.per_hour() <= 0.0 => Err(QuantityError::new(
                    "law-invalid",
                    "the rate of an exponential law must be above zero",
                )),
                (None, Some(rate)) => Exponential::new(rate.mean_us()).map(Law::Exponential),
                _ => Err(ambiguous(
                    "an exponential law takes `mean` or `rate`",
                    "{exponential: {mean: 4 h}}",
                )),
            },
            Self::Uniform(parameters) => {
                Uniform::new(us(parameters.from), us(parameters.to)).map(Law::Uniform)
            }
            Self::Lognormal(parameters) => parameters.law().map(Law::Lognormal),
            Self::Weibull(parameters) => match (parameters.scale, parameters.mean) {
                (Some(scale), None) => Weibull::new(parameters.shape, us(scale)).map(Law::Weibull),
                (None, Some(mean)) => Weibull::from_shape_mean(parameters.shape, us(mean)).map(Law::Weibull),
                _ => Err(ambiguous(
                    "a Weibull law takes `shape`, and `scale` or `mean`",
                    "{weibull: {shape: 1.5, scale: 10 h}}",
                )),
            },
            Self::Triangular(parameters) => {
                Triangular::new(us(parameters.low), us(parameters.mode), us(parameters.high))
                    .map(Law::Triangular)
            }
            Self::Pert(parameters) => {
                Pert::new(us(parameters.low), us(parameters.mode), us(parameters.high)).map(Law::Pert)
            }
            Self::Normal(parameters) => Normal::new(us(parameters.mean), us(parameters.sd)).map(Law::Normal),
            Self::Gamma(parameters) => match (parameters.shape, parameters.sd) {
                (Some(shape), None) => Gamma::from_shape_mean(shape, us(parameters.mean)).map(Law::Gamma),
                (None, Some(sd)) => Gamma::from_mean_sd(us(parameters.mean), us(sd)).map(Law::Gamma),
                _ => Err(ambiguous(
                    "a gamma law takes `mean`, and `shape` or `sd`",
                    "{gamma: {shape: 2, mean: 4 h}}",
                )),
            },
            Self::Empirical(parameters) => match parameters {
                EmpiricalParameters {
                    file: None,
                    column: None,
                    unit: None,
                    values: Some(values),
                } => Empirical::new(values.iter().copied().map(us).collect()).map(Law::Empirical),
                _ => Err(ambiguous(
                    "an empirical law takes `file` and `column` (and `unit`), or `values`",
                    "{empirical: {file: repairs.csv, column: hours, unit: h}}",
                )),
            },
        }
    }
}

impl LognormalParameters {
    fn law(&self) -> Result<Lognormal, QuantityError> {
        if self.unit.is_some() && self.mu.is_none() {
            return Err(ambiguous(
                "`unit` belongs to `mu`",
                "{lognormal: {mu: 1.4, sigma: 0.9, unit: 1 h}}",
            ));
        }
        match (self.median, self.p90, self.mean, self.sd, self.mu, self.sigma) {
            (Some(median), Some(p90), None, None, None, None) => {
                Lognormal::from_median_p90(us(median), us(p90))
            }
            (Some(median), None, None, None, None, Some(sigma)) => Lognormal::new(us(median), sigma),
            (None, None, Some(mean), Some(sd), None, None) => Lognormal::from_mean_sd(us(mean), us(sd)),
            (None, None, None, None, Some(mu), Some(sigma)) => {
                let unit_us = self.unit.map_or(US_PER_HOUR as f64, us);
                Lognormal::new(libm::exp(mu) * unit_us, sigma)
            }
            _ => Err(ambiguous(
                "a lognormal law takes `median` and `p90` (or `median` and `sigma`, `mean` and `sd`, `mu` and `sigma`)",
                "{lognormal: {median: 4 h, p90: 12 h}}",
            )),
        }
    }
}

/// A duration in the unit of laws (µs).
pub(super) fn us(duration: SimDuration) -> f64 {
    duration.us() as f64
}

/// Parameters that are missing or say the same thing twice.
fn ambiguous(message: &str, example: &str) -> QuantityError {
    QuantityError::new("law-invalid", message).with_help(format!("write `{example}`"))
}
