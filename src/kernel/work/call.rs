//! Calls: how they come about, are called off, and end.

use super::heads::NO_HAND;
use super::{Call, Effect, Instance, NO_SLOT, Outcome, Phase};
use crate::kernel::agent::{Wake, What};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{AgentId, InstanceId, NodeId, RecordId, WorkId};
use crate::kernel::purpose;
use crate::kernel::reading::Reading;
use crate::kernel::settle::Engine;
use crate::kernel::state::Alarm;

impl Engine<'_> {
    pub(super) fn holds(&self, condition: (NodeId, Reading)) -> bool {
        condition.1.read(self.value(condition.0)) != 0
    }

    /// Calls for a work.
    pub fn call(&mut self, work: WorkId, items: i64, agent: Option<AgentId>, why: RecordId) {
        if agent.is_some() {
            self.give_course(work);
        }
        let number = self.state.works[work.index()].calls;
        let instance = self.new_instance(work, items, number, agent, why);
        let state = &mut self.state.works[work.index()];
        state.calls += 1;
        state.pending_items += items;
        state.waiting.push_back(instance);
        state.wait = None;
        if number == 0 {
            let stream = self.net.works[work.index()].stream;
            self.state.works[work.index()].order = self.key.stream(stream, purpose::ORDER, 0).next_word();
        }
        self.scratch.fresh.push(work);
        self.await_timeout(instance);
        let spec = &self.net.works[work.index()].spec;
        if agent.is_some() && (spec.goal.is_some() || spec.keep.is_some()) {
            self.list_work(work);
        }
    }

    /// Makes an entry for a call that waits, and tells the why-log.
    pub(super) fn new_instance(
        &mut self,
        work: WorkId,
        items: i64,
        number: u32,
        agent: Option<AgentId>,
        why: RecordId,
    ) -> InstanceId {
        let unused = self.state.free_calls.pop();
        let instance = unused.unwrap_or_else(|| InstanceId::new(self.state.instances.len()));
        let called = self.record(why, What::Called { instance });
        let made = self.state.calls_made;
        self.state.calls_made += 1;
        let call = Instance {
            work,
            items,
            number,
            made,
            attempt: 0,
            called_at: self.state.now,
            called,
            agent,
            way: 0,
            outcome: None,
            ended_at: NEVER,
            last_phase: u32::MAX,
            slot: NO_SLOT,
            patience_slot: NO_SLOT,
            timeout_slot: NO_SLOT,
            asked_for: None,
            wait: None,
            paused: false,
            began: 0,
            ends: NEVER,
            done_us: 0,
            left_us: 0,
            hands: NO_HAND,
        };
        match unused {
            Some(_) => self.state.instances[instance.index()] = call,
            None => self.state.instances.push(call),
        }
        instance
    }

    /// Reviews the works whose conditions may have changed, by the order of names.
    pub fn review_works(&mut self) {
        if self.scratch.works.is_empty() {
            return;
        }
        let mut works = std::mem::take(&mut self.scratch.works);
        works.sort_by_key(|work| self.net.works[work.index()].tie);
        for &work in &works {
            self.scratch.is_listed[work.index()] = false;
            self.review(work);
        }
        works.clear();
        // What was listed meanwhile waits for the next settling of this time.
        works.append(&mut self.scratch.works);
        self.scratch.works = works;
    }

    fn review(&mut self, work: WorkId) {
        let net = self.net;
        let spec = &net.works[work.index()].spec;
        let kept = spec.keep.is_none_or(|keep| self.holds(keep));
        let reached = spec.goal.is_some_and(|goal| self.holds(goal));
        match spec.call {
            Call::OnDemand => {
                if !kept || reached {
                    self.drop_all(work, reached);
                }
            }
            Call::Arrivals { runs, .. } => {
                if !kept || reached {
                    self.drop_all(work, reached);
                }
                self.review_arrivals(work, runs);
            }
            Call::When(node, reading) => {
                let flag = reading.read(self.value(node)) != 0;
                let before = std::mem::replace(&mut self.state.works[work.index()].flag, flag && kept);
                if !flag || !kept || reached {
                    self.drop_all(work, reached);
                } else if !before {
                    let why = self.state.records[node.index()];
                    self.call(work, 1, None, why);
                }
            }
            Call::Backlog(node, state) => {
                if !kept {
                    self.drop_all(work, false);
                    return;
                }
                let starter = &self.state.starters[net.slot(node)];
                let backlog = starter.backlog(state);
                // What made the work possible last: that there are items for it, or the condition that has come back since.
                let items = starter.items_why;
                let why = spec.keep.map_or(items, |(keep, _)| {
                    self.later(items, self.state.records[keep.index()])
                });
                while self.state.works[work.index()].pending_items < backlog {
                    let missing = backlog - self.state.works[work.index()].pending_items;
                    self.call(work, missing.min(spec.batch.max(1)), None, why);
                }
                while self.state.works[work.index()].pending_items > backlog {
                    let Some(last) = self.state.works[work.index()].waiting.pop_back() else {
                        break;
                    };
                    self.end(last, Outcome::Dropped);
                    self.shortened(work);
                }
            }
        }
    }

    /// The later of two entries of the why-log.
    fn later(&self, a: RecordId, b: RecordId) -> RecordId {
        match (a == RecordId::NONE, b == RecordId::NONE) {
            (true, _) => b,
            (_, true) => a,
            _ => a.max(b),
        }
    }

    /// Calls off all calls of a work; `reached`: because its goal holds, so that agents that wait for it go on.
    fn drop_all(&mut self, work: WorkId, reached: bool) {
        while let Some(instance) = self.state.works[work.index()].waiting.pop_front() {
            self.end_for(instance, Outcome::Dropped, reached);
        }
        self.queue(work, None);
        while let Some(&instance) = self.state.works[work.index()].running.first() {
            self.put_parts_back(instance);
            self.leave(instance);
            self.end_for(instance, Outcome::Dropped, reached);
        }
    }

    pub(super) fn end(&mut self, instance: InstanceId, outcome: Outcome) -> RecordId {
        self.end_for(instance, outcome, false)
    }

    fn end_for(&mut self, instance: InstanceId, outcome: Outcome, reached: bool) -> RecordId {
        let now = self.state.now;
        let call = &mut self.state.instances[instance.index()];
        call.outcome = Some(outcome);
        call.ended_at = now;
        let (work, items, agent, called, patience) =
            (call.work, call.items, call.agent, call.called, call.patience_slot);
        call.patience_slot = NO_SLOT;
        self.free_alarm(patience);
        self.forget_timeout(instance);
        self.ask_no_more(instance);
        self.state.works[work.index()].pending_items -= items;
        self.add_phase(instance, Phase::Ended(outcome));
        let what = if outcome == Outcome::Done {
            What::Done { instance }
        } else {
            What::Failed { instance }
        };
        let record = self.record(called, what);
        if let Some(agent) = agent {
            let wake = match outcome {
                Outcome::Done => Wake::Done(work),
                Outcome::Dropped if reached => Wake::Done(work),
                Outcome::Dropped | Outcome::Failed => Wake::Failed(work),
                Outcome::TimedOut => Wake::TimedOut(work),
            };
            self.scratch.wakes.push((agent, wake, record));
        }
        let otherwise = &self.net.works[work.index()].spec.otherwise;
        let effects: &[Effect] = match outcome {
            Outcome::Done => &[],
            Outcome::Failed => &otherwise.failed,
            Outcome::TimedOut => &otherwise.timed_out,
            Outcome::Dropped => &otherwise.dropped,
        };
        if !effects.is_empty() {
            let mut stream = self.undone(instance);
            self.follow_up(effects, items, &mut stream, record);
        }
        // One that may be found overdue in this very instant is not used again.
        if !self.calls && self.net.works[work.index()].spec.timeout_us == u64::MAX {
            self.state.free_calls.push(instance);
        }
        record
    }

    /// A call may wait for so long from now.
    pub(super) fn await_timeout(&mut self, instance: InstanceId) {
        let work = self.state.instances[instance.index()].work;
        let timeout_us = self.net.works[work.index()].spec.timeout_us;
        if timeout_us == u64::MAX {
            return;
        }
        let slot = self.new_alarm(Alarm::Overdue(instance));
        self.state.instances[instance.index()].timeout_slot = slot;
        let (at, tie) = (self.after(timeout_us), self.work_tie(instance));
        self.state.calendar.set(slot, at, tie);
    }

    /// A call waits no longer.
    pub(super) fn forget_timeout(&mut self, instance: InstanceId) {
        let slot = std::mem::replace(&mut self.state.instances[instance.index()].timeout_slot, NO_SLOT);
        self.free_alarm(slot);
    }

    /// Gives up what has waited for as long as it may and has not been begun in this very instant.
    pub(super) fn give_up_overdue(&mut self) {
        let mut overdue = std::mem::take(&mut self.scratch.overdue);
        for instance in overdue.drain(..) {
            let call = &self.state.instances[instance.index()];
            if call.outcome.is_some() || call.slot != NO_SLOT {
                continue;
            }
            let work = call.work;
            self.state.works[work.index()]
                .waiting
                .retain(|&other| other != instance);
            self.shortened(work);
            self.end(instance, Outcome::TimedOut);
        }
        overdue.append(&mut self.scratch.overdue);
        self.scratch.overdue = overdue;
    }
}
