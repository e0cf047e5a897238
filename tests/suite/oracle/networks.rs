//! Random static networks: gates, levels (also in circles), meshes, balances, selectors and starters over units. A [`Network`] is the
//! description alone; `naive.rs` says what it means, [`Network::build`] declares it to the kernel.

use crate::dice::Dice;
use blackstart::kernel::{
    Builder, Combine, Demand, FULL_PPM, NodeId, Policy, Reading, Reason, Returns, SelectorSpec, StarterSpec,
    Tag, UnitSpec,
};
use blackstart::random::Law;

/// What a part reads: another part, how, and with which weight.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    pub from: usize,
    pub reading: Reading,
    pub weight: i64,
}

/// What a consumer of a balance asks for.
#[derive(Clone, Copy, Debug)]
pub enum Asks {
    /// This amount, while the flag holds if there is one.
    Fixed(i64, Option<(usize, Reading)>),
    /// The load at a part.
    Load(usize),
}

/// A part of a network. It reads parts of smaller numbers only, but for levels of one circle.
#[derive(Clone, Debug)]
pub enum Part {
    Unit {
        amount: i64,
        held: bool,
    },
    Gate {
        threshold: i64,
        terms: Vec<Input>,
    },
    /// `terms` are the hard inputs of [`Combine::Min`], else what is added or compared.
    Level {
        combine: Combine,
        terms: Vec<Input>,
        soft: Vec<Input>,
    },
    /// Per point its source; then (point, point, closed by).
    Mesh {
        sources: Vec<Option<(usize, Reading)>>,
        connections: Vec<(usize, usize, (usize, Reading))>,
    },
    Point {
        mesh: usize,
        at: usize,
    },
    Balance {
        policy: Policy,
        supply: Vec<Input>,
        consumers: Vec<(u32, Asks)>,
    },
    Grant {
        balance: usize,
        at: usize,
    },
    Selector {
        sources: Vec<(usize, Reading)>,
        returns: bool,
    },
    /// On while all hold: what it requires, then what triggers it.
    Starter {
        requires: Vec<(usize, Reading)>,
        triggers: Vec<(usize, Reading)>,
    },
}

/// A static network.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// With names whose order is not that of the numbers.
    pub parts: Vec<(String, Part)>,
    /// Units that draw load: (unit, amount for each 1 of it, drawn at).
    pub draws: Vec<(usize, i64, usize)>,
    /// Load that is handed on: (from, to, share in parts per million).
    pub passes: Vec<(usize, usize, i64)>,
}

impl Network {
    /// Draws a network of `units` units and about `others` other parts.
    pub fn draw(dice: &mut Dice, units: usize, others: usize) -> Self {
        let mut net = Self::default();
        for _ in 0..units {
            let amount = if dice.chance(0.6) { 1 } else { dice.within(2, 9) };
            let held = dice.chance(0.1);
            net.add(dice, Part::Unit { amount, held });
        }
        while net.parts.len() < units + others {
            match dice.below(10) {
                0..=2 => net.add_gate(dice),
                3 => net.add_level(dice),
                4 => net.add_circle(dice),
                5 => net.add_mesh(dice),
                6 | 7 => net.add_balance(dice, units),
                8 => {
                    let sources = (0..1 + dice.below(3)).map(|_| net.flag(dice)).collect();
                    let returns = dice.chance(0.5);
                    net.add(dice, Part::Selector { sources, returns });
                }
                _ => {
                    let requires = (0..dice.below(3)).map(|_| net.flag(dice)).collect();
                    let triggers = (0..dice.below(2)).map(|_| net.flag(dice)).collect();
                    net.add(dice, Part::Starter { requires, triggers });
                }
            }
        }
        net
    }

    fn add(&mut self, dice: &mut Dice, part: Part) -> usize {
        let number = self.parts.len();
        let letter = char::from(b'a' + u8::try_from(dice.below(26)).expect("a letter"));
        self.parts.push((format!("{letter}{number}"), part));
        number
    }

    fn flag(&self, dice: &mut Dice) -> (usize, Reading) {
        let from = dice.below(self.parts.len());
        let reading = match dice.below(8) {
            0 => Reading::Not,
            1 => Reading::AtLeast(self.mark(dice, from)),
            2 => Reading::Below(self.mark(dice, from)),
            _ => Reading::Flag,
        };
        (from, reading)
    }

    /// A value that a part may well pass.
    fn mark(&self, dice: &mut Dice, part: usize) -> i64 {
        match self.parts[part].1 {
            Part::Level { .. } => dice.within(1, FULL_PPM),
            Part::Grant { .. } | Part::Unit { .. } => dice.within(1, 8),
            _ => dice.within(1, 2),
        }
    }

    /// How a level reads a part: straight, as a rule on the scale of levels.
    fn level_reading(&self, dice: &mut Dice, from: usize) -> Reading {
        match self.parts[from].1 {
            Part::Level { .. } => *dice.pick(&[
                Reading::Amount,
                Reading::Amount,
                Reading::Full,
                Reading::Share(FULL_PPM / 2),
                Reading::Share(3 * FULL_PPM),
            ]),
            _ => {
                let whole = dice.within(1, 9);
                *dice.pick(&[Reading::Full, Reading::Share(whole), Reading::Amount])
            }
        }
    }

    fn some_inputs(&self, dice: &mut Dice, least: usize, weight_max: i64) -> Vec<Input> {
        let count = least + dice.below(4);
        let mut inputs = Vec::new();
        for _ in 0..count {
            let (from, reading) = self.flag(dice);
            let counts =
                matches!(self.parts[from].1, Part::Unit { .. } | Part::Grant { .. }) && dice.chance(0.4);
            inputs.push(Input {
                from,
                reading: if counts { Reading::Amount } else { reading },
                weight: dice.within(1, weight_max),
            });
        }
        inputs
    }

    fn add_gate(&mut self, dice: &mut Dice) {
        let terms = self.some_inputs(dice, 1, 3);
        let all: i64 = terms.iter().map(|term| term.weight).sum();
        let threshold = dice.within(0, all + 1);
        self.add(dice, Part::Gate { threshold, terms });
    }

    fn level_inputs(&self, dice: &mut Dice, from: &[usize], soft: bool) -> Vec<Input> {
        let count = from.len();
        let mut inputs = Vec::new();
        for &from in from {
            let share = if soft {
                FULL_PPM / 2
            } else {
                2 * FULL_PPM / i64::try_from(count).expect("few inputs")
            };
            inputs.push(Input {
                from,
                reading: self.level_reading(dice, from),
                weight: dice.within(1, share),
            });
        }
        inputs
    }

    fn add_level(&mut self, dice: &mut Dice) {
        let all: Vec<usize> = (0..self.parts.len()).collect();
        let (hard, soft) = (dice.below(4), dice.below(3));
        let (hard, soft) = (dice.some(&all, hard), dice.some(&all, soft));
        let part = Part::Level {
            combine: *dice.pick(&[Combine::Min, Combine::Max, Combine::Sum]),
            terms: self.level_inputs(dice, &hard, false),
            soft: self.level_inputs(dice, &soft, true),
        };
        self.add(dice, part);
    }

    /// Levels that may need each other in any way, and things before them.
    fn add_circle(&mut self, dice: &mut Dice) {
        let first = self.parts.len();
        let size = 2 + dice.below(4);
        for _ in 0..size {
            let combine = *dice.pick(&[Combine::Min, Combine::Min, Combine::Max, Combine::Sum]);
            self.add(
                dice,
                Part::Level {
                    combine,
                    terms: Vec::new(),
                    soft: Vec::new(),
                },
            );
        }
        let members: Vec<usize> = (first..first + size).collect();
        let before: Vec<usize> = (0..first).collect();
        for &me in &members {
            let (inner, outer) = (1 + dice.below(2), dice.below(3));
            let mut hard = dice.some(&members, inner);
            hard.extend(dice.some(&before, outer));
            let (inner, outer) = (dice.below(2), dice.below(2));
            let mut soft = dice.some(&members, inner);
            soft.extend(dice.some(&before, outer));
            let (hard, soft) = (
                self.level_inputs(dice, &hard, false),
                self.level_inputs(dice, &soft, true),
            );
            let Part::Level {
                terms, soft: softs, ..
            } = &mut self.parts[me].1
            else {
                unreachable!("levels were added")
            };
            (*terms, *softs) = (hard, soft);
        }
    }

    fn add_mesh(&mut self, dice: &mut Dice) {
        let points = 2 + dice.below(5);
        let sources = (0..points)
            .map(|_| dice.chance(0.35).then(|| self.flag(dice)))
            .collect();
        let mut connections = Vec::new();
        for _ in 0..points + dice.below(3) {
            let (a, b) = (dice.below(points), dice.below(points));
            if a != b {
                connections.push((a, b, self.flag(dice)));
            }
        }
        let mesh = self.add(dice, Part::Mesh { sources, connections });
        for at in 0..points {
            self.add(dice, Part::Point { mesh, at });
        }
    }

    fn add_balance(&mut self, dice: &mut Dice, units: usize) {
        let policy = dice.pick(&[Policy::Priority, Policy::Proportional]).clone();
        let supply = self.some_inputs(dice, 1, 5);
        let mut consumers = Vec::new();
        for _ in 0..1 + dice.below(4) {
            let asks = if dice.chance(0.3) {
                // Load gathers at one part, partly by way of another.
                let (at, by) = (dice.below(self.parts.len()), dice.below(self.parts.len()));
                for _ in 0..1 + dice.below(3) {
                    let to = if dice.chance(0.5) { at } else { by };
                    self.draws.push((dice.below(units), dice.within(1, 3), to));
                }
                if by > at && !self.passes.iter().any(|&(from, to, _)| (from, to) == (by, at)) {
                    self.passes.push((by, at, dice.within(1, FULL_PPM)));
                }
                Asks::Load(at)
            } else {
                // Demand follows states, never what is served.
                let state = |&(from, _): &(usize, Reading)| {
                    let part = &self.parts[from].1;
                    matches!(
                        part,
                        Part::Unit { .. } | Part::Starter { .. } | Part::Selector { .. }
                    )
                };
                let when = dice.chance(0.7).then(|| self.flag(dice)).filter(state);
                Asks::Fixed(dice.within(0, 9), when)
            };
            consumers.push((u32::try_from(dice.below(3)).expect("small"), asks));
        }
        let count = consumers.len();
        let balance = self.add(
            dice,
            Part::Balance {
                policy,
                supply,
                consumers,
            },
        );
        for at in 0..count {
            self.add(dice, Part::Grant { balance, at });
        }
    }

    /// Declares it, parts in the order of `order`; outputs follow their owners. Returns the nodes by the number of the part.
    pub fn build(&self, b: &mut Builder, spec: impl Fn(usize, UnitSpec) -> UnitSpec) -> Vec<NodeId> {
        let tag = Tag::default();
        let mut nodes: Vec<NodeId> = Vec::new();
        let held = b.reason("held");
        for (number, (name, part)) in self.parts.iter().enumerate() {
            let node = match part {
                Part::Unit {
                    amount,
                    held: is_held,
                } => {
                    let own = UnitSpec {
                        held: if *is_held { vec![held] } else { Vec::new() },
                        ..UnitSpec::amount(*amount)
                    };
                    b.unit(name, tag, spec(number, own))
                }
                Part::Gate { threshold, .. } => b.gate(name, tag, *threshold),
                Part::Level { combine, .. } => b.level(name, tag, *combine),
                Part::Mesh { .. } => b.mesh(name, tag),
                Part::Point { mesh, at } => {
                    let Part::Mesh { sources, .. } = &self.parts[*mesh].1 else {
                        unreachable!("points belong to meshes")
                    };
                    let source = sources[*at].map(|(from, reading)| (nodes[from], reading));
                    b.mesh_point(nodes[*mesh], name, tag, source)
                }
                Part::Balance { policy, .. } => b.balance(name, tag, policy.clone()),
                Part::Grant { balance, at } => {
                    let Part::Balance { consumers, .. } = &self.parts[*balance].1 else {
                        unreachable!("grants belong to balances")
                    };
                    let (priority, asks) = consumers[*at];
                    let demand = match asks {
                        Asks::Fixed(amount, when) => Demand::Fixed {
                            amount,
                            when: when.map(|(from, reading)| (nodes[from], reading)),
                        },
                        Asks::Load(at) => Demand::Load(nodes[at]),
                    };
                    b.consumer(nodes[*balance], name, tag, priority, demand)
                }
                Part::Selector { returns, .. } => {
                    let spec = SelectorSpec {
                        returns: if *returns {
                            Returns::After(0)
                        } else {
                            Returns::Never
                        },
                        ..SelectorSpec::automatic(0, Law::fixed_us(1))
                    };
                    b.selector(name, tag, spec)
                }
                Part::Starter { .. } => b.starter(name, tag, StarterSpec::automatic(Law::fixed_us(1))),
            };
            nodes.push(node);
        }
        for (number, (_, part)) in self.parts.iter().enumerate() {
            let me = nodes[number];
            match part {
                Part::Gate { terms, .. } => {
                    for term in terms {
                        b.term(me, nodes[term.from], term.reading, term.weight);
                    }
                }
                Part::Level { combine, terms, soft } => {
                    for term in terms {
                        match combine {
                            Combine::Min => b.hard(me, nodes[term.from], term.reading),
                            _ => b.part(me, nodes[term.from], term.reading, term.weight),
                        }
                    }
                    for soft in soft {
                        b.soft(me, nodes[soft.from], soft.reading, soft.weight);
                    }
                }
                Part::Mesh { connections, .. } => {
                    for &(one, other, (from, reading)) in connections {
                        // The points of a mesh are declared right after it.
                        let point = |at: usize| nodes[number + 1 + at];
                        b.mesh_connection(me, point(one), point(other), (nodes[from], reading));
                    }
                }
                Part::Balance { supply, .. } => {
                    for input in supply {
                        b.supply(me, nodes[input.from], input.reading, input.weight);
                    }
                }
                Part::Selector { sources, .. } => {
                    for &(from, reading) in sources {
                        b.source(me, nodes[from], reading);
                    }
                }
                Part::Starter { requires, triggers } => {
                    for &(from, reading) in requires {
                        b.require(me, nodes[from], reading);
                    }
                    for &(from, reading) in triggers {
                        b.trigger(me, nodes[from], reading);
                    }
                }
                Part::Unit { .. } | Part::Point { .. } | Part::Grant { .. } => {}
            }
        }
        for &(unit, amount, to) in &self.draws {
            b.draw(nodes[to], nodes[unit], Reading::Amount, amount);
        }
        for &(from, to, share) in &self.passes {
            b.pass_load(nodes[from], nodes[to], share);
        }
        nodes
    }

    /// The reason by which [`Network::build`] holds units from the start, and two more.
    pub fn reasons(b: &mut Builder) -> [Reason; 3] {
        [b.reason("held"), b.reason("wet"), b.reason("shut")]
    }
}
