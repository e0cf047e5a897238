//! Transfer switches: take the first live source.

use crate::model::{Ref, Refs};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A transfer switch: takes the first live source of its list, and goes back to a better one once that is live again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TransferSwitch {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// The sources, the preferred one first.
    pub sources: Refs,
    /// How long a loss must last before it transfers.
    pub senses: SimDuration,
    /// How long a transfer takes; the output is dead meanwhile.
    pub transfers: LawInput,
}
