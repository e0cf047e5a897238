//! The heat of a room: one store, warmed by what draws power in it and cooled by the cooling units that run in it.
//!
//! The store holds the heat above the set point, in microjoules, so that a rate in watts moves it each microsecond by just that. At the set
//! point it is empty: there the thermostat throttles the units to what is needed, and no more is taken away. Every threshold is a mark on
//! the store, crossed at an exact time: along a straight line under constant power, or along an exponential towards what the surroundings
//! allow.

use super::Room;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, MarkSpec, NodeId, Reading, SelectorSpec, StarterSpec};
use crate::model::{EntityId, Heat, Input, Lowering, Model, RANK_INTERNAL, Stage, Tier, TileKind};
use crate::quantity::{HeatCapacity, SimDuration, Temperature};
use crate::random::Law;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a room warms, and what that does to what stands in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Thermal {
    /// How much heat warms the room by one degree: its air, and as much of its equipment, floor and ceiling as warms with it.
    pub heat_capacity: HeatCapacity,
    /// The temperature that its cooling units keep while they can, and at which it begins.
    pub set_point: Temperature,
    /// From here on everybody is told that it is too warm.
    pub alarm: Option<Temperature>,
    /// The orderly shutdowns, which save the rest: at which temperature, and what is spared. Without any, nothing is shut down in order.
    #[serde(default)]
    pub shutdown: BTreeMap<String, Shutdown>,
    /// Here servers switch themselves off.
    pub trip: Temperature,
    /// Servers that were shut down or tripped may start again once it is no warmer than this; without it, the alarm's, or else the set point.
    pub restart: Option<Temperature>,
    /// What the room gives heat to, or takes it from, through its walls; without it, nothing goes through them.
    pub surroundings: Option<Surroundings>,
}

/// An orderly shutdown of the less important pools of a room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shutdown {
    /// From this temperature on.
    pub at: Temperature,
    /// Pools that serve a service of this tier or a better one go on; without it, all are shut down.
    pub spares: Option<Tier>,
    /// How long the pools take to go off; they draw until then.
    #[serde(default)]
    pub takes: SimDuration,
}

/// What lies round a room, with a temperature that does not change.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Surroundings {
    /// Their temperature.
    pub temperature: Temperature,
    /// In this time the difference to them falls to 1/e when nothing heats or cools the room.
    pub time_constant: SimDuration,
}

/// How far above its last threshold heat is followed, in thousandths of a degree; beyond that a room stays as hot as it is.
const FOLLOWED_M_C: i64 = 100_000;
/// At a room that is so much warmer than its set point, in thousandths of a degree, units on a loop take all the cold that they can get.
const CALLS_ALL_M_C: i64 = 500;

impl Thermal {
    /// The heat of the room at a temperature, above that at the set point, in microjoules.
    fn level(&self, temperature: Temperature) -> i128 {
        let above = temperature.m_c() - self.set_point.m_c();
        i128::from(self.heat_capacity.j_per_k()) * i128::from(above) * 1_000
    }

    fn restart(&self) -> Temperature {
        self.restart.or(self.alarm).unwrap_or(self.set_point)
    }

    /// What comes in through the walls at the set point, in watts; less than nothing for what goes out.
    fn through_walls_w(&self) -> i64 {
        let Some(around) = self.surroundings else { return 0 };
        let watts = self.level(around.temperature) / i128::from(around.time_constant.us().max(1));
        i64::try_from(watts).unwrap_or(i64::MAX)
    }

    /// Reports thresholds that cannot be.
    pub(super) fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let mut wrong = |field: &str, message: String| {
            let issue = Issue::error("out-of-bounds", entity.span, message);
            issues.push(issue.at(format!("{} › thermal › {field}", entity.path())));
        };
        if self.heat_capacity == HeatCapacity::default() {
            wrong(
                "heat-capacity",
                format!("`{}` would be infinitely hot at once", entity.id),
            );
        }
        let marks = [("alarm", self.alarm), ("trip", Some(self.trip))];
        let shut = self
            .shutdown
            .iter()
            .map(|(name, shutdown)| (format!("shutdown › {name} › at"), shutdown.at));
        let marks = marks
            .into_iter()
            .filter_map(|(field, at)| Some((field.to_owned(), at?)));
        for (field, at) in marks.chain(shut) {
            if at <= self.set_point {
                wrong(
                    &field,
                    format!("{at} is not above the set point of {}", self.set_point),
                );
            }
        }
        let restart = self.restart();
        let lowest = self
            .shutdown
            .values()
            .map(|shutdown| shutdown.at)
            .fold(self.trip, Temperature::min);
        if restart < self.set_point || restart > lowest {
            wrong(
                "restart",
                format!(
                    "servers would start again at {restart}, which does not lie between the set point and what shuts them down at {lowest}"
                ),
            );
        }
        if let Some(around) = self.surroundings
            && around.time_constant == SimDuration::ZERO
        {
            wrong(
                "surroundings › time-constant",
                format!("`{}` would always be as warm as its surroundings", entity.id),
            );
        }
    }

    /// Declares the store of heat and the marks on it.
    pub(super) fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let hottest = self
            .shutdown
            .values()
            .map(|shutdown| shutdown.at)
            .fold(self.trip, Temperature::max);
        let ceiling = self.level(Temperature::from_m_c(hottest.m_c() + FOLLOWED_M_C));
        let (name, tag) = low.part(me, "heat");
        let spec = BufferSpec {
            ceiling,
            start: 0,
            // No level between its marks matters: each crossing would round to a microsecond.
            rearm: 0,
            base_rate: 0,
        };
        let heat = low.net.buffer(name, tag, spec);
        let label = format!("{} cools down", low.model.entity(me).label());
        low.stage(heat, label.clone(), TileKind::Starting);
        if let Some(around) = self.surroundings {
            low.net
                .leak(heat, around.time_constant.us(), self.level(around.temperature));
        }
        let mark = |low: &mut Lowering<'_>, part: &str, on: Temperature, off: Temperature| {
            let (name, tag) = low.part(me, part);
            low.net
                .mark(heat, name, tag, MarkSpec::rising(self.level(on), self.level(off)))
        };
        if let Some(alarm) = self.alarm {
            let alarm = mark(low, "too-warm", alarm, alarm);
            low.of_mut(me).alarm = Some((alarm, Reading::Flag));
        }
        let calls_all = Temperature::from_m_c(self.set_point.m_c() + CALLS_ALL_M_C);
        let warm = mark(low, "warm", calls_all, self.set_point);
        let tripped = mark(low, "tripped", self.trip, self.restart());
        let mut shuts = vec![(None, (tripped, Reading::Not))];
        for (name, shutdown) in &self.shutdown {
            let part = format!("shutdown/{name}");
            let hot = mark(low, &part, shutdown.at, self.restart());
            let off = if shutdown.takes == SimDuration::ZERO {
                hot
            } else {
                let spec = StarterSpec {
                    initial_on: 0,
                    ..StarterSpec::automatic(Law::fixed_us(shutdown.takes.us()))
                };
                let stage = Stage {
                    label: label.clone(),
                    tile: TileKind::Starting,
                };
                let off = low.starter(me, &format!("{part}/done"), spec, stage);
                low.net.require(off, hot, Reading::Flag);
                off
            };
            shuts.push((shutdown.spares, (off, Reading::Not)));
        }
        // What has to be taken away at the set point; units on a loop share it as long as they run.
        let load = low.all(me, "heat-load", &[]);
        let (name, tag) = low.part(me, "calls");
        let calls = low.net.selector(name, tag, SelectorSpec::shared());
        low.net.source(calls, warm, Reading::Not);
        low.net.pass_load(load, calls, crate::kernel::FULL_PPM);
        let (name, tag) = low.part(me, "units");
        let units = low.net.selector(name, tag, SelectorSpec::shared());
        low.net.pass_load_if_chosen(calls, units, 0);
        let through_walls_w = self.through_walls_w();
        if through_walls_w != 0 {
            let body = low.of(me).body[0];
            low.net.draw(load, body, Reading::Flag, through_walls_w);
        }
        low.of_mut(me).heat = Some(Heat {
            store: heat,
            load,
            units,
            warm,
            shuts,
        });
    }
}

/// The room of a thing, if its heat is described.
pub(super) fn room(model: &Model, thing: EntityId) -> Option<&Thermal> {
    let place = model.entity(thing).place?;
    model.get::<Room>(place)?.thermal.as_ref()
}

/// The heat of the room in which a thing stands.
pub(super) fn heat_around(low: &Lowering<'_>, me: EntityId) -> Option<Heat> {
    let place = low.model.entity(me).place?;
    low.of(place).heat.clone()
}

/// What a thing gives off warms its room: `give` is what it gives off, `would` what it would if it got all that it asks for, in watts each.
pub(super) fn warms(low: &mut Lowering<'_>, me: EntityId, give: (Input, i64), would: (Input, i64)) {
    if let Some(heat) = heat_around(low, me) {
        let (((from, reading), each), ((node, read), each_would)) = (give, would);
        low.net.rate(heat.store, from, reading, each);
        low.net.draw(heat.load, node, read, each_would);
    }
}

/// What the servers of a pool draw warms its room, and its heat keeps them off.
pub(super) fn wire_pool(low: &mut Lowering<'_>, me: EntityId, supplied: NodeId) {
    let Some(heat) = heat_around(low, me) else { return };
    for part in low.of(me).draws.clone() {
        let drawn = ((part.from, part.reading), part.each_w);
        warms(low, me, drawn, drawn);
    }
    let rank = low.model.rank(me);
    for (spares, (node, reading)) in heat.shuts {
        let spared = spares.is_some_and(|tier| {
            rank <= match tier {
                Tier::Ranked(tier) => u32::from(tier),
                Tier::Internal => RANK_INTERNAL,
            }
        });
        if !spared {
            low.net.also(supplied, node, reading);
        }
    }
}
