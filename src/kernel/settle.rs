//! One instant: changes of values travel along the edges until nothing is dirty.

use super::agent::{Record, Wake, What};
use super::calendar::NEVER;
use super::ids::{NodeId, RecordId};
use super::netlist::{Edge, Look, Netlist};
use super::scratch::Scratch;
use super::state::State;
use crate::random::{Key, Stream};

/// The engine at work on one replication: what is shared, what changes, what is scratch.
pub(crate) struct Engine<'a> {
    pub net: &'a Netlist,
    pub state: &'a mut State,
    pub scratch: &'a mut Scratch,
    pub key: Key,
    /// Whether the why-log is kept.
    pub causes: bool,
    /// Whether calls for work are kept when they have ended.
    pub calls: bool,
    /// The first settling, before time begins: stages take no time, and anything may rise.
    pub beginning: bool,
    /// The round of the present instant, from 1.
    pub round: u32,
    pub cursor: u32,
}

/// Looks at nodes in one settling, for each node and in all, beyond which the network would never settle: each round takes something away,
/// so the bound is generous.
const LOOKS_MAX: (usize, usize) = (1_000, 100_000);

impl Engine<'_> {
    pub fn value(&self, node: NodeId) -> i64 {
        self.state.values[node.index()]
    }

    /// Adds an entry to the why-log, if one is kept. What follows nothing and is no root of its own has been so from the beginning, and
    /// follows that.
    pub fn record(&mut self, follows: RecordId, what: What) -> RecordId {
        if !self.causes {
            return RecordId::NONE;
        }
        let is_consequence = matches!(
            what,
            What::Input { .. }
                | What::Stage { .. }
                | What::Called { .. }
                | What::Done { .. }
                | What::Failed { .. }
        );
        let follows = if follows == RecordId::NONE && is_consequence {
            RecordId(0)
        } else {
            follows
        };
        let id = RecordId::new(self.state.log_first as usize + self.state.log.len());
        self.state.log.push(Record {
            at: self.state.now,
            follows,
            what,
        });
        id
    }

    /// The stream of a node's next draw for a purpose.
    pub fn next_stream(&mut self, node: NodeId, purpose: u8) -> Stream {
        let number = self.state.draws[node.index()];
        self.state.draws[node.index()] = number + 1;
        self.key
            .stream(self.net.streams[node.index()], purpose, u64::from(number))
    }

    /// Sets the timer of a node to an absolute time.
    pub fn set_timer(&mut self, node: NodeId, at: u64) {
        assert!(at >= self.state.now, "no stage of a node ends in the past");
        let slot = self.scratch.timers.node(node);
        let tie = super::run::tie_of_node(self.net.order[node.index()]);
        self.state.calendar.set(slot, at, tie);
    }

    /// The time after a delay, or never.
    pub fn after(&self, delay_us: u64) -> u64 {
        self.state.now.checked_add(delay_us).unwrap_or(NEVER)
    }

    /// The node has to be looked at, because of what `why` tells.
    pub fn mark(&mut self, node: NodeId, why: RecordId) {
        self.scratch.dirty.insert(self.net.order[node.index()]);
        self.scratch.why[node.index()] = why;
    }

    /// Gives a node a new value and hands the change on.
    pub fn set_value(&mut self, node: NodeId, to: i64, record: RecordId) {
        let index = node.index();
        let from = self.state.values[index];
        if from == to {
            return;
        }
        if !self.scratch.is_touched[index] {
            self.scratch.is_touched[index] = true;
            self.scratch.touched.push((node, from));
        }
        self.state.values[index] = to;
        self.state.records[index] = record;
        let net = self.net;
        for edge in net.edges.of(index) {
            match *edge {
                Edge::Term {
                    to: gate,
                    reading,
                    weight,
                } => {
                    let change = weight * (reading.read(to) - reading.read(from));
                    if change != 0 {
                        self.state.sums[gate.index()] += change;
                        self.mark(gate, record);
                    }
                }
                Edge::Look(other) => self.mark(other, record),
                Edge::Member { to: member, inverted } => {
                    self.mark_member(member, (to > from) != inverted, record);
                }
                Edge::Mesh { to: mesh, input } => self.note_mesh_input(mesh, input, from, to, record),
                Edge::Draw {
                    to: other,
                    reading,
                    amount,
                } => {
                    let change = amount * (reading.read(to) - reading.read(from));
                    if change != 0 {
                        self.add_load(other, change, record);
                    }
                }
                Edge::Clock(unit) => self.review_clocks(unit),
                Edge::Work(work) => self.list_work(work),
                Edge::Short(short) => self.list_short(short),
                Edge::Needs(work) => self.look_again(work),
                Edge::Serves(audience) => self.audience_changed(audience),
                Edge::Heads(crew) => self.heads_changed(crew, to < from),
                Edge::Agent(agent) => self.scratch.wakes.push((agent, Wake::Changed(node), record)),
            }
        }
    }

    /// Draws more (or less) at a node and at all that it hands its load on to.
    pub fn add_load(&mut self, node: NodeId, change: i64, why: RecordId) {
        if change == 0 {
            return;
        }
        let net = self.net;
        let index = node.index();
        let before = self.state.loads[index];
        let after = before + change;
        self.state.loads[index] = after;
        for &reader in net.load_readers.of(index) {
            self.mark(reader, why);
        }
        for &(next, share_ppm, source) in net.passes.of(index) {
            let change = match source {
                Some(source) => self.handed_on(node, source, after) - self.handed_on(node, source, before),
                None => share(after, share_ppm) - share(before, share_ppm),
            };
            self.add_load(next, change, why);
        }
    }

    /// Looks at dirty nodes in order until none is left. Tells whether that came to an end.
    pub fn settle(&mut self) -> bool {
        self.round = 1;
        self.cursor = 0;
        let mut looks = LOOKS_MAX.0 * self.net.len() + LOOKS_MAX.1;
        loop {
            let Some(place) = self.scratch.dirty.first_from(self.cursor) else {
                if self.beginning && self.round == 1 {
                    self.mark_balances_in_circles();
                }
                if self.scratch.dirty.is_empty() {
                    return true;
                }
                self.round += 1;
                self.cursor = 0;
                continue;
            };
            looks -= 1;
            if looks == 0 {
                return false;
            }
            self.scratch.dirty.remove(place);
            self.cursor = place;
            self.look(self.net.by_order[place as usize]);
        }
    }

    fn look(&mut self, node: NodeId) {
        let why = self.scratch.why[node.index()];
        match self.net.looks[node.index()] {
            Look::Gate => self.look_at_gate(node, why),
            Look::Level => self.look_at_level(node, why),
            Look::Starter => self.look_at_starter(node, why),
            Look::Selector => self.look_at_selector(node, why),
            Look::Buffer => self.look_at_buffer(node, why),
            Look::Balance => self.look_at_balance(node, why),
            Look::Mesh => self.look_at_mesh(node, why),
            Look::Group => self.look_at_group(self.net.groups[node.index()], why),
            Look::Nothing => {}
        }
    }

    /// The record of a value that follows from an input whose change `why` tells.
    pub fn follow(&mut self, why: RecordId, from: NodeId) -> RecordId {
        self.record(why, What::Input { from })
    }
}

/// A share of a load, rounded down so that equal loads give equal shares.
fn share(load: i64, share_ppm: i64) -> i64 {
    let product = i128::from(load) * i128::from(share_ppm) / i128::from(super::FULL_PPM);
    i64::try_from(product).expect("a share of a load is no larger than the load")
}

/// Whether something of this chance happens, by one number of the stream.
#[expect(clippy::cast_precision_loss, reason = "parts per million are far below 2^53")]
pub(crate) fn happens(stream: &mut Stream, ppm: i64) -> bool {
    ppm > 0 && stream.unit_open() * 1e6 < ppm as f64
}
