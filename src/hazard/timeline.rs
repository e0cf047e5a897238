//! Scripted timelines: what happened, line by line, at stated times.

use super::does::Does;
use crate::diagnostics::{Issue, Issues, did_you_mean};
use crate::kernel::{Action, Agent, Orders, View, Wake};
use crate::model::{
    EntryInfo, Hazard, HazardKind, Lowering, Model, Moment, Ref, References, TileKind, order_of, read_hazard,
    schema_of,
};
use crate::quantity::SimDuration;
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A scripted history: entries at times or after one another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timeline {
    /// The entries, keyed by id so that a variant can patch them.
    pub entries: BTreeMap<Ref, TimelineEntry>,
}

/// One entry of a timeline.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TimelineEntry {
    /// When: a civil time (`2022-10-15 16:52`) or a time since the start (`+93 min`). This or `after`.
    pub at: Option<Spanned<Moment>>,
    /// With `at`: the things that it does are spread evenly, the first at `at`, the last at this time.
    pub until: Option<Spanned<Moment>>,
    /// The entry that it follows. This or `at`.
    pub after: Option<Ref>,
    /// With `after`: how long after that entry.
    pub takes: Option<LawInput>,
    /// What people say that happened; shown in the story of a replication.
    pub note: Option<String>,
    /// Where that is known from; shown in the story of a replication.
    pub source: Option<String>,
    /// What it does to the design.
    #[serde(default)]
    pub does: Does,
}

/// The tag `timeline`.
pub const KIND: HazardKind = HazardKind {
    tag: "timeline",
    docs: "A scripted history: entries at stated times, or after one another by a drawn time, that do something to the design.",
    example: "blackstart: 1\nhorizon: 7 d\nclock: {zone: Asia/Seoul, starts: '2022-10-15 15:19'}\nsites: {alpha: {}}\npools: {web-a: {in: \
              alpha, servers: 120}}\nhappens:\n  fire:\n    timeline:\n      entries:\n        cut: {at: '2022-10-15 16:52', note: the \
              brigade has the power cut, does: {cut: alpha, seal: alpha}}\n        out: {at: +8 h, does: {unseal: alpha}}\n        back: \
              {after: out, takes: {lognormal: {median: 100 min, p90: 3 h}}, does: {energise: alpha}}\n",
    schema: schema_of::<Timeline>,
    read: read_hazard::<Timeline>,
};

impl Timeline {
    /// The entries that each one follows.
    fn before(&self) -> Vec<(&Ref, Vec<&Ref>)> {
        self.entries
            .iter()
            .map(|(id, entry)| (id, entry.after.iter().collect()))
            .collect()
    }
}

impl TimelineEntry {
    fn check(&self, id: &Ref, path: &str, model: &Model, issues: &mut Issues) {
        let error = |code: &'static str, span, message: &str| Issue::error(code, span, message).at(path);
        match (&self.at, &self.after) {
            (Some(_), Some(_)) => {
                let issue = error(
                    "contradiction",
                    id.span,
                    "an entry has either `at` or `after`, not both",
                );
                issues.push(issue.help("with `after`, say how long after it by `takes`"));
            }
            (None, None) => {
                let issue = error("missing-field", id.span, "it is not said when this happens");
                issues.push(issue.help("write `at: +93 min`, or `after:` with the id of another entry"));
            }
            (Some(_), None) if self.takes.is_some() => {
                let issue = error(
                    "contradiction",
                    id.span,
                    "`takes` belongs to `after`; this entry has `at`",
                );
                issues.push(issue.help("to spread what it does over a time, write `until`"));
            }
            (None, Some(_)) if self.until.is_some() => {
                issues.push(error(
                    "contradiction",
                    id.span,
                    "`until` belongs to `at`; this entry has `after`",
                ));
            }
            _ => {}
        }
        let mut time = |moment: &Spanned<Moment>, field: &str| match model
            .moment_us(moment, &format!("{path} › {field}"))
        {
            Ok(us) => {
                if us > model.head.horizon_us {
                    let horizon = SimDuration::from_us(model.head.horizon_us);
                    let message = format!("this is after the horizon of {horizon}, so that it never happens");
                    issues.push(
                        Issue::warning("beyond-horizon", moment.span, message)
                            .at(format!("{path} › {field}")),
                    );
                }
                Some(us)
            }
            Err(issue) => {
                issues.push(*issue);
                None
            }
        };
        let at = self.at.as_ref().and_then(|at| time(at, "at"));
        let until = self.until.as_ref().and_then(|until| time(until, "until"));
        if let (Some(at), Some(until), Some(moment)) = (at, until, &self.until)
            && until < at
        {
            issues.push(error("out-of-bounds", moment.span, "`until` is before `at`"));
        }
        if self.does.is_empty() && self.note.is_none() {
            issues.push(
                Issue::warning("nothing-happens", id.span, "this entry does and tells nothing").at(path),
            );
        }
        self.does.check(&format!("{path} › does"), model, issues);
    }
}

impl Hazard for Timeline {
    fn references(&self, out: &mut References<'_>) {
        for (id, entry) in &self.entries {
            entry
                .does
                .references(out, &format!("timeline › entries › {} › does", id.as_str()));
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › timeline › entries");
        if self.entries.is_empty() {
            let span = model
                .happens
                .iter()
                .find(|happening| happening.id == id)
                .map(|happening| happening.span);
            let issue = Issue::warning(
                "nothing-happens",
                span.unwrap_or_default(),
                "this timeline has no entries",
            );
            issues.push(issue.at(path.clone()));
        }
        for (entry_id, entry) in &self.entries {
            let path = format!("{path} › {}", entry_id.as_str());
            entry.check(entry_id, &path, model, issues);
            if let Some(after) = &entry.after
                && !self.entries.contains_key(after.as_str())
            {
                let near = did_you_mean(
                    after.as_str(),
                    self.entries.keys().map(|id| id.as_str().to_owned()),
                );
                let message = format!("this timeline has no entry `{}`", after.as_str());
                issues.push(
                    Issue::error("unknown-name", after.span, message)
                        .at(format!("{path} › after"))
                        .suggest(near),
                );
            }
        }
        order_of(&self.before(), &path, issues);
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let order: Vec<&Ref> = self.entries.keys().collect();
        let mut rows = Vec::new();
        let mut infos = Vec::new();
        for (entry_id, entry) in &self.entries {
            let acts = entry.does.actions(low);
            let us = |moment: &Spanned<Moment>| low.model.moment_us(moment, "").expect("times were checked");
            let at_us = entry.at.as_ref().map(us);
            let when = match (&entry.after, at_us) {
                (Some(after), _) => {
                    let place = order
                        .iter()
                        .position(|id| *id == after)
                        .expect("entries were checked");
                    When::After(place, entry.takes.as_ref().map(LawInput::law))
                }
                (None, at) => When::At(at.expect("an entry has a time or follows another")),
            };
            let lasts_us = match (&entry.until, at_us) {
                (Some(until), Some(at)) => us(until) - at,
                _ => 0,
            };
            let label = match &entry.note {
                Some(note) => note.clone(),
                None => entry.does.describe(low.model),
            };
            infos.push(EntryInfo {
                label,
                tile: TileKind::OutsideAction,
                source: entry.source.clone(),
                at_us,
            });
            rows.push(Row {
                when,
                lasts_us,
                acts,
                first_step: 0,
                draw: entity_hash(entry_id.as_str()) & u64::from(u32::MAX),
            });
        }
        let mut steps = Vec::new();
        for (place, row) in rows.iter_mut().enumerate() {
            row.first_step = steps.len();
            steps.extend((0..row.acts.len().max(1)).map(|act| (place, act)));
        }
        low.agent_of_hazard(id, Box::new(Script { rows, steps }), id.to_owned(), infos);
    }
}

#[derive(Debug)]
enum When {
    At(u64),
    After(usize, Option<Law>),
}

#[derive(Debug)]
struct Row {
    when: When,
    /// From the first to the last thing that it does.
    lasts_us: u64,
    /// What it does, thing by thing.
    acts: Vec<Vec<Action>>,
    /// The number of the first of its steps.
    first_step: usize,
    /// The number of its draw, made from its id so that other entries do not change it.
    draw: u64,
}

/// A script: sets a timer for each thing that an entry does, and at the last one those of the entries that follow.
#[derive(Debug)]
struct Script {
    rows: Vec<Row>,
    /// What the timers stand for: row, and which of the things that it does.
    steps: Vec<(usize, usize)>,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a script has fewer than 2^32 steps")
}

impl Script {
    fn schedule(&self, row: usize, begins_us: u64, orders: &mut Orders<'_>) {
        let Row {
            lasts_us,
            acts,
            first_step,
            ..
        } = &self.rows[row];
        let last = acts.len().max(1) - 1;
        for act in 0..=last {
            let offset = if last == 0 {
                0
            } else {
                u128::from(*lasts_us) * act as u128 / last as u128
            };
            let offset = u64::try_from(offset).expect("not after the last");
            orders.timer(
                begins_us.saturating_add(offset),
                number(first_step + act),
                number(row),
            );
        }
    }
}

impl Agent for Script {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => {
                for (row, Row { when, .. }) in self.rows.iter().enumerate() {
                    if let When::At(at) = when {
                        self.schedule(row, *at, orders);
                    }
                }
            }
            Wake::Timer(code) => {
                let (row, act) = self.steps[code as usize];
                if self.rows[row].acts.is_empty() {
                    orders.note(number(row));
                }
                for &action in self.rows[row].acts.get(act).into_iter().flatten() {
                    orders.act(action, number(row));
                }
                if act + 1 < self.rows[row].acts.len() {
                    return;
                }
                for (next, Row { when, draw, .. }) in self.rows.iter().enumerate() {
                    if let When::After(before, takes) = when
                        && *before == row
                    {
                        let us = takes
                            .as_ref()
                            .map_or(0, |law| law.sample_us(&mut orders.stream(*draw)));
                        self.schedule(next, view.now().saturating_add(us), orders);
                    }
                }
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}
