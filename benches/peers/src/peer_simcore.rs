//! DSLab's `simcore`: components that emit events to themselves, with its own random numbers.

use super::gates::{UNITS, layered};
use super::models::{LIFE_H, REPAIR_H};
use super::{Did, Prepared, Work};
use serde::Serialize;
use simcore::{Event, EventHandler, Simulation, SimulationContext, cast};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Serialize)]
struct Fail {}

#[derive(Clone, Serialize)]
struct Repaired {}

#[derive(Clone, Serialize)]
struct Rings {}

fn exponential(ctx: &SimulationContext, mean: f64) -> f64 {
    -(1.0 - ctx.rand()).ln() * mean
}

/// What all units of a simulation look at.
#[derive(Default)]
struct Shared {
    events: Cell<u64>,
    up: Cell<u32>,
    needed: u32,
    gate_changed: Cell<u64>,
}

impl Shared {
    fn step(&self, by: i32) {
        let was = self.up.get() >= self.needed;
        self.up.set(self.up.get().wrapping_add_signed(by));
        if was != (self.up.get() >= self.needed) {
            self.gate_changed.set(self.gate_changed.get() + 1);
        }
        self.events.set(self.events.get() + 1);
    }
}

struct Unit {
    ctx: SimulationContext,
    shared: Rc<Shared>,
}

impl EventHandler for Unit {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Fail {} => {
                self.shared.step(-1);
                self.ctx.emit_self(Repaired {}, exponential(&self.ctx, REPAIR_H));
            }
            Repaired {} => {
                self.shared.step(1);
                self.ctx.emit_self(Fail {}, exponential(&self.ctx, LIFE_H));
            }
        })
    }
}

/// The crew of five: units that failed wait by priority.
struct Crew {
    free: u32,
    waiting: [VecDeque<u32>; 5],
    contexts: Vec<SimulationContext>,
}

impl Crew {
    fn failed(&mut self, unit: u32) {
        if self.free > 0 {
            self.free -= 1;
            self.begin(unit);
        } else {
            self.waiting[unit as usize % 5].push_back(unit);
        }
    }

    fn begin(&self, unit: u32) {
        let ctx = &self.contexts[unit as usize];
        ctx.emit_self(Repaired {}, exponential(ctx, REPAIR_H));
    }

    fn ended(&mut self) {
        match self.waiting.iter_mut().find_map(VecDeque::pop_front) {
            None => self.free += 1,
            Some(next) => self.begin(next),
        }
    }
}

struct Queued {
    number: u32,
    events: Rc<Cell<u64>>,
    crew: Rc<RefCell<Crew>>,
}

impl EventHandler for Queued {
    fn on(&mut self, event: Event) {
        self.events.set(self.events.get() + 1);
        cast!(match event.data {
            Fail {} => {
                self.crew.borrow_mut().failed(self.number);
            }
            Repaired {} => {
                let mut crew = self.crew.borrow_mut();
                let ctx = &crew.contexts[self.number as usize];
                ctx.emit_self(Fail {}, exponential(ctx, LIFE_H));
                crew.ended();
            }
        })
    }
}

struct Timer {
    ctx: SimulationContext,
    events: Rc<Cell<u64>>,
}

impl EventHandler for Timer {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Rings {} => {
                self.events.set(self.events.get() + 1);
                self.ctx.emit_self(Rings {}, exponential(&self.ctx, 1.0));
            }
        })
    }
}

/// Units flip, and gates are told by events at the same time, as components are in this framework.
struct Flipping {
    ctx: SimulationContext,
    events: Rc<Cell<u64>>,
    is_down: bool,
    above: Vec<u32>,
}

#[derive(Clone, Serialize)]
struct Input {
    step: i32,
}

struct Gate {
    ctx: SimulationContext,
    changed: Rc<Cell<u64>>,
    spare: i32,
    above: Vec<u32>,
}

impl EventHandler for Flipping {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Rings {} => {
                self.events.set(self.events.get() + 1);
                self.is_down = !self.is_down;
                let step = if self.is_down { -1 } else { 1 };
                for &gate in &self.above {
                    self.ctx.emit_now(Input { step }, gate);
                }
                self.ctx.emit_self(Rings {}, exponential(&self.ctx, 1.0));
            }
        })
    }
}

impl EventHandler for Gate {
    fn on(&mut self, event: Event) {
        cast!(match event.data {
            Input { step } => {
                let was = self.spare >= 0;
                self.spare += step;
                if was != (self.spare >= 0) {
                    self.changed.set(self.changed.get() + 1);
                    for &gate in &self.above {
                        self.ctx.emit_now(Input { step }, gate);
                    }
                }
            }
        })
    }
}

pub fn prepare(work: Work) -> Option<Prepared> {
    match work {
        Work::Units(n) if n > 100_000 => None,
        Work::Units(n) => Some(Box::new(move |hours, number| {
            let mut sim = Simulation::new(u64::from(number) + 1);
            let shared = Rc::new(Shared {
                up: Cell::new(n),
                needed: n * 9 / 10,
                ..Shared::default()
            });
            for unit in 0..n {
                let name = format!("unit-{unit}");
                let ctx = sim.create_context(&name);
                ctx.emit_self(Fail {}, exponential(&ctx, LIFE_H));
                let shared = Rc::clone(&shared);
                sim.add_handler(&name, Rc::new(RefCell::new(Unit { ctx, shared })));
            }
            sim.step_until_time(hours);
            Did::of(shared.events.get())
        })),
        Work::Crew => Some(Box::new(|hours, number| {
            let mut sim = Simulation::new(u64::from(number) + 1);
            let events = Rc::new(Cell::new(0));
            let crew = Rc::new(RefCell::new(Crew {
                free: 5,
                waiting: Default::default(),
                contexts: Vec::new(),
            }));
            for number in 0..1_000 {
                let name = format!("unit-{number}");
                let ctx = sim.create_context(&name);
                ctx.emit_self(Fail {}, exponential(&ctx, LIFE_H));
                crew.borrow_mut().contexts.push(ctx);
                let (events, crew) = (Rc::clone(&events), Rc::clone(&crew));
                sim.add_handler(&name, Rc::new(RefCell::new(Queued { number, events, crew })));
            }
            sim.step_until_time(hours);
            Did::of(events.get())
        })),
        Work::Hold => Some(Box::new(|hours, number| {
            let mut sim = Simulation::new(u64::from(number) + 1);
            let events = Rc::new(Cell::new(0));
            for timer in 0..1_000 {
                let name = format!("timer-{timer}");
                let ctx = sim.create_context(&name);
                ctx.emit_self(Rings {}, exponential(&ctx, 1.0));
                let events = Rc::clone(&events);
                sim.add_handler(&name, Rc::new(RefCell::new(Timer { ctx, events })));
            }
            sim.step_until_time(hours);
            Did::of(events.get())
        })),
        Work::Gates(count) => Some(Box::new(move |hours, number| {
            let graph = layered(count);
            let mut sim = Simulation::new(u64::from(number) + 1);
            let (events, changed) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
            // Contexts give identities in the order in which they are made.
            let contexts: Vec<SimulationContext> = (0..UNITS + count)
                .map(|node| sim.create_context(format!("node-{node}")))
                .collect();
            let mut above = vec![Vec::new(); contexts.len()];
            for (place, gate) in (0..).zip(&graph) {
                for &input in &gate.inputs {
                    above[input as usize].push(contexts[(UNITS + place) as usize].id());
                }
            }
            for (node, (ctx, above)) in (0_u32..).zip(contexts.into_iter().zip(above)) {
                let name = ctx.name().to_owned();
                if node < UNITS {
                    ctx.emit_self(Rings {}, exponential(&ctx, 1.0));
                    let flipping = Flipping {
                        ctx,
                        events: Rc::clone(&events),
                        is_down: false,
                        above,
                    };
                    sim.add_handler(name, Rc::new(RefCell::new(flipping)));
                } else {
                    let gate = Gate {
                        ctx,
                        changed: Rc::clone(&changed),
                        spare: 3 - i32::try_from(graph[(node - UNITS) as usize].needs).unwrap_or(0),
                        above,
                    };
                    sim.add_handler(name, Rc::new(RefCell::new(gate)));
                }
            }
            sim.step_until_time(hours);
            Did {
                events: events.get(),
                gates_changed: changed.get(),
            }
        })),
    }
}
