//! Places: sites, buildings, rooms. Everything physical stands in one.

use crate::model::Ref;
use schemars::JsonSchema;
use serde::Deserialize;

/// A site: an address with buildings and rooms. Its loss, an emergency power-off or a sealing reaches everything in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Site {
    /// What people call it, in any script.
    pub name: Option<String>,
}

/// A building of a site.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Building {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The site that it stands on; given by itself when it is written inside a site.
    pub r#in: Ref,
}

/// A room: the smallest place that can be lost, cut or sealed for itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Room {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The building or site that it is part of; given by itself when it is written inside one.
    pub r#in: Ref,
}
