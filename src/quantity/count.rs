//! Numbers of things: `400`, `32 thousand`, `40 million`.

use std::fmt;

use super::error::{QuantityError, quoted};
use super::number::{Decimal, Scaled};
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// The largest number of things that may be written: 10¹², more than a hundred per human being.
pub const COUNT_MAX: i64 = 1_000_000_000_000;

/// A number of servers, heads, users, requests; never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(i64);

impl Count {
    /// None.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Count",
        noun: "a number of things",
        dimension: Dimension::Count,
        usual_unit: "",
        description: "A whole number of things, without separators; `thousand`, `million` or `billion` may follow it.",
        examples: &["400", "32 thousand", "40 million"],
        largest: "1 trillion",
        finest: "1",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From an integer; what lies outside 0 to [`COUNT_MAX`] becomes the nearer end.
    #[must_use]
    pub fn new(count: i64) -> Self {
        Self(count.clamp(0, COUNT_MAX))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads `32 thousand`.
    ///
    /// # Errors
    /// `number-malformed` if it is not whole; `unit-unknown` and `unit-wrong-dimension` if anything follows the number;
    /// `number-separator`, `negative-quantity`, `quantity-too-large`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let term = parse::single_term(text, &Self::KIND)?;
        if !term.unit.is_empty() {
            let error = parse::wrong_unit(&term, text, &Self::KIND);
            return Err(error.with_help(format!(
                "write `{}`: a number of things has no unit",
                term.written
            )));
        }
        let Scaled::Integer { value, .. } = term.number.scaled(1) else {
            return Err(parse::too_large(text, &Self::KIND));
        };
        let whole = u64::try_from(value).map(|value| Decimal::integer(value, 0).to_text());
        if whole.is_ok_and(|whole| whole != term.number.to_text()) {
            return Err(QuantityError::new(
                "number-malformed",
                format!("{} is not a whole number", quoted(text.trim())),
            )
            .with_help("write a whole number"));
        }
        parse::bounded(value, text, &Self::KIND, COUNT_MAX).map(Self)
    }
}

impl fmt::Display for Count {
    /// Plain digits, or whole millions as `40 million`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MILLION: i64 = 1_000_000;
        if self.0 >= MILLION && self.0 % (MILLION / 10) == 0 {
            f.pad(&format!(
                "{} million",
                Decimal::integer(self.0.unsigned_abs(), 6).to_text()
            ))
        } else {
            f.pad(&self.0.to_string())
        }
    }
}

text_form!(Count);
