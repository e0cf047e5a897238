//! What a work is told when it is declared, and how a crew gives out its heads.

use crate::kernel::action::Passes;
use crate::kernel::ids::{CrewId, NodeId, PartId};
use crate::kernel::reading::Reading;
use crate::kernel::spec::ItemState;
use crate::random::Law;

/// One way of doing a work: what it needs, who does it, how long it takes, how often it goes wrong.
#[derive(Clone, Debug)]
pub struct Way {
    /// What people call it: `automated`, `by hand`, `improvised`.
    pub name: String,
    /// The flags that must hold for it to begin.
    pub needs: Vec<(NodeId, Reading)>,
    /// The heads it takes, all at once, while it runs.
    pub crew: Vec<(CrewId, u32)>,
    /// The parts it takes, together with the heads, and uses up; a call that is interrupted puts them back.
    pub parts: Vec<(PartId, u32)>,
    /// How long it takes.
    pub takes: Takes,
    /// The chance that it goes wrong and has to be done again (or is given up), in parts per million.
    pub errs_ppm: i64,
    /// How long it is waited for before the next way is considered as well, in microseconds; `u64::MAX`: for ever.
    pub patience_us: u64,
}

impl Default for Way {
    /// A way that needs and takes nothing, not even time: the base of the others.
    fn default() -> Self {
        Self {
            name: String::new(),
            needs: Vec::new(),
            crew: Vec::new(),
            parts: Vec::new(),
            takes: Takes::Once(Law::fixed_us(1)),
            errs_ppm: 0,
            patience_us: u64::MAX,
        }
    }
}

/// How long a way takes.
#[derive(Clone, Debug)]
pub enum Takes {
    /// One draw for the whole call or batch.
    Once(Law),
    /// A draw for every item of the batch, shared out over so many heads (at least 1) that work side by side.
    EachItem {
        /// The time that one head needs for one item.
        law: Law,
        /// How many work side by side.
        heads: u32,
    },
}

/// When a work is called for.
#[derive(Clone, Debug)]
pub enum Call {
    /// By an agent only.
    OnDemand,
    /// By itself, once each time this begins to read true.
    When(NodeId, Reading),
    /// By itself, for the items of a counted starter that are in this state while it may run (see [`WorkSpec::keep`]).
    Backlog(NodeId, ItemState),
    /// From outside, again and again.
    Arrivals {
        /// The time between one call and the next, in microseconds (at least 1); exponential for a Poisson process. Drawn by (work,
        /// number of the call).
        law: Law,
        /// The time runs only while this holds (always, if none); what was left of it is kept meanwhile.
        runs: Option<(NodeId, Reading)>,
    },
}

/// What a finished work does to the network.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// An action as it stands.
    Act(crate::kernel::Action),
    /// [`crate::kernel::Action::Force`], with the chance that the thing is destroyed by it instead (a starter breaks), in parts per million.
    Force {
        /// The unit or starter.
        node: NodeId,
        /// What is passed over.
        passes: Passes,
        /// The chance that it is destroyed.
        destroys_ppm: i64,
    },
    /// Starts as many items of this starter as the batch holds.
    StartItems(NodeId),
    /// Repairs as many items of this starter as the batch holds.
    RepairItems(NodeId),
}

/// What happens after a way went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// It is done again from the start, with fresh draws.
    Retry,
    /// The call has failed; an agent that called for it is told.
    GiveUp,
}

/// What happens when no way is possible and there is no patience left with any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBlocked {
    /// The call goes on waiting for any of them.
    #[default]
    Wait,
    /// The call is given up: it has timed out.
    GiveUp,
}

/// What follows a call that was not done.
#[derive(Clone, Debug, Default)]
pub struct Otherwise {
    /// When it went wrong and was given up.
    pub failed: Vec<Effect>,
    /// When it has waited for as long as it may.
    pub timed_out: Vec<Effect>,
    /// When it was called off.
    pub dropped: Vec<Effect>,
}

/// What becomes of running work when a call of better priority wants its heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preempted {
    /// It goes on; the better call waits.
    #[default]
    Never,
    /// It is paused, and later goes on with what was left of it.
    Resume,
    /// It is paused, and later starts again from nothing, with fresh draws.
    Restart,
}

/// What becomes of running work when its heads leave: their shift ends, or they become fewer for any other reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeadsLeave {
    /// They finish what they have begun, and then leave: for so long more heads are at work than are there by the calendar.
    #[default]
    Overtime,
    /// They leave at once; the work is handed over to the next free heads of the crew.
    HandOver {
        /// The share of what was done so far that is lost by that and has to be done again, in parts per million.
        lost_ppm: i64,
    },
    /// They leave at once; the work is paused until heads of the crew are free for it, and nothing of it is lost.
    Stop,
}

/// A **work**: what people and tools do, given enough heads, tools and access.
#[derive(Clone, Debug)]
pub struct WorkSpec {
    /// When it is called for.
    pub call: Call,
    /// It is dropped when this reads true.
    pub goal: Option<(NodeId, Reading)>,
    /// It is only called for, and only goes on, while this reads true.
    pub keep: Option<(NodeId, Reading)>,
    /// The ways, the preferred one first. At least one.
    pub ways: Vec<Way>,
    /// What follows when it is done.
    pub effects: Vec<Effect>,
    /// What follows when it is not done.
    pub otherwise: Otherwise,
    /// What follows when it went wrong.
    pub on_error: OnError,
    /// What follows when no way is possible any more.
    pub on_blocked: OnBlocked,
    /// How long a call may wait in one go, for whatever it waits, before it is given up, in microseconds; [`u64::MAX`]: for ever.
    pub timeout_us: u64,
    /// The most items of one batch (1 for what is not counted).
    pub batch: i64,
    /// How many batches may run at once (by any way); `u32::MAX`: as many as the crews allow.
    pub lanes: u32,
    /// Whom it serves: (rank, node, value that counts as well). Its priority is the smallest rank among those not well now.
    pub serves: Vec<(u32, NodeId, i64)>,
    /// A priority that does not depend on whom it serves (the smaller, the sooner).
    pub priority: Option<u32>,
    /// What becomes of it when a call of better priority wants its heads.
    pub preempted: Preempted,
    /// What becomes of it when its heads leave.
    pub heads_leave: HeadsLeave,
}

impl Default for WorkSpec {
    /// A work that only agents call for, without ways or effects: the base of the others.
    fn default() -> Self {
        Self {
            call: Call::OnDemand,
            goal: None,
            keep: None,
            ways: Vec::new(),
            effects: Vec::new(),
            otherwise: Otherwise::default(),
            on_error: OnError::Retry,
            on_blocked: OnBlocked::Wait,
            timeout_us: u64::MAX,
            batch: 1,
            lanes: u32::MAX,
            serves: Vec::new(),
            priority: None,
            preempted: Preempted::Never,
            heads_leave: HeadsLeave::Overtime,
        }
    }
}

/// Whose turn it is when heads of a crew become free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// The best priority first: the best rank of those served that are not well now (or [`WorkSpec::priority`]).
    Priority(Among),
    /// No call has a better priority than another.
    Alike(Among),
}

impl Default for Turns {
    fn default() -> Self {
        Self::Priority(Among::Drawn)
    }
}

/// How calls of equal priority are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Among {
    /// By an order of the works that is drawn anew in every replication; the calls of one work in the order in which they were made.
    #[default]
    Drawn,
    /// In the order in which they were made, across all works.
    FirstCome,
    /// What is expected to take the shortest time (by its first way) first.
    Shortest,
    /// What is expected to take the longest time (by its first way) first.
    Longest,
}

/// Whether a call may be staffed before one whose turn is earlier, but for which there are not enough heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passing {
    /// It may, so that nobody stands idle.
    #[default]
    Allowed,
    /// It may not take heads that the earlier one will need: those are kept until there are enough.
    Strict,
}

/// How the heads of a crew are given out. Where a work needs several crews, the first one of its first way decides its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrewRules {
    /// Whose turn it is.
    pub turns: Turns,
    /// Whether others may pass what cannot be staffed.
    pub passing: Passing,
}
