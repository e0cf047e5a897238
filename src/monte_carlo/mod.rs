//! Replications in parallel.
//!
//! A replication is a pure function of (network, seed, number), so threads share nothing but the network; rows are gathered in the order of
//! their numbers, whatever the threads did. Rows are all that is kept: a replication that is to be told is replayed by its number.

mod gather;
mod replica;
mod years;

pub use gather::{GatherError, Orders, Simulate, gather};
pub use replica::Replica;
pub use years::{Years, YearsPlan, simulate_years};

use std::sync::atomic::AtomicBool;

use crate::compile::Compiled;
use crate::kernel::{Limits, Runaway};
use crate::observe::columns::Layout;
use crate::store::{Part, Piece, Row, Rows, Shelf};

/// The most events that one replication may have before it is given up.
pub const EVENTS_MAX: u64 = 50_000_000;

/// The most settlings at one moment of simulated time before a replication is given up as a chain without end.
pub const SETTLINGS_MAX: u32 = 10_000;

/// What to simulate.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The network and its names.
    pub compiled: &'a Compiled,
    /// The columns of a row.
    pub layout: &'a Layout,
    /// The seed.
    pub seed: u64,
    /// The most events of one replication.
    pub events_max: u64,
}

impl Plan<'_> {
    fn limits(&self) -> Limits {
        Limits {
            horizon_us: self.compiled.horizon_us,
            events_max: self.events_max,
            settlings_max: SETTLINGS_MAX,
        }
    }
}

/// A replication that could not be finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// Its number, with which it can be replayed.
    pub replication: u32,
    /// Where it got stuck.
    pub runaway: Runaway,
}

/// Ends with a panic that names the replication if it broke a rule that every replication keeps.
fn keeps_the_rules(found: Result<(), String>, seed: u64, replication: u32) {
    if let Err(broken) = found {
        panic!("replication {replication} with seed {seed} broke a rule of the simulation: {broken}");
    }
}

impl<'a> Simulate for Plan<'a> {
    type Row = Row;
    type Memory = Replica<'a>;

    fn memory(&self) -> Replica<'a> {
        Replica::new(*self)
    }

    fn row(&self, replica: &mut Replica<'a>, number: u32) -> Result<Row, Unfinished> {
        replica.row(number)
    }
}

/// Simulates the replications `0..n` on the threads of the current rayon pool, in memory. `progress` is told how many more are done, from any
/// thread.
///
/// # Errors
/// The unfinished replication with the smallest number.
pub fn simulate(plan: Plan<'_>, n: u32, progress: &(dyn Fn(u32) + Sync)) -> Result<Rows, Unfinished> {
    let pieces = simulate_parts::<_, Piece>(&plan, n, progress)?;
    Ok(Rows::of_pieces(plan.layout.clone(), pieces, n))
}

fn simulate_parts<S: Simulate, P: Part<Row = S::Row>>(
    work: &S,
    n: u32,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Vec<P>, Unfinished> {
    let mut shelf = Shelf::in_memory();
    let stop = AtomicBool::new(false);
    let orders = Orders {
        stop: &stop,
        progress,
        clock: None,
    };
    match gather(work, 0..n, &mut shelf, orders) {
        Ok(()) => Ok(shelf.into_parts(&(0..n)).0),
        Err(GatherError::Unfinished(unfinished)) => Err(unfinished),
        Err(GatherError::Store(error)) => unreachable!("memory takes every part: {error}"),
    }
}
