//! What becomes of the steps of a manual, over many replications.

use super::written::{AskedOf, Written};
use super::{Audit, ProcedureAudit, StepAudit, Uncovered};
use crate::analysis::interval::{mean, share};
use crate::analysis::run::{Asked, LEVEL, layout};
use crate::compile::Compiled;
use crate::kernel::{InstanceId, Outcome, Phase, Wait, WorkId};
use crate::monte_carlo::{Replica, Unfinished};
use crate::observe::looked::Looked;
use crate::observe::naming::owner;
use crate::statistics::Proportion;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How a call for a step ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    ByTheBook,
    Improvised,
    GivenUp,
    Open,
}

/// The first call for a step in a replication.
struct CallOf {
    at: u64,
    ended: Ended,
    waited: u64,
    took: u64,
    waits: Vec<(String, u64)>,
}

/// What one replication shows: the calls of steps, and which services were lost.
struct Seen {
    calls: Vec<Option<CallOf>>,
    lost: Vec<bool>,
}

/// Simulates a scenario and tells what became of its manual; what changes would win is not among it.
///
/// # Errors
/// A replication that could not be finished.
pub fn audit(
    written: &Written,
    compiled: &Compiled,
    asked: &Asked,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Audit, Unfinished> {
    let works = works(written, compiled);
    let layout = layout(compiled);
    let plan = asked.plan(compiled, &layout);
    let seen = (0..asked.n)
        .into_par_iter()
        .map_init(
            || Replica::new(plan),
            |replica, number| {
                let seen = replica.look(number, |looked| look(looked, &works));
                progress(1);
                seen
            },
        )
        .collect::<Result<Vec<Seen>, Unfinished>>()?;
    let mut places = 0..;
    let mut procedures = Vec::new();
    for procedure in &written.procedures {
        let places: Vec<usize> = places.by_ref().take(procedure.steps.len()).collect();
        let first = |seen: &Seen| {
            let calls = places.iter().filter_map(|&place| seen.calls[place].as_ref());
            calls.map(|call| call.at).min()
        };
        let steps = places.iter().zip(&procedure.steps);
        procedures.push(ProcedureAudit {
            id: procedure.id.clone(),
            name: procedure.name.clone(),
            trigger: procedure.trigger.clone(),
            begun: share(
                &Proportion::of(seen.iter().map(|seen| first(seen).is_some())),
                LEVEL,
            ),
            begun_after: mean(seen.iter().filter_map(first).map(signed), 1.0, LEVEL),
            steps: steps.map(|(&place, id)| step(&seen, place, id)).collect(),
        });
    }
    Ok(Audit {
        schema_version: super::AUDIT_SCHEMA_VERSION,
        name: asked.name.clone(),
        happening: compiled.happens.join(" and "),
        n: u64::from(asked.n),
        seed: asked.seed,
        level: LEVEL,
        conflicts: conflicts(written, &procedures),
        procedures,
        uncovered: uncovered(written, compiled, &seen),
        single_persons: written.single_persons.clone(),
        gains: Vec::new(),
        not_tried: Vec::new(),
    })
}

fn signed(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX)
}

/// The works of all steps, in the order of procedures and steps.
fn works(written: &Written, compiled: &Compiled) -> Vec<Option<WorkId>> {
    let names: BTreeMap<&str, WorkId> = (0..compiled.works.len())
        .map(WorkId::new)
        .map(|work| (compiled.net.work_name(work), work))
        .collect();
    let procedures = written.procedures.iter();
    let steps = procedures.flat_map(|procedure| {
        let steps = procedure.steps.iter();
        steps.map(|step| format!("{}/step/{step}", procedure.id))
    });
    steps.map(|name| names.get(name.as_str()).copied()).collect()
}

fn look(looked: &Looked<'_>, works: &[Option<WorkId>]) -> Seen {
    let mut calls: Vec<Option<CallOf>> = works.iter().map(|_| None).collect();
    for (number, instance) in looked.history.instances().iter().enumerate() {
        let place = works.iter().position(|work| *work == Some(instance.work));
        if let Some(place) = place
            && calls[place].is_none()
        {
            calls[place] = Some(call(looked, InstanceId::new(number)));
        }
    }
    Seen {
        calls,
        lost: looked.outages.iter().map(|outages| !outages.is_empty()).collect(),
    }
}

/// The course of a call: what it waited for, and how long it was being done.
fn call(looked: &Looked<'_>, id: InstanceId) -> CallOf {
    let (compiled, history) = (looked.compiled, looked.history);
    let instance = history.instance(id);
    let way = &compiled.net.work(instance.work).ways[instance.way].name;
    let ended = match (instance.outcome, way.as_str()) {
        (None, _) => Ended::Open,
        (Some(Outcome::Done), "improvised") => Ended::Improvised,
        (Some(Outcome::Done), _) => Ended::ByTheBook,
        _ => Ended::GivenUp,
    };
    let (mut waited, mut took) = (0, 0);
    let mut waits: Vec<(String, u64)> = Vec::new();
    let course = history.course(id);
    for (place, row) in course.iter().enumerate() {
        let until = course.get(place + 1).map_or(history.horizon(), |next| next.at);
        let span = until.saturating_sub(row.at);
        let wait = match row.phase {
            Phase::Running(_) => {
                took += span;
                continue;
            }
            Phase::Ended(_) => continue,
            Phase::Waiting(wait) | Phase::Paused(wait) => wait,
        };
        waited += span;
        let label = waits_for(compiled, wait);
        match waits.iter_mut().find(|(other, _)| *other == label) {
            Some((_, sum)) => *sum += span,
            None => waits.push((label, span)),
        }
    }
    CallOf {
        at: instance.called_at,
        ended,
        waited,
        took,
        waits,
    }
}

/// What a call waits for, in words.
fn waits_for(compiled: &Compiled, wait: Wait) -> String {
    match wait {
        Wait::Crew(crew) => format!("people of {}", compiled.crews[crew.index()].label),
        Wait::Need(node) => owner(compiled, node).to_owned(),
        Wait::Part(part) => compiled.net.parts_name(part).to_owned(),
        Wait::Lane => "its turn".to_owned(),
    }
}

/// What became of the step at a place.
fn step(seen: &[Seen], place: usize, id: &str) -> StepAudit {
    let calls: Vec<&CallOf> = seen
        .iter()
        .filter_map(|seen| seen.calls[place].as_ref())
        .collect();
    let ended = |how: Ended| share(&Proportion::of(calls.iter().map(|call| call.ended == how)), LEVEL);
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (label, span) in calls.iter().flat_map(|call| &call.waits) {
        *sums.entry(label).or_default() += span;
    }
    #[expect(clippy::cast_precision_loss, reason = "means, shown rounded")]
    let mut waits: Vec<(String, f64)> = sums
        .into_iter()
        .filter(|&(_, sum)| sum > 0)
        .map(|(label, sum)| (label.to_owned(), sum as f64 / calls.len() as f64))
        .collect();
    waits.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    StepAudit {
        id: id.to_owned(),
        called: share(
            &Proportion::of(seen.iter().map(|seen| seen.calls[place].is_some())),
            LEVEL,
        ),
        by_the_book: ended(Ended::ByTheBook),
        improvised: ended(Ended::Improvised),
        given_up: ended(Ended::GivenUp),
        open: ended(Ended::Open),
        waited: mean(calls.iter().map(|call| signed(call.waited)), 1.0, LEVEL),
        took: mean(calls.iter().map(|call| signed(call.took)), 1.0, LEVEL),
        waits,
    }
}

/// The services without a procedure that were lost at least once, those lost most often first.
fn uncovered(written: &Written, compiled: &Compiled, seen: &[Seen]) -> Vec<Uncovered> {
    let mut found = Vec::new();
    for (id, name) in &written.uncovered {
        let place = compiled
            .services
            .iter()
            .position(|service| compiled.entities[service.entity as usize].id == *id);
        let Some(place) = place else { continue };
        let lost = share(&Proportion::of(seen.iter().map(|seen| seen.lost[place])), LEVEL);
        if lost.hits > 0 {
            found.push(Uncovered {
                name: name.clone(),
                lost,
            });
        }
    }
    found.sort_by_key(|uncovered| std::cmp::Reverse(uncovered.lost.hits));
    found
}

/// Teams of which procedures that were begun ask for more heads together than they have.
fn conflicts(written: &Written, procedures: &[ProcedureAudit]) -> Vec<String> {
    let begun = |id: &str| {
        procedures
            .iter()
            .any(|procedure| procedure.id == id && procedure.begun.hits > 0)
    };
    let mut told = Vec::new();
    for AskedOf {
        team,
        heads,
        procedures,
    } in &written.asked
    {
        let asked: Vec<&(String, u32)> = procedures.iter().filter(|(id, _)| begun(id)).collect();
        let sum: u32 = asked.iter().map(|(_, heads)| heads).sum();
        if asked.len() > 1 && sum > *heads {
            let names: Vec<&str> = asked.iter().map(|(id, _)| id.as_str()).collect();
            let head = if *heads == 1 { "head" } else { "heads" };
            told.push(format!(
                "{team} has {heads} {head}, and {} may ask for {sum} at once.",
                names.join(", ")
            ));
        }
    }
    told
}
