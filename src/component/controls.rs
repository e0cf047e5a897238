//! Controls of cooling: what all units of a group hang on, however many of them stand by.

use super::fails::{self, Fails};
use super::{FEEDING, PLACES, check_twice};
use crate::diagnostics::Issues;
use crate::kernel::Reading;
use crate::model::{
    Class, Component, EntityId, Handles, Kind, Lives, Lowering, Model, Ref, References, Refs, Stratum,
    read_component, schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The control of a group of cooling units: without it none of them runs, so that all that stand by are lost together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Controls {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it always has power.
    #[serde(default)]
    pub fed_by: Refs,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `cooling-controls`.
pub const KIND: Kind = Kind {
    section: "cooling-controls",
    noun: "cooling control",
    docs: "The control of a group of cooling units, which name it in `controlled-by`. Its failure stops all of them, those that stand by \
           included: so has redundant cooling been lost.",
    example: "blackstart: 1\nsites: {alpha: {}}\nrooms: {hall-a: {in: alpha, thermal: {heat-capacity: 16 MJ/K, set-point: 22 °C, trip: 45 \
              °C}}}\npools: {web: {in: hall-a, servers: 200, draws: 500 W}}\ncooling-controls: {group-a: {in: alpha, fails: {mttf: 100000 h, \
              mttr: 3 h}}}\ncracs: {cracs-a: {in: hall-a, units: 3, capacity: 50 kW, controlled-by: group-a}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Cooling),
    class: Class::Facility,
    schema: schema_of::<Controls>,
    read: read_component::<Controls>,
};

impl Component for Controls {
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
        let handles = fails::body(low, me, self.fails.as_ref());
        let out = low.all(me, "out", &handles.fit);
        *low.of_mut(me) = Handles {
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let (out, _) = low.of(me).out.expect("controls show whether they work");
        low.also_place(me, out);
        low.also_any(me, "fed", out, &self.fed_by);
        fails::wire_body(low, me, self.fails.as_ref());
    }
}
