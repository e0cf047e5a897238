//! Everything that a report of years may print, as plain data; `summary.json` of an annual run is this written down.
//!
//! It has a shape of its own: annual and conditional figures are never in one file. Times are microseconds, shares lie in \[0, 1\], and
//! *per year* is per year of 365.25 days.

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::watched::Watched;
use crate::analysis::results::{Head, Numbers, Share, Verdict};

/// Version of the shape of an annual `summary.json`.
pub const ANNUAL_SCHEMA_VERSION: u32 = 1;

/// The results of a run over years.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnnualResults {
    /// [`ANNUAL_SCHEMA_VERSION`].
    #[serde(rename = "schema_version")]
    pub schema_version: u32,
    /// What was run; its basis is always *per year*.
    pub head: Head,
    /// The years.
    pub span: SpanResult,
    /// One entry per service: by tier (internal last), then by users, most first, then by id.
    pub services: Vec<ServiceYears>,
    /// The promises.
    pub targets: Vec<PromiseResult>,
    /// Sentences on each stratum that was not described and therefore cannot fail.
    pub not_described: Vec<String>,
    /// Where the numbers of the scenario come from.
    pub numbers: Numbers,
    /// What to keep in mind when reading the estimates, in sentences.
    pub cautions: Vec<String>,
}

/// How many years were simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SpanResult {
    /// Years of each replication.
    pub years: u32,
    /// What was left out before them \[µs\].
    pub warm_up_us: u64,
    /// Years in all.
    pub years_in_all: u64,
    /// Into how many batches they were put for intervals.
    pub batches: u64,
    /// Events of all replications.
    pub events: u64,
}

/// What the run says of one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ServiceYears {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its tier; `None` is internal.
    pub tier: Option<u8>,
    /// Its users.
    pub users: i64,
    /// Availability, outages, tails.
    pub watched: Watched,
    /// User-minutes lost per year, a half-served user counting half; `None` if nobody uses it directly.
    pub user_minutes_per_year: Option<Estimate>,
    /// The recovery time objective \[µs\], if one was promised, and the share of outages that were over within it.
    pub rto: Option<RtoYears>,
    /// The outages by class of cause, most frequent first.
    pub classes: Vec<CauseYears>,
    /// The outages by root, most frequent first.
    pub roots: Vec<CauseYears>,
}

/// An objective beside how many outages met it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RtoYears {
    /// The objective \[µs\].
    pub objective_us: u64,
    /// The share of outages that were over within it; `None` without outages.
    pub within: Option<Share>,
}

/// Outages of one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CauseYears {
    /// The class, or what the root is called.
    pub cause: String,
    /// Its outages per year.
    pub outages_per_year: Estimate,
    /// Their share of all outages.
    pub share: Share,
    /// Their mean length \[µs\], what had not ended left out; `None` if none had.
    pub mean_us: Option<f64>,
    /// Time in them per year \[µs\].
    pub per_year_us: f64,
}

/// One promise about years, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PromiseResult {
    /// Its id in the scenario.
    pub id: String,
    /// The promise as a sentence, like `text available 99.95 % of the time`.
    pub text: String,
    /// What it is about, and the unit of its values: `availability` (share), `down-per-year` (µs) or `outages-within` (share).
    pub measure: String,
    /// The estimate, with its interval at `confidence`.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// What is required.
    pub required: f64,
    /// Confidence of the interval, in (0, 1).
    pub confidence: f64,
    /// The verdict.
    pub verdict: Verdict,
}
