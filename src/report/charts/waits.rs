//! What recovery waited for: the mean of each kind of tile, stacked, for the whole and for each service.

use plotters::style::RGBColor;

use crate::analysis::results::{Recovery, Results};
use crate::report::charts::Chart;
use crate::report::charts::frame::{
    Across, DrawError, NAMES, ROW, TOP, Type, WIDTH, block, hours_axis, legend, legend_height, line,
    row_name, rows_of, sheet, text,
};
use crate::report::charts::palette::{INK, tile};
use crate::report::words::{HOUR_US, Step, span};

/// A kind that takes a smaller share of every recovery is left out of the legend, not of the bars.
const WORTH_NAMING: f64 = 0.005;

/// Draws the chart.
pub fn draw(results: &Results, chart: &Chart) -> Option<Result<String, DrawError>> {
    let mut rows: Vec<(&str, &Recovery, bool)> = rows_of(&results.services)
        .into_iter()
        .map(|(service, recovery)| (service.name.as_str(), recovery, false))
        .collect();
    if let Some(whole) = &results.whole.recovery {
        rows.push(("everything", whole, true));
    }
    let total = |recovery: &Recovery| recovery.tiles.iter().map(|tile| tile.mean.value).sum::<f64>();
    rows.retain(|(_, recovery, _)| total(recovery) > 0.0);
    if rows.is_empty() {
        return None;
    }
    let hour = HOUR_US as f64;
    let longest = rows
        .iter()
        .map(|(_, recovery, _)| total(recovery) / hour)
        .fold(0.01, f64::max);
    let across = Across {
        left: NAMES,
        right: WIDTH - 110,
        max: longest * 1.02,
    };
    let entries: Vec<(String, RGBColor)> = results
        .head
        .tile_kinds
        .iter()
        .filter(|kind| {
            rows.iter().any(|(_, recovery, _)| {
                let own = recovery.tiles.iter().filter(|tile| tile.kind == kind.name);
                own.map(|tile| tile.mean.value).sum::<f64>() > total(recovery) * WORTH_NAMING
            })
        })
        .map(|kind| (kind.label.clone(), tile(&kind.name)))
        .collect();
    let top = TOP + 8 + legend_height(&entries);
    let bottom = top + i32::try_from(rows.len()).unwrap_or(0) * ROW;
    let subtitle =
        "mean hours of waiting per recovery, by what was waited for; what is not back counts to the horizon";
    Some(sheet(chart, subtitle, bottom + 34, |sheet| {
        legend(sheet, TOP + 4, &entries)?;
        hours_axis(sheet, &across, top, bottom)?;
        for (index, (name, recovery, strong)) in (0..).zip(&rows) {
            let y = top + index * ROW + ROW / 2;
            row_name(sheet, y, name, *strong)?;
            let mut from = 0.0;
            for part in &recovery.tiles {
                let to = from + part.mean.value / hour;
                let (left, right) = (across.at(from), across.at(to));
                if right > left {
                    block(sheet, (left, y - 8), (right, y + 8), tile(&part.kind))?;
                }
                from = to;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a duration within the horizon")]
            let us = total(recovery) as i64;
            let label = span(us, Step::for_interval(us, 0));
            text(sheet, (across.at(from) + 6, y), &label, Type::SMALL)?;
        }
        line(sheet, (NAMES, top), (NAMES, bottom), INK, 1)
    }))
}
