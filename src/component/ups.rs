//! Uninterruptible power supplies: electronics with batteries of their own.

use super::autonomy::Autonomy;
use super::battery::Battery;
use super::distribution::{closed, live};
use super::fails::{self, Fails, Units};
use super::trip::{self, Trips};
use super::{BATTERIES, FEEDING, PLACES, check_needed, check_twice};
use super::{capacity, flow};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{MarkSpec, NodeId, Reading};
use crate::model::{
    Class, Component, EntityId, Gives, Handles, Input, Kind, Lives, Lowering, Model, Ref, References, Refs,
    Stratum, read_component, schema_of,
};
use crate::quantity::Power;
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
    /// How many equal modules its electronics have.
    #[serde(default = "one")]
    pub units: u32,
    /// How many sound modules carry the load; all of them if not given.
    pub needed: Option<u32>,
    /// The most that it hands on; without it, as much as is drawn.
    pub capacity: Option<Power>,
    /// How it opens when it carries more than its capacity, and how it is closed again. Without it, the capacity is the most that loads get.
    pub trips: Option<Trips>,
    /// How each module fails by itself, and how it is repaired; without it, none fails by itself.
    pub fails: Option<Fails>,
}

fn one() -> u32 {
    1
}

/// The section `ups`.
pub const KIND: Kind = Kind {
    section: "ups",
    noun: "UPS",
    docs: "An uninterruptible power supply: live while its electronics are fine and its input is live or any of its batteries holds.",
    example: "blackstart: 1\nsites: {alpha: {rooms: {ups-room: {}, battery-room: {}}}}\nutility-feeds: {grid-a: {in: alpha}}\n\
              ups: {ups-a: {in: ups-room, fed-by: grid-a, batteries: [bat-a], units: 3, \
              needed: 2, fails: {mttf: 50000 h, mttr: 24 h}}}\nbatteries: {bat-a: {in: battery-room, autonomy: 10 min}}\n",
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
        fails::references(self.fails.as_ref(), out);
        trip::references(self.trips.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.fed_by.iter().chain(self.batteries.iter()).collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let path = model.entity(me).path();
        check_twice(self.fed_by.iter(), &format!("{path} › fed-by"), issues);
        check_twice(self.batteries.iter(), &format!("{path} › batteries"), issues);
        check_needed(self.units, self.needed, me, model, issues);
        fails::check(self.fails.as_ref(), me, model, issues);
        let by_load = |name: &Ref| {
            let battery: Option<&Battery> = model.get(model.resolve(name));
            battery.is_some_and(|battery| battery.autonomy.is_by_load())
        };
        let serves = self.trips.is_some() || self.batteries.iter().any(by_load);
        capacity::check(self.capacity, serves, me, model, issues);
        trip::check(self.trips.as_ref(), self.capacity, me, model, issues);
        if self.units > 1 && self.fails.is_none() {
            let message = format!("the modules of `{}` do not fail one by one", model.entity(me).id);
            let issue = Issue::warning("without-effect", model.entity(me).span, message);
            issues.push(
                issue
                    .at(format!("{path} › units"))
                    .help("say how a module `fails`"),
            );
        }
    }

    fn gives(&self) -> Option<Gives<'_>> {
        // What it gives does not depend on what feeds it: its batteries give as much.
        Some(Gives {
            most_w: self.capacity.map(Power::w),
            per_part: false,
            parts: 1,
            trips: self.trips.is_some(),
            fed_by: &[],
            takes_one: false,
        })
    }

    fn draws_w_max(&self, model: &Model) -> Option<i64> {
        let batteries = self.batteries.iter();
        let each = batteries.filter_map(|name| model.get::<Battery>(model.resolve(name))?.recharge_draws);
        each.map(Power::w).reduce(i64::saturating_add)
    }

    fn flows(&self) -> bool {
        self.trips.is_some()
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(self.units)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut handles = fails::several(low, me, self.fails.is_some());
        if self.fails.is_some() {
            handles.lives = fails::bodies(low, me, self.fails.as_ref(), self.modules(), "body", &[]);
            let modules: Vec<NodeId> = handles.lives.iter().map(|&(body, _)| body).collect();
            let sound: Vec<Input> = modules.iter().map(|&module| (module, Reading::Flag)).collect();
            let needed = i64::from(self.needed.unwrap_or(self.units));
            handles
                .fit
                .push((low.at_least(me, "modules", needed, &sound), Reading::Flag));
            handles.alarm = fails::alarm(low, me, &modules, &[]);
            handles.body = modules;
        }
        let out = low.all(me, "out", &handles.fit);
        *low.of_mut(me) = Handles {
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
        flow::declare(low, me);
        trip::declare(low, me, self.trips.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = live(low, me);
        let handles = low.of(me).clone();
        fails::wire_bodies(
            low,
            me,
            self.fails.as_ref(),
            self.modules(),
            "body",
            &handles.body,
        );
        let mut fine = low.place_inputs(me);
        for &(node, reading) in &fine {
            low.net.also(out, node, reading);
        }
        fine.extend(handles.fit);
        let input = flow::wire(low, me, &closed(low, me), &self.fed_by);
        if self.fed_by.is_empty() {
            trip::wire(low, me, self.trips.as_ref(), self.capacity, &fine);
            return;
        }
        let fed_by = low.outs(&self.fed_by);
        let fed = low.any(me, "fed", &fed_by);
        let mut sources = vec![(fed, Reading::Flag)];
        let charging: Vec<Input> = fine.iter().copied().chain([(fed, Reading::Flag)]).collect();
        let mut draining: Vec<Input> = fine.iter().copied().chain([(fed, Reading::Not)]).collect();
        // What has opened carries nothing.
        draining.extend(handles.opens.map(|(_, open)| (open, Reading::Not)));
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
            if let (Some(draws), Some(input)) = (battery.recharge_draws, input) {
                let (name, tag) = low.part(id, "full");
                let full = low
                    .net
                    .mark(store, name, tag, MarkSpec::rising(battery.full(), battery.full()));
                let both = [(charging, Reading::Flag), (full, Reading::Not)];
                let recharging = low.all(id, "recharging", &both);
                flow::draw_while(
                    low,
                    id,
                    "recharge-drawn",
                    (recharging, Reading::Flag),
                    input,
                    draws,
                );
            }
            let when = (draining, Reading::Flag);
            match (&battery.autonomy, self.capacity, handles.carried) {
                (Autonomy::ByLoad(_), Some(capacity), Some(load)) => {
                    low.net
                        .autonomy(store, when, load, battery.autonomy.table(capacity));
                }
                _ => low
                    .net
                    .rate(store, draining, Reading::Flag, -battery.drain_rate()),
            }
            sources.push(low.of(id).out.expect("a battery shows whether it holds"));
        }
        let source = low.any(me, "source", &sources);
        low.net.also(out, source, Reading::Flag);
        fine.push((source, Reading::Flag));
        trip::wire(low, me, self.trips.as_ref(), self.capacity, &fine);
    }
}

impl Ups {
    fn modules(&self) -> Units {
        Units {
            noun: "module",
            count: self.units,
        }
    }
}
