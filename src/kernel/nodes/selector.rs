//! **Selector**: takes the first live source by preference; a change is sensed, takes time, and may fail.

use crate::kernel::agent::What;
use crate::kernel::builder::{Input, Role};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::settle::Engine;
use crate::kernel::state::Change;

/// What a selector's inputs say.
struct Sources {
    /// Whether each source is live, by preference.
    live: Vec<bool>,
    /// Whether a transfer may be made.
    may_move: bool,
}

impl Engine<'_> {
    fn sources(&self, node: NodeId) -> Sources {
        let holds = |input: &Input| input.reading.read(self.value(input.from)) != 0;
        let inputs = self.net.inputs(node);
        Sources {
            live: inputs
                .iter()
                .filter(|input| input.role == Role::Source)
                .map(holds)
                .collect(),
            may_move: inputs
                .iter()
                .filter(|input| input.role == Role::TransferRequire)
                .all(holds),
        }
    }

    fn show_selector(&mut self, node: NodeId, sources: &Sources, record: RecordId) {
        let slot = self.net.slot(node);
        let state = &self.state.selectors[slot];
        let live = sources.live.get(state.chosen as usize).copied().unwrap_or(false);
        let through = match state.change {
            Change::Moving(_) => self.net.selectors[slot].make_before_break,
            _ => true,
        };
        self.set_value(node, i64::from(live && through), record);
    }

    fn change(&mut self, node: NodeId, change: Change, why: RecordId) {
        let now = self.state.now;
        let state = &mut self.state.selectors[self.net.slot(node)];
        state.change = change;
        state.began = now;
        state.why = why;
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
        if self.beginning {
            let first = sources.live.iter().position(|&live| live).unwrap_or(0);
            self.choose(node, u32::try_from(first).expect("few sources"), why);
            self.show_selector(node, &sources, why);
            return;
        }
        let spec = &self.net.selectors[slot];
        let state = self.state.selectors[slot];
        let live = |source: u32| sources.live.get(source as usize).copied().unwrap_or(false);
        match state.change {
            Change::Steady => {
                if !live(state.chosen) {
                    if spec.auto {
                        self.change(node, Change::Sensing, why);
                        let at = self.after(spec.sense_us.max(1));
                        self.set_timer(node, at);
                    }
                } else if spec.auto && spec.returns && sources.live[..state.chosen as usize].contains(&true) {
                    self.begin_transfer(node, &sources, why);
                }
            }
            Change::Sensing | Change::Seeking if live(state.chosen) => {
                self.change(node, Change::Steady, why);
                self.set_timer(node, NEVER);
            }
            Change::Seeking => self.begin_transfer(node, &sources, why),
            Change::Moving(target) if !live(target) => self.begin_transfer(node, &sources, why),
            _ => {}
        }
        let record = self.follow(why, node);
        self.show_selector(node, &sources, record);
    }

    fn begin_transfer(&mut self, node: NodeId, sources: &Sources, why: RecordId) {
        let slot = self.net.slot(node);
        let asked = self.state.selectors[slot]
            .asked
            .filter(|&source| sources.live.get(source as usize) == Some(&true));
        let first = sources
            .live
            .iter()
            .position(|&live| live)
            .map(|at| u32::try_from(at).expect("few sources"));
        match asked.or(first) {
            Some(target) if sources.may_move => {
                let mut stream = self.next_stream(node, purpose::STAGE);
                let takes = self.net.selectors[slot].transfer.sample_us(&mut stream).max(1);
                self.state.selectors[slot].doomed = self.shared_demand_fails(node);
                self.change(node, Change::Moving(target), why);
                let at = self.after(takes);
                self.set_timer(node, at);
            }
            _ => {
                self.change(node, Change::Seeking, why);
                self.set_timer(node, NEVER);
            }
        }
    }

    /// The timer of a selector has come.
    pub(crate) fn selector_timer(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let state = self.state.selectors[slot];
        let sources = self.sources(node);
        let record = self.record(
            state.why,
            What::Stage {
                node,
                began: state.began,
            },
        );
        match state.change {
            Change::Sensing => self.begin_transfer(node, &sources, record),
            Change::Moving(target) => {
                let fails_ppm = self.net.selectors[slot].fails_ppm;
                let doomed = std::mem::take(&mut self.state.selectors[slot].doomed);
                let fails = !doomed && fails_ppm > 0 && {
                    let mut stream = self.next_stream(node, purpose::DEMAND);
                    self.own_demand_fails(node, fails_ppm, &mut stream)
                };
                if fails || doomed {
                    let record = self.record_demand_failure(node, doomed, record);
                    self.change(node, Change::Failed, record);
                } else {
                    self.change(node, Change::Steady, record);
                    self.state.selectors[slot].asked = None;
                    self.choose(node, target, record);
                }
            }
            _ => {}
        }
        self.show_selector(node, &sources, record);
        self.mark(node, record);
    }

    /// An action asks for a source.
    pub(crate) fn transfer_by_action(&mut self, node: NodeId, source: u32, record: RecordId) {
        let slot = self.net.slot(node);
        if self.state.selectors[slot].chosen == source {
            return;
        }
        self.state.selectors[slot].asked = Some(source);
        let sources = self.sources(node);
        self.begin_transfer(node, &sources, record);
        self.show_selector(node, &sources, record);
    }

    /// A failed selector works again.
    pub(crate) fn repair_selector(&mut self, node: NodeId, record: RecordId) {
        if self.state.selectors[self.net.slot(node)].change == Change::Failed {
            self.change(node, Change::Steady, record);
            self.mark(node, record);
        }
    }
}
