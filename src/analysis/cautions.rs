//! What to keep in mind when reading the estimates, in sentences.

use crate::analysis::results::{Head, Reach, Results, Verdict};
use crate::statistics::Caution;
use crate::store::Rows;

/// Fewer losses than this make a statement on "if lost" shaky.
const FEW_LOSSES: u64 = 100;

/// The cautions of a run, weightiest first.
pub fn cautions(results: &Results, rows: &Rows) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(interrupted(&results.head));
    for target in &results.targets {
        if target.verdict == Verdict::Undecided {
            let half = (target.share.high - target.share.low) / 2.0;
            let gap = (target.share.value - target.required).abs();
            found.push(undecided(&target.id, half, gap, results.head.n));
        }
    }
    if results.whole.stuck.hits > 0 {
        found.push(format!(
            "In {} of {} replications something never comes back: nothing pending could restore it.",
            results.whole.stuck.hits, results.whole.stuck.n
        ));
    }
    let few: Vec<&str> = results
        .services
        .iter()
        .filter(|service| service.lost.hits > 0 && service.lost.hits < FEW_LOSSES)
        .map(|service| service.id.as_str())
        .collect();
    if !few.is_empty() {
        found.push(format!(
            "Lost in fewer than {FEW_LOSSES} replications, so recovery times rest on few events: {}.",
            few.join(", ")
        ));
    }
    let late: Vec<&str> = results
        .services
        .iter()
        .filter(|service| {
            service
                .recovery
                .as_ref()
                .is_some_and(|recovery| recovery.p95.value == Reach::Beyond)
        })
        .map(|service| service.id.as_str())
        .collect();
    if !late.is_empty() {
        found.push(format!(
            "In more than 1 in 20 losses not back within the horizon, so means are too small and a longer horizon would tell more: {}.",
            late.join(", ")
        ));
    }
    found.extend(of_means(rows));
    if rows.len() == 1 {
        found.push("A single replication: a history, not an estimate.".to_owned());
    }
    found
}

/// What is to be said of a run that was interrupted.
pub fn interrupted(head: &Head) -> Option<String> {
    let of = head.interrupted_of?;
    Some(format!(
        "Interrupted: these are the first {} of {of} replications. They are as good as any {0}, and the rest can be added with --resume.",
        head.n
    ))
}

/// Cautions of the mean lost user-minutes: one sentence per kind, with the services that it holds for.
fn of_means(rows: &Rows) -> Vec<String> {
    let mut kinds: Vec<(&'static str, Caution, Vec<&str>)> = Vec::new();
    for (service, about) in rows.layout.services().iter().enumerate() {
        for caution in Caution::of_mean(|| rows.column(rows.layout.lost_user_seconds(service))) {
            match kinds.iter_mut().find(|kind| kind.0 == caution.code()) {
                Some(kind) => kind.2.push(&about.id),
                None => kinds.push((caution.code(), caution, vec![&about.id])),
            }
        }
    }
    kinds
        .into_iter()
        .map(|(_, caution, ids)| {
            format!(
                "Mean lost user-minutes of {}: {caution}; {}.",
                ids.join(", "),
                caution.advice()
            )
        })
        .collect()
}

/// How many replications would settle a target, if its share stays where it is.
fn undecided(id: &str, half: f64, gap: f64, n: u64) -> String {
    // The half width shrinks with the root of n; far beyond this nobody would run it.
    let needed = if gap > 0.0 {
        n as f64 * (half / gap) * (half / gap)
    } else {
        f64::INFINITY
    };
    if needed > 1e8 {
        return format!(
            "{id} is undecided: its share lies too close to what is required for any number of replications."
        );
    }
    // Two significant digits, rounded up.
    let mut unit = 1.0;
    while needed / unit >= 100.0 {
        unit *= 10.0;
    }
    let shown = (needed / unit).ceil() * unit;
    format!("{id} is undecided: some {shown:.0} replications would settle it if its share stays where it is.")
}
