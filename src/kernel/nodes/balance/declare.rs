//! How a balance is declared: its supply, its consumers, what it shows.

use super::spec::{Demand, Gauge, Policy};
use crate::kernel::builder::{Builder, Role, Spec};
use crate::kernel::ids::NodeId;
use crate::kernel::netlist::NodeKind;
use crate::kernel::reading::Reading;
use crate::kernel::spec::{BufferSpec, Tag};

#[derive(Clone, Debug)]
pub(crate) struct Consumer {
    pub output: NodeId,
    pub priority: u32,
    pub demand: Demand,
    /// What it asks for besides, by states.
    pub added: Vec<Added>,
    /// The flag that tells whether it is served.
    pub served: Option<NodeId>,
}

impl Consumer {
    /// The states on which what it asks for depends.
    pub fn states(&self) -> impl Iterator<Item = (NodeId, Reading)> + '_ {
        let added = self.added.iter().map(|term| (term.from, term.reading));
        self.demand.state().into_iter().chain(added)
    }
}

/// A consumer asks for `amount` × reading more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub from: NodeId,
    pub reading: Reading,
    pub amount: i64,
}

impl Builder {
    /// Declares a balance without supply or consumers. Its value is 1 while every consumer gets what it asks for.
    pub fn balance(&mut self, name: impl Into<String>, tag: Tag, policy: Policy) -> NodeId {
        self.add(name.into(), tag, Spec::Balance(policy, Vec::new(), Vec::new()))
    }

    /// Adds `weight` × reading to the supply of a balance.
    pub fn supply(&mut self, balance: NodeId, from: NodeId, reading: Reading, weight: i64) {
        self.link(balance, from, reading, weight, Role::Supply);
    }

    /// Adds a consumer to a balance; the node returned holds the amount that it is granted. A small `priority` is served first.
    pub fn consumer(
        &mut self,
        balance: NodeId,
        name: impl Into<String>,
        tag: Tag,
        priority: u32,
        demand: Demand,
    ) -> NodeId {
        let output = self.add(name.into(), tag, Spec::Output { owner: balance });
        let Spec::Balance(_, consumers, _) = &mut self.nodes[balance.index()].spec else {
            panic!("only a balance has consumers");
        };
        let ordinal = i64::try_from(consumers.len()).expect("few consumers");
        consumers.push(Consumer {
            output,
            priority,
            demand,
            added: Vec::new(),
            served: None,
        });
        match demand {
            Demand::Fixed {
                when: Some((from, reading)),
                ..
            } => self.link(balance, from, reading, ordinal, Role::Ask),
            Demand::Fixed { when: None, .. } => {}
            Demand::Load(node) => self.nodes[node.index()].marks_load = true,
        }
        output
    }

    /// The consumer with this output asks for `amount` × reading more: what it draws in another state. Its demand is a function of states,
    /// never of what is served; [`Builder::finish`] makes sure of that.
    ///
    /// # Panics
    /// When `consumer` is no output of a consumer, or the amount is below 0.
    pub fn asks_also(&mut self, consumer: NodeId, from: NodeId, reading: Reading, amount: i64) {
        assert!(amount >= 0, "nobody asks for less than nothing");
        let (balance, place) = self.place_of_consumer(consumer);
        let term = Added {
            from,
            reading,
            amount,
        };
        self.consumers_of(balance)[place].added.push(term);
        let ordinal = i64::try_from(place).expect("few consumers");
        self.link(balance, from, reading, ordinal, Role::Ask);
    }

    /// A flag that is 1 while the consumer with this output gets all that it asks for (see [`Gauge::Served`]).
    ///
    /// # Panics
    /// When `consumer` is no output of a consumer.
    pub fn served(&mut self, consumer: NodeId, name: impl Into<String>, tag: Tag) -> NodeId {
        let (balance, place) = self.place_of_consumer(consumer);
        let ordinal = u32::try_from(place).expect("few consumers");
        let output = self.gauge(balance, Gauge::Served(ordinal), name, tag);
        self.consumers_of(balance)[place].served = Some(output);
        output
    }

    /// A node that shows something else of a balance.
    pub fn gauge(&mut self, balance: NodeId, gauge: Gauge, name: impl Into<String>, tag: Tag) -> NodeId {
        let output = self.add(name.into(), tag, Spec::Output { owner: balance });
        let Spec::Balance(_, _, gauges) = &mut self.nodes[balance.index()].spec else {
            panic!("only a balance has gauges");
        };
        gauges.push((gauge, output));
        output
    }

    /// What a balance does not serve in time waits, and is served out of its surplus: the node returned is a buffer that fills by the
    /// shortfall (in amount × microseconds, up to `ceiling`, beyond which it is turned away), drains by the surplus, and is true until all
    /// is worked off. Until then nobody counts as served in time: the value of the balance is 0.
    ///
    /// # Panics
    /// When `balance` is none, or collapses (what is offered to it in vain is offered again, so that nothing waits).
    pub fn queue(&mut self, balance: NodeId, name: impl Into<String>, tag: Tag, ceiling: i128) -> NodeId {
        let Spec::Balance(policy, ..) = &self.nodes[balance.index()].spec else {
            panic!("only a balance has a queue");
        };
        let keeps = !matches!(policy, Policy::Collapse { .. });
        assert!(keeps, "what collapses keeps no queue");
        let name = name.into();
        let shortfall = self.gauge(balance, Gauge::Shortfall, format!("{name} shortfall"), tag);
        let surplus = self.gauge(balance, Gauge::Surplus, format!("{name} surplus"), tag);
        let spec = BufferSpec {
            ceiling,
            start: 0,
            // True as soon as anything waits, so that nothing is lost to a crossing.
            rearm: 0,
            base_rate: 0,
        };
        let backlog = self.buffer(name, tag, spec);
        self.rate(backlog, shortfall, Reading::Amount, 1);
        self.rate(backlog, surplus, Reading::Amount, -1);
        self.link(balance, backlog, Reading::Flag, 1, Role::Backlog);
        backlog
    }

    fn consumers_of(&mut self, balance: NodeId) -> &mut Vec<Consumer> {
        match &mut self.nodes[balance.index()].spec {
            Spec::Balance(_, consumers, _) => consumers,
            _ => panic!("only a balance has consumers"),
        }
    }

    /// The balance of the consumer with this output, and its place among those declared.
    fn place_of_consumer(&mut self, consumer: NodeId) -> (NodeId, usize) {
        let Spec::Output { owner } = self.nodes[consumer.index()].spec else {
            panic!("only an output belongs to a consumer");
        };
        let place = self
            .consumers_of(owner)
            .iter()
            .position(|known| known.output == consumer)
            .expect("an output of a consumer");
        (owner, place)
    }

    /// Whether a node stands for a consumer of a balance.
    pub(crate) fn is_consumer(&self, node: NodeId) -> bool {
        let Spec::Output { owner } = self.nodes[node.index()].spec else {
            return false;
        };
        let Spec::Balance(_, consumers, _) = &self.nodes[owner.index()].spec else {
            return false;
        };
        consumers.iter().any(|consumer| consumer.output == node)
    }

    /// Whether a node stands for something that opens: a balance, a consumer, a source that has a gauge.
    pub(crate) fn opens(&self, node: NodeId) -> bool {
        let source = match self.nodes[node.index()].spec {
            Spec::Output { owner } => match &self.nodes[owner.index()].spec {
                Spec::Balance(_, _, gauges) => gauges
                    .iter()
                    .any(|&(gauge, output)| output == node && matches!(gauge, Gauge::Source(_))),
                _ => false,
            },
            _ => false,
        };
        self.kind(node) == NodeKind::Balance || source || self.is_consumer(node)
    }
}
