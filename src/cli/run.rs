//! `blackstart run`: simulates, reports, writes the directory of results.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::progress::Progress;
use super::scenario::{Source, name_of, usual_directory};
use crate::analysis::run::{Asked, Outcome, run as analyse};
use crate::compile::Compiled;
use crate::monte_carlo::{EVENTS_MAX, Unfinished};
use crate::report::terminal::{Look, summary};
use crate::report::write::{WriteError, check_target, write_directory};
use crate::report::{Input, files, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

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
    /// How many replications
    #[arg(short = 'n', value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    replications: u32,
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
    if let Some(&beyond) = args.keep.iter().find(|&&number| number >= args.replications) {
        let last = args.replications - 1;
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no replication {beyond}: they are 0 to {last}"),
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
    let compiled = args.source.compile(path)?;
    check_target(&target).map_err(|error| refused(&error))?;
    let asked = Asked {
        name: name_of(path),
        n: args.replications,
        seed: args.seed,
        keep: args.keep.clone(),
        options: args.source.options(),
        events_max: args.limit_events,
    };
    let began = Instant::now();
    let progress = Progress::new(u64::from(args.replications));
    let outcome = pool.install(|| analyse(&compiled, &asked, &|done| progress.add(done)));
    progress.finish();
    let Outcome { results, rows } = outcome.map_err(|unfinished| told(&compiled, path, &unfinished))?;
    let simulated = began.elapsed();

    let input = Input {
        results: &results,
        rows: &rows,
        resolved: &compiled.resolved,
    };
    let made = files(&input).map_err(|error| Failure::new(Exit::Bug, error))?;
    write_directory(&target, &made).map_err(|error| refused(&error))?;
    let text = match args.format {
        Form::Json => {
            let made = json::summary(&input).map_err(|error| Failure::new(Exit::Bug, error))?;
            made.iter()
                .map(|file| String::from_utf8_lossy(&file.bytes()).into_owned())
                .collect()
        }
        Form::Text => {
            let report = target.join("report.html").display().to_string();
            let look = Look {
                width: output::out_width(),
                colour: output::out_has_colour(),
                all: args.all,
                report: Some(&report),
            };
            summary(&results, &look)
        }
    };
    output::print(&text)?;
    let rate = f64::from(args.replications) / simulated.as_secs_f64().max(1e-9);
    output::complain(&format!(
        "{} replications in {:.1} s ({rate:.0} a second); files written after {:.1} s",
        args.replications,
        simulated.as_secs_f64(),
        began.elapsed().as_secs_f64()
    ));
    Ok(())
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
