//! A change that is bad, rolled out stage by stage until somebody sees what it does, and rolled back.
//!
//! It leaves out: changes that cannot be taken back, data that they spoil, and a rollback that goes wrong itself.

use super::does::{Undone, standings_in_use, undoable_of};
use super::draws::Draws;
use super::remedy::{Piece, Remedy};
use super::told::told;
use super::when;
use crate::component::{LOSABLE, PLACES, WHERE};
use crate::diagnostics::{Issue, Issues, did_you_mean};
use crate::kernel::{Action, Agent, Orders, View, Wake, WorkId};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, Ref, References, Targets, order_of, read_hazard,
    schema_of,
};
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A bad change.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BadChange {
    /// What is changed: services, stores, routers, controls.
    pub of: Targets,
    /// When the first stage begins: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// The places that are changed one after the other. Without any, all is changed at once, everywhere.
    #[serde(default)]
    pub stages: BTreeMap<Ref, ChangeStage>,
    /// How long after a stage the next one follows, unless that says otherwise.
    pub waits: LawInput,
    /// How long after a stage has been changed what is wrong shows there.
    pub shows: LawInput,
    /// What it takes, once it has first shown, to see that the change is bad; no further stage is changed then.
    pub caught: Remedy,
    /// What it takes to roll back one stage.
    pub rolls_back: Remedy,
}

/// A part of a design that is changed at once.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChangeStage {
    /// The place or pool that is changed.
    pub r#in: Ref,
    /// The stage that it follows; it is one of the first if not given.
    pub after: Option<Ref>,
    /// How long after that stage; as the change says if not given.
    pub waits: Option<LawInput>,
}

/// The tag `bad-change`.
pub const KIND: HazardKind = HazardKind {
    tag: "bad-change",
    docs: "A change that is bad, rolled out stage by stage until somebody sees what it does. What was changed stops when it shows, and comes back when \
           it has been rolled back.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 120}, web-b: {in: beta, servers: 120}}\n\
              services:\n  login: {users: 1000, runs-on: {web-a: {active: 40}, web-b: {active: 40}}, servers-needed: 40}\n  pipeline: {tier: internal, runs-on: \
              {web-a: {active: 2}}}\nteams: {sre: {heads: 4}}\nhappens:\n  release:\n    bad-change:\n      of: login\n      at: +1 h\n      stages: \
              {first: {in: alpha}, second: {in: beta, after: first, waits: 2 h}}\n      caught: {crew: sre}\n      rolls-back: {crew: sre, needs: pipeline}\n",
    schema: schema_of::<BadChange>,
    read: read_hazard::<BadChange>,
};

impl BadChange {
    /// The stages that each one follows.
    fn before(&self) -> Vec<(&Ref, Vec<&Ref>)> {
        let stages = self.stages.iter();
        stages
            .map(|(id, stage)| (id, stage.after.iter().collect()))
            .collect()
    }

    /// What is changed in a place, or everywhere.
    fn changed(&self, model: &Model, place: Option<EntityId>) -> Vec<EntityId> {
        let things = model.select(&self.of).into_iter().map(|thing| thing.value);
        things
            .filter(|&thing| {
                let standings = model.entity(thing).component.standings();
                place.is_none_or(|place| {
                    model.is_in(thing, place)
                        || standings
                            .iter()
                            .any(|(pool, _)| model.is_in(model.resolve(pool), place))
                })
            })
            .collect()
    }

    /// The rows of the agent without their works: key, label, place, and which they follow.
    fn rows(&self, model: &Model) -> Vec<Staged> {
        if self.stages.is_empty() {
            return vec![Staged {
                id: String::new(),
                label: "everywhere".to_owned(),
                place: None,
                waits: None,
            }];
        }
        let order: Vec<&Ref> = self.stages.keys().collect();
        let row = |(id, stage): (&Ref, &ChangeStage)| {
            let place = model.resolve(&stage.r#in);
            let after = stage.after.as_ref().map(|after| {
                let before = order.iter().position(|id| *id == after);
                before.expect("stages were checked")
            });
            let waits = stage.waits.as_ref().unwrap_or(&self.waits).law();
            Staged {
                id: id.to_string(),
                label: format!("in {}", model.entity(place).label()),
                place: Some(place),
                waits: after.map(|after| (after, waits)),
            }
        };
        self.stages.iter().map(row).collect()
    }
}

/// A stage, before it is known what is done there.
struct Staged {
    id: String,
    label: String,
    place: Option<EntityId>,
    waits: Option<(usize, Law)>,
}

impl Hazard for BadChange {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, LOSABLE, PLACES, "bad-change › of");
        for (id, stage) in &self.stages {
            out.one(&stage.r#in, WHERE, &format!("bad-change › stages › {id} › in"));
        }
        self.caught.references(out, "bad-change › caught");
        self.rolls_back.references(out, "bad-change › rolls-back");
    }

    fn joins(&self, model: &Model) -> Vec<EntityId> {
        let teams = [self.caught.teams(model), self.rolls_back.teams(model)].concat();
        let things = model.select(&self.of).into_iter().map(|thing| thing.value);
        teams.into_iter().chain(things).collect()
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › bad-change");
        when::check(self.at.as_ref(), &path, model, issues);
        self.caught
            .check(self.of.span(), &format!("{path} › caught"), model, issues);
        self.rolls_back
            .check(self.of.span(), &format!("{path} › rolls-back"), model, issues);
        if model.select(&self.of).is_empty() {
            issues.push(
                Issue::warning("nothing-happens", self.of.span(), "nothing is changed").at(path.clone()),
            );
        }
        for (name, stage) in &self.stages {
            let path = format!("{path} › stages › {name}");
            if self.changed(model, Some(model.resolve(&stage.r#in))).is_empty() {
                let message = format!("nothing of what is changed stands in `{}`", stage.r#in.as_str());
                issues.push(
                    Issue::warning("nothing-happens", stage.r#in.span, message).at(format!("{path} › in")),
                );
            }
            if let Some(after) = &stage.after
                && !self.stages.contains_key(after.as_str())
            {
                let near = did_you_mean(after.as_str(), self.stages.keys().map(ToString::to_string));
                let message = format!("this change has no stage `{}`", after.as_str());
                let issue = Issue::error("unknown-name", after.span, message);
                issues.push(issue.at(format!("{path} › after")).suggest(near));
            }
            if stage.after.is_none()
                && let Some(waits) = &stage.waits
                && waits.law().mean() > 0.0
            {
                let issue = Issue::error(
                    "contradiction",
                    name.span,
                    "`waits` belongs to `after`; this stage is one of the first",
                );
                issues.push(
                    issue
                        .at(path)
                        .help("name the stage that it follows: `after: first`"),
                );
            }
        }
        order_of(&self.before(), &format!("{path} › stages"), issues);
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let all: Vec<EntityId> = self.changed(model, None);
        let Some(&first) = all.first() else { return };
        let caught = Piece {
            on: first,
            part: format!("happens:{id}/caught"),
            label: format!("see that the change is bad ({id})"),
            things: &all,
            effects: Vec::new(),
        };
        let caught = self.caught.work(low, caught);
        let at_us = when::us(self.at.as_ref(), model);
        let mut entries = Vec::new();
        let mut rows = Vec::new();
        for staged in self.rows(model) {
            let things = self.changed(model, staged.place);
            let (stops, starts) = changing(low, &things, staged.place);
            let Staged { label, waits, .. } = staged;
            let begins_at = waits.is_none().then_some(at_us);
            entries.push(told(format!("{id} changes {label}"), begins_at));
            entries.push(told(format!("{id} shows {label}"), None));
            let piece = Piece {
                on: first,
                part: format!("happens:{id}/rolls-back/{}", staged.id),
                label: format!("roll {id} back {label}"),
                things: &things,
                effects: starts,
            };
            rows.push(Row {
                key: entity_hash(&staged.id),
                waits,
                stops,
                rolls_back: self.rolls_back.work(low, piece),
            });
        }
        let agent = Rollout {
            at_us,
            shows: self.shows.law(),
            caught,
            rows,
        };
        low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
    }
}

/// What a bad change does to things in a place, and what takes it back: what has servers there is stopped there, everything else is out of use.
fn changing(
    low: &mut Lowering<'_>,
    things: &[EntityId],
    place: Option<EntityId>,
) -> (Vec<Action>, Vec<Action>) {
    let reason = low.net.reason("changed");
    let (mut stops, mut starts) = (Vec::new(), Vec::new());
    for &thing in things {
        let standings = standings_in_use(low, thing, place);
        if standings.is_empty() {
            let (there, back) = undoable_of(low, Undone::Loss, &[thing]);
            stops.extend(there);
            starts.extend(back);
        }
        for node in standings {
            stops.push(Action::Hold { node, reason });
            starts.push(Action::Lift { node, reason });
        }
    }
    (stops, starts)
}

/// One stage.
#[derive(Debug)]
struct Row {
    key: u64,
    /// The stage that it follows, and how long after it.
    waits: Option<(usize, Law)>,
    stops: Vec<Action>,
    rolls_back: WorkId,
}

/// Changes stage after stage until the change is known to be bad, and has them rolled back then. The registers: how far it is as a whole, and of
/// each stage.
#[derive(Debug)]
struct Rollout {
    at_us: u64,
    shows: Law,
    caught: WorkId,
    rows: Vec<Row>,
}

// How far the whole is.
const UNSEEN: i64 = 0;
const SHOWN: i64 = 1;
const CAUGHT: i64 = 2;

// How far a stage is.
const CHANGED: i64 = 1;
const BACK: i64 = 2;

// What a draw is for.
const WAITS: u64 = 0;
const SHOWS: u64 = 1;

/// The line that tells that a stage is changed; the next one tells that it shows.
fn line(stage: usize) -> u32 {
    u32::try_from(2 * stage).expect("fewer than 2^31 stages")
}

impl Rollout {
    fn change(&self, stage: usize, now: u64, registers: &mut [i64], orders: &mut Orders<'_>) {
        registers[1 + stage] = CHANGED;
        orders.note(line(stage));
        let draws = |law: &Law, what: u64, whose: u64, orders: &Orders<'_>| {
            let us = Draws(&|number| orders.stream(number)).law(law, what, whose);
            now.saturating_add(us)
        };
        let shows = draws(&self.shows, SHOWS, self.rows[stage].key, orders);
        orders.timer(shows, line(stage) + 1, line(stage) + 1);
        for (next, row) in self.rows.iter().enumerate() {
            if let Some((before, waits)) = &row.waits
                && *before == stage
            {
                let at = draws(waits, WAITS, row.key, orders);
                orders.timer(at, line(next), line(next));
            }
        }
    }
}

impl Agent for Rollout {
    fn registers(&self) -> usize {
        1 + self.rows.len()
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => {
                for (stage, row) in self.rows.iter().enumerate() {
                    if row.waits.is_none() {
                        orders.timer(self.at_us, line(stage), line(stage));
                    }
                }
            }
            Wake::Timer(code) if code % 2 == 0 => {
                if registers[0] < CAUGHT {
                    self.change(code as usize / 2, view.now(), registers, orders);
                }
            }
            Wake::Timer(code) => {
                let stage = code as usize / 2;
                if registers[1 + stage] != CHANGED {
                    return;
                }
                for &action in &self.rows[stage].stops {
                    orders.act(action, code);
                }
                if registers[0] == UNSEEN {
                    registers[0] = SHOWN;
                    orders.call(self.caught, code);
                }
            }
            Wake::Done(work) if work == self.caught => {
                registers[0] = CAUGHT;
                for (stage, row) in self.rows.iter().enumerate() {
                    if registers[1 + stage] == CHANGED {
                        orders.call(row.rolls_back, line(stage) + 1);
                    }
                }
            }
            Wake::Done(work) => {
                if let Some(stage) = self.rows.iter().position(|row| row.rolls_back == work) {
                    registers[1 + stage] = BACK;
                }
            }
            Wake::Changed(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}
