//! `blackstart check`: every problem, with its place and a hint.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::scenario::Source;
use crate::analysis::findings::findings;
use crate::compile::{seen, validate};
use crate::diagnostics::{Issues, Sources, Style, render};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenarios
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// How the problems are printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut worst = Exit::Done;
    let mut listed = Vec::new();
    for path in &args.scenarios {
        let mut loaded = args.source.load(path)?;
        let design = validate(&mut loaded);
        match &design {
            Some(design) => loaded.issues.append(findings(&design.model)),
            None => worst = Exit::Invalid,
        }
        match args.format {
            Form::Json => listed.extend(as_json(&loaded.issues, &loaded.sources)),
            Form::Text => {
                let style = Style {
                    colour: output::out_has_colour(),
                    width: output::out_width(),
                };
                let mut text = render(&loaded.issues, &loaded.sources, style);
                if let Some(design) = &design {
                    text.push_str(&format!(
                        "{}: valid. Seen: {}\n",
                        path.display(),
                        seen(&design.model)
                    ));
                }
                output::print(&text)?;
            }
        }
    }
    if args.format == Form::Json {
        let text = serde_json::to_string_pretty(&listed).map_err(|error| Failure::new(Exit::Bug, error))?;
        output::print(&format!("{text}\n"))?;
    }
    Ok(worst)
}

fn as_json(issues: &Issues, sources: &Sources) -> Vec<serde_json::Value> {
    issues
        .sorted()
        .into_iter()
        .map(|issue| {
            let file = sources.file(issue.span.file).filter(|_| !issue.span.is_nowhere());
            serde_json::json!({
                "severity": format!("{:?}", issue.severity).to_lowercase(),
                "code": issue.code,
                "file": file.map(|file| file.name.clone()),
                "line": issue.span.line,
                "column": issue.span.column,
                "path": issue.path,
                "message": issue.message,
                "notes": issue.notes,
                "help": issue.help,
            })
        })
        .collect()
}
