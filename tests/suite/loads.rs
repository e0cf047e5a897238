//! What loads miss and what users lose where both follow a profile: to the joule and to the user-second.

use crate::simulated::{Ready, loaded, loaded_text};
use crate::sources::root;
use blackstart::monte_carlo::Replica;

/// The cells of the first replication of a scenario.
fn cells(ready: &Ready) -> Box<[i64]> {
    ready.first_row()
}

const HOUR: i64 = 3_600_000_000;

#[test]
fn energy_not_served_is_exact_where_load_and_supply_both_change() {
    let text = "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
utility-feeds: {a: {in: alpha, capacity: 6 kW}, b: {in: alpha, capacity: 3 kW}}
buses: {bus: {in: alpha, fed-by: [a, b]}}
loads: {halls: {fed-by: bus, draws: 10 kW, profile: turns}}
profiles: {turns: {each: 1 h, shares: [100 %, 50 %, 80 %]}}
happens: {gone: {loss-of: {ids: a, at: +90 min, for: 1 h}}}
";
    let ready = Ready::new(loaded_text("loads.yaml", text));
    let cells = cells(&ready);
    // 1 kW is missing in the hours 0, 3 and 6; from 1:30 to 2:00 2 kW, and from 2:00 to 2:30 5 kW.
    assert_eq!(
        cells[ready.layout.unserved_joules(0)],
        (3 * 1_000 * 3_600) + (2_000 + 5_000) * 1_800
    );
    assert_eq!(cells[ready.layout.short_us(0)], 4 * HOUR);
    // At 0:00, 1:30, 3:00 and 6:00.
    assert_eq!(cells[ready.layout.shortfalls(0)], 4);
}

#[test]
fn a_dead_bus_serves_nothing_of_what_is_drawn() {
    let text = "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
buses: {bus: {in: alpha}}
loads: {halls: {fed-by: bus, draws: 10 kW}}
happens: {gone: {loss-of: {ids: bus, at: +1 h, for: 30 min}}}
";
    let ready = Ready::new(loaded_text("loads.yaml", text));
    let cells = cells(&ready);
    assert_eq!(cells[ready.layout.unserved_joules(0)], 10_000 * 1_800);
    assert_eq!(cells[ready.layout.shortfalls(0)], 1);
    assert_eq!(cells[ready.layout.outages(0)], 1);
}

#[test]
fn users_who_follow_a_profile_are_lost_by_the_hour() {
    let text = "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
services: {shop: {users: 1000, profile: turns, runs-on: {web: {active: 2}}, starts: 0 s}}
pools: {web: {in: alpha, servers: 2, dead-on-arrival: 0 %, boot: {automated: {rate: 1000000 /h}}}}
profiles: {turns: {each: 1 h, shares: [100 %, 50 %, 80 %]}}
happens: {gone: {loss-of: {ids: shop, at: +90 min, for: 1 h}}}
";
    let ready = Ready::new(loaded_text("users.yaml", text));
    let cells = cells(&ready);
    // Half an hour of 500 users and half an hour of 800; its start takes one microsecond.
    let lost = cells[ready.layout.lost_user_seconds(0)];
    assert_eq!(lost, (500 + 800) * 1_800);
}

#[test]
fn a_year_of_the_reliability_test_system_has_the_load_of_its_tables() {
    let ready = Ready::new(loaded(&root().join("scenarios/references/rts-79.yaml")));
    let plan = ready.plan(1);
    let mut replica = Replica::new(plan);
    // Three years only: what they give together is held elsewhere; here they must end, and a shortage must show in all three columns or none.
    for number in 0..3 {
        let row = replica
            .row(number)
            .unwrap_or_else(|unfinished| panic!("{unfinished:?}"));
        let (energy, time, times) = (
            row.cells[ready.layout.unserved_joules(0)],
            row.cells[ready.layout.short_us(0)],
            row.cells[ready.layout.shortfalls(0)],
        );
        assert_eq!(
            (energy > 0, time > 0),
            (times > 0, times > 0),
            "year {number}: {energy} J, {time} µs, {times} times"
        );
    }
}
