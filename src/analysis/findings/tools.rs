//! A manual whose tools, watchers or channels are lost with what it is there for.

use super::Finding;
use super::reach::{Standbys, lost_with, sites_of};
use crate::component::{Automatic, Service};
use crate::diagnostics::{Issue, Issues};
use crate::model::{Entity, EntityId, Model, Ref, Refs};
use crate::recovery::{OnBlocked, Procedure, Team, Trigger};
use std::collections::BTreeSet;

pub(super) const FINDING: Finding = Finding {
    code: "tool-dies-with-it",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 90}, web-b: {in: beta, servers: 90}}\n\
              services:\n  text: {tier: 1, users: 1000, runs-on: {web-a: {active: 40}, web-b: {warm: 40}}}\n  switcher: {tier: internal, runs-on: {web-a: {active: 2}}}\n\
              teams: {sre: {heads: 4}}\nprocedures:\n  leave-alpha:\n    trigger: {site-lost: alpha}\n    command: sre\n    steps: {switch: {crew: {sre: 1}, needs: switcher, takes: 5 min, does: {fail-over: {from: alpha, to: beta}}}}\n",
    look,
};

fn look(model: &Model, issues: &mut Issues) {
    for (id, procedure) in model.all::<Procedure>() {
        for site in struck(model, &procedure.trigger) {
            let lost = lost_with(model, site, Standbys::Wait);
            tools(model, id, procedure, site, &lost, issues);
            watchers(model, id, procedure, site, &lost, issues);
            channels(model, id, procedure, site, &lost, issues);
        }
    }
    for (id, _) in model.entities_with_ids() {
        if let Some(automatic) = Automatic::of(model, id) {
            machines(model, id, automatic, issues);
        }
    }
}

/// What machines need to move something away from a site, and lose with it.
fn machines(model: &Model, me: EntityId, automatic: &Automatic, issues: &mut Issues) {
    let entity = model.entity(me);
    let path = format!("{} › failover › automatic", entity.path());
    for site in sites_of(model, me, Standbys::Wait) {
        let lost = lost_with(model, site, Standbys::Wait);
        if let Some((tool, _)) = first_lost(model, automatic.needs.iter(), &lost) {
            let message = format!(
                "when `{}` is lost, so is `{}`, which is needed to move `{}` away from there",
                model.entity(site).id,
                tool.as_str(),
                entity.id
            );
            issues.push(lost_tool(tool, message).at(format!("{path} › needs")));
        }
        blind(model, entity, &automatic.observers, site, &lost, &path, issues);
    }
}

fn lost_tool(tool: &Ref, message: String) -> Issue {
    Issue::finding("tool-dies-with-it", tool.span, message).help(format!(
        "let `{}` and what it needs serve at another site as well",
        tool.as_str()
    ))
}

/// Observers of which a site takes so many that no majority is left to say that it is lost.
fn blind(
    model: &Model,
    entity: &Entity,
    observers: &Refs,
    site: EntityId,
    lost: &BTreeSet<EntityId>,
    path: &str,
    issues: &mut Issues,
) {
    let (all, gone) = (
        observers.iter().count(),
        observers
            .iter()
            .filter(|name| lost.contains(&model.resolve(name)))
            .count(),
    );
    let Some(first) = observers.iter().next().filter(|_| 2 * (all - gone) <= all) else {
        return;
    };
    let message = format!(
        "when `{}` is lost, so are {gone} of {all} that watch `{}`, and no majority is left to move it",
        model.entity(site).id,
        entity.id
    );
    let issue = Issue::finding("tool-dies-with-it", first.span, message);
    issues.push(
        issue
            .at(format!("{path} › observers"))
            .help("let an odd number watch from as many sites, one of them a third"),
    );
}

/// The sites whose loss a procedure is there for.
fn struck(model: &Model, trigger: &Trigger) -> BTreeSet<EntityId> {
    match trigger {
        Trigger::SiteLost(place) => BTreeSet::from([model.site(model.resolve(place))]),
        Trigger::ServiceLost(service) => sites_of(model, model.resolve(service), Standbys::Wait),
    }
}

/// The first of these that is lost, however it is needed.
fn first_lost<'a>(
    model: &Model,
    names: impl IntoIterator<Item = &'a Ref>,
    lost: &BTreeSet<EntityId>,
) -> Option<(&'a Ref, EntityId)> {
    let mut ids = names.into_iter().map(|name| (name, model.resolve(name)));
    ids.find(|(_, id)| lost.contains(id))
}

fn tools(
    model: &Model,
    me: EntityId,
    procedure: &Procedure,
    site: EntityId,
    lost: &BTreeSet<EntityId>,
    issues: &mut Issues,
) {
    let (entity, at) = (model.entity(me), &model.entity(site).id);
    for (name, step) in &procedure.steps {
        let Some((tool, _)) = first_lost(model, step.needs.iter(), lost) else {
            continue;
        };
        let then = match &step.on_blocked {
            OnBlocked::Wait => "so that the step waits until the site is back".to_owned(),
            OnBlocked::Improvise { after, .. } => format!("so that the step is improvised, after {after}"),
            OnBlocked::GiveUp { after } => format!("so that the step is given up, after {after}"),
        };
        let message = format!(
            "when `{at}` is lost, so is `{}`, which `{}` of `{}` needs, {then}",
            tool.as_str(),
            name.as_str(),
            entity.id
        );
        let path = format!("{} › steps › {} › needs", entity.path(), name.as_str());
        issues.push(lost_tool(tool, message).at(path));
    }
}

fn watchers(
    model: &Model,
    me: EntityId,
    procedure: &Procedure,
    site: EntityId,
    lost: &BTreeSet<EntityId>,
    issues: &mut Issues,
) {
    let (entity, at) = (model.entity(me), &model.entity(site).id);
    let blind = procedure
        .noticed
        .values()
        .all(|way| first_lost(model, way.needs.iter(), lost).is_some());
    if blind && !procedure.noticed.is_empty() {
        let message = format!(
            "when `{at}` is lost, so is everything by which `{}` would come to be noticed",
            entity.id
        );
        let issue = Issue::finding("tool-dies-with-it", entity.span, message);
        issues.push(
            issue
                .at(format!("{} › noticed", entity.path()))
                .help("add a way that needs nothing there: customers who call, monitoring from outside"),
        );
    }
}

fn channels(
    model: &Model,
    me: EntityId,
    procedure: &Procedure,
    site: EntityId,
    lost: &BTreeSet<EntityId>,
    issues: &mut Issues,
) {
    let Some(team) = model.get::<Team>(model.resolve(&procedure.command)) else {
        return;
    };
    let dead = |name: &Ref| {
        let service = model
            .find(name.as_str())
            .filter(|&id| model.get::<Service>(id).is_some());
        service.is_some_and(|id| lost.contains(&id))
    };
    let dead_ones = team.reached_by.iter().take_while(|name| dead(name)).count();
    let Some(first) = team.reached_by.iter().next().filter(|_| dead_ones > 0) else {
        return;
    };
    let (entity, at) = (model.entity(me), &model.entity(site).id);
    let all = dead_ones == team.reached_by.iter().count();
    let message = if all {
        format!(
            "when `{at}` is lost, so is every channel through which `{}`, who commands `{}`, is reached",
            procedure.command.as_str(),
            entity.id
        )
    } else {
        format!(
            "when `{at}` is lost, so is `{}`, through which `{}`, who commands `{}`, is reached first: it is tried for {} in vain",
            first.as_str(),
            procedure.command.as_str(),
            entity.id,
            team.patience
        )
    };
    let issue = Issue::finding("tool-dies-with-it", first.span, message);
    issues.push(
        issue
            .at(format!("{} › command", entity.path()))
            .help("reach them through something that does not hang on that site first"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    fn design(tool_in: &str, noticed: &str, reached: &str) -> Vec<String> {
        let text = format!(
            "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}}}\npools: {{web-a: {{in: alpha, servers: 90}}, web-b: {{in: beta, servers: 90}}}}\n\
             services:\n  text: {{tier: 1, users: 1000, runs-on: {{web-a: {{active: 40}}, web-b: {{warm: 40}}}}}}\n  tool: {{tier: internal, runs-on: {{{tool_in}: {{active: 2}}}}}}\n  \
             chat: {{tier: internal, needs: {{text: hard}}}}\n\
             teams: {{sre: {{heads: 4, reached-by: [{reached}]}}}}\nprocedures:\n  leave:\n    trigger: {{service-lost: text}}\n    noticed: {{{noticed}}}\n    command: sre\n    \
             steps: {{switch: {{crew: {{sre: 1}}, needs: tool, takes: 5 min, does: {{fail-over: {{from: alpha, to: beta}}}}}}}}\n"
        );
        of("tool-dies-with-it", &text)
    }

    #[test]
    fn tools_watchers_and_channels_are_told_apart() {
        assert!(design("web-b", "calls: {after: 5 min}", "phone").is_empty());
        assert_eq!(
            design("web-a", "calls: {after: 5 min}", "phone"),
            [
                "when `alpha` is lost, so is `tool`, which `switch` of `leave` needs, so that the step waits until the site is back"
            ]
        );
        let told = design("web-b", "people: {needs: chat, after: 1 min}", "chat, phone");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("everything by which `leave` would come to be noticed"),
            "{told:?}"
        );
        assert!(told[1].contains("`chat`, through which `sre`"), "{told:?}");
        assert!(design("web-b", "calls: {after: 5 min}", "chat")[0].contains("every channel"));
    }

    #[test]
    fn machines_have_tools_and_eyes_too() {
        let design = |tool_in: &str, watchers: &str| {
            let text = format!(
                "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}, gamma: {{}}}}\npools: {{web-a: {{in: alpha, servers: 90}}, web-b: {{in: beta, servers: 90}}, web-c: {{in: gamma, servers: 9}}}}\n\
                 services:\n  text: {{tier: 1, users: 1000, runs-on: {{web-a: {{active: 40}}, web-b: {{warm: 40}}}}, failover: {{automatic: {{unhealthy-for: 30 s, takes: 30 s, needs: steering, observers: [{watchers}]}}}}}}\n  \
                 steering: {{tier: internal, runs-on: {{{tool_in}: {{active: 2}}}}}}\n  eye-a: {{tier: internal, runs-on: {{web-a: {{active: 1}}}}}}\n  eye-b: {{tier: internal, runs-on: {{web-b: {{active: 1}}}}}}\n  \
                 eye-c: {{tier: internal, runs-on: {{web-c: {{active: 1}}}}}}\n"
            );
            of("tool-dies-with-it", &text)
        };
        assert!(design("web-b", "eye-a, eye-b, eye-c").is_empty());
        assert_eq!(
            design("web-a", "eye-a, eye-b, eye-c"),
            ["when `alpha` is lost, so is `steering`, which is needed to move `text` away from there"]
        );
        // One of two is no majority.
        assert_eq!(
            design("web-b", "eye-a, eye-b"),
            ["when `alpha` is lost, so are 1 of 2 that watch `text`, and no majority is left to move it"]
        );
    }
}
