//! What uplinks carry of what users ask: all that work carry it together.
//!
//! Sites that are joined hand traffic on to each other's uplinks, and users of a site that is not reached go to another one, so that the sum is what
//! matters. It leaves out that an island may have the smaller uplinks.

use super::distribution::live;
use super::link::Uplink;
use crate::kernel::{Demand, Gauge, NodeId, Policy, Reading, UnitSpec};
use crate::model::{Asked, EntityId, Internet, Lowering};
use crate::quantity::DataRate;

/// In kilobits per second: what users ask for is counted in millionths of users, which leaves that much room in 64 bits.
const KBIT: i64 = 1_000;
/// Millionths of a user.
const PARTS: i64 = 1_000_000;
/// What an uplink carries of which it is not said: enough for everybody, and for many of them together.
const ENOUGH: i64 = i64::MAX / 100_000;

fn kbit(rate: DataRate) -> i64 {
    rate.bit_s() / KBIT
}

/// The uplinks of the part of the design to which something belongs, each with what it carries, if that is said.
fn uplinks(low: &Lowering<'_>, me: EntityId) -> Vec<(EntityId, Option<DataRate>)> {
    let uplinks = low.model.all::<Uplink>();
    let near = uplinks.filter(|&(id, _)| low.model.hang_together(me, id));
    near.map(|(id, uplink)| (id, uplink.capacity)).collect()
}

/// Joins the level of a service, as users see it from the internet, to what the uplinks carry of what all services are asked for. `asks` gives its
/// users in millionths.
pub(super) fn wire(low: &mut Lowering<'_>, me: EntityId, level: NodeId, asks: NodeId, per_user: DataRate) {
    let uplinks = uplinks(low, me);
    if uplinks.iter().all(|(_, capacity)| capacity.is_none()) {
        return;
    }
    let internet = declared(low, &uplinks);
    let traffic = low.unit_of(me, "traffic", UnitSpec::amount(0));
    low.net.draw(traffic, asks, Reading::Amount, kbit(per_user));
    let (name, tag) = low.part(me, "carried");
    let rank = low.model.rank(me);
    let carried = low
        .net
        .consumer(internet.balance, name, tag, rank, Demand::Load(traffic));
    low.net.part(internet.share, carried, Reading::Amount, 1);
    low.net.hard(level, internet.share, Reading::Amount);
    low.of_mut(me).asked.push(Asked {
        balance: internet.balance,
        users: carried,
    });
}

/// The balance of these uplinks; declared when it is first asked for.
fn declared(low: &mut Lowering<'_>, uplinks: &[(EntityId, Option<DataRate>)]) -> Internet {
    let first = uplinks[0].0;
    let known = low.views.internet.iter().find(|(uplink, _)| *uplink == first);
    if let Some(&(_, known)) = known {
        return known;
    }
    let (name, tag) = low.part(first, "internet");
    let balance = low.net.balance(name, tag, Policy::Proportional);
    for &(id, capacity) in uplinks {
        let carries = capacity.map_or(ENOUGH, |capacity| {
            kbit(capacity).saturating_mul(PARTS).min(ENOUGH)
        });
        let works = live(low, id);
        low.net.supply(balance, works, Reading::Flag, carries);
    }
    let (name, tag) = low.part(first, "internet-asked");
    let asked = low.net.gauge(balance, Gauge::Asked, name, tag);
    let (name, tag) = low.part(first, "internet-share");
    let share = low.net.ratio_of(name, tag, asked);
    let internet = Internet { balance, share };
    low.views.internet.push((first, internet));
    internet
}
