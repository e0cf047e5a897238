//! Variants: named patches of a design, with title, cost and lead time.

use super::archetype::is_part;
use super::hoist::{Kind, hoist};
use super::limits::Limits;
use super::load::{Language, SectionForm};
use super::merge::{NewEntry, VariantNotes, merge};
use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value, shorten};
use crate::diagnostics::{Issue, Issues, LayerKind, Sources, Span, did_you_mean};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The ids in `A+B`, of all names given.
pub(super) fn ids(names: &[String]) -> Vec<&str> {
    names
        .iter()
        .flat_map(|name| name.split('+'))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

/// Applies variants in order. What they patch points at the patch from then on. Returns what they added, and of which ids of parts of archetypes
/// they removed what the author had written.
pub(super) fn apply(
    root: &mut Node,
    names: &[String],
    language: &Language,
    limits: &Limits,
    sources: &mut Sources,
    issues: &mut Issues,
) -> (Vec<NewEntry>, BTreeSet<Arc<str>>) {
    let mut added = Vec::new();
    let mut own = BTreeSet::new();
    let mut removed = BTreeSet::new();
    let shape = Shape::of_document(language);
    for (number, id) in ids(names).into_iter().enumerate() {
        let layer = if number < limits.variants_max {
            sources.add_layer(LayerKind::Variant(id.to_owned()))
        } else {
            None
        };
        let Some(layer) = layer else {
            let message = format!("more than {} variants at once", limits.variants_max);
            let issue = Issue::error("bad-variant", Span::NOWHERE, message);
            issues.push(issue.note("the limit is named `variants_max`"));
            break;
        };
        let Some(mut patch) = find(root, id, issues) else {
            continue;
        };
        patch.set_layer(layer);
        hoist(&mut patch, language, Kind::Patch, issues);
        check_removals(root, &mut patch, language, sources, &mut own, issues);
        let mut notes = Some(VariantNotes {
            sources,
            issues,
            added: &mut added,
            removed: &mut removed,
            layer,
        });
        merge(root, patch, &shape, &TreePath::ROOT, &mut notes);
    }
    (added, own)
}

/// The patch of a variant.
fn find(root: &Node, id: &str, issues: &mut Issues) -> Option<Node> {
    let variants = root.entry("variants");
    let known = variants
        .and_then(|entry| entry.node.entries())
        .unwrap_or_default();
    let Some(Entry { key_span, node, .. }) = known.iter().find(|entry| entry.key.as_ref() == id) else {
        let span = variants.map_or(Span::NOWHERE, |entry| entry.key_span);
        let message = format!("there is no variant `{}`", shorten(id));
        let near = did_you_mean(id, known.iter().map(|entry| &entry.key));
        let issue = Issue::error("variant-unknown", span, message);
        issues.push(match near {
            Some(near) => issue.suggest(Some(near)),
            None if known.is_empty() => issue.help("the scenario has no `variants:`"),
            None => {
                let names: Vec<&str> = known.iter().map(|entry| entry.key.as_ref()).take(20).collect();
                issue.help(format!("there are: {}", names.join(", ")))
            }
        });
        return None;
    };
    let Some(patch) = node.get("patch") else {
        let message = format!("the variant `{}` has no `patch:`", shorten(id));
        issues.push(Issue::error("bad-variant", *key_span, message).at(format!("variants › {id}")));
        return None;
    };
    let mut patch = patch.clone();
    if patch.is_null() {
        patch = Node::empty_map(patch.span);
    }
    let Value::Map(entries) = &mut patch.value else {
        let message = format!("a patch is a map of sections, found {}", patch.describe());
        issues.push(Issue::error("bad-variant", patch.span, message).at(format!("variants › {id} › patch")));
        return None;
    };
    entries.retain(|entry| {
        let own = matches!(entry.key.as_ref(), "blackstart" | "include" | "variants");
        if own {
            let message = format!("a patch cannot change `{}`", entry.key);
            issues.push(
                Issue::error("bad-variant", entry.key_span, message).at(format!("variants › {id} › patch")),
            );
        }
        !own
    });
    Some(patch)
}

/// Checks the removals of whole entries, and removes with an entry what was written inside it.
fn check_removals(
    root: &mut Node,
    patch: &mut Node,
    language: &Language,
    sources: &Sources,
    own: &mut BTreeSet<Arc<str>>,
    issues: &mut Issues,
) {
    let mut gone: Vec<(Arc<str>, Span)> = Vec::new();
    let mut parts: Vec<(&str, Entry)> = Vec::new();
    for section in &language.sections {
        if section.form == SectionForm::Value {
            continue;
        }
        let known = root
            .get(&section.name)
            .and_then(Node::entries)
            .unwrap_or_default();
        let Some(Value::Map(entries)) = patch.get_mut(&section.name).map(|node| &mut node.value) else {
            continue;
        };
        entries.retain(|entry| {
            if !entry.node.is_null() {
                return true;
            }
            if is_part(&entry.key, root, language) {
                // Whether it is there is seen once archetypes have become parts; what lies over the part goes with it.
                parts.push((&section.name, entry.clone()));
                return false;
            }
            if let Some(old) = known.iter().find(|old| old.key == entry.key) {
                if !section.nested.is_empty() {
                    gone.push((old.key.clone(), old.key_span));
                }
                return true;
            }
            let names = known.iter().map(|entry| entry.key.as_ref());
            let path = TreePath::ROOT.child(&section.name, Span::NOWHERE);
            issues.push(removes_nothing(entry, names, &path));
            false
        });
    }
    for (section, entry) in parts {
        if root.get(section).is_none_or(Node::is_null) {
            root.insert(Entry::new(
                section,
                entry.key_span,
                Node::empty_map(entry.key_span),
            ));
        }
        let key = entry.key.clone();
        if let Some(old) = root.get_mut(section).and_then(|all| all.insert(entry))
            && !(old.is_null() && sources.is_variant(old.span.layer))
        {
            own.insert(key);
        }
    }
    remove_nested(root, gone, language);
}

/// Removes what was written inside removed entries: it stands `in` them by the very place of their keys.
fn remove_nested(root: &mut Node, mut gone: Vec<(Arc<str>, Span)>, language: &Language) {
    while let Some((parent, parent_span)) = gone.pop() {
        for section in &language.sections {
            let Some(Value::Map(entries)) = root.get_mut(&section.name).map(|node| &mut node.value) else {
                continue;
            };
            entries.retain(|entry| {
                let inside = entry
                    .node
                    .get("in")
                    .is_some_and(|place| place.span == parent_span && place.text() == Some(parent.as_ref()));
                if inside && !section.nested.is_empty() {
                    gone.push((entry.key.clone(), entry.key_span));
                }
                !inside
            });
        }
    }
}

/// The issue of a removal of what is not there.
pub(super) fn removes_nothing<'k>(
    entry: &Entry,
    known: impl IntoIterator<Item = &'k str>,
    path: &TreePath<'_>,
) -> Issue {
    let key = shorten(&entry.key);
    let message = format!("there is no `{key}` to remove");
    let issue = Issue::error("patch-removes-nothing", entry.key_span, message)
        .at(path.child(&entry.key, entry.key_span).to_string());
    match did_you_mean(&entry.key, known) {
        Some(near) => issue.suggest(Some(near)),
        None => issue.help(format!("to add it with all defaults, write `{key}: {{}}`")),
    }
}

/// Looks for removals by variants that found nothing to remove, after templates and library have been laid below. Where
/// an id was named, that is an error; a field that is not set need not be removed.
pub(super) fn settle_removals(root: &mut Node, language: &Language, sources: &Sources, issues: &mut Issues) {
    for section in &language.sections {
        let Some(node) = root.get_mut(&section.name) else {
            continue;
        };
        let path = TreePath::ROOT.child(&section.name, node.span);
        if section.form == SectionForm::Value {
            settle(node, &section.shape, &path, sources, issues);
            continue;
        }
        for entry in node.entries_mut().into_iter().flatten() {
            let path = path.child(&entry.key, entry.key_span);
            settle(&mut entry.node, &section.shape, &path, sources, issues);
        }
    }
}

fn settle(node: &mut Node, shape: &Shape, path: &TreePath<'_>, sources: &Sources, issues: &mut Issues) {
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::Seq(nodes) => {
            for node in nodes {
                settle(node, &shape.element(), path, sources, issues);
            }
        }
        Value::Map(entries) => {
            let removal = |entry: &Entry| entry.node.is_null() && sources.is_variant(entry.node.span.layer);
            for entry in entries.iter().filter(|entry| removal(entry) && shape.is_keyed()) {
                let names = entries
                    .iter()
                    .filter(|other| !removal(other))
                    .map(|other| other.key.as_ref());
                issues.push(removes_nothing(entry, names, path));
            }
            entries.retain(|entry| !(removal(entry) && (shape.is_keyed() || shape.has_field(&entry.key))));
            for Entry { key, key_span, node } in entries {
                settle(
                    node,
                    &shape.child(key),
                    &path.child(key, *key_span),
                    sources,
                    issues,
                );
            }
        }
    }
}
