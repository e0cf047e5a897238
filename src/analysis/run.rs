//! The main question: what happens, how often, how long. From a compiled scenario to results, and one replication explained.

use std::collections::BTreeMap;

use serde::Serialize;

use super::estimate::{EstimateInput, RecordInput, TargetInput, TargetMeasure, estimate, to_tell};
use super::results::{
    Basis, Chosen, ChosenWhy, GradeCount, Head, Label, Numbers, RecordMeasure, RecordRole, Results,
};
use super::story::{outages, story};
use crate::compile::{Compiled, RecordInfo, RecordWhat, TargetInfo};
use crate::model::{Class, Promise, TileKind};
use crate::monte_carlo::{Plan, Replica, Unfinished, simulate};
use crate::observe::columns::{Layout, LayoutInput, RecordHead, ServiceHead, Unit};
use crate::observe::looked::Looked;
use crate::observe::measures::cells;
use crate::quantity::SimDuration;
use crate::scenario::Grade;
use crate::scenario::sha256_hex;
use crate::store::{Identity, Rows};

/// Points of the recovery curves.
const CURVE_POINTS: u64 = 96;

/// Confidence of intervals that do not state their own.
pub(super) const LEVEL: f64 = 0.95;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The scenario's file stem.
    pub name: String,
    /// How many replications (at least 1).
    pub n: u32,
    /// How many were asked for, if the run was interrupted after `n`.
    pub interrupted_of: Option<u32>,
    /// The seed.
    pub seed: u64,
    /// Replications to be told besides the median and the worst.
    pub keep: Vec<u32>,
    /// Options that change results, by name.
    pub options: BTreeMap<String, String>,
    /// The most events of one replication.
    pub events_max: u64,
}

impl Asked {
    /// The replications of a scenario with these columns.
    pub fn plan<'a>(&self, compiled: &'a Compiled, layout: &'a Layout) -> Plan<'a> {
        Plan {
            compiled,
            layout,
            seed: self.seed,
            events_max: self.events_max,
        }
    }
}

/// What comes out.
#[derive(Debug)]
pub struct Outcome {
    /// The estimates, with the told replications.
    pub results: Results,
    /// The rows behind them.
    pub rows: Rows,
}

/// One replication explained.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// What it belongs to.
    pub head: Head,
    /// Its story.
    pub chosen: Chosen,
    /// Its row, by column.
    pub row: BTreeMap<String, i64>,
}

/// Simulates, estimates, and replays what is to be told. `progress` is told how many replications more are done.
///
/// # Errors
/// A replication that could not be finished.
pub fn run(
    compiled: &Compiled,
    asked: &Asked,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Outcome, Unfinished> {
    let layout = layout(compiled);
    let plan = asked.plan(compiled, &layout);
    let rows = simulate(plan, asked.n, progress)?;
    conclude(compiled, asked, rows)
}

/// What the rows of a run are a function of, besides their numbers.
pub fn identity(compiled: &Compiled, asked: &Asked, layout: &Layout) -> Identity {
    let columns: Vec<&str> = layout
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    identity_by(compiled, asked, &columns.join("\n"))
}

/// What rows over years are a function of, besides their numbers.
pub fn identity_of_years(compiled: &Compiled, asked: &Asked) -> Identity {
    identity_by(compiled, asked, "years")
}

fn identity_by(compiled: &Compiled, asked: &Asked, columns: &str) -> Identity {
    let mut options = asked.options.clone();
    // How many replications there are changes none of them.
    options.remove("precision");
    options.remove("ranges");
    let options: Vec<String> = options
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Identity::new([
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("scenario", compiled.resolved.sha256().to_owned()),
        ("seed", asked.seed.to_string()),
        ("options", options.join(" ")),
        ("columns", sha256_hex(columns.as_bytes())),
    ])
}

/// Estimates from rows that were simulated, and replays what is to be told.
///
/// # Errors
/// A replication that could not be finished.
pub fn conclude(compiled: &Compiled, asked: &Asked, rows: Rows) -> Result<Outcome, Unfinished> {
    let plan = asked.plan(compiled, &rows.layout);
    let mut results = estimate(&rows, input(compiled, asked));
    let mut replica = Replica::new(plan);
    let keep: Vec<u32> = asked
        .keep
        .iter()
        .copied()
        .filter(|&number| number < asked.n)
        .collect();
    for (number, why) in to_tell(&results, &keep) {
        results
            .chosen
            .push(replica.look(number, |looked| chosen(looked, number, why))?);
    }
    Ok(Outcome { results, rows })
}

/// Replays one replication and tells it.
///
/// # Errors
/// A replication that could not be finished.
pub fn explain(compiled: &Compiled, asked: &Asked, number: u32) -> Result<Explained, Unfinished> {
    let layout = layout(compiled);
    let plan = asked.plan(compiled, &layout);
    Replica::new(plan).look(number, |looked| {
        let names = layout.columns().iter().map(|column| column.name.clone());
        Explained {
            head: head(compiled, asked),
            chosen: chosen(looked, number, ChosenWhy::Kept),
            row: names.zip(cells(looked)).collect(),
        }
    })
}

pub(super) fn chosen(looked: &Looked<'_>, replication: u32, why: ChosenWhy) -> Chosen {
    Chosen {
        replication,
        why,
        outages: outages(looked),
        story: story(looked),
    }
}

/// The columns of a run of a scenario.
pub fn layout(compiled: &Compiled) -> Layout {
    let services = compiled
        .services
        .iter()
        .map(|service| {
            let entity = &compiled.entities[service.entity as usize];
            ServiceHead {
                id: entity.id.clone(),
                name: entity.name.clone(),
                tier: service.tier,
                users: service.users,
                rto_us: service.rto_us,
            }
        })
        .collect();
    let records = compiled
        .record
        .iter()
        .map(|record| RecordHead {
            id: record.id.clone(),
            unit: match record.what {
                RecordWhat::Outage { .. } => Unit::Microseconds,
                RecordWhat::ServersOn { .. } => Unit::Count,
            },
        })
        .collect();
    Layout::new(LayoutInput {
        services,
        tile_kinds: TileKind::ALL.iter().map(|tile| tile.name()).collect(),
        classes: Class::ALL.iter().map(|class| class.name()).collect(),
        curve_times_us: curve_times(compiled.horizon_us),
        records,
        loads: compiled.loads.iter().map(|load| load.service).collect(),
    })
}

/// Times of the curves: closer together at the beginning, where more happens; each once.
fn curve_times(horizon_us: u64) -> Vec<u64> {
    let at = |k: u64| {
        let parts = u128::from(CURVE_POINTS * CURVE_POINTS);
        let us = u128::from(horizon_us) * u128::from(k * k) / parts;
        u64::try_from(us).expect("a part of the horizon")
    };
    let mut times: Vec<u64> = (0..=CURVE_POINTS).map(at).collect();
    times.dedup();
    times
}

pub(super) fn head(compiled: &Compiled, asked: &Asked) -> Head {
    Head {
        title: compiled.title.clone().unwrap_or_default(),
        name: asked.name.clone(),
        happening: compiled.happens.join(" and "),
        basis: Basis::Given,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: asked.seed,
        n: u64::from(asked.n),
        interrupted_of: asked.interrupted_of.map(u64::from),
        horizon_us: compiled.horizon_us,
        start: compiled
            .clock
            .as_ref()
            .map(|clock| format!("{}:00", clock.civil(0).replace(' ', "T"))),
        from_dark: compiled.from_dark,
        start_circles: compiled.start_circles.clone(),
        zone: compiled
            .clock
            .as_ref()
            .map_or_else(|| "UTC".to_owned(), |clock| clock.zone().to_owned()),
        level: LEVEL,
        servers: compiled
            .pools
            .iter()
            .map(|pool| u64::try_from(pool.servers).unwrap_or(0))
            .sum(),
        scenario_sha256: compiled.resolved.sha256().to_owned(),
        options: asked.options.clone(),
        tile_kinds: TileKind::ALL
            .iter()
            .map(|tile| Label {
                name: tile.name().to_owned(),
                label: tile.label().to_owned(),
            })
            .collect(),
    }
}

/// The promises of a scenario, as they are judged by rows.
pub fn targets(compiled: &Compiled) -> Vec<TargetInput> {
    let targets = compiled.targets.iter();
    targets.map(|target| target_input(compiled, target)).collect()
}

fn input(compiled: &Compiled, asked: &Asked) -> EstimateInput {
    let targets = targets(compiled);
    EstimateInput {
        head: head(compiled, asked),
        targets,
        records: compiled
            .record
            .iter()
            .map(|record| record_input(compiled, record))
            .collect(),
        not_described: compiled.not_described.clone(),
        numbers: numbers(compiled),
    }
}

fn target_input(compiled: &Compiled, target: &TargetInfo) -> TargetInput {
    let service = &compiled.entities[compiled.services[target.service].entity as usize].name;
    let given = target
        .given
        .as_ref()
        .map_or_else(String::new, |given| format!("given {given}, "));
    let Promise::BackWithin { us, share } = target.promise else {
        unreachable!("other promises are about years, which validation holds apart");
    };
    let within = SimDuration::from_us(us);
    TargetInput {
        id: target.id.clone(),
        text: format!("{given}{service} back within {within}"),
        measure: TargetMeasure::ServiceBackWithin {
            service: target.service,
            within_us: us,
        },
        required: share,
        confidence: target.confidence,
    }
}

fn record_input(compiled: &Compiled, record: &RecordInfo) -> RecordInput {
    let as_cell = |us: u64| i64::try_from(us).unwrap_or(i64::MAX);
    let (text, measure, low, high) = match &record.what {
        RecordWhat::Outage {
            service,
            rta_low_us,
            rta_high_us,
            ..
        } => {
            let entity = &compiled.entities[compiled.services[*service].entity as usize];
            let measure = RecordMeasure::ServiceRta(entity.id.clone());
            (
                format!("outage of {}", entity.name),
                measure,
                as_cell(*rta_low_us),
                as_cell(*rta_high_us),
            )
        }
        RecordWhat::ServersOn { pools, at_us, count } => {
            let of = pools.iter().map(|&pool| compiled.pools[pool].servers).sum();
            (
                format!("servers on of {of} counted"),
                RecordMeasure::ServersOn { at_us: *at_us, of },
                *count,
                *count,
            )
        }
    };
    RecordInput {
        id: record.id.clone(),
        text,
        source: record.source.clone().unwrap_or_default(),
        measure,
        role: if record.tuned {
            RecordRole::Tuned
        } else {
            RecordRole::Untuned
        },
        low,
        high,
    }
}

/// Counts by grade, the weakest first.
pub fn numbers(compiled: &Compiled) -> Numbers {
    let counts = |list: &BTreeMap<Grade, usize>| {
        let weakest_first = list.iter().rev();
        weakest_first
            .map(|(grade, &count)| GradeCount {
                grade: grade.name().to_owned(),
                count: count as u64,
            })
            .collect()
    };
    Numbers {
        yours: compiled.numbers.yours_plain as u64,
        yours_by_grade: counts(&compiled.numbers.yours),
        library_by_grade: counts(&compiled.numbers.library),
    }
}
