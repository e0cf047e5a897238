//! Text to tree: YAML (and JSON, which is a part of it), through the events of `granit-parser`.
//!
//! Everything is bounded before it is built: size, depth, number of values, what aliases repeat. Knows nothing of what the
//! values mean.

use super::limits::Limits;
use super::tree::{Entry, Node, Value, shorten};
use crate::diagnostics::{Issue, Issues, Span};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parses one document. `None` if there is no tree; the reasons are in `issues`. A tree may be returned beside issues.
pub(super) fn parse(text: &str, file: u16, layer: u8, limits: &Limits, issues: &mut Issues) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // One level more than ours, so that the limit is always told in our words.
    let nesting = limits.depth_max + 1;
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: nesting,
        block_nesting_limit: nesting,
    };
    let parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder {
        file,
        layer,
        limits,
        issues,
        stack: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
        alias_nodes: 0,
        root: None,
        words: Words::default(),
    };
    let tree = builder.run(parser);
    let issues = builder.issues;
    match tree {
        Ok(Some(root)) if !root.is_null() => Some(root),
        Ok(_) => {
            let place = Span {
                file,
                layer,
                ..Span::NOWHERE
            };
            let issue = Issue::error("empty-file", place, "the file is empty");
            issues.push(issue.help("the smallest scenario begins with `blackstart: 1`"));
            None
        }
        Err(Stop) => None,
    }
}

/// Nothing more can be read; the reason is among the issues.
struct Stop;

/// A collection under way.
struct Frame {
    node: Node,
    key: Option<(Arc<str>, Span)>,
    anchor: usize,
    /// Values in it so far, itself included.
    count: usize,
    /// Levels below it so far.
    height: usize,
    /// Where it began, to tell whether it ends on the same line.
    flow_start: Option<usize>,
}

/// A finished value that an alias may repeat.
struct Anchor {
    node: Node,
    count: usize,
    height: usize,
}

struct Builder<'a> {
    file: u16,
    layer: u8,
    limits: &'a Limits,
    issues: &'a mut Issues,
    stack: Vec<Frame>,
    anchors: BTreeMap<usize, Anchor>,
    nodes: usize,
    alias_nodes: usize,
    root: Option<Node>,
    words: Words,
}

/// Words that were met lately. The same few stand in a document again and again, and share one text.
struct Words {
    slots: Vec<Option<Arc<str>>>,
}

impl Default for Words {
    fn default() -> Words {
        Words {
            slots: vec![None; Words::SLOTS],
        }
    }
}

impl Words {
    /// How many words are remembered, each in the one slot that it falls into.
    const SLOTS: usize = 1024;

    /// Longer texts are hardly ever repeated.
    const LENGTH_MAX: usize = 32;

    fn get(&mut self, text: &str) -> Arc<str> {
        if text.len() > Words::LENGTH_MAX {
            return text.into();
        }
        let mix = |hash: usize, byte: u8| (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193);
        let slot = &mut self.slots[text.bytes().fold(0x811c_9dc5, mix) % Words::SLOTS];
        match slot {
            Some(word) if word.as_ref() == text => Arc::clone(word),
            _ => {
                let word: Arc<str> = text.into();
                *slot = Some(Arc::clone(&word));
                word
            }
        }
    }
}

impl Builder<'_> {
    fn run<'t>(&mut self, parser: Parser<'t, StrInput<'t>>) -> Result<Option<Node>, Stop> {
        let mut documents = 0;
        for event in parser {
            let (event, span) = event.map_err(|error| self.syntax(&error))?;
            let place = self.span(&span);
            if let Some(tag) = event.tag() {
                let message = format!("the tag `{}` means nothing here", shorten(&tag.original()));
                let place = span.tag_span().map_or(place, |tag| self.span(&tag));
                self.issues
                    .push(Issue::error("yaml-tag", place, message).help("leave the tag out"));
            }
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let issue =
                            Issue::error("multiple-documents", place, "a second document begins here");
                        self.issues
                            .push(issue.help("write one scenario per file, or use `variants:`"));
                        return Err(Stop);
                    }
                }
                Event::Scalar(text, style, anchor, _) => {
                    let plain = style == ScalarStyle::Plain;
                    let text = self.words.get(&text);
                    self.scalar(text, plain, place, anchor)?;
                }
                Event::SequenceStart(_, anchor, _) => {
                    self.open(Node::new(place, Value::Seq(Vec::new())), anchor, &span)?;
                }
                Event::MappingStart(_, anchor, _) => self.open(Node::empty_map(place), anchor, &span)?,
                Event::SequenceEnd | Event::MappingEnd => self.close(&span)?,
                Event::Alias(anchor) => self.alias(anchor, place)?,
                _ => {}
            }
        }
        Ok(self.root.take())
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let length = if span.start.line() == span.end.line() {
            span.end.col().saturating_sub(span.start.col())
        } else {
            1
        };
        Span {
            file: self.file,
            layer: self.layer,
            line: narrow(span.start.line()).max(1),
            column: narrow(span.start.col() + 1),
            length: narrow(length),
        }
    }

    fn syntax(&mut self, error: &ScanError) -> Stop {
        let place = self.span(&granit_parser::Span::empty(*error.marker()));
        let issue = match error.kind() {
            ErrorKind::RecursionLimitExceeded => self.too_deep(place),
            ErrorKind::UnknownAnchor => {
                Issue::error("alias-unknown", place, "the alias names no anchor before it")
            }
            _ => Issue::error("yaml-syntax", place, error.info()),
        };
        self.issues.push(issue);
        Stop
    }

    fn too_deep(&self, place: Span) -> Issue {
        let message = format!("nested more deeply than {} levels", self.limits.depth_max);
        Issue::error("too-deep", place, message)
            .note("the limit is named `depth_max`; raise it with --limit-depth")
    }

    /// Counts values that are about to be added.
    fn grow(&mut self, count: usize, place: Span) -> Result<(), Stop> {
        self.nodes += count;
        if self.nodes <= self.limits.nodes_max {
            return Ok(());
        }
        let message = format!("more than {} values in one document", self.limits.nodes_max);
        self.issues.push(
            Issue::error("too-many-nodes", place, message)
                .note("the limit is named `nodes_max`; raise it with --limit-values"),
        );
        Err(Stop)
    }

    /// Whether the next value is a key.
    fn wants_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                node: Node {
                    value: Value::Map(_),
                    ..
                },
                key: None,
                ..
            })
        )
    }

    fn scalar(&mut self, text: Arc<str>, plain: bool, place: Span, anchor: usize) -> Result<(), Stop> {
        if !self.wants_key() {
            self.grow(1, place)?;
            return self.add(Node::new(place, Value::Scalar { text, plain }), anchor, 1, 0);
        }
        if plain && text.as_ref() == "<<" {
            let issue = Issue::error("yaml-merge-key", place, "the merge key `<<` is not read");
            self.issues
                .push(issue.help("write the shared part under `templates:` and name it with `template:`"));
        } else if text.is_empty() {
            self.issues.push(Issue::error(
                "yaml-syntax",
                place,
                "a key is missing before the `:`",
            ));
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.key = Some((text, place));
        }
        Ok(())
    }

    fn open(&mut self, node: Node, anchor: usize, span: &granit_parser::Span) -> Result<(), Stop> {
        if self.wants_key() {
            let issue = Issue::error(
                "yaml-syntax",
                node.span,
                "a key has to be one word, not a list or a map",
            );
            self.issues
                .push(issue.help("quote it if it begins with `[` or `{`"));
            return Err(Stop);
        }
        self.grow(1, node.span)?;
        if self.stack.len() >= self.limits.depth_max {
            let issue = self.too_deep(node.span);
            self.issues.push(issue);
            return Err(Stop);
        }
        let flow = span.end.index() > span.start.index();
        let flow_start = flow.then(|| span.start.col());
        self.stack.push(Frame {
            node,
            key: None,
            anchor,
            count: 1,
            height: 0,
            flow_start,
        });
        Ok(())
    }

    fn close(&mut self, span: &granit_parser::Span) -> Result<(), Stop> {
        let Some(mut frame) = self.stack.pop() else {
            return Ok(());
        };
        let line = usize::try_from(frame.node.span.line).unwrap_or(usize::MAX);
        if let Some(start) = frame.flow_start.filter(|_| span.end.line() == line) {
            let length = span.end.col().saturating_sub(start);
            frame.node.span.length = u32::try_from(length).unwrap_or(u32::MAX);
        }
        match &mut frame.node.value {
            Value::Map(entries) => {
                entries.shrink_to_fit();
                report_duplicates(entries, self.issues);
            }
            Value::Seq(nodes) => nodes.shrink_to_fit(),
            Value::Scalar { .. } => {}
        }
        self.add(frame.node, frame.anchor, frame.count, frame.height + 1)
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Result<(), Stop> {
        let Some(Anchor { node, count, height }) = self.anchors.get(&anchor) else {
            let message = "the alias stands inside the value that it names";
            self.issues.push(Issue::error("alias-unknown", place, message));
            return Err(Stop);
        };
        let (count, height) = (*count, *height);
        self.alias_nodes += count;
        if self.alias_nodes > self.limits.alias_nodes_max {
            let message = format!("aliases repeat more than {} values", self.limits.alias_nodes_max);
            let issue = Issue::error("alias-bomb", place, message)
                .note("the limit is named `alias_nodes_max`; raise it with --limit-aliases");
            self.issues.push(issue);
            return Err(Stop);
        }
        if self.stack.len() + height > self.limits.depth_max {
            let issue = self.too_deep(place);
            self.issues.push(issue);
            return Err(Stop);
        }
        if self.wants_key() {
            return match &node.value {
                Value::Scalar { text, plain } => {
                    let (text, plain) = (text.clone(), *plain);
                    self.scalar(text, plain, place, 0)
                }
                _ => {
                    let message = "a key has to be one word, not a list or a map";
                    self.issues.push(Issue::error("yaml-syntax", place, message));
                    Err(Stop)
                }
            };
        }
        let node = node.clone();
        self.grow(count, place)?;
        self.add(node, 0, count, height)
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize, count: usize, height: usize) -> Result<(), Stop> {
        if anchor != 0 {
            // The copy is a value like any other.
            self.grow(count, node.span)?;
            self.anchors.insert(
                anchor,
                Anchor {
                    node: node.clone(),
                    count,
                    height,
                },
            );
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.count += count;
        frame.height = frame.height.max(height);
        match &mut frame.node.value {
            Value::Seq(nodes) => nodes.push(node),
            Value::Map(entries) => {
                if let Some((key, key_span)) = frame.key.take() {
                    entries.push(Entry { key, key_span, node });
                }
            }
            Value::Scalar { .. } => {}
        }
        Ok(())
    }
}

/// Reports keys that stand twice in one map, and keeps the first of each.
fn report_duplicates(entries: &mut Vec<Entry>, issues: &mut Issues) {
    const SMALL: usize = 16;
    let mut again: Vec<(usize, usize)> = Vec::new();
    if entries.len() <= SMALL {
        for later in 1..entries.len() {
            if let Some(first) = (0..later).find(|&first| entries[first].key == entries[later].key) {
                again.push((first, later));
            }
        }
    } else {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|&a, &b| entries[a].key.cmp(&entries[b].key).then(a.cmp(&b)));
        let mut first = order[0];
        for &later in &order[1..] {
            if entries[first].key == entries[later].key {
                again.push((first, later));
            } else {
                first = later;
            }
        }
        again.sort_by_key(|&(_, later)| later);
    }
    for &(first, later) in &again {
        let key = &entries[later].key;
        let message = format!("`{}` stands twice in one map", shorten(key));
        let issue = Issue::error("duplicate-key", entries[later].key_span, message);
        issues.push(issue.also(entries[first].key_span, "first here"));
    }
    if !again.is_empty() {
        let mut at = 0;
        let mut drop = again.iter().map(|&(_, later)| later).peekable();
        entries.retain(|_| {
            let dropped = drop.next_if_eq(&at).is_some();
            at += 1;
            !dropped
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<Node>, Vec<String>) {
        parsed_with(text, &Limits::default())
    }

    fn parsed_with(text: &str, limits: &Limits) -> (Option<Node>, Vec<String>) {
        let mut issues = Issues::new();
        let node = parse(text, 0, 0, limits, &mut issues);
        (node, issues.iter().map(|issue| issue.code.to_string()).collect())
    }

    fn codes(text: &str) -> Vec<String> {
        parsed(text).1
    }

    #[test]
    fn positions_are_lines_and_columns_of_characters() {
        let (node, codes) = parsed("services:\n  결제: {needs: {logn: hard}}\n");
        assert!(codes.is_empty(), "{codes:?}");
        let node = node.expect("a tree");
        let pay = node.find(["services", "결제"]).expect("an entry");
        assert_eq!((pay.span.line, pay.span.column, pay.span.length), (2, 7, 21));
        let needs = node.find(["services", "결제", "needs"]).expect("an entry");
        let key = needs.entry("logn").expect("an entry").key_span;
        assert_eq!((key.line, key.column, key.length), (2, 16, 4));
        let value = needs.get("logn").expect("a value");
        assert_eq!((value.text(), value.span.column), (Some("hard"), 22));
    }

    #[test]
    fn json_is_read_too_and_quotes_make_text() {
        let (node, codes) = parsed(r#"{"a": "1", "b": 1, "c": [true, null]}"#);
        assert!(codes.is_empty());
        let node = node.expect("a tree");
        assert_eq!(
            node.get("a").map(|node| node.value.clone()),
            Some(Value::Scalar {
                text: "1".into(),
                plain: false
            })
        );
        assert_eq!(
            node.get("b").map(|node| node.value.clone()),
            Some(Value::Scalar {
                text: "1".into(),
                plain: true
            })
        );
        assert!(
            node.get("c")
                .and_then(Node::elements)
                .is_some_and(|nodes| nodes[1].is_null())
        );
    }

    #[test]
    fn each_broken_text_has_its_code() {
        assert_eq!(codes(""), ["empty-file"]);
        assert_eq!(codes("# only a comment\n"), ["empty-file"]);
        assert_eq!(codes("a: [1, 2"), ["yaml-syntax"]);
        assert_eq!(codes("a: 1\n---\nb: 2\n"), ["multiple-documents"]);
        assert_eq!(codes("a: 1\na: 2\na: 3\n"), ["duplicate-key", "duplicate-key"]);
        assert_eq!(codes("a: !x 1\n"), ["yaml-tag"]);
        assert_eq!(codes("b: &b {x: 1}\na: {<<: *b}\n"), ["yaml-merge-key"]);
        assert_eq!(codes("a: *b\n"), ["alias-unknown"]);
        assert_eq!(codes("a: &a [*a]\n"), ["alias-unknown"]);
        assert_eq!(codes("[1, 2]: x\n"), ["yaml-syntax"]);
    }

    #[test]
    fn all_duplicates_of_a_large_map_are_found_in_their_order() {
        let mut text = String::new();
        for n in 0..100 {
            text.push_str(&format!("k{n}: 1\n"));
        }
        text.push_str("k7: 2\nk3: 2\n");
        let (node, codes) = parsed(&text);
        assert_eq!(codes, ["duplicate-key", "duplicate-key"]);
        let node = node.expect("a tree");
        assert_eq!(node.entries().map(<[Entry]>::len), Some(100));
        assert_eq!(node.get("k7").and_then(Node::text), Some("1"));
    }

    #[test]
    fn depth_is_bounded_before_it_costs_anything() {
        for text in [
            "[".repeat(1_000_000),
            "{a: ".repeat(300_000),
            "- ".repeat(500_000),
        ] {
            assert_eq!(codes(&text), ["too-deep"], "{}", &text[..8]);
        }
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(codes(&nested(64)).is_empty());
        assert_eq!(codes(&nested(65)), ["too-deep"]);
        // Aliases cannot hide depth.
        let mut text = "a0: &a0 [x]\n".to_owned();
        for n in 1..80 {
            text.push_str(&format!("a{n}: &a{n} [*a{}]\n", n - 1));
        }
        assert_eq!(codes(&text), ["too-deep"]);
    }

    #[test]
    fn an_alias_bomb_goes_off_outside() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let before = n - 1;
            text.push_str(&format!(
                "a{n}: &a{n} [{}]\n",
                vec![format!("*a{before}"); 10].join(", ")
            ));
        }
        assert_eq!(codes(&text), ["alias-bomb"]);
    }

    #[test]
    fn aliases_repeat_their_value() {
        let (node, codes) = parsed("a: &x {b: [1, 2]}\nc: *x\n");
        assert!(codes.is_empty());
        let node = node.expect("a tree");
        assert_eq!(node.get("a"), node.get("c"));
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let limits = Limits {
            nodes_max: 100,
            ..Limits::default()
        };
        let text = |n: usize| format!("[{}]", vec!["1"; n].join(","));
        assert!(parsed_with(&text(99), &limits).1.is_empty());
        assert_eq!(parsed_with(&text(100), &limits).1, ["too-many-nodes"]);
    }
}
