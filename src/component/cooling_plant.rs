//! Cooling plants: k-of-n units that restart by themselves, and the time until the halls are too hot.

use crate::model::{Ref, Refs};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A cooling plant of equal units. What it cools stays fit while enough units run, and after that until it is too hot.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoolingPlant {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands.
    pub r#in: Ref,
    /// How many units there are.
    pub units: u32,
    /// How many running units cool enough; all of them if not given.
    pub needed: Option<u32>,
    /// What feeds it, any one of which is enough; without any it is always fed.
    #[serde(default)]
    pub fed_by: Refs,
    /// How long a unit takes to cool again once its power is back.
    pub restarts: LawInput,
    /// How long after the loss of cooling it is too hot for servers; the heat goes as fast as it came.
    pub ride_through: SimDuration,
}
