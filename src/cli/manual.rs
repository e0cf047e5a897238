//! `blackstart manual`: the audit of a crisis manual.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::progress::Progress;
use super::results::{Shown, not_made};
use super::run::told;
use super::scenario::{Source, complain_of, name_of};
use super::threads::Threads;
use crate::analysis::manual::changes::{Change, changes, try_all};
use crate::analysis::manual::steps::audit;
use crate::analysis::manual::written::written;
use crate::analysis::run::Asked;
use crate::compile::{Compiled, compile, validate};
use crate::monte_carlo::EVENTS_MAX;
use crate::report::manual::{json_text, text};
use std::path::{Path, PathBuf};

/// Replications of the scenario, and of it with each change, unless stated.
const REPLICATIONS: u32 = 1_000;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  blackstart manual scenario.yaml\n  blackstart manual scenario.yaml --lose hall-a\n  blackstart manual scenario.yaml \
                        --no-gains --format json"
)]
pub struct Args {
    /// The scenario
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    #[command(flatten)]
    source: Source,
    /// How many replications
    #[arg(short = 'n', value_name = "N", default_value_t = REPLICATIONS, value_parser = clap::value_parser!(u32).range(2..))]
    replications: u32,
    /// The seed: the same scenario, seed and version give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not try what changes would win
    #[arg(long)]
    no_gains: bool,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    shown: Shown,
    /// The most events of one replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut loaded = args.source.load(&args.scenario)?;
    let Some(design) = validate(&mut loaded) else {
        return Err(complain_of(&loaded));
    };
    let manual = written(&design.model);
    let candidates: Vec<(Change, String)> = if args.no_gains {
        Vec::new()
    } else {
        let list = changes(&design.model).into_iter();
        list.map(|change| {
            let words = change.words(&design.model);
            (change, words)
        })
        .collect()
    };
    let base = compile(design);
    if base.annual.is_some() {
        let message = "a manual is audited in a disaster, and this scenario is about years (`annual:`): begin with nothing running (`--from dark`), or give it a `horizon` and what happens";
        return Err(Failure::new(Exit::Usage, message));
    }
    let Changed {
        designs: changed,
        not_tried,
    } = changed(args, &candidates)?;
    let asked = Asked {
        name: name_of(&args.scenario),
        n: args.replications,
        interrupted_of: None,
        seed: args.seed,
        keep: Vec::new(),
        options: args.source.options(),
        events_max: args.limit_events,
    };
    let pool = args.threads.pool()?;
    let designs = 1 + u64::from(!changed.is_empty()) + changed.len() as u64;
    let progress = Progress::new(u64::from(args.replications) * designs);
    let add = |done| progress.add(done);
    let outcome = pool.install(|| {
        let mut audit = audit(&manual, &base, &asked, &add)?;
        try_all(&mut audit, &base, &changed, &asked, &add)?;
        Ok(audit)
    });
    progress.finish();
    let mut audit = outcome.map_err(|unfinished| told(&base, &args.scenario, &unfinished))?;
    audit.not_tried = not_tried;
    let text = match args.shown.format {
        Form::Json => json_text(&audit).map_err(|error| not_made(&error))?,
        Form::Text => args.shown.by_look(Path::new(""), "", |look| text(&audit, look)),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// The designs with each change.
#[derive(Default)]
struct Changed {
    designs: Vec<(String, Compiled)>,
    /// What could not be tried, in sentences.
    not_tried: Vec<String>,
}

/// Makes each change that can be made.
fn changed(args: &Args, candidates: &[(Change, String)]) -> Result<Changed, Failure> {
    let mut changed = Changed::default();
    for (change, words) in candidates {
        let mut loaded = args.source.load(&args.scenario)?;
        if !change.make(&mut loaded.root) {
            continue;
        }
        match validate(&mut loaded) {
            Some(design) => changed.designs.push((words.clone(), compile(design))),
            None => changed.not_tried.push(format!(
                "Not tried: {words}, as the scenario would not be valid with it."
            )),
        }
    }
    Ok(changed)
}
