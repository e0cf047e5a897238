//! Profiles: a share that changes in steps, over and over. What is drawn, and how many users there are, may follow one.

/// One whole: profiles count in parts per thousand million, so that the product of three percentages with a decimal each is exact.
pub const WHOLE_PPB: i64 = 1_000_000_000;

/// A share that changes in steps and begins anew after each period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    period_us: u64,
    /// Where in its period it stands when a replication begins.
    offset_us: u64,
    /// When each step begins, from the beginning of a period; the first at 0.
    starts_us: Vec<u64>,
    shares_ppb: Vec<i64>,
    /// ∫ share dt from the beginning of a period to the beginning of each step, in ppb × µs.
    before: Vec<i128>,
    whole: i128,
}

impl Profile {
    /// A profile of these steps, each with when it begins in the period (the first at 0) and its share; equal neighbours become one.
    ///
    /// # Panics
    /// When there is no step, when steps do not begin at 0 and rise, or when one begins after the period.
    pub fn new(period_us: u64, offset_us: u64, steps: &[(u64, i64)]) -> Self {
        assert!(
            steps.first().is_some_and(|first| first.0 == 0),
            "a profile begins at its beginning"
        );
        let (mut starts_us, mut shares_ppb, mut before) = (Vec::new(), Vec::new(), Vec::new());
        let mut sum = 0;
        for (place, &(start, share)) in steps.iter().enumerate() {
            let end = steps.get(place + 1).map_or(period_us, |next| next.0);
            assert!(start < end, "the steps of a profile rise, up to its period");
            if shares_ppb.last() != Some(&share) {
                starts_us.push(start);
                shares_ppb.push(share);
                before.push(sum);
            }
            sum += i128::from(share) * i128::from(end - start);
        }
        Self {
            period_us,
            offset_us: offset_us % period_us,
            starts_us,
            shares_ppb,
            before,
            whole: sum,
        }
    }

    /// The step of a time of the period.
    fn step(&self, within_us: u64) -> usize {
        self.starts_us.partition_point(|&start| start <= within_us) - 1
    }

    /// The share at a moment, in parts per thousand million.
    pub fn at(&self, at_us: u64) -> i64 {
        self.shares_ppb[self.step((at_us + self.offset_us) % self.period_us)]
    }

    /// When the share next changes after a moment; `None` if it never does.
    pub fn next(&self, at_us: u64) -> Option<u64> {
        if self.shares_ppb.len() == 1 {
            return None;
        }
        let within = (at_us + self.offset_us) % self.period_us;
        let step = self.step(within);
        if let Some(start) = self.starts_us.get(step + 1) {
            return Some(at_us + (start - within));
        }
        // The first step of the next period, unless it goes on with the same share.
        let turn = at_us + (self.period_us - within);
        if self.shares_ppb.first() == self.shares_ppb.last() {
            return Some(turn + self.starts_us[1]);
        }
        Some(turn)
    }

    /// ∫ share dt from the beginning of the first period to a moment, in ppb × µs.
    fn up_to(&self, at_us: u64) -> i128 {
        let at = at_us + self.offset_us;
        let within = at % self.period_us;
        let step = self.step(within);
        let here =
            self.before[step] + i128::from(self.shares_ppb[step]) * i128::from(within - self.starts_us[step]);
        self.whole * i128::from(at / self.period_us) + here
    }

    /// ∫ share dt between two moments, in ppb × µs: exact.
    pub fn integral(&self, from_us: u64, to_us: u64) -> i128 {
        self.up_to(to_us) - self.up_to(from_us)
    }

    /// The largest share of all steps.
    pub fn peak(&self) -> i64 {
        self.shares_ppb
            .iter()
            .copied()
            .max()
            .expect("a profile has steps")
    }

    /// The so-many-th part of a whole: `amount` × share, rounded to the nearest.
    pub fn part(amount: i64, share_ppb: i64) -> i64 {
        let product = i128::from(amount) * i128::from(share_ppb);
        let half = i128::from(WHOLE_PPB / 2);
        i64::try_from((product + half).div_euclid(i128::from(WHOLE_PPB)))
            .expect("a share is at most a few times its whole")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: i64 = WHOLE_PPB / 2;

    #[test]
    fn steps_repeat_and_sum_up_exactly() {
        let profile = Profile::new(10, 0, &[(0, WHOLE_PPB), (4, HALF), (6, HALF), (8, WHOLE_PPB)]);
        let shares: Vec<i64> = (0..12).map(|at| profile.at(at)).collect();
        assert_eq!(shares[..4], [WHOLE_PPB; 4]);
        assert_eq!(shares[4..8], [HALF; 4]);
        assert_eq!(shares[8..], [WHOLE_PPB; 4]);
        // Equal steps are one, across the turn of the period too.
        assert_eq!(profile.next(0), Some(4));
        assert_eq!(profile.next(4), Some(8));
        assert_eq!(profile.next(8), Some(14));
        for (from, to) in [(0, 10), (3, 27), (5, 5), (9, 11), (7, 100)] {
            let slow: i128 = (from..to).map(|at| i128::from(profile.at(at))).sum();
            assert_eq!(profile.integral(from, to), slow, "from {from} to {to}");
        }
    }

    #[test]
    fn a_replication_may_begin_within_a_period() {
        let profile = Profile::new(10, 27, &[(0, 1), (7, 2), (9, 3)]);
        assert_eq!(
            (profile.at(0), profile.at(1), profile.at(2), profile.at(3)),
            (2, 2, 3, 1)
        );
        assert_eq!(profile.next(0), Some(2));
        assert_eq!(profile.integral(0, 4), 2 + 2 + 3 + 1);
        assert_eq!(Profile::new(10, 3, &[(0, 5)]).next(4), None);
    }

    #[test]
    fn products_of_three_percentages_are_exact() {
        // 2,850 MW × 86.2 % × 93 % × 67 %.
        assert_eq!(Profile::part(2_850_000_000, 862 * 93 * 67 * 100), 1_530_769_770);
    }
}
