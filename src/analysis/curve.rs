//! Point-wise bands over the curves that the rows carry.

use crate::analysis::interval::Values;
use crate::analysis::results::{Band, CurveResult};
use crate::statistics::Mean;
use crate::store::Rows;

/// The curves of a run with their bands.
pub fn curve(rows: &Rows) -> CurveResult {
    let times_us = rows.layout.curve_times_us().to_vec();
    let mut served = Band::default();
    let mut servers_on = Band::default();
    for k in 0..times_us.len() {
        push(&mut served, rows, rows.layout.curve(k));
        push(&mut servers_on, rows, rows.layout.servers_on(k));
    }
    CurveResult {
        times_us,
        served,
        servers_on,
    }
}

/// Appends the quantiles (observed values) and the mean of one moment.
fn push(band: &mut Band, rows: &Rows, column: usize) {
    band.mean
        .push(Mean::of(rows.column(column)).mean().unwrap_or(0.0));
    let values = Values::new(|| rows.column(column));
    let [q05, q25, q50, q75, q95] = values.plain_quantiles([0.05, 0.25, 0.5, 0.75, 0.95]);
    band.q05.push(q05);
    band.q25.push(q25);
    band.q50.push(q50);
    band.q75.push(q75);
    band.q95.push(q95);
}
