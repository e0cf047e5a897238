//! What a service needs of other services and stores.

use crate::quantity::{Share, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// How a service needs another service or a store.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Need {
    /// It is never better than what it needs, and starts only while that is up.
    Hard {
        /// How long it goes on without (cached sessions, queues); whole again as soon as the need is up.
        #[serde(default)]
        grace: Option<SimDuration>,
    },
    /// It loses a share of its level in proportion to what the need lacks.
    Soft {
        /// The share that it loses when the need is wholly gone.
        loses: Share,
    },
    /// It starts only while the need is up; once running it does without.
    Start,
    /// It falls back to something worse while the need is down.
    Fallback {
        /// The level that the fallback still gives.
        quality: Share,
    },
}
