//! From rows to [`Results`], in replication order and from nothing else.
//!
//! Every estimate is a pure function of the rows and of the heads given beside them; the number of threads, the moment and
//! the place do not enter. Recovery times are given *if lost*, beside the probability of loss; what is not recovered counts
//! as beyond every value in quantiles and as the horizon in means; never lost meets every objective.

use std::cmp::Reverse;

use crate::analysis::interval::{self, Scale, Values};
use crate::analysis::results::{
    BlastClass, BlastResult, ChosenWhy, ClassShare, Head, LoadResult, Numbers, Reach, RecordMeasure,
    RecordResult, RecordRole, RecordSimulated, Recovery, Results, RtoResult, SCHEMA_VERSION, ServiceRecord,
    ServiceResult, Share, Spread, TargetResult, TileMean, Verdict, WholeResult,
};
use crate::analysis::{cautions, curve};
use crate::observe::columns::{BEYOND_HORIZON, Layout, NEVER_LOST, ServiceHead};
use crate::statistics::Proportion;
use crate::store::Rows;

/// The share of replications within its RTO that counts as keeping it, where a target does not say otherwise.
pub const RTO_REQUIRED: f64 = 0.95;

/// Share of the worst replications that a conditional value at risk is the mean of.
pub const WORST_SHARE: f64 = 0.05;

/// What a promise is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetMeasure {
    /// A service is back within so many µs, or was never lost.
    ServiceBackWithin {
        /// Its place in the layout.
        service: usize,
        /// The bound \[µs\].
        within_us: u64,
    },
    /// Everything is back within so many µs, or nothing was lost.
    WholeBackWithin {
        /// The bound \[µs\].
        within_us: u64,
    },
    /// A service loses at most so many user-minutes.
    LosesAtMost {
        /// Its place in the layout.
        service: usize,
        /// The bound \[user-minutes\].
        user_minutes: i64,
    },
}

impl TargetMeasure {
    /// The column that says whether it is kept.
    pub fn column(&self, layout: &Layout) -> usize {
        match *self {
            Self::ServiceBackWithin { service, .. } => layout.rta(service),
            Self::WholeBackWithin { .. } => layout.whole_rta(),
            Self::LosesAtMost { service, .. } => layout.lost_user_seconds(service),
        }
    }

    /// Whether it is kept where that column has this cell.
    pub fn is_kept(&self, cell: i64) -> bool {
        match *self {
            Self::ServiceBackWithin { within_us, .. } | Self::WholeBackWithin { within_us } => {
                back_within(cell, within_us)
            }
            Self::LosesAtMost { user_minutes, .. } => i128::from(cell) <= i128::from(user_minutes) * 60,
        }
    }
}

/// A promise to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetInput {
    /// Its id in the scenario.
    pub id: String,
    /// The promise as a sentence.
    pub text: String,
    /// What it is about.
    pub measure: TargetMeasure,
    /// Share of replications required, in \[0, 1\].
    pub required: f64,
    /// Confidence of the interval, in (0, 1).
    pub confidence: f64,
}

/// A point of the record, in the order of the layout's records.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordInput {
    /// Its id in the scenario.
    pub id: String,
    /// What it says, in words.
    pub text: String,
    /// Where it is written.
    pub source: String,
    /// What it speaks of.
    pub measure: RecordMeasure,
    /// Tuned or not.
    pub role: RecordRole,
    /// Least value that the sources allow, in the unit of the measure.
    pub low: i64,
    /// Greatest value that the sources allow.
    pub high: i64,
}

/// What is known beside the rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EstimateInput {
    /// What was run; its `n` is taken from the rows.
    pub head: Head,
    /// The promises.
    pub targets: Vec<TargetInput>,
    /// The record, in the order of the layout's records.
    pub records: Vec<RecordInput>,
    /// Sentences on what was not described.
    pub not_described: Vec<String>,
    /// Where the numbers come from.
    pub numbers: Numbers,
}

/// Makes the results of a run from its rows. [`Results::chosen`] is left empty: it takes replays, which are not rows.
///
/// # Panics
///
/// If there is no row, if the level is not between 0 and 1, or if labels or records do not match the layout: bugs of the
/// caller.
pub fn estimate(rows: &Rows, input: EstimateInput) -> Results {
    assert!(!rows.is_empty(), "a run has at least one replication");
    assert!(
        input.head.level > 0.0 && input.head.level < 1.0,
        "the confidence lies between 0 and 1"
    );
    assert_eq!(
        input.head.tile_kinds.len(),
        rows.layout.tile_kinds().len(),
        "every kind of tile has its label"
    );
    assert_eq!(
        input.records.len(),
        rows.layout.records().len(),
        "every point of the record has its column"
    );
    let EstimateInput {
        mut head,
        targets,
        records,
        not_described,
        numbers,
    } = input;
    head.n = rows.len() as u64;
    let scale = Scale {
        level: head.level,
        horizon_us: as_i64(head.horizon_us),
    };
    let records: Vec<RecordResult> = records
        .into_iter()
        .enumerate()
        .map(|(r, record)| record_result(rows, r, record, &scale))
        .collect();
    let mut services: Vec<ServiceResult> = rows
        .layout
        .services()
        .iter()
        .enumerate()
        .map(|(service, about)| service_result(rows, service, about, &records, &scale))
        .collect();
    services.sort_by(|a, b| {
        let key = |s: &ServiceResult| (s.tier.map_or(u16::MAX, u16::from), Reverse(s.users));
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    let targets = targets
        .into_iter()
        .map(|target| target_result(rows, target))
        .collect();
    let (median_replication, worst_replication) = typical_and_worst(rows);
    let mut results = Results {
        schema_version: SCHEMA_VERSION,
        services,
        whole: whole_result(rows, &scale),
        blast: blast_result(rows, &scale),
        curve: curve::curve(rows),
        targets,
        records,
        median_replication,
        worst_replication,
        chosen: Vec::new(),
        not_described,
        numbers,
        cautions: Vec::new(),
        ignorance: None,
        head,
    };
    results.cautions = cautions::cautions(&results, rows);
    results
}

fn as_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn share(hits: usize, n: usize, level: f64) -> Share {
    interval::share(&Proportion::new(hits as u64, n as u64), level)
}

/// Judges a share by its interval alone.
pub(super) fn verdict(share: &Share, required: f64) -> Verdict {
    if share.low >= required {
        Verdict::Kept
    } else if share.high < required {
        Verdict::Broken
    } else {
        Verdict::Undecided
    }
}

fn back_within(rta: i64, within_us: u64) -> bool {
    rta == NEVER_LOST || (rta >= 0 && rta.unsigned_abs() <= within_us)
}

/// The recovery columns of a service or of the whole.
struct RecoveryColumns {
    down_at: usize,
    rta: usize,
    tiles: Vec<usize>,
}

fn recovery(rows: &Rows, columns: &RecoveryColumns, scale: &Scale) -> Option<Recovery> {
    // The cells of a column where something was lost.
    let of_lost = |column: usize| {
        let lost = rows.column(columns.down_at).zip(rows.column(column));
        lost.filter(|(down_at, _)| *down_at != NEVER_LOST)
            .map(|(_, cell)| cell)
    };
    let times = Values::of_recovery(|| of_lost(columns.rta));
    if times.n() == 0 {
        return None;
    }
    let begins = Values::of_recovery(|| of_lost(columns.down_at));
    let capped = of_lost(columns.rta).map(|rta| match rta {
        BEYOND_HORIZON => scale.horizon_us,
        rta => rta.min(scale.horizon_us),
    });
    let kinds = rows.layout.tile_kinds();
    Some(Recovery {
        median: times.quantile(0.5, scale.level),
        p95: times.quantile(0.95, scale.level),
        p05: times.quantile(0.05, scale.level),
        mean: interval::mean(capped, 1.0, scale.level),
        never: interval::share(&times.beyond(), scale.level),
        lost_at_median: begins.quantile(0.5, scale.level),
        tiles: kinds
            .iter()
            .zip(&columns.tiles)
            .map(|(kind, column)| TileMean {
                kind: (*kind).to_owned(),
                mean: interval::mean(of_lost(*column), 1.0, scale.level),
            })
            .collect(),
    })
}

fn service_result(
    rows: &Rows,
    service: usize,
    about: &ServiceHead,
    records: &[RecordResult],
    scale: &Scale,
) -> ServiceResult {
    let layout = &rows.layout;
    let columns = RecoveryColumns {
        down_at: layout.down_at(service),
        rta: layout.rta(service),
        tiles: (0..layout.tile_kinds().len())
            .map(|kind| layout.tile(service, kind))
            .collect(),
    };
    let lost = rows
        .column(columns.down_at)
        .filter(|at| *at != NEVER_LOST)
        .count();
    let rto = about.rto_us.map(|objective_us| {
        let hits = rows
            .column(columns.rta)
            .filter(|rta| back_within(*rta, objective_us))
            .count();
        let back = share(hits, rows.len(), scale.level);
        RtoResult {
            objective_us,
            verdict: verdict(&back, RTO_REQUIRED),
            back,
            required: RTO_REQUIRED,
        }
    });
    let class_of = layout.class(service);
    let classes = layout
        .classes()
        .iter()
        .enumerate()
        .map(|(class, name)| {
            let hits = rows
                .column(class_of)
                .filter(|cell| usize::try_from(*cell) == Ok(class))
                .count();
            ClassShare {
                class: (*name).to_owned(),
                share: share(hits, lost, scale.level),
            }
        })
        .filter(|class| class.share.hits > 0)
        .collect();
    let record = records.iter().find_map(|record| match &record.measure {
        RecordMeasure::ServiceRta(id) if *id == about.id => Some(ServiceRecord {
            rta_low_us: record.low,
            rta_high_us: record.high,
            simulated: record.simulated,
        }),
        _ => None,
    });
    let seconds = layout.lost_user_seconds(service);
    let losses = Values::new(|| rows.column(seconds));
    ServiceResult {
        id: about.id.clone(),
        name: about.name.clone(),
        tier: about.tier,
        users: about.users,
        lost: share(lost, rows.len(), scale.level),
        recovery: recovery(rows, &columns, scale),
        outages: interval::mean(rows.column(layout.outages(service)), 1.0, scale.level),
        lost_user_minutes: interval::mean(rows.column(seconds), 60.0, scale.level),
        exceedance: losses.exceedance(60.0, scale.level),
        lost_user_minutes_worst: losses.mean_of_worst(WORST_SHARE, 60.0, scale.level),
        rto,
        classes,
        record,
        load: layout
            .loads()
            .iter()
            .position(|&load| load == service)
            .map(|load| load_result(rows, load, scale)),
    }
}

/// Joules in a megawatt-hour, and microseconds in an hour.
const PER_MWH_AND_PER_HOUR: f64 = 3.6e9;

fn load_result(rows: &Rows, load: usize, scale: &Scale) -> LoadResult {
    let mean = |column: usize, unit: f64| interval::mean(rows.column(column), unit, scale.level);
    LoadResult {
        unserved_mwh: mean(rows.layout.unserved_joules(load), PER_MWH_AND_PER_HOUR),
        short_h: mean(rows.layout.short_us(load), PER_MWH_AND_PER_HOUR),
        shortfalls: mean(rows.layout.shortfalls(load), 1.0),
    }
}

fn whole_result(rows: &Rows, scale: &Scale) -> WholeResult {
    let layout = &rows.layout;
    let columns = RecoveryColumns {
        down_at: layout.whole_down_at(),
        rta: layout.whole_rta(),
        tiles: (0..layout.tile_kinds().len())
            .map(|kind| layout.whole_tile(kind))
            .collect(),
    };
    let lost = rows
        .column(columns.down_at)
        .filter(|at| *at != NEVER_LOST)
        .count();
    let stuck = rows.column(layout.stuck()).filter(|flag| *flag != 0).count();
    let used: Vec<usize> = (0..layout.services().len())
        .filter(|s| layout.services()[*s].users > 0)
        .map(|service| layout.down_at(service))
        .collect();
    let services_lost = || {
        rows.across(&used, |down_at| {
            let count = down_at.iter().filter(|at| **at != NEVER_LOST).count();
            i64::try_from(count).unwrap_or(i64::MAX)
        })
    };
    WholeResult {
        lost: share(lost, rows.len(), scale.level),
        recovery: recovery(rows, &columns, scale),
        stuck: share(stuck, rows.len(), scale.level),
        services_lost: spread(services_lost, scale),
    }
}

fn spread<I: Iterator<Item = i64>>(values: impl Fn() -> I, scale: &Scale) -> Spread {
    let mean = interval::mean(values(), 1.0, scale.level);
    let sample = Values::new(values);
    let max = sample.greatest();
    Spread {
        mean,
        median: sample.quantile(0.5, scale.level),
        p95: sample.quantile(0.95, scale.level),
        max,
    }
}

fn blast_result(rows: &Rows, scale: &Scale) -> BlastResult {
    let layout = &rows.layout;
    let column = |index: usize| spread(|| rows.column(index), scale);
    BlastResult {
        classes: layout
            .classes()
            .iter()
            .enumerate()
            .map(|(class, name)| BlastClass {
                class: (*name).to_owned(),
                entities: column(layout.blast(class)),
            })
            .collect(),
        servers_down: column(layout.servers_down_max()),
        hops: column(layout.hops_max()),
    }
}

fn target_result(rows: &Rows, target: TargetInput) -> TargetResult {
    let cells = rows.column(target.measure.column(&rows.layout));
    let hits = cells.filter(|&cell| target.measure.is_kept(cell)).count();
    let share = share(hits, rows.len(), target.confidence);
    TargetResult {
        id: target.id,
        text: target.text,
        verdict: verdict(&share, target.required),
        share,
        required: target.required,
        confidence: target.confidence,
    }
}

fn record_result(rows: &Rows, r: usize, record: RecordInput, scale: &Scale) -> RecordResult {
    let recovers = matches!(
        record.measure,
        RecordMeasure::ServiceRta(_) | RecordMeasure::WholeRta
    );
    let column = || rows.column(rows.layout.record(r));
    let values = if recovers {
        Values::of_recovery(|| column().filter(|cell| *cell != NEVER_LOST))
    } else {
        Values::new(column)
    };
    let simulated = (values.n() > 0).then(|| RecordSimulated {
        median: values.quantile(0.5, scale.level),
        p05: values.quantile(0.05, scale.level),
        p95: values.quantile(0.95, scale.level),
        percentile_low: values.share_below(record.low),
        percentile_high: values.share_at_most(record.high),
    });
    let meets = |simulated: RecordSimulated| {
        simulated.p05.value <= Reach::At(record.high) && simulated.p95.value >= Reach::At(record.low)
    };
    RecordResult {
        inside: simulated.is_some_and(meets),
        simulated,
        id: record.id,
        text: record.text,
        source: record.source,
        measure: record.measure,
        role: record.role,
        low: record.low,
        high: record.high,
    }
}

/// The replications with the median and with the longest recovery of the whole, among those that lost anything; ties go by
/// the users lost over time, then by number. The two exist together or not at all.
fn typical_and_worst(rows: &Rows) -> (Option<u32>, Option<u32>) {
    let layout = &rows.layout;
    let services = 0..layout.services().len();
    let columns: Vec<usize> = [layout.whole_down_at(), layout.whole_rta()]
        .into_iter()
        .chain(services.map(|service| layout.lost_user_seconds(service)))
        .collect();
    // Recovery, users lost over time and number of each replication that lost anything.
    let lost = || {
        let of_row = |cells: &[i64]| {
            let rta = match cells[1] {
                BEYOND_HORIZON => i64::MAX,
                rta => rta,
            };
            let users = cells[2..]
                .iter()
                .fold(0, |sum: i64, cell| sum.saturating_add(*cell));
            (cells[0] != NEVER_LOST).then_some((rta, users))
        };
        let all = rows.across(&columns, of_row).zip(rows.first()..);
        all.filter_map(|(lost, number)| lost.map(|(rta, users)| (rta, users, number)))
    };
    let times = Values::new(|| lost().map(|(rta, ..)| rta));
    let replication_at = |place: u64| {
        let rta = times.at(place);
        let place = place - times.less_than(rta);
        let alike = || lost().filter(|other| other.0 == rta);
        let by_users = Values::new(|| alike().map(|(_, users, _)| users));
        let users = by_users.at(place);
        let place = usize::try_from(place - by_users.less_than(users)).ok()?;
        let mut last = alike().filter(|other| other.1 == users);
        last.nth(place).map(|(.., number)| number)
    };
    let Some(last) = times.n().checked_sub(1) else {
        return (None, None);
    };
    (replication_at(last / 2), replication_at(last))
}

/// The replications to replay: the median, the worst, and those that were asked for, each once.
pub fn to_tell(results: &Results, keep: &[u32]) -> Vec<(u32, ChosenWhy)> {
    let mut told: Vec<(u32, ChosenWhy)> = Vec::new();
    let median = results
        .median_replication
        .map(|replication| (replication, ChosenWhy::Median));
    let worst = results
        .worst_replication
        .map(|replication| (replication, ChosenWhy::Worst));
    let kept = keep.iter().map(|replication| (*replication, ChosenWhy::Kept));
    for (replication, why) in median.into_iter().chain(worst).chain(kept) {
        if told.iter().all(|(other, _)| *other != replication) {
            told.push((replication, why));
        }
    }
    told
}

#[cfg(test)]
mod tests;
