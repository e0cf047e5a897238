//! The tree as YAML for people, which can be read again: what is short stands in one line, and behind the numbers of the library stands where
//! they come from.

use super::provenance::{Origin, Provenances, is_number, origin};
use super::tree::{Entry, Node, Value};
use crate::diagnostics::Sources;
use std::fmt::Write as _;

/// The columns that a value in one line may take.
const INLINE_MAX: usize = 96;

/// The entries as YAML.
pub fn yaml_text(entries: &[Entry], sources: &Sources, provenances: &Provenances) -> String {
    let mut text = String::new();
    let writer = Writer { sources, provenances };
    for entry in entries {
        writer.entry(entry, 0, &mut text);
    }
    text
}

struct Writer<'a> {
    sources: &'a Sources,
    provenances: &'a Provenances,
}

impl Writer<'_> {
    fn entry(&self, entry: &Entry, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let key = scalar(&entry.key, true);
        let inline = flow(&entry.node);
        let said = self.said(&entry.node);
        let fits = indent.len() + key.len() + inline.len() + 2 <= INLINE_MAX;
        // Sections always stand in several lines, and so does what has numbers of several sources.
        let is_section = depth == 0 && entry.node.entries().is_some_and(|entries| !entries.is_empty());
        match &entry.node.value {
            Value::Map(entries) if !entries.is_empty() && (is_section || !fits || said.len() > 1) => {
                let _ = writeln!(out, "{indent}{key}:");
                for entry in entries {
                    self.entry(entry, depth + 1, out);
                }
            }
            _ => {
                let comment = said.first().map_or(String::new(), |said| format!("  # {said}"));
                let _ = writeln!(out, "{indent}{key}: {inline}{comment}");
            }
        }
    }

    /// What is said of the numbers of a node, each once.
    fn said(&self, node: &Node) -> Vec<String> {
        let mut said = Vec::new();
        let mut rest = vec![node];
        while let Some(node) = rest.pop() {
            match &node.value {
                Value::Scalar { text, .. } => {
                    if is_number(text)
                        && let Some(words) = self.words(node)
                        && !said.contains(&words)
                    {
                        said.push(words);
                    }
                }
                Value::Seq(nodes) => rest.extend(nodes.iter().rev()),
                Value::Map(entries) => rest.extend(entries.iter().rev().map(|entry| &entry.node)),
            }
        }
        said
    }

    /// Whose number it is, and how well it is founded; `None` for the author's own of which nothing is said.
    fn words(&self, node: &Node) -> Option<String> {
        let provenance = self.provenances.get(node.grade);
        let whose = match origin(node, self.sources) {
            Origin::Library => Some("library"),
            Origin::Yours | Origin::Variant => None,
        };
        let grade = provenance.grade.map(|grade| grade.name());
        let mut words = [whose, grade]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ");
        if words.is_empty() {
            return None;
        }
        if let Some((low, high)) = &provenance.range {
            let _ = write!(words, " ({low} to {high})");
        }
        if let Some(source) = &provenance.source {
            let _ = write!(words, ": {source}");
        }
        Some(words.replace(['\n', '\r'], " "))
    }
}

/// A value in one line.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, plain } => {
            if node.is_null() {
                "null".to_owned()
            } else {
                scalar(text, *plain)
            }
        }
        Value::Seq(nodes) => {
            let nodes: Vec<String> = nodes.iter().map(flow).collect();
            format!("[{}]", nodes.join(", "))
        }
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", scalar(&entry.key, true), flow(&entry.node)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text as it may stand anywhere: plain if it was plain and means the same there, else in quotes.
fn scalar(text: &str, plain: bool) -> String {
    let is_harmless = |c: char| c.is_alphanumeric() || "._/%+-() ".contains(c);
    let unsigned = text
        .strip_prefix('-')
        .filter(|rest| !rest.starts_with(['-', ' ']));
    let begins = unsigned
        .unwrap_or(text)
        .starts_with(|c: char| c.is_alphanumeric() || c == '+' || c == '.');
    let is_tidy = text == text.trim() && !text.is_empty();
    if plain && is_tidy && begins && text.chars().all(is_harmless) {
        return text.to_owned();
    }
    // What JSON writes in quotes, YAML reads.
    serde_json::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::super::provenance::{Author, annotate};
    use super::super::tree::TreePath;
    use super::super::{resolved, yaml};
    use super::*;
    use crate::diagnostics::Issues;

    fn read(text: &str, layer: u8) -> (Node, Provenances) {
        let (mut issues, mut provenances) = (Issues::new(), Provenances::default());
        let mut node = yaml::parse(text, 0, layer, &Limits::default(), &mut issues).expect("a tree");
        let author = if layer == Sources::LIBRARY {
            Author::Library
        } else {
            Author::User
        };
        annotate(&mut node, author, &TreePath::ROOT, &mut provenances, &mut issues);
        assert!(issues.is_empty(), "{:?}", issues.sorted());
        (node, provenances)
    }

    fn written(text: &str, layer: u8) -> String {
        let (node, provenances) = read(text, layer);
        let mut sources = Sources::new();
        sources.add_file("x.yaml", text.to_owned(), layer);
        yaml_text(node.entries().expect("a map"), &sources, &provenances)
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same() {
        let text = "title: \"yes: no # no\"\nsites: {alpha: {}, '2n': {name: 판교}}\nlist: [a b, '1', 1, \"~\", ~, {x: -3}]\n\
                    ups:\n  long-name-of-a-thing: {a: 1.5e-3 /h, b: 99.9 %, c: [d, e], f: {lognormal: {median: 40 min, p90: 4 h}}, g: 'true'}\n";
        let again = written(text, Sources::SCENARIO);
        let (first, second) = (read(text, Sources::SCENARIO).0, read(&again, Sources::SCENARIO).0);
        assert_eq!(resolved(&first), resolved(&second), "{again}");
        assert!(again.contains("  alpha: {}\n"), "{again}");
    }

    #[test]
    fn numbers_of_the_library_say_where_they_are_from() {
        let text = "ups:\n  a: {x: {assumed: 3 h}}\n  b: {x: {assumed: {value: 1 %, range: [0 %, 2 %]}}, y: {value: 5 h, source: a book, grade: primary}, z: w}\n";
        let again = written(text, Sources::LIBRARY);
        assert_eq!(
            again,
            "ups:\n  a: {x: 3 h}  # library, assumed\n  b:\n    x: 1 %  # library, assumed (0 % to 2 %)\n    y: 5 h  # library, primary: a book\n    z: w\n"
        );
    }
}
