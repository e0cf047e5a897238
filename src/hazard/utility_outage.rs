//! The public grid fails, and may fail again soon after it has come back.
//!
//! It leaves out: voltage that sags without going, and fuel that no longer comes in an outage of days.

use super::does::{Undone, undoable_of};
use super::draws::Draws;
use super::laid_out::{self, Course};
use super::when;
use crate::component::UtilityFeed;
use crate::diagnostics::{Issue, Issues};
use crate::model::{
    EntityId, Expect, Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard,
    schema_of,
};
use crate::quantity::Share;
use crate::random::{Law, LawInput};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// An outage of the public grid.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UtilityOutage {
    /// The feeds that go together: feeds, or places, all feeds of which go.
    pub of: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long the grid is gone, each time.
    pub lasts: LawInput,
    /// How often it goes again soon after it has come back.
    pub fails_again: Share,
    /// How long it is back until it goes again.
    pub holds: LawInput,
}

/// The tag `utility-outage`.
pub const KIND: HazardKind = HazardKind {
    tag: "utility-outage",
    docs: "The public grid fails: the feeds that hang on it go together. Each time that it comes back it may soon go again, when batteries are empty and \
           generators have just been stopped.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}, grid-b: {in: alpha}}\nups: {ups-a: {in: alpha, fed-by: \
              [grid-a, grid-b]}}\npools: {web-a: {in: alpha, servers: 120, fed-by: ups-a}}\nhappens: {blackout: {utility-outage: {of: alpha, at: +1 h, lasts: 3 h}}}\n",
    schema: schema_of::<UtilityOutage>,
    read: read_hazard::<UtilityOutage>,
};

/// What the grid can take along.
const OF: Expect = Expect {
    sections: &["utility-feeds", "sites", "buildings", "rooms"],
    noun: "place or utility feed",
};

/// Where feeds stand.
const WHERE_FEEDS_ARE: Expect = Expect {
    sections: &["sites", "buildings", "rooms"],
    noun: "place",
};

/// At most so often the grid goes in one occurrence.
const TIMES_MAX: usize = 1000;

impl UtilityOutage {
    fn feeds(&self, model: &Model) -> Vec<EntityId> {
        let chosen = model.select(&self.of);
        let feeds = model.all::<UtilityFeed>().map(|(id, _)| id).filter(|&feed| {
            let mut chosen = chosen.iter();
            chosen.any(|thing| thing.value == feed || model.is_in(feed, thing.value))
        });
        feeds.collect()
    }
}

impl Hazard for UtilityOutage {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, OF, WHERE_FEEDS_ARE, "utility-outage › of");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › utility-outage");
        when::check(self.at.as_ref(), &path, model, issues);
        if self.feeds(model).is_empty() {
            let issue = Issue::warning("nothing-happens", self.of.span(), "no utility feed stands there");
            issues.push(issue.at(format!("{path} › of")));
        }
        if self.fails_again == Share::ALL {
            let issue = Issue::error(
                "out-of-bounds",
                self.of.span(),
                "the grid would go again and again, for ever",
            );
            issues.push(
                issue
                    .at(format!("{path} › fails-again"))
                    .help("write a share below 100 %"),
            );
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let (loses, gives_back) = undoable_of(low, Undone::Loss, &self.feeds(low.model));
        let lines = vec![
            ("the grid fails".to_owned(), loses.clone()),
            ("the grid is back".to_owned(), gives_back),
            ("the grid fails again".to_owned(), loses),
        ];
        let failing = Failing {
            lasts: self.lasts.law(),
            fails_again: self.fails_again.fraction(),
            holds: self.holds.law(),
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), low.model), lines, failing);
    }
}

/// A grid that has failed.
#[derive(Debug)]
struct Failing {
    lasts: Law,
    fails_again: f64,
    holds: Law,
}

// The lines after that of the beginning.
const BACK: usize = 1;
const AGAIN: usize = 2;

/// What a draw is for.
#[derive(Clone, Copy)]
enum For {
    Lasts,
    Again,
    Holds,
}

impl Course for Failing {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let mut events = Vec::new();
        let mut gone = start;
        for time in 0..TIMES_MAX as u64 {
            let back = gone.saturating_add(draws.law(&self.lasts, For::Lasts as u64, time).max(1));
            events.push((back, BACK));
            if !draws.happens(self.fails_again, For::Again as u64, time) {
                break;
            }
            gone = back.saturating_add(draws.law(&self.holds, For::Holds as u64, time).max(1));
            events.push((gone, AGAIN));
        }
        events.retain(|&(at, _)| at != u64::MAX);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    const MIN: u64 = 60_000_000;

    fn of(fails_again: f64, replication: u32) -> Vec<(u64, usize)> {
        let failing = Failing {
            lasts: Law::fixed_us(30 * MIN),
            fails_again,
            holds: Law::fixed_us(10 * MIN),
        };
        let key = Key::new(1, replication);
        failing.course(5 * MIN, &Draws(&|number| key.stream(3, 7, number)))
    }

    #[test]
    fn a_grid_comes_back_and_goes_again() {
        assert_eq!(of(0.0, 0), [(35 * MIN, BACK)]);
        let twice = (0..100)
            .map(|number| of(0.5, number))
            .find(|events| events.len() == 3);
        assert_eq!(
            twice.expect("one in four"),
            [(35 * MIN, BACK), (45 * MIN, AGAIN), (75 * MIN, BACK)]
        );
    }

    /// The number of outages is geometric: 1/(1 − 0.3) in the mean, within five standard errors over 20,000 occurrences.
    #[test]
    fn it_goes_again_as_often_as_it_is_said() {
        let goes = |number| of(0.3, number).iter().filter(|event| event.1 == BACK).count();
        let all: usize = (0..20_000).map(goes).sum();
        let mean = all as f64 / 20_000.0;
        let error = (0.3_f64 / (0.7 * 0.7) / 20_000.0).sqrt();
        assert!((mean - 1.0 / 0.7).abs() < 5.0 * error, "{mean}");
    }
}
