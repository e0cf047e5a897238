//! Generators: sets that start when what they stand in for is dead.

use super::{PLACES, check_needed};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, NodeId, Reading, StarterSpec};
use crate::model::{
    Class, Component, EntityId, Expect, Handles, Input, Kind, Lowering, Model, Ref, References, Stage,
    Stratum, TileKind, read_component, schema_of,
};
use crate::quantity::{Share, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A plant of equal generators. It starts when what it stands in for is dead and stops when that is live again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Generators {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// The feed, transformer or bus whose loss starts it.
    pub stands_in_for: Ref,
    /// How many sets there are.
    pub units: u32,
    /// How many running sets carry the load; all of them if not given.
    pub needed: Option<u32>,
    /// How long a set takes from the loss until it carries load.
    pub starts: LawInput,
    /// The chance that a set does not start when called on; it then stays failed until repaired.
    pub fails_to_start: Share,
    /// How long the fuel on site lasts; once burnt it is gone.
    pub fuel: SimDuration,
}

/// The section `generators`.
pub const KIND: Kind = Kind {
    section: "generators",
    noun: "generator",
    docs: "A plant of equal generator sets. They start when what they stand in for is dead, and stop when it is live again. Each set \
           may fail to start.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\ngenerators:\n  gen-a: {in: alpha, \
              stands-in-for: grid-a, units: 3, needed: 2, fails-to-start: 0.5 %}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Generators>,
    read: read_component::<Generators>,
};

const STOOD_IN_FOR: Expect = Expect {
    sections: &[
        "utility-feeds",
        "transformers",
        "buses",
        "transfer-switches",
        "pdus",
    ],
    noun: "feed, transformer, bus, transfer switch or PDU",
};

impl Component for Generators {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.one(&self.stands_in_for, STOOD_IN_FOR, "stands-in-for");
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        check_needed(self.units, self.needed, me, model, issues);
        if self.fuel == SimDuration::ZERO {
            let entity = model.entity(me);
            let message = format!("`{}` has no fuel, so that it would never run", entity.id);
            issues.push(
                Issue::error("out-of-bounds", entity.span, message).at(format!("{} › fuel", entity.path())),
            );
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let body = low.unit(me, "");
        let label = low.model.entity(me).label().to_owned();
        let spec = StarterSpec {
            initial_on: 0,
            fails_ppm: self.fails_to_start.ppm(),
            ..StarterSpec::automatic(self.starts.law())
        };
        let sets: Vec<NodeId> = (1..=self.units)
            .map(|set| {
                let stage = Stage {
                    label: format!("starting {label}, set {set}"),
                    tile: TileKind::Starting,
                };
                low.starter(me, &format!("set-{set}"), spec.clone(), stage)
            })
            .collect();
        let running: Vec<Input> = sets.iter().map(|&set| (set, Reading::Flag)).collect();
        let needed = i64::from(self.needed.unwrap_or(self.units));
        let out = low.at_least(me, "out", needed, &running);
        *low.of_mut(me) = Handles {
            body: vec![body],
            power: Some(body),
            parts: sets,
            out: Some((out, Reading::Flag)),
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = low.of(me).clone();
        let (body, sets) = (handles.body[0], handles.parts);
        let (asked, reading) = low
            .named(&self.stands_in_for)
            .out
            .expect("what feeds something shows that it is there");
        assert_eq!(reading, Reading::Flag, "what power equipment shows is a flag");
        let mut able = low.place_inputs(me);
        able.push((body, Reading::Flag));
        let running: Vec<Input> = sets.iter().map(|&set| (set, Reading::Flag)).collect();
        let burning = low.any(me, "burning", &running);
        let full = i128::from(self.fuel.us());
        let (name, tag) = low.part(me, "fuel");
        let fuel = low.net.buffer(
            name,
            tag,
            BufferSpec {
                ceiling: full,
                start: full,
                rearm: 1,
                base_rate: 0,
            },
        );
        low.net.rate(fuel, burning, Reading::Flag, -1);
        able.push((fuel, Reading::Flag));
        for set in sets {
            low.net.trigger(set, asked, Reading::Not);
            for &(node, reading) in &able {
                low.net.require(set, node, reading);
            }
        }
    }
}
