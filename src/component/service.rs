//! Services: functions that users tell apart, and the tools behind them.

use super::demand::{Asking, Overload, ServiceLoad};
use super::failover::{Automatic, Watched};
use super::internet;
use super::need::Need;
use super::placement::{Placement, Shared, check_placement};
use super::store::Store;
use super::{NEEDED, POOLS, PROCEDURES, PROFILES, SITES_ONLY, ZONES, check_thresholds, reach, seen};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Combine, FULL_PPM, NodeId, Reading};
use crate::model::{
    Class, Component, EntityId, Handles, Kind, Lowering, Measured, Model, Ref, References, Tier, Viewpoint,
    read_component, schema_of,
};
use crate::quantity::{Count, Share, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A service: a function that users tell apart, or a tool that staff work with. Its level is the least of its capacity and its
/// hard needs, less what its soft needs lack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// How important it is: 1 (first) to 9, or `internal` for a tool, which ranks with the best that needs it.
    pub tier: Tier,
    /// How many users it has; without any it counts in no user measure and its loss is not noticed by customers.
    #[serde(default)]
    pub users: Count,
    /// The profile that its users follow: how many of them there are at what hour, as a share of `users`.
    pub profile: Option<Ref>,
    /// The site in which those sit who use it; without it, they use it through the internet. Without effect where no network is described.
    pub used_from: Option<Ref>,
    /// The zone of names by which everybody finds it who uses it; without it, it is always found.
    pub found_by: Option<Ref>,
    /// The pools on which it has servers. Without any it is a pure function of its needs.
    #[serde(default)]
    pub runs_on: BTreeMap<Ref, Standing>,
    /// How long it takes to start where it has stopped.
    pub starts: LawInput,
    /// The share of its servers in a pool that must be there for a start, and for going on.
    pub starts_with: Share,
    /// What its users ask of it, and what one server carries of that; without it, servers carry what they carry, however many ask.
    pub load: Option<ServiceLoad>,
    /// How many servers full service takes; the sum of its active ones if not given.
    pub servers_needed: Option<Count>,
    /// The services and stores that it needs.
    #[serde(default)]
    pub needs: BTreeMap<Ref, Need>,
    /// How it moves to its standbys; checked: the procedure named must start them.
    pub failover: Option<Failover>,
    /// Recovery time objective: how long an outage may last.
    pub rto: Option<SimDuration>,
    /// Recovery point objective: how much acknowledged work may be lost; checked against the lag of the replicas that it needs.
    pub rpo: Option<SimDuration>,
    /// The level below which it counts as down.
    pub down_below: Share,
    /// The level at which it counts as recovered.
    pub recovered_at: Share,
    /// How long it must stay recovered for that to count; if not given: to the horizon, and at least an hour.
    pub settled_for: Option<SimDuration>,
}

/// The servers that a service has in a pool, and how ready they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Standing {
    /// So many servers serve.
    Active(Count),
    /// So many servers are kept ready; they serve once started by a procedure.
    Warm(Count),
    /// So many servers are taken from what the pool has left once started by a procedure.
    Cold(Count),
}

/// How a service moves to its standbys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Failover {
    /// By the procedure that starts its standbys.
    Procedure(Ref),
    /// By machines that watch it.
    Automatic(Box<Automatic>),
}

/// The section `services`.
pub const KIND: Kind = Kind {
    section: "services",
    noun: "service",
    docs: "A service: a function that users tell apart, or a tool that staff work with. Its level is the least of its capacity and its \
           hard needs, less what its soft needs lack. What has stopped starts again once its servers and its hard and start needs are \
           there.",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 120}, web-b: {in: beta, servers: 120}}\n\
              services:\n  login: {tier: 1, users: 40 million, runs-on: {web-a: {active: 30}}}\n  text:\n    tier: 1\n    users: 40 million\n    \
              runs-on: {web-a: {active: 40}, web-b: {warm: 40}}\n    needs: {login: {hard: {grace: 30 min}}}\n    rto: 1 h\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Dependency,
    schema: schema_of::<Service>,
    read: read_component::<Service>,
};

impl Standing {
    /// How many servers.
    pub fn servers(&self) -> i64 {
        match self {
            Self::Active(servers) | Self::Warm(servers) | Self::Cold(servers) => servers.get(),
        }
    }
}

impl Service {
    /// Whether too much of what is asked of it makes it collapse.
    pub fn may_collapse(&self) -> bool {
        let load = self.load.as_ref();
        load.is_some_and(|load| matches!(load.overload, Overload::Collapse { .. }))
    }

    /// How many servers full service takes.
    pub fn servers_needed(&self) -> i64 {
        if let Some(load) = &self.load {
            return load.servers_for(self.users.get());
        }
        let active = self
            .runs_on
            .values()
            .filter(|standing| matches!(standing, Standing::Active(_)));
        self.servers_needed
            .map_or_else(|| active.map(Standing::servers).sum(), Count::get)
    }

    /// The weight of each of its standings in its capacity.
    pub(super) fn weights_ppm(&self) -> Vec<i64> {
        let needed = self.servers_needed();
        let standings = self.runs_on.values();
        standings
            .map(|standing| weight_ppm(standing.servers(), needed))
            .collect()
    }

    /// Joins its level, as seen from somewhere, to what the servers in its pools carry of what is asked of it; `parts` are the levels there as
    /// seen from there.
    pub(super) fn wire_load(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        level: NodeId,
        parts: Vec<NodeId>,
        whence: &str,
    ) {
        let Some(load) = &self.load else { return };
        let asking = Asking {
            users: self.users.get(),
            profile: self.profile.as_ref().map(|name| low.profile(name)),
        };
        let servers = self.runs_on.values().map(Standing::servers);
        let parts: Vec<(NodeId, i64)> = parts.into_iter().zip(servers).collect();
        load.wire(low, me, level, &parts, asking, whence);
    }

    /// Joins its level, as seen from the internet, to what uplinks carry of what its users ask.
    pub(super) fn wire_traffic(&self, low: &mut Lowering<'_>, me: EntityId, level: NodeId) {
        let per_user = self.load.as_ref().and_then(|load| load.per_user);
        if let (Some(per_user), Some(asks)) = (per_user, low.of(me).asks) {
            internet::wire(low, me, level, asks, per_user);
        }
    }

    /// What must be up for a start.
    fn start_needs(&self) -> impl Iterator<Item = &Ref> {
        let needs = self.needs.iter();
        needs
            .filter(|(_, how)| matches!(how, Need::Hard { .. } | Need::Start))
            .map(|(need, _)| need)
    }

    /// From where it is measured: where people use it, and if none do, from wherever it is.
    fn used_from(&self, model: &Model) -> Viewpoint {
        match &self.used_from {
            Some(site) => Viewpoint::Site(model.resolve(site)),
            None if self.users > Count::ZERO || self.tier == Tier::Internal => Viewpoint::Outside,
            None => Viewpoint::Inside,
        }
    }

    fn placements<'a>(&'a self, low: &Lowering<'_>) -> Vec<(Placement, &'a Standing)> {
        let place = |(pool, standing): (&Ref, &'a Standing)| {
            let (standby, always) = match standing {
                Standing::Active(_) => (false, true),
                Standing::Warm(_) => (true, true),
                Standing::Cold(_) => (true, false),
            };
            (
                Placement {
                    pool: low.model.resolve(pool),
                    servers: standing.servers(),
                    standby,
                    holds_servers: always,
                },
                standing,
            )
        };
        self.runs_on.iter().map(place).collect()
    }
}

impl Component for Service {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        if let Some(site) = &self.used_from {
            out.one(site, SITES_ONLY, "used-from");
        }
        if let Some(zone) = &self.found_by {
            out.one(zone, ZONES, "found-by");
        }
        for pool in self.runs_on.keys() {
            out.one(pool, POOLS, "runs-on");
        }
        for need in self.needs.keys() {
            out.one(need, NEEDED, "needs");
        }
        if let Some(profile) = &self.profile {
            out.one(profile, PROFILES, "profile");
        }
        match &self.failover {
            Some(Failover::Procedure(procedure)) => {
                out.one(procedure, PROCEDURES, "failover › procedure");
            }
            Some(Failover::Automatic(automatic)) => automatic.references(out),
            None => {}
        }
    }

    fn upstream(&self) -> Vec<&Ref> {
        let others = self.found_by.iter().chain(self.needs.keys());
        self.runs_on.keys().chain(others).collect()
    }

    fn measured(&self) -> Option<Measured<'_>> {
        Some(Measured {
            tier: self.tier,
            users: self.users.get(),
            profile: self.profile.as_ref(),
            down_below_ppm: self.down_below.ppm(),
            recovered_at_ppm: self.recovered_at.ppm(),
            settled_for_us: self.settled_for.map(SimDuration::us),
            rto_us: self.rto.map(SimDuration::us),
        })
    }

    fn standings(&self) -> Vec<(&Ref, bool)> {
        self.runs_on
            .iter()
            .map(|(pool, standing)| (pool, !matches!(standing, Standing::Active(_))))
            .collect()
    }

    fn tier(&self) -> Option<Tier> {
        Some(self.tier)
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        for (pool, standing) in &self.runs_on {
            check_placement(me, pool, standing.servers(), model, issues);
        }
        let error = |field: &str, message: String| {
            Issue::error("out-of-bounds", entity.span, message).at(format!("{path} › {field}"))
        };
        if self.load.is_none() && !self.runs_on.is_empty() && self.servers_needed() < 1 {
            let issue = error(
                "runs-on",
                format!(
                    "`{}` has no active servers, so that it would never be up",
                    entity.id
                ),
            );
            issues.push(issue.help("make a standing `active`, or say how many `servers-needed` it has"));
        }
        if self.needs.contains_key(entity.id.as_str()) {
            issues.push(error("needs", format!("`{}` needs itself", entity.id)));
        }
        for (need, how) in &self.needs {
            if matches!(how, Need::Start) && self.runs_on.is_empty() {
                let message = format!("`{}` never starts: it runs on nothing", entity.id);
                issues
                    .push(Issue::warning("without-effect", need.span, message).at(format!("{path} › needs")));
            }
        }
        if let Some(load) = &self.load {
            load.check(self.users, me, model, issues);
            if self.servers_needed.is_some() {
                let message = format!("how many servers `{}` needs is said twice", entity.id);
                let issue = Issue::error("contradiction", entity.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › servers-needed"))
                        .help("leave out one of them: with `load` it follows from the users"),
                );
            }
            if self.runs_on.is_empty() {
                let message = format!("`{}` has no servers that could carry its users", entity.id);
                issues.push(
                    Issue::error("missing-field", entity.span, message).at(format!("{path} › runs-on")),
                );
            }
        }
        if let Some(Failover::Automatic(automatic)) = &self.failover {
            automatic.check(me, model, issues);
        }
        check_thresholds(self.down_below, self.recovered_at, me, model, issues);
        self.check_reach(me, model, issues);
        self.check_recovery_point(me, model, issues);
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let body = low.unit(me, "");
        let level = low.level(me, "level", Combine::Min);
        let well = self.down_below.ppm();
        let standings = self
            .placements(low)
            .iter()
            .map(|(placement, _)| placement.declare(low, me))
            .collect();
        let is_networked = reach::is_described(low.model, me);
        if is_networked {
            let from = self.used_from(low.model);
            seen::open(low, me, from, level);
        } else {
            low.net.hard(level, body, Reading::Full);
        }
        *low.of_mut(me) = Handles {
            body: vec![body],
            out: Some((level, Reading::AtLeast(well))),
            level: Some((level, well)),
            standings,
            alarm: (self.users > Count::ZERO).then_some((level, Reading::Below(well))),
            lost: Some((level, well)),
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let (level, _) = low.of(me).level.expect("a service has a level");
        let body = low.of(me).body[0];
        let is_networked = reach::is_described(low.model, me);
        let shared = Shared {
            body,
            starts: self.starts.law(),
            starts_with: self.starts_with,
        };
        let mut parts = Vec::new();
        for (ordinal, (placement, _)) in self.placements(low).iter().enumerate() {
            let site = low.model.site(placement.pool);
            let start_needs = seen::ups(low, self.start_needs(), Viewpoint::Site(site));
            parts.push(placement.wire(low, me, ordinal, &shared, &start_needs));
        }
        if let Some(Failover::Automatic(automatic)) = &self.failover {
            let watched = Watched {
                parts: parts.iter().copied().zip(self.weights_ppm()).collect(),
                well: self.down_below.ppm(),
                from: self.used_from(low.model),
            };
            automatic.wire(low, me, &watched);
        }
        if is_networked {
            seen::wire_open(low);
            return;
        }
        seen::join_found(low, me, level, Viewpoint::Inside);
        if self.load.is_some() {
            self.wire_load(low, me, level, parts, "");
        } else if !parts.is_empty() {
            let capacity = low.level(me, "capacity", Combine::Sum);
            for (part, weight) in parts.into_iter().zip(self.weights_ppm()) {
                low.net.part(capacity, part, Reading::Amount, weight);
            }
            low.net.hard(level, capacity, Reading::Amount);
        }
        for (name, how) in &self.needs {
            let need = low.model.resolve(name);
            how.wire(low, me, level, need);
        }
    }
}

/// The weight of so many servers among those needed. Rounded up, so that the sum over all reaches full service.
fn weight_ppm(servers: i64, needed: i64) -> i64 {
    let weight =
        (i128::from(servers) * i128::from(FULL_PPM) + i128::from(needed) - 1) / i128::from(needed.max(1));
    i64::try_from(weight.min(i128::from(FULL_PPM))).expect("a weight is at most full")
}

impl Service {
    /// Servers that no path of a described network leads to serve nobody.
    fn check_reach(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        if !reach::is_described(model, me) {
            return;
        }
        let (entity, from) = (model.entity(me), self.used_from(model));
        for pool in self.runs_on.keys() {
            let site = model.site(model.resolve(pool));
            if reach::is_ever_reached(model, from, site) {
                continue;
            }
            let (name, whence) = (model.entity(site).label(), self.used_from.as_ref());
            let whence = whence.map_or("the internet".to_owned(), |site| format!("`{}`", site.as_str()));
            let message = format!(
                "no path of links leads from {whence} to {name}, so that nobody can use `{}` there",
                entity.id
            );
            let issue = Issue::warning("never-reached", pool.span, message);
            issues.push(issue.at(format!("{} › runs-on", entity.path())).help(
                "describe an uplink of the site or a link to a site that has one, or say which site it is `used-from`",
            ));
        }
    }

    /// A promise about lost work that the replicas of a needed store cannot keep is a finding.
    fn check_recovery_point(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        /// A lag counts as this quantile: one loss in twenty finds the replica further behind.
        const LAG_QUANTILE: f64 = 0.95;
        let Some(rpo) = self.rpo else { return };
        let entity = model.entity(me);
        for name in self
            .needs
            .iter()
            .filter(|(_, how)| matches!(how, Need::Hard { .. }))
            .map(|(name, _)| name)
        {
            let Some(store) = model.get::<Store>(model.resolve(name)) else {
                continue;
            };
            let path = format!("{} › rpo", entity.path());
            let copies: Vec<Option<SimDuration>> = store.lags(LAG_QUANTILE).collect();
            if copies.is_empty() {
                let message = format!(
                    "`{}` promises to lose at most {rpo}, but `{}` has no second replica",
                    entity.id,
                    name.as_str()
                );
                let issue = Issue::finding("recovery-point-out-of-reach", entity.span, message).at(path);
                issues.push(issue.help(format!(
                    "add a synchronous or asynchronous replica of `{}` in another place",
                    name.as_str()
                )));
            } else if let Some(best) = copies
                .iter()
                .copied()
                .map(|lag| lag.unwrap_or(SimDuration::ZERO))
                .min()
                && best > rpo
            {
                let message = format!(
                    "`{}` promises to lose at most {rpo}, but the replicas of `{}` are {best} or more behind in one loss of twenty",
                    entity.id,
                    name.as_str()
                );
                issues.push(Issue::finding("recovery-point-out-of-reach", entity.span, message).at(path));
            }
        }
    }
}
