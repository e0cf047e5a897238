//! Declares a [`Sketch`] to the kernel, in any order.

use super::sketch::{Agent, Cond, Deed, Node, REASONS, Sketch, Work};
use crate::dice::Dice;
use blackstart::kernel::{
    Action, Builder, Call, Clock, Combine, CrewId, Demand, Effect, NodeId, OnBlocked, OnError, Otherwise,
    PartId, PartsSpec, Passes, Tag, Takes, UnitSpec, Way, WorkId, WorkSpec,
};
use blackstart::random::Law;

impl Sketch {
    fn owner(&self, node: usize) -> Option<usize> {
        match self.nodes[node].1 {
            Node::Point { mesh: owner, .. }
            | Node::Mark { buffer: owner, .. }
            | Node::Items { starter: owner, .. }
            | Node::Consumer { balance: owner, .. } => Some(owner),
            _ => None,
        }
    }

    /// Nodes in the order in which they are declared: the given one, but for further outputs, which come after their owners.
    fn order(&self, dice: Option<&mut Dice>) -> Vec<usize> {
        let mut wanted: Vec<usize> = (0..self.nodes.len()).collect();
        if let Some(dice) = dice {
            dice.shuffle(&mut wanted);
        }
        let mut order = Vec::new();
        let mut done = vec![false; self.nodes.len()];
        for node in wanted {
            self.visit(node, &mut done, &mut order);
        }
        order
    }

    /// Puts a node in the order, after what has to be declared before it.
    fn visit(&self, node: usize, done: &mut [bool], order: &mut Vec<usize>) {
        if std::mem::replace(&mut done[node], true) {
            return;
        }
        let load = match self.nodes[node].1 {
            Node::Consumer {
                fixed: None, load, ..
            } => Some(load),
            _ => None,
        };
        for before in self.owner(node).into_iter().chain(load) {
            self.visit(before, done, order);
        }
        order.push(node);
    }

    /// Declares all of it, in a random order if there are dice. `agent` makes the agent of a number.
    pub fn declare(
        &self,
        dice: Option<&mut Dice>,
        agent: impl Fn(&Agent, Vec<Action>, Vec<WorkId>) -> Box<dyn blackstart::kernel::Agent>,
    ) -> Builder {
        let mut b = Builder::new();
        let tag = Tag::default();
        let mut dice = dice;
        let order = self.order(dice.as_deref_mut());
        let mut ids = vec![NodeId::new(0); self.nodes.len()];
        for (place, &node) in order.iter().enumerate() {
            ids[node] = NodeId::new(place);
        }
        let of = |(node, reading): Cond| (ids[node], reading);
        for &number in &order {
            let (name, node) = &self.nodes[number];
            let id = match node {
                Node::Unit { amount, held, clocks } => {
                    let held = held.iter().map(|&reason| b.reason(REASONS[reason])).collect();
                    let clock = |(law, runs): &(Law, Option<Cond>)| Clock {
                        runs: runs.map(of),
                        ..Clock::new(law.clone())
                    };
                    let spec = UnitSpec {
                        held,
                        clocks: clocks.iter().map(clock).collect(),
                        ..UnitSpec::amount(*amount)
                    };
                    b.unit(name, tag, spec)
                }
                Node::Gate { threshold, .. } => b.gate(name, tag, *threshold),
                Node::Level { combine, .. } => b.level(name, tag, *combine),
                Node::Mesh { .. } => b.mesh(name, tag),
                Node::Point { mesh, source } => b.mesh_point(ids[*mesh], name, tag, source.map(of)),
                Node::Buffer { spec, .. } => b.buffer(name, tag, spec.clone()),
                Node::Mark { buffer, mark } => b.mark(ids[*buffer], name, tag, *mark),
                Node::Starter { spec, .. } => b.starter(name, tag, spec.clone()),
                Node::Items { starter, state } => b.state_of(ids[*starter], *state, name, tag),
                Node::Selector { spec, .. } => b.selector(name, tag, spec.clone()),
                Node::Balance { policy, .. } => b.balance(name, tag, policy.clone()),
                Node::Consumer {
                    balance,
                    priority,
                    fixed,
                    load,
                } => {
                    let demand = match fixed {
                        Some((amount, when)) => Demand::Fixed {
                            amount: *amount,
                            when: when.map(of),
                        },
                        None => Demand::Load(ids[*load]),
                    };
                    b.consumer(ids[*balance], name, tag, *priority, demand)
                }
            };
            assert_eq!(id, ids[number], "ids follow the order of declaration");
        }
        self.join(&mut b, &ids);
        for &(from, reading, amount, to) in &self.draws {
            b.draw(ids[to], ids[from], reading, amount);
        }
        for &(from, to, share) in &self.passes {
            b.pass_load(ids[from], ids[to], share);
        }
        let crews: Vec<CrewId> = (0..self.crews.len())
            .map(|crew| {
                let heads = self.crews[crew].0.iter().map(|&node| ids[node]).collect();
                let id = b.crew(format!("crew-{crew}"), tag, heads);
                b.crew_rules(id, self.crews[crew].1);
                id
            })
            .collect();
        let parts: Vec<PartId> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, (stock, lead))| {
                let spec = PartsSpec {
                    stock: *stock,
                    lead: lead.clone(),
                };
                b.parts(format!("part-{number}"), tag, spec)
            })
            .collect();
        let mut turn: Vec<usize> = (0..self.works.len()).collect();
        if let Some(dice) = dice {
            dice.shuffle(&mut turn);
        }
        let mut works = vec![WorkId::new(0); self.works.len()];
        for number in turn {
            let spec = self.works[number].spec(self, &mut b, &ids, &crews, &parts);
            works[number] = b.work(format!("work-{number}"), tag, spec);
        }
        for (number, known) in self.agents.iter().enumerate() {
            let deeds = known
                .deeds
                .iter()
                .filter_map(|deed| deed.action(self, &mut b, &ids))
                .collect();
            let calls = known.calls.iter().map(|&work| works[work]).collect();
            let watches = known.watches.iter().map(|&node| ids[node]).collect();
            b.agent(
                format!("agent-{number}"),
                tag,
                agent(known, deeds, calls),
                watches,
            );
        }
        b
    }

    fn join(&self, b: &mut Builder, ids: &[NodeId]) {
        let of = |&(node, reading): &Cond| (ids[node], reading);
        for (number, (_, node)) in self.nodes.iter().enumerate() {
            let me = ids[number];
            match node {
                Node::Gate { terms, .. } => {
                    for (cond, weight) in terms {
                        b.term(me, of(cond).0, cond.1, *weight);
                    }
                }
                Node::Level { combine, terms, soft } => {
                    for (cond, weight) in terms {
                        match combine {
                            Combine::Min => b.hard(me, of(cond).0, cond.1),
                            _ => b.part(me, of(cond).0, cond.1, *weight),
                        }
                    }
                    for (cond, weight) in soft {
                        b.soft(me, of(cond).0, cond.1, *weight);
                    }
                }
                Node::Mesh { connections } => {
                    for (one, other, closed) in connections {
                        // The points of a mesh have the numbers after its own.
                        let point = |at: usize| ids[number + 1 + at];
                        b.mesh_connection(me, point(*one), point(*other), of(closed));
                    }
                }
                Node::Buffer { rates, autonomy, .. } => {
                    for (cond, per_unit) in rates {
                        b.rate(me, of(cond).0, cond.1, *per_unit);
                    }
                    if let Some((when, load, table)) = autonomy {
                        b.autonomy(me, of(when), ids[*load], table.clone());
                    }
                }
                Node::Starter {
                    requires,
                    triggers,
                    start_requires,
                    ..
                } => {
                    requires
                        .iter()
                        .map(of)
                        .for_each(|(from, reading)| b.require(me, from, reading));
                    triggers
                        .iter()
                        .map(of)
                        .for_each(|(from, reading)| b.trigger(me, from, reading));
                    start_requires
                        .iter()
                        .map(of)
                        .for_each(|(from, reading)| b.start_require(me, from, reading));
                }
                Node::Selector {
                    sources, requires, ..
                } => {
                    sources
                        .iter()
                        .map(of)
                        .for_each(|(from, reading)| b.source(me, from, reading));
                    requires
                        .iter()
                        .map(of)
                        .for_each(|(from, reading)| b.transfer_require(me, from, reading));
                }
                Node::Balance { supply, .. } => {
                    for (cond, weight) in supply {
                        b.supply(me, of(cond).0, cond.1, *weight);
                    }
                }
                Node::Unit { .. }
                | Node::Point { .. }
                | Node::Mark { .. }
                | Node::Items { .. }
                | Node::Consumer { .. } => {}
            }
        }
    }
}

impl Work {
    fn spec(
        &self,
        sketch: &Sketch,
        b: &mut Builder,
        ids: &[NodeId],
        crews: &[CrewId],
        parts: &[PartId],
    ) -> WorkSpec {
        let of = |(node, reading): Cond| (ids[node], reading);
        let call = match self.call {
            _ if self.arrivals.is_some() => {
                let (law, runs) = self.arrivals.clone().expect("it is called for from outside");
                Call::Arrivals {
                    law,
                    runs: runs.map(of),
                }
            }
            (_, None, None) => Call::OnDemand,
            (node, Some(reading), _) => Call::When(ids[node], reading),
            (node, None, Some(state)) => Call::Backlog(ids[node], state),
        };
        let counted = matches!(call, Call::Backlog(..));
        let ways = self
            .ways
            .iter()
            .map(|(needs, crew, law, each, errs_ppm, patience_us)| Way {
                name: "way".to_owned(),
                needs: needs.iter().copied().map(of).collect(),
                crew: crew.iter().map(|&(crew, heads)| (crews[crew], heads)).collect(),
                takes: if *each && counted {
                    Takes::EachItem {
                        law: law.clone(),
                        heads: 2,
                    }
                } else {
                    Takes::Once(law.clone())
                },
                errs_ppm: *errs_ppm,
                patience_us: *patience_us,
                parts: self
                    .parts
                    .iter()
                    .map(|&(part, number)| (parts[part], number))
                    .collect(),
            });
        let effects = self.effects.iter().filter_map(|deed| match deed.what {
            20 => Some(Effect::StartItems(ids[deed.node])),
            21 => Some(Effect::RepairItems(ids[deed.node])),
            _ => deed.action(sketch, b, ids).map(Effect::Act),
        });
        WorkSpec {
            call,
            goal: self.goal.map(of),
            keep: self.keep.map(of),
            ways: ways.collect(),
            effects: effects.collect(),
            on_error: if self.gives_up {
                OnError::GiveUp
            } else {
                OnError::Retry
            },
            batch: self.batch,
            lanes: self.lanes,
            serves: self
                .serves
                .iter()
                .map(|&(rank, node)| (rank, ids[node], 1))
                .collect(),
            priority: self.priority,
            timeout_us: self.timeout_us,
            on_blocked: if self.gives_up {
                OnBlocked::GiveUp
            } else {
                OnBlocked::Wait
            },
            otherwise: Otherwise::default(),
            preempted: self.preempted,
            heads_leave: self.heads_leave,
        }
    }
}

impl Deed {
    fn action(self, sketch: &Sketch, b: &mut Builder, ids: &[NodeId]) -> Option<Action> {
        let node = ids[self.node];
        let items = if self.number > 20 { i64::MAX } else { self.number };
        let reason = REASONS[usize::try_from(self.number).expect("not negative") % REASONS.len()];
        let sources = match &sketch.nodes[self.node].1 {
            Node::Selector { sources, .. } => sources.len(),
            _ => 1,
        };
        let action = match self.what {
            0 => Action::Break { node, items },
            1 => Action::Destroy { node },
            2 => Action::Repair { node },
            3 => Action::Hold {
                node,
                reason: b.reason(reason),
            },
            4 => Action::Lift {
                node,
                reason: b.reason(reason),
            },
            5 => Action::SetAmount {
                node,
                amount: self.number,
            },
            6 => Action::Start { node, items },
            7 => Action::Stop { node },
            8 => Action::Force {
                node,
                passes: if matches!(sketch.nodes[self.node].1, Node::Unit { .. }) {
                    Passes::holds(&[b.reason(reason)])
                } else {
                    Passes::start_requirements()
                },
            },
            9 => Action::SetRate {
                node,
                rate: self.number - 20,
            },
            10 => Action::SetLevel {
                node,
                ppm: self.number * 25_000,
            },
            11 => {
                let source = usize::try_from(self.number).expect("not negative") % sources;
                Action::Transfer {
                    node,
                    source: u32::try_from(source).expect("few sources"),
                }
            }
            other => unreachable!("no deed has the number {other}"),
        };
        b.suits(action).then_some(action)
    }
}
