//! Transfer switches: take the first live source.

use super::distribution::{able, closed, electrical, live};
use super::fails::{self, Fails};
use super::trip::{self, Trips};
use super::{FEEDING, PLACES, check_twice};
use super::{capacity, flow};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Reading, SelectorSpec};
use crate::model::{
    Class, Component, EntityId, Gives, Kind, Lives, Lowering, Model, Ref, References, Refs, Stratum,
    TileKind, read_component, schema_of,
};
use crate::quantity::{Power, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A transfer switch: takes the first live source of its list, and goes back to a better one once that is live again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TransferSwitch {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// The sources, the preferred one first.
    pub sources: Refs,
    /// How long a loss must last before it transfers.
    pub senses: SimDuration,
    /// How long a transfer takes; the output is dead meanwhile.
    pub transfers: LawInput,
    /// The most that it hands on; without it, as much as its source gives.
    pub capacity: Option<Power>,
    /// How it opens when it carries more than its capacity, and how it is closed again. Without it, the capacity is the most that loads get.
    pub trips: Option<Trips>,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `transfer-switches`.
pub const KIND: Kind = Kind {
    section: "transfer-switches",
    noun: "transfer switch",
    docs: "A transfer switch: takes the first live source of its list, and goes back to a better one once that is live again. Its \
           output is dead while it transfers.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\ngenerators: {gen-a: {in: alpha, \
              stands-in-for: grid-a}}\ntransfer-switches: {ats-a: {in: alpha, sources: [grid-a, gen-a], senses: 3 s}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<TransferSwitch>,
    read: read_component::<TransferSwitch>,
};

impl Component for TransferSwitch {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.sources, FEEDING, "sources");
        fails::references(self.fails.as_ref(), out);
        trip::references(self.trips.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.sources.iter().collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        check_twice(
            self.sources.iter(),
            &format!("{} › sources", entity.path()),
            issues,
        );
        if self.sources.is_empty() {
            let message = format!("`{}` has no source to take", entity.id);
            issues.push(
                Issue::error("out-of-bounds", entity.span, message)
                    .at(format!("{} › sources", entity.path())),
            );
        }
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
            fed_by: &self.sources.0,
            takes_one: true,
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
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let label = format!("{} transfers", low.model.entity(me).label());
        let (name, tag) = low.part(me, "switch");
        let switch = low.net.selector(
            name,
            tag,
            SelectorSpec::automatic(self.senses.us(), self.transfers.law()),
        );
        low.stage(switch, label, TileKind::Starting);
        for (node, reading) in low.outs(&self.sources) {
            low.net.source(switch, node, reading);
        }
        let out = live(low, me);
        low.also_place(me, out);
        low.net.also(out, switch, Reading::Flag);
        fails::wire_body(low, me, self.fails.as_ref());
        flow::wire_switch(low, me, &closed(low, me), switch, &self.sources);
        let fed = Some((switch, Reading::Flag));
        trip::wire(low, me, self.trips.as_ref(), self.capacity, &able(low, me, fed));
    }
}
