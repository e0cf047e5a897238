//! Point-wise bands over the curves that the rows carry.

use crate::analysis::results::{Band, CurveResult};
use crate::observe::row::Rows;

/// The curves of a run with their bands.
pub fn curve(rows: &Rows) -> CurveResult {
    let times_us = rows.layout.curve_times_us().to_vec();
    let mut served = Band::default();
    let mut servers_on = Band::default();
    for k in 0..times_us.len() {
        push(&mut served, rows.column(rows.layout.curve(k)).collect());
        push(&mut servers_on, rows.column(rows.layout.servers_on(k)).collect());
    }
    CurveResult {
        times_us,
        served,
        servers_on,
    }
}

/// Appends the quantiles of one moment (type 1 of Hyndman and Fan: observed values).
fn push(band: &mut Band, mut values: Vec<i64>) {
    values.sort_unstable();
    let n = values.len();
    let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
    // Smallest rank whose share reaches the percentage, in whole numbers.
    let at = |percent: usize| values[(n * percent).div_ceil(100).clamp(1, n) - 1];
    band.q05.push(at(5));
    band.q25.push(at(25));
    band.q50.push(at(50));
    band.q75.push(at(75));
    band.q95.push(at(95));
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean of the chart, to sixteen digits"
    )]
    band.mean.push(sum as f64 / n as f64);
}
