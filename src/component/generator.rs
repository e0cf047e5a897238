//! Generators: sets that start when what they stand in for is dead.

use super::fails::{self, Fails, Units};
use super::trip::{self, Trips};
use super::{PLACES, check_needed};
use super::{capacity, flow};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, FULL_PPM, ItemState, NodeId, Reading, StarterSpec};
use crate::model::{
    Class, Component, EntityId, Expect, Gives, Handles, Input, Kind, Lives, Lowering, Model, Ref, References,
    Stage, Stratum, TileKind, read_component, schema_of,
};
use crate::quantity::{Power, Share, SimDuration};
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
    /// How many running sets carry the load; all of them if not given, and one if it is said what each can give.
    pub needed: Option<u32>,
    /// The most that each set gives; then as much is there as the sets that run give together.
    pub capacity: Option<Power>,
    /// How a set opens when those that run carry more than their capacity, and how it is closed again: one after the other, as fewer carry the
    /// same. Without it, the capacity is the most that loads get.
    pub trips: Option<Trips>,
    /// How long a set takes from the loss until it carries load.
    pub starts: LawInput,
    /// The chance that a set does not start when called on; it then stays failed until repaired, by the repair of `fails-in-operation` or of
    /// `fails`, if they say one.
    pub fails_to_start: Share,
    /// How each set fails by itself whether it runs or not, and how it is repaired; without it, none does.
    pub fails: Option<Fails>,
    /// How each set fails while it runs, counted in hours of running; without it, none does.
    pub fails_in_operation: Option<Fails>,
    /// How long the fuel on site lasts while any set runs; with `burns-idle`, while all of them run at full load. Once burnt it is gone, but for
    /// `refuels`.
    pub fuel: SimDuration,
    /// How long empty tanks take to be full again while what it stands in for is live; without it, they are never filled.
    pub refuels: Option<SimDuration>,
    /// What a set burns that runs without any load, as a share of what it burns at full load, in a straight line between; without it, a plant
    /// that runs burns always the same.
    pub burns_idle: Option<Share>,
}

/// The section `generators`.
pub const KIND: Kind = Kind {
    section: "generators",
    noun: "generator",
    docs: "A plant of equal generator sets. They start when what they stand in for is dead, and stop when it is live again. Each set \
           may fail to start.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\ngenerators:\n  gen-a: {in: alpha, \
              stands-in-for: grid-a, units: 3, needed: 2, fails-to-start: 0.5 %, fails-in-operation: {mttf: 1500 h, mttr: 12 h}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Generators>,
    read: read_component::<Generators>,
};

/// The heaviest load of which it is told what it burns: the product with a million is still a number of 63 bits.
const LOAD_W_MAX: i64 = 9_000_000_000_000;

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
        fails::references(self.fails.as_ref(), out);
        trip::references(self.trips.as_ref(), out);
        if let Some(fails) = &self.fails_in_operation {
            fails.references(out, "fails-in-operation");
        }
    }

    fn gives(&self) -> Option<Gives<'_>> {
        Some(Gives {
            most_w: self.capacity.map(Power::w),
            per_part: self.capacity.is_some(),
            parts: self.units,
            trips: self.trips.is_some(),
            fed_by: &[],
            takes_one: false,
        })
    }

    fn flows(&self) -> bool {
        self.trips.is_some() || self.burns_idle.is_some()
    }

    fn lives(&self) -> Option<Lives> {
        let fails = self.fails.as_ref().or(self.fails_in_operation.as_ref())?;
        fails.lives(self.units)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.has_bodies())
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        check_needed(self.units, self.needed, me, model, issues);
        fails::check(self.fails.as_ref(), me, model, issues);
        let serves = self.trips.is_some() || self.burns_idle.is_some();
        capacity::check(self.capacity, serves, me, model, issues);
        trip::check(self.trips.as_ref(), self.capacity, me, model, issues);
        if self.capacity.is_some() && self.needed.is_some_and(|needed| needed > 1) {
            let entity = model.entity(me);
            let message = "how many sets are needed follows from what each gives and what is drawn";
            let issue = Issue::error("contradiction", entity.span, message);
            issues.push(
                issue
                    .at(format!("{} › needed", entity.path()))
                    .help("leave out `needed` or `capacity`"),
            );
        }
        if let Some(fails) = &self.fails_in_operation {
            fails.check(me, "fails-in-operation", model, issues);
        }
        let entity = model.entity(me);
        if self.burns_idle.is_some() && self.capacity.is_none() {
            let message = format!("it is not said what the full load of a set of `{}` is", entity.id);
            let issue = Issue::error("missing-field", entity.span, message);
            issues.push(
                issue
                    .at(format!("{} › burns-idle", entity.path()))
                    .help("add `capacity: 1 MW`"),
            );
        }
        let mut wrong = |field: &str, message: String| {
            issues.push(
                Issue::error("out-of-bounds", entity.span, message)
                    .at(format!("{} › {field}", entity.path())),
            );
        };
        if self.fuel == SimDuration::ZERO {
            let message = format!("`{}` has no fuel, so that it would never run", entity.id);
            wrong("fuel", message);
        }
        if self.refuels == Some(SimDuration::ZERO) {
            let message = format!("the tanks of `{}` cannot be filled in no time at all", entity.id);
            wrong("refuels", message);
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut handles = fails::several(low, me, self.has_bodies());
        let label = low.model.entity(me).label().to_owned();
        let spec = StarterSpec {
            initial_on: 0,
            fails_ppm: self.fails_to_start.ppm(),
            ..StarterSpec::automatic(self.starts.law())
        };
        let all = self.all_sets();
        let sets: Vec<NodeId> = all
            .numbers()
            .map(|set| {
                let stage = Stage {
                    label: format!("starting {label}{}", all.words(set)),
                    tile: TileKind::Starting,
                };
                low.starter(me, &all.part(set, ""), spec.clone(), stage)
            })
            .collect();
        let running: Vec<Input> = sets.iter().map(|&set| (set, Reading::Flag)).collect();
        let needed = i64::from(self.needed());
        let enough = low.at_least(
            me,
            if self.trips.is_some() { "enough" } else { "out" },
            needed,
            &running,
        );
        let lives = fails::bodies(low, me, self.fails.as_ref(), all, "body", &[]);
        let operation = self.fails_in_operation.as_ref();
        let running = fails::bodies(low, me, operation, all, "running", &sets);
        handles
            .body
            .extend(lives.iter().chain(&running).map(|&(body, _)| body));
        // A common cause takes a part of what `fails` says, and of failures in operation only where nothing else is said.
        handles.lives = if self.fails.is_some() { lives } else { running };
        if self.has_bodies() {
            let dead: Vec<NodeId> = all
                .numbers()
                .zip(&sets)
                .map(|(number, &set)| {
                    let (name, tag) = low.part(me, &all.part(number, "not-started"));
                    low.net.state_of(set, ItemState::Dead, name, tag)
                })
                .collect();
            handles.alarm = fails::alarm(low, me, &handles.body, &dead);
        }
        *low.of_mut(me) = Handles {
            parts: sets,
            out: Some((enough, Reading::Flag)),
            ..handles
        };
        flow::declare_source(low, me);
        if let Some(trips) = &self.trips {
            let carries = trip::declare_sets(low, me, trips);
            let both = [(enough, Reading::Flag), (carries, Reading::Flag)];
            let out = low.all(me, "out", &both);
            low.of_mut(me).out = Some((out, Reading::Flag));
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = low.of(me).clone();
        let sets = &handles.parts;
        let (asked, reading) = low
            .named(&self.stands_in_for)
            .out
            .expect("what feeds something shows that it is there");
        assert_eq!(reading, Reading::Flag, "what power equipment shows is a flag");
        let mut able = low.place_inputs(me);
        able.extend(handles.fit.iter().copied());
        let running: Vec<Input> = sets.iter().map(|&set| (set, Reading::Flag)).collect();
        let burning = low.any(me, "burning", &running);
        let by_load = self.burns_idle.zip(self.capacity).zip(handles.carried);
        // Where it is filled again, the unit of the store is chosen so that both rates are whole, as in a battery.
        let burns = self.refuels.map_or(1, |refuels| {
            i64::try_from(refuels.us()).expect("a duration of the language is below 2^63 µs")
        });
        // By load the tank is counted in millionths of a watt-microsecond of full load: it holds all sets at full load for that long.
        let unit = by_load.map_or(i128::from(burns), |((_, each), _)| {
            i128::from(each.w()) * i128::from(self.units) * i128::from(FULL_PPM)
        });
        let full = i128::from(self.fuel.us()) * unit;
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
        match by_load {
            None => low.net.rate(fuel, burning, Reading::Flag, -burns),
            Some(((idle, each), load)) => {
                for &set in sets {
                    low.net
                        .rate(fuel, set, Reading::Flag, -idle.ppm().saturating_mul(each.w()));
                }
                let most = flow::drawn_w_max(low.model, me).clamp(1, LOAD_W_MAX);
                let table = vec![(0, 0), (most, -idle.complement().ppm() * most)];
                low.net.flow_by_load(fuel, (burning, Reading::Flag), load, table);
            }
        }
        if let Some(refuels) = self.refuels {
            let fills = (full / i128::from(refuels.us())).max(1);
            low.net.rate(
                fuel,
                asked,
                Reading::Flag,
                i64::try_from(fills).unwrap_or(i64::MAX),
            );
        }
        able.push((fuel, Reading::Flag));
        for &set in sets {
            low.net.trigger(set, asked, Reading::Not);
            for &(node, reading) in &able {
                low.net.require(set, node, reading);
            }
        }
        if let (Some(trips), Some(each)) = (&self.trips, self.capacity) {
            trip::wire_sets(low, me, trips, each, sets);
        }
        if self.has_bodies() {
            self.wire_failures(low, me, sets, &handles.body);
        }
    }
}

impl Generators {
    fn needed(&self) -> u32 {
        let all = if self.capacity.is_some() { 1 } else { self.units };
        self.needed.unwrap_or(all)
    }

    fn has_bodies(&self) -> bool {
        self.fails.is_some() || self.fails_in_operation.is_some()
    }

    fn all_sets(&self) -> Units {
        Units {
            noun: "set",
            count: self.units,
        }
    }

    /// Joins each set to its bodies, and declares their repairs.
    fn wire_failures(&self, low: &mut Lowering<'_>, me: EntityId, sets: &[NodeId], bodies: &[NodeId]) {
        let all = self.all_sets();
        let blocks = [self.fails.as_ref(), self.fails_in_operation.as_ref()];
        let described = blocks
            .into_iter()
            .zip(["body", "running"])
            .filter(|(fails, _)| fails.is_some());
        for ((fails, part), bodies) in described.zip(bodies.chunks(sets.len())) {
            for (&set, &body) in sets.iter().zip(bodies) {
                low.net.require(set, body, Reading::Flag);
            }
            fails::wire_bodies(low, me, fails, all, part, bodies);
        }
        fails::wire_failed_starts(low, me, [blocks[1], blocks[0]], all, sets);
    }
}
