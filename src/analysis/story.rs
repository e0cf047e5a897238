//! One history in sentences: what happened, when, why, and what each recovery waited for.

use std::collections::BTreeMap;

use super::results::{ChosenOutage, StoryLine, TileRun};
use crate::compile::Compiled;
use crate::kernel::{AgentId, Call, InstanceId, Outcome, Phase, Wait, What, WorkId};
use crate::observe::causes::Cause;
use crate::observe::looked::Looked;
use crate::observe::naming::{common_cause, owner, tile_kind, tile_label};
use crate::quantity::SimDuration;

/// The outages of a replication with their causes and tiles, by beginning, then by service.
pub fn outages(looked: &Looked<'_>) -> Vec<ChosenOutage> {
    let compiled = looked.compiled;
    let mut told = Vec::new();
    for (service, outages) in looked.outages.iter().enumerate() {
        let entity = &compiled.entities[compiled.services[service].entity as usize];
        for &outage in outages {
            let cause = looked.cause(service, outage);
            let (class, _) = looked.class(&cause);
            let tiles = looked
                .tiles(service, outage)
                .into_iter()
                .map(|run| TileRun {
                    from_us: run.from,
                    to_us: run.to,
                    kind: tile_kind(compiled, run.leaf).name().to_owned(),
                    label: tile_label(compiled, run.leaf),
                })
                .collect();
            told.push(ChosenOutage {
                service: entity.id.clone(),
                down_at_us: outage.from,
                up_at_us: outage.to,
                tiles,
                cause: chain(looked, &cause),
                class: class.name().to_owned(),
            });
        }
    }
    told.sort_by(|a, b| (a.down_at_us, &a.service).cmp(&(b.down_at_us, &b.service)));
    told
}

/// A cause as a chain of names, the root first; the entities on the way, each once.
fn chain(looked: &Looked<'_>, cause: &Cause) -> Vec<String> {
    let compiled = looked.compiled;
    let mut names: Vec<String> = Vec::new();
    for &node in &cause.path {
        let name = owner(compiled, node);
        if names.last().is_none_or(|last| last != name) {
            names.push(name.to_owned());
        }
    }
    if let Some(root) = cause.root.and_then(|root| looked.history.record(root)) {
        names.push(match root.what {
            What::Action { agent, entry } => {
                let agent = &compiled.agents[agent.index()];
                agent
                    .entries
                    .get(entry as usize)
                    .map_or_else(|| agent.label.clone(), |entry| entry.label.clone())
            }
            What::Life { node } => format!("{} failed by itself", owner(compiled, node)),
            What::CommonCause { group } => {
                format!("a common cause struck: {}", common_cause(compiled, group))
            }
            What::DemandFailure { node } => format!("{} failed when called on", owner(compiled, node)),
            What::Calendar { profile } => format!("it was so by {}", compiled.net.profile_name(profile)),
            What::Arrival { work } => format!(
                "“{}” was called for from outside",
                compiled.works[work.index()].label
            ),
            _ => "it was so from the beginning".to_owned(),
        });
    }
    names.reverse();
    names
}

/// The sentences of a replication, in order of time.
pub fn story(looked: &Looked<'_>) -> Vec<StoryLine> {
    let mut lines: Vec<(u64, u8, String)> = Vec::new();
    actions(looked, &mut lines);
    losses(looked, &mut lines);
    services(looked, &mut lines);
    single_works(looked, &mut lines);
    batches(looked, &mut lines);
    lines.sort();
    lines.dedup();
    lines
        .into_iter()
        .map(|(at_us, _, text)| StoryLine { at_us, text })
        .collect()
}

/// What agents did: the lines of timelines, and what struck. What is done bit by bit is told at its beginning and its end.
fn actions(looked: &Looked<'_>, lines: &mut Vec<(u64, u8, String)>) {
    let mut times: BTreeMap<(AgentId, u32), Vec<u64>> = BTreeMap::new();
    let records = looked.history.records();
    for (place, record) in records.iter().enumerate() {
        // A call for work is told with the work.
        let calls = matches!(
            records.get(place + 1).map(|next| next.what),
            Some(What::Called { .. })
        );
        if let What::Action { agent, entry } = record.what
            && !calls
        {
            let times = times.entry((agent, entry)).or_default();
            if times.last() != Some(&record.at) {
                times.push(record.at);
            }
        }
    }
    for ((agent, entry), times) in times {
        let agent = &looked.compiled.agents[agent.index()];
        let Some(entry) = agent.entries.get(entry as usize) else {
            continue;
        };
        let source = entry
            .source
            .as_ref()
            .map_or(String::new(), |source| format!(" [{source}]"));
        let what = match entry.label.starts_with(agent.label.as_str()) {
            true => entry.label.clone(),
            false => format!("{}: {}", agent.label, entry.label),
        };
        lines.push((times[0], 0, format!("{what}{source}.")));
        if let [_, .., last] = times.as_slice() {
            lines.push((*last, 0, format!("{what}: the last of {} times.", times.len())));
        }
    }
}

/// Things other than services that lost their function, and came back.
fn losses(looked: &Looked<'_>, lines: &mut Vec<(u64, u8, String)>) {
    let compiled = looked.compiled;
    let is_service: Vec<u32> = compiled.services.iter().map(|service| service.entity).collect();
    let mut lost: BTreeMap<(u64, bool), Vec<&str>> = BTreeMap::new();
    for (number, entity) in (0u32..).zip(&compiled.entities) {
        let Some((node, well)) = entity.lost else { continue };
        if is_service.contains(&number) {
            continue;
        }
        let mut was_well = looked.history.at_start(node) >= well;
        for step in looked.history.steps(node) {
            let is_well = step.to >= well;
            // Of things that are counted only the first loss and the return of all are told.
            if is_well != was_well {
                lost.entry((step.at, is_well)).or_default().push(&entity.name);
            }
            was_well = is_well;
        }
    }
    for entity in &compiled.entities {
        let Some(open) = entity.opens else { continue };
        let mut before = looked.history.at_start(open);
        for step in looked.history.steps(open) {
            let what = if step.to > before {
                "trips: it carries too much"
            } else {
                "closes again"
            };
            lines.push((step.at, 0, format!("{} {what}.", entity.name)));
            before = step.to;
        }
    }
    for ((at, back), names) in lost {
        let verb = if back { "back" } else { "lost" };
        lines.push((at, 1, format!("{} {verb}.", list(&names))));
    }
}

/// Services lost and back, with the cause and what the recovery waited for.
fn services(looked: &Looked<'_>, lines: &mut Vec<(u64, u8, String)>) {
    let name = |id: &str| {
        let entity = looked.compiled.entities.iter().find(|entity| entity.id == id);
        entity.map_or_else(|| id.to_owned(), |entity| entity.name.clone())
    };
    // Those that go down, or come back, at one time and for one reason are told together.
    let mut told: BTreeMap<(u64, u8, String), Vec<String>> = BTreeMap::new();
    for outage in outages(looked) {
        let chain = &outage.cause[..outage.cause.len().saturating_sub(1)];
        let because = format!("down: {}", chain.join(" → "));
        told.entry((outage.down_at_us, 2, because))
            .or_default()
            .push(name(&outage.service));
        let waits = waits(&outage.tiles);
        let (at, text) = match outage.up_at_us {
            Some(at) => {
                let span = SimDuration::from_us(at - outage.down_at_us).rounded();
                (at, format!("back after {span} = {waits}"))
            }
            None => (
                looked.history.horizon(),
                format!("not back at the horizon, having waited: {waits}"),
            ),
        };
        told.entry((at, 3, text)).or_default().push(name(&outage.service));
    }
    for ((at, order, text), names) in told {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        lines.push((at, order, format!("{} {text}.", list(&names))));
    }
}

/// What was waited for, summed by name, in the order in which it first came up.
fn waits(tiles: &[TileRun]) -> String {
    let mut sums: Vec<(&str, u64)> = Vec::new();
    for tile in tiles {
        let span = tile.to_us - tile.from_us;
        match sums.iter_mut().find(|(label, _)| *label == tile.label) {
            Some((_, sum)) => *sum += span,
            None => sums.push((&tile.label, span)),
        }
    }
    let parts: Vec<String> = sums
        .iter()
        .map(|(label, span)| format!("{} {label}", SimDuration::from_us(*span).rounded()))
        .collect();
    parts.join(" + ")
}

/// Works that are called for one at a time: when they waited, began, ended.
fn single_works(looked: &Looked<'_>, lines: &mut Vec<(u64, u8, String)>) {
    let compiled = looked.compiled;
    for (number, call) in looked.history.instances().iter().enumerate() {
        if is_batched(compiled, call.work) {
            continue;
        }
        let label = &compiled.works[call.work.index()].label;
        let ways = &compiled.net.work(call.work).ways;
        for row in looked.history.course(InstanceId::new(number)) {
            let text = match row.phase {
                Phase::Waiting(wait) => format!("“{label}” waits for {}.", waited_for(compiled, wait)),
                Phase::Paused(wait) => {
                    format!(
                        "“{label}” is interrupted and waits for {}.",
                        waited_for(compiled, wait)
                    )
                }
                Phase::Running(way) if ways.len() > 1 => format!("“{label}” begins, {}.", ways[way].name),
                Phase::Running(_) => format!("“{label}” begins."),
                Phase::Ended(Outcome::Done) => format!("“{label}” is done."),
                Phase::Ended(Outcome::TimedOut) => format!("“{label}” is given up."),
                Phase::Ended(Outcome::Failed) => format!("“{label}” has failed."),
                Phase::Ended(Outcome::Dropped) => continue,
            };
            lines.push((row.at, 4, text));
        }
    }
}

/// What a call waits for.
fn waited_for(compiled: &Compiled, wait: Wait) -> String {
    match wait {
        Wait::Crew(crew) => format!("free hands of {}", compiled.crews[crew.index()].label),
        Wait::Need(node) => owner(compiled, node).to_owned(),
        Wait::Part(part) => compiled.net.parts_name(part).to_owned(),
        Wait::Lane => "its turn".to_owned(),
    }
}

/// Works in batches: the beginning of the first, the end of the last, and how many there were.
fn batches(looked: &Looked<'_>, lines: &mut Vec<(u64, u8, String)>) {
    let compiled = looked.compiled;
    let mut sums: BTreeMap<WorkId, (u64, u64, i64, u64, Vec<usize>)> = BTreeMap::new();
    for (number, call) in looked.history.instances().iter().enumerate() {
        if !is_batched(compiled, call.work) || call.outcome != Some(Outcome::Done) {
            continue;
        }
        let begun = looked
            .history
            .course(InstanceId::new(number))
            .iter()
            .find(|row| matches!(row.phase, Phase::Running(_)))
            .map_or(call.called_at, |row| row.at);
        let sum = sums.entry(call.work).or_insert((u64::MAX, 0, 0, 0, Vec::new()));
        sum.0 = sum.0.min(begun);
        sum.1 = sum.1.max(call.ended_at);
        sum.2 += call.items;
        sum.3 += 1;
        if !sum.4.contains(&call.way) {
            sum.4.push(call.way);
        }
    }
    for (work, (begun, ended, items, batches, mut ways)) in sums {
        let label = &compiled.works[work.index()].label;
        ways.sort_unstable();
        let all = &compiled.net.work(work).ways;
        let names: Vec<&str> = ways.iter().map(|&way| all[way].name.as_str()).collect();
        let how = names.join(" and ");
        lines.push((begun, 4, format!("“{label}” begins.")));
        lines.push((
            ended,
            5,
            format!("“{label}” has done {items} in {batches} batches, {how}."),
        ));
    }
}

fn is_batched(compiled: &Compiled, work: WorkId) -> bool {
    matches!(compiled.net.work(work).call, Call::Backlog(..))
}

/// Names as a list; of many, the first and how many more.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        _ if names.len() <= SHOWN => format!(
            "{} and {}",
            names[..names.len() - 1].join(", "),
            names[names.len() - 1]
        ),
        _ => format!("{} and {} more", names[..SHOWN].join(", "), names.len() - SHOWN),
    }
}
