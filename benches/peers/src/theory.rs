//! How many events there ought to be.

use super::models::{LIFE_H, REPAIR_H};
use super::{Did, Work};

/// Holds what was seen against what is expected, in standard errors.
///
/// # Panics
/// If it is further than 4.5 away: then the engines do not simulate the same.
pub fn check(work: Work, engine: &str, seen: Did, (hours, rounds): (f64, u32), gates: Did, limit: Did) {
    let (expected, variance) = match work {
        Work::Units(n) => renewals(n, LIFE_H, REPAIR_H, hours, rounds),
        // Half of the units always wait: the heads are always busy but for the beginning, when it takes some hours until five have failed. Both
        // the repairs and the failures are as many as the heads can do.
        Work::Crew => {
            let repairs = 5.0 / REPAIR_H * hours;
            // In steady state L units wait so that failures keep up: 1,000 − L live ones fail as often as five heads repair.
            let down = f64::from(rounds) * (1_000.0 - 0.5 * LIFE_H);
            (
                2.0 * repairs + down,
                4.0 * repairs + (0.02 * down) * (0.02 * down),
            )
        }
        Work::Hold => (1_000.0 * hours, 1_000.0 * hours),
        Work::Gates(_) => renewals(1_000, 1.0, 1.0, hours, rounds),
    };
    let error = variance.sqrt();
    let z = (seen.events as f64 - expected) / error;
    eprintln!(
        "{:22} {engine:12} {} events, expected {expected:.0}: z = {z:.1}",
        work.name(),
        seen.events
    );
    assert!(z.abs() < 4.5, "{engine} does not simulate {work:?}");
    if let Work::Gates(_) = work {
        let (ours, theirs) = (
            gates.gates_changed as f64 / gates.events as f64,
            limit.gates_changed as f64 / limit.events as f64,
        );
        eprintln!(
            "{:22} {engine:12} {ours:.3} gates change per event; the limit line: {theirs:.3}",
            ""
        );
        assert!(
            (ours / theirs - 1.0).abs() < 0.03,
            "{engine} has other gates in {work:?}"
        );
    }
}

/// Failures and repairs of `n` units that are whole at first, over `rounds` replications of the same length.
///
/// The mean is exact for exponential times; the variance is that of the renewal theorem, of a cycle of life and repair.
fn renewals(n: u32, life: f64, repair: f64, hours: f64, rounds: u32) -> (f64, f64) {
    let each = hours / f64::from(rounds);
    let rate = 1.0 / life + 1.0 / repair;
    let down = 1.0 / life / rate;
    // ∫ of the chance to be up over the time.
    let up = (1.0 - down) * each + down * (1.0 - (-rate * each).exp()) / rate;
    let mean = up / life + (each - up) / repair;
    let cycle = life + repair;
    let variance = each * (life * life + repair * repair) / (cycle * cycle * cycle) * 4.0;
    // Short replications have not settled: at least the Poisson variance of their events.
    let count = f64::from(n) * f64::from(rounds);
    (count * mean, count * variance.max(mean))
}
