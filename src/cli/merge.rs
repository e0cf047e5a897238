//! `blackstart merge`: the results of a whole run from its shards, the same bytes as if it had never been divided.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::exit::{Exit, Failure};
use super::output;
use super::results::{Results, Shown};
use super::run::told;
use super::scenario::{LimitArgs, Source};
use super::threads::Threads;
use crate::analysis::annual::conclude as conclude_years;
use crate::analysis::run::{Asked, conclude, identity, identity_of_years, layout};
use crate::compile::Compiled;
use crate::monte_carlo::EVENTS_MAX;
use crate::report::json::MANIFEST;
use crate::report::json::RESOLVED;
use crate::report::shard::{ShardHead, rows_of};
use crate::report::write::check_target;
use crate::store::{Identity, Part, Piece, Rows, YearsPart, read_part};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  blackstart run scenario.yaml -n 1000000 --shard 1/2    (on one machine)\n  \
                        blackstart run scenario.yaml -n 1000000 --shard 2/2    (on another)\n  \
                        blackstart merge output/scenario-shard-1-of-2 output/scenario-shard-2-of-2"
)]
pub struct Args {
    /// The directories of all shards, in any order
    #[arg(required = true, value_name = "DIR")]
    shards: Vec<PathBuf>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    threads: Threads,
    /// The directory of results [default: output/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Tell this replication in the results as well; may be given several times
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    keep: Vec<u32>,
    #[command(flatten)]
    shown: Shown,
    /// The most events of one replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

/// A shard that was found.
struct Shard<'a> {
    path: &'a Path,
    head: ShardHead,
}

fn invalid(message: String) -> Failure {
    Failure::new(Exit::Invalid, message)
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let began = Instant::now();
    let mut shards = Vec::new();
    for path in &args.shards {
        shards.push(Shard {
            path,
            head: read_head(path)?,
        });
    }
    check_alike(&shards)?;
    check_complete(&shards)?;
    shards.sort_by_key(|shard| shard.head.shard);
    let first = &shards[0];
    let scenario = first.path.join(RESOLVED);
    let source = Source::of_limits(args.limits.clone());
    let mut compiled = source.compile(&scenario)?;
    if let (Some(annual), Some(years)) = (&mut compiled.annual, first.head.options.get("years")) {
        annual.years = years
            .parse()
            .map_err(|_| invalid(format!("{}: years is {years}", first.path.display())))?;
    }
    let asked = Asked {
        name: first.head.name.clone(),
        n: first.head.n,
        interrupted_of: None,
        seed: seed_of(first)?,
        keep: args.keep.clone(),
        options: first.head.options.clone(),
        events_max: args.limit_events,
    };
    check_keep(&compiled, &asked)?;
    let target = args
        .out
        .clone()
        .unwrap_or_else(|| Path::new("output").join(&asked.name));
    check_target(&target).map_err(|error| Failure::new(Exit::World, error))?;
    let pool = args.threads.pool()?;
    let results = Results {
        target: &target,
        way: None,
        compiled: &compiled,
        shown: &args.shown,
    };
    let numbers = first.head.numbers.clone();
    let text = if compiled.annual.is_some() {
        check_scenario(&shards, &identity_of_years(&compiled, &asked))?;
        let parts: Vec<YearsPart> = read_rows(&shards, compiled.services.len())?;
        let rows = parts.into_iter().flat_map(|part| part.0).collect();
        let mut outcome = conclude_years(&compiled, &asked, rows);
        outcome.results.numbers = numbers;
        results.write_years(&outcome)?
    } else {
        let layout = layout(&compiled);
        check_scenario(&shards, &identity(&compiled, &asked, &layout))?;
        let pieces: Vec<Piece> = read_rows(&shards, layout.width())?;
        let rows = Rows::of_pieces(layout, pieces, asked.n);
        let outcome = pool.install(|| conclude(&compiled, &asked, rows));
        let mut outcome = outcome.map_err(|unfinished| told(&compiled, &scenario, &unfinished))?;
        outcome.results.numbers = numbers;
        results.write(&outcome)?
    };
    output::print(&text)?;
    output::complain(&format!(
        "{} replications of {} shards merged in {:.1} s",
        asked.n,
        shards.len(),
        began.elapsed().as_secs_f64()
    ));
    Ok(Exit::Done)
}

/// What a directory says that it is a shard of.
fn read_head(path: &Path) -> Result<ShardHead, Failure> {
    let manifest = path.join(MANIFEST);
    let bytes = fs::read(&manifest).map_err(|error| {
        Failure::new(
            Exit::World,
            format!("cannot read {}: {error}", manifest.display()),
        )
    })?;
    let value: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| invalid(format!("{} is not a manifest: {error}", manifest.display())))?;
    let Some(shard) = value.get("shard") else {
        return Err(invalid(format!(
            "{} is not the directory of a shard: those are made by `blackstart run --shard K/N`",
            path.display()
        )));
    };
    let head: ShardHead = serde_json::from_value(shard.clone()).map_err(|error| {
        invalid(format!(
            "{}: not the manifest of a shard: {error}",
            manifest.display()
        ))
    })?;
    let is_sound = 1 <= head.shard
        && head.shard <= head.of
        && head.n > 0
        && crate::report::shard::range_of(head.n, head.shard, head.of) == (head.first..head.end);
    if !is_sound {
        return Err(invalid(format!(
            "{}: shard {} of {} of {} replications does not begin at {} and end before {}",
            manifest.display(),
            head.shard,
            head.of,
            head.n,
            head.first,
            head.end
        )));
    }
    // The name becomes that of a directory, and comes from strangers.
    if Path::new(&head.name).file_name() != Some(head.name.as_ref()) {
        return Err(invalid(format!(
            "{}: the name of the run is not that of a file: {:?}",
            manifest.display(),
            head.name
        )));
    }
    Ok(head)
}

/// All shards must be of the same run.
fn check_alike(shards: &[Shard<'_>]) -> Result<(), Failure> {
    let first = &shards[0];
    for other in &shards[1..] {
        let mut differences = first.head.run.differences(&other.head.run);
        if other.head.n != first.head.n {
            differences.push(format!(
                "{} replications instead of {}",
                other.head.n, first.head.n
            ));
        }
        if other.head.of != first.head.of {
            differences.push(format!("{} shards instead of {}", other.head.of, first.head.of));
        }
        if other.head.name != first.head.name {
            differences.push(format!("name {} instead of {}", other.head.name, first.head.name));
        }
        if differences.is_empty()
            && (other.head.numbers != first.head.numbers || other.head.options != first.head.options)
        {
            differences.push("numbers from elsewhere, or other options".to_owned());
        }
        if !differences.is_empty() {
            return Err(invalid(format!(
                "{} is not of the same run as {}: {}",
                other.path.display(),
                first.path.display(),
                differences.join(", ")
            )));
        }
    }
    Ok(())
}

/// Each shard must be there once.
fn check_complete(shards: &[Shard<'_>]) -> Result<(), Failure> {
    let of = shards[0].head.of;
    let paths_of = |number: u32| -> Vec<String> {
        let these = shards.iter().filter(|shard| shard.head.shard == number);
        these.map(|shard| shard.path.display().to_string()).collect()
    };
    let mut missing = Vec::new();
    for number in 1..=of {
        match &paths_of(number)[..] {
            [] => missing.push(number.to_string()),
            [_] => {}
            several => {
                return Err(invalid(format!(
                    "shard {number} of {of} is there {} times: {}",
                    several.len(),
                    several.join(", ")
                )));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(invalid(format!(
        "of {of} shards {} missing: {}",
        if missing.len() == 1 {
            "one is".to_owned()
        } else {
            format!("{} are", missing.len())
        },
        missing.join(", ")
    )))
}

fn seed_of(shard: &Shard<'_>) -> Result<u64, Failure> {
    let seed = shard.head.run.get("seed").and_then(|seed| seed.parse().ok());
    seed.ok_or_else(|| invalid(format!("{}: the manifest names no seed", shard.path.display())))
}

fn check_keep(compiled: &Compiled, asked: &Asked) -> Result<(), Failure> {
    let beyond = asked
        .keep
        .iter()
        .find(|&&number| number >= asked.n || compiled.annual.is_some());
    beyond.map_or(Ok(()), |beyond| {
        Err(Failure::new(
            Exit::Usage,
            format!("there is no replication {beyond} to be told"),
        ))
    })
}

/// The scenario that lies in the shards must be the one whose rows they hold, and this version the one that made them.
fn check_scenario(shards: &[Shard<'_>], simulated: &Identity) -> Result<(), Failure> {
    let first = &shards[0];
    let differences = first.head.run.differences(simulated);
    if differences.is_empty() {
        return Ok(());
    }
    Err(invalid(format!(
        "{}: its rows are not those of its scenario with this version: {}",
        first.path.display(),
        differences.join(", ")
    )))
}

fn read_rows<P: Part>(shards: &[Shard<'_>], shape: usize) -> Result<Vec<P>, Failure> {
    let mut parts = Vec::new();
    for shard in shards {
        let run = shard.head.run.digest();
        for (name, range) in rows_of(&shard.head) {
            let path = shard.path.join(name);
            let part =
                read_part::<P>(&path, &run, shape).map_err(|error| Failure::new(Exit::World, error))?;
            let part = part.filter(|part| (part.first()..part.end()) == range);
            parts.push(part.ok_or_else(|| {
                invalid(format!(
                    "{} is damaged, or of another run; make shard {} of {} again",
                    path.display(),
                    shard.head.shard,
                    shard.head.of
                ))
            })?);
        }
    }
    Ok(parts)
}
