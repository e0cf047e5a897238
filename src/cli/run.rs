//! `blackstart run`: simulates, reports, writes the directory of results.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::exit::{Exit, Failure};
use super::gathered::{Enough, Gathered, Request, gathered, stop_on_signals};
use super::output;
use super::over_ranges::OverRanges;
use super::results::{Results, Shown, not_made};
use super::scenario::{Source, name_of, usual_directory};
use super::threads::Threads;
use crate::analysis::annual::{Causes, conclude as conclude_years, span_of, watches};
use crate::analysis::ignorance::Ignorance;
use crate::analysis::precision::Precision;
use crate::analysis::run::{Asked, conclude, identity, identity_of_years, layout, numbers, targets};
use crate::compile::Compiled;
use crate::model::YEARS_MAX;
use crate::monte_carlo::{EVENTS_MAX, Unfinished, YearsPlan};
use crate::quantity::{Probability, SimDuration};
use crate::report::shard::{ShardHead, files as shard_files, range_of};
use crate::report::write::{check_target, write_directory_by};
use crate::store::{Earlier, Identity, Part, Piece, Rows, StoreError, UnderWay, YearsPart};

/// Replications unless stated: of a disaster, and of years, each of which is much longer.
const REPLICATIONS: u32 = 10_000;
const REPLICATIONS_ANNUAL: u32 = 100;

/// The most replications of a run that ends by a rule, unless stated.
const REPLICATIONS_BY_RULE: u32 = 10_000_000;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  blackstart run scenarios/first.yaml\n  \
                        blackstart run scenario.yaml --variant login-on-both -n 20000 --seed 7\n  \
                        blackstart run scenario.yaml --lose hall-a --at '+90 min'\n  \
                        blackstart run scenario.yaml --precision 1%\n  \
                        blackstart run scenario.yaml -n 1000000 --resume\n  \
                        blackstart run scenario.yaml --format json > summary.json")]
pub struct Args {
    /// The scenarios, each simulated by itself
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// How many replications [default: 10000; of a scenario of years: 100; with --precision or --time-budget the most: 10000000]
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replications: Option<u32>,
    /// Run until the share of replications that keep each promise is known to ± this, or that of a named one: `shop-back=0.5%`
    #[arg(long, value_name = "[TARGET=]PERCENT", value_parser = wanted, value_delimiter = ',')]
    precision: Vec<(Option<String>, f64)>,
    /// Run until this time has passed and a round of 4096 replications is complete: `10 min`
    #[arg(long, value_name = "TIME", value_parser = SimDuration::parse)]
    time_budget: Option<SimDuration>,
    /// Say whether the promises hold over the ranges of assumed values: so many settings of all ranges [default: 32]
    #[arg(long, value_name = "SETTINGS", num_args = 0..=1, default_missing_value = "32", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    ranges: Option<u32>,
    /// Simulate only this part of the replications, like `3/64`, for `blackstart merge`
    #[arg(long, value_name = "K/N", value_parser = shard, conflicts_with_all = ["precision", "time_budget", "keep", "ranges"])]
    shard: Option<(u32, u32)>,
    /// How many years each replication of an annual scenario counts, instead of what the scenario says
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(1..=i64::from(YEARS_MAX)))]
    years: Option<u32>,
    /// The seed: the same scenario, seed and version give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    threads: Threads,
    /// The directory of results [default: output/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on from what is complete of the same run, which was interrupted or killed
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    /// Throw away what is complete of a run that did not end
    #[arg(long)]
    fresh: bool,
    /// Tell this replication in the results as well; may be given several times
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    keep: Vec<u32>,
    #[command(flatten)]
    shown: Shown,
    /// The most events of one replication
    #[arg(long, value_name = "N", default_value_t = EVENTS_MAX)]
    limit_events: u64,
}

/// Reads `2%` and `shop-back=2%`: half the width of an interval.
fn wanted(text: &str) -> Result<(Option<String>, f64), String> {
    let (target, percent) = match text.rsplit_once('=') {
        Some((target, percent)) => (Some(target.trim().to_owned()), percent),
        None => (None, text),
    };
    let half = Probability::parse(percent.trim())
        .map_err(|error| error.to_string())?
        .fraction();
    if half > 0.0 {
        Ok((target, half))
    } else {
        Err("no number of replications is enough for ± 0".to_owned())
    }
}

/// Reads `3/64`.
fn shard(text: &str) -> Result<(u32, u32), String> {
    let parts = text
        .split_once('/')
        .and_then(|(k, of)| Some((k.trim().parse().ok()?, of.trim().parse().ok()?)));
    match parts {
        Some((k, of)) if 1 <= k && k <= of => Ok((k, of)),
        _ => Err(
            "write the part and how many there are, like 3/64: the first is 1/64, the last 64/64".to_owned(),
        ),
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.out.is_some() && args.scenarios.len() > 1 {
        return Err(Failure::new(
            Exit::Usage,
            "--out names one directory, so it takes one scenario",
        ));
    }
    let pool = args.threads.pool()?;
    let stop = stop_on_signals()?;
    for path in &args.scenarios {
        let exit = one(args, path, &pool, &stop)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    Ok(Exit::Done)
}

fn one(args: &Args, path: &Path, pool: &rayon::ThreadPool, stop: &Arc<AtomicBool>) -> Result<Exit, Failure> {
    let target = args.out.clone().unwrap_or_else(|| {
        let usual = usual_directory(path);
        match args.shard {
            None => usual,
            Some((k, of)) => PathBuf::from(format!("{}-shard-{k}-of-{of}", usual.display())),
        }
    });
    let mut compiled = args.source.compile(path)?;
    let ends_by_rule = !args.precision.is_empty() || args.time_budget.is_some();
    let usual = match compiled.annual {
        Some(_) => REPLICATIONS_ANNUAL,
        None if ends_by_rule => REPLICATIONS_BY_RULE,
        None => REPLICATIONS,
    };
    let n = args.replications.unwrap_or(usual);
    check_options(args, &mut compiled, n)?;
    check_target(&target).map_err(|error| Failure::new(Exit::World, error))?;
    let mut options = args.source.options();
    if let Some(years) = args.years {
        options.insert("years".to_owned(), years.to_string());
    }
    if !args.precision.is_empty() {
        options.insert("precision".to_owned(), precision_text(&args.precision));
    }
    if let Some(settings) = args.ranges {
        options.insert("ranges".to_owned(), settings.to_string());
    }
    let asked = Asked {
        name: name_of(path),
        n,
        interrupted_of: None,
        seed: args.seed,
        keep: args.keep.clone(),
        options,
        events_max: args.limit_events,
    };
    let run = Run {
        args,
        path,
        target: &target,
        compiled: &compiled,
        asked,
        pool,
        stop,
        began: Instant::now(),
    };
    if compiled.annual.is_some() {
        run.years()
    } else {
        run.disaster()
    }
}

fn precision_text(precision: &[(Option<String>, f64)]) -> String {
    let text = |(target, half): &(Option<String>, f64)| {
        let percent = format!("{}%", half * 100.0);
        target
            .as_ref()
            .map_or(percent.clone(), |target| format!("{target}={percent}"))
    };
    precision.iter().map(text).collect::<Vec<_>>().join(",")
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
    if compiled.annual.is_some() && (!args.precision.is_empty() || args.time_budget.is_some()) {
        return usage(
            "--precision and --time-budget end after rounds of 4096 replications, which scenarios of years do not have; say how many \
             with -n and --years"
                .to_owned(),
        );
    }
    if args.ranges.is_some() && (compiled.annual.is_some() || compiled.targets.is_empty()) {
        return usage(
            "--ranges asks whether promises hold: it takes a scenario with `targets` of a disaster, not of years".to_owned(),
        );
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

/// A run under way.
struct Run<'a> {
    args: &'a Args,
    path: &'a Path,
    target: &'a Path,
    compiled: &'a Compiled,
    asked: Asked,
    pool: &'a rayon::ThreadPool,
    stop: &'a AtomicBool,
    began: Instant,
}

impl Run<'_> {
    fn request(&self, identity: Identity, shape: usize) -> Request<'_> {
        let n = self.asked.n;
        Request {
            target: self.target,
            identity,
            earlier: match (self.args.resume, self.args.fresh) {
                (true, _) => Earlier::Resumed,
                (_, true) => Earlier::Dropped,
                _ => Earlier::Refused,
            },
            range: self.args.shard.map_or(0..n, |(k, of)| range_of(n, k, of)),
            shape,
            stop: self.stop,
        }
    }

    fn told(&self, unfinished: &Unfinished) -> Failure {
        told(self.compiled, self.path, unfinished)
    }

    fn disaster(self) -> Result<Exit, Failure> {
        let layout = layout(self.compiled);
        let plan = self.asked.plan(self.compiled, &layout);
        let request = self.request(identity(self.compiled, &self.asked, &layout), layout.width());
        let mut precision = match &self.args.precision[..] {
            [] => None,
            asked => Some(
                Precision::new(targets(self.compiled), asked)
                    .map_err(|message| Failure::new(Exit::Usage, format!("--precision: {message}")))?,
            ),
        };
        let budget = self
            .args
            .time_budget
            .map(|budget| Duration::from_micros(budget.us()));
        let is_spent = || budget.is_some_and(|budget| self.began.elapsed() >= budget);
        let by_rule = precision.is_some() || budget.is_some();
        let mut look = |shelf: &crate::store::Shelf<Piece>, end: u32| -> Result<bool, StoreError> {
            let mut is_reached = false;
            if let Some(precision) = &mut precision {
                let read = StoreError::at("read", Path::new("rows"));
                precision.look(&layout, shelf.parts(), end).map_err(read)?;
                is_reached = precision.missed().is_empty();
            }
            Ok(is_reached || is_spent())
        };
        let rule: Option<&mut Enough<'_, Piece>> = if by_rule { Some(&mut look) } else { None };
        let found = self
            .pool
            .install(|| gathered(&request, &plan, rule, |unfinished| self.told(unfinished)))?;
        if self.args.shard.is_some() {
            return self.shard(found, &request);
        }
        if found.complete == 0 {
            return Ok(nothing_yet(found.under_way));
        }
        let cautions = precision.map_or_else(Vec::new, |precision| {
            self.of_precision(&precision, found.complete)
        });
        let asked = self.asked_of(&found, by_rule);
        let rows = Rows::of_pieces(layout.clone(), found.parts, found.complete);
        let outcome = self.pool.install(|| conclude(self.compiled, &asked, rows));
        let mut outcome = outcome.map_err(|unfinished| self.told(&unfinished))?;
        outcome.results.cautions.extend(cautions);
        if let Some(settings) = self.args.ranges.filter(|_| !found.is_interrupted) {
            outcome.results.ignorance = self.over_ranges(settings)?;
        }
        let simulated = self.began.elapsed();
        let text = self.results(found.under_way.path()).write(&outcome)?;
        self.end(found.is_interrupted, found.under_way, asked.n, simulated, &text)
    }

    fn years(self) -> Result<Exit, Failure> {
        let annual = self.compiled.annual.expect("a scenario of years");
        let watches = watches(self.compiled);
        let causes = Causes::new(self.compiled);
        let plan = YearsPlan {
            net: &self.compiled.net,
            watches: &watches,
            span: span_of(annual),
            seed: self.asked.seed,
            events_max: self.asked.events_max,
            tell: Some(&causes),
        };
        let request = self.request(identity_of_years(self.compiled, &self.asked), watches.len());
        let found: Gathered<YearsPart> = self
            .pool
            .install(|| gathered(&request, &plan, None, |unfinished| self.told(unfinished)))?;
        if self.args.shard.is_some() {
            return self.shard(found, &request);
        }
        if found.complete == 0 {
            return Ok(nothing_yet(found.under_way));
        }
        let asked = self.asked_of(&found, false);
        let rows = found.parts.into_iter().flat_map(|part| part.0);
        let rows = rows.take(found.complete as usize).collect();
        let outcome = conclude_years(self.compiled, &asked, rows);
        let simulated = self.began.elapsed();
        let text = self.results(found.under_way.path()).write_years(&outcome)?;
        self.end(found.is_interrupted, found.under_way, asked.n, simulated, &text)
    }

    /// Whether the promises hold over the ranges of what is only assumed; nothing if somebody asks to stop.
    fn over_ranges(&self, settings: u32) -> Result<Option<Ignorance>, Failure> {
        let over = OverRanges {
            source: &self.args.source,
            path: self.path,
            asked: &self.asked,
            settings,
            stop: self.stop,
        };
        self.pool.install(|| over.simulate())
    }

    /// What was asked for, cut down to what there is.
    fn asked_of<P>(&self, found: &Gathered<P>, by_rule: bool) -> Asked {
        let is_cut = found.is_interrupted && !by_rule;
        let mut asked = self.asked.clone();
        asked.interrupted_of = is_cut.then_some(asked.n);
        asked.n = found.complete;
        asked
    }

    /// What is to be said of a run whose length was chosen by looking at it.
    fn of_precision(&self, precision: &Precision, n: u32) -> Vec<String> {
        let missed = precision.missed();
        if !missed.is_empty() {
            return vec![format!(
                "The precision that was asked for is not reached after {n} replications: {}.",
                missed.join(", ")
            )];
        }
        vec![
            "How many replications there are was decided by looking at the intervals of the promises, which makes these cover a little \
             less often than they say."
                .to_owned(),
        ]
    }

    fn results<'b>(&'b self, way: &'b Path) -> Results<'b> {
        Results {
            target: self.target,
            way: Some(way),
            compiled: self.compiled,
            shown: &self.args.shown,
        }
    }

    /// Writes a shard.
    fn shard<P: Part>(&self, found: Gathered<P>, request: &Request<'_>) -> Result<Exit, Failure> {
        let (shard, of) = self.args.shard.expect("a shard was asked for");
        let range = request.range.clone();
        if found.is_interrupted {
            output::complain(&format!(
                "interrupted: {} of {} replications of this shard are complete; go on with --resume",
                found.complete,
                range.end - range.start
            ));
            return Ok(Exit::Interrupted);
        }
        let head = ShardHead {
            shard,
            of,
            n: self.asked.n,
            first: range.start,
            end: range.end,
            name: self.asked.name.clone(),
            run: request.identity.clone(),
            options: self.asked.options.clone(),
            numbers: numbers(self.compiled),
        };
        let made =
            shard_files(&head, &self.compiled.resolved, &found.parts).map_err(|error| not_made(&error))?;
        write_directory_by(self.target, &made, Some(found.under_way.path()))
            .map_err(|error| Failure::new(Exit::World, error))?;
        drop(made);
        found
            .under_way
            .remove()
            .map_err(|error| Failure::new(Exit::World, error))?;
        output::print(&format!(
            "{}: shard {shard} of {of}, replications {}\n",
            self.target.display(),
            if range.is_empty() {
                "none".to_owned()
            } else {
                format!("{} to {}", range.start, range.end - 1)
            }
        ))?;
        Ok(Exit::Done)
    }

    /// The results stand: what was under way goes, unless there is more to come.
    fn end(
        &self,
        is_interrupted: bool,
        under_way: UnderWay,
        n: u32,
        simulated: Duration,
        text: &str,
    ) -> Result<Exit, Failure> {
        let kept = under_way.path().display().to_string();
        if !is_interrupted {
            under_way
                .remove()
                .map_err(|error| Failure::new(Exit::World, error))?;
        }
        output::print(text)?;
        let rate = f64::from(n) / simulated.as_secs_f64().max(1e-9);
        output::complain(&format!(
            "{n} replications in {:.1} s ({rate:.0} a second); files written after {:.1} s",
            simulated.as_secs_f64(),
            self.began.elapsed().as_secs_f64()
        ));
        if is_interrupted {
            output::complain(&format!(
                "interrupted: {n} of {} replications are complete and kept in {kept}; go on with --resume",
                self.asked.n
            ));
            return Ok(Exit::Interrupted);
        }
        Ok(Exit::Done)
    }
}

/// It was interrupted before a single replication was complete.
fn nothing_yet(under_way: UnderWay) -> Exit {
    // What cannot be removed is thrown away by the next run.
    drop(under_way.remove());
    output::complain("interrupted before a replication was complete; no results were written");
    Exit::Interrupted
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
