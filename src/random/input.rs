//! How people write the law of a duration: `4 h`, `{lognormal: {median: 4 h, p90: 12 h}}`, `{exponential: {mean: 4 h}}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::laws::{Exponential, Fixed, Gamma, Law, Lognormal, Normal, Triangular, Uniform, Weibull};
use crate::quantity::{QuantityError, Rate, SimDuration, US_PER_HOUR};

/// The tags of the laws, as they are written, in the order of the reference.
pub const LAW_TAGS: [&str; 8] = [
    "fixed",
    "exponential",
    "uniform",
    "lognormal",
    "weibull",
    "triangular",
    "normal",
    "gamma",
];

/// The law of a duration as it was written, checked.
///
/// A bare duration is always the same; a map with one key names the law. It serialises as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct LawInput {
    written: Written,
    law: Law,
}

impl LawInput {
    /// A duration that is always the same.
    #[must_use]
    pub fn fixed(duration: SimDuration) -> Self {
        let law = Fixed::new(us(duration)).expect("a duration is finite and not negative");
        Self {
            written: Written::Fixed(duration),
            law: Law::Fixed(law),
        }
    }

    /// An exponential duration with a mean.
    ///
    /// # Errors
    /// `law-invalid` if the mean is zero.
    pub fn exponential(mean: SimDuration) -> Result<Self, QuantityError> {
        let parameters = ExponentialParameters {
            mean: Some(mean),
            rate: None,
        };
        Self::checked(Written::Exponential(parameters))
    }

    /// The law of the duration [µs].
    #[must_use]
    pub fn law(&self) -> Law {
        self.law
    }

    /// The duration, if it is always the same.
    #[must_use]
    pub fn as_fixed(&self) -> Option<SimDuration> {
        match self.written {
            Written::Fixed(duration) => Some(duration),
            _ => None,
        }
    }

    fn checked(written: Written) -> Result<Self, QuantityError> {
        let law = written.law()?;
        Ok(Self { written, law })
    }
}

impl From<SimDuration> for LawInput {
    fn from(duration: SimDuration) -> Self {
        Self::fixed(duration)
    }
}

impl fmt::Display for LawInput {
    /// On one line, for tables: `lognormal, median 4 h, 9 in 10 below 12 h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |p| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "casts saturate; it is shown rounded"
            )]
            let us = libm::round(self.law.quantile(p)) as u64;
            SimDuration::from_us(us).rounded()
        };
        match self.written.tag() {
            "fixed" => f.write_str(&at(0.5)),
            tag => write!(f, "{tag}, median {}, 9 in 10 below {}", at(0.5), at(0.9)),
        }
    }
}

/// The parameters of each law, as they may be written. Optional ones are alternatives; see [`Written::law`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Written {
    Fixed(SimDuration),
    Exponential(ExponentialParameters),
    Uniform(UniformParameters),
    Lognormal(LognormalParameters),
    Weibull(WeibullParameters),
    Triangular(TriangularParameters),
    Normal(NormalParameters),
    Gamma(GammaParameters),
}

/// Give `mean` or `rate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExponentialParameters {
    /// The mean time.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean: Option<SimDuration>,
    /// How often it happens: the inverse of the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<Rate>,
}

/// Every value between two alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UniformParameters {
    /// The least value.
    from: SimDuration,
    /// The greatest value.
    to: SimDuration,
}

/// Give `median` and `p90`, or `median` and `sigma`, or `mean` and `sd`, or `mu` and `sigma`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LognormalParameters {
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
struct WeibullParameters {
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
struct TriangularParameters {
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
struct NormalParameters {
    /// The middle of the bell before the cut.
    mean: SimDuration,
    /// The standard deviation before the cut; at most the mean.
    sd: SimDuration,
}

/// Give `mean`, and `shape` or `sd`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GammaParameters {
    /// How many stages the time is made of; 1 is exponential.
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<f64>,
    /// The mean.
    mean: SimDuration,
    /// The standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    sd: Option<SimDuration>,
}

impl Written {
    fn tag(&self) -> &'static str {
        let [
            fixed,
            exponential,
            uniform,
            lognormal,
            weibull,
            triangular,
            normal,
            gamma,
        ] = LAW_TAGS;
        match self {
            Self::Fixed(_) => fixed,
            Self::Exponential(_) => exponential,
            Self::Uniform(_) => uniform,
            Self::Lognormal(_) => lognormal,
            Self::Weibull(_) => weibull,
            Self::Triangular(_) => triangular,
            Self::Normal(_) => normal,
            Self::Gamma(_) => gamma,
        }
    }

    /// The law, if the parameters make one.
    fn law(&self) -> Result<Law, QuantityError> {
        match self {
            Self::Fixed(duration) => Fixed::new(us(*duration)).map(Law::Fixed),
            Self::Exponential(parameters) => match (parameters.mean, parameters.rate) {
                (Some(mean), None) => Exponential::new(us(mean)).map(Law::Exponential),
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
            Self::Normal(parameters) => Normal::new(us(parameters.mean), us(parameters.sd)).map(Law::Normal),
            Self::Gamma(parameters) => match (parameters.shape, parameters.sd) {
                (Some(shape), None) => Gamma::from_shape_mean(shape, us(parameters.mean)).map(Law::Gamma),
                (None, Some(sd)) => Gamma::from_mean_sd(us(parameters.mean), us(sd)).map(Law::Gamma),
                _ => Err(ambiguous(
                    "a gamma law takes `mean`, and `shape` or `sd`",
                    "{gamma: {shape: 2, mean: 4 h}}",
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

/// A duration in the unit of laws [µs].
fn us(duration: SimDuration) -> f64 {
    duration.us() as f64
}

/// Parameters that are missing or say the same thing twice.
fn ambiguous(message: &str, example: &str) -> QuantityError {
    QuantityError::new("law-invalid", message).with_help(format!("write `{example}`"))
}

impl Serialize for LawInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.written {
            Written::Fixed(duration) => duration.serialize(serializer),
            law => law.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LawInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LawVisitor)
    }
}

struct LawVisitor;

impl LawVisitor {
    fn checked<E: de::Error>(written: Written) -> Result<LawInput, E> {
        LawInput::checked(written).map_err(|error| E::custom(error.to_serde_message()))
    }
}

impl<'de> Visitor<'de> for LawVisitor {
    type Value = LawInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a length of time such as `4 h`, or a law such as `{lognormal: {median: 4 h, p90: 12 h}}`",
        )
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<LawInput, E> {
        if LAW_TAGS.contains(&text.trim()) {
            let error = QuantityError::new(
                "law-invalid",
                format!("the law `{}` needs its parameters", text.trim()),
            );
            return Err(E::custom(
                error
                    .with_help(format!("write `{}`", example_of(text.trim())))
                    .to_serde_message(),
            ));
        }
        SimDuration::parse(text)
            .map(LawInput::fixed)
            .map_err(|error| E::custom(error.to_serde_message()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<LawInput, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<LawInput, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<LawInput, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LawInput, A::Error> {
        let one_law = || {
            let error = QuantityError::new("law-invalid", "a law is a map with one key, its name")
                .with_help(format!("write `{}`", example_of("lognormal")));
            de::Error::custom(error.to_serde_message())
        };
        let Some(tag) = map.next_key::<String>()? else {
            return Err(one_law());
        };
        let written = match tag.as_str() {
            "fixed" => Written::Fixed(map.next_value()?),
            "exponential" => Written::Exponential(map.next_value()?),
            "uniform" => Written::Uniform(map.next_value()?),
            "lognormal" => Written::Lognormal(map.next_value()?),
            "weibull" => Written::Weibull(map.next_value()?),
            "triangular" => Written::Triangular(map.next_value()?),
            "normal" => Written::Normal(map.next_value()?),
            "gamma" => Written::Gamma(map.next_value()?),
            other => return Err(de::Error::unknown_variant(other, &LAW_TAGS)),
        };
        if map.next_key::<String>()?.is_some() {
            return Err(one_law());
        }
        Self::checked(written)
    }
}

/// A text that is accepted, for each tag.
fn example_of(tag: &str) -> &'static str {
    match tag {
        "fixed" => "4 h",
        "exponential" => "{exponential: {mean: 4 h}}",
        "uniform" => "{uniform: {from: 1 h, to: 2 h}}",
        "weibull" => "{weibull: {shape: 1.5, scale: 10 h}}",
        "triangular" => "{triangular: {low: 1 h, mode: 2 h, high: 6 h}}",
        "normal" => "{normal: {mean: 4 h, sd: 1 h}}",
        "gamma" => "{gamma: {shape: 2, mean: 4 h}}",
        _ => "{lognormal: {median: 4 h, p90: 12 h}}",
    }
}

impl JsonSchema for LawInput {
    fn schema_name() -> Cow<'static, str> {
        "Law".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "blackstart::random::LawInput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let parameters = [
            generator.subschema_for::<SimDuration>(),
            generator.subschema_for::<ExponentialParameters>(),
            generator.subschema_for::<UniformParameters>(),
            generator.subschema_for::<LognormalParameters>(),
            generator.subschema_for::<WeibullParameters>(),
            generator.subschema_for::<TriangularParameters>(),
            generator.subschema_for::<NormalParameters>(),
            generator.subschema_for::<GammaParameters>(),
        ];
        let mut forms = vec![generator.subschema_for::<SimDuration>()];
        for (tag, parameters) in LAW_TAGS.into_iter().zip(parameters) {
            forms.push(json_schema!({
                "type": "object",
                "properties": { tag: parameters },
                "required": [tag],
                "additionalProperties": false,
            }));
        }
        json_schema!({
            "description": "How long something takes: a length of time that is always the same, or a law.",
            "examples": ["4 h", {"lognormal": {"median": "4 h", "p90": "12 h"}}, {"exponential": {"mean": "4 h"}}],
            "oneOf": forms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::split_coded;

    fn read(json: &str) -> LawInput {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    fn fault(json: &str) -> (String, String) {
        let text = serde_json::from_str::<LawInput>(json)
            .expect_err(json)
            .to_string();
        let (code, message, help) = split_coded(&text).unwrap_or_else(|| panic!("not coded: {text}"));
        (
            code.to_owned(),
            format!("{message} | {}", help.unwrap_or_default()),
        )
    }

    const HOUR_US: f64 = US_PER_HOUR as f64;

    #[test]
    fn every_law_is_read_and_serialises_as_it_was_written() {
        for (json, mean_h) in [
            (r#""3 h""#, 3.0),
            (r#"{"exponential":{"mean":"4 h"}}"#, 4.0),
            (r#"{"exponential":{"rate":"0.5 /h"}}"#, 2.0),
            (r#"{"uniform":{"from":"1 h","to":"2 h"}}"#, 1.5),
            (r#"{"lognormal":{"mean":"4 h","sd":"3 h"}}"#, 4.0),
            (r#"{"lognormal":{"mu":0.0,"sigma":1.0}}"#, libm::exp(0.5)),
            (
                r#"{"lognormal":{"mu":0.0,"sigma":1.0,"unit":"1 min"}}"#,
                libm::exp(0.5) / 60.0,
            ),
            (
                r#"{"lognormal":{"median":"2 h","sigma":1.0}}"#,
                2.0 * libm::exp(0.5),
            ),
            (r#"{"weibull":{"shape":1.0,"scale":"10 h"}}"#, 10.0),
            (r#"{"weibull":{"shape":1.7,"mean":"10 h"}}"#, 10.0),
            (r#"{"triangular":{"low":"1 h","mode":"2 h","high":"6 h"}}"#, 3.0),
            (r#"{"normal":{"mean":"10 h","sd":"1 h"}}"#, 10.0),
            (r#"{"gamma":{"shape":2.0,"mean":"4 h"}}"#, 4.0),
            (r#"{"gamma":{"mean":"4 h","sd":"1 h"}}"#, 4.0),
        ] {
            let input = read(json);
            assert!(
                (input.law().mean() / HOUR_US / mean_h - 1.0).abs() < 1e-12,
                "{json}"
            );
            assert_eq!(
                serde_json::to_string(&input).map_err(|error| error.to_string()),
                Ok(json.to_owned())
            );
        }
        let repair = read(r#"{"lognormal": {"median": "4 h", "p90": "12 h"}}"#);
        assert!((repair.law().quantile(0.9) / HOUR_US - 12.0).abs() < 1e-9);
        assert_eq!(repair.to_string(), "lognormal, median 4 h, 9 in 10 below 12 h");
        assert_eq!(
            read(r#"{"fixed": "90 min"}"#),
            LawInput::fixed(SimDuration::from_min(90))
        );
        assert_eq!(read(r#""90 min""#).as_fixed(), Some(SimDuration::from_min(90)));
    }

    #[test]
    fn faults_are_coded_and_show_what_would_be_accepted() {
        let (code, text) = fault("10");
        assert_eq!(code, "unit-missing");
        assert!(
            text.starts_with("`10` is not a length of time | write `10 min`"),
            "{text}"
        );
        let (code, text) = fault(r#"{"lognormal": {"median": "4 h", "p90": "3 h"}}"#);
        assert_eq!(code, "law-invalid");
        assert!(text.starts_with("`p90` must exceed `median`"), "{text}");
        for json in [
            "{}",
            r#""lognormal""#,
            r#"{"lognormal": {}}"#,
            r#"{"lognormal": {"median": "4 h"}}"#,
            r#"{"lognormal": {"median": "4 h", "p90": "12 h", "unit": "1 h"}}"#,
            r#"{"exponential": {}}"#,
            r#"{"exponential": {"mean": "0 s"}}"#,
            r#"{"exponential": {"rate": "0 /h"}}"#,
            r#"{"exponential": {"mean": "4 h"}, "fixed": "3 h"}"#,
            r#"{"uniform": {"from": "2 h", "to": "1 h"}}"#,
            r#"{"weibull": {"shape": 1.5}}"#,
            r#"{"normal": {"mean": "1 h", "sd": "2 h"}}"#,
            r#"{"gamma": {"mean": "1 h"}}"#,
            r#"{"triangular": {"low": "3 h", "mode": "2 h", "high": "4 h"}}"#,
        ] {
            assert_eq!(fault(json).0, "law-invalid", "{json}");
        }
        let unknown = serde_json::from_str::<LawInput>(r#"{"lognorm": {}}"#)
            .expect_err("no such law")
            .to_string();
        assert!(
            unknown.starts_with("unknown variant `lognorm`, expected one of `fixed`"),
            "{unknown}"
        );
    }

    #[test]
    fn every_tag_has_an_example_and_a_form_in_the_schema() {
        let schema = schemars::SchemaGenerator::default().into_root_schema_for::<LawInput>();
        let json = serde_json::to_value(&schema).expect("a schema is JSON");
        let forms = json["oneOf"].as_array().expect("alternatives");
        for (tag, form) in LAW_TAGS.into_iter().zip(&forms[1..]) {
            assert!(form["properties"].get(tag).is_some(), "{tag}");
            assert!(
                tag == "fixed" || example_of(tag).starts_with(&format!("{{{tag}: ")),
                "{tag}"
            );
        }
        assert_eq!(
            json["$defs"]["LognormalParameters"]["additionalProperties"],
            false
        );
    }
}
