//! One replication looked back upon: who had which value when, and why.
//!
//! Both walks (`causes`, `tiles`) are questions at a moment, so a history answers at any moment. It knows the network and the logs, and no
//! word of the domain.

use super::memo::Memo;
use crate::kernel::Combine;
use crate::kernel::{
    AskedRow, FULL_PPM, InstanceId, Netlist, NodeId, NodeKind, PhaseRow, Reading, Record, RecordId, Role,
    State, Transition, What,
};
use crate::kernel::{Effect, Instance};
use std::cell::RefCell;

/// A change of one node: since when which value, and why.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// When, in microseconds.
    pub at: u64,
    /// The value since.
    pub to: i64,
    /// Why.
    pub record: RecordId,
}

/// The transitions of a replication by node, with its logs.
pub struct History<'a> {
    net: &'a Netlist,
    readings: &'a Readings,
    state: &'a State,
    /// Where the steps of each node begin.
    first: Vec<u32>,
    steps: Vec<Step>,
    /// The value of each node at the start.
    start: Vec<i64>,
    /// The best value that it ever had.
    best: Vec<i64>,
    /// What consumers asked for, by consumer and then by time.
    asked: Vec<AskedRow>,
    horizon: u64,
    /// What the walks have found out.
    pub(super) returns: Memo<Return>,
    pub(super) losses: Memo<Lost>,
    /// What those served before each consumer of a balance asked for at a moment; the latest few.
    before: RefCell<Vec<Before>>,
}

/// Of a balance at a moment, by consumer in turn: what those before it ask for.
#[derive(Debug)]
struct Before {
    balance: NodeId,
    at: u64,
    sums: Vec<i64>,
}

/// So many balances and moments are remembered.
const BEFORE_KEPT: usize = 16;

/// What a node reads, as the walks see it: without weights, once per node.
#[derive(Clone, Copy, Debug)]
pub struct Reads {
    /// The node that is read.
    pub from: NodeId,
    /// How.
    pub reading: Reading,
}

/// What each node of a network reads, made once for all its histories.
#[derive(Debug)]
pub struct Readings {
    /// By node: where its reads begin and end. The outputs of a node that has several share those of their owner.
    rows: Vec<(u32, u32)>,
    reads: Vec<Reads>,
    /// The place of a node among the consumers of a balance that serves them in turn; beyond all, if it is none.
    places: Vec<u32>,
}

impl Readings {
    /// What each node of `net` reads.
    pub fn new(net: &Netlist) -> Self {
        let mut rows: Vec<(u32, u32)> = Vec::with_capacity(net.len());
        let mut reads = Vec::new();
        for index in 0..net.len() {
            let node = NodeId::new(index);
            let owner = net.owner(node);
            let asks = net.asks(owner, node);
            if owner < node && asks.is_empty() {
                rows.push(rows[owner.index()]);
                continue;
            }
            let first = u32::try_from(reads.len()).expect("fewer than 2^32 inputs");
            let at_once = net
                .inputs(owner)
                .iter()
                .filter(|input| {
                    !matches!(
                        input.role,
                        Role::Rate | Role::Drain | Role::Flow | Role::Ask | Role::Backlog
                    )
                })
                .map(|input| Reads {
                    from: input.from,
                    reading: input.reading,
                });
            reads.extend(at_once);
            reads.extend(asks.into_iter().map(|(from, reading)| Reads { from, reading }));
            let end = u32::try_from(reads.len()).expect("fewer than 2^32 inputs");
            rows.push((first, end));
        }
        let mut places = vec![u32::MAX; net.len()];
        let balances = (0..net.len()).map(NodeId::new);
        for balance in balances.filter(|&node| net.kind(node) == NodeKind::Balance) {
            for (place, consumer) in net.served_in_turn(balance).into_iter().enumerate() {
                places[consumer.index()] = u32::try_from(place).expect("fewer than 2^32 consumers");
            }
        }
        Self { rows, reads, places }
    }

    fn of(&self, node: NodeId) -> &[Reads] {
        let (first, end) = self.rows[node.index()];
        &self.reads[first as usize..end as usize]
    }
}

/// An input that brings a node back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Return {
    pub input: Reads,
    /// The value that it then has.
    pub value: i64,
    /// When, in microseconds; the end of time for one that does not.
    pub at: u64,
}

/// An input that was lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub input: Reads,
    /// The value that it had when it was well.
    pub well: i64,
    /// When it was lost, in microseconds.
    pub since: u64,
}

impl<'a> History<'a> {
    /// Sorts the transitions of a replication that has just run on `state` by node.
    pub fn new(
        net: &'a Netlist,
        readings: &'a Readings,
        state: &'a State,
        transitions: &[Transition],
        horizon: u64,
    ) -> Self {
        let nodes = net.len();
        let mut first = vec![0u32; nodes + 1];
        for change in transitions {
            first[change.node.index() + 1] += 1;
        }
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut start: Vec<i64> = (0..nodes).map(|node| state.value(NodeId::new(node))).collect();
        let mut best = start.clone();
        let mut place = first.clone();
        let blank = Step {
            at: 0,
            to: 0,
            record: RecordId::NONE,
        };
        let mut steps = vec![blank; transitions.len()];
        for change in transitions {
            let node = change.node.index();
            if place[node] == first[node] {
                start[node] = change.from;
                best[node] = best[node].max(change.from);
            }
            best[node] = best[node].max(change.to);
            steps[place[node] as usize] = Step {
                at: change.at,
                to: change.to,
                record: change.record,
            };
            place[node] += 1;
        }
        let mut asked = state.asked().to_vec();
        asked.sort_by_key(|row| row.consumer);
        Self {
            net,
            readings,
            state,
            first,
            steps,
            start,
            best,
            asked,
            horizon,
            returns: Memo::default(),
            losses: Memo::default(),
            before: RefCell::default(),
        }
    }

    /// The network.
    pub fn net(&self) -> &'a Netlist {
        self.net
    }

    /// When the replication ended, in microseconds.
    pub fn horizon(&self) -> u64 {
        self.horizon
    }

    /// The changes of a node, in the order of time.
    pub fn steps(&self, node: NodeId) -> &[Step] {
        &self.steps[self.first[node.index()] as usize..self.first[node.index() + 1] as usize]
    }

    /// The value of a node when the replication began, before anything happened.
    pub fn at_start(&self, node: NodeId) -> i64 {
        self.start[node.index()]
    }

    /// The value of a node at a moment: after all that happened then.
    pub fn value_at(&self, node: NodeId, at: u64) -> i64 {
        self.last_step(node, at)
            .map_or(self.at_start(node), |step| step.to)
    }

    /// The last change of a node at or before a moment.
    pub fn last_step(&self, node: NodeId, at: u64) -> Option<Step> {
        let steps = self.steps(node);
        let after = steps.partition_point(|step| step.at <= at);
        after.checked_sub(1).map(|index| steps[index])
    }

    /// The changes of a node after a moment.
    pub fn steps_after(&self, node: NodeId, at: u64) -> &[Step] {
        let steps = self.steps(node);
        &steps[steps.partition_point(|step| step.at <= at)..]
    }

    /// When a node next reaches a value after a moment at which it had less.
    pub fn reaches(&self, node: NodeId, value: i64, after: u64) -> Option<Step> {
        self.steps_after(node, after)
            .iter()
            .find(|step| step.to >= value)
            .copied()
    }

    /// Since when a node has had less than a value, at a moment at which it has: the last loss.
    pub fn loss(&self, node: NodeId, value: i64, at: u64) -> Option<Step> {
        let steps = self.steps(node);
        let mut place = steps.partition_point(|step| step.at <= at);
        while place > 0 {
            place -= 1;
            let before = if place == 0 {
                self.at_start(node)
            } else {
                steps[place - 1].to
            };
            if steps[place].to < value && before >= value {
                return Some(steps[place]);
            }
        }
        None
    }

    /// What the consumer of a balance with this output asks for at a moment, after all that happened then, and the factor of a surge in it.
    pub fn asked_at(&self, consumer: NodeId, at: u64) -> (i64, i64) {
        let after = self
            .asked
            .partition_point(|row| (row.consumer, row.at) <= (consumer, at));
        let row = after.checked_sub(1).map(|place| self.asked[place]);
        row.filter(|row| row.consumer == consumer)
            .map_or((0, FULL_PPM), |row| (row.amount, row.factor_ppm))
    }

    /// An entry of the why-log.
    pub fn record(&self, record: RecordId) -> Option<&'a Record> {
        self.state.record(record)
    }

    /// The whole why-log, in the order of time.
    pub fn records(&self) -> &'a [Record] {
        self.state.records()
    }

    /// The last time from one moment to another that a node failed when called on.
    pub fn failure_when_called_on(&self, node: NodeId, from: u64, to: u64) -> Option<RecordId> {
        let records = self.records();
        let first = records.partition_point(|record| record.at < from);
        let after = records.partition_point(|record| record.at <= to);
        let failed = |record: &Record| record.what == What::DemandFailure { node };
        let last = records[first..after].iter().rposition(failed)?;
        Some(RecordId::new(first + last))
    }

    /// A call for work.
    pub fn instance(&self, instance: InstanceId) -> &'a Instance {
        &self.state.instances()[instance.index()]
    }

    /// All calls for work.
    pub fn instances(&self) -> &'a [Instance] {
        self.state.instances()
    }

    /// The course of a call: what it did from when on, in the order of time.
    pub fn course(&self, instance: InstanceId) -> Vec<PhaseRow> {
        let mut rows = Vec::new();
        let mut next = self.instance(instance).last_phase;
        while let Some(row) = self.state.phases().get(next as usize) {
            rows.push(*row);
            next = row.before;
        }
        rows.reverse();
        rows
    }

    /// The call, not ended at the horizon, that would act on a node when done; the earliest called.
    pub fn open_call_for(&self, node: NodeId) -> Option<InstanceId> {
        let acts_on = |effect: &Effect| match *effect {
            Effect::Act(action) => action.node() == node,
            Effect::Force { node: other, .. } | Effect::StartItems(other) | Effect::RepairItems(other) => {
                other == node
            }
        };
        let open = |instance: &Instance| {
            instance.outcome.is_none() && self.net.work(instance.work).effects.iter().any(acts_on)
        };
        self.instances().iter().position(open).map(InstanceId::new)
    }

    /// What decides the value of a node in the instant: its inputs, or those of the node that owns it. What other consumers of a
    /// balance ask for is not among them: it stands as it is.
    pub fn reads(&self, node: NodeId) -> &'a [Reads] {
        self.readings.of(node)
    }

    /// What the value of a node would be at a moment if its inputs had these values; for a node with stages or memory, what it could be (its
    /// requirements met counts as on). `None` when inputs do not decide it.
    pub fn value_if(&self, node: NodeId, at: u64, value: &dyn Fn(NodeId) -> i64) -> Option<i64> {
        let owner = self.net.owner(node);
        let inputs = self.net.inputs(owner);
        let holds = |input: &crate::kernel::Input| input.reading.read(value(input.from)) != 0;
        match self.net.kind(owner) {
            NodeKind::Unit | NodeKind::Buffer => None,
            NodeKind::Gate => {
                let sum: i64 = inputs
                    .iter()
                    .map(|input| input.weight * input.reading.read(value(input.from)))
                    .sum();
                Some(i64::from(sum >= self.net.threshold(owner)))
            }
            // Of two amounts that follow each other it is not the inputs that tell which one moved it, but the record of its fall.
            NodeKind::Level if self.net.combine(owner) == Combine::Ratio => None,
            NodeKind::Level => Some(self.net.level_if(owner, value)),
            // Its inputs tell whether it may be on, not how many items are in another state.
            NodeKind::Starter if node != owner => None,
            NodeKind::Starter => {
                let able = inputs.iter().all(holds);
                Some(if able { self.best(node) } else { 0 })
            }
            NodeKind::Selector => {
                // The preferred source needs no transfer, as far as anybody can tell who does not know the course.
                let mut sources = inputs.iter().filter(|input| input.role == Role::Source);
                let preferred = sources.next().is_some_and(holds);
                let any = sources.any(holds);
                let may = inputs
                    .iter()
                    .filter(|input| matches!(input.role, Role::TransferRequire | Role::Trigger))
                    .all(holds);
                Some(i64::from(preferred || any && may))
            }
            NodeKind::Balance => {
                let asked = |consumer: NodeId| self.asked_at(consumer, at);
                match self.readings.places[node.index()] {
                    u32::MAX => self.net.grant_if(owner, node, value, &asked),
                    place => {
                        let asks = self.net.asked_if(owner, place as usize, value, asked(node));
                        let before = self.asked_before(owner, place as usize, at);
                        let left = self.net.supply_if(owner, value).saturating_sub(before);
                        Some(asks.min(left.max(0)))
                    }
                }
            }
            NodeKind::Mesh => self.net.mesh_if(owner, node, value),
            NodeKind::Output => unreachable!("the owner of an output is no output"),
        }
    }

    /// What the consumers of a balance that are served before the one at this place ask for at a moment.
    fn asked_before(&self, balance: NodeId, place: usize, at: u64) -> i64 {
        let mut kept = self.before.borrow_mut();
        let known = kept.iter().position(|row| (row.balance, row.at) == (balance, at));
        if let Some(known) = known {
            return kept[known].sums[place];
        }
        let now = |from: NodeId| self.value_at(from, at);
        let asked = |consumer: NodeId| self.asked_at(consumer, at);
        let sums = self.net.asked_before_each(balance, &now, &asked);
        let found = sums[place];
        if kept.len() == BEFORE_KEPT {
            kept.remove(0);
        }
        kept.push(Before { balance, at, sums });
        found
    }

    /// The best value that a node ever had.
    pub fn best(&self, node: NodeId) -> i64 {
        self.best[node.index()]
    }
}
