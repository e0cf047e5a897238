//! Results of replications: written as a directory, and said on standard output.

use std::path::Path;

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use crate::analysis::annual::AnnualOutcome;
use crate::analysis::run::Outcome;
use crate::compile::Compiled;
use crate::report::annual::{self, AnnualInput};
use crate::report::terminal::{Look, summary};
use crate::report::write::write_directory_by;
use crate::report::{Input, ReportError, ResultFile, files, json};

/// How the summary of a command is printed.
#[derive(Debug, clap::Args)]
pub struct Shown {
    /// Every service and every gap in the summary, not only the first few
    #[arg(long)]
    all: bool,
    /// How the summary is printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub format: Form,
}

impl Shown {
    /// Prints by the looks of the terminal, with a file of the directory of results to open first.
    pub fn by_look(&self, target: &Path, first: &str, print: impl FnOnce(&Look<'_>) -> String) -> String {
        let report = target.join(first).display().to_string();
        print(&Look {
            width: output::out_width(),
            colour: output::out_has_colour(),
            all: self.all,
            report: Some(&report),
        })
    }
}

/// Where results go, and how.
pub struct Results<'a> {
    /// The directory of results.
    pub target: &'a Path,
    /// By way of which directory it is written, which is removed by somebody else.
    pub way: Option<&'a Path>,
    /// The scenario.
    pub compiled: &'a Compiled,
    /// How the summary is printed.
    pub shown: &'a Shown,
}

impl Results<'_> {
    /// Writes the results of a disaster, and says what is to be printed.
    pub fn write(&self, outcome: &Outcome) -> Result<String, Failure> {
        if let Some(trouble) = outcome.rows.trouble() {
            return Err(Failure::new(Exit::World, trouble));
        }
        let input = Input {
            results: &outcome.results,
            rows: &outcome.rows,
            resolved: &self.compiled.resolved,
        };
        self.put(&files(&input).map_err(|error| not_made(&error))?)?;
        match self.shown.format {
            Form::Json => json::summary_text(&outcome.results).map_err(|error| not_made(&error)),
            Form::Text => Ok(self.look(|look| summary(&outcome.results, look))),
        }
    }

    /// Writes the results of years, and says what is to be printed.
    pub fn write_years(&self, outcome: &AnnualOutcome) -> Result<String, Failure> {
        let input = AnnualInput {
            results: &outcome.results,
            rows: &outcome.rows,
            names: &outcome.names,
            resolved: &self.compiled.resolved,
        };
        self.put(&annual::files(&input).map_err(|error| not_made(&error))?)?;
        match self.shown.format {
            Form::Json => annual::json::summary_text(&outcome.results).map_err(|error| not_made(&error)),
            Form::Text => Ok(self.look(|look| annual::terminal::summary(&outcome.results, look))),
        }
    }

    fn put(&self, made: &[ResultFile<'_>]) -> Result<(), Failure> {
        write_directory_by(self.target, made, self.way).map_err(|error| Failure::new(Exit::World, error))
    }

    fn look(&self, print: impl FnOnce(&Look<'_>) -> String) -> String {
        self.shown.by_look(self.target, "report.html", print)
    }
}

/// A file that could not be made: a bug of ours, or rows that could not be read.
pub fn not_made(error: &ReportError) -> Failure {
    let exit = if error.is_reading { Exit::World } else { Exit::Bug };
    Failure::new(exit, error)
}
