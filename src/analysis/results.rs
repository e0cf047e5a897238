//! Everything that a report needs, as plain data.
//!
//! `summary.json` is a [`Results`] written down: names, estimates, intervals, counts and the chosen replications. It knows
//! neither rows nor formats, and holds no clock, host, path or thread count.
//!
//! Every number comes with its interval and its count. Times are microseconds since the start of the history; lost
//! user-minutes are users × minutes; shares are in \[0, 1\].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ignorance::Ignorance;

/// Version of the shape of `summary.json`; raised whenever a reader of the old shape would misread the new one.
pub const SCHEMA_VERSION: u32 = 1;

/// The results of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Results {
    /// [`SCHEMA_VERSION`].
    #[serde(rename = "schema_version")]
    pub schema_version: u32,
    /// What was run.
    pub head: Head,
    /// One entry per service: by tier (internal last), then by users, most first, then by id.
    pub services: Vec<ServiceResult>,
    /// All services with users as one: first beginning to last end.
    pub whole: WholeResult,
    /// What lost its function.
    pub blast: BlastResult,
    /// Shares served and servers on over time.
    pub curve: CurveResult,
    /// The promises.
    pub targets: Vec<TargetResult>,
    /// The simulation beside the record of what really happened.
    pub records: Vec<RecordResult>,
    /// The replication whose recovery of the whole is the median of those that lost anything.
    pub median_replication: Option<u32>,
    /// The replication whose recovery of the whole is the longest.
    pub worst_replication: Option<u32>,
    /// Replications that were replayed and are told in full.
    pub chosen: Vec<Chosen>,
    /// Sentences on each stratum that was not described and therefore cannot fail.
    pub not_described: Vec<String>,
    /// Where the numbers of the scenario come from.
    pub numbers: Numbers,
    /// What to keep in mind when reading the estimates, in sentences.
    pub cautions: Vec<String>,
    /// Whether the promises hold over the ranges of what is only assumed, if that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignorance: Option<Ignorance>,
}

/// What was run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Head {
    /// Title of the scenario.
    pub title: String,
    /// The scenario's file stem, which also names the directory of the results.
    pub name: String,
    /// What happened, in a few words, like `battery-fire in alpha/battery-a`.
    pub happening: String,
    /// Whether the results hold given that this happened, or per year.
    pub basis: Basis,
    /// Version of Blackstart.
    pub version: String,
    /// Seed of the run.
    pub seed: u64,
    /// Number of replications.
    pub n: u64,
    /// How many were asked for, if the run was interrupted: then these are the first `n` of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted_of: Option<u64>,
    /// Simulated span of each replication \[µs\].
    pub horizon_us: u64,
    /// Civil time at which the history starts, like `2022-10-15T15:19:00`; `None` without a clock.
    pub start: Option<String>,
    /// Whether nothing runs at the start, so that all recoveries count from when power is back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_dark: bool,
    /// If so: the circles of things that wait for each other to start, each as names in a way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub start_circles: Vec<Vec<String>>,
    /// IANA name of the zone of the civil times, like `Asia/Seoul`.
    pub zone: String,
    /// Confidence of every interval that does not state its own, in (0, 1).
    pub level: f64,
    /// Servers described in all.
    pub servers: u64,
    /// SHA-256 of the resolved scenario, in hexadecimal.
    pub scenario_sha256: String,
    /// Options that change results, by name.
    pub options: BTreeMap<String, String>,
    /// Kinds of tiles: stable name and label for people, in the order in which they are drawn.
    pub tile_kinds: Vec<Label>,
}

/// What the results are conditioned on; the two are never mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Given that this happens.
    #[default]
    Given,
    /// Over a year of ordinary life.
    PerYear,
}

/// A stable name and what people read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Label {
    /// Stable, kebab-case.
    pub name: String,
    /// For people.
    pub label: String,
}

/// A proportion of replications with its interval (Wilson, at [`Head::level`] unless stated).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Share {
    /// Replications in which it was so.
    pub hits: u64,
    /// Replications looked at.
    pub n: u64,
    /// `hits / n`.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// A mean with its Student t interval at [`Head::level`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Lower bound; `None` with fewer than two observations.
    pub low: Option<f64>,
    /// Upper bound; `None` with fewer than two observations.
    pub high: Option<f64>,
    /// Number of observations.
    pub n: u64,
}

/// A value of an ordered sample in which some lie beyond the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// This value.
    At(i64),
    /// Larger than every value: not recovered within the horizon.
    Beyond,
}

/// A sample quantile (type 1 of Hyndman and Fan: an observed value) with its distribution-free interval from order
/// statistics at [`Head::level`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Quantile {
    /// The quantile.
    pub value: Reach,
    /// Lower bound; `None` where the sample is too small to give one.
    pub low: Option<Reach>,
    /// Upper bound; `None` where the sample is too small to give one.
    pub high: Option<Reach>,
    /// Number of observations, those beyond the horizon included.
    pub n: u64,
}

/// Whether a promise is kept, judged by the interval and never by the point estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval lies at or above what is required.
    Kept,
    /// The whole interval lies below what is required.
    Broken,
    /// The interval holds what is required: more replications would settle it.
    Undecided,
}

/// Recovery times, given that something was lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Recovery {
    /// Median RTA \[µs\], if lost.
    pub median: Quantile,
    /// RTA that 1 in 20 exceeds \[µs\], if lost.
    pub p95: Quantile,
    /// RTA that 19 in 20 exceed \[µs\], if lost.
    pub p05: Quantile,
    /// Mean of min(RTA, horizon) \[µs\], if lost.
    pub mean: Mean,
    /// Share not back within the horizon, of those lost.
    pub never: Share,
    /// Median of the time of the loss \[µs since the start\], if lost.
    pub lost_at_median: Quantile,
    /// Mean length of each kind of tile \[µs\], if lost, in the order of [`Head::tile_kinds`].
    pub tiles: Vec<TileMean>,
}

/// The mean of one kind of waiting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TileMean {
    /// Name of the kind.
    pub kind: String,
    /// Mean length per recovery \[µs\].
    pub mean: Mean,
}

/// What the run says of one service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ServiceResult {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its tier; `None` is internal.
    pub tier: Option<u8>,
    /// Its users.
    pub users: i64,
    /// Probability of losing it, over all replications.
    pub lost: Share,
    /// Recovery, if lost; `None` if it was lost in no replication.
    pub recovery: Option<Recovery>,
    /// Number of outages per replication.
    pub outages: Mean,
    /// Lost user-minutes per replication.
    pub lost_user_minutes: Mean,
    /// How many lost user-minutes are exceeded how often.
    pub exceedance: Vec<ExceedancePoint>,
    /// Mean lost user-minutes of the worst 5 % of replications.
    pub lost_user_minutes_worst: Mean,
    /// The recovery time objective, if one was promised.
    pub rto: Option<RtoResult>,
    /// Classes of causes, among the replications that lost it; classes that never occurred are left out.
    pub classes: Vec<ClassShare>,
    /// Its recovery on the record beside the simulated one.
    pub record: Option<ServiceRecord>,
    /// What it missed of what it drew, if it is a load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadResult>,
}

/// What a load missed of what it drew, per replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LoadResult {
    /// Energy that it drew in vain \[MWh\]: the energy not served.
    pub unserved_mwh: Mean,
    /// Time in which it got less than it drew \[h\]: the loss of load.
    pub short_h: Mean,
    /// How often that began.
    pub shortfalls: Mean,
}

/// A point of an exceedance curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExceedancePoint {
    /// User-minutes.
    pub user_minutes: f64,
    /// Share of replications that lose more.
    pub share: Share,
}

/// An objective beside how often it was met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RtoResult {
    /// The objective \[µs\].
    pub objective_us: u64,
    /// Share of all replications that met it; never lost meets it.
    pub back: Share,
    /// The share that counts as kept.
    pub required: f64,
    /// The verdict at [`Head::level`].
    pub verdict: Verdict,
}

/// How often a class of cause brought a service down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClassShare {
    /// Name of the class.
    pub class: String,
    /// Its share of the replications that lost the service.
    pub share: Share,
}

/// A service's real recovery beside the simulated ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ServiceRecord {
    /// Shortest recovery time that the sources allow \[µs\].
    pub rta_low_us: i64,
    /// Longest recovery time that the sources allow \[µs\].
    pub rta_high_us: i64,
    /// The simulated recovery beside it; `None` if no replication needed one.
    pub simulated: Option<RecordSimulated>,
}

/// What the run says of all services with users together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WholeResult {
    /// Probability that any service with users is lost.
    pub lost: Share,
    /// Recovery of the whole, if lost.
    pub recovery: Option<Recovery>,
    /// Share of replications in which something is lost for good: nothing pending could restore it.
    pub stuck: Share,
    /// Number of services with users lost per replication.
    pub services_lost: Spread,
}

/// A count over replications.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Spread {
    /// Mean.
    pub mean: Mean,
    /// Median.
    pub median: Quantile,
    /// 95th percentile.
    pub p95: Quantile,
    /// Largest.
    pub max: i64,
}

/// Blast radius.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BlastResult {
    /// Entities that lost their function, by class of cause, in the order of the layout.
    pub classes: Vec<BlastClass>,
    /// Largest number of servers down at once.
    pub servers_down: Spread,
    /// Longest way from a root to what it took down, in links.
    pub hops: Spread,
}

/// Entities that lost their function through one class of cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BlastClass {
    /// Name of the class.
    pub class: String,
    /// Number of entities per replication.
    pub entities: Spread,
}

/// Curves over time, each with its bands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CurveResult {
    /// The times \[µs since the start\].
    pub times_us: Vec<u64>,
    /// Share of service-users served \[ppm\], services weighted by their users.
    pub served: Band,
    /// Servers that are on.
    pub servers_on: Band,
}

/// Point-wise quantiles over replications, one value per time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Band {
    /// 5 % of the replications lie at or below.
    pub q05: Vec<i64>,
    /// Lower quartile.
    pub q25: Vec<i64>,
    /// Median.
    pub q50: Vec<i64>,
    /// Upper quartile.
    pub q75: Vec<i64>,
    /// 95 % of the replications lie at or below.
    pub q95: Vec<i64>,
    /// Mean.
    pub mean: Vec<f64>,
}

/// One promise and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetResult {
    /// Its id in the scenario.
    pub id: String,
    /// The promise as a sentence, like `text back within 1 h`.
    pub text: String,
    /// Share of all replications that kept it, with its interval at `confidence`.
    pub share: Share,
    /// Share required, in \[0, 1\].
    pub required: f64,
    /// Confidence of the interval, in (0, 1).
    pub confidence: f64,
    /// The verdict.
    pub verdict: Verdict,
}

/// What a point of the record speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordMeasure {
    /// Recovery time of a service \[µs\], by its id.
    ServiceRta(String),
    /// Recovery time of the whole \[µs\].
    WholeRta,
    /// Servers on at a time, of those that were counted.
    ServersOn {
        /// When (µs since the start).
        at_us: u64,
        /// How many servers were counted in all, on or not.
        of: i64,
    },
    /// Share of service-users served at a time \[ppm\], the time in µs since the start.
    Served(u64),
}

/// What was done with a point of the record while the scenario was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordRole {
    /// Inputs were tuned to it: agreement is a fit.
    Tuned,
    /// Nothing was tuned to it: agreement says something.
    Untuned,
}

/// A point of the record beside the simulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordResult {
    /// Its id in the scenario.
    pub id: String,
    /// What it says, in words.
    pub text: String,
    /// Where it is written.
    pub source: String,
    /// What it speaks of, and the unit of all its values with it.
    pub measure: RecordMeasure,
    /// Tuned or not.
    pub role: RecordRole,
    /// Least value that the sources allow.
    pub low: i64,
    /// Greatest value that the sources allow.
    pub high: i64,
    /// What the simulation says; `None` if it is a recovery that no replication needed.
    pub simulated: Option<RecordSimulated>,
    /// Whether the record's range meets the simulated 5 to 95 % range.
    pub inside: bool,
}

/// The simulated values beside a point of the record: of the replications that lost it for a recovery, else of all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordSimulated {
    /// Median.
    pub median: Quantile,
    /// 5th percentile.
    pub p05: Quantile,
    /// 95th percentile.
    pub p95: Quantile,
    /// Share below the least value of the record.
    pub percentile_low: f64,
    /// Share at or below the greatest value of the record.
    pub percentile_high: f64,
}

/// Why a replication is told in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChosenWhy {
    /// The median recovery of the whole.
    Median,
    /// The worst recovery of the whole.
    Worst,
    /// The user asked for it.
    Kept,
}

impl ChosenWhy {
    /// Stable name, as in the result files.
    pub fn name(self) -> &'static str {
        match self {
            ChosenWhy::Median => "median",
            ChosenWhy::Worst => "worst",
            ChosenWhy::Kept => "kept",
        }
    }
}

/// One replication, replayed and told in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Chosen {
    /// Its number.
    pub replication: u32,
    /// Why it was chosen.
    pub why: ChosenWhy,
    /// Its outages, by beginning, then by service.
    pub outages: Vec<ChosenOutage>,
    /// What happened, in order of time.
    pub story: Vec<StoryLine>,
}

/// One outage of one service in a chosen replication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChosenOutage {
    /// Id of the service.
    pub service: String,
    /// Its beginning \[µs since the start\].
    pub down_at_us: u64,
    /// Its end \[µs since the start\]; `None` if not back within the horizon.
    pub up_at_us: Option<u64>,
    /// What it waited for: runs that follow each other without gap or overlap from beginning to end (or the horizon).
    pub tiles: Vec<TileRun>,
    /// Why it was lost, the root first.
    pub cause: Vec<String>,
    /// Name of the class of that cause.
    pub class: String,
}

/// A stretch of waiting for one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TileRun {
    /// Beginning \[µs since the start\].
    pub from_us: u64,
    /// End \[µs since the start\].
    pub to_us: u64,
    /// Name of the kind of tile.
    pub kind: String,
    /// What exactly, like `boot web-a by hand`.
    pub label: String,
}

/// A sentence of a replication's story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StoryLine {
    /// When \[µs since the start\].
    pub at_us: u64,
    /// What happened.
    pub text: String,
}

/// Where the numbers of a scenario come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Numbers {
    /// Numbers of the scenario without a stated grade.
    pub yours: u64,
    /// Numbers of the scenario by stated grade, weakest first (`assumed`, `derived`, `vendor`, `press`, `survey`, `primary`).
    pub yours_by_grade: Vec<GradeCount>,
    /// Numbers from the built-in library by grade, weakest first.
    pub library_by_grade: Vec<GradeCount>,
}

/// How many numbers have one grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GradeCount {
    /// The grade.
    pub grade: String,
    /// How many.
    pub count: u64,
}

impl Numbers {
    /// Numbers in all.
    pub fn total(&self) -> u64 {
        self.yours
            + self
                .yours_by_grade
                .iter()
                .chain(&self.library_by_grade)
                .map(|grade| grade.count)
                .sum::<u64>()
    }

    /// Numbers that are assumed, wherever they stand.
    pub fn assumed(&self) -> u64 {
        let all = self.yours_by_grade.iter().chain(&self.library_by_grade);
        all.filter(|grade| grade.grade == "assumed")
            .map(|grade| grade.count)
            .sum()
    }
}

impl Results {
    /// The chosen replication that is told first: the median, else whichever there is.
    pub fn told(&self) -> Option<&Chosen> {
        self.chosen
            .iter()
            .find(|chosen| chosen.why == ChosenWhy::Median)
            .or(self.chosen.first())
    }

    /// Label of a kind of tile for people; the name itself if it is unknown.
    pub fn tile_label<'a>(&'a self, kind: &'a str) -> &'a str {
        self.head
            .tile_kinds
            .iter()
            .find(|label| label.name == kind)
            .map_or(kind, |label| label.label.as_str())
    }
}
