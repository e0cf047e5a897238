//! Recovery time of each service: median, nine in ten, the record, the objective.

use plotters::prelude::*;

use crate::analysis::results::{Reach, Results};
use crate::report::charts::Chart;
use crate::report::charts::frame::{
    Across, DrawError, NAMES, ROW, Sheet, TOP, Type, WIDTH, block, diamond, hours, hours_at, hours_axis,
    line, or_horizon, row_name, rows_of, sheet, text,
};
use crate::report::charts::palette::{GRID, INK, PAPER, PROMISED, RECORD, SIMULATED};
use crate::report::words::quantile_span;

const VALUES: i32 = 150;

/// Draws the chart.
pub fn draw(results: &Results, chart: &Chart) -> Option<Result<String, DrawError>> {
    let rows = rows_of(&results.services);
    if rows.is_empty() {
        return None;
    }
    let head = &results.head;
    let longest = rows
        .iter()
        .flat_map(|(service, recovery)| {
            let record = service.record.as_ref().map_or(0, |record| record.rta_high_us);
            let rto = service.rto.as_ref().map_or(0.0, |rto| hours_at(rto.objective_us));
            [hours(or_horizon(recovery.p95.value, head)), hours(record), rto]
        })
        .fold(0.01, f64::max);
    let across = Across {
        left: NAMES,
        right: WIDTH - VALUES,
        max: longest * 1.03,
    };
    let count = i32::try_from(rows.len()).unwrap_or(0);
    let (top, bottom) = (TOP + 26, TOP + 26 + count * ROW);
    let subtitle = "hours from the loss of the service to its recovery, in the order of the median";
    Some(sheet(chart, subtitle, bottom + 34, |sheet| {
        marks(sheet)?;
        hours_axis(sheet, &across, top, bottom)?;
        text(sheet, (WIDTH - 20, top - 12), "median", Type::SMALL.right())?;
        for (index, (service, recovery)) in (0..).zip(&rows) {
            let y = top + index * ROW + ROW / 2;
            row_name(sheet, y, &service.name, false)?;
            line(sheet, (NAMES, y + ROW / 2), (across.right, y + ROW / 2), GRID, 1)?;
            // The simulation on the upper part of the row, the record below it, so that neither hides the other.
            let (upper, lower) = (y - 3, y + 7);
            let x = |reach: Reach| across.at(hours(or_horizon(reach, head)));
            block(
                sheet,
                (x(recovery.p05.value), upper - 5),
                (x(recovery.p95.value), upper + 5),
                PALE,
            )?;
            if recovery.p95.value == Reach::Beyond {
                text(
                    sheet,
                    (x(recovery.p95.value) + 4, upper),
                    "›",
                    Type::BODY.strong().coloured(SIMULATED),
                )?;
            }
            if let Some(rto) = &service.rto {
                let x = across.at(hours_at(rto.objective_us));
                block(sheet, (x - 1, upper - 8), (x + 2, upper + 8), PROMISED)?;
            }
            if let Some(record) = &service.record {
                let (low, high) = (
                    across.at(hours(record.rta_low_us)),
                    across.at(hours(record.rta_high_us)),
                );
                block(sheet, (low, lower - 1), (high, lower + 1), RECORD)?;
                diamond(sheet, ((low + high) / 2, lower), 4, RECORD)?;
            }
            let middle = (x(recovery.median.value), upper);
            sheet.draw(&Circle::new(middle, 5, PAPER.filled()))?;
            sheet.draw(&Circle::new(middle, 4, SIMULATED.filled()))?;
            let (median, _) = quantile_span(&recovery.median);
            text(sheet, (WIDTH - 20, y), &median, Type::BODY.right())?;
        }
        line(sheet, (NAMES, top), (NAMES, bottom), INK, 1)
    }))
}

/// The bar of nine in ten.
const PALE: RGBColor = RGBColor(0xA6, 0xCD, 0xE6);

/// The key to the marks.
fn marks(sheet: &Sheet<'_>) -> Result<(), DrawError> {
    let y = TOP + 4;
    sheet.draw(&Circle::new((NAMES + 4, y), 4, SIMULATED.filled()))?;
    text(sheet, (NAMES + 14, y), "median", Type::SMALL)?;
    block(sheet, (NAMES + 82, y - 5), (NAMES + 110, y + 5), PALE)?;
    text(sheet, (NAMES + 116, y), "nine in ten", Type::SMALL)?;
    diamond(sheet, (NAMES + 210, y), 5, RECORD)?;
    text(sheet, (NAMES + 220, y), "record", Type::SMALL)?;
    block(sheet, (NAMES + 288, y - 8), (NAMES + 291, y + 8), PROMISED)?;
    text(sheet, (NAMES + 298, y), "objective (RTO)", Type::SMALL)
}
