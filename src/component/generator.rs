//! Generators: sets that start when what they stand in for is dead.

use crate::model::Ref;
use crate::quantity::{Share, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A plant of equal generators. It starts when what it stands in for is dead and stops when that is live again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Generators {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// The feed, transformer or bus whose loss starts it.
    pub stands_in_for: Ref,
    /// How many sets there are.
    pub units: u32,
    /// How many running sets carry the load; all of them if not given.
    pub needed: Option<u32>,
    /// How long a set takes from the loss until it carries load.
    pub starts: LawInput,
    /// The chance that a set does not start when called on; it then stays failed until repaired.
    pub fails_to_start: Share,
    /// How long the fuel on site lasts; once burnt it is gone.
    pub fuel: SimDuration,
}
