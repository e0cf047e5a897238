//! Circles of what has to be there for a start: once all of it has stopped, none of it could be started.

use super::Finding;
use super::reach::{Standbys, pools_of};
use crate::component::{Need, Pool, Service};
use crate::diagnostics::{Issue, Issues};
use crate::model::{EntityId, Model};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

pub(super) const FINDING: Finding = Finding {
    code: "start-cycle",
    example: "blackstart: 1\nsites: {alpha: {}}\npools: {web: {in: alpha, servers: 20}}\n\
              services:\n  login: {tier: 1, runs-on: {web: {active: 4}}, needs: {settings: start}}\n  settings: {tier: internal, runs-on: {web: {active: 2}}, needs: {login: hard}}\n",
    look,
};

fn look(model: &Model, issues: &mut Issues) {
    let mut graph: DiGraph<EntityId, ()> = DiGraph::new();
    let nodes: Vec<_> = model
        .entities_with_ids()
        .map(|(id, _)| graph.add_node(id))
        .collect();
    for (id, _) in model.entities_with_ids() {
        for need in waits_for(model, id) {
            graph.add_edge(nodes[id.index()], nodes[need.index()], ());
        }
    }
    let mut circles: Vec<Vec<EntityId>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|group| group.len() > 1)
        .map(|group| group.into_iter().map(|node| graph[node]).collect())
        .collect();
    circles.iter_mut().for_each(|circle| circle.sort_unstable());
    circles.sort();
    for circle in circles {
        if circle.iter().any(|&id| has_to_be_started(model, id)) {
            report(model, &circle, issues);
        }
    }
}

/// Whether it comes back only through a start.
fn has_to_be_started(model: &Model, id: EntityId) -> bool {
    model.get::<Pool>(id).is_some()
        || model
            .get::<Service>(id)
            .is_some_and(|service| !service.runs_on.is_empty())
}

/// What must be up before something can be started, or is up.
fn waits_for(model: &Model, id: EntityId) -> Vec<EntityId> {
    let mut waits = Vec::new();
    if let Some(service) = model.get::<Service>(id) {
        let needs = service
            .needs
            .iter()
            .filter(|(_, need)| matches!(need, Need::Hard { .. } | Need::Start));
        waits.extend(needs.map(|(name, _)| model.resolve(name)));
        // On several pools it may start on another one.
        if let [only] = pools_of(model, id, Standbys::Count).as_slice() {
            waits.push(*only);
        }
    }
    if let Some(pool) = model.get::<Pool>(id)
        && pool.boot.by_hand.is_none()
        && let Some(automated) = &pool.boot.automated
    {
        waits.extend(automated.needs.iter().map(|name| model.resolve(name)));
    }
    waits
}

/// A shortest way round from the first of a circle back to it, in words.
fn report(model: &Model, circle: &[EntityId], issues: &mut Issues) {
    let way = round(model, circle);
    let Some(&first) = way.first() else { return };
    let names: Vec<String> = way
        .iter()
        .chain([&first])
        .map(|&id| format!("`{}`", model.entity(id).id))
        .collect();
    let entity = model.entity(first);
    let message = format!(
        "once all of it has stopped, nothing of this could be started again: {}",
        names.join(" waits for ")
    );
    let mut issue = Issue::finding("start-cycle", entity.span, message).at(entity.path());
    if circle.len() > way.len() {
        issue = issue.note(format!("{} things in all wait for each other", circle.len()));
    }
    issues.push(issue.help(
        "let one of them start without the other (`fallback`, `soft`), boot a pool by hand as well, or let a tool stand on servers of its own",
    ));
}

fn round(model: &Model, circle: &[EntityId]) -> Vec<EntityId> {
    let Some(&start) = circle.first() else {
        return Vec::new();
    };
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    let mut seen = std::collections::BTreeSet::from([start]);
    while let Some(way) = ways.pop_front() {
        let here = *way.last().unwrap_or(&start);
        for next in waits_for(model, here) {
            if next == start {
                return way;
            }
            if circle.binary_search(&next).is_ok() && seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    vec![start]
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    fn design(boot: &str, need: &str) -> String {
        format!(
            "blackstart: 1\nsites: {{alpha: {{}}}}\npools: {{web: {{in: alpha, servers: 20, boot: {{{boot}}}}}}}\n\
             services:\n  deploy: {{tier: internal, runs-on: {{web: {{active: 2}}}}, needs: {{login: {need}}}}}\n  login: {{tier: 1, runs-on: {{web: {{active: 4}}}}}}\n\
             teams: {{sre: {{heads: 2}}}}\n"
        )
    }

    #[test]
    fn a_tool_that_boots_the_servers_it_runs_on_is_a_circle_unless_hands_can_boot_them() {
        let told = of("start-cycle", &design("automated: {needs: deploy}", "hard"));
        assert_eq!(
            told,
            [
                "once all of it has stopped, nothing of this could be started again: `deploy` waits for `web` waits for `deploy`"
            ]
        );
        let by_hand = "automated: {needs: deploy}, by-hand: {crew: {sre: 1}}";
        assert!(of("start-cycle", &design(by_hand, "hard")).is_empty());
    }

    #[test]
    fn services_that_need_each_other_while_they_run_cannot_be_started_together() {
        let text = |back: &str| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{}}}}\npools: {{web: {{in: alpha, servers: 20}}}}\n\
                 services:\n  a: {{tier: 1, runs-on: {{web: {{active: 2}}}}, needs: {{b: hard}}}}\n  b: {{tier: 1, runs-on: {{web: {{active: 2}}}}, needs: {{a: {back}}}}}\n"
            )
        };
        assert_eq!(of("start-cycle", &text("hard")).len(), 1);
        assert!(of("start-cycle", &text("{soft: {loses: 10 %}}")).is_empty());
    }
}
