//! What is done to a starter from outside: by actions, by finished work, and at the very beginning.

use super::starter::Wishes;
use crate::kernel::action::{Action, Passes};
use crate::kernel::agent::What;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::NodeKind;
use crate::kernel::purpose;
use crate::kernel::reading::FULL_PPM;
use crate::kernel::settle::{Engine, happens};
use crate::kernel::spec::{ItemState, Reason};
use crate::kernel::state::{Stage, StarterState};
use crate::random::{Stream, binomial};

impl StarterState {
    /// How many items are in a state. All that stop are still on.
    pub fn count(&self, state: ItemState) -> i64 {
        match state {
            ItemState::Off => self.off,
            ItemState::Starting => self.starting,
            ItemState::Stopping if self.stage == Stage::Stopping => self.on,
            ItemState::Stopping => 0,
            ItemState::Dead => self.dead,
            ItemState::BeingStarted => self.being_started,
        }
    }

    /// How many items in a state call for work. What was switched off stays off until it is started.
    pub fn backlog(&self, state: ItemState) -> i64 {
        if self.stopped && state == ItemState::Off {
            0
        } else {
            self.count(state)
        }
    }
}

impl Engine<'_> {
    /// Brings `items` of a counted starter on, but for those found dead; nothing happens while a requirement is missing.
    pub(super) fn put_on(&mut self, node: NodeId, items: i64, stream: &mut Stream, record: RecordId) {
        let slot = self.net.slot(node);
        let fails_ppm = self.net.starters[slot].spec.fails_ppm;
        let state = &self.state.starters[slot];
        let items = items.clamp(0, state.off);
        if items == 0 || state.stage == Stage::Stopping || !self.wishes(node).able {
            return;
        }
        // Only a hard stop kills: what was never on, or was stopped in order, comes back.
        let dead = if state.hard_stop && fails_ppm > 0 {
            let tried = u64::try_from(items).expect("not negative");
            let share = to_f64(fails_ppm) / to_f64(FULL_PPM);
            i64::try_from(binomial(stream, tried, share)).expect("at most the items")
        } else {
            0
        };
        let state = &mut self.state.starters[slot];
        state.off -= items;
        state.on += items - dead;
        state.dead += dead;
        if dead > 0 {
            state.items_why = record;
        }
        // Beside a stage that is under way they are simply on.
        match state.stage {
            Stage::Off | Stage::On | Stage::Failed if state.on > 0 => self.enter(node, Stage::On, record),
            Stage::Off | Stage::Failed if state.off == 0 => self.enter(node, Stage::Failed, record),
            _ => {}
        }
        self.show_starter(node, record);
    }

    /// Work has started items of this starter.
    pub(crate) fn start_items(&mut self, node: NodeId, items: i64, stream: &mut Stream, record: RecordId) {
        self.put_on(node, items, stream, record);
    }

    /// Work has repaired items of this starter: they are off and may be started. What is destroyed stays so.
    pub(crate) fn repair_items(&mut self, node: NodeId, items: i64, record: RecordId) {
        let slot = self.net.slot(node);
        let state = &mut self.state.starters[slot];
        let items = items.clamp(0, state.dead);
        if items == 0 {
            return;
        }
        state.dead -= items;
        state.off += items;
        state.items_why = record;
        if state.stage == Stage::Failed {
            self.enter(node, Stage::Off, record);
        }
        self.show_starter(node, record);
        self.mark(node, record);
    }

    /// An action starts a starter, by force where it says what is passed over: a single one goes through its start, items of a counted one
    /// come on at once. What stops is started once it has stopped. An order that cannot be followed now is lost, but that one which starts
    /// by itself does so again.
    pub(crate) fn start_by_action(
        &mut self,
        node: NodeId,
        items: i64,
        force: Option<Passes>,
        record: RecordId,
    ) {
        let slot = self.net.slot(node);
        let counted = self.net.starters[slot].spec.items > 1;
        self.state.starters[slot].stopped = false;
        if let Some(passes) = force {
            let state = &mut self.state.starters[slot];
            state.forced = passes.start_requirements;
            state.passed |= passes.holds & state.holds;
        }
        let wishes = self.wishes(node);
        let may = wishes.able && (wishes.may_start || self.state.starters[slot].forced);
        let state = &mut self.state.starters[slot];
        state.ordered = may && !wishes.called;
        match state.stage {
            Stage::Stopping => state.again = may,
            _ if !may => {}
            Stage::RunningOn => self.settle_down(node, record),
            Stage::Off | Stage::Waiting | Stage::Retrying if !counted && state.off > 0 => {
                self.begin_start(node, record);
            }
            _ if counted => {
                let mut stream = self.next_stream(node, purpose::ITEMS);
                self.put_on(node, items, &mut stream, record);
                self.state.starters[slot].forced = false;
            }
            _ => {}
        }
        let state = &mut self.state.starters[slot];
        if matches!(state.stage, Stage::Off | Stage::Failed) {
            (state.forced, state.ordered, state.passed) = (false, false, 0);
        }
        self.show_starter(node, record);
        self.mark(node, record);
    }

    /// An action forces a thing, which may be the end of it.
    pub(crate) fn force(&mut self, node: NodeId, passes: Passes, record: RecordId) {
        let destroys = passes.destroys_ppm > 0 && {
            let mut stream = self.next_stream(node, purpose::DEMAND);
            happens(&mut stream, passes.destroys_ppm)
        };
        if destroys {
            let record = self.record(record, What::DemandFailure { node });
            self.act(Action::Destroy { node }, record);
        } else if self.net.kind(node) == NodeKind::Starter {
            self.start_by_action(node, i64::MAX, Some(passes), record);
        } else {
            self.pass_over(node, passes.holds, record);
        }
    }

    /// An action switches a starter off in an orderly way.
    pub(crate) fn stop_by_action(&mut self, node: NodeId, record: RecordId) {
        self.break_off(node, record);
        let state = &mut self.state.starters[self.net.slot(node)];
        state.stopped = true;
        (state.ordered, state.again) = (false, false);
        if state.on > 0 && state.stage != Stage::Stopping {
            self.begin_stop(node, record);
        }
        self.show_starter(node, record);
    }

    /// `items` of a starter fail: those that are on first, then those that start.
    pub(crate) fn break_starter(&mut self, node: NodeId, items: i64, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        let items = items.max(0);
        let from_on = items.min(state.on);
        let from_starting = (items - from_on).min(state.starting);
        let from_off = (items - from_on - from_starting).min(state.off);
        let broken = from_on + from_starting + from_off;
        if broken == 0 {
            return;
        }
        state.on -= from_on;
        state.starting -= from_starting;
        state.off -= from_off;
        state.dead += broken;
        state.items_why = record;
        if from_on > 0 && state.on == 0 {
            state.hard_stop = true;
        }
        let is_idle = match state.stage {
            Stage::Starting => state.starting == 0,
            Stage::Waiting | Stage::Retrying => state.off == 0,
            _ => state.on == 0,
        };
        if state.on + state.starting + state.off == 0 {
            self.fail_starter(node, record);
            return;
        }
        if is_idle {
            self.settle_down(node, record);
        }
        self.show_starter(node, record);
        self.mark(node, record);
    }

    /// Nothing is left of it that could start.
    pub(super) fn fail_starter(&mut self, node: NodeId, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        state.tries = 0;
        (state.forced, state.ordered, state.again, state.passed) = (false, false, false, 0);
        state.items_why = record;
        self.enter(node, Stage::Failed, record);
        self.set_timer(node, NEVER);
        self.show_starter(node, record);
    }

    /// All of a starter is lost for good: it is in no state, and no repair brings it back.
    pub(crate) fn destroy_starter(&mut self, node: NodeId, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        (state.on, state.starting, state.off, state.dead) = (0, 0, 0, 0);
        self.fail_starter(node, record);
    }

    /// A reason keeps a starter from being used: it is not able until the reason is lifted, or passed over by force.
    pub(crate) fn hold_starter(&mut self, node: NodeId, reason: Reason, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        state.holds |= 1 << reason.0;
        state.passed &= !(1 << reason.0);
        self.mark(node, record);
    }

    pub(crate) fn lift_starter(&mut self, node: NodeId, reason: Reason, record: RecordId) {
        self.state.starters[self.net.slot(node)].holds &= !(1 << reason.0);
        self.mark(node, record);
    }

    /// At the very beginning what can be on is on: `initial_on` items, where its requirements and triggers hold.
    pub(super) fn begin_starter(&mut self, node: NodeId, wishes: Wishes) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let on = if wishes.able && wishes.wanted {
            spec.initial_on.clamp(0, spec.items)
        } else {
            0
        };
        let state = &mut self.state.starters[slot];
        state.on = on;
        state.off = spec.items - on;
        state.stage = if on > 0 { Stage::On } else { Stage::Off };
        self.show_starter(node, RecordId::NONE);
    }
}

#[expect(clippy::cast_precision_loss, reason = "parts per million are far below 2^53")]
fn to_f64(ppm: i64) -> f64 {
    ppm as f64
}
