//! Routers: where the links of a site begin and end.

use super::distribution::{electrical, live};
use super::fails::{self, Fails};
use super::{FEEDING, PLACES, check_twice};
use crate::diagnostics::Issues;
use crate::model::{
    Class, Component, EntityId, Kind, Lives, Lowering, Model, Ref, References, Refs, Stratum, read_component,
    schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// A router. What goes to or from its site goes through one of the routers there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Router {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands: a site, building or room.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it has power while its place has.
    #[serde(default)]
    pub fed_by: Refs,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `routers`.
pub const KIND: Kind = Kind {
    section: "routers",
    noun: "router",
    docs: "A router: where links of its site begin and end. It works while it is sound, its place is not lost or cut, and anything feeds it. \
           The routers of one site reach each other.",
    example: "blackstart: 1\nhorizon: 1 d\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nrouters: {alpha-r1: {in: alpha, fed-by: \
              grid-a}}\nuplinks: {alpha-up: {from: alpha-r1}}\npools: {web-a: {in: alpha, servers: 40}}\nservices: {web: {tier: 1, users: 1 million, \
              runs-on: {web-a: {active: 40}}}}\nhappens: {dark: {loss-of: {ids: grid-a, at: +1 h, for: 2 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Network),
    class: Class::Network,
    schema: schema_of::<Router>,
    read: read_component::<Router>,
};

impl Component for Router {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.fed_by, FEEDING, "fed-by");
        fails::references(self.fails.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.fed_by.iter().collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        check_twice(
            self.fed_by.iter(),
            &format!("{} › fed-by", model.entity(me).path()),
            issues,
        );
        fails::check(self.fails.as_ref(), me, model, issues);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, self.fails.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = live(low, me);
        low.also_place(me, out);
        low.also_any(me, "fed", out, &self.fed_by);
        fails::wire_body(low, me, self.fails.as_ref());
    }
}
