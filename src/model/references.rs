//! Names that entities refer to, and their resolution, all at once.

use super::validate::Known;
use super::written::{Crew, Ref, Refs, Target, Targets};
use crate::diagnostics::{Issue, Issues, Span, did_you_mean};
use std::collections::BTreeMap;

/// What a reference may name.
#[derive(Clone, Copy, Debug)]
pub struct Expect {
    /// The sections in which it may stand; none: any.
    pub sections: &'static [&'static str],
    /// What people call it: `service or store`.
    pub noun: &'static str,
}

/// Collects the references of one entity, with the way to each.
#[derive(Debug)]
pub struct References<'a> {
    path: String,
    wanted: &'a mut Vec<Wanted>,
}

/// One reference that has to be resolved.
#[derive(Debug)]
pub struct Wanted {
    name: String,
    span: Span,
    expect: Expect,
    path: String,
    is_section: bool,
}

impl Wanted {
    /// The entity that is named; a selector names a section.
    pub(super) fn entity(&self) -> Option<&str> {
        (!self.is_section).then_some(self.name.as_str())
    }
}

impl<'a> References<'a> {
    /// Collects into `wanted` what stands at `path`.
    pub fn new(path: String, wanted: &'a mut Vec<Wanted>) -> Self {
        Self { path, wanted }
    }

    fn push(&mut self, name: &str, span: Span, expect: Expect, field: &str, is_section: bool) {
        let path = format!("{} › {field}", self.path);
        self.wanted.push(Wanted {
            name: name.to_owned(),
            span,
            expect,
            path,
            is_section,
        });
    }

    /// A reference in this field.
    pub fn one(&mut self, reference: &Ref, expect: Expect, field: &str) {
        self.push(reference.as_str(), reference.span, expect, field, false);
    }

    /// Several references in this field.
    pub fn many(&mut self, references: &Refs, expect: Expect, field: &str) {
        for reference in references.iter() {
            self.one(reference, expect, field);
        }
    }

    /// The teams of a crew.
    pub fn crew(&mut self, crew: &Crew, expect: Expect, field: &str) {
        for (team, _) in crew.iter() {
            self.one(team, expect, field);
        }
    }

    /// What something is done to. The sections that selectors name are looked up as well.
    pub fn targets(&mut self, targets: &Targets, expect: Expect, places: Expect, field: &str) {
        for target in &targets.0 {
            match &target.value {
                Target::Id(id) => self.push(id, target.span, expect, field, false),
                Target::Selector(selector) => {
                    self.push(&selector.kind.value, selector.kind.span, expect, field, true);
                    if let Some(place) = &selector.r#in {
                        self.one(place, places, field);
                    }
                }
            }
        }
    }
}

/// Reports every reference that names nothing, or something of another kind.
pub(super) fn resolve(
    wanted: &[Wanted],
    known: &BTreeMap<String, Known>,
    sections: &[&'static str],
    issues: &mut Issues,
) {
    for want in wanted {
        let fits = |section: &str| want.expect.sections.is_empty() || want.expect.sections.contains(&section);
        if want.is_section {
            if !sections
                .iter()
                .any(|section| *section == want.name && fits(section))
            {
                let near = did_you_mean(&want.name, sections.iter().filter(|section| fits(section)));
                let message = format!(
                    "`{}` is no section of the {} that can stand here",
                    want.name, want.expect.noun
                );
                issues.push(
                    Issue::error("unknown-name", want.span, message)
                        .at(&want.path)
                        .suggest(near),
                );
            }
            continue;
        }
        match known.get(&want.name) {
            Some(found) if fits(found.kind.section) => {}
            Some(found) => {
                let (is, needed) = (with_article(found.kind.noun), with_article(want.expect.noun));
                let message = format!("`{}` is {is}; {needed} is needed here", want.name);
                let issue = Issue::error("wrong-kind", want.span, message).at(&want.path);
                issues.push(issue.also(found.span, format!("`{}` is described here", want.name)));
            }
            None => {
                let names = known
                    .iter()
                    .filter(|(_, found)| fits(found.kind.section))
                    .map(|(name, _)| name);
                let near = did_you_mean(&want.name, names);
                let message = format!("no {} `{}`", want.expect.noun, want.name);
                issues.push(
                    Issue::error("unknown-name", want.span, message)
                        .at(&want.path)
                        .suggest(near),
                );
            }
        }
    }
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}
