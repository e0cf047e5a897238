//! The result files for spreadsheets and statistics programs.
//!
//! Every header names its unit. Text cells that a spreadsheet would run as a formula get a leading apostrophe
//! (OWASP ASVS 1.2.10), and control characters are written out.

use std::io;

use csv::Writer;

use crate::analysis::results::{Band, Mean, Quantile, Reach, ServiceResult, Share};
use crate::report::words::{LocalClock, plain};
use crate::report::{Input, ReportError, ResultFile};

/// A text cell that no spreadsheet takes for a formula.
pub fn cell(text: &str) -> String {
    let harmless = plain(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{harmless}")
    } else {
        harmless
    }
}

fn finish(name: &str, writer: Writer<Vec<u8>>) -> Result<ResultFile<'static>, ReportError> {
    let bytes = writer
        .into_inner()
        .map_err(|error| ReportError::new(name, error.error()))?;
    Ok(ResultFile::whole(name, bytes))
}

/// `replications.csv`: the rows, one per replication, one integer per column. Sentinels are in `manifest.json`.
pub fn replications<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let rows = input.rows;
    let write = move |out: &mut dyn io::Write| {
        let mut writer = Writer::from_writer(out);
        let mut header = vec!["replication".to_owned()];
        header.extend(rows.layout.columns().iter().map(|column| cell(&column.name)));
        writer.write_record(&header)?;
        let mut line = csv::StringRecord::new();
        rows.each(|replication, cells| {
            line.clear();
            line.push_field(&replication.to_string());
            for cell in cells {
                line.push_field(&cell.to_string());
            }
            Ok(writer.write_record(&line)?)
        })?;
        writer.flush()
    };
    Ok(vec![ResultFile::streamed("replications.csv", write)])
}

/// One line of `services.csv`.
struct Line {
    measure: String,
    unit: &'static str,
    estimate: String,
    low: String,
    high: String,
    n: u64,
}

fn share_line(measure: &str, share: &Share) -> Line {
    Line {
        measure: measure.to_owned(),
        unit: "1",
        estimate: share.value.to_string(),
        low: share.low.to_string(),
        high: share.high.to_string(),
        n: share.n,
    }
}

/// `divisor` turns the mean's own unit into `unit`.
fn mean_line(measure: &str, unit: &'static str, mean: &Mean, divisor: f64) -> Line {
    let bound = |bound: Option<f64>| bound.map_or_else(String::new, |value| (value / divisor).to_string());
    Line {
        measure: measure.to_owned(),
        unit,
        estimate: (mean.value / divisor).to_string(),
        low: bound(mean.low),
        high: bound(mean.high),
        n: mean.n,
    }
}

/// Microseconds as seconds, exactly.
fn seconds(us: i64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us.rem_euclid(1_000_000));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn quantile_line(measure: &str, quantile: &Quantile) -> Line {
    let reach = |reach: Reach| match reach {
        Reach::At(us) => seconds(us),
        Reach::Beyond => "beyond".to_owned(),
    };
    Line {
        measure: measure.to_owned(),
        unit: "s",
        estimate: reach(quantile.value),
        low: quantile.low.map_or_else(String::new, reach),
        high: quantile.high.map_or_else(String::new, reach),
        n: quantile.n,
    }
}

fn service_lines(service: &ServiceResult) -> Vec<Line> {
    let mut lines = vec![share_line("lost", &service.lost)];
    if let Some(recovery) = &service.recovery {
        lines.push(quantile_line("lost_at_median_if_lost", &recovery.lost_at_median));
        lines.push(quantile_line("rta_p05_if_lost", &recovery.p05));
        lines.push(quantile_line("rta_median_if_lost", &recovery.median));
        lines.push(quantile_line("rta_p95_if_lost", &recovery.p95));
        lines.push(mean_line("rta_mean_to_horizon_if_lost", "s", &recovery.mean, 1e6));
        lines.push(share_line("not_back_within_horizon_if_lost", &recovery.never));
        for tile in &recovery.tiles {
            lines.push(mean_line(
                &format!("tile_{}_mean_if_lost", tile.kind),
                "s",
                &tile.mean,
                1e6,
            ));
        }
    }
    lines.push(mean_line("outages_mean", "1", &service.outages, 1.0));
    lines.push(mean_line(
        "lost_user_minutes_mean",
        "user-minutes",
        &service.lost_user_minutes,
        1.0,
    ));
    if let Some(load) = &service.load {
        lines.push(mean_line(
            "energy_not_served_mean",
            "MWh",
            &load.unserved_mwh,
            1.0,
        ));
        lines.push(mean_line("time_short_mean", "h", &load.short_h, 1.0));
        lines.push(mean_line("shortfalls_mean", "1", &load.shortfalls, 1.0));
    }
    for class in &service.classes {
        lines.push(share_line(
            &format!("cause_{}_if_lost", class.class),
            &class.share,
        ));
    }
    if let Some(rto) = &service.rto {
        lines.push(share_line("back_within_rto", &rto.back));
    }
    lines
}

/// `services.csv`: one line per service and measure, with its interval and count.
pub fn services<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let name = "services.csv";
    let mut writer = Writer::from_writer(Vec::new());
    let header = [
        "service", "name", "tier", "users", "measure", "unit", "estimate", "low", "high", "n",
    ];
    writer
        .write_record(header)
        .map_err(|error| ReportError::new(name, error))?;
    for service in &input.results.services {
        let tier = service
            .tier
            .map_or_else(|| "internal".to_owned(), |tier| tier.to_string());
        for line in service_lines(service) {
            let fields = [
                cell(&service.id),
                cell(&service.name),
                tier.clone(),
                service.users.to_string(),
                line.measure,
                line.unit.to_owned(),
                line.estimate,
                line.low,
                line.high,
                line.n.to_string(),
            ];
            writer
                .write_record(fields)
                .map_err(|error| ReportError::new(name, error))?;
        }
    }
    Ok(vec![finish(name, writer)?])
}

/// `timeline.csv`: the curves with their bands.
pub fn timeline<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let name = "timeline.csv";
    let curve = &input.results.curve;
    let local = LocalClock::new(&input.results.head);
    let mut writer = Writer::from_writer(Vec::new());
    let mut header = vec!["at_us".to_owned(), "local_time".to_owned()];
    for (what, unit) in [("served", "ppm"), ("servers_on", "count")] {
        header
            .extend(["q05", "q25", "q50", "q75", "q95", "mean"].map(|part| format!("{what}_{part}_{unit}")));
    }
    writer
        .write_record(&header)
        .map_err(|error| ReportError::new(name, error))?;
    for (k, at_us) in curve.times_us.iter().enumerate() {
        let mut fields = vec![
            at_us.to_string(),
            local
                .as_ref()
                .map_or_else(String::new, |local| local.full(*at_us)),
        ];
        for band in [&curve.served, &curve.servers_on] {
            fields.extend(band_fields(band, k));
        }
        writer
            .write_record(&fields)
            .map_err(|error| ReportError::new(name, error))?;
    }
    Ok(vec![finish(name, writer)?])
}

fn band_fields(band: &Band, k: usize) -> Vec<String> {
    let mut fields: Vec<String> = [&band.q05, &band.q25, &band.q50, &band.q75, &band.q95]
        .iter()
        .map(|part| part[k].to_string())
        .collect();
    fields.push(band.mean[k].to_string());
    fields
}

/// `outages.csv`: the chosen replications, one line per tile of every outage.
pub fn outages<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let name = "outages.csv";
    let mut writer = Writer::from_writer(Vec::new());
    let header = [
        "replication",
        "chosen_as",
        "service",
        "outage",
        "down_at_us",
        "up_at_us",
        "class",
        "cause",
        "tile_from_us",
        "tile_to_us",
        "tile_kind",
        "tile_label",
    ];
    writer
        .write_record(header)
        .map_err(|error| ReportError::new(name, error))?;
    for chosen in &input.results.chosen {
        for (index, outage) in chosen.outages.iter().enumerate() {
            let cause = outage.cause.join(" → ");
            for tile in &outage.tiles {
                let fields = [
                    chosen.replication.to_string(),
                    chosen.why.name().to_owned(),
                    cell(&outage.service),
                    (index + 1).to_string(),
                    outage.down_at_us.to_string(),
                    outage.up_at_us.map_or_else(String::new, |at| at.to_string()),
                    cell(&outage.class),
                    cell(&cause),
                    tile.from_us.to_string(),
                    tile.to_us.to_string(),
                    cell(&tile.kind),
                    cell(&tile.label),
                ];
                writer
                    .write_record(fields)
                    .map_err(|error| ReportError::new(name, error))?;
            }
        }
    }
    Ok(vec![finish(name, writer)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::results::{Chosen, ChosenOutage, ChosenWhy, TileRun};
    use crate::report::fixture;

    #[test]
    fn cells_that_look_like_formulas_are_guarded() {
        for hostile in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
        ] {
            let guarded = cell(hostile);
            assert!(guarded.starts_with('\''), "{hostile:?} became {guarded:?}");
            assert!(!guarded.contains(['\t', '\r', '\n']), "{guarded:?}");
        }
        assert_eq!(cell("text/rta_us"), "text/rta_us");
    }

    #[test]
    fn seconds_are_exact() {
        assert_eq!(seconds(1_500_000), "1.5");
        assert_eq!(seconds(120_000_000), "120");
        assert_eq!(seconds(1), "0.000001");
        assert_eq!(seconds(0), "0");
    }

    fn text_of(files: Result<Vec<ResultFile>, ReportError>) -> String {
        let mut files = files.expect("the format can be made");
        String::from_utf8(files.remove(0).bytes()).expect("UTF-8")
    }

    /// Every cell of the golden lines can be checked by hand against the outage that is built here.
    #[test]
    fn outages_are_written_tile_by_tile() {
        let (mut results, rows) = fixture::results(20);
        results.chosen = vec![Chosen {
            replication: 7,
            why: ChosenWhy::Worst,
            story: Vec::new(),
            outages: vec![ChosenOutage {
                service: "text".into(),
                down_at_us: 480_000_000,
                up_at_us: None,
                tiles: vec![
                    TileRun {
                        from_us: 480_000_000,
                        to_us: 500_000_000,
                        kind: "queue".into(),
                        label: "sre, 2".into(),
                    },
                    TileRun {
                        from_us: 500_000_000,
                        to_us: 900_000_000,
                        kind: "booting".into(),
                        label: "=boot \"a\"".into(),
                    },
                ],
                cause: vec!["fire".into(), "power cut".into()],
                class: "facility".into(),
            }],
        }];
        let resolved = fixture::resolved();
        let text = text_of(outages(&Input {
            results: &results,
            rows: &rows,
            resolved: &resolved,
        }));
        let golden = "replication,chosen_as,service,outage,down_at_us,up_at_us,class,cause,tile_from_us,tile_to_us,tile_kind,tile_label\n\
            7,worst,text,1,480000000,,facility,fire → power cut,480000000,500000000,queue,\"sre, 2\"\n\
            7,worst,text,1,480000000,,facility,fire → power cut,500000000,900000000,booting,\"'=boot \"\"a\"\"\"\n";
        assert_eq!(text, golden);
    }

    #[test]
    fn replications_are_the_rows_themselves() {
        let (results, rows) = fixture::results(30);
        let resolved = fixture::resolved();
        let text = text_of(replications(&Input {
            results: &results,
            rows: &rows,
            resolved: &resolved,
        }));
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        assert_eq!(header.len(), rows.layout.width() + 1);
        assert_eq!(header[..3], ["replication", "ads/down_at_us", "ads/rta_us"]);
        for (line, row) in lines.by_ref().zip(rows.to_vec().expect("rows in memory")) {
            let cells: Vec<i64> = line
                .split(',')
                .map(|cell| cell.parse().expect("an integer"))
                .collect();
            assert_eq!(cells[0], i64::from(row.replication));
            assert_eq!(cells[1..], row.cells[..]);
        }
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn every_line_of_services_has_its_unit_and_count() {
        let (mut results, rows) = fixture::results(40);
        results.services[0].name = "@SUM(A1:A9)\u{1b}".into();
        let resolved = fixture::resolved();
        let text = text_of(services(&Input {
            results: &results,
            rows: &rows,
            resolved: &resolved,
        }));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut seen = 0;
        for record in reader.records() {
            let record = record.expect("every line has all fields");
            assert!(!record[5].is_empty() && record[9].parse::<u64>().expect("a count") > 0);
            assert!(!record[1].starts_with('@') && !record[1].contains('\u{1b}'));
            let bound = |field: &str| field.parse::<f64>().ok();
            if let (Some(low), Some(value), Some(high)) =
                (bound(&record[7]), bound(&record[6]), bound(&record[8]))
            {
                assert!(low <= value && value <= high, "{record:?}");
                seen += 1;
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
