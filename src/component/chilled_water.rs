//! Chilled-water plants: chillers, towers and pumps, the loop that carries the cold of them to rooms, and its storage.
//!
//! What the loop has is the least of what its chillers make, its towers give off and its pumps move; a store of cold water fills the gap
//! for as long as it lasts.

use super::cooling_units::CoolingUnits;
use super::fails::Fails;
use super::{CHILLERS, PLACES, PUMPS, TOWERS, check_twice};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, Demand, FULL_PPM, Gauge, NodeId, Policy, Reading};
use crate::model::{
    Class, Cold, Component, DrawnPart, EntityId, Handles, Kind, Lives, Lowering, Model, Ref, References,
    Refs, Stratum, TileKind, read_component, schema_of,
};
use crate::quantity::{Energy, Power, Share, Temperature};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Equal chillers, cooling towers or pumps of a chilled-water plant.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Machines {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where they stand.
    pub r#in: Ref,
    /// How many units there are.
    pub units: u32,
    /// How much heat each takes away, gives off or moves.
    pub capacity: Power,
    /// What feeds them, any one of which is enough; without any they always have power.
    #[serde(default)]
    pub fed_by: Refs,
    /// What each draws while it runs.
    pub draws: Option<Power>,
    /// The control without which none of them runs.
    pub controlled_by: Option<Ref>,
    /// How long a unit takes to do its work again once its power is back.
    pub restarts: LawInput,
    /// How much of its capacity each has when it is hot outside, in steps: `{hot: {from: 40 °C, gives: 80 %}}`. The site says how warm it is
    /// outside.
    #[serde(default)]
    pub in_heat: BTreeMap<String, InHeat>,
    /// How each unit fails by itself, and how it is repaired; without it, none fails by itself.
    pub fails: Option<Fails>,
}

/// What is left of a capacity in heat.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InHeat {
    /// From this temperature outside on.
    pub from: Temperature,
    /// The share of its capacity that is left.
    pub gives: Share,
}

const EXAMPLE: &str = "blackstart: 1\nsites: {alpha: {outside: 30 °C}}\nutility-feeds: {grid-a: {in: alpha}}\nrooms: {hall-a: {in: alpha, \
     thermal: {heat-capacity: 155 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 45 °C}}}\npools: {web: {in: hall-a, servers: 2000, draws: 500 W}}\n\
     chillers: {chillers-a: {in: alpha, units: 7, capacity: 250 kW, draws: 60 kW, fed-by: grid-a, in-heat: {hot: {from: 40 °C, gives: 80 %}}}}\n\
     towers: {towers-a: {in: alpha, units: 4, capacity: 400 kW, fed-by: grid-a}}\npumps: {pumps-a: {in: alpha, units: 3, capacity: 700 kW, \
     fed-by: grid-a}}\nchilled-water: {water-a: {in: alpha, chillers: chillers-a, towers: towers-a, pumps: pumps-a, storage: {holds: 250 kWh, gives: 1 \
     MW}}}\ncracs: {crahs-a: {in: hall-a, units: 12, capacity: 100 kW, cooled-by: water-a, fed-by: grid-a}}\n";

macro_rules! machines {
    ($name:ident, $section:literal, $noun:literal, $docs:literal) => {
        #[doc = concat!("The section `", $section, "`.")]
        pub const $name: Kind = Kind {
            section: $section,
            noun: $noun,
            docs: $docs,
            example: EXAMPLE,
            nested: &[],
            alternatives: &[],
            stratum: Some(Stratum::Cooling),
            class: Class::Facility,
            schema: schema_of::<Machines>,
            read: read_component::<Machines>,
        };
    };
}

machines!(
    CHILLERS_KIND,
    "chillers",
    "chiller",
    "Equal chillers of a chilled-water plant. After a loss of power each restarts in its own time."
);
machines!(
    TOWERS_KIND,
    "towers",
    "cooling tower",
    "Equal cooling towers or dry coolers, which give off outside what chillers take away."
);
machines!(
    PUMPS_KIND,
    "pumps",
    "pump",
    "Equal pumps, which move the chilled water; what does not move cools nothing."
);

/// A loop of chilled water: what it has is the least of what its chillers make, its towers give off and its pumps move.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChilledWater {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where its pipes run together.
    pub r#in: Ref,
    /// What makes its cold.
    pub chillers: Refs,
    /// What gives off the heat outside; without any, as much as the chillers take away.
    #[serde(default)]
    pub towers: Refs,
    /// What moves it; without any it always moves.
    #[serde(default)]
    pub pumps: Refs,
    /// Cold water in store, which fills the gap when less cold is made than taken.
    pub storage: Option<Storage>,
    /// How its pipes and valves fail, and how that is repaired; without it, they do not fail by themselves.
    pub fails: Option<Fails>,
}

/// Cold water in store.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Storage {
    /// How much heat it takes up until it is no longer cold: 1 m³ of water that may warm by 8 K takes 9.3 kWh.
    pub holds: Energy,
    /// The most that it takes up at a time.
    pub gives: Power,
}

/// The section `chilled-water`.
pub const LOOP_KIND: Kind = Kind {
    section: "chilled-water",
    noun: "chilled-water loop",
    docs: "A loop of chilled water between chillers and the units that cool rooms. What it has is the least of what its chillers make, its \
           towers give off and its pumps move; its store fills the gap while it lasts. Rooms share it as they ask.",
    example: EXAMPLE,
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Cooling),
    class: Class::Facility,
    schema: schema_of::<ChilledWater>,
    read: read_component::<ChilledWater>,
};

impl Machines {
    fn units(&self) -> CoolingUnits<'_> {
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

    /// The steps in heat, from the coolest: the temperature, and what each unit has from there on, in watts.
    fn steps(&self) -> Vec<(Temperature, i64)> {
        let left = |share: Share| {
            let watts = i128::from(self.capacity.w()) * i128::from(share.ppm()) / i128::from(FULL_PPM);
            i64::try_from(watts).expect("a part of a power")
        };
        let mut steps: Vec<(Temperature, i64)> = self
            .in_heat
            .values()
            .map(|step| (step.from, left(step.gives)))
            .collect();
        steps.sort();
        steps
    }

    /// What they can do now, in parts: what each unit that runs has at its hottest, and per step what it has more below that.
    fn now(&self, low: &mut Lowering<'_>, me: EntityId) -> Vec<DrawnPart> {
        let steps = self.steps();
        let outside = low.of(low.model.site(me)).outside;
        let (Some(outside), Some(&(_, last_w))) = (outside, steps.last()) else {
            return low.of(me).cools.clone();
        };
        let mut parts = Vec::new();
        for (number, unit) in low.of(me).parts.clone().into_iter().enumerate() {
            parts.push(DrawnPart {
                from: unit,
                reading: Reading::Flag,
                each_w: last_w,
            });
            let mut above_w = self.capacity.w();
            for (step, &(from, left_w)) in steps.iter().enumerate() {
                let cooler = [(unit, Reading::Flag), (outside, Reading::Below(from.m_c()))];
                let part = format!("unit-{}/cooler-{}", number + 1, step + 1);
                parts.push(DrawnPart {
                    from: low.all(me, &part, &cooler),
                    reading: Reading::Flag,
                    each_w: above_w - left_w,
                });
                above_w = left_w;
            }
        }
        parts
    }
}

impl Component for Machines {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        self.units().references(out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.units().upstream()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        self.units().check(me, model, issues);
        let entity = model.entity(me);
        let steps = self.steps();
        let falls = steps
            .windows(2)
            .all(|two| two[0].0 < two[1].0 && two[0].1 > two[1].1);
        if !falls || steps.first().is_some_and(|first| first.1 >= self.capacity.w()) {
            let message = format!(
                "`{}` does not have less from step to step as it gets hotter",
                entity.id
            );
            issues.push(
                Issue::error("out-of-bounds", entity.span, message)
                    .at(format!("{} › in-heat", entity.path())),
            );
        }
        let users = model.below::<ChilledWater>(me).count();
        if users == 0 {
            let message = format!(
                "no chilled-water loop has `{}`, so that it does nothing",
                entity.id
            );
            issues.push(Issue::warning("without-effect", entity.span, message).at(entity.path()));
        } else if users > 1 {
            let message = format!("`{}` cannot cool two loops", entity.id);
            let issue = Issue::error("named-twice", entity.span, message).at(entity.path());
            issues.push(issue.help("describe the units of each loop for themselves"));
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
    }
}

impl Component for ChilledWater {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.chillers, CHILLERS, "chillers");
        out.many(&self.towers, TOWERS, "towers");
        out.many(&self.pumps, PUMPS, "pumps");
        super::fails::references(self.fails.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.chillers
            .iter()
            .chain(self.towers.iter())
            .chain(self.pumps.iter())
            .collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        for (field, names) in [
            ("chillers", &self.chillers),
            ("towers", &self.towers),
            ("pumps", &self.pumps),
        ] {
            check_twice(names.iter(), &format!("{path} › {field}"), issues);
        }
        super::fails::check(self.fails.as_ref(), me, model, issues);
        if self.chillers.is_empty() {
            let message = format!("nothing makes the cold of `{}`", entity.id);
            let issue = Issue::error("missing-field", entity.span, message).at(format!("{path} › chillers"));
            issues.push(issue.help("name its chillers: `chillers: [chillers-a]`"));
        }
        if let Some(storage) = self.storage
            && (storage.holds.j() == 0 || storage.gives == Power::ZERO)
        {
            let message = format!("the store of `{}` gives nothing", entity.id);
            issues.push(Issue::error("out-of-bounds", entity.span, message).at(format!("{path} › storage")));
        }
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = super::fails::body(low, me, self.fails.as_ref());
        let out = low.all(me, "out", &handles.fit);
        let (name, tag) = low.part(me, "shares");
        let shares = low.net.balance(name, tag, Policy::Proportional);
        let (name, tag) = low.part(me, "plant");
        let plant = low.net.balance(name, tag, Policy::Proportional);
        let load = low.all(me, "load", &[]);
        let (name, tag) = low.part(me, "made");
        let asks = low.net.consumer(plant, name, tag, 0, Demand::Load(load));
        *low.of_mut(me) = Handles {
            balance: Some(plant),
            cold: Some(Cold {
                shares,
                load,
                asks,
                moves: out,
            }),
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        super::fails::wire_body(low, me, self.fails.as_ref());
        let handles = low.of(me).clone();
        let (cold, plant) = (
            handles.cold.expect("a loop has cold"),
            handles.balance.expect("a loop has a plant"),
        );
        low.also_place(me, cold.moves);
        low.also_any(me, "pumped", cold.moves, &self.pumps);
        for part in self.wire_plant(low, me, cold.moves) {
            low.net.supply(plant, part.from, part.reading, part.each_w);
        }
        // Pumps stand between plant and store on one side, and rooms on the other.
        let (name, tag) = low.part(me, "pumping");
        let pumping = low.net.balance(name, tag, Policy::Proportional);
        low.net.supply(pumping, cold.asks, Reading::Amount, 1);
        if let Some(storage) = self.storage {
            wire_storage(low, me, plant, pumping, storage);
        }
        let mut pumps = now(low, &self.pumps);
        for (number, pump) in pumps.iter_mut().enumerate() {
            let moves = [(pump.from, pump.reading), (cold.moves, Reading::Flag)];
            pump.from = low.all(me, &format!("moves-{}", number + 1), &moves);
        }
        let pumped = limited(low, me, "pumped-heat", pumping, pumps, cold.moves);
        low.net.supply(cold.shares, pumped, Reading::Amount, 1);
    }
}

/// More than any plant has, in watts.
const UNLIMITED_W: i64 = i64::MAX / 1_000;

impl ChilledWater {
    /// What the plant makes: the parts of which the sum is the least of what chillers and towers can.
    fn wire_plant(&self, low: &mut Lowering<'_>, me: EntityId, moves: NodeId) -> Vec<DrawnPart> {
        let made = now(low, &self.chillers);
        if self.towers.is_empty() {
            return made;
        }
        let (name, tag) = low.part(me, "towers");
        let towers = low.net.balance(name, tag, Policy::Proportional);
        for part in made {
            low.net.supply(towers, part.from, part.reading, part.each_w);
        }
        let given_off = now(low, &self.towers);
        vec![DrawnPart {
            from: limited(low, me, "given-off", towers, given_off, moves),
            reading: Reading::Amount,
            each_w: 1,
        }]
    }
}

/// What these machines can do now.
fn now(low: &mut Lowering<'_>, names: &Refs) -> Vec<DrawnPart> {
    let mut parts = Vec::new();
    for name in names.iter() {
        let id = low.model.resolve(name);
        let machines: &Machines = low.model.get(id).expect("references were resolved to machines");
        parts.extend(machines.now(low, id));
    }
    parts
}

/// A part of what a balance has that is no more than these parts together; without any, all of it while it `moves`.
fn limited(
    low: &mut Lowering<'_>,
    me: EntityId,
    part: &str,
    balance: NodeId,
    parts: Vec<DrawnPart>,
    moves: NodeId,
) -> NodeId {
    let (amount, when) = if parts.is_empty() {
        (UNLIMITED_W, Some((moves, Reading::Flag)))
    } else {
        (0, None)
    };
    let (name, tag) = low.part(me, part);
    let limited = low
        .net
        .consumer(balance, name, tag, 0, Demand::Fixed { amount, when });
    for part in parts {
        low.net.asks_also(limited, part.from, part.reading, part.each_w);
    }
    limited
}

/// A store drains by what the plant lacks and fills by what it has over, at most by what goes through it.
fn wire_storage(low: &mut Lowering<'_>, me: EntityId, plant: NodeId, pumping: NodeId, storage: Storage) {
    let full = i128::from(storage.holds.j()) * 1_000_000;
    let (name, tag) = low.part(me, "storage");
    let spec = BufferSpec {
        ceiling: full,
        start: full,
        rearm: full / 20,
        base_rate: 0,
    };
    let store = low.net.buffer(name, tag, spec);
    let label = format!("the store of {} is cooled", low.model.entity(me).label());
    low.stage(store, label, TileKind::Starting);
    let gives = storage.gives.w();
    let (name, tag) = low.part(me, "lacks");
    let lacks = low.net.gauge(plant, Gauge::Shortfall, name, tag);
    let (name, tag) = low.part(me, "over");
    let over = low.net.gauge(plant, Gauge::Surplus, name, tag);
    low.net
        .flow(store, lacks, Reading::Amount, vec![(0, 0), (gives, -gives)]);
    low.net
        .flow(store, over, Reading::Amount, vec![(0, 0), (gives, gives)]);
    low.net.supply(pumping, store, Reading::Flag, gives);
}
