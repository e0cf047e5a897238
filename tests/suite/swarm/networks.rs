//! Random networks straight on the kernel, with agents that do anything to them.

use super::sketch::{Agent as Drawn, SECOND_US, Sketch};
use super::{Tally, watch};
use crate::checkers::Checker;
use crate::dice::Dice;
use blackstart::kernel::{
    Action, Agent, Limits, Netlist, NodeId, Observe, Orders, Scratch, State, Trace, Transition, View, Wake,
    WorkId, run,
};
use blackstart::observe::guard::orphans;
use blackstart::random::Key;

/// Does something at random times, sometimes because something changed.
struct Meddler {
    deeds: Vec<Action>,
    calls: Vec<WorkId>,
    mean_gap_us: u64,
}

/// The registers of a meddler: the number of its next draw, and the time at which it last followed a change.
const DRAW: usize = 0;
const FOLLOWED: usize = 1;

impl Agent for Meddler {
    fn registers(&self) -> usize {
        2
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        let number = registers[DRAW];
        registers[DRAW] += 1;
        let mut stream = orders.stream(u64::try_from(number).expect("a count"));
        let now = i64::try_from(view.now()).expect("a short time");
        let acts = match why {
            Wake::Begin => false,
            Wake::Timer(_) => true,
            // Once per time at most: two that follow each other would never end.
            Wake::Changed(_) => stream.next_word().is_multiple_of(4) && registers[FOLLOWED] != now,
            Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {
                stream.next_word().is_multiple_of(2) && registers[FOLLOWED] != now
            }
        };
        if acts {
            if !matches!(why, Wake::Timer(_)) {
                registers[FOLLOWED] = now;
            }
            for _ in 0..1 + stream.next_word() % 3 {
                let all = self.deeds.len() + self.calls.len();
                if all == 0 {
                    break;
                }
                let choice =
                    usize::try_from(stream.next_word() % u64::try_from(all).expect("few")).expect("few");
                match self.deeds.get(choice) {
                    Some(&deed) => orders.act(deed, 0),
                    None => orders.call(self.calls[choice - self.deeds.len()], 1),
                }
            }
        }
        if matches!(why, Wake::Begin | Wake::Timer(_)) {
            // Whole seconds, so that times meet.
            let seconds = stream.next_word() % (2 * self.mean_gap_us / SECOND_US) + 1;
            orders.timer(view.now() + seconds * SECOND_US, 0, 2);
        }
    }
}

fn declare(sketch: &Sketch, dice: Option<&mut Dice>) -> Option<Netlist> {
    let builder = sketch.declare(dice, |drawn: &Drawn, deeds, calls| {
        Box::new(Meddler {
            deeds,
            calls,
            mean_gap_us: drawn.mean_gap_us,
        })
    });
    builder.finish().ok()
}

/// Keeps the transitions alone: no causes, no calls.
#[derive(Default)]
struct Plain(Vec<Transition>);

impl Observe for Plain {
    const CAUSES: bool = false;

    fn settled(&mut self, _at: u64, batch: &[Transition], _view: &View<'_>) {
        self.0.extend_from_slice(batch);
    }
}

/// What changed, by names.
fn told(net: &Netlist, trace: &Trace) -> Vec<(u64, String, i64, i64)> {
    let changes = trace.transitions.iter();
    changes
        .map(|change| {
            (
                change.at,
                net.name(change.node).to_owned(),
                change.from,
                change.to,
            )
        })
        .collect()
}

fn limits() -> Limits {
    Limits {
        horizon_us: 300 * 60 * SECOND_US,
        events_max: 2_000,
        settlings_max: 1_000,
    }
}

fn case(number: u32) -> Tally {
    let mut dice = Dice::new("swarm of networks", number);
    let size = 8 + dice.below(50);
    let sketch = Sketch::draw(&mut dice, size);
    let mut tally = Tally::default();
    let Some(net) = declare(&sketch, None) else {
        // A circle that may not be: those are drawn, too, and must be told instead of run.
        return tally;
    };
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    let mut first: Option<Trace> = None;
    for replication in [0, 1, 2, 0] {
        let (mut checker, mut trace) = (Checker::new(&net, 4), Trace::default());
        let key = Key::new(u64::from(number), replication);
        let end = run(
            &net,
            &mut state,
            &mut scratch,
            key,
            limits(),
            &mut (&mut checker, &mut trace),
        );
        tally.events += state.events();
        let mut found = checker.violations;
        match end {
            Ok(_) => found.extend(orphans(&net, &state)),
            Err(runaway) if runaway.at_one_time => {
                let names: Vec<&str> = runaway.nodes.iter().map(|&node| net.name(node)).collect();
                found.push(format!("no end at {} µs: {names:?}", runaway.at));
            }
            Err(_) => tally.runaways += 1,
        }
        tally.violations.extend(
            found
                .into_iter()
                .map(|what| format!("replication {replication}: {what}")),
        );
        if replication == 0 {
            match &first {
                None => first = Some(trace),
                Some(first) if first.transitions != trace.transitions => {
                    tally.violations.push("the same again is not the same".to_owned());
                }
                Some(_) => {}
            }
        }
    }
    let first = first.expect("replication 0 was run");
    // Watched by one who asks for no causes it is the same history.
    let mut plain = Plain::default();
    let key = Key::new(u64::from(number), 0);
    let _ = run(&net, &mut state, &mut scratch, key, limits(), &mut plain);
    tally.events += state.events();
    let without = plain.0.iter().map(|change| (change.at, change.node, change.to));
    let with = first
        .transitions
        .iter()
        .map(|change| (change.at, change.node, change.to));
    if !without.eq(with) {
        tally
            .violations
            .push("causes and calls that are kept change the history".to_owned());
    }
    // Declared in another order it is the same history.
    let other = declare(&sketch, Some(&mut dice)).expect("the order of declaration closes no circle");
    let mut trace = Trace::default();
    let (mut state, mut scratch) = (State::new(&other), Scratch::new(&other));
    let key = Key::new(u64::from(number), 0);
    let _ = run(&other, &mut state, &mut scratch, key, limits(), &mut trace);
    tally.events += state.events();
    let (straight, turned) = (told(&net, &first), told(&other, &trace));
    if straight != turned {
        let at = straight.iter().zip(&turned).position(|(a, b)| a != b);
        let pair = at.map(|at| (straight[at].clone(), turned[at].clone()));
        tally
            .violations
            .push(format!("the order of declaration changes the history: {pair:?}"));
    }
    tally
}

#[test]
fn random_networks_keep_every_rule() {
    watch("network", 120, 0.6, case);
}

#[test]
fn most_random_networks_can_run() {
    let (mut run, mut nodes) = (0, 0);
    for number in 0..100 {
        let mut dice = Dice::new("swarm of networks", number);
        let size = 8 + dice.below(50);
        let sketch = Sketch::draw(&mut dice, size);
        if let Some(net) = declare(&sketch, None) {
            run += 1;
            nodes += (0..net.len()).map(NodeId::new).count();
        }
    }
    assert!(run > 80 && nodes > 2_000, "{run} networks, {nodes} nodes");
}
