//! Blackstart through its public path: a network declared with the builder, compiled, and run with nobody watching.

use super::gates::{UNITS, layered};
use super::{Did, HOUR_US, Prepared, Work, models};
use blackstart::kernel::{
    Agent, Builder, Limits, Netlist, NodeId, Observe, Orders, Reading, Scratch, State, Tag, Transition, View,
    Wake, run,
};
use blackstart::random::{Key, exponential_quantile};

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

/// Counts the gates that change, which were declared after the units.
#[derive(Default)]
struct Counting {
    changed: u64,
}

impl Observe for Counting {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        let is_gate = |transition: &&Transition| transition.node.index() >= UNITS as usize;
        if at > 0 {
            self.changed += batch.iter().filter(is_gate).count() as u64;
        }
    }
}

/// A network on memory that is used again.
struct Engine {
    net: Netlist,
    state: State,
    scratch: Scratch,
}

impl Engine {
    fn new(work: Work) -> Self {
        let net = network(work);
        let (state, scratch) = (State::new(&net), Scratch::new(&net));
        Self { net, state, scratch }
    }

    /// Runs a replication and returns how many events it had.
    fn run(&mut self, hours: f64, number: u32, observer: &mut impl Observe) -> u64 {
        let limits = Limits {
            horizon_us: (hours * HOUR_US) as u64,
            events_max: u64::MAX,
            settlings_max: 1_000_000,
        };
        let key = Key::new(1, number);
        let ended = run(
            &self.net,
            &mut self.state,
            &mut self.scratch,
            key,
            limits,
            observer,
        );
        ended.expect("it ends").events
    }
}

pub fn prepare(work: Work) -> Option<Prepared> {
    let mut engine = Engine::new(work);
    Some(Box::new(move |hours, number| {
        let events = engine.run(hours, number, &mut ());
        // What an agent orders counts as an event like what woke it: a timer that rings and is set again is two.
        Did::of(if work == Work::Hold { events / 2 } else { events })
    }))
}

/// One replication, watched for the gates that change.
pub fn count(work: Work, hours: f64) -> Did {
    let mut counting = Counting::default();
    let events = Engine::new(work).run(hours, 0, &mut counting);
    Did {
        events,
        gates_changed: counting.changed,
    }
}

fn network(work: Work) -> Netlist {
    let mut builder = Builder::new();
    match work {
        Work::Units(n) => models::repairable(&mut builder, n, None),
        Work::Crew => models::repairable(&mut builder, 1_000, Some(5)),
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
                .map(|number| models::failing(&mut builder, format!("unit-{number}"), 1.0))
                .collect();
            for (number, &unit) in (0..).zip(&nodes) {
                models::repair(
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
        }
    }
    builder.finish().expect("a sound network")
}
