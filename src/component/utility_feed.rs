//! Utility feeds: where power comes from outside.

use super::PLACES;
use super::distribution::{able, electrical, live};
use super::fails::{self, Fails};
use super::trip::{self, Trips};
use super::{capacity, flow};
use crate::diagnostics::Issues;
use crate::model::{
    Class, Component, EntityId, Gives, Kind, Lives, Lowering, Model, Ref, References, Stratum,
    read_component, schema_of,
};
use crate::quantity::Power;
use schemars::JsonSchema;
use serde::Deserialize;

/// A feed from the public grid. It is live unless it is broken, held, or its place is lost or cut.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UtilityFeed {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it enters: a site, building or room.
    pub r#in: Ref,
    /// The most that it gives; without it, as much as is drawn.
    pub capacity: Option<Power>,
    /// How it opens when it carries more than its capacity, and how it is closed again. Without it, the capacity is the most that loads get.
    pub trips: Option<Trips>,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `utility-feeds`.
pub const KIND: Kind = Kind {
    section: "utility-feeds",
    noun: "utility feed",
    docs: "A feed from the public grid. It is live unless it is broken, out of use, or its place is lost or cut.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha, fails: {mttf: 4000 h, mttr: 2 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<UtilityFeed>,
    read: read_component::<UtilityFeed>,
};

impl Component for UtilityFeed {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        fails::references(self.fails.as_ref(), out);
        trip::references(self.trips.as_ref(), out);
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        fails::check(self.fails.as_ref(), me, model, issues);
        capacity::check(self.capacity, self.trips.is_some(), me, model, issues);
        trip::check(self.trips.as_ref(), self.capacity, me, model, issues);
    }

    fn gives(&self) -> Option<Gives<'_>> {
        Some(Gives {
            most_w: self.capacity.map(Power::w),
            per_part: false,
            parts: 1,
            trips: self.trips.is_some(),
            fed_by: &[],
            takes_one: false,
        })
    }

    fn flows(&self) -> bool {
        self.trips.is_some()
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, self.fails.as_ref());
        flow::declare_source(low, me);
        trip::declare(low, me, self.trips.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = live(low, me);
        low.also_place(me, out);
        fails::wire_body(low, me, self.fails.as_ref());
        trip::wire(low, me, self.trips.as_ref(), self.capacity, &able(low, me, None));
    }
}
