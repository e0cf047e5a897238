//! A store all of whose replicas stand in one place.

use super::Finding;
use super::reach::{Standbys, pools_of};
use crate::component::Store;
use crate::diagnostics::{Issue, Issues};
use crate::model::{EntityId, Model};

pub(super) const FINDING: Finding = Finding {
    code: "replicas-in-one-place",
    example: "blackstart: 1\nsites: {alpha: {rooms: {hall: {}}}}\npools: {data-1: {in: hall, servers: 9}, data-2: {in: hall, servers: 9}}\n\
              stores: {accounts: {replicas: {data-1: primary, data-2: synchronous}}}\n",
    look,
};

fn look(model: &Model, issues: &mut Issues) {
    for (id, store) in model.all::<Store>() {
        if store.replicas.len() < 2 {
            continue;
        }
        let pools = pools_of(model, id, Standbys::Count);
        let Some(place) = innermost_common(model, &pools) else {
            continue;
        };
        let (entity, place) = (model.entity(id), model.entity(place));
        let message = format!(
            "all {} replicas of `{}` stand in {} `{}`: what takes that takes the data",
            store.replicas.len(),
            entity.id,
            place.kind.noun,
            place.id
        );
        let issue = Issue::finding("replicas-in-one-place", entity.span, message);
        issues.push(
            issue
                .at(format!("{} › replicas", entity.path()))
                .help("put a replica into a pool of another site"),
        );
    }
}

/// The innermost place in which all of these stand.
fn innermost_common(model: &Model, pools: &[EntityId]) -> Option<EntityId> {
    let (first, others) = pools.split_first()?;
    let mut here = model.entity(*first).place;
    while let Some(place) = here {
        if others.iter().all(|&other| model.is_in(other, place)) {
            return Some(place);
        }
        here = model.entity(place).place;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    #[test]
    fn the_innermost_common_place_is_named() {
        let design = |second: &str| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{buildings: {{dc: {{rooms: {{hall: {{}}, vault: {{}}}}}}}}}}, beta: {{}}}}\n\
                 pools: {{one: {{in: hall, servers: 9}}, two: {{in: {second}, servers: 9}}}}\n\
                 stores: {{accounts: {{replicas: {{one: primary, two: synchronous}}}}}}\n"
            )
        };
        let told = |second: &str| of("replicas-in-one-place", &design(second));
        assert!(
            told("hall")[0].contains("stand in room `hall`"),
            "{:?}",
            told("hall")
        );
        assert!(
            told("vault")[0].contains("stand in building `dc`"),
            "{:?}",
            told("vault")
        );
        assert!(told("beta").is_empty());
    }
}
