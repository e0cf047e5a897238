//! The compiled scenario: the network, and what its numbers are called.

use super::{Design, StartCircle, not_described, start_circles};
use crate::component::Pool;
use crate::kernel::{Netlist, NodeId};
use crate::model::{
    AgentInfo, Annual, Class, Clock, CrewInfo, Drawn, EntityId, Lowering, Measured, Model, Profile, Promise,
    RecordBlock, Ref, Stage, Tier, TileKind, WorkInfo,
};
use crate::scenario::{NumberCounts, Resolved, Spanned};
use std::collections::BTreeMap;

/// How long a service must stay recovered in years of ordinary life, unless it says otherwise: 24 hours, in microseconds.
const SETTLED_IN_YEARS_US: u64 = 86_400_000_000;

/// A thing of the design, by its number: the owner in the tags of its nodes.
#[derive(Clone, Debug)]
pub struct EntityInfo {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The section in which it is described.
    pub section: &'static str,
    /// The number of the place in which it stands.
    pub place: Option<u32>,
    /// The class of a loss of which it is the first link back.
    pub class: Class,
    /// What tells whether it has lost its function: the node, and the least value that counts as good.
    pub lost: Option<(NodeId, i64)>,
    /// What counts how much of it is open, if it opens in an overload.
    pub opens: Option<NodeId>,
    /// How many items it counts, if it is counted.
    pub items: Option<i64>,
}

/// A service.
#[derive(Clone, Debug)]
pub struct ServiceInfo {
    /// Its number among the entities.
    pub entity: u32,
    /// Its level, in parts per million.
    pub level: NodeId,
    /// Its tier; `None` for a tool.
    pub tier: Option<u8>,
    /// How many users it has.
    pub users: i64,
    /// How many of them there are at what time, if that changes.
    pub profile: Option<Profile>,
    /// The level below which it is down, in parts per million.
    pub down_below_ppm: i64,
    /// The level from which it is recovered, in parts per million.
    pub recovered_at_ppm: i64,
    /// How long it must stay recovered for that to count, in microseconds; `None`: to the horizon, and at least an hour. In years of
    /// ordinary life there is always a length.
    pub settled_for_us: Option<u64>,
    /// Its recovery time objective, in microseconds.
    pub rto_us: Option<u64>,
}

/// What draws power.
#[derive(Clone, Copy, Debug)]
pub struct LoadInfo {
    /// Its place in [`Compiled::services`].
    pub service: usize,
    /// What it draws and what it gets, in watts.
    pub drawn: Drawn,
}

/// A pool of servers.
#[derive(Clone, Debug)]
pub struct PoolInfo {
    /// Its number among the entities.
    pub entity: u32,
    /// How many of its servers are on.
    pub on: NodeId,
    /// How many it has.
    pub servers: i64,
    /// The number of the place in which it stands.
    pub place: Option<u32>,
}

/// A promise.
#[derive(Clone, Debug)]
pub struct TargetInfo {
    /// Its id.
    pub id: String,
    /// What happens, as far as the promise names it.
    pub given: Option<String>,
    /// The service, as a place in [`Compiled::services`].
    pub service: usize,
    /// What is promised.
    pub promise: Promise,
    /// How sure the verdict must be.
    pub confidence: f64,
}

/// Something observed.
#[derive(Clone, Debug)]
pub struct RecordInfo {
    /// Its id.
    pub id: String,
    /// Where it is known from.
    pub source: Option<String>,
    /// Whether inputs were tuned to it.
    pub tuned: bool,
    /// What was observed.
    pub what: RecordWhat,
}

/// What was observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordWhat {
    /// An outage of a service.
    Outage {
        /// The service, as a place in [`Compiled::services`].
        service: usize,
        /// When it was lost, in microseconds.
        lost_at_us: u64,
        /// How long it was lost at least, in microseconds.
        rta_low_us: u64,
        /// How long it was lost at most, in microseconds.
        rta_high_us: u64,
    },
    /// How many servers were on.
    ServersOn {
        /// The pools that were counted, as places in [`Compiled::pools`].
        pools: Vec<usize>,
        /// When, in microseconds.
        at_us: u64,
        /// How many.
        count: i64,
    },
}

/// What lowering told about the network.
#[derive(Debug)]
pub(super) struct Told {
    entities: Vec<EntityInfo>,
    levels: Vec<Option<NodeId>>,
    ons: Vec<Option<NodeId>>,
    drawn: Vec<Option<Drawn>>,
    works: Vec<WorkInfo>,
    agents: Vec<AgentInfo>,
    crews: Vec<CrewInfo>,
    stages: BTreeMap<NodeId, Stage>,
}

impl Told {
    pub(super) fn new(low: &mut Lowering<'_>) -> Self {
        let info = |(id, entity): (EntityId, &crate::model::Entity)| EntityInfo {
            id: entity.id.clone(),
            name: entity.label().to_owned(),
            section: entity.kind.section,
            place: entity.place.map(|place| place.0),
            class: entity.kind.class,
            lost: low.of(id).lost,
            opens: low.of(id).opens.map(|(_, open)| open),
            items: low.of(id).servers.map(|servers| servers.count),
        };
        let ids = || low.model.entities_with_ids().map(|(id, _)| id);
        Self {
            entities: low.model.entities_with_ids().map(info).collect(),
            levels: ids().map(|id| low.of(id).level.map(|(node, _)| node)).collect(),
            ons: ids()
                .map(|id| low.of(id).servers.map(|servers| servers.on))
                .collect(),
            drawn: ids().map(|id| low.of(id).drawn).collect(),
            works: std::mem::take(&mut low.works),
            agents: std::mem::take(&mut low.agents),
            crews: std::mem::take(&mut low.crews),
            stages: std::mem::take(&mut low.stages),
        }
    }
}

/// A scenario ready to run, and everything that reports need to speak of it.
pub struct Compiled {
    /// The network.
    pub net: Netlist,
    /// All things, by the owner in the tags of nodes.
    pub entities: Vec<EntityInfo>,
    /// All that is served to somebody, by sorted id: services, tools included, and loads.
    pub services: Vec<ServiceInfo>,
    /// All loads, by sorted id.
    pub loads: Vec<LoadInfo>,
    /// All pools, by sorted id.
    pub pools: Vec<PoolInfo>,
    /// All works, by their number in the network.
    pub works: Vec<WorkInfo>,
    /// All agents, by their number in the network.
    pub agents: Vec<AgentInfo>,
    /// All crews, by their number in the network.
    pub crews: Vec<CrewInfo>,
    /// What nodes' own stages are called.
    pub stages: BTreeMap<NodeId, Stage>,
    /// The promises, by sorted id.
    pub targets: Vec<TargetInfo>,
    /// What was observed, by sorted id.
    pub record: Vec<RecordInfo>,
    /// The ids of what happens, sorted.
    pub happens: Vec<String>,
    /// When it begins, if that is a time on the calendar.
    pub clock: Option<Clock>,
    /// Whether nothing runs when a replication begins.
    pub from_dark: bool,
    /// If so: the circles of things that wait for each other to start, each as names in a way round.
    pub start_circles: Vec<Vec<String>>,
    /// How long a replication is watched, in microseconds; in years of ordinary life all of it, warm-up and tail included.
    pub horizon_us: u64,
    /// The years, if it is years of ordinary life.
    pub annual: Option<Annual>,
    /// What people call it.
    pub title: Option<String>,
    /// What was left out, a sentence each.
    pub not_described: Vec<String>,
    /// Its numbers, by who wrote them and how well they are founded.
    pub numbers: NumberCounts,
    /// The scenario with everything worked in.
    pub resolved: Resolved,
}

/// The network of a design. It cannot fail: what could was found when the design was validated.
pub fn compile(design: Design) -> Compiled {
    let Design {
        model,
        numbers,
        resolved,
        lowered: (told, net),
    } = design;
    let model = &model;
    let measured = model
        .entities_with_ids()
        .filter_map(|(id, entity)| Some((id, entity.component.measured()?)));
    let services: Vec<ServiceInfo> = measured
        .map(|(id, of)| service_info(id, of, model, &told))
        .collect();
    let loads = services.iter().enumerate().filter_map(|(service, info)| {
        let drawn = told.drawn[info.entity as usize]?;
        Some(LoadInfo { service, drawn })
    });
    let loads = loads.collect();
    let pools: Vec<PoolInfo> = model
        .all::<Pool>()
        .map(|(id, pool)| PoolInfo {
            entity: id.0,
            on: told.ons[id.index()].expect("a pool has servers"),
            servers: pool.servers.get(),
            place: model.entity(id).place.map(|place| place.0),
        })
        .collect();
    let service_at = |name: &Ref| {
        let id = model.resolve(name);
        services
            .iter()
            .position(|service| service.entity == id.0)
            .expect("references were resolved to services")
    };
    let us = |moment: &Spanned<_>| model.moment_us(moment, "").expect("times were checked");
    let targets = model.head.targets.iter().map(|(id, target)| TargetInfo {
        id: id.to_string(),
        given: target.given.as_ref().map(ToString::to_string),
        service: service_at(&target.service),
        promise: target.promise().expect("promises were checked"),
        confidence: target.confidence.fraction(),
    });
    let record = model.head.record.iter().map(|(id, block)| match block {
        RecordBlock::Outage {
            service,
            lost_at,
            back_at,
            back_by,
            source,
            tuned,
        } => RecordInfo {
            id: id.to_string(),
            source: source.clone(),
            tuned: *tuned,
            what: RecordWhat::Outage {
                service: service_at(service),
                lost_at_us: us(lost_at),
                rta_low_us: us(back_at) - us(lost_at),
                rta_high_us: us(back_by.as_ref().unwrap_or(back_at)) - us(lost_at),
            },
        },
        RecordBlock::ServersOn {
            r#in,
            at,
            count,
            source,
            tuned,
        } => {
            let place = model.resolve(r#in);
            let inside = |(_, pool): &(usize, &PoolInfo)| model.is_in(EntityId(pool.entity), place);
            let counted = pools
                .iter()
                .enumerate()
                .filter(inside)
                .map(|(at, _)| at)
                .collect();
            let what = RecordWhat::ServersOn {
                pools: counted,
                at_us: us(at),
                count: count.get(),
            };
            RecordInfo {
                id: id.to_string(),
                source: source.clone(),
                tuned: *tuned,
                what,
            }
        }
    });
    Compiled {
        targets: targets.collect(),
        record: record.collect(),
        happens: model
            .happens
            .iter()
            .map(|happening| happening.id.clone())
            .collect(),
        net,
        entities: told.entities,
        services,
        loads,
        pools,
        works: told.works,
        agents: told.agents,
        crews: told.crews,
        stages: told.stages,
        clock: model.head.clock.clone(),
        from_dark: model.head.from_dark,
        start_circles: if model.head.from_dark {
            circles(model)
        } else {
            Vec::new()
        },
        horizon_us: model.head.annual.map_or(model.head.horizon_us, |annual| {
            annual.end_us() + SETTLED_IN_YEARS_US
        }),
        annual: model.head.annual,
        title: model.head.title.clone(),
        not_described: not_described(model),
        numbers,
        resolved,
    }
}

fn service_info(id: EntityId, measured: Measured<'_>, model: &Model, told: &Told) -> ServiceInfo {
    let annual = model.head.annual.is_some();
    ServiceInfo {
        entity: id.0,
        level: told.levels[id.index()].expect("what is measured has a level"),
        tier: match measured.tier {
            Tier::Ranked(tier) => Some(tier),
            Tier::Internal => None,
        },
        users: measured.users,
        profile: measured.profile.map(|name| model.profile(name)),
        down_below_ppm: measured.down_below_ppm,
        recovered_at_ppm: measured.recovered_at_ppm,
        settled_for_us: measured.settled_for_us.or(annual.then_some(SETTLED_IN_YEARS_US)),
        rto_us: measured.rto_us,
    }
}

impl Compiled {
    /// The kind of tile while a node goes through a stage of its own.
    pub fn stage_tile(&self, node: NodeId) -> TileKind {
        self.stages
            .get(&node)
            .map_or(TileKind::Starting, |stage| stage.tile)
    }
}

/// The names of things that wait for each other to start.
fn circles(model: &Model) -> Vec<Vec<String>> {
    let names = |circle: StartCircle| {
        let way = circle.way.into_iter();
        way.map(|id| model.entity(id).label().to_owned()).collect()
    };
    start_circles(model).into_iter().map(names).collect()
}
