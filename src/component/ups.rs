//! Uninterruptible power supplies: electronics with batteries of their own.

use crate::model::{Ref, Refs};
use schemars::JsonSchema;
use serde::Deserialize;

/// An uninterruptible power supply: live while its electronics are fine and its input is live or any of its batteries holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ups {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where its electronics stand.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
    /// Its batteries, which all drain side by side while its input is dead; the longest-lived one counts.
    #[serde(default)]
    pub batteries: Refs,
}
