//! Transformers, buses and PDUs: what hands power on. One lowering, three kinds.

use super::fails::{self, Fails};
use super::trip::{self, Trips};
use super::{FEEDING, PLACES, check_twice};
use super::{capacity, flow, tie};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{NodeId, Policy, Reading};
use crate::model::{
    Class, Component, EntityId, Gives, Handles, Input, Kind, Lives, Lowering, Model, Ref, References, Refs,
    Stratum, read_component, schema_of,
};
use crate::quantity::Power;
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
    /// What feeds it, any one of which is enough; without any it is always fed, or, if ties join it to other buses, through them alone.
    #[serde(default)]
    pub fed_by: Refs,
    /// The most that it hands on; without it, as much as feeds it.
    pub capacity: Option<Power>,
    /// How it opens when it carries more than its capacity, and how it is closed again. Without it, the capacity is the most that loads get.
    pub trips: Option<Trips>,
    /// Who gets less when the loads that draw from it ask for more than there is.
    #[serde(default)]
    pub when_short: WhenShort,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// Who gets less when more is asked for than there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenShort {
    /// All in proportion to what they ask for.
    #[default]
    Shared,
    /// The best tier is served first; the last that gets anything may get a part.
    ByTier,
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
    docs: "A bus or switchboard: live while any of what feeds it is. Loads that draw from it share what its feeds can give together.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha, capacity: 2.5 MW, fails: {mttf: 4000 h, mttr: 2 h}}, grid-b: {in: alpha, capacity: 2.5 MW}}\nbuses: {bus-a: {in: alpha, fed-by: [grid-a, \
              grid-b], when-short: by-tier}}\nloads: {halls: {fed-by: bus-a, tier: 1, draws: 3 MW}, offices: {fed-by: bus-a, tier: 3, draws: 1.5 MW}}\n",
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

/// What must hold for something electrical to carry anything, closed or not.
pub(super) fn able(low: &Lowering<'_>, me: EntityId, fed: Option<Input>) -> Vec<Input> {
    let mut able = low.place_inputs(me);
    able.extend(low.of(me).fit.iter().copied());
    able.extend(fed);
    able
}

/// What must hold for something electrical to hand on what feeds it, if that is live.
pub(super) fn closed(low: &Lowering<'_>, me: EntityId) -> Vec<Input> {
    let mut closed = able(low, me, None);
    closed.extend(low.of(me).opens.map(|(_, open)| (open, Reading::Not)));
    closed
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
        trip::references(self.trips.as_ref(), out);
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
        capacity::check(self.capacity, self.trips.is_some(), me, model, issues);
        trip::check(self.trips.as_ref(), self.capacity, me, model, issues);
        capacity::check_hub(me, model, issues);
        if self.when_short != WhenShort::Shared && !capacity::has_loads(me, model) {
            let entity = model.entity(me);
            let message = format!(
                "no load draws from `{}`, so that it is never short for anybody",
                entity.id
            );
            let issue = Issue::warning("without-effect", entity.span, message);
            issues.push(issue.at(format!("{} › when-short", entity.path())));
        }
    }

    fn gives(&self) -> Option<Gives<'_>> {
        Some(Gives {
            most_w: self.capacity.map(Power::w),
            per_part: false,
            parts: 1,
            trips: self.trips.is_some(),
            fed_by: &self.fed_by.0,
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
        flow::declare(low, me);
        trip::declare(low, me, self.trips.as_ref());
        let policy = match self.when_short {
            WhenShort::Shared => Policy::Proportional,
            WhenShort::ByTier => Policy::Priority,
        };
        capacity::declare_hub(low, me, policy);
        tie::declare_bus(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = live(low, me);
        low.also_place(me, out);
        let fed =
            tie::wire_bus(low, me, out, &self.fed_by).or_else(|| low.also_any(me, "fed", out, &self.fed_by));
        fails::wire_body(low, me, self.fails.as_ref());
        capacity::wire_hub(low, me);
        flow::wire(low, me, &closed(low, me), &self.fed_by);
        trip::wire(low, me, self.trips.as_ref(), self.capacity, &able(low, me, fed));
    }
}
