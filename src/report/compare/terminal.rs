//! The summary that `compare` prints: the base, then each design against it.

use super::words::{told, verdict_word};
use crate::analysis::compare::{Comparison, DesignHead, Measure, Verdict};
use crate::report::terminal::Look;
use crate::report::terminal::page::{INDENT, Ink, Page, wrap};
use crate::report::words::{grouped, pad, percent, percent_of, plain, round_span, shorten};

/// Services of a design that are shown without `--all`.
const FIRST_SERVICES: usize = 8;

/// Columns of the name of a measure, of a value with its interval.
const NAME: usize = 38;
const VALUE: usize = 34;

/// The summary of a comparison.
pub fn summary(compared: &Comparison, look: &Look<'_>) -> String {
    let mut out = Page {
        text: String::new(),
        width: look.width.max(60),
        colour: look.colour,
    };
    head(compared, &mut out);
    base(compared, look, &mut out);
    for place in 1..compared.designs.len() {
        design(compared, place, look, &mut out);
    }
    trust(compared, look, &mut out);
    out.text
}

fn count(n: u64) -> String {
    grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

fn head(compared: &Comparison, out: &mut Page) {
    let text = format!(
        "{} · comparison · {} replications of each of {} designs · seed {}",
        plain(&compared.name),
        count(compared.n),
        compared.designs.len(),
        compared.seed
    );
    for line in wrap(&text, out.width) {
        out.line(&line, Ink::Label);
    }
}

fn named(head: &DesignHead) -> String {
    match head.title.is_empty() {
        true => plain(&head.name),
        false => format!("{}: {}", plain(&head.name), plain(&head.title)),
    }
}

/// The measures that are of no one service, and those of services.
fn parts(compared: &Comparison) -> (Vec<&Measure>, Vec<&Measure>) {
    let of_whole = |measure: &&Measure| measure.id.starts_with('/') || measure.id.starts_with("target/");
    compared.measures.iter().partition(of_whole)
}

fn line_of(name: &str, value: &str, out: &mut Page) {
    let name_columns = NAME.min(out.width / 3 + 6);
    let name = format!(
        "  {}",
        pad(&shorten(&plain(name), name_columns - 3), name_columns - 2)
    );
    out.put(&name, Ink::Plain);
    out.put(&pad(value, VALUE), Ink::Plain);
}

fn base(compared: &Comparison, look: &Look<'_>, out: &mut Page) {
    out.text.push('\n');
    let head = &compared.designs[0];
    let which = if head.name == "base" { "" } else { " (the base)" };
    out.line(&format!("{}{which}", named(head)), Ink::Label);
    let (whole, services) = parts(compared);
    let shown = if look.all { services } else { Vec::new() };
    for measure in whole.into_iter().chain(shown) {
        let (value, bracket) = told(&measure.values[0].mean, measure.unit, false);
        line_of(&measure.text, &format!("{value} {bracket}"), out);
        out.line("", Ink::Plain);
    }
}

fn design(compared: &Comparison, place: usize, look: &Look<'_>, out: &mut Page) {
    let head = &compared.designs[place];
    out.text.push('\n');
    out.line(&named(head), Ink::Label);
    let (whole, services) = parts(compared);
    for measure in whole {
        difference(measure, place, out);
    }
    // What changes most stands first, and what stays the same is counted.
    let changes = |measure: &&Measure| {
        let of = measure.values[place].difference.as_ref();
        of.is_some_and(|of| of.verdict != Verdict::Same)
    };
    let (mut changed, same): (Vec<&Measure>, Vec<&Measure>) = services
        .into_iter()
        .filter(|measure| measure.id.ends_with("/down"))
        .partition(changes);
    let size = |measure: &Measure| {
        let of = measure.values[place].difference.as_ref();
        of.map_or(0.0, |of| of.mean.value.abs())
    };
    changed.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.id.cmp(&b.id)));
    let most = if look.all { changed.len() } else { FIRST_SERVICES };
    for measure in changed.iter().take(most) {
        difference(measure, place, out);
    }
    let hidden = changed.len().saturating_sub(most);
    let mut more = Vec::new();
    if hidden > 0 {
        more.push(format!("{hidden} more services change (--all)"));
    }
    if !same.is_empty() {
        let (services, are) = if same.len() == 1 {
            ("service", "is")
        } else {
            ("services", "are")
        };
        let count = same.len();
        more.push(format!(
            "{count} {services} {are} down as in the base, to the microsecond"
        ));
    }
    if !head.without.is_empty() {
        more.push(format!("not in it: {}", list(&head.without)));
    }
    if !head.added.is_empty() {
        more.push(format!("only in it: {}", list(&head.added)));
    }
    if head.worse_for.is_empty() {
        more.push("nobody is worse off in any replication".to_owned());
    } else {
        let (share, bracket) = percent(&head.worse_for_some);
        let who: Vec<String> = head
            .worse_for
            .iter()
            .map(|(id, times)| format!("{id} ({})", count(*times)))
            .collect();
        more.push(format!(
            "in {share} {bracket} of replications somebody is down for longer: {}",
            list(&who)
        ));
    }
    for together in compared
        .together
        .iter()
        .filter(|together| together.design == place)
    {
        let Some(measure) = compared
            .measures
            .iter()
            .find(|measure| measure.id == together.measure)
        else {
            continue;
        };
        let (value, bracket) = told(&together.mean, measure.unit, true);
        let is_nothing = together.mean.low.is_none_or(|low| low <= 0.0)
            && together.mean.high.is_none_or(|high| high >= 0.0);
        let alone = together
            .parts
            .iter()
            .map(|&part| compared.designs[part].name.as_str());
        let alone = plain(&alone.collect::<Vec<_>>().join(" and "));
        more.push(match is_nothing {
            true => format!(
                "{}: {alone} together change what each changes alone, as far as this tells",
                measure.text
            ),
            false => format!(
                "{}: {value} {bracket} by {alone} together, beyond what each changes alone",
                measure.text
            ),
        });
    }
    more.push(format!(
        "{} of {} things that draw chance have the same luck as in the base",
        count(head.draws_in_common as u64),
        count(head.draws as u64)
    ));
    for text in more {
        for (index, line) in wrap(&plain(&text), out.width - 4).iter().enumerate() {
            out.line(
                &format!("{}{line}", if index == 0 { "  · " } else { "    " }),
                Ink::Faint,
            );
        }
    }
}

fn list(ids: &[String]) -> String {
    const MOST: usize = 6;
    let mut text = ids.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if ids.len() > MOST {
        text.push_str(&format!(" and {} more", ids.len() - MOST));
    }
    plain(&text)
}

fn difference(measure: &Measure, place: usize, out: &mut Page) {
    let Some(of) = &measure.values[place].difference else {
        return;
    };
    let (value, bracket) = told(&of.mean, measure.unit, true);
    line_of(&measure.text, &format!("{value} {bracket}"), out);
    let ink = match of.verdict {
        Verdict::Same => Ink::Faint,
        Verdict::Better => Ink::Good,
        Verdict::Worse => Ink::Bad,
        Verdict::NotSettled => Ink::Open,
    };
    out.put(&pad(verdict_word(of.verdict), 12), ink);
    let better = percent_of(of.better.value);
    let worse = percent_of(of.worse.value);
    let mut rest = match of.verdict {
        Verdict::Same => String::new(),
        _ => format!("better in {better}, worse in {worse}"),
    };
    if let Some(more) = of.more {
        rest = format!("{rest}; some {} more replications would settle it", count(more));
    }
    let room = out.width.saturating_sub(NAME.min(out.width / 3 + 6) + VALUE + 12);
    if room >= 30 {
        let lines = wrap(&rest, room);
        let mut lines = lines.iter();
        out.line(lines.next().map_or("", String::as_str), Ink::Faint);
        for line in lines {
            out.line(&format!("{}{line}", " ".repeat(NAME + VALUE + 12)), Ink::Faint);
        }
    } else {
        out.line("", Ink::Plain);
        if !rest.is_empty() {
            out.line(&format!("{}{rest}", " ".repeat(INDENT)), Ink::Faint);
        }
    }
}

fn trust(compared: &Comparison, look: &Look<'_>, out: &mut Page) {
    out.text.push('\n');
    let horizon = round_span(compared.horizon_us);
    let saved: Vec<f64> = compared
        .measures
        .iter()
        .flat_map(|measure| &measure.values)
        .filter_map(|value| value.difference.as_ref()?.variance_reduction)
        .collect();
    let least = saved.iter().copied().fold(f64::INFINITY, f64::min);
    let most = saved.iter().copied().fold(0.0, f64::max);
    let mut text = format!(
        "Means over all replications, what was never lost counting as nothing and what was not back in {horizon} as lost until then. Brackets are \
         {} % intervals of the differences of pairs that met the same chance; they cover chance only.",
        compared.level * 100.0
    );
    if !saved.is_empty() {
        text.push_str(&format!(
            " Without common chance the same intervals would take {} to {} times as many replications.",
            factor(least),
            factor(most)
        ));
    }
    out.paragraph("TRUST", &text);
    for caution in &compared.cautions {
        out.paragraph("", &plain(caution));
    }
    if let Some(report) = look.report {
        out.paragraph("", &plain(report));
    }
}

fn rounded(value: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts saturate, and a factor is not negative"
    )]
    let whole = value.round() as u64;
    whole
}

fn factor(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.1}"),
        value => count(rounded(value)),
    }
}
