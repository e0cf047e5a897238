//! What the leaves of a recovery are called: from the numbers of the kernel back to names.

use super::tiles::Leaf;
use crate::compile::Compiled;
use crate::kernel::{CommonCauseId, CrewId, NodeId};
use crate::model::TileKind;

/// The kind of a leaf.
pub fn tile_kind(compiled: &Compiled, leaf: Leaf) -> TileKind {
    match leaf {
        Leaf::Stage(node) => compiled
            .stages
            .get(&node)
            .map_or(TileKind::Starting, |stage| stage.tile),
        Leaf::Work(work, way) => compiled.works[work.index()].ways[way],
        Leaf::Queue(crew, _) => compiled.crews[crew.index()].tile,
        Leaf::Parts(..) => TileKind::OutsideAction,
        Leaf::Lane(_) => TileKind::Queue,
        Leaf::Blocked(..) => TileKind::Blocked,
        Leaf::Awaited(agent, entry) => {
            let entries = &compiled.agents[agent.index()].entries;
            entries
                .get(entry as usize)
                .map_or(TileKind::OutsideAction, |entry| entry.tile)
        }
        Leaf::Calendar(node) => {
            let mut crews = (0..compiled.crews.len()).map(CrewId::new);
            if crews.any(|crew| compiled.net.crew_heads(crew).contains(&node)) {
                TileKind::Queue
            } else {
                TileKind::OutsideAction
            }
        }
        // What has a stage has to run out first: a line to be worked off, the patience of a check.
        Leaf::NotYet(node) => compiled
            .stages
            .get(&node)
            .map_or(TileKind::NotYetLost, |stage| stage.tile),
        Leaf::Hidden(_) => TileKind::NotNoticed,
        Leaf::Circular(_) => TileKind::Circular,
        Leaf::Nothing(_) => TileKind::NoProcedure,
        Leaf::Held => TileKind::Held,
    }
}

/// What people call a leaf.
pub fn tile_label(compiled: &Compiled, leaf: Leaf) -> String {
    let work = |work: crate::kernel::WorkId| compiled.works[work.index()].label.as_str();
    match leaf {
        Leaf::Stage(node) => compiled.stages.get(&node).map_or_else(
            || format!("{} comes back by itself", owner(compiled, node)),
            |stage| stage.label.clone(),
        ),
        Leaf::Work(id, way) => {
            let ways = &compiled.net.work(id).ways;
            match ways.len() {
                1 => work(id).to_owned(),
                _ => format!("{}, {}", work(id), ways[way].name),
            }
        }
        Leaf::Queue(crew, id) => format!(
            "{}: no free hands of {}",
            work(id),
            compiled.crews[crew.index()].label
        ),
        Leaf::Parts(part, id) => format!("{}: waiting for {}", work(id), compiled.net.parts_name(part)),
        Leaf::Lane(id) => format!("{}: its turn", work(id)),
        Leaf::Blocked(node, id) => format!("{}: waiting for {}", work(id), owner(compiled, node)),
        Leaf::Awaited(agent, entry) => {
            let agent = &compiled.agents[agent.index()];
            agent
                .entries
                .get(entry as usize)
                .map_or_else(|| agent.label.clone(), |entry| entry.label.clone())
        }
        Leaf::Calendar(node) => format!("{} by the calendar", owner(compiled, node)),
        Leaf::NotYet(node) => compiled.stages.get(&node).map_or_else(
            || format!("{} not lost yet", owner(compiled, node)),
            |stage| stage.label.clone(),
        ),
        Leaf::Hidden(node) => format!("{} had failed, unseen", owner(compiled, node)),
        Leaf::Circular(node) => format!("{} waits for itself", owner(compiled, node)),
        Leaf::Nothing(node) => format!("nothing brings {} back", owner(compiled, node)),
        Leaf::Held => "up, but not settled".to_owned(),
    }
}

/// What people call the entity that a common-cause group belongs to.
pub fn common_cause(compiled: &Compiled, group: CommonCauseId) -> &str {
    let owner = compiled.net.common_cause_tag(group).owner as usize;
    compiled.entities.get(owner).map_or_else(
        || compiled.net.common_cause_name(group),
        |entity| entity.name.as_str(),
    )
}

/// What people call the entity that a node belongs to.
pub fn owner(compiled: &Compiled, node: NodeId) -> &str {
    let owner = compiled.net.tag(node).owner as usize;
    compiled
        .entities
        .get(owner)
        .map_or_else(|| compiled.net.name(node), |entity| entity.name.as_str())
}
