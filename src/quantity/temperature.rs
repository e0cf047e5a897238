//! Temperatures and what it takes to raise them: integer thousandths of a degree, integer joules per kelvin. `22 °C`, `9000 kJ/K`.

use std::fmt;

use super::error::QuantityError;
use super::number::Decimal;
use super::power::in_largest_unit;
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// The highest temperature that may be written (m°C): 2,000 °C, beyond what burns in a building.
pub const TEMPERATURE_M_C_MAX: i64 = 2_000_000;

/// A temperature (thousandths of a degree Celsius), from 0 °C: what is colder than that warms nothing here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Temperature(i64);

impl Temperature {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Temperature",
        noun: "a temperature",
        dimension: Dimension::Temperature,
        usual_unit: "°C",
        description: "The temperature of air, from 0 °C.",
        examples: &["22 °C", "38.5 °C"],
        largest: "2000 °C",
        finest: "0.001 °C",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From thousandths of a degree; what lies outside 0 to [`TEMPERATURE_M_C_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_m_c(m_c: i64) -> Self {
        Self(m_c.clamp(0, TEMPERATURE_M_C_MAX))
    }

    /// The temperature (thousandths of a degree Celsius).
    #[must_use]
    pub const fn m_c(self) -> i64 {
        self.0
    }

    /// Reads `22 °C`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, TEMPERATURE_M_C_MAX).map(Self)
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let degrees = Decimal::integer(self.0.unsigned_abs(), 3).to_text();
        f.pad(&format!("{degrees} °C"))
    }
}

text_form!(Temperature);

/// The largest heat capacity that may be written (J/K): that of 240 million tonnes of water.
pub const HEAT_CAPACITY_J_PER_K_MAX: i64 = 1_000_000_000_000_000;

/// A heat capacity (J/K), never negative: how much heat warms something by one degree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeatCapacity(i64);

impl HeatCapacity {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "HeatCapacity",
        noun: "a heat capacity",
        dimension: Dimension::HeatCapacity,
        usual_unit: "kJ/K",
        description: "How much heat warms something by one degree. A cubic metre of air takes 1.2 kJ/K, a tonne of steel 500 kJ/K.",
        examples: &["9000 kJ/K", "155 MJ/K"],
        largest: "1e9 MJ/K",
        finest: "1 J/K",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From joules per kelvin; what lies outside 0 to [`HEAT_CAPACITY_J_PER_K_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_j_per_k(j_per_k: i64) -> Self {
        Self(j_per_k.clamp(0, HEAT_CAPACITY_J_PER_K_MAX))
    }

    /// The heat capacity (J/K).
    #[must_use]
    pub const fn j_per_k(self) -> i64 {
        self.0
    }

    /// Reads `9000 kJ/K`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, HEAT_CAPACITY_J_PER_K_MAX).map(Self)
    }
}

impl fmt::Display for HeatCapacity {
    /// Exact, in the largest unit of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&in_largest_unit(self.0, &[(6, "MJ/K"), (3, "kJ/K"), (0, "J/K")]))
    }
}

text_form!(HeatCapacity);
