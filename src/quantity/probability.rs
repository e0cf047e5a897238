//! Parts of a whole: a chance that something happens, or the share of a thing. `99.9 %`, `0.5 %`, `20 ppm`.

use std::fmt;

use super::error::{QuantityError, quoted};
use super::number::Decimal;
use super::parse::{self, Term};
use super::text_form::text_form;
use super::{Dimension, QuantityKind};

/// Parts per million in a whole.
pub const PPM: i64 = 1_000_000;

/// A chance between 0 and 1, exactly the floating number that is nearest to what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// It never happens.
    pub const ZERO: Self = Self(0.0);
    /// It always happens.
    pub const ONE: Self = Self(1.0);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Probability",
        noun: "a probability",
        dimension: Dimension::Ratio,
        usual_unit: "%",
        description: "A chance from 0 % to 100 %. A plain number between 0 and 1 is not accepted.",
        examples: &["99.9 %", "0.5 %", "20 ppm"],
        largest: "100 %",
        finest: "none",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From a number between 0 and 1; `None` for anything else.
    #[must_use]
    pub fn new(fraction: f64) -> Option<Self> {
        (0.0..=1.0).contains(&fraction).then_some(Self(fraction))
    }

    /// Between 0 and 1.
    #[must_use]
    pub const fn fraction(self) -> f64 {
        self.0
    }

    /// In whole parts per million, rounded to the nearest.
    #[must_use]
    pub fn ppm(self) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "between 0 and a million")]
        let ppm = libm::round(self.0 * PPM as f64) as i64;
        ppm
    }

    /// The chance of the opposite.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }

    /// Reads `99.9 %`.
    ///
    /// # Errors
    /// Every code of the module's list but `quantity-too-fine`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let fraction = fraction(text, &Self::KIND)?.to_f64();
        Self::new(fraction).ok_or_else(|| parse::too_large(text, &Self::KIND))
    }
}

impl fmt::Display for Probability {
    /// In percent, with as many digits as it takes to read back the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} %", Decimal::shortest(self.0).shifted(2).to_text()))
    }
}

text_form!(Probability);

/// The share of a whole, in whole parts per million, at most all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(i64);

impl Share {
    /// Nothing of it.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(PPM);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Share",
        noun: "a share",
        dimension: Dimension::Ratio,
        usual_unit: "%",
        description: "A part of a whole, from 0 % to 100 %. A plain number between 0 and 1 is not accepted.",
        examples: &["30 %", "0.5 %", "250 ppm"],
        largest: "100 %",
        finest: "1 ppm (0.0001 %)",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From parts per million; what lies outside the whole becomes the nearer end.
    #[must_use]
    pub fn from_ppm(ppm: i64) -> Self {
        Self(ppm.clamp(0, PPM))
    }

    /// In parts per million, 0 to a million.
    #[must_use]
    pub const fn ppm(self) -> i64 {
        self.0
    }

    /// Between 0 and 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0 as f64 / PPM as f64
    }

    /// What is left of the whole.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self(PPM - self.0)
    }

    /// Reads `30 %`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let number = fraction(text, &Self::KIND)?;
        let ppm = parse::integer(number, 1_000_000, text, &Self::KIND)?;
        parse::bounded(ppm, text, &Self::KIND, PPM).map(Self)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{} %",
            Decimal::integer(self.0.unsigned_abs(), 4).to_text()
        ))
    }
}

text_form!(Share);

/// The number behind `99.9 %` as a part of one, exactly.
pub(super) fn fraction(text: &str, kind: &QuantityKind) -> Result<Decimal, QuantityError> {
    let term = parse::single_term(text, kind)?;
    if term.unit.is_empty() {
        return Err(percent_missing(&term, text, kind));
    }
    let unit = parse::unit_of(&term, text, kind)?;
    Ok(term.number.shifted(if unit.symbol == "%" { -2 } else { -6 }))
}

/// A bare number: one that may be a part of one is shown in percent, any other gets a percent sign.
fn percent_missing(term: &Term<'_>, text: &str, kind: &QuantityKind) -> QuantityError {
    let percent = if term.number.to_f64() <= 1.0 {
        term.number.shifted(2)
    } else {
        term.number
    };
    QuantityError::new(
        "unit-missing",
        format!("{} is not {}", quoted(text.trim()), kind.noun),
    )
    .with_help(format!("write `{} %`", percent.to_text()))
}
