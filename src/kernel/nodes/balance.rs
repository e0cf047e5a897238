//! **Balance**: supply against demand, with a policy when short. Grants are integers and sum to at most the supply.

use crate::kernel::agent::What;
use crate::kernel::builder::{Consumer, Role};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;
use crate::kernel::spec::{Demand, Policy};

/// What each consumer gets, in the order of service: `asked` amounts against `supply`.
pub(crate) fn grants(policy: &Policy, supply: i64, asked: &[i64], granted: &mut Vec<i64>) {
    granted.clear();
    let total: i128 = asked.iter().map(|&amount| i128::from(amount)).sum();
    if total <= i128::from(supply) {
        granted.extend_from_slice(asked);
        return;
    }
    let supply = supply.max(0);
    match policy {
        Policy::Priority | Policy::Trip { .. } => {
            let mut left = supply;
            for &amount in asked {
                let grant = amount.min(left);
                left -= grant;
                granted.push(grant);
            }
        }
        Policy::Shed => {
            let mut left = supply;
            for &amount in asked {
                let grant = if amount <= left { amount } else { 0 };
                left -= grant;
                granted.push(grant);
            }
        }
        Policy::Proportional => {
            let share = |amount: i64| {
                let part = i128::from(amount) * i128::from(supply) / total;
                i64::try_from(part).expect("a share is no larger than the whole")
            };
            granted.extend(asked.iter().map(|&amount| share(amount)));
            let mut left = supply - granted.iter().sum::<i64>();
            for (grant, &amount) in granted.iter_mut().zip(asked) {
                if left == 0 {
                    break;
                }
                if *grant < amount {
                    *grant += 1;
                    left -= 1;
                }
            }
        }
    }
}

impl Engine<'_> {
    fn asked(&self, consumer: &Consumer) -> i64 {
        match consumer.demand {
            Demand::Fixed { amount, when } => {
                let asks = when.is_none_or(|(from, reading)| reading.read(self.value(from)) != 0);
                if asks { amount } else { 0 }
            }
            Demand::Load(node) => self.state.loads[node.index()].max(0),
        }
    }

    pub(crate) fn look_at_balance(&mut self, node: NodeId, why: RecordId) {
        let net = self.net;
        let slot = net.slot(node);
        let row = &net.balances[slot];
        let supply: i64 = net
            .inputs(node)
            .iter()
            .filter(|input| input.role == Role::Supply)
            .map(|input| input.weight * input.reading.read(self.value(input.from)))
            .sum();
        let asked: Vec<i64> = row
            .consumers
            .iter()
            .map(|consumer| self.asked(consumer))
            .collect();
        let mut granted = std::mem::take(&mut self.scratch.grants);
        grants(&row.policy, supply, &asked, &mut granted);
        if let Policy::Trip { after_us } = row.policy {
            self.watch_overload(node, supply < asked.iter().sum(), after_us);
            if self.state.balances[slot].tripped {
                granted.iter_mut().for_each(|grant| *grant = 0);
            } else {
                // Until it trips, an overloaded balance carries what is asked.
                granted.copy_from_slice(&asked);
            }
        }
        let record = self.follow(why, node);
        let mut short = false;
        for (place, consumer) in row.consumers.iter().enumerate() {
            let mut grant = granted[place];
            let present = self.value(consumer.output);
            if grant > present && self.round > 1 && !self.beginning {
                // Fed back within the instant: a later round only takes away; what is given back waits a microsecond.
                self.state.balances[slot].put_off = true;
                let at = self.after(1);
                self.set_timer(node, at);
                grant = present;
            }
            short |= grant < asked[place];
            self.set_value(consumer.output, grant, record);
        }
        self.scratch.grants = granted;
        self.set_value(node, i64::from(!short), record);
    }

    fn watch_overload(&mut self, node: NodeId, overloaded: bool, after_us: u64) {
        let now = self.state.now;
        let slot = self.net.slot(node);
        let state = &mut self.state.balances[slot];
        match (overloaded && !state.tripped, state.overload_since) {
            (true, None) => {
                state.overload_since = Some(now);
                let at = self.after(after_us.max(1));
                self.set_timer(node, at);
            }
            (false, Some(_)) => {
                state.overload_since = None;
                self.set_timer(node, NEVER);
            }
            _ => {}
        }
    }

    /// The timer of a balance has come: a rise that was put off, or the end of patience with an overload.
    pub(crate) fn balance_timer(&mut self, node: NodeId) {
        let slot = self.net.slot(node);
        let state = &mut self.state.balances[slot];
        let mut why = self.state.records[node.index()];
        if std::mem::take(&mut state.put_off) {
            if let (Policy::Trip { after_us }, Some(since)) =
                (&self.net.balances[slot].policy, state.overload_since)
            {
                let at = since.saturating_add(*after_us).max(self.state.now + 1);
                self.set_timer(node, at);
            }
        } else if let Some(began) = state.overload_since.take() {
            state.tripped = true;
            why = self.record(why, What::Stage { node, began });
        }
        self.mark(node, why);
    }

    /// A tripped balance is closed again.
    pub(crate) fn repair_balance(&mut self, node: NodeId, record: RecordId) {
        self.state.balances[self.net.slot(node)].tripped = false;
        self.mark(node, record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(policy: &Policy, supply: i64, asked: &[i64]) -> Vec<i64> {
        let mut granted = Vec::new();
        grants(policy, supply, asked, &mut granted);
        granted
    }

    #[test]
    fn what_is_short_is_shared_by_policy_and_sums_to_the_supply() {
        assert_eq!(share(&Policy::Priority, 10, &[6, 6, 6]), [6, 4, 0]);
        assert_eq!(share(&Policy::Shed, 10, &[6, 6, 3]), [6, 0, 3]);
        assert_eq!(share(&Policy::Proportional, 10, &[5, 5, 5]), [4, 3, 3]);
        assert_eq!(share(&Policy::Proportional, 20, &[5, 5, 5]), [5, 5, 5]);
        assert_eq!(share(&Policy::Priority, 0, &[5]), [0]);
    }
}
