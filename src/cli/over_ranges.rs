//! The outer loop over the ranges of what is only assumed.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Failure;
use super::output::complain;
use super::run::told;
use super::scenario::{Source, compile_loaded};
use crate::analysis::ignorance::{Ignorance, REPLICATIONS_MAX, RangeResult, kept, put_together, settings};
use crate::analysis::run::{Asked, layout, targets};
use crate::monte_carlo::simulate;
use crate::scenario::Ranged;

/// What is simulated, and how often.
pub struct OverRanges<'a> {
    /// Which scenario, in which variant.
    pub source: &'a Source,
    /// Its file.
    pub path: &'a Path,
    /// The run to which this belongs: its seed, and at most so many replications.
    pub asked: &'a Asked,
    /// How many settings of all ranges.
    pub settings: u32,
    /// Set when somebody asks to stop.
    pub stop: &'a AtomicBool,
}

impl OverRanges<'_> {
    /// Simulates each setting; nothing if somebody asks to stop.
    ///
    /// # Errors
    /// A setting that is not valid, or a replication that could not be finished.
    pub fn simulate(&self) -> Result<Option<Ignorance>, Failure> {
        let loaded = self.source.load(self.path)?;
        let ranged = loaded.ranged();
        let n = self.asked.n.min(REPLICATIONS_MAX);
        let found: Vec<RangeResult> = ranged
            .iter()
            .map(|range| RangeResult {
                path: range.path.clone(),
                places: range.places,
                low: range.low.clone(),
                high: range.high.clone(),
            })
            .collect();
        if ranged.is_empty() {
            return Ok(Some(put_together(found, 0, n, &[], &[])));
        }
        let all = settings(ranged.len(), self.settings, self.asked.seed);
        complain(&format!(
            "over the ranges of {} assumed values: {} settings, {n} replications each",
            ranged.len(),
            all.len()
        ));
        let mut seen = Vec::with_capacity(all.len());
        let mut promises = Vec::new();
        for setting in &all {
            if self.stop.load(Ordering::Relaxed) {
                complain("interrupted: nothing is said about ranges");
                return Ok(None);
            }
            let of_setting: Vec<(&Ranged, f64)> = ranged
                .iter()
                .zip(setting)
                .filter_map(|(range, at)| at.map(|at| (range, at)))
                .collect();
            let mut loaded = loaded.clone();
            loaded.set_ranged(&of_setting);
            let compiled = compile_loaded(loaded)?;
            let layout = layout(&compiled);
            let plan = self.asked.plan(&compiled, &layout);
            let rows =
                simulate(plan, n, &|_| {}).map_err(|unfinished| told(&compiled, self.path, &unfinished))?;
            promises = targets(&compiled);
            seen.push(kept(&rows, &promises));
        }
        Ok(Some(put_together(found, self.settings, n, &promises, &seen)))
    }
}
