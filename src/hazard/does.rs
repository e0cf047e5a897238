//! The vocabulary of what lines of a timeline and steps of a procedure do to a design.

use crate::model::{Ref, Targets};
use schemars::JsonSchema;
use serde::Deserialize;

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
    /// Closes these places to people.
    pub seal: Targets,
    /// Opens these places to people again.
    pub unseal: Targets,
    /// Takes these things out of use without breaking them (a feed, a team, a provider).
    pub lose: Targets,
    /// Takes back a loss.
    pub give_back: Targets,
    /// Stops services, everywhere or in one place, until they are started.
    pub stop: Option<Stop>,
    /// Starts standbys of services in a place or pool, and what was stopped there.
    pub start: Option<Start>,
    /// Makes the replicas of stores in a place or pool serve.
    pub promote: Option<Promote>,
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
