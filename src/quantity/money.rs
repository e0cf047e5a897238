//! Money: whole units of a currency. `90 kUSD`, `1.2 MKRW`, and per time `90 kUSD/h`.

use std::fmt;

use super::error::{QuantityError, quoted};
use super::number::Scaled;
use super::parse::{self, Term};
use super::power::in_largest_unit;
use super::text_form::text_form;
use super::time::{SimDuration, US_PER_HOUR};
use super::{Dimension, QuantityKind, unit};

/// The largest amount that may be written, in whole units of its currency: 10¹⁸.
pub const MONEY_MAX: i64 = 1_000_000_000_000_000_000;

/// A currency by its code of three capital letters (ISO 4217); no table of codes is kept, so any three capitals do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// From three ASCII capitals; `None` for anything else.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency code is made of ASCII capitals")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// An amount of money in whole units of one currency, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

impl Money {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "Money",
        noun: "an amount of money",
        dimension: Dimension::Money,
        usual_unit: "kUSD",
        description: "An amount of money in whole units of a currency. Currencies are not converted.",
        examples: &["90 kUSD", "1.2 MKRW", "300 EUR"],
        largest: "1e18 USD",
        finest: "one whole unit of the currency",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// From whole units; what lies outside 0 to [`MONEY_MAX`] becomes the nearer end.
    #[must_use]
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self {
            amount: amount.clamp(0, MONEY_MAX),
            currency,
        }
    }

    /// In whole units of the currency.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Reads `90 kUSD`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let term = parse::single_term(text, &Self::KIND)?;
        match currency_of(&term.unit) {
            Some((power, currency)) => amount(&term, power, currency, text, &Self::KIND),
            None => Err(parse::wrong_unit(&term, text, &Self::KIND)),
        }
    }
}

impl fmt::Display for Money {
    /// Exact, with the largest prefix of which it is at least one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = in_largest_unit(self.amount, &[(9, "G"), (6, "M"), (3, "k"), (0, "")]);
        f.pad(&format!("{text}{}", self.currency))
    }
}

text_form!(Money);

/// Money per time, for example the cost of an hour of downtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MoneyRate {
    amount: Money,
    per: &'static str,
    period: SimDuration,
}

impl MoneyRate {
    /// How the language describes it.
    pub const KIND: QuantityKind = QuantityKind {
        name: "MoneyRate",
        noun: "money per time",
        dimension: Dimension::MoneyRate,
        usual_unit: "kUSD/h",
        description: "Money per time: an amount, a slash and a unit of time.",
        examples: &["90 kUSD/h", "2 MKRW/min"],
        largest: "1e18 USD/h",
        finest: "one whole unit of the currency per unit of time",
        canonical: |text| Self::parse(text).map(|value| value.to_string()),
    };

    /// The amount that one [`period`](Self::period) costs.
    #[must_use]
    pub const fn amount(self) -> Money {
        self.amount
    }

    /// The time that the amount is for.
    #[must_use]
    pub const fn period(self) -> SimDuration {
        self.period
    }

    /// Units of the currency per hour.
    #[must_use]
    pub fn per_hour(self) -> f64 {
        self.amount.amount as f64 * (US_PER_HOUR as f64 / self.period.us() as f64)
    }

    /// What `duration` costs, rounded down to whole units of the currency.
    #[must_use]
    pub fn over(self, duration: SimDuration) -> Money {
        let cost = i128::from(self.amount.amount) * i128::from(duration.us()) / i128::from(self.period.us());
        Money::new(i64::try_from(cost).unwrap_or(i64::MAX), self.amount.currency)
    }

    /// Reads `90 kUSD/h`.
    ///
    /// # Errors
    /// Every code of the module's list.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let term = parse::single_term(text, &Self::KIND)?;
        let Some(((power, currency), unit)) = currency_per_time(&term.unit) else {
            return Err(parse::wrong_unit(&term, text, &Self::KIND));
        };
        let amount = amount(&term, power, currency, text, &Self::KIND)?;
        Ok(Self {
            amount,
            per: unit.symbol,
            period: SimDuration::from_us(unit.factor),
        })
    }
}

impl fmt::Display for MoneyRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.amount, self.per))
    }
}

text_form!(MoneyRate);

/// What a unit measures if it is a currency, alone or per time.
pub(super) fn dimension(symbol: &str) -> Option<Dimension> {
    if currency_of(symbol).is_some() {
        Some(Dimension::Money)
    } else {
        currency_per_time(symbol).map(|_| Dimension::MoneyRate)
    }
}

/// `kUSD` as the power of ten of its prefix and the currency. Four letters have a prefix, three have none.
fn currency_of(symbol: &str) -> Option<(i32, Currency)> {
    if let Some(currency) = Currency::new(symbol) {
        return Some((0, currency));
    }
    let prefixes = [("k", 3), ("M", 6), ("G", 9)];
    prefixes
        .iter()
        .find_map(|(prefix, power)| Some((*power, Currency::new(symbol.strip_prefix(prefix)?)?)))
}

fn currency_per_time(symbol: &str) -> Option<((i32, Currency), &'static unit::Unit)> {
    let (money, time) = symbol.split_once('/')?;
    let unit = unit::find(time).filter(|unit| unit.dimension == Dimension::Time)?;
    Some((currency_of(money)?, unit))
}

fn amount(
    term: &Term<'_>,
    power: i32,
    currency: Currency,
    text: &str,
    kind: &QuantityKind,
) -> Result<Money, QuantityError> {
    let number = term.number.shifted(power);
    if let Scaled::Integer { value, .. } = number.scaled(1)
        && value.to_string() != number.to_text()
    {
        return Err(QuantityError::new(
            "quantity-too-fine",
            format!("{} is not a whole number of {currency}", quoted(text.trim())),
        )
        .with_help(format!("the finest step is {}", kind.finest)));
    }
    let value = parse::integer(number, 1, text, kind)?;
    let amount = parse::bounded(value, text, kind, MONEY_MAX)?;
    Ok(Money { amount, currency })
}
