//! Links between sites, and uplinks: the ways of a site to its users.

use super::distribution::{electrical, live};
use super::duct::{A_CARRIER, A_DUCT};
use super::fails::{self, Fails};
use super::need::lasting;
use super::{SERVICES, check_twice, seen};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::Reading;
use crate::model::{
    Class, Component, EntityId, Expect, Kind, Lives, Lowering, Model, Ref, References, Refs, Stratum,
    Viewpoint, read_component, schema_of,
};
use crate::quantity::{DataRate, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// A link between two routers or sites.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Link {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// Its two ends: routers, or sites where it does not matter which router.
    pub between: [Ref; 2],
    /// The ducts that it runs through, all of which it needs.
    #[serde(default)]
    pub shares: Refs,
    /// Who runs it.
    pub carrier: Option<Ref>,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// A way from a router or site to the internet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Uplink {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// Where it begins: a router, or a site where it does not matter which router.
    pub from: Ref,
    /// The ducts that it runs through, all of which it needs.
    #[serde(default)]
    pub shares: Refs,
    /// How much it carries; without it, as much as is asked. It is held against what users of services ask for (`load: {per-user: …}`), over all uplinks
    /// that work.
    pub capacity: Option<DataRate>,
    /// Who runs it.
    pub carrier: Option<Ref>,
    /// What goes over it: the users alone, or all, so that sites reach each other through the internet as well.
    pub carries: Carries,
    /// The services (routing control, name service) that must all be up, as seen from its site, for its routes to be announced; without any they
    /// always are.
    #[serde(default)]
    pub announced_while: Refs,
    /// How long after one of these has gone the routes are withdrawn. They are announced again as soon as all are back.
    pub withdrawn_after: SimDuration,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// What goes over an uplink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Carries {
    /// What users ask for, and what goes between sites.
    All,
    /// What users ask for.
    Users,
}

/// The section `links`.
pub const LINKS: Kind = Kind {
    section: "links",
    noun: "link",
    docs: "A link between two routers or sites. It works while it is sound and its ducts and its carrier are. Sites whose network is described \
           can use each other while a path of routers and links that work leads from one to the other.",
    example: "blackstart: 1\nhorizon: 1 d\nsites: {alpha: {}, beta: {}}\nlinks: {dark-fibre-1: {between: [alpha, beta], fails: {mttf: 2000 h, mttr: \
              12 h}}}\npools: {web-a: {in: alpha, servers: 40}, data-b: {in: beta, servers: 20}}\nstores: {accounts: {replicas: {data-b: {primary: \
              {servers: 20}}}}}\nservices: {web: {tier: 1, runs-on: {web-a: {active: 40}}, needs: {accounts: hard}}}\nhappens: {cut: {loss-of: {ids: \
              dark-fibre-1, at: +1 h, for: 6 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Network),
    class: Class::Network,
    schema: schema_of::<Link>,
    read: read_component::<Link>,
};

/// The section `uplinks`.
pub const UPLINKS: Kind = Kind {
    section: "uplinks",
    noun: "uplink",
    docs: "A way from a router or site to the internet. Users see what stands in a site whose network is described only while a path leads \
           from there to the internet. Routes may depend on services: while one of these is gone, they are withdrawn.",
    example: "blackstart: 1\nhorizon: 1 d\nsites: {alpha: {}}\nuplinks: {alpha-up: {from: alpha, announced-while: route-control}}\npools: {web-a: {in: \
              alpha, servers: 40}}\nservices:\n  web: {tier: 1, users: 1 million, runs-on: {web-a: {active: 38}}}\n  route-control: {tier: internal, \
              runs-on: {web-a: {active: 2}}}\nhappens: {bug: {loss-of: {ids: route-control, at: +1 h, for: 1 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Network),
    class: Class::Network,
    schema: schema_of::<Uplink>,
    read: read_component::<Uplink>,
};

/// Where a link ends.
const ENDS: Expect = Expect {
    sections: &["routers", "sites"],
    noun: "router or site",
};

impl Component for Link {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        for end in &self.between {
            out.one(end, ENDS, "between");
        }
        shared_references(&self.shares, self.carrier.as_ref(), out);
        fails::references(self.fails.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.shares.iter().chain(&self.carrier).collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let [one, other] = self.between.each_ref().map(|end| model.resolve(end));
        let is_its_site = |site, router| site == model.site(router) && site != router;
        if one == other || is_its_site(one, other) || is_its_site(other, one) {
            let message = format!("`{}` joins nothing: both its ends are in one place", entity.id);
            let issue = Issue::error("joined-to-itself", self.between[1].span, message);
            issues.push(issue.at(format!("{} › between", entity.path())).help(
                "name two routers or two sites; the routers of one site reach each other without a link",
            ));
        }
        check_twice(self.shares.iter(), &format!("{} › shares", entity.path()), issues);
        fails::check(self.fails.as_ref(), me, model, issues);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, self.fails.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire_shared(low, me, &self.shares, self.carrier.as_ref());
        fails::wire_body(low, me, self.fails.as_ref());
    }
}

impl Component for Uplink {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.from, ENDS, "from");
        shared_references(&self.shares, self.carrier.as_ref(), out);
        out.many(&self.announced_while, SERVICES, "announced-while");
        fails::references(self.fails.as_ref(), out);
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.shares
            .iter()
            .chain(&self.carrier)
            .chain(self.announced_while.iter())
            .collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        if self.withdrawn_after == SimDuration::ZERO {
            let message = format!("the routes of `{}` would be withdrawn in no time", entity.id);
            let issue = Issue::error("out-of-bounds", entity.span, message);
            issues.push(issue.at(format!("{path} › withdrawn-after")));
        }
        if self.capacity.is_some_and(|capacity| capacity.bit_s() < 1_000) {
            let message = format!("`{}` carries less than a kilobit per second", entity.id);
            let issue = Issue::error("out-of-bounds", entity.span, message);
            issues.push(issue.at(format!("{path} › capacity")));
        }
        check_twice(self.shares.iter(), &format!("{path} › shares"), issues);
        check_twice(
            self.announced_while.iter(),
            &format!("{path} › announced-while"),
            issues,
        );
        fails::check(self.fails.as_ref(), me, model, issues);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, self.fails.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        wire_shared(low, me, &self.shares, self.carrier.as_ref());
        if !self.announced_while.is_empty() {
            let site = low.model.site(low.model.resolve(&self.from));
            let controls = seen::ups(low, self.announced_while.iter(), Viewpoint::Site(site));
            let announces = low.all(me, "announces", &controls);
            // What is withdrawn may be what its control needs: a store that drains looks at it one round later, so that this circle is none.
            let announced = lasting(
                low,
                me,
                "announced",
                self.withdrawn_after,
                (announces, Reading::Flag),
            );
            let out = live(low, me);
            low.net.also(out, announced, Reading::Flag);
        }
        fails::wire_body(low, me, self.fails.as_ref());
    }
}

fn shared_references(shares: &Refs, carrier: Option<&Ref>, out: &mut References<'_>) {
    out.many(shares, A_DUCT, "shares");
    if let Some(carrier) = carrier {
        out.one(carrier, A_CARRIER, "carrier");
    }
}

/// What it shares with others it needs.
fn wire_shared(low: &mut Lowering<'_>, me: EntityId, shares: &Refs, carrier: Option<&Ref>) {
    let out = live(low, me);
    for name in shares.iter().chain(carrier) {
        let (node, reading) = low
            .named(name)
            .out
            .expect("a duct or carrier says whether it is there");
        low.net.also(out, node, reading);
    }
}
