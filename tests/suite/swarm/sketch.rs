//! Random networks over all that the kernel has: every kind of node, law, work and action, also where no scenario leads.
//!
//! A [`Sketch`] is the description; `declare.rs` declares it in any order, so that a test can hold two orders against each other.

use crate::dice::Dice;
use blackstart::kernel::{
    Among, Back, Bears, BufferSpec, Combine, CrewRules, FULL_PPM, HeadsLeave, ItemState, MarkSpec, Opens,
    Passing, Policy, Preempted, Reading, Returns, SelectorSpec, Sourcing, StarterSpec, Turns,
};
use blackstart::random::{Gamma, Law, Lognormal, Normal, Triangular, Uniform, Weibull};

/// A second in microseconds.
pub const SECOND_US: u64 = 1_000_000;

/// A condition: a node by its number, and how it is read.
pub type Cond = (usize, Reading);

/// When a store drains by its table, by which node's load, and the table.
pub type Autonomy = (Cond, usize, Vec<(i64, u64)>);

/// A way of a work: what it needs, a crew and heads, how long it takes, whether for each item, errors, patience.
pub type WayDrawn = (Vec<Cond>, Option<(usize, u32)>, Law, bool, i64, u64);

/// What a node is and reads, by numbers.
#[derive(Clone, Debug)]
pub enum Node {
    Unit {
        amount: i64,
        held: Vec<usize>,
        clocks: Vec<(Law, Option<Cond>)>,
    },
    Gate {
        threshold: i64,
        terms: Vec<(Cond, i64)>,
    },
    Level {
        combine: Combine,
        terms: Vec<(Cond, i64)>,
        soft: Vec<(Cond, i64)>,
    },
    Mesh {
        connections: Vec<(usize, usize, Cond)>,
    },
    Point {
        mesh: usize,
        source: Option<Cond>,
    },
    Buffer {
        spec: BufferSpec,
        rates: Vec<(Cond, i64)>,
        autonomy: Option<Autonomy>,
    },
    Mark {
        buffer: usize,
        mark: MarkSpec,
    },
    Starter {
        spec: StarterSpec,
        requires: Vec<Cond>,
        triggers: Vec<Cond>,
        start_requires: Vec<Cond>,
    },
    Items {
        starter: usize,
        state: ItemState,
    },
    Selector {
        spec: SelectorSpec,
        sources: Vec<Cond>,
        requires: Vec<Cond>,
    },
    Balance {
        policy: Policy,
        supply: Vec<(Cond, i64)>,
    },
    Consumer {
        balance: usize,
        priority: u32,
        fixed: Option<(i64, Option<Cond>)>,
        load: usize,
    },
}

/// A work by numbers.
#[derive(Clone, Debug)]
pub struct Work {
    pub call: (usize, Option<Reading>, Option<ItemState>),
    pub goal: Option<Cond>,
    pub keep: Option<Cond>,
    pub ways: Vec<WayDrawn>,
    pub effects: Vec<Deed>,
    pub gives_up: bool,
    pub arrivals: Option<(Law, Option<Cond>)>,
    pub preempted: Preempted,
    pub heads_leave: HeadsLeave,
    pub priority: Option<u32>,
    pub parts: Vec<(usize, u32)>,
    pub timeout_us: u64,
    pub batch: i64,
    pub lanes: u32,
    pub serves: Vec<(u32, usize)>,
}

/// An action by numbers: what kind of it, on which node, and a number that it may need.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    pub what: u8,
    pub node: usize,
    pub number: i64,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub deeds: Vec<Deed>,
    pub calls: Vec<usize>,
    pub watches: Vec<usize>,
    pub mean_gap_us: u64,
}

/// A random network.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    pub nodes: Vec<(String, Node)>,
    pub draws: Vec<(usize, Reading, i64, usize)>,
    pub passes: Vec<(usize, usize, i64)>,
    pub crews: Vec<(Vec<usize>, CrewRules)>,
    /// Kinds of parts: how many in stock, and the lead time of one that is ordered.
    pub parts: Vec<(u32, Law)>,
    pub works: Vec<Work>,
    pub agents: Vec<Agent>,
}

/// Which reasons there are to hold a unit.
pub const REASONS: [&str; 3] = ["cut", "shut", "wet"];

/// A law of every kind, with a mean of the order of `mean_us`.
pub fn law(dice: &mut Dice, mean_us: f64) -> Law {
    let sure = "parameters within bounds";
    match dice.below(9) {
        0 => Law::fixed(mean_us.round()).expect(sure),
        1 | 2 => Law::exponential(mean_us).expect(sure),
        3 => Law::Uniform(Uniform::new(0.0, 2.0 * mean_us).expect(sure)),
        4 => Law::Lognormal(Lognormal::new(mean_us, dice.between(0.2, 1.5)).expect(sure)),
        5 => Law::Weibull(Weibull::new(dice.between(0.6, 4.0), mean_us).expect(sure)),
        6 => Law::Triangular(Triangular::new(0.0, mean_us, 2.0 * mean_us).expect(sure)),
        7 => Law::Normal(Normal::new(mean_us, 0.3 * mean_us).expect(sure)),
        _ => Law::Gamma(Gamma::new(dice.between(0.5, 5.0), mean_us / 2.0).expect(sure)),
    }
}

/// Whether a node is a state of its own, which demand may follow.
fn is_state(node: &Node) -> bool {
    matches!(
        node,
        Node::Unit { .. } | Node::Starter { .. } | Node::Selector { .. }
    )
}

impl Sketch {
    /// Draws a network of about `size` nodes.
    pub fn draw(dice: &mut Dice, size: usize) -> Self {
        let mut sketch = Self::default();
        for _ in 0..3 + dice.below(4) {
            sketch.add_unit(dice);
        }
        while sketch.nodes.len() < size {
            match dice.below(15) {
                0 | 1 => sketch.add_unit(dice),
                2 | 3 => {
                    let terms = sketch.terms(dice, 1, 3);
                    let all: i64 = terms.iter().map(|term| term.1).sum();
                    let threshold = dice.within(0, all + 1);
                    sketch.add(dice, Node::Gate { threshold, terms });
                }
                4 | 5 => sketch.add_levels(dice),
                6 => sketch.add_mesh(dice),
                7 | 8 => sketch.add_buffer(dice),
                9 | 10 => sketch.add_starter(dice),
                11 => sketch.add_selector(dice),
                12 => sketch.add_circle(dice),
                _ => sketch.add_balance(dice),
            }
        }
        sketch.add_feedback(dice);
        sketch.add_people(dice);
        sketch
    }

    pub(super) fn add(&mut self, dice: &mut Dice, node: Node) -> usize {
        let letter = char::from(b'a' + u8::try_from(dice.below(26)).expect("a letter"));
        self.nodes.push((format!("{letter}{}", self.nodes.len()), node));
        self.nodes.len() - 1
    }

    /// A condition on any node declared so far.
    pub(super) fn cond(&self, dice: &mut Dice) -> Cond {
        let node = dice.below(self.nodes.len());
        let reading = match dice.below(9) {
            0 => Reading::Not,
            1 => Reading::AtLeast(dice.within(0, 6)),
            2 => Reading::Below(dice.within(0, 6)),
            3 => Reading::AtLeast(dice.within(1, FULL_PPM)),
            _ => Reading::Flag,
        };
        (node, reading)
    }

    fn conds(&self, dice: &mut Dice, most: usize) -> Vec<Cond> {
        (0..dice.below(most + 1)).map(|_| self.cond(dice)).collect()
    }

    pub(super) fn terms(&self, dice: &mut Dice, least: usize, weight_max: i64) -> Vec<(Cond, i64)> {
        (0..least + dice.below(3))
            .map(|_| {
                let (node, reading) = self.cond(dice);
                let reading = if dice.chance(0.3) {
                    Reading::Amount
                } else {
                    reading
                };
                // A level read as an amount is large: enough to matter, small enough not to run out of numbers.
                ((node, reading), dice.within(1, weight_max))
            })
            .collect()
    }

    fn add_unit(&mut self, dice: &mut Dice) {
        let amount = if dice.chance(0.6) { 1 } else { dice.within(2, 20) };
        let held = if dice.chance(0.15) {
            vec![dice.below(REASONS.len())]
        } else {
            Vec::new()
        };
        let clocks = (0..dice.below(3))
            .map(|_| {
                let mean = dice.between(1e7, 1e11);
                (law(dice, mean), None)
            })
            .collect();
        self.add(dice, Node::Unit { amount, held, clocks });
    }

    fn level_terms(&self, dice: &mut Dice, among: &[usize], most: usize, weight: i64) -> Vec<(Cond, i64)> {
        let count = dice.below(most + 1);
        let mut terms = Vec::new();
        for node in dice.some(among, count) {
            let whole = dice.within(1, 2 * FULL_PPM);
            let reading = *dice.pick(&[
                Reading::Amount,
                Reading::Full,
                Reading::Share(whole),
                Reading::Share(4),
            ]);
            terms.push(((node, reading), dice.within(1, weight)));
        }
        terms
    }

    /// Some levels, which may need each other.
    fn add_levels(&mut self, dice: &mut Dice) {
        let first = self.nodes.len();
        let size = 1 + dice.below(4);
        for _ in 0..size {
            let combine = *dice.pick(&[Combine::Min, Combine::Min, Combine::Max, Combine::Sum]);
            self.add(
                dice,
                Node::Level {
                    combine,
                    terms: Vec::new(),
                    soft: Vec::new(),
                },
            );
        }
        let before: Vec<usize> = (0..first).collect();
        let members: Vec<usize> = (first..first + size).collect();
        for &me in &members {
            let mut hard = self.level_terms(dice, &before, 3, FULL_PPM);
            hard.extend(self.level_terms(dice, &members, 2, FULL_PPM));
            let mut less = self.level_terms(dice, &before, 2, FULL_PPM / 2);
            less.extend(self.level_terms(dice, &members, 1, FULL_PPM / 2));
            let Node::Level { terms, soft, .. } = &mut self.nodes[me].1 else {
                unreachable!("levels were added")
            };
            (*terms, *soft) = (hard, less);
        }
    }

    fn add_mesh(&mut self, dice: &mut Dice) {
        let points = 2 + dice.below(5);
        let mut connections = Vec::new();
        for _ in 0..points + dice.below(3) {
            let (a, b) = (dice.below(points), dice.below(points));
            connections.push((a, b, self.cond(dice)));
        }
        let sources: Vec<Option<Cond>> = (0..points)
            .map(|_| dice.chance(0.4).then(|| self.cond(dice)))
            .collect();
        let mesh = self.add(dice, Node::Mesh { connections });
        for source in sources {
            self.add(dice, Node::Point { mesh, source });
        }
    }

    fn add_buffer(&mut self, dice: &mut Dice) {
        let unit = i128::from(dice.pick(&[1, 1_000, 1_000_000, i64::from(u32::MAX)]).to_owned());
        let ceiling = unit * i128::from(dice.within(1, 100_000_000));
        let part = |dice: &mut Dice| ceiling * i128::from(dice.within(0, 100)) / 100;
        let speed = |dice: &mut Dice| {
            let most = i64::try_from((ceiling / 1_000_000).clamp(1, 1_000_000_000)).expect("clamped");
            dice.within(-most, most)
        };
        let spec = BufferSpec {
            ceiling,
            start: part(dice),
            rearm: part(dice).max(1),
            base_rate: if dice.chance(0.5) { speed(dice) } else { 0 },
        };
        let rates = self
            .conds(dice, 3)
            .into_iter()
            .map(|cond| (cond, speed(dice)))
            .collect();
        let autonomy = dice.chance(0.3).then(|| {
            let table = vec![(0, 600 * SECOND_US), (10, 300 * SECOND_US), (40, 20 * SECOND_US)];
            (self.cond(dice), dice.below(self.nodes.len()), table)
        });
        let marks: Vec<MarkSpec> = (0..dice.below(3))
            .map(|_| {
                let on = part(dice).max(1);
                let off = on * i128::from(dice.within(0, 100)) / 100;
                if dice.chance(0.5) {
                    MarkSpec::rising(on, off)
                } else {
                    MarkSpec::falling(off, on)
                }
            })
            .collect();
        let buffer = self.add(
            dice,
            Node::Buffer {
                spec,
                rates,
                autonomy,
            },
        );
        for mark in marks {
            self.add(dice, Node::Mark { buffer, mark });
        }
    }

    fn add_starter(&mut self, dice: &mut Dice) {
        let items = if dice.chance(0.5) { 1 } else { dice.within(2, 40) };
        let spec = StarterSpec {
            items,
            initial_on: dice.within(0, items),
            auto: dice.chance(0.7),
            start_after_hard: dice.chance(0.3).then(|| law(dice, 1e8)),
            fails_ppm: if dice.chance(0.4) {
                dice.within(1, FULL_PPM)
            } else {
                0
            },
            retries: u32::try_from(dice.below(4)).expect("few"),
            trigger_hold_us: if dice.chance(0.3) { 5 * SECOND_US } else { 0 },
            coast_us: if dice.chance(0.3) { 7 * SECOND_US } else { 0 },
            run_on_us: if dice.chance(0.3) { 30 * SECOND_US } else { 0 },
            ..StarterSpec::automatic(law(dice, 2e7))
        };
        let node = Node::Starter {
            spec,
            requires: self.conds(dice, 2),
            triggers: self.conds(dice, 1),
            start_requires: Vec::new(),
        };
        let starter = self.add(dice, node);
        for state in [ItemState::Off, ItemState::Dead] {
            if dice.chance(0.5) {
                self.add(dice, Node::Items { starter, state });
            }
        }
    }

    pub(super) fn add_selector(&mut self, dice: &mut Dice) {
        let spec = SelectorSpec {
            sense_us: if dice.chance(0.5) { 2 * SECOND_US } else { 0 },
            transfer: law(dice, 5e6),
            make_before_break: dice.chance(0.4),
            returns: *dice.pick(&[Returns::Never, Returns::After(0), Returns::After(9 * SECOND_US)]),
            sourcing: *dice.pick(&[Sourcing::FirstLive, Sourcing::FirstLive, Sourcing::AllLive]),
            retries: u32::try_from(dice.below(3)).expect("few"),
            auto: dice.chance(0.8),
            fails_ppm: if dice.chance(0.3) {
                dice.within(1, FULL_PPM)
            } else {
                0
            },
        };
        let sources = (0..1 + dice.below(3)).map(|_| self.cond(dice)).collect();
        self.add(
            dice,
            Node::Selector {
                spec,
                sources,
                requires: Vec::new(),
            },
        );
    }

    fn add_balance(&mut self, dice: &mut Dice) {
        let back = *dice.pick(&[Back::After(0), Back::After(20 * SECOND_US), Back::ByWork]);
        let policy = match dice.below(6) {
            0 => Policy::Proportional,
            1 => Policy::Priority,
            2 => Policy::Shed { back },
            3 => Policy::Collapse {
                factor_ppm: 3 * FULL_PPM,
                above_ppm: FULL_PPM,
                below_ppm: FULL_PPM / 2,
            },
            _ => Policy::Trip {
                bears: if dice.chance(0.5) {
                    Bears::For(SECOND_US * u64::try_from(dice.below(60)).expect("few"))
                } else {
                    Bears::Heat {
                        table: vec![(1_100_000, 60 * SECOND_US), (2_000_000, 5 * SECOND_US)],
                        cools_us: 90 * SECOND_US,
                    }
                },
                opens: *dice.pick(&[Opens::Whole, Opens::Sources]),
                back: if back == Back::After(0) {
                    Back::ByWork
                } else {
                    back
                },
            },
        };
        let supply = self.terms(dice, 1, 5);
        let balance = self.add(dice, Node::Balance { policy, supply });
        for _ in 0..1 + dice.below(4) {
            let priority = u32::try_from(dice.below(3)).expect("few");
            let load = dice.below(balance);
            let fixed = dice.chance(0.7).then(|| (dice.within(0, 12), None));
            if fixed.is_none() {
                self.load_at(dice, load);
            }
            self.add(
                dice,
                Node::Consumer {
                    balance,
                    priority,
                    fixed,
                    load,
                },
            );
        }
    }

    /// Draws some load at a node, from states, partly by way of another node.
    fn load_at(&mut self, dice: &mut Dice, at: usize) {
        let states: Vec<usize> = (0..self.nodes.len())
            .filter(|&node| {
                matches!(
                    self.nodes[node].1,
                    Node::Unit { .. } | Node::Starter { .. } | Node::Selector { .. }
                )
            })
            .collect();
        for _ in 0..1 + dice.below(3) {
            let by = dice.below(self.nodes.len());
            let to = if by > at && dice.chance(0.5) {
                if !self.passes.iter().any(|&(from, to, _)| (from, to) == (by, at)) {
                    self.passes.push((by, at, dice.within(1, FULL_PPM)));
                }
                by
            } else {
                at
            };
            let reading = if dice.chance(0.5) {
                Reading::Amount
            } else {
                Reading::Flag
            };
            self.draws
                .push((*dice.pick(&states), reading, dice.within(1, 6), to));
        }
    }

    /// What is read one round later, or later in time, may read anything: here circles through it close.
    fn add_feedback(&mut self, dice: &mut Dice) {
        let states: Vec<bool> = self.nodes.iter().map(|(_, node)| is_state(node)).collect();
        for node in 0..self.nodes.len() {
            let conds = self.conds(dice, 2);
            let mut first = conds.first().copied();
            match &mut self.nodes[node].1 {
                Node::Unit { clocks, .. } => {
                    for clock in clocks.iter_mut() {
                        clock.1 = first.take();
                    }
                }
                Node::Starter { start_requires, .. } if dice.chance(0.4) => *start_requires = conds,
                Node::Selector { requires, .. } if dice.chance(0.3) => *requires = conds,
                Node::Buffer { rates, spec, .. } => {
                    let speed =
                        i64::try_from((spec.ceiling / 1_000_000).clamp(1, 1_000_000_000)).expect("clamped");
                    rates.extend(first.map(|cond| (cond, dice.within(-speed, speed))));
                }
                Node::Consumer {
                    fixed: Some((_, when)),
                    ..
                } if dice.chance(0.4) => {
                    // Demand follows states, never what is served.
                    *when = first.filter(|cond| states[cond.0]);
                }
                _ => {}
            }
        }
    }

    fn deed(&self, dice: &mut Dice) -> Deed {
        loop {
            let node = dice.below(self.nodes.len());
            let what = u8::try_from(dice.below(13)).expect("a small number");
            let suits = match self.nodes[node].1 {
                Node::Unit { .. } => matches!(what, 0 | 2 | 3 | 4 | 5) || (what == 1 && dice.chance(0.05)),
                Node::Starter { .. } => matches!(what, 0 | 2 | 6 | 7 | 8),
                Node::Buffer { .. } => matches!(what, 9 | 10),
                Node::Selector { .. } => matches!(what, 2 | 11),
                Node::Balance { .. } => what == 2,
                _ => false,
            };
            if suits {
                let number = dice.within(0, 40);
                return Deed { what, node, number };
            }
        }
    }

    fn add_people(&mut self, dice: &mut Dice) {
        let units: Vec<usize> = (0..self.nodes.len())
            .filter(|&node| matches!(self.nodes[node].1, Node::Unit { .. }))
            .collect();
        for _ in 0..dice.below(3) {
            let count = 1 + dice.below(2);
            let among = *dice.pick(&[Among::Drawn, Among::FirstCome, Among::Shortest, Among::Longest]);
            let rules = CrewRules {
                turns: if dice.chance(0.7) {
                    Turns::Priority(among)
                } else {
                    Turns::Alike(among)
                },
                passing: *dice.pick(&[Passing::Allowed, Passing::Strict]),
            };
            self.crews.push((dice.some(&units, count), rules));
        }
        for _ in 0..dice.below(3) {
            let stock = u32::try_from(dice.below(4)).expect("few");
            self.parts.push((stock, law(dice, 1e9)));
        }
        for _ in 0..2 + dice.below(10) {
            let work = self.work(dice);
            self.works.push(work);
        }
        for _ in 0..1 + dice.below(3) {
            let all: Vec<usize> = (0..self.nodes.len()).collect();
            let (deeds, calls, watches) = (2 + dice.below(8), dice.below(4), dice.below(3));
            self.agents.push(Agent {
                deeds: (0..deeds).map(|_| self.deed(dice)).collect(),
                calls: (0..calls).map(|_| dice.below(self.works.len())).collect(),
                watches: dice.some(&all, watches),
                mean_gap_us: SECOND_US * u64::try_from(dice.within(10, 2_000)).expect("positive"),
            });
        }
    }

    fn work(&self, dice: &mut Dice) -> Work {
        let starters: Vec<usize> = (0..self.nodes.len())
            .filter(|&node| matches!(self.nodes[node].1, Node::Starter { .. }))
            .collect();
        let mut effects: Vec<Deed> = (0..dice.below(3)).map(|_| self.deed(dice)).collect();
        let call = match dice.below(4) {
            0 => (0, None, None),
            1 if !starters.is_empty() => {
                let starter = *dice.pick(&starters);
                let state = *dice.pick(&[ItemState::Off, ItemState::Dead]);
                let what = if state == ItemState::Off { 20 } else { 21 };
                effects.push(Deed {
                    what,
                    node: starter,
                    number: 0,
                });
                (starter, None, Some(state))
            }
            _ => {
                // What failed is repaired, mostly by what repairs it.
                let deed = self.deed(dice);
                let repair = Deed { what: 2, ..deed };
                if let Node::Unit { .. } | Node::Starter { .. } = self.nodes[deed.node].1 {
                    effects.push(repair);
                }
                (deed.node, Some(Reading::Not), None)
            }
        };
        let ways = (0..1 + dice.below(3))
            .map(|_| {
                let crew = (!self.crews.is_empty() && dice.chance(0.7)).then(|| {
                    (
                        dice.below(self.crews.len()),
                        u32::try_from(dice.below(4)).expect("few"),
                    )
                });
                let errs_ppm = if dice.chance(0.3) {
                    dice.within(1, FULL_PPM / 2)
                } else {
                    0
                };
                let patience_us = *dice.pick(&[0, 60 * SECOND_US, u64::MAX]);
                let mean = dice.between(1e6, 1e10);
                (
                    self.conds(dice, 2),
                    crew,
                    law(dice, mean),
                    dice.chance(0.3),
                    errs_ppm,
                    patience_us,
                )
            })
            .collect();
        Work {
            call,
            goal: dice.chance(0.2).then(|| self.cond(dice)),
            keep: dice.chance(0.2).then(|| self.cond(dice)),
            ways,
            effects,
            gives_up: dice.chance(0.3),
            arrivals: dice.chance(0.1).then(|| {
                let runs = dice.chance(0.5).then(|| self.cond(dice));
                (law(dice, 3e9), runs)
            }),
            preempted: *dice.pick(&[Preempted::Never, Preempted::Resume, Preempted::Restart]),
            heads_leave: *dice.pick(&[
                HeadsLeave::Overtime,
                HeadsLeave::HandOver { lost_ppm: 200_000 },
                HeadsLeave::Stop,
            ]),
            parts: if self.parts.is_empty() || dice.chance(0.6) {
                Vec::new()
            } else {
                vec![(dice.below(self.parts.len()), 1)]
            },
            timeout_us: *dice.pick(&[u64::MAX, u64::MAX, 3_600 * SECOND_US]),
            priority: dice
                .chance(0.3)
                .then(|| u32::try_from(dice.below(5)).expect("few")),
            batch: *dice.pick(&[1, 1, 5, 100]),
            lanes: *dice.pick(&[1, 2, u32::MAX]),
            serves: (0..dice.below(3))
                .map(|rank| (u32::try_from(rank).expect("few"), dice.below(self.nodes.len())))
                .collect(),
        }
    }
}
