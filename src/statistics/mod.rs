//! Estimators and their intervals: what a finite number of histories says about the law behind them.
//!
//! Mathematics only: it knows neither services nor outages. Every result is a pure function of the values that are
//! handed in; sums of integers are exact, so that neither the order nor the grouping of the values matters. Every
//! interval covers chance only. Functions are portable to the bit (see [`crate::random::special`]).

mod caution;
mod dispersion;
mod exceedance;
mod fisher;
mod mean;
mod order;
mod paired;
mod poisson;
mod proportion;
mod quantile;
mod ratio;
mod spells;
mod student;
mod wide;

pub use caution::{Caution, EVENTS_MIN, HEAVY_SHARE};
pub use dispersion::Dispersion;
pub use exceedance::{CurvePoint, TailMean, exceedance_curve, tail_mean};
pub use fisher::f_quantile;
pub use mean::Mean;
pub use order::{Order, Passes, Sorted};
pub use paired::{Paired, Verdict};
pub use poisson::PoissonCount;
pub use proportion::Proportion;
pub use quantile::{Ordered, OrderedInterval, Sample};
pub use ratio::{Ratio, log_interval};
pub use spells::{EVENTS_FEW, FewSpells, ManySpells};
pub use student::t_quantile;

/// A closed range that covers the true value with the stated confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// From its ends.
    #[must_use]
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Half of its width: the number behind ±.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// Whether the value lies in it, the ends included.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The interval of `factor` times the value, for a change of unit; the factor must not be negative.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            high: self.high * factor,
        }
    }
}

/// What is left on each side of a two-sided interval of the confidence `level`.
fn tail(level: f64) -> f64 {
    assert!(
        level > 0.0 && level < 1.0,
        "a confidence level lies strictly between 0 and 1"
    );
    0.5 * (1.0 - level)
}
