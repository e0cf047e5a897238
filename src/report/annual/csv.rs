//! The result files of years for spreadsheets and statistics programs. Every header names its unit.

use std::io;

use csv::Writer;

use super::AnnualInput;
use crate::analysis::annual::Estimate;
use crate::analysis::annual::results::ServiceYears;
use crate::analysis::results::{Quantile, Reach, Share};
use crate::observe::annual::{NOT_ENDED, Totals};
use crate::report::csv::cell;
use crate::report::{ReportError, ResultFile};

/// The most outages that `outages.csv` lists, in the order of replications and services; the manifest says so.
pub const OUTAGES_WRITTEN_MAX: usize = 1_000_000;

/// `replications.csv`: the rows, one per replication, one integer per column.
///
/// # Errors
///
/// None: it is written when it is asked for.
pub fn replications<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let (rows, names) = (input.rows, input.names);
    let write = move |out: &mut dyn io::Write| {
        let mut writer = Writer::from_writer(out);
        let mut header = vec!["replication".to_owned(), "events_count".to_owned()];
        for service in &names.services {
            header.extend(
                Totals::COLUMNS
                    .iter()
                    .map(|column| cell(&format!("{service}/{column}"))),
            );
        }
        writer.write_record(&header)?;
        for row in rows {
            let mut line = vec![row.replication.to_string(), row.events.to_string()];
            for seen in &row.seen {
                line.extend(seen.totals.cells().iter().map(i64::to_string));
            }
            writer.write_record(&line)?;
        }
        writer.flush()
    };
    Ok(vec![ResultFile::streamed("replications.csv", write)])
}

/// `years.csv`: one line per replication, year and service in which something was lost; in all other years nothing was.
///
/// # Errors
///
/// None: it is written when it is asked for.
pub fn years<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let (rows, names) = (input.rows, input.names);
    let write = move |out: &mut dyn io::Write| {
        let mut writer = Writer::from_writer(out);
        writer.write_record([
            "replication",
            "year",
            "service",
            "down_us",
            "degraded_us",
            "lost_us",
            "falls_count",
            "outages_count",
            "in_outages_us",
            "outage_longest_us",
        ])?;
        for row in rows {
            for (service, seen) in names.services.iter().zip(&row.seen) {
                for (number, year) in seen.years.iter().enumerate() {
                    if year.lost_us == 0 && year.outage_us == 0 && year.outages == 0 {
                        continue;
                    }
                    writer.write_record(&[
                        row.replication.to_string(),
                        (number + 1).to_string(),
                        cell(service),
                        year.down_us.to_string(),
                        year.degraded_us.to_string(),
                        year.lost_us.to_string(),
                        year.falls.to_string(),
                        year.outages.to_string(),
                        year.outage_us.to_string(),
                        year.longest_us.to_string(),
                    ])?;
                }
            }
        }
        writer.flush()
    };
    Ok(vec![ResultFile::streamed("years.csv", write)])
}

/// `outages.csv`: one line per outage, at most [`OUTAGES_WRITTEN_MAX`].
///
/// # Errors
///
/// None: it is written when it is asked for.
pub fn outages<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let (rows, names) = (input.rows, input.names);
    let write = move |out: &mut dyn io::Write| {
        let mut writer = Writer::from_writer(out);
        writer.write_record(["replication", "service", "began_us", "length_us", "class", "root"])?;
        let all = rows.iter().flat_map(|row| {
            let services = names.services.iter().zip(&row.seen);
            services.flat_map(move |(service, seen)| {
                seen.outages
                    .iter()
                    .map(move |outage| (row.replication, service, outage))
            })
        });
        for (replication, service, outage) in all.take(OUTAGES_WRITTEN_MAX) {
            let length = match outage.length_us {
                NOT_ENDED => "not ended".to_owned(),
                us => us.to_string(),
            };
            writer.write_record(&[
                replication.to_string(),
                cell(service),
                outage.from_us.to_string(),
                length,
                cell(names.class(outage.class)),
                cell(names.root(outage.root)),
            ])?;
        }
        writer.flush()
    };
    Ok(vec![ResultFile::streamed("outages.csv", write)])
}

/// A line of `services.csv`: measure, unit, estimate, low, high, events, method.
type Line = [String; 7];

/// `factor` turns the estimate's own unit into `unit`.
fn line(measure: &str, unit: &str, estimate: &Estimate, factor: f64) -> Line {
    let method = match estimate.method {
        crate::analysis::annual::Method::Batches => "batches",
        crate::analysis::annual::Method::FewEvents => "few-events",
        crate::analysis::annual::Method::NoneSeen => "none-seen",
    };
    [
        measure.to_owned(),
        unit.to_owned(),
        (estimate.value * factor).to_string(),
        (estimate.low * factor).to_string(),
        (estimate.high * factor).to_string(),
        estimate.events.to_string(),
        method.to_owned(),
    ]
}

fn share_line(measure: &str, share: &Share) -> Line {
    [
        measure.to_owned(),
        "1".to_owned(),
        share.value.to_string(),
        share.low.to_string(),
        share.high.to_string(),
        share.n.to_string(),
        "proportion".to_owned(),
    ]
}

fn quantile_line(measure: &str, quantile: &Quantile) -> Line {
    let reach = |reach: Reach| match reach {
        Reach::At(us) => (us as f64 / 1e6).to_string(),
        Reach::Beyond => "not ended".to_owned(),
    };
    let bound = |bound: Option<Reach>| bound.map_or_else(String::new, reach);
    [
        measure.to_owned(),
        "s".to_owned(),
        reach(quantile.value),
        bound(quantile.low),
        bound(quantile.high),
        quantile.n.to_string(),
        "order-statistics".to_owned(),
    ]
}

fn lines(service: &ServiceYears) -> Vec<Line> {
    let seen = &service.watched;
    let mut lines = vec![
        line("availability", "1", &seen.availability, 1.0),
        line("down_per_year", "s/y", &seen.down_per_year_us, 1e-6),
        line("degraded_per_year", "s/y", &seen.degraded_per_year_us, 1e-6),
        line("lost_per_year", "s/y", &seen.lost_per_year_us, 1e-6),
        line("falls_per_year", "1/y", &seen.falls_per_year, 1.0),
        line("outages_per_year", "1/y", &seen.outages_per_year, 1.0),
    ];
    if let Some(mean) = &seen.down_mean_us {
        lines.push(line("down_mean", "s", mean, 1e-6));
    }
    if let Some(mean) = &seen.outage_mean_us {
        lines.push(line("outage_mean", "s", mean, 1e-6));
    }
    if let Some(minutes) = &service.user_minutes_per_year {
        lines.push(line("user_minutes_per_year", "user·min/y", minutes, 1.0));
    }
    for (measure, quantile) in [
        ("outage_median", &seen.outage_median),
        ("outage_p95", &seen.outage_p95),
    ] {
        lines.extend(quantile.iter().map(|quantile| quantile_line(measure, quantile)));
    }
    lines.push(quantile_line("longest_outage_of_a_year_p90", &seen.longest_p90));
    lines.push(quantile_line("down_in_a_year_p90", &seen.down_p90));
    lines.push(quantile_line("down_in_a_year_p99", &seen.down_p99));
    lines.push(share_line("years_with_outage", &seen.years_with_outage));
    if let Some(within) = service.rto.and_then(|rto| rto.within) {
        lines.push(share_line("outages_within_rto", &within));
    }
    for class in &service.classes {
        let measure = format!("outages_per_year_by_class_{}", class.cause);
        lines.push(line(&measure, "1/y", &class.outages_per_year, 1.0));
    }
    for root in &service.roots {
        let measure = format!("outages_per_year_by_root_{}", root.cause);
        lines.push(line(&measure, "1/y", &root.outages_per_year, 1.0));
    }
    lines
}

/// `services.csv`: one line per service and measure, with interval and count.
///
/// # Errors
///
/// A line that cannot be written: a bug of ours.
pub fn services<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let services = &input.results.services;
    let write = move |out: &mut dyn io::Write| {
        let mut writer = Writer::from_writer(out);
        writer.write_record([
            "service", "measure", "unit", "estimate", "low", "high", "events", "method",
        ])?;
        for service in services {
            for line in lines(service) {
                let mut record = vec![cell(&service.id)];
                record.extend(line.iter().map(|text| cell(text)));
                writer.write_record(&record)?;
            }
        }
        writer.flush()
    };
    Ok(vec![ResultFile::streamed("services.csv", write)])
}
