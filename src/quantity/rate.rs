//! Rates of events: a floating number per hour. `300 /h`, `1.18e-3 /h`, `0.5 /y`.

use std::fmt;

use super::error::{QuantityError, quoted};
use super::number::Decimal;
use super::text_form::text_form;
use super::time::{SimDuration, US_PER_HOUR};
use super::{Dimension, QuantityKind, parse, unit};

/// The largest rate that may be written (events per hour): 10¹⁸, far above every request rate on Earth.
pub const RATE_PER_HOUR_MAX: f64 = 1e18;

/// How often something happens (events per hour), never negative, finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Rate",
        noun: "a rate",
        dimension: Dimension::Rate,
        usual_unit: "/h",
        description: "How often something happens. A year has 8766 hours.",
        examples: &["300 /h", "1.18e-3 /h", "0.5 /y", "2 thousand /s"],
        largest: "1e18 /h",
        finest: "none",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From events per hour.
    ///
    /// # Errors
    /// `negative-quantity`, `quantity-too-large`; `number-malformed` if it is not a number.
    pub fn from_per_hour(per_hour: f64) -> Result<Self, QuantityError> {
        let shown = quoted(&format!("{per_hour} /h"));
        if per_hour.is_nan() {
            Err(QuantityError::new(
                "number-malformed",
                format!("{shown} is not a rate"),
            ))
        } else if per_hour < 0.0 {
            Err(QuantityError::new(
                "negative-quantity",
                format!("{shown} is negative; a rate never is"),
            ))
        } else if per_hour > RATE_PER_HOUR_MAX {
            Err(parse::too_large(&format!("{per_hour:e} /h"), &Self::KIND))
        } else {
            Ok(Self(per_hour))
        }
    }

    /// Events per hour.
    #[must_use]
    pub const fn per_hour(self) -> f64 {
        self.0
    }

    /// Events per second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.0 / 3600.0
    }

    /// Events per year of 8766 hours.
    #[must_use]
    pub fn per_year(self) -> f64 {
        self.0 * 8766.0
    }

    /// Events per microsecond, the unit of the kernel's clock.
    #[must_use]
    pub fn per_us(self) -> f64 {
        self.0 / US_PER_HOUR as f64
    }

    /// The mean time between two events (µs); infinite for a rate of zero.
    #[must_use]
    pub fn mean_us(self) -> f64 {
        US_PER_HOUR as f64 / self.0
    }

    /// The time per event, rounded to a microsecond and at least one; `None` if nothing ever happens within the range.
    #[must_use]
    pub fn interval(self) -> Option<SimDuration> {
        let us = libm::round(self.mean_us());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        (us < 1.8e19).then(|| SimDuration::from_us((us as u64).max(1)))
    }

    /// Reads `300 /h`.
    ///
    /// # Errors
    /// Every code of the module's list but `quantity-too-fine`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let term = parse::single_term(text, &Self::KIND)?;
        let unit = parse::unit_of(&term, text, &Self::KIND)?;
        let per_hour = term.number.to_f64() * per_hour_factor(unit.factor);
        if per_hour > RATE_PER_HOUR_MAX {
            Err(parse::too_large(text, &Self::KIND))
        } else {
            Ok(Self(per_hour))
        }
    }
}

/// Events per hour in one event per `period_us`.
fn per_hour_factor(period_us: u64) -> f64 {
    US_PER_HOUR as f64 / period_us as f64
}

impl fmt::Display for Rate {
    /// Reads back as the same rate: per hour, or if that takes many digits, with the period that takes the fewest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As long as `0.00118 /h`.
        const SHORT: usize = 10;
        let mut best = format!("{} /h", Decimal::shortest(self.0).to_text());
        if best.len() <= SHORT {
            return f.pad(&best);
        }
        for unit in unit::UNITS
            .iter()
            .filter(|unit| unit.dimension == Dimension::Rate)
        {
            let number = Decimal::shortest(self.0 / per_hour_factor(unit.factor));
            let text = format!("{} {}", number.to_text(), unit.symbol);
            if text.len() < best.len() && Self::parse(&text) == Ok(*self) {
                best = text;
            }
        }
        f.pad(&best)
    }
}

text_form!(Rate);
