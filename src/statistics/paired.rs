//! Which of two is smaller, when both met the same chance.

use super::mean::Mean;
use super::student::t_quantile;
use super::{Interval, tail};

/// What a paired comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every pair was equal.
    Same,
    /// The second is smaller on average.
    Less,
    /// The second is greater on average.
    Greater,
    /// The interval contains zero.
    NotSettled {
        /// How many more pairs would settle it if mean and spread stay as they are; `None` if the mean is zero or the
        /// number absurd.
        more: Option<u64>,
    },
}

/// The differences *second − first* of values that belong together: the same replication under two designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paired {
    differences: Mean,
}

impl Paired {
    /// From values in the same order.
    ///
    /// # Panics
    /// If the numbers of values differ.
    #[must_use]
    pub fn new(first: &[i64], second: &[i64]) -> Self {
        assert_eq!(first.len(), second.len(), "every value has its partner");
        Self {
            differences: Mean::of(
                first
                    .iter()
                    .zip(second)
                    .map(|(first, second)| second.saturating_sub(*first)),
            ),
        }
    }

    /// Mean and spread of the differences.
    #[must_use]
    pub fn differences(&self) -> &Mean {
        &self.differences
    }

    /// Student's interval for the mean difference; `None` with fewer than two pairs.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<Interval> {
        self.differences.interval(level)
    }

    /// Which one is smaller, with the confidence `level`; `None` with fewer than two pairs.
    #[must_use]
    pub fn verdict(&self, level: f64) -> Option<Verdict> {
        let interval = self.interval(level)?;
        let (mean, sd) = (self.differences.mean()?, self.differences.sd()?);
        if self.differences.sum() == 0 && sd <= 0.0 {
            return Some(Verdict::Same);
        }
        Some(if interval.high < 0.0 {
            Verdict::Less
        } else if interval.low > 0.0 {
            Verdict::Greater
        } else {
            Verdict::NotSettled {
                more: self.more(mean, sd, level),
            }
        })
    }

    /// The number of pairs at which half of the interval would equal the mean, less those there are.
    fn more(&self, mean: f64, sd: f64, level: f64) -> Option<u64> {
        const ABSURD: f64 = 1e12;
        let n = self.differences.n();
        let ratio = -t_quantile(tail(level), (n - 1) as f64) * sd / mean.abs();
        let needed = libm::ceil(ratio * ratio);
        if !needed.is_finite() || needed > ABSURD {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        let needed = needed as u64;
        Some(needed.saturating_sub(n).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_against_itself_is_the_same() {
        let values = [5, 900, 3, 7];
        let paired = Paired::new(&values, &values);
        assert_eq!(paired.verdict(0.95), Some(Verdict::Same));
        assert_eq!(paired.interval(0.95), Some(Interval::new(0.0, 0.0)));
    }

    #[test]
    fn pairing_sees_a_small_difference_in_a_wide_spread() {
        let first: Vec<i64> = (0..200).map(|i| i * 1000).collect();
        let second: Vec<i64> = (0..200).map(|i| i * 1000 - 3 + i % 3).collect();
        assert_eq!(Paired::new(&first, &second).verdict(0.99), Some(Verdict::Less));
        assert_eq!(Paired::new(&second, &first).verdict(0.99), Some(Verdict::Greater));
        let shifted: Vec<i64> = first.iter().map(|value| value + 4).collect();
        assert_eq!(
            Paired::new(&first, &shifted).verdict(0.99),
            Some(Verdict::Greater),
            "a spread of zero is settled"
        );
    }

    #[test]
    fn what_is_not_settled_says_how_many_more_would() {
        // Differences 12 and −8 in turn: mean 2, sd about 10.05 at n = 50.
        let first = [0; 50];
        let second: Vec<i64> = (0..50).map(|i| if i % 2 == 0 { 12 } else { -8 }).collect();
        let Some(Verdict::NotSettled { more: Some(more) }) = Paired::new(&first, &second).verdict(0.95)
        else {
            panic!("not settled")
        };
        // (2.0096 · 10.102 / 2)² = 103.03, so 104 − 50.
        assert_eq!(more, 54);
        let balanced: Vec<i64> = (0..50).map(|i| if i % 2 == 0 { 8 } else { -8 }).collect();
        assert_eq!(
            Paired::new(&first, &balanced).verdict(0.95),
            Some(Verdict::NotSettled { more: None })
        );
        assert_eq!(Paired::new(&[1], &[2]).verdict(0.95), None);
    }
}
