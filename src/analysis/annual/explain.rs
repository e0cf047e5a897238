//! One replication of years explained: its worst outage.

use std::collections::BTreeMap;

use super::run::{head_of_years, span_of, watches};
use crate::analysis::results::{Chosen, ChosenWhy, StoryLine};
use crate::analysis::run::{Asked, Explained, layout};
use crate::analysis::story::{outages, story};
use crate::compile::Compiled;
use crate::monte_carlo::{Replica, Unfinished, Years, YearsPlan};
use crate::observe::annual::{AnnualRow, Totals};

/// How long before an outage its story begins: a day, in microseconds.
const BEFORE_US: u64 = 86_400_000_000;

/// How long after its end the story goes on: an hour, in microseconds.
const AFTER_US: u64 = 3_600_000_000;

/// Replays one replication and tells its longest outage of a service with users (of any service, if nobody uses one directly).
///
/// The horizon of `compiled` becomes the end of what is told: a history of years is only kept as far as that.
///
/// # Errors
/// A replication that could not be finished.
pub fn explain_years(compiled: &mut Compiled, asked: &Asked, number: u32) -> Result<Explained, Unfinished> {
    let span = span_of(compiled.annual.expect("a scenario of years"));
    let watches = watches(compiled);
    let row = Years::new(YearsPlan {
        net: &compiled.net,
        watches: &watches,
        span,
        seed: asked.seed,
        events_max: asked.events_max,
        tell: None,
    })
    .row(number)?;
    let head = head_of_years(compiled, asked);
    let cells = cells(compiled, &row);
    let Some((service, from, to)) = worst(compiled, &row, span.horizon_us(&watches)) else {
        let text = format!(
            "No service was lost in the {} years of this replication.",
            span.years
        );
        return Ok(Explained {
            head,
            chosen: Chosen {
                replication: number,
                why: ChosenWhy::Kept,
                outages: Vec::new(),
                story: vec![StoryLine { at_us: 0, text }],
            },
            row: cells,
        });
    };
    let settled = watches[service].settled_for_us;
    compiled.horizon_us = to.saturating_add(settled.max(AFTER_US)).saturating_add(1);
    let compiled = &*compiled;
    let layout = layout(compiled);
    let plan = asked.plan(compiled, &layout);
    let id = compiled.entities[compiled.services[service].entity as usize]
        .id
        .clone();
    let chosen = Replica::new(plan).look(number, |looked| Chosen {
        replication: number,
        why: ChosenWhy::Kept,
        outages: outages(looked)
            .into_iter()
            .filter(|outage| outage.service == id && outage.down_at_us == from)
            .collect(),
        story: story(looked)
            .into_iter()
            .filter(|line| line.at_us + BEFORE_US >= from && line.at_us <= to.saturating_add(AFTER_US))
            .collect(),
    })?;
    Ok(Explained {
        head,
        chosen,
        row: cells,
    })
}

/// The longest outage: the service, when it began and when it ended (or `end`, if it did not). Ties go to the first.
fn worst(compiled: &Compiled, row: &AnnualRow, end: u64) -> Option<(usize, u64, u64)> {
    let used = |service: usize| compiled.services[service].users > 0;
    let any_used = (0..compiled.services.len()).any(used);
    let mut worst: Option<(usize, u64, u64)> = None;
    for (service, seen) in row.seen.iter().enumerate() {
        if any_used && !used(service) {
            continue;
        }
        for outage in &seen.outages {
            let to = u64::try_from(outage.length_us).map_or(end, |length| outage.from_us + length);
            if worst.is_none_or(|(_, from, known)| to - outage.from_us > known - from) {
                worst = Some((service, outage.from_us, to));
            }
        }
    }
    worst
}

/// The row by column, as in `replications.csv`.
fn cells(compiled: &Compiled, row: &AnnualRow) -> BTreeMap<String, i64> {
    let mut cells = BTreeMap::new();
    for (service, seen) in compiled.services.iter().zip(&row.seen) {
        let id = &compiled.entities[service.entity as usize].id;
        let named = Totals::COLUMNS.iter().zip(seen.totals.cells());
        cells.extend(named.map(|(column, cell)| (format!("{id}/{column}"), cell)));
    }
    cells
}
