//! How many events a process without memory brought in a known time.

use super::{Interval, tail};
use crate::random::special::gamma_quantile;

/// A count of events whose expected number is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoissonCount {
    /// How many events there were.
    pub events: u64,
}

impl PoissonCount {
    /// Garwood's exact interval (1936) for the expected number of events; covers at least `level`.
    #[must_use]
    pub fn garwood(&self, level: f64) -> Interval {
        garwood(self.events as f64, level)
    }

    /// The interval where events come in clumps: of `index` times the variance of a process without memory (at least 1).
    ///
    /// Quasi-likelihood (McCullagh and Nelder, Generalized Linear Models, 1989, 6.2): so many events tell as much as a part 1/`index` of
    /// them would without clumps.
    #[must_use]
    pub fn of_clumps(&self, index: f64, level: f64) -> Interval {
        let index = index.max(1.0);
        garwood(self.events as f64 / index, level).scaled(index)
    }
}

fn garwood(events: f64, level: f64) -> Interval {
    let tail = tail(level);
    let low = if events <= 0.0 {
        0.0
    } else {
        gamma_quantile(events, tail)
    };
    Interval {
        low,
        high: gamma_quantile(events + 1.0, 1.0 - tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::special::gamma_integrals;

    /// Reference `poisson_0` (the chi-square relation), and the definition for others.
    #[test]
    fn gives_the_exact_bounds() {
        let none = PoissonCount { events: 0 }.garwood(0.95);
        assert!(none.low <= 0.0 && (none.high - 3.688_879_454_113_935_4).abs() < 1e-9);
        for events in [1, 7, 400] {
            let interval = PoissonCount { events }.garwood(0.9);
            let at_least = gamma_integrals(events as f64, interval.low).0;
            let at_most = gamma_integrals(events as f64 + 1.0, interval.high).1;
            assert!((at_least - 0.05).abs() < 1e-9 && (at_most - 0.05).abs() < 1e-9);
        }
    }

    /// Exact coverage: the sum of the masses of all counts whose interval holds the truth.
    #[test]
    fn covers_at_least_its_level_whatever_the_truth() {
        for expected in [0.2, 1.0, 3.3, 12.0, 60.0] {
            let mut covered = 0.0;
            let mut mass = libm::exp(-expected);
            for events in 0..400_u64 {
                if (PoissonCount { events }).garwood(0.95).contains(expected) {
                    covered += mass;
                }
                mass *= expected / (events + 1) as f64;
            }
            assert!((0.95..1.0).contains(&covered), "{expected}: {covered}");
        }
    }

    #[test]
    fn clumps_widen_the_interval_about_the_same_middle() {
        let count = PoissonCount { events: 200 };
        assert_eq!(count.of_clumps(0.3, 0.95), count.garwood(0.95));
        let (plain, clumped) = (count.garwood(0.95), count.of_clumps(4.0, 0.95));
        // Twice the standard deviation, but for the discreteness of few events.
        let ratio = clumped.half_width() / plain.half_width();
        assert!((ratio - 2.0).abs() < 0.1, "{ratio}");
        assert!(clumped.low < plain.low && clumped.high > plain.high);
    }
}
