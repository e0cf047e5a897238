//! Transformers, buses and PDUs: what hands power on. One lowering, three kinds.

use super::fails::{self, Fails};
use super::{FEEDING, PLACES, check_twice};
use crate::diagnostics::Issues;
use crate::kernel::{NodeId, Reading};
use crate::model::{
    Class, Component, EntityId, Handles, Kind, Lowering, Model, Ref, References, Refs, Stratum,
    read_component, schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// A transformer, a bus or a PDU: live while any of what feeds it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Distribution {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `transformers`.
pub const TRANSFORMERS: Kind = Kind {
    section: "transformers",
    noun: "transformer",
    docs: "A transformer: live while any of what feeds it is.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\ntransformers: {tr-a: {in: alpha, fed-by: grid-a, \
              fails: {mttf: 50000 h, repair: {takes: 4 h, crew: {facilities: 1}}}}}\nteams: {facilities: {heads: 2}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Distribution>,
    read: read_component::<Distribution>,
};

/// The section `buses`.
pub const BUSES: Kind = Kind {
    section: "buses",
    noun: "bus",
    docs: "A bus or switchboard: live while any of what feeds it is.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nbuses: {bus-a: {in: alpha, fed-by: [grid-a]}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Distribution>,
    read: read_component::<Distribution>,
};

/// The section `pdus`.
pub const PDUS: Kind = Kind {
    section: "pdus",
    noun: "PDU",
    docs: "A power distribution unit of a hall: live while any of what feeds it is.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\npdus: {pdu-a: {in: alpha, fed-by: grid-a}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Distribution>,
    read: read_component::<Distribution>,
};

/// The nodes of something electrical: a body that can also be cut for itself, and what others read as *it is live*.
pub(super) fn electrical(low: &mut Lowering<'_>, me: EntityId, fails: Option<&Fails>) {
    let handles = fails::body(low, me, fails);
    let out = low.all(me, "out", &handles.fit);
    *low.of_mut(me) = Handles {
        out: Some((out, Reading::Flag)),
        lost: Some((out, 1)),
        ..handles
    };
}

/// The gate that says whether something electrical is live.
pub(super) fn live(low: &Lowering<'_>, me: EntityId) -> NodeId {
    low.of(me)
        .out
        .expect("what is electrical says whether it is live")
        .0
}

impl Component for Distribution {
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
