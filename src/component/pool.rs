//! Pools: counted servers of one kind in one place.

use crate::model::{Crew, Ref, Refs};
use crate::quantity::{Count, Rate, Share};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;

/// A pool of equal servers in one place, counted, never listed. They lose what they ran at once when power or cooling goes,
/// and are then booted in batches.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where its servers stand.
    pub r#in: Ref,
    /// How many servers it has.
    pub servers: Count,
    /// What feeds it, any one of which is enough; without any it always has power.
    #[serde(default)]
    pub fed_by: Refs,
    /// The cooling plants that keep it fit, any one of which is enough; without any it never gets too hot.
    #[serde(default)]
    pub cooled_by: Refs,
    /// The share of servers that are found dead when they are booted.
    pub dead_on_arrival: Share,
    /// The most servers that are booted as one batch; a batch lands as a whole.
    pub batch: Count,
    /// How servers that are off are booted. Describing one way leaves out the other; describing none is the library's automated way.
    pub boot: Boot,
    /// How servers that were found dead are repaired; they are booted after that.
    pub repair: Repair,
}

/// How the servers of a pool are booted: by a tool while what it needs is up, otherwise by hand.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Boot {
    /// By a tool, one batch of the pool after the other.
    pub automated: Option<Automated>,
    /// By hand, as many batches side by side as the crew has heads; used only while the automated way's tools are down.
    pub by_hand: Option<ByHand>,
}

/// Booting by a tool.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Automated {
    /// The services (the tools) that must be up when a batch begins.
    #[serde(default)]
    pub needs: Refs,
    /// How many servers of the pool it boots in a time.
    pub rate: Rate,
}

/// Booting by people on site; needs the place to be open.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ByHand {
    /// Who works on one batch, side by side: teams and heads.
    pub crew: Crew,
    /// How long one head takes for one server.
    pub each: LawInput,
}

/// Repairing dead servers, one by one; needs the place to be open.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repair {
    /// Who repairs one server: teams and heads. Without anybody one server after the other is repaired by hands that are not counted.
    #[serde(default)]
    pub crew: Crew,
    /// How long one head takes for one server.
    pub each: LawInput,
}
