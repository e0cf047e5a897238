//! The generic loss of anything.

use crate::model::{Moment, Targets};
use crate::random::LawInput;
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// The loss of any place, component, service, store, team or provider. `loss-of: ID` and `loss-of: [ID, ID]` are short forms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LossOf {
    /// What is lost.
    pub ids: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long it is lost; for good if not given.
    pub r#for: Option<LawInput>,
}
