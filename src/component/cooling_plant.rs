//! Cooling plants: k-of-n units that restart by themselves, and the time until the halls are too hot.

use super::fails::{self, Fails, Units};
use super::{FEEDING, PLACES, check_needed, check_twice};
use crate::diagnostics::Issues;
use crate::kernel::{BufferSpec, NodeId, Reading, StarterSpec};
use crate::model::{
    Class, Component, EntityId, Handles, Input, Kind, Lives, Lowering, Model, Ref, References, Refs, Stage,
    Stratum, TileKind, read_component, schema_of,
};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A cooling plant of equal units. What it cools stays fit while enough units run, and after that until it is too hot.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoolingPlant {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// How many units there are.
    pub units: u32,
    /// How many running units cool enough; all of them if not given.
    pub needed: Option<u32>,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
    /// How long a unit takes to cool again once its power is back.
    pub restarts: LawInput,
    /// How long after the loss of cooling it is too hot for servers; the heat goes as fast as it came.
    pub ride_through: SimDuration,
    /// How each unit fails by itself, and how it is repaired; without it, none fails by itself.
    pub fails: Option<Fails>,
}

/// The section `cooling-plants`.
pub const KIND: Kind = Kind {
    section: "cooling-plants",
    noun: "cooling plant",
    docs: "A cooling plant of equal units, which restart by themselves. What it cools stays fit while enough units run, and after that \
           until it is too hot.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\ncooling-plants: {chill-a: {in: alpha, units: 4, \
              needed: 3, fed-by: grid-a, ride-through: 20 min}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Cooling),
    class: Class::Facility,
    schema: schema_of::<CoolingPlant>,
    read: read_component::<CoolingPlant>,
};

impl Component for CoolingPlant {
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
        check_needed(self.units, self.needed, me, model, issues);
        check_twice(
            self.fed_by.iter(),
            &format!("{} › fed-by", model.entity(me).path()),
            issues,
        );
        fails::check(self.fails.as_ref(), me, model, issues);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(self.units)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut handles = fails::several(low, me, self.fails.is_some());
        let label = low.model.entity(me).label().to_owned();
        let all = self.all_units();
        let units: Vec<NodeId> = all
            .numbers()
            .map(|unit| {
                let stage = Stage {
                    label: format!("restarting {label}{}", all.words(unit)),
                    tile: TileKind::Starting,
                };
                low.starter(
                    me,
                    &all.part(unit, ""),
                    StarterSpec::automatic(self.restarts.law()),
                    stage,
                )
            })
            .collect();
        let running: Vec<Input> = units.iter().map(|&unit| (unit, Reading::Flag)).collect();
        let needed = i64::from(self.needed.unwrap_or(self.units));
        let cools = low.at_least(me, "cools", needed, &running);
        let mut fit = vec![(cools, Reading::Flag)];
        if self.ride_through > SimDuration::ZERO {
            // What is left until it is too hot: it shrinks while too little is cooled and grows back as fast.
            let full = i128::from(self.ride_through.us());
            let (name, tag) = low.part(me, "reserve");
            let reserve = low.net.buffer(
                name,
                tag,
                BufferSpec {
                    ceiling: full,
                    start: full,
                    rearm: 1,
                    base_rate: -1,
                },
            );
            low.net.rate(reserve, cools, Reading::Flag, 2);
            fit.push((reserve, Reading::Flag));
        }
        let out = low.any(me, "out", &fit);
        handles.lives = fails::bodies(low, me, self.fails.as_ref(), all, "body", &[]);
        handles.body.extend(handles.lives.iter().map(|&(body, _)| body));
        if self.fails.is_some() {
            handles.alarm = fails::alarm(low, me, &handles.body, &[]);
        }
        *low.of_mut(me) = Handles {
            parts: units,
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = low.of(me).clone();
        let mut able = low.place_inputs(me);
        able.extend(handles.fit.iter().copied());
        if !self.fed_by.is_empty() {
            let fed_by = low.outs(&self.fed_by);
            able.push((low.any(me, "fed", &fed_by), Reading::Flag));
        }
        for &unit in &handles.parts {
            for &(node, reading) in &able {
                low.net.require(unit, node, reading);
            }
        }
        if self.fails.is_some() {
            for (&unit, &body) in handles.parts.iter().zip(&handles.body) {
                low.net.require(unit, body, Reading::Flag);
            }
            fails::wire_bodies(
                low,
                me,
                self.fails.as_ref(),
                self.all_units(),
                "body",
                &handles.body,
            );
        }
    }
}

impl CoolingPlant {
    fn all_units(&self) -> Units {
        Units {
            noun: "unit",
            count: self.units,
        }
    }
}
