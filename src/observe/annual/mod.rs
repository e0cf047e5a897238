//! Years of ordinary life, watched without being kept.
//!
//! A conditional run looks back upon a whole history; a run over years would drown in it. So each watched node has a [`Meter`] that takes
//! in every change as it comes and keeps integers only: time down, outages, the longest one, and the same by year. What happened before
//! the end of the warm-up is left out, but the meters run through it, so that they know the state that they find then.
//!
//! ```text
//! 0 ──── warm-up ────┬──── year 1 ────┬── … ──┬──── year n ────┬─ tail ─┐
//!                    │ counted                                 │        └ the replication ends
//! ```
//!
//! The tail is as long as a stretch must be to count as settled, so that an outage just before the end of the last year has an end too.
//! Nothing here knows what the nodes stand for.

mod meter;
mod row;
mod tracing;
mod watching;

#[cfg(test)]
mod tests;

pub use meter::{Meter, OUTAGES_KEPT_MAX};
pub use row::{AnnualRow, NOT_ENDED, NOT_TOLD, Outage, Seen, Totals, Year};
pub use tracing::{Tell, Told, Tracing};
pub use watching::Watching;

use crate::kernel::{FULL_PPM, NodeId};

/// The Julian year of 365.25 days, in microseconds.
pub const YEAR_US: u64 = 31_557_600_000_000;

/// How long what was lost must be well again for its outage to be over, unless stated: 24 hours, in microseconds.
pub const SETTLED_US: u64 = 86_400_000_000;

/// What is counted of a replication: so many years after a warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How much of the beginning is left out, in microseconds.
    pub warm_up_us: u64,
    /// How many years are counted then.
    pub years: u32,
}

impl Span {
    /// When the last year ends, in microseconds since the beginning.
    pub fn end_us(&self) -> u64 {
        self.warm_up_us + self.counted_us()
    }

    /// How long the years are together, in microseconds.
    pub fn counted_us(&self) -> u64 {
        u64::from(self.years) * YEAR_US
    }

    /// When a replication ends: after the years and a tail in which the last outages can settle, in microseconds.
    pub fn horizon_us(&self, watches: &[Watch]) -> u64 {
        let tail = watches.iter().map(|watch| watch.settled_for_us).max();
        self.end_us() + tail.unwrap_or(0)
    }
}

/// A node to be watched, and when it counts as lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// The node.
    pub node: NodeId,
    /// The value that is everything one could have (more than 0).
    pub full: i64,
    /// It is down while its value is less than this.
    pub down_below: i64,
    /// An outage ends when the value is this much again (at least `down_below`) …
    pub recovered_at: i64,
    /// … for this long, in microseconds. With 0 an outage is no more than one spell of being down (if `recovered_at` is `down_below`).
    pub settled_for_us: u64,
}

impl Watch {
    /// A flag: down while false. Its outages are its spells of being down, as textbooks count failures.
    pub fn flag(node: NodeId) -> Self {
        Self {
            node,
            full: 1,
            down_below: 1,
            recovered_at: 1,
            settled_for_us: 0,
        }
    }

    /// A level in parts per million: down below the half, recovered once full for 24 hours.
    pub fn level(node: NodeId) -> Self {
        Self {
            node,
            full: FULL_PPM,
            down_below: FULL_PPM / 2,
            recovered_at: FULL_PPM,
            settled_for_us: SETTLED_US,
        }
    }
}
