//! The bounds of a row.
//!
//! If our estimates and their standard errors are right, the deviations in standard errors (z) of independent seeds are standard normal
//! and an interval of 95 % covers the truth in 95 of 100 seeds. Over 100 seeds a row must have |mean z| < 0.3 (three standard errors of
//! the mean), 0.7 < sd z < 1.3 (four of the sd), no |z| > 4.5, and 88 to 99 covered. A right row falls outside about once in 70, mostly
//! through coverage and the mean. Such a row is drawn again with fresh seeds, 400 and then 4,000, and the bounds of [`Bounds::of`]. All runs
//! are shown, and the last one decides.

use blackstart::random::special::normal_quantile;

/// The number of seeds of a first run.
pub const SEEDS: u32 = 100;

/// The numbers of seeds of the runs of a reference: a run is followed by the next, with fresh seeds, while a row is outside.
pub const RUNS: [u32; 3] = [SEEDS, 400, 4000];

/// Bounds for a number of seeds.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The mean z is less than this from 0.
    pub mean: f64,
    /// The standard deviation of z is less than this from 1.
    pub sd: f64,
    /// No z is farther from 0.
    pub largest: f64,
    /// The fewest seeds whose interval covers.
    pub covered_min: u32,
    /// The most.
    pub covered_max: u32,
}

impl Bounds {
    /// The bounds at the false-alarm probability of those for 100 seeds.
    ///
    /// The standard errors of a mean and of a standard deviation fall with the root of the number of seeds; the largest of n normal
    /// numbers passes z with a probability of about n·P(|Z| > z), so that P falls as n grows; the covered seeds are binomial, and their
    /// bounds stand as many standard deviations from 95 % (with half a seed for continuity) as 88 and 99 do of 100.
    pub fn of(seeds: u32) -> Self {
        let ratio = f64::from(SEEDS) / f64::from(seeds);
        // P(Z < −4.5).
        let tail = 3.397_673_124_730_06e-6;
        let covered = |of_hundred: f64| {
            let spread = (0.95f64 * 0.05).sqrt();
            let deviations = (of_hundred - 95.0) / (spread * 10.0);
            let n = f64::from(seeds);
            0.95 * n + deviations * spread * n.sqrt()
        };
        Self {
            mean: 0.3 * ratio.sqrt(),
            sd: 0.3 * (ratio * 99.0 / 100.0).sqrt().max(ratio.sqrt()),
            largest: -normal_quantile(tail * ratio),
            covered_min: whole((covered(87.5) + 0.5).floor()),
            covered_max: whole((covered(99.5) - 0.5).ceil()),
        }
    }
}

fn whole(number: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of seeds"
    )]
    let whole = number.max(0.0) as u32;
    whole
}

/// What a row is judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figures {
    /// Deviations in standard errors over the seeds.
    Chance {
        /// Their mean.
        mean: f64,
        /// Their standard deviation.
        sd: f64,
        /// The largest, without its sign.
        largest: f64,
        /// How many intervals covered the answer.
        covered: u32,
        /// How many seeds there were.
        seeds: u32,
    },
    /// The largest deviation against a fixed bound.
    Within {
        /// The largest deviation, without its sign.
        worst: f64,
        /// The bound.
        bound: f64,
    },
    /// Nothing was measured.
    None,
}

/// What is said of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within its bounds.
    Passes,
    /// Outside; the next row shows a longer run.
    DrawnAgain,
    /// Outside.
    Outside,
    /// Not to be said in Blackstart.
    NotExpressible,
}

impl Figures {
    /// Whether the figures are within the bounds for their number of seeds.
    pub fn verdict(&self) -> Verdict {
        let passes = match *self {
            Self::None => return Verdict::NotExpressible,
            Self::Within { worst, bound } => worst <= bound,
            Self::Chance {
                mean,
                sd,
                largest,
                covered,
                seeds,
            } => {
                let bounds = Bounds::of(seeds);
                mean.abs() < bounds.mean
                    && (sd - 1.0).abs() < bounds.sd
                    && largest <= bounds.largest
                    && (bounds.covered_min..=bounds.covered_max).contains(&covered)
            }
        };
        if passes { Verdict::Passes } else { Verdict::Outside }
    }
}
