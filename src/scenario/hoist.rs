//! Nested sections: a room written inside its site moves to the section of rooms and stands `in` the site.
//!
//! Also puts sections into their one form: a map keyed by id.

use super::load::{Language, SectionForm};
use super::merge::{Index, spread_words};
use super::tree::{Entry, Node, TreePath, Value, shorten};
use crate::diagnostics::{Issue, Issues, Span};

/// What the tree is, which decides what an empty entry means.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// A file: an empty entry is one with all defaults, unless it removes what an included file (below) has.
    File { below: Option<&'a Node> },
    /// The patch of a variant: an empty entry removes.
    Patch,
}

/// Moves all nested entries to their own sections.
pub(super) fn hoist(root: &mut Node, language: &Language, kind: Kind<'_>, issues: &mut Issues) {
    let mut moved: Vec<Vec<Entry>> = language.sections.iter().map(|_| Vec::new()).collect();
    for section in &language.sections {
        if section.form == SectionForm::Value {
            continue;
        }
        let Some(node) = root.get_mut(&section.name) else {
            continue;
        };
        spread_words(node);
        if section.nested.is_empty() {
            continue;
        }
        let path = TreePath::ROOT.child(&section.name, node.span);
        for entry in node.entries_mut().into_iter().flatten() {
            let mut step = Step {
                language,
                kind,
                moved: &mut moved,
                issues,
            };
            step.take_out(
                &section.nested,
                &entry.key,
                entry.key_span,
                &mut entry.node,
                &path,
            );
        }
    }
    for (section, entries) in language.sections.iter().zip(moved) {
        if !entries.is_empty() {
            settle(root, &section.name, entries, issues);
        }
    }
}

struct Step<'a> {
    language: &'a Language,
    kind: Kind<'a>,
    moved: &'a mut Vec<Vec<Entry>>,
    issues: &'a mut Issues,
}

impl Step<'_> {
    /// Takes the nested sections out of one entry and moves theirs.
    fn take_out(&mut self, nested: &[String], id: &str, id_span: Span, node: &mut Node, path: &TreePath<'_>) {
        let path = path.child(id, id_span);
        for name in nested {
            let Some(mut taken) = node.remove(name) else {
                continue;
            };
            let Some(at) = self
                .language
                .sections
                .iter()
                .position(|section| section.name == *name)
            else {
                continue;
            };
            let path = path.child(name, taken.key_span);
            spread_words(&mut taken.node);
            let what = taken.node.describe();
            let (span, null) = (taken.node.span, taken.node.is_null());
            let Value::Map(entries) = taken.node.value else {
                if !null {
                    let issue = Issue::error(
                        "wrong-type",
                        span,
                        format!("expected a map keyed by id, found {what}"),
                    );
                    self.issues.push(issue.at(path.to_string()));
                }
                continue;
            };
            let inner = &self.language.sections[at].nested;
            for mut entry in entries {
                self.stand_in(name, &mut entry, id, id_span, &path);
                self.take_out(inner, &entry.key, entry.key_span, &mut entry.node, &path);
                self.moved[at].push(entry);
            }
        }
    }

    /// Notes in the entry where it stands.
    fn stand_in(&mut self, section: &str, entry: &mut Entry, id: &str, id_span: Span, path: &TreePath<'_>) {
        if entry.node.is_null() {
            let removes = match self.kind {
                Kind::Patch => true,
                Kind::File { below } => below
                    .and_then(|below| below.get(section))
                    .is_some_and(|all| all.get(&entry.key).is_some()),
            };
            if removes {
                return;
            }
            entry.node = Node {
                grade: entry.node.grade,
                ..Node::empty_map(entry.node.span)
            };
        }
        if let Some(given) = entry.node.entry("in") {
            if let Some(other) = given.node.text().filter(|other| *other != id) {
                let issue = in_two_places(&entry.key, (id, id_span), (other, given.node.span));
                self.issues.push(issue.at(path.to_string()));
                return;
            }
            let message = format!(
                "`{}` is written inside `{}` and also says `in:`",
                shorten(&entry.key),
                shorten(id)
            );
            let issue = Issue::error("nested-in", given.key_span, message).at(path.to_string());
            self.issues
                .push(issue.help("leave `in:` out, or write the entry in its own section"));
            return;
        }
        if let Value::Map(entries) = &mut entry.node.value {
            entries.insert(0, Entry::new("in", id_span, Node::plain(id_span, id)));
        }
    }
}

/// Adds moved entries to their section.
fn settle(root: &mut Node, name: &str, entries: Vec<Entry>, issues: &mut Issues) {
    let span = entries[0].key_span;
    if root.get(name).is_none_or(Node::is_null) {
        root.insert(Entry::new(name, span, Node::empty_map(span)));
    }
    let Some(Value::Map(own)) = root.get_mut(name).map(|node| &mut node.value) else {
        return;
    };
    let index = Index::new(own);
    let first_moved = own.len();
    for entry in entries {
        match index.find(own, &entry.key) {
            Some(at) => duplicate(&own[at], &entry, issues),
            None => own.push(entry),
        }
    }
    // Two moved entries may share an id as well.
    let mut order: Vec<usize> = (first_moved..own.len()).collect();
    order.sort_by(|&a, &b| own[a].key.cmp(&own[b].key));
    let mut doubled: Vec<usize> = Vec::new();
    for pair in order.windows(2) {
        if own[pair[0]].key == own[pair[1]].key {
            duplicate(&own[pair[0]], &own[pair[1]], issues);
            doubled.push(pair[1]);
        }
    }
    doubled.sort_unstable();
    for at in doubled.into_iter().rev() {
        own.remove(at);
    }
}

fn duplicate(first: &Entry, second: &Entry, issues: &mut Issues) {
    let place = |entry: &Entry| entry.node.get("in").and_then(Node::text).map(str::to_owned);
    issues.push(match (place(first), place(second)) {
        (Some(one), Some(other)) if one != other => {
            in_two_places(&second.key, (&one, first.key_span), (&other, second.key_span))
        }
        _ => duplicate_id(&second.key, first.key_span, second.key_span),
    });
}

/// The issue of something that is said to stand in two places.
fn in_two_places(id: &str, first: (&str, Span), second: (&str, Span)) -> Issue {
    let message = format!(
        "`{}` stands in `{}` and in `{}`",
        shorten(id),
        shorten(first.0),
        shorten(second.0)
    );
    Issue::error("in-two-places", second.1, message)
        .also(first.1, format!("in `{}` here", shorten(first.0)))
        .help("say one place; two things need two ids")
}

/// The issue of an id that stands in two places.
pub(super) fn duplicate_id(id: &str, first: Span, second: Span) -> Issue {
    Issue::error(
        "duplicate-id",
        second,
        format!("the id `{}` is given twice", shorten(id)),
    )
    .also(first, "first here")
}
