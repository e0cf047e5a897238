//! **Balance**: supply against demand, with a policy when short.
//!
//! What is asked for goes up before supply comes down, so one look sees both. In a later round of an instant whatever a balance gives only
//! falls: grants, and the flags that tell of supply; what would rise waits a microsecond. Only who had all that he asked for may be given
//! more at once when he asks for more, so that a load that moves is not dropped for a microsecond. What has been shed, has opened or has
//! collapsed is a latch, and comes back at the beginning of an instant of its own. So an instant ends by itself.
//!
//! In a circle of levels a balance counts by its state: what it gives now. It looks at what is supplied by the circle one round later, and
//! what it gives comes back, as anywhere, when its supply does.

mod breaker;
mod declare;
mod latches;
mod refuse;
mod sharing;
mod spec;

use crate::kernel::agent::{AskedRow, What};
use crate::kernel::builder::Role;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::{BalanceRow, Netlist, NodeKind};
use crate::kernel::reading::{FULL_PPM, Reading};
use crate::kernel::settle::Engine;
pub(crate) use breaker::{Breaker, Latch};
pub(crate) use declare::Consumer;
pub(crate) use refuse::refuse_demands_of_what_is_served;
pub(crate) use sharing::grants;
pub use spec::{Back, Bears, Demand, Gauge, Opens, Policy};

/// What a balance remembers, besides its breakers and its consumers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BalanceState {
    /// A rise that was put off to the next microsecond.
    pub put_off: bool,
    /// The timer has come in this instant: what fits may come back.
    pub due: bool,
    pub collapsed: Option<Latch>,
    /// What was supplied and asked for at the last look.
    pub supply: i64,
    pub total: i128,
}

impl BalanceState {
    pub fn new() -> Self {
        Self {
            put_off: false,
            due: false,
            collapsed: None,
            supply: 0,
            total: 0,
        }
    }
}

/// What a balance remembers of a consumer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsumerState {
    /// By how much what it asks for is multiplied, in parts per million.
    pub factor_ppm: i64,
    /// It is shed, or has been opened.
    pub off: Option<Latch>,
    /// What it asked for at the last look; less than nothing before the first.
    pub asked: i64,
    /// Whether it got that.
    pub fed: bool,
}

impl ConsumerState {
    pub fn new() -> Self {
        Self {
            factor_ppm: FULL_PPM,
            off: None,
            asked: -1,
            fed: true,
        }
    }
}

/// What a consumer asks for by its states when the nodes it depends on have these values, before any surge; `None` if that takes more.
fn asked_by(consumer: &Consumer, value: impl Fn(NodeId) -> i64) -> Option<i64> {
    let base = match consumer.demand {
        Demand::Fixed { amount, when } => {
            let asks = when.is_none_or(|(from, reading)| reading.read(value(from)) != 0);
            if asks { amount } else { 0 }
        }
        Demand::Load(_) => return None,
    };
    Some(base.saturating_add(added(consumer, value)))
}

/// What a consumer would ask for if nodes had these values; `now` is what it does ask for, and the factor in it. A load stays as it is.
pub(crate) fn asked_if(consumer: &Consumer, value: impl Fn(NodeId) -> i64, now: (i64, i64)) -> i64 {
    let (amount, factor_ppm) = now;
    asked_by(consumer, value).map_or(amount, |asked| sharing::part(asked, factor_ppm))
}

fn added(consumer: &Consumer, value: impl Fn(NodeId) -> i64) -> i64 {
    consumer
        .added
        .iter()
        .map(|term| term.amount.saturating_mul(term.reading.read(value(term.from))))
        .fold(0, i64::saturating_add)
        .max(0)
}

/// In how many rounds of an instant more may be given to who asks for more; loads that still move after that chase each other.
const ROUNDS_THAT_GIVE: u32 = 64;

/// One look at a balance: what it found, and when it has to be looked at again.
struct Look {
    node: NodeId,
    supply: i64,
    why: RecordId,
    /// The earliest time at which anything of it may change by itself.
    next: u64,
    /// Consumers that came back, and why.
    returned: Vec<(usize, RecordId)>,
}

impl BalanceRow {
    /// The sources: the place of its breaker (if sources have any), its weight, the node and how it is read.
    fn sources<'a>(
        &self,
        net: &'a Netlist,
        node: NodeId,
    ) -> impl Iterator<Item = (usize, i64, NodeId, Reading)> + use<'a> {
        let first = self.first_breaker + 1;
        net.inputs(node)
            .iter()
            .filter(|input| input.role == Role::Supply)
            .enumerate()
            .map(move |(ordinal, input)| (first + ordinal, input.weight, input.from, input.reading))
    }
}

impl Engine<'_> {
    fn asked(&self, consumer: &Consumer, factor_ppm: i64) -> i64 {
        let value = |from: NodeId| self.value(from);
        let amount = match consumer.demand {
            Demand::Load(node) => self.state.loads[node.index()]
                .max(0)
                .saturating_add(added(consumer, value)),
            Demand::Fixed { .. } => asked_by(consumer, value).expect("values tell what is fixed"),
        };
        sharing::part(amount, factor_ppm)
    }

    /// What each consumer asks for that is not off; notes what has changed.
    fn ask(&mut self, row: &BalanceRow, asked: &mut Vec<i64>) {
        asked.clear();
        for (place, consumer) in row.consumers.iter().enumerate() {
            let state = self.state.consumers[row.first_consumer + place];
            let amount = self.asked(consumer, state.factor_ppm);
            if amount != state.asked && !self.beginning {
                self.state.consumers[row.first_consumer + place].asked = amount;
                if self.causes {
                    self.state.asked_rows.push(AskedRow {
                        at: self.state.now,
                        consumer: consumer.output,
                        amount,
                        factor_ppm: state.factor_ppm,
                    });
                }
            }
            asked.push(if state.off.is_some() { 0 } else { amount });
        }
    }

    /// What all consumers ask for, whether they are off or not.
    fn asked_in_all(&self, row: &BalanceRow) -> i128 {
        let states = &self.state.consumers[row.first_consumer..];
        let asked = row.consumers.iter().zip(states);
        asked
            .map(|(consumer, state)| i128::from(self.asked(consumer, state.factor_ppm)))
            .sum()
    }

    /// What the sources that are closed give.
    fn supply(&self, node: NodeId, row: &BalanceRow) -> i64 {
        row.sources(self.net, node)
            .filter(|&(breaker, ..)| row.source_breakers == 0 || self.state.breakers[breaker].open.is_none())
            .map(|(_, weight, from, reading)| weight.saturating_mul(reading.read(self.value(from))))
            .fold(0, i64::saturating_add)
    }

    /// The balances that began at the best of their circle are looked at again in the second round, whether or not a source has changed.
    pub(crate) fn mark_balances_in_circles(&mut self) {
        for place in 0..self.net.len() {
            let node = NodeId::new(place);
            if self.net.kind(node) == NodeKind::Balance && self.is_supplied_in_circle(node) {
                self.mark(node, RecordId::NONE);
            }
        }
    }

    /// Whether it needs what needs it, and so looks at a source one round later.
    fn is_supplied_in_circle(&self, node: NodeId) -> bool {
        let net = self.net;
        let mut inputs = net.inputs(node).iter();
        inputs.any(|input| {
            input.role == Role::Supply && net.order[input.from.index()] > net.order[node.index()]
        })
    }

    pub(crate) fn look_at_balance(&mut self, node: NodeId, why: RecordId) {
        let net = self.net;
        let slot = net.slot(node);
        let row = &net.balances[slot];
        let mut asked = std::mem::take(&mut self.scratch.asked);
        let mut granted = std::mem::take(&mut self.scratch.grants);
        self.ask(row, &mut asked);
        let mut supply = self.supply(node, row);
        if self.beginning && self.round == 1 && self.is_supplied_in_circle(node) {
            // The circle begins at its best, and comes down from there.
            let all = i64::try_from(sharing::sum(&asked)).unwrap_or(i64::MAX);
            supply = supply.max(all);
        }
        let mut look = Look {
            node,
            supply,
            why,
            next: NEVER,
            returned: Vec::new(),
        };
        if std::mem::take(&mut self.state.balances[slot].due) && self.round == 1 {
            self.bring_back(row, &mut look, &mut asked);
        }
        self.blame_shortage(&mut look, slot, sharing::sum(&asked));
        self.share_by_policy(row, &mut look, &mut asked, &mut granted);
        self.state.balances[slot].supply = look.supply;
        let record = self.follow(look.why, node);
        self.give(row, &look, &asked, &granted, record);
        self.show_gauges(row, &look, &asked, record);
        if !row.policy.only_shares() && !self.beginning {
            self.await_returns(row, &mut look, &asked);
            if self.state.balances[slot].put_off {
                look.next = look.next.min(self.after(1));
            }
            self.set_timer(node, look.next);
        }
        self.scratch.asked = asked;
        self.scratch.grants = granted;
    }

    /// When demand rose rather than supply fell, the why-log says so.
    fn blame_shortage(&mut self, look: &mut Look, slot: usize, total: i128) {
        let before = self.state.balances[slot];
        let supply = look.supply;
        let state = &mut self.state.balances[slot];
        (state.supply, state.total) = (supply, total);
        if self.beginning || !self.causes || total <= i128::from(supply) {
            return;
        }
        // Would what was asked for before be short as well?
        let alone = before.total <= i128::from(supply) || supply >= before.supply;
        if total > before.total && alone {
            look.why = self.record(look.why, What::Overload { node: look.node });
        } else if supply < before.supply {
            // Of several marks of one instant the last was kept; the loss is told by the source that changed last.
            let changed = self.net.balances[slot]
                .sources(self.net, look.node)
                .map(|(_, _, from, _)| (self.state.records[from.index()], from))
                .filter(|&(record, _)| record != RecordId::NONE)
                .max();
            if let Some((record, from)) = changed {
                look.why = self.record(record, What::Input { from });
            }
        }
    }

    /// Grants by the policy, and the steps without delay: what opens, what is shed, what collapses.
    fn share_by_policy(
        &mut self,
        row: &BalanceRow,
        look: &mut Look,
        asked: &mut [i64],
        granted: &mut Vec<i64>,
    ) {
        if self.state.breakers[row.first_breaker].open.is_some() {
            granted.clear();
            granted.resize(asked.len(), 0);
            return;
        }
        match &row.policy {
            Policy::Trip { bears, opens, back } => {
                let open = match opens {
                    _ if self.beginning => false,
                    Opens::Whole => self.bear_whole(row, look, asked, bears, *back),
                    Opens::Sources => {
                        self.bear_sources(row, look, asked, bears, *back);
                        false
                    }
                };
                granted.clear();
                if open || look.supply <= 0 {
                    granted.resize(asked.len(), 0);
                } else {
                    // Until it opens, an overloaded balance carries what is asked.
                    granted.extend_from_slice(asked);
                }
            }
            Policy::Shed { back } if *back != Back::After(0) && !self.beginning => {
                grants(&row.policy, look.supply, asked, granted);
                self.shed(row, look, asked, granted, *back);
            }
            Policy::Collapse { above_ppm, .. } => {
                if !self.beginning && self.collapses(look, asked, *above_ppm) {
                    sharing::collapsed_grants(&row.policy, look.supply, asked, granted);
                } else {
                    grants(&Policy::Proportional, look.supply, asked, granted);
                }
            }
            policy => grants(policy, look.supply, asked, granted),
        }
        let given: i128 = granted.iter().map(|&grant| i128::from(grant)).sum();
        assert!(
            matches!(row.policy, Policy::Trip { .. }) || given <= i128::from(look.supply.max(0)),
            "grants sum to at most the supply"
        );
    }

    /// Gives the grants out; in a later round of an instant none of them rises.
    fn give(&mut self, row: &BalanceRow, look: &Look, asked: &[i64], granted: &[i64], record: RecordId) {
        let live = self.is_live(row, look);
        let backlog = self
            .net
            .inputs(look.node)
            .iter()
            .any(|input| input.role == Role::Backlog && input.reading.read(self.value(input.from)) != 0);
        let mut short = backlog;
        for (place, consumer) in row.consumers.iter().enumerate() {
            let record = look
                .returned
                .iter()
                .find(|&&(returned, _)| returned == place)
                .map_or(record, |&(_, record)| record);
            let state = self.state.consumers[row.first_consumer + place];
            let follows_demand = state.fed && self.round <= ROUNDS_THAT_GIVE;
            let given = if follows_demand && granted[place] == asked[place] {
                self.set_value(consumer.output, granted[place], record);
                granted[place]
            } else {
                self.give_up_to(look.node, consumer.output, granted[place], record)
            };
            self.state.consumers[row.first_consumer + place].fed = given == asked[place];
            let off = state.off.is_some();
            short |= given < asked[place] || (off && state.asked > 0);
            if let Some(served) = consumer.served {
                let served_now = live && !off && given == asked[place];
                self.give_up_to(look.node, served, i64::from(served_now), record);
            }
        }
        self.give_up_to(look.node, look.node, i64::from(!short), record);
    }

    /// Sets what tells of supply; a rise within a later round is fed back and waits a microsecond. Returns what it is now.
    fn give_up_to(&mut self, balance: NodeId, output: NodeId, to: i64, record: RecordId) -> i64 {
        let present = self.value(output);
        // The beginning is no instant: anything may rise for a while, and what has not come to rest then rises when time begins.
        let rounds_that_rise = if self.beginning { ROUNDS_THAT_GIVE } else { 1 };
        if to > present && self.round > rounds_that_rise {
            if !self.beginning {
                self.state.balances[self.net.slot(balance)].put_off = true;
                let at = self.after(1);
                self.set_timer(balance, at);
            }
            return present;
        }
        self.set_value(output, to, record);
        to
    }

    /// Closed, and supplied by anything that has not opened.
    fn is_live(&self, row: &BalanceRow, look: &Look) -> bool {
        look.supply > 0 && self.state.breakers[row.first_breaker].open.is_none()
    }

    fn show_gauges(&mut self, row: &BalanceRow, look: &Look, asked: &[i64], record: RecordId) {
        if row.gauges.is_empty() {
            return;
        }
        let consumers = row.first_consumer..row.first_consumer + row.consumers.len();
        let given: i128 = row
            .consumers
            .iter()
            .map(|consumer| i128::from(self.value(consumer.output)))
            .sum();
        let wanted: i128 = self.state.consumers[consumers.clone()]
            .iter()
            .map(|consumer| i128::from(consumer.asked.max(0)))
            .sum();
        let collapsed = self.state.balances[self.net.slot(look.node)].collapsed.is_some();
        let live = self.is_live(row, look);
        let used = if collapsed {
            sharing::offered(&row.policy, asked).max(given)
        } else {
            given
        };
        let amount = |amount: i128| i64::try_from(amount.max(0)).unwrap_or(i64::MAX);
        let breakers = row.first_breaker..=row.first_breaker + row.source_breakers;
        let open = self.state.breakers[breakers]
            .iter()
            .filter(|breaker| breaker.open.is_some())
            .count();
        let shed = self.state.consumers[consumers]
            .iter()
            .filter(|consumer| consumer.off.is_some())
            .count();
        let count = |count: usize| i64::try_from(count).expect("few of them");
        for &(gauge, output) in &row.gauges {
            let value = match gauge {
                Gauge::Live => i64::from(live),
                Gauge::Asked => amount(self.asked_in_all(row)),
                Gauge::Shortfall => amount(wanted - given),
                Gauge::Surplus if live => amount(i128::from(look.supply) - used),
                Gauge::Surplus => 0,
                Gauge::Open => count(open),
                Gauge::Source(ordinal) => {
                    let breaker = row.first_breaker + 1 + ordinal as usize;
                    i64::from(self.state.breakers[breaker].open.is_some())
                }
                Gauge::Shed => count(shed),
                Gauge::Collapsed => i64::from(collapsed),
                Gauge::Served(_) => continue,
            };
            if matches!(gauge, Gauge::Live | Gauge::Surplus) {
                self.give_up_to(look.node, output, value, record);
            } else {
                self.set_value(output, value, record);
            }
        }
    }

    /// The timer of a balance has come: a rise that was put off, the end of a delay, the end of patience with an overload.
    pub(crate) fn balance_timer(&mut self, node: NodeId) {
        let state = &mut self.state.balances[self.net.slot(node)];
        state.put_off = false;
        state.due = true;
        let why = self.state.records[node.index()];
        self.mark(node, why);
    }
}
