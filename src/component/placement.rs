//! What a service or a store has in one pool: servers that it is granted, and a start of its own. One lowering for both.

use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Combine, Demand, FULL_PPM, NodeId, Reading, StarterSpec};
use crate::model::{EntityId, Input, Lowering, Model, Ref, Stage, Standing, TileKind};
use crate::quantity::Share;
use crate::random::Law;

use super::pool::Pool;
use super::reach;

/// Servers in a pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    /// The pool.
    pub pool: EntityId,
    /// How many of its servers.
    pub servers: i64,
    /// Whether it has to be started before it serves.
    pub standby: bool,
    /// Whether it holds its servers even while it is not wanted.
    pub holds_servers: bool,
}

/// What all placements of one service or store share.
#[derive(Debug)]
pub(super) struct Shared {
    /// The unit of the service itself.
    pub body: NodeId,
    /// How long a start takes.
    pub starts: Law,
    /// The share of its servers that must be there.
    pub starts_with: Share,
}

/// Reports a placement that its pool can never carry.
pub(super) fn check_placement(me: EntityId, pool: &Ref, servers: i64, model: &Model, issues: &mut Issues) {
    let entity = model.entity(me);
    let Some(block) = model.get::<Pool>(model.resolve(pool)) else {
        return;
    };
    if servers < 1 {
        let message = format!("`{}` has no servers in `{}`", entity.id, pool.as_str());
        issues.push(Issue::error("out-of-bounds", pool.span, message).at(entity.path()));
    } else if servers > block.servers.get() {
        let message = format!(
            "`{}` has {servers} servers in `{}`, which has {}",
            entity.id,
            pool.as_str(),
            block.servers
        );
        issues.push(Issue::error("more-needed-than-there-are", pool.span, message).at(entity.path()));
    }
}

impl Placement {
    fn part(self, low: &Lowering<'_>, part: &str) -> String {
        format!("{}/{part}", low.model.entity(self.pool).id)
    }

    /// Declares what procedures and timelines act on: whether it is wanted here.
    pub fn declare(self, low: &mut Lowering<'_>, me: EntityId) -> Standing {
        let part = self.part(low, "wanted");
        let wanted = if self.standby {
            low.held_unit(me, &part, 1, "standby")
        } else {
            low.unit(me, &part)
        };
        let level = reach::is_described(low.model, me).then(|| {
            let part = self.part(low, "level");
            low.level(me, &part, Combine::Min)
        });
        Standing {
            pool: self.pool,
            wanted,
            standby: self.standby,
            level,
        }
    }

    /// Joins it to its pool; the node returned is its level: on, as far as it has been granted its servers. A start needs `start_needs`.
    pub fn wire(
        self,
        low: &mut Lowering<'_>,
        me: EntityId,
        ordinal: usize,
        shared: &Shared,
        start_needs: &[Input],
    ) -> NodeId {
        let Standing { wanted, level, .. } = low.of(me).standings[ordinal];
        let balance = low.of(self.pool).servers.expect("a pool has servers").balance;
        let demand = Demand::Fixed {
            amount: self.servers,
            when: if self.holds_servers {
                None
            } else {
                Some((wanted, Reading::Flag))
            },
        };
        let (part, rank) = (self.part(low, "granted"), low.model.rank(me));
        let (name, tag) = low.part(me, &part);
        let granted = low.net.consumer(balance, name, tag, rank, demand);

        let label = format!(
            "starting {} at {}",
            low.model.entity(me).label(),
            low.model.entity(self.pool).label()
        );
        let stage = Stage {
            label,
            tile: TileKind::Starting,
        };
        let part = self.part(low, "run");
        let run = low.starter(me, &part, StarterSpec::automatic(shared.starts.clone()), stage);
        low.net.trigger(run, wanted, Reading::Flag);
        low.net.require(run, shared.body, Reading::Flag);
        low.net.require(
            run,
            granted,
            Reading::AtLeast(self.least_servers(shared.starts_with)),
        );
        for &(node, reading) in start_needs {
            low.net.start_require(run, node, reading);
        }

        let level = level.unwrap_or_else(|| {
            let part = self.part(low, "level");
            low.level(me, &part, Combine::Min)
        });
        low.net.hard(level, run, Reading::Full);
        low.net.hard(level, granted, Reading::Share(self.servers));
        level
    }

    /// The least number of servers with which it runs: the share, rounded up, and at least one.
    fn least_servers(self, starts_with: Share) -> i64 {
        let servers = i128::from(self.servers) * i128::from(starts_with.ppm());
        let least = (servers + i128::from(FULL_PPM) - 1) / i128::from(FULL_PPM);
        i64::try_from(least).expect("a share of the servers").max(1)
    }
}
