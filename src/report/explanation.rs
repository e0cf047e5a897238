//! One replication as text for the terminal: its story, its outages with their waits, and the row that it gives.

use crate::analysis::results::TileRun;
use crate::analysis::run::Explained;
use crate::report::words::{LocalClock, moment, plain, span_of};

/// What `explain` prints.
pub fn text(explained: &Explained, width: usize) -> String {
    let clock = LocalClock::new(&explained.head);
    let at = |us: u64| moment(clock.as_ref(), us);
    let chosen = &explained.chosen;
    let mut out = format!(
        "{} · replication {} · seed {}\n{}\n\n",
        plain(&explained.head.name),
        chosen.replication,
        explained.head.seed,
        plain(&explained.head.happening)
    );
    for line in &chosen.story {
        hang(&mut out, &at(line.at_us), &plain(&line.text), width);
    }
    out.push_str("\nOutages, and what each moment of them waited for\n");
    for outage in &chosen.outages {
        let end = outage
            .up_at_us
            .map_or_else(|| "not back within the horizon".to_owned(), &at);
        let span = outage.up_at_us.map_or_else(String::new, |up| {
            format!(", {}", span_of(cell(up - outage.down_at_us)))
        });
        out.push_str(&format!(
            "{}: {} to {end}{span} ({}: {})\n",
            plain(&outage.service),
            at(outage.down_at_us),
            outage.class,
            plain(&outage.cause.join(" → "))
        ));
        for run in &outage.tiles {
            let &TileRun {
                from_us,
                to_us,
                ref label,
                ref kind,
            } = run;
            let line = format!("{} {} ({kind})", span_of(cell(to_us - from_us)), plain(label));
            hang(&mut out, &format!("  {}", at(from_us)), &line, width);
        }
    }
    out.push_str("\nThe row of this replication (columns that are not 0)\n");
    for (name, value) in explained
        .row
        .iter()
        .filter(|&(name, &value)| value != 0 && !name.starts_with("/curve/"))
    {
        out.push_str(&format!("  {} = {value}\n", plain(name)));
    }
    out
}

fn cell(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX)
}

/// A line under a heading at its left, broken at spaces, later lines under the first.
fn hang(out: &mut String, left: &str, text: &str, width: usize) {
    let indent = left.chars().count() + 2;
    let room = width.saturating_sub(indent).max(30);
    out.push_str(left);
    out.push_str("  ");
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out.push('\n');
}
