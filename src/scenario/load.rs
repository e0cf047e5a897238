//! Loads a scenario: from the file to the one merged tree.

use super::archetype::{Archetype, Expansion};
use super::columns::read_columns;
use super::files::{self, ReadFault};
use super::hoist::{Kind, duplicate_id, hoist};
use super::include::Reader;
use super::library::Library;
use super::limits::Limits;
use super::merge::NewEntry;
use super::provenance::{NumberCounts, Provenances, count_numbers};
use super::read::Id;
use super::shape::Shape;
use super::template::{expand_counts, expand_templates};
use super::tree::{Entry, Node, Value, shorten};
use super::variant;
use crate::diagnostics::{Issue, Issues, Sources, Span, did_you_mean};
use std::fmt;
use std::path::{Path, PathBuf};

/// What the sections of the language are and what the library holds: all that this module knows of any kind of thing.
#[derive(Clone, Debug)]
pub struct Language {
    /// All sections, but for `blackstart`, `include`, `templates` and `variants`, which are read here.
    pub sections: Vec<SectionShape>,
    /// The files of the built-in library: name and text.
    pub library: &'static [(&'static str, &'static str)],
    /// The sections whose entries are places, in which archetypes may stand.
    pub places: Vec<String>,
    /// The archetypes that may stand in a place.
    pub archetypes: &'static [Archetype],
}

/// One section of the language.
#[derive(Clone, Debug)]
pub struct SectionShape {
    /// The key at the top of a document.
    pub name: String,
    /// What stands in it.
    pub form: SectionForm,
    /// The shape of the value ([`SectionForm::Value`]), else of one entry.
    pub shape: Shape,
    /// Sections that may be written inside an entry of this one; their entries then stand `in` it.
    pub nested: Vec<String>,
}

/// What stands in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionForm {
    /// One value, such as a title or a clock.
    Value,
    /// A map keyed by id, with ids of its own, such as the targets.
    Keyed,
    /// A map keyed by id whose entries are things of the design: their ids are unique over all such sections, and
    /// `template`, `count` and `library` work in them.
    Entities,
}

/// A loaded scenario.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The merged tree: sections and `variants`, with templates, counts, variants and the library worked in.
    pub root: Node,
    /// The texts behind the spans.
    pub sources: Sources,
    /// What is wrong so far.
    pub issues: Issues,
    /// What was said about the values.
    pub provenances: Provenances,
    /// Entries that variants added.
    pub new_entries: Vec<NewEntry>,
}

impl Loaded {
    /// The entries of a section; empty if it is not there.
    pub fn entries(&self, section: &str) -> &[Entry] {
        self.root.get(section).and_then(Node::entries).unwrap_or_default()
    }

    /// Counts the numbers of the design: those in sections of things.
    pub fn numbers(&self, language: &Language) -> NumberCounts {
        let things = language
            .sections
            .iter()
            .filter(|section| section.form == SectionForm::Entities);
        let nodes = things.filter_map(|section| self.root.get(&section.name));
        // Of what happens those that the library describes as well: the times of a script are facts, not assumptions of the design.
        let keyed = language
            .sections
            .iter()
            .filter(|section| section.form == SectionForm::Keyed);
        let entries = keyed.filter_map(|section| self.root.get(&section.name)?.entries());
        let described = entries
            .flatten()
            .map(|entry| &entry.node)
            .filter(|node| node.has_library());
        count_numbers(nodes.chain(described), &self.sources, &self.provenances)
    }

    /// Puts a value of its own in the place of a section: for what is said on the command line rather than in a file. `name` is
    /// what stands in messages for the text's file.
    pub fn replace_section(&mut self, section: &str, name: &str, text: &str, limits: &Limits) {
        let file = self
            .sources
            .add_file(name, text.to_owned(), Sources::SCENARIO)
            .unwrap_or_default();
        let Some(node) = super::yaml::parse(text, file, Sources::SCENARIO, limits, &mut self.issues) else {
            return;
        };
        self.root.remove(section);
        self.root.insert(Entry {
            key: section.into(),
            key_span: node.span,
            node,
        });
    }

    /// Where an entry that a variant adds lacks something, the variant's author probably meant another entry: says so.
    pub fn explain_new_entries(&self, issues: &mut Issues) {
        if self.new_entries.is_empty() {
            return;
        }
        for issue in issues
            .iter_mut()
            .filter(|issue| matches!(issue.code.as_ref(), "missing-field" | "missing-tag"))
        {
            let new = self.new_entries.iter().find(|new| {
                issue
                    .path
                    .strip_prefix(&new.path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(" › "))
            });
            let Some(new) = new else { continue };
            issue
                .notes
                .push("the patch adds this entry, so it has to give all that an entry needs".to_owned());
            if let Some(near) = &new.near {
                issue.help = Some(format!("did you mean `{near}`?"));
            }
        }
    }
}

/// The world did not give a file: exit code 74, unlike an invalid scenario.
#[derive(Debug)]
pub struct WorldError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub message: String,
}

impl fmt::Display for WorldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for WorldError {}

/// Reads a scenario file with all that it includes, and applies the variants in the order given (each name may be `A+B`).
///
/// # Errors
/// Only when the file itself cannot be read. What is wrong with its content is in [`Loaded::issues`].
pub fn load(
    path: &Path,
    language: &Language,
    variants: &[String],
    limits: &Limits,
) -> Result<Loaded, WorldError> {
    let mut loading = Loading::new(language, limits);
    let name = path.display().to_string();
    let file = loading
        .loaded
        .sources
        .add_file(name, String::new(), Sources::SCENARIO)
        .unwrap_or_default();
    match files::read_text(path, file, limits) {
        Ok(text) => Ok(loading.finish(path, text, file, variants)),
        Err(ReadFault::Issue(issue)) => {
            loading.loaded.issues.push(*issue);
            Ok(loading.loaded)
        }
        Err(ReadFault::World(message)) => Err(WorldError {
            path: path.to_owned(),
            message,
        }),
    }
}

/// Like [`load`], for a text that stands under this name. Includes are relative to the name.
pub fn load_text(
    name: &str,
    text: &str,
    language: &Language,
    variants: &[String],
    limits: &Limits,
) -> Loaded {
    let mut loading = Loading::new(language, limits);
    let file = loading
        .loaded
        .sources
        .add_file(name, String::new(), Sources::SCENARIO)
        .unwrap_or_default();
    loading.finish(Path::new(name), text.to_owned(), file, variants)
}

/// Keys at the top of a document that are read here.
const OWN_KEYS: [&str; 4] = ["blackstart", "include", "templates", "variants"];

struct Loading<'a> {
    language: &'a Language,
    limits: &'a Limits,
    loaded: Loaded,
}

impl<'a> Loading<'a> {
    fn new(language: &'a Language, limits: &'a Limits) -> Loading<'a> {
        let loaded = Loaded {
            root: Node::empty_map(Span::NOWHERE),
            sources: Sources::new(),
            issues: Issues::new(),
            provenances: Provenances::default(),
            new_entries: Vec::new(),
        };
        Loading {
            language,
            limits,
            loaded,
        }
    }

    fn finish(mut self, path: &Path, text: String, file: u16, variants: &[String]) -> Loaded {
        let (language, limits) = (self.language, self.limits);
        let Loaded {
            root,
            sources,
            issues,
            provenances,
            new_entries,
        } = &mut self.loaded;
        let read = Reader::new(language, limits, sources, provenances, issues).read(
            path,
            text,
            file,
            Sources::SCENARIO,
        );
        let Some(tree) = read else { return self.loaded };
        *root = tree;
        check_version(root, file, issues);
        check_sections(root, language, issues);
        let (added, removed) = variant::apply(root, variants, language, limits, sources, issues);
        *new_entries = added;
        check_sections(root, language, issues);
        let templates = root.get("templates").is_some();
        expand_templates(root, language, issues);
        if templates {
            // A template may have held nested sections.
            hoist(root, language, Kind::File { below: None }, issues);
        }
        check_ids(root, language, issues);
        expand_counts(root, language, limits.entities_max, issues);
        let expansion = Expansion {
            language,
            limits,
            removed: &removed,
            sources,
            provenances,
            issues,
        };
        expansion.expand(root);
        check_unique(root, language, issues);
        if !issues.iter().any(|issue| issue.code == "too-many-entities") {
            let library = Library::read(language, sources, provenances, limits, issues);
            library.lay_below(root, language, issues);
        }
        if !variants.is_empty() {
            variant::settle_removals(root, language, sources, issues);
        }
        read_columns(root, language, limits, sources, issues);
        self.loaded
    }
}

fn check_version(root: &Node, file: u16, issues: &mut Issues) {
    const HELP: &str = "write `blackstart: 1` in the first line";
    match root.get("blackstart") {
        None => {
            let span = Span {
                file,
                line: 1,
                column: 1,
                length: 1,
                ..Span::NOWHERE
            };
            let message = "the scenario does not say its language version";
            issues.push(Issue::error("version-missing", span, message).help(HELP));
        }
        Some(node) if node.text() == Some("1") => {}
        Some(node) => {
            let message = format!(
                "this program reads version 1 of the language, not {}",
                node.describe()
            );
            issues.push(Issue::error("version-unknown", node.span, message).help(HELP));
        }
    }
}

/// Sections that do not exist are told and taken out; those that are no map become an empty one.
fn check_sections(root: &mut Node, language: &Language, issues: &mut Issues) {
    let Value::Map(entries) = &mut root.value else {
        return;
    };
    entries.retain_mut(|Entry { key, key_span, node }| {
        if OWN_KEYS.contains(&key.as_ref()) {
            return true;
        }
        let Some(section) = language.sections.iter().find(|section| section.name == **key) else {
            let message = format!("there is no section `{}`", shorten(key));
            let names = language
                .sections
                .iter()
                .map(|section| section.name.as_str())
                .chain(OWN_KEYS);
            issues
                .push(Issue::error("unknown-section", *key_span, message).suggest(did_you_mean(key, names)));
            return false;
        };
        if section.form != SectionForm::Value && node.entries().is_none() {
            if !node.is_null() {
                let message = format!("expected a map keyed by id, found {}", node.describe());
                issues.push(Issue::error("wrong-type", node.span, message).at(key.to_string()));
            }
            *node = Node::empty_map(node.span);
        }
        true
    });
}

/// Every key of a keyed section is an id.
fn check_ids(root: &Node, language: &Language, issues: &mut Issues) {
    for section in language
        .sections
        .iter()
        .filter(|section| section.form != SectionForm::Value)
    {
        for entry in root
            .get(&section.name)
            .and_then(Node::entries)
            .unwrap_or_default()
        {
            if let Some((message, help)) = Id::fault(&entry.key) {
                let issue = Issue::error("bad-id", entry.key_span, message).at(section.name.clone());
                issues.push(issue.help(help));
            }
        }
    }
}

/// Ids are unique over all sections of things.
fn check_unique(root: &Node, language: &Language, issues: &mut Issues) {
    let mut all: Vec<(&str, Span)> = Vec::new();
    for section in language
        .sections
        .iter()
        .filter(|section| section.form == SectionForm::Entities)
    {
        let entries = root
            .get(&section.name)
            .and_then(Node::entries)
            .unwrap_or_default();
        all.extend(entries.iter().map(|entry| (entry.key.as_ref(), entry.key_span)));
    }
    all.sort_unstable();
    for pair in all.windows(2) {
        if pair[0].0 == pair[1].0 {
            issues.push(duplicate_id(pair[1].0, pair[0].1, pair[1].1));
        }
    }
}
