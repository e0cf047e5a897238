//! From compiled scenarios to their comparison.

use super::crews::crews;
use super::{CompareInput, Comparison, Design, compare};

use crate::analysis::run::{Asked, LEVEL, layout, targets};
use crate::compile::Compiled;
use crate::monte_carlo::{Unfinished, simulate};

/// A design that is to be simulated.
#[derive(Clone)]
pub struct Named<'a> {
    /// What it is called.
    pub name: String,
    /// Its title, or nothing.
    pub title: String,
    /// The design.
    pub compiled: &'a Compiled,
}

/// Simulates each design under the same chance, the base first, and compares them. `progress` is told how many replications more are done.
///
/// # Errors
/// The place of the design with a replication that could not be finished, and that.
///
/// # Panics
/// If there are fewer than two designs, or their horizons differ.
pub fn run(
    designs: &[Named<'_>],
    asked: &Asked,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Comparison, (usize, Unfinished)> {
    let mut simulated = Vec::new();
    for (place, design) in designs.iter().enumerate() {
        let compiled = design.compiled;
        let layout = layout(compiled);
        let plan = asked.plan(compiled, &layout);
        let rows = simulate(plan, asked.n, progress).map_err(|unfinished| (place, unfinished))?;
        simulated.push(Design {
            name: design.name.clone(),
            title: design.title.clone(),
            scenario_sha256: compiled.resolved.sha256().to_owned(),
            horizon_us: compiled.horizon_us,
            rows,
            targets: targets(compiled),
            draws: compiled.net.drawing(),
            crews: crews(compiled),
        });
    }
    let input = CompareInput {
        name: asked.name.clone(),
        seed: asked.seed,
        level: LEVEL,
        options: asked.options.clone(),
    };
    Ok(compare(&simulated, input))
}
