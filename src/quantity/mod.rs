//! Quantities: numbers that carry their unit, as people write them and as the rest of Blackstart counts them.
//!
//! Each quantity is a newtype in a file of its own: built by a named constructor or by `parse`, read by a named getter,
//! printed in a canonical form that `parse` reads back. What is summed up (time, watts, joules, bytes, heads) is an
//! integer; rates and probabilities are floating. Non-negative throughout, and bounded: every bound is a named constant.
//!
//! This module knows nothing of files and positions. A problem is a [`QuantityError`] with a stable code:
//!
//! | code | the text |
//! | --- | --- |
//! | `unit-missing` | is a bare number where a unit belongs |
//! | `unit-unknown` | has a unit that nobody knows |
//! | `unit-wrong-dimension` | measures something else (`5 kW` where a time is asked for) |
//! | `number-malformed` | is no number with a unit |
//! | `number-separator` | has `,`, `_` or a space between its digits |
//! | `negative-quantity` | is below zero |
//! | `quantity-too-large` | is beyond the quantity's bound |
//! | `quantity-too-fine` | is not zero, and would be rounded by more than 1 % |

mod count;
mod data;
mod energy;
mod error;
mod length;
mod loading;
mod money;
mod number;
mod parse;
mod power;
mod probability;
mod rate;
mod temperature;
mod text_form;
mod time;
mod unit;

pub use count::{COUNT_MAX, Count};
pub use data::{DATA_RATE_BIT_S_MAX, DATA_SIZE_B_MAX, DataRate, DataSize};
pub use energy::{ENERGY_J_MAX, Energy};
pub use error::{QuantityError, SEPARATOR, coded, quoted, split_coded};
pub use length::{LENGTH_MM_MAX, Length};
pub use loading::{LOADING_PPM_MAX, Loading};
pub use money::{Currency, MONEY_MAX, Money, MoneyRate};
pub use power::{POWER_W_MAX, Power};
pub use probability::{PPM, Probability, Share};
pub use rate::{RATE_PER_HOUR_MAX, Rate};
pub use temperature::{HEAT_CAPACITY_J_PER_K_MAX, HeatCapacity, TEMPERATURE_M_C_MAX, Temperature};
pub use time::{Ago, DURATION_US_MAX, SimDuration, SimTime, US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND};
pub use unit::Dimension;

/// One quantity of the language, as help, schema and error messages describe it.
#[derive(Clone, Copy, Debug)]
pub struct QuantityKind {
    /// Name of the type in the schema, for example `Duration`.
    pub name: &'static str,
    /// What it is called in a sentence, with its article: `a length of time`.
    pub noun: &'static str,
    /// What its units measure.
    pub dimension: Dimension,
    /// The unit that help proposes for a bare number.
    pub usual_unit: &'static str,
    /// One paragraph for the language reference.
    pub description: &'static str,
    /// Accepted texts; at least one.
    pub examples: &'static [&'static str],
    /// The bound, as a text that is itself accepted.
    pub largest: &'static str,
    /// The finest step, as messages print it.
    pub finest: &'static str,
    /// Parses a text and prints the canonical form: for tests and tools that walk the table.
    pub canonical: fn(&str) -> Result<String, QuantityError>,
}

impl QuantityKind {
    /// The accepted units as a list to read.
    #[must_use]
    pub fn units(&self) -> String {
        match self.dimension {
            Dimension::Count => "no unit".to_owned(),
            Dimension::Money => {
                "a currency of three capitals, with k, M or G before it (kUSD, MKRW)".to_owned()
            }
            Dimension::MoneyRate => "a currency per time (kUSD/h)".to_owned(),
            other => unit::listed(other),
        }
    }

    /// The JSON schema: a text with description and examples (a count may be a bare number).
    #[must_use]
    pub fn schema(&self) -> schemars::Schema {
        let description = format!(
            "{} Units: {}. At most {}.",
            self.description,
            self.units(),
            self.largest
        );
        if self.dimension == Dimension::Count {
            return schemars::json_schema!({
                "type": ["integer", "string"],
                "minimum": 0,
                "description": description,
                "examples": self.examples,
            });
        }
        schemars::json_schema!({ "type": "string", "description": description, "examples": self.examples })
    }
}

/// Every quantity that may be written in a scenario.
pub const QUANTITIES: &[QuantityKind] = &[
    SimDuration::KIND,
    SimTime::KIND,
    Ago::KIND,
    Power::KIND,
    Energy::KIND,
    Rate::KIND,
    Probability::KIND,
    Share::KIND,
    Loading::KIND,
    Count::KIND,
    Money::KIND,
    MoneyRate::KIND,
    DataSize::KIND,
    DataRate::KIND,
    Temperature::KIND,
    HeatCapacity::KIND,
    Length::KIND,
];

#[cfg(test)]
mod tests;
