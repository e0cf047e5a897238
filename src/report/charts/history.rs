//! One replication as it went: every outage on the axis of time, coloured by what it waited for at each moment.

use plotters::style::RGBColor;

use crate::analysis::results::{ChosenOutage, Results};
use crate::report::charts::Chart;
use crate::report::charts::frame::{
    Across, DrawError, MOST_ROWS, NAMES, ROW, TOP, WIDTH, block, hours_at, legend, legend_height, line,
    row_name, sheet, time_axis,
};
use crate::report::charts::palette::{INK, tile};

/// Draws the chart.
pub fn draw(results: &Results, chart: &Chart) -> Option<Result<String, DrawError>> {
    let told = results.told()?;
    let mut rows: Vec<(&str, Vec<&ChosenOutage>)> = results
        .services
        .iter()
        .map(|service| {
            let own: Vec<&ChosenOutage> = told
                .outages
                .iter()
                .filter(|outage| outage.service == service.id)
                .collect();
            (service.name.as_str(), own)
        })
        .filter(|(_, outages)| !outages.is_empty())
        .take(MOST_ROWS)
        .collect();
    let horizon = results.head.horizon_us;
    let end = |outages: &[&ChosenOutage]| {
        outages
            .iter()
            .map(|o| o.up_at_us.unwrap_or(horizon))
            .max()
            .unwrap_or(0)
    };
    rows.sort_by_key(|(_, outages)| end(outages));
    let last = rows.last().map(|(_, outages)| end(outages))?;
    let across = Across {
        left: NAMES,
        right: WIDTH - 30,
        max: (hours_at(last) * 1.03).max(0.01),
    };
    let entries: Vec<(String, RGBColor)> = results
        .head
        .tile_kinds
        .iter()
        .filter(|kind| {
            told.outages
                .iter()
                .any(|outage| outage.tiles.iter().any(|run| run.kind == kind.name))
        })
        .map(|kind| (kind.label.clone(), tile(&kind.name)))
        .collect();
    let top = TOP + 8 + legend_height(&entries);
    let bottom = top + i32::try_from(rows.len()).unwrap_or(0) * ROW;
    let subtitle = format!(
        "replication {}; what each outage was waiting for, moment by moment",
        told.replication
    );
    Some(sheet(chart, &subtitle, bottom + 44, |sheet| {
        legend(sheet, TOP + 4, &entries)?;
        time_axis(sheet, &results.head, &across, top, bottom)?;
        for (index, (name, outages)) in (0..).zip(&rows) {
            let y = top + index * ROW + ROW / 2;
            row_name(sheet, y, name, false)?;
            for run in outages.iter().flat_map(|outage| &outage.tiles) {
                let (from, to) = (across.at(hours_at(run.from_us)), across.at(hours_at(run.to_us)));
                if to > from {
                    block(sheet, (from, y - 8), (to, y + 8), tile(&run.kind))?;
                }
            }
        }
        line(sheet, (NAMES, top), (NAMES, bottom), INK, 1)
    }))
}
