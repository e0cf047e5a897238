//! The tree: scalars, lists and maps that know where they were written.

use crate::diagnostics::{Sources, Span};
use std::fmt;
use std::sync::Arc;

/// Which entry of the side table says where a value comes from; [`ProvenanceId::NONE`] when nothing was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProvenanceId(pub u32);

impl ProvenanceId {
    /// Nothing was said about the value.
    pub const NONE: ProvenanceId = ProvenanceId(0);
}

/// One value of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it was written.
    pub span: Span,
    /// What it is.
    pub value: Value,
    /// What was said about where it comes from.
    pub grade: ProvenanceId,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, a number, a flag or nothing at all: its raw text tells, when it is read.
    Scalar {
        /// The text, escapes undone.
        text: Arc<str>,
        /// Written without quotes, so that it may also be a number, a flag or nothing.
        plain: bool,
    },
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order in which it was written; no key twice.
    Map(Vec<Entry>),
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key was written.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Entry {
    /// An entry.
    pub fn new(key: &str, key_span: Span, node: Node) -> Entry {
        Entry {
            key: key.into(),
            key_span,
            node,
        }
    }
}

impl Node {
    /// Whether the library gave any part of it.
    pub fn has_library(&self) -> bool {
        self.span.layer == Sources::LIBRARY
            || match &self.value {
                Value::Scalar { .. } => false,
                Value::Seq(nodes) => nodes.iter().any(Self::has_library),
                Value::Map(entries) => entries.iter().any(|entry| entry.node.has_library()),
            }
    }

    /// A node of which nothing was said.
    pub fn new(span: Span, value: Value) -> Node {
        Node {
            span,
            value,
            grade: ProvenanceId::NONE,
        }
    }

    /// A plain scalar.
    pub fn plain(span: Span, text: &str) -> Node {
        Node::new(
            span,
            Value::Scalar {
                text: text.into(),
                plain: true,
            },
        )
    }

    /// An empty map.
    pub fn empty_map(span: Span) -> Node {
        Node::new(span, Value::Map(Vec::new()))
    }

    /// Whether it is nothing: a plain scalar that is empty, `~` or `null` in any of its spellings.
    pub fn is_null(&self) -> bool {
        match &self.value {
            Value::Scalar { text, plain: true } => {
                matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entries of a map, to be changed.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        match &mut self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn elements(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The entry of a map under this key. Looks through the entries one by one.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key.as_ref() == key)
    }

    /// The value of a map under this key. Looks through the entries one by one.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value of a map under this key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries_mut()?
            .iter_mut()
            .find(|entry| entry.key.as_ref() == key)
            .map(|entry| &mut entry.node)
    }

    /// Takes an entry out of a map.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let entries = self.entries_mut()?;
        let at = entries.iter().position(|entry| entry.key.as_ref() == key)?;
        Some(entries.remove(at))
    }

    /// Puts an entry into a map in the place of one with the same key, which is returned, or at its end. A node that is no
    /// map becomes one.
    pub fn insert(&mut self, entry: Entry) -> Option<Node> {
        if !matches!(self.value, Value::Map(_)) {
            self.value = Value::Map(Vec::new());
        }
        let entries = self.entries_mut()?;
        if let Some(old) = entries.iter_mut().find(|old| old.key == entry.key) {
            return Some(std::mem::replace(old, entry).node);
        }
        entries.push(entry);
        None
    }

    /// The node at the end of a way of keys.
    pub fn find<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        keys.into_iter().try_fold(self, |node, key| node.get(key))
    }

    /// Number of nodes in this tree, itself included.
    pub fn count(&self) -> usize {
        match &self.value {
            Value::Scalar { .. } => 1,
            Value::Seq(nodes) => 1 + nodes.iter().map(Node::count).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|entry| entry.node.count()).sum::<usize>(),
        }
    }

    /// What it is, in words: `nothing`, `` `text` ``, `a list`, `a map`.
    pub fn describe(&self) -> String {
        match &self.value {
            _ if self.is_null() => "nothing".to_owned(),
            Value::Scalar { text, .. } => format!("`{}`", shorten(text)),
            Value::Seq(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    /// Calls `change` for every node of the tree, parents before children.
    pub fn for_each_mut(&mut self, change: &mut impl FnMut(&mut Node)) {
        change(self);
        match &mut self.value {
            Value::Scalar { .. } => {}
            Value::Seq(nodes) => nodes.iter_mut().for_each(|node| node.for_each_mut(change)),
            Value::Map(entries) => entries
                .iter_mut()
                .for_each(|entry| entry.node.for_each_mut(change)),
        }
    }

    /// Says of every place in the tree that it belongs to this layer.
    pub fn set_layer(&mut self, layer: u8) {
        self.for_each_mut(&mut |node| {
            node.span.layer = layer;
            if let Value::Map(entries) = &mut node.value {
                entries.iter_mut().for_each(|entry| entry.key_span.layer = layer);
            }
        });
    }
}

/// The text, cut after some 60 characters, for messages.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    match text.char_indices().nth(SHOWN_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The way from the root to a node, kept on the stack while walking: `services › pay › needs`.
#[derive(Clone, Copy, Debug)]
pub struct TreePath<'a> {
    parent: Option<&'a TreePath<'a>>,
    key: &'a str,
    span: Span,
}

impl<'a> TreePath<'a> {
    /// The root of the document.
    pub const ROOT: TreePath<'static> = TreePath {
        parent: None,
        key: "",
        span: Span::NOWHERE,
    };

    /// One step further, over `key`, which stands at `span`.
    pub fn child<'b>(&'b self, key: &'b str, span: Span) -> TreePath<'b>
    where
        'a: 'b,
    {
        TreePath {
            parent: Some(self),
            key,
            span,
        }
    }

    /// The last key; empty at the root.
    pub fn key(&self) -> &'a str {
        self.key
    }

    /// Where the last key was written.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Number of keys.
    pub fn depth(&self) -> usize {
        self.parent.map_or(0, |parent| parent.depth() + 1)
    }
}

impl fmt::Display for TreePath<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            None => Ok(()),
            Some(parent) => {
                if parent.parent.is_some() {
                    write!(out, "{parent} › ")?;
                }
                out.write_str(self.key)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_of_any_spelling_are_nothing_and_quoted_ones_are_text() {
        for text in ["", "~", "null", "Null", "NULL"] {
            assert!(Node::plain(Span::NOWHERE, text).is_null(), "{text:?}");
            let quoted = Node::new(
                Span::NOWHERE,
                Value::Scalar {
                    text: text.into(),
                    plain: false,
                },
            );
            assert!(!quoted.is_null(), "{text:?}");
        }
        assert!(!Node::plain(Span::NOWHERE, "none").is_null());
    }

    #[test]
    fn entries_keep_their_place_when_replaced() {
        let mut map = Node::empty_map(Span::NOWHERE);
        for key in ["a", "b", "a"] {
            map.insert(Entry::new(key, Span::NOWHERE, Node::plain(Span::NOWHERE, key)));
        }
        let keys: Vec<_> = map
            .entries()
            .expect("a map")
            .iter()
            .map(|entry| entry.key.as_ref())
            .collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(map.count(), 3);
        assert!(map.remove("a").is_some() && map.get("a").is_none());
    }

    #[test]
    fn a_path_reads_as_people_say_it() {
        let services = TreePath::ROOT.child("services", Span::NOWHERE);
        let pay = services.child("pay", Span::NOWHERE);
        assert_eq!(
            pay.child("needs", Span::NOWHERE).to_string(),
            "services › pay › needs"
        );
        assert_eq!((TreePath::ROOT.to_string().as_str(), pay.depth()), ("", 2));
    }
}
