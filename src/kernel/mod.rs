//! The engine. It knows no word of the domain.

mod action;
mod agent;
mod builder;
mod ids;
mod netlist;
mod reading;
mod run;
mod spec;

pub use action::Action;
pub use agent::{Agent, Orders, Record, Wake, What};
pub use builder::{Builder, Fault, Input, Role};
pub use ids::{AgentId, CrewId, InstanceId, NodeId, RecordId, WorkId};
pub use netlist::{Netlist, NodeKind};
pub use reading::{FULL_PPM, Reading};
pub use run::View;
pub use spec::{
    BufferSpec, Call, Clock, Combine, Demand, Effect, ItemState, MarkSpec, OnError, Policy, Reason, SelectorSpec,
    StarterSpec, Tag, Takes, UnitSpec, Way, WorkSpec,
};
