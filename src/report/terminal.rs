//! The summary that `run` prints: WHAT, WHO, WHEN, WHY, KEPT?, TRUST.
//!
//! Every number has its interval beside it, or below it where the terminal is narrow. The text is returned, not printed:
//! where it goes, and whether colours survive, is for the caller to say.

pub(super) mod page;
pub(super) mod ranges;
pub(super) mod table;

use page::{INDENT, Ink, Page, wrap};
use table::{verdict_ink, verdict_word, when};

use crate::analysis::results::{
    Basis, ChosenOutage, ChosenWhy, GradeCount, Numbers, Quantile, Reach, RecordRole, Results, ServiceResult,
};
use crate::report::order::{Order, order as order_of};
use crate::report::words::{
    self, amount, grouped, pad, people, percent, percent_of, plain, quantile_span, shorten, span_of,
};

/// How the summary is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Columns of the terminal.
    pub width: usize,
    /// Colours by ANSI escapes.
    pub colour: bool,
    /// Every service, or only the first few.
    pub all: bool,
    /// Where the report was written, as the user would type it.
    pub report: Option<&'a str>,
}

impl Default for Look<'_> {
    fn default() -> Self {
        Self {
            width: 120,
            colour: false,
            all: false,
            report: None,
        }
    }
}

/// Services shown without `--all`.
pub(super) const FIRST_SERVICES: usize = 10;
/// Strata shown without `--all`.
pub(super) const FIRST_STRATA: usize = 4;
/// A tile that makes up less of an outage is shown as *other*.
const WORTH_NAMING_PERCENT: u64 = 1;

/// The summary of a run.
pub fn summary(results: &Results, look: &Look<'_>) -> String {
    let mut out = Page {
        text: String::new(),
        width: look.width.max(60),
        colour: look.colour,
    };
    head(results, &mut out);
    what(results, &mut out);
    who(results, &mut out);
    when(results, look, &mut out);
    order(results, look, &mut out);
    loads(results, &mut out);
    why(results, look, &mut out);
    kept(results, &mut out);
    trust(results, look, &mut out);
    out.text
}

fn head(results: &Results, out: &mut Page) {
    let head = &results.head;
    let basis = match head.basis {
        Basis::Given => "given that this happens (not per year)",
        Basis::PerYear => "per year",
    };
    let parts = [
        plain(&head.name),
        plain(&head.happening),
        basis.to_owned(),
        words::replications(head),
        format!("seed {}", head.seed),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    for line in wrap(&parts.join(" · "), out.width) {
        out.line(&line, Ink::Label);
    }
}

fn count_and_bracket(quantile: &Quantile) -> String {
    let number = |reach: Reach| match reach {
        Reach::At(count) => grouped(count),
        Reach::Beyond => "?".into(),
    };
    match (quantile.low, quantile.high) {
        (Some(low), Some(high)) => format!("{} [{}, {}]", number(quantile.value), number(low), number(high)),
        _ => number(quantile.value),
    }
}

fn what(results: &Results, out: &mut Page) {
    let whole = &results.whole;
    let (share, bracket) = percent(&whole.lost);
    let Some(recovery) = &whole.recovery else {
        let text = format!(
            "Nothing that users see is lost in any of {} replications {bracket} %.",
            whole.lost.n
        );
        return out.paragraph("WHAT", &text);
    };
    let (after, after_bracket) = quantile_span(&recovery.lost_at_median);
    let servers = &results.blast.servers_down;
    let mut text = format!(
        "In {share} {bracket} of replications users lose something, after {after} {after_bracket} (median). \
         Servers down at once, median: {} of {}.",
        count_and_bracket(&servers.median),
        grouped(i64::try_from(results.head.servers).unwrap_or(i64::MAX)),
    );
    if whole.lost.hits < whole.lost.n {
        text.push_str(" Else: no loss.");
    }
    let (whole_median, whole_bracket) = quantile_span(&recovery.median);
    text.push_str(&match recovery.median.value {
        Reach::Beyond => " In half of these not everything is back within the horizon.".to_owned(),
        Reach::At(_) => format!(" Everything is back after {whole_median} {whole_bracket} (median)."),
    });
    if whole.stuck.hits > 0 {
        let (stuck, bracket) = percent(&whole.stuck);
        text.push_str(&format!(" In {stuck} {bracket} something is stuck for good."));
    }
    out.paragraph("WHAT", &text);
}

/// A class of causes as the end of a sentence.
fn through(class: &str) -> String {
    match class {
        "direct" => "with the servers that they run on".to_owned(),
        "facility" => "through place, power or cooling".to_owned(),
        "network" => "through the network".to_owned(),
        "dependency" => "through a service that they need".to_owned(),
        "overload" => "through overload".to_owned(),
        "data" => "through a store that they need".to_owned(),
        "human" => "through people".to_owned(),
        other => plain(other),
    }
}

/// The class through which a service is lost most often.
fn usual_class(service: &ServiceResult) -> Option<&str> {
    let most = service.classes.iter().max_by_key(|class| class.share.hits)?;
    Some(most.class.as_str())
}

fn who(results: &Results, out: &mut Page) {
    let lost: Vec<&ServiceResult> = results
        .services
        .iter()
        .filter(|s| s.lost.hits > 0 && s.users > 0)
        .collect();
    let with_users = results.services.iter().filter(|s| s.users > 0).count();
    let Some(first) = lost.first() else {
        return out.paragraph(
            "WHO",
            &format!("None of {with_users} services with users is ever lost."),
        );
    };
    let mut by_class: Vec<(&str, usize)> = Vec::new();
    for class in lost.iter().filter_map(|service| usual_class(service)) {
        match by_class.iter_mut().find(|(name, _)| *name == class) {
            Some((_, count)) => *count += 1,
            None => by_class.push((class, 1)),
        }
    }
    by_class.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let classes: Vec<String> = by_class
        .iter()
        .map(|(class, count)| format!("{count} {}", through(class)))
        .collect();
    let (share, bracket) = percent(&first.lost);
    let text = format!(
        "{} users lose {} (in {share} {bracket}). {} of {with_users} services with users go down: {}. \
         Each replication takes down {} of them (median).",
        people(first.users),
        plain(&first.name),
        lost.len(),
        classes.join(", "),
        count_and_bracket(&results.whole.services_lost.median),
    );
    out.paragraph("WHO", &text);
}

/// The order in which services come up, if nothing runs at the start.
fn order(results: &Results, look: &Look<'_>, out: &mut Page) {
    let Some(Order { up, never, circles }) = order_of(results) else {
        return;
    };
    out.paragraph(
        "ORDER",
        "in which services come up from when power is back, by median",
    );
    let shown = if look.all {
        up.len()
    } else {
        FIRST_SERVICES.min(up.len())
    };
    let names = up[..shown].iter().map(|up| words::width(&up.name));
    let room = names.max().unwrap_or(0).min(ORDER_NAME_MAX);
    for (number, up) in (1..).zip(&up[..shown]) {
        let name = pad(&shorten(&up.name, room), room);
        out.put(&pad("", INDENT), Ink::Plain);
        out.line(
            &format!("{number:>3}  {name}  {} {}", up.after, up.bracket),
            Ink::Plain,
        );
    }
    if up.len() > shown {
        out.paragraph("", &format!("… {} more (--all)", up.len() - shown));
    }
    if !never.is_empty() {
        let text = format!("Mostly not within the horizon: {}.", never.join(", "));
        out.paragraph("", &text);
    }
    for circle in circles {
        out.paragraph("", &format!("A circle that nothing starts: {circle}."));
    }
}

/// Names in the order of start are shortened to so many columns.
const ORDER_NAME_MAX: usize = 32;

/// What loads miss of what they draw.
fn loads(results: &Results, out: &mut Page) {
    let loads = results
        .services
        .iter()
        .filter_map(|service| Some((service, service.load?)));
    for (index, (service, load)) in loads.enumerate() {
        let horizon = span_of(i64::try_from(results.head.horizon_us).unwrap_or(i64::MAX));
        let ((energy, energy_bracket), (time, time_bracket), (times, times_bracket)) = (
            amount(&load.unserved_mwh),
            amount(&load.short_h),
            amount(&load.shortfalls),
        );
        let text = format!(
            "{} gets less than it draws for {time} {time_bracket} h, {times} {times_bracket} times, and misses {energy} \
             {energy_bracket} MWh (means over {horizon}).",
            plain(&service.name)
        );
        out.paragraph(if index == 0 { "LOADS" } else { "" }, &text);
    }
}

/// The tiles of an outage as a sum: each wait once, in the order in which it first came.
pub fn tile_sum(results: &Results, outage: &ChosenOutage) -> Vec<(i64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    for run in &outage.tiles {
        let kind = results.tile_label(&run.kind);
        let name = if run.label.is_empty() || run.label == kind {
            plain(kind)
        } else {
            format!("{}: {}", plain(kind), plain(&run.label))
        };
        let span = run.to_us - run.from_us;
        match parts.iter_mut().find(|part| part.1 == name) {
            Some(part) => part.0 += span,
            None => parts.push((span, name)),
        }
    }
    let total: u64 = parts.iter().map(|part| part.0).sum();
    let (named, rest): (Vec<_>, Vec<_>) = parts
        .into_iter()
        .partition(|part| part.0 * 100 >= total * WORTH_NAMING_PERCENT);
    let other: u64 = rest.iter().map(|part| part.0).sum();
    let mut named: Vec<(i64, String)> = named
        .into_iter()
        .map(|(us, name)| (i64::try_from(us).unwrap_or(i64::MAX), name))
        .collect();
    if other > 0 {
        named.push((i64::try_from(other).unwrap_or(i64::MAX), "other".into()));
    }
    named
}

fn why(results: &Results, look: &Look<'_>, out: &mut Page) {
    let Some(told) = results.told() else { return };
    // In the order of the table; each service by its first outage.
    let ordered: Vec<(&ServiceResult, &ChosenOutage)> = results
        .services
        .iter()
        .filter_map(|s| {
            told.outages
                .iter()
                .find(|outage| outage.service == s.id)
                .map(|outage| (s, outage))
        })
        .collect();
    let last = ordered
        .iter()
        .filter(|(s, _)| s.users > 0)
        .max_by_key(|(_, o)| o.up_at_us.unwrap_or(u64::MAX));
    let shown: Vec<&(&ServiceResult, &ChosenOutage)> = if look.all {
        ordered.iter().collect()
    } else {
        let first = ordered.first();
        first
            .into_iter()
            .chain(last.filter(|last| first.is_some_and(|first| first.0.id != last.0.id)))
            .collect()
    };
    let why_word = match told.why {
        ChosenWhy::Median => "median by whole recovery",
        ChosenWhy::Worst => "the worst",
        ChosenWhy::Kept => "chosen",
    };
    for (index, (service, outage)) in shown.into_iter().enumerate() {
        let begin = outage.down_at_us;
        let took = match outage.up_at_us {
            Some(end) => span_of(i64::try_from(end - begin).unwrap_or(i64::MAX)),
            None => "> horizon".into(),
        };
        let parts: Vec<String> = tile_sum(results, outage)
            .into_iter()
            .map(|(us, name)| format!("{} {name}", span_of(us)))
            .collect();
        let text = format!(
            "{}, replication {} ({}): {took} = {}. Lost by: {} ({}).",
            plain(&service.name),
            told.replication,
            why_word,
            parts.join(" + "),
            outage
                .cause
                .iter()
                .map(|link| plain(link))
                .collect::<Vec<_>>()
                .join(" → "),
            plain(&outage.class),
        );
        out.paragraph(if index == 0 { "WHY" } else { "" }, &text);
    }
}

fn kept(results: &Results, out: &mut Page) {
    if results.targets.is_empty() {
        return out.paragraph(
            "KEPT?",
            "No promise is stated, so none can be broken: add `targets`.",
        );
    }
    let longest = results
        .targets
        .iter()
        .map(|target| words::width(&plain(&target.id)))
        .max()
        .unwrap_or(0)
        .min(28);
    let shares: Vec<String> = results
        .targets
        .iter()
        .map(|target| {
            let (share, bracket) = percent(&target.share);
            format!("{share} {bracket} of {}", percent_of(target.required))
        })
        .collect();
    let widest = shares.iter().map(|share| words::width(share)).max().unwrap_or(0);
    for (index, (target, share)) in results.targets.iter().zip(&shares).enumerate() {
        out.put(&pad(if index == 0 { "KEPT?" } else { "" }, INDENT), Ink::Label);
        let id = pad(&shorten(&plain(&target.id), longest), longest);
        out.put(&format!("{id}   {}   ", pad(share, widest)), Ink::Plain);
        out.put(verdict_word(target.verdict), verdict_ink(target.verdict));
        out.line(&format!(" at {}", percent_of(target.confidence)), Ink::Faint);
    }
}

fn trust(results: &Results, look: &Look<'_>, out: &mut Page) {
    out.paragraph(
        "TRUST",
        "Intervals cover chance only, not ignorance: a guessed input is as wrong as it was before.",
    );
    if let Some(ignorance) = &results.ignorance {
        for sentence in ranges::sentences(ignorance) {
            out.paragraph("", &sentence);
        }
    }
    out.paragraph("", &numbers_text(&results.numbers));
    if !results.records.is_empty() {
        let inside = results.records.iter().filter(|record| record.inside).count();
        let tuned = results
            .records
            .iter()
            .filter(|record| record.role == RecordRole::Tuned)
            .count();
        let all = results.records.len();
        out.paragraph(
            "",
            &format!("Record: {inside} of {all} points lie within nine in ten replications; {tuned} of {all} were tuned to."),
        );
    }
    let shown = if look.all {
        results.not_described.len()
    } else {
        FIRST_STRATA
    };
    for sentence in results.not_described.iter().take(shown) {
        out.paragraph("", &format!("{}.", plain(sentence).trim_end_matches('.')));
    }
    if results.not_described.len() > shown {
        out.paragraph(
            "",
            &format!(
                "… {} more strata not described (--all)",
                results.not_described.len() - shown
            ),
        );
    }
    for caution in &results.cautions {
        out.paragraph("", &format!("Caution: {}", plain(caution)));
    }
    if let Some(report) = look.report {
        out.paragraph("", &plain(report));
    }
}

/// How many numbers there are, and where they come from.
pub(super) fn numbers_text(numbers: &Numbers) -> String {
    let library: Vec<String> = numbers
        .library_by_grade
        .iter()
        .map(|grade| format!("{} {}", grade.count, plain(&grade.grade)))
        .collect();
    let yours: Vec<String> = numbers
        .yours_by_grade
        .iter()
        .map(|grade| format!("{} {}", grade.count, plain(&grade.grade)))
        .collect();
    let sum = |grades: &[GradeCount]| grades.iter().map(|grade| grade.count).sum::<u64>();
    let listed = |parts: Vec<String>| {
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        }
    };
    let own = numbers.yours + sum(&numbers.yours_by_grade);
    format!(
        "{} numbers: {own} yours{}, {} from the library{}; {} assumed in all.",
        numbers.total(),
        listed(yours),
        sum(&numbers.library_by_grade),
        listed(library),
        numbers.assumed(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_summary_fits_its_terminal() {
        let (results, _) = fixture::results(500);
        for width in [80, 100, 120, 160, 200] {
            let text = summary(
                &results,
                &Look {
                    width,
                    ..Look::default()
                },
            );
            for line in text.lines() {
                assert!(
                    words::width(line) <= width,
                    "{width}: {} columns: {line}",
                    words::width(line)
                );
                assert!(!line.ends_with(' '), "{line:?}");
            }
            for label in ["WHAT", "WHO", "WHEN", "WHY", "KEPT?", "TRUST"] {
                assert!(
                    text.lines().any(|line| line.starts_with(label)),
                    "{width}: no {label}"
                );
            }
        }
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let (results, _) = fixture::results(200);
        let plain = summary(&results, &Look::default());
        let coloured = summary(
            &results,
            &Look {
                colour: true,
                ..Look::default()
            },
        );
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').expect("every escape ends").1;
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain);
        assert!(!plain.contains('\u{1b}'));
    }

    #[test]
    fn a_hostile_name_cannot_move_the_cursor() {
        let (mut results, _) = fixture::results(50);
        results.services[0].name = "\u{1b}[2Jgone\r\u{7}".into();
        results.head.happening = "\u{1b}]0;owned\u{7}".into();
        let text = summary(
            &results,
            &Look {
                all: true,
                ..Look::default()
            },
        );
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    }

    #[test]
    fn the_sum_of_tiles_is_the_outage() {
        let (results, _) = fixture::results(50);
        let told = results.told().expect("a told replication");
        for outage in &told.outages {
            let sum: i64 = tile_sum(&results, outage).iter().map(|part| part.0).sum();
            let end = outage.up_at_us.unwrap_or(results.head.horizon_us);
            assert_eq!(sum.unsigned_abs(), end - outage.down_at_us);
        }
    }
}
