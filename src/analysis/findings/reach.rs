//! What the loss of a whole site takes down, read off the model: no time, no people, nothing that is restored.

use crate::component::{Need, Pool, Service, Store};
use crate::model::{EntityId, Model, Ref};
use std::collections::BTreeSet;

/// What still counts of what stands elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standbys {
    /// What serves already, and what would once somebody has moved to it.
    Count,
    /// What serves already.
    Wait,
}

/// The sites on which services or stores stand, by number.
pub(super) fn sites(model: &Model) -> BTreeSet<EntityId> {
    model.all::<Pool>().map(|(pool, _)| model.site(pool)).collect()
}

/// The sites where a service or store stands.
pub(super) fn sites_of(model: &Model, id: EntityId, standbys: Standbys) -> BTreeSet<EntityId> {
    pools_of(model, id, standbys)
        .into_iter()
        .map(|pool| model.site(pool))
        .collect()
}

/// The pools where a service or store stands.
pub(super) fn pools_of(model: &Model, id: EntityId, standbys: Standbys) -> Vec<EntityId> {
    let standings = model.entity(id).component.standings();
    let counted = standings
        .into_iter()
        .filter(|(_, standby)| standbys == Standbys::Count || !standby);
    counted.map(|(pool, _)| model.resolve(pool)).collect()
}

/// What a service cannot be without: its hard needs.
pub(super) fn hard_needs(service: &Service) -> impl Iterator<Item = &Ref> {
    let hard = service
        .needs
        .iter()
        .filter(|(_, need)| matches!(need, Need::Hard { .. }));
    hard.map(|(name, _)| name)
}

/// All services and stores that are down once a site is gone: those that stand there alone, and those that cannot be without these.
pub(super) fn lost_with(model: &Model, site: EntityId, standbys: Standbys) -> BTreeSet<EntityId> {
    let stands_only_there = |id: EntityId| {
        let sites = sites_of(model, id, standbys);
        sites.len() == 1 && sites.contains(&site)
    };
    let services = model.all::<Service>().map(|(id, _)| id);
    let stores = model.all::<Store>().map(|(id, _)| id);
    let mut lost: BTreeSet<EntityId> = services
        .chain(stores)
        .filter(|&id| stands_only_there(id))
        .collect();
    loop {
        let cannot_be =
            |service: &Service| hard_needs(service).any(|need| lost.contains(&model.resolve(need)));
        let further: Vec<EntityId> = model
            .all::<Service>()
            .filter(|(id, service)| !lost.contains(id) && cannot_be(service))
            .map(|(id, _)| id)
            .collect();
        if further.is_empty() {
            return lost;
        }
        lost.extend(further);
    }
}

/// The way from a lost service along its hard needs to what stands at the site alone, both ends included.
pub(super) fn way_down(model: &Model, from: EntityId, lost: &BTreeSet<EntityId>) -> Vec<EntityId> {
    let mut way = vec![from];
    let mut seen = BTreeSet::from([from]);
    while let Some(service) = way.last().and_then(|&at| model.get::<Service>(at)) {
        let mut needs = hard_needs(service).map(|need| model.resolve(need));
        match needs.find(|need| lost.contains(need) && seen.insert(*need)) {
            Some(next) => way.push(next),
            None => break,
        }
    }
    way
}
