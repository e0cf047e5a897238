//! NeXosim on one thread: models that schedule events of their own, and send through ports. Its random numbers are ours.

use super::gates::{UNITS, layered};
use super::models::{LIFE_H, REPAIR_H};
use super::{Did, Prepared, Work};
use blackstart::random::{Key, exponential_quantile};
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::VecDeque;
use std::time::Duration;

// One thread runs everything, and the models can hold nothing that is shared: counts are the thread's.
thread_local! {
    static EVENTS: Cell<u64> = const { Cell::new(0) };
    static CHANGED: Cell<u64> = const { Cell::new(0) };
}

fn count(cell: &'static std::thread::LocalKey<Cell<u64>>) {
    cell.with(|count| count.set(count.get() + 1));
}

/// Keyed draws of a model.
#[derive(Serialize, Deserialize)]
struct Dice {
    replication: u32,
    entity: u64,
    draws: u64,
}

impl Dice {
    fn new(replication: u32, entity: u32) -> Self {
        Self {
            replication,
            entity: u64::from(entity),
            draws: 0,
        }
    }

    /// A second stands for an hour. An event cannot be scheduled for the present.
    fn after(&mut self, mean_h: f64) -> Duration {
        let mut stream = Key::new(1, self.replication).stream(self.entity, 1, self.draws);
        self.draws += 1;
        Duration::from_secs_f64(exponential_quantile(stream.unit_open()) * mean_h)
            .max(Duration::from_nanos(1))
    }
}

/// A unit, which tells a gate, or the crew that repairs it.
#[derive(Serialize, Deserialize)]
struct Unit {
    number: u32,
    dice: Dice,
    life_h: f64,
    /// Nothing where a crew repairs.
    repair_h: Option<f64>,
    changes: Output<i32>,
    fails: Output<u32>,
}

#[Model]
impl Unit {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, _: &mut ()) {
        cx.schedule_event(self.dice.after(self.life_h), schedulable!(Self::fail), ())
            .expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn fail(&mut self, _: (), cx: &Context<Self>) {
        count(&EVENTS);
        match self.repair_h {
            Some(repair_h) => {
                self.changes.send(-1).await;
                cx.schedule_event(self.dice.after(repair_h), schedulable!(Self::repaired), ())
                    .expect("in the future");
            }
            None => self.fails.send(self.number).await,
        }
    }

    #[nexosim(schedulable)]
    async fn repaired(&mut self, _: (), cx: &Context<Self>) {
        count(&EVENTS);
        self.changes.send(1).await;
        cx.schedule_event(self.dice.after(self.life_h), schedulable!(Self::fail), ())
            .expect("in the future");
    }

    /// The crew has repaired it.
    async fn back(&mut self, _: (), cx: &Context<Self>) {
        cx.schedule_event(self.dice.after(self.life_h), schedulable!(Self::fail), ())
            .expect("in the future");
    }
}

/// A gate that counts inputs, and tells those above.
#[derive(Serialize, Deserialize)]
struct Gate {
    spare: i32,
    changes: Output<i32>,
}

#[Model]
impl Gate {
    async fn input(&mut self, step: i32) {
        let was = self.spare >= 0;
        self.spare += step;
        if was != (self.spare >= 0) {
            count(&CHANGED);
            self.changes.send(step).await;
        }
    }
}

/// Five heads; units that failed wait by priority.
#[derive(Serialize, Deserialize)]
struct Crew {
    free: u32,
    waiting: [VecDeque<u32>; 5],
    dice: Dice,
    backs: Vec<Output<()>>,
}

#[Model]
impl Crew {
    async fn failed(&mut self, unit: u32, cx: &Context<Self>) {
        if self.free > 0 {
            self.free -= 1;
            self.begin(unit, cx);
        } else {
            self.waiting[unit as usize % 5].push_back(unit);
        }
    }

    fn begin(&mut self, unit: u32, cx: &Context<Self>) {
        cx.schedule_event(self.dice.after(REPAIR_H), schedulable!(Self::repaired), unit)
            .expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn repaired(&mut self, unit: u32, cx: &Context<Self>) {
        count(&EVENTS);
        self.backs[unit as usize].send(()).await;
        match self.waiting.iter_mut().find_map(VecDeque::pop_front) {
            None => self.free += 1,
            Some(next) => self.begin(next, cx),
        }
    }
}

/// Sets its timer again when it rings.
#[derive(Serialize, Deserialize)]
struct Timer {
    dice: Dice,
}

#[Model]
impl Timer {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, _: &mut ()) {
        cx.schedule_event(self.dice.after(1.0), schedulable!(Self::rings), ())
            .expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn rings(&mut self, _: (), cx: &Context<Self>) {
        count(&EVENTS);
        cx.schedule_event(self.dice.after(1.0), schedulable!(Self::rings), ())
            .expect("in the future");
    }
}

fn unit(number: u32, replication: u32, life_h: f64, repair_h: Option<f64>) -> Unit {
    Unit {
        number,
        dice: Dice::new(replication, number),
        life_h,
        repair_h,
        changes: Output::default(),
        fails: Output::default(),
    }
}

fn finish(bench: SimInit, hours: f64) -> Did {
    EVENTS.set(0);
    CHANGED.set(0);
    let mut simulation: Simulation = bench.init(MonotonicTime::EPOCH).expect("a sound bench");
    if hours > 0.0 {
        simulation
            .step_until(Duration::from_secs_f64(hours))
            .expect("it runs");
    }
    Did {
        events: EVENTS.get(),
        gates_changed: CHANGED.get(),
    }
}

pub fn prepare(work: Work) -> Option<Prepared> {
    match work {
        Work::Units(n) if n > 100_000 => None,
        Work::Units(n) => Some(Box::new(move |hours, number| {
            let mut bench = SimInit::with_num_threads(1);
            let gate = Gate {
                spare: i32::try_from(n - n * 9 / 10).expect("small"),
                changes: Output::default(),
            };
            let gate_box = Mailbox::new();
            for place in 0..n {
                let mut unit = unit(place, number, LIFE_H, Some(REPAIR_H));
                unit.changes.connect(Gate::input, &gate_box);
                bench = bench.add_model(unit, Mailbox::new(), "unit");
            }
            let did = finish(bench.add_model(gate, gate_box, "gate"), hours);
            Did {
                gates_changed: 0,
                ..did
            }
        })),
        Work::Crew => Some(Box::new(|hours, number| {
            let mut bench = SimInit::with_num_threads(1);
            let mut crew = Crew {
                free: 5,
                waiting: Default::default(),
                dice: Dice::new(number, 1_000_000),
                backs: Vec::new(),
            };
            let crew_box = Mailbox::new();
            for place in 0..1_000 {
                let mut unit = unit(place, number, LIFE_H, None);
                let unit_box = Mailbox::new();
                unit.fails.connect(Crew::failed, &crew_box);
                let mut back = Output::default();
                back.connect(Unit::back, &unit_box);
                crew.backs.push(back);
                bench = bench.add_model(unit, unit_box, "unit");
            }
            finish(bench.add_model(crew, crew_box, "crew"), hours)
        })),
        Work::Hold => Some(Box::new(|hours, number| {
            let mut bench = SimInit::with_num_threads(1);
            for place in 0..1_000 {
                let timer = Timer {
                    dice: Dice::new(number, place),
                };
                bench = bench.add_model(timer, Mailbox::new(), "timer");
            }
            finish(bench, hours)
        })),
        Work::Gates(count) => Some(Box::new(move |hours, number| {
            let graph = layered(count);
            let mut units: Vec<Unit> = (0..UNITS)
                .map(|place| unit(place, number, 1.0, Some(1.0)))
                .collect();
            let mut gates: Vec<Gate> = graph
                .iter()
                .map(|gate| Gate {
                    spare: 3 - i32::try_from(gate.needs).expect("small"),
                    changes: Output::default(),
                })
                .collect();
            let boxes: Vec<Mailbox<Gate>> = (0..count).map(|_| Mailbox::new()).collect();
            for (gate, gate_box) in graph.iter().zip(&boxes) {
                for &input in &gate.inputs {
                    match input.checked_sub(UNITS) {
                        None => units[input as usize].changes.connect(Gate::input, gate_box),
                        Some(below) => gates[below as usize].changes.connect(Gate::input, gate_box),
                    };
                }
            }
            let mut bench = SimInit::with_num_threads(1);
            for unit in units {
                bench = bench.add_model(unit, Mailbox::new(), "unit");
            }
            for (gate, gate_box) in gates.into_iter().zip(boxes) {
                bench = bench.add_model(gate, gate_box, "gate");
            }
            finish(bench, hours)
        })),
    }
}
