//! What has to be there before something can be started, and the circles in that.

use crate::component::{Need, Pool, Service};
use crate::model::{EntityId, Model};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use std::collections::{BTreeSet, VecDeque};

/// Things that wait for each other: once all of them have stopped, none could be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartCircle {
    /// A shortest way round from the first of them: each waits for the next, and the last for the first.
    pub way: Vec<EntityId>,
    /// How many there are in all.
    pub count: usize,
}

/// All circles in what has to be there for a start, in the order of ids.
pub fn start_circles(model: &Model) -> Vec<StartCircle> {
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
    circles.retain(|circle| circle.iter().any(|&id| has_to_be_started(model, id)));
    let told = circles.iter().map(|circle| StartCircle {
        way: round(model, circle),
        count: circle.len(),
    });
    told.collect()
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
        if let [(only, _)] = model.entity(id).component.standings()[..] {
            waits.push(model.resolve(only));
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

/// A shortest way round from the first of a circle.
fn round(model: &Model, circle: &[EntityId]) -> Vec<EntityId> {
    let Some(&start) = circle.first() else {
        return Vec::new();
    };
    let mut ways = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::from([start]);
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
