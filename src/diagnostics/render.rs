//! The one renderer: issues as text for people.
//!
//! ```text
//! error[unknown-name]: no service or store `logn`
//!   --> messenger.yaml:67:98
//!    |
//! 67 | …  web-b: {active: 15}}, needs: {logn: hard, accounts: hard}}
//!    |                                  ^^^^ did you mean `login`?
//!    |
//!    = in: services › pay › needs
//! ```

use super::sources::{LayerKind, Sources, line_starts};
use super::{Issue, Issues, Severity, Span};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many issues are shown; of the others only the number is.
pub const SHOWN_MAX: usize = 200;

/// Help up to this many characters stands beside the caret, longer help below.
const LABEL_MAX: usize = 60;

/// Width taken by line number, bar and the marks of a cut.
const GUTTER: usize = 10;

/// A line is never cut shorter than this.
const LINE_MIN: usize = 30;

/// Names and messages of strangers are shown up to this many characters.
const TEXT_MAX: usize = 2_000;

/// How to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With colours (the caller knows whether it writes to a terminal).
    pub colour: bool,
    /// Width of the terminal in characters.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            colour: false,
            width: 120,
        }
    }
}

/// All issues, each once, in the order of their places, at most [`SHOWN_MAX`] of them; and last how many there are. Empty
/// without issues.
pub fn render(issues: &Issues, sources: &Sources, style: Style) -> String {
    let sorted = issues.sorted();
    let renderer = if style.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(style.width.max(LINE_MIN + GUTTER));
    let mut lines = Lines {
        sources,
        starts: BTreeMap::new(),
        cursor: None,
    };
    let mut out = String::new();
    for issue in sorted.iter().take(SHOWN_MAX) {
        out.push_str(&one(issue, &mut lines, &renderer, style.width));
        out.push_str("\n\n");
    }
    let more = sorted.len().saturating_sub(SHOWN_MAX) + issues.dropped();
    if more > 0 {
        let _ = writeln!(out, "… and {more} more");
    }
    if !sorted.is_empty() {
        out.push_str(&summary(&sorted, issues.dropped()));
        out.push('\n');
    }
    out
}

fn summary(sorted: &[&Issue], dropped: usize) -> String {
    let number = |severity: Severity| sorted.iter().filter(|issue| issue.severity == severity).count();
    let words =
        |n: usize, word: &str| (n > 0).then(|| format!("{n} {word}{}", if n == 1 { "" } else { "s" }));
    let mut parts: Vec<String> = [
        words(number(Severity::Error), "error"),
        words(number(Severity::Warning), "warning"),
        words(number(Severity::Finding), "finding"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if dropped > 0 {
        parts.push(format!("{dropped} not looked at"));
    }
    parts.join(", ")
}

fn one(issue: &Issue, lines: &mut Lines<'_>, renderer: &Renderer, width: usize) -> String {
    let level = match issue.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Finding => Level::INFO.with_name("finding"),
    };
    let help = issue.help.as_deref().map(shown);
    let cut = lines.cut(issue.span, width);
    let beside = help
        .as_ref()
        .filter(|help| cut.is_some() && help.chars().count() <= LABEL_MAX && !help.contains('\n'))
        .cloned();
    let mut group = Group::with_title(level.primary_title(shown(&issue.message)).id(shown(&issue.code)));
    let mut places = Vec::new();
    match cut {
        Some(cut) => {
            places.push(cut.place());
            group = group.element(cut.snippet(AnnotationKind::Primary, beside.clone()));
        }
        None => {
            if let Some(file) = lines
                .sources
                .file(issue.span.file)
                .filter(|_| !lines.sources.files().is_empty())
            {
                group = group.element(Origin::path(shown(&file.name)));
            }
        }
    }
    for (span, label) in &issue.also {
        match lines.cut(*span, width) {
            Some(cut) => {
                places.push(cut.place());
                group = group.element(cut.snippet(AnnotationKind::Context, Some(shown(label))));
            }
            None => group = group.element(Level::NOTE.message(shown(label))),
        }
    }
    if !issue.path.is_empty() {
        group = group.element(Level::NOTE.with_name("in").message(shown(&issue.path)));
    }
    if let Some(layer) = lines
        .sources
        .layer(issue.span.layer)
        .filter(|layer| matches!(layer.kind, LayerKind::Variant(_)))
    {
        group = group.element(Level::NOTE.message(shown(&format!("as patched by {}", layer.name()))));
    }
    for note in &issue.notes {
        group = group.element(Level::NOTE.message(shown(note)));
    }
    if let (Some(help), None) = (&help, &beside) {
        group = group.element(Level::HELP.message(help.clone()));
    }
    let mut text = renderer.render(&[group]);
    for (as_cut, as_written) in places {
        if as_cut != as_written {
            text = text.replacen(&as_cut, &as_written, 1);
        }
    }
    text
}

/// The part of a line that is shown.
struct Cut {
    name: String,
    line: usize,
    /// Column in the file, in characters from 1.
    column: usize,
    text: String,
    /// Bytes of the text that the marks stand under.
    from: usize,
    to: usize,
}

impl Cut {
    fn snippet(self, kind: AnnotationKind, label: Option<String>) -> Snippet<'static, Annotation<'static>> {
        let annotation = kind.span(self.from..self.to).label(label);
        Snippet::source(self.text)
            .path(self.name)
            .line_start(self.line)
            .fold(false)
            .annotation(annotation)
    }

    /// How the place is rendered (by the column in the cut text), and how it has to be (by that in the file).
    fn place(&self) -> (String, String) {
        let column = self.text[..self.from].chars().count() + 1;
        let place = |column: usize| format!("{}:{}:{column}\n", self.name, self.line);
        (place(column), place(self.column))
    }
}

/// Finds lines and columns in the texts. Keeps where it last was, because issues come in the order of their places and a
/// file may be one line of many megabytes.
struct Lines<'a> {
    sources: &'a Sources,
    starts: BTreeMap<u16, Vec<usize>>,
    cursor: Option<(Span, usize)>,
}

impl Lines<'_> {
    fn cut(&mut self, span: Span, width: usize) -> Option<Cut> {
        if span.is_nowhere() {
            return None;
        }
        let file = self.sources.file(span.file)?;
        let starts = self
            .starts
            .entry(span.file)
            .or_insert_with(|| line_starts(&file.text));
        let line = usize::try_from(span.line).ok()?;
        let start = *starts.get(line - 1)?;
        let end = starts.get(line).copied().unwrap_or(file.text.len());
        let text = file.text.get(start..end)?.trim_end_matches(['\n', '\r']);
        // Where the search for the column begins: at the beginning of the line, or where the last one on it ended.
        let column = usize::try_from(span.column.max(1)).ok()?;
        let (mut at_column, mut at) = match self.cursor {
            Some((last, at))
                if (last.file, last.line) == (span.file, span.line) && last.column <= span.column =>
            {
                (usize::try_from(last.column.max(1)).ok()?, at)
            }
            _ => (1, 0),
        };
        let mut rest = text.get(at..)?.chars();
        while at_column < column {
            let Some(passed) = rest.next() else { break };
            at += passed.len_utf8();
            at_column += 1;
        }
        self.cursor = Some((
            Span {
                column: u32::try_from(at_column).ok()?,
                ..span
            },
            at,
        ));
        let budget = width.saturating_sub(GUTTER).max(LINE_MIN);
        let fits = text.len() <= 4 * budget && text.chars().count() <= budget;
        let (left, right) = if fits {
            (usize::MAX, usize::MAX)
        } else {
            (budget / 2, budget - budget / 2)
        };
        let from_byte = text[..at]
            .char_indices()
            .rev()
            .take(left)
            .last()
            .map_or(at, |(byte, _)| byte);
        let to_byte = text[at..]
            .char_indices()
            .nth(right)
            .map_or(text.len(), |(byte, _)| at + byte);
        let before = if from_byte > 0 { "… " } else { "" };
        let after = if to_byte < text.len() { " …" } else { "" };
        let head = format!("{before}{}", visible(&text[from_byte..at]));
        let tail = visible(&text[at..to_byte]);
        let length = usize::try_from(span.length.max(1)).ok()?;
        let marked = tail
            .char_indices()
            .nth(length)
            .map_or(tail.len(), |(byte, _)| byte);
        Some(Cut {
            name: shown(&file.name),
            line,
            column: at_column,
            from: head.len(),
            to: head.len() + marked,
            text: format!("{head}{tail}{after}"),
        })
    }
}

/// The text with every character that is not printed replaced, so that the columns stay.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if is_hidden(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// A text of a stranger as it is shown: escaped, and not longer than anybody reads.
fn shown(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((at, _)) => format!("{}…", escape(&text[..at])),
        None => escape(text),
    }
}

/// Characters that steer a terminal, or change the direction of what is read, instead of being printed.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text with terminal control characters made visible (`\u{1b}`), because files of strangers are data. Line ends stay.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, issue: Issue, width: usize) -> String {
        let mut sources = Sources::new();
        sources
            .add_file("messenger.yaml", text.to_owned(), Sources::SCENARIO)
            .expect("room for one");
        let mut issues = Issues::new();
        issues.push(issue);
        render(&issues, &sources, Style { colour: false, width })
    }

    fn at(line: u32, column: u32, length: u32) -> Span {
        Span {
            file: 0,
            layer: 0,
            line,
            column,
            length,
        }
    }

    #[test]
    fn an_issue_shows_line_caret_and_hint() {
        let issue = Issue::error("unknown-name", at(2, 24, 4), "no service or store `logn`")
            .at("services › pay › needs")
            .suggest(Some("login".to_owned()))
            .note("there are 3 services");
        let expected = "\
error[unknown-name]: no service or store `logn`
 --> messenger.yaml:2:24
  |
2 |   pay: {tier: 1, needs: {logn: hard}}
  |                        ^^^^ did you mean `login`?
  |
  = in: services › pay › needs
  = note: there are 3 services

1 error
";
        assert_eq!(
            rendered("services:\n  pay: {tier: 1, needs: {logn: hard}}\n", issue, 100),
            expected
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret_and_the_column_stays_that_of_the_file() {
        let line = format!("{}{{x: 1}}{}", "가나다라 ".repeat(100), " tail".repeat(100));
        let text = rendered(
            &line,
            Issue::error("wrong-type", at(1, 501, 6), "odd").help("write `y`"),
            60,
        );
        assert!(text.contains("messenger.yaml:1:501\n"), "{text}");
        assert!(
            text.contains("{x: 1}") && text.contains("^^^^^^ write `y`"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() <= 70), "{text}");
    }

    #[test]
    fn control_characters_of_strangers_do_not_reach_the_terminal() {
        let issue = Issue::error("bad-id", at(1, 1, 3), "`\u{1b}[31m` \u{202e}evil").help("\u{7}".repeat(80));
        let text = rendered("\u{1b}[2Jx: 1", issue, 80);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        assert!(
            !text.contains('\u{202e}') && text.contains("\\u{1b}[31m"),
            "{text}"
        );
    }

    #[test]
    fn many_issues_are_cut_off_and_counted() {
        let mut sources = Sources::new();
        sources
            .add_file("a.yaml", "x\n".repeat(300), Sources::SCENARIO)
            .expect("room for one");
        let mut issues = Issues::new();
        for line in 1..=250 {
            issues.push(Issue::error("bad-id", at(line, 1, 1), format!("number {line}")));
        }
        let text = render(&issues, &sources, Style::default());
        assert!(
            text.contains("number 200") && !text.contains("number 201") && text.contains("… and 50 more")
        );
        assert!(text.ends_with("250 errors\n"), "{text}");
    }

    #[test]
    fn places_beyond_the_text_and_no_places_are_no_trouble() {
        for span in [at(99, 1, 1), at(1, 99, 9), Span::NOWHERE] {
            assert!(rendered("x: 1", Issue::error("empty-file", span, "nothing"), 80).contains("nothing"));
        }
        assert_eq!(render(&Issues::new(), &Sources::new(), Style::default()), "");
    }

    #[test]
    fn one_line_of_many_megabytes_takes_no_time() {
        let mut sources = Sources::new();
        sources
            .add_file("a.json", "x: 1, ".repeat(2_000_000), Sources::SCENARIO)
            .expect("room for one");
        let mut issues = Issues::new();
        for n in 0..200 {
            issues.push(Issue::error(
                "bad-id",
                at(1, n * 60_000 + 1, 1),
                format!("number {n}"),
            ));
        }
        assert!(render(&issues, &sources, Style::default()).contains("a.json:1:11940001\n"));
    }
}
