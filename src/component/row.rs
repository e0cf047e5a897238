//! Rows and racks: places within a room, so that a part of a hall can be lost, cut or closed for itself.

use super::place::{declare, wire};
use crate::model::{
    Class, Component, EntityId, Expect, Kind, Lowering, Model, Ref, References, read_component, schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// A row of racks in a room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The room in which it stands; given by itself when it is written inside one.
    pub r#in: Ref,
}

/// A rack in a row or a room. What stands in one rack burns, or gets wet, as one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rack {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The row or room in which it stands; given by itself when it is written inside one.
    pub r#in: Ref,
}

/// The section `rows`.
pub const ROWS: Kind = Kind {
    section: "rows",
    noun: "row",
    docs: "A row of racks in a room: can be lost, cut or closed for itself, and what happens to its room happens to it. May be written inside \
           its room.",
    example: "blackstart: 1\nsites: {alpha: {rooms: {hall-a: {rows: {row-1: {racks: {rack-11: {}, rack-12: {}}}, row-2: }}}}}\npools: {web-a: \
              {in: rack-11, servers: 40}, web-b: {in: row-2, servers: 400}}\n",
    nested: &["racks"],
    alternatives: &[],
    stratum: None,
    class: Class::Facility,
    schema: schema_of::<Row>,
    read: read_component::<Row>,
};

/// The section `racks`.
pub const RACKS: Kind = Kind {
    section: "racks",
    noun: "rack",
    docs: "A rack in a row or a room: can be lost, cut or closed for itself, and what happens to its row or room happens to it. What stands in \
           one rack burns, or gets wet, as one. May be written inside its row or room.",
    example: "blackstart: 1\nsites: {alpha: {rooms: {hall-a: {racks: {rack-1: {}, rack-2: {}}}}}}\npools: {web-a: {in: rack-1, servers: 40}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Facility,
    schema: schema_of::<Rack>,
    read: read_component::<Rack>,
};

const ROW_OR_ROOM: Expect = Expect {
    sections: &["rows", "rooms"],
    noun: "row or room",
};

/// What shares the fate of an entity in its room: the rack in which it stands, or else itself.
pub fn as_one_with(model: &Model, entity: EntityId) -> EntityId {
    let mut here = model.entity(entity).place;
    while let Some(place) = here {
        if model.get::<Rack>(place).is_some() {
            return place;
        }
        here = model.entity(place).place;
    }
    entity
}

impl Component for Row {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, super::ROOMS, "in");
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}

impl Component for Rack {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, ROW_OR_ROOM, "in");
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}
