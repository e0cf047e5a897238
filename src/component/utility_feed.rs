//! Utility feeds: where power comes from outside.

use crate::model::Ref;
use schemars::JsonSchema;
use serde::Deserialize;

/// A feed from the public grid. It is live unless it is broken, held, or its place is lost or cut.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UtilityFeed {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it enters: a site, building or room.
    pub r#in: Ref,
}
