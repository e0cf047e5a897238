//! **Unit**: sound, failed or destroyed; free or held; clocks of its own failures.

use crate::kernel::agent::What;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::settle::Engine;
use crate::kernel::spec::Reason;
use crate::kernel::state::Soundness;

impl Engine<'_> {
    pub(crate) fn show_unit(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let unit = &self.state.units[slot];
        let fit = unit.soundness == Soundness::Sound && unit.holds & !unit.passed == 0;
        let value = if fit { self.given(slot, unit.amount) } else { 0 };
        self.set_value(node, value, record);
        self.review_clocks(node);
    }

    /// A counted unit loses `items` of its amount; a flag, or all of it, fails.
    pub(crate) fn break_unit(&mut self, node: NodeId, items: i64, record: RecordId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        if unit.soundness != Soundness::Sound {
            return;
        }
        if items >= unit.amount {
            unit.soundness = Soundness::Failed;
        } else {
            unit.amount -= items.max(0);
        }
        self.show_unit(node, record);
    }

    pub(crate) fn destroy_unit(&mut self, node: NodeId, record: RecordId) {
        self.state.units[self.net.slot(node)].soundness = Soundness::Destroyed;
        self.show_unit(node, record);
    }

    pub(crate) fn repair_unit(&mut self, node: NodeId, record: RecordId) {
        let whole = self.net.units[self.net.slot(node)].amount;
        let unit = &mut self.state.units[self.net.slot(node)];
        match unit.soundness {
            Soundness::Destroyed => return,
            Soundness::Failed => unit.soundness = Soundness::Sound,
            Soundness::Sound if unit.amount < whole => unit.amount = whole,
            Soundness::Sound => return,
        }
        self.renew_clocks(node);
        self.show_unit(node, record);
    }

    pub(crate) fn hold_unit(&mut self, node: NodeId, reason: Reason, record: RecordId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        unit.holds |= 1 << reason.0;
        unit.passed &= !(1 << reason.0);
        self.show_unit(node, record);
    }

    pub(crate) fn lift_unit(&mut self, node: NodeId, reason: Reason, record: RecordId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        unit.holds &= !(1 << reason.0);
        unit.passed &= !(1 << reason.0);
        self.show_unit(node, record);
    }

    /// The unit is used in spite of those of these holds that it has.
    pub(crate) fn pass_over(&mut self, node: NodeId, holds: u64, record: RecordId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        unit.passed |= holds & unit.holds;
        self.show_unit(node, record);
    }

    pub(crate) fn set_amount(&mut self, node: NodeId, amount: i64, record: RecordId) {
        self.state.units[self.net.slot(node)].amount = amount.max(0);
        self.show_unit(node, record);
    }

    /// At the very beginning: units show what they are.
    pub(crate) fn begin_unit(&mut self, node: NodeId) {
        self.show_unit(node, RecordId::NONE);
    }

    /// Draws the lives of a unit's clocks afresh.
    pub(crate) fn renew_clocks(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let first = self.state.first_clock[slot] as usize;
        for (ordinal, clock) in self.net.units[slot].clocks.iter().enumerate() {
            let state = &mut self.state.clocks[first + ordinal];
            let number = u64::from(state.renewals) << 8 | ordinal as u64;
            state.renewals += 1;
            let mut stream = self
                .key
                .stream(self.net.streams[node.index()], purpose::LIFE, number);
            state.left = clock.law.sample_us(&mut stream).max(1);
            state.running_since = None;
            self.state
                .calendar
                .set(self.clock_slot(first + ordinal), NEVER, 0);
        }
        self.review_clocks(node);
    }

    fn clock_slot(&self, clock: usize) -> u32 {
        u32::try_from(self.scratch.timers.nodes + clock).expect("fewer than 2^32 timers")
    }

    /// Starts and stops the clocks of a unit as their conditions say.
    pub(crate) fn review_clocks(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let spec = &self.net.units[slot];
        if spec.clocks.is_empty() || self.beginning {
            return;
        }
        let first = self.state.first_clock[slot] as usize;
        let sound = self.state.units[slot].soundness == Soundness::Sound;
        let now = self.state.now;
        for (ordinal, clock) in spec.clocks.iter().enumerate() {
            let runs = sound
                && clock
                    .runs
                    .is_none_or(|(from, reading)| reading.read(self.value(from)) != 0);
            let timer = self.clock_slot(first + ordinal);
            let tie = crate::kernel::run::tie_of_node(self.net.order[node.index()]);
            let state = &mut self.state.clocks[first + ordinal];
            match (state.running_since, runs) {
                (None, true) => {
                    state.running_since = Some(now);
                    let at = now.checked_add(state.left).unwrap_or(NEVER);
                    self.state.calendar.set(timer, at, tie);
                }
                (Some(since), false) => {
                    state.left -= (now - since).min(state.left);
                    state.running_since = None;
                    self.state.calendar.set(timer, NEVER, tie);
                }
                _ => {}
            }
        }
    }

    /// A clock has run out.
    pub(crate) fn clock_ran_out(&mut self, clock: usize) {
        let node = self.scratch.clock_units[clock];
        let record = self.record(RecordId::NONE, What::Life { node });
        self.break_unit(node, i64::MAX, record);
    }
}
