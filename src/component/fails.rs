//! Ordinary failures: how a thing fails by itself, and how it is repaired. One block and one lowering for every kind that has a body.
//!
//! A failure is seen by the monitoring of the thing itself, so that it is an alarm even while no service is down. A repair with a crew
//! waits until its team has learnt of an alarm, was reached and has come; a repair without one begins at once.

use super::TEAMS;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{
    Action, Begins, Call, Clock, Effect, ItemState, NodeId, OnError, Reading, Takes, UnitSpec, Way, WorkSpec,
};
use crate::model::{
    Crew, EntityId, Expect, Handles, Input, Lives, Lowering, Model, References, Refs, TileKind, check_crew,
};
use crate::quantity::SimDuration;
use crate::random::{Law, LawInput};
use schemars::JsonSchema;
use serde::Deserialize;

/// How something fails by itself, and how it is repaired. What is not described here does not fail by itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fails {
    /// Mean time to failure: the short form of an exponential `life`.
    pub mttf: Option<SimDuration>,
    /// The law of its life, from new or as good as new to the failure; instead of `mttf`.
    pub life: Option<LawInput>,
    /// Mean time to repair: the short form of an exponential repair that begins at once and needs nobody.
    pub mttr: Option<SimDuration>,
    /// In which state it begins.
    #[serde(default)]
    pub begins: Beginning,
    /// How it is repaired; instead of `mttr`. Without either it stays failed until a timeline or a procedure repairs it.
    pub repair: Option<RepairWork>,
}

/// In which state something that fails by itself begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Beginning {
    /// Under way, as it is met at a random time of a long life: the rest of its life is drawn.
    #[default]
    Steady,
    /// New.
    New,
    /// Sound, and so old.
    Aged(SimDuration),
}

/// The repair of something that has failed; it is as good as new after that.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RepairWork {
    /// How long it takes.
    pub takes: LawInput,
    /// Who repairs it: teams and heads, who must have come and need the place to be open. Without anybody it begins at once.
    #[serde(default)]
    pub crew: Crew,
    /// What must be up for the repair to begin: services, stores, sources of power.
    #[serde(default)]
    pub needs: Refs,
}

/// What a repair may need.
const NEEDED_FOR_REPAIR: Expect = Expect {
    sections: &[
        "services",
        "stores",
        "utility-feeds",
        "generators",
        "transfer-switches",
        "transformers",
        "buses",
        "pdus",
        "ups",
    ],
    noun: "service, store or source of power",
};

impl Fails {
    /// The law of its life.
    pub fn law(&self) -> Law {
        match (&self.life, self.mttf) {
            (Some(life), _) => life.law(),
            (None, mttf) => exponential(mttf.expect("a life was checked to be given")),
        }
    }

    /// Whether anything is said about its repair.
    fn is_repaired(&self) -> bool {
        self.mttr.is_some() || self.repair.is_some()
    }

    /// Names everything that its repair refers to.
    pub(super) fn references(&self, out: &mut References<'_>, field: &str) {
        if let Some(repair) = &self.repair {
            out.crew(&repair.crew, TEAMS, &format!("{field} › repair › crew"));
            out.many(
                &repair.needs,
                NEEDED_FOR_REPAIR,
                &format!("{field} › repair › needs"),
            );
        }
    }

    /// Reports what is missing, given twice, or can never be.
    pub(super) fn check(&self, me: EntityId, field: &str, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = format!("{} › {field}", entity.path());
        let mut wrong = |code: &'static str, field: &str, message: String, help: &str| {
            let issue = Issue::error(code, entity.span, message).at(format!("{path}{field}"));
            issues.push(if help.is_empty() { issue } else { issue.help(help) });
        };
        match (self.mttf, &self.life) {
            (None, None) => {
                let message = format!("it is not said how long `{}` lives", entity.id);
                wrong(
                    "missing-field",
                    "",
                    message,
                    "add `mttf: 50000 h`, or a law: `life: {weibull: {shape: 2, mean: 6 y}}`",
                );
            }
            (Some(_), Some(_)) => {
                let message = format!("the life of `{}` is given twice", entity.id);
                wrong(
                    "contradiction",
                    "",
                    message,
                    "write `mttf` or `life`; `mttf` is short for an exponential life",
                );
            }
            (Some(SimDuration::ZERO), None) => {
                let message = format!("`{}` would fail at once, again and again", entity.id);
                wrong("out-of-bounds", " › mttf", message, "");
            }
            (None, Some(life)) if life.law().mean() < 1.0 => {
                let message = format!("`{}` would fail at once, again and again", entity.id);
                wrong("out-of-bounds", " › life", message, "");
            }
            _ => {}
        }
        if self.mttr.is_some() && self.repair.is_some() {
            let message = format!("the repair of `{}` is given twice", entity.id);
            wrong(
                "contradiction",
                "",
                message,
                "write `mttr` or `repair`; `mttr` is short for an exponential repair that needs nobody",
            );
        }
        if self.mttr == Some(SimDuration::ZERO) {
            let message = format!("`{}` would be repaired in no time", entity.id);
            wrong(
                "out-of-bounds",
                " › mttr",
                message,
                "leave `fails` out, or give the repair a time",
            );
        }
        if let Some(repair) = &self.repair {
            check_crew(&repair.crew, model, &format!("{path} › repair › crew"), issues);
        }
    }

    /// The lives of so many units, as far as they are given and can be.
    pub(super) fn lives(&self, count: u32) -> Option<Lives> {
        let is_given = self.life.is_some() || self.mttf.is_some_and(|mttf| mttf > SimDuration::ZERO);
        is_given.then(|| Lives {
            law: self.law(),
            count,
        })
    }

    /// The spec of a unit that fails by itself; its clock runs always, or only while a condition holds.
    fn unit(&self, runs: Option<Input>) -> UnitSpec {
        let clock = Clock::new(self.law());
        let clock = match runs {
            Some((from, reading)) => clock.while_(from, reading),
            None => clock,
        };
        UnitSpec {
            clocks: vec![clock],
            begins: match self.begins {
                Beginning::Steady => Begins::Steady,
                Beginning::New => Begins::New,
                Beginning::Aged(age) => Begins::Aged(age.us()),
            },
            ..UnitSpec::flag()
        }
    }

    /// How a repair is done: what it needs, who does it, how long it takes.
    fn way(&self, low: &Lowering<'_>, me: EntityId) -> Option<Way> {
        let (takes, needs, crew) = match (&self.repair, self.mttr) {
            (Some(repair), _) => {
                let mut needs: Vec<Input> = repair.needs.iter().map(|name| there(low, name)).collect();
                if !repair.crew.is_empty() {
                    needs.extend(low.open_input(me));
                }
                (repair.takes.law(), needs, low.crew_heads(&repair.crew))
            }
            (None, Some(mttr)) => (exponential(mttr), Vec::new(), Vec::new()),
            (None, None) => return None,
        };
        Some(Way {
            name: "repaired".to_owned(),
            needs,
            crew,
            parts: Vec::new(),
            takes: Takes::Once(takes),
            errs_ppm: 0,
            patience_us: u64::MAX,
        })
    }

    /// Declares the work that repairs a unit once it has failed. `what` is the unit in words: ` unit 2` after the name of its thing.
    fn wire_repair(&self, low: &mut Lowering<'_>, me: EntityId, body: NodeId, part: &str, what: &str) {
        let Some(way) = self.way(low, me) else { return };
        let label = format!("repair {}{what}", low.model.entity(me).label());
        let spec = WorkSpec {
            call: Call::When(body, Reading::Not),
            goal: Some((body, Reading::Flag)),
            keep: None,
            ways: vec![way],
            effects: vec![Effect::Act(Action::Repair { node: body })],
            on_error: OnError::Retry,
            batch: 1,
            lanes: 1,
            serves: low.serves(me),
            ..WorkSpec::default()
        };
        low.work(me, part, spec, label, vec![TileKind::Working]);
    }

    /// Declares the work that repairs a starter whose start has failed, and gives the node that tells so.
    fn wire_repair_of_start(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        set: NodeId,
        part: &str,
        what: &str,
    ) {
        let Some(way) = self.way(low, me) else { return };
        let label = format!("repair {}{what}", low.model.entity(me).label());
        let spec = WorkSpec {
            call: Call::Backlog(set, ItemState::Dead),
            goal: None,
            keep: None,
            ways: vec![way],
            effects: vec![Effect::RepairItems(set)],
            on_error: OnError::Retry,
            batch: 1,
            lanes: 1,
            serves: low.serves(me),
            ..WorkSpec::default()
        };
        low.work(me, part, spec, label, vec![TileKind::Working]);
    }
}

/// Names what the field `fails` refers to.
pub(super) fn references(fails: Option<&Fails>, out: &mut References<'_>) {
    if let Some(fails) = fails {
        fails.references(out, "fails");
    }
}

/// Reports what is wrong in the field `fails`.
pub(super) fn check(fails: Option<&Fails>, me: EntityId, model: &Model, issues: &mut Issues) {
    if let Some(fails) = fails {
        fails.check(me, "fails", model, issues);
    }
}

fn exponential(mean: SimDuration) -> Law {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean beyond 2^53 µs (285 years) is rounded by less than one part in 10^15"
    )]
    let mean_us = mean.us() as f64;
    Law::exponential(mean_us).expect("a mean was checked to be longer than nothing")
}

/// Whether what a repair needs is there: up, if it is a service or store, else live.
fn there(low: &Lowering<'_>, name: &crate::model::Ref) -> Input {
    let id = low.model.resolve(name);
    match low.of(id).level {
        Some(_) => low.up_input(id),
        None => low.of(id).out.expect("a source of power shows that it is there"),
    }
}

/// The body of a thing, declared: what it shows when it fails, and where it is held.
///
/// Without `fails` one unit is both. With it, what holds a thing (a cut, a loss) is a unit of its own, so that what is only out of use is not
/// repaired.
pub(super) fn body(low: &mut Lowering<'_>, me: EntityId, fails: Option<&Fails>) -> Handles {
    let Some(fails) = fails else {
        let body = low.unit(me, "");
        return Handles {
            body: vec![body],
            power: Some(body),
            fit: vec![(body, Reading::Flag)],
            ..Handles::default()
        };
    };
    let body = low.unit_of(me, "", fails.unit(None));
    let in_use = low.unit(me, "in-use");
    Handles {
        body: vec![body],
        held: vec![in_use],
        power: Some(in_use),
        fit: vec![(body, Reading::Flag), (in_use, Reading::Flag)],
        lives: vec![(body, None)],
        alarm: Some((body, Reading::Not)),
        ..Handles::default()
    }
}

/// Declares the repair of a thing with one body.
pub(super) fn wire_body(low: &mut Lowering<'_>, me: EntityId, fails: Option<&Fails>) {
    if let Some(fails) = fails {
        let body = low.of(me).body[0];
        fails.wire_repair(low, me, body, "repair", "");
    }
}

/// Several equal units of a thing: what each is called, in names of parts and in words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    /// `set` or `unit`.
    pub noun: &'static str,
    /// How many there are.
    pub count: u32,
}

impl Units {
    /// The numbers of the units.
    pub fn numbers(self) -> std::ops::RangeInclusive<u32> {
        1..=self.count
    }

    /// The name of a part of a unit.
    pub fn part(self, unit: u32, part: &str) -> String {
        match part {
            "" => format!("{}-{unit}", self.noun),
            part => format!("{}-{unit}/{part}", self.noun),
        }
    }

    /// A unit in words, after the name of its thing.
    pub fn words(self, unit: u32) -> String {
        format!(", {} {unit}", self.noun)
    }
}

/// The handles of a thing of several units, each of which may have bodies of its own: what holds all of them is a unit of its own then.
pub(super) fn several(low: &mut Lowering<'_>, me: EntityId, has_bodies: bool) -> Handles {
    let whole = low.unit(me, "");
    Handles {
        body: if has_bodies { Vec::new() } else { vec![whole] },
        held: if has_bodies { vec![whole] } else { Vec::new() },
        power: Some(whole),
        fit: vec![(whole, Reading::Flag)],
        ..Handles::default()
    }
}

/// The bodies of units, each with the condition under which its clock runs.
pub(super) type Bodies = Vec<(NodeId, Option<Input>)>;

/// Declares a body for each unit that fails as described, while it runs (one condition per unit) or always. Returns them.
pub(super) fn bodies(
    low: &mut Lowering<'_>,
    me: EntityId,
    fails: Option<&Fails>,
    units: Units,
    part: &str,
    runs: &[NodeId],
) -> Bodies {
    let Some(fails) = fails else { return Vec::new() };
    units
        .numbers()
        .map(|unit| {
            let runs = runs.get(unit as usize - 1).map(|&node| (node, Reading::Flag));
            (low.unit_of(me, &units.part(unit, part), fails.unit(runs)), runs)
        })
        .collect()
}

/// Declares the repairs of bodies of units.
pub(super) fn wire_bodies(
    low: &mut Lowering<'_>,
    me: EntityId,
    fails: Option<&Fails>,
    units: Units,
    part: &str,
    bodies: &[NodeId],
) {
    let Some(fails) = fails else { return };
    for (unit, &body) in units.numbers().zip(bodies) {
        let part = format!("{}/repair", units.part(unit, part));
        fails.wire_repair(low, me, body, &part, &units.words(unit));
    }
}

/// Declares the repair of starters whose start failed: by the first of these blocks that says how.
pub(super) fn wire_failed_starts(
    low: &mut Lowering<'_>,
    me: EntityId,
    blocks: [Option<&Fails>; 2],
    units: Units,
    starters: &[NodeId],
) {
    let Some(fails) = blocks.into_iter().flatten().find(|fails| fails.is_repaired()) else {
        return;
    };
    for (unit, &starter) in units.numbers().zip(starters) {
        let part = units.part(unit, "start/repair");
        fails.wire_repair_of_start(low, me, starter, &part, &units.words(unit));
    }
}

/// An alarm while any of these units has failed.
pub(super) fn alarm(
    low: &mut Lowering<'_>,
    me: EntityId,
    bodies: &[NodeId],
    starts: &[NodeId],
) -> Option<Input> {
    if bodies.is_empty() && starts.is_empty() {
        return None;
    }
    let failed = bodies.iter().map(|&body| (body, Reading::Not));
    let not_started = starts.iter().map(|&dead| (dead, Reading::Flag));
    let inputs: Vec<Input> = failed.chain(not_started).collect();
    Some((low.any(me, "failed", &inputs), Reading::Flag))
}
