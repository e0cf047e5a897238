//! The walk of waiting: what a recovery waited for, at each moment.
//!
//! At a moment of an outage the walk goes from the service to what holds it, down to a leaf. A node's holder is its own running stage; else,
//! among its inputs that are bad then, in order of *return*, the one that crosses the threshold back; else the work or the action that later
//! brought it back, and what that waited for. Asked over a span of time, the answer is a list of runs without gap or overlap.

use super::history::{History, Reads, Return};
use crate::kernel::{
    AgentId, CrewId, InstanceId, NodeId, Outcome, PartId, Phase, RecordId, Wait, What, WorkId,
};

/// What is waited for at a moment, at the end of the walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// A stage of this node's own: a start, a transfer, a recharge.
    Stage(NodeId),
    /// A work that runs, by the way of this number.
    Work(WorkId, usize),
    /// A call for this work stands in a queue for heads of a crew.
    Queue(CrewId, WorkId),
    /// A call for this work waits for parts of a kind.
    Parts(PartId, WorkId),
    /// A call for this work waits for its turn: as many run as may.
    Lane(WorkId),
    /// A call for this work waits for something that it needs: a tool, access, a decision.
    Blocked(NodeId, WorkId),
    /// What an agent did later: an awaited action from outside, by its entry.
    Awaited(AgentId, u32),
    /// The hour, by the calendar that this node follows.
    Calendar(NodeId),
    /// The condition that calls for what would help is not there yet.
    NotYet(NodeId),
    /// This node had failed, and nobody had found it.
    Hidden(NodeId),
    /// Things that wait for each other.
    Circular(NodeId),
    /// Nothing that would bring this node back was ever called for.
    Nothing(NodeId),
    /// The service is up between two outages, or its recovery is not settled.
    Held,
}

/// A stretch of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// From when, in microseconds.
    pub from: u64,
    /// Until when, in microseconds.
    pub to: u64,
    /// For what.
    pub leaf: Leaf,
}

/// The tiles of one span.
pub struct Tiles<'h, 'a> {
    history: &'h History<'a>,
    runs: Vec<Run>,
    stack: Vec<NodeId>,
    calls: Vec<InstanceId>,
    /// Where the spans of the nodes on the stack are cut.
    cuts: Vec<u64>,
}

/// What a node has less than `need` of, from `from` until `to`, at every moment between.
///
/// # Panics
/// If the tiles did not add up to the span, by a mistake of ours.
pub fn tiles_of(history: &History<'_>, node: NodeId, need: i64, from: u64, to: u64) -> Vec<Run> {
    let mut tiles = Tiles {
        history,
        runs: Vec::new(),
        stack: Vec::new(),
        calls: Vec::new(),
        cuts: Vec::new(),
    };
    tiles.hold(node, need, from, to);
    assert!(
        covers(&tiles.runs, from, to),
        "tiles leave no gap and do not overlap: {:?}",
        tiles.runs
    );
    tiles.runs
}

/// Whether runs cover a span exactly, in order.
pub fn covers(runs: &[Run], from: u64, to: u64) -> bool {
    let mut at = from;
    for run in runs {
        if run.from != at || run.to <= run.from {
            return false;
        }
        at = run.to;
    }
    at == to
}

/// Adds a run behind the others, joining it to the last one when it is for the same.
pub fn push_run(runs: &mut Vec<Run>, from: u64, to: u64, leaf: Leaf) {
    if from >= to {
        return;
    }
    match runs.last_mut() {
        Some(last) if last.leaf == leaf && last.to == from => last.to = to,
        _ => runs.push(Run { from, to, leaf }),
    }
}

impl Tiles<'_, '_> {
    fn leaf(&mut self, from: u64, to: u64, leaf: Leaf) {
        push_run(&mut self.runs, from, to, leaf);
    }

    /// The node has less than `need` at every moment of the span.
    fn hold(&mut self, node: NodeId, need: i64, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let owner = self.history.net().owner(node);
        if self.stack.contains(&node) {
            self.leaf(from, to, Leaf::Circular(owner));
            return;
        }
        self.stack.push(node);
        let back = self.history.reaches(node, need, from);
        let own_stage = back
            .and_then(|step| self.history.record(step.record))
            .and_then(|record| self.stage_of(owner, record.what, record.follows))
            .unwrap_or(u64::MAX);
        let turn = own_stage.clamp(from, to);
        let first = self.cuts.len();
        self.cut(node, from, turn);
        for place in first..self.cuts.len() {
            let mut start = self.cuts[place];
            let end = self.cuts.get(place + 1).copied().unwrap_or(turn);
            while start < end {
                let Some(last) = returning_input(self.history, node, need, start) else {
                    match back {
                        Some(step) => self.brought(step.record, node, start, end, 0),
                        None => self.never(node, start, end),
                    }
                    break;
                };
                // From its return on the inputs no longer hold the node: what has a memory may still be down.
                let until = last.at.clamp(start + 1, end);
                if last.input.reading.is_inverted() {
                    self.leaf(start, until, Leaf::NotYet(last.input.from));
                } else {
                    self.hold(last.input.from, last.value, start, until);
                }
                start = until;
            }
        }
        self.cuts.truncate(first);
        self.leaf(turn, to, Leaf::Stage(owner));
        self.stack.pop();
    }

    /// When the stage of a node that brought it back began.
    fn stage_of(&self, owner: NodeId, what: What, follows: RecordId) -> Option<u64> {
        match what {
            What::Stage { node, began } if node == owner => Some(began),
            // The change of a value that followed, in the same instant, from the end of the node's own stage.
            What::Input { from } if from == owner => {
                let record = self.history.record(follows)?;
                match record.what {
                    What::Stage { node, began } if node == owner => Some(began),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Cuts the span where an input of the node gets worse: between the cuts inputs only return, and the last to return stays the same. The
    /// beginnings of the stretches are put on top of `cuts`.
    fn cut(&mut self, node: NodeId, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let first = self.cuts.len();
        self.cuts.push(from);
        for &input in self.history.reads(node) {
            let mut read = input.reading.read(self.history.value_at(input.from, from));
            for step in self.history.steps_after(input.from, from) {
                if step.at >= to {
                    break;
                }
                let next = input.reading.read(step.to);
                if next < read {
                    self.cuts.push(step.at);
                }
                read = next;
            }
        }
        self.cuts[first..].sort_unstable();
        let mut kept = first;
        for place in first + 1..self.cuts.len() {
            if self.cuts[place] != self.cuts[kept] {
                kept += 1;
                self.cuts[kept] = self.cuts[place];
            }
        }
        self.cuts.truncate(kept + 1);
    }

    /// The node came back by what `record` tells; what did that wait for?
    fn brought(&mut self, record: RecordId, node: NodeId, from: u64, to: u64, depth: u32) {
        if from >= to {
            return;
        }
        let Some(entry) = self.history.record(record) else {
            self.never(node, from, to);
            return;
        };
        if depth > 10_000 {
            self.leaf(from, to, Leaf::Circular(node));
            return;
        }
        match entry.what {
            What::Done { instance } | What::Failed { instance } | What::Called { instance } => {
                self.over_call(instance, node, from, to);
            }
            What::Action { agent, entry: line } => {
                match self.history.record(entry.follows).map(|before| before.what) {
                    Some(What::Done { instance } | What::Failed { instance }) => {
                        self.over_call(instance, node, from, to)
                    }
                    _ => self.leaf(from, to, Leaf::Awaited(agent, line)),
                }
            }
            What::Stage { node: other, began } => {
                let turn = began.clamp(from, to);
                self.brought(entry.follows, node, from, turn, depth + 1);
                self.leaf(turn, to, Leaf::Stage(other));
            }
            What::Input { from: other } if other != node => match self.history.record(entry.follows) {
                // An action upon the owner itself: what that waited for.
                Some(before) if before.what == entry.what => {
                    self.brought(before.follows, node, from, to, depth + 1);
                }
                _ => self.condition(other, entry.at, from, to),
            },
            What::Input { .. } | What::Overload { .. } => {
                self.brought(entry.follows, node, from, to, depth + 1)
            }
            What::Armed { agent, entry: line } => self.leaf(from, to, Leaf::Awaited(agent, line)),
            What::Calendar { .. } => self.leaf(from, to, Leaf::Calendar(node)),
            // What had failed unseen had to be found first.
            What::Found { node: other, since } => {
                let turn = since.clamp(from, to);
                self.brought(entry.follows, node, from, turn, depth + 1);
                self.leaf(turn, to, Leaf::Hidden(other));
            }
            What::Begin
            | What::Life { .. }
            | What::CommonCause { .. }
            | What::DemandFailure { .. }
            | What::Arrival { .. } => {
                self.leaf(from, to, Leaf::NotYet(node));
            }
        }
    }

    /// Something was set in motion by a node that changed at `changed`; before that, what was that node waiting for?
    fn condition(&mut self, node: NodeId, changed: u64, from: u64, to: u64) {
        let reached = self.history.value_at(node, changed);
        let mut at = from;
        while at < to {
            let value = self.history.value_at(node, at);
            let next = self
                .history
                .steps_after(node, at)
                .first()
                .map_or(to, |step| step.at.min(to));
            if value < reached && !self.stack.contains(&node) {
                self.hold(node, reached, at, next);
            } else {
                self.leaf(at, next, Leaf::NotYet(node));
            }
            at = next;
        }
    }

    /// A call for work brought the node back, or is still under way.
    fn over_call(&mut self, instance: InstanceId, node: NodeId, from: u64, to: u64) {
        if self.calls.contains(&instance) {
            self.leaf(from, to, Leaf::Circular(node));
            return;
        }
        self.calls.push(instance);
        let call = *self.history.instance(instance);
        let turn = call.called_at.clamp(from, to);
        self.before_call(call.called, node, from, turn);
        let course = self.history.course(instance);
        let mut at = turn;
        for (place, row) in course.iter().enumerate() {
            let end = course.get(place + 1).map_or(u64::MAX, |next| next.at).min(to);
            if end <= at {
                continue;
            }
            match row.phase {
                Phase::Waiting(wait) | Phase::Paused(wait) => match wait {
                    Wait::Crew(crew) => self.queue(crew, call.work, at, end),
                    Wait::Part(part) => self.leaf(at, end, Leaf::Parts(part, call.work)),
                    Wait::Lane => self.leaf(at, end, Leaf::Lane(call.work)),
                    Wait::Need(need) => self.leaf(at, end, Leaf::Blocked(need, call.work)),
                },
                Phase::Running(way) => self.leaf(at, end, Leaf::Work(call.work, way)),
                Phase::Ended(Outcome::Done | Outcome::Failed | Outcome::Dropped | Outcome::TimedOut) => {
                    self.leaf(at, end, Leaf::Nothing(node));
                }
            }
            at = end;
        }
        // A call that is staffed in the instant in which it is made has no row before it.
        self.leaf(at, to, Leaf::Nothing(node));
        self.calls.pop();
    }

    /// A call waits for heads of a crew: those that are not there yet are waited for themselves; those that are busy are a queue, which is
    /// not followed into their other work.
    fn queue(&mut self, crew: CrewId, work: WorkId, from: u64, to: u64) {
        let net = self.history.net();
        let needed = net
            .work(work)
            .ways
            .iter()
            .flat_map(|way| &way.crew)
            .filter(|&&(other, _)| other == crew);
        let needed = needed.map(|&(_, heads)| i64::from(heads)).min().unwrap_or(1);
        let heads = net.crew_heads(crew);
        let mut at = from;
        while at < to {
            let there: i64 = heads.iter().map(|&node| self.history.value_at(node, at)).sum();
            let changes = heads
                .iter()
                .filter_map(|&node| self.history.steps_after(node, at).first());
            let next = changes.map(|step| step.at).min().unwrap_or(to).min(to);
            let coming = heads
                .iter()
                .filter_map(|&node| {
                    let now = self.history.value_at(node, at);
                    let step = self.history.reaches(node, now + 1, at)?;
                    (there - now + step.to >= needed).then_some((step.at, net.order(node), node, step.to))
                })
                .min_by_key(|&(time, order, ..)| (time, order));
            match coming {
                Some((.., node, value)) if there < needed => self.hold(node, value, at, next),
                _ => self.leaf(at, next, Leaf::Queue(crew, work)),
            }
            at = next;
        }
    }

    /// Before a call was made: what called for it, and what that waited for.
    fn before_call(&mut self, called: RecordId, node: NodeId, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let why = self
            .history
            .record(called)
            .map_or(RecordId::NONE, |record| record.follows);
        match self
            .history
            .record(why)
            .map(|record| (record.what, record.at, record.follows))
        {
            // An agent called; what woke it?
            Some((What::Action { agent, entry }, _, follows)) => {
                match self
                    .history
                    .record(follows)
                    .map(|record| (record.what, record.at))
                {
                    Some((What::Done { instance } | What::Failed { instance }, _)) => {
                        self.over_call(instance, node, from, to);
                    }
                    Some((What::Input { from: other }, at)) => self.condition(other, at, from, to),
                    _ => self.leaf(from, to, Leaf::Awaited(agent, entry)),
                }
            }
            Some((What::Input { from: other }, at, _)) => self.condition(other, at, from, to),
            Some((_, _, _)) => self.brought(why, node, from, to, 0),
            None => self.leaf(from, to, Leaf::NotYet(node)),
        }
    }

    /// The node never came back: what is under way for it at the horizon, if anything.
    fn never(&mut self, node: NodeId, from: u64, to: u64) {
        let owner = self.history.net().owner(node);
        let of_it_or_its_owner = self
            .history
            .open_call_for(node)
            .or_else(|| self.history.open_call_for(owner));
        match of_it_or_its_owner {
            Some(instance) => self.over_call(instance, node, from, to),
            None => self.leaf(from, to, Leaf::Nothing(owner)),
        }
    }
}

/// Among the inputs of a node that are bad at a moment, in order of return, the one with which the node has `need` again. `None` when the inputs do not decide the node, or do not hold it down.
fn returning_input(history: &History<'_>, node: NodeId, need: i64, at: u64) -> Option<Return> {
    history
        .returns
        .of((node, need, at), || find_returning(history, node, need, at))
}

fn find_returning(history: &History<'_>, node: NodeId, need: i64, at: u64) -> Option<Return> {
    let reads = history.reads(node);
    let now = |from: NodeId| history.value_at(from, at);
    if history.value_if(node, at, &now)? >= need {
        return None;
    }
    // What gets better after this moment, in order of time; what never does, at the end, as good as it was at the start.
    let mut returns: Vec<(u64, u32, Reads, i64)> = Vec::new();
    for &input in reads {
        let mut best = input.reading.read(now(input.from));
        for step in history.steps_after(input.from, at) {
            let read = input.reading.read(step.to);
            if read > best {
                best = read;
                returns.push((step.at, history.net().order(input.from), input, step.to));
            }
        }
        let whole = history.at_start(input.from);
        if input.reading.read(whole) > best {
            returns.push((u64::MAX, history.net().order(input.from), input, whole));
        }
    }
    returns.sort_by_key(|&(time, order, ..)| (time, order));
    let enough = |count: usize| {
        let value = |from: NodeId| {
            let returned = returns[..count]
                .iter()
                .rev()
                .find(|(_, _, input, _)| input.from == from);
            returned.map_or_else(|| now(from), |&(.., value)| value)
        };
        history
            .value_if(node, at, &value)
            .is_some_and(|reached| reached >= need)
    };
    if !enough(returns.len()) {
        // Held down by more than its inputs (what other consumers ask for, a cycle): the last to return is as good an answer as any.
        return returns.last().map(|&(_, _, input, value)| Return {
            input,
            value,
            at: u64::MAX,
        });
    }
    // Every node is monotone in what returns: the first number of returns that is enough is found by halving.
    let (mut low, mut high) = (0, returns.len());
    while high - low > 1 {
        let middle = (low + high) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    let (time, _, input, value) = returns[high - 1];
    Some(Return {
        input,
        value,
        at: time,
    })
}
