//! Places: sites, buildings, rooms. Everything physical stands in one.

use crate::kernel::Reading;
use crate::model::{
    Class, Component, EntityId, Expect, Handles, Kind, Lowering, Ref, References, read_component, schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// A site: an address with buildings and rooms. Its loss, an emergency power-off or a sealing reaches everything in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Site {
    /// What people call it, in any script.
    pub name: Option<String>,
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

/// A room: the smallest place that can be lost, cut or sealed for itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Room {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The building or site that it is part of; given by itself when it is written inside one.
    pub r#in: Ref,
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
    docs: "A room: the smallest place that can be lost, cut or sealed for itself. May be written inside its building or site.",
    example: "blackstart: 1\nsites: {alpha: {}}\nrooms: {hall-a: {in: alpha, name: Hall A}}\n",
    nested: &[],
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
fn declare(low: &mut Lowering<'_>, me: EntityId) {
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

fn wire(low: &mut Lowering<'_>, me: EntityId) {
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

impl Component for Site {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, _out: &mut References<'_>) {}

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
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
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire(low, me);
    }
}
