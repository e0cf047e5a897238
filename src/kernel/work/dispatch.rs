//! Dispatching: whose turn it is, what a call needs to begin, and what it waits for.

use super::{Among, NO_SLOT, OnBlocked, Outcome, Passing, Phase, Takes, Turns, Wait};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{InstanceId, WorkId};
use crate::kernel::settle::Engine;
use crate::kernel::state::Alarm;

/// What decides the turn of a call: the least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    /// Its priority.
    pub class: u32,
    /// How its crew orders equal priorities.
    order: u64,
    /// The drawn order of its work, then that of the names.
    drawn: u64,
    tie: u32,
    work: WorkId,
}

/// Whether a call can begin now.
enum Chance {
    /// By the way of this number.
    Now(usize),
    /// By the way of this number, but for this.
    Short(usize, Wait),
    /// By no way.
    Blocked(Wait),
    /// By no way, and it is not waited for any longer.
    Hopeless,
}

impl Engine<'_> {
    /// The priority of a work now: the best rank among those it serves that are not well (they stand in order of rank).
    fn priority(&self, work: WorkId) -> u32 {
        let spec = &self.net.works[work.index()].spec;
        if let Some(priority) = spec.priority {
            return priority;
        }
        spec.serves
            .iter()
            .find(|&&(_, node, well)| self.value(node) < well)
            .map_or(u32::MAX, |&(rank, ..)| rank)
    }

    /// What decides the turn of a call now.
    pub(super) fn turn(&self, instance: InstanceId) -> Turn {
        let work = self.state.instances[instance.index()].work;
        let row = &self.net.works[work.index()];
        let (class, among) = match row.turns {
            Turns::Priority(among) => (self.priority(work), among),
            Turns::Alike(among) => (0, among),
        };
        let order = match among {
            Among::Drawn => 0,
            // Calls are numbered as they are made.
            Among::FirstCome => u64::from(instance.0),
            Among::Shortest => self.expected_us(instance),
            Among::Longest => u64::MAX - self.expected_us(instance),
        };
        Turn {
            class,
            order,
            drawn: self.state.works[work.index()].order,
            tie: row.tie,
            work,
        }
    }

    /// How long a call is expected to take by the preferred way.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a mean is not negative, and one beyond the range of time is as long as time"
    )]
    fn expected_us(&self, instance: InstanceId) -> u64 {
        let call = &self.state.instances[instance.index()];
        match &self.net.works[call.work.index()].spec.ways[0].takes {
            Takes::Once(law) => law.mean() as u64,
            Takes::EachItem { law, heads } => {
                (law.mean() * call.items as f64 / f64::from((*heads).max(1))) as u64
            }
        }
    }

    /// The work has calls waiting.
    pub(super) fn list_waiting(&mut self, work: WorkId) {
        let state = &mut self.state.works[work.index()];
        if !state.listed {
            state.listed = true;
            self.state.waiting_works.push(work);
        }
    }

    /// The work of a waiting call is looked at in the present pass (again), when it is its turn.
    pub(super) fn add_candidate(&mut self, instance: InstanceId) {
        let turn = self.turn(instance);
        let place = self.scratch.candidates.partition_point(|other| *other > turn);
        self.scratch.candidates.insert(place, turn);
    }

    /// Staffs what waits, the best turn first; what cannot be staffed is passed over, unless a crew forbids it.
    pub fn dispatch(&mut self) {
        self.let_heads_leave();
        let mut everything = std::mem::take(&mut self.scratch.dispatch);
        let mut fresh = std::mem::take(&mut self.scratch.fresh);
        if !everything && fresh.is_empty() {
            self.scratch.fresh = fresh;
            return;
        }
        // Where what waited before may not be passed, it has to be looked at before what is new.
        everything |= self.net.strict;
        self.scratch.candidates.clear();
        self.scratch.barred.clear();
        if everything {
            let mut place = 0;
            while let Some(&work) = self.state.waiting_works.get(place) {
                let state = &mut self.state.works[work.index()];
                let Some(&first) = state.waiting.front() else {
                    state.listed = false;
                    self.state.waiting_works.swap_remove(place);
                    continue;
                };
                let turn = self.turn(first);
                self.scratch.candidates.push(turn);
                place += 1;
            }
        } else {
            // Nothing has become free: what waited before still does.
            fresh.sort_unstable();
            fresh.dedup();
            for &work in &fresh {
                if let Some(&first) = self.state.works[work.index()].waiting.front() {
                    let turn = self.turn(first);
                    self.scratch.candidates.push(turn);
                }
            }
        }
        fresh.clear();
        self.scratch.fresh = fresh;
        self.scratch.candidates.sort_unstable_by(|a, b| b.cmp(a));
        while let Some(turn) = self.scratch.candidates.pop() {
            self.staff(turn);
        }
        self.scratch.barred.clear();
        self.give_up_overdue();
    }

    /// Begins the first waiting call of a work, if it can, and puts the work back among the candidates for the next.
    fn staff(&mut self, turn: Turn) {
        let net = self.net;
        let work = turn.work;
        let Some(&instance) = self.state.works[work.index()].waiting.front() else {
            return;
        };
        let way = match self.possible(instance) {
            Chance::Now(way) => way,
            Chance::Short(way, wait @ Wait::Part(_)) => {
                self.wait_all(work, wait);
                for place in 0..self.state.works[work.index()].waiting.len() {
                    let instance = self.state.works[work.index()].waiting[place];
                    self.ask_for_parts(instance, way);
                }
                return;
            }
            Chance::Short(way, wait) => {
                let crew = &net.works[work.index()].spec.ways[way].crew;
                if !self.preempt_for(turn.class, crew) {
                    self.wait_all(work, wait);
                    let strict = crew.iter().map(|&(crew, _)| crew);
                    let strict =
                        strict.filter(|crew| net.crews[crew.index()].rules.passing == Passing::Strict);
                    self.scratch.barred.extend(strict);
                    return;
                }
                way
            }
            Chance::Blocked(wait) => {
                self.wait_all(work, wait);
                return;
            }
            Chance::Hopeless => {
                self.state.works[work.index()].waiting.pop_front();
                self.end(instance, Outcome::TimedOut);
                self.next_of(work);
                return;
            }
        };
        self.state.works[work.index()].waiting.pop_front();
        self.begin(instance, way);
        self.next_of(work);
    }

    /// The next call of a work that waits is a candidate.
    fn next_of(&mut self, work: WorkId) {
        if let Some(&next) = self.state.works[work.index()].waiting.front() {
            self.add_candidate(next);
        }
    }

    /// The way by which a call can begin now, or what it waits for.
    fn possible(&mut self, instance: InstanceId) -> Chance {
        let net = self.net;
        let call = self.state.instances[instance.index()];
        let spec = &net.works[call.work.index()].spec;
        if self.state.works[call.work.index()].running.len() >= spec.lanes as usize {
            return Chance::Blocked(Wait::Lane);
        }
        // What was begun goes on by the same way, as long as that is possible.
        if call.left_us > 0 && self.lacks(call.work, call.way).is_none() {
            return self.staffed(call.work, call.way);
        }
        let mut considered_at = call.called_at;
        let mut missing = None;
        for (number, way) in spec.ways.iter().enumerate() {
            if considered_at > self.state.now {
                self.be_patient(instance, considered_at);
                return Chance::Blocked(missing.expect("the first way is considered at once"));
            }
            match self.lacks(call.work, number) {
                None => return self.staffed(call.work, number),
                Some(wait) => missing = missing.or(Some(wait)),
            }
            considered_at = considered_at.saturating_add(way.patience_us);
        }
        if spec.on_blocked == OnBlocked::GiveUp {
            if considered_at <= self.state.now {
                return Chance::Hopeless;
            }
            self.be_patient(instance, considered_at);
        }
        Chance::Blocked(missing.expect("a way that is considered and lacks nothing is taken"))
    }

    /// The first thing that a way needs and that is not there.
    fn lacks(&self, work: WorkId, number: usize) -> Option<Wait> {
        let needs = &self.net.works[work.index()].spec.ways[number].needs;
        let missing = needs.iter().find(|&&need| !self.holds(need));
        missing.map(|&(node, _)| Wait::Need(node))
    }

    fn staffed(&self, work: WorkId, number: usize) -> Chance {
        let way = &self.net.works[work.index()].spec.ways[number];
        match self.lacks_part(&way.parts).or_else(|| self.short_of(&way.crew)) {
            None => Chance::Now(number),
            Some(wait) => Chance::Short(number, wait),
        }
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
            let call = &mut self.state.instances[instance.index()];
            if call.wait != Some(wait) {
                call.wait = Some(wait);
                let phase = if call.paused {
                    Phase::Paused(wait)
                } else {
                    Phase::Waiting(wait)
                };
                self.add_phase(instance, phase);
            }
        }
    }
}
