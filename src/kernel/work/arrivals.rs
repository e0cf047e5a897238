//! Calls that come from outside, by a law for the time between them.

use super::Call;
use crate::kernel::agent::What;
use crate::kernel::ids::{NodeId, RecordId, WorkId};
use crate::kernel::purpose;
use crate::kernel::reading::Reading;
use crate::kernel::settle::Engine;
use crate::kernel::state::Alarm;

/// The next call from outside.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ArrivalState {
    /// How many times between calls have been drawn.
    drawn: u32,
    /// What is left of the present one, while it does not run.
    left: u64,
    /// Since when it runs, and its timer.
    running: Option<(u64, u32)>,
}

impl Engine<'_> {
    fn arrivals_of(&self, work: WorkId) -> usize {
        let row = self.net.works[work.index()].arrivals;
        row.expect("only a work that is called for from outside waits for that") as usize
    }

    /// Lets the time until the next call run or stand still, as its condition says.
    pub(super) fn review_arrivals(&mut self, work: WorkId, runs: Option<(NodeId, Reading)>) {
        let row = self.arrivals_of(work);
        let runs = runs.is_none_or(|runs| self.holds(runs));
        let now = self.state.now;
        match (self.state.arrivals[row].running, runs) {
            (None, true) => {
                let left = match self.state.arrivals[row] {
                    ArrivalState { drawn: 0, .. } => self.draw_arrival(work),
                    ArrivalState { left, .. } => left,
                };
                self.await_arrival(work, left);
            }
            (Some((since, slot)), false) => {
                self.free_alarm(slot);
                let state = &mut self.state.arrivals[row];
                state.left -= now - since;
                state.running = None;
            }
            _ => {}
        }
    }

    fn draw_arrival(&mut self, work: WorkId) -> u64 {
        let row = self.arrivals_of(work);
        let net = self.net;
        let Call::Arrivals { law, .. } = &net.works[work.index()].spec.call else {
            unreachable!("only such a work has arrivals");
        };
        let number = self.state.arrivals[row].drawn;
        self.state.arrivals[row].drawn += 1;
        let stream = net.works[work.index()].stream;
        let mut stream = self.key.stream(stream, purpose::ARRIVAL, u64::from(number));
        law.sample_us(&mut stream).max(1)
    }

    fn await_arrival(&mut self, work: WorkId, left: u64) {
        let row = self.arrivals_of(work);
        let slot = self.new_alarm(Alarm::Arrival(work));
        self.state.arrivals[row].left = left;
        self.state.arrivals[row].running = Some((self.state.now, slot));
        let at = self.after(left);
        // Behind the ends of the calls of the same work.
        let tie = crate::kernel::run::tie_of_work(self.net.works[work.index()].tie, u32::MAX);
        self.state.calendar.set(slot, at, tie);
    }

    /// The time has come: a call is made, unless the work is not wanted now, and the next one is awaited.
    pub fn arrive(&mut self, work: WorkId) {
        let row = self.arrivals_of(work);
        let (_, slot) = self.state.arrivals[row]
            .running
            .expect("only a running time comes");
        self.free_alarm(slot);
        let spec = &self.net.works[work.index()].spec;
        let wanted =
            spec.keep.is_none_or(|keep| self.holds(keep)) && !spec.goal.is_some_and(|goal| self.holds(goal));
        if wanted {
            let why = self.record(RecordId::NONE, What::Arrival { work });
            self.call(work, 1, None, why);
            self.list_work(work);
        }
        let left = self.draw_arrival(work);
        self.await_arrival(work, left);
    }
}
