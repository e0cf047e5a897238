//! Transformers, buses and PDUs: what hands power on. One lowering, three kinds.

use crate::model::{Ref, Refs};
use schemars::JsonSchema;
use serde::Deserialize;

/// A transformer: live while any of what feeds it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transformer {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
}

/// A bus or switchboard: live while any of what feeds it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bus {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
}

/// A power distribution unit of a hall: live while any of what feeds it is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pdu {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
}
