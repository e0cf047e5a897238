//! The summary that `run` prints of years: WHAT, YEARS, WHY, KEPT?, TRUST. Every figure is per year, and says so.

use super::words::{Pair, amount, availability, duration, nines, number};
use crate::analysis::annual::results::{AnnualResults, PromiseResult, ServiceYears};
use crate::analysis::annual::years_text;
use crate::analysis::results::{Quantile, Reach};
use crate::report::terminal::Look;
use crate::report::terminal::page::{INDENT, Ink, Page, wrap};
use crate::report::terminal::table::{verdict_ink, verdict_word};
use crate::report::terminal::{FIRST_SERVICES, FIRST_STRATA, numbers_text};
use crate::report::words::{self, grouped, pad, percent, percent_of, plain, quantile_span, shorten, span_of};

/// Roots named of each service.
const FIRST_ROOTS: usize = 3;

/// The summary of a run over years.
pub fn summary(results: &AnnualResults, look: &Look<'_>) -> String {
    let mut out = Page {
        text: String::new(),
        width: look.width.max(60),
        colour: look.colour,
    };
    head(results, &mut out);
    what(results, &mut out);
    table(results, look, &mut out);
    why(results, look, &mut out);
    kept(results, &mut out);
    trust(results, look, &mut out);
    out.text
}

fn count(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn head(results: &AnnualResults, out: &mut Page) {
    let head = &results.head;
    let parts = [
        plain(&head.name),
        plain(&head.happening),
        "per year".to_owned(),
        format!("{} of {} years", words::replications(head), results.span.years),
        format!("seed {}", head.seed),
    ];
    for line in wrap(&parts.join(" · "), out.width) {
        out.line(&line, Ink::Label);
    }
}

/// A quantile of the lengths of outages, of which some may not have ended.
pub(super) fn length(quantile: Option<&Quantile>) -> Pair {
    match quantile {
        None => ("–".to_owned(), String::new()),
        Some(quantile) if quantile.value == Reach::Beyond => ("not ended".to_owned(), String::new()),
        Some(quantile) => quantile_span(quantile),
    }
}

fn what(results: &AnnualResults, out: &mut Page) {
    let seen: Vec<&ServiceYears> = results
        .services
        .iter()
        .filter(|service| service.users > 0)
        .collect();
    let all = if seen.is_empty() {
        results.services.iter().collect()
    } else {
        seen
    };
    let lost = all
        .iter()
        .filter(|service| service.watched.outages_per_year.events > 0)
        .count();
    let mut text = format!(
        "{} years were simulated ({}). {lost} of {} services {} had an outage.",
        count(results.span.years_in_all),
        years_text(&results.span),
        all.len(),
        if all.iter().any(|service| service.users > 0) {
            "with users"
        } else {
            "in all"
        },
    );
    let worst = all
        .iter()
        .max_by(|a, b| {
            a.watched
                .down_per_year_us
                .value
                .total_cmp(&b.watched.down_per_year_us.value)
        })
        .filter(|worst| worst.watched.outages_per_year.events > 0);
    if let Some(worst) = worst {
        let (down, bracket) = duration(&worst.watched.down_per_year_us);
        let (share, share_bracket) = percent(&worst.watched.years_with_outage);
        text.push_str(&format!(
            " The most time is lost by {}: down {down} {bracket} a year; in {share} {share_bracket} of all years an outage begins.",
            plain(&worst.name)
        ));
    }
    out.paragraph("WHAT", &text);
}

const HEADER: [&str; 8] = [
    "per year",
    "available",
    "nines",
    "outages",
    "mean length",
    "1 in 20 longer",
    "down",
    "user-minutes",
];

/// The columns that give way on a narrow terminal, in this order.
const GIVES_WAY: [usize; 4] = [2, 5, 7, 4];

fn cells(service: &ServiceYears) -> Vec<Pair> {
    let seen = &service.watched;
    let none = || ("–".to_owned(), String::new());
    vec![
        (shorten(&plain(&service.name), 20), String::new()),
        availability(&seen.availability),
        nines(&seen.availability),
        number(&seen.outages_per_year),
        seen.outage_mean_us.as_ref().map_or_else(none, duration),
        length(seen.outage_p95.as_ref()),
        duration(&seen.down_per_year_us),
        service.user_minutes_per_year.as_ref().map_or_else(none, amount),
    ]
}

fn table(results: &AnnualResults, look: &Look<'_>, out: &mut Page) {
    let mut rows: Vec<Vec<Pair>> = results.services.iter().map(cells).collect();
    let hidden = if look.all {
        0
    } else {
        rows.len().saturating_sub(FIRST_SERVICES)
    };
    rows.truncate(rows.len() - hidden);
    if rows.is_empty() {
        return;
    }
    let mut columns: Vec<usize> = (0..HEADER.len()).collect();
    let mut gives_way = GIVES_WAY.iter();
    let mut beside = true;
    let widths = loop {
        let width = |column: &usize| {
            let of = |(value, bracket): &Pair| match beside {
                true => words::width(format!("{value} {bracket}").trim_end()),
                false => words::width(value).max(words::width(bracket)),
            };
            let widest = rows.iter().map(|row| of(&row[*column])).max().unwrap_or(0);
            widest.max(words::width(HEADER[*column]))
        };
        let widths: Vec<usize> = columns.iter().map(width).collect();
        let fits = INDENT + widths.iter().sum::<usize>() + 2 * (widths.len() - 1) <= out.width;
        if fits {
            break widths;
        }
        if beside {
            beside = false;
        } else if let Some(gone) = gives_way.next() {
            columns.retain(|column| column != gone);
        } else {
            break widths;
        }
    };
    let last = columns.len() - 1;
    let put = |texts: Vec<String>| -> String {
        let padded = texts.iter().enumerate().map(|(place, text)| match place {
            place if place < last => pad(text, widths[place] + 2),
            _ => text.clone(),
        });
        padded.collect()
    };
    out.put(&pad("YEARS", INDENT), Ink::Label);
    let header: Vec<String> = columns.iter().map(|&column| HEADER[column].to_owned()).collect();
    out.line(&put(header), Ink::Faint);
    let indent = " ".repeat(INDENT);
    for row in &rows {
        let of = |pick: fn(&Pair) -> String| put(columns.iter().map(|&column| pick(&row[column])).collect());
        if beside {
            let line = of(|(value, bracket)| format!("{value} {bracket}").trim_end().to_owned());
            out.line(&format!("{indent}{line}"), Ink::Plain);
        } else {
            out.line(&format!("{indent}{}", of(|pair| pair.0.clone())), Ink::Plain);
            out.line(&format!("{indent}{}", of(|pair| pair.1.clone())), Ink::Faint);
        }
    }
    let mut note = format!("brackets: {} intervals", percent_of(results.head.level));
    if hidden > 0 {
        note = format!("… {hidden} more (--all)   {note}");
    }
    out.line(&format!("{indent}{note}"), Ink::Faint);
}

fn why(results: &AnnualResults, look: &Look<'_>, out: &mut Page) {
    let mut label = "WHY";
    let lost = results
        .services
        .iter()
        .filter(|service| !service.roots.is_empty());
    let shown = if look.all { usize::MAX } else { FIRST_SERVICES };
    for service in lost.take(shown) {
        let roots: Vec<String> = service
            .roots
            .iter()
            .take(FIRST_ROOTS)
            .map(|root| {
                let (share, _) = percent(&root.share);
                let mean = root.mean_us.map_or_else(String::new, |us| {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "casts saturate, and it is for eyes"
                    )]
                    let us = us as i64;
                    format!(", {} on average", span_of(us))
                });
                format!("{} {share}{mean}", plain(&root.cause))
            })
            .collect();
        let more = service.roots.len().saturating_sub(FIRST_ROOTS);
        let more = if more > 0 {
            format!("; {more} more")
        } else {
            String::new()
        };
        out.paragraph(
            label,
            &format!("{}: {}{more}.", plain(&service.name), roots.join("; ")),
        );
        label = "";
    }
}

/// The estimate of a promise in its own unit.
pub(super) fn promise_value(target: &PromiseResult) -> Pair {
    use crate::analysis::annual::{Estimate, Method};
    let estimate = Estimate {
        value: target.value,
        low: target.low,
        high: target.high,
        standard_error: None,
        events: 1,
        method: Method::Batches,
    };
    match target.measure.as_str() {
        "down-per-year" => duration(&estimate),
        _ => availability(&estimate),
    }
}

fn kept(results: &AnnualResults, out: &mut Page) {
    if results.targets.is_empty() {
        return out.paragraph("KEPT?", "No promise is stated, so none can be broken.");
    }
    for (index, target) in results.targets.iter().enumerate() {
        let word = verdict_word(target.verdict);
        let (value, bracket) = promise_value(target);
        let text = format!(
            "{}: {value} {bracket} ({} sure)",
            plain(&target.text),
            percent_of(target.confidence)
        );
        let indent = INDENT + word.len() + 2;
        for (place, line) in wrap(&text, out.width - indent).iter().enumerate() {
            if place == 0 {
                out.put(&pad(if index == 0 { "KEPT?" } else { "" }, INDENT), Ink::Label);
                out.put(word, verdict_ink(target.verdict));
                out.line(&format!("  {line}"), Ink::Plain);
            } else {
                out.line(&format!("{}{line}", " ".repeat(indent)), Ink::Plain);
            }
        }
    }
}

fn trust(results: &AnnualResults, look: &Look<'_>, out: &mut Page) {
    out.paragraph(
        "TRUST",
        "Intervals cover chance only, not ignorance: a guessed failure rate is as wrong as it was before. Disasters that are not described \
         do not happen here, so real availability is lower.",
    );
    out.paragraph("", &numbers_text(&results.numbers));
    let shown = if look.all {
        results.not_described.len()
    } else {
        FIRST_STRATA
    };
    for sentence in results.not_described.iter().take(shown) {
        out.paragraph("", &format!("{}.", plain(sentence).trim_end_matches('.')));
    }
    if results.not_described.len() > shown {
        let more = results.not_described.len() - shown;
        out.paragraph("", &format!("… {more} more strata not described (--all)"));
    }
    for caution in &results.cautions {
        out.paragraph("", &format!("Caution: {}", plain(caution)));
    }
    if let Some(report) = look.report {
        out.paragraph("", &plain(report));
    }
}
