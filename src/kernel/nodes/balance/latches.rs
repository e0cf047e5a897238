//! What a balance takes off by itself or by an action, and how it comes back.

use super::breaker::{Bearing, Latch, overload_ppm};
use super::sharing::{offered, sum};
use super::spec::{Back, Bears, Policy};
use super::{Breaker, Look};
use crate::kernel::agent::What;
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::{BalanceRow, NodeKind};
use crate::kernel::reading::FULL_PPM;
use crate::kernel::settle::Engine;

/// What an action on a balance, or on one of its outputs, is about.
enum Part {
    Whole,
    /// A breaker of a source, by its place among all breakers.
    Source(usize),
    /// A consumer, by its place among all consumers.
    Consumer(usize),
}

/// Whether what is offered to a collapsed balance is at or below the lower mark.
fn has_calmed(policy: &Policy, supply: i64, asked: &[i64]) -> bool {
    let Policy::Collapse { below_ppm, .. } = *policy else {
        return true;
    };
    offered(policy, asked) * i128::from(FULL_PPM) <= i128::from(supply.max(0)) * i128::from(below_ppm)
}

impl Engine<'_> {
    /// Whether `latch`, at the end of its delay, may come back now.
    fn is_over(&self, latch: &Latch) -> bool {
        latch.until <= self.state.now
    }

    /// The end of a stage of the node's own: a delay, or the microsecond after it has come to fit.
    fn back_record(&mut self, node: NodeId, latch: &Latch) -> RecordId {
        let (why, began) = latch.back_from();
        self.record(why, What::Stage { node, began })
    }

    /// At the beginning of an instant of its own, what fits comes back: the balance, its sources, its consumers by priority, its calm.
    pub(super) fn bring_back(&mut self, row: &BalanceRow, look: &mut Look, asked: &mut [i64]) {
        let net = self.net;
        let slot = net.slot(look.node);
        // Each that comes back makes room for others, so that it is asked again until none does.
        let mut more = row.source_breakers > 0;
        while std::mem::take(&mut more) {
            for (breaker, weight, from, reading) in row.sources(net, look.node) {
                let Some(latch) = self.state.breakers[breaker].open else {
                    continue;
                };
                let with_it = look.supply + weight * reading.read(self.value(from));
                if self.is_over(&latch) && sum(asked) <= i128::from(with_it) {
                    self.state.breakers[breaker].open = None;
                    look.supply = with_it;
                    look.why = self.back_record(look.node, &latch);
                    more = true;
                }
            }
        }
        if let Some(latch) = self.state.breakers[row.first_breaker].open
            && self.is_over(&latch)
            && sum(asked) <= i128::from(look.supply)
        {
            self.state.breakers[row.first_breaker].open = None;
            look.why = self.back_record(look.node, &latch);
        }
        for (place, consumer) in row.consumers.iter().enumerate() {
            let state = self.state.consumers[row.first_consumer + place];
            let Some(latch) = state.off else { continue };
            if self.is_over(&latch) && sum(asked) + i128::from(state.asked) <= i128::from(look.supply) {
                self.state.consumers[row.first_consumer + place].off = None;
                asked[place] = state.asked;
                let record = self.back_record(look.node, &latch);
                let record = self.follow(record, look.node);
                debug_assert_eq!(
                    net.owner(consumer.output),
                    look.node,
                    "a consumer of this balance"
                );
                look.returned.push((place, record));
            }
        }
        if let Some(latch) = self.state.balances[slot].collapsed
            && has_calmed(&row.policy, look.supply, asked)
        {
            self.state.balances[slot].collapsed = None;
            look.why = self.back_record(look.node, &latch);
        }
    }

    /// When anything that is off may come back by itself.
    pub(super) fn await_returns(&mut self, row: &BalanceRow, look: &mut Look, asked: &[i64]) {
        let net = self.net;
        let (now, why, total) = (self.state.now, look.why, sum(asked));
        let mut next = look.next;
        if row.source_breakers > 0 {
            for (breaker, weight, from, reading) in row.sources(net, look.node) {
                let with_it = look.supply + weight * reading.read(self.value(from));
                if let Some(latch) = &mut self.state.breakers[breaker].open {
                    next = next.min(latch.wants(total <= i128::from(with_it), now, why));
                }
            }
        }
        if let Some(latch) = &mut self.state.breakers[row.first_breaker].open {
            next = next.min(latch.wants(total <= i128::from(look.supply), now, why));
        }
        let consumers = row.first_consumer..row.first_consumer + row.consumers.len();
        for consumer in &mut self.state.consumers[consumers] {
            let with_it = total + i128::from(consumer.asked);
            if let Some(latch) = &mut consumer.off {
                next = next.min(latch.wants(with_it <= i128::from(look.supply), now, why));
            }
        }
        let calm = has_calmed(&row.policy, look.supply, asked);
        if let Some(latch) = &mut self.state.balances[net.slot(look.node)].collapsed {
            next = next.min(latch.wants(calm, now, why));
        }
        look.next = next;
    }

    /// The why of something that opens: at the end of what was borne, or at once.
    fn opening_record(&mut self, node: NodeId, breaker: usize, why: RecordId) -> RecordId {
        let Breaker {
            over_since,
            why: over,
            ..
        } = self.state.breakers[breaker];
        match over_since {
            Some(began) if began < self.state.now => self.record(over, What::Stage { node, began }),
            _ => why,
        }
    }

    /// The whole balance bears what is asked of it; tells whether it opens.
    pub(super) fn bear_whole(
        &mut self,
        row: &BalanceRow,
        look: &mut Look,
        asked: &[i64],
        bears: &Bears,
        back: Back,
    ) -> bool {
        let now = self.state.now;
        let place = row.first_breaker;
        let load = overload_ppm(sum(asked), look.supply);
        match self.state.breakers[place].bear(bears, load, now, look.why) {
            Bearing::Until(at) => {
                look.next = look.next.min(at);
                false
            }
            Bearing::Opens => {
                look.why = self.opening_record(look.node, place, look.why);
                let latch = Latch::new(back, now, look.why);
                self.state.breakers[place].open(bears, latch);
                true
            }
        }
    }

    /// Each source bears its part; the first whose time has come opens.
    pub(super) fn bear_sources(
        &mut self,
        row: &BalanceRow,
        look: &mut Look,
        asked: &[i64],
        bears: &Bears,
        back: Back,
    ) {
        let net = self.net;
        let now = self.state.now;
        let mut just_opened = row.sources(net, look.node).any(|(breaker, ..)| {
            let open = self.state.breakers[breaker].open;
            open.is_some_and(|latch| latch.since == now && !latch.by_action)
        });
        loop {
            let load = overload_ppm(sum(asked), look.supply);
            let mut opens: Option<(u32, usize, i64)> = None;
            for (breaker, weight, from, reading) in row.sources(net, look.node) {
                let gives = weight * reading.read(self.value(from));
                let state = &mut self.state.breakers[breaker];
                if state.open.is_some() {
                    continue;
                }
                let load = if gives > 0 { load } else { None };
                match state.bear(bears, load, now, look.why) {
                    Bearing::Until(at) => look.next = look.next.min(at),
                    Bearing::Opens => {
                        let this = (net.order(from), breaker, gives);
                        opens = Some(opens.map_or(this, |first| first.min(this)));
                    }
                }
            }
            let Some((_, breaker, gives)) = opens else { return };
            if just_opened {
                // One at a time: what else is spent is next.
                look.next = look.next.min(now + 1);
                return;
            }
            look.why = self.opening_record(look.node, breaker, look.why);
            let latch = Latch::new(back, now, look.why);
            self.state.breakers[breaker].open(bears, latch);
            look.supply -= gives;
            look.next = NEVER;
            just_opened = true;
        }
    }

    /// What asks for something and gets nothing is off until it comes back.
    pub(super) fn shed(
        &mut self,
        row: &BalanceRow,
        look: &mut Look,
        asked: &mut [i64],
        granted: &[i64],
        back: Back,
    ) {
        let first = row.first_consumer;
        for (place, (amount, &grant)) in asked.iter_mut().zip(granted).enumerate() {
            if grant < *amount {
                let latch = Latch::new(back, self.state.now, look.why);
                self.state.consumers[first + place].off = Some(latch);
                *amount = 0;
            }
        }
    }

    /// Whether a balance has collapsed, or does now.
    pub(super) fn collapses(&mut self, look: &Look, asked: &[i64], above_ppm: i64) -> bool {
        let supply = i128::from(look.supply.max(0));
        let above = sum(asked) * i128::from(FULL_PPM) > supply * i128::from(above_ppm);
        let now = self.state.now;
        let state = &mut self.state.balances[self.net.slot(look.node)];
        if state.collapsed.is_none() && above {
            state.collapsed = Some(Latch::new(Back::After(0), now, look.why));
        }
        state.collapsed.is_some()
    }

    fn part_of_balance(&self, node: NodeId) -> (NodeId, Part) {
        let owner = self.net.owner(node);
        let row = &self.net.balances[self.net.slot(owner)];
        if self.net.kind(node) == NodeKind::Balance {
            return (owner, Part::Whole);
        }
        let consumer = row.consumers.iter().position(|consumer| consumer.output == node);
        let source = row.gauges.iter().find_map(|&(gauge, output)| match gauge {
            super::Gauge::Source(ordinal) if output == node => Some(ordinal as usize),
            _ => None,
        });
        let part = match (consumer, source) {
            (Some(place), _) => Part::Consumer(row.first_consumer + place),
            (_, Some(ordinal)) => Part::Source(row.first_breaker + 1 + ordinal),
            _ => unreachable!("an action suits its node: a balance, a consumer or the gauge of a source"),
        };
        (owner, part)
    }

    /// An action opens a balance, one of its sources or a consumer, until another closes it.
    pub(crate) fn open_by_action(&mut self, node: NodeId, record: RecordId) {
        let (owner, part) = self.part_of_balance(node);
        let latch = Some(Latch::by_action(self.state.now, record));
        match part {
            Part::Whole => {
                self.state.breakers[self.net.balances[self.net.slot(owner)].first_breaker].open = latch
            }
            Part::Source(breaker) => self.state.breakers[breaker].open = latch,
            Part::Consumer(consumer) => self.state.consumers[consumer].off = latch,
        }
        self.mark(owner, record);
    }

    /// An action closes what has opened. Closing a balance closes all that it has opened or shed by itself as well, and ends a collapse;
    /// what an action has opened on its own stays open.
    pub(crate) fn close_by_action(&mut self, node: NodeId, record: RecordId) {
        let (owner, part) = self.part_of_balance(node);
        let slot = self.net.slot(owner);
        let row = &self.net.balances[slot];
        match part {
            Part::Source(breaker) => self.state.breakers[breaker].open = None,
            Part::Consumer(consumer) => self.state.consumers[consumer].off = None,
            Part::Whole => {
                let by_itself = |latch: &mut Latch| !latch.by_action;
                self.state.breakers[row.first_breaker].open = None;
                for breaker in 1..=row.source_breakers {
                    self.state.breakers[row.first_breaker + breaker]
                        .open
                        .take_if(by_itself);
                }
                for place in 0..row.consumers.len() {
                    self.state.consumers[row.first_consumer + place]
                        .off
                        .take_if(by_itself);
                }
                self.state.balances[slot].collapsed = None;
            }
        }
        // Twice the balance itself: the mark of an action upon it, which the walk of waiting follows.
        let record = self.follow(record, owner);
        self.mark(owner, record);
    }

    /// An action multiplies what a consumer asks for.
    pub(crate) fn surge(&mut self, node: NodeId, ppm: i64, record: RecordId) {
        let (owner, part) = self.part_of_balance(node);
        if let Part::Consumer(consumer) = part {
            self.state.consumers[consumer].factor_ppm = ppm.max(0);
            self.mark(owner, record);
        }
    }
}
