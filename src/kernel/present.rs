//! What observers may ask of the present state beyond the values of nodes: levels of stores, busy heads, what is still to come.
//!
//! Everything here is read only and costs nothing unless it is asked for.

use super::calendar::{NEVER, Slot};
use super::ids::{AgentId, CommonCauseId, CrewId, InstanceId, NodeId, PartId, ProfileId, WorkId};
use super::netlist::{Netlist, NodeKind};
use super::nodes::{BufferLook, Policy};
use super::state::{Alarm, Change, Soundness, Stage, State};
use super::timers::{Timers, Whose};

/// Something that is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// A stage of a node comes to its end: a start, a transfer, a crossing, a delay.
    Stage(NodeId),
    /// A failure clock of a unit runs out.
    Life(NodeId),
    /// A call for work is done.
    Work(InstanceId),
    /// A call for work of which nothing else is kept is done.
    Short(WorkId),
    /// Another way is considered for the calls of a work that wait.
    Patience(WorkId),
    /// A call that waits is given up.
    Overdue(InstanceId),
    /// A part that was ordered comes.
    Delivery(PartId),
    /// A work is called for from outside.
    Call(WorkId),
    /// A profile makes a step.
    Step(ProfileId),
    /// A common cause strikes its group.
    Shock(CommonCauseId),
    /// An agent is woken.
    Agent(AgentId),
    /// A timer that belongs to nothing: a mistake of the engine.
    Orphan,
}

impl State {
    /// How many heads of a crew are at work, for each of its nodes of heads.
    pub fn busy(&self, net: &Netlist, crew: CrewId) -> &[u32] {
        let row = &net.crews[crew.index()];
        &self.busy[row.first_bench..row.first_bench + row.heads.len()]
    }

    /// Whether a call for work runs now.
    pub fn runs(&self, instance: InstanceId) -> bool {
        let work = self.instances[instance.index()].work;
        self.works[work.index()].running.contains(&instance)
    }

    /// A buffer at the present time.
    ///
    /// # Panics
    /// When the node is no buffer.
    pub fn buffer(&self, net: &Netlist, buffer: NodeId) -> BufferLook {
        assert_eq!(net.kind(buffer), NodeKind::Buffer, "only a buffer has a level");
        let slot = net.slot(buffer);
        net.buffers[slot].look(&self.buffers[slot], self.now)
    }

    /// Whether a starter stays on for a while although a requirement is lost.
    ///
    /// # Panics
    /// When the node is no starter.
    pub fn coasts(&self, net: &Netlist, starter: NodeId) -> bool {
        assert_eq!(net.kind(starter), NodeKind::Starter, "only a starter coasts");
        self.starters[net.slot(starter)].stage == Stage::Coasting
    }

    /// How many items of a starter are on (stopping included), off (starting included) and dead.
    ///
    /// # Panics
    /// When the node is no starter.
    pub fn items(&self, net: &Netlist, starter: NodeId) -> (i64, i64, i64) {
        assert_eq!(net.kind(starter), NodeKind::Starter, "only a starter has items");
        let state = &self.starters[net.slot(starter)];
        (state.on, state.off + state.starting, state.dead)
    }

    /// Whether a node has something of its own under way, for which a timer may be set.
    pub fn has_stage(&self, net: &Netlist, node: NodeId) -> bool {
        let slot = net.slot(node);
        match net.kind(node) {
            NodeKind::Starter => {
                let state = &self.starters[slot];
                match state.stage {
                    Stage::On | Stage::Failed => false,
                    Stage::Off => state.tries > 0,
                    _ => true,
                }
            }
            NodeKind::Selector => !matches!(
                self.selectors[slot].change,
                Change::Steady | Change::Seeking | Change::Failed
            ),
            NodeKind::Buffer => self.buffers[slot].trend != 0,
            NodeKind::Mesh => self.meshes[slot].is_put_off(),
            // Breakers, latches and inspections have times of their own.
            NodeKind::Balance => match net.balances[slot].policy {
                Policy::Proportional | Policy::Priority => self.balances[slot].put_off,
                _ => true,
            },
            NodeKind::Unit => true,
            _ => false,
        }
    }

    /// Whether a balance still holds something back that it will give later: a rise that was put off.
    ///
    /// # Panics
    /// When the node is no balance.
    pub fn holds_back(&self, net: &Netlist, balance: NodeId) -> bool {
        assert_eq!(net.kind(balance), NodeKind::Balance, "only a balance grants");
        self.balances[net.slot(balance)].put_off
    }

    /// What each consumer of a balance asked for at its last look, in the order of service: (output, amount).
    ///
    /// # Panics
    /// When the node is no balance.
    pub fn asked_of(&self, net: &Netlist, balance: NodeId) -> Vec<(NodeId, i64)> {
        assert_eq!(
            net.kind(balance),
            NodeKind::Balance,
            "only a balance has consumers"
        );
        let row = &net.balances[net.slot(balance)];
        let states = &self.consumers[row.first_consumer..];
        let consumers = row.consumers.iter().zip(states);
        consumers
            .map(|(consumer, state)| (consumer.output, state.asked))
            .collect()
    }

    /// All that is still to come, with its time in microseconds, in no order of meaning.
    pub fn pending(&self, net: &Netlist) -> Vec<(u64, Pending)> {
        let timers = Timers::new(net);
        let what = |slot: Slot| {
            let alarm = match timers.whose(slot) {
                Whose::Node(node) => return Pending::Stage(node),
                Whose::Clock(clock) => return Pending::Life(timers.unit(clock)),
                Whose::Profile(profile) => return Pending::Step(profile),
                Whose::CommonCause(group) => return Pending::Shock(group),
                Whose::Short(short) => return Pending::Short(net.shorts[short as usize].work()),
                Whose::Alarm(alarm) => self.alarms[alarm],
            };
            match alarm {
                Alarm::Free => Pending::Orphan,
                Alarm::Work(instance) => Pending::Work(instance),
                Alarm::Patience(work) => Pending::Patience(work),
                Alarm::Overdue(call) => Pending::Overdue(call),
                Alarm::Delivery(part) => Pending::Delivery(part),
                Alarm::Arrival(work) => Pending::Call(work),
                Alarm::Agent { agent, .. } => Pending::Agent(agent),
            }
        };
        let pending = self.calendar.timers();
        pending.map(|(at, slot)| (at, what(slot))).collect()
    }

    /// Whether any call of a work waits.
    pub fn has_waiting(&self, work: WorkId) -> bool {
        !self.works[work.index()].waiting.is_empty()
    }

    /// Whether a unit is sound, whatever holds it.
    ///
    /// # Panics
    /// When the node is no unit.
    pub fn is_sound(&self, net: &Netlist, unit: NodeId) -> bool {
        assert_eq!(net.kind(unit), NodeKind::Unit, "only a unit is sound");
        self.units[net.slot(unit)].soundness == Soundness::Sound
    }

    /// The time that was reached, in microseconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// When the next thing comes, in microseconds; `None` if nothing does.
    pub fn next_at(&self) -> Option<u64> {
        Some(self.calendar.next()).filter(|&at| at != NEVER)
    }
}
