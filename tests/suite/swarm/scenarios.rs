//! Random scenarios in the language: they validate, keep every rule, account for every outage, and are the same however they are written.

use super::text::{draw, written};
use super::{Tally, watch};
use crate::checkers::Checker;
use crate::dice::Dice;
use crate::scenarios::accounts;
use crate::simulated::{Ready, loaded_text};
use blackstart::kernel::{Limits, Scratch, State, run};
use blackstart::monte_carlo::{EVENTS_MAX, Replica, simulate};
use blackstart::observe::guard::orphans;
use blackstart::random::Key;
use serde_json::Value as Json;

/// How many replications of each scenario are told twice, and walked through.
const N: u32 = 3;

/// How many replications of each scenario are watched.
fn watched() -> u32 {
    crate::dice::cases(N, 60)
}

fn case(number: u32) -> Tally {
    let mut dice = Dice::new("swarm of scenarios", number);
    let size = 2 + dice.below(9);
    let sections = Json::Object(draw(&mut dice, size));
    let text = written(&sections, &mut None);
    let ready = Ready::new(loaded_text("drawn.json", &text));
    let mut tally = Tally::default();

    let net = &ready.compiled.net;
    let (mut state, mut scratch) = (State::new(net), Scratch::new(net));
    let limits = Limits {
        horizon_us: ready.compiled.horizon_us,
        events_max: EVENTS_MAX,
        settlings_max: 10_000,
    };
    for replication in 0..watched() {
        let mut checker = Checker::new(net, 16);
        let end = run(
            net,
            &mut state,
            &mut scratch,
            Key::new(1, replication),
            limits,
            &mut checker,
        );
        tally.events += state.events();
        let mut found = checker.violations;
        match end {
            Ok(_) => found.extend(orphans(net, &state)),
            Err(runaway) => {
                let names: Vec<&str> = runaway.nodes.iter().map(|&node| net.name(node)).collect();
                found.push(format!("no end at {} µs: {names:?}", runaway.at));
            }
        }
        tally.violations.extend(
            found
                .into_iter()
                .map(|what| format!("replication {replication}: {what}")),
        );
    }
    if !tally.violations.is_empty() {
        return tally;
    }

    // Tiles add up, and every outage walks back to a root.
    let mut replica = Replica::new(ready.plan(1));
    for replication in 0..N {
        let about = format!("scenario {number}, replication {replication}");
        replica
            .look(replication, |looked| accounts(looked, &about))
            .unwrap_or_else(|unfinished| panic!("{about}: {unfinished:?}"));
    }

    // Twice the same, and the same in another order.
    let rows = simulate(ready.plan(1), N, &|_| {}).expect("replications that end");
    let turned = written(&sections, &mut Some(&mut dice));
    let other = Ready::new(loaded_text("turned.json", &turned));
    let others = simulate(other.plan(1), N, &|_| {}).expect("replications that end");
    if rows != others {
        tally
            .violations
            .push("the order of entries changes rows".to_owned());
    }
    tally
}

#[test]
fn random_scenarios_keep_every_rule() {
    watch("scenario", 120, 0.4, case);
}
