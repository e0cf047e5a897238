//! How services and stores look from somewhere, where a network is described.
//!
//! A service is as good, from where somebody looks, as what of its servers is reached from there and has what it needs at its own site. What it
//! needs is looked at from the sites of its servers, not from that of who asks: the farther site that is cut off from the store gives nothing,
//! while the nearer one goes on. While everything is reached, all of it looks as it would without a network.

use super::dns::Dns;
use super::need::Need;
use super::reach::{self, reach, words};
use super::service::Service;
use super::store::Store;
use crate::kernel::{Combine, FULL_PPM, NodeId, Reading};
use crate::model::{EntityId, Input, Lowering, Model, Ref, Viewpoint};
use std::collections::BTreeSet;

/// Whether the services or stores of these names are up as seen from somewhere.
pub(super) fn ups<'n>(
    low: &mut Lowering<'_>,
    names: impl IntoIterator<Item = &'n Ref>,
    from: Viewpoint,
) -> Vec<Input> {
    let mut inputs = Vec::new();
    for name in names {
        let id = low.model.resolve(name);
        let (_, well) = low.of(id).level.expect("a service or store has a level");
        inputs.push((level(low, id, from), Reading::AtLeast(well)));
    }
    wire_open(low);
    inputs
}

/// The level of a service or store as seen from somewhere. [`wire_open`] joins what is new.
fn level(low: &mut Lowering<'_>, id: EntityId, from: Viewpoint) -> NodeId {
    if !reach::is_described(low.model, id) {
        return low.of(id).level.expect("a service or store has a level").0;
    }
    if let Some(&known) = low.views.levels.get(&(id, from)) {
        return known;
    }
    let node = low.level(id, &format!("seen-from{}", words(low.model, from)), Combine::Min);
    open(low, id, from, node);
    node
}

/// Says that this node is the level of a service or store as seen from somewhere, and that it is still to be joined.
pub(super) fn open(low: &mut Lowering<'_>, id: EntityId, from: Viewpoint, node: NodeId) {
    low.views.levels.insert((id, from), node);
    low.views.open.push((id, from));
}

/// Joins the level of a service, as seen from somewhere, to whether it is found from there.
pub(super) fn join_found(low: &mut Lowering<'_>, me: EntityId, node: NodeId, from: Viewpoint) {
    let model = low.model;
    let zone = model
        .get::<Service>(me)
        .and_then(|service| service.found_by.as_ref());
    let Some(zone) = zone.map(|zone| model.resolve(zone)) else {
        return;
    };
    let block = model.get::<Dns>(zone).expect("references were resolved to zones");
    let found = block.found(low, zone, from);
    low.net.hard(node, found, Reading::Full);
}

/// What a service or store is made of.
struct Made {
    /// How what it has in pools is put together, and the weight of each.
    capacity: Combine,
    weights: Vec<i64>,
    needs: Vec<(EntityId, Need)>,
}

fn made(model: &Model, id: EntityId) -> Made {
    if let Some(service) = model.get::<Service>(id) {
        return Made {
            capacity: Combine::Sum,
            weights: service.weights_ppm(),
            needs: service
                .needs
                .iter()
                .map(|(name, need)| (model.resolve(name), need.clone()))
                .collect(),
        };
    }
    let store = model.get::<Store>(id).expect("a service or store");
    Made {
        capacity: Combine::Max,
        weights: vec![FULL_PPM; store.replicas.len()],
        needs: Vec::new(),
    }
}

/// Joins all levels that were asked for to what they look at.
pub(super) fn wire_open(low: &mut Lowering<'_>) {
    while let Some((id, from)) = low.views.open.pop() {
        wire(low, id, from);
    }
}

fn wire(low: &mut Lowering<'_>, me: EntityId, from: Viewpoint) {
    let node = low.views.levels[&(me, from)];
    let made = made(low.model, me);
    let standings = low.of(me).standings.clone();
    let body = low.of(me).body[0];
    low.net.hard(node, body, Reading::Full);
    join_found(low, me, node, from);
    let sites: BTreeSet<EntityId> = standings
        .iter()
        .map(|standing| low.model.site(standing.pool))
        .collect();
    let part = |part: &str, model: &Model| format!("seen-from{}/{part}", words(model, from));

    let loaded = loaded(low.model, me);
    if !standings.is_empty() {
        let mut carried = Vec::new();
        let capacity = match loaded {
            Some(_) => None,
            None => Some(low.level(me, &part("capacity", low.model), made.capacity)),
        };
        for (standing, &weight) in standings.iter().zip(&made.weights) {
            let here = low.model.site(standing.pool);
            let there = standing
                .level
                .expect("where a network is described, each standing has a level");
            let mut conditions: Vec<Input> = reach(low, from, here).into_iter().collect();
            if sites.len() > 1 {
                for (need, how) in made.needs.iter().filter(|(_, how)| how.is_vital()) {
                    // What is held against a load is a balance, which is no member of a circle of levels: it must not look at what may need it.
                    if loaded.is_some() {
                        let part = format!("{}/{}", part("finds", low.model), low.model.entity(*need).id);
                        let part = format!("{part}/{}", low.model.entity(standing.pool).id);
                        conditions.extend(finds(low, me, *need, here, &part));
                    } else if let Some(worth) = worth(low, me, *need, how, Viewpoint::Site(here)) {
                        conditions.push((worth, Reading::AtLeast(1)));
                    }
                }
            }
            let mut counts = there;
            if !conditions.is_empty() {
                let pool = low.model.entity(standing.pool).id.clone();
                let counted = part(&pool, low.model);
                let is_there = met(low, me, &format!("{counted}/met"), &conditions, there);
                counts = low.level(me, &counted, Combine::Min);
                low.net.hard(counts, there, Reading::Amount);
                low.net.hard(counts, is_there, Reading::Full);
            }
            carried.push(counts);
            if let Some(capacity) = capacity {
                low.net.part(capacity, counts, Reading::Amount, weight);
            }
        }
        if let Some(capacity) = capacity {
            low.net.hard(node, capacity, Reading::Amount);
        }
        if let Some(service) = loaded {
            let whence = format!("-from{}", words(low.model, from));
            service.wire_load(low, me, node, carried, &whence);
            if from == Viewpoint::Outside {
                service.wire_traffic(low, me, node);
            }
        }
    }

    let from_where: Vec<Viewpoint> = match sites.len() {
        0 => vec![from],
        _ => sites.iter().map(|&site| Viewpoint::Site(site)).collect(),
    };
    for (need, how) in &made.needs {
        let mut worths = Vec::new();
        for &here in &from_where {
            worths.extend(worth(low, me, *need, how, here).map(|worth| (here, worth)));
        }
        let joined = match worths[..] {
            [] => continue,
            [(_, worth)] => worth,
            _ => {
                let id = low.model.entity(*need).id.clone();
                best_of(low, me, from, &part(&format!("needs/{id}"), low.model), &worths)
            }
        };
        how.join(low, node, joined);
    }
}

/// A service of which it is said what its users ask.
fn loaded(model: &Model, me: EntityId) -> Option<&Service> {
    model.get::<Service>(me).filter(|service| service.load.is_some())
}

/// Whether any site of what is needed is reached from a site; `None` if one always is.
fn finds(low: &mut Lowering<'_>, me: EntityId, need: EntityId, here: EntityId, part: &str) -> Option<Input> {
    let standings = low.of(need).standings.clone();
    let sites: BTreeSet<EntityId> = standings
        .iter()
        .map(|standing| low.model.site(standing.pool))
        .collect();
    let mut reached = Vec::new();
    for site in sites {
        reached.push(reach(low, Viewpoint::Site(here), site)?);
    }
    if reached.is_empty() {
        return None;
    }
    Some((low.any(me, part, &reached), Reading::Flag))
}

/// Whether all conditions are met. What is met is looked at after what stands there, so that what takes both in one instant is told as taking
/// what stands there.
fn met(low: &mut Lowering<'_>, me: EntityId, part: &str, conditions: &[Input], there: NodeId) -> NodeId {
    /// Of a condition; what stands there weighs half as much, and decides nothing.
    const WEIGHT: i64 = 2;
    let (name, tag) = low.part(me, part);
    let count = i64::try_from(conditions.len()).expect("few conditions");
    let gate = low.net.gate(name, tag, WEIGHT * count);
    for &(from, reading) in conditions {
        low.net.term(gate, from, reading, WEIGHT);
    }
    low.net.term(gate, there, Reading::Flag, WEIGHT / 2);
    gate
}

/// The best of what a need is worth at the sites of a service that are reached.
fn best_of(
    low: &mut Lowering<'_>,
    me: EntityId,
    from: Viewpoint,
    part: &str,
    worths: &[(Viewpoint, NodeId)],
) -> NodeId {
    let best = low.level(me, part, Combine::Max);
    for &(here, worth) in worths {
        let Viewpoint::Site(site) = here else {
            unreachable!("a service of several sites has sites")
        };
        let part = format!("{part}/{}", low.model.entity(site).id);
        let through = as_reached(low, me, &part, worth, from, site);
        low.net.part(best, through, Reading::Amount, FULL_PPM);
    }
    best
}

/// A level of something at a site, as it is from where the site may not be reached.
pub(super) fn as_reached(
    low: &mut Lowering<'_>,
    me: EntityId,
    part: &str,
    there: NodeId,
    from: Viewpoint,
    site: EntityId,
) -> NodeId {
    let Some(reached) = reach(low, from, site) else {
        return there;
    };
    let through = low.level(me, part, Combine::Min);
    let is_reached = low.all(me, &format!("{part}/reached"), &[reached]);
    low.net.hard(through, there, Reading::Amount);
    low.net.hard(through, is_reached, Reading::Full);
    through
}

/// What a need is worth to the servers that a service has at a site; `None` if it is needed for a start alone.
fn worth(low: &mut Lowering<'_>, me: EntityId, need: EntityId, how: &Need, at: Viewpoint) -> Option<NodeId> {
    if let Some(&known) = low.views.worths.get(&(me, need, at)) {
        return Some(known);
    }
    if matches!(how, Need::Start) {
        return None;
    }
    let (_, well) = low.of(need).level.expect("a service or store has a level");
    let needed = level(low, need, at);
    let part = format!("at{}/{}", words(low.model, at), low.model.entity(need).id);
    let worth = how.worth(low, me, &part, needed, well)?;
    low.views.worths.insert((me, need, at), worth);
    Some(worth)
}
