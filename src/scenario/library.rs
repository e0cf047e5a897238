//! The built-in library: what an entry is when it does not say otherwise.
//!
//! A file of the library maps section → name of a block → block: `generators: {default: {...}, diesel: {...}}`. An entry
//! takes what it leaves open from the block `default` of its section, or from the one that it names by `library: NAME`.
//! Where the entries of a section are a choice of tags, the block has the name of the tag, or of the tag and what is named within:
//! `fire: {library: lithium-ion}` takes the block `fire/lithium-ion`.

use super::limits::Limits;
use super::load::{Language, SectionForm};
use super::merge::{merge, tag};
use super::provenance::{Author, Provenances, annotate};
use super::shape::Shape;
use super::tree::{Node, TreePath, Value, shorten};
use super::yaml;
use crate::diagnostics::{Issue, Issues, Sources, did_you_mean};
use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

/// The name of the block that is taken where none is named.
const DEFAULT: &str = "default";

/// The blocks of the library by section and name.
pub(super) struct Library {
    sections: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Node>>,
}

impl Library {
    /// Reads the library's files.
    pub fn read(
        language: &Language,
        sources: &mut Sources,
        provenances: &mut Provenances,
        limits: &Limits,
        issues: &mut Issues,
    ) -> Library {
        let mut library = Library {
            sections: BTreeMap::new(),
        };
        for (name, text) in language.library {
            let Some(file) = sources.add_file(*name, *text, Sources::LIBRARY) else {
                break;
            };
            let Some(mut root) = yaml::parse(text, file, Sources::LIBRARY, limits, issues) else {
                continue;
            };
            annotate(&mut root, Author::Library, &TreePath::ROOT, provenances, issues);
            let Value::Map(sections) = root.value else {
                continue;
            };
            for section in sections {
                let blocks = library.sections.entry(section.key).or_default();
                let Value::Map(entries) = section.node.value else {
                    continue;
                };
                for entry in entries {
                    match blocks.entry(entry.key) {
                        btree_map::Entry::Vacant(place) => {
                            place.insert(entry.node);
                        }
                        btree_map::Entry::Occupied(first) => {
                            let message = format!("the library has the block `{}` twice", first.key());
                            issues.push(Issue::error("duplicate-id", entry.key_span, message));
                        }
                    }
                }
            }
        }
        library
    }

    /// Lays every entry over its block.
    pub fn lay_below(&self, root: &mut Node, language: &Language, issues: &mut Issues) {
        for section in &language.sections {
            let empty = BTreeMap::new();
            let blocks = match (self.sections.get(section.name.as_str()), section.form) {
                (Some(blocks), SectionForm::Entities | SectionForm::Keyed) => blocks,
                (None, SectionForm::Entities) => &empty,
                _ => continue,
            };
            let Some(Value::Map(entries)) = root.get_mut(&section.name).map(|node| &mut node.value) else {
                continue;
            };
            let path = TreePath::ROOT.child(&section.name, crate::diagnostics::Span::NOWHERE);
            for entry in entries {
                let path = path.child(&entry.key, entry.key_span);
                below_one(blocks, &mut entry.node, &section.shape, &path, issues);
            }
        }
    }
}

fn below_one(
    blocks: &BTreeMap<Arc<str>, Node>,
    node: &mut Node,
    shape: &Shape,
    path: &TreePath<'_>,
    issues: &mut Issues,
) {
    if node.is_null() && !shape.is_tagged() {
        *node = Node {
            grade: node.grade,
            ..Node::empty_map(node.span)
        };
    }
    let tag = if shape.is_tagged() { tag(node) } else { None }.map(str::to_owned);
    // What a tag stands for names its block itself.
    let named = match &tag {
        Some(tag) => node.get_mut(tag).and_then(|content| content.remove("library")),
        None => node.remove("library"),
    };
    let name = match named.as_ref().map(|entry| (&entry.node, entry.node.text())) {
        None => tag.clone().unwrap_or_else(|| DEFAULT.to_owned()),
        Some((_, Some(name))) => match &tag {
            Some(tag) => format!("{tag}/{name}"),
            None => name.to_owned(),
        },
        Some((other, None)) => {
            let issue = Issue::error(
                "bad-library",
                other.span,
                "the name of a block of the library is one word",
            );
            issues.push(issue.at(path.to_string()));
            return;
        }
    };
    if let (Some(named), false) = (&named, blocks.contains_key(name.as_str())) {
        let written = named.node.text().unwrap_or_default();
        let message = format!("the library has no `{}` for this section", shorten(written));
        let issue = Issue::error("library-unknown", named.node.span, message).at(path.to_string());
        let known = known(blocks, tag.as_deref());
        issues.push(match did_you_mean(written, &known) {
            Some(near) => issue.suggest(Some(near)),
            None if known.is_empty() => issue.help("leave `library:` out"),
            None => issue.help(format!("the library has: {}", known.join(", "))),
        });
    }
    // Under a name that is unknown the usual block lies, so that nothing else seems to be missing.
    let usual = tag.as_deref().unwrap_or(DEFAULT);
    let Some(block) = blocks.get(name.as_str()).or_else(|| blocks.get(usual)) else {
        return;
    };
    let span = node.span;
    let upper = std::mem::replace(node, Node::empty_map(span));
    let mut lower = block.clone();
    merge(&mut lower, upper, shape, path, &mut None);
    *node = Node { span, ..lower };
}

/// What may be named in an entry: the blocks of its section, or of its tag, whose own name is taken where none is named.
fn known<'b>(blocks: &'b BTreeMap<Arc<str>, Node>, tag: Option<&str>) -> Vec<&'b str> {
    let names = blocks.keys().map(AsRef::as_ref);
    match tag {
        None => names.collect(),
        Some(tag) => names
            .filter_map(|name: &str| name.strip_prefix(tag)?.strip_prefix('/'))
            .collect(),
    }
}
