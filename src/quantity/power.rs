//! Electric and cooling power: integer watts. `600 W`, `250 kW`, `3.2 MW`.

use std::fmt;

use super::error::QuantityError;
use super::number::Decimal;
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// The largest power that may be written (W): 1 TW, a third of what the world's power stations deliver.
pub const POWER_W_MAX: i64 = 1_000_000_000_000;

/// A power (W), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Power(i64);

impl Power {
    /// No power.
    pub const ZERO: Self = Self(0);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Power",
        noun: "a power",
        dimension: Dimension::Power,
        usual_unit: "kW",
        description: "Electric or cooling power. Apparent power (kVA) is not accepted: write what is really drawn.",
        examples: &["250 kW", "600 W", "3.2 MW"],
        largest: "1000 GW",
        finest: "1 W",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From watts; what lies outside 0 to [`POWER_W_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_w(w: i64) -> Self {
        Self(w.clamp(0, POWER_W_MAX))
    }

    /// The power (W).
    #[must_use]
    pub const fn w(self) -> i64 {
        self.0
    }

    /// Reads `3.2 MW`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, POWER_W_MAX).map(Self)
    }
}

impl fmt::Display for Power {
    /// Exact, in the largest unit of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&in_largest_unit(
            self.0,
            &[(9, "GW"), (6, "MW"), (3, "kW"), (0, "W")],
        ))
    }
}

text_form!(Power);

/// `value` in the first unit (power of ten, symbol) of which it is at least one, else in the last; exact.
pub(super) fn in_largest_unit(value: i64, units: &[(i32, &str)]) -> String {
    let value = value.unsigned_abs();
    let fits = |power: i32| value >= 10_u64.pow(power.unsigned_abs());
    let (power, symbol) = units
        .iter()
        .find(|(power, _)| fits(*power))
        .or(units.last())
        .copied()
        .unwrap_or((0, ""));
    format!("{} {symbol}", Decimal::integer(value, power).to_text())
}
