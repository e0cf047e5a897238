//! The audit of a manual: as text for a terminal, and as JSON.

use crate::analysis::compare::Verdict;
use crate::analysis::manual::{Audit, Gain, ProcedureAudit, StepAudit};
use crate::analysis::results::Mean;
use crate::report::ReportError;
use crate::report::terminal::Look;
use crate::report::terminal::page::{INDENT, Ink, Page, wrap};
use crate::report::words::{Step, grouped, pad, percent, percent_of, plain, round_span, shorten, span};

/// Gains that are shown without `--all`.
const FIRST_GAINS: usize = 12;

/// Services without a procedure that are shown without `--all`.
const FIRST_UNCOVERED: usize = 8;

/// A wait that is longer than this on average is named (µs).
const WORTH_NAMING_US: f64 = 60e6;

/// The audit as JSON.
///
/// # Errors
/// A value that JSON cannot hold: a bug of ours.
pub fn json_text(audit: &Audit) -> Result<String, ReportError> {
    let text = serde_json::to_string_pretty(audit).map_err(|error| ReportError::new("audit", error))?;
    Ok(format!("{text}\n"))
}

/// The audit as text.
pub fn text(audit: &Audit, look: &Look<'_>) -> String {
    let mut out = Page {
        text: String::new(),
        width: look.width.max(60),
        colour: look.colour,
    };
    let n = grouped(i64::try_from(audit.n).unwrap_or(i64::MAX));
    let head = format!(
        "{} · manual · {} · {n} replications · seed {}",
        plain(&audit.name),
        plain(&audit.happening),
        audit.seed
    );
    for line in wrap(&head, out.width) {
        out.line(&line, Ink::Label);
    }
    covers(audit, look, &mut out);
    for procedure in &audit.procedures {
        steps(procedure, &mut out);
    }
    listed("ONE", &audit.single_persons, &mut out);
    listed("BUSY", &audit.conflicts, &mut out);
    gains(audit, look, &mut out);
    out.paragraph(
        "TRUST",
        "Brackets are 95 % intervals; they cover chance only. Steps are those of the first call in each replication. What a change would win is the mean of \
         pairs that met the same chance; each change is tried alone.",
    );
    out.text
}

fn covers(audit: &Audit, look: &Look<'_>, out: &mut Page) {
    if audit.procedures.is_empty() {
        return out.paragraph(
            "COVERS",
            "There is no procedure: whatever comes back, comes back without a manual.",
        );
    }
    let all: Vec<String> = audit
        .procedures
        .iter()
        .map(|procedure| {
            let (begun, bracket) = percent(&procedure.begun);
            let when = match procedure.begun.hits {
                0 => String::new(),
                _ => format!(", {} after the start", told(&procedure.begun_after)),
            };
            format!(
                "{} (when {}): begun in {begun} {bracket} of replications{when}.",
                plain(&procedure.name),
                plain(&procedure.trigger)
            )
        })
        .collect();
    listed("COVERS", &all, out);
    if !audit.uncovered.is_empty() {
        let shown = if look.all {
            audit.uncovered.len()
        } else {
            FIRST_UNCOVERED
        };
        let names: Vec<String> = audit
            .uncovered
            .iter()
            .take(shown)
            .map(|uncovered| format!("{} ({})", plain(&uncovered.name), percent(&uncovered.lost).0))
            .collect();
        let more = audit.uncovered.len().saturating_sub(shown);
        let more = if more > 0 {
            format!(", and {more} more (--all)")
        } else {
            String::new()
        };
        let text = format!(
            "Lost, and no step starts them anywhere: {}{more}.",
            names.join(", ")
        );
        out.paragraph("", &text);
    }
}

/// Sentences under one label.
fn listed(label: &str, sentences: &[String], out: &mut Page) {
    for (number, sentence) in sentences.iter().enumerate() {
        out.paragraph(if number == 0 { label } else { "" }, &plain(sentence));
    }
}

/// A mean time with its interval.
fn told(mean: &Mean) -> String {
    let rounded = |value: f64| round_span(us(value));
    match (mean.low, mean.high) {
        (Some(low), Some(high)) if rounded(low) != rounded(high) => {
            format!("{} [{}, {}]", rounded(mean.value), rounded(low), rounded(high))
        }
        _ => rounded(mean.value),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "times, shown rounded; casts saturate"
)]
fn us(value: f64) -> u64 {
    value.max(0.0) as u64
}

/// Columns of a step's name, and of a share.
const NAME: usize = 24;
const SHARE: usize = 9;

fn steps(procedure: &ProcedureAudit, out: &mut Page) {
    out.text.push('\n');
    let head = [
        pad(
            &shorten(&plain(&procedure.name), NAME + INDENT - 1),
            NAME + INDENT,
        ),
        pad("called", SHARE),
        pad("by book", SHARE),
        pad("improv.", SHARE),
        pad("given up", SHARE),
        pad("open", SHARE),
        "waited (mean)   took (mean)".to_owned(),
    ];
    out.line(&head.concat(), Ink::Label);
    for step in &procedure.steps {
        one_step(step, out);
    }
}

fn one_step(step: &StepAudit, out: &mut Page) {
    let shares = [
        &step.called,
        &step.by_the_book,
        &step.improvised,
        &step.given_up,
        &step.open,
    ];
    let shares = shares.iter().enumerate().map(|(at, share)| {
        let text = match (at, step.called.hits, share.hits) {
            (1.., 0, _) | (1.., _, 0) => "–".to_owned(),
            _ => percent_of(share.value),
        };
        pad(&text, SHARE)
    });
    let name = pad(&shorten(&plain(&step.id), NAME - 1), NAME);
    out.put(&format!("{}{name}", pad("", INDENT)), Ink::Plain);
    out.put(&shares.collect::<String>(), Ink::Plain);
    if step.called.hits == 0 {
        out.line("", Ink::Plain);
        return;
    }
    let times = format!(
        "{}{}",
        pad(&round_span(us(step.waited.value)), 16),
        round_span(us(step.took.value))
    );
    out.line(&times, Ink::Plain);
    let named: Vec<String> = step
        .waits
        .iter()
        .filter(|(_, mean)| *mean >= WORTH_NAMING_US)
        .map(|(what, mean)| format!("{} {}", round_span(us(*mean)), plain(what)))
        .collect();
    if !named.is_empty() {
        indented(&format!("waits for {}", named.join(" + ")), Ink::Faint, out);
    }
    if step.by_the_book.hits == 0 {
        indented("never done as the manual says", Ink::Bad, out);
    }
}

/// A line below the name of a step.
fn indented(text: &str, ink: Ink, out: &mut Page) {
    let room = out.width.saturating_sub(INDENT + 4);
    for line in wrap(text, room) {
        out.put(&pad("", INDENT + 2), Ink::Plain);
        out.line(&line, ink);
    }
}

fn gains(audit: &Audit, look: &Look<'_>, out: &mut Page) {
    out.text.push('\n');
    if audit.gains.is_empty() {
        return;
    }
    let of_promised = audit.gains[0].promised.first().map(|(name, _)| plain(name));
    let heading = match &of_promised {
        Some(name) => format!("until everything is back; until {name} is back"),
        None => "until everything is back".to_owned(),
    };
    out.paragraph("WINS", &format!("{heading}, in the mean"));
    let (same, some): (Vec<&Gain>, Vec<&Gain>) = audit.gains.iter().partition(|gain| wins_nothing(gain));
    let shown = if look.all {
        some.len()
    } else {
        FIRST_GAINS.min(some.len())
    };
    for gain in &some[..shown] {
        one_gain(gain, out);
    }
    if some.len() > shown {
        out.paragraph("", &format!("… {} more (--all)", some.len() - shown));
    }
    if !same.is_empty() {
        let names: Vec<String> = same.iter().map(|gain| plain(&gain.change)).collect();
        out.paragraph("", &format!("Nothing is won by: {}.", names.join("; ")));
    }
    listed("", &audit.not_tried, out);
}

/// Whether a change moves nothing in any replication.
fn wins_nothing(gain: &Gain) -> bool {
    let is_same =
        |mean: &Mean| mean.value == 0.0 && mean.low.unwrap_or(0.0) == 0.0 && mean.high.unwrap_or(0.0) == 0.0;
    gain.verdict == Verdict::Same && gain.promised.iter().all(|(_, mean)| is_same(mean))
}

/// Columns of what a change is called, and of what it wins.
const CHANGE: usize = 52;
const WINS: usize = 30;

fn one_gain(gain: &Gain, out: &mut Page) {
    let ink = match gain.verdict {
        Verdict::Better => Ink::Good,
        Verdict::Worse => Ink::Bad,
        Verdict::Same => Ink::Faint,
        Verdict::NotSettled => Ink::Plain,
    };
    let change = pad(&shorten(&plain(&gain.change), CHANGE - 1), CHANGE);
    out.put(&format!("{}{change}", pad("", INDENT)), Ink::Plain);
    out.put(&pad(&difference(&gain.whole), WINS), ink);
    let promised = gain
        .promised
        .first()
        .map_or_else(String::new, |(_, mean)| difference(mean));
    out.line(&promised, Ink::Plain);
}

/// A difference of times with its interval.
fn difference(mean: &Mean) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times, shown rounded; casts saturate"
    )]
    let whole = |value: f64| value as i64;
    let (Some(low), Some(high)) = (mean.low, mean.high) else {
        return span(whole(mean.value), Step::for_interval(whole(mean.value), 0));
    };
    if mean.value == 0.0 && low == 0.0 && high == 0.0 {
        return "the same".to_owned();
    }
    let step = Step::for_interval(whole(mean.value), whole(high - low));
    let signed = |value: f64| {
        let text = span(whole(value.abs()), step);
        match value {
            _ if text == "0 s" => text,
            _ if value < 0.0 => format!("−{text}"),
            _ => format!("+{text}"),
        }
    };
    format!("{} [{}, {}]", signed(mean.value), signed(low), signed(high))
}
