//! Parts: what a work takes from the shelf when it begins, and what is ordered anew.

use super::Wait;
use crate::kernel::ids::{InstanceId, PartId, WorkId};
use crate::kernel::purpose;
use crate::kernel::settle::Engine;
use crate::kernel::spec::Tag;
use crate::kernel::state::Alarm;
use crate::random::Law;

/// Parts of one kind, kept in stock. Whatever is taken, or asked for in vain, is ordered anew at once, one for one, each with a lead time
/// of its own (the base-stock policy): what is on the shelf or ordered, less what waiting calls have asked for, is always the stock. Where
/// calls are given up, or put back what they had taken, there is more for a while, and so much less is ordered.
#[derive(Clone, Debug)]
pub struct PartsSpec {
    /// How many are on the shelf at the beginning; 0: each is ordered when it is needed.
    pub stock: u32,
    /// How long one that was ordered takes to come, in microseconds (at least 1).
    pub lead: Law,
}

/// Parts of a network.
pub(crate) struct PartRow {
    pub name: String,
    pub tag: Tag,
    pub spec: PartsSpec,
    pub stream: u64,
    /// Its place in the sorted order of names.
    pub tie: u32,
    /// The works that take them.
    pub takers: Vec<WorkId>,
}

/// How many parts of a kind there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartState {
    shelf: u32,
    ordered: u32,
    /// How many the calls that wait for them have asked for.
    asked: u32,
    /// How many have been ordered so far.
    orders: u32,
}

impl PartState {
    pub fn stocked(stock: u32) -> Self {
        Self {
            shelf: stock,
            ordered: 0,
            asked: 0,
            orders: 0,
        }
    }
}

impl crate::kernel::State {
    /// How many parts of a kind are on the shelf.
    pub fn parts_on_shelf(&self, part: PartId) -> u32 {
        self.parts[part.index()].shelf
    }
}

impl Engine<'_> {
    /// The first kind of part of which there are not enough.
    pub(super) fn lacks_part(&self, parts: &[(PartId, u32)]) -> Option<Wait> {
        parts
            .iter()
            .find(|&&(part, number)| self.state.parts[part.index()].shelf < number)
            .map(|&(part, _)| Wait::Part(part))
    }

    /// A call waits for the parts of a way: what is not there is ordered.
    pub(super) fn ask_for_parts(&mut self, instance: InstanceId, way: usize) {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        if call.asked_for == Some(way) {
            return;
        }
        let work = call.work;
        self.ask_no_more(instance);
        self.state.instances[instance.index()].asked_for = Some(way);
        for &(part, number) in &net.works[work.index()].spec.ways[way].parts {
            self.state.parts[part.index()].asked += number;
            self.order_parts(part);
        }
    }

    /// A call no longer waits for parts. What was ordered for it comes all the same.
    pub(super) fn ask_no_more(&mut self, instance: InstanceId) {
        let net = self.net;
        let call = &mut self.state.instances[instance.index()];
        let work = call.work;
        if let Some(way) = call.asked_for.take() {
            for &(part, number) in &net.works[work.index()].spec.ways[way].parts {
                self.state.parts[part.index()].asked -= number;
            }
        }
    }

    /// Takes the parts of a way from the shelf, where there are enough.
    pub(super) fn take_parts(&mut self, instance: InstanceId, parts: &[(PartId, u32)]) {
        self.ask_no_more(instance);
        for &(part, number) in parts {
            let state = &mut self.state.parts[part.index()];
            assert!(
                state.shelf >= number,
                "a call begins only when its parts are there"
            );
            state.shelf -= number;
            self.order_parts(part);
            self.shelf_changed(part);
        }
    }

    /// Orders what is missing.
    fn order_parts(&mut self, part: PartId) {
        let state = &self.state.parts[part.index()];
        let wanted = self.net.parts[part.index()].spec.stock + state.asked;
        for _ in state.shelf + state.ordered..wanted {
            self.order_part(part);
        }
    }

    fn order_part(&mut self, part: PartId) {
        let row = &self.net.parts[part.index()];
        let state = &mut self.state.parts[part.index()];
        let number = state.orders;
        state.orders += 1;
        state.ordered += 1;
        let mut stream = self.key.stream(row.stream, purpose::LEAD, u64::from(number));
        let at = self.after(row.spec.lead.sample_us(&mut stream).max(1));
        let slot = self.new_alarm(Alarm::Delivery(part));
        let tie = crate::kernel::run::tie_of_part(row.tie, number);
        self.state.calendar.set(slot, at, tie);
    }

    /// A part that was ordered has come.
    pub fn deliver(&mut self, part: PartId, slot: u32) {
        self.free_alarm(slot);
        let state = &mut self.state.parts[part.index()];
        state.ordered -= 1;
        state.shelf += 1;
        self.shelf_changed(part);
    }

    /// The works that take parts of a kind are looked at again: whether they can begin, or have to ask for what another one took.
    fn shelf_changed(&mut self, part: PartId) {
        let net = self.net;
        for &work in &net.parts[part.index()].takers {
            self.look_again(work);
        }
    }

    /// A call that runs no longer puts back what it has not used.
    pub(super) fn put_parts_back(&mut self, instance: InstanceId) {
        let net = self.net;
        let call = &self.state.instances[instance.index()];
        let (work, way) = (call.work, call.way);
        for &(part, number) in &net.works[work.index()].spec.ways[way].parts {
            self.state.parts[part.index()].shelf += number;
            self.shelf_changed(part);
        }
    }
}
