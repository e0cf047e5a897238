//! Services: functions that users tell apart, and the tools behind them.

use super::need::Need;
use crate::model::{Ref, Tier};
use crate::quantity::{Count, MoneyRate, Share, SimDuration};
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
    /// The pools on which it has servers. Without any it is a pure function of its needs.
    #[serde(default)]
    pub runs_on: BTreeMap<Ref, Standing>,
    /// How long it takes to start where it has stopped.
    pub starts: LawInput,
    /// The share of its servers in a pool that must be there for a start, and for going on.
    pub starts_with: Share,
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
    /// What an hour of outage costs.
    pub downtime_cost: Option<MoneyRate>,
    /// The level below which it counts as down.
    pub down_below: Share,
    /// The level at which it counts as recovered.
    pub recovered_at: Share,
    /// How long it must stay recovered for that to count.
    pub settled_for: SimDuration,
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
pub struct Failover {
    /// The procedure that starts its standbys.
    pub procedure: Ref,
}
