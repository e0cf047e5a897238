//! Heights and depths: integer millimetres. `60 cm`, `5 mm`.

use std::fmt;

use super::error::QuantityError;
use super::power::in_largest_unit;
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// The greatest length that may be written (mm): 100 m, higher than any building that stands in water.
pub const LENGTH_MM_MAX: i64 = 100_000;

/// A height or a depth (mm), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(i64);

impl Length {
    /// No height.
    pub const ZERO: Self = Self(0);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Length",
        noun: "a height or depth",
        dimension: Dimension::Length,
        usual_unit: "cm",
        description: "A height or a depth. Metres are not written: `m` would too easily be taken for minutes.",
        examples: &["60 cm", "5 mm"],
        largest: "10000 cm",
        finest: "1 mm",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From millimetres; what lies outside 0 to [`LENGTH_MM_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_mm(mm: i64) -> Self {
        Self(mm.clamp(0, LENGTH_MM_MAX))
    }

    /// The length (mm).
    #[must_use]
    pub const fn mm(self) -> i64 {
        self.0
    }

    /// Reads `60 cm`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, LENGTH_MM_MAX).map(Self)
    }
}

impl fmt::Display for Length {
    /// Exact, in the largest unit of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&in_largest_unit(self.0, &[(1, "cm"), (0, "mm")]))
    }
}

text_form!(Length);
