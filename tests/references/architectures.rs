//! Power archetypes against the exact answer, with lives so short that every part of each of them is seen to fail.

use super::Reference;
use super::power_paths::unavailability;
use super::scenarios::{Read, scenario};
use blackstart::compile::language;
use blackstart::scenario::{Limits, load, resolved};
use std::path::Path;

/// Site, archetype and load of `scenarios/references/power-architectures.yaml`.
const CASES: [(&str, &str, &str, &str); 6] = [
    ("N: unavailability", "n", "N", "load-n"),
    ("N+1: unavailability", "n-plus-1", "N+1", "load-n-plus-1"),
    ("2N: unavailability", "2n", "2N", "load-2n"),
    ("2(N+1): unavailability", "2n-plus-2", "2(N+1)", "load-2n-plus-2"),
    ("3/2: unavailability", "3-over-2", "3/2", "load-3-over-2"),
    (
        "block-redundant: unavailability",
        "blocks",
        "block-redundant",
        "load-blocks",
    ),
];

/// One row for each archetype.
pub fn references() -> Vec<Reference> {
    let name = "power-architectures";
    let path = format!("{}/scenarios/references/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let loaded =
        load(Path::new(&path), &language(), &[], &Limits::default()).expect("a file of the repository");
    let whole = resolved(&loaded.root);
    let cases =
        CASES.map(|(what, site, tag, load)| (what, Read::Short(load), unavailability(&whole, site, tag)));
    let about = "archetypes of power, worn out";
    let mut reference = scenario("scenario architectures", name, about, 60, &cases);
    reference.source =
        "a Markov chain for feeds and generators, the algebra of independent parts behind them";
    vec![reference]
}
