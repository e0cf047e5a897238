//! Findings: weaknesses of a design that can be seen without running it, each with its line and a remedy.
//!
//! One file per finding, one line each in the table. A finding looks at the model and reports; none of them is a mistake of the file, and
//! none replaces a simulation: what is lost for how long depends on times and people, of which these know nothing.

mod one_site;
mod promise;
mod reach;
mod replicas;
mod standbys;
mod start;
mod tools;

use crate::diagnostics::Issues;
use crate::model::Model;

/// One sort of finding.
#[derive(Clone, Copy, Debug)]
pub struct Finding {
    /// Its code, under which [`crate::diagnostics::explanation`] says what it means.
    pub code: &'static str,
    /// A small whole scenario that shows it.
    pub example: &'static str,
    /// Reports all of it that a model shows.
    pub look: fn(&Model, &mut Issues),
}

/// All sorts, in the order in which they are looked for.
pub const FINDINGS: &[&Finding] = &[
    &one_site::FINDING,
    &tools::FINDING,
    &replicas::FINDING,
    &standbys::FINDING,
    &start::FINDING,
    &promise::FINDING,
];

/// Reports what a design shows.
pub fn findings(model: &Model) -> Issues {
    let mut issues = Issues::new();
    for finding in FINDINGS {
        (finding.look)(model, &mut issues);
    }
    issues
}

/// The names of entities in a sentence: `a`, `b` and `c`.
fn named<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{language, validate};
    use crate::diagnostics::explanation;
    use crate::scenario::{Limits, load_text};

    fn found(text: &str) -> Vec<(String, String)> {
        let mut loaded = load_text("x.yaml", text, &language(), &[], &Limits::default());
        let design = validate(&mut loaded).unwrap_or_else(|| panic!("{text}\n{:?}", loaded.issues));
        let issues = findings(&design.model);
        let told = issues
            .iter()
            .map(|issue| (issue.code.to_string(), issue.message.clone()));
        told.collect()
    }

    /// The messages of one sort that a design shows.
    pub(super) fn of(code: &str, text: &str) -> Vec<String> {
        let found = found(text).into_iter();
        found
            .filter(|(found, _)| found == code)
            .map(|(_, message)| message)
            .collect()
    }

    #[test]
    fn every_finding_is_explained_and_shown_by_its_example() {
        for finding in FINDINGS {
            assert!(explanation(finding.code).is_some(), "{}", finding.code);
            let codes: Vec<String> = found(finding.example).into_iter().map(|(code, _)| code).collect();
            assert!(
                codes.iter().any(|code| code == finding.code),
                "{}: {codes:?}",
                finding.code
            );
        }
    }

    #[test]
    fn a_design_of_one_site_without_promises_has_none() {
        let text = "blackstart: 1\nsites: {alpha: {}}\npools: {web: {in: alpha, servers: 10}}\n\
                    services: {shop: {tier: 1, runs-on: {web: {active: 4}}}}\n";
        assert_eq!(found(text), []);
    }
}
