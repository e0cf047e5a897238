//! Amounts of data in bytes, and data per time in bits per second. `4 TB`, `10 Gbit/s`.

use std::fmt;

use super::error::QuantityError;
use super::power::in_largest_unit;
use super::text_form::text_form;
use super::time::{SimDuration, US_PER_SECOND};
use super::{Dimension, QuantityKind, parse};

/// The largest amount of data that may be written (B): 1 EB.
pub const DATA_SIZE_B_MAX: i64 = 1_000_000_000_000_000_000;

/// The largest data rate that may be written (bit/s): 1000 Tbit/s, the order of all submarine cables together.
pub const DATA_RATE_BIT_S_MAX: i64 = 1_000_000_000_000_000;

/// An amount of data (B), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataSize(i64);

impl DataSize {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "DataSize",
        noun: "an amount of data",
        dimension: Dimension::DataSize,
        usual_unit: "GB",
        description: "An amount of data, with decimal (TB) or binary (TiB) prefixes.",
        examples: &["4 TB", "900 GB", "16 GiB"],
        largest: "1 EB",
        finest: "1 B",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From bytes; what lies outside 0 to [`DATA_SIZE_B_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_bytes(bytes: i64) -> Self {
        Self(bytes.clamp(0, DATA_SIZE_B_MAX))
    }

    /// The amount (B).
    #[must_use]
    pub const fn bytes(self) -> i64 {
        self.0
    }

    /// Reads `4 TB`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, DATA_SIZE_B_MAX).map(Self)
    }
}

impl fmt::Display for DataSize {
    /// Exact, in the largest decimal unit of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            (18, "EB"),
            (15, "PB"),
            (12, "TB"),
            (9, "GB"),
            (6, "MB"),
            (3, "kB"),
            (0, "B"),
        ];
        f.pad(&in_largest_unit(self.0, &units))
    }
}

text_form!(DataSize);

/// Data per time (bit/s), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataRate(i64);

impl DataRate {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "DataRate",
        noun: "a data rate",
        dimension: Dimension::DataRate,
        usual_unit: "Gbit/s",
        description: "Data per time, in bits or bytes per second.",
        examples: &["10 Gbit/s", "1.2 GB/s"],
        largest: "1000 Tbit/s",
        finest: "1 bit/s",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From bits per second; what lies outside 0 to [`DATA_RATE_BIT_S_MAX`] becomes the nearer end.
    #[must_use]
    pub fn from_bit_s(bit_s: i64) -> Self {
        Self(bit_s.clamp(0, DATA_RATE_BIT_S_MAX))
    }

    /// The rate (bit/s).
    #[must_use]
    pub const fn bit_s(self) -> i64 {
        self.0
    }

    /// How long it takes to move `size`, rounded up to a microsecond; `None` at a rate of zero.
    #[must_use]
    pub fn time_for(self, size: DataSize) -> Option<SimDuration> {
        if self.0 == 0 {
            return None;
        }
        let bits = u128::from(size.0.unsigned_abs()) * 8;
        let us = (bits * u128::from(US_PER_SECOND)).div_ceil(u128::from(self.0.unsigned_abs()));
        Some(SimDuration::from_us(u64::try_from(us).unwrap_or(u64::MAX)))
    }

    /// Reads `10 Gbit/s`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        parse::single_integer(text, &Self::KIND, DATA_RATE_BIT_S_MAX).map(Self)
    }
}

impl fmt::Display for DataRate {
    /// Exact, in the largest unit of bits per second of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            (12, "Tbit/s"),
            (9, "Gbit/s"),
            (6, "Mbit/s"),
            (3, "kbit/s"),
            (0, "bit/s"),
        ];
        f.pad(&in_largest_unit(self.0, &units))
    }
}

text_form!(DataRate);
