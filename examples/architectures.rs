//! What each architecture of power is worth: `scenarios/architectures.yaml`, worked out exactly and simulated. Prints the table of
//! docs/architectures.md.
//!
//! `cargo run --release --example architectures` simulates 2000 replications of 1000 years; another number of replications may follow.

#[path = "../tests/references/power_paths.rs"]
mod power_paths;

use blackstart::analysis::run::layout;
use blackstart::compile::{compile, language, validate};
use blackstart::monte_carlo::{EVENTS_MAX, Plan, Replica};
use blackstart::scenario::{Limits, load, resolved};
use blackstart::statistics::Mean;
use power_paths::unavailability;
use std::path::Path;

/// Archetype, site, load.
const ARCHITECTURES: [(&str, &str, &str); 6] = [
    ("N", "n", "load-n"),
    ("N+1", "n-plus-1", "load-n-plus-1"),
    ("block-redundant", "blocks", "load-blocks"),
    ("3/2", "3-over-2", "load-3-over-2"),
    ("2N", "2n", "load-2n"),
    ("2(N+1)", "2n-plus-2", "load-2n-plus-2"),
];

fn main() {
    let replications = std::env::args().nth(1).map_or(2000, |word| {
        word.parse::<u32>().expect("a number of replications")
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/architectures.yaml");
    let mut loaded =
        load(Path::new(path), &language(), &[], &Limits::default()).expect("a file of the repository");
    let whole = resolved(&loaded.root);
    let compiled = compile(validate(&mut loaded).expect("a valid scenario"));
    let layout = layout(&compiled);
    let mut replica = Replica::new(Plan {
        compiled: &compiled,
        layout: &layout,
        seed: 1,
        events_max: EVENTS_MAX,
    });
    let mut short = vec![Mean::new(); ARCHITECTURES.len()];
    let mut falls = vec![0_i64; ARCHITECTURES.len()];
    for number in 0..replications {
        let row = replica.row(number).expect("a replication that ends");
        for (at, (_, _, load)) in ARCHITECTURES.iter().enumerate() {
            let mut loads = layout.loads().iter();
            let place = loads.position(|&service| layout.services()[service].id == *load);
            let place = place.expect("a load of the scenario");
            short[at].push(row.cells[layout.short_us(place)]);
            falls[at] += row.cells[layout.shortfalls(place)];
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a horizon is known to fewer digits")]
    let horizon_us = compiled.horizon_us as f64;
    println!("| `power:` | dead, exact | a year | simulated, 95 % | losses seen |");
    println!("| --- | --- | --- | --- | --- |");
    for (at, (tag, site, _)) in ARCHITECTURES.iter().enumerate() {
        let exact = unavailability(&whole, site, tag);
        let interval = short[at].interval(0.95).filter(|_| falls[at] > 0);
        let simulated = interval.map_or_else(
            || "none seen".to_owned(),
            |interval| {
                let (low, high) = (interval.low.max(0.0) / horizon_us, interval.high / horizon_us);
                format!("{low:.2e} to {high:.2e}")
            },
        );
        println!(
            "| `{tag}` | {exact:.3e} | {} | {simulated} | {} |",
            in_a_year(exact),
            falls[at]
        );
    }
}

/// A share of a year in words.
fn in_a_year(share: f64) -> String {
    let minutes = share * 525_960.0;
    if minutes < 1.0 {
        format!("{:.3} s", minutes * 60.0)
    } else {
        format!("{minutes:.1} min")
    }
}
