//! A recovery time objective that is shorter than the manual by which the service moves.

use super::Finding;
use crate::component::{Automatic, Failover, Service};
use crate::diagnostics::{Issue, Issues};
use crate::hazard::Does;
use crate::model::{EntityId, Model, Ref};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use crate::recovery::{Procedure, Step};

pub(super) const FINDING: Finding = Finding {
    code: "promise-out-of-reach",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 90}, web-b: {in: beta, servers: 90}}\n\
              services: {text: {tier: 1, users: 1000, runs-on: {web-a: {active: 40}, web-b: {warm: 40}}, rto: 10 min, failover: {procedure: leave-alpha}}}\n\
              teams: {sre: {heads: 4}}\nprocedures:\n  leave-alpha:\n    trigger: {site-lost: alpha}\n    command: sre\n    steps: {switch: {crew: {sre: 1}, takes: 15 min, does: {fail-over: {from: alpha, to: beta}}}}\n",
    look,
};

/// Each length counts as this quantile of its law: it is shorter in one of twenty.
const QUICK: f64 = 0.05;

fn look(model: &Model, issues: &mut Issues) {
    for (id, service) in model.all::<Service>() {
        let (Some(rto), Some(failover)) = (service.rto, &service.failover) else {
            continue;
        };
        let starts = quick_us(&service.starts);
        let moves = match failover {
            Failover::Procedure(procedure) => by_people(model, id, procedure, starts),
            Failover::Automatic(automatic) => Some(by_machines(automatic, starts)),
        };
        let Some(moves) = moves.filter(|moves| moves.least_us > rto.us()) else {
            continue;
        };
        let entity = model.entity(id);
        let message = format!(
            "`{}` promises to be back within {rto}, but moving it takes {} even if everything goes well and quickly",
            entity.id,
            rounded(moves.least_us)
        );
        let issue = Issue::finding("promise-out-of-reach", entity.span, message);
        let issue = issue.at(format!("{} › rto", entity.path()));
        issues.push(issue.note(moves.note).help(moves.help));
    }
}

/// How long it takes at the quickest until a service is elsewhere.
struct Moves {
    least_us: u64,
    /// What that is made of.
    note: String,
    help: String,
}

/// By the steps of a procedure; `None` if none of them starts the service.
fn by_people(model: &Model, service: EntityId, name: &Ref, starts: u64) -> Option<Moves> {
    let procedure = model.get::<Procedure>(model.resolve(name))?;
    let (steps, way) = quickest(model, procedure, service)?;
    let ways = procedure.noticed.values();
    let noticed = ways.map(|way| quick_us(&way.after)).min().unwrap_or(0);
    let path: Vec<String> = way
        .iter()
        .map(|name| {
            format!(
                "{} {}",
                name.as_str(),
                rounded(quick_us(&procedure.steps[*name].takes))
            )
        })
        .collect();
    Some(Moves {
        least_us: noticed.saturating_add(steps).saturating_add(starts),
        note: format!(
            "noticed {}, {}, starting {}; each as quick as in one of twenty, nobody awaited",
            rounded(noticed),
            path.join(", "),
            rounded(starts)
        ),
        help: format!(
            "shorten or drop steps of `{}`, let `{}` be active at both sites, or promise less",
            name.as_str(),
            model.entity(service).id
        ),
    })
}

fn by_machines(automatic: &Automatic, starts: u64) -> Moves {
    let (unwell, switching) = (automatic.unhealthy_for, quick_us(&automatic.takes));
    Moves {
        least_us: unwell.us().saturating_add(switching).saturating_add(starts),
        note: format!(
            "seen unwell for {unwell}, switching {}, starting {}; each as quick as in one of twenty",
            rounded(switching),
            rounded(starts)
        ),
        help: "shorten what it waits for, or promise less".to_owned(),
    }
}

/// How long the steps take, at the quickest, until one has started the service elsewhere; and which these are.
fn quickest<'p>(model: &Model, procedure: &'p Procedure, service: EntityId) -> Option<(u64, Vec<&'p Ref>)> {
    let starting = procedure
        .steps
        .iter()
        .filter(|(_, step)| starts(model, &step.does, service));
    let ways = starting.map(|(name, step)| until(procedure, name, step, procedure.steps.len()));
    ways.min_by_key(|(us, _)| *us)
}

fn starts(model: &Model, does: &Does, service: EntityId) -> bool {
    let named = does
        .start
        .iter()
        .flat_map(|start| model.select(&start.services))
        .any(|named| named.value == service);
    named || does.fail_over.is_some()
}

/// The longest chain of steps up to the end of this one.
fn until<'p>(procedure: &'p Procedure, name: &'p Ref, step: &'p Step, depth: usize) -> (u64, Vec<&'p Ref>) {
    let before = step
        .after
        .iter()
        .filter_map(|before| procedure.steps.get_key_value(before.as_str()));
    let (us, mut way) = before
        .filter(|_| depth > 0)
        .map(|(name, step)| until(procedure, name, step, depth - 1))
        .max_by_key(|(us, _)| *us)
        .unwrap_or_default();
    way.push(name);
    (us.saturating_add(quick_us(&step.takes)), way)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length is not negative, and saturates"
)]
fn quick_us(law: &LawInput) -> u64 {
    law.law().quantile(QUICK) as u64
}

/// A length without digits that say nothing: whole minutes from ten minutes on, else whole seconds.
fn rounded(us: u64) -> SimDuration {
    let unit = if us >= 600_000_000 { 60_000_000 } else { 1_000_000 };
    SimDuration::from_us(us / unit * unit)
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    #[test]
    fn the_longest_chain_up_to_the_start_is_held_against_the_promise() {
        let design = |rto: &str| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}}}\npools: {{web-a: {{in: alpha, servers: 90}}, web-b: {{in: beta, servers: 90}}}}\n\
                 services: {{text: {{tier: 1, users: 1000, starts: 2 min, runs-on: {{web-a: {{active: 40}}, web-b: {{warm: 40}}}}, rto: {rto}, failover: {{procedure: leave}}}}}}\n\
                 teams: {{sre: {{heads: 4}}}}\nprocedures:\n  leave:\n    trigger: {{site-lost: alpha}}\n    noticed: {{slow: {{after: 1 h}}, calls: {{after: 3 min}}}}\n    command: sre\n    steps:\n      \
                 ask: {{takes: 4 min}}\n      decide: {{after: ask, takes: 10 min}}\n      check: {{takes: 12 min}}\n      switch: {{after: [decide, check], takes: 5 min, does: {{start: {{services: text, in: beta}}}}}}\n      tell: {{after: switch, takes: 9 h}}\n"
            )
        };
        // 3 min noticed, 4 + 10 + 5 min of steps, 2 min of starting.
        assert!(of("promise-out-of-reach", &design("24 min")).is_empty());
        assert_eq!(
            of("promise-out-of-reach", &design("23 min")),
            [
                "`text` promises to be back within 23 min, but moving it takes 24 min even if everything goes well and quickly"
            ]
        );
    }

    #[test]
    fn machines_too_need_their_time() {
        let design = |rto: &str| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}}}\npools: {{web-a: {{in: alpha, servers: 90}}, web-b: {{in: beta, servers: 90}}}}\n\
                 services: {{text: {{tier: 1, users: 1000, starts: 2 min, runs-on: {{web-a: {{active: 40}}, web-b: {{warm: 40}}}}, rto: {rto}, \
                 failover: {{automatic: {{unhealthy-for: 30 s, takes: 30 s}}}}}}}}\n"
            )
        };
        assert!(of("promise-out-of-reach", &design("3 min")).is_empty());
        assert_eq!(of("promise-out-of-reach", &design("179 s")).len(), 1);
    }
}
