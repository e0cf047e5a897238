//! `report.html`: one page, nothing fetched, no script, readable on a dark screen and on paper.
//!
//! The page is a template over plain strings that are prepared here; the template engine escapes every one of them. Only
//! the charts enter as markup, and they escape their own text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::analysis::results::Results;
use crate::report::view::page_view;
use crate::report::{Input, ReportError, ResultFile};

const TEMPLATE: &str = include_str!("template.html");
const STYLE: &str = include_str!("style.css");
const FILE: &str = "report.html";

/// The page.
///
/// # Errors
///
/// A chart or the template that could not be rendered: a bug of ours.
pub fn page(results: &Results) -> Result<String, ReportError> {
    render(FILE, TEMPLATE, page_view(results)?)
}

/// Renders a page from its template; the style of all pages is there for it to include.
pub(super) fn render(file: &str, template: &str, view: impl Serialize) -> Result<String, ReportError> {
    let failed = |error: minijinja::Error| ReportError::new(file, format!("{error:#}"));
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .map_err(failed)?;
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("style.css", STYLE).map_err(failed)?;
    environment.add_template(file, template).map_err(failed)?;
    let template = environment.get_template(file).map_err(failed)?;
    template.render(Value::from(Serde(view))).map_err(failed)
}

/// `report.html` as a file.
pub fn file<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    Ok(vec![ResultFile::whole(FILE, page(input.results)?.into_bytes())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{charts, fixture};

    #[test]
    fn the_page_runs_nothing_and_fetches_nothing() {
        let (results, _) = fixture::results(300);
        let page = page(&results).expect("the page");
        assert!(page.contains("default-src 'none'"));
        let lower = page.to_lowercase();
        for forbidden in [
            "<script",
            "javascript:",
            "http:",
            "https:",
            "<iframe",
            "<object",
            "<link",
            "@import",
            "url(",
            " on",
        ] {
            for (at, _) in lower.match_indices(forbidden) {
                // An attribute that would run something looks like ` onload=`.
                let word: String = lower[at + 1..]
                    .chars()
                    .take_while(char::is_ascii_alphabetic)
                    .collect();
                let next = lower[at + 1 + word.len()..].chars().next();
                assert!(
                    forbidden == " on" && next != Some('='),
                    "{forbidden} in {:?}",
                    &lower[at..(at + 40).min(lower.len())]
                );
            }
        }
    }

    #[test]
    fn hostile_names_stay_text() {
        let (mut results, _) = fixture::results(100);
        let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u{1b}\u{202e}";
        results.head.title = hostile.into();
        results.head.name = hostile.into();
        results.head.happening = hostile.into();
        results.head.options.insert(hostile.into(), hostile.into());
        results.not_described.push(hostile.into());
        results.cautions.push(hostile.into());
        for service in &mut results.services {
            service.name = hostile.into();
        }
        for record in &mut results.records {
            record.text = hostile.into();
            record.source = hostile.into();
        }
        for target in &mut results.targets {
            target.id = hostile.into();
            target.text = hostile.into();
        }
        for chosen in &mut results.chosen {
            for line in &mut chosen.story {
                line.text = hostile.into();
            }
            for outage in &mut chosen.outages {
                outage.cause.push(hostile.into());
                outage.class = hostile.into();
                for tile in &mut outage.tiles {
                    tile.label = hostile.into();
                }
            }
        }
        let page = page(&results).expect("the page");
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains("&lt;script&gt;"));
        assert!(
            page.chars()
                .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}'))
        );
        for (chart, svg) in charts::drawn(&results).expect("the charts") {
            assert!(
                !svg.contains("<script") && !svg.contains("<img"),
                "{}",
                chart.file
            );
            assert!(
                svg.chars()
                    .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')),
                "{}",
                chart.file
            );
        }
    }

    #[test]
    fn every_part_is_there() {
        let (results, _) = fixture::results(300);
        let page = page(&results).expect("the page");
        for id in [
            "what", "when", "why", "promises", "charts", "blast", "record", "story", "trust", "manifest",
        ] {
            assert!(page.contains(&format!("id=\"{id}\"")), "no part {id}");
        }
        assert_eq!(page.matches("<svg").count(), charts::CHARTS.len());
        assert_eq!(page.matches("<title>").count(), charts::CHARTS.len() + 1);
    }
}
