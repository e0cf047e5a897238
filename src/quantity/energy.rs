//! Energy: integer joules. `50 kWh`, `3 MJ`.

use std::fmt;

use super::error::QuantityError;
use super::power::in_largest_unit;
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// The largest energy that may be written (J): 10¹⁸ J, some 278 TWh.
pub const ENERGY_J_MAX: i64 = 1_000_000_000_000_000_000;

/// Joules in a watt-hour.
const J_PER_WH: i64 = 3600;

/// An energy (J), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Energy(i64);

impl Energy {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Energy",
        noun: "an energy",
        dimension: Dimension::Energy,
        usual_unit: "kWh",
        description: "Stored or used energy.",
        examples: &["50 kWh", "3 MJ"],
        largest: "1e9 GJ",
        finest: "1 J",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From joules; what lies outside 0 to [`ENERGY_J_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_j(j: i64) -> Self {
        Self(j.clamp(0, ENERGY_J_MAX))
    }

    /// The energy (J).
    #[must_use]
    pub const fn j(self) -> i64 {
        self.0
    }

    /// Reads `50 kWh`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, ENERGY_J_MAX).map(Self)
    }
}

impl fmt::Display for Energy {
    /// Exact: in watt-hours if it is a whole number of them, else in joules.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 % J_PER_WH == 0 {
            f.pad(&in_largest_unit(
                self.0 / J_PER_WH,
                &[(9, "GWh"), (6, "MWh"), (3, "kWh"), (0, "Wh")],
            ))
        } else {
            f.pad(&in_largest_unit(
                self.0,
                &[(9, "GJ"), (6, "MJ"), (3, "kJ"), (0, "J")],
            ))
        }
    }
}

text_form!(Energy);
