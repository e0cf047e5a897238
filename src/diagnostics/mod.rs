//! What is wrong with a scenario, said to its author: stable code, place, their own nouns, what would be accepted.
//!
//! Every part that finds a problem pushes an [`Issue`] into [`Issues`]; nothing stops at the first one. A [`Span`] says
//! where, [`Sources`] keeps the texts, and [`render`] is the only place where an issue becomes text for people.
//! This module knows nothing of YAML, nor of any kind of thing that a scenario describes.

mod codes;
mod render;
mod sources;
mod suggest;

pub use codes::{CODES, explanation};
pub use render::{SHOWN_MAX, Style, escape, render};
pub use sources::{Layer, LayerKind, SourceFile, Sources};
pub use suggest::did_you_mean;

use std::borrow::Cow;

/// Separates code, message and help in one string, where only a string can travel (the unit separator of ASCII).
pub const CODED_SEPARATOR: char = '\u{1f}';

/// The largest number of issues that are kept; further ones are only counted.
pub const ISSUES_KEPT_MAX: usize = 10_000;

/// A place in a source text. Lines and columns begin at 1 and columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which file, an index into [`Sources`].
    pub file: u16,
    /// Which layer the text belongs to (scenario, library, an include, a variant), an index into [`Sources`].
    pub layer: u8,
    /// Line, from 1; 0 only in [`Span::NOWHERE`].
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Number of characters on that line.
    pub length: u32,
}

impl Span {
    /// No place at all: of things that stand in no file.
    pub const NOWHERE: Span = Span {
        file: 0,
        layer: 0,
        line: 0,
        column: 0,
        length: 0,
    };

    /// Whether this is no place.
    pub fn is_nowhere(self) -> bool {
        self.line == 0
    }

    /// The same place, as part of another layer (a patch keeps its position and becomes its variant's).
    pub fn in_layer(self, layer: u8) -> Span {
        Span { layer, ..self }
    }

    /// The whole span in one integer, so that it can travel through serde. Undone by [`Span::unpack`].
    pub fn pack(self) -> u128 {
        (u128::from(self.file) << 104)
            | (u128::from(self.layer) << 96)
            | (u128::from(self.line) << 64)
            | (u128::from(self.column) << 32)
            | u128::from(self.length)
    }

    /// The span packed by [`Span::pack`].
    #[expect(
        clippy::cast_possible_truncation,
        reason = "each field takes exactly the bits that pack gave it"
    )]
    pub fn unpack(bits: u128) -> Span {
        Span {
            file: (bits >> 104) as u16,
            layer: (bits >> 96) as u8,
            line: (bits >> 64) as u32,
            column: (bits >> 32) as u32,
            length: bits as u32,
        }
    }
}

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// It can be run, but is probably not what was meant.
    Warning,
    /// A weakness of the described design: worth knowing, not a mistake of the file.
    Finding,
}

/// One problem, for the author of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// Stable name of this sort of problem, listed in [`CODES`].
    pub code: Cow<'static, str>,
    /// Where.
    pub span: Span,
    /// Way through the document, such as `services › pay › needs`; may be empty.
    pub path: String,
    /// What is wrong, in the author's nouns.
    pub message: String,
    /// Further places that belong to it, each with what it says there.
    pub also: Vec<(Span, String)>,
    /// What else to know.
    pub notes: Vec<String>,
    /// What would be accepted.
    pub help: Option<String>,
}

impl Issue {
    /// An error.
    pub fn error(code: impl Into<Cow<'static, str>>, span: Span, message: impl Into<String>) -> Issue {
        Issue::new(Severity::Error, code, span, message)
    }

    /// A warning.
    pub fn warning(code: impl Into<Cow<'static, str>>, span: Span, message: impl Into<String>) -> Issue {
        Issue::new(Severity::Warning, code, span, message)
    }

    /// A finding.
    pub fn finding(code: impl Into<Cow<'static, str>>, span: Span, message: impl Into<String>) -> Issue {
        Issue::new(Severity::Finding, code, span, message)
    }

    /// An issue of any severity.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        span: Span,
        message: impl Into<String>,
    ) -> Issue {
        Issue {
            severity,
            code: code.into(),
            span,
            path: String::new(),
            message: message.into(),
            also: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// An error from one string `code US message US help` (see [`CODED_SEPARATOR`]); a string without separators becomes the
    /// message under the code `fallback`.
    pub fn from_coded(text: &str, fallback: &'static str, span: Span) -> Issue {
        let (code, message, help) = split_coded(text);
        let code = code.map_or(Cow::Borrowed(fallback), |code| Cow::Owned(code.to_owned()));
        Issue {
            help: help.map(str::to_owned),
            ..Issue::error(code, span, message)
        }
    }

    /// Says where in the document it is, such as `services › pay`.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Issue {
        self.path = path.into();
        self
    }

    /// Adds a further place with what is to be said there.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Issue {
        self.also.push((span, label.into()));
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Issue {
        self.notes.push(note.into());
        self
    }

    /// Says what would be accepted.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Issue {
        self.help = Some(help.into());
        self
    }

    /// Adds a *did you mean* as help, if there is one.
    #[must_use]
    pub fn suggest(self, suggestion: Option<String>) -> Issue {
        match suggestion {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self,
        }
    }
}

/// Takes a string of the form `code US message US help` apart; without separators all of it is the message.
pub fn split_coded(text: &str) -> (Option<&str>, &str, Option<&str>) {
    let mut parts = text.splitn(3, CODED_SEPARATOR);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(code), Some(message), help) => (Some(code), message, help.filter(|help| !help.is_empty())),
        _ => (None, text, None),
    }
}

/// Collects all issues of one check.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    kept: Vec<Issue>,
    errors: usize,
    dropped: usize,
}

impl Issues {
    /// No issues yet.
    pub fn new() -> Issues {
        Issues::default()
    }

    /// Adds one. Beyond [`ISSUES_KEPT_MAX`] it is only counted.
    pub fn push(&mut self, issue: Issue) {
        if issue.severity == Severity::Error {
            self.errors += 1;
        }
        if self.kept.len() < ISSUES_KEPT_MAX {
            self.kept.push(issue);
        } else {
            self.dropped += 1;
        }
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Issues) {
        self.dropped += other.dropped;
        self.errors += other.errors
            - other
                .kept
                .iter()
                .filter(|issue| issue.severity == Severity::Error)
                .count();
        for issue in other.kept {
            self.push(issue);
        }
    }

    /// Whether at least one is an error.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were pushed, those that were only counted included.
    pub fn error_count(&self) -> usize {
        self.errors
    }

    /// Whether there is none of any severity.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// How many were counted without being kept.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// The issues in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Issue> {
        self.kept.iter()
    }

    /// The issues, to be amended (a later stage may know a better help).
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Issue> {
        self.kept.iter_mut()
    }

    /// The issues by file, line, column and code, each once: what one place of a text became in several places of the tree (by a template, a
    /// count, an archetype) is told once.
    pub fn sorted(&self) -> Vec<&Issue> {
        let mut all: Vec<&Issue> = self.kept.iter().collect();
        all.sort_by(|a, b| Issues::order(a).cmp(&Issues::order(b)));
        all.dedup_by(|a, b| {
            let is_same_text = !a.span.is_nowhere()
                && (a.span, a.severity, &a.code) == (b.span, b.severity, &b.code)
                && (&a.message, &a.help, &a.notes) == (&b.message, &b.help, &b.notes);
            a == b || is_same_text
        });
        all
    }

    fn order(issue: &Issue) -> (u16, u32, u32, &str, &str) {
        (
            issue.span.file,
            issue.span.line,
            issue.span.column,
            &issue.code,
            &issue.message,
        )
    }
}

impl<'a> IntoIterator for &'a Issues {
    type Item = &'a Issue;
    type IntoIter = std::slice::Iter<'a, Issue>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_survives_packing() {
        let span = Span {
            file: 65_000,
            layer: 200,
            line: u32::MAX,
            column: 77,
            length: u32::MAX - 1,
        };
        assert_eq!(Span::unpack(span.pack()), span);
        assert_eq!(Span::unpack(Span::NOWHERE.pack()), Span::NOWHERE);
    }

    #[test]
    fn coded_text_is_split_into_code_message_and_help() {
        let issue = Issue::from_coded(
            "unit-missing\u{1f}`10` is no time\u{1f}write `10 min`",
            "other",
            Span::NOWHERE,
        );
        assert_eq!(
            (issue.code.as_ref(), issue.message.as_str(), issue.help.as_deref()),
            ("unit-missing", "`10` is no time", Some("write `10 min`"))
        );
        let issue = Issue::from_coded("plain words", "invalid-value", Span::NOWHERE);
        assert_eq!(
            (issue.code.as_ref(), issue.message.as_str(), issue.help),
            ("invalid-value", "plain words", None)
        );
        let issue = Issue::from_coded("a\u{1f}b\u{1f}", "c", Span::NOWHERE);
        assert_eq!(issue.help, None);
    }

    #[test]
    fn issues_are_sorted_and_told_once_and_counted_beyond_the_bound() {
        let mut issues = Issues::new();
        let at = |line| Span {
            line,
            column: 1,
            length: 1,
            ..Span::NOWHERE
        };
        issues.push(Issue::warning("b", at(9), "later"));
        assert!(!issues.has_errors());
        issues.push(Issue::error("a", at(2), "first"));
        issues.push(Issue::error("a", at(2), "first"));
        assert!(issues.has_errors());
        let sorted: Vec<_> = issues
            .sorted()
            .iter()
            .map(|issue| issue.message.as_str())
            .collect();
        assert_eq!(sorted, ["first", "later"]);
        let mut many = Issues::new();
        for _ in 0..ISSUES_KEPT_MAX + 5 {
            many.push(Issue::error("a", at(2), "first"));
        }
        assert_eq!(
            (many.len(), many.dropped(), many.error_count()),
            (ISSUES_KEPT_MAX, 5, ISSUES_KEPT_MAX + 5)
        );
        issues.append(many);
        assert_eq!(issues.error_count(), ISSUES_KEPT_MAX + 7);
    }
}
