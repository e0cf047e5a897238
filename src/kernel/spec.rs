//! What each kind of node is told when it is declared: parameters only; who reads whom is said by the edges.

pub use super::nodes::{Back, Bears, Demand, Gauge, Opens, Policy};
use crate::random::Law;

/// What a node belongs to, in words that the kernel does not read: an entity of the model and a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Tag {
    /// The number of the entity that declared the node.
    pub owner: u32,
    /// Which of the entity's parts it is; its meaning is the declaring module's own.
    pub part: u16,
}

/// A reason why a thing is not free, one of at most 64 of a network; see [`super::Builder::reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(pub u8);

/// A **Starter**: off, starting, on, stopping, failed; or a count of items with a number per state.
///
/// Its value is 1 while it is on; for a counted one (`items` > 1) the number of items that are on.
/// An item leaves *on* as soon as a requirement is lost, after `coast_us`. It comes on by a start that takes `start` and begins by itself
/// (if `auto`) once triggers, requirements and start requirements hold, or by the effect of a work, which has then taken its own time.
///
/// A start, and the wait for its trigger, are broken off when a requirement or the trigger is lost; the next begins anew, with all its
/// tries. A start requirement has to hold until a start begins, not longer. A start that is ordered by hand against the triggers keeps it
/// on until they hold of themselves, or it is stopped.
#[derive(Clone, Debug)]
pub struct StarterSpec {
    /// How many items: 1 for an ordinary starter.
    pub items: i64,
    /// How many are on at the start of a replication, if their requirements hold.
    pub initial_on: i64,
    /// Whether a start begins by itself.
    pub auto: bool,
    /// How long a start takes, in microseconds (at least 1).
    pub start: Law,
    /// How long a start takes after a hard stop, if that differs.
    pub start_after_hard: Option<Law>,
    /// The chance that a start (of an item) fails, in parts per million.
    pub fails_ppm: i64,
    /// How often a failed start of a single starter is tried again by itself; after that it is failed until repaired.
    pub retries: u32,
    /// How long after a failed start it is tried again, in microseconds (at least 1).
    pub retry_us: u64,
    /// The most items of a counted one that a start takes on at once; the next start follows it.
    pub batch: i64,
    /// How long the triggers must hold before a start begins, in microseconds.
    pub trigger_hold_us: u64,
    /// How long it stays on after a requirement was lost, in microseconds.
    pub coast_us: u64,
    /// How long it stays on after its trigger was withdrawn, in microseconds; only matters if it has triggers.
    pub run_on_us: u64,
    /// How long an orderly stop takes, in microseconds (at least 1), during which it is still on; none: it is off at once.
    pub stop: Option<Law>,
}

impl StarterSpec {
    /// A single starter that is on from the beginning, comes back by itself after `start`, and never fails.
    pub fn automatic(start: Law) -> Self {
        Self {
            items: 1,
            initial_on: 1,
            auto: true,
            start,
            start_after_hard: None,
            fails_ppm: 0,
            retries: 0,
            retry_us: 1,
            batch: i64::MAX,
            trigger_hold_us: 0,
            coast_us: 0,
            run_on_us: 0,
            stop: None,
        }
    }

    /// `items` things, all on, that work alone brings back; of those started a share of `fails_ppm` is found dead.
    pub fn by_work(items: i64, fails_ppm: i64) -> Self {
        Self {
            items,
            initial_on: items,
            auto: false,
            fails_ppm,
            ..Self::automatic(Law::fixed_us(1))
        }
    }
}

/// What a starter's items may be in besides *on*, a single one's as well; see [`super::Builder::state_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Off and able to be started.
    Off,
    /// In a start that is under way.
    Starting,
    /// In an orderly stop that is under way; still on.
    Stopping,
    /// Found dead at a start; a repair makes it *off*.
    Dead,
    /// Off, and in the hands of a work under way that starts it; it counts as *off* as well.
    BeingStarted,
}

/// Which of its sources a selector takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sourcing {
    /// The first live one by preference: a change is sensed and takes time.
    FirstLive,
    /// All live ones at once, which share its load by their weights; when one dies its part moves to the others in the same instant.
    AllLive,
}

/// Whether a selector goes back by itself to a better source that lives again. An order may always move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// It stays where it is as long as that is live.
    Never,
    /// After the best live source has been live (and the best) for so many microseconds; 0: at once.
    After(u64),
}

/// A **Selector**: takes the first live source by preference, or shares among all live ones. Its value is 1 while its chosen source is live
/// and no transfer is under way; for one that shares, while any source is live, and only `sourcing` matters.
///
/// Its triggers, if it has any, must hold for it to move by itself. An order ([`Action::Transfer`](super::Action::Transfer)) stands until
/// it is carried out or another transfer is done: it waits for what a transfer requires, and for a dead source as long as the chosen one is
/// live (of two dead ones it takes the other at once).
#[derive(Clone, Debug)]
pub struct SelectorSpec {
    /// Which sources it takes.
    pub sourcing: Sourcing,
    /// How long the loss of the chosen source is sensed before a transfer begins, in microseconds.
    pub sense_us: u64,
    /// How long a transfer takes, in microseconds (at least 1).
    pub transfer: Law,
    /// Whether the output stays live during a transfer between two live sources.
    pub make_before_break: bool,
    /// Whether it goes back to a preferred source once that is live again.
    pub returns: Returns,
    /// Whether it transfers by itself, or only by [`super::Action::Transfer`].
    pub auto: bool,
    /// The chance that a transfer fails, in parts per million.
    pub fails_ppm: i64,
    /// How often a failed transfer is tried again by itself; after that the selector stays where it is until repaired.
    pub retries: u32,
}

impl SelectorSpec {
    /// Takes the first live source by itself, after a loss was sensed for so long, and goes back to a better one at once; never fails.
    pub fn automatic(sense_us: u64, transfer: Law) -> Self {
        Self {
            sourcing: Sourcing::FirstLive,
            sense_us,
            transfer,
            make_before_break: false,
            returns: Returns::After(0),
            auto: true,
            fails_ppm: 0,
            retries: 0,
        }
    }

    /// Shares its load among all live sources.
    pub fn shared() -> Self {
        Self {
            sourcing: Sourcing::AllLive,
            ..Self::automatic(0, Law::fixed_us(1))
        }
    }
}

/// A **Buffer**: a store between 0 and `ceiling` with a net rate. Its value is 1 until it is empty, and again once it holds `rearm`.
///
/// Levels are in the unit of its rates times microseconds.
#[derive(Clone, Debug)]
pub struct BufferSpec {
    /// The level when full (more than 0).
    pub ceiling: i128,
    /// The level at the start.
    pub start: i128,
    /// The level from which an emptied store is usable again.
    pub rearm: i128,
    /// The level by which it changes each microsecond, before any rate term.
    pub base_rate: i64,
}

/// Which way the level of a buffer goes when a flag on it is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Raised at or above `on`, withdrawn below `off` (`off` at most `on`).
    Rising,
    /// Raised at or below `on`, withdrawn above `off` (`off` at least `on`).
    Falling,
}

/// A flag on the level of a buffer. Between its two levels it stays what it was, and is down if it never was raised. Where both are the
/// same level, the flag of a buffer that stands at it follows the way in which it moves on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkSpec {
    /// The level at which the flag is raised.
    pub on: i128,
    /// The level beyond which it is withdrawn.
    pub off: i128,
    /// Which of the two is the upper one.
    pub direction: Direction,
}

impl MarkSpec {
    /// Raised at or above `on`, withdrawn below `off`.
    pub fn rising(on: i128, off: i128) -> Self {
        let direction = Direction::Rising;
        Self { on, off, direction }
    }

    /// Raised at or below `on`, withdrawn above `off`.
    pub fn falling(on: i128, off: i128) -> Self {
        let direction = Direction::Falling;
        Self { on, off, direction }
    }
}

/// How a level combines what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The least of its hard inputs: each is needed. [`FULL_PPM`](super::FULL_PPM) without any.
    Min,
    /// The best of its inputs: each will do. 0 without any.
    Max,
    /// The sum of weight × input over [`FULL_PPM`](super::FULL_PPM), at most full: a mean over regions, or capacity.
    Sum,
    /// One amount as a share of another; full when there is nothing of the other. See [`super::Builder::ratio`].
    Ratio,
}
