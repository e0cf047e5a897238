//! Uninterruptible power supplies: electronics with batteries of their own.

use super::battery::Battery;
use super::distribution::{electrical, live};
use super::{BATTERIES, FEEDING, PLACES, check_twice};
use crate::diagnostics::Issues;
use crate::kernel::Reading;
use crate::model::{
    Class, Component, EntityId, Input, Kind, Lowering, Model, Ref, References, Refs, Stratum, read_component,
    schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// An uninterruptible power supply: live while its electronics are fine and its input is live or any of its batteries holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ups {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where its electronics stand.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
    /// Its batteries, which all drain side by side while its input is dead; the longest-lived one counts.
    #[serde(default)]
    pub batteries: Refs,
}

/// The section `ups`.
pub const KIND: Kind = Kind {
    section: "ups",
    noun: "UPS",
    docs: "An uninterruptible power supply: live while its electronics are fine and its input is live or any of its batteries holds.",
    example: "blackstart: 1\nsites: {alpha: {rooms: {ups-room: {}, battery-room: {}}}}\nutility-feeds: {grid-a: {in: alpha}}\n\
              ups: {ups-a: {in: ups-room, fed-by: grid-a, batteries: [bat-a]}}\nbatteries: {bat-a: {in: battery-room, autonomy: 10 min}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Ups>,
    read: read_component::<Ups>,
};

impl Component for Ups {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.fed_by, FEEDING, "fed-by");
        out.many(&self.batteries, BATTERIES, "batteries");
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.fed_by.iter().chain(self.batteries.iter()).collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let path = model.entity(me).path();
        check_twice(self.fed_by.iter(), &format!("{path} › fed-by"), issues);
        check_twice(self.batteries.iter(), &format!("{path} › batteries"), issues);
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = live(low, me);
        let body = low.of(me).body[0];
        let mut fine = low.place_inputs(me);
        for &(node, reading) in &fine {
            low.net.also(out, node, reading);
        }
        fine.push((body, Reading::Flag));
        if self.fed_by.is_empty() {
            return;
        }
        let fed_by = low.outs(&self.fed_by);
        let fed = low.any(me, "fed", &fed_by);
        let mut sources = vec![(fed, Reading::Flag)];
        let charging: Vec<Input> = fine.iter().copied().chain([(fed, Reading::Flag)]).collect();
        let draining: Vec<Input> = fine.iter().copied().chain([(fed, Reading::Not)]).collect();
        let (charging, draining) = (
            low.all(me, "charges", &charging),
            low.all(me, "on-battery", &draining),
        );
        for name in self.batteries.iter() {
            let id = low.model.resolve(name);
            let battery: &Battery = low.model.get(id).expect("references were resolved to batteries");
            let store = low.of(id).store.expect("a battery has a store");
            low.net
                .rate(store, charging, Reading::Flag, battery.charge_rate());
            low.net
                .rate(store, draining, Reading::Flag, -battery.drain_rate());
            sources.push(low.of(id).out.expect("a battery shows whether it holds"));
        }
        let source = low.any(me, "source", &sources);
        low.net.also(out, source, Reading::Flag);
    }
}
