//! Whether counts vary as those of a process without memory would.

use super::mean::Mean;
use crate::random::special::gamma_integrals;

/// The variance of counts in equal spans, over their mean: 1 for a Poisson process, more for clumps, less for a regular beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// The index of dispersion.
    pub index: f64,
    /// The chance of so large an index if the process had no memory.
    pub chance: f64,
}

/// With a chance below this the clumps are believed.
const BELIEVED: f64 = 0.01;

impl Dispersion {
    /// Of counts in spans of equal length; `None` with fewer than two spans or without events.
    ///
    /// Fisher's test: (spans − 1) · index has about the chi-square law with spans − 1 degrees (Cox and Lewis, The Statistical Analysis
    /// of Series of Events, 1966, 9.3).
    #[must_use]
    pub fn of(counts: impl IntoIterator<Item = i64>) -> Option<Self> {
        let moments = Mean::of(counts);
        let (mean, variance) = (moments.mean()?, moments.variance()?);
        if mean <= 0.0 {
            return None;
        }
        let index = variance / mean;
        let degrees = (moments.n() - 1) as f64;
        Some(Self {
            index,
            chance: gamma_integrals(0.5 * degrees, 0.5 * degrees * index).1,
        })
    }

    /// By what the variance of a count has to be multiplied: the index where it is believed to be more than 1, else 1.
    #[must_use]
    pub fn factor(&self) -> f64 {
        if self.chance < BELIEVED {
            self.index.max(1.0)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clumps_are_told_from_chance_and_from_a_beat() {
        let even = Dispersion::of([3; 50]).expect("events");
        assert!(even.index < 1e-12 && (even.factor() - 1.0).abs() < 1e-12);
        // Five at a time, or none.
        let clumps = Dispersion::of((0..50).map(|span| if span % 5 == 0 { 5 } else { 0 })).expect("events");
        assert!((clumps.index - 4.0 * 50.0 / 49.0).abs() < 1e-9, "{clumps:?}");
        assert!(clumps.chance < 1e-9 && clumps.factor() > 4.0);
        assert_eq!(Dispersion::of([0; 9]), None);
        assert_eq!(Dispersion::of([7]), None);
    }

    /// Chi-square with 10 degrees exceeds 18.307 with a chance of 5 % (any table).
    #[test]
    fn the_chance_is_that_of_the_table() {
        let counts = [2_i64, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2];
        let found = Dispersion::of(counts).expect("events");
        assert!((found.chance - 1.0).abs() < 1e-12);
        let chance = gamma_integrals(5.0, 0.5 * 18.307_038_053_275_146).1;
        assert!((chance - 0.05).abs() < 1e-9);
    }
}
