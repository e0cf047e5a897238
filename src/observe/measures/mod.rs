//! The measures: one file each, one line each in [`MEASURES`]. A measure reads a replication and fills its cells of the row.

mod blast;
mod curves;
mod loads;
mod record;
mod services;
mod whole;

use super::looked::Looked;

/// Fills a measure's cells of a row.
pub type Measure = fn(&Looked<'_>, &mut [i64]);

/// Every measure, with its name.
pub const MEASURES: &[(&str, Measure)] = &[
    ("services", services::measure),
    ("whole", whole::measure),
    ("blast", blast::measure),
    ("curves", curves::measure),
    ("record", record::measure),
    ("loads", loads::measure),
];

/// All cells of a replication's row.
pub fn cells(looked: &Looked<'_>) -> Box<[i64]> {
    let mut cells = vec![0; looked.layout.width()];
    for (_, measure) in MEASURES {
        measure(looked, &mut cells);
    }
    cells.into_boxed_slice()
}

/// A time in microseconds as a cell.
pub(super) fn cell(us: u64) -> i64 {
    i64::try_from(us).expect("a simulated time is far below 2^63 µs")
}
