//! **Short works**: called by a condition, done by one way that needs nothing, holds nothing and cannot go wrong, with one effect.
//!
//! Such a call never waits, so where calls are not kept it is a timer and nothing else; its draws, its time and its effect are those of any
//! other. Most repairs in models without crews are of this sort.

use super::{Call, Effect, InstanceId, Takes, WorkSpec};
use crate::kernel::action::Action;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId, WorkId};
use crate::kernel::purpose;
use crate::kernel::reading::Reading;
use crate::kernel::settle::Engine;
use crate::kernel::state::Alarm;
use crate::random::Law;

/// A short work.
#[derive(Debug)]
pub(crate) struct ShortRow {
    work: WorkId,
    /// What calls for it.
    node: NodeId,
    reading: Reading,
    /// Its place among the laws of short works.
    takes: u32,
    effect: Action,
    stream: u64,
    tie: u32,
}

/// The running side of a short work.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ShortState {
    /// How often it was called for.
    calls: u32,
    /// Whether its calling flag was true when last looked at.
    flag: bool,
    /// An agent has called for it as well, so that it is treated as any other.
    is_long: bool,
}

impl ShortRow {
    /// The work.
    pub fn work(&self) -> WorkId {
        self.work
    }

    /// Whether a work is short.
    pub fn suits(spec: &WorkSpec) -> bool {
        let (Call::When(..), [way], [Effect::Act(_)]) = (&spec.call, &spec.ways[..], &spec.effects[..])
        else {
            return false;
        };
        let needs_nothing = way.needs.is_empty() && way.crew.is_empty() && way.parts.is_empty();
        let never_ends_early = spec.goal.is_none()
            && spec.keep.is_none()
            && spec.timeout_us == u64::MAX
            && spec.otherwise.dropped.is_empty();
        let takes_once = matches!(way.takes, Takes::Once(_));
        takes_once && needs_nothing && never_ends_early && way.errs_ppm == 0 && spec.lanes > 0
    }

    /// The row of a work, if it is short; how long it takes goes to `laws`, where the last one is used again if it is alike.
    pub fn of(work: WorkId, spec: &WorkSpec, stream: u64, tie: u32, laws: &mut Vec<Law>) -> Option<Self> {
        let (Call::When(node, reading), Some(Takes::Once(takes)), Some(Effect::Act(effect))) = (
            &spec.call,
            spec.ways.first().map(|way| &way.takes),
            spec.effects.first(),
        ) else {
            return None;
        };
        if !Self::suits(spec) {
            return None;
        }
        if laws.last() != Some(takes) {
            laws.push(takes.clone());
        }
        Some(Self {
            work,
            node: *node,
            reading: *reading,
            takes: u32::try_from(laws.len() - 1).expect("fewer than 2^32 works"),
            effect: *effect,
            stream,
            tie,
        })
    }
}

impl Engine<'_> {
    /// What calls for a short work may have changed.
    pub fn list_short(&mut self, short: u32) {
        if self.calls || self.state.shorts[short as usize].is_long {
            self.list_work(self.net.shorts[short as usize].work);
        } else {
            self.scratch.shorts.push(short);
        }
    }

    /// Reviews the short works whose condition may have changed. Their calls begin at once.
    pub fn review_shorts(&mut self) {
        if self.scratch.shorts.is_empty() {
            return;
        }
        let mut shorts = std::mem::take(&mut self.scratch.shorts);
        for short in shorts.drain(..) {
            let row = &self.net.shorts[short as usize];
            let flag = row.reading.read(self.value(row.node)) != 0;
            let state = &mut self.state.shorts[short as usize];
            if std::mem::replace(&mut state.flag, flag) == flag {
                continue;
            }
            let timer = self.scratch.timers.short(short);
            if !flag {
                self.state.calendar.set(timer, NEVER, 0);
                continue;
            }
            let number = state.calls;
            state.calls += 1;
            let mut stream = self.key.stream(row.stream, purpose::WORK, u64::from(number) << 8);
            let at = self.after(
                self.net.short_laws[row.takes as usize]
                    .sample_us(&mut stream)
                    .max(1),
            );
            let tie = crate::kernel::run::tie_of_work(row.tie, number);
            self.state.calendar.set(timer, at, tie);
        }
        self.scratch.shorts = shorts;
    }

    /// A call for a short work is done.
    pub fn short_over(&mut self, short: u32) {
        self.act(self.net.shorts[short as usize].effect, RecordId::NONE);
        self.list_short(short);
    }

    /// An agent calls for a work: if that is a short one, its calls get a course from now on, as an agent wants to hear of its own.
    pub fn give_course(&mut self, work: WorkId) {
        let Some(short) = self.net.works[work.index()].short else {
            return;
        };
        let state = &mut self.state.shorts[short as usize];
        if self.calls || std::mem::replace(&mut state.is_long, true) {
            return;
        }
        let (calls, flag) = (state.calls, state.flag);
        let timer = self.scratch.timers.short(short);
        let running = self.state.calendar.time_of(timer);
        self.state.calendar.set(timer, NEVER, 0);
        let state = &mut self.state.works[work.index()];
        state.flag = flag;
        state.calls = calls;
        if let Some(at) = running {
            state.pending_items += 1;
            let number = calls - 1;
            let instance: InstanceId = self.new_instance(work, 1, number, None, RecordId::NONE);
            let slot = self.new_alarm(Alarm::Work(instance));
            let call = &mut self.state.instances[instance.index()];
            (call.slot, call.ends) = (slot, at);
            self.state.works[work.index()].running.push(instance);
            let tie = self.work_tie(instance);
            self.state.calendar.set(slot, at, tie);
        }
        if self.scratch.shorts.contains(&short) {
            self.list_work(work);
            self.scratch.shorts.retain(|&other| other != short);
        }
    }
}
