//! Where a value comes from: grade, source and range, as its author says.
//!
//! Any value may be written `{assumed: VALUE}`, `{assumed: {value: VALUE, range: [LOW, HIGH]}}`, or
//! `{value: VALUE, source: "where from", grade: primary}` with or without `range`. The value takes the annotation's place in
//! the tree, and what was said goes into a side table; said of a map, it holds for all values below.

use super::tree::{Entry, Node, ProvenanceId, TreePath, Value, shorten};
use crate::diagnostics::{Issue, Issues, LayerKind, Sources, Span, did_you_mean};
use std::collections::{BTreeMap, BTreeSet};

/// How good the source of a number is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A report by those who were there, or a standard.
    Primary,
    /// A survey of many.
    Survey,
    /// The press.
    Press,
    /// Who sells it.
    Vendor,
    /// Computed from other numbers.
    Derived,
    /// Assumed.
    Assumed,
}

impl Grade {
    /// All grades, best first.
    pub const ALL: [Grade; 6] = [
        Grade::Primary,
        Grade::Survey,
        Grade::Press,
        Grade::Vendor,
        Grade::Derived,
        Grade::Assumed,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Grade::Primary => "primary",
            Grade::Survey => "survey",
            Grade::Press => "press",
            Grade::Vendor => "vendor",
            Grade::Derived => "derived",
            Grade::Assumed => "assumed",
        }
    }

    /// The grade of this name.
    pub fn from_name(name: &str) -> Option<Grade> {
        Grade::ALL.into_iter().find(|grade| grade.name() == name)
    }
}

/// Who wrote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The scenario, or a file that it includes.
    Yours,
    /// The built-in library.
    Library,
    /// The patch of a variant.
    Variant,
}

/// What was said about a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// How good the source is.
    pub grade: Option<Grade>,
    /// The source in words.
    pub source: Option<String>,
    /// The lowest and the highest value that would be believed, as written.
    pub range: Option<(String, String)>,
}

/// The side table: all that was said about values.
#[derive(Clone, Debug)]
pub struct Provenances {
    table: Vec<Provenance>,
}

impl Default for Provenances {
    fn default() -> Provenances {
        // The first row belongs to values of which nothing was said.
        Provenances {
            table: vec![Provenance::default()],
        }
    }
}

impl Provenances {
    /// What was said about a value.
    pub fn get(&self, id: ProvenanceId) -> &Provenance {
        usize::try_from(id.0)
            .ok()
            .and_then(|at| self.table.get(at))
            .unwrap_or(&self.table[0])
    }

    fn add(&mut self, provenance: Provenance) -> ProvenanceId {
        let id = u32::try_from(self.table.len()).unwrap_or(0);
        self.table.push(provenance);
        ProvenanceId(id)
    }
}

/// Who wrote a node.
pub fn origin(node: &Node, sources: &Sources) -> Origin {
    match sources.layer(node.span.layer).map(|layer| &layer.kind) {
        Some(LayerKind::Library) => Origin::Library,
        Some(LayerKind::Variant(_)) => Origin::Variant,
        _ => Origin::Yours,
    }
}

/// Numbers of a scenario by who wrote them, and how well they are founded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberCounts {
    /// The author's own (variants included), without a grade.
    pub yours_plain: usize,
    /// The author's own, by grade.
    pub yours: BTreeMap<Grade, usize>,
    /// The library's without a grade: none, if the library is in order.
    pub library_plain: usize,
    /// The library's, by grade.
    pub library: BTreeMap<Grade, usize>,
}

impl NumberCounts {
    /// All numbers.
    pub fn total(&self) -> usize {
        self.yours_total() + self.library_total()
    }

    /// The author's own.
    pub fn yours_total(&self) -> usize {
        self.yours_plain + self.yours.values().sum::<usize>()
    }

    /// The library's.
    pub fn library_total(&self) -> usize {
        self.library_plain + self.library.values().sum::<usize>()
    }
}

/// Counts the numbers of trees. A number that stands in many places, because a template, `count:` or the library put it
/// there, is one number.
pub fn count_numbers<'a>(
    nodes: impl IntoIterator<Item = &'a Node>,
    sources: &Sources,
    provenances: &Provenances,
) -> NumberCounts {
    let mut found: Vec<(u128, Origin, Option<Grade>)> = Vec::new();
    let mut library: BTreeSet<Span> = BTreeSet::new();
    let mut rest: Vec<&Node> = nodes.into_iter().collect();
    while let Some(node) = rest.pop() {
        match &node.value {
            Value::Scalar { text, .. } => {
                // The library's numbers stand in very many places.
                if is_number(text) && (node.span.layer != Sources::LIBRARY || library.insert(node.span)) {
                    found.push((
                        node.span.pack(),
                        origin(node, sources),
                        provenances.get(node.grade).grade,
                    ));
                }
            }
            Value::Seq(nodes) => rest.extend(nodes),
            Value::Map(entries) => rest.extend(entries.iter().map(|entry| &entry.node)),
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|number| number.0);
    let mut counts = NumberCounts::default();
    for (_, origin, grade) in found {
        let (plain, graded) = match origin {
            Origin::Library => (&mut counts.library_plain, &mut counts.library),
            Origin::Yours | Origin::Variant => (&mut counts.yours_plain, &mut counts.yours),
        };
        match grade {
            None => *plain += 1,
            Some(grade) => *graded.entry(grade).or_default() += 1,
        }
    }
    counts
}

/// Whether a scalar is a number, with or without unit: not a date (`2022-10-15`), a time (`15:19`) or an id (`2n-feed`).
pub fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    if !digits
        .trim_start_matches('.')
        .starts_with(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    let end = digits
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(digits.len());
    let rest = &digits[end..];
    let rest = match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let exponent = exponent.trim_start_matches(['+', '-']);
            exponent.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        None => rest,
    };
    rest.is_empty() || rest.starts_with([' ', '%'])
}

/// Whose file it is: in the library's, plain keys `source` and `grade` beside others speak of their whole map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    User,
    Library,
}

/// Takes the annotations out of a tree. `path` is the way to `node`.
pub(super) fn annotate(
    node: &mut Node,
    author: Author,
    path: &TreePath<'_>,
    table: &mut Provenances,
    issues: &mut Issues,
) {
    walk(node, ProvenanceId::NONE, author, path, table, issues);
}

fn walk(
    node: &mut Node,
    inherited: ProvenanceId,
    author: Author,
    path: &TreePath<'_>,
    table: &mut Provenances,
    issues: &mut Issues,
) {
    let mut holds = inherited;
    while let Some((value, provenance)) = taken_apart(node, path, issues) {
        *node = value;
        holds = table.add(provenance);
    }
    if author == Author::Library
        && let Some(provenance) = of_the_whole_map(node)
    {
        holds = table.add(provenance);
    }
    node.grade = holds;
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::Seq(nodes) => {
            for node in nodes {
                walk(node, holds, author, path, table, issues);
            }
        }
        Value::Map(entries) => {
            for Entry { key, key_span, node } in entries {
                walk(node, holds, author, &path.child(key, *key_span), table, issues);
            }
        }
    }
}

/// The value of an annotation and what it says; `None` if the node is none.
fn taken_apart(node: &mut Node, path: &TreePath<'_>, issues: &mut Issues) -> Option<(Node, Provenance)> {
    let entries = node.entries()?;
    let assumed = matches!(entries, [only] if only.key.as_ref() == "assumed");
    // At the top stand the sections, and in a section the entries: `assumed` may be the id of one.
    let too_high = path.depth() == 0
        || (path.depth() == 1 && entries.iter().any(|entry| entry.node.entries().is_some()));
    if too_high || !(assumed || is_annotation(entries)) {
        return None;
    }
    let mut provenance = Provenance::default();
    let mut inner = std::mem::replace(node, Node::empty_map(node.span));
    if assumed {
        provenance.grade = Some(Grade::Assumed);
        inner = inner.remove("assumed")?.node;
        let detailed = inner.entries().is_some_and(|entries| {
            let known = |entry: &Entry| matches!(entry.key.as_ref(), "value" | "range" | "source");
            entries.iter().any(|entry| entry.key.as_ref() == "value") && entries.iter().all(known)
        });
        if !detailed {
            return Some((inner, provenance));
        }
    }
    let value = inner.remove("value")?.node;
    if let Some(entry) = inner.remove("grade") {
        match entry.node.text().map(|word| (word, Grade::from_name(word))) {
            Some((_, Some(grade))) => provenance.grade = Some(grade),
            Some((word, None)) => {
                let names = Grade::ALL.map(Grade::name);
                let message = format!("`{}` is no grade", shorten(word));
                let issue = Issue::error("bad-annotation", entry.node.span, message).at(path.to_string());
                issues.push(match did_you_mean(word, names) {
                    Some(near) => issue.suggest(Some(near)),
                    None => issue.help(format!("write one of: {}", names.join(", "))),
                });
            }
            None => issues.push(
                Issue::error("bad-annotation", entry.node.span, "a grade is one word").at(path.to_string()),
            ),
        }
    }
    if let Some(entry) = inner.remove("source") {
        match entry.node.text() {
            Some(text) => provenance.source = Some(text.to_owned()),
            None => issues.push(
                Issue::error("bad-annotation", entry.node.span, "a source is a text").at(path.to_string()),
            ),
        }
    }
    if let Some(entry) = inner.remove("range") {
        match entry.node.elements() {
            Some([low, high]) if low.text().is_some() && high.text().is_some() => {
                let text = |node: &Node| node.text().unwrap_or_default().to_owned();
                provenance.range = Some((text(low), text(high)));
            }
            _ => {
                let issue = Issue::error(
                    "bad-annotation",
                    entry.node.span,
                    "a range is a list of two values",
                );
                issues.push(issue.at(path.to_string()).help("write `range: [LOW, HIGH]`"));
            }
        }
    }
    Some((value, provenance))
}

fn is_annotation(entries: &[Entry]) -> bool {
    let has = |key: &str| entries.iter().any(|entry| entry.key.as_ref() == key);
    let known = |entry: &Entry| matches!(entry.key.as_ref(), "value" | "source" | "grade" | "range");
    has("value") && (has("source") || has("grade")) && entries.iter().all(known)
}

/// `grade` (and `source`) as plain keys of a map of the library, which are taken out of it.
fn of_the_whole_map(node: &mut Node) -> Option<Provenance> {
    let grade = Grade::from_name(node.get("grade")?.text()?)?;
    node.remove("grade");
    let source = node
        .remove("source")
        .and_then(|entry| entry.node.text().map(str::to_owned));
    Some(Provenance {
        grade: Some(grade),
        source,
        range: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::super::{resolved, yaml};
    use super::*;

    fn annotated(text: &str, author: Author) -> (Node, Provenances, Vec<String>) {
        let mut issues = Issues::new();
        let layer = if author == Author::Library {
            Sources::LIBRARY
        } else {
            Sources::SCENARIO
        };
        let mut node = yaml::parse(text, 0, layer, &Limits::default(), &mut issues).expect("a tree");
        let mut table = Provenances::default();
        annotate(&mut node, author, &TreePath::ROOT, &mut table, &mut issues);
        (
            node,
            table,
            issues.iter().map(|issue| issue.code.to_string()).collect(),
        )
    }

    #[test]
    fn annotations_leave_the_value_and_are_kept_beside() {
        let text = "pools:\n  web: {draw: {assumed: 600 W}, servers: {value: 40, source: a visit, grade: primary}, \
                    boot: {assumed: {value: {by-hand: {each: 4 min}}, range: [2 min, 9 min]}}}\n";
        let (node, table, codes) = annotated(text, Author::User);
        assert!(codes.is_empty(), "{codes:?}");
        let expected =
            r#"{"pools":{"web":{"boot":{"by-hand":{"each":"4 min"}},"draw":"600 W","servers":40}}}"#;
        assert_eq!(resolved(&node).to_string(), expected);
        let said = |keys: &[&str]| {
            table
                .get(node.find(keys.iter().copied()).expect("a value").grade)
                .clone()
        };
        assert_eq!(said(&["pools", "web", "draw"]).grade, Some(Grade::Assumed));
        assert_eq!(
            said(&["pools", "web", "servers"]).source.as_deref(),
            Some("a visit")
        );
        let each = said(&["pools", "web", "boot", "by-hand", "each"]);
        assert_eq!(each.range, Some(("2 min".to_owned(), "9 min".to_owned())));
        assert_eq!(said(&["pools", "web"]), Provenance::default());
    }

    #[test]
    fn ids_are_no_annotations() {
        let text = "services:\n  assumed: {tier: 1}\n";
        let (node, _, codes) = annotated(text, Author::User);
        assert!(codes.is_empty());
        assert!(node.find(["services", "assumed", "tier"]).is_some());
    }

    #[test]
    fn broken_annotations_are_told() {
        let text = "a: {b: {c: {value: 1, grade: primry}, d: {value: 1, source: x, range: 3}, e: {value: 1, grade: [x]}}}";
        assert_eq!(
            annotated(text, Author::User).2,
            ["bad-annotation", "bad-annotation", "bad-annotation"]
        );
    }

    #[test]
    fn numbers_are_counted_once_by_origin_and_grade() {
        let text = "pools: {a: {x: 1, y: {assumed: 2 h}, at: 15:19, on: 2022-10-15, in: 2n-room, name: x}}";
        let (node, table, _) = annotated(text, Author::User);
        let counts = count_numbers([&node, &node], &Sources::new(), &table);
        assert_eq!(
            (
                counts.yours_plain,
                counts.yours.get(&Grade::Assumed),
                counts.total()
            ),
            (1, Some(&1), 2)
        );
        let text =
            "generators:\n  default: {source: a book, grade: survey, x: 1, y: {z: 2 h, w: {assumed: 3 %}}}\n";
        let (node, table, _) = annotated(text, Author::Library);
        assert!(node.find(["generators", "default", "grade"]).is_none());
        let counts = count_numbers([&node], &Sources::new(), &table);
        assert_eq!(
            (
                counts.library.get(&Grade::Survey),
                counts.library.get(&Grade::Assumed)
            ),
            (Some(&2), Some(&1))
        );
        assert_eq!((counts.library_plain, counts.yours_total()), (0, 0));
    }

    #[test]
    fn numbers_are_told_from_dates_times_and_ids() {
        for text in [
            "1",
            "-3 h",
            "1.18e-3 /h",
            "99.9 %",
            "0.5%",
            "+2",
            ".5",
            "40 million",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "",
            "x",
            "15:19",
            "2022-10-15",
            "2022-10-15T15:19",
            "2N",
            "2n-room",
            "-",
            "10.0.0.1/8",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
