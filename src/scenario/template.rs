//! Repetition: `template:` and `count:`.

use super::load::{Language, SectionForm};
use super::merge::merge;
use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value, shorten};
use crate::diagnostics::{Issue, Issues, did_you_mean};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Puts every entry over the template that it names. A template may itself name one.
pub(super) fn expand_templates(root: &mut Node, language: &Language, issues: &mut Issues) {
    let mut templates = Templates {
        written: BTreeMap::new(),
        bodies: BTreeMap::new(),
    };
    if let Some(Entry { node, key_span, .. }) = root.remove("templates") {
        let what = node.describe();
        let null = node.is_null();
        match node.value {
            Value::Map(entries) => {
                templates.written = entries
                    .into_iter()
                    .map(|entry| (entry.key.clone(), entry))
                    .collect();
            }
            _ if null => {}
            _ => issues.push(Issue::error(
                "bad-template",
                key_span,
                format!("`templates` is a map, found {what}"),
            )),
        }
    }
    for section in &language.sections {
        if section.form != SectionForm::Entities {
            continue;
        }
        let Some(node) = root.get_mut(&section.name) else {
            continue;
        };
        let path = TreePath::ROOT.child(&section.name, node.span);
        for entry in node.entries_mut().into_iter().flatten() {
            let path = path.child(&entry.key, entry.key_span);
            apply(&mut templates, &mut entry.node, &section.shape, &path, issues);
        }
    }
}

struct Templates {
    written: BTreeMap<Arc<str>, Entry>,
    /// Templates with their own templates below them; `None` if something is wrong with it, which has been told.
    bodies: BTreeMap<Arc<str>, Option<Node>>,
}

fn apply(
    templates: &mut Templates,
    node: &mut Node,
    shape: &Shape,
    path: &TreePath<'_>,
    issues: &mut Issues,
) {
    let Some(named) = node.remove("template") else {
        return;
    };
    let Some(name) = named.node.text().filter(|_| !named.node.is_null()) else {
        if !named.node.is_null() {
            let issue = Issue::error(
                "bad-template",
                named.node.span,
                "the name of a template is one word",
            );
            issues.push(issue.at(path.to_string()));
        }
        return;
    };
    if !templates.written.contains_key(name) {
        let message = format!("there is no template `{}`", shorten(name));
        let near = did_you_mean(name, templates.written.keys());
        issues.push(
            Issue::error("template-unknown", named.node.span, message)
                .at(path.to_string())
                .suggest(near),
        );
        return;
    }
    let Some(mut body) = templates.body(name, &mut Vec::new(), issues) else {
        return;
    };
    let span = node.span;
    let upper = std::mem::replace(node, Node::empty_map(span));
    merge(&mut body, upper, shape, path, &mut None);
    *node = Node { span, ..body };
}

impl Templates {
    fn body(&mut self, name: &str, under_way: &mut Vec<Arc<str>>, issues: &mut Issues) -> Option<Node> {
        if let Some(body) = self.bodies.get(name) {
            return body.clone();
        }
        let Entry { key, key_span, node } = self.written.get(name)?.clone();
        if under_way.contains(&key) {
            let circle = under_way.join(" → ");
            let message = format!("the templates {circle} → {name} go in a circle");
            issues.push(Issue::error("template-cycle", key_span, message));
            return None;
        }
        let mut node = if node.is_null() {
            Node::empty_map(node.span)
        } else {
            node
        };
        if node.entries().is_none() {
            let message = format!("a template is a map, found {}", node.describe());
            issues.push(Issue::error("bad-template", node.span, message));
            self.bodies.insert(key, None);
            return None;
        }
        under_way.push(key.clone());
        let body = match node.remove("template") {
            None => Some(node),
            Some(named) => self.over(named, node, under_way, issues),
        };
        under_way.pop();
        self.bodies.insert(key, body.clone());
        body
    }

    /// A template over the one that it names.
    fn over(
        &mut self,
        named: Entry,
        upper: Node,
        under_way: &mut Vec<Arc<str>>,
        issues: &mut Issues,
    ) -> Option<Node> {
        let name = named.node.text().unwrap_or_default();
        if !self.written.contains_key(name) {
            let message = format!("there is no template `{}`", shorten(name));
            let near = did_you_mean(name, self.written.keys());
            issues.push(Issue::error("template-unknown", named.node.span, message).suggest(near));
            return None;
        }
        let mut body = self.body(name, under_way, issues)?;
        // The kind of what is built from a template is not known here, so maps merge by key.
        merge(&mut body, upper, &Shape::any(), &TreePath::ROOT, &mut None);
        Some(body)
    }
}

/// Makes `id-1` to `id-n` of every entry with `count: n`, and checks the number of all entries.
pub(super) fn expand_counts(root: &mut Node, language: &Language, entities_max: usize, issues: &mut Issues) {
    let mut total = 0_usize;
    for section in &language.sections {
        if section.form != SectionForm::Entities {
            continue;
        }
        let Some(Value::Map(entries)) = root.get_mut(&section.name).map(|node| &mut node.value) else {
            continue;
        };
        if entries.iter().all(|entry| entry.node.get("count").is_none()) {
            total += entries.len();
            continue;
        }
        let mut expanded: Vec<Entry> = Vec::with_capacity(entries.len());
        for mut entry in std::mem::take(entries) {
            let Some(count) = entry.node.remove("count") else {
                total += 1;
                expanded.push(entry);
                continue;
            };
            let number = count
                .node
                .text()
                .and_then(|text| text.parse::<usize>().ok())
                .filter(|&number| number > 0);
            let Some(number) = number else {
                let message = format!("expected a whole number from 1, found {}", count.node.describe());
                let path = format!("{} › {} › count", section.name, entry.key);
                issues.push(Issue::error("bad-count", count.node.span, message).at(path));
                continue;
            };
            if total.saturating_add(number) > entities_max {
                let message = format!("more than {entities_max} entries in all");
                let issue = Issue::error("too-many-entities", count.node.span, message);
                issues.push(issue.note("the limit is named `entities_max`; raise it with --limit-entities"));
                *entries = expanded;
                return;
            }
            total += number;
            repeat(&entry, number, &mut expanded);
        }
        *entries = expanded;
    }
    if total > entities_max {
        let message = format!("{total} entries in all, the limit is {entities_max}");
        let issue = Issue::error("too-many-entities", root.span, message);
        issues.push(issue.note("the limit is named `entities_max`; raise it with --limit-entities"));
    }
}

/// What stands for the ordinal in the texts of a counted entry.
const ORDINAL: &str = "{n}";

fn repeat(entry: &Entry, number: usize, out: &mut Vec<Entry>) {
    let numbered = mentions_ordinal(&entry.node);
    for n in 1..=number {
        let ordinal = n.to_string();
        let mut node = entry.node.clone();
        if numbered {
            set_ordinal(&mut node, &ordinal);
        }
        out.push(Entry {
            key: format!("{}-{ordinal}", entry.key).into(),
            key_span: entry.key_span,
            node,
        });
    }
}

fn mentions_ordinal(node: &Node) -> bool {
    match &node.value {
        Value::Scalar { text, .. } => text.contains(ORDINAL),
        Value::Seq(nodes) => nodes.iter().any(mentions_ordinal),
        Value::Map(entries) => entries
            .iter()
            .any(|entry| entry.key.contains(ORDINAL) || mentions_ordinal(&entry.node)),
    }
}

fn set_ordinal(node: &mut Node, ordinal: &str) {
    node.for_each_mut(&mut |node| match &mut node.value {
        Value::Scalar { text, .. } => {
            if text.contains(ORDINAL) {
                *text = text.replace(ORDINAL, ordinal).into();
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                if entry.key.contains(ORDINAL) {
                    entry.key = entry.key.replace(ORDINAL, ordinal).into();
                }
            }
        }
        Value::Seq(_) => {}
    });
}
