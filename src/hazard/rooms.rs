//! Rooms that a hazard can reach from another one, and what stands in them.

use crate::component::{Rack, Row, Side, as_one_with, neighbours};
use crate::model::{EntityId, Model};
use crate::random::entity_hash;
use std::collections::BTreeMap;

/// The rooms that can be reached from one by going to these sides, that one first; and what stands in each, in rows and racks too.
pub fn reachable(model: &Model, start: EntityId, sides: &[Side]) -> (Vec<EntityId>, Vec<Vec<EntityId>>) {
    let mut rooms = vec![start];
    let mut at = 0;
    while at < rooms.len() {
        for neighbour in neighbours(model, rooms[at]) {
            if sides.contains(&neighbour.side) && !rooms.contains(&neighbour.room) {
                rooms.push(neighbour.room);
            }
        }
        at += 1;
    }
    let place_of: BTreeMap<EntityId, usize> = rooms
        .iter()
        .enumerate()
        .map(|(place, &room)| (room, place))
        .collect();
    let mut things = vec![Vec::new(); rooms.len()];
    for (id, _) in model.entities_with_ids() {
        if model.get::<Row>(id).is_none()
            && model.get::<Rack>(id).is_none()
            && let Some(&place) = around(model, id).find_map(|room| place_of.get(&room))
        {
            things[place].push(id);
        }
    }
    (rooms, things)
}

/// The places in which something stands, from the inside.
fn around(model: &Model, entity: EntityId) -> impl Iterator<Item = EntityId> {
    std::iter::successors(model.entity(entity).place, |&place| model.entity(place).place)
}

/// What the draws about a thing are keyed by: what stands in one rack is hit as one.
pub fn key_of(model: &Model, thing: EntityId) -> u64 {
    entity_hash(&model.entity(as_one_with(model, thing)).id)
}
