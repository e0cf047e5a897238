//! One replication at a time, on memory that is used again.

use super::{Plan, Unfinished, keeps_the_rules};
use crate::kernel::{End, Observe, Scratch, State, Trace, run};
use crate::observe::guard::Guard;
use crate::observe::history::{History, Readings};
use crate::observe::looked::Looked;
use crate::observe::measures::cells;
use crate::random::Key;
use crate::store::Row;

/// The memory of one worker.
pub struct Replica<'a> {
    plan: Plan<'a>,
    state: State,
    scratch: Scratch,
    trace: Trace,
    guard: Guard<'a>,
    readings: Readings,
}

impl<'a> Replica<'a> {
    /// Memory for the replications of a plan.
    pub fn new(plan: Plan<'a>) -> Self {
        let net = &plan.compiled.net;
        Self {
            plan,
            state: State::new(net),
            scratch: Scratch::new(net),
            trace: Trace::default(),
            guard: Guard::new(net, Trace::CALLS),
            readings: Readings::new(net),
        }
    }

    /// Simulates a replication and asks `question` of what happened.
    ///
    /// # Errors
    /// A replication that could not be finished.
    ///
    /// # Panics
    /// If the replication broke a rule of the simulation, by a mistake of ours.
    pub fn look<T>(&mut self, number: u32, question: impl FnOnce(&Looked<'_>) -> T) -> Result<T, Unfinished> {
        let end = self.simulate(number)?;
        let plan = self.plan;
        let history = History::new(
            &plan.compiled.net,
            &self.readings,
            &self.state,
            &self.trace.transitions,
            plan.compiled.horizon_us,
        );
        Ok(question(&Looked::new(plan.compiled, plan.layout, &history, end)))
    }

    /// The row of a replication.
    ///
    /// # Errors
    /// A replication that could not be finished.
    ///
    /// # Panics
    /// As [`Replica::look`].
    pub fn row(&mut self, number: u32) -> Result<Row, Unfinished> {
        let cells = self.look(number, cells)?;
        Ok(Row {
            replication: number,
            cells,
        })
    }

    /// How many events a replication has, without looking at it.
    ///
    /// # Errors
    /// A replication that could not be finished.
    pub fn events(&mut self, number: u32) -> Result<u64, Unfinished> {
        let plan = self.plan;
        let key = Key::new(plan.seed, number);
        run(
            &plan.compiled.net,
            &mut self.state,
            &mut self.scratch,
            key,
            plan.limits(),
            &mut (),
        )
        .map(|end| end.events)
        .map_err(|runaway| Unfinished {
            replication: number,
            runaway,
        })
    }

    fn simulate(&mut self, number: u32) -> Result<End, Unfinished> {
        let plan = self.plan;
        self.trace.transitions.clear();
        self.guard.reset();
        let key = Key::new(plan.seed, number);
        let end = run(
            &plan.compiled.net,
            &mut self.state,
            &mut self.scratch,
            key,
            plan.limits(),
            &mut (&mut self.trace, &mut self.guard),
        )
        .map_err(|runaway| Unfinished {
            replication: number,
            runaway,
        })?;
        keeps_the_rules(self.guard.finish(&self.state), plan.seed, number);
        Ok(end)
    }
}
