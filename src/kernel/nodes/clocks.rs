//! The failure clocks of units: lives that are spent while a condition holds.
//!
//! A *plain* clock counts the time for which it runs, or has no memory, and knows no phases: its life is drawn as a span and run down. Any
//! other clock draws an amount of hazard instead, exponential with mean 1, and uses it up while it runs, at the rate that the law has at the
//! counted age times the factor of the phase. Both are exact.

use crate::kernel::agent::What;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{CommonCauseId, NodeId, RecordId};
use crate::kernel::purpose;
use crate::kernel::reading::Reading;
use crate::kernel::settle::Engine;
use crate::kernel::state::{AgeState, Soundness};
use crate::kernel::unit_spec::{Begins, Clock, ClockPhase, Counts, Inspections};
use crate::random::{Law, Stream, exponential_quantile};

/// A clock as the engine runs it.
#[derive(Debug, PartialEq)]
pub(crate) struct ClockRow {
    pub law: Law,
    pub runs: Option<(NodeId, Reading)>,
    pub hidden: bool,
    pub counts: Counts,
    /// The common-cause group that the clock has given a part of its rate to.
    pub group: Option<CommonCauseId>,
    /// Whether its life is drawn as a span.
    plain: bool,
    /// Whether the hazard changes by phases.
    phased: bool,
    /// The factors by age, the first from age 0 on.
    phases: Vec<ClockPhase>,
    /// The sums of the lives in the middle of cells of equal chance, for lives under phases met under way; empty without phases, or if some
    /// never end.
    lives: Box<[f64]>,
}

/// Cells for lives under phases: met under way, their ages have the stationary law to about one part in so many.
const CELLS: usize = 2048;

/// Where a clock is met at the beginning of a replication.
enum Met {
    /// It has this age and will last so long, in microseconds; so much hazard is left.
    Sound { age: f64, left: f64, hazard: f64 },
    /// It ran out since the last inspection.
    Dormant,
}

impl ClockRow {
    pub fn new(clock: Clock) -> Self {
        let Clock {
            law,
            runs,
            counts,
            mut phases,
            hidden,
        } = clock;
        assert!(
            phases.is_sorted_by(|a, b| a.from_us < b.from_us)
                && phases
                    .iter()
                    .all(|phase| phase.factor.is_finite() && phase.factor >= 0.0),
            "phases come in rising order, each with a factor that is finite and not negative"
        );
        let plain = phases.is_empty() && (counts == Counts::Running || law.is_memoryless());
        let phased = !phases.is_empty();
        if phases.first().is_none_or(|first| first.from_us > 0) {
            phases.insert(
                0,
                ClockPhase {
                    from_us: 0,
                    factor: 1.0,
                },
            );
        }
        let mut row = Self {
            law,
            runs,
            hidden,
            counts,
            group: None,
            plain,
            phased,
            phases,
            lives: Box::default(),
        };
        if phased {
            let mut sum = 0.0;
            let life =
                |cell: usize| row.age_after(0.0, exponential_quantile((cell as f64 + 0.5) / CELLS as f64));
            let lives: Box<[f64]> = (0..CELLS)
                .map(|cell| {
                    sum += life(cell);
                    sum
                })
                .collect();
            if sum.is_finite() {
                row.lives = lives;
            }
        }
        row
    }

    /// Whether its failures stay hidden.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Leaves so much of its rate to a common cause.
    pub fn share_with(&mut self, group: CommonCauseId, own_share: f64) {
        // A clock without a rate of its own lasts beyond all time.
        self.law = self.law.scaled(1.0 / own_share.max(1e-200));
        self.group = Some(group);
    }

    /// The hazard used up from one counted age to another.
    fn spent(&self, from: f64, to: f64) -> f64 {
        let mut sum = 0.0;
        for (place, phase) in self.phases.iter().enumerate() {
            let end = self
                .phases
                .get(place + 1)
                .map_or(to, |next| to.min(next.from_us as f64));
            let start = from.max(phase.from_us as f64);
            if start < end && phase.factor > 0.0 {
                let before = self.law.gathered_hazard(start);
                if before.is_infinite() {
                    return f64::INFINITY;
                }
                sum += phase.factor * (self.law.gathered_hazard(end) - before);
            }
        }
        sum
    }

    /// The counted age at which so much hazard is used up from an age on.
    fn age_after(&self, from: f64, hazard: f64) -> f64 {
        let mut left = hazard;
        for (place, phase) in self.phases.iter().enumerate() {
            let end = self
                .phases
                .get(place + 1)
                .map_or(f64::INFINITY, |next| next.from_us as f64);
            let start = from.max(phase.from_us as f64);
            if start >= end || phase.factor <= 0.0 {
                continue;
            }
            let before = self.law.gathered_hazard(start);
            if before.is_infinite() {
                return start;
            }
            let reached = self.law.age_at_hazard(before + left / phase.factor).max(start);
            if reached < end {
                return reached;
            }
            left = (left - phase.factor * (self.law.gathered_hazard(end) - before)).max(0.0);
        }
        f64::INFINITY
    }

    /// The mean life; infinite if some never end.
    fn mean(&self) -> f64 {
        match self.lives.last() {
            Some(sum) => sum / CELLS as f64,
            None if self.phased => f64::INFINITY,
            None => self.law.mean(),
        }
    }

    /// The age of a life that is met under way.
    fn age_met(&self, stream: &mut Stream) -> f64 {
        if !self.phased {
            return self.law.under_way(stream).age;
        }
        let Some(total) = self.lives.last() else {
            // In the long run only those are left that never end.
            return self.phases.last().map_or(0.0, |phase| phase.from_us as f64);
        };
        let target = stream.unit_open() * total;
        let cell = self.lives.partition_point(|&sum| sum < target).min(CELLS - 1);
        let within = stream.unit_open();
        let life = self.age_after(0.0, exponential_quantile((cell as f64 + within) / CELLS as f64));
        life * stream.unit_open()
    }

    fn sound_at(&self, age: f64, hazard: f64) -> Met {
        Met::Sound {
            age,
            left: self.age_after(age, hazard) - age,
            hazard,
        }
    }

    /// Draws where the clock is met at the beginning; `inspected` is (period, time since the last inspection).
    fn meet(&self, begins: Begins, inspected: Option<(f64, f64)>, stream: &mut Stream) -> Met {
        match begins {
            Begins::Steady if self.hidden && inspected.is_some() => {
                let (period, elapsed) = inspected.expect("just seen");
                let age = self.age_at_inspection(period, stream);
                let hazard = exponential_quantile(stream.unit_open());
                let end = self.age_after(age, hazard);
                if end - age <= elapsed {
                    return Met::Dormant;
                }
                Met::Sound {
                    age: age + elapsed,
                    left: end - age - elapsed,
                    hazard: (hazard - self.spent(age, age + elapsed)).max(0.0),
                }
            }
            // Without memory what is left is a life, whatever the age.
            Begins::Steady if !self.law.is_memoryless() || !self.plain => {
                let age = self.age_met(stream);
                self.sound_at(age, exponential_quantile(stream.unit_open()))
            }
            Begins::Steady | Begins::New => self.sound_at(0.0, exponential_quantile(stream.unit_open())),
            Begins::Aged(age_us) => self.sound_at(age_us as f64, exponential_quantile(stream.unit_open())),
        }
    }

    /// The age at an inspection in the long run, where what is found failed is at once made new: a whole number of periods, each as likely
    /// as a life is to last so long. Drawn by rejection from the age of a life met under way, which has the density P(life > age) / mean.
    fn age_at_inspection(&self, period: f64, stream: &mut Stream) -> f64 {
        // Enough tries for any law: at least one in two is taken.
        const TRIES: u32 = 1000;
        if self.plain && self.law.is_memoryless() {
            return 0.0;
        }
        for _ in 0..TRIES {
            if stream.unit_open() * (period + self.mean()) < period {
                break;
            }
            let age = self.age_met(stream);
            let at = libm::ceil(age / period) * period;
            if exponential_quantile(stream.unit_open()) > self.spent(age, at) {
                return at;
            }
        }
        0.0
    }
}

/// A span of microseconds as an integer, at least 1; what is beyond the range is never.
fn span_us(us: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts saturate, and beyond the range is never"
    )]
    let whole = libm::round(us) as u64;
    whole.max(1)
}

impl Engine<'_> {
    /// How long before now the unit was last inspected, at the beginning: (period, elapsed), both in microseconds.
    fn begin_inspections(&mut self, node: NodeId) -> Option<(u64, u64)> {
        let spec = &self.unit_row(node).spec;
        let Inspections { period_us, first_us } = spec.inspected?;
        let period = period_us.max(1);
        let first = match (first_us, spec.begins) {
            (Some(first), _) => first.max(1),
            (None, Begins::Steady) => {
                let mut stream = self
                    .key
                    .stream(self.net.streams[node.index()], purpose::INSPECTION, 0);
                span_us(stream.unit_open() * period as f64).min(period)
            }
            (None, _) => period,
        };
        self.state.units[self.net.slot(node)].inspected_at = first;
        Some((period, period - ((first - 1) % period + 1)))
    }

    /// Draws the lives of a unit's clocks at the beginning of a replication. It may have failed unseen before.
    pub(crate) fn begin_clocks(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let begins = self.net.units[slot].spec.begins;
        let inspected = self
            .begin_inspections(node)
            .map(|(period, elapsed)| (period as f64, elapsed as f64));
        let mut dormant = false;
        let net = self.net;
        for (ordinal, (clock, row)) in net.clocks.of(slot).enumerate() {
            // What failed before may have set it going already.
            self.stop_clock(row, clock);
            let mut stream = self.life_stream(node, clock, ordinal);
            match row.meet(begins, inspected, &mut stream) {
                Met::Sound { age, left, hazard } => {
                    self.state.clocks[clock].left = span_us(left);
                    let state = &mut self.state.ages[clock];
                    state.hazard = hazard;
                    state.age = span_us(age) - u64::from(age < 1.0);
                }
                Met::Dormant => dormant = true,
            }
        }
        if dormant {
            let record = self.record(RecordId::NONE, What::Life { node });
            self.fail_unit(node, true, record);
        }
        self.review_clocks(node);
    }

    fn life_stream(&mut self, node: NodeId, clock: usize, ordinal: usize) -> Stream {
        let state = &mut self.state.clocks[clock];
        let number = u64::from(state.renewals) << 8 | ordinal as u64;
        state.renewals += 1;
        self.key
            .stream(self.net.streams[node.index()], purpose::LIFE, number)
    }

    /// Draws the lives of a unit's clocks afresh: it is new.
    pub(crate) fn renew_clocks(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let now = self.state.now;
        let net = self.net;
        for (ordinal, (clock, row)) in net.clocks.of(slot).enumerate() {
            self.stop_clock(row, clock);
            let mut stream = self.life_stream(node, clock, ordinal);
            if row.plain {
                self.state.clocks[clock].left = row.law.sample_us(&mut stream).max(1);
            } else {
                self.state.ages[clock] = AgeState {
                    hazard: exponential_quantile(stream.unit_open()),
                    age: 0,
                    at: now,
                };
            }
        }
        self.review_clocks(node);
    }

    fn clock_slot(&self, clock: usize) -> u32 {
        self.scratch.timers.clock(clock)
    }

    /// Starts and stops the clocks of a unit as their conditions say, and sees to it that a hidden failure is found.
    pub(crate) fn review_clocks(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let net = self.net;
        if self.beginning || net.clocks.count_of(slot) == 0 {
            return;
        }
        let sound = self.state.units[slot].soundness == Soundness::Sound;
        for (clock, row) in net.clocks.of(slot) {
            let runs = sound
                && row
                    .runs
                    .is_none_or(|(from, reading)| reading.read(self.value(from)) != 0);
            match (self.state.clocks[clock].running_since, runs) {
                (None, true) => self.start_clock(node, row, clock),
                (Some(_), false) => self.stop_clock(row, clock),
                _ => {}
            }
        }
        if self.state.units[slot].hidden {
            self.await_finding(node);
        }
    }

    fn start_clock(&mut self, node: NodeId, row: &ClockRow, clock: usize) {
        let now = self.state.now;
        let tie = crate::kernel::run::tie_of_node(self.net.order[node.index()]);
        let timer = self.clock_slot(clock);
        let state = &mut self.state.clocks[clock];
        state.running_since = Some(now);
        if !row.plain {
            let counted = &mut self.state.ages[clock];
            counted.age = match row.counts {
                Counts::Running => counted.age,
                Counts::Calendar => counted.age.saturating_add(now - counted.at),
                // What runs from the beginning on was started before it.
                Counts::SinceStart if now == 0 => counted.age,
                Counts::SinceStart => 0,
            };
            counted.at = now;
            let age = counted.age as f64;
            state.left = span_us(row.age_after(age, counted.hazard) - age);
        }
        let at = now.checked_add(state.left).unwrap_or(NEVER);
        self.state.calendar.set(timer, at, tie);
        if let Some(group) = row.group {
            self.expose(group);
        }
    }

    fn stop_clock(&mut self, row: &ClockRow, clock: usize) {
        let now = self.state.now;
        let timer = self.clock_slot(clock);
        let state = &mut self.state.clocks[clock];
        let Some(since) = state.running_since.take() else {
            return;
        };
        let ran = now - since;
        state.left -= ran.min(state.left);
        if !row.plain {
            let counted = &mut self.state.ages[clock];
            let age = counted.age.saturating_add(ran);
            counted.hazard = (counted.hazard - row.spent(counted.age as f64, age as f64)).max(0.0);
            counted.age = age;
            counted.at = now;
        }
        self.state.calendar.set(timer, NEVER, 0);
        if let Some(group) = row.group {
            self.shelter(group);
        }
    }

    /// Whether a clock runs now.
    pub(crate) fn clock_runs(&self, clock: usize) -> bool {
        self.state.clocks[clock].running_since.is_some()
    }

    /// A clock has run out.
    pub(crate) fn clock_ran_out(&mut self, clock: usize) {
        let node = self.scratch.timers.unit(clock);
        let hidden = self.net.clocks.row(clock).hidden;
        let record = self.record(RecordId::NONE, What::Life { node });
        self.fail_unit(node, hidden, record);
    }
}
