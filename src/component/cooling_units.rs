//! Cooling units: chillers, towers, pumps, and the units in rooms. One lowering: equal units that need power and their control, restart by
//! themselves each in its own time, and together take away as much heat as those that run.

use super::fails::{self, Fails, Units};
use super::{CONTROLS, FEEDING, PLACES, check_needed, check_twice, flow};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{NodeId, Reading, StarterSpec};
use crate::model::{
    DrawnPart, EntityId, Handles, Input, Lowering, Model, Ref, References, Refs, Stage, TileKind,
};
use crate::quantity::Power;
use crate::random::LawInput;

/// What all cooling units say of themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct CoolingUnits<'a> {
    pub place: &'a Ref,
    pub units: u32,
    pub capacity: Power,
    pub fed_by: &'a Refs,
    pub draws: Option<Power>,
    pub controlled_by: Option<&'a Ref>,
    pub restarts: &'a LawInput,
    pub fails: Option<&'a Fails>,
}

impl<'a> CoolingUnits<'a> {
    /// What all units together take away at most, in watts.
    pub fn capacity_w(&self) -> i64 {
        self.capacity.w().saturating_mul(i64::from(self.units))
    }

    /// What all units together draw, in watts.
    pub fn draws_w(&self) -> Option<i64> {
        Some(self.draws?.w().saturating_mul(i64::from(self.units)))
    }

    pub fn references(&self, out: &mut References<'_>) {
        out.one(self.place, PLACES, "in");
        out.many(self.fed_by, FEEDING, "fed-by");
        if let Some(controls) = self.controlled_by {
            out.one(controls, CONTROLS, "controlled-by");
        }
        fails::references(self.fails, out);
    }

    pub fn upstream(&self) -> Vec<&'a Ref> {
        self.fed_by.iter().chain(self.controlled_by).collect()
    }

    pub fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let path = model.entity(me).path();
        check_needed(self.units, None, me, model, issues);
        check_twice(self.fed_by.iter(), &format!("{path} › fed-by"), issues);
        fails::check(self.fails, me, model, issues);
        if self.capacity == Power::ZERO {
            let message = format!("`{}` takes no heat away", model.entity(me).id);
            let issue = Issue::error("out-of-bounds", model.entity(me).span, message);
            issues.push(issue.at(format!("{path} › capacity")));
        }
    }

    fn all(&self) -> Units {
        Units {
            noun: "unit",
            count: self.units,
        }
    }

    /// Declares the units: each a starter that is on while it runs.
    pub fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut handles = fails::several(low, me, self.fails.is_some());
        let label = low.model.entity(me).label().to_owned();
        let all = self.all();
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
        let out = low.any(me, "out", &running);
        handles.lives = fails::bodies(low, me, self.fails, all, "body", &[]);
        handles.body.extend(handles.lives.iter().map(|&(body, _)| body));
        if self.fails.is_some() {
            handles.alarm = fails::alarm(low, me, &handles.body, &[]);
        }
        let each = |each: Power| {
            let part = move |&unit: &NodeId| DrawnPart {
                from: unit,
                reading: Reading::Flag,
                each_w: each.w(),
            };
            units.iter().map(part).collect()
        };
        *low.of_mut(me) = Handles {
            cools: each(self.capacity),
            draws: self.draws.map(each).unwrap_or_default(),
            parts: units,
            out: Some((out, Reading::Flag)),
            lost: Some((out, 1)),
            ..handles
        };
    }

    /// Joins them to what feeds and controls them, and to their place.
    pub fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = low.of(me).clone();
        let mut able = low.place_inputs(me);
        able.extend(handles.fit.iter().copied());
        if !self.fed_by.is_empty() {
            let fed_by = low.outs(self.fed_by);
            able.push((low.any(me, "fed", &fed_by), Reading::Flag));
        }
        if let Some(controls) = self.controlled_by {
            able.push(low.named(controls).out.expect("controls show whether they work"));
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
            fails::wire_bodies(low, me, self.fails, self.all(), "body", &handles.body);
        }
        flow::draw(low, me, self.fed_by);
    }
}
