//! Where the timers of a network stand in the calendar: first those that there always are, then alarms, which come and go.

use super::calendar::Slot;
use super::ids::{CommonCauseId, NodeId, ProfileId};
use super::netlist::{Netlist, NodeKind};

/// Whose timer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Node(NodeId),
    /// A failure clock, by its number among all.
    Clock(usize),
    Profile(ProfileId),
    CommonCause(CommonCauseId),
    /// A short work, by its row.
    Short(u32),
    /// An alarm, by its number.
    Alarm(usize),
}

/// The timers of a network.
#[derive(Clone, Debug)]
pub(crate) struct Timers {
    /// The nodes that have one, in the order of their slots, which come first.
    nodes: Vec<NodeId>,
    /// The slot of each node, if it has one.
    of_node: Vec<Slot>,
    /// Which unit each clock belongs to.
    units: Vec<NodeId>,
    /// Where the slots of clocks, profiles, common causes, short works and alarms begin.
    clocks: usize,
    profiles: usize,
    common_causes: usize,
    shorts: usize,
    alarms: usize,
}

impl Timers {
    pub fn new(net: &Netlist) -> Self {
        let (mut nodes, mut units) = (Vec::new(), Vec::new());
        let mut of_node = vec![Slot::MAX; net.len()];
        for (index, slot) in of_node.iter_mut().enumerate() {
            let node = NodeId::new(index);
            if has_timer(net, node) {
                *slot = slot_of(nodes.len());
                nodes.push(node);
            }
            if net.kind(node) == NodeKind::Unit {
                let clocks = net.clocks.count_of(net.slot(node));
                units.extend(std::iter::repeat_n(node, clocks));
            }
        }
        let clocks = nodes.len();
        let profiles = clocks + units.len();
        let common_causes = profiles + net.profiles.len();
        let shorts = common_causes + net.common_causes.len();
        let alarms = shorts + net.shorts.len();
        Self {
            nodes,
            of_node,
            units,
            clocks,
            profiles,
            common_causes,
            shorts,
            alarms,
        }
    }

    /// How many there always are.
    pub fn fixed(&self) -> usize {
        self.alarms
    }

    #[inline]
    pub fn whose(&self, slot: Slot) -> Whose {
        let slot = slot as usize;
        if slot >= self.alarms {
            Whose::Alarm(slot - self.alarms)
        } else if slot >= self.shorts {
            Whose::Short(slot_of(slot - self.shorts))
        } else if slot >= self.common_causes {
            Whose::CommonCause(CommonCauseId::new(slot - self.common_causes))
        } else if slot >= self.profiles {
            Whose::Profile(ProfileId::new(slot - self.profiles))
        } else if slot >= self.clocks {
            Whose::Clock(slot - self.clocks)
        } else {
            Whose::Node(self.nodes[slot])
        }
    }

    /// The slot of a node that has stages, crossings or delays of its own.
    pub fn node(&self, node: NodeId) -> Slot {
        self.of_node[node.index()]
    }

    pub fn clock(&self, clock: usize) -> Slot {
        slot_of(self.clocks + clock)
    }

    /// Which unit a clock belongs to.
    pub fn unit(&self, clock: usize) -> NodeId {
        self.units[clock]
    }

    pub fn profile(&self, profile: ProfileId) -> Slot {
        slot_of(self.profiles + profile.index())
    }

    pub fn common_cause(&self, group: CommonCauseId) -> Slot {
        slot_of(self.common_causes + group.index())
    }

    pub fn short(&self, short: u32) -> Slot {
        slot_of(self.shorts) + short
    }
}

fn slot_of(place: usize) -> Slot {
    Slot::try_from(place).expect("fewer than 2^32 timers")
}

/// Whether a node ever sets a timer of its own.
fn has_timer(net: &Netlist, node: NodeId) -> bool {
    match net.kind(node) {
        NodeKind::Starter | NodeKind::Selector | NodeKind::Buffer | NodeKind::Balance | NodeKind::Mesh => {
            true
        }
        NodeKind::Unit => {
            let unit = &net.units[net.slot(node)];
            let mut clocks = net.clocks.of(net.slot(node));
            let may_be_hidden = clocks.any(|(_, clock)| clock.is_hidden());
            may_be_hidden || unit.spec.inspected.is_some() || unit.spec.demanded.is_some()
        }
        NodeKind::Gate | NodeKind::Level | NodeKind::Output => false,
    }
}
