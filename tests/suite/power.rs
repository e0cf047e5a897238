//! What servers draw, where it flows, what it trips: worked out by hand, to the watt and the second.

use crate::simulated::{Ready, loaded, loaded_text};
use crate::sources::root;

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
    let cells = ready.first_row();
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
    let cells = ready.first_row();
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
    let cells = ready.first_row();
    // Of 50 + 75 kW the chillers get 60 until the servers are off.
    assert_eq!(cells[ready.layout.unserved_joules(0)], 15_000 * 3_600);
}

const S: i64 = 1_000_000;
const HOUR: i64 = 3_600 * S;

/// Two sides of 100 kW and what hangs between them; one of the sides is lost after an hour, for two.
fn on_two_sides(trips: &str, what: &str) -> Ready {
    ready(&format!(
        "blackstart: 1
horizon: 8 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}, grid-b: {{in: alpha}}}}
buses:
  bus-a: {{in: alpha, fed-by: grid-a, capacity: 100 kW, trips: {trips}}}
  bus-b: {{in: alpha, fed-by: grid-b, capacity: 100 kW, trips: {trips}}}
{what}happens: {{gone: {{loss-of: {{ids: grid-a, at: +1 h, for: 2 h}}}}}}
"
    ))
}

/// Two sides of 100 kW between which `servers` of 1 kW each hang; one of them is lost after an hour, for two.
fn two_sides(servers: u32, trips: &str) -> Ready {
    on_two_sides(
        trips,
        &format!(
            "pools: {{web: {{in: alpha, servers: {servers}, draws: 1 kW, cords: dual, fed-by: [bus-a, bus-b], dead-on-arrival: 0 %, batch: 20, boot: {{automated: {{rate: 1200 /h}}}}}}}}
services: {{shop: {{tier: 1, users: 1000, starts: 0 s, runs-on: {{web: {{active: 10}}}}}}}}
"
        ),
    )
}

#[test]
fn two_sides_that_carry_sixty_percent_each_are_one_side_too_few() {
    let ready = two_sides(120, "{after: 10 s}");
    let cells = ready.first_row();
    // 60 kW and 60 kW; then 120 kW on the one that is left, for ten seconds.
    assert_eq!(cells[ready.layout.down_at(0)], HOUR + 10 * S);
    let overload = ready
        .layout
        .classes()
        .iter()
        .position(|class| *class == "overload");
    let class = usize::try_from(cells[ready.layout.class(0)]).ok();
    assert_eq!(class, overload);
    assert_eq!(cells[ready.layout.servers_down_max()], 120);
    let ready = two_sides(90, "{after: 10 s}");
    let cells = ready.first_row();
    assert_eq!(cells[ready.layout.down_at(0)], -1);
    assert_eq!(cells[ready.layout.servers_down_max()], 0);
    // Just what a side may carry trips nothing; one server more does.
    for (servers, falls) in [(100, false), (101, true)] {
        let ready = two_sides(servers, "{after: 10 s}");
        assert_eq!(
            ready.first_row()[ready.layout.outages(0)] > 0,
            falls,
            "{servers} servers"
        );
    }
    // So does less, where a breaker is loaded to 80 % at most.
    let ready = two_sides(90, "{at: 80 %, after: 10 s}");
    assert_eq!(ready.first_row()[ready.layout.down_at(0)], HOUR + 10 * S);
}

#[test]
fn the_heavier_the_overload_the_sooner_it_trips() {
    // 130 % lie half-way between 110 % and 150 %: half-way between 1,000 s and 200 s.
    let curve = "{curve: {110 %: 1000 s, 150 %: 200 s, 200 %: 1 s}}";
    for (servers, seconds) in [(130, 600), (150, 200), (120, 800), (200, 1)] {
        let ready = two_sides(servers, curve);
        assert_eq!(
            ready.first_row()[ready.layout.down_at(0)],
            HOUR + seconds * S,
            "{servers} servers"
        );
    }
    // 110 % are borne for ever.
    let ready = two_sides(110, curve);
    assert_eq!(ready.first_row()[ready.layout.down_at(0)], -1);
}

#[test]
fn what_came_back_alone_trips_once_all_servers_are_on() {
    // Six batches of twenty, a minute each: when the sixth is on, the side that came back carries 120 kW for ten seconds.
    let ready = two_sides(120, "{after: 10 s}");
    let outage = ready.first_row();
    assert_eq!(outage[ready.layout.rta(0)], -2);
    // With the other one closed by itself after five minutes, all of them are on by 3:06, on both sides; they trip it once before: it is
    // closed at 1:05:10 and carries 120 kW from 1:11:10.
    let ready = two_sides(120, "{after: 10 s, resets-after: 5 min}");
    let outage = ready.first_row();
    assert_eq!(outage[ready.layout.down_at(0)], HOUR + 10 * S);
    assert!(
        outage[ready.layout.rta(0)] > HOUR,
        "{}",
        outage[ready.layout.rta(0)]
    );
    assert_eq!(outage[ready.layout.stuck()], 0);
}

#[test]
fn what_has_opened_closes_by_itself_only_when_its_load_fits() {
    let ready = ready(
        "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
buses: {bus-a: {in: alpha, capacity: 100 kW, trips: {after: 10 s, resets-after: 1 min}}}
loads: {hall: {fed-by: bus-a, tier: 1, draws: 120 kW, profile: turns}}
profiles: {turns: {each: 4 h, shares: [50 %, 100 %]}}
utility-feeds: {spare: {in: alpha}}
happens: {nothing: {loss-of: {ids: spare, at: +1 h, for: 1 h}}}
",
    );
    let cells = ready.first_row();
    // 60 kW until 4:00, then 120 kW for 10 s; they do not fit to the end.
    assert_eq!(cells[ready.layout.unserved_joules(0)], 120_000 * (4 * 3_600 - 10));
}

#[test]
fn people_close_what_has_opened() {
    let ready = ready(
        "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
buses: {bus-a: {in: alpha, capacity: 100 kW, trips: {after: 10 s, reset: {takes: 15 min}}}}
loads:
  hall: {fed-by: bus-a, tier: 1, draws: 90 kW}
  kitchen: {fed-by: bus-a, tier: 3, draws: 20 kW, profile: noon}
profiles: {noon: {each: 4 h, shares: [0 %, 100 %]}}
utility-feeds: {spare: {in: alpha}}
happens: {nothing: {loss-of: {ids: spare, at: +1 h, for: 1 h}}}
",
    );
    let cells = ready.first_row();
    // At 4:00:10 it opens; closed after 15 min it opens again after 10 s, and so on to the end: 14,390 s are 15 turns of 910 s and 740 s.
    assert_eq!(cells[ready.layout.unserved_joules(0)], 90_000 * (15 * 900 + 740));
    assert_eq!(cells[ready.layout.shortfalls(0)], 16);
}

#[test]
fn sets_that_are_too_few_open_one_after_the_other() {
    let text = |units: u32| {
        format!(
            "blackstart: 1
horizon: 8 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
generators: {{sets: {{in: alpha, stands-in-for: grid-a, units: {units}, starts: 10 s, fails-to-start: 0 %, capacity: 1 MW, trips: {{after: 30 s}}}}}}
buses: {{bus-a: {{in: alpha, fed-by: [grid-a, sets]}}}}
loads: {{hall: {{fed-by: bus-a, tier: 1, draws: 2.5 MW}}}}
happens: {{gone: {{loss-of: {{ids: grid-a, at: +1 h, for: 1 h}}}}}}
"
        )
    };
    let three = ready(&text(3));
    assert_eq!(three.first_row()[three.layout.unserved_joules(0)], 2_500_000 * 10);
    let two = ready(&text(2));
    // From 10 s to 40 s they carry it; the second opens a microsecond after the first, within which 2.5 J are served.
    assert_eq!(
        two.first_row()[two.layout.unserved_joules(0)],
        2_500_000 * (3_600 - 30) - 3
    );
}

#[test]
fn a_battery_lasts_by_the_load_of_its_ups() {
    // 80 kW until the kitchen goes at 1:05, 40 kW from then on, of a UPS of 100 kW.
    let ready = ready(
        "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
utility-feeds: {grid-a: {in: alpha}}
ups: {ups-a: {in: alpha, fed-by: grid-a, batteries: bat-a, capacity: 100 kW}}
batteries: {bat-a: {in: alpha, autonomy: {20 %: 60 min, 60 %: 20 min, 100 %: 10 min}, recharges: 10 h}}
buses: {bus-a: {in: alpha, fed-by: ups-a}, bus-k: {in: alpha, fed-by: ups-a}}
loads: {hall: {fed-by: bus-a, tier: 1, draws: 40 kW}, kitchen: {fed-by: bus-k, tier: 2, draws: 40 kW}}
happens:
  gone: {loss-of: {ids: grid-a, at: +1 h, for: 2 h}}
  shed: {loss-of: {ids: bus-k, at: +65 min, for: 4 h}}
",
    );
    let cells = ready.first_row();
    // At 80 kW it would last 15 min: five minutes take a third. At 40 kW 40 min: two thirds of them are 26 min 40 s.
    assert_eq!(cells[ready.layout.down_at(0)], HOUR + (5 * 60 + 1_600) * S);
}

#[test]
fn a_battery_by_load_is_full_again_after_its_time_and_a_flat_table_is_a_plain_time() {
    let text = |autonomy: &str| {
        format!(
            "blackstart: 1
horizon: 24 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
ups: {{ups-a: {{in: alpha, fed-by: grid-a, batteries: bat-a, capacity: 100 kW}}}}
batteries: {{bat-a: {{in: alpha, autonomy: {autonomy}, recharges: 10 h}}}}
buses: {{bus-a: {{in: alpha, fed-by: ups-a}}}}
loads: {{hall: {{fed-by: bus-a, tier: 1, draws: 40 kW}}}}
happens:
  once: {{loss-of: {{ids: grid-a, at: +1 h, for: 10 min}}}}
  twice: {{loss-of: {{ids: grid-a, at: +4 h, for: 2 h}}}}
"
        )
    };
    // Half of it is spent at 1:10 and 2:50 later 17/60 of all are back: 47/60 of 20 min.
    let minutes = 47 * HOUR / 60 / 3;
    for autonomy in ["20 min", "{40 %: 20 min}", "{20 %: 30 min, 60 %: 10 min}"] {
        let ready = ready(&text(autonomy));
        assert_eq!(
            ready.first_row()[ready.layout.down_at(0)],
            4 * HOUR + minutes,
            "{autonomy}"
        );
    }
}

#[test]
fn fuel_is_burnt_by_load() {
    // Full load of both sets for 6 h. They burn 40 % of that idle, and 60 % more in proportion to the load.
    let text = |draws: &str| {
        format!(
            "blackstart: 1
horizon: 48 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
generators: {{sets: {{in: alpha, stands-in-for: grid-a, units: 2, starts: 10 s, fails-to-start: 0 %, capacity: 1 MW, fuel: 6 h, burns-idle: 40 %}}}}
buses: {{bus-a: {{in: alpha, fed-by: [grid-a, sets]}}}}
loads: {{hall: {{fed-by: bus-a, tier: 1, draws: {draws}}}}}
happens: {{gone: {{loss-of: {{ids: grid-a, at: +1 h, for: 40 h}}}}}}
"
        )
    };
    // So 100 % at full load, 70 % at half and 55 % at a quarter of it: 6 h, 6 h / 0.7 and 6 h / 0.55.
    for (draws, hours_ppm) in [("2 MW", 6_000_000), ("1 MW", 8_571_429), ("500 kW", 10_909_091)] {
        let ready = ready(&text(draws));
        let served_us = 40 * HOUR - ready.first_row()[ready.layout.short_us(0)];
        let expected = i128::from(HOUR) * hours_ppm / 1_000_000;
        assert!(
            (i128::from(served_us) - expected).abs() < i128::from(S),
            "{draws}: {served_us}"
        );
    }
}

#[test]
fn the_page_on_power_gives_what_was_worked_out_by_hand() {
    let ready = Ready::new(loaded(&root().join("scenarios/two-sides.yaml")));
    let cells = ready.first_row();
    assert_eq!(cells[ready.layout.down_at(0)], HOUR + (15 * 60 + 58) * S);
    assert_eq!(cells[ready.layout.servers_down_max()], 240);
    let page = std::fs::read_to_string(root().join("docs/power.md")).expect("the page");
    assert!(
        page.contains("| 1:15:58 | `ups-b` trips"),
        "the page tells another time"
    );
}

#[test]
fn servers_that_boot_all_at_once_trip_what_feeds_them_and_in_turn_they_do_not() {
    let text = |batch: u32| {
        format!(
            "blackstart: 1
horizon: 8 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a, capacity: 100 kW, trips: {{after: 10 s}}}}}}
pools:
  web: {{in: alpha, servers: 80, draws: 1 kW, draws-starting: 1500 W, fed-by: bus-a, batch: {batch}, dead-on-arrival: 0 %, boot: {{automated: {{rate: 1200 /h}}}}}}
services: {{shop: {{tier: 1, users: 1000, starts: 0 s, runs-on: {{web: {{active: 80}}}}}}}}
happens: {{gone: {{loss-of: {{ids: grid-a, at: +1 h, for: 1 h}}}}}}
"
        )
    };
    // 80 · 1.5 kW are 120 kW; twenty by twenty it is 60 + 20 · 1.5 = 90 kW at most, and all are on after four minutes.
    let at_once = ready(&text(80));
    let row = at_once.first_row();
    assert_eq!(row[at_once.layout.rta(0)], -2);
    let in_turn = ready(&text(20));
    let row = in_turn.first_row();
    assert_eq!(row[in_turn.layout.rta(0)], HOUR + 240 * S);
}

#[test]
fn batteries_that_recharge_trip_what_carried_the_servers_alone() {
    let text = |draws: &str| {
        format!(
            "blackstart: 1
horizon: 24 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a, capacity: 100 kW, trips: {{after: 10 s}}}}}}
ups: {{ups-a: {{in: alpha, fed-by: bus-a, batteries: bat-a}}}}
batteries: {{bat-a: {{in: alpha, autonomy: 2 h, recharges: 10 h, recharge-draws: {draws}}}}}
pools: {{web: {{in: alpha, servers: 80, draws: 1 kW, fed-by: ups-a}}}}
services: {{shop: {{tier: 1, users: 1000, starts: 0 s, runs-on: {{web: {{active: 80}}}}}}}}
happens: {{gone: {{loss-of: {{ids: grid-a, at: +1 h, for: 1 h}}}}}}
"
        )
    };
    let gentle = ready(&text("20 kW"));
    assert_eq!(gentle.first_row()[gentle.layout.down_at(0)], -1);
    // 110 kW for ten seconds, in which two seconds of autonomy come back; then half of it is left, and the two seconds.
    let greedy = ready(&text("30 kW"));
    assert_eq!(greedy.first_row()[greedy.layout.down_at(0)], 3 * HOUR + 12 * S);
}

/// Two buses with a normally open tie between them, and servers on the second; what is described of the tie, and what happens.
fn main_tie_main(tie: &str, happens: &str) -> Box<[i64]> {
    let ready = ready(&format!(
        "blackstart: 1
horizon: 12 h
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}, grid-b: {{in: alpha}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a}}, bus-b: {{in: alpha, fed-by: grid-b}}}}
ties: {{tie-ab: {{in: alpha, between: [bus-a, bus-b], {tie}}}}}
pools: {{web: {{in: alpha, servers: 1, fed-by: bus-b, dead-on-arrival: 0 %, boot: {{automated: {{rate: 3600 /h}}}}}}}}
services: {{shop: {{tier: 1, users: 1000, starts: 0 s, runs-on: {{web: {{active: 1}}}}}}}}
happens: {{{happens}}}
"
    ));
    let cells = ready.first_row();
    Box::new([cells[ready.layout.down_at(0)], cells[ready.layout.rta(0)]])
}

#[test]
fn a_tie_closes_after_its_time_and_hands_back_without_a_gap() {
    let lost = "gone: {loss-of: {ids: grid-b, at: +1 h, for: 4 h}}";
    let open = "normally: open, closes: {after: 2 s}";
    // Two seconds without supply, one second to boot.
    let with = main_tie_main(open, lost);
    assert_eq!(with[0], HOUR);
    assert!((3 * S..4 * S).contains(&with[1]), "{}", with[1]);
    // Nobody closes it: as long as the grid is away, and the boot.
    let without = main_tie_main("normally: open", lost);
    assert!(
        (4 * HOUR + S..4 * HOUR + 2 * S).contains(&without[1]),
        "{}",
        without[1]
    );
    // By hand after an hour.
    let by_hand = main_tie_main(
        "normally: open",
        &format!("{lost}, hand: {{timeline: {{entries: {{shut: {{at: +2 h, does: {{close: tie-ab}}}}}}}}}}"),
    );
    assert!((HOUR + S..HOUR + 2 * S).contains(&by_hand[1]), "{}", by_hand[1]);
    // A broken bus is taken by no tie from the other, and none brings it back.
    let broken = main_tie_main(open, "gone: {loss-of: {ids: bus-b, at: +1 h, for: 4 h}}");
    assert!(
        (4 * HOUR + S..4 * HOUR + 2 * S).contains(&broken[1]),
        "{}",
        broken[1]
    );
}

/// Three halls of 60 servers on a board of 110 kW: a server draws 500 W, and 750 W while it starts.
fn three_halls(back: &str) -> Ready {
    ready(&format!(
        "blackstart: 1
horizon: 1 d
sites: {{alpha: {{rooms: {{boards: , hall-1: , hall-2: , hall-3: }}}}}}
utility-feeds: {{grid: {{in: alpha}}}}
buses: {{main: {{in: boards, fed-by: grid, capacity: 110 kW, trips: {{after: 10 s, reset: {{takes: 40 min}}}}}}}}
templates: {{hall: {{servers: 60, draws: 500 W, draws-starting: 750 W, fed-by: main, batch: 60, dead-on-arrival: 0 %, boot: {{automated: {{rate: 360 /h}}}}}}}}
pools: {{web-1: {{template: hall, in: hall-1}}, web-2: {{template: hall, in: hall-2}}, web-3: {{template: hall, in: hall-3}}}}
services: {{shop: {{tier: 1, users: 1, starts: 5 min, recovered-at: 95 %, runs-on: {{web-1: {{active: 60}}, web-2: {{active: 60}}, web-3: {{active: 60}}}}}}}}
happens: {{cut: {{timeline: {{entries: {{out: {{at: +1 h, does: {{cut: [hall-1, hall-2, hall-3]}}}}, {back}}}}}}}}}
"
    ))
}

#[test]
fn what_is_energised_at_once_trips_again_and_again() {
    // 3 · 60 · 750 W = 135 kW while all boot.
    let at_once = three_halls("back: {at: +2 h, does: {energise: [hall-1, hall-2, hall-3]}}");
    assert_eq!(
        at_once.first_row()[at_once.layout.rta(0)],
        -2,
        "not within the horizon"
    );
    // One after the other: 45, then 30 + 45, then 60 + 45 = 105 kW. Boots take ten minutes, a start five.
    let in_order = three_halls(
        "one: {at: +2 h, does: {energise: hall-1}}, two: {at: +2 h 15 min, does: {energise: hall-2}}, three: {at: +2 h 30 min, does: {energise: hall-3}}",
    );
    assert_eq!(in_order.first_row()[in_order.layout.rta(0)], HOUR + 45 * 60 * S);
}

/// Three halls of 60 kW, of tiers 1, 2 and 3, each on both of two sides of 100 kW, one of which is lost from 1 h to 3 h.
fn three_tiers(sheds: &str) -> Ready {
    let trips = format!("{{after: 10 s{sheds}}}");
    on_two_sides(
        &trips,
        "templates: {hall: {in: alpha, servers: 60, draws: 1 kW, cords: dual, fed-by: [bus-a, bus-b], batch: 60, dead-on-arrival: 0 %, boot: {automated: {rate: 3600 /h}}}}
pools: {web-1: {template: hall}, web-2: {template: hall}, web-3: {template: hall}}
services:
  best: {tier: 1, users: 1, starts: 0 s, settled-for: 10 min, runs-on: {web-1: {active: 60}}}
  good: {tier: 2, users: 1, starts: 0 s, settled-for: 10 min, runs-on: {web-2: {active: 60}}}
  last: {tier: 3, users: 1, starts: 0 s, settled-for: 10 min, runs-on: {web-3: {active: 60}}}
",
    )
}

#[test]
fn the_worst_tier_is_shed_before_anything_opens() {
    let told = |sheds: &str| {
        let ready = three_tiers(sheds);
        let cells = ready.first_row();
        let of = |service: usize| {
            (
                cells[ready.layout.down_at(service)] / S,
                cells[ready.layout.rta(service)] / S,
            )
        };
        [of(0), of(1), of(2)]
    };
    // 180 kW on the one side that is left: it opens after ten seconds, and everything is lost until the other is back, and then opens as well.
    assert!(told("").iter().all(|&(down_at, _)| down_at == 3_610));
    // Hall 3 after two seconds (120 kW are left), hall 2 after four (60 kW). From then on it is looked every five minutes whether there is room: at
    // 10,804 s, with both sides, for hall 2 (30 kW on each), and five minutes later for hall 3. A boot takes a minute.
    let [best, good, last] = told(", sheds: {every: 2 s, returns-after: 5 min}");
    assert_eq!(best.0, 0, "never");
    assert_eq!((good, last), ((3_604, 10_864 - 3_604), (3_602, 11_164 - 3_602)));
    // Two tiers spared are too many.
    let [best, ..] = told(", sheds: {every: 2 s, spares: 2}");
    assert_eq!(best.0, 3_610);
    let [best, good, last] = told(", sheds: {every: 2 s, spares: 1}");
    assert_eq!((best.0, good.0, last.0), (0, 3_604, 3_602));
    assert_eq!(good.1, 0, "nobody switches it on again");
}
