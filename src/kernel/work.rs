//! Work: calls, ways, crews, and their course.
//!
//! A call waits until one of its ways is possible and staffed, then runs for a drawn time and takes effect as a whole. Crews are taken all
//! at once or not at all, and none is held while waiting.

use super::agent::{Wake, What};
use super::calendar::NEVER;
use super::ids::{AgentId, CrewId, InstanceId, NodeId, RecordId, WorkId};
use super::purpose;
use super::reading::Reading;
use super::settle::Engine;
use super::spec::{Call, Effect, ItemState, OnError, Takes, Way};
use super::state::Alarm;
use crate::random::Stream;

/// One call for a work.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// What was called for.
    pub work: WorkId,
    /// How many items it is about (1 for what is not counted).
    pub items: i64,
    /// The number of this call among all calls of the work, from 0.
    pub number: u32,
    /// Which try is waiting or running, from 0.
    pub attempt: u32,
    /// When it was called for, in microseconds.
    pub called_at: u64,
    /// Why it was called for: the entry [`What::Called`] of the why-log.
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
    wait: Option<Wait>,
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
}

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Heads of this crew.
    Crew(CrewId),
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

    fn holds(&self, condition: (NodeId, Reading)) -> bool {
        condition.1.read(self.value(condition.0)) != 0
    }

    fn add_phase(&mut self, instance: InstanceId, phase: Phase) {
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

    /// Calls for a work.
    pub fn call(&mut self, work: WorkId, items: i64, agent: Option<AgentId>, why: RecordId) {
        let instance = InstanceId::new(self.state.instances.len());
        let called = self.record(why, What::Called { instance });
        let state = &mut self.state.works[work.index()];
        let number = state.calls;
        state.calls += 1;
        state.pending_items += items;
        state.waiting.push_back(instance);
        state.wait = None;
        if number == 0 {
            let stream = self.net.works[work.index()].stream;
            self.state.works[work.index()].order = self.key.stream(stream, purpose::ORDER, 0).next_word();
        }
        self.list_waiting(work);
        self.state.instances.push(Instance {
            work,
            items,
            number,
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
            wait: None,
        });
        self.scratch.fresh.push(work);
        let spec = &self.net.works[work.index()].spec;
        if agent.is_some() && (spec.goal.is_some() || spec.keep.is_some()) {
            self.list_work(work);
        }
    }

    /// Reviews the works whose conditions may have changed, by the order of names.
    pub fn review_works(&mut self) {
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
                let backlog = match state {
                    ItemState::Off => starter.off,
                    ItemState::Dead => starter.dead,
                };
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
        while let Some(&instance) = self.state.works[work.index()].running.first() {
            self.leave(instance);
            self.end_for(instance, Outcome::Dropped, reached);
        }
    }

    /// A running call gives its crew back.
    fn leave(&mut self, instance: InstanceId) {
        let call = self.state.instances[instance.index()];
        self.state.works[call.work.index()]
            .running
            .retain(|&other| other != instance);
        for &(crew, heads) in &self.net.works[call.work.index()].spec.ways[call.way].crew {
            self.state.busy[crew.index()] -= heads;
        }
        self.free_alarm(call.slot);
        self.state.instances[instance.index()].slot = NO_SLOT;
        self.scratch.dispatch = true;
    }

    fn end(&mut self, instance: InstanceId, outcome: Outcome) -> RecordId {
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
        self.state.works[work.index()].pending_items -= items;
        self.add_phase(instance, Phase::Ended(outcome));
        let what = if outcome == Outcome::Done {
            What::Done { instance }
        } else {
            What::Failed { instance }
        };
        let record = self.record(called, what);
        if let Some(agent) = agent {
            let wake = if outcome == Outcome::Done || reached {
                Wake::Done(work)
            } else {
                Wake::Failed(work)
            };
            self.scratch.wakes.push((agent, wake, record));
        }
        record
    }

    /// The priority of a work now: the best rank among those it serves that are not well (they stand in order of rank).
    fn priority(&self, work: WorkId) -> u32 {
        let serves = &self.net.works[work.index()].spec.serves;
        serves
            .iter()
            .find(|&&(_, node, well)| self.value(node) < well)
            .map_or(u32::MAX, |&(rank, ..)| rank)
    }

    /// The work has calls waiting.
    fn list_waiting(&mut self, work: WorkId) {
        let state = &mut self.state.works[work.index()];
        if !state.listed {
            state.listed = true;
            self.state.waiting_works.push(work);
        }
    }

    /// A work with what decides its turn: priority, a drawn order, the order of names.
    fn candidate(&self, work: WorkId) -> (u32, u64, u32, WorkId) {
        let order = self.state.works[work.index()].order;
        (self.priority(work), order, self.net.works[work.index()].tie, work)
    }

    /// Staffs what waits, the best priority first; what cannot be staffed is passed over.
    pub fn dispatch(&mut self) {
        let everything = std::mem::take(&mut self.scratch.dispatch);
        let mut fresh = std::mem::take(&mut self.scratch.fresh);
        if !everything && fresh.is_empty() {
            return;
        }
        let mut candidates = std::mem::take(&mut self.scratch.candidates);
        candidates.clear();
        if everything {
            let mut place = 0;
            while let Some(&work) = self.state.waiting_works.get(place) {
                let state = &mut self.state.works[work.index()];
                if state.waiting.is_empty() {
                    state.listed = false;
                    self.state.waiting_works.swap_remove(place);
                    continue;
                }
                candidates.push(self.candidate(work));
                place += 1;
            }
        } else {
            // Nothing has become free: what waited before still does.
            fresh.sort_unstable();
            fresh.dedup();
            let waiting = |work: &&WorkId| !self.state.works[work.index()].waiting.is_empty();
            candidates.extend(fresh.iter().filter(waiting).map(|&work| self.candidate(work)));
        }
        fresh.clear();
        self.scratch.fresh = fresh;
        candidates.sort_unstable();
        for &(.., work) in &candidates {
            while let Some(&instance) = self.state.works[work.index()].waiting.front() {
                match self.possible(instance) {
                    Ok(way) => {
                        self.state.works[work.index()].waiting.pop_front();
                        self.begin(instance, way);
                    }
                    Err(wait) => {
                        self.wait_all(work, wait);
                        break;
                    }
                }
            }
        }
        self.scratch.candidates = candidates;
    }

    /// The way by which a call can begin now, or what it waits for.
    fn possible(&mut self, instance: InstanceId) -> Result<usize, Wait> {
        let net = self.net;
        let call = self.state.instances[instance.index()];
        let spec = &net.works[call.work.index()].spec;
        if self.state.works[call.work.index()].running.len() >= spec.lanes as usize {
            return Err(Wait::Lane);
        }
        let mut considered_at = call.called_at;
        let mut missing = None;
        for (number, way) in spec.ways.iter().enumerate() {
            if considered_at > self.state.now {
                self.be_patient(instance, considered_at);
                break;
            }
            let need = way
                .needs
                .iter()
                .find(|&&need| !self.holds(need))
                .map(|&(node, _)| Wait::Need(node));
            match need {
                None => {
                    return match self.short_of(way) {
                        None => Ok(number),
                        Some(crew) => Err(Wait::Crew(crew)),
                    };
                }
                Some(wait) => missing = missing.or(Some(wait)),
            }
            considered_at = considered_at.saturating_add(way.patience_us);
        }
        Err(missing.expect("a way that is considered and lacks nothing is taken"))
    }

    fn short_of(&self, way: &Way) -> Option<CrewId> {
        way.crew
            .iter()
            .find(|&&(crew, heads)| self.heads(crew) < i64::from(heads + self.state.busy[crew.index()]))
            .map(|&(crew, _)| crew)
    }

    /// How many heads a crew has now.
    fn heads(&self, crew: CrewId) -> i64 {
        self.net.crews[crew.index()]
            .heads
            .iter()
            .map(|&node| self.value(node))
            .sum()
    }

    /// A call is looked at again at this time.
    fn be_patient(&mut self, instance: InstanceId, at: u64) {
        if at == NEVER {
            return;
        }
        let mut slot = self.state.instances[instance.index()].patience_slot;
        if slot == NO_SLOT {
            slot = self.new_alarm(Alarm::Patience);
            self.state.instances[instance.index()].patience_slot = slot;
        }
        let tie = self.work_tie(instance);
        self.state.calendar.set(slot, at, tie);
    }

    /// Notes what the calls of a work wait for, where that has changed. They stand in line: what holds the first holds all.
    fn wait_all(&mut self, work: WorkId, wait: Wait) {
        if self.state.works[work.index()].wait == Some(wait) {
            return;
        }
        self.state.works[work.index()].wait = Some(wait);
        for place in 0..self.state.works[work.index()].waiting.len() {
            let instance = self.state.works[work.index()].waiting[place];
            if self.state.instances[instance.index()].wait != Some(wait) {
                self.state.instances[instance.index()].wait = Some(wait);
                self.add_phase(instance, Phase::Waiting(wait));
            }
        }
    }

    fn begin(&mut self, instance: InstanceId, number: usize) {
        let net = self.net;
        let call = self.state.instances[instance.index()];
        let way = &net.works[call.work.index()].spec.ways[number];
        for &(crew, heads) in &way.crew {
            self.state.busy[crew.index()] += heads;
        }
        let mut stream = self.course(instance);
        let takes = match &way.takes {
            Takes::Once(law) => law.sample_us(&mut stream),
            Takes::EachItem { law, heads } => {
                let items = u64::try_from(call.items).expect("a batch is not negative");
                law.sample_sum_us(items, &mut stream) / u64::from((*heads).max(1))
            }
        };
        let at = self.after(takes.max(1));
        self.free_alarm(call.patience_slot);
        let slot = self.new_alarm(Alarm::Work(instance));
        let state = &mut self.state.instances[instance.index()];
        state.patience_slot = NO_SLOT;
        state.slot = slot;
        state.way = number;
        state.wait = None;
        self.state.works[call.work.index()].running.push(instance);
        self.add_phase(instance, Phase::Running(number));
        let tie = self.work_tie(instance);
        self.state.calendar.set(slot, at, tie);
    }

    /// The stream of the course of the present try of a call.
    fn course(&self, instance: InstanceId) -> Stream {
        let call = &self.state.instances[instance.index()];
        let number = u64::from(call.number) << 8 | u64::from(call.attempt & 0xff);
        self.key
            .stream(self.net.works[call.work.index()].stream, purpose::WORK, number)
    }

    fn work_tie(&self, instance: InstanceId) -> u64 {
        let call = &self.state.instances[instance.index()];
        let tie = self.net.works[call.work.index()].tie;
        super::run::tie_of_work(tie, call.number)
    }

    /// A way has run its time.
    pub fn way_over(&mut self, instance: InstanceId) {
        let net = self.net;
        let call = self.state.instances[instance.index()];
        let spec = &net.works[call.work.index()].spec;
        // A stream of its own for what follows the length, so that another law of the length draws the same outcome.
        let number = u64::from(call.number) << 8 | u64::from(call.attempt & 0xff);
        let mut stream = self.key.stream(
            net.works[call.work.index()].stream,
            purpose::WORK,
            1 << 39 | number,
        );
        self.leave(instance);
        let went_wrong = super::settle::happens(&mut stream, spec.ways[call.way].errs_ppm);
        if went_wrong && spec.on_error == OnError::Retry {
            self.state.instances[instance.index()].attempt += 1;
            let state = &mut self.state.works[call.work.index()];
            state.waiting.push_front(instance);
            state.wait = None;
            self.list_waiting(call.work);
            self.scratch.dispatch = true;
            return;
        }
        if went_wrong {
            self.end(instance, Outcome::Failed);
            return;
        }
        let record = self.end(instance, Outcome::Done);
        for effect in &spec.effects {
            match *effect {
                Effect::Act(action) => self.act(action, record),
                Effect::StartItems(node) => self.start_items(node, call.items, &mut stream, record),
                Effect::RepairItems(node) => self.repair_items(node, call.items, record),
            }
        }
        // A goal that is not reached by its own effect, or items that stayed off, are called for again.
        self.list_work(call.work);
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
