//! Batteries: strings that a UPS lives from while its input is dead.

use super::PLACES;
use super::autonomy::Autonomy;
use super::capacity;
use super::fails::{self, Fails};
use super::ups::Ups;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, Reading};
use crate::model::{
    Class, Component, EntityId, Handles, Kind, Lives, Lowering, Model, Ref, References, Stratum, TileKind,
    read_component, schema_of,
};
use crate::quantity::{Power, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// A battery of a UPS. It has a switch of its own: a power-off of its room does not isolate it, but it is lost with its room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Battery {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// How long it carries its UPS when full: a time, or a table of times by the load as a share of the capacity of the UPS, straight between
    /// the points (the ends beyond).
    pub autonomy: Autonomy,
    /// How long an empty one takes to be full again.
    pub recharges: SimDuration,
    /// What its UPS draws more from its feeds while it is recharged; without it, nothing more.
    pub recharge_draws: Option<Power>,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `batteries`.
pub const KIND: Kind = Kind {
    section: "batteries",
    noun: "battery",
    docs: "A battery of a UPS. It has a switch of its own: a power-off of its room does not isolate it, but it is lost with its room.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nups: {ups-a: {in: alpha, fed-by: grid-a, \
              batteries: bat-a}}\nbatteries: {bat-a: {in: alpha, autonomy: 5 min, recharges: 12 h}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Battery>,
    read: read_component::<Battery>,
};

impl Battery {
    /// What the store gains each microsecond while it is charged. Its unit is chosen so that both rates are whole: a full store holds
    /// autonomy × recharge time, so that it drains in just the one and fills in just the other.
    pub(super) fn charge_rate(&self) -> i64 {
        rate(self.autonomy.longest())
    }

    /// What a full store holds.
    pub(super) fn full(&self) -> i128 {
        i128::from(self.charge_rate()) * i128::from(self.drain_rate())
    }

    /// What the store loses each microsecond while it is drained.
    pub(super) fn drain_rate(&self) -> i64 {
        rate(self.recharges)
    }
}

impl Battery {
    /// Reports a table of loads that nothing tells.
    fn check_table(&self, me: EntityId, user: EntityId, model: &Model, issues: &mut Issues) {
        let Some(ups) = model.get::<Ups>(user).filter(|_| self.autonomy.is_by_load()) else {
            return;
        };
        let (entity, user_id) = (model.entity(me), &model.entity(user).id);
        let path = format!("{} › autonomy", entity.path());
        if ups.capacity.is_none() {
            let message = format!(
                "`{}` lasts by the load as a share of the capacity of `{user_id}`, which has none",
                entity.id
            );
            let issue = Issue::error("autonomy-without-capacity", entity.span, message).at(path);
            issues.push(
                issue
                    .also(model.entity(user).span, "described here")
                    .help("say what the UPS may carry: `capacity: 500 kW`"),
            );
        } else if !capacity::is_drawn_through(user, model) {
            let message = format!(
                "it is not said what anything draws through `{user_id}`, so that `{}` always lasts as long as at the least load",
                entity.id
            );
            let issue = Issue::warning("without-effect", entity.span, message).at(path);
            issues.push(
                issue.help("say what servers draw (`pools: {web: {draws: 350 W}}`), or describe loads"),
            );
        }
    }
}

fn rate(duration: SimDuration) -> i64 {
    i64::try_from(duration.us()).expect("a duration of the language is below 2^63 µs")
}

impl Component for Battery {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        fails::references(self.fails.as_ref(), out);
    }

    fn flows(&self) -> bool {
        self.autonomy.is_by_load() || self.recharge_draws.is_some()
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        fails::check(self.fails.as_ref(), me, model, issues);
        self.autonomy.check("autonomy", me, model, issues);
        if self.recharge_draws == Some(Power::ZERO) {
            let message = format!("`{}` would draw nothing while it is recharged", entity.id);
            let issue = Issue::error("out-of-bounds", entity.span, message);
            issues.push(issue.at(format!("{} › recharge-draws", entity.path())));
        }
        if self.recharges == SimDuration::ZERO {
            let message = format!("`{}` cannot have no time at all here", entity.id);
            issues.push(
                Issue::error("out-of-bounds", entity.span, message)
                    .at(format!("{} › recharges", entity.path())),
            );
        }
        let users: Vec<EntityId> = model
            .below::<Ups>(me)
            .filter(|(_, ups)| ups.batteries.iter().any(|name| model.resolve(name) == me))
            .map(|(id, _)| id)
            .collect();
        match users.as_slice() {
            [user] => self.check_table(me, *user, model, issues),
            [] => {
                let message = format!("no UPS lives from `{}`, so that it does nothing", entity.id);
                let issue = Issue::warning("without-effect", entity.span, message).at(entity.path());
                issues.push(issue.help("name it in the `batteries` of a UPS"));
            }
            [first, second, ..] => {
                let (first, second) = (&model.entity(*first).id, &model.entity(*second).id);
                let message = format!("`{}` is the battery of `{first}` and of `{second}`", entity.id);
                let issue = Issue::error("named-twice", entity.span, message).at(entity.path());
                issues.push(issue.help("describe a battery for each UPS"));
            }
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = fails::body(low, me, self.fails.as_ref());
        let full = self.full();
        let (name, tag) = low.part(me, "charge");
        let store = low.net.buffer(
            name,
            tag,
            BufferSpec {
                ceiling: full,
                start: full,
                rearm: 1,
                base_rate: 0,
            },
        );
        let label = format!("{} recharges", low.model.entity(me).label());
        low.stage(store, label, TileKind::Starting);
        let mut holds = handles.fit.clone();
        holds.push((store, Reading::Flag));
        let out = low.all(me, "out", &holds);
        *low.of_mut(me) = Handles {
            store: Some(store),
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let out = low.of(me).out.expect("a battery shows whether it holds").0;
        // Not the power of its place: a battery has a switch of its own.
        if let Some(sound) = low.model.entity(me).place.and_then(|place| low.of(place).sound) {
            low.net.also(out, sound, Reading::Flag);
        }
        fails::wire_body(low, me, self.fails.as_ref());
    }
}
