//! In which order nodes settle: what is read before what reads it, and what stands in a circle together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::builder::{Builder, Fault, Role, Spec};
use super::ids::NodeId;
use super::netlist::{NodeKind, Rows};

/// How an input constrains the settling order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// The node that is read settles first.
    Firm,
    /// The node that is read settles first unless that closes a cycle: only a rate depends on it, never a value at once.
    Loose,
    /// No constraint: looked at one round later.
    None,
}

pub(super) fn tie(role: Role) -> Tie {
    match role {
        Role::StartRequire | Role::TransferRequire | Role::Ask => Tie::None,
        Role::Rate | Role::Drain | Role::Flow => Tie::Loose,
        _ => Tie::Firm,
    }
}

/// All edges that order the settling, as (from, to, firm). In a circle of levels a balance counts by its state: it reads the others one
/// round later.
pub(super) fn ordering(builder: &Builder) -> Vec<(NodeId, NodeId, Tie)> {
    let mut edges = ties_of_all(builder);
    let is = |node: NodeId, kind: NodeKind| builder.kind(node) == kind;
    if !builder
        .nodes
        .iter()
        .any(|node| matches!(node.spec, Spec::Balance { .. }))
    {
        return edges;
    }
    let mut circle = vec![u32::MAX; builder.nodes.len()];
    let cyclic = components(builder.nodes.len(), firm(&edges).into_iter());
    for (number, component) in (0u32..).zip(&cyclic) {
        if component.iter().any(|&node| is(node, NodeKind::Level)) {
            component.iter().for_each(|node| circle[node.index()] = number);
        }
    }
    edges.retain(|&(from, to, how)| {
        how != Tie::Firm
            || !is(to, NodeKind::Balance)
            || circle[to.index()] == u32::MAX
            || circle[from.index()] != circle[to.index()]
    });
    edges
}

fn firm(edges: &[(NodeId, NodeId, Tie)]) -> Vec<(NodeId, NodeId)> {
    let firm = edges.iter().filter(|&&(.., how)| how == Tie::Firm);
    firm.map(|&(from, to, _)| (from, to)).collect()
}

fn ties_of_all(builder: &Builder) -> Vec<(NodeId, NodeId, Tie)> {
    let mut edges = Vec::new();
    for (index, node) in builder.nodes.iter().enumerate() {
        let to = NodeId::new(index);
        for input in &node.inputs {
            match tie(input.role) {
                Tie::None => {}
                how => edges.push((input.from, to, how)),
            }
        }
        if let Spec::Output { owner } = node.spec {
            edges.push((owner, to, Tie::Firm));
        }
    }
    edges
}

fn components(nodes: usize, edges: impl Iterator<Item = (NodeId, NodeId)>) -> Vec<Vec<NodeId>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, 0);
    for _ in 0..nodes {
        graph.add_node(());
    }
    for (from, to) in edges {
        graph.add_edge(NodeIndex::new(from.index()), NodeIndex::new(to.index()), ());
    }
    let own_loops: Vec<bool> = {
        let mut own = vec![false; nodes];
        for edge in graph.edge_indices() {
            if let Some((from, to)) = graph.edge_endpoints(edge)
                && from == to
            {
                own[from.index()] = true;
            }
        }
        own
    };
    let mut cyclic: Vec<Vec<NodeId>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|component| component.len() > 1 || own_loops[component[0].index()])
        .map(|component| {
            component
                .into_iter()
                .map(|node| NodeId::new(node.index()))
                .collect()
        })
        .collect();
    for component in &mut cyclic {
        component.sort();
    }
    cyclic.sort();
    cyclic
}

/// The groups of nodes that need each other. A cycle is a group if a level is in it and all of it is monotone and settles by a trial: levels,
/// gates, starters and selectors; any other is a fault.
pub(super) fn cyclic_groups(
    builder: &Builder,
    ordering: &[(NodeId, NodeId, Tie)],
) -> Result<Vec<Vec<NodeId>>, Vec<Fault>> {
    let firm = firm(ordering);
    let cyclic = components(builder.nodes.len(), firm.iter().copied());
    let mut faults = Vec::new();
    for component in &cyclic {
        let is = |kind: NodeKind| move |&node: &NodeId| builder.kind(node) == kind;
        let settles = component.iter().all(|&node| {
            matches!(
                builder.kind(node),
                NodeKind::Level | NodeKind::Gate | NodeKind::Starter | NodeKind::Selector
            )
        });
        let inverted = component.iter().any(|&node| {
            builder.nodes[node.index()].inputs.iter().any(|input| {
                input.reading.is_inverted()
                    && tie(input.role) == Tie::Firm
                    && component.binary_search(&input.from).is_ok()
            })
        });
        if !component.iter().any(is(NodeKind::Level)) || !settles || inverted {
            faults.push(Fault::Cycle(round(component, &firm)));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut groups = cyclic;
    for group in &mut groups {
        group.sort_by(|&a, &b| builder.name(a).cmp(builder.name(b)));
    }
    Ok(groups)
}

/// One way round a component, beginning at its first node.
fn round(component: &[NodeId], edges: &[(NodeId, NodeId)]) -> Vec<NodeId> {
    let start = component[0];
    let mut before: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let mut queue = vec![start];
    let mut next = 0;
    while next < queue.len() {
        let here = queue[next];
        next += 1;
        for &(from, to) in edges {
            if from != here || component.binary_search(&to).is_err() {
                continue;
            }
            if to == start {
                let mut path = vec![here];
                while let Some(&earlier) = before.get(path.last().expect("not empty")) {
                    path.push(earlier);
                }
                path.reverse();
                return path;
            }
            if let Entry::Vacant(new) = before.entry(to) {
                new.insert(here);
                queue.push(to);
            }
        }
    }
    component.to_vec()
}

/// Loose orderings inside a cycle are given up.
fn loose_edges_to_drop(count: usize, edges: &[(NodeId, NodeId, Tie)]) -> Vec<(NodeId, NodeId)> {
    let cyclic = components(count, edges.iter().map(|&(from, to, _)| (from, to)));
    let mut member = vec![u32::MAX; count];
    for (number, component) in cyclic.iter().enumerate() {
        for node in component {
            member[node.index()] = u32::try_from(number).expect("fewer components than nodes");
        }
    }
    let mut drop: Vec<(NodeId, NodeId)> = edges
        .iter()
        .filter(|&&(from, to, how)| {
            how == Tie::Loose
                && member[from.index()] != u32::MAX
                && member[from.index()] == member[to.index()]
        })
        .map(|&(from, to, _)| (from, to))
        .collect();
    drop.sort();
    drop.dedup();
    drop
}

/// The length of the longest chain of orderings above each node; the members of a group share theirs.
pub(super) fn ranks(count: usize, ordering: &[(NodeId, NodeId, Tie)], groups: &[Vec<NodeId>]) -> Vec<u32> {
    let loose = loose_edges_to_drop(count, ordering);
    let mut block: Vec<usize> = (0..count).collect();
    for group in groups {
        for node in group {
            block[node.index()] = group[0].index();
        }
    }
    let edges: Vec<(usize, usize)> = ordering
        .iter()
        .filter(|&&(from, to, how)| how == Tie::Firm || loose.binary_search(&(from, to)).is_err())
        .map(|&(from, to, _)| (block[from.index()], block[to.index()]))
        .filter(|(from, to)| from != to)
        .collect();
    let mut waiting = vec![0u32; count];
    for &(_, to) in &edges {
        waiting[to] += 1;
    }
    let out = Rows::gather(count, edges);
    let mut ranks = vec![0u32; count];
    let mut ready: Vec<usize> = (0..count)
        .filter(|&node| block[node] == node && waiting[node] == 0)
        .collect();
    while let Some(here) = ready.pop() {
        for &to in out.of(here) {
            ranks[to] = ranks[to].max(ranks[here] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                ready.push(to);
            }
        }
    }
    (0..count).map(|node| ranks[block[node]]).collect()
}
