//! Dispatching: whose turn it is, what a call needs to begin, and what it waits for.

use super::{Among, NO_SLOT, OnBlocked, Outcome, Passing, Phase, Takes, Turns, Wait};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{CrewId, InstanceId, WorkId};
use crate::kernel::settle::Engine;
use crate::kernel::state::Alarm;
use std::ops::Bound;

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

/// A line for the heads of a crew, as far as it has been looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    crew: CrewId,
    /// Whether those in it may find heads although none are free.
    whole: bool,
    last: Option<Turn>,
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
    /// The priority of a work, as it was when last looked at.
    fn priority(&self, work: WorkId) -> u32 {
        let row = &self.net.works[work.index()];
        match (row.spec.priority, row.audience) {
            (Some(priority), _) => priority,
            (None, Some(audience)) => self.state.classes[audience as usize],
            (None, None) => u32::MAX,
        }
    }

    /// One whom works serve has become better or worse.
    pub fn audience_changed(&mut self, audience: u32) {
        if !self.scratch.is_stale[audience as usize] {
            self.scratch.is_stale[audience as usize] = true;
            self.scratch.stale.push(audience);
        }
    }

    /// Looks at the priorities that may have changed: the best rank among those served that are not well (they stand in order of rank).
    /// Works that wait for heads change their place in line.
    fn refresh_priorities(&mut self) {
        let net = self.net;
        while let Some(audience) = self.scratch.stale.pop() {
            self.scratch.is_stale[audience as usize] = false;
            let row = &net.audiences[audience as usize];
            let unwell = row
                .serves
                .iter()
                .find(|&&(_, node, well)| self.value(node) < well);
            let class = unwell.map_or(u32::MAX, |&(rank, ..)| rank);
            if std::mem::replace(&mut self.state.classes[audience as usize], class) == class {
                continue;
            }
            for &work in &row.works {
                if let Some((crew, turn)) = self.state.works[work.index()].queued {
                    self.queue(work, Some((crew, Turn { class, ..turn })));
                }
            }
        }
    }

    /// Puts a work in line for heads of a crew, or takes it out of the line.
    pub(super) fn queue(&mut self, work: WorkId, place: Option<(CrewId, Turn)>) {
        let before = std::mem::replace(&mut self.state.works[work.index()].queued, place);
        if before == place {
            return;
        }
        if let Some((crew, turn)) = before {
            self.state.queues[crew.index()].remove(&turn);
        }
        if let Some((crew, turn)) = place {
            self.state.queues[crew.index()].insert(turn);
        }
    }

    /// Calls of a work were taken out of its line, not by beginning: it is looked at anew, if any are left.
    pub(super) fn shortened(&mut self, work: WorkId) {
        if self.state.works[work.index()].waiting.is_empty() {
            self.queue(work, None);
        } else {
            self.scratch.fresh.push(work);
        }
    }

    /// Something that a work needs has changed, or time has passed for it.
    pub fn look_again(&mut self, work: WorkId) {
        if !self.state.works[work.index()].waiting.is_empty() {
            self.scratch.fresh.push(work);
        }
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
            Among::FirstCome => self.state.instances[instance.index()].made,
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

    /// The work of a waiting call is looked at in the present pass (again), when it is its turn.
    pub(super) fn add_candidate(&mut self, instance: InstanceId) {
        let turn = self.turn(instance);
        let place = self.scratch.candidates.partition_point(|other| *other > turn);
        self.scratch.candidates.insert(place, turn);
    }

    /// Whether nothing has happened that could let a call begin, or end its waiting.
    pub fn nothing_to_dispatch(&self) -> bool {
        self.scratch.fresh.is_empty()
            && self.scratch.freed.is_empty()
            && self.scratch.left_by.is_empty()
            && self.scratch.overdue.is_empty()
            // Only where work may be preempted does a change of priorities alone change who works.
            && (self.net.yielding.is_empty() || self.scratch.stale.is_empty())
    }

    /// Staffs what waits, the best turn first; what cannot be staffed is passed over, unless a crew forbids it.
    ///
    /// Looked at are the works for which something has changed, and those in line for heads that have become free, until none is free
    /// any more: for the others nothing has.
    pub fn dispatch(&mut self) {
        if self.nothing_to_dispatch() {
            return;
        }
        if !self.scratch.left_by.is_empty() {
            self.refresh_priorities();
            self.let_heads_leave();
        }
        self.scratch.fresh.sort_unstable();
        self.scratch.fresh.dedup();
        self.choose_lines();
        if self.scratch.fresh.len() > 1 || !self.scratch.lines.is_empty() {
            // One alone has no need of a priority.
            self.refresh_priorities();
        }
        self.scratch.candidates.clear();
        for place in 0..self.scratch.fresh.len() {
            let work = self.scratch.fresh[place];
            if let Some(&first) = self.state.works[work.index()].waiting.front() {
                let turn = self.turn(first);
                self.scratch.candidates.push(turn);
            }
        }
        self.scratch.fresh.clear();
        self.scratch.candidates.sort_unstable_by(|a, b| b.cmp(a));
        while let Some(turn) = self.next_turn() {
            self.staff(turn);
        }
        self.scratch.barred.clear();
        self.give_up_overdue();
        #[cfg(test)]
        self.check_lines();
    }

    /// What looking at everything that waits would have found: nobody who could begin, and everybody in the right line.
    #[cfg(test)]
    fn check_lines(&mut self) {
        self.check_heads();
        if self.net.strict || !self.nothing_to_dispatch() {
            return;
        }
        for index in 0..self.net.works.len() {
            let work = WorkId::new(index);
            let Some(&first) = self.state.works[index].waiting.front() else {
                assert_eq!(self.state.works[index].queued, None, "nobody waits in line");
                continue;
            };
            let turn = self.turn(first);
            let (crew, short) = match self.possible(first) {
                Chance::Now(_) | Chance::Hopeless => panic!("{} could begin", self.net.works[index].name),
                Chance::Short(way, Wait::Crew(crew)) => (Some(crew), Some(way)),
                Chance::Short(..) | Chance::Blocked(_) => (None, None),
            };
            // Who lacks heads of two crews stands in the line of either.
            let queued = self.state.works[index].queued;
            assert_eq!(
                queued.map(|(_, turn)| turn),
                crew.map(|_| turn),
                "in line at its turn"
            );
            if let (Some((line, _)), Some(way)) = (queued, short) {
                let takes = &self.net.works[work.index()].spec.ways[way].crew;
                let lacks =
                    |&(crew, heads): &(CrewId, u32)| crew == line && self.free_heads(crew) < i64::from(heads);
                assert!(takes.iter().any(lacks), "in line for what it lacks");
            }
        }
    }

    /// The lines for heads that are looked at in this pass.
    fn choose_lines(&mut self) {
        let net = self.net;
        self.scratch.freed.sort_unstable();
        self.scratch.freed.dedup();
        self.scratch.lines.clear();
        let line = |whole| {
            move |&crew: &CrewId| Line {
                crew,
                whole,
                last: None,
            }
        };
        if net.strict {
            // Whoever may not be passed is looked at before what is new.
            let all = (0..net.crews.len()).map(CrewId::new);
            self.scratch.lines.extend(all.map(|crew| line(true)(&crew)));
        } else {
            // Where work may be preempted, there may be heads for a better call although none are free.
            let freed = self.scratch.freed.iter();
            let freed = freed.filter(|crew| {
                let nobody_waits = self.state.queues[crew.index()].is_empty();
                !nobody_waits && net.crews[crew.index()].yielding.is_empty()
            });
            self.scratch.lines.extend(freed.map(line(false)));
            self.scratch.lines.extend(net.yielding.iter().map(line(true)));
        }
        self.scratch.freed.clear();
    }

    /// The next turn of this pass, among what is new and the lines.
    fn next_turn(&mut self) -> Option<Turn> {
        let mut best = self.scratch.candidates.last().copied();
        let mut of_line = None;
        for (place, line) in self.scratch.lines.iter().enumerate() {
            if !line.whole && self.free_heads(line.crew) == 0 {
                continue;
            }
            let behind = line.last.map_or(Bound::Unbounded, Bound::Excluded);
            let mut rest = self.state.queues[line.crew.index()].range((behind, Bound::Unbounded));
            if let Some(&turn) = rest.next()
                && best.is_none_or(|best| turn < best)
            {
                best = Some(turn);
                of_line = Some(place);
            }
        }
        match of_line {
            Some(place) => self.scratch.lines[place].last = best,
            None => {
                self.scratch.candidates.pop();
            }
        }
        best
    }

    /// Begins the first waiting call of a work, if it can, and puts the work back among the candidates for the next.
    fn staff(&mut self, turn: Turn) {
        let net = self.net;
        let work = turn.work;
        let Some(&instance) = self.state.works[work.index()].waiting.front() else {
            return;
        };
        // Its first call may be another one than when it was put in line.
        let turn = self.turn(instance);
        let way = match self.possible(instance) {
            Chance::Now(way) => way,
            Chance::Short(way, wait @ Wait::Part(_)) => {
                self.wait_all(turn, wait);
                for place in 0..self.state.works[work.index()].waiting.len() {
                    let instance = self.state.works[work.index()].waiting[place];
                    self.ask_for_parts(instance, way);
                }
                return;
            }
            Chance::Short(way, wait) => {
                let crew = &net.works[work.index()].spec.ways[way].crew;
                if !self.preempt_for(turn.class, crew) {
                    self.wait_all(turn, wait);
                    let strict = crew.iter().map(|&(crew, _)| crew);
                    let strict =
                        strict.filter(|crew| net.crews[crew.index()].rules.passing == Passing::Strict);
                    self.scratch.barred.extend(strict);
                    return;
                }
                way
            }
            Chance::Blocked(wait) => {
                self.wait_all(turn, wait);
                return;
            }
            Chance::Hopeless => {
                self.state.works[work.index()].waiting.pop_front();
                self.end(instance, Outcome::TimedOut);
                match self.state.works[work.index()].waiting.front() {
                    Some(&next) => self.add_candidate(next),
                    None => self.queue(work, None),
                }
                return;
            }
        };
        self.state.works[work.index()].waiting.pop_front();
        self.begin(instance, way);
        self.next_of(work);
    }

    /// The next call of a work that waits is a candidate, unless it is plain that its crew has nobody for it.
    fn next_of(&mut self, work: WorkId) {
        let Some(&next) = self.state.works[work.index()].waiting.front() else {
            self.queue(work, None);
            return;
        };
        match self.crew_is_all_that_lacks(work) {
            Some(crew) => self.wait_all(self.turn(next), Wait::Crew(crew)),
            None => self.add_candidate(next),
        }
    }

    /// For a work of which a call has just begun: the crew that has too few heads for another, if nothing else can decide.
    fn crew_is_all_that_lacks(&self, work: WorkId) -> Option<CrewId> {
        let spec = &self.net.works[work.index()].spec;
        let [way] = &spec.ways[..] else { return None };
        let [(crew, heads)] = way.crew[..] else {
            return None;
        };
        let has_lane = self.state.works[work.index()].running.len() < spec.lanes as usize;
        let by_heads_alone =
            has_lane && way.parts.is_empty() && self.net.yielding.is_empty() && !self.net.strict;
        (by_heads_alone && self.free_heads(crew) < i64::from(heads)).then_some(crew)
    }

    /// The way by which a call can begin now, or what it waits for.
    fn possible(&mut self, instance: InstanceId) -> Chance {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        let (work, mut considered_at) = (call.work, call.called_at);
        let spec = &net.works[work.index()].spec;
        if self.state.works[work.index()].running.len() >= spec.lanes as usize {
            return Chance::Blocked(Wait::Lane);
        }
        // What was begun goes on by the same way, as long as that is possible.
        if call.left_us > 0 && self.lacks(work, call.way).is_none() {
            return self.staffed(work, call.way);
        }
        let mut missing = None;
        for (number, way) in spec.ways.iter().enumerate() {
            if considered_at > self.state.now {
                self.be_patient(instance, considered_at);
                return Chance::Blocked(missing.expect("the first way is considered at once"));
            }
            match self.lacks(work, number) {
                None => return self.staffed(work, number),
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
            let work = self.state.instances[instance.index()].work;
            slot = self.new_alarm(Alarm::Patience(work));
            self.state.instances[instance.index()].patience_slot = slot;
        }
        let tie = self.work_tie(instance);
        self.state.calendar.set(slot, at, tie);
    }

    /// Notes what the calls of a work wait for, where that has changed. They stand in line: what holds the first holds all.
    fn wait_all(&mut self, turn: Turn, wait: Wait) {
        let work = turn.work;
        let place = match wait {
            Wait::Crew(crew) => Some((crew, turn)),
            Wait::Need(_) | Wait::Part(_) | Wait::Lane => None,
        };
        self.queue(work, place);
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
