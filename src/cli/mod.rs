//! The command line: one file per subcommand. Results go to standard output, everything else to standard error.

mod check;
mod compare;
mod exit;
mod explain;
mod gathered;
mod help;
mod manual;
mod merge;
mod new;
mod output;
mod over_ranges;
mod progress;
mod results;
mod run;
mod scenario;
mod schema;
mod show;
mod threads;

pub use exit::Exit;
pub use new::{TEMPLATES, Template};

use clap::{CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rehearses a disaster before it happens: blast radius, recovery time, and whether the crisis manual works.
#[derive(Debug, Parser)]
#[command(
    name = "blackstart",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  blackstart run scenarios/first.yaml\n  blackstart check scenario.yaml\n  \
                  blackstart explain scenario.yaml --replication 4711\n  blackstart help pools\n\nExit codes: 0 done, \
                  2 usage, 3 invalid input, 5 a replication could not be finished, 70 a bug of ours, 74 file or disk."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes a scenario to begin with, from a template; without a name, lists the templates
    New(new::Args),
    /// Simulates what happens, many times, and reports: what goes down, for whom, when it is back, what it waited for
    Run(run::Args),
    /// Compares designs under the same chance: variants of one scenario, or several scenarios
    Compare(compare::Args),
    /// Audits the crisis manual: what it covers, what becomes of its steps, and which changes would win minutes
    Manual(manual::Args),
    /// Makes the results of a whole run from its shards (`run --shard`)
    Merge(merge::Args),
    /// Shows every problem of a scenario, with its place and a hint
    Check(check::Args),
    /// Shows what a scenario holds, with archetypes, templates, variants and the library worked in
    Show(show::Args),
    /// Tells one replication in sentences, with times, causes and waits
    Explain(explain::Args),
    /// Explains a kind of thing, a kind of happening, a code of a problem, or a command
    Help(help::Args),
    /// Prints the JSON schema of the language, for editors
    Schema(schema::Args),
}

/// What is said after the words of a panic.
const BUG: &str = "the above is a mistake in Blackstart, not in your scenario. No numbers were reported; please send the message and \
                   the scenario";

/// Runs the program with these arguments (the first is its name) and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            // Nothing can be done for a terminal that is gone.
            drop(error.print());
            return if usage { Exit::Usage } else { Exit::Done };
        }
    };
    let done = || match cli.command {
        Command::New(args) => new::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Manual(args) => manual::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Help(args) => help::run(&args, Cli::command()),
        Command::Schema(args) => schema::run(&args),
    };
    // Nothing of what the command had in hand is used any more after a panic, which has been told by then.
    let Ok(ended) = catch_unwind(AssertUnwindSafe(done)) else {
        output::complain(BUG);
        return Exit::Bug;
    };
    ended.unwrap_or_else(|failure| {
        if !failure.message.is_empty() {
            output::complain(&failure.message);
        }
        failure.exit
    })
}
