//! The network as the engine runs it: dense ids, flat arrays, read-only, shared by all replications.

use std::collections::BTreeMap;

use super::agent::Agent;
use super::builder::{Input, Role};
use super::clock_table::ClockTable;
use super::common_cause::{CommonCauseRow, DemandMember};
use super::ids::{AgentId, CommonCauseId, CrewId, NodeId, PartId, ProfileId, WorkId};
use super::nodes::{BufferRow, Consumer, MeshRow};
use super::profile::{Profile, ProfileRow};
use super::reading::Reading;
use super::spec::{Combine, Gauge, ItemState, Policy, SelectorSpec, StarterSpec, Tag};
use super::unit_spec::UnitSpec;
use super::work::{CrewRules, PartRow, ShortRow, Turns, WorkSpec};
use crate::random::Law;

/// The closed set of kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// Sound, failed or destroyed; free or held.
    Unit,
    /// The weights of its true inputs reach a threshold.
    Gate,
    /// Points joined by connections that are closed or open.
    Mesh,
    /// A store with a net rate.
    Buffer,
    /// Off, starting, on, stopping, failed.
    Starter,
    /// Takes the first live source by preference.
    Selector,
    /// Supply against demand.
    Balance,
    /// Combines levels.
    Level,
    /// A further output of a node that has several, written by its owner.
    Output,
}

/// What a change of a node's value sets in motion.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edge {
    /// A gate's sum moves by `weight` × the change of the reading.
    Term {
        to: NodeId,
        reading: Reading,
        weight: i64,
    },
    /// Another node has to be looked at.
    Look(NodeId),
    /// A member of a group has to be looked at; whether a rise of the value makes the input worse.
    Member { to: NodeId, inverted: bool },
    /// The input of this number of a mesh may read otherwise.
    Mesh { to: NodeId, input: u32 },
    /// A load moves by `amount` × the change of the reading.
    Draw {
        to: NodeId,
        reading: Reading,
        amount: i64,
    },
    /// A failure clock starts or stops.
    Clock(NodeId),
    /// A work's call, goal, needs or crew may have changed.
    Work(WorkId),
    /// What calls for a short work may have changed.
    Short(u32),
    /// One of the ways of a work needs it.
    Needs(WorkId),
    /// It is one of those whom works serve: the priority of these may have changed.
    Serves(u32),
    /// The heads of a crew become more or fewer.
    Heads(CrewId),
    /// An agent watches.
    Agent(AgentId),
}

/// Rows of a compressed sparse table: for each node a slice of `items`.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    first: Vec<u32>,
    items: Vec<T>,
}

impl<T> Rows<T> {
    /// Gathers `(row, item)` pairs, keeping the order of the items of each row.
    pub fn gather(rows: usize, pairs: Vec<(usize, T)>) -> Self {
        let mut first = vec![0u32; rows + 1];
        for (row, _) in &pairs {
            first[row + 1] += 1;
        }
        for row in 0..rows {
            first[row + 1] += first[row];
        }
        let mut pairs = pairs;
        pairs.sort_by_key(|&(row, _)| row);
        Self {
            first,
            items: pairs.into_iter().map(|(_, item)| item).collect(),
        }
    }

    pub fn of(&self, row: usize) -> &[T] {
        &self.items[self.first[row] as usize..self.first[row + 1] as usize]
    }
}

#[derive(Debug)]
pub(crate) struct UnitRow {
    pub spec: UnitSpec,
}

#[derive(Debug)]
pub(crate) struct StarterRow {
    pub spec: StarterSpec,
    /// What shows the number of items in a state.
    pub states: Vec<(ItemState, NodeId)>,
    /// Works that are called for by the items of this starter.
    pub works: Vec<WorkId>,
}

#[derive(Debug)]
pub(crate) struct BalanceRow {
    pub policy: Policy,
    /// In the order in which they are served.
    pub consumers: Vec<Consumer>,
    pub gauges: Vec<(Gauge, NodeId)>,
    /// Where its consumers begin among those of all balances.
    pub first_consumer: usize,
    /// The place of its own breaker; those of its sources follow.
    pub first_breaker: usize,
    /// How many breakers of sources it has: one for each source, or none.
    pub source_breakers: usize,
}

/// Nodes that need each other within one instant and settle together; see [`super::nodes`] for how.
#[derive(Debug)]
pub(crate) struct GroupRow {
    /// By the order of names; a member's index here is its place.
    pub members: Vec<NodeId>,
    /// Where the trial values of its members begin in the state.
    pub first: usize,
    /// Per place: the places of the members that are held down by it.
    pub held: Rows<u32>,
    /// Per place: the places of the levels that lose a share with it.
    pub softened: Rows<u32>,
    /// The places of the members with a state of their own.
    pub stateful: Vec<u32>,
}

/// How a dirty node is looked at: by its kind, or together with the group that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Nothing,
    Gate,
    Level,
    Starter,
    Selector,
    Buffer,
    Balance,
    Mesh,
    Group,
}

impl Look {
    /// How a node of this kind is looked at when it is alone.
    pub fn at(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Unit | NodeKind::Output => Self::Nothing,
            NodeKind::Gate => Self::Gate,
            NodeKind::Level => Self::Level,
            NodeKind::Starter => Self::Starter,
            NodeKind::Selector => Self::Selector,
            NodeKind::Buffer => Self::Buffer,
            NodeKind::Balance => Self::Balance,
            NodeKind::Mesh => Self::Mesh,
        }
    }
}

pub(crate) struct WorkRow {
    pub name: String,
    pub tag: Tag,
    pub spec: WorkSpec,
    pub stream: u64,
    /// Its place in the sorted order of names.
    pub tie: u32,
    /// What decides its turn: the rule of its first crew.
    pub turns: Turns,
    /// Whom it serves, where that decides its priority: a row of the audiences.
    pub audience: Option<u32>,
    /// Its row among the works that are called for from outside, if it is one.
    pub arrivals: Option<u32>,
    /// Its row among the short works, if it is one.
    pub short: Option<u32>,
}

/// Those whom some works serve, all of them the same.
pub(crate) struct AudienceRow {
    /// Rank, node, value that counts as well; in the order of rank.
    pub serves: Vec<(u32, NodeId, i64)>,
    pub works: Vec<WorkId>,
}

pub(crate) struct CrewRow {
    pub name: String,
    pub tag: Tag,
    pub heads: Vec<NodeId>,
    pub rules: CrewRules,
    /// Where its nodes of heads stand among those of all crews.
    pub first_bench: usize,
    /// The works that take its heads and may be preempted, by name.
    pub yielding: Vec<WorkId>,
    /// The works that take its heads and do not go on without them, by name.
    pub leaving: Vec<WorkId>,
}

pub(crate) struct AgentRow {
    pub name: String,
    pub tag: Tag,
    pub agent: Box<dyn Agent>,
    pub stream: u64,
    pub tie: u32,
    /// Where its registers begin.
    pub registers: usize,
}

/// What exists: the network, its works, crews and agents.
pub struct Netlist {
    pub(crate) names: Vec<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) kinds: Vec<NodeKind>,
    /// The row of a node in the table of its kind; for an output, its owner.
    pub(crate) slots: Vec<u32>,
    /// The place of a node in the settling order: by rank, then by name.
    pub(crate) order: Vec<u32>,
    pub(crate) by_order: Vec<NodeId>,
    pub(crate) streams: Vec<u64>,
    pub(crate) inputs: Rows<Input>,
    pub(crate) edges: Rows<Edge>,
    /// How each node is looked at when it is dirty.
    pub(crate) looks: Vec<Look>,
    /// For a member of a group, the number of the group.
    pub(crate) groups: Vec<u32>,
    /// For a member of a group, its place in it.
    pub(crate) places: Vec<u32>,
    pub(crate) group_rows: Vec<GroupRow>,
    pub(crate) units: Vec<UnitRow>,
    /// The failure clocks of the units, by their rows.
    pub(crate) clocks: ClockTable,
    /// The output that tells the known failures of a unit, by its row.
    pub(crate) known: Vec<Option<NodeId>>,
    /// Which profile each unit follows, by its slot.
    pub(crate) unit_profiles: Vec<u32>,
    pub(crate) profiles: Vec<ProfileRow>,
    pub(crate) gates: Vec<i64>,
    pub(crate) meshes: Vec<MeshRow>,
    pub(crate) buffers: Vec<BufferRow>,
    pub(crate) starters: Vec<StarterRow>,
    pub(crate) selectors: Vec<SelectorSpec>,
    pub(crate) balances: Vec<BalanceRow>,
    pub(crate) breakers: usize,
    pub(crate) consumers: usize,
    pub(crate) levels: Vec<Combine>,
    /// Per node: (next node, share in ppm, only while this source of a selector is chosen).
    pub(crate) passes: Rows<(NodeId, i64, Option<u32>)>,
    /// Per node: who looks at its load.
    pub(crate) load_readers: Rows<NodeId>,
    pub(crate) works: Vec<WorkRow>,
    pub(crate) shorts: Vec<ShortRow>,
    /// How long short works take, those alike once.
    pub(crate) short_laws: Vec<Law>,
    /// The works that are called for from outside.
    pub(crate) arrivals: Vec<WorkId>,
    pub(crate) crews: Vec<CrewRow>,
    pub(crate) parts: Vec<PartRow>,
    pub(crate) audiences: Vec<AudienceRow>,
    /// The crews whose heads may be taken from running work.
    pub(crate) yielding: Vec<CrewId>,
    /// How many nodes of heads all crews have together.
    pub(crate) benches: usize,
    /// Whether the heads of any crew may not be given to a later call.
    pub(crate) strict: bool,
    pub(crate) agents: Vec<AgentRow>,
    pub(crate) registers: usize,
    pub(crate) reasons: Vec<String>,
    pub(crate) common_causes: Vec<CommonCauseRow>,
    /// What is called on together, by node.
    pub(crate) demand_members: BTreeMap<NodeId, DemandMember>,
}

impl std::fmt::Debug for Netlist {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (nodes, works, agents) = (self.len(), self.works.len(), self.agents.len());
        write!(
            out,
            "a network of {nodes} nodes, {works} works and {agents} agents"
        )
    }
}

/// No group.
pub(crate) const NO_GROUP: u32 = u32::MAX;

impl Netlist {
    /// How many nodes there are, further outputs included.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kind of a node.
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.kinds[node.index()]
    }

    /// The name a node was declared with.
    pub fn name(&self, node: NodeId) -> &str {
        &self.names[node.index()]
    }

    /// What a node belongs to.
    pub fn tag(&self, node: NodeId) -> Tag {
        self.tags[node.index()]
    }

    /// What a node reads, in the order declared.
    pub fn inputs(&self, node: NodeId) -> &[Input] {
        self.inputs.of(node.index())
    }

    /// The owner of a further output; the node itself for any other.
    pub fn owner(&self, node: NodeId) -> NodeId {
        match self.kind(node) {
            NodeKind::Output => NodeId(self.slots[node.index()]),
            _ => node,
        }
    }

    /// The place of a node in the settling order, by rank and then by name.
    pub fn order(&self, node: NodeId) -> u32 {
        self.order[node.index()]
    }

    /// The keys of everything that may draw random numbers, sorted: units with clocks, starters, selectors, works, agents, common causes.
    pub fn drawing(&self) -> Vec<u64> {
        let draws = |index: usize| match self.kinds[index] {
            NodeKind::Unit => self.clocks.count_of(self.slots[index] as usize) > 0,
            NodeKind::Starter | NodeKind::Selector => true,
            _ => false,
        };
        let nodes = (0..self.len()).filter(|&index| draws(index));
        let mut keys: Vec<u64> = nodes.map(|index| self.streams[index]).collect();
        keys.extend(self.works.iter().map(|work| work.stream));
        keys.extend(self.agents.iter().map(|agent| agent.stream));
        keys.extend(self.common_causes.iter().map(|group| group.stream));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// How many works there are.
    pub fn works(&self) -> usize {
        self.works.len()
    }

    /// The name of a work.
    pub fn work_name(&self, work: WorkId) -> &str {
        &self.works[work.index()].name
    }

    /// What a work belongs to.
    pub fn work_tag(&self, work: WorkId) -> Tag {
        self.works[work.index()].tag
    }

    /// What a work was declared with.
    pub fn work(&self, work: WorkId) -> &WorkSpec {
        &self.works[work.index()].spec
    }

    /// The name of a crew.
    pub fn crew_name(&self, crew: CrewId) -> &str {
        &self.crews[crew.index()].name
    }

    /// What a crew belongs to.
    pub fn crew_tag(&self, crew: CrewId) -> Tag {
        self.crews[crew.index()].tag
    }

    /// The nodes whose values add up to the heads of a crew.
    pub fn crew_heads(&self, crew: CrewId) -> &[NodeId] {
        &self.crews[crew.index()].heads
    }

    /// How the heads of a crew are given out.
    pub fn crew_rules(&self, crew: CrewId) -> CrewRules {
        self.crews[crew.index()].rules
    }

    /// The name of parts of a kind.
    pub fn parts_name(&self, part: PartId) -> &str {
        &self.parts[part.index()].name
    }

    /// What parts of a kind belong to.
    pub fn parts_tag(&self, part: PartId) -> Tag {
        self.parts[part.index()].tag
    }

    /// The name of a profile.
    pub fn profile_name(&self, profile: ProfileId) -> &str {
        &self.profiles[profile.index()].name
    }

    /// What a profile belongs to.
    pub fn profile_tag(&self, profile: ProfileId) -> Tag {
        self.profiles[profile.index()].tag
    }

    /// The table of a profile, without steps that change nothing.
    pub fn profile(&self, profile: ProfileId) -> &Profile {
        &self.profiles[profile.index()].profile
    }

    /// The name of an agent.
    pub fn agent_name(&self, agent: AgentId) -> &str {
        &self.agents[agent.index()].name
    }

    /// What an agent belongs to.
    pub fn agent_tag(&self, agent: AgentId) -> Tag {
        self.agents[agent.index()].tag
    }

    /// The name of a common-cause group.
    pub fn common_cause_name(&self, group: CommonCauseId) -> &str {
        &self.common_causes[group.index()].name
    }

    /// What a common-cause group belongs to.
    pub fn common_cause_tag(&self, group: CommonCauseId) -> Tag {
        self.common_causes[group.index()].tag
    }

    /// The words of a reason for holding.
    pub fn reason_name(&self, reason: super::Reason) -> &str {
        &self.reasons[usize::from(reason.0)]
    }

    /// The threshold of a gate.
    ///
    /// # Panics
    /// When the node is no gate.
    pub fn threshold(&self, gate: NodeId) -> i64 {
        assert_eq!(self.kind(gate), NodeKind::Gate, "only a gate has a threshold");
        self.gates[self.slots[gate.index()] as usize]
    }

    /// How a level combines what it reads.
    ///
    /// # Panics
    /// When the node is no level.
    pub fn combine(&self, level: NodeId) -> Combine {
        assert_eq!(self.kind(level), NodeKind::Level, "only a level combines");
        self.levels[self.slots[level.index()] as usize]
    }

    /// Whether a node needs itself within one instant, by way of others or directly.
    pub fn is_cyclic(&self, node: NodeId) -> bool {
        self.groups[node.index()] != NO_GROUP
    }

    /// What a balance does when its supply is short.
    ///
    /// # Panics
    /// When the node is no balance.
    pub fn policy(&self, balance: NodeId) -> &Policy {
        assert_eq!(
            self.kind(balance),
            NodeKind::Balance,
            "only a balance has a policy"
        );
        &self.balances[self.slot(balance)].policy
    }

    /// How many crews there are.
    pub fn crews(&self) -> usize {
        self.crews.len()
    }

    pub(crate) fn slot(&self, node: NodeId) -> usize {
        self.slots[node.index()] as usize
    }
}

/// Questions of the walks: what a node would be if its inputs were these.
impl Netlist {
    /// The level of a node whose inputs have the values that `value` tells (soft inputs of its own cycle are read like any other).
    ///
    /// # Panics
    /// When the node is no level.
    pub fn level_if(&self, level: NodeId, value: &dyn Fn(NodeId) -> i64) -> i64 {
        assert_eq!(self.kind(level), NodeKind::Level, "only a level combines");
        super::nodes::level_of(self, level, value)
    }

    /// The states on which what a consumer of a balance, or of a mesh, asks for depends; nothing for any other output.
    pub fn asks(&self, owner: NodeId, output: NodeId) -> Vec<(NodeId, Reading)> {
        match self.kind(owner) {
            NodeKind::Balance => {
                let mut consumers = self.balances[self.slot(owner)].consumers.iter();
                let consumer = consumers.find(|consumer| consumer.output == output);
                consumer.map_or_else(Vec::new, |consumer| consumer.states().collect())
            }
            NodeKind::Mesh => {
                let mut shares = self.meshes[self.slot(owner)].shares.iter();
                let share = shares.find(|share| share.output == output);
                share.map_or_else(Vec::new, |share| share.demand.state().into_iter().collect())
            }
            _ => Vec::new(),
        }
    }

    /// The consumers of a balance that serves them by priority, in that order, if each asks by itself: by no state on which what another asks for
    /// hangs as well, or what the balance has to give. Nothing for any other balance.
    pub fn served_in_turn(&self, balance: NodeId) -> Vec<NodeId> {
        let row = &self.balances[self.slot(balance)];
        if !matches!(row.policy, Policy::Priority) {
            return Vec::new();
        }
        let supply = self.inputs(balance).iter();
        let mut states: Vec<NodeId> = supply
            .filter(|input| input.role == Role::Supply)
            .map(|input| input.from)
            .collect();
        states.sort_unstable();
        states.dedup();
        for consumer in &row.consumers {
            let mut own: Vec<NodeId> = consumer.states().map(|(from, _)| from).collect();
            own.sort_unstable();
            own.dedup();
            states.extend(own);
        }
        states.sort_unstable();
        let is_shared = states.windows(2).any(|pair| pair[0] == pair[1]);
        let consumers = row.consumers.iter().filter(|_| !is_shared);
        consumers.map(|consumer| consumer.output).collect()
    }

    /// What the consumer of a balance at a place would ask for; `asked` is what it does ask for, and the factor in it.
    pub fn asked_if(
        &self,
        balance: NodeId,
        place: usize,
        value: &dyn Fn(NodeId) -> i64,
        asked: (i64, i64),
    ) -> i64 {
        let consumer = &self.balances[self.slot(balance)].consumers[place];
        super::nodes::asked_if(consumer, value, asked)
    }

    /// By consumer of a balance, in the order of priority: what those before it would ask for.
    pub fn asked_before_each(
        &self,
        balance: NodeId,
        value: &dyn Fn(NodeId) -> i64,
        asked: &dyn Fn(NodeId) -> (i64, i64),
    ) -> Vec<i64> {
        let mut sum = 0i64;
        let consumers = self.balances[self.slot(balance)].consumers.iter();
        let before = consumers.map(|consumer| {
            let asks = super::nodes::asked_if(consumer, value, asked(consumer.output));
            let before = sum;
            sum = sum.saturating_add(asks);
            before
        });
        before.collect()
    }

    /// What a balance would have to give.
    pub fn supply_if(&self, balance: NodeId, value: &dyn Fn(NodeId) -> i64) -> i64 {
        let supply = self.inputs(balance).iter();
        supply
            .filter(|input| input.role == Role::Supply)
            .map(|input| input.weight * input.reading.read(value(input.from)))
            .sum()
    }

    /// What a consumer of a balance would be granted, or a gauge of supply or the balance itself be, as if nothing were latched: what
    /// overloads a balance has opened it, what is above the mark has made it collapse. `asked` tells what the consumer with an output asks
    /// for at that moment, and the factor in it.
    pub fn grant_if(
        &self,
        balance: NodeId,
        output: NodeId,
        value: &dyn Fn(NodeId) -> i64,
        asked: &dyn Fn(NodeId) -> (i64, i64),
    ) -> Option<i64> {
        let row = &self.balances[self.slot(balance)];
        let supply = self.supply_if(balance, value);
        let asks: Vec<i64> = row
            .consumers
            .iter()
            .map(|consumer| super::nodes::asked_if(consumer, value, asked(consumer.output)))
            .collect();
        let mut granted = Vec::new();
        super::nodes::grants(&row.policy, supply, &asks, &mut granted);
        if output == balance {
            return Some(i64::from(granted == asks));
        }
        let place = |of: &dyn Fn(&Consumer) -> bool| row.consumers.iter().position(of);
        if let Some(place) = place(&|consumer| consumer.output == output) {
            return Some(granted[place]);
        }
        if let Some(place) = place(&|consumer| consumer.served == Some(output)) {
            return Some(i64::from(supply > 0 && granted[place] == asks[place]));
        }
        let is_live = |&(gauge, node): &(Gauge, NodeId)| node == output && gauge == Gauge::Live;
        let opens = matches!(row.policy, Policy::Trip { .. }) && granted != asks;
        row.gauges
            .iter()
            .any(is_live)
            .then_some(i64::from(supply > 0 && !opens))
    }

    /// What an output of a mesh would show: whether a point is live, the size of its island, what it is granted; for the mesh itself the
    /// number of live points. `None` where a load decides.
    pub fn mesh_if(&self, mesh: NodeId, output: NodeId, value: &dyn Fn(NodeId) -> i64) -> Option<i64> {
        super::nodes::mesh_value(self, mesh, output, value)
    }

    /// Whether a node shows a share of a supply, so that it may be short because others ask for more.
    pub fn is_share(&self, node: NodeId) -> bool {
        let owner = self.owner(node);
        match self.kind(owner) {
            NodeKind::Balance => true,
            NodeKind::Mesh => self.meshes[self.slot(owner)].is_share(node),
            _ => false,
        }
    }
}
