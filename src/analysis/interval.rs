//! TEMPORARY
use crate::analysis::results::{ExceedancePoint, Mean, Quantile, Reach, Share};
use crate::observe::columns::BEYOND_HORIZON;

/// What every interval of a run shares.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Confidence.
    pub level: f64,
    /// Horizon [µs].
    pub horizon_us: i64,
}

/// Share.
pub fn share(hits: u64, n: u64, _level: f64) -> Share {
    let (p, nn, z) = (hits as f64 / n as f64, n as f64, 1.959964);
    let mid = (p + z * z / (2.0 * nn)) / (1.0 + z * z / nn);
    let half = z / (1.0 + z * z / nn) * (p * (1.0 - p) / nn + z * z / (4.0 * nn * nn)).sqrt();
    Share {
        hits,
        n,
        value: p,
        low: (mid - half).max(0.0),
        high: (mid + half).min(1.0),
    }
}
/// Mean.
pub fn mean(values: impl Iterator<Item = i64>, divisor: f64, _level: f64) -> Mean {
    let v: Vec<f64> = values.map(|x| x as f64 / divisor).collect();
    let n = v.len() as f64;
    let m = v.iter().sum::<f64>() / n;
    let sd = (v.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (n - 1.0)).sqrt();
    let h = 1.96 * sd / n.sqrt();
    let some = v.len() > 1;
    Mean {
        value: m,
        low: some.then_some(m - h),
        high: some.then_some(m + h),
        n: v.len() as u64,
    }
}
/// Sample.
pub struct Sample {
    sorted: Vec<i64>,
    beyond: usize,
}
impl Sample {
    /// New.
    pub fn new(values: impl Iterator<Item = i64>) -> Self {
        let mut sorted: Vec<i64> = values.collect();
        sorted.sort_unstable();
        Self { sorted, beyond: 0 }
    }
    /// With.
    pub fn with_sentinels(values: impl Iterator<Item = i64>) -> Self {
        let all: Vec<i64> = values.collect();
        let beyond = all.iter().filter(|v| **v == BEYOND_HORIZON).count();
        let mut s = Self::new(all.into_iter().filter(|v| *v != BEYOND_HORIZON));
        s.beyond = beyond;
        s
    }
    /// Beyond.
    pub fn beyond(&self) -> usize {
        self.beyond
    }
    fn n(&self) -> usize {
        self.sorted.len() + self.beyond
    }
    fn rank(&self, k: usize) -> Reach {
        if k < self.sorted.len() {
            Reach::At(self.sorted[k])
        } else {
            Reach::Beyond
        }
    }
    /// Quantile.
    pub fn quantile(&self, p: f64, _level: f64) -> Quantile {
        let n = self.n() as f64;
        let at = |x: f64| self.rank((x.ceil().max(1.0).min(n) as usize) - 1);
        let h = 1.96 * (n * p * (1.0 - p)).sqrt();
        Quantile {
            value: at(n * p),
            low: Some(at(n * p - h)),
            high: Some(at(n * p + h + 1.0)),
            n: self.n() as u64,
        }
    }
    /// Below.
    pub fn share_below(&self, x: i64) -> f64 {
        self.sorted.partition_point(|v| *v < x) as f64 / self.n() as f64
    }
    /// At most.
    pub fn share_at_most(&self, x: i64) -> f64 {
        self.sorted.partition_point(|v| *v <= x) as f64 / self.n() as f64
    }
    /// Exceedance.
    pub fn exceedance(&self, divisor: f64) -> Vec<ExceedancePoint> {
        [0.5, 0.1, 0.05]
            .iter()
            .map(|s| ExceedancePoint {
                share: *s,
                user_minutes: match self.quantile(1.0 - s, 0.95).value {
                    Reach::At(v) => v as f64 / divisor,
                    Reach::Beyond => 0.0,
                },
            })
            .collect()
    }
    /// Worst.
    pub fn mean_of_worst(&self, share: f64, divisor: f64) -> f64 {
        let k = ((self.n() as f64 * share).ceil() as usize).max(1);
        self.sorted
            .iter()
            .rev()
            .take(k)
            .map(|v| *v as f64 / divisor)
            .sum::<f64>()
            / k as f64
    }
}
