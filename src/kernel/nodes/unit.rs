//! **Unit**: sound, failed or destroyed; free or held. What is known of its failures; their clocks are beside, in `clocks`.

use crate::kernel::agent::What;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::UnitRow;
use crate::kernel::settle::Engine;
use crate::kernel::spec::Reason;
use crate::kernel::state::Soundness;

impl Engine<'_> {
    pub(super) fn unit_row(&self, node: NodeId) -> &UnitRow {
        &self.net.units[self.net.slot(node)]
    }

    pub(crate) fn show_unit(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let unit = &self.state.units[slot];
        let fit = unit.soundness == Soundness::Sound && unit.holds & !unit.passed == 0;
        let value = if fit { self.given(slot, unit.amount) } else { 0 };
        let known = i64::from(unit.soundness != Soundness::Sound && !unit.hidden);
        self.set_value(node, value, record);
        if let Some(output) = self.net.known[slot] {
            self.set_value(output, known, record);
        }
        self.review_clocks(node);
    }

    /// A counted unit loses `items` of its amount; a flag, or all of it, fails. What is done from outside is seen.
    pub(crate) fn break_unit(&mut self, node: NodeId, items: i64, record: RecordId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        if unit.soundness != Soundness::Sound {
            return;
        }
        if items >= unit.amount {
            self.fail_unit(node, false, record);
        } else {
            unit.amount -= items.max(0);
            self.show_unit(node, record);
        }
    }

    /// A sound unit fails as a whole.
    pub(crate) fn fail_unit(&mut self, node: NodeId, hidden: bool, record: RecordId) {
        let now = self.state.now;
        let unit = &mut self.state.units[self.net.slot(node)];
        unit.soundness = Soundness::Failed;
        unit.hidden = hidden;
        unit.failed_at = now;
        unit.why = record;
        self.show_unit(node, record);
    }

    pub(crate) fn destroy_unit(&mut self, node: NodeId, record: RecordId) {
        self.state.units[self.net.slot(node)].soundness = Soundness::Destroyed;
        self.forget_hidden(node);
        self.show_unit(node, record);
    }

    pub(crate) fn repair_unit(&mut self, node: NodeId, record: RecordId) {
        let net = self.net;
        let unit = &mut self.state.units[self.net.slot(node)];
        match unit.soundness {
            Soundness::Destroyed => return,
            Soundness::Failed => unit.soundness = Soundness::Sound,
            Soundness::Sound => {
                let whole = net.units[net.slot(node)].spec.amount;
                if unit.amount >= whole {
                    return;
                }
                unit.amount = whole;
            }
        }
        self.forget_hidden(node);
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
}

/// Hidden failures, and how they are found.
impl Engine<'_> {
    /// Nothing is hidden any more.
    fn forget_hidden(&mut self, node: NodeId) {
        let unit = &mut self.state.units[self.net.slot(node)];
        if unit.hidden {
            unit.hidden = false;
            self.set_timer(node, NEVER);
        }
    }

    /// Whether the unit is called on now.
    fn is_demanded(&self, node: NodeId) -> bool {
        let demanded = self.unit_row(node).spec.demanded;
        demanded.is_some_and(|(from, reading)| reading.read(self.value(from)) != 0)
    }

    /// The first inspection after now, or never.
    fn next_inspection(&self, node: NodeId) -> u64 {
        let Some(inspections) = self.unit_row(node).spec.inspected else {
            return NEVER;
        };
        let (now, period) = (self.state.now, inspections.period_us.max(1));
        let first = self.state.units[self.net.slot(node)].inspected_at;
        if now < first {
            return first;
        }
        let more = (now - first) / period + 1;
        more.checked_mul(period)
            .and_then(|later| first.checked_add(later))
            .unwrap_or(NEVER)
    }

    /// Sets the timer at which a hidden failure is found. A demand finds it a microsecond later, once the instant has settled: it might
    /// not have stood.
    pub(super) fn await_finding(&mut self, node: NodeId) {
        let at = if self.is_demanded(node) {
            self.after(1)
        } else {
            self.next_inspection(node)
        };
        self.set_timer(node, at);
    }

    /// The timer of a unit has come: an inspection, or a demand that stands.
    pub(crate) fn unit_timer(&mut self, node: NodeId) {
        let unit = self.state.units[self.net.slot(node)];
        let now = self.state.now;
        let inspected = self.unit_row(node).spec.inspected.is_some_and(|inspections| {
            now >= unit.inspected_at && (now - unit.inspected_at).is_multiple_of(inspections.period_us.max(1))
        });
        if inspected || self.is_demanded(node) {
            let (why, since) = (unit.why, unit.failed_at);
            let record = self.record(why, What::Found { node, since });
            self.find(node, record);
        } else {
            self.await_finding(node);
        }
    }

    /// Somebody looks at a unit.
    pub(crate) fn inspect_unit(&mut self, node: NodeId, record: RecordId) {
        if self.state.units[self.net.slot(node)].hidden {
            self.find(node, record);
        }
    }

    fn find(&mut self, node: NodeId, record: RecordId) {
        self.forget_hidden(node);
        if let Some(output) = self.net.known[self.net.slot(node)] {
            self.set_value(output, 1, record);
        }
    }
}
