//! Swarm tests: a seed draws a whole random network or scenario, checkers watch what becomes of it.
//!
//! `BLACKSTART_SLOW=1` goes on until 10⁸ events have been watched in all; `BLACKSTART_SLOW_EVENTS` is another number of them.

mod circles;
mod declare;
mod happens;
mod networks;
mod reach;
mod scenarios;
mod sketch;
pub mod text;

use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// What one case came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many events were watched.
    pub events: u64,
    /// How many replications came to no end within their bounds.
    pub runaways: u32,
    /// What was found wrong.
    pub violations: Vec<String>,
}

/// Runs cases in parallel: so many, or in slow tests as many as give the wanted events. Tells and asserts that nothing was found.
fn watch(about: &str, usual: u32, share_of_events: f64, case: impl Fn(u32) -> Tally + Sync) {
    let slow = std::env::var_os("BLACKSTART_SLOW").is_some();
    let wanted = std::env::var("BLACKSTART_SLOW_EVENTS")
        .map_or(1e8, |events| events.parse().expect("a number of events"));
    let wanted = wanted * share_of_events;
    let (events, mut cases, mut runaways) = (AtomicU64::new(0), 0u32, 0);
    let mut violations = Vec::new();
    loop {
        let tallies: Vec<(u32, Tally)> = (cases..cases + usual)
            .into_par_iter()
            .map(|number| {
                let tally = case(number);
                events.fetch_add(tally.events, Ordering::Relaxed);
                (number, tally)
            })
            .collect();
        cases += usual;
        for (number, tally) in tallies {
            runaways += tally.runaways;
            let found = tally.violations.into_iter();
            violations.extend(found.map(|violation| format!("{about} {number}: {violation}")));
        }
        let so_far = as_f64(events.load(Ordering::Relaxed));
        if !violations.is_empty() || !slow || so_far >= wanted {
            break;
        }
    }
    let events = events.into_inner();
    println!(
        "{about}: {cases} cases, {events} events, {runaways} without an end, {} violations",
        violations.len()
    );
    violations.truncate(20);
    assert!(violations.is_empty(), "{}", violations.join("\n"));
    assert!(events > u64::from(usual), "{about}: nothing happens");
}

#[expect(clippy::cast_precision_loss, reason = "a number of events to compare")]
fn as_f64(n: u64) -> f64 {
    n as f64
}
