//! **Buffer**: a store with a net rate that is constant between events; crossings are exact, rounded up to the next microsecond.
//!
//! A plain buffer counts in the unit it is declared in. One that drains by a table, leaks or can lack members counts in a finer one, a
//! power of two below, so that what rounding costs stays far below a microsecond.

use crate::kernel::agent::What;
use crate::kernel::builder::Role;
use crate::kernel::calendar::NEVER;
use crate::kernel::declare_buffer::{Autonomy, DeclaredBuffer, Flow};
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;
use crate::kernel::spec::Direction;
use crate::kernel::state::BufferState;

/// A ceiling in fine units has about so many bits: with 2^110 of them, a rate that is off by one is off by less than a thousandth of a
/// microsecond after 2^50 of them (35 years).
const FINE_BITS: u32 = 110;

/// A buffer as the engine runs it, in fine units.
#[derive(Debug)]
pub(crate) struct BufferRow {
    /// A unit of the declared level is 2^`shift` fine ones.
    shift: u32,
    ceiling: i128,
    start: i128,
    rearm: i128,
    base_rate: i64,
    autonomy: Option<Autonomy>,
    flows: Vec<Flow>,
    /// The time constant in microseconds, and the level that it relaxes to, in fine units.
    leak: Option<(f64, f64)>,
    whole: Option<i64>,
    marks: Vec<Mark>,
    shows: Vec<(NodeId, i128)>,
}

/// A buffer as an observer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BufferLook {
    /// The level, in the unit in which it was declared, rounded down.
    pub level: i128,
    /// The level when full.
    pub ceiling: i128,
    /// Which way the level moves: −1, 0 or 1.
    pub trend: i32,
    /// Whether nothing at all is left.
    pub is_empty: bool,
    /// Whether it holds what it needs to be usable again.
    pub is_charged: bool,
    /// The flags on the level, each with what it reads at this level whatever it read before; `None` where that decides.
    pub flags: Vec<(NodeId, Option<bool>)>,
}

/// A flag on the level, in fine units; one that is raised downwards is kept as one of the negative level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub on: i128,
    pub off: i128,
    /// 1, or −1 for one that is raised downwards.
    pub sign: i128,
    pub output: NodeId,
}

impl Mark {
    /// Whether the flag is raised at a level that moves in the direction of `trend`, if it was or was not before. At the very mark the
    /// direction decides: what has just come to it on its way down is below.
    pub fn raised(&self, was: bool, level: i128, trend: i32) -> bool {
        let (level, falling) = (self.sign * level, self.sign * i128::from(trend) < 0);
        let falls = level < self.off || (level == self.off && falling);
        !falls && (was || level >= self.on)
    }

    /// The level at which the flag may change when the level moves up, or down.
    fn ahead(&self, trend: i32) -> i128 {
        if self.sign * i128::from(trend) > 0 {
            self.sign * self.on
        } else {
            self.sign * self.off
        }
    }
}

impl BufferRow {
    pub fn new(declared: DeclaredBuffer) -> Self {
        let spec = declared.spec;
        let is_plain = declared.autonomy.is_none()
            && declared.flows.is_empty()
            && declared.leak.is_none()
            && declared.whole.is_none();
        let bits = 128 - spec.ceiling.max(1).leading_zeros();
        let shift = if is_plain {
            0
        } else {
            FINE_BITS.saturating_sub(bits)
        };
        let fine = |level: i128| level.saturating_mul(1 << shift);
        let marks = declared.marks.iter().map(|&(mark, output)| {
            let sign = match mark.direction {
                Direction::Rising => 1,
                Direction::Falling => -1,
            };
            Mark {
                on: sign * fine(mark.on),
                off: sign * fine(mark.off),
                sign,
                output,
            }
        });
        Self {
            shift,
            ceiling: fine(spec.ceiling),
            start: fine(spec.start).clamp(0, fine(spec.ceiling)),
            rearm: fine(spec.rearm).min(fine(spec.ceiling)),
            base_rate: spec.base_rate,
            leak: declared
                .leak
                .map(|leak| (to_f64(i128::from(leak.time_constant_us)), to_f64(fine(leak.rest)))),
            autonomy: declared.autonomy,
            flows: declared.flows,
            whole: declared.whole,
            marks: marks.collect(),
            shows: declared.shows,
        }
    }

    /// The state at the beginning.
    pub fn begin(&self) -> BufferState {
        BufferState {
            level: self.start,
            rate: 0,
            at: 0,
            trend: 0,
            members: self.whole.unwrap_or(1),
            base_rate: self.base_rate,
            usable: self.start > 0,
            fell_at: NEVER,
            put_off: false,
            aim: 0,
            began: 0,
            why: RecordId::NONE,
        }
    }

    /// The level to which a leaking buffer goes at a rate.
    fn goal(&self, rate: i128) -> f64 {
        let (time_constant, rest) = self.leak.expect("asked of what leaks");
        rest + time_constant * to_f64(rate)
    }

    /// The level now.
    fn level(&self, state: &BufferState, now: u64) -> i128 {
        let passed = now - state.at;
        if passed == 0 || state.members == 0 {
            return state.level;
        }
        let level = match self.leak {
            None => {
                let moved = state.rate.saturating_mul(i128::from(passed));
                state.level.saturating_add(moved)
            }
            Some((time_constant, _)) => {
                let goal = self.goal(state.rate);
                let left = libm::exp(-to_f64(i128::from(passed)) / time_constant);
                from_f64(goal + (to_f64(state.level) - goal) * left)
            }
        };
        level.clamp(0, self.ceiling)
    }

    /// What there is to see of it at the time `now`.
    pub fn look(&self, state: &BufferState, now: u64) -> BufferLook {
        let level = self.level(state, now);
        let flag = |mark: &Mark| {
            let (was, was_not) = (
                mark.raised(true, level, state.trend),
                mark.raised(false, level, state.trend),
            );
            (mark.output, (was == was_not && !state.put_off).then_some(was))
        };
        BufferLook {
            level: level >> self.shift,
            ceiling: self.ceiling >> self.shift,
            trend: state.trend,
            is_empty: level == 0,
            is_charged: level >= self.rearm,
            flags: self.marks.iter().map(flag).collect(),
        }
    }

    /// Which way a level moves now: −1, 0 or 1.
    fn trend(&self, level: i128, rate: i128, members: i64) -> i32 {
        if members == 0 {
            return 0;
        }
        match self.leak {
            None => i32::try_from(rate.signum()).expect("a sign"),
            Some(_) => {
                let (goal, level) = (self.goal(rate), to_f64(level));
                i32::from(goal > level) - i32::from(goal < level)
            }
        }
    }

    /// When the level comes to `aim`, which lies ahead.
    fn crossing(&self, state: &BufferState, now: u64, level: i128, aim: i128) -> u64 {
        let Some((time_constant, _)) = self.leak else {
            let speed = state.rate.unsigned_abs();
            // Rounded up to the next microsecond.
            let steps = aim.abs_diff(level).div_ceil(speed);
            return u64::try_from(steps)
                .ok()
                .and_then(|steps| now.checked_add(steps))
                .unwrap_or(NEVER);
        };
        // L(t) = goal + (L₀ − goal)·exp(−t/τ), so t = τ·ln((L₀ − goal)/(aim − goal)).
        let (goal, from, to) = (self.goal(state.rate), to_f64(state.level), to_f64(aim));
        if (from - goal).abs() <= (to - goal).abs() || (from - goal) * (to - goal) <= 0.0 {
            // The goal lies before the mark, or is it.
            return NEVER;
        }
        let takes = libm::ceil(time_constant * libm::log1p((from - to) / (to - goal)));
        if takes >= TIME_MAX {
            return NEVER;
        }
        let takes = u64::try_from(from_f64(takes)).expect("a time ahead");
        state.at.checked_add(takes).map_or(NEVER, |at| at.max(now + 1))
    }
}

/// 2^63 µs: times beyond are as good as never.
const TIME_MAX: f64 = 9_223_372_036_854_775_808.0;

#[expect(clippy::cast_precision_loss, reason = "53 bits are enough for an exponential")]
fn to_f64(level: i128) -> f64 {
    level as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "levels beyond the range are cut to it"
)]
fn from_f64(level: f64) -> i128 {
    libm::round(level) as i128
}

/// ⌊number · 2^shift / by⌋ for `by` of at most 64 bits, without losing the bits that a shift would push out.
fn shifted_quotient(number: i128, by: i128, shift: u32) -> i128 {
    let (mut quotient, mut rest) = (number.div_euclid(by), number.rem_euclid(by));
    let mut left = shift;
    while left > 0 {
        let step = left.min(60);
        rest <<= step;
        quotient = quotient.saturating_mul(1 << step).saturating_add(rest / by);
        rest %= by;
        left -= step;
    }
    quotient
}

/// The two points of a table between which an amount lies, and how far along (a numerator and a denominator).
fn between<T: Copy + Into<i128>>(table: &[(i64, T)], at: i64) -> (i128, i128, i128, i128) {
    match table.iter().position(|&(point, _)| point >= at) {
        Some(0) => (table[0].1.into(), 0, 0, 1),
        None => (table[table.len() - 1].1.into(), 0, 0, 1),
        Some(next) => {
            let ((low, from), (high, to)) = (table[next - 1], table[next]);
            let (from, to): (i128, i128) = (from.into(), to.into());
            let along = i128::from(at) - i128::from(low);
            (from, to - from, along, i128::from(high) - i128::from(low))
        }
    }
}

/// The rate at which so much of a full store drains as a table says, in fine units, rounded up: what lasts exactly so many microseconds
/// is empty after so many.
fn drain_rate(ceiling: i128, autonomy: &Autonomy, load: i64) -> i128 {
    let (from, rise, along, whole) = between(&autonomy.table, load);
    // A store lasts (from · whole + rise · along) / whole: kept as a fraction, as a microsecond of it may matter after years.
    let lasts = from
        .saturating_mul(whole)
        .saturating_add(rise.saturating_mul(along))
        .max(1);
    let (quotient, rest) = (ceiling / lasts, ceiling % lasts);
    let rest = match rest.checked_mul(whole) {
        Some(product) => product / lasts + i128::from(product % lasts != 0),
        // Only tables of extreme loads and times come here; they lose less than one part in 2^40.
        None => (rest >> 60).saturating_mul(whole) / (lasts >> 60).max(1),
    };
    quotient.saturating_mul(whole).saturating_add(rest).max(1)
}

impl Engine<'_> {
    /// Brings the level to the present.
    fn advance(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let now = self.state.now;
        let level = self.net.buffers[slot].level(&self.state.buffers[slot], now);
        let state = &mut self.state.buffers[slot];
        assert!(now >= state.at, "a level is never brought to the past");
        state.level = level;
        state.at = now;
    }

    /// How many members there are, and the net rate in fine units.
    fn net_rate(&self, node: NodeId) -> (i64, i128) {
        let slot = self.net.slot(node);
        let row = &self.net.buffers[slot];
        let mut plain = i128::from(self.state.buffers[slot].base_rate);
        let mut fine = 0i128;
        let mut members = 0i64;
        for input in self.net.inputs(node) {
            let read = input.reading.read(self.value(input.from));
            match input.role {
                Role::Rate => {
                    plain = plain.saturating_add(i128::from(input.weight).saturating_mul(i128::from(read)));
                }
                Role::Drain if read != 0 => {
                    if let Some(autonomy) = &row.autonomy {
                        let load = self.state.loads[autonomy.load.index()];
                        fine = fine.saturating_sub(drain_rate(row.ceiling, autonomy, load));
                    }
                }
                Role::Flow => {
                    let flow = &row.flows[usize::try_from(input.weight).expect("an ordinal")];
                    let at = match flow.load {
                        None => Some(read),
                        Some(load) => (read != 0).then(|| self.state.loads[load.index()]),
                    };
                    if let Some(at) = at {
                        let (from, rise, along, whole) = between(&flow.table, at);
                        let rate = shifted_quotient(rise.saturating_mul(along), whole, row.shift);
                        fine = fine.saturating_add(from.saturating_mul(1 << row.shift).saturating_add(rate));
                    }
                }
                Role::Member => members = members.saturating_add(read.max(0)),
                _ => {}
            }
        }
        let rate = plain.saturating_mul(1 << row.shift).saturating_add(fine);
        let Some(whole) = row.whole else {
            return (1, rate);
        };
        if members == 0 {
            return (0, 0);
        }
        // The same flow moves the level of a smaller store faster; away from 0, so that what fits a whole number of microseconds does.
        let (whole, some) = (i128::from(whole), i128::from(members));
        let rest = rate % some * whole;
        let rest = rest / some + (rest % some).signum();
        (members, (rate / some).saturating_mul(whole).saturating_add(rest))
    }

    pub(crate) fn look_at_buffer(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let row = &self.net.buffers[slot];
        let (members, rate) = self.net_rate(node);
        let now = self.state.now;
        let before = &self.state.buffers[slot];
        if row.leak.is_none() || rate != before.rate || members != before.members {
            // What leaks goes on along one curve while nothing changes, however often it is looked at.
            self.advance(node);
        }
        let state = &mut self.state.buffers[slot];
        (state.members, state.rate) = (members, rate);
        let level = row.level(state, now);
        let trend = row.trend(level, rate, members);
        if (trend < 0 && state.trend >= 0) || (trend > 0 && state.trend <= 0) {
            state.why = why;
            state.began = now;
        }
        state.trend = trend;
        let record = self.follow(why, node);
        self.show_buffer(node, level, record);
    }

    /// Sets the flags by level and direction, and the timer to the next crossing.
    fn show_buffer(&mut self, node: NodeId, level: i128, record: RecordId) {
        let slot = self.net.slot(node);
        let row = &self.net.buffers[slot];
        let now = self.state.now;
        let state = &mut self.state.buffers[slot];
        let trend = state.trend;
        if state.usable && level == 0 && trend < 0 {
            state.usable = false;
            state.began = now;
        } else if !state.usable && (level > 0 || trend > 0) && level >= row.rearm {
            state.usable = true;
        }

        // The next level at which a flag may change, in the direction in which the level moves.
        let mut aim: Option<i128> = None;
        let mut consider = |mark: i128| {
            let ahead = if trend < 0 {
                mark < level && mark >= 0
            } else {
                mark > level && mark <= row.ceiling
            };
            if ahead && aim.is_none_or(|best| if trend < 0 { mark > best } else { mark < best }) {
                aim = Some(mark);
            }
        };
        if trend != 0 {
            if trend < 0 {
                consider(0);
            } else if !state.usable {
                consider(row.rearm);
            }
            row.marks.iter().for_each(|mark| consider(mark.ahead(trend)));
        }
        let at = aim.map_or(NEVER, |aim| row.crossing(state, now, level, aim));
        state.aim = aim.unwrap_or(0);
        let (usable, members) = (state.usable && state.members > 0, state.members);

        // A flag that moves the level by which it is raised would turn for ever at its mark: what fell rises a microsecond later.
        let (fell_now, soon) = (state.fell_at == now, now.saturating_add(1));
        state.put_off = false;
        for mark in &row.marks {
            let raised = self.value(mark.output) != 0;
            let flag = mark.raised(raised, level, trend);
            let state = &mut self.state.buffers[slot];
            if flag && !raised && fell_now {
                state.put_off = at > soon;
                continue;
            }
            if raised && !flag {
                state.fell_at = now;
            }
            self.set_value(mark.output, i64::from(flag), record);
        }
        let put_off = self.state.buffers[slot].put_off;
        self.set_timer(node, if put_off { soon } else { at });
        for &(output, unit) in &row.shows {
            let held = match row.whole {
                Some(whole) => (level / i128::from(whole)).saturating_mul(i128::from(members)),
                None => level,
            };
            let amount = i64::try_from((held >> row.shift) / unit).unwrap_or(i64::MAX);
            self.set_value(output, amount, record);
        }
        self.set_value(node, i64::from(usable), record);
    }

    /// A crossing: the level is the mark, by definition; what follows is decided when the instant settles. Or a flag that was put off.
    pub(crate) fn buffer_timer(&mut self, node: NodeId) {
        let now = self.state.now;
        if std::mem::take(&mut self.state.buffers[self.net.slot(node)].put_off) {
            self.advance(node);
            let why = self.state.buffers[self.net.slot(node)].why;
            self.mark(node, why);
            return;
        }
        let state = &mut self.state.buffers[self.net.slot(node)];
        (state.level, state.at) = (state.aim, now);
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
        let ceiling = self.net.buffers[slot].ceiling;
        let full = i128::from(crate::kernel::FULL_PPM);
        let part = i128::from(ppm).clamp(0, full);
        // Divided first: a ceiling may be near the end of the range.
        self.state.buffers[slot].level = ceiling / full * part + ceiling % full * part / full;
        self.mark(node, record);
    }
}
