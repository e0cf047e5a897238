//! What a unit is told when it is declared: its amount, the clocks of its failures, how hidden failures are found, how it begins.

use super::ids::NodeId;
use super::reading::Reading;
use super::spec::Reason;
use crate::random::Law;

/// A failure clock of a unit: a life drawn from `law`, spent while the unit is sound and `runs` reads true (always, if none).
///
/// The hazard of the law at the *counted* age, times the factor of the phase that this age lies in, acts only while the clock runs. A
/// repair renews every clock of its unit.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The life, in microseconds.
    pub law: Law,
    /// The condition under which the clock runs.
    pub runs: Option<(NodeId, Reading)>,
    /// Which time makes the age.
    pub counts: Counts,
    /// Factors of the hazard by counted age, in rising order of `from_us`; the factor is 1 before the first of them.
    pub phases: Vec<ClockPhase>,
    /// Whether its failure stays unknown until an inspection or a demand; see [`UnitSpec::inspected`].
    pub hidden: bool,
}

impl Clock {
    /// A clock that always runs, counts the time for which it runs, and whose failure is known at once.
    pub fn new(law: Law) -> Self {
        Self {
            law,
            runs: None,
            counts: Counts::Running,
            phases: Vec::new(),
            hidden: false,
        }
    }

    /// The same clock, which runs while `from` reads true.
    #[must_use]
    pub fn while_(self, from: NodeId, reading: Reading) -> Self {
        Self {
            runs: Some((from, reading)),
            ..self
        }
    }

    /// The same clock, for failures that stay hidden.
    #[must_use]
    pub fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }
}

/// What the age of a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The time for which the clock has run since the unit was new.
    Running,
    /// All time since the unit was new: it ages while it rests, too, but fails only while the clock runs.
    Calendar,
    /// The time since the clock last began to run.
    SinceStart,
}

/// From a counted age on the hazard is multiplied by a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockPhase {
    /// The age at which the phase begins, in microseconds.
    pub from_us: u64,
    /// The factor (finite, at least 0).
    pub factor: f64,
}

/// In which state a unit begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Begins {
    /// As if it had been in use for ever: the rest of a life met under way, a uniform time since the last inspection, and the chance that
    /// it failed unseen since then.
    ///
    /// It is taken for sound otherwise, and every clock for one that has always run. Units that are down for repair at a random time, ages
    /// under clocks that rest, and hidden failures that only a demand would find are left to a warm-up.
    #[default]
    Steady,
    /// New, and just inspected.
    New,
    /// Sound at this age in microseconds (on each of its clocks), and just inspected.
    Aged(u64),
}

/// Inspections that find hidden failures: in no time, without fail, once a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspections {
    /// The time between two inspections, in microseconds (at least 1).
    pub period_us: u64,
    /// When the first one takes place, in microseconds (at least 1); if not stated, at a uniform time within the period for what begins
    /// [`Begins::Steady`], else after one period.
    pub first_us: Option<u64>,
}

/// A **Unit**: sound, failed or destroyed; free or held. Its value is `amount` while it is sound and free, else 0.
#[derive(Clone, Debug)]
pub struct UnitSpec {
    /// The value of the sound, free unit: 1 for a flag, else a count or an amount (at least 0).
    pub amount: i64,
    /// The clocks of its own failures (at most 256).
    pub clocks: Vec<Clock>,
    /// Reasons that hold it from the start.
    pub held: Vec<Reason>,
    /// In which state it begins.
    pub begins: Begins,
    /// The inspections that find its hidden failures.
    pub inspected: Option<Inspections>,
    /// A hidden failure is found 1 µs after this reads true: the unit is called on, and does not answer.
    pub demanded: Option<(NodeId, Reading)>,
}

impl UnitSpec {
    /// A unit that is sound, free, and never fails by itself.
    pub fn flag() -> Self {
        Self::amount(1)
    }

    /// A sound and free supply of `amount`.
    pub fn amount(amount: i64) -> Self {
        Self {
            amount,
            clocks: Vec::new(),
            held: Vec::new(),
            begins: Begins::Steady,
            inspected: None,
            demanded: None,
        }
    }
}
