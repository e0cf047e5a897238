//! Stores: data with replicas, one of which serves.

use super::failover::{Automatic, Watched};
use super::placement::{Placement, Shared, check_placement};
use super::{POOLS, reach, seen};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Combine, FULL_PPM, Reading};
use crate::model::{
    Class, Component, EntityId, Handles, Kind, Lowering, Model, Ref, References, Viewpoint, read_component,
    schema_of,
};
use crate::quantity::{Count, Share, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A store of data with replicas in pools. The primary serves; another one serves once promoted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Store {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The pools that hold a replica.
    pub replicas: BTreeMap<Ref, Replica>,
    /// How long a replica takes to start serving.
    pub starts: LawInput,
    /// The share of a replica's servers that must be there for it to start, and to go on.
    pub starts_with: Share,
    /// How another replica comes to serve when the primary is lost; without it, by a procedure, or not at all.
    pub failover: Option<Promotion>,
}

/// How another replica comes to serve.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Promotion {
    /// By machines that watch the primary; every other replica is promoted that can serve.
    Automatic(Box<Automatic>),
}

/// A replica of a store.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Replica {
    /// It serves.
    Primary {
        /// How many servers it stands on.
        #[serde(default = "one")]
        servers: Count,
    },
    /// It holds every acknowledged write; it serves once promoted.
    Synchronous {
        /// How many servers it stands on.
        #[serde(default = "one")]
        servers: Count,
    },
    /// It follows with a lag; it serves once promoted.
    Asynchronous {
        /// How many servers it stands on.
        #[serde(default = "one")]
        servers: Count,
        /// How far it is behind; checked against the recovery point objectives of the services that need the store.
        lag: LawInput,
    },
}

fn one() -> Count {
    Count::ONE
}

/// The section `stores`.
pub const KIND: Kind = Kind {
    section: "stores",
    noun: "store",
    docs: "A store of data with replicas in pools. The primary serves; another one serves once promoted. It is up while at least half of \
           a serving replica's servers are there.",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {data-a: {in: alpha, servers: 80}, data-b: {in: beta, servers: 40}}\n\
              stores: {accounts: {replicas: {data-a: {primary: {servers: 20}}, data-b: {asynchronous: {servers: 20, lag: 2 s}}}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Data,
    schema: schema_of::<Store>,
    read: read_component::<Store>,
};

/// The level from which a store counts as up.
const UP_PPM: i64 = FULL_PPM / 2;

impl Replica {
    /// How many servers it stands on.
    pub fn servers(&self) -> i64 {
        match self {
            Self::Primary { servers }
            | Self::Synchronous { servers }
            | Self::Asynchronous { servers, .. } => servers.get(),
        }
    }
}

impl Store {
    /// How far each replica but the primary is behind, at this quantile; `None` for one in step.
    pub(super) fn lags(&self, quantile: f64) -> impl Iterator<Item = Option<SimDuration>> {
        self.replicas.values().filter_map(move |replica| match replica {
            Replica::Primary { .. } => None,
            Replica::Synchronous { .. } => Some(None),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a lag is not negative, and saturates"
            )]
            Replica::Asynchronous { lag, .. } => {
                Some(Some(SimDuration::from_us(lag.law().quantile(quantile) as u64)))
            }
        })
    }

    fn placements(&self, low: &Lowering<'_>) -> Vec<Placement> {
        let place = |(pool, replica): (&Ref, &Replica)| Placement {
            pool: low.model.resolve(pool),
            servers: replica.servers(),
            standby: !matches!(replica, Replica::Primary { .. }),
            holds_servers: true,
        };
        self.replicas.iter().map(place).collect()
    }
}

impl Component for Store {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        for pool in self.replicas.keys() {
            out.one(pool, POOLS, "replicas");
        }
        if let Some(Promotion::Automatic(automatic)) = &self.failover {
            automatic.references(out);
        }
    }

    fn standings(&self) -> Vec<(&Ref, bool)> {
        self.replicas
            .iter()
            .map(|(pool, replica)| (pool, !matches!(replica, Replica::Primary { .. })))
            .collect()
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.replicas.keys().collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        for (pool, replica) in &self.replicas {
            check_placement(me, pool, replica.servers(), model, issues);
        }
        let primaries = self
            .replicas
            .values()
            .filter(|replica| matches!(replica, Replica::Primary { .. }))
            .count();
        if primaries != 1 {
            let message = format!(
                "`{}` has {primaries} primary replicas; exactly one serves at first",
                entity.id
            );
            issues.push(
                Issue::error("one-primary", entity.span, message).at(format!("{} › replicas", entity.path())),
            );
        }
        if let Some(Promotion::Automatic(automatic)) = &self.failover {
            automatic.check(me, model, issues);
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let body = low.unit(me, "");
        let level = low.level(me, "level", Combine::Min);
        if reach::is_described(low.model, me) {
            seen::open(low, me, Viewpoint::Inside, level);
        } else {
            low.net.hard(level, body, Reading::Full);
        }
        let standings = self
            .placements(low)
            .iter()
            .map(|placement| placement.declare(low, me))
            .collect();
        *low.of_mut(me) = Handles {
            body: vec![body],
            out: Some((level, Reading::AtLeast(UP_PPM))),
            level: Some((level, UP_PPM)),
            standings,
            lost: Some((level, UP_PPM)),
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let (level, _) = low.of(me).level.expect("a store has a level");
        let body = low.of(me).body[0];
        let shared = Shared {
            body,
            starts: self.starts.law(),
            starts_with: self.starts_with,
        };
        let mut parts = Vec::new();
        for (ordinal, placement) in self.placements(low).iter().enumerate() {
            parts.push(placement.wire(low, me, ordinal, &shared, &[]));
        }
        if let Some(Promotion::Automatic(automatic)) = &self.failover {
            let watched = Watched {
                parts: parts.iter().map(|&part| (part, FULL_PPM)).collect(),
                well: UP_PPM,
                from: Viewpoint::Outside,
            };
            automatic.wire(low, me, &watched);
        }
        if reach::is_described(low.model, me) {
            seen::wire_open(low);
            return;
        }
        let best = low.level(me, "serving", Combine::Max);
        for part in parts {
            low.net.part(best, part, Reading::Amount, FULL_PPM);
        }
        low.net.hard(level, best, Reading::Amount);
    }
}
