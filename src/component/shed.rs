//! Load shedding: before something that carries too much opens, pools are switched off, those of the worst tier first, and come back when they fit.

use crate::component::Pool;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, Demand, NodeId, Orders, Policy, Reading, Reason, View, Wake};
use crate::model::{EntityId, EntryInfo, Lowering, Model, TileKind};
use crate::quantity::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which loads are switched off before something opens in an overload. One pool after the other, the worst tier first: that of the best service that
/// needs it.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sheds {
    /// How long from one pool to the next; the first is switched off so long after the overload began.
    pub every: SimDuration,
    /// Pools that serve this tier or a better one are never switched off; all may be, if not given.
    pub spares: Option<u8>,
    /// How long there must be room for one until it is switched on again; if not given, people do that (`energise` of a procedure).
    pub returns_after: Option<SimDuration>,
}

impl Sheds {
    /// Reports what cannot be.
    pub(super) fn check(self, me: EntityId, path: &str, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let mut wrong = |field: &str, message: String| {
            issues.push(Issue::error("out-of-bounds", entity.span, message).at(format!("{path} › {field}")));
        };
        if self.every == SimDuration::ZERO {
            wrong(
                "every",
                format!("`{}` would switch all off in one moment", entity.id),
            );
        }
        if self.returns_after == Some(SimDuration::ZERO) {
            let message = format!(
                "`{}` would switch on in the moment in which it switches off",
                entity.id
            );
            wrong("returns-after", message);
        }
        if self.spares.is_some_and(|tier| !(1..=9).contains(&tier)) {
            wrong("spares", "a tier is from 1 to 9".to_owned());
        }
        if may_go(self, me, model).is_empty() {
            let message = format!(
                "there is no pool below `{}` that could be switched off",
                entity.id
            );
            let issue = Issue::warning("without-effect", entity.span, message).at(path.to_owned());
            issues.push(issue.help("say what servers draw: `draws: 350 W`; `spares` may spare them all"));
        }
    }
}

/// The pools that may be switched off, the first to go first: worst tier, then by id.
fn may_go(sheds: Sheds, me: EntityId, model: &Model) -> Vec<EntityId> {
    let mut pools: Vec<EntityId> = model
        .served_by(me)
        .into_iter()
        .filter(|&id| model.get::<Pool>(id).is_some_and(|pool| pool.draws.is_some()))
        .filter(|&id| {
            sheds
                .spares
                .is_none_or(|spared| model.rank(id) > u32::from(spared))
        })
        .collect();
    pools.sort_by_key(|&id| (std::cmp::Reverse(model.rank(id)), id));
    pools
}

/// A pool that may be switched off.
#[derive(Debug)]
struct Row {
    /// What is held.
    power: NodeId,
    /// How many of its servers are on.
    on: NodeId,
    /// What all of it draws at most, in watts, through all its cords.
    draws_w: i64,
    /// What its cords hang on: whether each is live.
    feeds: Vec<NodeId>,
}

/// Declares the agent that sheds what hangs on something. `carried` is where all that is drawn gathers; `supplies` are the flags of what
/// carries it, each with as much as it carries.
pub(super) fn wire(
    low: &mut Lowering<'_>,
    me: EntityId,
    sheds: Option<Sheds>,
    carried: NodeId,
    supplies: &[(NodeId, i64)],
) {
    let Some(sheds) = sheds else { return };
    let (name, tag) = low.part(me, "fits");
    let fits = low.net.balance(name, tag, Policy::Proportional);
    for &(node, most) in supplies {
        low.net.supply(fits, node, Reading::Flag, most);
    }
    let (name, tag) = low.part(me, "fitting");
    low.net.consumer(fits, name, tag, 0, Demand::Load(carried));
    let model = low.model;
    let pools = may_go(sheds, me, model);
    let label = model.entity(me).label();
    let mut entries = Vec::new();
    let mut rows = Vec::new();
    for &id in &pools {
        let pool = model.entity(id).label();
        for what in ["off", "on again"] {
            entries.push(EntryInfo {
                label: format!("{label} carries too much: {pool} is switched {what}"),
                tile: TileKind::OutsideAction,
                source: None,
                at_us: None,
            });
        }
        let handles = low.of(id);
        rows.push(Row {
            power: handles.power.expect("a pool has power"),
            on: handles.servers.expect("a pool has servers").on,
            draws_w: model.entity(id).component.draws_w_max(model).unwrap_or(0),
            feeds: feeds(low, id),
        });
    }
    let what = format!("load shedding of {label}");
    let agent = Shedding {
        sheds,
        reason: low.net.reason("cut"),
        fits,
        carried,
        supplies: supplies.to_vec(),
        rows,
    };
    low.agent_of(me, "sheds", Box::new(agent), vec![fits], what, entries);
}

/// What says of each feed of a pool whether it is live.
fn feeds(low: &Lowering<'_>, pool: EntityId) -> Vec<NodeId> {
    let block = low.model.get::<Pool>(pool).expect("a pool");
    let feeds = block.fed_by.iter().filter_map(|name| low.named(name).out);
    feeds.map(|(node, _)| node).collect()
}

/// Switches pools off while what is drawn does not fit, and on again when it would. The registers: whether a step is on its way, and of each pool
/// whether it is off.
#[derive(Debug)]
struct Shedding {
    sheds: Sheds,
    reason: Reason,
    fits: NodeId,
    carried: NodeId,
    supplies: Vec<(NodeId, i64)>,
    rows: Vec<Row>,
}

const SHED: u32 = 0;
const RETURN: u32 = 1;

// The registers before those of the pools: which steps are on their way.
const STEPS: usize = 2;

/// The line that tells that a pool is switched off; the next one tells that it is on again.
fn line(pool: usize) -> u32 {
    u32::try_from(2 * pool).expect("fewer than 2^31 pools")
}

impl Shedding {
    /// How much more could be carried.
    fn room_w(&self, view: &View<'_>) -> i64 {
        let supplies = self.supplies.iter();
        let carries = supplies
            .filter(|(node, _)| view.value(*node) != 0)
            .map(|(_, most)| *most)
            .fold(0, i64::saturating_add);
        carries.saturating_sub(view.load(self.carried))
    }

    /// What a pool would draw through one of its cords, of which the live ones carry the same.
    fn needs_w(row: &Row, view: &View<'_>) -> i64 {
        let live = row.feeds.iter().filter(|&&feed| view.value(feed) != 0).count();
        let cords = i64::try_from(live).expect("few cords").max(1);
        (row.draws_w + cords - 1) / cords
    }

    /// Puts a step on its way, unless it is.
    fn arm(&self, step: u32, after: SimDuration, now: u64, registers: &mut [i64], orders: &mut Orders<'_>) {
        let is_on_its_way = &mut registers[step as usize];
        if *is_on_its_way == 0 {
            *is_on_its_way = 1;
            orders.timer(now.saturating_add(after.us().max(1)), step, 0);
        }
    }
}

impl Agent for Shedding {
    fn registers(&self) -> usize {
        STEPS + self.rows.len()
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        if let Wake::Timer(step) = why {
            registers[step as usize] = 0;
            let is_short = view.value(self.fits) == 0;
            if step == SHED && is_short {
                let next = (0..self.rows.len())
                    .find(|&pool| registers[STEPS + pool] == 0 && view.value(self.rows[pool].on) > 0);
                if let Some(pool) = next {
                    registers[STEPS + pool] = 1;
                    let hold = Action::Hold {
                        node: self.rows[pool].power,
                        reason: self.reason,
                    };
                    orders.act(hold, line(pool));
                }
            }
            if step == RETURN && !is_short {
                let room = self.room_w(view);
                let next = (0..self.rows.len()).rev().find(|&pool| {
                    registers[STEPS + pool] == 1 && Self::needs_w(&self.rows[pool], view) <= room
                });
                if let Some(pool) = next {
                    registers[STEPS + pool] = 0;
                    let lift = Action::Lift {
                        node: self.rows[pool].power,
                        reason: self.reason,
                    };
                    orders.act(lift, line(pool) + 1);
                }
            }
        }
        let now = view.now();
        if view.value(self.fits) == 0 {
            self.arm(SHED, self.sheds.every, now, registers, orders);
        } else if let Some(returns_after) = self.sheds.returns_after
            && registers[STEPS..].contains(&1)
        {
            self.arm(RETURN, returns_after, now, registers, orders);
        }
    }
}
