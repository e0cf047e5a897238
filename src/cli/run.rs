//! `blackstart run`: simulates, reports, writes the directory of results.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::progress::Progress;
use super::scenario::{Source, name_of, usual_directory};
use crate::analysis::annual::{AnnualOutcome, run as analyse_years};
use crate::analysis::run::{Asked, Outcome, run as analyse};
use crate::compile::Compiled;
use crate::model::YEARS_MAX;
use crate::monte_carlo::{EVENTS_MAX, Unfinished};
use crate::report::annual::{self, AnnualInput};
use crate::report::terminal::{Look, summary};
use crate::report::write::{WriteError, check_target, write_directory};
use crate::report::{Input, files, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Replications unless stated: of a disaster, and of years, each of which is much longer.
const REPLICATIONS: u32 = 10_000;
const REPLICATIONS_ANNUAL: u32 = 100;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  blackstart run scenarios/first.yaml\n  \
                        blackstart run scenario.yaml --variant login-on-both -n 20000 --seed 7\n  \
                        blackstart run scenario.yaml --lose hall-a --at '+90 min'\n  \
                        blackstart run scenario.yaml --format json > summary.json")]
pub struct Args {
    /// The scenarios, each simulated by itself
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// How many replications [default: 10000; of a scenario of years: 100]
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replications: Option<u32>,
    /// How many years each replication of an annual scenario counts, instead of what the scenario says
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(1..=i64::from(YEARS_MAX)))]
    years: Option<u32>,
    /// The seed: the same scenario, seed and version give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many threads (0: as many as the machine has cores); results do not depend on it
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// The directory of results [default: output/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Tell this replication in the results as well; may be given several times
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    keep: Vec<u32>,
    /// Every service and every gap in the summary, not only the first few
    #[arg(long)]
    all: bool,
    /// How the summary is printed
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The most events of one replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.out.is_some() && args.scenarios.len() > 1 {
        return Err(Failure::new(
            Exit::Usage,
            "--out names one directory, so it takes one scenario",
        ));
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .build()
        .map_err(|error| Failure::new(Exit::World, format!("cannot start threads: {error}")))?;
    for path in &args.scenarios {
        one(args, path, &pool)?;
    }
    Ok(Exit::Done)
}

fn one(args: &Args, path: &Path, pool: &rayon::ThreadPool) -> Result<(), Failure> {
    let target = args.out.clone().unwrap_or_else(|| usual_directory(path));
    let mut compiled = args.source.compile(path)?;
    let usual = if compiled.annual.is_some() {
        REPLICATIONS_ANNUAL
    } else {
        REPLICATIONS
    };
    let n = args.replications.unwrap_or(usual);
    check_options(args, &mut compiled, n)?;
    check_target(&target).map_err(|error| refused(&error))?;
    let mut options = args.source.options();
    if let Some(years) = args.years {
        options.insert("years".to_owned(), years.to_string());
    }
    let asked = Asked {
        name: name_of(path),
        n,
        seed: args.seed,
        keep: args.keep.clone(),
        options,
        events_max: args.limit_events,
    };
    let run = Run {
        args,
        target: &target,
        compiled: &compiled,
    };
    let began = Instant::now();
    let progress = Progress::new(u64::from(n));
    let told = |done| progress.add(done);
    let (text, simulated) = if compiled.annual.is_some() {
        let outcome = pool.install(|| analyse_years(&compiled, &asked, &told));
        progress.finish();
        let outcome = outcome.map_err(|unfinished| self::told(&compiled, path, &unfinished))?;
        let simulated = began.elapsed();
        (run.write_years(&outcome)?, simulated)
    } else {
        let outcome = pool.install(|| analyse(&compiled, &asked, &told));
        progress.finish();
        let outcome = outcome.map_err(|unfinished| self::told(&compiled, path, &unfinished))?;
        let simulated = began.elapsed();
        (run.write(&outcome)?, simulated)
    };
    output::print(&text)?;
    let rate = f64::from(n) / simulated.as_secs_f64().max(1e-9);
    output::complain(&format!(
        "{n} replications in {:.1} s ({rate:.0} a second); files written after {:.1} s",
        simulated.as_secs_f64(),
        began.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Options that belong to one kind of scenario, and replications that there are not. The years of the command line take the place of the
/// scenario's.
fn check_options(args: &Args, compiled: &mut Compiled, n: u32) -> Result<(), Failure> {
    let usage = |message: String| Err(Failure::new(Exit::Usage, message));
    match (&mut compiled.annual, args.years) {
        (Some(annual), Some(years)) => annual.years = years,
        (None, Some(_)) => {
            return usage(
                "--years is for scenarios of years, which say `annual:` instead of `horizon:`".to_owned(),
            );
        }
        _ => {}
    }
    if let (Some(_), Some(kept)) = (compiled.annual, args.keep.first()) {
        return usage(format!(
            "years are not told in the results; look at them with: blackstart explain SCENARIO --replication {kept}"
        ));
    }
    if let Some(&beyond) = args.keep.iter().find(|&&number| number >= n) {
        let last = n - 1;
        return usage(format!("there is no replication {beyond}: they are 0 to {last}"));
    }
    Ok(())
}

/// A run whose results are to be written.
struct Run<'a> {
    args: &'a Args,
    target: &'a Path,
    compiled: &'a Compiled,
}

impl Run<'_> {
    /// Writes the results of a disaster, and says what is to be printed.
    fn write(&self, outcome: &Outcome) -> Result<String, Failure> {
        let input = Input {
            results: &outcome.results,
            rows: &outcome.rows,
            resolved: &self.compiled.resolved,
        };
        let made = files(&input).map_err(|error| Failure::new(Exit::Bug, error))?;
        write_directory(self.target, &made).map_err(|error| refused(&error))?;
        Ok(match self.args.format {
            Form::Json => {
                json::summary_text(&outcome.results).map_err(|error| Failure::new(Exit::Bug, error))?
            }
            Form::Text => self.look(|look| summary(&outcome.results, look)),
        })
    }

    /// Writes the results of years, and says what is to be printed.
    fn write_years(&self, outcome: &AnnualOutcome) -> Result<String, Failure> {
        let input = AnnualInput {
            results: &outcome.results,
            rows: &outcome.rows,
            names: &outcome.names,
            resolved: &self.compiled.resolved,
        };
        let made = annual::files(&input).map_err(|error| Failure::new(Exit::Bug, error))?;
        write_directory(self.target, &made).map_err(|error| refused(&error))?;
        Ok(match self.args.format {
            Form::Json => annual::json::summary_text(&outcome.results)
                .map_err(|error| Failure::new(Exit::Bug, error))?,
            Form::Text => self.look(|look| annual::terminal::summary(&outcome.results, look)),
        })
    }

    fn look(&self, print: impl FnOnce(&Look<'_>) -> String) -> String {
        let report = self.target.join("report.html").display().to_string();
        print(&Look {
            width: output::out_width(),
            colour: output::out_has_colour(),
            all: self.args.all,
            report: Some(&report),
        })
    }
}

fn refused(error: &WriteError) -> Failure {
    Failure::new(Exit::World, error)
}

/// A replication that could not be finished, in words.
pub fn told(compiled: &Compiled, path: &Path, unfinished: &Unfinished) -> Failure {
    let runaway = &unfinished.runaway;
    let mut names: Vec<&str> = runaway
        .nodes
        .iter()
        .map(|&node| crate::observe::naming::owner(compiled, node))
        .collect();
    names.dedup();
    let what = if runaway.at_one_time {
        "orders follow each other at one moment without end"
    } else {
        "there are more events than --limit-events allows"
    };
    let number = unfinished.replication;
    let at = crate::quantity::SimDuration::from_us(runaway.at);
    Failure::new(
        Exit::Unfinished,
        format!(
            "replication {number} could not be finished: after {at} {what}; last to change: {}.\nNo estimates are printed. Look at \
             it with: blackstart explain {} --replication {number}",
            names.join(", "),
            path.display()
        ),
    )
}
