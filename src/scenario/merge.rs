//! Lays one tree over another by the rules of a patch.
//!
//! Maps merge by key; where a value is a choice of tags, another tag replaces it whole; nothing (`null`, `~`, an empty
//! entry) removes; everything else is replaced. A list of ids is a short form of a map whose entries take all defaults,
//! and a bare tag is the same tag as `{tag: {...}}`.

use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value};
use crate::diagnostics::{Issue, Issues, Sources, Span, did_you_mean};
use std::collections::BTreeSet;

/// Above this number of entries a map is searched by an index.
const INDEXED_FROM: usize = 16;

/// An entry of a keyed map that a variant adds: probably meant, perhaps a typo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Way to it, such as `services › logn`.
    pub path: String,
    /// Where its key is written.
    pub span: Span,
    /// The id that was probably meant.
    pub near: Option<String>,
}

/// What is found out while the patch of a variant is applied.
pub(super) struct VariantNotes<'a> {
    pub sources: &'a Sources,
    pub issues: &'a mut Issues,
    pub added: &'a mut Vec<NewEntry>,
    /// Paths that a variant removed.
    pub removed: &'a mut BTreeSet<String>,
    /// Layer of the patch.
    pub layer: u8,
}

/// Lays `upper` over `lower`. A removal of what is not there is kept, because it may be meant for a layer further down.
/// `notes` is given when `upper` is the patch of a variant.
pub(super) fn merge(
    lower: &mut Node,
    upper: Node,
    shape: &Shape,
    path: &TreePath<'_>,
    notes: &mut Option<VariantNotes<'_>>,
) {
    if shape.is_tagged() {
        return merge_tagged(lower, upper, shape, path, notes);
    }
    let (mut lower_is_map, mut upper) = (matches!(lower.value, Value::Map(_)), upper);
    if shape.is_keyed() && (is_word_list(&upper) || matches!(upper.value, Value::Map(_))) {
        spread_words(lower);
        spread_words(&mut upper);
        lower_is_map = matches!(lower.value, Value::Map(_));
    }
    if let (true, Value::Map(_)) = (lower_is_map, &upper.value) {
        merge_maps(lower, upper, shape, path, notes);
    } else {
        replace(lower, upper, path, notes);
    }
}

fn merge_tagged(
    lower: &mut Node,
    upper: Node,
    shape: &Shape,
    path: &TreePath<'_>,
    notes: &mut Option<VariantNotes<'_>>,
) {
    // An empty entry asks for no other tag.
    if upper.entries().is_some_and(<[Entry]>::is_empty) {
        return;
    }
    let same = match (tag(lower), tag(&upper)) {
        (Some(below), Some(above)) => below == above && shape.has_tag(above),
        _ => false,
    };
    // A law of the library gives way as a whole: its parameters may be others than the author's (mean, sd; median, p90).
    let of_library = lower.entries().is_some_and(|entries| {
        entries
            .iter()
            .all(|entry| entry.key_span.layer == Sources::LIBRARY)
    });
    if !same || (of_library && shape.is_law()) {
        return replace(lower, upper, path, notes);
    }
    match (&lower.value, &upper.value) {
        (Value::Map(_), Value::Map(_)) => merge_maps(lower, upper, shape, path, notes),
        // The bare tag adds nothing to the same tag with fields.
        (Value::Map(_), _) => {}
        _ => replace(lower, upper, path, notes),
    }
}

/// The tag of a value: a bare word, or the only key of a map.
pub(super) fn tag(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::Map(entries) if entries.len() == 1 => Some(&entries[0].key),
        _ => None,
    }
}

/// Whether it is a list of words only.
pub(super) fn is_word_list(node: &Node) -> bool {
    node.elements()
        .is_some_and(|nodes| nodes.iter().all(|node| node.text().is_some() && !node.is_null()))
}

/// Turns a list of words into a map whose entries take all defaults; leaves everything else alone.
pub(super) fn spread_words(node: &mut Node) {
    if !is_word_list(node) {
        return;
    }
    if let Value::Seq(words) = &mut node.value {
        let entries = std::mem::take(words).into_iter().map(|word| {
            let span = word.span;
            let key = word.text().unwrap_or_default().into();
            Entry {
                key,
                key_span: span,
                node: Node {
                    grade: word.grade,
                    ..Node::empty_map(span)
                },
            }
        });
        node.value = Value::Map(entries.collect());
    }
}

fn replace(lower: &mut Node, upper: Node, path: &TreePath<'_>, notes: &mut Option<VariantNotes<'_>>) {
    if let Some(notes) = notes {
        notes.check_conflict(lower, &upper, path);
    }
    *lower = upper;
}

fn merge_maps(
    lower: &mut Node,
    upper: Node,
    shape: &Shape,
    path: &TreePath<'_>,
    notes: &mut Option<VariantNotes<'_>>,
) {
    let (Value::Map(below), Value::Map(above)) = (&mut lower.value, upper.value) else {
        return;
    };
    let index = Index::new(below);
    let mut removed: Vec<usize> = Vec::new();
    for Entry { key, key_span, node } in above {
        let child_path = path.child(&key, key_span);
        let Some(at) = index.find(below, &key) else {
            if let Some(notes) = notes {
                let keyed = shape.is_keyed() && !node.is_null();
                notes.check_new(&below[..index.length], &key, key_span, keyed, &child_path);
            }
            below.push(Entry { key, key_span, node });
            continue;
        };
        if node.is_null() {
            if let Some(notes) = notes {
                notes.check_conflict(&below[at].node, &node, &child_path);
                notes.removed.insert(child_path.to_string());
            }
            removed.push(at);
            continue;
        }
        if below[at].key_span.layer == Sources::LIBRARY {
            // Once the author speaks of it, it stands where the author wrote it, not in the library.
            below[at].key_span = key_span;
            below[at].node.span = node.span;
        }
        merge(&mut below[at].node, node, &shape.child(&key), &child_path, notes);
    }
    // Growth by doubling would leave much unused, in very many maps.
    below.shrink_to_fit();
    if !removed.is_empty() {
        removed.sort_unstable();
        let mut at = 0;
        let mut drop = removed.into_iter().peekable();
        below.retain(|_| {
            let dropped = drop.next_if_eq(&at).is_some();
            at += 1;
            !dropped
        });
    }
}

/// Finds the entries that a map had when the index was made.
pub(super) struct Index {
    /// Positions by key; empty for a small map.
    order: Vec<usize>,
    length: usize,
}

impl Index {
    pub fn new(entries: &[Entry]) -> Index {
        let length = entries.len();
        let mut order = Vec::new();
        if length > INDEXED_FROM {
            order.extend(0..length);
            order.sort_unstable_by(|&a: &usize, &b| entries[a].key.cmp(&entries[b].key));
        }
        Index { order, length }
    }

    pub fn find(&self, entries: &[Entry], key: &str) -> Option<usize> {
        if self.order.is_empty() {
            return entries[..self.length]
                .iter()
                .position(|entry| entry.key.as_ref() == key);
        }
        let found = self
            .order
            .binary_search_by(|&at| entries[at].key.as_ref().cmp(key))
            .ok()?;
        Some(self.order[found])
    }
}

impl VariantNotes<'_> {
    /// Warns when another variant has set what this one now sets differently.
    fn check_conflict(&mut self, lower: &Node, upper: &Node, path: &TreePath<'_>) {
        let Some(other) = self.other_variant(lower) else {
            return;
        };
        let same = match (lower.text(), upper.text()) {
            (Some(below), Some(above)) => below == above,
            _ => false,
        };
        if same {
            return;
        }
        let message = match upper.is_null() {
            true => format!(
                "removed here, set by another variant ({})",
                self.layer_name(other)
            ),
            false => format!("set differently by another variant ({})", self.layer_name(other)),
        };
        let issue = Issue::warning("variant-conflict", upper.span, message).at(path.to_string());
        self.issues
            .push(issue.also(other, "set here").note("the later variant wins"));
    }

    fn layer_name(&self, span: Span) -> String {
        self.sources
            .layer(span.layer)
            .map(|layer| layer.name())
            .unwrap_or_default()
    }

    /// A place in the tree that another variant wrote.
    fn other_variant(&self, node: &Node) -> Option<Span> {
        if node.span.layer != self.layer && self.sources.is_variant(node.span.layer) {
            return Some(node.span);
        }
        match &node.value {
            Value::Scalar { .. } => None,
            Value::Seq(nodes) => nodes.iter().find_map(|node| self.other_variant(node)),
            Value::Map(entries) => entries.iter().find_map(|entry| self.other_variant(&entry.node)),
        }
    }

    fn check_new(&mut self, known: &[Entry], key: &str, span: Span, keyed: bool, path: &TreePath<'_>) {
        let path = path.to_string();
        if self.removed.contains(&path) {
            let message = "set here, removed by another variant";
            let issue = Issue::warning("variant-conflict", span, message).at(path.clone());
            self.issues.push(issue.note("the later variant wins"));
        }
        if keyed {
            let near = did_you_mean(key, known.iter().map(|entry| entry.key.as_ref()));
            self.added.push(NewEntry { path, span, near });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::super::{resolved, yaml};
    use super::*;

    fn node(text: &str) -> Node {
        let mut issues = Issues::new();
        let node = yaml::parse(text, 0, 0, &Limits::default(), &mut issues).expect("a tree");
        assert!(issues.is_empty());
        node
    }

    fn shape() -> Shape {
        Shape::from_schema(&serde_json::json!({"type": "object", "properties": {
            "needs": {"type": "object", "additionalProperties": {"oneOf": [
                {"type": "string", "const": "start"},
                {"type": "object", "properties": {"hard": {"type": "object", "properties": {"grace": {"type": "string"},
                    "from": {"type": "string"}}}}, "required": ["hard"]},
                {"type": "object", "properties": {"soft": {"type": "object"}}, "required": ["soft"]}]}},
            "draw": {"type": "string"},
            "after": {"type": "array", "items": {"type": "string"}},
        }}))
    }

    fn merged(lower: &str, upper: &str) -> String {
        let mut lower = node(lower);
        merge(&mut lower, node(upper), &shape(), &TreePath::ROOT, &mut None);
        resolved(&lower).to_string()
    }

    #[test]
    fn maps_merge_by_key_and_nothing_removes() {
        assert_eq!(
            merged("{draw: a, x: {p: q}}", "{draw: b, x: {r: s}}"),
            r#"{"draw":"b","x":{"p":"q","r":"s"}}"#
        );
        for null in ["", "~", "null"] {
            assert_eq!(
                merged("{draw: a, x: b}", &format!("{{x: {null}}}")),
                r#"{"draw":"a"}"#
            );
        }
        assert_eq!(merged("{x: {p: q}}", "{x: {}}"), r#"{"x":{"p":"q"}}"#);
    }

    #[test]
    fn another_tag_replaces_the_whole_value_and_the_same_tag_merges() {
        let hard = "{needs: {a: {hard: {grace: 1 h}}}}";
        assert_eq!(
            merged(hard, "{needs: {a: {soft: {}}}}"),
            r#"{"needs":{"a":{"soft":{}}}}"#
        );
        assert_eq!(merged(hard, "{needs: {a: start}}"), r#"{"needs":{"a":"start"}}"#);
        assert_eq!(
            merged(hard, "{needs: {a: hard}}"),
            r#"{"needs":{"a":{"hard":{"grace":"1 h"}}}}"#
        );
        let both = r#"{"needs":{"a":{"hard":{"from":"x","grace":"1 h"}}}}"#;
        assert_eq!(merged(hard, "{needs: {a: {hard: {from: x}}}}"), both);
        assert_eq!(
            merged("{needs: {a: hard}}", hard),
            r#"{"needs":{"a":{"hard":{"grace":"1 h"}}}}"#
        );
    }

    #[test]
    fn a_list_of_ids_is_a_map_of_defaults_and_other_lists_are_replaced() {
        assert_eq!(
            merged("{needs: {a: hard}}", "{needs: [a, b]}"),
            r#"{"needs":{"a":"hard","b":{}}}"#
        );
        assert_eq!(
            merged("{needs: [a, b]}", "{needs: {b: ~, c: hard}}"),
            r#"{"needs":{"a":{},"c":"hard"}}"#
        );
        assert_eq!(merged("{after: [a, b]}", "{after: [c]}"), r#"{"after":["c"]}"#);
    }

    #[test]
    fn large_maps_merge_like_small_ones() {
        let lower: String = (0..2_000).map(|n| format!("k{n}: {n}\n")).collect();
        let upper: String = (0..2_000)
            .rev()
            .step_by(2)
            .map(|n| format!("k{n}: {}\n", if n % 4 == 3 { "~" } else { "x" }))
            .collect();
        let mut tree = node(&lower);
        merge(&mut tree, node(&upper), &Shape::any(), &TreePath::ROOT, &mut None);
        let text = |key: &str| tree.get(key).and_then(Node::text).map(str::to_owned);
        assert_eq!(tree.entries().map(<[Entry]>::len), Some(1_500));
        assert_eq!(
            (text("k1").as_deref(), text("k3"), text("k4").as_deref()),
            (Some("x"), None, Some("4"))
        );
    }

    #[test]
    fn a_replaced_value_points_at_the_patch() {
        let mut lower = node("{draw: a}");
        let mut upper = node("\n\n{draw: b}");
        upper.set_layer(7);
        merge(&mut lower, upper, &shape(), &TreePath::ROOT, &mut None);
        let span = lower.get("draw").expect("a value").span;
        assert_eq!((span.line, span.layer), (3, 7));
    }
}
