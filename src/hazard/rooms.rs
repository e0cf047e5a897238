//! Rooms that a hazard can reach from another one, and what stands in them.

use crate::component::{Side, neighbours};
use crate::model::{EntityId, Model};

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
    let stands_in = |room: EntityId| {
        let things = model.entities_with_ids();
        let inside = things.filter(|&(id, _)| id != room && model.is_in(id, room));
        inside.map(|(id, _)| id).collect()
    };
    let things = rooms.iter().map(|&room| stands_in(room)).collect();
    (rooms, things)
}
