//! Replications in parallel.
//!
//! A replication is a pure function of (network, seed, number), so threads share nothing but the network; rows are gathered in the order of
//! their numbers, whatever the threads did. Rows are all that is kept: a replication that is to be told is replayed by its number.

mod replica;
mod years;

pub use replica::Replica;
pub use years::{Years, YearsPlan, simulate_years};

use rayon::prelude::*;

use crate::compile::Compiled;
use crate::kernel::{Limits, Runaway};
use crate::observe::columns::Layout;
use crate::store::{Piece, ROUND, Row, Rows};

/// How many replications a thread takes at a time.
const BLOCK: u32 = 64;

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

/// Simulates the replications `0..n` on the threads of the current rayon pool. `progress` is told how many are done, from any thread.
///
/// # Errors
/// The unfinished replication with the smallest number of the first round that has one.
pub fn simulate(plan: Plan<'_>, n: u32, progress: &(dyn Fn(u32) + Sync)) -> Result<Rows, Unfinished> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < n {
        let to = n.min(from.saturating_add(ROUND));
        let blocks: Vec<Result<Vec<Row>, Unfinished>> = (0..(to - from).div_ceil(BLOCK))
            .into_par_iter()
            .map_init(
                || Replica::new(plan),
                |replica, block| {
                    let first = from + block * BLOCK;
                    let last = to.min(first + BLOCK);
                    let rows: Result<Vec<Row>, Unfinished> =
                        (first..last).map(|number| replica.row(number)).collect();
                    progress(last - first);
                    rows
                },
            )
            .collect();
        let mut rows: Vec<Row> = Vec::with_capacity((to - from) as usize);
        for block in blocks {
            rows.extend(block?);
        }
        pieces.push(Piece::of(&rows));
        from = to;
    }
    Ok(Rows::of_pieces(plan.layout.clone(), pieces, n))
}
