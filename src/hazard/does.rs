//! The vocabulary of what lines of a timeline and steps of a procedure do to a design.

use crate::component::{
    CUTTABLE, LOSABLE, NEEDED, PLACES, SERVICES, SITES, STORES, Service, Site, TIES, WHERE,
};
use crate::diagnostics::{Issue, Issues, Span};
use crate::kernel::{Action, NodeId, Reason};
use crate::model::{EntityId, Expect, Lowering, Model, Ref, References, Targets};
use crate::quantity::Temperature;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is done to the design; several verbs of one entry take effect together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Does {
    /// Fails these things; they can be repaired. A place takes all that stands in it along.
    pub r#break: Targets,
    /// Makes these broken things sound again.
    pub repair: Targets,
    /// Destroys these things for good.
    pub destroy: Targets,
    /// Cuts the power of these places (emergency power-off) or of these electrical things.
    pub cut: Targets,
    /// Takes back a cut.
    pub energise: Targets,
    /// Opens these ties by hand. One that closes by itself may close again; a cut keeps it open.
    pub open: Targets,
    /// Closes these ties by hand.
    pub close: Targets,
    /// Closes these places to people.
    pub seal: Targets,
    /// Opens these places to people again.
    pub unseal: Targets,
    /// Takes these things out of use without breaking them (a feed, a team, a provider).
    pub lose: Targets,
    /// Takes back a loss.
    pub give_back: Targets,
    /// Turns users of these services away for a moment, so that one that has collapsed under its load is asked for as much as usual again.
    pub relieve: Targets,
    /// Stops services, everywhere or in one place, until they are started.
    pub stop: Option<Stop>,
    /// Starts standbys of services in a place or pool, and what was stopped there.
    pub start: Option<Start>,
    /// Makes the replicas of stores in a place or pool serve.
    pub promote: Option<Promote>,
    /// How warm it becomes outside: `{alpha: 41 °C}`. Chillers and towers may have less in heat.
    pub outside: BTreeMap<Ref, Temperature>,
    /// Starts every standby in one place of what stands in another, stores first.
    pub fail_over: Option<FailOver>,
}

/// Stops services.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stop {
    /// The services or stores.
    pub services: Targets,
    /// The place or pool in which they are stopped; everywhere if not given.
    pub r#in: Option<Ref>,
}

/// Starts standbys of services.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Start {
    /// The services.
    pub services: Targets,
    /// The place or pool in which they are started.
    pub r#in: Ref,
}

/// Promotes replicas.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Promote {
    /// The stores.
    pub stores: Targets,
    /// The place or pool whose replicas serve from now on.
    pub at: Ref,
}

/// Moves everything that can move from one place to another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FailOver {
    /// The place that is left.
    pub from: Ref,
    /// The place whose standbys are started.
    pub to: Ref,
}

/// What one verb does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Break,
    Repair,
    Destroy,
    Cut,
    Energise,
    Open,
    Close,
    Seal,
    Unseal,
    Lose,
    GiveBack,
    Relieve,
}

impl Verb {
    fn word(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Repair => "repair",
            Self::Destroy => "destroy",
            Self::Cut => "cut",
            Self::Energise => "energise",
            Self::Open => "open",
            Self::Close => "close",
            Self::Seal => "seal",
            Self::Unseal => "unseal",
            Self::Lose => "lose",
            Self::GiveBack => "give-back",
            Self::Relieve => "relieve",
        }
    }

    fn expects(self) -> Expect {
        match self {
            Self::Cut | Self::Energise => CUTTABLE,
            Self::Open | Self::Close => TIES,
            Self::Seal | Self::Unseal => PLACES,
            Self::Relieve => SERVICES,
            _ => LOSABLE,
        }
    }

    /// What the verb does to the nodes of one thing.
    fn actions(self, low: &mut Lowering<'_>, thing: EntityId) -> Vec<Action> {
        let handles = low.of(thing).clone();
        let held = |nodes: Vec<NodeId>, reason: Reason| {
            nodes
                .into_iter()
                .map(|node| Action::Hold { node, reason })
                .collect::<Vec<_>>()
        };
        let lifted = |nodes: Vec<NodeId>, reason: Reason| {
            nodes
                .into_iter()
                .map(|node| Action::Lift { node, reason })
                .collect::<Vec<_>>()
        };
        let (power, access) = (
            handles.power.into_iter().collect(),
            handles.access.into_iter().collect(),
        );
        match self {
            Self::Break => handles
                .body
                .into_iter()
                .map(|node| Action::Break {
                    node,
                    items: i64::MAX,
                })
                .collect(),
            Self::Repair => handles
                .body
                .into_iter()
                .chain(handles.parts)
                .chain(handles.opens.map(|(breaker, _)| breaker))
                .map(|node| Action::Repair { node })
                .collect(),
            Self::Destroy => handles
                .body
                .into_iter()
                .map(|node| Action::Destroy { node })
                .collect(),
            Self::Cut => held(power, low.net.reason("cut")),
            Self::Energise => lifted(power, low.net.reason("cut")),
            Self::Open => held(handles.switch.into_iter().collect(), low.net.reason("open")),
            Self::Close => lifted(handles.switch.into_iter().collect(), low.net.reason("open")),
            Self::Seal => held(access, low.net.reason("sealed")),
            Self::Unseal => lifted(access, low.net.reason("sealed")),
            Self::Lose => held(handles.to_hold().to_vec(), low.net.reason("lost")),
            Self::Relieve => handles
                .asked
                .iter()
                .map(|asked| Action::Close { node: asked.balance })
                .collect(),
            Self::GiveBack => lifted(handles.to_hold().to_vec(), low.net.reason("lost")),
        }
    }
}

/// What is done and taken back.
#[derive(Clone, Copy, Debug)]
pub enum Undone {
    /// Taken out of use.
    Loss,
    /// Power.
    Cut,
    /// Access.
    Seal,
}

/// What is done to the things of `targets`, and what takes that back.
pub fn undoable(low: &mut Lowering<'_>, what: Undone, targets: &Targets) -> (Vec<Action>, Vec<Action>) {
    let things = low.model.select(targets).into_iter();
    let things: Vec<EntityId> = things.map(|thing| thing.value).collect();
    undoable_of(low, what, &things)
}

/// What is done to these things, and what takes that back.
pub fn undoable_of(low: &mut Lowering<'_>, what: Undone, things: &[EntityId]) -> (Vec<Action>, Vec<Action>) {
    let mut collect = |verb: Verb| {
        things
            .iter()
            .flat_map(|&thing| verb.actions(low, thing))
            .collect()
    };
    let (there, back) = match what {
        Undone::Loss => (Verb::Lose, Verb::GiveBack),
        Undone::Cut => (Verb::Cut, Verb::Energise),
        Undone::Seal => (Verb::Seal, Verb::Unseal),
    };
    (collect(there), collect(back))
}

/// What takes all power from places and what stands there, and empties their batteries; and what gives the power back.
pub fn dark(low: &mut Lowering<'_>, places: &[EntityId]) -> (Vec<Action>, Vec<Action>) {
    let reason = low.net.reason("dark");
    let (mut goes, mut returns) = (Vec::new(), Vec::new());
    for &place in places {
        if let Some(node) = low.of(place).power {
            goes.push(Action::Hold { node, reason });
            returns.push(Action::Lift { node, reason });
        }
    }
    for (id, _) in low.model.entities_with_ids() {
        if places.iter().any(|&place| low.model.is_in(id, place)) {
            let store = low.of(id).store;
            goes.extend(store.map(|node| Action::SetLevel { node, ppm: 0 }));
        }
    }
    (goes, returns)
}

/// What breaks a thing.
pub fn breaking(low: &mut Lowering<'_>, thing: EntityId) -> Vec<Action> {
    Verb::Break.actions(low, thing)
}

/// What destroys a thing for good.
pub fn destroying(low: &mut Lowering<'_>, thing: EntityId) -> Vec<Action> {
    Verb::Destroy.actions(low, thing)
}

impl Does {
    fn verbs(&self) -> [(Verb, &Targets); 12] {
        [
            (Verb::Break, &self.r#break),
            (Verb::Repair, &self.repair),
            (Verb::Destroy, &self.destroy),
            (Verb::Cut, &self.cut),
            (Verb::Energise, &self.energise),
            (Verb::Open, &self.open),
            (Verb::Close, &self.close),
            (Verb::Seal, &self.seal),
            (Verb::Unseal, &self.unseal),
            (Verb::Lose, &self.lose),
            (Verb::GiveBack, &self.give_back),
            (Verb::Relieve, &self.relieve),
        ]
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.verbs().iter().all(|(_, targets)| targets.0.is_empty())
            && self.outside.is_empty()
            && self.stop.is_none()
            && self.start.is_none()
            && self.promote.is_none()
            && self.fail_over.is_none()
    }

    /// Names everything that it is done to.
    pub fn references(&self, out: &mut References<'_>, field: &str) {
        for (verb, targets) in self.verbs() {
            out.targets(
                targets,
                verb.expects(),
                PLACES,
                &format!("{field} › {}", verb.word()),
            );
        }
        for site in self.outside.keys() {
            out.one(site, SITES, &format!("{field} › outside"));
        }
        if let Some(stop) = &self.stop {
            out.targets(
                &stop.services,
                NEEDED,
                PLACES,
                &format!("{field} › stop › services"),
            );
            if let Some(place) = &stop.r#in {
                out.one(place, WHERE, &format!("{field} › stop › in"));
            }
        }
        if let Some(start) = &self.start {
            out.targets(
                &start.services,
                SERVICES,
                PLACES,
                &format!("{field} › start › services"),
            );
            out.one(&start.r#in, WHERE, &format!("{field} › start › in"));
        }
        if let Some(promote) = &self.promote {
            out.targets(
                &promote.stores,
                STORES,
                PLACES,
                &format!("{field} › promote › stores"),
            );
            out.one(&promote.at, WHERE, &format!("{field} › promote › at"));
        }
        if let Some(fail_over) = &self.fail_over {
            out.one(&fail_over.from, PLACES, &format!("{field} › fail-over › from"));
            out.one(&fail_over.to, PLACES, &format!("{field} › fail-over › to"));
        }
    }

    /// Reports what would do nothing.
    pub fn check(&self, path: &str, model: &Model, issues: &mut Issues) {
        let mut idle = |span: Span, verb: &str, message: String| {
            issues.push(Issue::warning("nothing-happens", span, message).at(format!("{path} › {verb}")));
        };
        for (verb, targets) in self.verbs() {
            for target in &targets.0 {
                if model.select(&Targets(vec![target.clone()])).is_empty() {
                    idle(
                        target.span,
                        verb.word(),
                        "there is no such thing in that place".to_owned(),
                    );
                }
            }
        }
        for service in model.select(&self.relieve) {
            if !model
                .get::<Service>(service.value)
                .is_some_and(Service::may_collapse)
            {
                let message = format!("`{}` never collapses", model.entity(service.value).id);
                idle(service.span, "relieve", message);
            }
        }
        for site in self.outside.keys() {
            let block = model.get::<Site>(model.resolve(site));
            if block.is_none_or(|block| block.outside.is_none()) {
                let message = format!("it is not said how warm it is outside of `{}`", site.as_str());
                idle(site.span, "outside", message);
            }
        }
        let mut no_standing = |targets: &Targets, place: &Ref, verb: &str| {
            for thing in model.select(targets) {
                if standings_in(model, thing.value, model.resolve(place)).is_empty() {
                    let id = &model.entity(thing.value).id;
                    idle(
                        thing.span,
                        verb,
                        format!("`{id}` has no servers in `{}`", place.as_str()),
                    );
                }
            }
        };
        if let Some(Stop {
            services,
            r#in: Some(place),
        }) = &self.stop
        {
            no_standing(services, place, "stop");
        }
        if let Some(start) = &self.start {
            no_standing(&start.services, &start.r#in, "start");
        }
        if let Some(promote) = &self.promote {
            no_standing(&promote.stores, &promote.at, "promote");
        }
        if let Some(fail_over) = &self.fail_over
            && moved(model, fail_over).is_empty()
        {
            let message = format!(
                "nothing in `{}` has a standby in `{}`",
                fail_over.from.as_str(),
                fail_over.to.as_str()
            );
            idle(fail_over.to.span, "fail-over", message);
        }
    }

    /// The services and stores that it starts somewhere.
    pub fn starts(&self, model: &Model) -> BTreeSet<EntityId> {
        let mut started = BTreeSet::new();
        if let Some(start) = &self.start {
            started.extend(model.select(&start.services).into_iter().map(|thing| thing.value));
        }
        if let Some(promote) = &self.promote {
            started.extend(model.select(&promote.stores).into_iter().map(|thing| thing.value));
        }
        if let Some(fail_over) = &self.fail_over {
            started.extend(moved(model, fail_over).into_iter().map(|(thing, _)| thing));
        }
        started
    }

    /// What it does to the network, thing by thing, in the order of the verbs above and then as written.
    pub fn actions(&self, low: &mut Lowering<'_>) -> Vec<Vec<Action>> {
        let mut done = Vec::new();
        for (verb, targets) in self.verbs() {
            for thing in low.model.select(targets) {
                done.push(verb.actions(low, thing.value));
            }
        }
        for (site, temperature) in &self.outside {
            let outside = low.named(site).outside;
            let amount = temperature.m_c();
            done.push(
                outside
                    .map(|node| Action::SetAmount { node, amount })
                    .into_iter()
                    .collect(),
            );
        }
        let (standby, stopped) = (low.net.reason("standby"), low.net.reason("stopped"));
        if let Some(stop) = &self.stop {
            let place = stop.r#in.as_ref().map(|place| low.model.resolve(place));
            for thing in low.model.select(&stop.services) {
                let hit = standings_in_use(low, thing.value, place).into_iter();
                done.push(
                    hit.map(|node| Action::Hold {
                        node,
                        reason: stopped,
                    })
                    .collect(),
                );
            }
        }
        let mut wanted: Vec<(EntityId, EntityId)> = Vec::new();
        if let Some(promote) = &self.promote {
            let place = low.model.resolve(&promote.at);
            wanted.extend(
                low.model
                    .select(&promote.stores)
                    .into_iter()
                    .map(|thing| (thing.value, place)),
            );
        }
        if let Some(fail_over) = &self.fail_over {
            wanted.extend(moved(low.model, fail_over));
        }
        if let Some(start) = &self.start {
            let place = low.model.resolve(&start.r#in);
            wanted.extend(
                low.model
                    .select(&start.services)
                    .into_iter()
                    .map(|thing| (thing.value, place)),
            );
        }
        for (thing, place) in wanted {
            let mut lifts = Vec::new();
            for standing in low
                .of(thing)
                .standings
                .iter()
                .filter(|standing| low.model.is_in(standing.pool, place))
            {
                let node = standing.wanted;
                lifts.extend([
                    Action::Lift {
                        node,
                        reason: standby,
                    },
                    Action::Lift {
                        node,
                        reason: stopped,
                    },
                ]);
            }
            done.push(lifts);
        }
        done
    }

    /// What it does, in words: `break bat-a; cut dc`.
    pub fn describe(&self, model: &Model) -> String {
        let mut words = Vec::new();
        let names = |targets: &Targets| {
            let things = model.select(targets);
            let shown: Vec<&str> = things
                .iter()
                .take(3)
                .map(|thing| model.entity(thing.value).label())
                .collect();
            match things.len().saturating_sub(3) {
                0 => shown.join(", "),
                more => format!("{} and {more} more", shown.join(", ")),
            }
        };
        for (verb, targets) in self.verbs() {
            if !targets.0.is_empty() {
                words.push(format!("{} {}", verb.word().replace('-', " "), names(targets)));
            }
        }
        for (site, temperature) in &self.outside {
            words.push(format!("{temperature} outside of {}", site.as_str()));
        }
        if let Some(stop) = &self.stop {
            words.push(format!("stop {}", names(&stop.services)));
        }
        if let Some(promote) = &self.promote {
            words.push(format!(
                "promote {} at {}",
                names(&promote.stores),
                promote.at.as_str()
            ));
        }
        if let Some(fail_over) = &self.fail_over {
            words.push(format!(
                "fail over from {} to {}",
                fail_over.from.as_str(),
                fail_over.to.as_str()
            ));
        }
        if let Some(start) = &self.start {
            words.push(format!(
                "start {} in {}",
                names(&start.services),
                start.r#in.as_str()
            ));
        }
        words.join("; ")
    }
}

/// The pools of a place (or the one pool) in which a service or store has servers, with whether it is a standby there.
fn standings_in(model: &Model, thing: EntityId, place: EntityId) -> Vec<bool> {
    let standings = model.entity(thing).component.standings();
    standings
        .into_iter()
        .filter(|(pool, _)| model.is_in(model.resolve(pool), place))
        .map(|(_, standby)| standby)
        .collect()
}

/// What keeps a service or store from being wanted in a place, or anywhere: a unit for each pool there in which it has servers.
pub fn standings_in_use(low: &Lowering<'_>, thing: EntityId, place: Option<EntityId>) -> Vec<NodeId> {
    let standings = low.of(thing).standings.iter();
    let there = standings.filter(|standing| place.is_none_or(|place| low.model.is_in(standing.pool, place)));
    there.map(|standing| standing.wanted).collect()
}

/// What a failover moves, and where to: everything with servers in the one place and a standby in the other, stores first.
fn moved(model: &Model, fail_over: &FailOver) -> Vec<(EntityId, EntityId)> {
    let (from, to) = (model.resolve(&fail_over.from), model.resolve(&fail_over.to));
    let mut things: Vec<EntityId> = model
        .entities_with_ids()
        .filter(|(id, _)| {
            !standings_in(model, *id, from).is_empty() && standings_in(model, *id, to).contains(&true)
        })
        .map(|(id, _)| id)
        .collect();
    things.sort_by_key(|id| (model.entity(*id).component.tier().is_some(), *id));
    things.into_iter().map(|thing| (thing, to)).collect()
}
