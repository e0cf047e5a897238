//! Rooms that a hazard can reach from another one, and what stands in them.

use crate::component::{Side, neighbours};
use crate::model::{EntityId, Model};
use std::collections::BTreeMap;

/// The rooms that can be reached from one by going to these sides, that one first; and what stands in each.
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
    for (id, entity) in model.entities_with_ids() {
        if let Some(&place) = entity.place.and_then(|room| place_of.get(&room)) {
            things[place].push(id);
        }
    }
    (rooms, things)
}
