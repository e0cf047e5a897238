//! Columns of CSV files, from which empirical laws are drawn.
//!
//! `{empirical: {file: repairs.csv, column: hours, unit: h}}` becomes `{empirical: {values: [2 h, 3.5 h, ...]}}` wherever a law may stand, so
//! that whatever reads the tree (and whatever prints it) has the values themselves and needs no file.

use super::files::{self, ReadFault};
use super::include::identity;
use super::limits::Limits;
use super::load::{Language, SectionForm};
use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value, shorten};
use crate::diagnostics::{Issue, Issues, Sources, Span, did_you_mean};
use crate::quantity::SimDuration;
use crate::random::EMPIRICAL_VALUES_MAX;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The tag of the law whose values stand in a file.
const TAG: &str = "empirical";

/// Puts the values of columns in the place of the names of files, in all sections of the tree.
pub(super) fn read_columns(
    root: &mut Node,
    language: &Language,
    limits: &Limits,
    sources: &mut Sources,
    issues: &mut Issues,
) {
    let mut reader = Columns {
        limits,
        sources,
        issues,
        files: BTreeMap::new(),
    };
    for section in &language.sections {
        let Some(node) = root.get_mut(&section.name) else {
            continue;
        };
        let path = TreePath::ROOT;
        let path = path.child(&section.name, node.span);
        match (section.form, node.entries_mut()) {
            (SectionForm::Value, _) => reader.walk(node, &section.shape, &path),
            (_, Some(entries)) => {
                for entry in entries {
                    reader.walk(
                        &mut entry.node,
                        &section.shape,
                        &path.child(&entry.key, entry.key_span),
                    );
                }
            }
            _ => {}
        }
    }
}

struct Columns<'a> {
    limits: &'a Limits,
    sources: &'a mut Sources,
    issues: &'a mut Issues,
    /// The files read so far, by what they are; `None` for those that gave no text.
    files: BTreeMap<PathBuf, Option<u16>>,
}

/// What a law says of a column.
struct Wanted {
    file: String,
    file_span: Span,
    column: String,
    column_span: Span,
    unit: Option<String>,
}

impl Columns<'_> {
    fn walk(&mut self, node: &mut Node, shape: &Shape, path: &TreePath<'_>) {
        if shape.is_law() {
            if let Some(law) = node.get_mut(TAG)
                && let Some(wanted) = wanted(law)
            {
                // After a fault any values do: it has been told, and its consequences need not be.
                let values = self.values(&wanted, law, path).unwrap_or_else(|| {
                    let any = |text: &str| Node::plain(wanted.file_span, text);
                    Node::new(wanted.file_span, Value::Seq(vec![any("1 h"), any("2 h")]))
                });
                law.value = Value::Map(vec![Entry::new("values", wanted.file_span, values)]);
            }
            return;
        }
        match &mut node.value {
            Value::Scalar { .. } => {}
            Value::Seq(nodes) => {
                for node in nodes {
                    self.walk(node, &shape.element(), path);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    let below = path.child(&entry.key, entry.key_span);
                    self.walk(&mut entry.node, &shape.child(&entry.key), &below);
                }
            }
        }
    }

    fn fault(&mut self, issue: Issue, path: &TreePath<'_>) {
        self.issues.push(issue.at(path.to_string()));
    }

    /// The values of a column as a list of durations, all of them standing where the file is named.
    fn values(&mut self, wanted: &Wanted, law: &Node, path: &TreePath<'_>) -> Option<Node> {
        let file = self.file(wanted, path)?;
        let text = self.sources.file(file)?.text.clone();
        let mut table = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let names: Vec<String> = match table.headers() {
            Ok(names) => names.iter().map(str::to_owned).collect(),
            Err(error) => {
                self.not_csv(&error, file, wanted, path);
                return None;
            }
        };
        let Some(place) = names.iter().position(|name| *name == wanted.column) else {
            let message = format!(
                "`{}` has no column `{}`",
                shorten(&wanted.file),
                shorten(&wanted.column)
            );
            let issue = Issue::error("column-unknown", wanted.column_span, message);
            let near = did_you_mean(&wanted.column, names.iter().map(String::as_str));
            let known: Vec<String> = names.iter().take(12).map(|name| shorten(name)).collect();
            self.fault(
                match near {
                    Some(_) => issue.suggest(near),
                    None => issue.help(format!("its columns are: {}", known.join(", "))),
                },
                path,
            );
            return None;
        };
        let mut values = Vec::new();
        for record in table.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    self.not_csv(&error, file, wanted, path);
                    return None;
                }
            };
            let cell = record.get(place).unwrap_or_default();
            let written = match &wanted.unit {
                Some(unit) => format!("{cell} {unit}"),
                None => cell.to_owned(),
            };
            if let Err(error) = SimDuration::parse(&written) {
                let line = record.position().map_or(1, csv::Position::line);
                let issue = Issue::error("column-value", line_of(file, line), error.message)
                    .also(wanted.file_span, "the law is drawn from this column");
                let help = error
                    .help
                    .unwrap_or_else(|| "each line holds one length of time".to_owned());
                self.fault(issue.help(help), path);
                return None;
            }
            if values.len() == EMPIRICAL_VALUES_MAX {
                let message = format!(
                    "`{}` has more than {EMPIRICAL_VALUES_MAX} values",
                    shorten(&wanted.file)
                );
                let issue = Issue::error("column-too-long", wanted.file_span, message)
                    .note("the limit is named `EMPIRICAL_VALUES_MAX`; it is fixed")
                    .help("draw a sample of the lines, or give the law that fits them");
                self.fault(issue, path);
                return None;
            }
            values.push(Node {
                grade: law.grade,
                ..Node::plain(wanted.file_span, &written)
            });
        }
        Some(Node {
            grade: law.grade,
            ..Node::new(wanted.file_span, Value::Seq(values))
        })
    }

    fn not_csv(&mut self, error: &csv::Error, file: u16, wanted: &Wanted, path: &TreePath<'_>) {
        let line = error.position().map_or(1, csv::Position::line);
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("the first line has {expected_len} columns, this one {len}")
            }
            _ => error.to_string(),
        };
        let issue = Issue::error("not-csv", line_of(file, line), message)
            .also(wanted.file_span, "the law is drawn from this file")
            .help("a CSV file has as many commas in each line as in the first one");
        self.fault(issue, path);
    }

    /// The number of the file, read on its first mention.
    fn file(&mut self, wanted: &Wanted, path: &TreePath<'_>) -> Option<u16> {
        let name = Path::new(&wanted.file);
        let folder = self
            .sources
            .file(wanted.file_span.file)
            .map(|file| Path::new(&file.name).parent().unwrap_or(Path::new("")).to_owned())
            .unwrap_or_default();
        let at = folder.join(name);
        let below = name
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let within = if folder.as_os_str().is_empty() {
            identity(Path::new("."))
        } else {
            identity(&folder)
        };
        // A symbolic link may lead out of the folder, too.
        if !below || (at.exists() && !identity(&at).starts_with(&within)) {
            let message = format!(
                "`{}` does not lie below the file that names it",
                shorten(&wanted.file)
            );
            let issue = Issue::error("column-file", wanted.file_span, message);
            self.fault(
                issue.help("put the data beside the scenario, so that both travel together"),
                path,
            );
            return None;
        }
        let identity = identity(&at);
        if let Some(&known) = self.files.get(&identity) {
            return known;
        }
        let read = self.read(&at, wanted, path);
        self.files.insert(identity, read);
        read
    }

    fn read(&mut self, at: &Path, wanted: &Wanted, path: &TreePath<'_>) -> Option<u16> {
        let limit = self.limits.includes_max;
        if self.files.len() == limit {
            let message = format!("more than {limit} data files are read");
            let issue = Issue::error("too-many-includes", wanted.file_span, message)
                .note("the limit is named `includes_max`; raise it with --limit-includes");
            self.fault(issue, path);
            return None;
        }
        let layer = wanted.file_span.layer;
        let file = self
            .sources
            .add_file(at.display().to_string(), String::new(), layer)?;
        match files::read_text(at, file, self.limits) {
            Ok(text) => {
                self.sources.set_text(file, text);
                Some(file)
            }
            Err(ReadFault::World(message)) => {
                let message = format!("`{}` cannot be read: {message}", shorten(&wanted.file));
                let issue = Issue::error("column-file", wanted.file_span, message);
                self.fault(
                    issue.help("file names are relative to the file that names them"),
                    path,
                );
                None
            }
            Err(ReadFault::Issue(issue)) => {
                let issue = Issue {
                    span: wanted.file_span,
                    ..*issue
                };
                self.fault(issue, path);
                None
            }
        }
    }
}

/// What an empirical law says of a file; `None` if it names none, or says anything else that its own reading will find.
fn wanted(law: &Node) -> Option<Wanted> {
    let text = |key: &str| {
        let node = law.get(key)?;
        (!node.is_null()).then(|| Some((node.text()?.to_owned(), node.span)))?
    };
    let (file, file_span) = text("file")?;
    let (column, column_span) = text("column")?;
    let known = law
        .entries()?
        .iter()
        .all(|entry| matches!(entry.key.as_ref(), "file" | "column" | "unit"));
    known.then(|| Wanted {
        file,
        file_span,
        column,
        column_span,
        unit: text("unit").map(|(unit, _)| unit),
    })
}

fn line_of(file: u16, line: u64) -> Span {
    Span {
        file,
        layer: Sources::SCENARIO,
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: 1,
        length: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::super::resolved::resolved;
    use super::super::{Loaded, SectionShape, load};
    use super::*;
    use crate::random::LawInput;

    /// A language of one section whose entries have a law, and a list of laws.
    fn language() -> Language {
        let law = schemars::schema_for!(BTreeMap<String, LawInput>);
        let mut shape = serde_json::to_value(&law).expect("JSON");
        let of_one = shape["additionalProperties"].take();
        shape["additionalProperties"] = serde_json::Value::Bool(false);
        shape["properties"] =
            serde_json::json!({"repair": of_one, "all": {"type": "array", "items": of_one}});
        Language {
            sections: vec![SectionShape {
                name: "things".to_owned(),
                form: SectionForm::Entities,
                shape: Shape::from_schema(&shape),
                nested: Vec::new(),
            }],
            library: &[],
            places: Vec::new(),
            archetypes: &[],
        }
    }

    /// What becomes of a scenario beside these files.
    fn loaded(text: &str, files: &[(&str, &str)], limits: &Limits) -> Loaded {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).expect("a file");
        }
        let path = folder.path().join("scenario.yaml");
        std::fs::write(&path, format!("blackstart: 1\n{text}")).expect("a file");
        load(&path, &language(), &[], limits).expect("a readable file")
    }

    fn codes(loaded: &Loaded) -> Vec<String> {
        loaded
            .issues
            .iter()
            .map(|issue| format!("{} {}", issue.code, issue.path))
            .collect()
    }

    const REPAIRS: &str = "\u{feff}id,hours\n1,2\n2, 3.5\n3,0.25\n";

    #[test]
    fn a_column_becomes_its_values_wherever_a_law_may_stand() {
        let text = "things:\n  a: {repair: {empirical: {file: data/repairs.csv, column: hours, unit: h}}}\n  \
                    b: {all: [4 h, {empirical: {file: ./own.csv, column: time}}]}\n";
        let files = [("data/repairs.csv", REPAIRS), ("own.csv", "time\n90 min\n1 d\n")];
        let loaded = loaded(text, &files, &Limits::default());
        assert_eq!(codes(&loaded), Vec::<String>::new());
        let things = resolved(loaded.root.get("things").expect("a section"));
        assert_eq!(
            things.to_string(),
            r#"{"a":{"repair":{"empirical":{"values":["2 h","3.5 h","0.25 h"]}}},"b":{"all":["4 h",{"empirical":{"values":["90 min","1 d"]}}]}}"#
        );
        let law: LawInput = serde_json::from_value(things["a"]["repair"].clone()).expect("a law");
        assert!((law.law().mean() / 3600e6 - 5.75 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_wrong_with_a_column_is_said_with_its_place() {
        let law = |parameters: &str| format!("things: {{a: {{repair: {{empirical: {{{parameters}}}}}}}}}\n");
        let files = [
            ("repairs.csv", REPAIRS),
            ("crooked.csv", "hours\n1\n2,3\n"),
            ("words.csv", "hours\n1\nsoon\n"),
            ("bytes.csv", "hours\n"),
        ];
        let limits = Limits {
            includes_max: 1,
            ..Limits::default()
        };
        for (parameters, code) in [
            ("file: none.csv, column: hours, unit: h", "column-file"),
            ("file: ../repairs.csv, column: hours, unit: h", "column-file"),
            ("file: /etc/passwd, column: hours, unit: h", "column-file"),
            ("file: data, column: hours, unit: h", "is-a-directory"),
            ("file: repairs.csv, column: hour, unit: h", "column-unknown"),
            ("file: repairs.csv, column: sorrow, unit: h", "column-unknown"),
            ("file: repairs.csv, column: hours", "column-value"),
            ("file: words.csv, column: hours, unit: h", "column-value"),
            ("file: crooked.csv, column: hours, unit: h", "not-csv"),
        ] {
            let loaded = loaded(&law(parameters), &files, &limits);
            assert_eq!(
                codes(&loaded),
                [format!("{code} things › a › repair")],
                "{parameters}"
            );
            let issue = loaded.issues.iter().next().expect("an issue");
            assert!(!issue.span.is_nowhere() && issue.help.is_some(), "{parameters}");
        }
        // What is no file of values is left to the reading of laws.
        for parameters in [
            "values: [1 h, 2 h]",
            "file: repairs.csv",
            "file: repairs.csv, column: hours, more: 1",
        ] {
            assert_eq!(
                codes(&loaded(&law(parameters), &files, &limits)),
                Vec::<String>::new()
            );
        }
        let line = |parameters: &str| {
            let loaded = loaded(&law(parameters), &files, &limits);
            loaded.issues.iter().next().map(|issue| issue.span.line)
        };
        assert_eq!(line("file: words.csv, column: hours, unit: h"), Some(3));
        assert_eq!(line("file: crooked.csv, column: hours, unit: h"), Some(3));
    }

    #[test]
    fn limits_of_columns_are_named() {
        let two = "things:\n  a: {repair: {empirical: {file: a.csv, column: t}}}\n  \
                   b: {repair: {empirical: {file: b.csv, column: t}}}\n  c: {repair: {empirical: {file: a.csv, column: t}}}\n";
        let long = format!("t\n{}", "1 h\n".repeat(EMPIRICAL_VALUES_MAX + 1));
        let files = [("a.csv", "t\n1 h\n2 h\n"), ("b.csv", long.as_str())];
        let limits = Limits {
            includes_max: 1,
            ..Limits::default()
        };
        let said = loaded(two, &files, &limits);
        assert_eq!(codes(&said), ["too-many-includes things › b › repair"]);
        let said = loaded(two, &files, &Limits::default());
        assert_eq!(codes(&said), ["column-too-long things › b › repair"]);
    }
}
