//! Every scenario of the repository runs; in each replication every outage walks back to a root, and its tiles add up.

use crate::simulated::{Ready, loaded, replications};
use crate::sources::root;
use blackstart::analysis::run::explain;
use blackstart::kernel::What;
use blackstart::monte_carlo::Replica;
use blackstart::observe::columns::{BEYOND_HORIZON, NEVER_LOST};
use blackstart::observe::looked::Looked;
use blackstart::observe::measures::cells;
use blackstart::observe::tiles::covers;
use std::path::{Path, PathBuf};

/// All files of scenarios but those of the library, which are parts.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    find(&root().join("scenarios"), &mut files);
    files.sort();
    assert!(files.len() >= 3, "only {} scenarios", files.len());
    files
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display())) {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "library") {
                find(&path, files);
            }
        } else if path.extension().is_some_and(|end| end == "yaml") {
            files.push(path);
        }
    }
}

/// A span of simulated time as a cell.
fn cell(us: u64) -> i64 {
    i64::try_from(us).expect("simulated times are far below 2^63 µs")
}

/// Looks at every outage of a replication: it walks back to a root, and its tiles add up. Returns how many there were.
pub fn accounts(looked: &Looked<'_>, about: &str) -> usize {
    let (layout, compiled) = (looked.layout, looked.compiled);
    let row = cells(looked);
    let horizon = looked.history.horizon();
    let mut count = 0;
    for (service, outages) in looked.outages.iter().enumerate() {
        let id = &compiled.entities[compiled.services[service].entity as usize].id;
        let about = format!("{about}, {id}");
        for &outage in outages {
            count += 1;
            let end = outage.to.unwrap_or(horizon);
            let tiles = looked.tiles(service, outage);
            assert!(
                covers(&tiles, outage.from, end),
                "{about}: the tiles of {outage:?} have gaps or overlap: {tiles:?}"
            );
            let cause = looked.cause(service, outage);
            let what = cause.root.map(|root| {
                looked
                    .history
                    .record(root)
                    .expect("a record that the walk found")
                    .what
            });
            let is_root = match what {
                Some(
                    What::Action { .. }
                    | What::Life { .. }
                    | What::CommonCause { .. }
                    | What::DemandFailure { .. }
                    // What was under way at the beginning may take its time to be felt.
                    | What::Begin,
                ) => true,
                None => outage.from == 0,
                Some(_) => false,
            };
            assert!(
                is_root,
                "{about}: {outage:?} walks back to {what:?}, along {:?}",
                cause.path
            );
        }
        let first = outages.first();
        let rta = row[layout.rta(service)];
        let expected = first.map_or(NEVER_LOST, |first| {
            first.to.map_or(BEYOND_HORIZON, |to| cell(to - first.from))
        });
        assert_eq!(rta, expected, "{about}: the recovery time of the row");
        let sum: i64 = (0..layout.tile_kinds().len())
            .map(|kind| row[layout.tile(service, kind)])
            .sum();
        let span = first.map_or(0, |first| cell(first.to.unwrap_or(horizon) - first.from));
        assert_eq!(
            sum, span,
            "{about}: the tiles of the row do not add up to the first outage"
        );
    }
    let whole = row[layout.whole_rta()];
    let sum: i64 = (0..layout.tile_kinds().len())
        .map(|kind| row[layout.whole_tile(kind)])
        .sum();
    let span = match whole {
        NEVER_LOST => 0,
        BEYOND_HORIZON => cell(horizon) - row[layout.whole_down_at()],
        rta => rta,
    };
    assert_eq!(sum, span, "{about}: the tiles of the whole do not add up");
    count
}

#[test]
fn every_scenario_runs_and_accounts_for_every_outage() {
    let mut ran = 0;
    for path in files() {
        let loaded = loaded(&path);
        let happens = !loaded.entries("happens").is_empty();
        let ready = Ready::new(loaded);
        if !happens {
            continue;
        }
        let mut replica = Replica::new(ready.plan(1));
        let mut outages = 0;
        for number in 0..replications(20) {
            let about = format!("{}, replication {number}", path.display());
            let looked = replica.look(number, |looked| accounts(looked, &about));
            outages += looked.unwrap_or_else(|unfinished| panic!("{about}: {unfinished:?}"));
        }
        assert!(outages > 0, "nothing is lost in {}", path.display());
        ran += 1;
    }
    assert!(ran >= 2, "only {ran} scenarios have something happen");
}

#[test]
fn what_is_explained_agrees_with_the_row() {
    for path in files() {
        let loaded = loaded(&path);
        if loaded.entries("happens").is_empty() {
            continue;
        }
        let ready = Ready::new(loaded);
        for number in [0, 7] {
            let row = Replica::new(ready.plan(1))
                .row(number)
                .expect("a replication that ends");
            let told = explain(&ready.compiled, &crate::simulated::asked(8), number)
                .expect("a replication that ends");
            for (column, &cell) in ready.layout.columns().iter().zip(&row.cells) {
                assert_eq!(
                    told.row[&column.name],
                    cell,
                    "{}: {}",
                    path.display(),
                    column.name
                );
            }
        }
    }
}

#[test]
fn the_first_example_gives_what_was_worked_out_by_hand() {
    let ready = Ready::new(loaded(&root().join("scenarios/first.yaml")));
    let row = Replica::new(ready.plan(1))
        .row(0)
        .expect("a replication that ends");
    let minute = 60_000_000;
    let of = |id: &str| {
        let services = ready.layout.services();
        let service = services
            .iter()
            .position(|service| service.id == id)
            .unwrap_or_else(|| panic!("no service {id}"));
        let lost = row.cells[ready.layout.lost_user_seconds(service)];
        (row.cells[ready.layout.rta(service)], lost)
    };
    assert_eq!(of("login"), (80 * minute, 1_000 * 80 * 60));
    assert_eq!(of("shop"), (115 * minute, 600 * 115 * 60));
    assert_eq!(row.cells[ready.layout.whole_rta()], 115 * minute);
}
