//! How people write the law of a duration: `4 h`, `{lognormal: {median: 4 h, p90: 12 h}}`, `{exponential: {mean: 4 h}}`.

mod parameters;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::laws::{Fixed, Law};
use crate::quantity::{QuantityError, SimDuration};
use parameters::{
    EmpiricalParameters, ExponentialParameters, GammaParameters, LognormalParameters, NormalParameters,
    PertParameters, TriangularParameters, UniformParameters, WeibullParameters, Written, us,
};

/// The tags of the laws, as they are written, in the order of the reference.
pub const LAW_TAGS: [&str; 10] = [
    "fixed",
    "exponential",
    "uniform",
    "lognormal",
    "weibull",
    "triangular",
    "pert",
    "normal",
    "gamma",
    "empirical",
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

    /// The law of the duration (µs).
    #[must_use]
    pub fn law(&self) -> Law {
        self.law.clone()
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
            "pert" => Written::Pert(map.next_value()?),
            "normal" => Written::Normal(map.next_value()?),
            "gamma" => Written::Gamma(map.next_value()?),
            "empirical" => Written::Empirical(map.next_value()?),
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
        "pert" => "{pert: {low: 1 h, mode: 2 h, high: 6 h}}",
        "normal" => "{normal: {mean: 4 h, sd: 1 h}}",
        "gamma" => "{gamma: {shape: 2, mean: 4 h}}",
        "empirical" => "{empirical: {file: repairs.csv, column: hours, unit: h}}",
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
            generator.subschema_for::<PertParameters>(),
            generator.subschema_for::<NormalParameters>(),
            generator.subschema_for::<GammaParameters>(),
            generator.subschema_for::<EmpiricalParameters>(),
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
