//! Work: calls, ways, crews, and their course.
//!
//! A call waits until one of its ways is possible and staffed, then runs for a drawn time and takes effect as a whole. Crews are taken all
//! at once or not at all, and none is held while waiting or paused.
//!
//! ```text
//!            ┌──────────── paused (preempted, heads have left) ◄───────────┐
//!            ▼                                                             │
//! call ─► waiting ─► a way is possible, and it is its turn, and staffed ─► running ─► done or failed, its effects follow
//!            └─► dropped: its goal holds, or what it was for is gone ◄─────┘
//! ```

mod arrivals;
mod call;
mod course;
mod declared;
mod dispatch;
mod heads;
mod parts;
mod short;
mod spec;

use super::calendar::NEVER;
use super::ids::{AgentId, CrewId, InstanceId, NodeId, PartId, RecordId, WorkId};
use super::settle::Engine;
use super::state::Alarm;

pub(crate) use arrivals::ArrivalState;
pub(crate) use declared::{audiences, gather_crews, turns_of};
pub(crate) use dispatch::{Line, Turn};
pub(crate) use heads::{Hand, NO_HAND};
pub use parts::PartsSpec;
pub(crate) use parts::{PartRow, PartState};
pub(crate) use short::{ShortRow, ShortState};
pub use spec::{
    Among, Call, CrewRules, Effect, HeadsLeave, OnBlocked, OnError, Otherwise, Passing, Preempted, Takes,
    Turns, Way, WorkSpec,
};

/// One call for a work.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// What was called for.
    pub work: WorkId,
    /// How many items it is about (1 for what is not counted).
    pub items: i64,
    /// The number of this call among all calls of the work, from 0.
    pub number: u32,
    /// Its number among all calls.
    made: u64,
    /// Which try is waiting or running, from 0.
    pub attempt: u32,
    /// When it was called for, in microseconds.
    pub called_at: u64,
    /// Why it was called for: the entry [`What::Called`](crate::kernel::What::Called) of the why-log.
    pub called: RecordId,
    /// The agent that called, if one did.
    pub agent: Option<AgentId>,
    /// Which way runs or ran last.
    pub way: usize,
    /// How it ended, if it did.
    pub outcome: Option<Outcome>,
    /// When it ended, in microseconds; the end of time while it has not.
    pub ended_at: u64,
    /// The last entry of its course in the list of phases.
    pub last_phase: u32,
    slot: u32,
    patience_slot: u32,
    timeout_slot: u32,
    /// The way for whose parts it waits.
    asked_for: Option<usize>,
    wait: Option<Wait>,
    /// It has been begun, and waits to go on.
    paused: bool,
    /// Since when it runs without a pause, and when it will be over.
    began: u64,
    ends: u64,
    /// What of the present try was done before the last pause, and what is left of it (nothing: it begins afresh).
    done_us: u64,
    left_us: u64,
    /// The first entry of the list of heads that it holds.
    hands: u32,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect.
    Done,
    /// It went wrong and was given up.
    Failed,
    /// It was called off: what it was for is gone, or already so.
    Dropped,
    /// It has waited for as long as it may, and was given up.
    TimedOut,
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Heads of this crew.
    Crew(CrewId),
    /// Parts of this kind.
    Part(PartId),
    /// This node, which the way considered first needs.
    Need(NodeId),
    /// One of the batches that run already.
    Lane,
}

/// What a call does from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It waits.
    Waiting(Wait),
    /// It was begun, had to give up its heads, and waits to go on.
    Paused(Wait),
    /// It runs, by the way of this number.
    Running(usize),
    /// It has ended.
    Ended(Outcome),
}

/// An entry of the course of all calls.
#[derive(Clone, Copy, Debug)]
pub struct PhaseRow {
    /// Which call.
    pub instance: InstanceId,
    /// Since when, in microseconds.
    pub at: u64,
    /// What it does.
    pub phase: Phase,
    /// The entry before of the same call (`u32::MAX`: none).
    pub before: u32,
}

/// No alarm.
const NO_SLOT: u32 = u32::MAX;

impl Engine<'_> {
    /// A work has to be reviewed once the instant has settled.
    pub fn list_work(&mut self, work: WorkId) {
        if !self.scratch.is_listed[work.index()] {
            self.scratch.is_listed[work.index()] = true;
            self.scratch.works.push(work);
        }
    }

    fn add_phase(&mut self, instance: InstanceId, phase: Phase) {
        if !self.calls {
            return;
        }
        let row = u32::try_from(self.state.phases.len()).expect("fewer than 2^32 phases");
        let call = &mut self.state.instances[instance.index()];
        self.state.phases.push(PhaseRow {
            instance,
            at: self.state.now,
            phase,
            before: call.last_phase,
        });
        call.last_phase = row;
    }

    /// Makes a dynamic timer.
    pub fn new_alarm(&mut self, alarm: Alarm) -> u32 {
        if let Some(slot) = self.state.free_alarms.pop() {
            self.state.alarms[slot as usize - self.scratch.timers.fixed()] = alarm;
            return slot;
        }
        self.state.alarms.push(alarm);
        self.state.calendar.add_slot()
    }

    /// Gives a dynamic timer back.
    pub fn free_alarm(&mut self, slot: u32) {
        if slot == NO_SLOT {
            return;
        }
        self.state.calendar.set(slot, NEVER, 0);
        self.state.alarms[slot as usize - self.scratch.timers.fixed()] = Alarm::Free;
        self.state.free_alarms.push(slot);
    }
}
