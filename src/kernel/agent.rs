//! Agents: what acts on the network from outside in the course of a replication.

use super::action::Action;
use super::ids::{NodeId, RecordId, WorkId};
use super::run::View;
use crate::random::{Key, Stream};

/// Why an agent is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The replication begins; the network has settled for the first time.
    Begin,
    /// A timer that it set has come; the number is the one it gave.
    Timer(u32),
    /// A node that it watches has settled on another value.
    Changed(NodeId),
    /// A work that it called for is done.
    Done(WorkId),
    /// A work that it called for failed, was given up, or was called off.
    Failed(WorkId),
    /// A work that it called for has waited for as long as it may, and was given up.
    TimedOut(WorkId),
}

/// A hazard, a scripted timeline, a procedure or a drill: reads the settled state, gives orders, writes nothing else.
///
/// Its changing state is `registers`, plain integers kept by the kernel and zero at the start of each replication.
pub trait Agent: Send + Sync {
    /// How many registers it needs.
    fn registers(&self) -> usize;

    /// Looks at the settled network and gives orders; they take effect as events of their own at the same time,
    /// one settling later.
    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>);
}

/// What an agent orders during one wake.
pub struct Orders<'a> {
    pub(crate) list: &'a mut Vec<Order>,
    pub(crate) key: Key,
    pub(crate) stream: u64,
}

/// One order of an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Act { action: Action, entry: u32 },
    Note { entry: u32 },
    Timer { at: u64, code: u32, entry: u32 },
    Call { work: WorkId, entry: u32 },
}

impl Orders<'_> {
    /// Does `action` now. `entry` numbers what the agent does (a line of a timeline, a step), for the why-log and its names.
    pub fn act(&mut self, action: Action, entry: u32) {
        self.list.push(Order::Act { action, entry });
    }

    /// Tells that something happens now that does nothing to the network, for the why-log and its names.
    pub fn note(&mut self, entry: u32) {
        self.list.push(Order::Note { entry });
    }

    /// Wakes the agent again at the absolute time `at` (in microseconds; not before now; `u64::MAX`: never). `entry` is what it
    /// waits for.
    pub fn timer(&mut self, at: u64, code: u32, entry: u32) {
        self.list.push(Order::Timer { at, code, entry });
    }

    /// Calls for `work`; the agent is woken when it is done or has failed.
    pub fn call(&mut self, work: WorkId, entry: u32) {
        self.list.push(Order::Call { work, entry });
    }

    /// The stream of the agent's draw number `draw` (below 2³²); equal numbers give equal draws.
    pub fn stream(&self, draw: u64) -> Stream {
        self.key.stream(self.stream, super::purpose::AGENT, draw)
    }
}

/// Why something happened: an entry of the why-log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// When, in microseconds.
    pub at: u64,
    /// What it followed; [`RecordId::NONE`] for a root.
    pub follows: RecordId,
    /// What happened.
    pub what: What,
}

/// What a consumer of a balance asks for from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedRow {
    /// Since when, in microseconds.
    pub at: u64,
    /// The output of the consumer.
    pub consumer: NodeId,
    /// How much.
    pub amount: i64,
    /// By how much a surge multiplies it (which the amount holds already), in parts per million.
    pub factor_ppm: i64,
}

/// What an entry of the why-log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The replication began.
    Begin,
    /// An agent acted (a root, unless it follows finished work or a change that it watched).
    Action {
        /// Who acted.
        agent: super::AgentId,
        /// Its line or step.
        entry: u32,
    },
    /// An agent set a timer for one of its lines.
    Armed {
        /// Who set it.
        agent: super::AgentId,
        /// Its line or step.
        entry: u32,
    },
    /// A unit failed by one of its own clocks: a root.
    Life {
        /// The unit.
        node: NodeId,
    },
    /// A common cause struck: the root of all that it struck.
    CommonCause {
        /// The group.
        group: super::CommonCauseId,
    },
    /// A failure that was hidden became known, by an inspection or because the unit was called on.
    Found {
        /// The unit.
        node: NodeId,
        /// When it failed, in microseconds (0 if before the beginning).
        since: u64,
    },
    /// A start or a transfer failed when called on: a root of what follows from it.
    DemandFailure {
        /// The starter or selector.
        node: NodeId,
    },
    /// The value of a node followed from the change of another, in the same instant.
    Input {
        /// The node whose change was followed.
        from: NodeId,
    },
    /// A balance is short because more is asked of it, and not because it is supplied with less.
    Overload {
        /// The balance.
        node: NodeId,
    },
    /// A stage of a node's own came to its end: a start, a transfer, a coast, a crossing, a trip.
    Stage {
        /// The node.
        node: NodeId,
        /// When the stage began, in microseconds.
        began: u64,
    },
    /// A profile made a step: a root.
    Calendar {
        /// The profile.
        profile: super::ProfileId,
    },
    /// A call for a work came from outside, by the law of its arrivals: a root.
    Arrival {
        /// The work.
        work: WorkId,
    },
    /// A work was called for.
    Called {
        /// The call.
        instance: super::InstanceId,
    },
    /// A work was done.
    Done {
        /// The call.
        instance: super::InstanceId,
    },
    /// A work failed or was called off.
    Failed {
        /// The call.
        instance: super::InstanceId,
    },
}
