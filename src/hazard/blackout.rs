//! Everything goes dark: the black start.
//!
//! It leaves out: what the dark does to people and doors, and what was written when the power went.

use super::does::{breaking, dark};
use super::draws::Draws;
use super::told::told;
use super::when;
use crate::component::{PLACES, Site};
use crate::diagnostics::Issues;
use crate::kernel::{Action, Agent, NodeId, Orders, View, Wake};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::quantity::Share;
use crate::random::{Law, LawInput, binomial_quantile, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// All that has power loses it at once, whatever stands in for the grid, and stores of energy are empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Blackout {
    /// The places that go dark; all sites if not given.
    pub of: Option<Targets>,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long it is dark; the shortest time if not given, so that all times count from when power is back.
    pub r#for: Option<LawInput>,
    /// Of what stands there, the share that breaks as power comes back uncontrolled: of servers so many, and every other thing by chance. Nothing if
    /// not given: power comes back as gently as it should.
    pub breaks: Option<Share>,
}

/// The tag `blackout`.
pub const KIND: HazardKind = HazardKind {
    tag: "blackout",
    docs: "All that has power in some places, or everywhere, loses it at once, and batteries are empty: what then comes up again, and in which order, is the \
           black start. `initial: dark` is a blackout of everything at the start.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nbatteries: {bat-a: {in: alpha}}\nups: {ups-a: {in: alpha, \
              fed-by: grid-a, batteries: bat-a}}\npools: {web-a: {in: alpha, servers: 120, fed-by: ups-a}}\nservices: {login: {users: 1000, runs-on: {web-a: \
              {active: 40}}}}\nhappens: {everything: blackout}\n",
    schema: schema_of::<Blackout>,
    read: read_hazard::<Blackout>,
};

impl Blackout {
    fn places(&self, model: &Model) -> Vec<EntityId> {
        match &self.of {
            Some(of) => model.select(of).into_iter().map(|place| place.value).collect(),
            None => model.all::<Site>().map(|(id, _)| id).collect(),
        }
    }
}

impl Hazard for Blackout {
    fn references(&self, out: &mut References<'_>) {
        if let Some(of) = &self.of {
            out.targets(of, PLACES, PLACES, "blackout › of");
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        when::check(
            self.at.as_ref(),
            &format!("happens › {id} › blackout"),
            model,
            issues,
        );
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let places = self.places(low.model);
        let (goes, returns) = dark(low, &places);
        let label = match &self.of {
            None => "everything".to_owned(),
            Some(_) => {
                let labels = places.iter().map(|&place| low.model.entity(place).label());
                labels.collect::<Vec<_>>().join(", ")
            }
        };
        let at_us = when::us(self.at.as_ref(), low.model);
        let entries = vec![
            told(format!("{label} goes dark"), Some(at_us)),
            told(format!("power is back in {label}"), None),
            told(
                "power that comes back uncontrolled breaks things".to_owned(),
                None,
            ),
        ];
        let (pools, things) = self.breakable(low, &places);
        let agent = Dark {
            at_us,
            lasts: self.r#for.as_ref().map_or(Law::fixed_us(1), LawInput::law),
            goes,
            returns,
            breaks: self.breaks.map_or(0.0, Share::fraction),
            pools,
            things,
        };
        low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
    }
}

impl Blackout {
    /// What may break as power comes back: the servers of pools, and every other thing that can.
    fn breakable(&self, low: &mut Lowering<'_>, places: &[EntityId]) -> (Vec<PoolRow>, Vec<ThingRow>) {
        let (mut pools, mut things) = (Vec::new(), Vec::new());
        if self.breaks.is_none() {
            return (pools, things);
        }
        let model = low.model;
        for (id, entity) in model.entities_with_ids() {
            let is_place = places.contains(&id) || low.of(id).access.is_some();
            if is_place || !places.iter().any(|&place| model.is_in(id, place)) {
                continue;
            }
            let key = entity_hash(&entity.id);
            if let Some(servers) = low.of(id).servers {
                pools.push(PoolRow {
                    key,
                    on: servers.on,
                    count: servers.count,
                });
                continue;
            }
            let breaks = breaking(low, id);
            if !breaks.is_empty() {
                things.push(ThingRow { key, breaks });
            }
        }
        (pools, things)
    }
}

/// The servers of a pool.
#[derive(Debug)]
struct PoolRow {
    key: u64,
    on: NodeId,
    count: i64,
}

/// Another thing, and what breaks it.
#[derive(Debug)]
struct ThingRow {
    key: u64,
    breaks: Vec<Action>,
}

/// The dark.
#[derive(Debug)]
struct Dark {
    at_us: u64,
    lasts: Law,
    goes: Vec<Action>,
    returns: Vec<Action>,
    breaks: f64,
    pools: Vec<PoolRow>,
    things: Vec<ThingRow>,
}

const GOES: u32 = 0;
const RETURNS: u32 = 1;
const BREAKS: u32 = 2;

// What a draw is for.
const LASTS: u64 = 0;
const BROKEN: u64 = 1;

impl Dark {
    /// What breaks as power comes back.
    fn broken(&self, draws: &Draws<'_>) -> Vec<Action> {
        let mut broken = Vec::new();
        for pool in &self.pools {
            let count = u64::try_from(pool.count).expect("a pool has servers");
            let items = binomial_quantile(draws.unit(BROKEN, pool.key), count, self.breaks);
            if items > 0 {
                broken.push(Action::Break {
                    node: pool.on,
                    items: i64::try_from(items).expect("not more than there are"),
                });
            }
        }
        for thing in &self.things {
            if draws.happens(self.breaks, BROKEN, thing.key) {
                broken.extend(&thing.breaks);
            }
        }
        broken
    }
}

impl Agent for Dark {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, GOES, GOES),
            Wake::Timer(GOES) => {
                for &action in &self.goes {
                    orders.act(action, GOES);
                }
                let lasts = Draws(&|number| orders.stream(number)).law(&self.lasts, LASTS, 0);
                orders.timer(view.now().saturating_add(lasts.max(1)), RETURNS, RETURNS);
            }
            Wake::Timer(_) => {
                for &action in &self.returns {
                    orders.act(action, RETURNS);
                }
                let broken = self.broken(&Draws(&|number| orders.stream(number)));
                for action in broken {
                    orders.act(action, BREAKS);
                }
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// A pool of 400 servers and a thing beside it, of which 3 % break.
    fn broken(replication: u32) -> (i64, bool) {
        let dark = Dark {
            at_us: 0,
            lasts: Law::fixed_us(1),
            goes: Vec::new(),
            returns: Vec::new(),
            breaks: 0.03,
            pools: vec![PoolRow {
                key: 5,
                on: NodeId(0),
                count: 400,
            }],
            things: vec![ThingRow {
                key: 6,
                breaks: vec![Action::Destroy { node: NodeId(1) }],
            }],
        };
        let key = Key::new(1, replication);
        let actions = dark.broken(&Draws(&|number| key.stream(3, 7, number)));
        let servers = actions.iter().find_map(|action| match action {
            Action::Break { items, .. } => Some(*items),
            _ => None,
        });
        let other = actions
            .iter()
            .any(|action| matches!(action, Action::Destroy { .. }));
        (servers.unwrap_or(0), other)
    }

    /// Twelve servers in the mean, and the other thing in 3 % of all cases; within five standard errors over 20,000.
    #[test]
    fn as_much_breaks_as_is_said() {
        let all: Vec<(i64, bool)> = (0..20_000).map(broken).collect();
        let mean = all.iter().map(|(servers, _)| *servers).sum::<i64>() as f64 / 20_000.0;
        let error = (400.0 * 0.03 * 0.97 / 20_000.0_f64).sqrt();
        assert!((mean - 12.0).abs() < 5.0 * error, "{mean}");
        let share = all.iter().filter(|(_, other)| *other).count() as f64 / 20_000.0;
        let error = (0.03 * 0.97 / 20_000.0_f64).sqrt();
        assert!((share - 0.03).abs() < 5.0 * error, "{share}");
    }
}
