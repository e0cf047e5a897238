//! Pools: counted servers of one kind in one place.

use super::{COOLING, FEEDING, PLACES, SERVICES, TEAMS, check_twice};
use super::{flow, seen, thermal};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{
    Call, Effect, ItemState, NodeId, OnError, Policy, Reading, StarterSpec, Takes, Way, WorkSpec,
};
use crate::model::{
    Class, Component, Crew, CrewInfo, DrawnPart, EntityId, Handles, Kind, Lowering, Model, Ref, References,
    Refs, Servers, Stage, TileKind, Viewpoint, check_crew, read_component, schema_of,
};
use crate::quantity::{Count, Power, Rate, Share};
use crate::random::{Law, LawInput};
use schemars::JsonSchema;
use serde::Deserialize;

/// A pool of equal servers in one place, counted, never listed. They lose what they ran at once when power or cooling goes,
/// and are then booted in batches.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pool {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where its servers stand.
    pub r#in: Ref,
    /// How many servers it has.
    pub servers: Count,
    /// What feeds it, any one of which is enough; without any it always has power.
    #[serde(default)]
    pub fed_by: Refs,
    /// What one server draws while it is on; without it, nothing is known of what it draws. What feeds the pool carries what all of them draw;
    /// of several feeds those that are live carry the same.
    pub draws: Option<Power>,
    /// What one server draws while it is being booted; without it, nothing until it is on.
    pub draws_starting: Option<Power>,
    /// How many cords each server has; without it, as many as there are feeds.
    pub cords: Option<Cords>,
    /// The cooling plants that keep it fit, any one of which is enough; without any it never gets too hot.
    #[serde(default)]
    pub cooled_by: Refs,
    /// The share of servers that are found dead when they are booted.
    pub dead_on_arrival: Share,
    /// The most servers that are booted as one batch; a batch lands as a whole.
    pub batch: Count,
    /// How servers that are off are booted. Describing one way leaves out the other; describing none is the library's automated way.
    pub boot: Boot,
    /// How servers that were found dead are repaired; they are booted after that.
    pub repair: Repair,
}

/// How many cords a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cords {
    /// One, to the only feed.
    Single,
    /// Two, one to each of two feeds; either carries all of it when the other is dead.
    Dual,
}

/// How the servers of a pool are booted: by a tool while what it needs is up, otherwise by hand.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Boot {
    /// By a tool, one batch of the pool after the other.
    pub automated: Option<Automated>,
    /// By hand, as many batches side by side as the crew has heads; used only while the automated way's tools are down.
    pub by_hand: Option<ByHand>,
}

/// Booting by a tool.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Automated {
    /// The services (the tools) that must be up when a batch begins.
    #[serde(default)]
    pub needs: Refs,
    /// How many servers of the pool it boots in a time.
    pub rate: Rate,
}

/// Booting by people on site; needs the place to be open.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ByHand {
    /// Who works on one batch, side by side: teams and heads.
    pub crew: Crew,
    /// How long one head takes for one server.
    pub each: LawInput,
}

/// Repairing dead servers, one by one; needs the place to be open.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repair {
    /// Who repairs one server: teams and heads. Without anybody one server after the other is repaired by hands that are not counted.
    #[serde(default)]
    pub crew: Crew,
    /// How long one head takes for one server.
    pub each: LawInput,
}

/// The section `pools`.
pub const KIND: Kind = Kind {
    section: "pools",
    noun: "pool",
    docs: "A pool of equal servers in one place, counted, never listed. They go off at once when power or cooling goes, and are then \
           booted in batches, those first whose services matter most. What is on is shared among services by their rank.",
    example: "blackstart: 1\nsites: {alpha: {}}\npools:\n  web-a: {in: alpha, servers: 400, batch: 20, boot: {automated: {needs: \
              deploy, rate: 300 /h}, by-hand: {crew: {sre: 1}, each: 4 min}}}\nservices: {deploy: {tier: internal}}\nteams: {sre: {heads: 8}}\n",
    nested: &[],
    alternatives: &["boot"],
    stratum: None,
    class: Class::Direct,
    schema: schema_of::<Pool>,
    read: read_component::<Pool>,
};

impl Component for Pool {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        Some(&self.r#in)
    }

    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, PLACES, "in");
        out.many(&self.fed_by, FEEDING, "fed-by");
        out.many(&self.cooled_by, COOLING, "cooled-by");
        if let Some(automated) = &self.boot.automated {
            out.many(&automated.needs, SERVICES, "boot › automated › needs");
        }
        if let Some(by_hand) = &self.boot.by_hand {
            out.crew(&by_hand.crew, TEAMS, "boot › by-hand › crew");
        }
        out.crew(&self.repair.crew, TEAMS, "repair › crew");
    }

    fn upstream(&self) -> Vec<&Ref> {
        let tools = self
            .boot
            .automated
            .iter()
            .flat_map(|automated| automated.needs.iter());
        self.fed_by
            .iter()
            .chain(self.cooled_by.iter())
            .chain(tools)
            .collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        let mut wrong = |field: &str, message: String| {
            issues.push(Issue::error("out-of-bounds", entity.span, message).at(format!("{path} › {field}")));
        };
        if !(1..=SERVERS_MAX).contains(&self.servers.get()) {
            wrong(
                "servers",
                format!(
                    "`{}` has {} servers; from 1 to {SERVERS_MAX} are possible",
                    entity.id, self.servers
                ),
            );
        }
        if self.batch.get() < 1 {
            wrong(
                "batch",
                format!("a batch of `{}` boots at least one server", entity.id),
            );
        }
        match (&self.boot.automated, &self.boot.by_hand) {
            (None, None) => wrong(
                "boot",
                format!("there is no way of booting the servers of `{}`", entity.id),
            ),
            (Some(automated), _) if automated.rate.interval().is_none() => {
                wrong(
                    "boot › automated › rate",
                    format!("at this rate no server of `{}` is ever booted", entity.id),
                );
            }
            _ => {}
        }
        if let Some(by_hand) = &self.boot.by_hand {
            check_crew(
                &by_hand.crew,
                model,
                &format!("{path} › boot › by-hand › crew"),
                issues,
            );
            if by_hand.crew.is_empty() {
                let message = format!("nobody boots the servers of `{}` by hand", entity.id);
                let issue = Issue::error("nobody-asked", entity.span, message)
                    .at(format!("{path} › boot › by-hand › crew"));
                issues.push(issue.help("name a team and how many heads work on one batch: `crew: {sre: 1}`"));
            }
            if self
                .boot
                .automated
                .as_ref()
                .is_some_and(|automated| automated.needs.is_empty())
            {
                let message = format!(
                    "`{}` is never booted by hand: its automated way needs nothing",
                    entity.id
                );
                issues.push(
                    Issue::warning("without-effect", entity.span, message)
                        .at(format!("{path} › boot › by-hand")),
                );
            }
        }
        check_crew(
            &self.repair.crew,
            model,
            &format!("{path} › repair › crew"),
            issues,
        );
        self.check_draws(me, model, issues);
        if self.draws.is_none() && thermal::room(model, me).is_some() {
            let message = format!("the servers of `{}` give off no heat", entity.id);
            let issue = Issue::warning("heat-untold", entity.span, message).at(path.clone());
            issues.push(issue.help("say what each draws: `draws: 350 W`"));
        }
        check_twice(self.fed_by.iter(), &format!("{path} › fed-by"), issues);
        check_twice(self.cooled_by.iter(), &format!("{path} › cooled-by"), issues);
    }

    fn flows(&self) -> bool {
        self.draws.is_some()
    }

    fn draws_w_max(&self, _model: &Model) -> Option<i64> {
        let each = self.draws?.max(self.draws_starting.unwrap_or(Power::ZERO));
        Some(each.w().saturating_mul(self.servers.get()))
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let body = low.unit(me, "");
        let supplied = low.all(me, "supplied", &[(body, Reading::Flag)]);
        let count = self.servers.get();
        let stage = Stage {
            label: format!("boot {}", low.model.entity(me).label()),
            tile: TileKind::Booting,
        };
        let on = low.starter(
            me,
            "on",
            StarterSpec::by_work(count, self.dead_on_arrival.ppm()),
            stage,
        );
        low.net.require(on, supplied, Reading::Flag);
        let (name, tag) = low.part(me, "servers");
        let balance = low.net.balance(name, tag, Policy::Priority);
        low.net.supply(balance, on, Reading::Amount, 1);
        let draws = self.drawn(low, me, on);
        *low.of_mut(me) = Handles {
            body: vec![body],
            power: Some(body),
            servers: Some(Servers {
                on,
                count,
                balance,
                supplied,
            }),
            alarm: Some((supplied, Reading::Not)),
            lost: Some((on, count)),
            draws,
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let servers = low.of(me).servers.expect("a pool has servers");
        low.also_place(me, servers.supplied);
        low.also_any(me, "fed", servers.supplied, &self.fed_by);
        flow::draw(low, me, &self.fed_by);
        low.also_any(me, "cooled", servers.supplied, &self.cooled_by);
        thermal::wire_pool(low, me, servers.supplied);
        let serves = low.serves(me);
        self.wire_boot(low, me, servers, serves.clone());
        self.wire_repair(low, me, servers, serves);
    }
}

/// At most so many servers stand in one pool: their boot times are summed up in floating numbers.
pub const SERVERS_MAX: i64 = 100_000_000;

impl Pool {
    /// Reports what servers cannot draw, and cords that do not suit the feeds.
    fn check_draws(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        for (field, draws) in [("draws", self.draws), ("draws-starting", self.draws_starting)] {
            if draws == Some(Power::ZERO) {
                let message = format!("a server of `{}` would draw nothing", entity.id);
                let issue = Issue::error("out-of-bounds", entity.span, message);
                issues.push(issue.at(format!("{path} › {field}")));
            }
        }
        if self.draws.is_none() && self.draws_starting.is_some() {
            let message = format!(
                "it is not said what a server of `{}` draws once it is on",
                entity.id
            );
            let issue = Issue::error("missing-field", entity.span, message).at(path.clone());
            issues.push(issue.help("add `draws: 350 W`"));
        }
        let feeds = self.fed_by.0.len();
        let (code, message, help) = match (self.cords, feeds) {
            (Some(Cords::Dual), 0 | 1) => (
                "dual-cord-one-feed",
                format!(
                    "each server of `{}` has two cords, and there is {} to plug them into",
                    entity.id,
                    if feeds == 0 { "no feed" } else { "one feed" }
                ),
                "name two: `fed-by: [pdu-a, pdu-b]`, or write `cords: single`",
            ),
            (Some(Cords::Dual), 3..) => (
                "contradiction",
                format!("each server of `{}` has two cords for {feeds} feeds", entity.id),
                "name two feeds, or leave out `cords`: then each server has a cord to each",
            ),
            (Some(Cords::Single), 2..) => (
                "contradiction",
                format!("each server of `{}` has one cord for {feeds} feeds", entity.id),
                "let a transfer switch choose between them, or describe a pool for each",
            ),
            _ => return,
        };
        let issue = Issue::error(code, entity.span, message).at(format!("{path} › cords"));
        issues.push(issue.help(help));
    }

    /// What its servers draw: those that are on, and those that are being booted.
    fn drawn(&self, low: &mut Lowering<'_>, me: EntityId, on: NodeId) -> Vec<DrawnPart> {
        let Some(draws) = self.draws else {
            return Vec::new();
        };
        let part = |from: NodeId, draws: Power| DrawnPart {
            from,
            reading: Reading::Amount,
            each_w: draws.w(),
        };
        let mut parts = vec![part(on, draws)];
        if let Some(starting) = self.draws_starting {
            let (name, tag) = low.part(me, "booting");
            let booting = low.net.state_of(on, ItemState::BeingStarted, name, tag);
            parts.push(part(booting, starting));
        }
        parts
    }

    fn wire_boot(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        servers: Servers,
        serves: Vec<(u32, NodeId, i64)>,
    ) {
        let label = format!("boot {}", low.model.entity(me).label());
        let (name, tag) = low.part(me, "off");
        low.net.state_of(servers.on, ItemState::Off, name, tag);
        let mut ways = Vec::new();
        let mut tiles = Vec::new();
        if let Some(automated) = &self.boot.automated {
            // One batch of the pool after the other: the tool is a crew of one.
            let line = low.unit(me, "boot-line");
            let info = CrewInfo {
                label: format!("automated boot of {}", low.model.entity(me).label()),
                tile: TileKind::Booting,
            };
            let line = low.crew(me, "boot-line-crew", vec![line], info);
            let interval = automated
                .rate
                .interval()
                .expect("the rate was checked not to be nothing");
            let here = Viewpoint::Site(low.model.site(me));
            let needs = seen::ups(low, automated.needs.iter(), here);
            ways.push(Way {
                name: "automated".to_owned(),
                needs,
                crew: vec![(line, 1)],
                takes: Takes::EachItem {
                    law: Law::fixed_us(interval.us()),
                    heads: 1,
                },
                errs_ppm: 0,
                patience_us: if self.boot.by_hand.is_some() { 0 } else { u64::MAX },
                ..Way::default()
            });
            tiles.push(TileKind::Booting);
        }
        if let Some(by_hand) = &self.boot.by_hand {
            ways.push(Way {
                name: "by hand".to_owned(),
                needs: low.open_input(me).into_iter().collect(),
                crew: low.crew_heads(&by_hand.crew),
                takes: Takes::EachItem {
                    law: by_hand.each.law(),
                    heads: by_hand.crew.heads(),
                },
                errs_ppm: 0,
                patience_us: u64::MAX,
                ..Way::default()
            });
            tiles.push(TileKind::Booting);
        }
        let spec = WorkSpec {
            call: Call::Backlog(servers.on, ItemState::Off),
            goal: None,
            keep: Some((servers.supplied, Reading::Flag)),
            ways,
            effects: vec![Effect::StartItems(servers.on)],
            on_error: OnError::Retry,
            batch: self.batch.get(),
            lanes: u32::MAX,
            serves,
            ..WorkSpec::default()
        };
        low.work(me, "boot", spec, label, tiles);
    }

    fn wire_repair(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        servers: Servers,
        serves: Vec<(u32, NodeId, i64)>,
    ) {
        let label = format!("repair servers of {}", low.model.entity(me).label());
        let (name, tag) = low.part(me, "dead");
        low.net.state_of(servers.on, ItemState::Dead, name, tag);
        let way = Way {
            name: "by hand".to_owned(),
            needs: low.open_input(me).into_iter().collect(),
            crew: low.crew_heads(&self.repair.crew),
            takes: Takes::EachItem {
                law: self.repair.each.law(),
                heads: self.repair.crew.heads().max(1),
            },
            errs_ppm: 0,
            patience_us: u64::MAX,
            ..Way::default()
        };
        let spec = WorkSpec {
            call: Call::Backlog(servers.on, ItemState::Dead),
            goal: None,
            keep: None,
            ways: vec![way],
            effects: vec![Effect::RepairItems(servers.on)],
            on_error: OnError::Retry,
            batch: 1,
            lanes: if self.repair.crew.is_empty() { 1 } else { u32::MAX },
            serves,
            ..WorkSpec::default()
        };
        low.work(me, "repair", spec, label, vec![TileKind::Working]);
    }
}
