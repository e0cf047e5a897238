//! **Starter**: off, starting, on, stopping, failed; or a number of items per state.
//!
//! ```text
//!            trigger holds          start ends
//!   off ───────► waiting ───► starting ─────────► on ───► running on ───► stopping ───► off (in order)
//!    ▲              │        │   │  ▲              └────► coasting ───────────────────► off (hard)
//!    └── requirement or ─────┘   ▼  │
//!        trigger lost          retrying ───► failed ───► (repaired) off
//! ```
//!
//! What waits for its trigger or its start is broken off when a requirement or the trigger is lost; the next one begins anew. A start
//! requirement that is lost breaks off the waiting, but not a start that has begun. Items of a counted starter may start while others are
//! on. Until a stop has ended all its items count as on; a stop is carried to its end, though the trigger come back, unless a requirement
//! is lost for longer than the coast lasts. What ends at the very moment at which its reason is gone has held.

use crate::kernel::agent::What;
use crate::kernel::builder::Role;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::settle::Engine;
use crate::kernel::spec::StarterSpec;
use crate::kernel::state::{Stage, StarterState};

/// What a starter's inputs say.
#[derive(Clone, Copy)]
pub(super) struct Wishes {
    /// Every requirement holds, and nothing holds it that is not passed over.
    pub able: bool,
    /// Every trigger holds.
    pub called: bool,
    /// It is called, or ordered by hand.
    pub wanted: bool,
    /// Every start requirement holds.
    pub may_start: bool,
}

/// Whether what is on goes off at once.
fn falls(spec: &StarterSpec, state: &StarterState, wishes: Wishes) -> bool {
    let is_over = |stage: Stage| state.stage == stage && state.over;
    if is_over(Stage::Stopping) {
        return true;
    }
    if !wishes.able {
        return is_over(Stage::Coasting) || spec.coast_us == 0;
    }
    let runs_on = spec.run_on_us > 0 && !is_over(Stage::RunningOn);
    !wishes.wanted && !runs_on && spec.stop.is_none() && state.stage != Stage::Stopping
}

impl Engine<'_> {
    pub(super) fn wishes(&self, node: NodeId) -> Wishes {
        let state = &self.state.starters[self.net.slot(node)];
        let mut wishes = Wishes {
            able: state.holds & !state.passed == 0,
            called: true,
            wanted: true,
            may_start: true,
        };
        for input in self.net.inputs(node) {
            let holds = |value: i64| input.reading.read(value) != 0;
            match input.role {
                Role::Require => wishes.able &= holds(self.seen(node, input.from)),
                Role::Trigger => wishes.called &= holds(self.seen(node, input.from)),
                Role::StartRequire => wishes.may_start &= holds(self.value(input.from)),
                _ => {}
            }
        }
        wishes.wanted = wishes.called || state.ordered;
        wishes
    }

    pub(super) fn show_starter(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let row = &self.net.starters[slot];
        let state = self.state.starters[slot];
        for &work in &row.works {
            self.list_work(work);
        }
        self.set_value(node, state.on, record);
        for &(shown, output) in &row.states {
            self.set_value(output, state.count(shown), record);
        }
    }

    pub(super) fn enter(&mut self, node: NodeId, stage: Stage, why: RecordId) {
        let now = self.state.now;
        let state = &mut self.state.starters[self.net.slot(node)];
        state.stage = stage;
        state.over = false;
        state.began = now;
        state.why = why;
    }

    /// A stage that ends after a time.
    fn enter_for(&mut self, node: NodeId, stage: Stage, takes_us: u64, why: RecordId) {
        self.enter(node, stage, why);
        let at = self.after(takes_us);
        self.state.starters[self.net.slot(node)].until = at;
        self.set_timer(node, at);
    }

    /// No stage of its own is under way: it is on, or off.
    pub(super) fn settle_down(&mut self, node: NodeId, why: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        let stage = if state.on > 0 { Stage::On } else { Stage::Off };
        if state.on == 0 {
            state.passed = 0;
        }
        self.enter(node, stage, why);
        self.set_timer(node, NEVER);
    }

    /// All that is on goes off.
    fn drop_items(&mut self, node: NodeId, hard: bool, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        state.off += state.on;
        state.on = 0;
        state.hard_stop = hard;
        state.items_why = record;
        if hard {
            state.ordered = false;
        }
        self.settle_down(node, record);
        self.show_starter(node, record);
    }

    /// A start that was waited for, or had begun, is given up.
    pub(super) fn break_off(&mut self, node: NodeId, why: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        if !matches!(state.stage, Stage::Waiting | Stage::Starting | Stage::Retrying) {
            return;
        }
        state.off += state.starting;
        state.starting = 0;
        state.tries = 0;
        (state.forced, state.ordered) = (false, false);
        self.settle_down(node, why);
        self.show_starter(node, why);
    }

    /// How many items would be on if its inputs were as the trial of its group says: it keeps what is on while it may.
    pub(crate) fn starter_keeps(&self, node: NodeId) -> i64 {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let wishes = self.wishes(node);
        let state = &self.state.starters[slot];
        if falls(spec, state, wishes) {
            0
        } else if self.beginning {
            spec.initial_on.clamp(0, spec.items)
        } else {
            state.on
        }
    }

    /// How many items it has at the best, whatever its inputs say.
    pub(crate) fn starter_at_best(&self, node: NodeId) -> i64 {
        let slot = self.net.slot(node);
        if self.beginning {
            self.net.starters[slot].spec.initial_on
        } else {
            self.state.starters[slot].on
        }
    }

    pub(crate) fn look_at_starter(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let wishes = self.wishes(node);
        if self.beginning {
            self.begin_starter(node, wishes);
            return;
        }
        // From now on it goes by its triggers again.
        self.state.starters[slot].ordered &= !wishes.called;
        if !wishes.able || !wishes.wanted {
            self.break_off(node, why);
            self.give_up(node, wishes, why);
            return;
        }
        match self.state.starters[slot].stage {
            Stage::Coasting | Stage::RunningOn => {
                self.settle_down(node, why);
                self.consider_start(node, wishes, why);
            }
            Stage::Stopping if self.state.starters[slot].over => {
                let record = self.state.starters[slot].why;
                self.drop_items(node, false, record);
                self.consider_start(node, wishes, record);
            }
            Stage::Waiting if !wishes.may_start => self.break_off(node, why),
            Stage::Off | Stage::On => self.consider_start(node, wishes, why),
            _ => {}
        }
    }

    /// Something that it needs is gone, or it is wanted no more: what is on goes off, at once or after a while.
    fn give_up(&mut self, node: NodeId, wishes: Wishes, why: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let state = self.state.starters[slot];
        if state.on == 0 {
            return;
        }
        if falls(spec, &state, wishes) {
            let record = if state.over {
                state.why
            } else {
                self.follow(why, node)
            };
            let in_order = state.stage == Stage::Stopping && state.over || wishes.able;
            self.drop_items(node, !in_order, record);
            return;
        }
        match (wishes.able, state.stage) {
            (false, Stage::Coasting) | (true, Stage::Stopping) => {}
            // It comes to a stop in order before it has coasted.
            (false, Stage::Stopping) if state.until <= self.after(spec.coast_us) => {}
            (false, _) => self.enter_for(node, Stage::Coasting, spec.coast_us, why),
            (true, Stage::RunningOn) if !state.over => {}
            (true, stage) if spec.run_on_us > 0 && stage != Stage::RunningOn => {
                self.enter_for(node, Stage::RunningOn, spec.run_on_us, why);
            }
            (true, _) => {
                let why = if state.over { state.why } else { why };
                self.begin_stop(node, why);
            }
        }
    }

    /// An orderly stop begins; it may take no time.
    pub(super) fn begin_stop(&mut self, node: NodeId, why: RecordId) {
        match &self.net.starters[self.net.slot(node)].spec.stop {
            None => self.drop_items(node, false, why),
            Some(law) => {
                let mut stream = self.next_stream(node, purpose::STAGE);
                let takes = law.sample_us(&mut stream).max(1);
                self.enter_for(node, Stage::Stopping, takes, why);
                self.show_starter(node, why);
            }
        }
    }

    /// Begins a start of what is off, if it may.
    fn consider_start(&mut self, node: NodeId, wishes: Wishes, why: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let state = &self.state.starters[slot];
        let ready = wishes.able && wishes.wanted && (wishes.may_start || state.forced);
        if state.stopped || state.off == 0 || !ready || !(spec.auto || state.again) {
            return;
        }
        // Where some are on, the trigger has held.
        if spec.trigger_hold_us > 0 && state.on == 0 && !state.again {
            self.enter_for(node, Stage::Waiting, spec.trigger_hold_us, why);
        } else {
            self.begin_start(node, why);
        }
    }

    pub(super) fn begin_start(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        if self.state.starters[slot].off == 0 {
            // What was to start has failed meanwhile.
            self.settle_down(node, why);
            return;
        }
        let law = match &spec.start_after_hard {
            Some(law) if self.state.starters[slot].hard_stop => law,
            _ => &spec.start,
        };
        let mut stream = self.next_stream(node, purpose::STAGE);
        let takes = law.sample_us(&mut stream).max(1);
        let doomed = self.shared_demand_fails(node);
        let state = &mut self.state.starters[slot];
        state.doomed = doomed;
        let items = spec.batch.clamp(1, state.off);
        state.off -= items;
        state.starting += items;
        state.again = false;
        self.enter_for(node, Stage::Starting, takes, why);
        self.show_starter(node, why);
    }

    /// The timer of a starter has come.
    pub(crate) fn starter_timer(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let state = self.state.starters[slot];
        let began = state.began;
        let record = self.record(state.why, What::Stage { node, began });
        match state.stage {
            Stage::Waiting | Stage::Retrying => self.begin_start(node, record),
            Stage::Starting => self.finish_start(node, record),
            Stage::Coasting | Stage::RunningOn | Stage::Stopping => {
                // Decided when all that happens at this time has: what it lacked may be back.
                let state = &mut self.state.starters[slot];
                (state.over, state.why) = (true, record);
                self.mark(node, record);
            }
            stage => unreachable!("{stage:?} has no end of its own"),
        }
    }

    fn finish_start(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let state = &mut self.state.starters[slot];
        let items = std::mem::take(&mut state.starting);
        state.off += items;
        if spec.items > 1 {
            state.forced = false;
            let mut stream = self.next_stream(node, purpose::ITEMS);
            self.settle_down(node, record);
            self.put_on(node, items, &mut stream, record);
            // What is still off may start next.
            self.mark(node, record);
            return;
        }
        let doomed = std::mem::take(&mut self.state.starters[slot].doomed);
        let fails = !doomed && spec.fails_ppm > 0 && {
            let mut stream = self.next_stream(node, purpose::DEMAND);
            self.own_demand_fails(node, spec.fails_ppm, &mut stream)
        };
        if !fails && !doomed {
            let state = &mut self.state.starters[slot];
            (state.on, state.off) = (1, 0);
            state.tries = 0;
            state.forced = false;
            self.enter(node, Stage::On, record);
            self.show_starter(node, record);
            return;
        }
        let record = self.record_demand_failure(node, doomed, record);
        let state = &mut self.state.starters[slot];
        state.tries += 1;
        if state.tries <= spec.retries {
            self.enter_for(node, Stage::Retrying, spec.retry_us.max(1), record);
            self.show_starter(node, record);
        } else {
            (state.off, state.dead) = (0, 1);
            self.fail_starter(node, record);
        }
    }
}
