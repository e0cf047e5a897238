//! Balances: each policy in a history worked by hand, and random networks that keep the laws.

use super::super::scripted::{script, tag};
use super::super::*;
use super::Ran;

/// A balance with one source, whose amount the script may set.
fn supplied(b: &mut Builder, policy: Policy, amount: i64) -> (NodeId, NodeId) {
    let source = b.unit("source", tag(), UnitSpec::amount(amount));
    let balance = b.balance("balance", tag(), policy);
    b.supply(balance, source, Reading::Amount, 1);
    (balance, source)
}

fn asks(b: &mut Builder, balance: NodeId, name: &str, priority: u32, amount: i64) -> NodeId {
    let demand = Demand::Fixed { amount, when: None };
    b.consumer(balance, name, tag(), priority, demand)
}

/// A consumer that draws the load gathered at `bus`, of which `units` draw so much each while they are whole.
fn loaded(b: &mut Builder, balance: NodeId, draws: &[i64]) -> (NodeId, Vec<NodeId>) {
    let bus = b.gate("bus", tag(), 1);
    let units: Vec<NodeId> = (0..draws.len())
        .map(|number| b.unit(format!("load {number}"), tag(), UnitSpec::flag()))
        .collect();
    for (&unit, &amount) in units.iter().zip(draws) {
        b.draw(bus, unit, Reading::Flag, amount);
    }
    (
        b.consumer(balance, "consumer", tag(), 1, Demand::Load(bus)),
        units,
    )
}

fn set(node: NodeId, amount: i64) -> Action {
    Action::SetAmount { node, amount }
}

fn surge(node: NodeId, ppm: i64) -> Action {
    Action::Surge { node, ppm }
}

fn fail(node: NodeId) -> Action {
    Action::Break {
        node,
        items: i64::MAX,
    }
}

fn repair(node: NodeId) -> Action {
    Action::Repair { node }
}

fn close(node: NodeId) -> Action {
    Action::Close { node }
}

#[test]
fn what_was_shed_is_back_after_its_delay_and_only_if_it_fits() {
    let mut b = Builder::new();
    let policy = Policy::Shed {
        back: Back::After(100),
    };
    let (balance, source) = supplied(&mut b, policy, 10);
    let first = asks(&mut b, balance, "first", 1, 6);
    let second = asks(&mut b, balance, "second", 2, 4);
    let shed = b.gauge(balance, Gauge::Shed, "shed", tag());
    script(
        &mut b,
        vec![
            (10, set(source, 6)),
            // Room again, but not yet.
            (50, set(source, 10)),
            (200, set(source, 6)),
            // Long after the delay.
            (400, set(source, 10)),
            // Neither fits.
            (500, set(source, 3)),
            (650, set(source, 5)),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(ran.of(first), [(500, 0)]);
    assert_eq!(
        ran.of(second),
        [(10, 0), (110, 4), (200, 0), (401, 4), (500, 0), (651, 4)]
    );
    assert_eq!(
        ran.of(shed),
        [(10, 1), (110, 0), (200, 1), (401, 0), (500, 2), (651, 1)]
    );
    assert_eq!(ran.of(balance), [(10, 0), (110, 1), (200, 0), (401, 1), (500, 0)]);
}

#[test]
fn what_comes_back_by_work_stays_off_until_then_and_nobody_is_shed_to_make_room() {
    let mut b = Builder::new();
    let policy = Policy::Shed { back: Back::ByWork };
    let (balance, source) = supplied(&mut b, policy, 12);
    let first = asks(&mut b, balance, "first", 1, 6);
    let second = asks(&mut b, balance, "second", 2, 6);
    let third = asks(&mut b, balance, "third", 3, 3);
    script(
        &mut b,
        vec![
            (10, set(source, 9)),
            // Closed where it does not fit it is shed at once.
            (20, close(second)),
            (30, set(source, 15)),
            (40, close(second)),
            (50, set(source, 4)),
            (60, set(source, 15)),
            (70, repair(balance)),
        ],
    );
    let ran = Ran::new(b, 1000);
    // At the start twelve do for the first two; the third is shed and stays so until the balance is closed.
    assert_eq!(ran.of(third), [(70, 3)]);
    assert_eq!(ran.of(second), [(10, 0), (40, 6), (50, 0), (70, 6)]);
    assert_eq!(ran.of(first), [(50, 0), (70, 6)]);
}

#[test]
fn an_overload_is_borne_for_a_while_and_then_the_whole_balance_opens() {
    let mut b = Builder::new();
    let (balance, source) = supplied(&mut b, Policy::trip_after(100), 10);
    let (consumer, loads) = loaded(&mut b, balance, &[8, 4]);
    let live = b.gauge(balance, Gauge::Live, "live", tag());
    let served = b.served(consumer, "served", tag());
    let open = b.gauge(balance, Gauge::Open, "open", tag());
    let surplus = b.gauge(balance, Gauge::Surplus, "surplus", tag());
    script(
        &mut b,
        vec![
            (0, fail(loads[1])),
            (10, repair(loads[1])),
            // A break of one microsecond begins the delay anew.
            (60, fail(loads[1])),
            (61, repair(loads[1])),
            // Closed while still overloaded.
            (200, close(balance)),
            (350, fail(loads[1])),
            (400, repair(balance)),
            // Without any supply nobody gets anything and nothing opens.
            (500, fail(source)),
            (700, repair(source)),
        ],
    );
    let ran = Ran::new(b, 1000);
    assert_eq!(
        ran.of(consumer),
        [
            (0, 8),
            (10, 12),
            (60, 8),
            (61, 12),
            (161, 0),
            (200, 12),
            (300, 0),
            (400, 8),
            (500, 0),
            (700, 8)
        ]
    );
    assert_eq!(ran.of(open), [(161, 1), (200, 0), (300, 1), (400, 0)]);
    let ups_and_downs = [(161, 0), (200, 1), (300, 0), (400, 1), (500, 0), (700, 1)];
    assert_eq!(ran.of(live), ups_and_downs);
    assert_eq!(ran.of(served), ups_and_downs);
    assert_eq!(
        ran.of(surplus),
        [(0, 2), (10, 0), (60, 2), (61, 0), (400, 2), (500, 0), (700, 2)]
    );
}

#[test]
fn what_has_opened_is_back_by_itself_once_its_load_fits() {
    let mut b = Builder::new();
    let policy = Policy::Trip {
        bears: Bears::For(0),
        opens: Opens::Whole,
        back: Back::After(50),
    };
    let (balance, _) = supplied(&mut b, policy, 10);
    let (consumer, loads) = loaded(&mut b, balance, &[8, 4]);
    script(
        &mut b,
        vec![
            (100, fail(loads[1])),
            (200, repair(loads[1])),
            (210, fail(loads[1])),
            (300, Action::Open { node: balance }),
            (500, close(balance)),
        ],
    );
    let ran = Ran::new(b, 1000);
    // Overloaded from the beginning, back when the load is less; then only the delay is waited for; by hand it stays open.
    assert_eq!(
        ran.of(consumer),
        [(0, 0), (101, 8), (200, 0), (250, 8), (300, 0), (500, 8)]
    );
}

#[test]
fn the_heavier_the_overload_the_sooner_and_heat_is_remembered() {
    let mut b = Builder::new();
    let bears = Bears::Heat {
        table: vec![(1_200_000, 1_000), (2_000_000, 200)],
        cools_us: 2_000,
    };
    let policy = Policy::Trip {
        bears,
        opens: Opens::Whole,
        back: Back::ByWork,
    };
    let (balance, _) = supplied(&mut b, policy, 10);
    let (consumer, loads) = loaded(&mut b, balance, &[11, 1, 8]);
    let open = b.gauge(balance, Gauge::Open, "open", tag());
    script(
        &mut b,
        vec![
            (0, fail(loads[1])),
            (0, fail(loads[2])),
            // Eleven of ten are borne for ever; twelve for a thousand.
            (5_000, repair(loads[1])),
            // Half of the heat is there; in a thousand of less load it is gone.
            (5_500, fail(loads[1])),
            (6_500, repair(loads[1])),
            // Half again; twenty of ten fill the other half in a hundred.
            (7_000, repair(loads[2])),
            // Closed with full heat at the full load it opens at once; after a thousand it bears half.
            (7_200, fail(loads[2])),
            (8_100, close(balance)),
        ],
    );
    let ran = Ran::new(b, 10_000);
    assert_eq!(ran.of(open), [(7_100, 1), (8_100, 0), (8_600, 1)]);
    assert_eq!(
        ran.of(consumer),
        [
            (0, 11),
            (5_000, 12),
            (5_500, 11),
            (6_500, 12),
            (7_000, 20),
            (7_100, 0),
            (8_100, 12),
            (8_600, 0)
        ]
    );
}

#[test]
fn sources_open_one_after_the_other_and_come_back_where_they_fit() {
    let mut b = Builder::new();
    let policy = Policy::Trip {
        bears: Bears::Heat {
            table: vec![(1_250_000, 1_000), (2_500_000, 10)],
            cools_us: 500,
        },
        opens: Opens::Sources,
        back: Back::After(100),
    };
    let balance = b.balance("balance", tag(), policy);
    let sources: Vec<NodeId> = ["c", "b", "a"]
        .iter()
        .map(|name| {
            let source = b.unit(*name, tag(), UnitSpec::amount(100));
            b.supply(balance, source, Reading::Amount, 1);
            source
        })
        .collect();
    let (consumer, loads) = loaded(&mut b, balance, &[180, 70]);
    let gauges: Vec<NodeId> = (0..3)
        .map(|ordinal| b.gauge(balance, Gauge::Source(ordinal), format!("{ordinal} open"), tag()))
        .collect();
    let open = b.gauge(balance, Gauge::Open, "open", tag());
    let live = b.gauge(balance, Gauge::Live, "live", tag());
    script(
        &mut b,
        vec![
            (100, fail(sources[1])),
            // Both are open; with one of them alone nothing fits.
            (2_000, fail(loads[1])),
            (3_000, repair(sources[1])),
            (4_000, Action::Open { node: gauges[0] }),
            (5_000, close(gauges[0])),
        ],
    );
    let ran = Ran::new(b, 10_000);
    // Two bear 250 for a thousand; then the first by name opens and the other, as hot, a microsecond later.
    assert_eq!(ran.of(gauges[2]), [(1_100, 1), (3_001, 0)]);
    // The repaired one bears 180 of 100 for a microsecond; with the others, whose delays are over, all fit.
    assert_eq!(
        ran.of(gauges[0]),
        [(1_101, 1), (3_001, 0), (4_000, 1), (5_000, 0)]
    );
    assert_eq!(
        ran.of(open),
        [(1_100, 1), (1_101, 2), (3_001, 0), (4_000, 1), (5_000, 0)]
    );
    assert_eq!(ran.of(live), [(1_101, 0), (3_000, 1)]);
    assert_eq!(ran.of(consumer), [(1_101, 0), (3_000, 180)]);
}

#[test]
fn too_much_demand_breeds_more_until_it_is_far_less() {
    let mut b = Builder::new();
    let policy = Policy::Collapse {
        factor_ppm: 3_000_000,
        above_ppm: FULL_PPM,
        below_ppm: 800_000,
    };
    let (balance, source) = supplied(&mut b, policy, 100);
    let consumer = asks(&mut b, balance, "consumer", 1, 90);
    let collapsed = b.gauge(balance, Gauge::Collapsed, "collapsed", tag());
    let surplus = b.gauge(balance, Gauge::Surplus, "surplus", tag());
    script(
        &mut b,
        vec![
            (10, surge(consumer, 1_200_000)),
            // The surge is over, the collapse is not: 270 are offered.
            (50, surge(consumer, FULL_PPM)),
            // 66 are offered, which is below the lower mark.
            (80, surge(consumer, 250_000)),
            (100, surge(consumer, FULL_PPM)),
            (200, set(source, 80)),
            (250, set(source, 100)),
            // Closing it ends a collapse that its demand no longer holds.
            (300, close(balance)),
        ],
    );
    let ran = Ran::new(b, 1_000);
    assert_eq!(ran.of(collapsed), [(10, 1), (81, 0), (200, 1), (300, 0)]);
    assert_eq!(
        ran.of(consumer),
        [(10, 33), (80, 22), (100, 90), (200, 26), (250, 33), (300, 90)]
    );
    assert_eq!(
        ran.of(surplus),
        [(10, 0), (80, 34), (81, 78), (100, 10), (200, 0), (300, 10)]
    );
}

#[test]
fn what_is_not_served_in_time_waits_and_surplus_works_it_off_first() {
    let mut b = Builder::new();
    let (balance, _) = supplied(&mut b, Policy::Proportional, 10);
    let consumer = asks(&mut b, balance, "consumer", 1, 6);
    let backlog = b.queue(balance, "backlog", tag(), 1_000_000);
    let long = b.mark(backlog, "long", tag(), MarkSpec::rising(150, 40));
    script(
        &mut b,
        vec![
            (100, surge(consumer, 2_000_000)),
            (200, surge(consumer, FULL_PPM)),
        ],
    );
    let ran = Ran::new(b, 1_000);
    // Two a microsecond for a hundred; four a microsecond work them off in fifty.
    assert_eq!(ran.of(balance), [(100, 0), (250, 1)]);
    assert_eq!(ran.of(backlog), [(100, 1), (250, 0)]);
    assert_eq!(ran.of(long), [(175, 1), (240, 0)]);
    assert_eq!(ran.of(consumer), [(100, 10), (200, 6)]);
}

#[test]
fn a_consumer_asks_by_its_states() {
    let mut b = Builder::new();
    let (balance, _) = supplied(&mut b, Policy::Priority, 100);
    let standby = b.unit("standby", tag(), UnitSpec::flag());
    let servers = b.unit("servers", tag(), UnitSpec::amount(3));
    let demand = Demand::Fixed {
        amount: 5,
        when: Some((standby, Reading::Flag)),
    };
    let consumer = b.consumer(balance, "consumer", tag(), 1, demand);
    b.asks_also(consumer, servers, Reading::Amount, 20);
    b.asks_also(consumer, servers, Reading::Below(3), 7);
    let other = asks(&mut b, balance, "other", 2, 50);
    script(
        &mut b,
        vec![(10, set(servers, 2)), (20, fail(standby)), (30, set(servers, 1))],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(consumer), [(10, 52), (20, 47), (30, 27)]);
    // What is given up is given on a microsecond later: the balance asks before its consumers settle.
    assert_eq!(ran.of(other), [(10, 48), (20, 50)]);
    assert_eq!(ran.of(balance), [(20, 1)]);
}

#[test]
#[should_panic(expected = "depends on `level`, which tells what is served")]
fn a_demand_that_depends_on_a_level_is_refused() {
    let mut b = Builder::new();
    let (balance, _) = supplied(&mut b, Policy::Priority, 100);
    let level = b.level("level", tag(), Combine::Min);
    let gate = b.all("gate", tag(), &[(level, Reading::AtLeast(5))]);
    let demand = Demand::Fixed {
        amount: 5,
        when: Some((gate, Reading::Flag)),
    };
    b.consumer(balance, "consumer", tag(), 1, demand);
    drop(b.finish());
}

#[test]
#[should_panic(expected = "what is asked for at `bus` depends on `consumer`")]
fn a_load_that_depends_on_a_grant_is_refused_through_a_mesh() {
    let mut b = Builder::new();
    let (balance, _) = supplied(&mut b, Policy::Priority, 100);
    let consumer = asks(&mut b, balance, "consumer", 1, 5);
    let mesh = b.mesh("mesh", tag());
    let point = b.mesh_point(mesh, "point", tag(), Some((consumer, Reading::Flag)));
    let bus = b.gate("bus", tag(), 1);
    b.draw(bus, point, Reading::Flag, 5);
    drop(b.finish());
}

#[test]
fn a_demand_may_depend_on_what_is_open_shed_or_collapsed() {
    let mut b = Builder::new();
    let (balance, source) = supplied(&mut b, Policy::Shed { back: Back::ByWork }, 10);
    asks(&mut b, balance, "first", 1, 6);
    asks(&mut b, balance, "second", 2, 4);
    let shed = b.gauge(balance, Gauge::Shed, "shed", tag());
    let other = b.balance("other", tag(), Policy::Priority);
    b.supply(other, source, Reading::Amount, 1);
    let demand = Demand::Fixed {
        amount: 3,
        when: Some((shed, Reading::Flag)),
    };
    let stand_in = b.consumer(other, "stand-in", tag(), 1, demand);
    script(&mut b, vec![(10, set(source, 6))]);
    assert_eq!(Ran::new(b, 100).of(stand_in), [(10, 3)]);
}

#[test]
fn actions_suit_what_opens_and_what_asks() {
    let mut b = Builder::new();
    let (balance, source) = supplied(&mut b, Policy::Priority, 10);
    let consumer = asks(&mut b, balance, "consumer", 1, 6);
    let gauge = b.gauge(balance, Gauge::Source(0), "source open", tag());
    let shed = b.gauge(balance, Gauge::Shed, "shed", tag());
    let mesh = b.mesh("mesh", tag());
    let point = b.mesh_point(mesh, "point", tag(), None);
    let node = |node| {
        [
            b.suits(Action::Open { node }),
            b.suits(close(node)),
            b.suits(repair(node)),
            b.suits(surge(node, 1)),
            b.suits(fail(node)),
        ]
    };
    assert_eq!(node(balance), [true, true, true, false, false]);
    assert_eq!(node(consumer), [true, true, true, true, false]);
    assert_eq!(node(gauge), [true, true, true, false, false]);
    assert_eq!(node(shed), [false; 5]);
    assert_eq!(node(point), [false; 5]);
    assert_eq!(node(source), [false, false, true, false, true]);
}

#[test]
fn what_an_action_opened_on_its_own_is_not_closed_with_the_whole() {
    let mut b = Builder::new();
    let (balance, _) = supplied(&mut b, Policy::Priority, 10);
    let consumer = asks(&mut b, balance, "consumer", 1, 6);
    let other = asks(&mut b, balance, "other", 2, 6);
    let gauge = b.gauge(balance, Gauge::Source(0), "source open", tag());
    script(
        &mut b,
        vec![
            (10, Action::Open { node: consumer }),
            (20, close(balance)),
            (30, close(consumer)),
            (40, Action::Open { node: gauge }),
            (50, close(balance)),
            (60, close(gauge)),
        ],
    );
    let ran = Ran::new(b, 100);
    assert_eq!(ran.of(consumer), [(10, 0), (30, 6), (40, 0), (60, 6)]);
    assert_eq!(ran.of(other), [(10, 6), (30, 4), (40, 0), (60, 4)]);
}
