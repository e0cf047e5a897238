//! The head of a scenario, as written: clock, targets, record.

use super::written::{Moment, Ref};
use crate::quantity::{Count, Probability, SimDuration};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// When the replication begins, in civil time. Without a clock all times are counted from the start alone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClockBlock {
    /// The time zone, by its name in the zone database: `Asia/Seoul`.
    pub zone: Spanned<String>,
    /// The civil time at which the scenario begins: `2022-10-15 15:19`.
    pub starts: Spanned<Moment>,
}

/// A promise: a service is back within a time, with a probability. Held against the interval of the estimate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetBlock {
    /// Which of what happens it is promised for; what is named must be there.
    pub given: Option<Ref>,
    /// The service.
    pub service: Ref,
    /// How long an outage of it may last; a service that is never lost keeps the promise.
    pub back_within: Spanned<SimDuration>,
    /// In which share of all replications at least.
    pub probability: Probability,
    /// How sure the verdict must be.
    #[serde(default = "usual_confidence")]
    pub confidence: Probability,
}

fn usual_confidence() -> Probability {
    Probability::new(0.95).expect("95 % is a probability")
}

/// What was observed in a real outage or a game day; laid over the estimates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum RecordBlock {
    /// An outage of a service.
    Outage {
        /// The service.
        service: Ref,
        /// When it was lost.
        lost_at: Spanned<Moment>,
        /// When it was back; with `back-by` the earliest time.
        back_at: Spanned<Moment>,
        /// The latest time at which it was back, where only a window is known.
        #[serde(default)]
        back_by: Option<Spanned<Moment>>,
        /// Where that is known from.
        #[serde(default)]
        source: Option<String>,
        /// Whether inputs were tuned to it: agreement is then a fit, not a test.
        #[serde(default)]
        tuned: bool,
    },
    /// How many servers were on at a time.
    ServersOn {
        /// The place or pool whose servers were counted.
        r#in: Ref,
        /// When.
        at: Spanned<Moment>,
        /// How many.
        count: Count,
        /// Where that is known from.
        #[serde(default)]
        source: Option<String>,
        /// Whether inputs were tuned to it: agreement is then a fit, not a test.
        #[serde(default)]
        tuned: bool,
    },
}
