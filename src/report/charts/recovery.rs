//! The recovery curve: service-users served, and servers down, with their bands and the record's points.
//!
//! Servers *down* rather than on, because a record mostly counts those of one place: what is down there can be held against the whole.

use plotters::prelude::*;

use crate::analysis::results::{Band, RecordMeasure, Results};
use crate::report::charts::Chart;
use crate::report::charts::frame::{
    Across, DrawError, Sheet, TOP, Type, WIDTH, block, diamond, hours_at, line, round_step, sheet, text,
    time_axis,
};
use crate::report::charts::palette::{GRID, INK, RECORD, SIMULATED};
use crate::report::words::{grouped, shorten};

const LEFT: i32 = 76;
const UPPER: i32 = 250;
const LOWER: i32 = 170;
const GAP: i32 = 62;

/// One of the two curves.
struct Panel<'a> {
    title: &'a str,
    band: Band,
    /// What is divided by to get the numbers of the axis.
    unit: f64,
    max: f64,
    percent: bool,
    top: i32,
    bottom: i32,
    records: Vec<Mark>,
}

/// A point of the record on a panel, in the panel's numbers.
struct Mark {
    hours: f64,
    low: i64,
    high: i64,
    label: String,
}

/// Draws the chart.
pub fn draw(results: &Results, chart: &Chart) -> Option<Result<String, DrawError>> {
    let curve = &results.curve;
    if curve.times_us.len() < 2 {
        return None;
    }
    let across = Across {
        left: LEFT,
        right: WIDTH - 30,
        max: hours_at(end_us(results)),
    };
    let down = servers_down(results);
    let most = down.q95.iter().copied().max().unwrap_or(0);
    let mut panels = vec![Panel {
        title: "Service-users served",
        band: curve.served.clone(),
        unit: 1e4,
        max: 100.0,
        percent: true,
        top: TOP + 24,
        bottom: TOP + 24 + UPPER,
        records: records(results, false),
    }];
    if most > 0 {
        let top = TOP + 24 + UPPER + GAP;
        let max = most as f64 * 1.05;
        panels.push(Panel {
            title: "Servers down",
            band: down,
            unit: 1.0,
            max,
            percent: false,
            top,
            bottom: top + LOWER,
            records: records(results, true),
        });
    }
    let height = panels.last().map_or(TOP, |panel| panel.bottom) + 44;
    let subtitle = format!(
        "{} replications; the darker band holds half of them, the lighter one nine in ten",
        grouped_n(results)
    );
    Some(sheet(chart, &subtitle, height, |sheet| {
        for panel in &panels {
            draw_panel(sheet, results, panel, &across)?;
        }
        Ok(())
    }))
}

fn grouped_n(results: &Results) -> String {
    grouped(i64::try_from(results.head.n).unwrap_or(i64::MAX))
}

/// The last moment worth showing: a little after everything has settled, or after the last point of the record.
fn end_us(results: &Results) -> u64 {
    let curve = &results.curve;
    let last = curve.times_us.len() - 1;
    let moves = |band: &Band, k: usize| {
        [&band.q05, &band.q25, &band.q50, &band.q75, &band.q95]
            .iter()
            .any(|part| part[k] != part[last])
    };
    let settled = (0..=last)
        .rev()
        .find(|k| moves(&curve.served, *k) || moves(&curve.servers_on, *k))
        .map_or(last, |k| k + 1);
    let record = records(results, false).into_iter().chain(records(results, true));
    let record_hours = record.map(|mark| mark.hours).fold(0.0, f64::max);
    let shown = hours_at(curve.times_us[settled.min(last)]).max(record_hours) * 1.06;
    // The first time of the curve that covers it all.
    curve
        .times_us
        .iter()
        .copied()
        .find(|at| hours_at(*at) >= shown)
        .unwrap_or(curve.times_us[last])
        .max(1)
}

fn records(results: &Results, servers: bool) -> Vec<Mark> {
    results
        .records
        .iter()
        .filter_map(|record| match record.measure {
            RecordMeasure::ServersOn { at_us, of } if servers => Some(Mark {
                hours: hours_at(at_us),
                low: of - record.high,
                high: of - record.low,
                label: format!("record: {} of {} on", grouped(record.high), grouped(of)),
            }),
            RecordMeasure::Served(at_us) if !servers => Some(Mark {
                hours: hours_at(at_us),
                low: record.low,
                high: record.high,
                label: record.text.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// The band of servers that are not on.
fn servers_down(results: &Results) -> Band {
    let all = i64::try_from(results.head.servers).unwrap_or(i64::MAX);
    let down = |on: &[i64]| on.iter().map(|on| all - on).collect();
    let on = &results.curve.servers_on;
    Band {
        q05: down(&on.q95),
        q25: down(&on.q75),
        q50: down(&on.q50),
        q75: down(&on.q25),
        q95: down(&on.q05),
        mean: on
            .mean
            .iter()
            .map(|on| results.head.servers as f64 - on)
            .collect(),
    }
}

fn draw_panel(
    sheet: &Sheet<'_>,
    results: &Results,
    panel: &Panel<'_>,
    across: &Across,
) -> Result<(), DrawError> {
    let curve = &results.curve;
    let (top, bottom) = (panel.top, panel.bottom);
    text(sheet, (LEFT, top - 14), panel.title, Type::BODY.strong())?;
    time_axis(sheet, &results.head, across, top, bottom)?;
    let up = Across {
        left: bottom,
        right: top,
        max: panel.max,
    };
    let step = if panel.percent {
        25.0
    } else {
        round_step(panel.max, 5.0)
    };
    let mut value = 0.0;
    while value <= panel.max * 1.000_001 {
        let y = up.at(value);
        line(sheet, (across.left, y), (across.right, y), GRID, 1)?;
        text(
            sheet,
            (LEFT - 8, y),
            &label(value, panel.percent),
            Type::SMALL.right(),
        )?;
        value += step;
    }
    // Up to the first time beyond the right end, where the scale cuts it off.
    let shown = curve
        .times_us
        .iter()
        .position(|at| hours_at(*at) >= across.max)
        .map_or(curve.times_us.len(), |k| k + 1);
    let point = |k: usize, value: i64| {
        (
            across.at(hours_at(curve.times_us[k])),
            up.at(value as f64 / panel.unit),
        )
    };
    let ring = |low: &[i64], high: &[i64]| {
        let forth = (0..shown).map(|k| point(k, high[k]));
        let back = (0..shown).rev().map(|k| point(k, low[k]));
        forth.chain(back).collect::<Vec<_>>()
    };
    let band = &panel.band;
    sheet.draw(&Polygon::new(
        ring(&band.q05, &band.q95),
        SIMULATED.mix(0.16).filled(),
    ))?;
    sheet.draw(&Polygon::new(
        ring(&band.q25, &band.q75),
        SIMULATED.mix(0.28).filled(),
    ))?;
    let median: Vec<(i32, i32)> = (0..shown).map(|k| point(k, band.q50[k])).collect();
    sheet.draw(&PathElement::new(median, SIMULATED.stroke_width(2)))?;
    line(sheet, (across.left, bottom), (across.right, bottom), INK, 1)?;
    for mark in &panel.records {
        let y = |value: i64| up.at(value as f64 / panel.unit);
        let (x, low, high) = (across.at(mark.hours), y(mark.low), y(mark.high));
        block(sheet, (x - 1, high), (x + 1, low), RECORD)?;
        let middle = (low + high) / 2;
        diamond(sheet, (x, middle), 6, RECORD)?;
        let what = shorten(&mark.label, 44);
        let how = Type::SMALL.coloured(RECORD);
        // Left of its mark where the right has no room.
        if x > WIDTH * 6 / 10 {
            text(sheet, (x - 12, middle), &what, how.right())?;
        } else {
            text(sheet, (x + 12, middle + 12), &what, how)?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "a number of servers on an axis")]
fn label(value: f64, percent: bool) -> String {
    if percent {
        format!("{value:.0} %")
    } else {
        grouped(value.round() as i64)
    }
}
