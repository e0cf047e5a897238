//! Archetypes: one entry in a place that stands for a whole arrangement of parts.
//!
//! `sites: {alpha: {power: {2N: {capacity: 1.2 MW}}}}` chooses an archetype for the *slot* `power` of the place `alpha`. Its file says which
//! parts it has; they become entries of their sections, named after the place, the slot and the part (`alpha.power.a.ups`). In the file:
//!
//! * `.a.ups` names another part, `.` the part that is called like the slot itself (`alpha.power`);
//! * `$ups-modules` stands for a parameter, `$ups-modules - 1` for the number before it; where a parameter is not given and has no value,
//!   the field is left out;
//! * parts whose key has `{n}` are repeated as often as the parameter says that `repeats` names.
//!
//! Beside parameters the author may write blocks by the last word of a part: `ups: {...}` lies over `a.ups` and `b.ups`. An entry under the
//! id of a part, in the file or in the patch of a variant, lies over that part alone. So nothing about an archetype is out of reach.

use super::limits::Limits;
use super::load::{Language, SectionForm};
use super::merge::{Index, merge};
use super::provenance::{Author, Provenances, annotate};
use super::read::Id;
use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value, shorten};
use super::variant::removes_nothing;
use super::yaml;
use crate::diagnostics::{Issue, Issues, Sources, Span, did_you_mean};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands in the key of a part that is repeated.
const ORDINAL: &str = "{n}";

/// One archetype, as its file says.
#[derive(Clone, Debug)]
pub struct Archetype {
    /// What it arranges, such as `power`: the key in a place.
    pub slot: String,
    /// What people write to choose it, such as `2N`.
    pub tag: String,
    /// What it is, in a line.
    pub title: String,
    /// What it is, in sentences.
    pub docs: String,
    /// What the author may say of it.
    pub parameters: Vec<Parameter>,
    /// The parameter that says how often the parts with `{n}` in their key are repeated.
    pub repeats: Option<String>,
    /// Its parts.
    pub parts: Vec<Part>,
    name: &'static str,
    text: &'static str,
}

/// Something that the author may say of an archetype.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub docs: String,
    /// What it is if the author does not say.
    pub value: Option<Node>,
}

/// A part of an archetype.
#[derive(Clone, Debug)]
pub struct Part {
    /// The section in which it stands.
    pub section: String,
    /// Its name below the place and the slot; `.` for the part that is called like the slot itself.
    pub key: String,
    body: Node,
}

impl Part {
    /// The last word of its name, by which the author may speak of all parts that share it; `None` for the part that is called like the slot.
    pub fn role(&self) -> Option<&str> {
        let last = self.key.rsplit('.').next().unwrap_or_default();
        (!last.is_empty() && !last.contains(ORDINAL)).then_some(last)
    }

    fn is_repeated(&self) -> bool {
        self.key.contains(ORDINAL)
    }
}

impl Archetype {
    /// Reads the file of an archetype.
    ///
    /// # Panics
    /// When the file is not in order: it is built into the program.
    pub fn new(name: &'static str, text: &'static str) -> Self {
        let (mut provenances, mut issues) = (Provenances::default(), Issues::new());
        let read = Self::read(name, text, 0, &mut provenances, &mut issues);
        assert!(
            issues.is_empty(),
            "the archetype {name} is in order: {:?}",
            issues.sorted()
        );
        read
    }

    fn read(
        name: &'static str,
        text: &'static str,
        file: u16,
        provenances: &mut Provenances,
        issues: &mut Issues,
    ) -> Self {
        let root = yaml::parse(text, file, Sources::LIBRARY, &Limits::default(), issues);
        let mut root = root.unwrap_or_else(|| panic!("the archetype {name} is YAML"));
        annotate(&mut root, Author::Library, &TreePath::ROOT, provenances, issues);
        let word = |key: &str| {
            let text = root.get(key).and_then(Node::text);
            text.unwrap_or_else(|| panic!("the archetype {name} has a `{key}`"))
                .trim_end()
                .to_owned()
        };
        let parameters = root.get("parameters").and_then(Node::entries).unwrap_or_default();
        let parameters = parameters.iter().map(|entry| Parameter {
            name: entry.key.to_string(),
            docs: entry
                .node
                .get("docs")
                .and_then(Node::text)
                .unwrap_or_default()
                .to_owned(),
            value: entry.node.get("value").cloned(),
        });
        let sections = root.get("parts").and_then(Node::entries).unwrap_or_default();
        let parts = sections.iter().flat_map(|section| {
            let entries = section.node.entries().unwrap_or_default();
            entries.iter().map(|entry| Part {
                section: section.key.to_string(),
                key: entry.key.to_string(),
                body: entry.node.clone(),
            })
        });
        Self {
            slot: word("slot"),
            tag: word("tag"),
            title: word("title"),
            docs: word("docs"),
            parameters: parameters.collect(),
            repeats: root.get("repeats").and_then(Node::text).map(str::to_owned),
            parts: parts.collect(),
            name,
            text,
        }
    }

    /// The words by which the author may speak of parts, each with the section in which they stand.
    pub fn roles(&self) -> BTreeMap<&str, &str> {
        let roles = self
            .parts
            .iter()
            .filter_map(|part| Some((part.role()?, part.section.as_str())));
        roles.collect()
    }
}

/// The slots of archetypes, in the order of their names.
pub fn slots(archetypes: &[Archetype]) -> BTreeSet<&str> {
    archetypes
        .iter()
        .map(|archetype| archetype.slot.as_str())
        .collect()
}

/// The shape of a slot: a choice of archetypes, each with its parameters and the blocks of its parts.
pub fn slot_shape(slot: &str, archetypes: &[Archetype], section: impl Fn(&str) -> Shape) -> Shape {
    let of_slot = archetypes.iter().filter(|archetype| archetype.slot == slot);
    Shape::tagged(of_slot.map(|archetype| {
        let roles = archetype.roles().into_iter();
        let blocks = roles.map(|(role, name)| (role.to_owned(), section(name)));
        let parameters = archetype
            .parameters
            .iter()
            .map(|one| (one.name.clone(), Shape::any()));
        (archetype.tag.clone(), Shape::fields(parameters.chain(blocks)))
    }))
}

/// Whether an id may be that of a part of an archetype: it is named after a place that has one, or has a template that may.
pub(super) fn is_part(id: &str, root: &Node, language: &Language) -> bool {
    slots(language.archetypes).into_iter().any(|slot| {
        let dotted = format!(".{slot}");
        id.match_indices(&dotted).any(|(at, _)| {
            let rest = &id[at + dotted.len()..];
            let place = &id[..at];
            (rest.is_empty() || rest.starts_with('.'))
                && language.places.iter().any(|section| {
                    let node = root.get(section).and_then(|all| all.get(place));
                    node.is_some_and(|node| node.get(slot).is_some() || node.get("template").is_some())
                })
        })
    })
}

/// What expansion works with.
pub(super) struct Expansion<'a> {
    pub language: &'a Language,
    pub limits: &'a Limits,
    /// Ids under which variants removed what the author had written.
    pub removed: &'a BTreeSet<Arc<str>>,
    pub sources: &'a mut Sources,
    pub provenances: &'a mut Provenances,
    pub issues: &'a mut Issues,
}

/// A choice of the author: which archetype for which slot of which place.
struct Chosen {
    section: String,
    place: Arc<str>,
    place_span: Span,
    slot: Entry,
}

impl Expansion<'_> {
    /// Puts the parts of all archetypes below what the author wrote under their ids.
    pub fn expand(mut self, root: &mut Node) {
        let chosen = self.take_out(root);
        let mut read: BTreeMap<usize, Archetype> = BTreeMap::new();
        let mut parts: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for choice in &chosen {
            let section = TreePath::ROOT.child(&choice.section, Span::NOWHERE);
            let place = section.child(&choice.place, choice.place_span);
            let path = place.child(&choice.slot.key, choice.slot.key_span);
            let Some((at, tag_span, said)) = self.choose(&choice.slot, &path) else {
                continue;
            };
            let known = &self.language.archetypes[at];
            let archetype = read.entry(at).or_insert_with(|| {
                let file = self.sources.add_file(known.name, known.text, Sources::LIBRARY);
                let file = file.unwrap_or_default();
                Archetype::read(known.name, known.text, file, self.provenances, self.issues)
            });
            let path = path.child(&known.tag, tag_span);
            let filled = Filling {
                archetype,
                place: &choice.place,
                base: format!("{}.{}", choice.place, choice.slot.key),
                span: tag_span,
                said: said.as_ref(),
                path: &path,
            };
            filled.check(self.issues);
            filled.parts(&mut self, &mut parts);
        }
        for (section, parts) in parts {
            self.lay_below(root, &section, parts);
        }
        self.settle_removals(root);
        self.check_number(root, chosen.is_empty());
    }

    /// Takes the slots out of all places.
    fn take_out(&mut self, root: &mut Node) -> Vec<Chosen> {
        let slots = slots(self.language.archetypes);
        let mut chosen = Vec::new();
        for section in &self.language.places {
            let shape = self.shape(section);
            let path = TreePath::ROOT.child(section, Span::NOWHERE);
            for entry in root
                .get_mut(section)
                .and_then(Node::entries_mut)
                .into_iter()
                .flatten()
            {
                for slot in &slots {
                    if let Some(taken) = entry.node.remove(slot) {
                        chosen.push(Chosen {
                            section: section.clone(),
                            place: entry.key.clone(),
                            place_span: entry.key_span,
                            slot: taken,
                        });
                    }
                }
                let path = path.child(&entry.key, entry.key_span);
                self.tell_mistyped(&mut entry.node, &shape, &slots, &path);
            }
        }
        chosen
    }

    /// Reports a key of a place that was probably meant to be a slot: whoever reads the place knows no slots.
    fn tell_mistyped(&mut self, node: &mut Node, shape: &Shape, slots: &BTreeSet<&str>, path: &TreePath<'_>) {
        let Some(entries) = node.entries_mut() else { return };
        entries.retain(|entry| {
            let near = match shape.has_field(&entry.key) {
                true => None,
                false => did_you_mean(&entry.key, slots),
            };
            if near.is_some() {
                let message = format!("there is no field `{}` here", shorten(&entry.key));
                let path = path.child(&entry.key, entry.key_span).to_string();
                let issue = Issue::error("unknown-field", entry.key_span, message).at(path);
                self.issues.push(issue.suggest(near.clone()));
            }
            near.is_none()
        });
    }

    /// Which archetype it is, where it is named, and what is said of it.
    fn choose(&mut self, slot: &Entry, path: &TreePath<'_>) -> Option<(usize, Span, Option<Node>)> {
        let (tag, span, said) = match &slot.node.value {
            Value::Map(entries) if entries.len() == 1 => (
                entries[0].key.as_ref(),
                entries[0].key_span,
                Some(&entries[0].node),
            ),
            Value::Scalar { text, .. } if !slot.node.is_null() => (text.as_ref(), slot.node.span, None),
            _ => {
                let message = format!("`{}` is one archetype, as the only key", slot.key);
                let issue = Issue::error("missing-tag", slot.key_span, message).at(path.to_string());
                self.issues
                    .push(issue.help(format!("choose one of: {}", self.tags(&slot.key).join(", "))));
                return None;
            }
        };
        let archetypes = self.language.archetypes.iter();
        let at = archetypes
            .into_iter()
            .position(|archetype| archetype.slot == *slot.key && archetype.tag == tag);
        let Some(at) = at else {
            let message = format!("there is no archetype `{}` for `{}`", shorten(tag), slot.key);
            let issue = Issue::error("archetype-unknown", span, message).at(path.to_string());
            let tags = self.tags(&slot.key);
            self.issues.push(match did_you_mean(tag, &tags) {
                Some(near) => issue.suggest(Some(near)),
                None => issue.help(format!("there are: {}", tags.join(", "))),
            });
            return None;
        };
        let said = said.filter(|node| !node.is_null());
        if let Some(node) = said.filter(|node| node.entries().is_none()) {
            let message = format!("expected a map of what is said of it, found {}", node.describe());
            self.issues
                .push(Issue::error("wrong-type", node.span, message).at(path.to_string()));
            return Some((at, span, None));
        }
        Some((at, span, said.cloned()))
    }

    fn tags(&self, slot: &str) -> Vec<&'static str> {
        let archetypes = self.language.archetypes.iter();
        let of_slot = archetypes.filter(|archetype| archetype.slot == slot);
        of_slot.map(|archetype| archetype.tag.as_str()).collect()
    }

    /// Puts parts below the entries of a section.
    fn lay_below(&mut self, root: &mut Node, name: &str, parts: Vec<Entry>) {
        let shape = self.shape(name);
        let span = parts.first().map_or(Span::NOWHERE, |part| part.key_span);
        if root.get(name).is_none_or(|node| node.entries().is_none()) {
            root.insert(Entry::new(name, span, Node::empty_map(span)));
        }
        let path = TreePath::ROOT.child(name, span);
        let Some(entries) = root.get_mut(name).and_then(Node::entries_mut) else {
            return;
        };
        let index = Index::new(entries);
        let mut removed = BTreeSet::new();
        for mut part in parts {
            let Some(at) = index.find(entries, &part.key) else {
                entries.push(part);
                continue;
            };
            let own = &mut entries[at];
            if own.node.is_null() {
                if self.sources.is_variant(own.node.span.layer) {
                    removed.insert(at);
                } else {
                    own.node = part.node;
                }
                continue;
            }
            let span = own.node.span;
            let upper = std::mem::replace(&mut own.node, Node::empty_map(span));
            let path = path.child(&part.key, own.key_span);
            merge(&mut part.node, upper, &shape, &path, &mut None);
            own.node = Node { span, ..part.node };
        }
        let mut at = 0;
        entries.retain(|_| {
            at += 1;
            !removed.contains(&(at - 1))
        });
    }

    fn shape(&self, section: &str) -> Shape {
        let known = self.language.sections.iter().find(|one| one.name == section);
        known.map_or_else(Shape::any, |section| section.shape.clone())
    }

    /// Variants may remove parts, which was left to be looked at until the parts are there: what is still to be removed never was.
    fn settle_removals(&mut self, root: &mut Node) {
        for section in &self.language.sections {
            if section.form != SectionForm::Entities {
                continue;
            }
            let path = TreePath::ROOT.child(&section.name, Span::NOWHERE);
            let Some(entries) = root.get_mut(&section.name).and_then(Node::entries_mut) else {
                continue;
            };
            let removal =
                |entry: &Entry| entry.node.is_null() && self.sources.is_variant(entry.node.span.layer);
            if !entries.iter().any(removal) {
                continue;
            }
            let names: Vec<Arc<str>> = entries
                .iter()
                .filter(|entry| !removal(entry))
                .map(|entry| entry.key.clone())
                .collect();
            for entry in entries
                .iter()
                .filter(|entry| removal(entry) && !self.removed.contains(&entry.key))
            {
                self.issues
                    .push(removes_nothing(entry, names.iter().map(AsRef::as_ref), &path));
            }
            entries.retain(|entry| !removal(entry));
        }
    }

    fn check_number(&mut self, root: &Node, is_unchanged: bool) {
        if is_unchanged {
            return;
        }
        let things = self.language.sections.iter();
        let things = things.filter(|section| section.form == SectionForm::Entities);
        let total: usize = things
            .filter_map(|section| Some(root.get(&section.name)?.entries()?.len()))
            .sum();
        let limit = self.limits.entities_max;
        if total > limit {
            let message = format!("{total} entries in all, the limit is {limit}");
            let issue = Issue::error("too-many-entities", root.span, message);
            self.issues
                .push(issue.note("the limit is named `entities_max`; raise it with --limit-entities"));
        }
    }
}

/// One archetype in one place.
struct Filling<'a> {
    archetype: &'a Archetype,
    place: &'a str,
    /// The place and the slot: `alpha.power`.
    base: String,
    /// Where the archetype is named.
    span: Span,
    /// What the author says of it.
    said: Option<&'a Node>,
    path: &'a TreePath<'a>,
}

impl Filling<'_> {
    /// Reports what the archetype has no word for.
    fn check(&self, issues: &mut Issues) {
        let parameters = self.archetype.parameters.iter().map(|one| one.name.as_str());
        let roles = self.archetype.roles().into_keys();
        let known: Vec<&str> = parameters.chain(roles).collect();
        for entry in self.said.and_then(Node::entries).unwrap_or_default() {
            if known.contains(&entry.key.as_ref()) {
                continue;
            }
            let message = format!(
                "the archetype `{}` has neither a parameter nor a part `{}`",
                self.archetype.tag,
                shorten(&entry.key)
            );
            let path = self.path.child(&entry.key, entry.key_span).to_string();
            let issue = Issue::error("unknown-field", entry.key_span, message).at(path);
            issues.push(match did_you_mean(&entry.key, &known) {
                Some(near) => issue.suggest(Some(near)),
                None => issue.help(format!("it has: {}", known.join(", "))),
            });
        }
    }

    /// What a parameter is here.
    fn parameter(&self, name: &str) -> Option<Node> {
        let said = self.said.and_then(|said| said.get(name));
        let said = said.filter(|node| !node.is_null());
        let mut parameters = self.archetype.parameters.iter();
        let known = parameters.find(|one| one.name == name);
        let known = known
            .unwrap_or_else(|| panic!("the archetype `{}` has a parameter `{name}`", self.archetype.tag));
        said.or(known.value.as_ref()).cloned()
    }

    /// How often the parts that are repeated stand there.
    fn repeats(&self, expansion: &mut Expansion<'_>) -> usize {
        let Some(name) = &self.archetype.repeats else {
            return 0;
        };
        let Some(node) = self.parameter(name) else {
            return 0;
        };
        let most = expansion.limits.entities_max;
        let number = node.text().and_then(|text| text.trim().parse::<usize>().ok());
        match number.filter(|number| (1..=most).contains(number)) {
            Some(number) => number,
            None => {
                let message = format!(
                    "expected a whole number from 1 to {most}, found {}",
                    node.describe()
                );
                let path = self.path.child(name, node.span).to_string();
                expansion
                    .issues
                    .push(Issue::error("bad-count", node.span, message).at(path));
                0
            }
        }
    }

    /// Adds all parts to those of their sections.
    fn parts(&self, expansion: &mut Expansion<'_>, out: &mut BTreeMap<String, Vec<Entry>>) {
        let repeats = self.repeats(expansion);
        for part in &self.archetype.parts {
            let shape = expansion.shape(&part.section);
            let numbers = if part.is_repeated() { 1..=repeats } else { 1..=1 };
            for number in numbers {
                let key = self.name(&part.key, number);
                if let Some((message, help)) = Id::fault(&key) {
                    let issue = Issue::error("bad-id", self.span, message).at(self.path.to_string());
                    expansion.issues.push(issue.help(help));
                    return;
                }
                let mut node = self
                    .fill(&part.body, number)
                    .unwrap_or_else(|| Node::empty_map(self.span));
                if let Value::Map(entries) = &mut node.value {
                    entries.insert(0, Entry::new("in", self.span, Node::plain(self.span, self.place)));
                }
                let block = part.role().and_then(|role| self.said?.get(role));
                if let Some(block) = block.filter(|block| !block.is_null()) {
                    merge(&mut node, block.clone(), &shape, self.path, &mut None);
                }
                let entry = Entry::new(
                    &key,
                    self.span,
                    Node {
                        span: self.span,
                        ..node
                    },
                );
                out.entry(part.section.clone()).or_default().push(entry);
            }
        }
    }

    /// The id of a part.
    fn name(&self, part: &str, number: usize) -> String {
        match part.trim_start_matches('.') {
            "" => self.base.clone(),
            part => format!("{}.{}", self.base, part.replace(ORDINAL, &number.to_string())),
        }
    }

    /// A node with its places filled; `None` if it stands for a parameter that is nothing.
    fn fill(&self, node: &Node, number: usize) -> Option<Node> {
        let value = match &node.value {
            Value::Scalar { text, .. } if text.starts_with('$') => return self.stands_for(text),
            Value::Scalar { text, .. } if text.starts_with('.') => {
                return Some(Node {
                    span: self.span,
                    ..Node::plain(self.span, &self.name(text, number))
                });
            }
            Value::Scalar { .. } => return Some(node.clone()),
            Value::Seq(nodes) => {
                Value::Seq(nodes.iter().filter_map(|node| self.fill(node, number)).collect())
            }
            Value::Map(entries) => {
                let filled = entries.iter().filter_map(|entry| {
                    Some(Entry {
                        key: entry.key.clone(),
                        key_span: entry.key_span,
                        node: self.fill(&entry.node, number)?,
                    })
                });
                Value::Map(filled.collect())
            }
        };
        Some(Node { value, ..*node })
    }

    /// The value of a parameter, or the number so much more or less.
    fn stands_for(&self, text: &str) -> Option<Node> {
        let text = text.trim_start_matches('$');
        let (name, more) = match text.split_once(' ') {
            None => (text, 0),
            Some((name, rest)) => {
                let more: i64 = rest
                    .replace(' ', "")
                    .parse()
                    .unwrap_or_else(|_| panic!("`{rest}` is what is added to a number"));
                (name, more)
            }
        };
        let node = self.parameter(name)?;
        let number = node.text().and_then(|text| text.trim().parse::<i64>().ok());
        match number.filter(|_| more != 0) {
            // What is no number is told where it is read.
            None => Some(node),
            Some(number) => Some(Node {
                grade: node.grade,
                ..Node::plain(node.span, &number.saturating_add(more).max(0).to_string())
            }),
        }
    }
}
