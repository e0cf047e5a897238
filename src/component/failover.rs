//! Failover without people: what watches a service or store, decides that it is lost, and starts its standbys.
//!
//! What is watched are the servers that serve at first, as they are reached, not what they need: a dependency that is down is as far away from
//! the standbys. It lowers to a buffer for each that watches (how long it sees nothing well before it says so), a gate for their majority, and a
//! work without people.

use super::need::lasting;
use super::reach::words;
use super::service::{Failover, Service};
use super::store::{Promotion, Store};
use super::{SERVICES, seen};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Call, Combine, Effect, NodeId, OnError, Reading, Takes, Way, WorkSpec};
use crate::model::{EntityId, Input, Lowering, Model, Ref, References, Refs, TileKind, Viewpoint};
use crate::quantity::{Share, SimDuration};
use crate::random::{Law, LawInput};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Standbys that are started by machines.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Automatic {
    /// How long those that serve at first must be seen unwell before anything is done.
    pub unhealthy_for: SimDuration,
    /// How long switching takes, from the decision until the standbys begin to start.
    pub takes: LawInput,
    /// The chance that switching goes wrong; it is then tried again.
    #[serde(default)]
    pub errs: Share,
    /// The services (tools) that must be up for it.
    #[serde(default)]
    pub needs: Refs,
    /// The services that watch, each from the one site in which it stands: more than half of all of them must be up and see it unwell. Without
    /// any it is watched from where its users are, by something that is never lost.
    #[serde(default)]
    pub observers: Refs,
    /// How long those that serve at first must have been well before the standbys stand down again; without it, they go on until they are stopped.
    pub returns_after: Option<SimDuration>,
}

/// What is watched: what serves at first.
pub(super) struct Watched {
    /// For each of its standings in turn: its level there, and its weight.
    pub parts: Vec<(NodeId, i64)>,
    /// The level from which it counts as well.
    pub well: i64,
    /// From where it is watched if nobody is named for that.
    pub from: Viewpoint,
}

/// For each viewpoint what has been declared to tell whether those that serve at first are seen well.
type Views = BTreeMap<Viewpoint, NodeId>;

impl Automatic {
    pub(super) fn references(&self, out: &mut References<'_>) {
        out.many(&self.needs, SERVICES, "failover › automatic › needs");
        out.many(&self.observers, SERVICES, "failover › automatic › observers");
    }

    /// How a service or store is moved by machines, if it is.
    pub fn of(model: &Model, id: EntityId) -> Option<&Self> {
        let service = model
            .get::<Service>(id)
            .and_then(|service| service.failover.as_ref());
        let store = model.get::<Store>(id).and_then(|store| store.failover.as_ref());
        match (service, store) {
            (Some(Failover::Automatic(automatic)), _) | (_, Some(Promotion::Automatic(automatic))) => {
                Some(automatic)
            }
            _ => None,
        }
    }

    /// The site from which an observer looks, if it stands in one alone.
    pub fn looks_from(model: &Model, observer: &Ref) -> Option<EntityId> {
        let standings = model.entity(model.resolve(observer)).component.standings();
        let sites = standings.iter().map(|(pool, _)| model.site(model.resolve(pool)));
        let sites: BTreeSet<EntityId> = sites.collect();
        sites.first().copied().filter(|_| sites.len() == 1)
    }

    pub(super) fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = format!("{} › failover › automatic", entity.path());
        if self.errs == Share::ALL {
            let message = format!(
                "switching `{}` always goes wrong, so that it is retried for ever",
                entity.id
            );
            issues.push(Issue::error("out-of-bounds", entity.span, message).at(format!("{path} › errs")));
        }
        if !entity.component.standings().iter().any(|&(_, standby)| standby) {
            let message = format!("`{}` has no standby that could be started", entity.id);
            let issue = Issue::warning("without-effect", entity.span, message).at(path.clone());
            issues.push(issue.help("give it a standby at another site, `warm` or `cold`"));
        }
        for observer in self.observers.iter() {
            if Self::looks_from(model, observer).is_none() {
                let message = format!(
                    "`{}` does not stand in one site from which it could look",
                    observer.as_str()
                );
                let issue = Issue::error("observer-of-no-site", observer.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › observers"))
                        .help("name services that each run on pools of one site"),
                );
            }
        }
        super::check_twice(self.observers.iter(), &format!("{path} › observers"), issues);
    }

    pub(super) fn wire(&self, low: &mut Lowering<'_>, me: EntityId, watched: &Watched) {
        let mut views = Views::new();
        let decided = if self.observers.is_empty() {
            let unwell = self.unwell(low, me, watched, watched.from, &mut views);
            low.all(me, "failover/decided", &[unwell])
        } else {
            self.majority(low, me, watched, &mut views)
        };
        let standbys: Vec<NodeId> = low
            .of(me)
            .standings
            .iter()
            .filter(|standing| standing.standby)
            .map(|standing| standing.wanted)
            .collect();
        if standbys.is_empty() {
            return;
        }
        let reason = low.net.reason("standby");
        let flags: Vec<Input> = standbys.iter().map(|&node| (node, Reading::Flag)).collect();
        let moved = low.all(me, "failover/moved", &flags);
        let name = low.model.entity(me).label().to_owned();
        let lift = |&node: &NodeId| Effect::Act(Action::Lift { node, reason });
        let spec = WorkSpec {
            call: Call::When(decided, Reading::Flag),
            goal: Some((moved, Reading::Flag)),
            keep: Some((decided, Reading::Flag)),
            ways: vec![Way {
                name: "automatic".to_owned(),
                needs: low.up_inputs(self.needs.iter()),
                takes: Takes::Once(self.takes.law()),
                errs_ppm: self.errs.ppm(),
                ..Way::default()
            }],
            effects: standbys.iter().map(lift).collect(),
            on_error: OnError::Retry,
            lanes: 1,
            ..WorkSpec::default()
        };
        low.work(
            me,
            "failover",
            spec,
            format!("switching {name} over"),
            vec![TileKind::Starting],
        );
        if let Some(after) = self.returns_after {
            let hold = |&node: &NodeId| Effect::Act(Action::Hold { node, reason });
            let (well, reading) = serving(low, me, watched, watched.from, &mut views);
            let any = low.any(me, "failover/standing-in", &flags);
            let may = low.all(
                me,
                "failover/may-return",
                &[(well, reading), (any, Reading::Flag)],
            );
            let spec = WorkSpec {
                call: Call::When(may, Reading::Flag),
                keep: Some((may, Reading::Flag)),
                ways: vec![Way {
                    name: "automatic".to_owned(),
                    takes: Takes::Once(Law::fixed_us(after.us().max(1))),
                    ..Way::default()
                }],
                effects: standbys.iter().map(hold).collect(),
                lanes: 1,
                ..WorkSpec::default()
            };
            low.work(
                me,
                "fail-back",
                spec,
                format!("switching {name} back"),
                vec![TileKind::Starting],
            );
        }
    }

    /// Whether more than half of the observers are up and see it unwell.
    fn majority(&self, low: &mut Lowering<'_>, me: EntityId, watched: &Watched, views: &mut Views) -> NodeId {
        let mut votes = Vec::new();
        let mut by_site = BTreeMap::new();
        for observer in self.observers.iter() {
            let site = Self::looks_from(low.model, observer).expect("observers were checked");
            let here = Viewpoint::Site(site);
            let unwell = *by_site
                .entry(site)
                .or_insert_with(|| self.unwell(low, me, watched, here, views));
            let mut inputs = seen::ups(low, [observer], here);
            inputs.push(unwell);
            let part = format!("failover/{}/votes", observer.as_str());
            votes.push(low.all(me, &part, &inputs));
        }
        let (name, tag) = low.part(me, "failover/decided");
        let most = i64::try_from(votes.len() / 2 + 1).expect("few observers");
        let gate = low.net.gate(name, tag, most);
        for vote in votes {
            low.net.term(gate, vote, Reading::Flag, 1);
        }
        gate
    }

    /// What reads true while it has been seen unwell from somewhere for long enough.
    fn unwell(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        watched: &Watched,
        from: Viewpoint,
        views: &mut Views,
    ) -> Input {
        let part = format!("failover/seen-from{}/patience", words(low.model, from));
        let well = serving(low, me, watched, from, views);
        if self.unhealthy_for == SimDuration::ZERO {
            return (low.all(me, &part, &[well]), Reading::Not);
        }
        let left = lasting(low, me, &part, self.unhealthy_for, well);
        let label = format!("health check of {}", low.model.entity(me).label());
        low.stage(left, label, TileKind::NotNoticed);
        (left, Reading::Not)
    }
}

/// What reads true while those that serve at first are seen well from somewhere.
fn serving(
    low: &mut Lowering<'_>,
    me: EntityId,
    watched: &Watched,
    from: Viewpoint,
    views: &mut Views,
) -> Input {
    let first: Vec<(EntityId, NodeId, i64)> = low
        .of(me)
        .standings
        .iter()
        .zip(&watched.parts)
        .filter(|(standing, _)| !standing.standby)
        .map(|(standing, &(there, weight))| (standing.pool, there, weight))
        .collect();
    let all: i64 = first.iter().map(|&(.., weight)| weight).sum();
    let reading = Reading::AtLeast(watched.well.min(all).max(1));
    if let Some(&known) = views.get(&from) {
        return (known, reading);
    }
    let part = format!("failover/seen-from{}", words(low.model, from));
    let sum = low.level(me, &part, Combine::Sum);
    for (pool, there, weight) in first {
        let part = format!("{part}/{}", low.model.entity(pool).id);
        let site = low.model.site(pool);
        let counts = seen::as_reached(low, me, &part, there, from, site);
        low.net.part(sum, counts, Reading::Amount, weight);
    }
    views.insert(from, sum);
    (sum, reading)
}
