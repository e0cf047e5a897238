//! What servers draw, where it flows, what it trips: worked out by hand, to the watt and the second.

use crate::simulated::{Ready, loaded_text};
use blackstart::monte_carlo::Replica;

/// The cells of the first replication of a scenario.
fn cells(ready: &Ready) -> Box<[i64]> {
    let row = Replica::new(ready.plan(1)).row(0);
    row.unwrap_or_else(|unfinished| panic!("{unfinished:?}")).cells
}

fn ready(text: &str) -> Ready {
    Ready::new(loaded_text("power.yaml", text))
}

#[test]
fn a_server_with_two_cords_draws_from_both_sides_and_all_of_it_from_the_one_that_is_left() {
    let ready = ready(
        "blackstart: 1
horizon: 4 h
sites: {alpha: {}}
utility-feeds: {grid-a: {in: alpha, capacity: 100 kW}, grid-b: {in: alpha}}
buses: {bus-a: {in: alpha, fed-by: grid-a}, bus-b: {in: alpha, fed-by: grid-b}}
pools: {web: {in: alpha, servers: 60, draws: 1 kW, fed-by: [bus-a, bus-b], cords: dual}}
loads: {hall: {fed-by: bus-a, tier: 1, draws: 70 kW}}
happens: {gone: {loss-of: {ids: bus-b, at: +1 h, for: 1 h}}}
",
    );
    let cells = cells(&ready);
    // 30 + 70 kW fit. Of 60 + 70 kW the hall gets 70 · 100 / 130 kW, rounded down to the watt, for an hour.
    assert_eq!(cells[ready.layout.unserved_joules(0)], (70_000 - 53_846) * 3_600);
    assert_eq!(cells[ready.layout.shortfalls(0)], 1);
}

#[test]
fn servers_that_boot_draw_more_than_servers_that_are_on() {
    let ready = ready(
        "blackstart: 1
horizon: 4 h
sites: {alpha: {}}
utility-feeds: {grid-a: {in: alpha, capacity: 100 kW}}
buses: {bus-a: {in: alpha, fed-by: grid-a}}
pools:
  web: {in: alpha, servers: 40, draws: 1 kW, draws-starting: 2 kW, fed-by: bus-a, batch: 10, dead-on-arrival: 0 %, boot: {automated: {rate: 600 /h}}}
loads: {hall: {fed-by: bus-a, tier: 1, draws: 60 kW}}
happens: {gone: {loss-of: {ids: bus-a, at: +1 h, for: 30 min}}}
",
    );
    let cells = cells(&ready);
    // Nothing for half an hour; then ten by ten in a minute each: 80, 90, 100, and 30 + 20 + 60 = 110 kW in the fourth minute.
    assert_eq!(
        cells[ready.layout.unserved_joules(0)],
        60_000 * 1_800 + (60_000 - 54_545) * 60
    );
    assert_eq!(cells[ready.layout.shortfalls(0)], 2);
}

#[test]
fn what_is_drawn_below_a_transformer_takes_its_part_there() {
    let ready = ready(
        "blackstart: 1
horizon: 3 h
sites: {alpha: {}}
utility-feeds: {grid-a: {in: alpha, capacity: 100 kW}}
transformers: {tr-a: {in: alpha, fed-by: grid-a}}
ups: {ups-a: {in: alpha, fed-by: tr-a}}
pdus: {pdu-a: {in: alpha, fed-by: ups-a}}
pools: {web: {in: alpha, servers: 50, draws: 1 kW, fed-by: pdu-a}}
loads: {chillers: {fed-by: tr-a, tier: 1, draws: 75 kW}}
happens: {gone: {loss-of: {ids: pdu-a, at: +1 h, for: 10 h}}}
",
    );
    let cells = cells(&ready);
    // Of 50 + 75 kW the chillers get 60 until the servers are off.
    assert_eq!(cells[ready.layout.unserved_joules(0)], 15_000 * 3_600);
}
