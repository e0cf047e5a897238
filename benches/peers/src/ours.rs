//! Blackstart through its public path: a network declared with the builder, compiled, and run with nobody watching.

use super::gates::{UNITS, layered};
use super::{Did, LIFE_H, Prepared, REPAIR_H, Work};
use blackstart::kernel::{
    Action, Agent, Builder, Call, Clock, CrewId, Effect, Limits, NodeId, Observe, OnError, Orders, Reading,
    Scratch, State, Tag, Takes, Transition, UnitSpec, View, Wake, Way, WorkSpec, run,
};
use blackstart::random::{Exponential, Key, Law, exponential_quantile};

const HOUR_US: f64 = 3.6e9;

fn law(mean_h: f64) -> Law {
    Law::Exponential(Exponential::new(mean_h * HOUR_US).expect("a positive mean"))
}

fn unit(builder: &mut Builder, name: String, life_h: f64) -> NodeId {
    let spec = UnitSpec {
        clocks: vec![Clock::new(law(life_h))],
        ..UnitSpec::flag()
    };
    builder.unit(name, Tag::default(), spec)
}

fn repair(builder: &mut Builder, name: String, unit: NodeId, crew: Option<CrewId>, rank: u32, repair_h: f64) {
    let way = Way {
        name: "repair".to_owned(),
        crew: crew.map(|crew| (crew, 1)).into_iter().collect(),
        takes: Takes::Once(law(repair_h)),
        patience_us: u64::MAX,
        ..Way::default()
    };
    let work = WorkSpec {
        call: Call::When(unit, Reading::Not),
        ways: vec![way],
        effects: vec![Effect::Act(Action::Repair { node: unit })],
        on_error: OnError::Retry,
        batch: 1,
        lanes: u32::MAX,
        serves: vec![(rank, unit, 1)],
        ..WorkSpec::default()
    };
    builder.work(name, Tag::default(), work);
}

/// Sets its timer again when it rings.
struct Timer;

impl Agent for Timer {
    fn registers(&self) -> usize {
        1
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        if let Wake::Timer(_) = why {
            registers[0] += 1;
        }
        let mut stream = orders.stream(registers[0].unsigned_abs());
        let after = exponential_quantile(stream.unit_open()) * HOUR_US;
        orders.timer(view.now() + after as u64, 0, 0);
    }
}

/// Counts the gates that change.
struct Counting {
    first: NodeId,
    last: NodeId,
    changed: u64,
}

impl Observe for Counting {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        let is_gate = |transition: &&Transition| (self.first..=self.last).contains(&transition.node);
        if at > 0 {
            self.changed += batch.iter().filter(is_gate).count() as u64;
        }
    }
}

pub fn prepare(work: Work) -> Option<Prepared> {
    let mut builder = Builder::new();
    let mut gates = None;
    match work {
        Work::Units(n) => units(&mut builder, n, None),
        Work::Crew => {
            let heads = builder.unit("heads", Tag::default(), UnitSpec::amount(5));
            let crew = builder.crew("crew", Tag::default(), vec![heads]);
            units(&mut builder, 1_000, Some(crew));
        }
        Work::Hold => {
            for number in 0..1_000 {
                builder.agent(
                    format!("timer-{number}"),
                    Tag::default(),
                    Box::new(Timer),
                    Vec::new(),
                );
            }
        }
        Work::Gates(n) => {
            let mut nodes: Vec<NodeId> = (0..UNITS)
                .map(|number| unit(&mut builder, format!("unit-{number}"), 1.0))
                .collect();
            for (number, &unit) in (0..).zip(&nodes) {
                repair(
                    &mut builder,
                    format!("repair-{number}"),
                    unit,
                    None,
                    number % 5,
                    1.0,
                );
            }
            for (number, gate) in layered(n).iter().enumerate() {
                let node = builder.gate(format!("gate-{number}"), Tag::default(), gate.needs);
                for &input in &gate.inputs {
                    builder.term(node, nodes[input as usize], Reading::Flag, 1);
                }
                nodes.push(node);
            }
            gates = Some((nodes[UNITS as usize], nodes[nodes.len() - 1]));
        }
    }
    let net = builder.finish().expect("a sound network");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    Some(Box::new(move |hours, number| {
        let limits = Limits {
            horizon_us: (hours * HOUR_US) as u64,
            events_max: u64::MAX,
            settlings_max: 1_000_000,
        };
        let key = Key::new(1, number);
        let events = run(&net, &mut state, &mut scratch, key, limits, &mut ())
            .expect("it ends")
            .events;
        // Counted apart, in short runs, so that nobody watches what is measured.
        let mut gates_changed = 0;
        if let (Some((first, last)), true) = (gates, hours < 50.0) {
            let mut counting = Counting {
                first,
                last,
                changed: 0,
            };
            run(&net, &mut state, &mut scratch, key, limits, &mut counting).expect("it ends");
            gates_changed = counting.changed;
        }
        Did {
            // What an agent orders counts as an event like what woke it: a timer that rings and is set again is two.
            events: if work == Work::Hold { events / 2 } else { events },
            gates_changed,
        }
    }))
}

fn units(builder: &mut Builder, n: u32, crew: Option<CrewId>) {
    let gate = builder.gate("needed", Tag::default(), i64::from(n) * 9 / 10);
    for number in 0..n {
        let unit = unit(builder, format!("unit-{number}"), LIFE_H);
        builder.term(gate, unit, Reading::Flag, 1);
        repair(
            builder,
            format!("repair-{number}"),
            unit,
            crew,
            number % 5,
            REPAIR_H,
        );
    }
}
