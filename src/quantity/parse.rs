//! From a text to numbers with units: the part of reading that all quantities share.

use super::QuantityKind;
use super::error::{QuantityError, quoted};
use super::money;
use super::number::{Decimal, Scaled};
use super::unit::{self, Unit};

/// Words that may stand between a number and its unit, with their power of ten.
const MULTIPLIERS: [(&str, i32); 4] = [("thousand", 3), ("million", 6), ("billion", 9), ("trillion", 12)];

/// A longer text is no quantity (bytes).
const TEXT_MAX: usize = 200;

/// One number with whatever stands behind it.
#[derive(Debug)]
pub(super) struct Term<'a> {
    /// The number, a multiplier word included.
    pub(super) number: Decimal,
    /// The number as it was written, with its multiplier word.
    pub(super) written: &'a str,
    /// What follows, with single spaces and none around a slash; empty if nothing follows.
    pub(super) unit: String,
}

/// Splits `1 h 30 min` into its terms; at least one.
///
/// # Errors
/// `number-malformed`, `number-separator`, `negative-quantity`.
pub(super) fn terms<'a>(text: &'a str, kind: &QuantityKind) -> Result<Vec<Term<'a>>, QuantityError> {
    if text.len() > TEXT_MAX {
        return Err(malformed(text, kind));
    }
    let mut rest = text.trim();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (term, behind) = first_term(rest, text, kind)?;
        if term.unit.is_empty() && !behind.is_empty() {
            return Err(number_behind_number(text, term.written, behind, kind));
        }
        found.push(term);
        rest = behind;
    }
    if found.is_empty() {
        return Err(malformed(text, kind));
    }
    Ok(found)
}

/// The only term of a text.
///
/// # Errors
/// Those of [`terms`], and `number-malformed` if there is more than one.
pub(super) fn single_term<'a>(text: &'a str, kind: &QuantityKind) -> Result<Term<'a>, QuantityError> {
    let mut all = terms(text, kind)?;
    match (all.pop(), all.is_empty()) {
        (Some(term), true) => Ok(term),
        _ => Err(malformed(text, kind)),
    }
}

/// A whole quantity that is one number and one unit of a fixed factor, in base units, at most `largest`.
///
/// # Errors
/// Every code of the module's list.
pub(super) fn single_integer(text: &str, kind: &QuantityKind, largest: i64) -> Result<i64, QuantityError> {
    let term = single_term(text, kind)?;
    let unit = unit_of(&term, text, kind)?;
    let value = integer(term.number, u128::from(unit.factor), text, kind)?;
    bounded(value, text, kind, largest)
}

/// The unit of a term, if it is one of the kind that is asked for.
///
/// # Errors
/// `unit-missing`, `unit-wrong-dimension`, `unit-unknown`.
pub(super) fn unit_of(
    term: &Term<'_>,
    text: &str,
    kind: &QuantityKind,
) -> Result<&'static Unit, QuantityError> {
    match unit::find(&term.unit) {
        Some(unit) if unit.dimension == kind.dimension => Ok(unit),
        _ => Err(wrong_unit(term, text, kind)),
    }
}

/// What is wrong with the unit of a term that is not one of the kind's units.
pub(super) fn wrong_unit(term: &Term<'_>, text: &str, kind: &QuantityKind) -> QuantityError {
    let is_not = format!("{} is not {}", quoted(text.trim()), kind.noun);
    if term.unit.is_empty() {
        return QuantityError::new("unit-missing", is_not)
            .with_help(format!("write `{} {}`", term.written, kind.usual_unit));
    }
    let dimension = unit::find(&term.unit)
        .map(|unit| unit.dimension)
        .or_else(|| money::dimension(&term.unit));
    if let Some(dimension) = dimension {
        let (is, noun) = (dimension.noun(), kind.noun);
        return QuantityError::new(
            "unit-wrong-dimension",
            format!("{} is {is}, not {noun}", quoted(text.trim())),
        )
        .with_help(format!("write {noun}, for example `{}`", kind.examples[0]));
    }
    let message = format!("{}: {} is no unit", quoted(text.trim()), quoted(&term.unit));
    let help = match unit::meant(&term.unit, kind.dimension) {
        Some(meant) => format!("write `{} {}`", term.written, meant.symbol),
        None => format!("{} is written with one of: {}", kind.noun, kind.units()),
    };
    QuantityError::new(
        "unit-unknown",
        format!(
            "{message} of {}",
            kind.noun.trim_start_matches("a ").trim_start_matches("an ")
        ),
    )
    .with_help(help)
}

/// A number of units as an integer number of base units.
///
/// # Errors
/// `quantity-too-large`; `quantity-too-fine` if rounding to a whole number of base units would move it by more than 1 %.
pub(super) fn integer(
    number: Decimal,
    factor: u128,
    text: &str,
    kind: &QuantityKind,
) -> Result<u128, QuantityError> {
    match number.scaled(factor) {
        Scaled::Integer { value, coarse: false } => Ok(value),
        Scaled::Integer { coarse: true, .. } => Err(QuantityError::new(
            "quantity-too-fine",
            format!("{} is finer than {} is counted", quoted(text.trim()), kind.noun),
        )
        .with_help(format!("the finest step is {}", kind.finest))),
        Scaled::TooLarge => Err(too_large(text, kind)),
    }
}

/// The value as the integer that a quantity holds, if it does not exceed the kind's bound.
///
/// # Errors
/// `quantity-too-large`.
pub(super) fn bounded(
    value: u128,
    text: &str,
    kind: &QuantityKind,
    largest: i64,
) -> Result<i64, QuantityError> {
    match i64::try_from(value) {
        Ok(value) if value <= largest => Ok(value),
        _ => Err(too_large(text, kind)),
    }
}

/// The error for a quantity beyond its bound.
pub(super) fn too_large(text: &str, kind: &QuantityKind) -> QuantityError {
    QuantityError::new(
        "quantity-too-large",
        format!("{} is beyond what {} may be", quoted(text.trim()), kind.noun),
    )
    .with_help(format!("the most is {}", kind.largest))
}

/// The error for a text that is no number with a unit at all.
pub(super) fn malformed(text: &str, kind: &QuantityKind) -> QuantityError {
    QuantityError::new(
        "number-malformed",
        format!("{} is not {}", quoted(text.trim()), kind.noun),
    )
    .with_help(format!(
        "write a number with its unit, for example `{}`",
        kind.examples[0]
    ))
}

fn first_term<'a>(
    rest: &'a str,
    text: &str,
    kind: &QuantityKind,
) -> Result<(Term<'a>, &'a str), QuantityError> {
    if let Some(behind_sign) = rest.strip_prefix(['-', '−'])
        && behind_sign
            .trim_start()
            .starts_with(|character: char| character.is_ascii_digit())
    {
        return Err(QuantityError::new(
            "negative-quantity",
            format!("{} is negative; {} never is", quoted(text.trim()), kind.noun),
        ));
    }
    let end = number_end(rest);
    let (digits, behind) = rest.split_at(end);
    if let Some(separator) = behind
        .chars()
        .next()
        .filter(|character| matches!(character, ',' | '_' | '\'' | '’'))
        && behind[separator.len_utf8()..].starts_with(|character: char| character.is_ascii_digit())
    {
        return Err(separated(text, separator, kind));
    }
    let Some(number) = Decimal::parse(digits) else {
        return Err(malformed(text, kind));
    };

    let phrase_end = behind
        .find(|character: char| character.is_ascii_digit())
        .unwrap_or(behind.len());
    let (phrase, behind_phrase) = behind.split_at(phrase_end);
    let mut words = phrase.split_whitespace().peekable();
    let multiplier = words
        .peek()
        .and_then(|word| MULTIPLIERS.iter().find(|(name, _)| name == word))
        .inspect(|_| {
            words.next();
        });
    let unit = words
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" /", "/")
        .replace("/ ", "/");
    let (number, written) = match multiplier {
        Some((name, power)) => {
            let at = rest.find(name).expect("the word was found behind the number");
            (number.shifted(*power), &rest[..at + name.len()])
        }
        None => (number, digits),
    };
    Ok((
        Term {
            number,
            written,
            unit,
        },
        behind_phrase,
    ))
}

/// Where the number at the beginning ends. An `e` belongs to it only if digits follow (`5e3 s`, but `5 EB`).
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while is_digit(end) || bytes.get(end) == Some(&b'.') {
        end += 1;
    }
    if end > 0 && matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if is_digit(end + 1 + sign) {
            end += 1 + sign;
            while is_digit(end) {
                end += 1;
            }
        }
    }
    end
}

fn separated(text: &str, separator: char, kind: &QuantityKind) -> QuantityError {
    let text = text.trim();
    let groups: Vec<&str> = text.split(separator).collect();
    let thousands = groups[1..]
        .iter()
        .all(|group| group.chars().take_while(char::is_ascii_digit).count() == 3);
    let looks_decimal = separator == ',' && groups.len() == 2 && !thousands;
    let written = if looks_decimal {
        groups.join(".")
    } else {
        groups.concat()
    };
    let help = if (kind.canonical)(&written).is_ok() {
        format!("write `{written}`")
    } else {
        "digits are written without separators, and decimals with a point".to_owned()
    };
    QuantityError::new(
        "number-separator",
        format!("{} has a separator between its digits", quoted(text)),
    )
    .with_help(help)
}

/// `32 000`, or two numbers of which the first has no unit.
fn number_behind_number(text: &str, written: &str, behind: &str, kind: &QuantityKind) -> QuantityError {
    let joined = format!("{written}{behind}");
    let group = behind.chars().take_while(char::is_ascii_digit).count();
    // Behind a multiplier word the joined text would be the same again.
    let digits_meet = written.ends_with(|character: char| character.is_ascii_digit());
    if digits_meet && group == 3 && (kind.canonical)(&joined).is_ok() {
        return QuantityError::new(
            "number-separator",
            format!("{} has a space between its digits", quoted(text.trim())),
        )
        .with_help(format!("write `{joined}`"));
    }
    malformed(text, kind)
}
