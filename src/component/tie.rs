//! Ties: breakers and cables between buses. Buses that ties join are points of one mesh; a bus without ties has none.
//!
//! ```text
//!   feed-a      feed-b         bus-a ── tie ── bus-b
//!     │           │              │               │
//!   bus-a ─ / ─ bus-b           tie             tie
//!         tie (open)             │               │
//!                              bus-d ─ / ─ bus-c
//! ```
//!
//! A tie that closes by itself looks at its sides as they would be if all normally open ties were open: fed through their own feeds and
//! what is normally closed. So it does not take what it hands on itself for a side that is back, and no circle comes of it.

use super::fails::{self, Fails, Units};
use super::{BUSES, PLACES};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{ItemState, NodeId, Reading, StarterSpec};
use crate::model::{
    Class, Component, EntityId, Input, Joined, Kind, Lives, Lowering, Model, Ref, References, Refs, Stage,
    Stratum, TileKind, read_component, schema_of,
};
use crate::quantity::{Share, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A tie between two buses: while it is closed, both are live if either is fed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tie {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// The two buses that it joins.
    pub between: Refs,
    /// Whether it is closed or open until somebody or something moves it.
    pub normally: Normally,
    /// How a normally open one closes by itself while exactly one of its sides is dead; without it, only by a timeline or a procedure.
    pub closes: Option<Closes>,
    /// How it fails by itself, and how it is repaired; one that has failed joins nothing. Without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// How a tie stands until it is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normally {
    /// Open: its sides are fed apart.
    Open,
    /// Closed: its sides are fed together.
    Closed,
}

/// How a tie closes by itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Closes {
    /// For how long exactly one side must have been dead.
    pub after: SimDuration,
    /// How long it then takes to close; at once if not given.
    pub takes: Option<LawInput>,
    /// The chance that it does not close when called on; it then stays open until it is repaired, by the repair of `fails` if that says one.
    #[serde(default)]
    pub fails_to_close: Share,
    /// How long it stays closed once both sides are fed again; no time if not given.
    #[serde(default)]
    pub opens_after: SimDuration,
}

/// The section `ties`.
pub const KIND: Kind = Kind {
    section: "ties",
    noun: "tie",
    docs: "A tie breaker or ring cable between two buses: while it is closed, both are live if either is fed. A normally open one may \
           close by itself while exactly one of its sides is dead. A bus that has failed takes no other along. `open` and `close` of \
           timelines and procedures move it; `cut` keeps it open.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha, fails: {mttf: 4000 h, mttr: 2 h}}, grid-b: {in: alpha, \
              fails: {mttf: 4000 h, mttr: 2 h}}}\nbuses: {bus-a: {in: alpha, fed-by: grid-a}, bus-b: {in: alpha, fed-by: grid-b}}\nties: \
              {tie-ab: {in: alpha, between: [bus-a, bus-b], normally: open, closes: {after: 2 s}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Power),
    class: Class::Facility,
    schema: schema_of::<Tie>,
    read: read_component::<Tie>,
};

impl Component for Tie {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.between, BUSES, "between");
        fails::references(self.fails.as_ref(), out);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        fails::check(self.fails.as_ref(), me, model, issues);
        match self.between.0.as_slice() {
            [a, b] if a.as_str() != b.as_str() => {}
            [a, b] => {
                let message = format!("`{}` joins `{}` to itself", entity.id, a.as_str());
                issues.push(Issue::error("tie-ends", b.span, message).at(format!("{path} › between")));
            }
            ends => {
                let message = format!("`{}` has {} ends; a tie has two", entity.id, ends.len());
                let issue = Issue::error("tie-ends", entity.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › between"))
                        .help("write `between: [bus-a, bus-b]`, and a tie for each further pair"),
                );
            }
        }
        if self.normally == Normally::Closed && self.closes.is_some() {
            let message = format!(
                "`{}` is closed already, so that it cannot close by itself",
                entity.id
            );
            let issue = Issue::error("contradiction", entity.span, message);
            issues.push(
                issue
                    .at(format!("{path} › closes"))
                    .help("write `normally: open`, or leave out `closes`"),
            );
        }
        // What flows through a tie is not followed: better said than guessed.
        for end in self.between.iter().map(|end| model.resolve(end)) {
            let measured = model.entities_with_ids().find(|&(id, other)| {
                (other.component.flows() && other.kind.stratum == Some(Stratum::Power)
                    || other.kind.section == "loads")
                    && (model.served_by(id).contains(&end) || model.served_by(end).contains(&id))
            });
            if let Some((_, other)) = measured {
                let message = format!(
                    "it cannot be told what `{}` carries to or from `{}`: what flows through a tie is not followed",
                    entity.id, other.id
                );
                let issue = Issue::error("capacity-untold", entity.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › between"))
                        .also(other.span, "described here")
                        .help("leave the tie out, or what is measured in watts above and below its buses"),
                );
                break;
            }
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut handles = fails::body(low, me, self.fails.as_ref());
        let by_hand = match self.normally {
            Normally::Open => low.held_unit(me, "by-hand", 1, OPEN),
            Normally::Closed => low.unit(me, "by-hand"),
        };
        handles.switch = Some(by_hand);
        if let Some(closes) = &self.closes {
            let label = low.model.entity(me).label().to_owned();
            let stage = Stage {
                label: format!("closing {label}"),
                tile: TileKind::Starting,
            };
            let spec = StarterSpec {
                initial_on: 0,
                fails_ppm: closes.fails_to_close.ppm(),
                trigger_hold_us: closes.after.us(),
                run_on_us: closes.opens_after.us(),
                ..StarterSpec::automatic(
                    closes
                        .takes
                        .as_ref()
                        .map_or_else(|| Lowering::fixed(1), LawInput::law),
                )
            };
            let by_itself = low.starter(me, "by-itself", spec, stage);
            handles.parts = vec![by_itself];
            if self.fails.is_some() && closes.fails_to_close > Share::NONE {
                let (name, tag) = low.part(me, "not-closed");
                let dead = low.net.state_of(by_itself, ItemState::Dead, name, tag);
                handles.alarm = fails::alarm(low, me, &handles.body, &[dead]);
            }
        }
        *low.of_mut(me) = handles;
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let handles = low.of(me).clone();
        let [a, b] = self.ends(low.model);
        let (at_a, at_b) = (joined(low, a), joined(low, b));
        let mut fine = low.place_inputs(me);
        fine.extend(handles.fit.iter().copied());
        let by_hand = handles.switch.expect("a tie can be moved by hand");
        let moved: Vec<Input> = std::iter::once(by_hand)
            .chain(handles.parts.iter().copied())
            .map(|node| (node, Reading::Flag))
            .collect();
        let closed = low.any(me, "closed", &moved);
        let mut joins = fine.clone();
        joins.push((closed, Reading::Flag));
        let joins = low.all(me, "joins", &joins);
        let mesh = at_a.mesh;
        low.net
            .mesh_connection(mesh, at_a.point, at_b.point, (joins, Reading::Flag));
        if let (Normally::Closed, Some((apart, of_a)), Some((_, of_b))) =
            (self.normally, at_a.apart, at_b.apart)
        {
            low.net.mesh_connection(apart, of_a, of_b, (joins, Reading::Flag));
        }
        if let &[by_itself] = handles.parts.as_slice() {
            let sides = [at_a, at_b].map(|side| {
                let (_, point) = side
                    .apart
                    .expect("a tie that closes by itself sees its sides apart");
                (point, Reading::Flag)
            });
            let any = low.any(me, "a-side-is-fed", &sides);
            let both = low.all(me, "both-are-fed", &sides);
            low.net.trigger(by_itself, any, Reading::Flag);
            low.net.trigger(by_itself, both, Reading::Not);
            for (node, reading) in fine {
                low.net.require(by_itself, node, reading);
            }
            // It is locked out of a bus that has failed.
            for end in [a, b] {
                for (node, reading) in low.of(end).fit.clone() {
                    low.net.require(by_itself, node, reading);
                }
            }
        }
        fails::wire_body(low, me, self.fails.as_ref());
        let breaker = Units {
            noun: "breaker",
            count: 1,
        };
        fails::wire_failed_starts(low, me, [self.fails.as_ref(), None], breaker, &handles.parts);
    }
}

/// Why a tie does not join its buses while nothing is wrong with it.
const OPEN: &str = "open";

fn joined(low: &Lowering<'_>, bus: EntityId) -> Joined {
    low.of(bus).joined.expect("a bus with ties is a point of a mesh")
}

impl Tie {
    fn ends(&self, model: &Model) -> [EntityId; 2] {
        [0, 1].map(|end| model.resolve(&self.between.0[end]))
    }
}

/// The buses that ties join to this one, however indirectly, itself included, and whether any of the ties closes by itself. Nothing for a bus
/// without ties.
fn group(model: &Model, bus: EntityId) -> Option<(BTreeSet<EntityId>, bool)> {
    let ties: Vec<([EntityId; 2], bool)> = model
        .all::<Tie>()
        .filter(|(_, tie)| tie.between.0.len() == 2)
        .map(|(_, tie)| (tie.ends(model), tie.closes.is_some()))
        .collect();
    let mut group = BTreeSet::from([bus]);
    loop {
        let before = group.len();
        for (ends, _) in &ties {
            if ends.iter().any(|end| group.contains(end)) {
                group.extend(ends);
            }
        }
        if group.len() == before {
            break;
        }
    }
    let closes = ties
        .iter()
        .any(|(ends, closes)| *closes && group.contains(&ends[0]));
    (ties.iter().any(|(ends, _)| ends.contains(&bus))).then_some((group, closes))
}

/// Declares the mesh of the buses that hang together by ties, with the last of them, so that all of them are there.
pub(super) fn declare_bus(low: &mut Lowering<'_>, me: EntityId) {
    let Some((group, closes)) = group(low.model, me) else {
        return;
    };
    if group.last() != Some(&me) {
        return;
    }
    let (name, tag) = low.part(me, "ties");
    let mesh = low.net.mesh(name, tag);
    let apart = closes.then(|| {
        let (name, tag) = low.part(me, "ties-apart");
        low.net.mesh(name, tag)
    });
    for bus in group {
        let (name, tag) = low.part(bus, "joined");
        let point = low.net.mesh_point(mesh, name, tag, None);
        let apart = apart.map(|apart| {
            let (name, tag) = low.part(bus, "apart");
            (apart, low.net.mesh_point(apart, name, tag, None))
        });
        low.of_mut(bus).joined = Some(Joined { mesh, point, apart });
    }
}

/// Joins a bus to its mesh: it is live while a closed path leads to a live feed. Returns what says so; nothing for a bus without ties.
pub(super) fn wire_bus(low: &mut Lowering<'_>, me: EntityId, out: NodeId, fed_by: &Refs) -> Option<Input> {
    let joined = low.of(me).joined?;
    let feeds = low.outs(fed_by);
    let fed = (!feeds.is_empty()).then(|| low.any(me, "fed", &feeds));
    let mut stands = low.place_inputs(me);
    stands.extend(low.of(me).fit.iter().copied());
    let points = std::iter::once((joined.mesh, joined.point)).chain(joined.apart);
    for (mesh, point) in points {
        if let Some(fed) = fed {
            low.net.mesh_source(mesh, point, fed, Reading::Flag, 1);
        }
        for &(node, reading) in &stands {
            low.net.mesh_stands(mesh, point, node, reading);
        }
    }
    low.net.also(out, joined.point, Reading::Flag);
    Some((joined.point, Reading::Flag))
}
