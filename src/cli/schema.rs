//! `blackstart schema`: the JSON schema of the language.

use super::exit::{Exit, Failure};
use super::output;
use crate::compile::schema;

#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_args: &Args) -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(&schema()).map_err(|error| Failure::new(Exit::Bug, error))?;
    output::print(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
