//! What the rows say of one watched node.

use serde::{Deserialize, Serialize};

use super::batches::batches;
use super::estimate::{Estimate, clumps, mean_length, per_year, time_share};
use crate::analysis::interval::{Values, share};
use crate::analysis::results::{Quantile, Share};
use crate::observe::annual::{AnnualRow, NOT_ENDED, Outage, YEAR_US, Year};
use crate::statistics::{self as stat, Proportion, Sorted};

/// Points of a curve over years or outages.
const POINTS: usize = 40;

/// A point of an exceedance curve: how many exceed a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct YearPoint {
    /// The span \[µs\].
    pub us: i64,
    /// The share that is longer.
    pub share: Share,
}

/// What is to be said of one watched node. Times are microseconds; *per year* is per year of 365.25 days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Watched {
    /// How many years were simulated in all.
    pub years: u64,
    /// The share of time in which it was not down.
    pub availability: Estimate,
    /// Time down per year \[µs\].
    pub down_per_year_us: Estimate,
    /// Time degraded, but not down, per year \[µs\].
    pub degraded_per_year_us: Estimate,
    /// Time lost per year \[µs\], a half-lost hour counting half an hour.
    pub lost_per_year_us: Estimate,
    /// How often a year it fell below `down-below`: the failure frequency of textbooks.
    pub falls_per_year: Estimate,
    /// The mean time down after a fall \[µs\]; `None` without falls.
    pub down_mean_us: Option<Estimate>,
    /// Outages a year, each ending when it is well for good.
    pub outages_per_year: Estimate,
    /// The mean length of an outage \[µs\]; `None` without outages.
    pub outage_mean_us: Option<Estimate>,
    /// Median length of an outage \[µs\].
    pub outage_median: Option<Quantile>,
    /// The length that 1 in 20 outages exceeds \[µs\].
    pub outage_p95: Option<Quantile>,
    /// The longest outage that was seen \[µs\].
    pub outage_longest_us: i64,
    /// How many outages were still going on when their replication ended.
    pub outages_not_ended: u64,
    /// How many outages were counted, but are in no list: quantiles and curves of outages are without them.
    pub outages_not_kept: u64,
    /// How many outages are how long: the share of outages that exceeds a length.
    pub outage_exceedance: Vec<YearPoint>,
    /// The share of years in which an outage began.
    pub years_with_outage: Share,
    /// In 1 year of 10 an outage begins that is longer \[µs\].
    pub longest_p90: Quantile,
    /// In 1 year of 10 it is down for longer \[µs\].
    pub down_p90: Quantile,
    /// In 1 year of 100 it is down for longer \[µs\].
    pub down_p99: Quantile,
    /// How many years are how bad: the share of years whose time down exceeds a span.
    pub down_exceedance: Vec<YearPoint>,
}

/// Makes the estimates of the watch of this place, with intervals of the confidence `level` in (0, 1).
///
/// # Panics
/// Without rows or years: there is nothing to say.
pub fn watched(rows: &[AnnualRow], watch: usize, level: f64) -> Watched {
    let years: Vec<Year> = rows
        .iter()
        .flat_map(|row| row.seen[watch].years.iter().copied())
        .collect();
    assert!(!years.is_empty(), "at least one year was simulated");
    let batches = batches(rows, watch);
    let outages = || rows.iter().flat_map(|row| &row.seen[watch].outages);
    let total = |cell: fn(&AnnualRow, usize) -> i64| -> u64 {
        rows.iter().map(|row| cell(row, watch).unsigned_abs()).sum()
    };
    let lengths: Vec<i64> = outages()
        .map(|outage| outage.length_us)
        .filter(|&length| length != NOT_ENDED)
        .collect();
    let not_ended = total(|row, watch| row.seen[watch].totals.not_ended);
    let clumps = clumps(&batches, |batch| batch.outages);
    let unavailability = time_share(&batches, |batch| batch.down_us, &lengths, clumps, level);
    let bad_years =
        |cell: fn(&Year) -> i64| -> Vec<i64> { years.iter().map(cell).filter(|&us| us > 0).collect() };
    let of_lost = bad_years(|year| year.lost_us);
    let of_degraded = bad_years(|year| year.degraded_us);
    let year = YEAR_US as f64;
    let down = Values::new(|| years.iter().map(|year| year.down_us));
    let longest = Values::new(|| years.iter().map(|year| year.longest_us));
    let with_outage = years.iter().filter(|year| year.outages > 0).count() as u64;
    let by_length = of_outages(&outages);
    let some = |p: f64| (by_length.n() > 0).then(|| by_length.quantile(p, level));
    Watched {
        years: years.len() as u64,
        availability: unavailability.complement(),
        down_per_year_us: unavailability.scaled(year),
        degraded_per_year_us: time_share(&batches, |batch| batch.degraded_us, &of_degraded, 1.0, level)
            .scaled(year),
        lost_per_year_us: time_share(&batches, |batch| batch.lost_us, &of_lost, 1.0, level).scaled(year),
        falls_per_year: per_year(&batches, |batch| batch.falls, level),
        down_mean_us: mean_length(
            &batches,
            |batch| batch.down_us,
            |batch| batch.falls,
            &lengths,
            level,
        ),
        outages_per_year: per_year(&batches, |batch| batch.outages, level),
        outage_mean_us: mean_length(
            &batches,
            |batch| batch.outage_us,
            |batch| batch.outages,
            &lengths,
            level,
        ),
        outage_median: some(0.5),
        outage_p95: some(0.95),
        outage_longest_us: rows
            .iter()
            .map(|row| row.seen[watch].totals.longest_us)
            .max()
            .unwrap_or(0),
        outages_not_ended: not_ended,
        outages_not_kept: total(|row, watch| row.seen[watch].totals.not_kept),
        outage_exceedance: exceedance(&Sorted::of(lengths.iter().copied()), not_ended, level),
        years_with_outage: share(&Proportion::new(with_outage, years.len() as u64), level),
        longest_p90: longest.quantile(0.9, level),
        down_p90: down.quantile(0.9, level),
        down_p99: down.quantile(0.99, level),
        down_exceedance: exceedance(&Sorted::of(years.iter().map(|year| year.down_us)), 0, level),
    }
}

/// The lengths of outages, those that had not ended beyond all others.
pub(super) fn of_outages<'a, I>(outages: &'a impl Fn() -> I) -> Values<'a>
where
    I: Iterator<Item = &'a Outage> + 'a,
{
    use crate::observe::columns::BEYOND_HORIZON;
    let length = |outage: &Outage| match outage.length_us {
        NOT_ENDED => BEYOND_HORIZON,
        length => length,
    };
    Values::of_recovery(move || outages().map(length))
}

/// The share of outages that were over within a time; `None` without outages.
pub(super) fn lengths_within(rows: &[AnnualRow], watch: usize, within_us: u64, level: f64) -> Option<Share> {
    let outages = || rows.iter().flat_map(|row| &row.seen[watch].outages);
    let all = outages().count() as u64;
    let within = |outage: &&Outage| u64::try_from(outage.length_us).is_ok_and(|us| us <= within_us);
    let hits = outages().filter(within).count() as u64;
    (all > 0).then(|| share(&Proportion::new(hits, all), level))
}

fn exceedance(lengths: &Sorted, beyond: u64, level: f64) -> Vec<YearPoint> {
    stat::exceedance_curve(&stat::Sample::new(lengths, beyond), POINTS)
        .into_iter()
        .map(|point| YearPoint {
            us: point.value,
            share: share(&point.exceeding, level),
        })
        .collect()
}
