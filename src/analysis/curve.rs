//! Point-wise bands over the curves that the rows carry.

use crate::analysis::results::{Band, CurveResult};
use crate::observe::row::Rows;
use crate::statistics::{Mean, Sample};

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

/// Appends the quantiles (observed values) and the mean of one moment.
fn push(band: &mut Band, mut values: Vec<i64>) {
    band.mean
        .push(Mean::of(values.iter().copied()).mean().unwrap_or(0.0));
    values.sort_unstable();
    let sample = Sample::new(&values, 0);
    let at = |p: f64| {
        sample
            .quantile(p)
            .and_then(|ordered| ordered.value())
            .unwrap_or(0)
    };
    band.q05.push(at(0.05));
    band.q25.push(at(0.25));
    band.q50.push(at(0.5));
    band.q75.push(at(0.75));
    band.q95.push(at(0.95));
}
