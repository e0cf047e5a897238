//! What a [`Plant`] is as a network of the kernel, and what a run of it gathers.

use super::plants::{Ages, Flag, Plant, Repair, Thing};
use blackstart::kernel::{
    Action, Builder, Call, Clock, CrewId, Effect, ItemState, NodeId, Observe, Preempted, Reading,
    StarterSpec, Tag, Takes, Transition, UnitSpec, View, Way, WorkSpec,
};
use blackstart::random::Law;

/// An hour in microseconds.
pub const HOUR_US: f64 = 3.6e9;

/// The law of what happens so often per hour.
pub fn exponential(per_hour: f64) -> Law {
    Law::exponential(HOUR_US / per_hour).expect("a positive rate")
}

/// The nodes of a built plant.
pub struct Nodes {
    units: Vec<NodeId>,
    standbys: Vec<NodeId>,
    gates: Vec<NodeId>,
}

impl Nodes {
    /// The node of a thing.
    pub fn of(&self, thing: Thing) -> NodeId {
        match thing {
            Thing::Unit(unit) => self.units[unit],
            Thing::Standby(standby) => self.standbys[standby],
            Thing::Gate(gate) => self.gates[gate],
        }
    }

    fn reads(&self, (thing, straight): Flag) -> (NodeId, Reading) {
        (
            self.of(thing),
            if straight { Reading::Flag } else { Reading::Not },
        )
    }

    /// All nodes of units and standbys.
    pub fn members(&self) -> Vec<NodeId> {
        [&self.units[..], &self.standbys].concat()
    }
}

/// Declares the network of a plant.
pub fn build(plant: &Plant) -> (Builder, Nodes) {
    let mut b = Builder::new();
    let tag = Tag::default();
    // Ids are given in the order of declaration: those of gates and standbys are known before the clocks that wait for them are declared.
    let base = plant.units.len();
    let nodes = Nodes {
        units: (0..base).map(NodeId::new).collect(),
        standbys: (0..plant.standbys.len())
            .map(|at| NodeId::new(base + at))
            .collect(),
        gates: (0..plant.gates.len())
            .map(|at| NodeId::new(base + plant.standbys.len() + at))
            .collect(),
    };
    for (number, unit) in plant.units.iter().enumerate() {
        let clock = |ages: &Ages| Clock {
            runs: ages.while_holds.map(|flag| nodes.reads(flag)),
            ..Clock::new(exponential(ages.rate))
        };
        let spec = UnitSpec {
            clocks: unit.clocks.iter().map(clock).collect(),
            ..UnitSpec::flag()
        };
        let node = b.unit(format!("unit-{number}"), tag, spec);
        assert_eq!(node, nodes.units[number]);
    }
    for (number, standby) in plant.standbys.iter().enumerate() {
        let spec = StarterSpec {
            fails_ppm: standby.fails_ppm,
            ..StarterSpec::automatic(exponential(standby.rate))
        };
        let node = b.starter(format!("standby-{number}"), tag, spec);
        assert_eq!(node, nodes.standbys[number]);
    }
    for (number, gate) in plant.gates.iter().enumerate() {
        let node = b.gate(format!("gate-{number}"), tag, gate.threshold);
        assert_eq!(node, nodes.gates[number]);
    }
    for (number, gate) in plant.gates.iter().enumerate() {
        for &(flag, weight) in &gate.terms {
            let (from, reading) = nodes.reads(flag);
            b.term(nodes.gates[number], from, reading, weight);
        }
    }
    let crews: Vec<CrewId> = plant
        .crews
        .iter()
        .enumerate()
        .map(|(number, &heads)| {
            let present = b.unit(format!("heads-{number}"), tag, UnitSpec::amount(i64::from(heads)));
            b.crew(format!("crew-{number}"), tag, vec![present])
        })
        .collect();
    for (number, standby) in plant.standbys.iter().enumerate() {
        let me = nodes.standbys[number];
        for &flag in &standby.requires {
            let (from, reading) = nodes.reads(flag);
            b.require(me, from, reading);
        }
        for &flag in &standby.triggers {
            let (from, reading) = nodes.reads(flag);
            b.trigger(me, from, reading);
        }
        for &flag in &standby.start_requires {
            let (from, reading) = nodes.reads(flag);
            b.start_require(me, from, reading);
        }
        let dead = b.state_of(me, ItemState::Dead, format!("standby-{number}/dead"), tag);
        let call = Call::When(dead, Reading::Flag);
        let spec = work(plant, &nodes, &crews, &standby.repair, call, me);
        b.work(format!("repair-standby-{number}"), tag, spec);
    }
    for (number, unit) in plant.units.iter().enumerate() {
        let me = nodes.units[number];
        let call = Call::When(me, Reading::Not);
        let spec = work(plant, &nodes, &crews, &unit.repair, call, me);
        b.work(format!("repair-unit-{number}"), tag, spec);
    }
    (b, nodes)
}

fn work(plant: &Plant, nodes: &Nodes, crews: &[CrewId], repair: &Repair, call: Call, me: NodeId) -> WorkSpec {
    let ways = repair
        .ways
        .iter()
        .map(|way| Way {
            name: "repair".to_owned(),
            needs: way.needs.iter().map(|&flag| nodes.reads(flag)).collect(),
            crew: repair
                .crew
                .iter()
                .map(|&(crew, heads)| (crews[crew], heads))
                .collect(),
            takes: Takes::Once(exponential(way.rate)),
            errs_ppm: way.errs_ppm,
            patience_us: 0,
            ..Way::default()
        })
        .collect();
    // What counts always serves itself, which is down as long as the work is called for; what counts only while something else is down
    // comes after all of those when it is not.
    let always = (1_000 + repair.rank, me, i64::MAX);
    let serves = match repair.serves {
        Some(thing) => vec![(repair.rank, nodes.of(thing), 1), always],
        None => vec![(repair.rank, me, i64::MAX)],
    };
    WorkSpec {
        call,
        ways,
        effects: vec![Effect::Act(Action::Repair { node: me })],
        serves,
        preempted: if plant.preempts {
            Preempted::Resume
        } else {
            Preempted::Never
        },
        ..WorkSpec::default()
    }
}

/// What a run gathers: the time for which a flag is down, how often it falls, and the sum over time of how many of its members are up.
pub struct Gathered {
    top: NodeId,
    members: Vec<NodeId>,
    up: i64,
    at: u64,
    is_up: bool,
    pub down_us: u128,
    pub falls: u64,
    pub up_us: i128,
}

impl Gathered {
    /// Begins to gather from a network that is in this state at time 0.
    pub fn new(top: NodeId, mut members: Vec<NodeId>, value: impl Fn(NodeId) -> i64) -> Self {
        members.sort();
        Self {
            top,
            up: members.iter().map(|&node| value(node)).sum(),
            is_up: value(top) != 0,
            members,
            at: 0,
            down_us: 0,
            falls: 0,
            up_us: 0,
        }
    }

    /// Brings the sums to a time.
    pub fn until(&mut self, at: u64) {
        let passed = at - self.at;
        self.at = at;
        self.up_us += i128::from(self.up) * i128::from(passed);
        if !self.is_up {
            self.down_us += u128::from(passed);
        }
    }
}

impl Observe for Gathered {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        self.until(at);
        for change in batch {
            if change.node == self.top {
                self.is_up = change.to != 0;
                self.falls += u64::from(!self.is_up);
            } else if self.members.binary_search(&change.node).is_ok() {
                self.up += change.to - change.from;
            }
        }
    }
}
