//! Blast radius: how many things lost their function, by class of cause.

use crate::analysis::results::{Reach, Results};
use crate::report::charts::Chart;
use crate::report::charts::frame::{
    Across, DrawError, NAMES, TOP, Type, WIDTH, block, line, round_step, row_name, sheet, text,
};
use crate::report::charts::palette::{GRID, INK, MUTED, SIMULATED};
use crate::report::words::grouped;

const BAR: i32 = 34;

/// Draws the chart.
pub fn draw(results: &Results, chart: &Chart) -> Option<Result<String, DrawError>> {
    let rows: Vec<_> = results
        .blast
        .classes
        .iter()
        .filter(|class| class.entities.max > 0)
        .collect();
    let number = |reach: Reach| match reach {
        Reach::At(count) => count as f64,
        Reach::Beyond => 0.0,
    };
    let most = rows
        .iter()
        .map(|class| number(class.entities.p95.value))
        .fold(1.0, f64::max);
    if rows.is_empty() {
        return None;
    }
    let across = Across {
        left: NAMES,
        right: WIDTH - 200,
        max: most * 1.04,
    };
    let top = TOP + 8;
    let bottom = top + i32::try_from(rows.len()).unwrap_or(0) * BAR;
    let servers = results.blast.servers_down.median.value;
    let subtitle = match servers {
        Reach::At(count) if count > 0 => format!(
            "things that lost their function; beside them {} of {} servers were down at once (median)",
            grouped(count),
            grouped(i64::try_from(results.head.servers).unwrap_or(i64::MAX))
        ),
        _ => "things that lost their function".to_owned(),
    };
    Some(sheet(chart, &subtitle, bottom + 34, |sheet| {
        let step = round_step(across.max, 8.0).max(1.0);
        let mut value = 0.0;
        while value <= across.max {
            let x = across.at(value);
            line(sheet, (x, top), (x, bottom), GRID, 1)?;
            text(
                sheet,
                (x, bottom + 14),
                &format!("{value:.0}"),
                Type::SMALL.centred(),
            )?;
            value += step;
        }
        for (index, class) in (0..).zip(&rows) {
            let y = top + index * BAR + BAR / 2;
            row_name(sheet, y, &class.class, false)?;
            let (median, p95) = (
                number(class.entities.median.value),
                number(class.entities.p95.value),
            );
            let (middle, high) = (across.at(median), across.at(p95));
            block(sheet, (NAMES, y - 9), (middle, y + 9), SIMULATED)?;
            line(sheet, (middle, y), (high, y), MUTED, 2)?;
            line(sheet, (high, y - 6), (high, y + 6), MUTED, 2)?;
            let label = if p95 > median {
                format!("{median:.0}, 1 in 20 more than {p95:.0}")
            } else {
                format!("{median:.0}")
            };
            text(sheet, (high + 10, y), &label, Type::SMALL)?;
        }
        line(sheet, (NAMES, top), (NAMES, bottom), INK, 1)
    }))
}
