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
        let tail = tail(level);
        let events = self.events as f64;
        let low = if self.events == 0 {
            0.0
        } else {
            gamma_quantile(events, tail)
        };
        Interval {
            low,
            high: gamma_quantile(events + 1.0, 1.0 - tail),
        }
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
}
