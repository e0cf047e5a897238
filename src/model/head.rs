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

/// How everything is when a replication begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// All that can run does.
    Running,
    /// Nothing runs and batteries are empty; power is just back.
    Dark,
}

/// Years of ordinary life instead of one disaster: each replication is so many years, in which things fail and are repaired. A scenario has
/// either this or a `horizon`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnnualBlock {
    /// How many years each replication counts, after the warm-up: 1 to 10000.
    #[serde(default)]
    pub years: Option<Spanned<Count>>,
    /// How much of the beginning is left out, so that the years do not begin with everything new and running.
    #[serde(default)]
    pub warm_up: Option<Spanned<SimDuration>>,
}

/// Years that a replication counts unless stated.
pub const YEARS_USUAL: u32 = 100;

/// The most years that a replication may count: each is a line of every service in memory.
pub const YEARS_MAX: u32 = 10_000;

/// The warm-up unless stated: a year of 365.25 days, in microseconds.
pub const WARM_UP_USUAL_US: u64 = 31_557_600_000_000;

/// A promise. Of one disaster: a service is back within a time, with a probability. Of years: a service is available in so much of the time,
/// or down for so long per year at most, or its outages are over within a time, so many of them. Held against the interval of the estimate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetBlock {
    /// Which of what happens it is promised for; what is named must be there.
    pub given: Option<Ref>,
    /// The service.
    pub service: Ref,
    /// How long an outage of it may last; a service that is never lost keeps the promise.
    pub back_within: Option<Spanned<SimDuration>>,
    /// In which share of all replications at least; in annual runs: of all outages.
    pub probability: Option<Spanned<Probability>>,
    /// Annual runs: the share of time in which it is not down, at least.
    pub availability: Option<Spanned<Probability>>,
    /// Annual runs: how long it may be down per year, on average.
    pub down_per_year: Option<Spanned<SimDuration>>,
    /// How sure the verdict must be.
    #[serde(default = "usual_confidence")]
    pub confidence: Probability,
}

/// What a target promises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Promise {
    /// Back within so many microseconds, in this share of replications (of outages, in annual runs).
    BackWithin {
        /// The bound.
        us: u64,
        /// The share.
        share: f64,
    },
    /// Not down in this share of time.
    Availability(f64),
    /// Down for so many microseconds per year at most.
    DownPerYear(u64),
}

impl TargetBlock {
    /// What it promises; `None` if that is nothing, or more than one thing.
    pub fn promise(&self) -> Option<Promise> {
        match (
            &self.back_within,
            &self.probability,
            &self.availability,
            &self.down_per_year,
        ) {
            (Some(within), Some(share), None, None) => Some(Promise::BackWithin {
                us: within.value.us(),
                share: share.value.fraction(),
            }),
            (None, None, Some(share), None) => Some(Promise::Availability(share.value.fraction())),
            (None, None, None, Some(down)) => Some(Promise::DownPerYear(down.value.us())),
            _ => None,
        }
    }
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
