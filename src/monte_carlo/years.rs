//! Replications over years, in parallel: from a network and nodes to watch, to rows.
//!
//! This is the way in for who has a network and no scenario: declare it with [`crate::kernel::Builder`], name the nodes to watch, and make
//! estimates of the rows with [`crate::analysis::annual`].

use super::{SETTLINGS_MAX, Simulate, Unfinished, keeps_the_rules, simulate_parts};
use crate::kernel::{Limits, Netlist, Scratch, State, run};
use crate::observe::annual::{AnnualRow, Span, Tell, Tracing, Watch, Watching};
use crate::observe::guard::Guard;
use crate::random::Key;
use crate::store::YearsPart;

/// What to simulate over years.
#[derive(Clone, Copy)]
pub struct YearsPlan<'a> {
    /// The network.
    pub net: &'a Netlist,
    /// The nodes to watch.
    pub watches: &'a [Watch],
    /// Warm-up and years of each replication.
    pub span: Span,
    /// The seed.
    pub seed: u64,
    /// The most events of one replication.
    pub events_max: u64,
    /// Who tells why something was lost; without, no causes are recorded, which is faster.
    pub tell: Option<&'a dyn Tell>,
}

impl<'a> Simulate for YearsPlan<'a> {
    type Row = AnnualRow;
    type Memory = Years<'a>;

    fn memory(&self) -> Years<'a> {
        Years::new(*self)
    }

    fn row(&self, years: &mut Years<'a>, number: u32) -> Result<AnnualRow, Unfinished> {
        years.row(number)
    }
}

/// Simulates the replications `0..n` on the threads of the current rayon pool; rows come in their order, whatever the threads did.
/// `progress` is told how many more are done, from any thread.
///
/// # Errors
/// The unfinished replication with the smallest number.
pub fn simulate_years(
    plan: YearsPlan<'_>,
    n: u32,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Vec<AnnualRow>, Unfinished> {
    let parts = simulate_parts::<_, YearsPart>(&plan, n, progress)?;
    Ok(parts.into_iter().flat_map(|part| part.0).collect())
}

/// The memory of one worker.
pub struct Years<'a> {
    plan: YearsPlan<'a>,
    state: State,
    scratch: Scratch,
    observer: Observer<'a>,
    guard: Guard<'a>,
}

/// The meters, with or without causes.
enum Observer<'a> {
    Watching(Box<Watching>),
    Tracing(Box<Tracing<'a>>),
}

impl<'a> Years<'a> {
    /// Memory for the replications of a plan.
    pub fn new(plan: YearsPlan<'a>) -> Self {
        Self {
            plan,
            state: State::new(plan.net),
            scratch: Scratch::new(plan.net),
            observer: match plan.tell {
                None => Observer::Watching(Box::new(Watching::new(plan.net, plan.watches, plan.span))),
                Some(tell) => {
                    Observer::Tracing(Box::new(Tracing::new(plan.net, plan.watches, plan.span, tell)))
                }
            },
            guard: Guard::new(plan.net, false),
        }
    }

    /// The row of a replication.
    ///
    /// # Errors
    /// A replication that could not be finished.
    ///
    /// # Panics
    /// If the replication broke a rule of the simulation, by a mistake of ours.
    pub fn row(&mut self, number: u32) -> Result<AnnualRow, Unfinished> {
        let plan = self.plan;
        let horizon_us = plan.span.horizon_us(plan.watches);
        let limits = Limits {
            horizon_us,
            events_max: plan.events_max,
            settlings_max: SETTLINGS_MAX,
        };
        let key = Key::new(plan.seed, number);
        let (state, scratch, guard) = (&mut self.state, &mut self.scratch, &mut self.guard);
        guard.reset();
        let ended = match &mut self.observer {
            Observer::Watching(watching) => {
                watching.reset();
                run(
                    plan.net,
                    state,
                    scratch,
                    key,
                    limits,
                    &mut (watching.as_mut(), guard),
                )
            }
            Observer::Tracing(tracing) => {
                tracing.reset();
                run(
                    plan.net,
                    state,
                    scratch,
                    key,
                    limits,
                    &mut (tracing.as_mut(), guard),
                )
            }
        };
        let end = ended.map_err(|runaway| Unfinished {
            replication: number,
            runaway,
        })?;
        keeps_the_rules(self.guard.finish(&self.state), plan.seed, number);
        let seen = match &mut self.observer {
            Observer::Watching(watching) => watching.finish(&self.state),
            Observer::Tracing(tracing) => tracing.finish(&self.state, horizon_us),
        };
        Ok(AnnualRow {
            replication: number,
            events: end.events,
            seen,
        })
    }
}
