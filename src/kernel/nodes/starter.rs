//! **Starter**: off, starting, on, stopping, failed; or a number of items per state.

use crate::kernel::agent::What;
use crate::kernel::builder::Role;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::reading::FULL_PPM;
use crate::kernel::settle::Engine;
use crate::kernel::state::Stage;
use crate::random::{Stream, binomial};

/// What a starter's inputs say.
#[derive(Clone, Copy)]
struct Wishes {
    /// Every requirement holds.
    able: bool,
    /// Every trigger holds.
    wanted: bool,
    /// Every start requirement holds.
    may_start: bool,
}

impl Engine<'_> {
    fn wishes(&self, node: NodeId) -> Wishes {
        let mut wishes = Wishes {
            able: true,
            wanted: true,
            may_start: true,
        };
        for input in self.net.inputs(node) {
            let holds = |value: i64| input.reading.read(value) != 0;
            match input.role {
                Role::Require => wishes.able &= holds(self.seen(node, input.from)),
                Role::Trigger => wishes.wanted &= holds(self.seen(node, input.from)),
                Role::StartRequire => wishes.may_start &= holds(self.value(input.from)),
                _ => {}
            }
        }
        wishes
    }

    fn show_starter(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let row = &self.net.starters[slot];
        let state = &self.state.starters[slot];
        let (on, off, dead) = (state.on, state.off, state.dead);
        let (off_node, dead_node) = (row.off, row.dead);
        for &work in &row.works {
            self.list_work(work);
        }
        self.set_value(node, on, record);
        if let Some(output) = off_node {
            self.set_value(output, off, record);
        }
        if let Some(output) = dead_node {
            self.set_value(output, dead, record);
        }
    }

    fn enter(&mut self, node: NodeId, stage: Stage, why: RecordId) {
        let now = self.state.now;
        let state = &mut self.state.starters[self.net.slot(node)];
        state.stage = stage;
        state.began = now;
        state.why = why;
    }

    /// All that is on goes off.
    fn drop_items(&mut self, node: NodeId, hard: bool, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        state.off += state.on;
        state.on = 0;
        state.hard_stop = hard;
        state.items_why = record;
        self.enter(node, Stage::Off, record);
        self.set_timer(node, NEVER);
        self.show_starter(node, record);
    }

    /// How many items would be on if its inputs were as the trial of its group says: it keeps what is on while it may.
    pub(crate) fn starter_keeps(&self, node: NodeId) -> i64 {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let wishes = self.wishes(node);
        let drops = !wishes.able && spec.coast_us == 0 || !wishes.wanted && spec.run_on_us == 0;
        match (drops, self.beginning) {
            (true, _) => 0,
            (false, true) => spec.initial_on.clamp(0, spec.items),
            (false, false) => self.state.starters[slot].on,
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
        let spec = &self.net.starters[slot].spec;
        let stage = self.state.starters[slot].stage;
        match stage {
            Stage::On | Stage::RunningOn | Stage::Coasting if !wishes.able => {
                if spec.coast_us == 0 {
                    let record = self.follow(why, node);
                    self.drop_items(node, true, record);
                } else if stage != Stage::Coasting {
                    self.enter(node, Stage::Coasting, why);
                    let at = self.after(spec.coast_us);
                    self.set_timer(node, at);
                }
            }
            Stage::On | Stage::Coasting if !wishes.wanted => {
                if spec.run_on_us == 0 {
                    let record = self.follow(why, node);
                    self.drop_items(node, false, record);
                } else {
                    self.enter(node, Stage::RunningOn, why);
                    let at = self.after(spec.run_on_us);
                    self.set_timer(node, at);
                }
            }
            Stage::Coasting | Stage::RunningOn if wishes.able && wishes.wanted => {
                self.enter(node, Stage::On, why);
                self.set_timer(node, NEVER);
            }
            Stage::Waiting | Stage::Starting if !wishes.able || !wishes.wanted => {
                self.enter(node, Stage::Off, why);
                self.set_timer(node, NEVER);
            }
            Stage::Off => self.consider_start(node, wishes, why),
            _ => {}
        }
    }

    fn consider_start(&mut self, node: NodeId, wishes: Wishes, why: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let state = &self.state.starters[slot];
        let ready = wishes.able && wishes.wanted && (wishes.may_start || state.forced);
        if !spec.auto || state.stopped || state.off == 0 || !ready {
            return;
        }
        if spec.trigger_hold_us > 0 {
            self.enter(node, Stage::Waiting, why);
            let at = self.after(spec.trigger_hold_us);
            self.set_timer(node, at);
        } else {
            self.begin_start(node, why);
        }
    }

    fn begin_start(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let law = match &spec.start_after_hard {
            Some(law) if self.state.starters[slot].hard_stop => law,
            _ => &spec.start,
        };
        let mut stream = self.next_stream(node, purpose::STAGE);
        let takes = law.sample_us(&mut stream).max(1);
        self.state.starters[slot].doomed = self.shared_demand_fails(node);
        self.enter(node, Stage::Starting, why);
        let at = self.after(takes);
        self.set_timer(node, at);
    }

    /// The timer of a starter has come.
    pub(crate) fn starter_timer(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let state = self.state.starters[slot];
        let stage_over = |engine: &mut Self| {
            engine.record(
                state.why,
                What::Stage {
                    node,
                    began: state.began,
                },
            )
        };
        match state.stage {
            Stage::Waiting => {
                let record = stage_over(self);
                self.begin_start(node, record);
            }
            Stage::Starting => {
                let record = stage_over(self);
                self.finish_start(node, record);
            }
            Stage::Coasting => {
                let record = stage_over(self);
                self.drop_items(node, true, record);
            }
            Stage::RunningOn => {
                let record = stage_over(self);
                self.drop_items(node, false, record);
            }
            Stage::Off => {
                // Another try after a failed start.
                let wishes = self.wishes(node);
                self.consider_start(node, wishes, state.why);
            }
            Stage::On | Stage::Failed => {}
        }
    }

    fn finish_start(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        if spec.items > 1 {
            let all = self.state.starters[slot].off;
            let mut stream = self.next_stream(node, purpose::ITEMS);
            self.put_on(node, all, &mut stream, record);
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
            self.enter(node, Stage::Off, record);
            let at = self.after(1);
            self.set_timer(node, at);
        } else {
            (state.off, state.dead) = (0, 1);
            state.tries = 0;
            self.enter(node, Stage::Failed, record);
            self.show_starter(node, record);
        }
    }

    /// Brings `items` of a counted starter on, but for those found dead; nothing happens while a requirement is missing.
    fn put_on(&mut self, node: NodeId, items: i64, stream: &mut Stream, record: RecordId) {
        let slot = self.net.slot(node);
        let fails_ppm = self.net.starters[slot].spec.fails_ppm;
        let state = &self.state.starters[slot];
        let items = items.clamp(0, state.off);
        if items == 0 || !self.wishes(node).able {
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
        if state.on > 0 {
            self.enter(node, Stage::On, record);
        }
        self.show_starter(node, record);
    }

    /// Work has started items of this starter.
    pub(crate) fn start_items(&mut self, node: NodeId, items: i64, stream: &mut Stream, record: RecordId) {
        self.put_on(node, items, stream, record);
    }

    /// Work has repaired items of this starter: they are off and may be started.
    pub(crate) fn repair_items(&mut self, node: NodeId, items: i64, record: RecordId) {
        let slot = self.net.slot(node);
        let state = &mut self.state.starters[slot];
        let items = items.clamp(0, state.dead);
        state.dead -= items;
        state.off += items;
        state.items_why = record;
        if state.stage == Stage::Failed {
            self.enter(node, Stage::Off, record);
        }
        self.show_starter(node, record);
        self.mark(node, record);
    }

    /// An action starts a starter: a single one goes through its start, items of a counted one come on at once.
    pub(crate) fn start_by_action(&mut self, node: NodeId, items: i64, forced: bool, record: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.starters[slot].spec;
        let state = &mut self.state.starters[slot];
        state.stopped = false;
        state.forced = forced;
        if spec.items > 1 {
            let mut stream = self.next_stream(node, purpose::ITEMS);
            self.put_on(node, items, &mut stream, record);
        } else if state.stage == Stage::Off {
            let wishes = self.wishes(node);
            if wishes.able && (wishes.may_start || forced) {
                self.begin_start(node, record);
            }
        }
    }

    /// An action switches a starter off in an orderly way.
    pub(crate) fn stop_by_action(&mut self, node: NodeId, record: RecordId) {
        self.state.starters[self.net.slot(node)].stopped = true;
        self.drop_items(node, false, record);
    }

    /// `items` of a starter fail.
    pub(crate) fn break_starter(&mut self, node: NodeId, items: i64, record: RecordId) {
        let state = &mut self.state.starters[self.net.slot(node)];
        let from_on = items.min(state.on);
        let from_off = items.saturating_sub(from_on).min(state.off);
        state.on -= from_on;
        state.off -= from_off;
        state.dead += from_on + from_off;
        state.items_why = record;
        if state.on == 0 {
            self.enter(node, Stage::Failed, record);
            self.set_timer(node, NEVER);
        }
        self.show_starter(node, record);
    }

    /// At the very beginning what can be on is on.
    fn begin_starter(&mut self, node: NodeId, wishes: Wishes) {
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
