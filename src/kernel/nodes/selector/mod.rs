//! **Selector**: takes the first live source by preference, or shares among all live ones; a change is sensed, takes time, and may fail.

mod shares;

use crate::kernel::agent::What;
use crate::kernel::builder::Role;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::settle::Engine;
use crate::kernel::spec::{Returns, Sourcing};
use crate::kernel::state::Change;

/// What a selector's inputs say.
#[derive(Clone, Copy)]
struct Sources {
    /// A bit for each live source, the most preferred lowest.
    live: u64,
    /// Whether a transfer may be made.
    may_move: bool,
    /// Whether it moves by itself.
    automatic: bool,
}

impl Sources {
    fn is_live(&self, source: u32) -> bool {
        self.live >> source & 1 == 1
    }

    /// The first live source.
    fn first(&self) -> Option<u32> {
        (self.live != 0).then(|| self.live.trailing_zeros())
    }
}

impl Engine<'_> {
    fn sources(&self, node: NodeId) -> Sources {
        let mut sources = Sources {
            live: 0,
            may_move: true,
            automatic: self.net.selectors[self.net.slot(node)].auto,
        };
        let mut ordinal = 0;
        for input in self.net.inputs(node) {
            let holds = |value: i64| input.reading.read(value) != 0;
            match input.role {
                Role::Source => {
                    let is_live = holds(self.seen(node, input.from));
                    sources.live |= u64::from(is_live) << ordinal;
                    ordinal += 1;
                }
                Role::TransferRequire => sources.may_move &= holds(self.value(input.from)),
                Role::Trigger => sources.automatic &= holds(self.seen(node, input.from)),
                _ => {}
            }
        }
        sources
    }

    /// What it shows when its sources are these and its choice stays as it is.
    fn shown(&self, slot: usize, sources: Sources) -> i64 {
        let state = &self.state.selectors[slot];
        let through = match state.change {
            Change::Moving(_) => self.net.selectors[slot].make_before_break,
            _ => true,
        };
        i64::from(sources.is_live(state.chosen) && through)
    }

    /// What a selector in a circle counts as: the source that it has chosen, or any live one if it shares or chooses now.
    pub(crate) fn selector_keeps(&self, node: NodeId) -> i64 {
        let slot = self.net.slot(node);
        let sources = self.sources(node);
        if self.beginning || self.net.selectors[slot].sourcing == Sourcing::AllLive {
            return i64::from(sources.live != 0);
        }
        self.shown(slot, sources)
    }

    fn show_selector(&mut self, node: NodeId, sources: Sources, record: RecordId) {
        let value = self.shown(self.net.slot(node), sources);
        self.set_value(node, value, record);
    }

    fn change(&mut self, node: NodeId, change: Change, why: RecordId) {
        let now = self.state.now;
        let state = &mut self.state.selectors[self.net.slot(node)];
        state.change = change;
        state.began = now;
        state.why = why;
    }

    fn rest(&mut self, node: NodeId, why: RecordId) {
        self.change(node, Change::Steady, why);
        self.set_timer(node, NEVER);
    }

    /// Moves the choice, and the load with it.
    fn choose(&mut self, node: NodeId, source: u32, record: RecordId) {
        let slot = self.net.slot(node);
        let before = self.state.selectors[slot].chosen;
        if before == source {
            return;
        }
        let load = self.state.loads[node.index()];
        let net = self.net;
        for &(next, _, only) in net.passes.of(node.index()) {
            if only == Some(before) {
                self.add_load(next, -load, record);
            }
        }
        self.state.selectors[slot].chosen = source;
        for &(next, _, only) in net.passes.of(node.index()) {
            if only == Some(source) {
                self.add_load(next, load, record);
            }
        }
    }

    pub(crate) fn look_at_selector(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let sources = self.sources(node);
        if self.net.selectors[slot].sourcing == Sourcing::AllLive {
            self.look_at_shares(node, sources.live, why);
            return;
        }
        if self.beginning {
            self.choose(node, sources.first().unwrap_or(0), why);
            self.show_selector(node, sources, why);
            return;
        }
        self.leave_what_is_over(node, sources, why);
        self.decide(node, sources, why);
        let record = self.follow(why, node);
        self.show_selector(node, sources, record);
    }

    /// A change whose reason is gone is no longer made.
    fn leave_what_is_over(&mut self, node: NodeId, sources: Sources, why: RecordId) {
        let state = self.state.selectors[self.net.slot(node)];
        let chosen_is_live = sources.is_live(state.chosen);
        match state.change {
            Change::Sensing | Change::Seeking if chosen_is_live || !sources.automatic => self.rest(node, why),
            Change::Returning(to) if !chosen_is_live || !sources.automatic || sources.first() != Some(to) => {
                self.rest(node, why);
            }
            // In a circle the source may be dead because this selector has let go of the other: what is open closes on what it moves to.
            Change::Moving(to) if chosen_is_live && !sources.is_live(to) && self.has_let_go(node) => {}
            // By order a dead source may be taken in place of a dead one; nothing else moves to one.
            Change::Moving(to) if !sources.is_live(to) && (chosen_is_live || state.asked != Some(to)) => {
                self.rest(node, why);
                if !chosen_is_live && sources.automatic {
                    self.change(node, Change::Seeking, why);
                }
            }
            Change::Moving(to) => {
                if let Some(asked) = state.asked
                    && asked != to
                    && asked != state.chosen
                    && sources.is_live(asked)
                    && sources.may_move
                {
                    self.rest(node, why);
                }
            }
            _ => {}
        }
    }

    /// Whether it stands open in a circle while it moves.
    fn has_let_go(&self, node: NodeId) -> bool {
        self.net.is_cyclic(node) && !self.net.selectors[self.net.slot(node)].make_before_break
    }

    /// Begins what is to be done, if anything is.
    fn decide(&mut self, node: NodeId, sources: Sources, why: RecordId) {
        let spec = &self.net.selectors[self.net.slot(node)];
        let state = self.state.selectors[self.net.slot(node)];
        let chosen_is_live = sources.is_live(state.chosen);
        let free = matches!(
            state.change,
            Change::Steady | Change::Sensing | Change::Seeking | Change::Returning(_)
        );
        // A dead source may be taken by order, unless that would give up a live one.
        let asked = state.asked.filter(|&asked| {
            free && asked != state.chosen && sources.may_move && (sources.is_live(asked) || !chosen_is_live)
        });
        if let Some(asked) = asked {
            self.begin_transfer(node, asked, why);
            return;
        }
        match state.change {
            Change::Steady if !chosen_is_live && !sources.automatic => {}
            Change::Steady if !chosen_is_live => {
                self.change(node, Change::Sensing, why);
                let at = self.after(spec.sense_us.max(1));
                self.set_timer(node, at);
            }
            Change::Steady => {
                let better = sources
                    .first()
                    .filter(|&first| first < state.chosen && sources.automatic);
                match (better, spec.returns) {
                    (Some(better), Returns::After(us)) if us > 0 => {
                        self.change(node, Change::Returning(better), why);
                        let at = self.after(us);
                        self.set_timer(node, at);
                    }
                    (Some(better), Returns::After(_)) if sources.may_move => {
                        self.begin_transfer(node, better, why);
                    }
                    _ => {}
                }
            }
            Change::Seeking => {
                if let Some(first) = sources.first()
                    && sources.may_move
                {
                    self.begin_transfer(node, first, why);
                }
            }
            Change::Returning(better) => {
                if let Returns::After(us) = spec.returns
                    && self.state.now >= state.began.saturating_add(us)
                    && sources.may_move
                {
                    let record = self.stage_record(node);
                    self.begin_transfer(node, better, record);
                }
            }
            _ => {}
        }
    }

    /// The end of the stage of a selector.
    fn stage_record(&mut self, node: NodeId) -> RecordId {
        let state = self.state.selectors[self.net.slot(node)];
        let began = state.began;
        self.record(state.why, What::Stage { node, began })
    }

    fn begin_transfer(&mut self, node: NodeId, target: u32, why: RecordId) {
        let slot = self.net.slot(node);
        let state = &self.state.selectors[slot];
        debug_assert!(state.chosen != target, "a transfer leads to another source");
        let mut stream = self.next_stream(node, purpose::STAGE);
        let takes = self.net.selectors[slot].transfer.sample_us(&mut stream).max(1);
        self.state.selectors[slot].doomed = self.shared_demand_fails(node);
        self.change(node, Change::Moving(target), why);
        let at = self.after(takes);
        self.set_timer(node, at);
    }

    /// The timer of a selector has come; what it then does is decided when the instant settles.
    pub(crate) fn selector_timer(&mut self, node: NodeId) {
        match self.state.selectors[self.net.slot(node)].change {
            Change::Sensing => {
                let record = self.stage_record(node);
                self.change(node, Change::Seeking, record);
                self.mark(node, record);
            }
            Change::Moving(target) => {
                let record = self.stage_record(node);
                self.finish_transfer(node, target, record);
            }
            Change::Returning(_) => {
                let why = self.state.selectors[self.net.slot(node)].why;
                self.mark(node, why);
            }
            Change::Steady | Change::Seeking | Change::Failed => {}
        }
    }

    fn finish_transfer(&mut self, node: NodeId, target: u32, record: RecordId) {
        let slot = self.net.slot(node);
        let spec = &self.net.selectors[slot];
        let doomed = std::mem::take(&mut self.state.selectors[slot].doomed);
        let fails = !doomed && spec.fails_ppm > 0 && {
            let mut stream = self.next_stream(node, purpose::DEMAND);
            self.own_demand_fails(node, spec.fails_ppm, &mut stream)
        };
        if !fails && !doomed {
            self.change(node, Change::Steady, record);
            let state = &mut self.state.selectors[slot];
            state.asked = None;
            state.tries = 0;
            self.choose(node, target, record);
            self.mark(node, record);
            return;
        }
        let record = self.record_demand_failure(node, doomed, record);
        let state = &mut self.state.selectors[slot];
        state.tries += 1;
        if state.tries <= spec.retries {
            self.begin_transfer(node, target, record);
        } else {
            state.tries = 0;
            state.asked = None;
            self.change(node, Change::Failed, record);
        }
        self.mark(node, record);
    }

    /// An action asks for a source: an order that stands until a transfer is done, or another order.
    pub(crate) fn transfer_by_action(&mut self, node: NodeId, source: u32, record: RecordId) {
        let state = &mut self.state.selectors[self.net.slot(node)];
        state.asked = Some(source).filter(|&source| source != state.chosen);
        self.mark(node, record);
    }

    /// A selector fails by an action: it stays where it is until repaired.
    pub(crate) fn break_selector(&mut self, node: NodeId, record: RecordId) {
        self.set_timer(node, NEVER);
        self.change(node, Change::Failed, record);
        self.mark(node, record);
    }

    /// A failed selector works again.
    pub(crate) fn repair_selector(&mut self, node: NodeId, record: RecordId) {
        if self.state.selectors[self.net.slot(node)].change == Change::Failed {
            self.change(node, Change::Steady, record);
            self.mark(node, record);
        }
    }
}
