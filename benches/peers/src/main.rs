//! Blackstart beside other engines on the same work, in one process, in turn; medians of several rounds.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, with `RUSTC_BOOTSTRAP=1 … --features desim` where desim is to take part.
//! Words select workloads: `… -- gates`. `--rounds N`, 5 unless stated.
//!
//! An event is a failure or the end of a repair (in the hold model: a timer that rings). What an engine needs before the first event, the
//! start, is measured by itself and taken off. Each engine must have simulated the same thing: how many events there were is held against
//! what theory or the limit line expects.

#![cfg_attr(
    feature = "desim",
    feature(coroutines, coroutine_trait, stmt_expr_attributes, proc_macro_hygiene)
)]

mod gates;
mod limit;
#[path = "../../models/mod.rs"]
mod models;
mod ours;
mod peer_nexosim;
mod peer_simcore;
#[cfg(feature = "desim")]
mod peer_desim;
mod theory;

use models::{LIFE_H, REPAIR_H};
use std::time::Instant;

/// An hour in microseconds.
pub const HOUR_US: f64 = models::HOUR_US as f64;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// Units that fail and are repaired at once; a k-of-n gate looks at each change.
    Units(u32),
    /// 1,000 units of five priorities; five heads repair them.
    Crew,
    /// 1,000 timers, each set again when it rings.
    Hold,
    /// 1,000 units under so many gates in layers: all, any and two of three.
    Gates(u32),
}

impl Work {
    fn name(self) -> String {
        match self {
            Work::Units(n) => format!("(a) units {n}"),
            Work::Crew => "(b) crew, 1000 units".to_owned(),
            Work::Hold => "(c) hold 1000".to_owned(),
            Work::Gates(n) => format!("(d) gates {n}"),
        }
    }

    /// Hours to simulate, for about so many events.
    fn hours(self, events: f64) -> f64 {
        match self {
            Work::Units(n) => events / (2.0 * f64::from(n)) * (LIFE_H + REPAIR_H),
            Work::Crew => events / (2.0 * 5.0 / REPAIR_H),
            Work::Hold => events / 1_000.0,
            // Half of the time down: a flip of each unit in each hour. Many gates follow each.
            Work::Gates(n) => events / 1_000.0 / f64::from(n / 10_000),
        }
    }

    fn components(self) -> u32 {
        match self {
            Work::Units(n) => n,
            Work::Crew | Work::Hold => 1_000,
            Work::Gates(n) => 1_000 + n,
        }
    }
}

/// What an engine did in one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Did {
    pub events: u64,
    /// How often a gate of the layers changed.
    pub gates_changed: u64,
}

impl Did {
    /// So many events, where there are no gates in layers.
    pub fn of(events: u64) -> Self {
        Self {
            events,
            gates_changed: 0,
        }
    }
}

/// An engine that was prepared for a workload: runs so many hours, the replication of this number.
pub type Prepared = Box<dyn FnMut(f64, u32) -> Did>;

/// An engine: its name, for about how many events it is asked, and how it is prepared; `None` where it does not take part.
struct Engine {
    name: &'static str,
    events: f64,
    prepare: fn(Work) -> Option<Prepared>,
    /// Runs so many hours and counts the gates that change, where that is not part of what is measured.
    count: Option<fn(Work, f64) -> Did>,
}

const ENGINES: &[Engine] = &[
    Engine {
        name: "limit",
        events: 1e6,
        prepare: limit::prepare,
        count: None,
    },
    Engine {
        name: "Blackstart",
        events: 1e6,
        prepare: ours::prepare,
        count: Some(ours::count),
    },
    #[cfg(feature = "desim")]
    Engine {
        name: "desim 0.4",
        events: 1e6,
        prepare: peer_desim::prepare,
        count: None,
    },
    Engine {
        name: "simcore 0.1",
        events: 1e6,
        prepare: peer_simcore::prepare,
        count: None,
    },
    Engine {
        name: "NeXosim 1.0",
        events: 2e5,
        prepare: peer_nexosim::prepare,
        count: None,
    },
];

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut rounds, mut words) = (5, Vec::new());
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().and_then(|n| n.parse().ok()).expect("--rounds N");
        } else {
            words.push(argument);
        }
    }
    let all = [
        Work::Units(10),
        Work::Units(1_000),
        Work::Units(100_000),
        Work::Units(1_000_000),
        Work::Crew,
        Work::Hold,
        Work::Gates(10_000),
        Work::Gates(100_000),
    ];
    header("ns per event");
    let mut starts = Vec::new();
    for work in all {
        if !words.is_empty() && !words.iter().any(|word| work.name().contains(word.as_str())) {
            continue;
        }
        let (line, start) = compared(work, rounds);
        println!("{line}");
        starts.push(start);
    }
    println!();
    header("start, ns per component");
    for start in starts {
        println!("{start}");
    }
}

/// The head of a table: what its figures are, and the engines.
fn header(figures: &str) {
    let names: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
    println!("| {figures} | {} |", names.join(" | "));
    println!("|{}", "---|".repeat(names.len() + 1));
}

/// One line of each table: all engines in turn, several rounds.
fn compared(work: Work, rounds: u32) -> (String, String) {
    let mut prepared: Vec<Option<Prepared>> = ENGINES.iter().map(|engine| (engine.prepare)(work)).collect();
    let mut events: Vec<Vec<f64>> = vec![Vec::new(); ENGINES.len()];
    let mut starts: Vec<Vec<f64>> = vec![Vec::new(); ENGINES.len()];
    let mut seen = vec![Did::default(); ENGINES.len()];
    let mut gates = vec![Did::default(); ENGINES.len()];
    let mut hours_seen = vec![0.0; ENGINES.len()];
    for round in 0..rounds {
        for (place, engine) in ENGINES.iter().enumerate() {
            let Some(run) = &mut prepared[place] else { continue };
            let hours = work.hours(engine.events);
            // The first touches the memory.
            run(hours / 50.0, round);
            let began = Instant::now();
            run(0.0, round);
            let start = began.elapsed().as_secs_f64();
            let began = Instant::now();
            let did = run(hours, round);
            let whole = began.elapsed().as_secs_f64();
            events[place].push((whole - start).max(0.0) * 1e9 / did.events as f64);
            starts[place].push(start * 1e9 / f64::from(work.components()));
            seen[place].events += did.events;
            hours_seen[place] += hours;
            // Who would be slowed down by counting gates counts them apart, once.
            let counted = match engine.count {
                None => did,
                Some(count) if round == 0 && matches!(work, Work::Gates(_)) => count(work, hours),
                Some(_) => Did::default(),
            };
            gates[place].events += counted.events;
            gates[place].gates_changed += counted.gates_changed;
        }
    }
    for (place, engine) in ENGINES.iter().enumerate() {
        if prepared[place].is_some() {
            let expected = (hours_seen[place], rounds);
            theory::check(work, engine.name, seen[place], expected, gates[place], gates[0]);
        }
    }
    let limit = median(events[0].clone());
    let of = |values: &[f64], ratio: bool| {
        if values.is_empty() {
            return "–".to_owned();
        }
        let value = median(values.to_vec());
        if ratio {
            format!("{value:.0} (× {:.1})", value / limit)
        } else {
            format!("{value:.1}")
        }
    };
    let line = |of: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = (0..ENGINES.len()).map(of).collect();
        format!("| {} | {} |", work.name(), cells.join(" | "))
    };
    (
        line(&|place| of(&events[place], place > 0)),
        line(&|place| of(&starts[place], false)),
    )
}
