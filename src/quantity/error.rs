//! What may be wrong with a written quantity, and how the finding travels through serde.
//!
//! serde's own error type carries one text and nothing else. A coded problem therefore travels *inside* that text,
//! as code, message and help with a unit separator (U+001F) between them; the reader of the scenario splits it again.

use std::fmt;

/// What stands between code, message and help in a coded text.
pub const SEPARATOR: char = '\u{1f}';

/// The longest piece of somebody's text that a message quotes (characters); the rest becomes `…`.
const QUOTED_MAX: usize = 60;

/// Why a text is not the quantity that was asked for. It knows the text, not the place where the text stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError {
    /// Stable name of the fault, for example `unit-missing`.
    pub code: &'static str,
    /// One sentence without a full stop; quotes the text.
    pub message: String,
    /// What would be accepted instead, for example ``write `10 min` ``.
    pub help: Option<String>,
}

impl QuantityError {
    /// An error without help.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
        }
    }

    /// The same error with a sentence about what would be accepted.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The text that carries code, message and help through `serde::de::Error::custom`; see [`coded`].
    #[must_use]
    pub fn to_serde_message(&self) -> String {
        coded(self.code, &self.message, self.help.as_deref())
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for QuantityError {}

/// Code, message and help as one text: `code U+001F message U+001F help`, with an empty help if there is none.
#[must_use]
pub fn coded(code: &str, message: &str, help: Option<&str>) -> String {
    format!(
        "{code}{SEPARATOR}{message}{SEPARATOR}{}",
        help.unwrap_or_default()
    )
}

/// Code, message and help of a text made by [`coded`], or `None` if the text is not one.
///
/// serde_json appends its position to every message; whoever reads JSON through it finds that behind the help.
#[must_use]
pub fn split_coded(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let mut parts = text.splitn(3, SEPARATOR);
    let (code, message, help) = (parts.next()?, parts.next()?, parts.next()?);
    Some((code, message, (!help.is_empty()).then_some(help)))
}

/// Somebody's text between backticks: cut when long, and without characters that a terminal or [`coded`] would act on.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for (index, character) in text.chars().enumerate() {
        if index == QUOTED_MAX {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_message_and_help_survive_the_way_through_one_text() {
        let error =
            QuantityError::new("unit-missing", "`10` is not a length of time").with_help("write `10 min`");
        assert_eq!(
            split_coded(&error.to_serde_message()),
            Some((
                "unit-missing",
                "`10` is not a length of time",
                Some("write `10 min`")
            ))
        );
        assert_eq!(split_coded(&coded("a", "b", None)), Some(("a", "b", None)));
        assert_eq!(split_coded("missing field `x`"), None);
    }

    #[test]
    fn quoted_text_cannot_smuggle_a_separator_or_an_escape_sequence() {
        assert_eq!(quoted("a\u{1f}b\u{1b}[31m"), "`a\\u{1f}b\\u{1b}[31m`");
        assert_eq!(quoted(&"x".repeat(500)).chars().count(), QUOTED_MAX + 3);
    }
}
