//! What the page of a run says, as plain strings: all formatting that `report.html` needs, and no markup.

use minijinja::Value;
use serde::Serialize;

use crate::analysis::estimate::RTO_REQUIRED;
use crate::analysis::results::{
    Basis, ChosenOutage, ChosenWhy, GradeCount, Mean, Numbers, Quantile, Reach, RecordMeasure, RecordResult,
    RecordRole, Results, ServiceResult, Share, Spread, TargetResult, Verdict,
};
use crate::report::ReportError;
use crate::report::charts::{self, palette};
use crate::report::order::{Order, order};
use crate::report::terminal::ranges::sentences;
use crate::report::terminal::tile_sum;
use crate::report::words::{
    self, LocalClock, amount, grouped, moment, people, percent, percent_of, plain, quantile_span, round_span,
    since_start, span_of,
};
use std::collections::BTreeMap;

/// A number and its interval.
#[derive(Serialize)]
struct Number {
    value: String,
    bracket: String,
}

impl Number {
    fn new((value, bracket): (String, String)) -> Self {
        Self { value, bracket }
    }

    fn share(share: &Share) -> Self {
        Self::new(percent(share))
    }

    fn amount(mean: &Mean) -> Self {
        Self::new(amount(mean))
    }

    fn span(quantile: &Quantile) -> Self {
        Self::new(quantile_span(quantile))
    }

    fn count(quantile: &Quantile) -> Self {
        let count = |reach: Reach| match reach {
            Reach::At(count) => grouped(count),
            Reach::Beyond => "?".to_owned(),
        };
        let bracket = match (quantile.low, quantile.high) {
            (Some(low), Some(high)) => format!("[{}, {}]", count(low), count(high)),
            _ => String::new(),
        };
        Self {
            value: count(quantile.value),
            bracket,
        }
    }
}

#[derive(Serialize)]
struct VerdictView {
    word: &'static str,
    class: &'static str,
}

fn verdict(verdict: Verdict) -> VerdictView {
    match verdict {
        Verdict::Kept => VerdictView {
            word: "kept",
            class: "kept",
        },
        Verdict::Broken => VerdictView {
            word: "broken",
            class: "broken",
        },
        Verdict::Undecided => VerdictView {
            word: "undecided",
            class: "undecided",
        },
    }
}

#[derive(Serialize)]
struct ServiceView {
    id: String,
    name: String,
    tier: String,
    users: String,
    lost: Number,
    class: String,
    median: Option<Number>,
    p95: Option<Number>,
    never: Option<Number>,
    minutes: Number,
    rto: Option<String>,
    back: Option<Number>,
    verdict: Option<VerdictView>,
}

fn service_view(service: &ServiceResult) -> ServiceView {
    let recovery = service.recovery.as_ref();
    let usual = service.classes.iter().max_by_key(|class| class.share.hits);
    ServiceView {
        id: plain(&service.id),
        name: plain(&service.name),
        tier: service
            .tier
            .map_or_else(|| "internal".to_owned(), |tier| tier.to_string()),
        users: if service.users > 0 {
            people(service.users)
        } else {
            "–".to_owned()
        },
        lost: Number::share(&service.lost),
        class: usual.map_or_else(String::new, |class| plain(&class.class)),
        median: recovery.map(|recovery| Number::span(&recovery.median)),
        p95: recovery.map(|recovery| Number::span(&recovery.p95)),
        never: recovery.map(|recovery| Number::share(&recovery.never)),
        minutes: Number::amount(&service.lost_user_minutes),
        rto: service.rto.as_ref().map(|rto| round_span(rto.objective_us)),
        back: service.rto.as_ref().map(|rto| Number::share(&rto.back)),
        verdict: service.rto.as_ref().map(|rto| verdict(rto.verdict)),
    }
}

#[derive(Serialize)]
struct TargetView {
    id: String,
    text: String,
    share: Number,
    required: String,
    confidence: String,
    verdict: VerdictView,
}

fn target_view(target: &TargetResult) -> TargetView {
    TargetView {
        id: plain(&target.id),
        text: plain(&target.text),
        share: Number::share(&target.share),
        required: percent_of(target.required),
        confidence: percent_of(target.confidence),
        verdict: verdict(target.verdict),
    }
}

#[derive(Serialize)]
struct BlastView {
    class: String,
    mean: Number,
    median: Number,
    p95: Number,
    max: String,
}

fn blast_view(class: &str, spread: &Spread) -> BlastView {
    BlastView {
        class: plain(class),
        mean: Number::amount(&spread.mean),
        median: Number::count(&spread.median),
        p95: Number::count(&spread.p95),
        max: grouped(spread.max),
    }
}

#[derive(Serialize)]
struct RecordView {
    text: String,
    source: String,
    record: String,
    simulated: String,
    range: String,
    percentile: String,
    inside: bool,
    tuned: bool,
}

/// A value of a point of the record, in the unit of what it speaks of.
fn record_value(measure: &RecordMeasure, value: i64) -> String {
    match measure {
        RecordMeasure::ServiceRta(_) | RecordMeasure::WholeRta => span_of(value),
        RecordMeasure::ServersOn { .. } => grouped(value),
        RecordMeasure::Served(_) => percent_of(ppm(value)),
    }
}

fn ppm(value: i64) -> f64 {
    value as f64 / 1e6
}

fn record_view(record: &RecordResult) -> RecordView {
    let value = |value: i64| record_value(&record.measure, value);
    let reach = |reach: Reach| match reach {
        Reach::At(at) => value(at),
        Reach::Beyond => "> horizon".to_owned(),
    };
    let on_record = if record.low == record.high {
        value(record.low)
    } else {
        format!("{} – {}", value(record.low), value(record.high))
    };
    let simulated = record.simulated.as_ref();
    RecordView {
        text: plain(&record.text),
        source: plain(&record.source),
        record: on_record,
        simulated: simulated.map_or_else(
            || "not lost".to_owned(),
            |simulated| reach(simulated.median.value),
        ),
        range: simulated.map_or_else(String::new, |simulated| {
            format!("{} – {}", reach(simulated.p05.value), reach(simulated.p95.value))
        }),
        percentile: simulated.map_or_else(String::new, |simulated| {
            format!(
                "{:.0} – {:.0}",
                simulated.percentile_low * 100.0,
                simulated.percentile_high * 100.0
            )
        }),
        inside: record.inside,
        tuned: record.role == RecordRole::Tuned,
    }
}

#[derive(Serialize)]
struct OutageView {
    service: String,
    down: String,
    up: String,
    took: String,
    class: String,
    cause: Vec<String>,
    tiles: Vec<TileView>,
}

#[derive(Serialize)]
struct TileView {
    span: String,
    what: String,
    colour: String,
}

#[derive(Serialize)]
struct StoryView {
    since: String,
    local: String,
    text: String,
}

#[derive(Serialize)]
struct ToldView {
    replication: u32,
    why: &'static str,
    outages: Vec<OutageView>,
    story: Vec<StoryView>,
}

fn told_view(results: &Results, local: Option<&LocalClock>) -> Option<ToldView> {
    let told = results.told()?;
    let services = results.services.iter().enumerate();
    let places: BTreeMap<&str, usize> = services
        .map(|(place, service)| (service.id.as_str(), place))
        .collect();
    let place = |id: &str| places.get(id).copied();
    let name = |id: &str| plain(place(id).map_or(id, |place| results.services[place].name.as_str()));
    // In the order of the table of services; the outages of one service in the order of time.
    let mut ordered: Vec<&ChosenOutage> = told.outages.iter().collect();
    ordered.sort_by_key(|outage| (place(&outage.service), outage.down_at_us));
    let outages = ordered
        .into_iter()
        .map(|outage| {
            let took = outage
                .up_at_us
                .map(|up| i64::try_from(up - outage.down_at_us).unwrap_or(i64::MAX));
            let tiles = tile_sum(results, outage)
                .into_iter()
                .map(|(us, what)| {
                    let kind = results
                        .head
                        .tile_kinds
                        .iter()
                        .find(|kind| what.starts_with(plain(&kind.label).as_str()));
                    let colour = palette::css(palette::tile(kind.map_or("", |kind| kind.name.as_str())));
                    TileView {
                        span: span_of(us),
                        what,
                        colour,
                    }
                })
                .collect();
            OutageView {
                service: name(&outage.service),
                down: moment(local, outage.down_at_us),
                up: outage
                    .up_at_us
                    .map_or_else(|| "not within the horizon".to_owned(), |up| moment(local, up)),
                took: took.map_or_else(|| "> horizon".to_owned(), span_of),
                class: plain(&outage.class),
                cause: outage.cause.iter().map(|link| plain(link)).collect(),
                tiles,
            }
        })
        .collect();
    let story = told
        .story
        .iter()
        .map(|line| StoryView {
            since: since_start(line.at_us),
            local: local.map_or_else(String::new, |local| local.moment(line.at_us)),
            text: plain(&line.text),
        })
        .collect();
    let why = match told.why {
        ChosenWhy::Median => "the median recovery",
        ChosenWhy::Worst => "the worst recovery",
        ChosenWhy::Kept => "chosen",
    };
    Some(ToldView {
        replication: told.replication,
        why,
        outages,
        story,
    })
}

#[derive(Serialize)]
struct HeadView {
    title: String,
    name: String,
    happening: String,
    basis: &'static str,
    version: String,
    seed: String,
    n: String,
    replications: String,
    horizon: String,
    /// When the history begins, if it does so at a time on the calendar.
    start: Option<String>,
    level: String,
    sha256: String,
    options: Vec<(String, String)>,
}

fn head_view(results: &Results, local: Option<&LocalClock>) -> HeadView {
    let head = &results.head;
    HeadView {
        title: plain(&head.title),
        name: plain(&head.name),
        happening: plain(&head.happening),
        basis: match head.basis {
            Basis::Given => "given that this happens, not per year",
            Basis::PerYear => "per year",
        },
        version: plain(&head.version),
        seed: head.seed.to_string(),
        n: grouped(i64::try_from(head.n).unwrap_or(i64::MAX)),
        replications: words::replications(head),
        horizon: round_span(head.horizon_us),
        start: local.map(|local| format!("{} {}", local.full(0), plain(&head.zone))),
        level: percent_of(head.level),
        sha256: plain(&head.scenario_sha256),
        options: head
            .options
            .iter()
            .map(|(name, value)| (plain(name), plain(value)))
            .collect(),
    }
}

/// What is said of all services with users together.
#[derive(Serialize)]
struct WholeView {
    lost: Number,
    after: Option<Number>,
    median: Option<Number>,
    /// Whether more than half are not back within the horizon.
    never: bool,
    p95: Option<Number>,
    services_lost: Number,
    services: String,
    servers_down: Number,
    servers: String,
    hops: Number,
    stuck: Option<Number>,
}

fn whole_view(results: &Results) -> WholeView {
    let whole = &results.whole;
    let recovery = whole.recovery.as_ref();
    WholeView {
        lost: Number::share(&whole.lost),
        after: recovery.map(|recovery| Number::span(&recovery.lost_at_median)),
        median: recovery.map(|recovery| Number::span(&recovery.median)),
        never: recovery.is_some_and(|recovery| recovery.median.value == Reach::Beyond),
        p95: recovery.map(|recovery| Number::span(&recovery.p95)),
        services_lost: Number::count(&whole.services_lost.median),
        services: results
            .services
            .iter()
            .filter(|service| service.users > 0)
            .count()
            .to_string(),
        servers_down: Number::count(&results.blast.servers_down.median),
        servers: grouped(i64::try_from(results.head.servers).unwrap_or(i64::MAX)),
        hops: Number::count(&results.blast.hops.median),
        stuck: (whole.stuck.hits > 0).then(|| Number::share(&whole.stuck)),
    }
}

#[derive(Serialize)]
struct ChartView {
    title: &'static str,
    docs: &'static str,
    /// Markup that escaped its own text.
    svg: Value,
}

fn chart_view(chart: &charts::Chart, svg: &str) -> ChartView {
    // Inside a page the name space goes without saying.
    let inline = svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    ChartView {
        title: chart.title,
        docs: chart.docs,
        svg: Value::from_safe_string(inline),
    }
}

#[derive(Serialize)]
struct NumbersView {
    total: u64,
    assumed: u64,
    yours: u64,
    yours_by_grade: Vec<(String, u64)>,
    library_by_grade: Vec<(String, u64)>,
}

fn numbers_view(numbers: &Numbers) -> NumbersView {
    let grades = |grades: &[GradeCount]| {
        grades
            .iter()
            .map(|grade| (plain(&grade.grade), grade.count))
            .collect()
    };
    NumbersView {
        total: numbers.total(),
        assumed: numbers.assumed(),
        yours: numbers.yours,
        yours_by_grade: grades(&numbers.yours_by_grade),
        library_by_grade: grades(&numbers.library_by_grade),
    }
}

/// Everything that the template names.
#[derive(Serialize)]
pub struct PageView {
    head: HeadView,
    whole: WholeView,
    services: Vec<ServiceView>,
    safe: Vec<String>,
    targets: Vec<TargetView>,
    charts: Vec<ChartView>,
    blast: Vec<BlastView>,
    records: Vec<RecordView>,
    order: Option<Order>,
    told: Option<ToldView>,
    not_described: Vec<String>,
    ranges: Vec<String>,
    cautions: Vec<String>,
    numbers: NumbersView,
    worst: Option<u32>,
    required_rto: String,
}

/// Prepares the page of a run.
///
/// # Errors
///
/// A chart that could not be drawn.
pub fn page_view(results: &Results) -> Result<PageView, ReportError> {
    let local = LocalClock::new(&results.head);
    let (lost, safe): (Vec<&ServiceResult>, Vec<&ServiceResult>) =
        results.services.iter().partition(|service| service.lost.hits > 0);
    Ok(PageView {
        head: head_view(results, local.as_ref()),
        whole: whole_view(results),
        services: lost.into_iter().map(service_view).collect(),
        safe: safe.into_iter().map(|service| plain(&service.name)).collect(),
        targets: results.targets.iter().map(target_view).collect(),
        charts: charts::drawn(results)?
            .iter()
            .map(|(chart, svg)| chart_view(chart, svg))
            .collect(),
        blast: results
            .blast
            .classes
            .iter()
            .filter(|class| class.entities.max > 0)
            .map(|class| blast_view(&class.class, &class.entities))
            .collect(),
        records: results.records.iter().map(record_view).collect(),
        order: order(results),
        told: told_view(results, local.as_ref()),
        not_described: results
            .not_described
            .iter()
            .map(|sentence| plain(sentence))
            .collect(),
        ranges: results.ignorance.as_ref().map_or_else(Vec::new, sentences),
        cautions: results.cautions.iter().map(|caution| plain(caution)).collect(),
        numbers: numbers_view(&results.numbers),
        worst: results.worst_replication,
        required_rto: percent_of(RTO_REQUIRED),
    })
}
