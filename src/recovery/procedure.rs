//! Procedures: the crisis manual. A trigger on what is noticed, and a graph of steps.

use super::notice::{self, LearningWay};
use crate::component::{Failover, NEEDED, PLACES, Pool, SERVICES, Service, TEAMS};
use crate::diagnostics::{Issue, Issues, did_you_mean};
use crate::hazard::Does;
use crate::kernel::{
    Agent, Call, Effect, FULL_PPM, NodeId, OnError, Orders, Reading, Takes, View, Wake, Way, WorkId, WorkSpec,
};
use crate::model::{
    Class, Component, Crew, EntityId, EntryInfo, Input, Kind, Lowering, Model, Ref, References, Refs,
    TileKind, check_crew, order_of, read_component, schema_of,
};
use crate::quantity::{Share, SimDuration};
use crate::random::{Law, LawInput};
use crate::scenario::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A procedure of the crisis manual: begins once its trigger was noticed and the commanding team is reached, and goes through its steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Procedure {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// What it is there for.
    pub trigger: Trigger,
    /// The ways in which the trigger comes to be known, all at once; the first to succeed counts.
    pub noticed: BTreeMap<Id, LearningWay>,
    /// The team that must have been reached before the first step.
    pub command: Ref,
    /// The steps; each begins when all that it comes after are done or given up.
    pub steps: BTreeMap<Ref, Step>,
}

/// What a procedure is there for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Trigger {
    /// Fewer than half of the servers in this place are on.
    SiteLost(Ref),
    /// This service is down.
    ServiceLost(Ref),
}

/// One step of a procedure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// The steps that come before it.
    #[serde(default)]
    pub after: Refs,
    /// Who does it: teams and heads.
    #[serde(default)]
    pub crew: Crew,
    /// The services (tools) that must be up for it to begin.
    #[serde(default)]
    pub needs: Refs,
    /// The places that must be open for it to begin.
    #[serde(default)]
    pub access: Refs,
    /// How long it takes.
    pub takes: LawInput,
    /// The chance that it goes wrong.
    #[serde(default)]
    pub errs: Share,
    /// What follows when it went wrong.
    #[serde(default)]
    pub on_error: OnStepError,
    /// What follows when a tool that it needs is down.
    #[serde(default)]
    pub on_blocked: OnBlocked,
    /// What it does to the design. Without anything it is a decision or a check: time and people.
    #[serde(default)]
    pub does: Does,
}

/// What follows when a step went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum OnStepError {
    /// It is done again from the start.
    #[default]
    Retry,
    /// It is given up, and the procedure goes on without it.
    GiveUp,
}

/// What follows when a tool that a step needs is down.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum OnBlocked {
    /// It waits until the tool is up.
    #[default]
    Wait,
    /// It is done without its tools.
    Improvise {
        /// How long the tools are waited for first.
        after: SimDuration,
        /// How long it takes without them.
        takes: LawInput,
        /// The chance that it goes wrong without them.
        #[serde(default)]
        errs: Share,
    },
    /// It is given up, and the procedure goes on without it.
    GiveUp {
        /// How long the tools are waited for first.
        after: SimDuration,
    },
}

/// The section `procedures`.
pub const KIND: Kind = Kind {
    section: "procedures",
    noun: "procedure",
    docs: "A procedure of the crisis manual: begins once its trigger was noticed and the commanding team is reached, and goes through \
           its steps; again only after that team has stood down. A step whose tool is down waits, is improvised, or is given up.",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 120}, web-b: {in: beta, servers: 120}}\n\
              services:\n  text: {tier: 1, users: 40 million, runs-on: {web-a: {active: 40}, web-b: {warm: 40}}}\n  failover-tool: {tier: \
              internal, runs-on: {web-a: {active: 2}}}\nteams: {sre: {heads: 8, on-call: 2}}\nprocedures:\n  leave-alpha:\n    trigger: \
              {site-lost: alpha}\n    command: sre\n    steps:\n      declare: {crew: {sre: 1}, takes: 10 min}\n      switch:\n        \
              after: declare\n        crew: {sre: 2}\n        needs: failover-tool\n        takes: 15 min\n        on-blocked: {improvise: \
              {after: 20 min, takes: 4 h, errs: 20 %}}\n        does: {fail-over: {from: alpha, to: beta}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Human,
    schema: schema_of::<Procedure>,
    read: read_component::<Procedure>,
};

impl Component for Procedure {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        match &self.trigger {
            Trigger::SiteLost(place) => out.one(place, PLACES, "trigger › site-lost"),
            Trigger::ServiceLost(service) => out.one(service, NEEDED, "trigger › service-lost"),
        }
        out.one(&self.command, TEAMS, "command");
        notice::references(&self.noticed, "noticed", out);
        for (id, step) in &self.steps {
            let path = format!("steps › {}", id.as_str());
            out.crew(&step.crew, TEAMS, &format!("{path} › crew"));
            out.many(&step.needs, SERVICES, &format!("{path} › needs"));
            out.many(&step.access, PLACES, &format!("{path} › access"));
            step.does.references(out, &format!("{path} › does"));
        }
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        notice::check(&self.noticed, "noticed", me, model, issues);
        if let Trigger::SiteLost(place) = &self.trigger
            && pools_in(model, model.resolve(place)).is_empty()
        {
            let message = format!("there are no servers in `{}` that could be lost", place.as_str());
            issues.push(
                Issue::warning("without-effect", place.span, message)
                    .at(format!("{} › trigger", entity.path())),
            );
        }
        if self.steps.is_empty() {
            let message = format!("`{}` has no steps", entity.id);
            issues.push(
                Issue::warning("nothing-happens", entity.span, message)
                    .at(format!("{} › steps", entity.path())),
            );
        }
        let path = format!("{} › steps", entity.path());
        for (id, step) in &self.steps {
            let path = format!("{path} › {}", id.as_str());
            for before in step
                .after
                .iter()
                .filter(|before| !self.steps.contains_key(before.as_str()))
            {
                let near = did_you_mean(
                    before.as_str(),
                    self.steps.keys().map(|id| id.as_str().to_owned()),
                );
                let message = format!("this procedure has no step `{}`", before.as_str());
                issues.push(
                    Issue::error("unknown-name", before.span, message)
                        .at(format!("{path} › after"))
                        .suggest(near),
                );
            }
            step.check(id, &path, model, issues);
        }
        let before: Vec<(&Ref, Vec<&Ref>)> = self
            .steps
            .iter()
            .map(|(id, step)| (id, step.after.iter().collect()))
            .collect();
        order_of(&before, &path, issues);
        self.check_failover(me, model, issues);
    }

    fn declare(&self, _low: &mut Lowering<'_>, _me: EntityId) {}

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let lost = self.trigger.wire(low, me);
        let noticed = notice::noticed(low, me, lost, &self.noticed);
        let reached = low.named(&self.command).reached.expect("a team can be reached");
        let begins = low.all(me, "begins", &[(noticed, Reading::Flag), reached]);
        // Once the commanding team has stood down, what comes next has to be noticed anew.
        let label = format!("{} is over", low.model.entity(me).label());
        let away = (reached.0, Reading::Not);
        notice::lower(low, me, label, away, noticed, &[(noticed, notice::UNAWARE)], 1);

        let order: Vec<&Ref> = self.steps.keys().collect();
        let procedure = low.model.entity(me).label().to_owned();
        let serves = low.serves_all(me);
        let mut rows = Vec::new();
        let mut infos = Vec::new();
        for (id, step) in &self.steps {
            let tile = if step.does.is_empty() {
                TileKind::Deciding
            } else {
                TileKind::Working
            };
            let label = format!("{procedure}: {}", id.as_str());
            let (ways, tiles) = step.ways(low, tile);
            let spec = WorkSpec {
                call: Call::OnDemand,
                goal: None,
                keep: None,
                ways,
                effects: step
                    .does
                    .actions(low)
                    .into_iter()
                    .flatten()
                    .map(Effect::Act)
                    .collect(),
                on_error: step.kernel_on_error(),
                batch: 1,
                lanes: 1,
                serves: serves.clone(),
                ..WorkSpec::default()
            };
            let work = low.work(me, &format!("step/{}", id.as_str()), spec, label.clone(), tiles);
            let place = |name: &Ref| {
                order
                    .iter()
                    .position(|id| *id == name)
                    .expect("steps were checked")
            };
            rows.push(Row {
                work,
                after: step.after.iter().map(place).collect(),
            });
            infos.push(EntryInfo {
                label,
                tile,
                source: None,
                at_us: None,
            });
        }
        let agent = Box::new(Following { begins, rows });
        low.agent_of(me, "manual", agent, vec![begins], procedure, infos);
    }
}

impl Procedure {
    /// A service that names this procedure for its failover must be started by one of its steps.
    fn check_failover(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let started: BTreeSet<EntityId> = self
            .steps
            .values()
            .flat_map(|step| step.does.starts(model))
            .collect();
        for (id, service) in model.all::<Service>() {
            let Some(Failover::Procedure(procedure)) = &service.failover else {
                continue;
            };
            if model.resolve(procedure) == me && !started.contains(&id) {
                let entity = model.entity(id);
                let message = format!(
                    "no step of `{}` starts `{}` anywhere",
                    model.entity(me).id,
                    entity.id
                );
                let issue = Issue::warning("failover-not-covered", procedure.span, message);
                issues.push(issue.at(format!("{} › failover", entity.path())).help(
                    "give a step `does: {fail-over: {from: …, to: …}}` or `does: {start: {services: …, in: …}}`, and the service a standby there",
                ));
            }
        }
    }
}

impl Trigger {
    /// What reads true while it is as the procedure is there for.
    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) -> Input {
        match self {
            Self::ServiceLost(service) => {
                let (level, well) = low.named(service).level.expect("a service or store has a level");
                (level, Reading::Below(well))
            }
            Self::SiteLost(place) => {
                let pools = pools_in(low.model, low.model.resolve(place));
                let servers: Vec<_> = pools.iter().filter_map(|pool| low.of(*pool).servers).collect();
                let (name, tag) = low.part(me, "half-on");
                // Half of the servers: twice those on reach the number of all.
                let gate = low
                    .net
                    .gate(name, tag, servers.iter().map(|servers| servers.count).sum());
                for servers in servers {
                    low.net.term(gate, servers.on, Reading::Amount, 2);
                }
                (gate, Reading::Not)
            }
        }
    }
}

fn pools_in(model: &Model, place: EntityId) -> Vec<EntityId> {
    model
        .all::<Pool>()
        .map(|(id, _)| id)
        .filter(|id| model.is_in(*id, place))
        .collect()
}

impl Step {
    fn check(&self, id: &Ref, path: &str, model: &Model, issues: &mut Issues) {
        check_crew(&self.crew, model, &format!("{path} › crew"), issues);
        self.does.check(&format!("{path} › does"), model, issues);
        if let (OnBlocked::GiveUp { .. }, OnStepError::Retry) = (&self.on_blocked, self.on_error)
            && self.errs > Share::NONE
        {
            let message = "a step that is given up when blocked cannot be retried when it goes wrong";
            let issue = Issue::error("contradiction", id.span, message).at(path);
            issues.push(issue.help("write `on-error: give-up`, or leave out `errs`"));
        }
        if !matches!(self.on_blocked, OnBlocked::Wait) && self.needs.is_empty() {
            let message = format!(
                "`{}` needs no tool, so that `on-blocked` does nothing",
                id.as_str()
            );
            issues
                .push(Issue::warning("without-effect", id.span, message).at(format!("{path} › on-blocked")));
        }
        if self.errs == Share::ALL && self.on_error == OnStepError::Retry {
            let message = format!(
                "`{}` always goes wrong, so that it is retried for ever",
                id.as_str()
            );
            issues.push(Issue::error("out-of-bounds", id.span, message).at(format!("{path} › errs")));
        }
    }

    fn kernel_on_error(&self) -> OnError {
        match (self.on_error, &self.on_blocked) {
            (OnStepError::GiveUp, _) | (_, OnBlocked::GiveUp { .. }) => OnError::GiveUp,
            (OnStepError::Retry, _) => OnError::Retry,
        }
    }

    /// The ways of doing it: with its tools; and after the patience without them, or not at all.
    fn ways(&self, low: &mut Lowering<'_>, tile: TileKind) -> (Vec<Way>, Vec<TileKind>) {
        let access = self
            .access
            .iter()
            .map(|place| (low.named(place).open.expect("a place can be open"), Reading::Flag));
        let access: Vec<Input> = access.collect();
        let tools = low.up_inputs(self.needs.iter());
        let crew = low.crew_heads(&self.crew);
        let by_the_book = Way {
            name: "by the book".to_owned(),
            needs: tools.into_iter().chain(access.iter().copied()).collect(),
            crew: crew.clone(),
            takes: Takes::Once(self.takes.law()),
            errs_ppm: self.errs.ppm(),
            patience_us: u64::MAX,
            ..Way::default()
        };
        match &self.on_blocked {
            OnBlocked::Wait => (vec![by_the_book], vec![tile]),
            OnBlocked::Improvise { after, takes, errs } => {
                let improvised = Way {
                    name: "improvised".to_owned(),
                    needs: access,
                    crew,
                    takes: Takes::Once(takes.law()),
                    errs_ppm: errs.ppm(),
                    patience_us: u64::MAX,
                    ..Way::default()
                };
                let by_the_book = Way {
                    patience_us: after.us(),
                    ..by_the_book
                };
                (vec![by_the_book, improvised], vec![tile, TileKind::Improvising])
            }
            OnBlocked::GiveUp { after } => {
                // A way that takes no time and always goes wrong: the call has then failed, and nothing was done.
                let given_up = Way {
                    name: "given up".to_owned(),
                    needs: Vec::new(),
                    crew: Vec::new(),
                    takes: Takes::Once(Law::fixed_us(1)),
                    errs_ppm: FULL_PPM,
                    patience_us: u64::MAX,
                    ..Way::default()
                };
                let by_the_book = Way {
                    patience_us: after.us(),
                    ..by_the_book
                };
                (vec![by_the_book, given_up], vec![tile, TileKind::Blocked])
            }
        }
    }
}

/// One step, for the agent: its work, and the steps before it.
#[derive(Debug)]
struct Row {
    work: WorkId,
    after: Vec<usize>,
}

/// Goes through the steps of a procedure once. A register per step tells how far it is.
#[derive(Debug)]
struct Following {
    begins: NodeId,
    rows: Vec<Row>,
}

const CALLED: i64 = 1;
const OVER: i64 = 2;

impl Agent for Following {
    fn registers(&self) -> usize {
        self.rows.len()
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        if let Wake::Done(work) | Wake::Failed(work) | Wake::TimedOut(work) = why
            && let Some(step) = self.rows.iter().position(|row| row.work == work)
        {
            registers[step] = OVER;
        }
        if view.value(self.begins) == 0 {
            if registers.iter().all(|&step| step == OVER) {
                // Gone through to the end, and the team has stood down: the next time it begins from the start.
                registers.fill(0);
            }
            return;
        }
        for (step, row) in self.rows.iter().enumerate() {
            if registers[step] == 0 && row.after.iter().all(|before| registers[*before] == OVER) {
                registers[step] = CALLED;
                orders.call(
                    row.work,
                    u32::try_from(step).expect("a procedure has fewer than 2^32 steps"),
                );
            }
        }
    }
}
