//! From a compiled scenario of years to results.

use super::batches::batches;
use super::causes::{Causes, Names, by_cause};
use super::cautions::cautions;
use super::promises::promise_result;
use super::results::{ANNUAL_SCHEMA_VERSION, AnnualResults, RtoYears, ServiceYears, SpanResult};
use super::watched::{lengths_within, watched};
use crate::analysis::results::{Basis, Head};
use crate::analysis::run::{Asked, LEVEL, head as head_of, numbers};
use crate::compile::Compiled;
use crate::model::Annual;
use crate::monte_carlo::{Unfinished, YearsPlan, simulate_years};
use crate::observe::annual::{AnnualRow, SETTLED_US, Span, Watch};
use crate::quantity::SimDuration;

/// What comes out.
#[derive(Clone, Debug)]
pub struct AnnualOutcome {
    /// The estimates.
    pub results: AnnualResults,
    /// The rows behind them; the watches are the services in the order of [`Compiled::services`].
    pub rows: Vec<AnnualRow>,
    /// What the numbers in the rows are called.
    pub names: Names,
}

/// The watches of a scenario's services, in their order.
pub fn watches(compiled: &Compiled) -> Vec<Watch> {
    let watch = |service: &crate::compile::ServiceInfo| Watch {
        down_below: service.down_below_ppm,
        // A service that counts as recovered while it is down would never be.
        recovered_at: service.recovered_at_ppm.max(service.down_below_ppm),
        settled_for_us: service.settled_for_us.unwrap_or(SETTLED_US),
        ..Watch::level(service.level)
    };
    compiled.services.iter().map(watch).collect()
}

/// The span of a scenario of years.
pub fn span_of(annual: Annual) -> Span {
    Span {
        warm_up_us: annual.warm_up_us,
        years: annual.years,
    }
}

/// Simulates years and makes estimates. `progress` is told how many replications more are done.
///
/// # Errors
/// A replication that could not be finished.
///
/// # Panics
/// If the scenario is not one of years.
pub fn run(
    compiled: &Compiled,
    asked: &Asked,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<AnnualOutcome, Unfinished> {
    let annual = compiled.annual.expect("a scenario of years");
    let watches = watches(compiled);
    let causes = Causes::new(compiled);
    let plan = YearsPlan {
        net: &compiled.net,
        watches: &watches,
        span: span_of(annual),
        seed: asked.seed,
        events_max: asked.events_max,
        tell: Some(&causes),
    };
    let rows = simulate_years(plan, asked.n, progress)?;
    Ok(conclude(compiled, asked, rows))
}

/// Estimates from rows that were simulated.
///
/// # Panics
/// If the scenario is not one of years.
pub fn conclude(compiled: &Compiled, asked: &Asked, rows: Vec<AnnualRow>) -> AnnualOutcome {
    AnnualOutcome {
        results: results(compiled, asked, &rows),
        rows,
        names: Names::of(compiled),
    }
}

/// Makes all estimates from rows.
pub fn results(compiled: &Compiled, asked: &Asked, rows: &[AnnualRow]) -> AnnualResults {
    let annual = compiled.annual.expect("a scenario of years");
    let names = Names::of(compiled);
    let mut services: Vec<ServiceYears> = (0..compiled.services.len())
        .map(|service| service_years(compiled, &names, rows, service))
        .collect();
    services.sort_by(|a, b| {
        let key = |service: &ServiceYears| (service.tier.is_none(), service.tier, -service.users);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    let head = head_of_years(compiled, asked);
    let span = SpanResult {
        years: annual.years,
        warm_up_us: annual.warm_up_us,
        years_in_all: u64::from(annual.years) * rows.len() as u64,
        batches: if compiled.services.is_empty() {
            0
        } else {
            batches(rows, 0).len() as u64
        },
        events: rows.iter().map(|row| row.events).sum(),
    };
    let mut results = AnnualResults {
        schema_version: ANNUAL_SCHEMA_VERSION,
        head,
        span,
        services,
        targets: compiled
            .targets
            .iter()
            .map(|target| promise_result(compiled, target, rows))
            .collect(),
        not_described: compiled.not_described.clone(),
        numbers: numbers(compiled),
        cautions: Vec::new(),
    };
    results.cautions = cautions(&results);
    results
}

/// The head of results of years.
pub(super) fn head_of_years(compiled: &Compiled, asked: &Asked) -> Head {
    let annual = compiled.annual.expect("a scenario of years");
    Head {
        basis: Basis::PerYear,
        happening: "ordinary failures and repairs".to_owned(),
        horizon_us: span_of(annual).horizon_us(&watches(compiled)),
        ..head_of(compiled, asked)
    }
}

fn service_years(compiled: &Compiled, names: &Names, rows: &[AnnualRow], service: usize) -> ServiceYears {
    let info = &compiled.services[service];
    let entity = &compiled.entities[info.entity as usize];
    let watched = watched(rows, service, LEVEL);
    // Microseconds lost per year, times users, in minutes.
    let minutes = info.users as f64 / 60e6;
    ServiceYears {
        id: entity.id.clone(),
        name: entity.name.clone(),
        tier: info.tier,
        users: info.users,
        user_minutes_per_year: (info.users > 0).then(|| watched.lost_per_year_us.scaled(minutes)),
        rto: info.rto_us.map(|objective_us| RtoYears {
            objective_us,
            within: lengths_within(rows, service, objective_us, LEVEL),
        }),
        classes: by_cause(
            rows,
            service,
            |outage| outage.class,
            |class| names.class(class),
            LEVEL,
        ),
        roots: by_cause(
            rows,
            service,
            |outage| outage.root,
            |root| names.root(root),
            LEVEL,
        ),
        watched,
    }
}

/// How many simulated years stand behind the results, in words.
pub fn years_text(span: &SpanResult) -> String {
    let warm_up = SimDuration::from_us(span.warm_up_us);
    format!("{} years after a warm-up of {warm_up}", span.years)
}
