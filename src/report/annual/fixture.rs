//! Results of years that are made up, for tests of formats.

use crate::analysis::annual::results::AnnualResults;
use crate::analysis::annual::{Names, results_of, span_of, watches};
use crate::analysis::run::Asked;
use crate::compile::{Compiled, compile, language, validate};
use crate::diagnostics::{Style, render};
use crate::observe::annual::{AnnualRow, Meter, YEAR_US};
use crate::random::{Key, Law};
use crate::scenario::{Limits, load_text};
use std::collections::BTreeMap;

const TEXT: &str = "
blackstart: 1
title: A quiet life
annual: {years: 20, warm-up: 30 d}
sites: {alpha: {rooms: {hall: {}}}}
pools: {web: {in: hall, servers: 40}}
services:
  text: {name: 문자, tier: 1, users: 1000000, runs-on: {web: {active: 10}}, rto: 4 h}
  photo: {tier: 2, users: 300, runs-on: {web: {active: 10}}}
  vault: {tier: internal, runs-on: {web: {active: 10}}}
targets:
  a-promise: {service: text, availability: 99 %}
  b-promise: {service: photo, down-per-year: 1 min}
  c-promise: {service: text, back-within: 30 d, probability: 50 %}
";

/// The scenario behind the fixture.
pub fn compiled() -> Compiled {
    let mut loaded = load_text("quiet.yaml", TEXT, &language(), &[], &Limits::default());
    let design = validate(&mut loaded).unwrap_or_else(|| {
        let style = Style {
            colour: false,
            width: 100,
        };
        panic!("{}", render(&loaded.issues, &loaded.sources, style))
    });
    compile(design)
}

/// So many replications in which `text` is lost some times a year, `photo` rarely, and `vault` never.
pub fn rows(compiled: &Compiled, n: u32) -> Vec<AnnualRow> {
    let span = span_of(compiled.annual.expect("a scenario of years"));
    let watches = watches(compiled);
    let horizon = span.horizon_us(&watches);
    let row = |replication: u32| {
        let key = Key::new(5, replication);
        let seen = watches
            .iter()
            .zip(&compiled.services)
            .zip(0u64..)
            .map(|((&watch, service), number)| {
                let years = match service.users {
                    1_000_000 => 0.4,
                    300 => 30.0,
                    _ => 1e9,
                };
                let up = Law::exponential(years * YEAR_US as f64).expect("a law");
                let down = Law::exponential(7.2e9).expect("a law");
                let mut meter = Meter::new(watch, span);
                let (mut at, mut draw) = (0u64, 0);
                loop {
                    at = at.saturating_add(up.sample_us(&mut key.stream(number, 1, draw)));
                    if at >= horizon {
                        break;
                    }
                    meter.changes(at, watch.full, 0);
                    at += down.sample_us(&mut key.stream(number, 2, draw)) + 1;
                    meter.changes(at.min(horizon), 0, watch.full);
                    draw += 1;
                }
                let mut seen = meter.finish(watch.full, horizon);
                for (outage, root) in seen.outages.iter_mut().zip([0, 1, 0, 2].into_iter().cycle()) {
                    (outage.class, outage.root) = (1, root);
                }
                seen
            })
            .collect();
        AnnualRow {
            replication,
            events: 1_000,
            seen,
        }
    };
    (0..n).map(row).collect()
}

/// Results with their rows and names.
pub fn results(n: u32) -> (AnnualResults, Vec<AnnualRow>, Names) {
    let compiled = compiled();
    let rows = rows(&compiled, n);
    let asked = Asked {
        interrupted_of: None,
        name: "quiet".to_owned(),
        n,
        seed: 5,
        keep: Vec::new(),
        options: BTreeMap::new(),
        events_max: 1_000_000,
    };
    let results = results_of(&compiled, &asked, &rows);
    (results, rows, Names::of(&compiled))
}
