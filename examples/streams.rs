//! The numbers of keyed streams as raw words, for a battery of tests of randomness to read.
//!
//! `cargo run --release --example streams -- ORDER | dieharder -a -g 200`, where ORDER says in which order streams are read: `draws` of one
//! thing one after the other, first draws of one thing over `replications`, first draws of many `things`, first draws over `seeds`, or
//! `simulation`: replication by replication, a thousand things each, three draws of each for two purposes, as a simulation takes them.

use blackstart::random::{Key, entity_hash};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// How many things a simulation has.
const THINGS: u32 = 1_000;

fn main() -> ExitCode {
    let order = std::env::args().nth(1).unwrap_or_default();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match words(&order, &mut |word| out.write_all(&word.to_le_bytes())) {
        // Whoever reads has read enough.
        Some(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("say in which order: draws, replications, things, seeds, simulation");
            ExitCode::FAILURE
        }
    }
}

/// Gives words without end, until that fails; `None` if there is no such order.
fn words(order: &str, give: &mut dyn FnMut(u64) -> io::Result<()>) -> Option<io::Result<()>> {
    let thing = entity_hash("web-a");
    let first = |key: Key, thing| key.stream(thing, 1, 0).next_word();
    let done = match order {
        "draws" => (0..).try_for_each(|draw| give(Key::new(1, 0).stream(thing, 1, draw).next_word())),
        "replications" => {
            let keys =
                (0..).flat_map(|seed| (0..=u32::MAX).map(move |replication| Key::new(seed, replication)));
            keys.map(|key| first(key, thing)).try_for_each(give)
        }
        "things" => (0_u64..)
            .try_for_each(|number| give(first(Key::new(1, 0), entity_hash(&format!("thing-{number}"))))),
        "seeds" => (0..).try_for_each(|seed| give(first(Key::new(seed, 0), thing))),
        "simulation" => {
            let things: Vec<u64> = (0..THINGS)
                .map(|number| entity_hash(&format!("thing-{number}")))
                .collect();
            let keys =
                (0..).flat_map(|seed| (0..=u32::MAX).map(move |replication| Key::new(seed, replication)));
            keys.flat_map(|key| {
                let of = move |&thing: &u64| {
                    let pairs = (0..3).flat_map(|draw| [(1_u8, draw), (5, draw)]);
                    pairs.map(move |(purpose, draw)| key.stream(thing, purpose, draw << 8).next_word())
                };
                things.iter().flat_map(of)
            })
            .try_for_each(give)
        }
        _ => return None,
    };
    Some(done)
}
