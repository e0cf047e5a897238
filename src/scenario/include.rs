//! `include:`: an included file lies below, and the including file merges over it by the rules of a patch.

use super::files::{self, ReadFault};
use super::hoist::{Kind, duplicate_id, hoist};
use super::limits::Limits;
use super::load::{Language, SectionForm, SectionShape};
use super::merge::{Index, merge};
use super::provenance::{Author, Provenances, annotate};
use super::shape::Shape;
use super::tree::{Entry, Node, TreePath, Value, shorten};
use super::yaml;
use crate::diagnostics::{Issue, Issues, LayerKind, Sources, Span};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// Reads files and all that they include.
pub(super) struct Reader<'a> {
    pub language: &'a Language,
    pub limits: &'a Limits,
    pub sources: &'a mut Sources,
    pub provenances: &'a mut Provenances,
    pub issues: &'a mut Issues,
    /// Files that are being read, outermost first.
    under_way: Vec<PathBuf>,
    /// Files that were read: each is read once, however often it is included.
    seen: BTreeSet<PathBuf>,
    included: usize,
}

impl<'a> Reader<'a> {
    pub fn new(
        language: &'a Language,
        limits: &'a Limits,
        sources: &'a mut Sources,
        provenances: &'a mut Provenances,
        issues: &'a mut Issues,
    ) -> Reader<'a> {
        Reader {
            language,
            limits,
            sources,
            provenances,
            issues,
            under_way: Vec::new(),
            seen: BTreeSet::new(),
            included: 0,
        }
    }

    /// The tree of a text that stands at `path`, with everything that it includes below it.
    pub fn read(&mut self, path: &Path, text: String, file: u16, layer: u8) -> Option<Node> {
        let identity = identity(path);
        self.seen.insert(identity.clone());
        self.under_way.push(identity);
        let root = yaml::parse(&text, file, layer, self.limits, self.issues);
        self.sources.set_text(file, text);
        let tree = root.and_then(|root| self.with_includes(path, root));
        self.under_way.pop();
        tree
    }

    fn with_includes(&mut self, path: &Path, mut root: Node) -> Option<Node> {
        if root.entries().is_none() {
            let message = format!("a scenario is a map of sections, found {}", root.describe());
            let issue = Issue::error("wrong-type", root.span, message);
            self.issues
                .push(issue.help("the smallest scenario begins with `blackstart: 1`"));
            return None;
        }
        annotate(
            &mut root,
            Author::User,
            &TreePath::ROOT,
            self.provenances,
            self.issues,
        );
        let mut below: Option<Node> = None;
        if let Some(entry) = root.remove("include") {
            for (name, span) in self.names(&entry) {
                let Some(tree) = self.include(path, &name, span) else {
                    continue;
                };
                match &mut below {
                    None => below = Some(tree),
                    Some(below) => beside(below, tree, self.language, self.issues),
                }
            }
        }
        hoist(
            &mut root,
            self.language,
            Kind::File {
                below: below.as_ref(),
            },
            self.issues,
        );
        let Some(mut below) = below else { return Some(root) };
        let shape = Shape::of_document(self.language);
        below.span = root.span;
        merge(&mut below, root, &shape, &TreePath::ROOT, &mut None);
        Some(below)
    }

    fn names(&mut self, entry: &Entry) -> Vec<(String, Span)> {
        let one = |node: &Node| {
            node.text()
                .filter(|_| !node.is_null())
                .map(|text| (text.to_owned(), node.span))
        };
        let names: Option<Vec<_>> = match &entry.node.value {
            Value::Seq(nodes) => nodes.iter().map(one).collect(),
            _ if entry.node.is_null() => Some(Vec::new()),
            _ => one(&entry.node).map(|name| vec![name]),
        };
        names.unwrap_or_else(|| {
            let issue = Issue::error(
                "bad-include",
                entry.node.span,
                "expected a file name or a list of file names",
            );
            self.issues.push(issue.help("write `include: [design.yaml]`"));
            Vec::new()
        })
    }

    fn include(&mut self, from: &Path, name: &str, span: Span) -> Option<Node> {
        let path = from.parent().unwrap_or(Path::new("")).join(name);
        let identity = identity(&path);
        if self.under_way.contains(&identity) {
            let message = format!("`{}` includes itself, directly or through others", shorten(name));
            self.issues.push(Issue::error("include-cycle", span, message));
            return None;
        }
        if self.seen.contains(&identity) {
            return None;
        }
        self.included += 1;
        let limit = self.limits.includes_max;
        let layer = self.sources.add_layer(LayerKind::Include(name.to_owned()));
        let file = self
            .sources
            .add_file(shown_path(&path), String::new(), layer.unwrap_or_default());
        let (Some(layer), Some(file), true) = (layer, file, self.included <= limit) else {
            if self.included == limit + 1 {
                let issue = Issue::error(
                    "too-many-includes",
                    span,
                    format!("more than {limit} files are included"),
                );
                self.issues
                    .push(issue.note("the limit is named `includes_max`; raise it with --limit-includes"));
            }
            return None;
        };
        match files::read_text(&path, file, self.limits) {
            Ok(text) => self.read(&path, text, file, layer),
            Err(ReadFault::World(message)) => {
                let message = format!("`{}` cannot be read: {message}", shorten(name));
                let issue = Issue::error("include-missing", span, message);
                self.issues
                    .push(issue.help("file names are relative to the file that includes"));
                None
            }
            Err(ReadFault::Issue(issue)) => {
                let included = Issue { span, ..*issue };
                self.issues.push(included);
                None
            }
        }
    }
}

/// The file that a path names, whatever way leads to it.
pub(super) fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path as people would write it: `a/b.yaml` for `a/x/../b.yaml`.
fn shown_path(path: &Path) -> String {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (Component::CurDir, _) => {}
            _ => parts.push(part),
        }
    }
    parts.iter().collect::<PathBuf>().display().to_string()
}

/// Puts the tree of a second included file beside that of the first: sections are joined, an id may stand in one only.
fn beside(first: &mut Node, second: Node, language: &Language, issues: &mut Issues) {
    let (Value::Map(own), Value::Map(others)) = (&mut first.value, second.value) else {
        return;
    };
    for other in others {
        let Some(at) = own.iter().position(|entry| entry.key == other.key) else {
            own.push(other);
            continue;
        };
        let form = language
            .sections
            .iter()
            .find(|section| section.name == *other.key)
            .map(|section| section.form);
        let keyed = matches!(form, Some(SectionForm::Entities | SectionForm::Keyed))
            || matches!(other.key.as_ref(), "templates" | "variants");
        let both = (keyed, &mut own[at].node.value, other.node.value);
        let (true, Value::Map(entries), Value::Map(more)) = both else {
            if other.key.as_ref() != "blackstart" && form.is_some() {
                issues.push(duplicate_id(&other.key, own[at].key_span, other.key_span));
            }
            continue;
        };
        let index = Index::new(entries);
        for entry in more {
            match index.find(entries, &entry.key) {
                Some(at) => issues.push(duplicate_id(&entry.key, entries[at].key_span, entry.key_span)),
                None => entries.push(entry),
            }
        }
    }
}

impl Shape {
    /// The shape of a whole document.
    pub(super) fn of_document(language: &Language) -> Shape {
        let section = |section: &SectionShape| {
            let keyed = section.form != SectionForm::Value;
            (section.name.clone(), section.shape.clone(), keyed)
        };
        Shape::of_sections(language.sections.iter().map(section))
    }
}
