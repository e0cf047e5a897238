//! The course of a call that runs: its beginning, its length, how it ends, and what follows.

use super::{Call, Effect, NO_SLOT, OnError, Outcome, Phase, Takes};
use crate::kernel::action::Action;
use crate::kernel::ids::{InstanceId, RecordId};
use crate::kernel::netlist::NodeKind;
use crate::kernel::purpose;
use crate::kernel::settle::{Engine, happens};
use crate::kernel::spec::ItemState;
use crate::kernel::state::Alarm;
use crate::random::Stream;

/// A stream of its own for what follows the length, so that another law of the length draws the same outcome.
const OUTCOME: u64 = 1 << 39;

impl Engine<'_> {
    /// A call begins by a way, or goes on by it.
    pub(super) fn begin(&mut self, instance: InstanceId, number: usize) {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        let (work, items, patience_slot) = (call.work, call.items, call.patience_slot);
        let (left_us, way_before) = (call.left_us, call.way);
        let way = &net.works[work.index()].spec.ways[number];
        for &(crew, heads) in &way.crew {
            self.take_heads(instance, crew, heads);
        }
        self.take_parts(instance, &way.parts);
        self.forget_timeout(instance);
        let takes = if left_us > 0 && way_before == number {
            left_us
        } else {
            if left_us > 0 {
                // What was done by another way is of no use to this one.
                let state = &mut self.state.instances[instance.index()];
                state.attempt += 1;
                state.done_us = 0;
            }
            let mut stream = self.course(instance, 0);
            let takes = match &way.takes {
                Takes::Once(law) => law.sample_us(&mut stream),
                Takes::EachItem { law, heads } => {
                    let items = u64::try_from(items).expect("a batch is not negative");
                    law.sample_sum_us(items, &mut stream) / u64::from((*heads).max(1))
                }
            };
            takes.max(1)
        };
        let at = self.after(takes);
        self.free_alarm(patience_slot);
        let slot = self.new_alarm(Alarm::Work(instance));
        let now = self.state.now;
        let state = &mut self.state.instances[instance.index()];
        state.patience_slot = NO_SLOT;
        state.slot = slot;
        state.way = number;
        state.wait = None;
        state.paused = false;
        (state.began, state.ends) = (now, at);
        state.left_us = 0;
        self.state.works[work.index()].running.push(instance);
        self.add_phase(instance, Phase::Running(number));
        self.hand_items(instance, items);
        let tie = self.work_tie(instance);
        self.state.calendar.set(slot, at, tie);
    }

    /// The stream of the course of the present try of a call, or of what follows it.
    fn course(&self, instance: InstanceId, part: u64) -> Stream {
        let call = &self.state.instances[instance.index()];
        let number = part | u64::from(call.number) << 8 | u64::from(call.attempt & 0xff);
        // Eight bits are enough for the tries of nearly every call; more of them draw as another entity would.
        let turns = u64::from(call.attempt >> 8).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let entity = self.net.works[call.work.index()].stream ^ turns;
        self.key.stream(entity, purpose::WORK, number)
    }

    /// The stream of what follows a call that was not done.
    pub(super) fn undone(&self, instance: InstanceId) -> Stream {
        let call = &self.state.instances[instance.index()];
        let entity = self.net.works[call.work.index()].stream;
        self.key.stream(entity, purpose::UNDONE, u64::from(call.number))
    }

    /// Lets the effects of a call come about.
    pub(super) fn follow_up(
        &mut self,
        effects: &[Effect],
        items: i64,
        stream: &mut Stream,
        record: RecordId,
    ) {
        for effect in effects {
            match *effect {
                Effect::Act(action) => self.act(action, record),
                Effect::Force {
                    node,
                    passes,
                    destroys_ppm,
                } => {
                    let action = match (happens(stream, destroys_ppm), self.net.kind(node)) {
                        (false, _) => Action::Force { node, passes },
                        (true, NodeKind::Starter) => Action::Break {
                            node,
                            items: i64::MAX,
                        },
                        (true, _) => Action::Destroy { node },
                    };
                    self.act(action, record);
                }
                Effect::StartItems(node) => self.start_items(node, items, stream, record),
                Effect::RepairItems(node) => self.repair_items(node, items, record),
            }
        }
    }

    pub(super) fn work_tie(&self, instance: InstanceId) -> u64 {
        let call = &self.state.instances[instance.index()];
        let tie = self.net.works[call.work.index()].tie;
        crate::kernel::run::tie_of_work(tie, call.number)
    }

    /// A running call gives back what it holds.
    pub(super) fn leave(&mut self, instance: InstanceId) {
        let call = &mut self.state.instances[instance.index()];
        let (work, way, items) = (call.work, call.way, call.items);
        let slot = std::mem::replace(&mut call.slot, NO_SLOT);
        self.free_alarm(slot);
        self.hand_items(instance, -items);
        self.state.works[work.index()]
            .running
            .retain(|&other| other != instance);
        self.give_heads_back(instance);
        let crew = &self.net.works[work.index()].spec.ways[way].crew;
        self.scratch.freed.extend(crew.iter().map(|&(crew, _)| crew));
        // One more of the same work may run now.
        self.look_again(work);
    }

    /// So many more items (or fewer) of a starter are in the hands of a work that starts them, where that is shown.
    fn hand_items(&mut self, instance: InstanceId, change: i64) {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        let (called, spec) = (call.called, &net.works[call.work.index()].spec);
        let Call::Backlog(node, ItemState::Off) = spec.call else {
            return;
        };
        let shown = &net.starters[net.slot(node)].states;
        let Some(&(_, output)) = shown.iter().find(|(state, _)| *state == ItemState::BeingStarted) else {
            return;
        };
        let state = &mut self.state.starters[net.slot(node)];
        state.being_started += change;
        let count = state.being_started;
        self.set_value(output, count, called);
    }

    /// A way has run its time.
    pub fn way_over(&mut self, instance: InstanceId) {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        let (work, way, items) = (call.work, call.way, call.items);
        let spec = &net.works[work.index()].spec;
        let mut stream = self.course(instance, OUTCOME);
        self.leave(instance);
        let went_wrong = happens(&mut stream, spec.ways[way].errs_ppm);
        if went_wrong && spec.on_error == OnError::Retry {
            let again = &mut self.state.instances[instance.index()];
            again.attempt += 1;
            (again.done_us, again.left_us) = (0, 0);
            let state = &mut self.state.works[work.index()];
            state.waiting.push_front(instance);
            state.wait = None;
            self.await_timeout(instance);
            self.scratch.fresh.push(work);
            return;
        }
        if went_wrong {
            self.end(instance, Outcome::Failed);
            return;
        }
        let record = self.end(instance, Outcome::Done);
        self.follow_up(&spec.effects, items, &mut stream, record);
        // A goal that is not reached by its own effect, or items that stayed off, are called for again.
        self.list_work(work);
    }
}
