//! `blackstart explain`: one replication in sentences.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::run::told;
use super::scenario::{Source, name_of};
use crate::analysis::annual::explain_years;
use crate::analysis::run::{Asked, explain};
use crate::monte_carlo::EVENTS_MAX;
use crate::report::explanation;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// The number of the replication, as reports name it
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    replication: u32,
    #[command(flatten)]
    source: Source,
    /// The seed of the run that it belongs to
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The most events of the replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut compiled = args.source.compile(&args.scenario)?;
    let asked = Asked {
        interrupted_of: None,
        name: name_of(&args.scenario),
        n: 1,
        seed: args.seed,
        keep: Vec::new(),
        options: args.source.options(),
        events_max: args.limit_events,
    };
    let explained = if compiled.annual.is_some() {
        explain_years(&mut compiled, &asked, args.replication)
    } else {
        explain(&compiled, &asked, args.replication)
    };
    let explained = explained.map_err(|unfinished| told(&compiled, &args.scenario, &unfinished))?;
    let text = match args.format {
        Form::Json => {
            let value = serde_json::json!({"chosen": explained.chosen, "row": explained.row});
            let text =
                serde_json::to_string_pretty(&value).map_err(|error| Failure::new(Exit::Bug, error))?;
            format!("{text}\n")
        }
        Form::Text => explanation::text(&explained, output::out_width()),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}
