//! **Buffer**: a store with a net rate that is constant between events; crossings are exact.

use crate::kernel::agent::What;
use crate::kernel::builder::{Autonomy, Role};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;

/// How long a full store lasts at a load, in microseconds (at least 1): straight between the points of its table.
fn lasts_us(autonomy: &Autonomy, load: i64) -> i128 {
    let table = &autonomy.table;
    let above = table.iter().position(|&(at, _)| at >= load);
    let us = match above {
        Some(0) => i128::from(table[0].1),
        None => table.last().map_or(i128::MAX, |&(_, us)| i128::from(us)),
        Some(next) => {
            let ((low, long), (high, short)) = (table[next - 1], table[next]);
            let (long, short) = (i128::from(long), i128::from(short));
            long + (short - long) * i128::from(load - low) / i128::from(high - low)
        }
    };
    us.max(1)
}

impl Engine<'_> {
    /// Brings the level to the present.
    fn advance(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let ceiling = self.net.buffers[slot].spec.ceiling;
        let now = self.state.now;
        let state = &mut self.state.buffers[slot];
        let passed = i128::from(now - state.at);
        state.level = state
            .level
            .saturating_add(state.rate.saturating_mul(passed))
            .clamp(0, ceiling);
        state.at = now;
    }

    fn net_rate(&self, node: NodeId) -> i128 {
        let slot = self.net.slot(node);
        let row = &self.net.buffers[slot];
        let mut rate = i128::from(self.state.buffers[slot].base_rate);
        for input in self.net.inputs(node) {
            let read = input.reading.read(self.value(input.from));
            match input.role {
                Role::Rate => rate += i128::from(input.weight) * i128::from(read),
                Role::Drain if read != 0 => {
                    if let Some(autonomy) = &row.autonomy {
                        let load = self.state.loads[autonomy.load.index()];
                        rate -= (row.spec.ceiling / lasts_us(autonomy, load)).max(1);
                    }
                }
                _ => {}
            }
        }
        rate
    }

    pub(crate) fn look_at_buffer(&mut self, node: NodeId, why: RecordId) {
        self.advance(node);
        let slot = self.net.slot(node);
        let rate = self.net_rate(node);
        let now = self.state.now;
        let state = &mut self.state.buffers[slot];
        if rate < 0 && state.rate >= 0 {
            state.why = why;
            state.began = now;
        }
        state.rate = rate;
        let record = self.follow(why, node);
        self.show_buffer(node, record);
    }

    /// Sets the flags by level and direction, and the timer to the next crossing.
    fn show_buffer(&mut self, node: NodeId, record: RecordId) {
        let slot = self.net.slot(node);
        let row = &self.net.buffers[slot];
        let now = self.state.now;
        let state = &mut self.state.buffers[slot];
        let (level, rate) = (state.level, state.rate);
        if state.usable && level == 0 && rate < 0 {
            state.usable = false;
            state.began = now;
        } else if !state.usable && (level > 0 || rate > 0) && level >= row.spec.rearm {
            state.usable = true;
        }
        let usable = state.usable;

        // The next level at which a flag may change, in the direction in which the level moves.
        let mut aim: Option<i128> = None;
        let mut consider = |mark: i128| {
            let ahead = if rate < 0 {
                mark < level || (mark == level && level == 0)
            } else {
                mark > level
            };
            if ahead && aim.is_none_or(|best| if rate < 0 { mark > best } else { mark < best }) {
                aim = Some(mark);
            }
        };
        if rate < 0 {
            if level > 0 {
                consider(0);
            }
            row.marks
                .iter()
                .filter(|(mark, _)| mark.off < level)
                .for_each(|(mark, _)| consider(mark.off));
        } else if rate > 0 {
            if !usable {
                consider(row.spec.rearm);
            }
            row.marks.iter().for_each(|(mark, _)| consider(mark.on));
        }
        let at = match aim {
            Some(aim) if rate != 0 && aim != level => {
                let distance = (aim - level).abs();
                let speed = rate.abs();
                let steps = (distance + speed - 1) / speed;
                u64::try_from(steps)
                    .ok()
                    .and_then(|steps| now.checked_add(steps))
                    .unwrap_or(NEVER)
            }
            _ => NEVER,
        };
        state.aim = aim.unwrap_or(0);
        self.set_timer(node, at);

        for (mark, output) in &row.marks {
            let raised = self.value(*output) != 0;
            let falls = level < mark.off || (level == mark.off && rate < 0 && level < mark.on);
            let flag = if level >= mark.on { true } else { raised && !falls };
            self.set_value(*output, i64::from(flag), record);
        }
        self.set_value(node, i64::from(usable), record);
    }

    /// A crossing: the level is the mark, by definition; what follows is decided when the instant settles.
    pub(crate) fn buffer_timer(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        self.advance(node);
        let aim = self.state.buffers[slot].aim;
        let state = &mut self.state.buffers[slot];
        state.level = aim;
        let (began, why) = (state.began, state.why);
        let record = self.record(why, What::Stage { node, began });
        self.mark(node, record);
    }

    pub(crate) fn set_rate(&mut self, node: NodeId, rate: i64, record: RecordId) {
        self.advance(node);
        self.state.buffers[self.net.slot(node)].base_rate = rate;
        self.mark(node, record);
    }

    pub(crate) fn set_level(&mut self, node: NodeId, ppm: i64, record: RecordId) {
        self.advance(node);
        let slot = self.net.slot(node);
        let ceiling = self.net.buffers[slot].spec.ceiling;
        let full = i128::from(crate::kernel::FULL_PPM);
        let part = i128::from(ppm).clamp(0, full);
        // Divided first: a ceiling may be near the end of the range.
        self.state.buffers[slot].level = ceiling / full * part + ceiling % full * part / full;
        self.mark(node, record);
    }
}
