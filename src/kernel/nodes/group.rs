//! **Groups**: levels, and what stands between them, that need each other within one instant.
//!
//! Such circles are real. What runs takes the *greatest* fixed point: nothing falls but for a reason outside the circle. Falls
//! descend from the present values; a rise lets the members that could profit start again from their best and descend from there. With
//! their states frozen all members are monotone, so the order of the descent does not matter.
//!
//! A level in a circle has two values. What its hard inputs alone allow is its *trial* value, and all that reads it within the circle reads
//! that; what it shows outside is the trial less the losses of its soft inputs. So one pass over the soft inputs settles them: a modelling
//! choice, without which shares would be lost again and again round the circle. A starter in a circle counts as what it has on while its
//! requirements and triggers hold: what has stopped comes back by a start alone, never by the circle. A selector counts as the source that it
//! has chosen. A balance counts by its state: it is no member, but looks at the circle one round later (`assemble.rs` sees to that).

use super::level::{losses, support};
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::{GroupRow, NO_GROUP, NodeKind};
use crate::kernel::reading::FULL_PPM;
use crate::kernel::settle::Engine;

/// Scratch memory of a descent: sets of places, each with a list in the order of insertion.
#[derive(Default)]
pub(crate) struct Descent {
    /// Still to be looked at.
    open: Places,
    /// What could profit from a rise.
    cone: Places,
    /// What may show another value outside.
    shown: Places,
}

#[derive(Default)]
struct Places {
    list: Vec<u32>,
    holds: Vec<bool>,
}

impl Places {
    fn add(&mut self, place: u32) {
        if !std::mem::replace(&mut self.holds[place as usize], true) {
            self.list.push(place);
        }
    }

    fn pop(&mut self) -> Option<u32> {
        let place = self.list.pop()?;
        self.holds[place as usize] = false;
        Some(place)
    }

    fn clear(&mut self) {
        while self.pop().is_some() {}
    }
}

impl Descent {
    /// Memory for groups of at most so many members.
    pub fn for_members(members: usize) -> Self {
        let places = || Places {
            list: Vec::new(),
            holds: vec![false; members],
        };
        Self {
            open: places(),
            cone: places(),
            shown: places(),
        }
    }
}

impl Engine<'_> {
    /// An input of a group's member has changed, for the better or the worse.
    pub(crate) fn mark_member(&mut self, node: NodeId, rose: bool, why: RecordId) {
        let group = self.net.groups[node.index()] as usize;
        self.scratch.pending[group].push((self.net.places[node.index()], rose));
        self.mark(node, why);
    }

    /// What `reader` sees of `from`: within one group the trial value.
    pub(crate) fn seen(&self, reader: NodeId, from: NodeId) -> i64 {
        let group = self.net.groups[reader.index()];
        if group == NO_GROUP || self.net.groups[from.index()] != group {
            return self.value(from);
        }
        self.state.trials[self.net.group_rows[group as usize].first + self.net.places[from.index()] as usize]
    }

    /// What a member would be if the trial values of its group were those of the others.
    fn trial(&self, node: NodeId) -> i64 {
        let net = self.net;
        match net.kind(node) {
            NodeKind::Level => support(net.levels[net.slot(node)], net.inputs(node), |from| {
                self.seen(node, from)
            }),
            NodeKind::Gate => {
                let sum: i64 = net
                    .inputs(node)
                    .iter()
                    .map(|input| input.weight * input.reading.read(self.seen(node, input.from)))
                    .sum();
                i64::from(sum >= net.gates[net.slot(node)])
            }
            NodeKind::Starter => self.starter_keeps(node),
            NodeKind::Selector => self.selector_keeps(node),
            kind => unreachable!("a {kind:?} is never in a group"),
        }
    }

    /// What a member could be at the best, with its state as it is.
    fn best(&self, node: NodeId) -> i64 {
        match self.net.kind(node) {
            NodeKind::Level => FULL_PPM,
            NodeKind::Gate | NodeKind::Selector => 1,
            NodeKind::Starter => self.starter_at_best(node),
            kind => unreachable!("a {kind:?} is never in a group"),
        }
    }

    /// Settles a group on its greatest fixed point.
    pub(crate) fn look_at_group(&mut self, group: u32, why: RecordId) {
        let row = &self.net.group_rows[group as usize];
        let mut descent = std::mem::take(&mut self.scratch.descent);
        self.gather(group, row, &mut descent);
        self.descend(row, &mut descent);
        descent.shown.list.sort_unstable();
        for &place in &descent.shown.list {
            self.show_member(row.members[place as usize], row.first + place as usize, why);
        }
        descent.shown.clear();
        self.scratch.descent = descent;
        self.forget_own_changes(group, row);
        for &place in &row.stateful {
            self.correct(group, row, place, why);
        }
    }

    /// Finds what has changed for the members: what could profit begins again from its best.
    fn gather(&mut self, group: u32, row: &GroupRow, descent: &mut Descent) {
        let mut pending = std::mem::take(&mut self.scratch.pending[group as usize]);
        if self.beginning {
            pending.extend((0u32..).zip(&row.members).map(|(place, _)| (place, true)));
        }
        for &place in &row.stateful {
            // Its own state may have changed, of which no edge tells.
            let now = self.trial(row.members[place as usize]);
            pending.push((place, now > self.state.trials[row.first + place as usize]));
        }
        for &(place, rose) in &pending {
            self.settled_member(row, place);
            descent.shown.add(place);
            descent.open.add(place);
            if rose {
                descent.cone.add(place);
            }
        }
        pending.clear();
        self.scratch.pending[group as usize] = pending;
        let mut next = 0;
        while let Some(&place) = descent.cone.list.get(next) {
            next += 1;
            row.held
                .of(place as usize)
                .iter()
                .for_each(|&held| descent.cone.add(held));
        }
        for &place in &descent.cone.list {
            self.state.trials[row.first + place as usize] = self.best(row.members[place as usize]);
            descent.open.add(place);
            descent.shown.add(place);
            row.softened
                .of(place as usize)
                .iter()
                .for_each(|&softened| descent.shown.add(softened));
        }
        descent.cone.clear();
    }

    /// Lets trial values fall until each is what the others allow.
    fn descend(&mut self, row: &GroupRow, descent: &mut Descent) {
        while let Some(place) = descent.open.pop() {
            let allowed = self.trial(row.members[place as usize]);
            let trial = &mut self.state.trials[row.first + place as usize];
            if allowed < *trial {
                *trial = allowed;
                descent.shown.add(place);
                row.held
                    .of(place as usize)
                    .iter()
                    .for_each(|&held| descent.open.add(held));
                row.softened
                    .of(place as usize)
                    .iter()
                    .for_each(|&softened| descent.shown.add(softened));
            }
        }
    }

    /// Gives a member the value that it shows outside.
    fn show_member(&mut self, node: NodeId, trial_at: usize, why: RecordId) {
        let net = self.net;
        let trial = self.state.trials[trial_at];
        let value = match net.kind(node) {
            NodeKind::Starter => {
                self.look_at_starter(node, why);
                return;
            }
            NodeKind::Selector => {
                self.look_at_selector(node, why);
                return;
            }
            NodeKind::Level => (trial - losses(net.inputs(node), |from| self.seen(node, from))).max(0),
            _ => trial,
        };
        if value != self.value(node) {
            let record = self.follow(why, node);
            self.set_value(node, value, record);
        }
    }

    /// The member needs no look any more.
    fn settled_member(&mut self, row: &GroupRow, place: u32) {
        let node = row.members[place as usize];
        self.scratch.dirty.remove(self.net.order[node.index()]);
    }

    /// What members told each other while they were shown has been reckoned with. A member with a state of its own is looked at once more:
    /// its start requirements may have changed.
    fn forget_own_changes(&mut self, group: u32, row: &GroupRow) {
        let mut pending = std::mem::take(&mut self.scratch.pending[group as usize]);
        for &(place, _) in &pending {
            if row.stateful.binary_search(&place).is_err() {
                self.settled_member(row, place);
            }
        }
        pending.clear();
        self.scratch.pending[group as usize] = pending;
    }

    /// A member with a state of its own may have done otherwise than its trial: the others then follow it in another round.
    fn correct(&mut self, group: u32, row: &GroupRow, place: u32, why: RecordId) {
        let value = self.value(row.members[place as usize]);
        let trial = std::mem::replace(&mut self.state.trials[row.first + place as usize], value);
        if trial == value {
            return;
        }
        for &held in row.held.of(place as usize) {
            self.scratch.pending[group as usize].push((held, value > trial));
            self.mark(row.members[held as usize], why);
        }
    }
}
