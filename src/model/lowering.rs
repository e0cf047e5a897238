//! Lowering: how entities become nodes, and what they show each other while they do.

use super::design::{EntityId, Model};
use super::info::{AgentInfo, CrewInfo, EntryInfo, Stage, WorkInfo};
use super::profile::Profile;
use super::tile::TileKind;
use super::views::Views;
use super::written::{Crew, Ref, Refs, Tier};
use crate::kernel::{
    Agent, Builder, Combine, CrewId, NodeId, Reading, StarterSpec, Tag, UnitSpec, WorkId, WorkSpec,
};
use crate::random::Law;
use std::collections::BTreeMap;

/// What a node reads of another: which, and how.
pub type Input = (NodeId, Reading);

/// Where an entity can be touched, and what others may read of it.
#[derive(Clone, Debug, Default)]
pub struct Handles {
    /// The units that stand for its soundness: lost, broken, destroyed.
    pub body: Vec<NodeId>,
    /// The units that are held when it is taken out of use, if they are not those of its body.
    pub held: Vec<NodeId>,
    /// What says that it is sound and in use itself, whatever feeds it and wherever it stands.
    pub fit: Vec<Input>,
    /// Further nodes that a repair makes sound: starters that failed.
    pub parts: Vec<NodeId>,
    /// Of a battery: the buffer that it drains and recharges.
    pub store: Option<NodeId>,
    /// The unit that is held when its power is cut.
    pub power: Option<NodeId>,
    /// The unit that is held when it is sealed.
    pub access: Option<NodeId>,
    /// What others read as *it is there*.
    pub out: Option<Input>,
    /// Of a place: sound, with all that it stands in.
    pub sound: Option<NodeId>,
    /// Of a place: not cut, with all that it stands in.
    pub powered: Option<NodeId>,
    /// Of a place: open to people, with all that it stands in.
    pub open: Option<NodeId>,
    /// Of a service or store: its level, and the least level at which it is up.
    pub level: Option<(NodeId, i64)>,
    /// Of a service or store: what it has in pools.
    pub standings: Vec<Standing>,
    /// Of a pool: its servers.
    pub servers: Option<Servers>,
    /// The units that fail as [`super::Component::lives`] tells, each with the condition under which its clock runs.
    pub lives: Vec<(NodeId, Option<Input>)>,
    /// Of what loads draw from: the balance of what is drawn.
    pub balance: Option<NodeId>,
    /// Of a load: what it draws and what it gets.
    pub drawn: Option<Drawn>,
    /// Of what draws power by its state (a pool whose servers draw): the parts of which the sum is drawn at any moment.
    pub draws: Vec<DrawnPart>,
    /// Of what hands on power, where any flows: where others draw from it. What has gathered there goes on to what feeds it.
    pub load: Option<NodeId>,
    /// Of the same: where all that is drawn through it gathers; the same node unless loads draw from it.
    pub carried: Option<NodeId>,
    /// Of what opens in an overload: what opens, and what counts how much of it is open.
    pub opens: Option<(NodeId, NodeId)>,
    /// Of a bus with ties: where it stands in the mesh of the buses that hang together.
    pub joined: Option<Joined>,
    /// Of a tie: the unit that is held while it is open.
    pub switch: Option<NodeId>,
    /// Of a room whose heat is described: its heat.
    pub heat: Option<Heat>,
    /// Of what cools: the parts of which the sum can be taken away at any moment.
    pub cools: Vec<DrawnPart>,
    /// Of a chilled-water loop: where cold is asked of it.
    pub cold: Option<Cold>,
    /// Of a site: how warm it is outside, in thousandths of a degree.
    pub outside: Option<NodeId>,
    /// What tells everybody that something is amiss, while it reads true.
    pub alarm: Option<Input>,
    /// Of a team: the crew that works ask for.
    pub crew: Option<CrewId>,
    /// Of a team: its heads, those on call first: the units that give them, and how many each gives while all are there.
    pub heads: Vec<(NodeId, i64)>,
    /// Of a team: whether it has been reached.
    pub reached: Option<Input>,
    /// Of a service whose load is described: where what its users ask is held against what its servers carry, once for each place from which
    /// somebody looks at it.
    pub asked: Vec<Asked>,
    /// Of the same: the unit that gives what its users ask for.
    pub asks: Option<NodeId>,
    /// What counts as lost in the blast radius: the node, and the least value that counts as good.
    pub lost: Option<(NodeId, i64)>,
}

impl Handles {
    /// The units that are held when it is taken out of use.
    pub fn to_hold(&self) -> &[NodeId] {
        if self.held.is_empty() {
            &self.body
        } else {
            &self.held
        }
    }
}

/// Where a bus stands among those that ties join to it.
#[derive(Clone, Copy, Debug)]
pub struct Joined {
    /// The mesh of these buses.
    pub mesh: NodeId,
    /// The point of this one: live while a closed path leads to a live feed.
    pub point: NodeId,
    /// Mesh and point of the same with all normally open ties open, if any tie closes by itself.
    pub apart: Option<(NodeId, NodeId)>,
}

/// What a load draws, and what it gets of it, in watts.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// What it draws.
    pub draws: NodeId,
    /// What it is granted while what it draws from is live.
    pub granted: NodeId,
    /// Whether what it draws from is live.
    pub live: Input,
}

/// A part of what is drawn: so many watts for each that a node reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawnPart {
    /// The node whose state it follows.
    pub from: NodeId,
    /// How its value is read.
    pub reading: Reading,
    /// What each draws, in watts.
    pub each_w: i64,
}

/// What is asked of a service.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The balance of it against what its servers carry.
    pub balance: NodeId,
    /// What its users are granted: what they ask for may surge.
    pub users: NodeId,
}

/// The heat of a room, above that at its set point.
#[derive(Clone, Debug)]
pub struct Heat {
    /// The store: microjoules, so that watts move it each microsecond by as much.
    pub store: NodeId,
    /// Where gathers what is given off in the room, in watts.
    pub load: NodeId,
    /// Where that is shared among the groups of units that take it away, while the room is at its set point.
    pub units: NodeId,
    /// A mark: so much warmer than the set point that units take all that they can.
    pub warm: NodeId,
    /// What must hold for servers to be on, each with the tier whose pools it spares.
    pub shuts: Vec<(Option<Tier>, Input)>,
}

/// Where cold is asked of a chilled-water loop.
#[derive(Clone, Copy, Debug)]
pub struct Cold {
    /// The balance that shares it out.
    pub shares: NodeId,
    /// Where gathers what all of it takes at the set points.
    pub load: NodeId,
    /// What asks the plant for all of it.
    pub asks: NodeId,
    /// Whether the water is moved.
    pub moves: NodeId,
}

/// What a service or store has in one pool.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The pool.
    pub pool: EntityId,
    /// The unit that is free while it is wanted there.
    pub wanted: NodeId,
    /// Whether it has to be started (or promoted) before it serves.
    pub standby: bool,
    /// Where the network is described: its level there, whoever reaches it.
    pub level: Option<NodeId>,
}

/// The servers of a pool.
#[derive(Clone, Copy, Debug)]
pub struct Servers {
    /// The counted starter: its value is the number that are on.
    pub on: NodeId,
    /// How many there are.
    pub count: i64,
    /// What shares them among services.
    pub balance: NodeId,
    /// Whether they have all that they need to be on.
    pub supplied: NodeId,
}

/// The network under construction.
pub struct Lowering<'a> {
    /// What is lowered.
    pub model: &'a Model,
    /// The kernel's builder.
    pub net: Builder,
    /// How services look from where, where the network is described.
    pub views: Views,
    handles: Vec<Handles>,
    parts: Vec<u16>,
    flows: bool,
    pub(crate) works: Vec<WorkInfo>,
    pub(crate) agents: Vec<AgentInfo>,
    pub(crate) crews: Vec<CrewInfo>,
    pub(crate) stages: BTreeMap<NodeId, Stage>,
}

impl<'a> Lowering<'a> {
    /// An empty network for a model.
    pub fn new(model: &'a Model) -> Self {
        let count = model.entities().len();
        Self {
            model,
            net: Builder::new(),
            views: Views::default(),
            handles: vec![Handles::default(); count],
            parts: vec![0; count],
            flows: model.entities().iter().any(|entity| entity.component.flows()),
            works: Vec::new(),
            agents: Vec::new(),
            crews: Vec::new(),
            stages: BTreeMap::new(),
        }
    }

    /// Whether it matters to anything what flows where: it is said what servers draw, or what too much of it does.
    pub fn flows(&self) -> bool {
        self.flows
    }

    /// Draws at a node (a load point of a UPS, of a cooling plant) what an entity draws by its state.
    pub fn draw_of(&mut self, entity: EntityId, to: NodeId) {
        for part in self.of(entity).draws.clone() {
            self.net.draw(to, part.from, part.reading, part.each_w);
        }
    }

    /// What an entity shows.
    pub fn of(&self, entity: EntityId) -> &Handles {
        &self.handles[entity.index()]
    }

    /// What an entity shows, to be filled in by itself.
    pub fn of_mut(&mut self, entity: EntityId) -> &mut Handles {
        &mut self.handles[entity.index()]
    }

    /// What the entity of this name shows.
    pub fn named(&self, name: &Ref) -> &Handles {
        self.of(self.model.resolve(name))
    }

    /// The name and tag of the next part of an entity; the entity itself for an empty part.
    pub fn part(&mut self, me: EntityId, part: &str) -> (String, Tag) {
        let id = &self.model.entity(me).id;
        let name = if part.is_empty() {
            id.clone()
        } else {
            format!("{id}/{part}")
        };
        (name, self.tag(me))
    }

    fn tag(&mut self, me: EntityId) -> Tag {
        let part = self.parts[me.index()];
        self.parts[me.index()] = part.saturating_add(1);
        Tag { owner: me.0, part }
    }

    /// A sound, free unit.
    pub fn unit(&mut self, me: EntityId, part: &str) -> NodeId {
        self.unit_of(me, part, UnitSpec::flag())
    }

    /// A unit.
    pub fn unit_of(&mut self, me: EntityId, part: &str, spec: UnitSpec) -> NodeId {
        let (name, tag) = self.part(me, part);
        self.net.unit(name, tag, spec)
    }

    /// A unit that is held for this reason from the start.
    pub fn held_unit(&mut self, me: EntityId, part: &str, amount: i64, reason: &str) -> NodeId {
        let held = vec![self.net.reason(reason)];
        self.unit_of(
            me,
            part,
            UnitSpec {
                held,
                ..UnitSpec::amount(amount)
            },
        )
    }

    /// A gate that needs all of `inputs`.
    pub fn all(&mut self, me: EntityId, part: &str, inputs: &[Input]) -> NodeId {
        let (name, tag) = self.part(me, part);
        self.net.all(name, tag, inputs)
    }

    /// A gate that needs any of `inputs`.
    pub fn any(&mut self, me: EntityId, part: &str, inputs: &[Input]) -> NodeId {
        let (name, tag) = self.part(me, part);
        self.net.any(name, tag, inputs)
    }

    /// A gate that needs `needed` of `inputs`.
    pub fn at_least(&mut self, me: EntityId, part: &str, needed: i64, inputs: &[Input]) -> NodeId {
        let (name, tag) = self.part(me, part);
        let gate = self.net.gate(name, tag, needed);
        for &(from, reading) in inputs {
            self.net.term(gate, from, reading, 1);
        }
        gate
    }

    /// A starter, with what its own stages are called.
    pub fn starter(&mut self, me: EntityId, part: &str, spec: StarterSpec, stage: Stage) -> NodeId {
        let (name, tag) = self.part(me, part);
        let node = self.net.starter(name, tag, spec);
        self.stages.insert(node, stage);
        node
    }

    /// A level.
    pub fn level(&mut self, me: EntityId, part: &str, combine: Combine) -> NodeId {
        let (name, tag) = self.part(me, part);
        self.net.level(name, tag, combine)
    }

    /// Says what the own stages of a node are called.
    pub fn stage(&mut self, node: NodeId, label: String, tile: TileKind) {
        self.stages.insert(node, Stage { label, tile });
    }

    /// A crew.
    pub fn crew(&mut self, me: EntityId, part: &str, heads: Vec<NodeId>, info: CrewInfo) -> CrewId {
        let (name, tag) = self.part(me, part);
        self.crews.push(info);
        self.net.crew(name, tag, heads)
    }

    /// A work, with what it and each of its ways is called in a recovery.
    pub fn work(
        &mut self,
        me: EntityId,
        part: &str,
        spec: WorkSpec,
        label: String,
        tiles: Vec<TileKind>,
    ) -> WorkId {
        assert_eq!(
            spec.ways.len(),
            tiles.len(),
            "each way of a work has its kind of tile"
        );
        let (name, tag) = self.part(me, part);
        self.works.push(WorkInfo {
            label,
            entity: me,
            ways: tiles,
        });
        self.net.work(name, tag, spec)
    }

    /// An agent of an entity.
    pub fn agent_of(
        &mut self,
        me: EntityId,
        part: &str,
        agent: Box<dyn Agent>,
        watches: Vec<NodeId>,
        label: String,
        entries: Vec<EntryInfo>,
    ) {
        let (name, tag) = self.part(me, part);
        self.agents.push(AgentInfo { label, entries });
        self.net.agent(name, tag, agent, watches);
    }

    /// An agent of something that happens. Its name cannot be that of a node, whose names begin with an id.
    pub fn agent_of_hazard(
        &mut self,
        id: &str,
        agent: Box<dyn Agent>,
        label: String,
        entries: Vec<EntryInfo>,
    ) {
        self.agents.push(AgentInfo { label, entries });
        self.net
            .agent(format!("happens:{id}"), Tag::default(), agent, Vec::new());
    }

    /// What of the place of an entity it needs to work: the place sound and not cut.
    pub fn place_inputs(&self, me: EntityId) -> Vec<Input> {
        let Some(place) = self.model.entity(me).place else {
            return Vec::new();
        };
        let place = self.of(place);
        [place.sound, place.powered]
            .into_iter()
            .flatten()
            .map(|node| (node, Reading::Flag))
            .collect()
    }

    /// Whether the place of an entity is open to people.
    pub fn open_input(&self, me: EntityId) -> Option<Input> {
        let place = self.model.entity(me).place?;
        self.of(place).open.map(|node| (node, Reading::Flag))
    }

    /// What the entities of these names show as being there.
    pub fn outs(&self, names: &Refs) -> Vec<Input> {
        names
            .iter()
            .map(|name| {
                self.named(name)
                    .out
                    .expect("what may feed something shows that it is there")
            })
            .collect()
    }

    /// Adds to a gate that needs all: any one of these, if there are any. Returns what was added.
    pub fn also_any(&mut self, me: EntityId, part: &str, gate: NodeId, names: &Refs) -> Option<Input> {
        if names.is_empty() {
            return None;
        }
        let inputs = self.outs(names);
        let any = (self.any(me, part, &inputs), Reading::Flag);
        self.net.also(gate, any.0, any.1);
        Some(any)
    }

    /// Adds to a gate that needs all: the place of the entity, sound and not cut.
    pub fn also_place(&mut self, me: EntityId, gate: NodeId) {
        for (node, reading) in self.place_inputs(me) {
            self.net.also(gate, node, reading);
        }
    }

    /// Whether the services or stores of these names are up.
    pub fn up_inputs<'n>(&self, names: impl IntoIterator<Item = &'n Ref>) -> Vec<Input> {
        names
            .into_iter()
            .map(|name| self.up_input(self.model.resolve(name)))
            .collect()
    }

    /// Whether a service or store is up.
    pub fn up_input(&self, entity: EntityId) -> Input {
        let (node, well) = self.of(entity).level.expect("a service or store has a level");
        (node, Reading::AtLeast(well))
    }

    /// The heads that a crew asks of teams.
    pub fn crew_heads(&self, crew: &Crew) -> Vec<(CrewId, u32)> {
        crew.iter()
            .map(|(team, heads)| (self.named(team).crew.expect("a team has a crew"), heads))
            .collect()
    }

    /// Whom a work on `entity` serves: rank, level and least good level of every service that needs it, however indirectly.
    pub fn serves(&self, entity: EntityId) -> Vec<(u32, NodeId, i64)> {
        self.ranked(self.model.served_by(entity))
    }

    /// Whom a work serves that is done for everybody in the part of the design to which `me` belongs.
    pub fn serves_all(&self, me: EntityId) -> Vec<(u32, NodeId, i64)> {
        let all = self.model.entities_with_ids().map(|(id, _)| id);
        self.ranked(all.filter(|&id| self.model.hang_together(me, id)))
    }

    /// Rank, level and least good level of those of `entities` that are services.
    pub fn ranked(&self, entities: impl IntoIterator<Item = EntityId>) -> Vec<(u32, NodeId, i64)> {
        let mut serves = Vec::new();
        for id in entities {
            if let (Some(rank), Some((level, well))) = (self.model.own_rank(id), self.of(id).level) {
                serves.push((rank, level, well));
            }
        }
        serves
    }

    /// The profile of this name.
    pub fn profile(&self, name: &Ref) -> Profile {
        self.model.profile(name)
    }

    /// A law of exactly this length.
    pub fn fixed(us: u64) -> Law {
        Law::fixed_us(us)
    }
}
