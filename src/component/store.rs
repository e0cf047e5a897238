//! Stores: data with replicas, one of which serves.

use crate::model::Ref;
use crate::quantity::{Count, Share};
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
}

/// A replica of a store.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
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
