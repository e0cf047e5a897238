//! Batches: parts of the simulated time that are independent, or so long that they nearly are.

use crate::observe::annual::{AnnualRow, YEAR_US};

/// Fewer batches than this do not tell how much they vary.
pub const BATCHES_ENOUGH: usize = 10;

/// As many batches are made if there are fewer replications.
const BATCHES_WANTED: usize = 20;

/// What was seen of one watched node in one batch. Times are microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// How long the batch is.
    pub span_us: i64,
    /// Time down.
    pub down_us: i64,
    /// Time at less than full, but not down.
    pub degraded_us: i64,
    /// Time lost, a half-lost hour counting half an hour.
    pub lost_us: i64,
    /// Falls below `down_below`.
    pub falls: i64,
    /// Outages that began.
    pub outages: i64,
    /// Time within outages.
    pub outage_us: i64,
}

/// The batches of one watched node: the replications, which are independent; or, if there are few of them, runs of whole years of each,
/// which are nearly so where recoveries are short against a year (batch means).
pub fn batches(rows: &[AnnualRow], watch: usize) -> Vec<Batch> {
    let year_us = i64::try_from(YEAR_US).expect("a year is a small number of microseconds");
    let mut batches = Vec::new();
    for row in rows {
        let years = &row.seen[watch].years;
        if years.is_empty() {
            continue;
        }
        let parts = BATCHES_WANTED.div_ceil(rows.len()).clamp(1, years.len());
        for part in 0..parts {
            let (from, to) = (part * years.len() / parts, (part + 1) * years.len() / parts);
            let mut batch = Batch::default();
            for year in &years[from..to] {
                batch.span_us += year_us;
                batch.down_us += year.down_us;
                batch.degraded_us += year.degraded_us;
                batch.lost_us += year.lost_us;
                batch.falls += year.falls;
                batch.outages += year.outages;
                batch.outage_us += year.outage_us;
            }
            batches.push(batch);
        }
    }
    batches
}
