//! The table of WHEN: intervals beside or below their values, and fewer columns where the terminal is narrow.

use crate::analysis::results::{Results, RtoResult, ServiceResult, Verdict};
use crate::report::terminal::page::{INDENT, Ink, Page, wrap};
use crate::report::terminal::{FIRST_SERVICES, Look};
use crate::report::words::{
    self, amount, pad, percent, percent_of, plain, quantile_span, round_span, shorten,
};

/// A cell of the table: a value, and what stands beside or below it.
struct Cell {
    value: String,
    below: String,
    verdict: Option<Verdict>,
}

impl Cell {
    fn new((value, below): (String, String)) -> Self {
        Self {
            value,
            below,
            verdict: None,
        }
    }

    fn beside(&self) -> String {
        format!("{} {}", self.value, self.below).trim_end().to_owned()
    }
}

/// The verdict as it is shouted.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "KEPT",
        Verdict::Broken => "BROKEN",
        Verdict::Undecided => "UNDECIDED",
    }
}

/// Its colour.
pub fn verdict_ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Kept => Ink::Good,
        Verdict::Broken => Ink::Bad,
        Verdict::Undecided => Ink::Open,
    }
}

fn rto_cell(rto: Option<&RtoResult>) -> Cell {
    let Some(rto) = rto else {
        return Cell::new(("no RTO given".into(), String::new()));
    };
    let (share, bracket) = percent(&rto.back);
    let value = format!("{share} of {}", round_span(rto.objective_us));
    Cell {
        value,
        below: bracket,
        verdict: Some(rto.verdict),
    }
}

fn table_row(service: &ServiceResult) -> Option<Vec<Cell>> {
    let recovery = service.recovery.as_ref()?;
    let name = if service.name == service.id {
        service.id.clone()
    } else {
        service.name.clone()
    };
    let (lost, lost_bracket) = percent(&service.lost);
    let (minutes, minutes_bracket) = amount(&service.lost_user_minutes);
    Some(vec![
        Cell::new((shorten(&plain(&name), 20), String::new())),
        Cell::new((lost, lost_bracket)),
        Cell::new(quantile_span(&recovery.median)),
        Cell::new(quantile_span(&recovery.p95)),
        Cell::new(percent(&recovery.never)),
        Cell::new((format!("{minutes} min"), minutes_bracket)),
        rto_cell(service.rto.as_ref()),
    ])
}

/// Place of the column of lost user-minutes, the first to give way on a narrow terminal.
const MINUTES_COLUMN: usize = 5;
/// Place of the column of losses, the next to give way.
const LOST_COLUMN: usize = 1;
/// Place of the column of what is not back at the horizon, the last to give way.
const NEVER_COLUMN: usize = 4;

/// How the table is set: with intervals beside or below their values, and which columns it has.
struct Setting {
    beside: bool,
    indent: usize,
    columns: Vec<usize>,
    widths: Vec<usize>,
}

fn setting(header: &[&str; 7], rows: &[Vec<Cell>], page: usize) -> Setting {
    let all: Vec<usize> = (0..header.len()).collect();
    let without = |gone: &[usize]| {
        all.iter()
            .copied()
            .filter(|column| !gone.contains(column))
            .collect::<Vec<_>>()
    };
    let tries = [
        (true, INDENT, all.clone()),
        (false, INDENT, all.clone()),
        (false, 2, without(&[MINUTES_COLUMN])),
        (false, 2, without(&[MINUTES_COLUMN, LOST_COLUMN])),
        (false, 2, without(&[MINUTES_COLUMN, LOST_COLUMN, NEVER_COLUMN])),
    ];
    let mut last = None;
    for (beside, indent, columns) in tries {
        let widths: Vec<usize> = columns
            .iter()
            .map(|column| {
                let cells = rows.iter().map(|row| &row[*column]);
                let widest = cells.map(|cell| {
                    if beside {
                        words::width(&cell.beside()) + cell.verdict.map_or(0, |v| 1 + verdict_word(v).len())
                    } else {
                        let below =
                            words::width(&cell.below) + cell.verdict.map_or(0, |v| 1 + verdict_word(v).len());
                        words::width(&cell.value).max(below)
                    }
                });
                widest.max().unwrap_or(0).max(words::width(header[*column]))
            })
            .collect();
        let total = indent + widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
        let fits = total <= page;
        last = Some(Setting {
            beside,
            indent,
            columns,
            widths,
        });
        if fits {
            break;
        }
    }
    last.expect("there is at least one way to set the table")
}

/// Puts the table.
pub fn when(results: &Results, look: &Look<'_>, out: &mut Page) {
    let mut rows: Vec<Vec<Cell>> = results.services.iter().filter_map(table_row).collect();
    let hidden = if look.all {
        0
    } else {
        rows.len().saturating_sub(FIRST_SERVICES)
    };
    rows.truncate(rows.len() - hidden);
    if rows.is_empty() {
        return;
    }
    let header = [
        "if lost",
        "lost",
        "median back",
        "1 in 20 worse",
        "never*",
        "users × time",
        "in RTO, of all",
    ];
    let set = setting(&header, &rows, out.width);
    out.put("WHEN", Ink::Label);
    let mut line = " ".repeat(set.indent.saturating_sub(4).max(1));
    if set.indent < INDENT {
        out.text.push('\n');
        line = " ".repeat(set.indent);
    }
    for (column, width) in set.columns.iter().zip(&set.widths) {
        line.push_str(&pad(header[*column], width + 2));
    }
    out.line(&line, Ink::Faint);
    for row in &rows {
        table_line(&set, row, out);
    }
    let indent = " ".repeat(set.indent);
    let horizon = round_span(results.head.horizon_us);
    let level = percent_of(results.head.level);
    let mut note = format!("brackets: {level} intervals");
    if set.columns.contains(&NEVER_COLUMN) {
        note = format!("*not back within the horizon of {horizon}; {note}");
    }
    if hidden > 0 {
        note = format!("… {hidden} more (--all)   {note}");
    }
    for part in wrap(&note, out.width - set.indent) {
        out.line(&format!("{indent}{part}"), Ink::Faint);
    }
}

fn table_line(set: &Setting, row: &[Cell], out: &mut Page) {
    let indent = " ".repeat(set.indent);
    out.text.push_str(&indent);
    let last = set.columns.len() - 1;
    for (place, (column, width)) in set.columns.iter().zip(&set.widths).enumerate() {
        let cell = &row[*column];
        let text = if set.beside {
            cell.beside()
        } else {
            cell.value.clone()
        };
        let verdict = cell.verdict.filter(|_| set.beside);
        out.put(&text, Ink::Plain);
        if let Some(verdict) = verdict {
            out.text.push(' ');
            out.put(verdict_word(verdict), verdict_ink(verdict));
        }
        if place < last {
            let used = words::width(&text) + verdict.map_or(0, |v| 1 + verdict_word(v).len());
            out.text.push_str(&" ".repeat(width + 2 - used));
        }
    }
    out.text.push('\n');
    if set.beside {
        return;
    }
    let mut line = indent;
    for (place, (column, width)) in set.columns.iter().zip(&set.widths).enumerate() {
        let below = &row[*column].below;
        line.push_str(&if place < last {
            pad(below, width + 2)
        } else {
            below.clone()
        });
    }
    out.put(line.trim_end(), Ink::Faint);
    if let Some(verdict) = row[*set.columns.last().expect("the table has columns")].verdict {
        out.text.push(' ');
        out.put(verdict_word(verdict), verdict_ink(verdict));
    }
    out.text.push('\n');
}
