//! Random networks of balances, selectors and starters that feed and load each other: instants end, and grants keep their laws.

use super::super::scripted::{fixed, limits, script, tag};
use super::super::*;
use crate::random::{Key, Stream};

#[expect(clippy::cast_possible_truncation, reason = "below the bound")]
fn below(stream: &mut Stream, bound: usize) -> usize {
    (stream.unit_open() * bound as f64) as usize
}

fn amount(stream: &mut Stream, bound: usize) -> i64 {
    i64::try_from(below(stream, bound)).expect("small")
}

fn back(stream: &mut Stream) -> Back {
    match below(stream, 3) {
        0 => Back::ByWork,
        1 => Back::After(0),
        _ => Back::After(1 + below(stream, 200) as u64),
    }
}

fn policy(stream: &mut Stream) -> Policy {
    match below(stream, 6) {
        0 => Policy::Proportional,
        1 => Policy::Priority,
        2 => Policy::Shed { back: back(stream) },
        3 => Policy::Collapse {
            factor_ppm: 1_000_000 + 1_000 * amount(stream, 2_000),
            above_ppm: FULL_PPM,
            below_ppm: 500_000,
        },
        _ => Policy::Trip {
            bears: match below(stream, 3) {
                0 => Bears::For(0),
                1 => Bears::For(below(stream, 100) as u64),
                _ => Bears::Heat {
                    table: vec![(1_050_000, 300), (1_500_000, 40), (3_000_000, 0)],
                    cools_us: 500,
                },
            },
            opens: if below(stream, 2) == 0 {
                Opens::Whole
            } else {
                Opens::Sources
            },
            back: back(stream),
        },
    }
}

/// What has to hold of one balance at every settled moment.
struct Kept {
    node: NodeId,
    sources: Vec<NodeId>,
    consumers: Vec<NodeId>,
    /// Whether it may carry more than it has, for a while.
    bears: bool,
}

struct Laws {
    kept: Vec<Kept>,
    settlings: u64,
}

impl Observe for Laws {
    const CAUSES: bool = true;

    fn settled(&mut self, at: u64, _batch: &[Transition], view: &View<'_>) {
        self.settlings += 1;
        for balance in &self.kept {
            let supply: i64 = balance.sources.iter().map(|&node| view.value(node)).sum();
            let given: i64 = balance.consumers.iter().map(|&node| view.value(node)).sum();
            let node = balance.node;
            assert!(
                balance.bears || given <= supply,
                "{node:?} at {at}: {given} of {supply}"
            );
            assert!(supply > 0 || given == 0, "{node:?} at {at}: {given} of nothing");
            for &consumer in &balance.consumers {
                let rows = view.state().asked().iter().rev();
                let asked = rows
                    .clone()
                    .find(|row| row.consumer == consumer)
                    .map(|row| row.amount);
                let given = view.value(consumer);
                assert!(
                    asked.is_none_or(|asked| (0..=asked).contains(&given)),
                    "{consumer:?} at {at}"
                );
            }
        }
    }
}

/// Three balances, the last of which lives from a consumer of the first besides its own source; loads hang on selectors over them.
fn network(stream: &mut Stream) -> (Builder, Laws) {
    let mut b = Builder::new();
    let mut kept: Vec<Kept> = Vec::new();
    let mut buses = Vec::new();
    let mut lives = Vec::new();
    let mut actions: Vec<(u64, Action)> = Vec::new();
    let mut acts = |stream: &mut Stream, action: Action| {
        for _ in 0..below(stream, 4) {
            actions.push((below(stream, 3_000) as u64, action));
        }
    };
    for number in 0..3 {
        let policy = policy(stream);
        let bears = matches!(policy, Policy::Trip { .. });
        let node = b.balance(format!("balance {number}"), tag(), policy);
        let bus = b.gate(format!("bus {number}"), tag(), 1);
        let mut sources = Vec::new();
        for source in 0..1 + below(stream, 3) {
            let unit = b.unit(
                format!("source {number} {source}"),
                tag(),
                UnitSpec::amount(20 + amount(stream, 100)),
            );
            b.supply(node, unit, Reading::Amount, 1);
            let less = amount(stream, 100);
            acts(
                stream,
                Action::SetAmount {
                    node: unit,
                    amount: less,
                },
            );
            acts(
                stream,
                Action::Break {
                    node: unit,
                    items: i64::MAX,
                },
            );
            acts(stream, Action::Repair { node: unit });
            sources.push(unit);
        }
        let mut consumers = vec![b.consumer(node, format!("load {number}"), tag(), 1, Demand::Load(bus))];
        for other in 0..below(stream, 3) {
            let amount = amount(stream, 40);
            let priority = u32::try_from(below(stream, 3)).expect("small");
            let demand = Demand::Fixed { amount, when: None };
            let consumer = b.consumer(node, format!("other {number} {other}"), tag(), priority, demand);
            let ppm = 5_000 * self::amount(stream, 500);
            acts(stream, Action::Surge { node: consumer, ppm });
            acts(stream, Action::Open { node: consumer });
            acts(stream, Action::Close { node: consumer });
            consumers.push(consumer);
        }
        acts(stream, Action::Open { node });
        acts(stream, Action::Close { node });
        if number == 2 {
            // What is drawn here is drawn at the first balance as well, which gives it as far as it can.
            let feed: NodeId = kept[0].consumers[0];
            b.supply(node, feed, Reading::Amount, 1);
            b.pass_load(bus, buses[0], 500_000);
            sources.push(feed);
        }
        let live = match below(stream, 3) {
            0 => b.gauge(node, Gauge::Live, format!("live {number}"), tag()),
            1 => b.served(consumers[0], format!("live {number}"), tag()),
            _ => b.any(format!("live {number}"), tag(), &[(node, Reading::Flag)]),
        };
        kept.push(Kept {
            node,
            sources,
            consumers,
            bears,
        });
        buses.push(bus);
        lives.push(live);
    }
    for number in 0..4 {
        let shared = below(stream, 2) == 0;
        let spec = if shared {
            SelectorSpec::shared()
        } else {
            SelectorSpec::automatic(below(stream, 20) as u64, fixed(1 + below(stream, 20) as u64))
        };
        let selector = b.selector(format!("selector {number}"), tag(), spec);
        for ordinal in 0..3u32 {
            let place = (number + ordinal as usize) % 3;
            b.source(selector, lives[place], Reading::Flag);
            b.pass_load_if_chosen(selector, buses[place], ordinal);
        }
        let start = StarterSpec::automatic(fixed(1 + below(stream, 50) as u64));
        let starter = b.starter(format!("starter {number}"), tag(), start);
        b.require(starter, selector, Reading::Flag);
        b.draw(selector, starter, Reading::Flag, 5 + amount(stream, 60));
        let base = b.unit(format!("base {number}"), tag(), UnitSpec::flag());
        b.draw(selector, base, Reading::Flag, amount(stream, 20));
        acts(stream, Action::Break { node: base, items: 1 });
        acts(stream, Action::Repair { node: base });
    }
    script(&mut b, actions);
    (b, Laws { kept, settlings: 0 })
}

#[test]
fn random_networks_end_their_instants_and_keep_the_laws() {
    let mut settlings = 0;
    let mut flapping = 0;
    let networks = 120;
    for replication in 0..networks {
        let mut stream = Key::new(5, replication).stream(1, 2, 3);
        let (builder, mut laws) = network(&mut stream);
        let net = builder.finish().expect("a sound network");
        let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
        let mut limits = limits(4_000);
        limits.events_max = 20_000;
        let end = run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(9, replication),
            limits,
            &mut laws,
        );
        match end {
            Ok(_) => settlings += laws.settlings,
            Err(runaway) => {
                assert!(!runaway.at_one_time, "{replication}: an instant ends by itself");
                flapping += 1;
            }
        }
    }
    assert!(settlings > 4_000, "something happens: {settlings}");
    // What is fed only as far as it asks for, and asks only where it is fed, may chase itself from one microsecond to the next.
    assert!(flapping < networks / 4, "most of them come to rest: {flapping}");
}
