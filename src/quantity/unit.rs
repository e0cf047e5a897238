//! The units of all quantities in one table, so that a unit of the wrong kind can be called by its name.

use std::fmt;

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// A length of time; base unit 1 µs.
    Time,
    /// Electric (or cooling) power; base unit 1 W.
    Power,
    /// Apparent power: no quantity of Blackstart is one, but people write it.
    ApparentPower,
    /// Energy; base unit 1 J.
    Energy,
    /// Events per time; the factor is the period in µs.
    Rate,
    /// A part of a whole; base unit 1 ppm.
    Ratio,
    /// Amount of data; base unit 1 byte.
    DataSize,
    /// Data per time; base unit 1 bit/s.
    DataRate,
    /// A number of things; it has no unit.
    Count,
    /// An amount of money, in any currency.
    Money,
    /// Money per time.
    MoneyRate,
    /// Temperature; base unit 0.001 °C.
    Temperature,
    /// Heat per degree; base unit 1 J/K.
    HeatCapacity,
    /// Height and depth; base unit 1 mm.
    Length,
}

impl Dimension {
    /// What a quantity of this dimension is called in a sentence, with its article.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Time => "a length of time",
            Self::Power => "a power",
            Self::ApparentPower => "an apparent power",
            Self::Energy => "an energy",
            Self::Rate => "a rate",
            Self::Ratio => "a share",
            Self::DataSize => "an amount of data",
            Self::DataRate => "a data rate",
            Self::Count => "a number of things",
            Self::Money => "an amount of money",
            Self::MoneyRate => "money per time",
            Self::Temperature => "a temperature",
            Self::HeatCapacity => "a heat capacity",
            Self::Length => "a height or depth",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// One unit: how it is written, what it measures and how many base units it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// The only spelling that is accepted on output, and the one that help proposes.
    pub(super) symbol: &'static str,
    pub(super) dimension: Dimension,
    /// Base units in one of these.
    pub(super) factor: u64,
    /// Spellings that people try; they are refused, with the symbol as the proposal.
    slips: &'static [&'static str],
}

const fn unit(
    symbol: &'static str,
    dimension: Dimension,
    factor: u64,
    slips: &'static [&'static str],
) -> Unit {
    Unit {
        symbol,
        dimension,
        factor,
        slips,
    }
}

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// The Julian year of 365.25 days, as reliability data use it (8766 h).
const YEAR: u64 = 8766 * HOUR;

/// Every unit with a fixed factor. Currencies are not listed: `money.rs` knows them by their form.
pub(super) const UNITS: &[Unit] = &[
    unit(
        "us",
        Dimension::Time,
        1,
        &["µs", "μs", "usec", "microsecond", "microseconds"],
    ),
    unit(
        "ms",
        Dimension::Time,
        1_000,
        &["msec", "millisecond", "milliseconds"],
    ),
    unit(
        "s",
        Dimension::Time,
        SECOND,
        &["sec", "secs", "second", "seconds"],
    ),
    unit(
        "min",
        Dimension::Time,
        MINUTE,
        &["m", "mins", "minute", "minutes"],
    ),
    unit("h", Dimension::Time, HOUR, &["hr", "hrs", "hour", "hours"]),
    unit("d", Dimension::Time, DAY, &["day", "days"]),
    unit("w", Dimension::Time, WEEK, &["wk", "week", "weeks"]),
    unit("y", Dimension::Time, YEAR, &["yr", "yrs", "year", "years", "a"]),
    unit("W", Dimension::Power, 1, &["watt", "watts"]),
    unit("kW", Dimension::Power, 1_000, &["kilowatt", "kilowatts"]),
    unit("MW", Dimension::Power, 1_000_000, &["megawatt", "megawatts"]),
    unit("GW", Dimension::Power, 1_000_000_000, &["gigawatt", "gigawatts"]),
    unit("VA", Dimension::ApparentPower, 1, &[]),
    unit("kVA", Dimension::ApparentPower, 1_000, &[]),
    unit("MVA", Dimension::ApparentPower, 1_000_000, &[]),
    unit("J", Dimension::Energy, 1, &["joule", "joules"]),
    unit("kJ", Dimension::Energy, 1_000, &[]),
    unit("MJ", Dimension::Energy, 1_000_000, &[]),
    unit("GJ", Dimension::Energy, 1_000_000_000, &[]),
    unit("Wh", Dimension::Energy, 3_600, &[]),
    unit("kWh", Dimension::Energy, 3_600_000, &["kW·h", "kW-h"]),
    unit("MWh", Dimension::Energy, 3_600_000_000, &[]),
    unit("GWh", Dimension::Energy, 3_600_000_000_000, &[]),
    unit(
        "°C",
        Dimension::Temperature,
        1_000,
        &["C", "degC", "deg C", "ºC", "˚C", "celsius", "degrees", "°"],
    ),
    unit("J/K", Dimension::HeatCapacity, 1, &["J/°C"]),
    unit("kJ/K", Dimension::HeatCapacity, 1_000, &["kJ/°C"]),
    unit("MJ/K", Dimension::HeatCapacity, 1_000_000, &["MJ/°C"]),
    unit(
        "cm",
        Dimension::Length,
        10,
        &["centimetre", "centimetres", "meter", "metre", "metres"],
    ),
    unit("mm", Dimension::Length, 1, &["millimetre", "millimetres"]),
    unit("/s", Dimension::Rate, SECOND, &["per s", "Hz", "rps", "qps"]),
    unit("/min", Dimension::Rate, MINUTE, &["/m", "/minute"]),
    unit("/h", Dimension::Rate, HOUR, &["/hr", "/hour"]),
    unit("/d", Dimension::Rate, DAY, &["/day"]),
    unit("/w", Dimension::Rate, WEEK, &["/week"]),
    unit("/y", Dimension::Rate, YEAR, &["/yr", "/year", "/a"]),
    unit("%", Dimension::Ratio, 10_000, &["percent", "pct"]),
    unit("ppm", Dimension::Ratio, 1, &[]),
    unit("B", Dimension::DataSize, 1, &["byte", "bytes"]),
    unit("kB", Dimension::DataSize, 1_000, &[]),
    unit("MB", Dimension::DataSize, 1_000_000, &[]),
    unit("GB", Dimension::DataSize, 1_000_000_000, &["gig", "gigs"]),
    unit("TB", Dimension::DataSize, 1_000_000_000_000, &["T"]),
    unit("PB", Dimension::DataSize, 1_000_000_000_000_000, &[]),
    unit("EB", Dimension::DataSize, 1_000_000_000_000_000_000, &[]),
    unit("KiB", Dimension::DataSize, 1 << 10, &[]),
    unit("MiB", Dimension::DataSize, 1 << 20, &[]),
    unit("GiB", Dimension::DataSize, 1 << 30, &[]),
    unit("TiB", Dimension::DataSize, 1 << 40, &[]),
    unit("PiB", Dimension::DataSize, 1 << 50, &[]),
    unit("bit/s", Dimension::DataRate, 1, &["bps"]),
    unit("kbit/s", Dimension::DataRate, 1_000, &["kbps", "kb/s"]),
    unit(
        "Mbit/s",
        Dimension::DataRate,
        1_000_000,
        &["Mbps", "Mb/s", "Mbit"],
    ),
    unit(
        "Gbit/s",
        Dimension::DataRate,
        1_000_000_000,
        &["Gbps", "Gb/s", "Gbit"],
    ),
    unit(
        "Tbit/s",
        Dimension::DataRate,
        1_000_000_000_000,
        &["Tbps", "Tb/s", "Tbit"],
    ),
    unit("B/s", Dimension::DataRate, 8, &[]),
    unit("kB/s", Dimension::DataRate, 8_000, &[]),
    unit("MB/s", Dimension::DataRate, 8_000_000, &["MBps"]),
    unit("GB/s", Dimension::DataRate, 8_000_000_000, &["GBps"]),
];

/// The unit written `symbol`. The two signs for micro are accepted for `us`.
pub(super) fn find(symbol: &str) -> Option<&'static Unit> {
    let symbol = if matches!(symbol, "µs" | "μs") {
        "us"
    } else {
        symbol
    };
    UNITS.iter().find(|unit| unit.symbol == symbol)
}

/// The unit of this dimension that somebody who wrote `symbol` may have meant: a slip, or another case.
pub(super) fn meant(symbol: &str, dimension: Dimension) -> Option<&'static Unit> {
    let same_dimension = || UNITS.iter().filter(move |unit| unit.dimension == dimension);
    same_dimension()
        .find(|unit| unit.slips.contains(&symbol))
        .or_else(|| same_dimension().find(|unit| unit.symbol.eq_ignore_ascii_case(symbol)))
        .or_else(|| {
            same_dimension().find(|unit| unit.slips.iter().any(|slip| slip.eq_ignore_ascii_case(symbol)))
        })
}

/// The symbols of a dimension, as a list to read.
pub(super) fn listed(dimension: Dimension) -> String {
    let symbols: Vec<&str> = UNITS
        .iter()
        .filter(|unit| unit.dimension == dimension)
        .map(|unit| unit.symbol)
        .collect();
    symbols.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_symbol_is_taken_twice_and_no_slip_is_a_unit() {
        for (index, one) in UNITS.iter().enumerate() {
            assert!(
                UNITS[..index].iter().all(|other| other.symbol != one.symbol),
                "{}",
                one.symbol
            );
            for slip in one.slips {
                let found = find(slip).map(|unit| unit.symbol);
                assert!(
                    found.is_none() || found == Some(one.symbol),
                    "{slip} is a unit of its own"
                );
            }
        }
    }

    #[test]
    fn slips_and_cases_lead_to_the_unit() {
        assert_eq!(
            meant("minutes", Dimension::Time).map(|unit| unit.symbol),
            Some("min")
        );
        assert_eq!(meant("KW", Dimension::Power).map(|unit| unit.symbol), Some("kW"));
        assert_eq!(
            meant("Gbps", Dimension::DataRate).map(|unit| unit.symbol),
            Some("Gbit/s")
        );
        assert!(meant("parsec", Dimension::Time).is_none());
    }
}
