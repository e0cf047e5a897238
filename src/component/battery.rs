//! Batteries: strings that a UPS lives from while its input is dead.

use crate::model::Ref;
use crate::quantity::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

/// A battery of a UPS. It has a switch of its own: a power-off of its room does not isolate it, but it is lost with its room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Battery {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// How long it carries its UPS when full.
    pub autonomy: SimDuration,
    /// How long an empty one takes to be full again.
    pub recharges: SimDuration,
}
