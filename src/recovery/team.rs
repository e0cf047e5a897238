//! Teams and outsiders: they learn that something is amiss, are reached, and come.

use super::notice::{self, LearningWay, Raise, raise};
use crate::component::{SERVICES, check_twice};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{NodeId, Reading};
use crate::model::{
    Class, Component, CrewInfo, EntityId, Handles, Input, Kind, Lowering, Model, References, Refs, Stratum,
    TileKind, read_component, schema_of,
};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use crate::scenario::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// People outside the own organisation (landlord, vendor, brigade): described and working as a team is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Outsider(pub Team);

/// A team of people. It works once it has learnt that something is amiss, was reached through a live channel, and has come.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Team {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// How many people it has.
    pub heads: u32,
    /// How many of them are on call and come first; all of them if not given.
    pub on_call: Option<u32>,
    /// How long those on call take to come (or to sit down at a keyboard) once reached.
    pub joins: LawInput,
    /// How long the others take to come once the team is reached.
    pub others_join: LawInput,
    /// The channels through which it is reached, in order: services (a messenger, a mail system), or `phone`, which always works.
    pub reached_by: Refs,
    /// How long it takes to reach somebody through a channel that is live.
    pub answers: LawInput,
    /// How long a dead channel is tried before the next one is.
    pub patience: SimDuration,
    /// How long it stays once nothing is amiss any more. After that it stands down: for the next loss it has to learn of it, be reached and
    /// come again.
    pub stands_down: SimDuration,
    /// The ways in which it learns that something is amiss, all at once; the first to succeed counts.
    pub learns: BTreeMap<Id, LearningWay>,
}

const TEAM_DOCS: &str = "A team of people. It works once it has learnt that something is amiss, was reached through a live channel, \
                         and has come: first those on call, then the others.";

/// The section `teams`.
pub const TEAMS: Kind = Kind {
    section: "teams",
    noun: "team",
    docs: TEAM_DOCS,
    example: "blackstart: 1\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 120}}\nservices: {staff-chat: {tier: internal, \
              runs-on: {web-a: {active: 2}}}, monitoring: {tier: internal, runs-on: {web-a: {active: 2}}}}\nteams:\n  sre:\n    heads: \
              8\n    on-call: 2\n    joins: {lognormal: {median: 12 min, p90: 35 min}}\n    reached-by: [staff-chat, phone]\n    learns: \
              {alarms: {needs: monitoring, after: 3 min}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::People),
    class: Class::Human,
    schema: schema_of::<Team>,
    read: read_component::<Team>,
};

/// The section `outsiders`.
pub const OUTSIDERS: Kind = Kind {
    section: "outsiders",
    noun: "team of outsiders",
    docs: "People outside the own organisation (landlord, vendor, brigade): described and working as a team is.",
    example: "blackstart: 1\nsites: {alpha: {}}\noutsiders: {landlord: {heads: 3, learns: {alarm: {after: 2 min}}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Human,
    schema: schema_of::<Outsider>,
    read: read_component::<Outsider>,
};

/// A channel that always works, unless the design has a service of this name.
const PHONE: &str = "phone";

/// At most so many heads has one team.
const HEADS_MAX: u32 = 1_000_000;

impl Component for Outsider {
    fn name(&self) -> Option<&str> {
        self.0.name()
    }

    fn references(&self, out: &mut References<'_>) {
        self.0.references(out);
    }

    fn heads(&self) -> Option<u32> {
        self.0.heads()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        self.0.check(me, model, issues);
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        self.0.declare(low, me);
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        self.0.wire(low, me);
    }
}

impl Team {
    fn first(&self) -> u32 {
        self.on_call.unwrap_or(self.heads)
    }
}

impl Component for Team {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        for channel in self.reached_by.iter().filter(|channel| channel.as_str() != PHONE) {
            out.one(channel, SERVICES, "reached-by");
        }
        notice::references(&self.learns, "learns", out);
    }

    fn heads(&self) -> Option<u32> {
        Some(self.heads)
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let error = |code: &'static str, field: &str, message: String| {
            Issue::error(code, entity.span, message).at(format!("{} › {field}", entity.path()))
        };
        if !(1..=HEADS_MAX).contains(&self.heads) {
            let message = format!(
                "`{}` has {} heads; from 1 to {HEADS_MAX} are possible",
                entity.id, self.heads
            );
            issues.push(error("out-of-bounds", "heads", message));
        }
        if self.first() > self.heads {
            let message = format!(
                "{} of the {} heads of `{}` are on call",
                self.first(),
                self.heads,
                entity.id
            );
            issues.push(error("more-needed-than-there-are", "on-call", message));
        } else if self.first() == 0 {
            let message = format!(
                "nobody of `{}` is on call, so that nobody can be reached",
                entity.id
            );
            issues.push(error("out-of-bounds", "on-call", message));
        }
        if self.reached_by.is_empty() {
            let issue = error(
                "nobody-asked",
                "reached-by",
                format!("there is no channel to `{}`", entity.id),
            );
            issues.push(issue.help("write `reached-by: [staff-chat, phone]`"));
        }
        check_twice(
            self.reached_by.iter(),
            &format!("{} › reached-by", entity.path()),
            issues,
        );
        notice::check(&self.learns, "learns", me, model, issues);
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let label = low.model.entity(me).label().to_owned();
        let parts = [("on-call", self.first()), ("others", self.heads - self.first())];
        let heads: Vec<(NodeId, i64)> = parts
            .into_iter()
            .filter(|&(_, count)| count > 0)
            .map(|(part, count)| {
                let count = i64::from(count);
                (low.held_unit(me, part, count, NOT_THERE), count)
            })
            .collect();
        let body: Vec<NodeId> = heads.iter().map(|&(node, _)| node).collect();
        let reached = low.held_unit(me, "reached", 1, UNREACHED);
        let crew = low.crew(
            me,
            "crew",
            body.clone(),
            CrewInfo {
                label,
                tile: TileKind::Queue,
            },
        );
        *low.of_mut(me) = Handles {
            body,
            crew: Some(crew),
            heads,
            reached: Some((reached, Reading::Flag)),
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let label = low.model.entity(me).label().to_owned();
        let handles = low.of(me).clone();
        let reached = handles.reached.expect("a team can be reached").0;
        let alarms: Vec<Input> = low
            .model
            .entities_with_ids()
            .filter(|&(id, _)| low.model.hang_together(me, id))
            .filter_map(|(id, _)| low.of(id).alarm)
            .collect();
        let amiss = low.any(me, "amiss", &alarms);
        let noticed = notice::noticed(low, me, (amiss, Reading::Flag), &self.learns);
        self.wire_stand_down(low, me, amiss, noticed);

        let last = self.reached_by.iter().count().saturating_sub(1);
        let channels = self.reached_by.iter().enumerate().map(|(place, channel)| {
            let needs = low
                .model
                .find(channel.as_str())
                .map(|service| low.up_input(service))
                .into_iter()
                .collect();
            let patience_us = if place == last {
                u64::MAX
            } else {
                self.patience.us()
            };
            (channel.to_string(), needs, self.answers.law(), patience_us)
        });
        let ways = channels.collect();
        let work = Raise {
            flag: reached,
            reason: UNREACHED,
            when: (noticed, Reading::Flag),
            ways,
        };
        raise(
            low,
            me,
            "reach",
            format!("reaching {label}"),
            TileKind::Reaching,
            work,
        );

        let parts = [
            ("join", "on their way", self.joins.law()),
            ("others-join", "the others on their way", self.others_join.law()),
        ];
        for ((part, words, takes), &flag) in parts.into_iter().zip(&handles.body) {
            let ways = vec![("come".to_owned(), Vec::new(), takes, u64::MAX)];
            let work = Raise {
                flag,
                reason: NOT_THERE,
                when: (reached, Reading::Flag),
                ways,
            };
            raise(
                low,
                me,
                part,
                format!("{label}: {words}"),
                TileKind::Joining,
                work,
            );
        }
    }
}

impl Team {
    /// The work that sends the team home once nothing has been amiss for a while in its part of the design: no alarm, and every server is on.
    fn wire_stand_down(&self, low: &mut Lowering<'_>, me: EntityId, amiss: NodeId, noticed: NodeId) {
        let mut quiet = vec![(amiss, Reading::Not)];
        let pools = low
            .model
            .entities_with_ids()
            .filter(|&(id, _)| low.model.hang_together(me, id))
            .filter_map(|(id, _)| low.of(id).servers);
        quiet.extend(pools.map(|servers| (servers.on, Reading::AtLeast(servers.count))));
        let at_rest = low.all(me, "at-rest", &quiet);
        let handles = low.of(me).clone();
        let reached = handles.reached.expect("a team can be reached").0;
        let mut lowered = vec![(noticed, notice::UNAWARE), (reached, UNREACHED)];
        lowered.extend(handles.body.into_iter().map(|heads| (heads, NOT_THERE)));
        let label = format!("{} stands down", low.model.entity(me).label());
        notice::lower(
            low,
            me,
            label,
            (at_rest, Reading::Flag),
            noticed,
            &lowered,
            self.stands_down.us(),
        );
    }
}

/// Why a team has not been reached yet.
const UNREACHED: &str = "unreached";
/// Why the heads of a team do not work yet.
const NOT_THERE: &str = "not-there";
