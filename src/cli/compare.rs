//! `blackstart compare`: designs side by side, under the same chance.

use super::exit::{Exit, Failure};
use super::output::{self, Form};
use super::progress::Progress;
use super::results::{Shown, not_made};
use super::run::told;
use super::scenario::{Source, compile_loaded, name_of, title_of_variant};
use super::threads::Threads;
use crate::analysis::compare::run::{Named, run as analyse};
use crate::analysis::run::Asked;
use crate::compile::Compiled;
use crate::monte_carlo::EVENTS_MAX;
use crate::report::compare::{files, json_text, terminal};
use crate::report::write::{check_target, write_directory};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Replications of each design, unless stated.
const REPLICATIONS: u32 = 10_000;

/// What the base is called where designs are variants.
const BASE: &str = "base";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  blackstart compare scenario.yaml --variant login-on-both --variant login-on-both+tools-survive\n  \
                        blackstart compare old.yaml new.yaml -n 20000\n  \
                        blackstart compare scenario.yaml --variant second-site --lose hall-a --format json"
)]
pub struct Args {
    /// One scenario whose variants are compared, or several scenarios; the first is the base
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// A design to compare with the base: a variant, or several in order: `A+B`; may be given several times
    #[command(flatten)]
    source: Source,
    /// How many replications of each design
    #[arg(short = 'n', value_name = "N", default_value_t = REPLICATIONS, value_parser = clap::value_parser!(u32).range(2..))]
    replications: u32,
    /// The seed: the same scenarios, seed and version give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    threads: Threads,
    /// The directory of the comparison [default: output/NAME-compared]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    shown: Shown,
    /// The most events of one replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

/// A design to be simulated.
struct Chosen<'a> {
    name: String,
    title: String,
    path: &'a Path,
    compiled: Compiled,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let designs = chosen(args)?;
    check_alike(&designs)?;
    let name = name_of(&args.scenarios[0]);
    let target = args
        .out
        .clone()
        .unwrap_or_else(|| Path::new("output").join(format!("{name}-compared")));
    check_target(&target).map_err(|error| Failure::new(Exit::World, error))?;
    let pool = args.threads.pool()?;
    let mut options = args.source.options();
    options.remove("variant");
    let asked = Asked {
        name,
        n: args.replications,
        interrupted_of: None,
        seed: args.seed,
        keep: Vec::new(),
        options,
        events_max: args.limit_events,
    };
    let began = Instant::now();
    let progress = Progress::new(u64::from(args.replications) * designs.len() as u64);
    let told_progress = |done| progress.add(done);
    let named: Vec<Named<'_>> = designs
        .iter()
        .map(|design| Named {
            name: design.name.clone(),
            title: design.title.clone(),
            compiled: &design.compiled,
        })
        .collect();
    let compared = pool.install(|| analyse(&named, &asked, &told_progress));
    progress.finish();
    let compared = compared.map_err(|(place, unfinished)| {
        let design = &designs[place];
        let mut failure = told(&design.compiled, design.path, &unfinished);
        failure.message = format!("{}: {}", design.name, failure.message);
        failure
    })?;
    let resolved: Vec<&crate::scenario::Resolved> =
        designs.iter().map(|design| &design.compiled.resolved).collect();
    let made = files(&compared, &resolved).map_err(|error| not_made(&error))?;
    write_directory(&target, &made).map_err(|error| Failure::new(Exit::World, error))?;
    let text = match args.shown.format {
        Form::Json => json_text(&compared).map_err(|error| not_made(&error))?,
        Form::Text => args.shown.by_look(&target, "comparison.csv", |look| {
            terminal::summary(&compared, look)
        }),
    };
    output::print(&text)?;
    output::complain(&format!(
        "{} designs, {} replications each, in {:.1} s",
        designs.len(),
        args.replications,
        began.elapsed().as_secs_f64()
    ));
    Ok(Exit::Done)
}

/// The designs in the order of the command line, the base first, each compiled.
fn chosen(args: &Args) -> Result<Vec<Chosen<'_>>, Failure> {
    let usage = |message: &str| Failure::new(Exit::Usage, message);
    let mut designs = Vec::new();
    if let [path] = &args.scenarios[..] {
        if args.source.variant.is_empty() {
            return Err(usage(
                "one scenario alone has nothing to be compared with: name variants with --variant, or a second scenario",
            ));
        }
        let mut add = |name: &str, variant: Vec<String>| -> Result<(), Failure> {
            let source = Source {
                variant,
                ..args.source.clone()
            };
            let loaded = source.load(path)?;
            let title = (name != BASE).then(|| title_of_variant(&loaded, name));
            let compiled = compile_loaded(loaded)?;
            designs.push(Chosen {
                name: name.to_owned(),
                title: title.or_else(|| compiled.title.clone()).unwrap_or_default(),
                path,
                compiled,
            });
            Ok(())
        };
        add(BASE, Vec::new())?;
        for variant in &args.source.variant {
            add(variant, vec![variant.clone()])?;
        }
    } else {
        if !args.source.variant.is_empty() {
            return Err(usage(
                "variants belong to one scenario: compare its variants, or several scenarios, not both at once",
            ));
        }
        for path in &args.scenarios {
            let compiled = args.source.compile(path)?;
            designs.push(Chosen {
                name: path.display().to_string(),
                title: compiled.title.clone().unwrap_or_default(),
                path,
                compiled,
            });
        }
    }
    for (place, design) in designs.iter().enumerate() {
        if designs[..place].iter().any(|other| other.name == design.name) {
            return Err(usage(&format!("{} is named twice", design.name)));
        }
    }
    Ok(designs)
}

/// What is compared must be one and the same disaster over one and the same time.
fn check_alike(designs: &[Chosen<'_>]) -> Result<(), Failure> {
    let usage = |message: String| Err(Failure::new(Exit::Usage, message));
    let base = &designs[0];
    for design in designs {
        if design.compiled.annual.is_some() {
            return usage(format!(
                "{} is about years (`annual:`), and only disasters are compared so far: run each by itself with the same --seed",
                design.path.display()
            ));
        }
        if design.compiled.horizon_us != base.compiled.horizon_us {
            return usage(format!(
                "{} and {} have different horizons: give both the same `horizon:`",
                base.name, design.name
            ));
        }
        let starts = |of: &Chosen<'_>| {
            let clock = of.compiled.clock.as_ref();
            clock.map(|clock| (clock.civil(0), clock.zone().to_owned()))
        };
        if starts(design) != starts(base) {
            return usage(format!(
                "{} and {} begin at different times: give both the same `clock:`",
                base.name, design.name
            ));
        }
    }
    Ok(())
}
