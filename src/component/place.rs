//! Places: sites, buildings, rooms (and in `row.rs` what stands in rooms). Everything physical stands in one.

use super::thermal::Thermal;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Reading, UnitSpec};
use crate::model::{
    Class, Component, EntityId, Expect, Handles, Kind, Lowering, Model, Ref, References, read_component,
    schema_of,
};
use crate::quantity::{Length, SimDuration, Temperature};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A site: an address with buildings and rooms. Its loss, an emergency power-off or a sealing reaches everything in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Site {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// How warm it is outside, for chillers and towers that have less in heat; a timeline may change it (`outside: {alpha: 41 °C}`).
    pub outside: Option<Temperature>,
}

/// A building of a site.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Building {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The site that it stands on; given by itself when it is written inside a site.
    pub r#in: Ref,
}

/// A room: a fire compartment, with rows and racks in it where they matter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Room {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The building or site that it is part of; given by itself when it is written inside one.
    pub r#in: Ref,
    /// The rooms beside it, each with the time for which what lies between resists a fire: `{hall-b: 2 h}`. Said of one of the two.
    #[serde(default)]
    pub beside: BTreeMap<Ref, SimDuration>,
    /// The rooms above it, each with the time for which the floor between resists a fire.
    #[serde(default)]
    pub above: BTreeMap<Ref, SimDuration>,
    /// The rooms below it, each with the time for which the floor between resists a fire.
    #[serde(default)]
    pub below: BTreeMap<Ref, SimDuration>,
    /// What puts fires out in it by itself: `gas`, `water-mist` or `sprinkler`; nothing if not given.
    pub suppression: Option<Suppression>,
    /// How high water must stand outside, above the ground, to come into it; without it, no flood does.
    pub sill: Option<Length>,
    /// How it warms, and what that does to the servers in it: `{heat-capacity: 155 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 45 °C}`. Without
    /// it, it never gets too hot.
    pub thermal: Option<Thermal>,
}

/// What puts a fire out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suppression {
    /// Gas that takes the oxygen or breaks the reaction; does no harm to equipment, and does not cool.
    Gas,
    /// A fine mist of water.
    WaterMist,
    /// Sprinklers: much water.
    Sprinkler,
}

/// Where a neighbour lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// On the same floor.
    Beside,
    /// On the floor above.
    Above,
    /// On the floor below.
    Below,
}

/// A room that a fire can reach from another one.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour {
    /// Which.
    pub room: EntityId,
    /// Where it lies, seen from the other.
    pub side: Side,
    /// For how long what lies between resists, in microseconds.
    pub resists_us: u64,
}

/// The neighbours of a room, by whichever of the two they are described, in the order of ids.
pub fn neighbours(model: &Model, room: EntityId) -> Vec<Neighbour> {
    let mut found: BTreeMap<EntityId, Neighbour> = BTreeMap::new();
    let mut add = |room: EntityId, side, resists: SimDuration| {
        let neighbour = Neighbour {
            room,
            side,
            resists_us: resists.us(),
        };
        found.insert(room, neighbour);
    };
    for (id, other) in model.all::<Room>() {
        for (side, back, rooms) in other.barriers() {
            for (name, &resists) in rooms {
                let named = model.resolve(name);
                if id == room {
                    add(named, side, resists);
                } else if named == room {
                    add(id, back, resists);
                }
            }
        }
    }
    found.into_values().collect()
}

impl Room {
    /// What is said of its neighbours: where they lie, where it lies seen from them, and which they are.
    fn barriers(&self) -> [(Side, Side, &BTreeMap<Ref, SimDuration>); 3] {
        [
            (Side::Beside, Side::Beside, &self.beside),
            (Side::Above, Side::Below, &self.above),
            (Side::Below, Side::Above, &self.below),
        ]
    }
}

/// The section `sites`.
pub const SITES: Kind = Kind {
    section: "sites",
    noun: "site",
    docs: "A site: an address with buildings and rooms. Whatever is lost, cut or sealed there reaches everything in it.",
    example: "blackstart: 1\nsites:\n  alpha:\n    name: Alpha\n    buildings:\n      alpha-main:\n        rooms: {battery-a: {}, hall-a: {name: Hall A}}\n",
    nested: &["buildings", "rooms"],
    alternatives: &[],
    stratum: None,
    class: Class::Facility,
    schema: schema_of::<Site>,
    read: read_component::<Site>,
};

/// The section `buildings`.
pub const BUILDINGS: Kind = Kind {
    section: "buildings",
    noun: "building",
    docs: "A building of a site. May be written inside its site.",
    example: "blackstart: 1\nsites: {alpha: {}}\nbuildings: {alpha-main: {in: alpha, rooms: {hall-a: {}}}}\n",
    nested: &["rooms"],
    alternatives: &[],
    stratum: None,
    class: Class::Facility,
    schema: schema_of::<Building>,
    read: read_component::<Building>,
};

/// The section `rooms`.
pub const ROOMS: Kind = Kind {
    section: "rooms",
    noun: "room",
    docs: "A room: a place that can be lost, cut or sealed for itself, and a fire compartment. May be written inside its building or site, and \
           may hold rows and racks.",
    example: "blackstart: 1\nsites: {alpha: {}}\nrooms:\n  hall-a: {in: alpha, name: Hall A}\n  battery-a: {in: alpha, suppression: gas, beside: \
              {hall-a: 2 h}}\n",
    nested: &["rows", "racks"],
    alternatives: &[],
    stratum: None,
    class: Class::Facility,
    schema: schema_of::<Room>,
    read: read_component::<Room>,
};

const SITE: Expect = Expect {
    sections: &["sites"],
    noun: "site",
};
const BUILDING: Expect = Expect {
    sections: &["sites", "buildings"],
    noun: "building or site",
};

/// A place is sound, powered and open if it is so itself and what it stands in is.
pub(super) fn declare(low: &mut Lowering<'_>, me: EntityId) {
    let (body, power, access) = (low.unit(me, ""), low.unit(me, "power"), low.unit(me, "access"));
    let sound = low.all(me, "ok", &[(body, Reading::Flag)]);
    let powered = low.all(me, "powered-up", &[(power, Reading::Flag)]);
    let open = low.all(me, "open", &[(access, Reading::Flag)]);
    *low.of_mut(me) = Handles {
        body: vec![body],
        power: Some(power),
        access: Some(access),
        out: Some((sound, Reading::Flag)),
        sound: Some(sound),
        powered: Some(powered),
        open: Some(open),
        lost: Some((sound, 1)),
        ..Handles::default()
    };
}

/// Joins a place to what it stands in.
pub(super) fn wire(low: &mut Lowering<'_>, me: EntityId) {
    let Some(parent) = low.model.entity(me).place else {
        return;
    };
    let (mine, around) = (low.of(me).clone(), low.of(parent).clone());
    let pairs = [
        (mine.sound, around.sound),
        (mine.powered, around.powered),
        (mine.open, around.open),
    ];
    for (gate, outer) in pairs {
        if let (Some(gate), Some(outer)) = (gate, outer) {
            low.net.also(gate, outer, Reading::Flag);
        }
    }
}

/// Reports a barrier of a room to itself, and two that contradict each other.
fn check_barriers(room: &Room, me: EntityId, model: &Model, issues: &mut Issues) {
    let path = model.entity(me).path();
    let mine = &model.entity(me).id;
    let mut said: BTreeMap<EntityId, (Side, SimDuration)> = BTreeMap::new();
    for (side, _, rooms) in room.barriers() {
        for (name, &resists) in rooms {
            let other = model.resolve(name);
            let wrong = |code, message: String, help: &'static str| {
                Issue::error(code, name.span, message).at(path.clone()).help(help)
            };
            if other == me {
                let message = format!("`{mine}` has a barrier to itself");
                issues.push(wrong(
                    "barrier-to-itself",
                    message,
                    "name the room on the other side",
                ));
                continue;
            }
            let twice = said.insert(other, (side, resists)).is_some();
            let back = model.get::<Room>(other).into_iter().flat_map(Room::barriers);
            let mut theirs = back.filter_map(|(side, back, rooms)| {
                let found = rooms.iter().find(|(name, _)| model.resolve(name) == me);
                found.map(|(_, &resists)| (side, back, resists))
            });
            let differs = theirs.any(|(_, back, theirs)| back != side || theirs != resists);
            if twice || differs {
                let message = format!(
                    "the barrier between `{mine}` and `{}` is described in two ways",
                    name.as_str()
                );
                issues.push(wrong(
                    "contradiction",
                    message,
                    "describe it once, in either room",
                ));
            }
        }
    }
}

impl Component for Site {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, _out: &mut References<'_>) {}

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
        if let Some(outside) = self.outside {
            let outside = low.unit_of(me, "outside", UnitSpec::amount(outside.m_c()));
            low.of_mut(me).outside = Some(outside);
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}

impl Component for Building {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, SITE, "in");
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}

impl Component for Room {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, BUILDING, "in");
        for (field, rooms) in [
            ("beside", &self.beside),
            ("above", &self.above),
            ("below", &self.below),
        ] {
            for room in rooms.keys() {
                out.one(room, super::ROOMS, field);
            }
        }
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        check_barriers(self, me, model, issues);
        if let Some(thermal) = &self.thermal {
            thermal.check(me, model, issues);
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
        if let Some(thermal) = &self.thermal {
            thermal.declare(low, me);
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}
