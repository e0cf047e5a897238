//! Declares a network: first all nodes, then all edges; [`Builder::finish`] makes the flat, shared [`Netlist`].
//!
//! Names are the builder's only text. They serve for ties, for streams of random draws and for reports; the running engine never reads
//! one. The order of declaration has no influence on a simulation: everything that could depend on it follows the sorted names.

use super::action::Action;
use super::agent::Agent;
use super::common_cause::{CommonCause, CommonCauseFault};
use super::declare_buffer::DeclaredBuffer;
use super::declare_mesh::DeclaredMesh;
use super::ids::{AgentId, CommonCauseId, CrewId, NodeId, PartId, ProfileId, WorkId};
use super::netlist::NodeKind;
use super::nodes::Consumer;
use super::profile::Profile;
use super::reading::Reading;
use super::spec::{Combine, Gauge, ItemState, Policy, Reason, SelectorSpec, StarterSpec, Tag};
use super::unit_spec::UnitSpec;
use super::work::{CrewRules, PartsSpec, WorkSpec};

/// What an input does at the node that reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Gate: a term of the sum that is held against the threshold. Level (`Max`, `Sum`): a term.
    Term,
    /// Level (`Min`): the level is never above this.
    Hard,
    /// Level: takes away `weight` ppm of full in proportion to what is missing.
    Soft,
    /// Starter: must hold for it to be on.
    Require,
    /// Starter: must hold for a start to begin; looked at one round later, so that cycles of these are no cycles.
    StartRequire,
    /// Starter: wants it on while true. Selector: it moves by itself only while true.
    Trigger,
    /// Selector: a source; the earlier declared is preferred. Mesh: the source number `weight`.
    Source,
    /// Mesh: the connection number `weight` is closed.
    Closed,
    /// Mesh: the point number `weight` can carry anything.
    Stands,
    /// Selector: must hold for a transfer; looked at one round later.
    TransferRequire,
    /// Buffer: the net rate holds `weight` × reading.
    Rate,
    /// Buffer: while true, it drains by its autonomy table.
    Drain,
    /// Buffer: the flow number `weight` follows this.
    Flow,
    /// Buffer: as many of its members as this reads are there.
    Member,
    /// Balance: gives `weight` × reading.
    Supply,
    /// Balance, mesh: the state on which a consumer asks; looked at one round later.
    Ask,
    /// Balance: while true, what was not served in time waits still.
    Backlog,
}

/// An input of a node, as declared.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The node that is read.
    pub from: NodeId,
    /// How its value is read.
    pub reading: Reading,
    /// A weight, a rate or an ordinal; see [`Role`].
    pub weight: i64,
    /// What it does.
    pub role: Role,
}

#[derive(Debug)]
pub(crate) struct Declared {
    pub name: String,
    pub tag: Tag,
    pub spec: Spec,
    pub inputs: Vec<Input>,
    pub marks_load: bool,
}

#[derive(Debug)]
pub(crate) enum Spec {
    Unit(UnitSpec),
    Gate { threshold: i64 },
    Mesh(Box<DeclaredMesh>),
    Buffer(Box<DeclaredBuffer>),
    Starter(StarterSpec, Vec<(ItemState, NodeId)>),
    Selector(SelectorSpec),
    Balance(Policy, Vec<Consumer>, Vec<(Gauge, NodeId)>),
    Level(Combine),
    Output { owner: NodeId },
}

/// A contribution to a load: `amount` × reading of `from`'s value is drawn at `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    pub from: NodeId,
    pub reading: Reading,
    pub amount: i64,
    pub to: NodeId,
}

/// A load that is handed on: what is drawn at `from` is drawn at `to` as well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    pub from: NodeId,
    pub to: NodeId,
    pub share_ppm: i64,
    /// For a selector: handed on only while its chosen source is this one.
    pub source: Option<u32>,
}

pub(crate) struct DeclaredAgent {
    pub name: String,
    pub tag: Tag,
    pub agent: Box<dyn Agent>,
    pub watches: Vec<NodeId>,
}

pub(crate) struct DeclaredCrew {
    pub name: String,
    pub tag: Tag,
    pub heads: Vec<NodeId>,
    pub rules: CrewRules,
}

/// Everything that is declared about a network.
#[derive(Default)]
pub struct Builder {
    pub(crate) nodes: Vec<Declared>,
    pub(crate) draws: Vec<Draw>,
    pub(crate) passes: Vec<Pass>,
    pub(crate) works: Vec<(String, Tag, WorkSpec)>,
    pub(crate) crews: Vec<DeclaredCrew>,
    pub(crate) parts: Vec<(String, Tag, PartsSpec)>,
    pub(crate) profiles: Vec<(String, Tag, Profile)>,
    pub(crate) follows: Vec<(NodeId, ProfileId)>,
    pub(crate) agents: Vec<DeclaredAgent>,
    pub(crate) reasons: Vec<String>,
    /// Per unit that has one, the output that tells its known failures.
    pub(crate) known: Vec<(NodeId, NodeId)>,
    pub(crate) common_causes: Vec<(String, Tag, CommonCause)>,
}

/// Why a declared network cannot run. Names are those given to the builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nodes that wait for each other within one instant, in order round the cycle, where the language allows none.
    Cycle(Vec<NodeId>),
    /// Two names with the same hash: their draws would be the same.
    Collision(String, String),
    /// A common-cause group that cannot be.
    CommonCause {
        /// The name of the group.
        group: String,
        /// What is wrong with it.
        why: CommonCauseFault,
    },
}

impl Builder {
    /// An empty network.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn add(&mut self, name: String, tag: Tag, spec: Spec) -> NodeId {
        let id = NodeId::new(self.nodes.len());
        self.nodes.push(Declared {
            name,
            tag,
            spec,
            inputs: Vec::new(),
            marks_load: false,
        });
        id
    }

    pub(crate) fn link(&mut self, to: NodeId, from: NodeId, reading: Reading, weight: i64, role: Role) {
        self.nodes[to.index()].inputs.push(Input {
            from,
            reading,
            weight,
            role,
        });
    }

    /// The kind of a declared node.
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.nodes[node.index()].spec.kind()
    }

    /// The name of a declared node.
    pub fn name(&self, node: NodeId) -> &str {
        &self.nodes[node.index()].name
    }

    /// The number of a reason for holding, made on first use.
    ///
    /// # Panics
    /// With more than 64 different reasons.
    pub fn reason(&mut self, name: &str) -> Reason {
        let at = self
            .reasons
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                self.reasons.push(name.to_owned());
                self.reasons.len() - 1
            });
        assert!(at < 64, "a network knows at most 64 reasons for holding");
        Reason(u8::try_from(at).expect("less than 64"))
    }

    /// Declares a unit. All names of nodes, works and agents of a network are distinct.
    pub fn unit(&mut self, name: impl Into<String>, tag: Tag, spec: UnitSpec) -> NodeId {
        self.add(name.into(), tag, Spec::Unit(spec))
    }

    /// A node whose value is 1 while the unit is failed (or destroyed) *and* that is known; work is called by this one. Failures of hidden
    /// clocks become known by an inspection or a demand, all others at once.
    pub fn known_failed(&mut self, unit: NodeId, name: impl Into<String>, tag: Tag) -> NodeId {
        assert_eq!(self.kind(unit), NodeKind::Unit, "only a unit has hidden failures");
        let output = self.add(name.into(), tag, Spec::Output { owner: unit });
        self.known.push((unit, output));
        output
    }

    /// Changes a declared unit: for what is known only once other nodes are.
    pub fn unit_mut(&mut self, unit: NodeId) -> &mut UnitSpec {
        let Spec::Unit(spec) = &mut self.nodes[unit.index()].spec else {
            panic!("only a unit has a unit's parameters");
        };
        spec
    }

    /// Declares a common-cause group. Its draws are keyed by its name.
    pub fn common_cause(&mut self, name: impl Into<String>, tag: Tag, group: CommonCause) -> CommonCauseId {
        let id = CommonCauseId::new(self.common_causes.len());
        self.common_causes.push((name.into(), tag, group));
        id
    }

    /// Declares a gate that is true when the sum of its terms reaches `threshold`.
    pub fn gate(&mut self, name: impl Into<String>, tag: Tag, threshold: i64) -> NodeId {
        self.add(name.into(), tag, Spec::Gate { threshold })
    }

    /// Adds a term to a gate: `weight` × reading. A weight is positive.
    pub fn term(&mut self, gate: NodeId, from: NodeId, reading: Reading, weight: i64) {
        self.link(gate, from, reading, weight, Role::Term);
    }

    /// Declares a gate that needs all of `inputs` (true when there are none).
    pub fn all(&mut self, name: impl Into<String>, tag: Tag, inputs: &[(NodeId, Reading)]) -> NodeId {
        let gate = self.gate(name, tag, i64::try_from(inputs.len()).expect("few inputs"));
        for &(from, reading) in inputs {
            self.term(gate, from, reading, 1);
        }
        gate
    }

    /// Adds one more input to a gate made by [`Builder::all`]: it is needed as well.
    pub fn also(&mut self, gate: NodeId, from: NodeId, reading: Reading) {
        let Spec::Gate { threshold } = &mut self.nodes[gate.index()].spec else {
            panic!("only a gate takes one more input");
        };
        *threshold += 1;
        self.term(gate, from, reading, 1);
    }

    /// Declares a gate that needs any of `inputs` (false when there are none).
    pub fn any(&mut self, name: impl Into<String>, tag: Tag, inputs: &[(NodeId, Reading)]) -> NodeId {
        let gate = self.gate(name, tag, 1);
        for &(from, reading) in inputs {
            self.term(gate, from, reading, 1);
        }
        gate
    }

    /// Declares a starter.
    pub fn starter(&mut self, name: impl Into<String>, tag: Tag, spec: StarterSpec) -> NodeId {
        self.add(name.into(), tag, Spec::Starter(spec, Vec::new()))
    }

    /// The starter is on only while this holds.
    pub fn require(&mut self, starter: NodeId, from: NodeId, reading: Reading) {
        self.link(starter, from, reading, 1, Role::Require);
    }

    /// A start of the starter begins only while this holds; once begun, or on, it does not care.
    pub fn start_require(&mut self, starter: NodeId, from: NodeId, reading: Reading) {
        self.link(starter, from, reading, 1, Role::StartRequire);
    }

    /// The starter is wanted on while this holds (and all other triggers). Without any trigger it is always wanted. A selector transfers by
    /// itself only while all its triggers hold.
    pub fn trigger(&mut self, node: NodeId, from: NodeId, reading: Reading) {
        self.link(node, from, reading, 1, Role::Trigger);
    }

    /// A node whose value is the number of items of `starter` in `state`.
    pub fn state_of(
        &mut self,
        starter: NodeId,
        state: ItemState,
        name: impl Into<String>,
        tag: Tag,
    ) -> NodeId {
        let output = self.add(name.into(), tag, Spec::Output { owner: starter });
        let Spec::Starter(_, states) = &mut self.nodes[starter.index()].spec else {
            panic!("only a starter has items in states");
        };
        states.push((state, output));
        output
    }

    /// Declares a selector without sources.
    pub fn selector(&mut self, name: impl Into<String>, tag: Tag, spec: SelectorSpec) -> NodeId {
        self.add(name.into(), tag, Spec::Selector(spec))
    }

    /// Adds a source; the earlier added is preferred.
    pub fn source(&mut self, selector: NodeId, from: NodeId, reading: Reading) {
        self.link(selector, from, reading, 1, Role::Source);
    }

    /// Adds a source to a selector of [`Sourcing::AllLive`](super::Sourcing::AllLive) that carries `weight` parts of the load, of all parts of
    /// the live ones. Those of [`Builder::source`] carry one part each.
    pub fn source_with_weight(&mut self, selector: NodeId, from: NodeId, reading: Reading, weight: i64) {
        assert!(weight >= 0, "nothing carries less than nothing");
        self.link(selector, from, reading, weight, Role::Source);
    }

    /// A transfer of the selector needs this.
    pub fn transfer_require(&mut self, selector: NodeId, from: NodeId, reading: Reading) {
        self.link(selector, from, reading, 1, Role::TransferRequire);
    }

    /// Declares a level.
    pub fn level(&mut self, name: impl Into<String>, tag: Tag, combine: Combine) -> NodeId {
        self.add(name.into(), tag, Spec::Level(combine))
    }

    /// The level (of [`Combine::Min`]) is never above this reading, which is in parts per million.
    pub fn hard(&mut self, level: NodeId, from: NodeId, reading: Reading) {
        self.link(level, from, reading, 1, Role::Hard);
    }

    /// The level loses `share_ppm` in proportion to what this reading (in parts per million) lacks of full.
    pub fn soft(&mut self, level: NodeId, from: NodeId, reading: Reading, share_ppm: i64) {
        self.link(level, from, reading, share_ppm, Role::Soft);
    }

    /// Adds a term to a level of [`Combine::Max`] (weight unused) or [`Combine::Sum`] (`weight_ppm` × reading).
    pub fn part(&mut self, level: NodeId, from: NodeId, reading: Reading, weight_ppm: i64) {
        self.link(level, from, reading, weight_ppm, Role::Term);
    }

    /// Declares a level that is the amount of `part` as a share of the amount of `whole`, rounded down; full when that is nothing.
    pub fn ratio(&mut self, name: impl Into<String>, tag: Tag, part: NodeId, whole: NodeId) -> NodeId {
        let level = self.ratio_of(name, tag, whole);
        self.link(level, part, Reading::Amount, 1, Role::Term);
        level
    }

    /// As [`Builder::ratio`], of several parts together, each of which is added by [`Builder::part`].
    pub fn ratio_of(&mut self, name: impl Into<String>, tag: Tag, whole: NodeId) -> NodeId {
        let level = self.level(name, tag, Combine::Ratio);
        self.link(level, whole, Reading::Amount, 1, Role::Source);
        level
    }

    /// Draws `amount` × reading of `from` as load at `to`. Loads follow states (units, starters, selectors), never what is served.
    pub fn draw(&mut self, to: NodeId, from: NodeId, reading: Reading, amount: i64) {
        self.draws.push(Draw {
            from,
            reading,
            amount,
            to,
        });
    }

    /// Hands `share_ppm` of the load at `from` on to `to`.
    pub fn pass_load(&mut self, from: NodeId, to: NodeId, share_ppm: i64) {
        self.passes.push(Pass {
            from,
            to,
            share_ppm,
            source: None,
        });
    }

    /// Hands the load at the selector `from` on to `to` while its chosen source is number `source`; of one that shares, the part of that
    /// source.
    pub fn pass_load_if_chosen(&mut self, from: NodeId, to: NodeId, source: u32) {
        self.passes.push(Pass {
            from,
            to,
            share_ppm: super::FULL_PPM,
            source: Some(source),
        });
    }

    /// Declares a crew whose number of heads is the sum of the values of `heads`; those of the earlier named nodes are taken first.
    pub fn crew(&mut self, name: impl Into<String>, tag: Tag, heads: Vec<NodeId>) -> CrewId {
        let id = CrewId::new(self.crews.len());
        self.crews.push(DeclaredCrew {
            name: name.into(),
            tag,
            heads,
            rules: CrewRules::default(),
        });
        id
    }

    /// Says how the heads of a crew are given out.
    pub fn crew_rules(&mut self, crew: CrewId, rules: CrewRules) {
        self.crews[crew.index()].rules = rules;
    }

    /// Declares parts of one kind that works take; see [`super::Way::parts`].
    pub fn parts(&mut self, name: impl Into<String>, tag: Tag, spec: PartsSpec) -> PartId {
        let id = PartId::new(self.parts.len());
        self.parts.push((name.into(), tag, spec));
        id
    }

    /// Declares a profile: a table of steps over time.
    ///
    /// # Panics
    /// When the table does not begin at 0, does not rise, is not shorter than its period, or begins outside of it.
    pub fn profile(&mut self, name: impl Into<String>, tag: Tag, profile: Profile) -> ProfileId {
        let id = ProfileId::new(self.profiles.len());
        self.profiles.push((name.into(), tag, profile.checked()));
        id
    }

    /// What the unit gives follows this profile: its amount × the value that holds / the whole of the profile, rounded down.
    ///
    /// # Panics
    /// When the node is no unit, or follows a profile already.
    pub fn follow(&mut self, unit: NodeId, profile: ProfileId) {
        assert_eq!(self.kind(unit), NodeKind::Unit, "only a unit follows a profile");
        let follows = self.follows.iter().any(|&(other, _)| other == unit);
        assert!(!follows, "a unit follows one profile");
        self.follows.push((unit, profile));
    }

    /// Declares a work.
    pub fn work(&mut self, name: impl Into<String>, tag: Tag, spec: WorkSpec) -> WorkId {
        assert!(!spec.ways.is_empty(), "a work has at least one way");
        let id = WorkId::new(self.works.len());
        self.works.push((name.into(), tag, spec));
        id
    }

    /// Changes a declared work: for what is known only once all nodes are.
    pub fn work_mut(&mut self, work: WorkId) -> &mut WorkSpec {
        &mut self.works[work.index()].2
    }

    /// Declares an agent that is woken when one of `watches` settles on another value.
    pub fn agent(
        &mut self,
        name: impl Into<String>,
        tag: Tag,
        agent: Box<dyn Agent>,
        watches: Vec<NodeId>,
    ) -> AgentId {
        let id = AgentId::new(self.agents.len());
        self.agents.push(DeclaredAgent {
            name: name.into(),
            tag,
            agent,
            watches,
        });
        id
    }

    /// An action with no effect on anything but the log would be a mistake; this checks that `action` suits the kind of its node.
    pub fn suits(&self, action: Action) -> bool {
        let node = action.node();
        let kind = self.kind(node);
        match action {
            Action::Break { .. } => matches!(kind, NodeKind::Unit | NodeKind::Starter | NodeKind::Selector),
            Action::Repair { .. } => {
                matches!(kind, NodeKind::Unit | NodeKind::Starter | NodeKind::Selector) || self.opens(node)
            }
            Action::Open { .. } | Action::Close { .. } => self.opens(node),
            Action::Surge { .. } => self.is_consumer(node),
            Action::Destroy { .. } | Action::Hold { .. } | Action::Lift { .. } => {
                matches!(kind, NodeKind::Unit | NodeKind::Starter)
            }
            Action::Inspect { .. } | Action::SetAmount { .. } => kind == NodeKind::Unit,
            Action::Start { .. } | Action::Stop { .. } => kind == NodeKind::Starter,
            Action::Force { .. } => matches!(kind, NodeKind::Unit | NodeKind::Starter),
            Action::SetRate { .. } | Action::SetLevel { .. } => kind == NodeKind::Buffer,
            Action::Transfer { .. } => kind == NodeKind::Selector,
        }
    }
}

impl Spec {
    pub(crate) fn kind(&self) -> NodeKind {
        match self {
            Self::Unit(_) => NodeKind::Unit,
            Self::Gate { .. } => NodeKind::Gate,
            Self::Mesh(_) => NodeKind::Mesh,
            Self::Buffer(..) => NodeKind::Buffer,
            Self::Starter(..) => NodeKind::Starter,
            Self::Selector(_) => NodeKind::Selector,
            Self::Balance(..) => NodeKind::Balance,
            Self::Level(_) => NodeKind::Level,
            Self::Output { .. } => NodeKind::Output,
        }
    }
}
