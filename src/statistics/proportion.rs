//! How often something happened among independent tries.

use super::{Interval, tail};
use crate::random::special::{beta_quantile, normal_quantile};

/// `hits` among `n` independent tries of the same chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    /// How often it happened.
    pub hits: u64,
    /// How often it was tried; not less than `hits`.
    pub n: u64,
}

impl Proportion {
    /// From counts.
    ///
    /// # Panics
    /// If there are more hits than tries.
    #[must_use]
    pub fn new(hits: u64, n: u64) -> Self {
        assert!(hits <= n, "nothing happens more often than it is tried");
        Self { hits, n }
    }

    /// The number of those that hold, among all.
    #[must_use]
    pub fn of(tries: impl IntoIterator<Item = bool>) -> Self {
        let mut found = Self::default();
        for hit in tries {
            found.n += 1;
            found.hits += u64::from(hit);
        }
        found
    }

    /// The opposite happening.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self {
            hits: self.n - self.hits,
            n: self.n,
        }
    }

    /// The share of hits, between 0 and 1; `None` without tries.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.hits as f64 / self.n as f64)
    }

    /// The standard error of the estimate; `None` without tries.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.estimate()
            .map(|share| libm::sqrt(share * (1.0 - share) / self.n as f64))
    }

    /// Wilson's score interval (1927): covers `level` on average over the true chance, also near 0 and 1.
    ///
    /// Without tries it is all of 0 to 1.
    #[must_use]
    pub fn wilson(&self, level: f64) -> Interval {
        let z = -normal_quantile(tail(level));
        let Some(share) = self.estimate() else {
            return Interval::new(0.0, 1.0);
        };
        let n = self.n as f64;
        let square = z * z / n;
        let middle = (share + 0.5 * square) / (1.0 + square);
        let half = z * libm::sqrt(share * (1.0 - share) / n + 0.25 * square / n) / (1.0 + square);
        Interval {
            low: if self.hits == 0 {
                0.0
            } else {
                (middle - half).max(0.0)
            },
            high: if self.hits == self.n {
                1.0
            } else {
                (middle + half).min(1.0)
            },
        }
    }

    /// The interval of Clopper and Pearson (1934): covers at least `level` whatever the true chance, and usually more.
    ///
    /// Without tries it is all of 0 to 1.
    #[must_use]
    pub fn clopper_pearson(&self, level: f64) -> Interval {
        let tail = tail(level);
        Interval {
            low: self.lower_bound(tail),
            high: self.upper_bound(tail),
        }
    }

    /// The chance below which so many hits would come with a chance of at most `error`: a one-sided exact bound.
    #[must_use]
    pub fn lower_bound(&self, error: f64) -> f64 {
        if self.hits == 0 {
            return 0.0;
        }
        beta_quantile(self.hits as f64, (self.n - self.hits) as f64 + 1.0, error)
    }

    /// The chance above which so few hits would come with a chance of at most `error`: a one-sided exact bound.
    #[must_use]
    pub fn upper_bound(&self, error: f64) -> f64 {
        if self.hits == self.n {
            return 1.0;
        }
        // By symmetry, because the quantile keeps its digits near 0.
        1.0 - beta_quantile((self.n - self.hits) as f64, self.hits as f64 + 1.0, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::special::binomial_mass;

    fn close(ours: Interval, low: f64, high: f64, bound: f64) {
        assert!(
            (ours.low - low).abs() < bound && (ours.high - high).abs() < bound,
            "{ours:?}"
        );
    }

    /// Reference `binom_81_263`: Newcombe, Statistics in Medicine 17 (1998), Table I, methods 3 and 5.
    #[test]
    fn gives_the_published_intervals() {
        let found = Proportion::new(81, 263);
        close(
            found.wilson(0.95),
            0.255_288_519_878_274_2,
            0.366_209_576_982_800_04,
            1e-12,
        );
        close(
            found.clopper_pearson(0.95),
            0.252_736_745_585_271_26,
            0.367_621_922_601_351_35,
            1e-9,
        );
    }

    #[test]
    fn knows_the_closed_forms_at_the_ends() {
        let none = Proportion::new(0, 10_000).clopper_pearson(0.95);
        close(none, 0.0, 1.0 - libm::pow(0.025, 1e-4), 1e-12);
        let all = Proportion::new(10_000, 10_000).clopper_pearson(0.95);
        close(all, libm::pow(0.025, 1e-4), 1.0, 1e-12);
        close(
            Proportion::new(0, 50).wilson(0.95),
            0.0,
            3.841_458_820_694_124 / 53.841_458_820_694_12,
            1e-12,
        );
        close(Proportion::new(0, 0).wilson(0.95), 0.0, 1.0, 1e-15);
        close(Proportion::new(0, 0).clopper_pearson(0.95), 0.0, 1.0, 1e-15);
        assert_eq!(Proportion::new(0, 0).estimate(), None);
    }

    /// Exact coverage: the sum of the masses of all outcomes whose interval covers the truth.
    #[test]
    fn clopper_pearson_covers_at_least_its_level_and_wilson_about_it() {
        let coverage = |interval: fn(&Proportion, f64) -> Interval, n: u64, chance: f64| -> f64 {
            (0..=n)
                .filter(|hits| interval(&Proportion::new(*hits, n), 0.95).contains(chance))
                .map(|hits| binomial_mass(hits as f64, n as f64, chance))
                .sum()
        };
        for n in [10, 60] {
            for step in 1..20 {
                let chance = f64::from(step) / 20.0;
                assert!(
                    coverage(Proportion::clopper_pearson, n, chance) >= 0.95,
                    "{n} {chance}"
                );
                assert!(coverage(Proportion::wilson, n, chance) >= 0.88, "{n} {chance}");
            }
        }
    }
}
