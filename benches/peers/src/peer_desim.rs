//! `desim`: processes that are coroutines, after SimPy. It needs unstable parts of the language. Its random numbers are ours.

use super::models::{LIFE_H, REPAIR_H};
use super::{Did, Prepared, Work};
use blackstart::random::{Key, exponential_quantile};
use desim::resources::SimpleResource;
use desim::{Effect, EndCondition, Simulation};
use std::cell::Cell;
use std::rc::Rc;

fn after(key: Key, unit: u32, draws: &mut u64, mean_h: f64) -> f64 {
    let mut stream = key.stream(u64::from(unit), 1, *draws);
    *draws += 1;
    exponential_quantile(stream.unit_open()) * mean_h
}

/// An effect that leaves no entry in its log, which otherwise holds every event.
#[derive(Clone, Copy)]
struct Quiet(Effect);

impl desim::SimState for Quiet {
    fn get_effect(&self) -> Effect {
        self.0
    }

    fn set_effect(&mut self, effect: Effect) {
        self.0 = effect;
    }

    fn should_log(&self) -> bool {
        false
    }
}

/// Runs to the end.
fn ended(sim: Simulation<Quiet>, hours: f64, events: &Cell<u64>) -> Did {
    let sim = sim.run(EndCondition::Time(hours));
    std::hint::black_box(sim.time());
    Did::of(events.get())
}

pub fn prepare(work: Work) -> Option<Prepared> {
    match work {
        Work::Units(n) if n > 100_000 => None,
        Work::Units(n) => Some(Box::new(move |hours, number| {
            let key = Key::new(1, number);
            let mut sim = Simulation::new();
            let (events, up, gate_changed) = (
                Rc::new(Cell::new(0)),
                Rc::new(Cell::new(n)),
                Rc::new(Cell::new(0_u64)),
            );
            let needed = n * 9 / 10;
            for unit in 0..n {
                let (events, up, gate_changed) =
                    (Rc::clone(&events), Rc::clone(&up), Rc::clone(&gate_changed));
                let step = move |by: i32| {
                    let was = up.get() >= needed;
                    up.set(up.get().wrapping_add_signed(by));
                    gate_changed.set(gate_changed.get() + u64::from(was != (up.get() >= needed)));
                    events.set(events.get() + 1);
                };
                let process = sim.create_process(Box::new(
                    #[coroutine]
                    move |_| {
                        let mut draws = 0;
                        loop {
                            yield Quiet(Effect::TimeOut(after(key, unit, &mut draws, LIFE_H)));
                            step(-1);
                            yield Quiet(Effect::TimeOut(after(key, unit, &mut draws, REPAIR_H)));
                            step(1);
                        }
                    },
                ));
                sim.schedule_event(0.0, process, Quiet(Effect::TimeOut(0.0)));
            }
            let did = ended(sim, hours, &events);
            std::hint::black_box(gate_changed.get());
            did
        })),
        // A simple resource knows no priorities: units wait in the order in which they failed, which is less work.
        Work::Crew => Some(Box::new(|hours, number| {
            let key = Key::new(1, number);
            let mut sim = Simulation::new();
            let heads = sim.create_resource(Box::new(SimpleResource::new(5)));
            let events = Rc::new(Cell::new(0));
            for unit in 0..1_000 {
                let events = Rc::clone(&events);
                let process = sim.create_process(Box::new(
                    #[coroutine]
                    move |_| {
                        let mut draws = 0;
                        loop {
                            yield Quiet(Effect::TimeOut(after(key, unit, &mut draws, LIFE_H)));
                            events.set(events.get() + 1);
                            yield Quiet(Effect::Request(heads));
                            yield Quiet(Effect::TimeOut(after(key, unit, &mut draws, REPAIR_H)));
                            yield Quiet(Effect::Release(heads));
                            events.set(events.get() + 1);
                        }
                    },
                ));
                sim.schedule_event(0.0, process, Quiet(Effect::TimeOut(0.0)));
            }
            ended(sim, hours, &events)
        })),
        Work::Hold => Some(Box::new(|hours, number| {
            let key = Key::new(1, number);
            let mut sim = Simulation::new();
            let events = Rc::new(Cell::new(0));
            for timer in 0..1_000 {
                let events = Rc::clone(&events);
                let process = sim.create_process(Box::new(
                    #[coroutine]
                    move |_| {
                        let mut draws = 0;
                        loop {
                            yield Quiet(Effect::TimeOut(after(key, timer, &mut draws, 1.0)));
                            events.set(events.get() + 1);
                        }
                    },
                ));
                sim.schedule_event(0.0, process, Quiet(Effect::TimeOut(0.0)));
            }
            ended(sim, hours, &events)
        })),
        Work::Gates(_) => None,
    }
}
