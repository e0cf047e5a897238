//! The engine: a network of stateful nodes, settled instant by instant, and the work and agents that act on it.
//!
//! It knows no word of the domain. What exists is declared with [`Builder`] and becomes a flat [`Netlist`]; what may be done to it from
//! outside is an [`Action`]; what was seen to change is a [`Transition`].
//!
//! ```text
//!            actions, own timers, finished work
//!                          │  (all that is due at one time, in the order time, phase, name)
//!                          ▼
//!   state ──► settle: supply goes down in order of rank, demand has gone up before ──► transitions ──► observers
//!     ▲                                                                                   │
//!     │                                    agents wake, work is called and staffed ◄──────┘
//!     └────────────────────────────── orders, timers (at least 1 µs for what comes back by feedback)
//! ```
//!
//! One instant settles by looking at dirty nodes in a fixed order: by rank (the longest chain above a node), then by name. A node that is
//! dirtied behind the cursor (because a load changed, or through an input that is read one round later) is looked at in another round.
//! In a later round a balance takes away only; what would be given back waits 1 µs. Levels that need each other settle together on their
//! greatest fixed point. Nothing here allocates per event once the arrays have grown.

mod action;
mod agent;
mod assemble;
mod builder;
mod calendar;
mod clock_table;
mod common_cause;
mod declare_buffer;
mod declare_mesh;
mod dirty;
mod ids;
mod netlist;
mod nodes;
mod observe;
mod present;
mod profile;
mod reading;
mod run;
mod scratch;
mod settle;
mod settling_order;
mod spec;
mod state;
mod timers;
mod unit_spec;
mod work;

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

pub use action::{Action, Passes};
pub use agent::{Agent, AskedRow, Orders, Record, Wake, What};
pub use builder::{Builder, Fault, Input, Role};
pub use common_cause::{CommonCause, CommonCauseFault, Exposed, MEMBERS_MAX, Multiplicity, Shares};
pub use ids::{AgentId, CommonCauseId, CrewId, InstanceId, NodeId, PartId, ProfileId, RecordId, WorkId};
pub use netlist::{Netlist, NodeKind};
pub use nodes::BufferLook;
pub use observe::{Observe, Trace, Transition};
pub use present::Pending;
pub use profile::Profile;
pub use reading::{FULL_PPM, Reading};
pub use run::{End, Limits, Runaway, View, run};
pub use scratch::Scratch;
pub use spec::{
    Back, Bears, BufferSpec, Combine, Demand, Direction, Gauge, ItemState, MarkSpec, Opens, Policy, Reason,
    Returns, SelectorSpec, Sourcing, StarterSpec, Tag,
};
pub use state::State;
pub use unit_spec::{Begins, Clock, ClockPhase, Counts, Inspections, UnitSpec};
pub use work::{
    Among, Call, CrewRules, Effect, HeadsLeave, Instance, OnBlocked, OnError, Otherwise, Outcome, PartsSpec,
    Passing, Phase, PhaseRow, Preempted, Takes, Turns, Wait, Way, WorkSpec,
};

/// What a draw of an entity is for: the purpose byte of its stream.
pub(crate) mod purpose {
    /// The life of a unit, by clock and renewal.
    pub const LIFE: u8 = 1;
    /// The length of a stage: a start, a transfer.
    pub const STAGE: u8 = 2;
    /// Whether a start or a transfer fails when called on.
    pub const DEMAND: u8 = 3;
    /// Items found dead, outside of work.
    pub const ITEMS: u8 = 4;
    /// The course of a work: its length, whether it goes wrong, what a batch finds.
    pub const WORK: u8 = 5;
    /// How equal priorities are ordered.
    pub const ORDER: u8 = 6;
    /// An agent's own draws.
    pub const AGENT: u8 = 7;
    /// When a unit is first inspected.
    pub const INSPECTION: u8 = 8;
    /// The shocks of a common cause: when, and whom they strike.
    pub const SHOCK: u8 = 9;
    /// What members of a common-cause group that are called on in one instant have in common.
    pub const SHARED_DEMAND: u8 = 13;
    /// The time between two calls that come from outside.
    pub const ARRIVAL: u8 = 10;
    /// How long a part that was ordered takes to come.
    pub const LEAD: u8 = 11;
    /// What follows a work that was not done.
    pub const UNDONE: u8 = 12;
}
