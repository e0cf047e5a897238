//! What a replication over years yields: integers, by watched node.

use serde::{Deserialize, Serialize};

/// Cell of the length of an outage that had not ended when the replication did: longer than every length.
pub const NOT_ENDED: i64 = -1;

/// Cell of the class and the root of an outage where causes were not asked for, or none was found.
pub const NOT_TOLD: i64 = -1;

/// What one replication yielded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualRow {
    /// Number of the replication, from 0 -- with the seed it names the history, which can be replayed.
    pub replication: u32,
    /// How many events it had, the warm-up included.
    pub events: u64,
    /// What was seen of each watched node, in the order of the watches.
    pub seen: Vec<Seen>,
}

/// What was seen of one watched node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Over all years together.
    pub totals: Totals,
    /// Year by year.
    pub years: Vec<Year>,
    /// The outages that began in these years, in the order of their ends, as far as they were kept.
    pub outages: Vec<Outage>,
}

/// Sums over the counted years of one replication. Times are microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Time at less than `down_below`.
    pub down_us: i64,
    /// Time at less than full, but not down.
    pub degraded_us: i64,
    /// ∫ (1 − value / full) dt, rounded down once: time lost, a half-lost hour counting half an hour.
    pub lost_us: i64,
    /// How often the value fell below `down_below`: what textbooks call the number of failures.
    pub falls: i64,
    /// How many outages began.
    pub outages: i64,
    /// Time within outages, those included that began in the warm-up, and cut at the end of the last year.
    pub outage_us: i64,
    /// The longest outage that began; what had not ended counts as far as it was seen.
    pub longest_us: i64,
    /// How many of these outages (0 or 1) had not ended when the replication did.
    pub not_ended: i64,
    /// How many of these outages are not in the list, which is as long as a list may be.
    pub not_kept: i64,
}

impl Totals {
    /// What the sums are called, each with its unit, as in `replications.csv`.
    pub const COLUMNS: [&str; 9] = [
        "down_us",
        "degraded_us",
        "lost_us",
        "falls_count",
        "outages_count",
        "in_outages_us",
        "outage_longest_us",
        "outages_not_ended_count",
        "outages_not_listed_count",
    ];

    /// The sums in the order of [`Totals::COLUMNS`].
    pub fn cells(&self) -> [i64; 9] {
        [
            self.down_us,
            self.degraded_us,
            self.lost_us,
            self.falls,
            self.outages,
            self.outage_us,
            self.longest_us,
            self.not_ended,
            self.not_kept,
        ]
    }
}

/// One year of one watched node. Times are microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Year {
    /// Time at less than `down_below`.
    pub down_us: i64,
    /// Time at less than full, but not down.
    pub degraded_us: i64,
    /// ∫ (1 − value / full) dt, rounded down.
    pub lost_us: i64,
    /// How often the value fell below `down_below`.
    pub falls: i64,
    /// How many outages began.
    pub outages: i64,
    /// The time within outages, by the year of that time.
    pub outage_us: i64,
    /// The longest outage that began in this year, as far as it was seen.
    pub longest_us: i64,
}

/// One outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// When it began, in microseconds since the beginning of the replication.
    pub from_us: u64,
    /// How long it was, in microseconds, or [`NOT_ENDED`].
    pub length_us: i64,
    /// The class of its cause, as a place in the list of classes, or [`NOT_TOLD`].
    pub class: i64,
    /// Its root, as a place in the list of roots, or [`NOT_TOLD`].
    pub root: i64,
}
