//! `blackstart show`: what a scenario holds once templates, counts, archetypes, variants and the library are worked in.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::scenario::Source;
use crate::compile::{language, validate};
use crate::diagnostics::{Style, did_you_mean, render};
use crate::scenario::{Entry, Loaded, Node, SectionForm, Value, resolved, yaml_text};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Only the things with these ids, and those named after them: `alpha.power` shows `alpha.power.a.ups` as well
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// With every field of every thing, the library's and the archetypes' with where they are from; without it a line for each thing
    #[arg(long)]
    resolved: bool,
    #[command(flatten)]
    source: Source,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut loaded = args.source.load(&args.scenario)?;
    if validate(&mut loaded).is_none() {
        let style = Style {
            colour: output::err_has_colour(),
            width: output::out_width(),
        };
        output::complain(&render(&loaded.issues, &loaded.sources, style));
        return Err(Failure::told(Exit::Invalid));
    }
    let shown = chosen(&loaded, &args.ids)?;
    let text = match (args.format, args.resolved) {
        (Form::Json, _) => {
            let whole = Node::new(loaded.root.span, Value::Map(shown));
            let text = serde_json::to_string_pretty(&resolved(&whole))
                .map_err(|error| Failure::new(Exit::Bug, error))?;
            format!("{text}\n")
        }
        (Form::Text, true) => yaml_text(&shown, &loaded.sources, &loaded.provenances),
        (Form::Text, false) => lines(&shown),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// The sections with what is asked for; all of them without ids.
fn chosen(loaded: &Loaded, ids: &[String]) -> Result<Vec<Entry>, Failure> {
    let language = language();
    // Variants have been worked in, as far as they were asked for.
    let sections = loaded.root.entries().unwrap_or_default().iter();
    let sections = sections.filter(|section| section.key.as_ref() != "variants");
    if ids.is_empty() {
        return Ok(sections.cloned().collect());
    }
    let things: Vec<&Entry> = sections
        .filter(|section| {
            let known = language.sections.iter().find(|known| known.name == *section.key);
            known.is_some_and(|known| known.form != SectionForm::Value)
        })
        .collect();
    let is_named = |key: &str, id: &str| {
        key.strip_prefix(id)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let keys = || {
        let entries = things
            .iter()
            .flat_map(|section| section.node.entries().unwrap_or_default());
        entries.map(|entry| entry.key.as_ref())
    };
    for id in ids {
        if !keys().any(|key| is_named(key, id)) {
            let near = did_you_mean(id, keys());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(Failure::new(
                Exit::Usage,
                format!("there is no `{id}` in the scenario{near}"),
            ));
        }
    }
    let kept = things.into_iter().filter_map(|section| {
        let entries = section.node.entries().unwrap_or_default().iter();
        let entries: Vec<Entry> = entries
            .filter(|entry| ids.iter().any(|id| is_named(&entry.key, id)))
            .cloned()
            .collect();
        (!entries.is_empty()).then(|| Entry {
            key: section.key.clone(),
            key_span: section.key_span,
            node: Node::new(section.node.span, Value::Map(entries)),
        })
    });
    Ok(kept.collect())
}

/// A line for each thing: what it is, its id, where it stands, and what feeds it.
fn lines(sections: &[Entry]) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for section in sections {
        let Some(entries) = section.node.entries() else {
            continue;
        };
        for entry in entries.iter().filter(|entry| entry.node.entries().is_some()) {
            let about = ["in", "fed-by", "cooled-by", "stands-in-for", "sources"]
                .into_iter()
                .filter_map(|key| Some(format!("{key} {}", listed(entry.node.get(key)?)?)));
            let about: Vec<String> = about.collect();
            rows.push([section.key.to_string(), entry.key.to_string(), about.join(", ")]);
        }
    }
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let lines = rows.iter().map(|[section, id, about]| {
        let line = format!("{section:first$}  {id:second$}  {about}");
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

/// Ids in a line.
fn listed(node: &Node) -> Option<String> {
    match node.elements() {
        None => node.text().map(str::to_owned),
        Some([]) => None,
        Some(nodes) => Some(
            nodes
                .iter()
                .filter_map(Node::text)
                .collect::<Vec<_>>()
                .join(" and "),
        ),
    }
}
