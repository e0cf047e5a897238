//! `blackstart help`: kinds of things, kinds of happenings, codes of problems, commands.

use super::exit::{Exit, Failure};
use super::output;
use crate::compile::{help, names};
use crate::diagnostics::{did_you_mean, explanation};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A section of the language (`pools`), a kind of happening (`timeline`), a code (`unknown-name`), or a command (`run`)
    topic: Option<String>,
}

pub fn run(args: &Args, mut command: clap::Command) -> Result<Exit, Failure> {
    let Some(topic) = &args.topic else {
        let mut text = command.render_long_help().to_string();
        let topics = names().join(", ");
        text.push_str(&format!("\n`blackstart help KIND` explains: {topics}\n"));
        output::print(&text)?;
        return Ok(Exit::Done);
    };
    if let Some(text) = help(topic) {
        output::print(&text)?;
        return Ok(Exit::Done);
    }
    if let Some(text) = explanation(topic) {
        output::print(&format!("{topic}: {text}\n"))?;
        return Ok(Exit::Done);
    }
    if let Some(sub) = command.find_subcommand_mut(topic) {
        let text = sub.render_long_help().to_string();
        output::print(&text)?;
        return Ok(Exit::Done);
    }
    let commands: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    let known = names().into_iter().map(str::to_owned).chain(commands);
    let hint =
        did_you_mean(topic, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(Failure::new(
        Exit::Usage,
        format!("nothing is called `{topic}`{hint}"),
    ))
}
