//! Things that come after one another: no circle among them.

use super::written::Ref;
use crate::diagnostics::{Issue, Issues};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::BTreeMap;

/// Reports the circles among things that name what they come after. Names that are not there are passed over.
pub fn order_of(things: &[(&Ref, Vec<&Ref>)], path: &str, issues: &mut Issues) {
    let place: BTreeMap<&str, usize> = things
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (id.as_str(), at))
        .collect();
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    for _ in things {
        graph.add_node(());
    }
    for (at, (_, before)) in things.iter().enumerate() {
        for name in before {
            if let Some(&earlier) = place.get(name.as_str()) {
                graph.update_edge(NodeIndex::new(earlier), NodeIndex::new(at), ());
            }
        }
    }
    for mut circle in kosaraju_scc(&graph) {
        let is_own = circle.len() == 1 && graph.contains_edge(circle[0], circle[0]);
        if circle.len() < 2 && !is_own {
            continue;
        }
        circle.sort();
        let names: Vec<String> = circle
            .iter()
            .map(|at| format!("`{}`", things[at.index()].0.as_str()))
            .collect();
        let message = format!(
            "{} come after each other in a circle, so that none ever begins",
            names.join(", ")
        );
        issues.push(Issue::error("order-cycle", things[circle[0].index()].0.span, message).at(path));
    }
}
