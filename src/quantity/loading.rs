//! How heavily something is loaded: what it carries as a share of what it is rated for, which may be more than all. `60 %`, `125 %`.

use std::fmt;

use super::error::QuantityError;
use super::number::Decimal;
use super::parse;
use super::probability::{PPM, fraction};
use super::text_form::text_form;
use super::{Dimension, QuantityKind};

/// The heaviest load that may be written, in parts per million of what something is rated for: a short circuit is no load.
pub const LOADING_PPM_MAX: i64 = 100 * PPM;

/// A load as a share of what something is rated for, in whole parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loading(i64);

impl Loading {
    /// Just what it is rated for.
    pub const FULL: Self = Self(PPM);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Loading",
        noun: "a load",
        dimension: Dimension::Ratio,
        usual_unit: "%",
        description: "A load as a share of what something is rated for. It may be more than 100 %.",
        examples: &["100 %", "60 %", "125 %"],
        largest: "10000 %",
        finest: "1 ppm (0.0001 %)",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// In parts per million of what it is rated for.
    #[must_use]
    pub const fn ppm(self) -> i64 {
        self.0
    }

    /// So much of an amount, rounded down.
    #[must_use]
    pub fn of(self, amount: i64) -> i64 {
        let product = i128::from(amount) * i128::from(self.0) / i128::from(PPM);
        i64::try_from(product).unwrap_or(i64::MAX)
    }

    /// Reads `125 %`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let number = fraction(text, &Self::KIND)?;
        let ppm = parse::integer(number, 1_000_000, text, &Self::KIND)?;
        parse::bounded(ppm, text, &Self::KIND, LOADING_PPM_MAX).map(Self)
    }
}

impl fmt::Display for Loading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{} %",
            Decimal::integer(self.0.unsigned_abs(), 4).to_text()
        ))
    }
}

text_form!(Loading);
