//! What the page of years says, as plain strings: all formatting that its template needs, and no markup.

use minijinja::Value;
use serde::Serialize;

use super::charts;
use super::terminal::{length, promise_value};
use super::words::{Pair, amount, availability, duration, nines, number};
use crate::analysis::annual::results::{AnnualResults, CauseYears, PromiseResult, ServiceYears};
use crate::analysis::annual::{Method, years_text};
use crate::analysis::results::{Quantile, Reach, Verdict};
use crate::report::ReportError;
use crate::report::terminal::numbers_text;
use crate::report::words::{
    self, grouped, people, percent, percent_of, plain, quantile_span, round_span, span_of,
};

/// A number and its interval.
#[derive(Serialize)]
struct Number {
    value: String,
    bracket: String,
}

fn of((value, bracket): Pair) -> Number {
    Number { value, bracket }
}

fn none() -> Number {
    of(("–".to_owned(), String::new()))
}

/// What a share of years exceeds; most years are without anything.
fn of_year(quantile: &Quantile) -> Number {
    if quantile.value == Reach::At(0) {
        return of(("nothing".to_owned(), String::new()));
    }
    of(quantile_span(quantile))
}

#[derive(Serialize)]
struct ServiceView {
    id: String,
    name: String,
    tier: String,
    users: String,
    available: Number,
    nines: Number,
    falls: Number,
    outages: Number,
    mean: Number,
    median: Number,
    p95: Number,
    longest: String,
    down: Number,
    degraded: Number,
    user_minutes: Number,
    years_with: Number,
    longest_p90: Number,
    down_p90: Number,
    down_p99: Number,
    rto: Option<String>,
    within: Option<Number>,
}

fn service_view(service: &ServiceYears) -> ServiceView {
    let seen = &service.watched;
    ServiceView {
        id: plain(&service.id),
        name: plain(&service.name),
        tier: service
            .tier
            .map_or_else(|| "internal".to_owned(), |tier| format!("tier {tier}")),
        users: if service.users > 0 {
            people(service.users)
        } else {
            "–".to_owned()
        },
        available: of(availability(&seen.availability)),
        nines: of(nines(&seen.availability)),
        falls: of(number(&seen.falls_per_year)),
        outages: of(number(&seen.outages_per_year)),
        mean: seen
            .outage_mean_us
            .as_ref()
            .map_or_else(none, |mean| of(duration(mean))),
        median: of(length(seen.outage_median.as_ref())),
        p95: of(length(seen.outage_p95.as_ref())),
        longest: if seen.outage_longest_us > 0 {
            span_of(seen.outage_longest_us)
        } else {
            "–".to_owned()
        },
        down: of(duration(&seen.down_per_year_us)),
        // A bound on what was never seen would say less than that.
        degraded: match seen.degraded_per_year_us.method {
            Method::NoneSeen => none(),
            _ => of(duration(&seen.degraded_per_year_us)),
        },
        user_minutes: service
            .user_minutes_per_year
            .as_ref()
            .map_or_else(none, |minutes| of(amount(minutes))),
        years_with: of(percent(&seen.years_with_outage)),
        longest_p90: of_year(&seen.longest_p90),
        down_p90: of_year(&seen.down_p90),
        down_p99: of_year(&seen.down_p99),
        rto: service.rto.map(|rto| round_span(rto.objective_us)),
        within: service
            .rto
            .and_then(|rto| rto.within)
            .map(|share| of(percent(&share))),
    }
}

#[derive(Serialize)]
struct CauseView {
    cause: String,
    outages: Number,
    share: Number,
    mean: String,
    per_year: String,
}

fn cause_view(cause: &CauseYears) -> CauseView {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casts saturate, and it is for eyes"
    )]
    let span = |us: f64| span_of(us as i64);
    CauseView {
        cause: plain(&cause.cause),
        outages: of(number(&cause.outages_per_year)),
        share: of(percent(&cause.share)),
        mean: cause.mean_us.map_or_else(|| "–".to_owned(), span),
        per_year: span(cause.per_year_us),
    }
}

/// The causes of one service.
#[derive(Serialize)]
struct WhyView {
    name: String,
    classes: Vec<CauseView>,
    roots: Vec<CauseView>,
    more: usize,
}

/// Roots listed of each service; the rest is in `services.csv`.
const MOST_ROOTS: usize = 12;

fn why_view(service: &ServiceYears) -> WhyView {
    WhyView {
        name: plain(&service.name),
        classes: service.classes.iter().map(cause_view).collect(),
        roots: service.roots.iter().take(MOST_ROOTS).map(cause_view).collect(),
        more: service.roots.len().saturating_sub(MOST_ROOTS),
    }
}

#[derive(Serialize)]
struct TargetView {
    id: String,
    text: String,
    value: Number,
    confidence: String,
    word: &'static str,
}

fn target_view(target: &PromiseResult) -> TargetView {
    TargetView {
        id: plain(&target.id),
        text: plain(&target.text),
        value: of(promise_value(target)),
        confidence: percent_of(target.confidence),
        word: match target.verdict {
            Verdict::Kept => "kept",
            Verdict::Broken => "broken",
            Verdict::Undecided => "undecided",
        },
    }
}

#[derive(Serialize)]
struct ChartView {
    docs: &'static str,
    /// Markup that escaped its own text.
    svg: Value,
}

/// A figure worth a card.
#[derive(Serialize)]
struct CardView {
    label: String,
    value: Number,
}

/// Everything that the template names.
#[derive(Serialize)]
pub struct PageView {
    title: String,
    name: String,
    happening: String,
    n: String,
    replications: String,
    years: u32,
    years_in_all: String,
    years_text: String,
    events: String,
    batches: u64,
    level: String,
    version: String,
    seed: String,
    sha256: String,
    options: Vec<(String, String)>,
    cards: Vec<CardView>,
    card_service: String,
    services: Vec<ServiceView>,
    why: Vec<WhyView>,
    targets: Vec<TargetView>,
    charts: Vec<ChartView>,
    not_described: Vec<String>,
    cautions: Vec<String>,
    numbers: String,
}

/// The service whose figures stand first: with the most users lost over time, or the most time down.
fn worst(results: &AnnualResults) -> Option<&ServiceYears> {
    let weight = |service: &ServiceYears| {
        let minutes = service.user_minutes_per_year.map_or(0.0, |minutes| minutes.value);
        (minutes, service.watched.down_per_year_us.value)
    };
    results.services.iter().max_by(|a, b| {
        let ((a_users, a_down), (b_users, b_down)) = (weight(a), weight(b));
        a_users.total_cmp(&b_users).then(a_down.total_cmp(&b_down))
    })
}

fn cards(service: &ServiceYears) -> Vec<CardView> {
    let seen = &service.watched;
    let card = |label: &str, value: Number| CardView {
        label: label.to_owned(),
        value,
    };
    vec![
        card("Available", of(availability(&seen.availability))),
        card("Outages a year", of(number(&seen.outages_per_year))),
        card(
            "Mean length of an outage",
            seen.outage_mean_us
                .as_ref()
                .map_or_else(none, |mean| of(duration(mean))),
        ),
        card("Down a year", of(duration(&seen.down_per_year_us))),
    ]
}

/// Prepares the page of a run over years.
///
/// # Errors
///
/// A chart that could not be drawn.
pub fn page_view(results: &AnnualResults) -> Result<PageView, ReportError> {
    let head = &results.head;
    let count = |count: u64| grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let worst = worst(results);
    let charts = charts::drawn(results)?
        .into_iter()
        .map(|(chart, svg)| ChartView {
            docs: chart.docs,
            // Inside a page the name space goes without saying.
            svg: Value::from_safe_string(svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)),
        })
        .collect();
    Ok(PageView {
        title: plain(&head.title),
        name: plain(&head.name),
        happening: plain(&head.happening),
        n: count(head.n),
        replications: words::replications(head),
        years: results.span.years,
        years_in_all: count(results.span.years_in_all),
        years_text: years_text(&results.span),
        events: count(results.span.events),
        batches: results.span.batches,
        level: percent_of(head.level),
        version: plain(&head.version),
        seed: head.seed.to_string(),
        sha256: plain(&head.scenario_sha256),
        options: head
            .options
            .iter()
            .map(|(name, value)| (plain(name), plain(value)))
            .collect(),
        cards: worst.map_or_else(Vec::new, cards),
        card_service: worst.map_or_else(String::new, |service| plain(&service.name)),
        services: results.services.iter().map(service_view).collect(),
        why: results
            .services
            .iter()
            .filter(|service| !service.roots.is_empty())
            .map(why_view)
            .collect(),
        targets: results.targets.iter().map(target_view).collect(),
        charts,
        not_described: results
            .not_described
            .iter()
            .map(|sentence| plain(sentence))
            .collect(),
        cautions: results.cautions.iter().map(|caution| plain(caution)).collect(),
        numbers: numbers_text(&results.numbers),
    })
}
