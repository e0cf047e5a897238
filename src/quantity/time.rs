//! Simulated time: integer microseconds. `15 min`, `4 h`, `1 h 30 min`, `3 y`.

use std::fmt;
use std::ops::{Add, AddAssign};

use super::error::{QuantityError, quoted};
use super::text_form::text_form;
use super::{Dimension, QuantityKind, parse};

/// Microseconds in a second.
pub const US_PER_SECOND: u64 = 1_000_000;
/// Microseconds in a minute.
pub const US_PER_MINUTE: u64 = 60 * US_PER_SECOND;
/// Microseconds in an hour.
pub const US_PER_HOUR: u64 = 60 * US_PER_MINUTE;
const US_PER_DAY: u64 = 24 * US_PER_HOUR;
/// The Julian year of 365.25 days.
const US_PER_YEAR: u64 = 8766 * US_PER_HOUR;

/// The longest duration that may be written (µs): 1000 years of 365.25 days.
pub const DURATION_US_MAX: u64 = 1000 * US_PER_YEAR;

/// A length of simulated time (µs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The finest step of the simulation, 1 µs.
    pub const TICK: Self = Self(1);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Duration",
        noun: "a length of time",
        dimension: Dimension::Time,
        usual_unit: "min",
        description: "A length of time: one or more numbers with units, added up. A year has 365.25 days.",
        examples: &["15 min", "1 h 30 min", "7 d", "200 ms"],
        largest: "1000 y",
        finest: "1 us",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From microseconds.
    #[must_use]
    pub const fn from_us(us: u64) -> Self {
        Self(us)
    }

    /// From whole seconds; what is beyond the range becomes the longest representable duration.
    #[must_use]
    pub const fn from_s(s: u64) -> Self {
        Self(s.saturating_mul(US_PER_SECOND))
    }

    /// From whole minutes; what is beyond the range becomes the longest representable duration.
    #[must_use]
    pub const fn from_min(min: u64) -> Self {
        Self(min.saturating_mul(US_PER_MINUTE))
    }

    /// From whole hours; what is beyond the range becomes the longest representable duration.
    #[must_use]
    pub const fn from_h(h: u64) -> Self {
        Self(h.saturating_mul(US_PER_HOUR))
    }

    /// From whole days; what is beyond the range becomes the longest representable duration.
    #[must_use]
    pub const fn from_d(d: u64) -> Self {
        Self(d.saturating_mul(US_PER_DAY))
    }

    /// The length (µs).
    #[must_use]
    pub const fn us(self) -> u64 {
        self.0
    }

    /// The length (s).
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / US_PER_SECOND as f64
    }

    /// The length (min).
    #[must_use]
    pub fn minutes(self) -> f64 {
        self.0 as f64 / US_PER_MINUTE as f64
    }

    /// The length (h).
    #[must_use]
    pub fn hours(self) -> f64 {
        self.0 as f64 / US_PER_HOUR as f64
    }

    /// Whether it is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads `15 min`, `1 h 30 min`, `1.5 h`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        Self::parse_as(text, &Self::KIND)
    }

    /// Reads a length of time on behalf of `kind`, which names what was asked for in messages.
    fn parse_as(text: &str, kind: &QuantityKind) -> Result<Self, QuantityError> {
        let mut sum = 0_u128;
        for term in parse::terms(text, kind)? {
            let unit = parse::unit_of(&term, text, kind)?;
            sum = sum.saturating_add(parse::integer(term.number, u128::from(unit.factor), text, kind)?);
        }
        match u64::try_from(sum) {
            Ok(us) if us <= DURATION_US_MAX => Ok(Self(us)),
            _ => Err(parse::too_large(text, kind)),
        }
    }

    /// For tables, rounded to the minute: `12:40` is 12 hours and 40 minutes.
    #[must_use]
    pub fn hm(self) -> String {
        let minutes = (self.0 + US_PER_MINUTE / 2) / US_PER_MINUTE;
        format!("{}:{:02}", minutes / 60, minutes % 60)
    }

    /// For tables, rounded to the second: `12:40:05`.
    #[must_use]
    pub fn hms(self) -> String {
        let seconds = (self.0 + US_PER_SECOND / 2) / US_PER_SECOND;
        format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// For sentences, rounded to what a reader keeps in mind: `24 s`, `7 min 30 s`, `24 min`, `127 h 33 min`, `12 d 4 h`.
    #[must_use]
    pub fn rounded(self) -> String {
        let step = match self.0 {
            us if us < US_PER_SECOND => 1,
            us if us < 10 * US_PER_SECOND => 100_000,
            us if us < 10 * US_PER_MINUTE => US_PER_SECOND,
            us if us < 10 * US_PER_DAY => US_PER_MINUTE,
            _ => US_PER_HOUR,
        };
        let us = (self.0 + step / 2) / step * step;
        if us < 10 * US_PER_SECOND {
            return Self(us).to_string();
        }
        // Days only from ten on: people compare outages in hours.
        let days = if us < 10 * US_PER_DAY { 0 } else { us / US_PER_DAY };
        let rest = us - days * US_PER_DAY;
        joined(&[
            (days, "d"),
            (rest / US_PER_HOUR, "h"),
            (rest / US_PER_MINUTE % 60, "min"),
            (rest / US_PER_SECOND % 60, "s"),
        ])
    }
}

impl Add for SimDuration {
    type Output = Self;

    /// The sum; what is beyond the range becomes the longest representable duration.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for SimDuration {
    /// Exact: every unit that is not zero, from days to microseconds; whole years as years.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0;
        if us == 0 {
            return f.pad("0 s");
        }
        if us.is_multiple_of(US_PER_YEAR) {
            return f.pad(&format!("{} y", us / US_PER_YEAR));
        }
        f.pad(&joined(&[
            (us / US_PER_DAY, "d"),
            (us / US_PER_HOUR % 24, "h"),
            (us / US_PER_MINUTE % 60, "min"),
            (us / US_PER_SECOND % 60, "s"),
            (us / 1000 % 1000, "ms"),
            (us % 1000, "us"),
        ]))
    }
}

/// The parts that are not zero, each with its unit.
fn joined(parts: &[(u64, &str)]) -> String {
    let shown: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    shown.join(" ")
}

text_form!(SimDuration);

/// A moment of simulated time (µs since the start of the replication).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl SimTime {
    /// The start of a replication.
    pub const START: Self = Self(0);
    /// Later than every moment.
    pub const NEVER: Self = Self(u64::MAX);

    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Moment",
        noun: "a moment",
        dimension: Dimension::Time,
        usual_unit: "min",
        description: "A moment, as the time since the start of the scenario, or `never`.",
        examples: &["0 s", "3 h 19 min", "never"],
        largest: "1000 y",
        finest: "1 us",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From microseconds since the start; `u64::MAX` is [`NEVER`](Self::NEVER).
    #[must_use]
    pub const fn from_us(us: u64) -> Self {
        Self(us)
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn us(self) -> u64 {
        self.0
    }

    /// Whether it is later than every moment.
    #[must_use]
    pub const fn is_never(self) -> bool {
        self.0 == u64::MAX
    }

    /// The moment `duration` later; [`NEVER`](Self::NEVER) if that is beyond the range.
    #[must_use]
    pub const fn after(self, duration: SimDuration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }

    /// The time since an `earlier` moment, or `None` if it was not earlier or one of the two is never.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Option<SimDuration> {
        if self.is_never() || earlier.0 > self.0 {
            None
        } else {
            Some(SimDuration(self.0 - earlier.0))
        }
    }

    /// Reads a length of time since the start, or `never`.
    ///
    /// # Errors
    /// Those of [`SimDuration::parse`].
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        if text.trim() == "never" {
            return Ok(Self::NEVER);
        }
        SimDuration::parse_as(text, &Self::KIND).map(|since_start| Self(since_start.0))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_never() {
            f.pad("never")
        } else {
            SimDuration(self.0).fmt(f)
        }
    }
}

text_form!(SimTime);

/// A moment before the start, as the time that has passed since: `400 d ago`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ago(SimDuration);

impl Ago {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Ago",
        noun: "a time ago",
        dimension: Dimension::Time,
        usual_unit: "d ago",
        description: "A moment before the start of the scenario: a length of time and the word `ago`.",
        examples: &["400 d ago", "2 w ago"],
        largest: "1000 y ago",
        finest: "1 us",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// The time that has passed since.
    #[must_use]
    pub const fn duration(self) -> SimDuration {
        self.0
    }

    /// Reads `400 d ago`.
    ///
    /// # Errors
    /// `unit-missing` without the word `ago`; those of [`SimDuration::parse`].
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim();
        if let Some(duration) = text.strip_suffix(" ago") {
            return SimDuration::parse_as(duration, &Self::KIND).map(Self);
        }
        let duration = SimDuration::parse_as(text, &Self::KIND)?;
        Err(QuantityError::new(
            "unit-missing",
            format!("{} is not {}", quoted(text), Self::KIND.noun),
        )
        .with_help(format!("write `{duration} ago`")))
    }
}

impl From<SimDuration> for Ago {
    fn from(duration: SimDuration) -> Self {
        Self(duration)
    }
}

impl fmt::Display for Ago {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} ago", self.0))
    }
}

text_form!(Ago);
