//! Units that cool a room (CRAC: with a compressor of their own; CRAH: with chilled water), counted.

use super::cooling_units::CoolingUnits;
use super::fails::Fails;
use super::thermal::{self, heat_around};
use super::{LOOPS, ROOMS};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Demand, Policy, Reading};
use crate::model::{
    Class, Cold, Component, EntityId, Heat, Kind, Lives, Lowering, Model, Ref, References, Refs, Stratum,
    read_component, schema_of,
};
use crate::quantity::Power;
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// Equal units that cool one room. What they take away is as much as those that run can, and not more than their loop has for them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Crac {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The room that they cool, and in which they stand.
    pub r#in: Ref,
    /// How many units there are.
    pub units: u32,
    /// How much heat each takes away, beyond what its own fans give off.
    pub capacity: Power,
    /// The chilled water that they cool with (CRAH); without it they have compressors of their own (CRAC).
    pub cooled_by: Option<Ref>,
    /// What feeds them, any one of which is enough; without any they always have power. What is not behind a UPS stops with the utility.
    #[serde(default)]
    pub fed_by: Refs,
    /// What each draws while it runs.
    pub draws: Option<Power>,
    /// The control without which none of them runs.
    pub controlled_by: Option<Ref>,
    /// How long a unit takes to cool again once its power is back.
    pub restarts: LawInput,
    /// How each unit fails by itself, and how it is repaired; without it, none fails by itself.
    pub fails: Option<Fails>,
}

/// The section `cracs`.
pub const KIND: Kind = Kind {
    section: "cracs",
    noun: "room cooling unit",
    docs: "Equal units that cool one room (CRAC, CRAH). They take away what is given off in it, as much as those can that run: with one of \
           three the room warms slowly. The room says how it warms (`thermal`).",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nrooms: {hall-a: {in: alpha, thermal: {heat-capacity: \
              16 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 45 °C}}}\npools: {web: {in: hall-a, servers: 200, draws: 500 W}}\ncracs: \
              {cracs-a: {in: hall-a, units: 3, capacity: 50 kW, fed-by: grid-a}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Cooling),
    class: Class::Facility,
    schema: schema_of::<Crac>,
    read: read_component::<Crac>,
};

impl Component for Crac {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        self.units().references(out);
        out.one(&self.r#in, ROOMS, "in");
        if let Some(water) = &self.cooled_by {
            out.one(water, LOOPS, "cooled-by");
        }
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.units()
            .upstream()
            .into_iter()
            .chain(&self.cooled_by)
            .collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        self.units().check(me, model, issues);
        if thermal::room(model, me).is_none() {
            let entity = model.entity(me);
            let message = format!(
                "it is not said how `{}` warms, so that `{}` does nothing",
                self.r#in.as_str(),
                entity.id
            );
            let issue = Issue::warning("without-effect", entity.span, message).at(entity.path());
            issues.push(issue.help(
                "describe its heat: `thermal: {heat-capacity: 155 MJ/K, set-point: 22 °C, trip: 45 °C}`",
            ));
        }
    }

    fn flows(&self) -> bool {
        self.draws.is_some()
    }

    fn draws_w_max(&self, _model: &Model) -> Option<i64> {
        self.units().draws_w()
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(self.units)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        self.units().declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        self.units().wire(low, me);
        let Some(heat) = heat_around(low, me) else { return };
        // What is given off in the room is shared among its groups of units of which any runs, as they can.
        let (out, reading) = low.of(me).out.expect("units show whether they run");
        let ordinal = ordinal(low.model, me);
        low.net
            .source_with_weight(heat.units, out, reading, self.units().capacity_w());
        let water = self.cooled_by.as_ref().and_then(|name| low.named(name).cold);
        match water {
            None => {
                for part in low.of(me).cools.clone() {
                    low.net.rate(heat.store, part.from, part.reading, -part.each_w);
                }
            }
            Some(cold) => self.wire_to_water(low, me, &heat, cold, ordinal),
        }
    }
}

/// The place of a group of units among those of its room.
fn ordinal(model: &Model, me: EntityId) -> u32 {
    let place = model.entity(me).place;
    let mine = model.all::<Crac>().take_while(|&(id, _)| id != me);
    let before = mine.filter(|&(id, _)| model.entity(id).place == place).count();
    u32::try_from(before).expect("few groups of units in one room")
}

impl Crac {
    pub(super) fn units(&self) -> CoolingUnits<'_> {
        CoolingUnits {
            place: &self.r#in,
            units: self.units,
            capacity: self.capacity,
            fed_by: &self.fed_by,
            draws: self.draws,
            controlled_by: self.controlled_by.as_ref(),
            restarts: &self.restarts,
            fails: self.fails.as_ref(),
        }
    }

    /// At the set point they ask the loop for what is given off, in a room that is too warm for all that they can take; they get their part
    /// of what there is, and take of it what those can that run.
    fn wire_to_water(&self, low: &mut Lowering<'_>, me: EntityId, heat: &Heat, cold: Cold, ordinal: u32) {
        let asks = low.all(me, "asks", &[]);
        low.net.pass_load_if_chosen(heat.units, asks, ordinal);
        low.net.pass_load(asks, cold.load, crate::kernel::FULL_PPM);
        let rank = low.model.rank(me);
        let (name, tag) = low.part(me, "water");
        let water = low.net.consumer(cold.shares, name, tag, rank, Demand::Load(asks));
        let (name, tag) = low.part(me, "takes");
        let takes = low.net.balance(name, tag, Policy::Proportional);
        low.net.supply(takes, water, Reading::Amount, 1);
        let (name, tag) = low.part(me, "taken");
        let demand = Demand::Fixed {
            amount: 0,
            when: None,
        };
        let taken = low.net.consumer(takes, name, tag, 0, demand);
        for (number, part) in low.of(me).cools.clone().into_iter().enumerate() {
            let all = [
                (part.from, part.reading),
                (heat.warm, Reading::Flag),
                (cold.moves, Reading::Flag),
            ];
            let calls_all = low.all(me, &format!("calls-all-{}", number + 1), &all);
            low.net.asks_also(water, calls_all, Reading::Flag, part.each_w);
            low.net
                .asks_also(cold.asks, calls_all, Reading::Flag, part.each_w);
            low.net.asks_also(taken, part.from, part.reading, part.each_w);
        }
        low.net.rate(heat.store, taken, Reading::Amount, -1);
    }
}
