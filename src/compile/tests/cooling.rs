//! Heat, worked out by hand: when rooms cross their thresholds, to the microsecond, and what that does.

use super::*;

const SECOND: u64 = 1_000_000;

impl Ran {
    /// When a node first gets this value.
    fn first(&self, name: &str, value: i64) -> Option<u64> {
        let node = node_named(&self.compiled.net, name).unwrap_or_else(|| panic!("no node {name}"));
        let changes = self.history.changes.get(&node.0)?;
        changes
            .iter()
            .find(|change| change.2 == value)
            .map(|change| change.0)
    }
}

/// A hall of 1 MW that takes 18 MJ for a degree (18 s), and no other cooling than its own units.
fn hall(rest: &str) -> String {
    format!(
        "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}}}
rooms: {{hall: {{in: alpha, thermal: {{heat-capacity: 18 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 42 °C, restart: 27 °C}}}}}}
pools: {{web: {{in: hall, servers: 2000, draws: 500 W, dead-on-arrival: 0 %, batch: 2000, boot: {{automated: {{rate: 120000 /h}}}}}}}}
{rest}"
    )
}

#[test]
fn without_cooling_a_room_warms_along_a_line_and_its_servers_trip() {
    let ran = Ran::new(
        &hall(
            "cracs: {units: {in: hall, units: 4, capacity: 300 kW, restarts: 3 min}}
happens: {gone: {loss-of: {ids: units, at: +10 min, for: 30 min}}}",
        ),
        0,
    );
    let lost = 10 * MINUTE;
    // 18 MJ/K at 1 MW: 18 s a degree, 180 s to the alarm and 360 s to the trip.
    assert_eq!(ran.first("hall/too-warm", 1), Some(lost + 180 * SECOND));
    assert_eq!(ran.first("hall/tripped", 1), Some(lost + 360 * SECOND));
    assert_eq!(ran.first("web/on", 0), Some(lost + 360 * SECOND));
    // Nothing warms it any more. At 40 min the units come back, cool after 3 min, and take 1.2 MW: 15 K are 225 s.
    let cool = 43 * MINUTE + 225 * SECOND;
    assert_eq!(ran.at_us("web/supplied", cool - 1), 0);
    assert_eq!(ran.at_us("web/supplied", cool), 1);
    // 2000 servers at 120,000 an hour are a minute.
    assert_eq!(
        (
            ran.at_us("web/on", cool + 60 * SECOND - 1),
            ran.at_us("web/on", cool + 60 * SECOND)
        ),
        (0, 2000)
    );
}

#[test]
fn a_room_with_some_of_its_units_warms_slowly() {
    let ran = Ran::new(
        &hall(
            "cracs: {most: {in: hall, units: 2, capacity: 300 kW}, some: {in: hall, units: 2, capacity: 300 kW}}
happens: {gone: {loss-of: {ids: most, at: +10 min}}}",
        ),
        0,
    );
    // 1000 kW less 600 kW: 45 s a degree.
    assert_eq!(ran.first("hall/too-warm", 1), Some(10 * MINUTE + 450 * SECOND));
    assert_eq!(ran.first("hall/tripped", 1), Some(10 * MINUTE + 900 * SECOND));
}

#[test]
fn enough_units_keep_a_room_at_its_set_point() {
    let ran = Ran::new(
        &hall(
            "cracs: {units: {in: hall, units: 4, capacity: 250 kW}}
happens: {gone: {loss-of: {ids: web, at: +10 min, for: 10 min}}}",
        ),
        0,
    );
    assert_eq!(ran.first("hall/warm", 1), None);
    assert_eq!(ran.first("hall/too-warm", 1), None);
}

#[test]
fn a_room_relaxes_towards_what_its_surroundings_allow() {
    // 1 MW warms it by 30 K in the end: τ · P / C = 540 s · 1 MW / 18 MJ/K.
    let text = hall(
        "cracs: {units: {in: hall, units: 4, capacity: 300 kW}}
happens: {gone: {loss-of: {ids: units, at: +10 min}}}",
    )
    .replace(
        "restart: 27 °C",
        "restart: 27 °C, surroundings: {temperature: 22 °C, time-constant: 540 s}",
    );
    let ran = Ran::new(&text, 0);
    for (node, warmer) in [("hall/too-warm", 10.0_f64), ("hall/tripped", 20.0)] {
        let expected = 600e6 + 540e6 * -(1.0 - warmer / 30.0).ln();
        let got = ran.first(node, 1).expect("crossed");
        #[expect(clippy::cast_precision_loss, reason = "some minutes")]
        let off = got as f64 - expected;
        assert!((0.0..=1.5).contains(&off), "{node}: {got} for {expected}");
    }
    // It then cools by itself: from 20 K to 5 K in 540 s · ln 4; the servers come on again, and trip again.
    let off = ran.first("web/on", 0).expect("tripped");
    let again = ran.first("web/supplied", 1).expect("cooled");
    #[expect(clippy::cast_precision_loss, reason = "some minutes")]
    let took = (again - off) as f64;
    assert!((took - 540e6 * 4.0_f64.ln()).abs() <= 1.5, "{took}");
}

#[test]
fn an_orderly_shutdown_of_the_low_tiers_saves_the_rest() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
rooms: {hall: {in: alpha, thermal: {heat-capacity: 18 MJ/K, set-point: 22 °C, trip: 42 °C, restart: 24 °C, shutdown: {low: {at: 32 °C, spares: 2, takes: 2 min}}}}}
pools: {web: {in: hall, servers: 600, draws: 500 W}, batch: {in: hall, servers: 1400, draws: 500 W}}
services: {text: {tier: 1, runs-on: {web: {active: 600}}}, ads: {tier: 5, runs-on: {batch: {active: 1400}}}}
cracs: {most: {in: hall, units: 2, capacity: 300 kW}, some: {in: hall, units: 2, capacity: 200 kW}}
happens: {gone: {loss-of: {ids: most, at: +10 min}}}";
    let ran = Ran::new(design, 0);
    // 600 kW net: 30 s a degree. From 32 °C on for two minutes to 36 °C; then 300 kW against 400 kW.
    let shut = 10 * MINUTE + 300 * SECOND;
    assert_eq!(ran.first("hall/shutdown/low", 1), Some(shut));
    assert_eq!(ran.first("batch/on", 0), Some(shut + 120 * SECOND));
    assert_eq!(ran.first("hall/tripped", 1), None);
    assert_eq!(ran.first("web/on", 0), None);
    // 14 K down to 24 °C: 12 K at 100 kW are 2160 s. Then they may start again.
    assert_eq!(
        ran.first("batch/supplied", 1),
        Some(shut + 120 * SECOND + 2160 * SECOND)
    );
}

#[test]
fn what_other_loads_draw_warms_a_room_as_far_as_they_get_it() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha, capacity: 900 kW}}
buses: {bus: {in: alpha, fed-by: grid}}
rooms: {hall: {in: alpha, thermal: {heat-capacity: 18 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 42 °C}}}
loads: {halls: {in: hall, fed-by: bus, draws: 1 MW}}
cracs: {units: {in: hall, units: 4, capacity: 300 kW}}
happens: {gone: {loss-of: {ids: units, at: +10 min}}}";
    // 900 kW: 20 s a degree.
    assert_eq!(
        Ran::new(design, 0).first("hall/too-warm", 1),
        Some(10 * MINUTE + 200 * SECOND)
    );
}

/// The same hall on chilled water.
fn plant(storage: &str, happens: &str) -> String {
    hall(&format!(
        "utility-feeds: {{grid: {{in: alpha}}}}
chillers: {{chillers: {{in: alpha, units: 5, capacity: 250 kW, restarts: 5 min, fed-by: grid, in-heat: {{hot: {{from: 40 °C, gives: 72 %}}}}}}}}
towers: {{towers: {{in: alpha, units: 4, capacity: 300 kW, fed-by: grid}}}}
pumps: {{pumps: {{in: alpha, units: 3, capacity: 500 kW}}}}
chilled-water: {{water: {{in: alpha, chillers: chillers, towers: towers, pumps: pumps{storage}}}}}
cracs: {{crahs: {{in: hall, units: 12, capacity: 100 kW, cooled-by: water}}}}
happens: {happens}"
    ))
    .replace("sites: {alpha: {}}", "sites: {alpha: {outside: 30 °C}}")
}

#[test]
fn a_loop_has_the_least_of_its_stages() {
    for (lost, kw) in [("chillers", 0), ("towers", 0), ("pumps", 0), ("crahs", 0)] {
        let ran = Ran::new(
            &plant(
                "",
                &format!("{{gone: {{loss-of: {{ids: {lost}, at: +10 min}}}}}}"),
            ),
            0,
        );
        let heats = 1000 - kw;
        assert_eq!(
            ran.first("hall/too-warm", 1),
            Some(10 * MINUTE + 180 * SECOND * 1000 / heats),
            "{lost}"
        );
    }
    let ran = Ran::new(&plant("", "{gone: {loss-of: {ids: water, at: +10 min}}}"), 0);
    assert_eq!(ran.first("hall/too-warm", 1), Some(10 * MINUTE + 180 * SECOND));
}

#[test]
fn a_store_of_cold_water_bridges_the_restart_of_chillers() {
    // 1 MW for five minutes are 83.3 kWh. 50 kWh last three minutes; then it warms for two, by 6.7 K.
    let storage = ", storage: {holds: 50 kWh, gives: 1 MW}";
    let dark = "{dark: {loss-of: {ids: grid, at: +10 min, for: 1 s}}}";
    let ran = Ran::new(&plant(storage, dark), 0);
    assert_eq!(ran.first("water/storage", 0), Some(13 * MINUTE));
    assert_eq!(ran.first("hall/warm", 1), Some(13 * MINUTE + 9 * SECOND));
    assert_eq!(ran.first("hall/too-warm", 1), None);
    // At 15 min 1 s: 121 s of 1 MW. Chillers then have 1250 kW, of which towers give off 1200: 605 s to the set point.
    assert_eq!(
        ran.first("hall/warm", 0),
        Some(15 * MINUTE + SECOND + 605 * SECOND)
    );
    // Half of it is taken up, half warms the room.
    let ran = Ran::new(&plant(", storage: {holds: 50 kWh, gives: 500 kW}", dark), 0);
    assert_eq!(ran.first("hall/warm", 1), Some(10 * MINUTE + 18 * SECOND));
    assert_eq!(ran.first("hall/too-warm", 1), None);
}

#[test]
fn heat_outside_takes_a_part_of_the_chillers() {
    let happens = "{heat: {timeline: {entries: {hot: {at: +10 min, does: {outside: {alpha: 41 °C}}}, cooler: {at: +30 min, does: {outside: {alpha: 35 °C}}}}}}}";
    let ran = Ran::new(&plant("", happens), 0);
    // 5 · 180 kW are 900 kW: 100 kW warm it, half a degree in 90 s and 10 K in half an hour.
    assert_eq!(ran.first("hall/warm", 1), Some(10 * MINUTE + 90 * SECOND));
    assert_eq!(ran.first("hall/too-warm", 1), None);
    // Twenty minutes of 100 kW go at 200 kW.
    assert_eq!(ran.first("hall/warm", 0), Some(40 * MINUTE));
}

#[test]
fn rooms_share_a_loop_that_is_short() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
rooms:
  small: {in: alpha, thermal: {heat-capacity: 3 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 90 °C}}
  large: {in: alpha, thermal: {heat-capacity: 9 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 90 °C}}
pools: {a: {in: small, servers: 200, draws: 500 W}, b: {in: large, servers: 600, draws: 500 W}}
chillers: {first: {in: alpha, units: 1, capacity: 200 kW}, second: {in: alpha, units: 1, capacity: 200 kW}}
chilled-water: {water: {in: alpha, chillers: [first, second]}}
cracs: {cracs-a: {in: small, units: 2, capacity: 60 kW, cooled-by: water}, cracs-b: {in: large, units: 6, capacity: 60 kW, cooled-by: water}}
happens: {gone: {loss-of: {ids: first, at: +10 min}}}";
    let ran = Ran::new(design, 0);
    // 200 of 400 kW, in the parts of 100 to 300 kW, warm as of 120 to 360: 60 s a degree in both.
    assert_eq!(ran.first("small/too-warm", 1), Some(20 * MINUTE));
    assert_eq!(ran.first("large/too-warm", 1), Some(20 * MINUTE));
}

#[test]
fn a_failed_control_takes_all_redundant_units_and_cooling_draws_power() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha, capacity: 1200 kW}}
buses: {bus: {in: alpha, fed-by: grid}}
rooms: {hall: {in: alpha, thermal: {heat-capacity: 18 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 42 °C}}}
pools: {web: {in: hall, servers: 2000, draws: 500 W, fed-by: bus}}
cooling-controls: {group: {in: alpha}}
cracs: {units: {in: hall, units: 8, capacity: 300 kW, draws: 20 kW, fed-by: bus, controlled-by: group}}
loads: {offices: {fed-by: bus, draws: 80 kW}}
happens: {gone: {timeline: {entries: {fails: {at: +10 min, does: {break: group}}}}}}";
    let ran = Ran::new(design, 0);
    // 1000 + 160 + 80 kW of 1200: the offices are short by the least bit until the units stop.
    assert_eq!(
        (
            ran.at("offices/granted", 9) < 80_000,
            ran.at("offices/granted", 11)
        ),
        (true, 80_000)
    );
    assert_eq!(ran.first("hall/too-warm", 1), Some(13 * MINUTE));
}

#[test]
fn the_ride_through_of_the_library_spans_the_record_by_density_and_by_what_is_left() {
    let hall = |block: &str, watts: u32, left: &str| {
        let text = format!(
            "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}}}
rooms: {{hall: {{in: alpha, library: {block}}}}}
pools: {{web: {{in: hall, servers: 2000, draws: {watts} W}}}}
cracs: {{lost: {{in: hall, units: 2, capacity: 1 MW}}{left}}}
happens: {{gone: {{loss-of: {{ids: lost, at: +1 h}}}}}}"
        );
        Ran::new(&text, 0)
            .first("hall/tripped", 1)
            .expect("it gets too hot")
            - 60 * MINUTE
    };
    let left = |kw: u32| format!(", left: {{in: hall, units: 1, capacity: {kw} kW}}");
    // Without airflow, 100 racks of 5 kW (2000 · 250 W) and of 10 kW: a vendor's test had 3 min 9 s and less than a minute.
    let (five, ten) = (
        hall("100-racks-without-airflow", 250, ""),
        hall("100-racks-without-airflow", 500, ""),
    );
    assert!(five.abs_diff(189 * SECOND) < 3 * SECOND, "{five}");
    assert!((45 * SECOND..60 * SECOND).contains(&ten), "{ten}");
    // 200 racks of 5 kW with moving air: 155 MJ/K · 18 K / 1 MW, exactly. Azure South Central US had 47 min.
    assert_eq!(hall("hall-200-racks", 500, ""), 2790 * SECOND);
    // With 40 % and with 62 % of the heat still taken away: Azure Australia East had about 2 h with 1 or 2 of 7 chillers.
    // A mark that is crossed on the way rounds up to a microsecond.
    assert!(hall("hall-200-racks", 500, &left(400)).abs_diff(4650 * SECOND) <= 1);
    assert!(hall("hall-200-racks", 500, &left(620)).abs_diff(7342 * SECOND) < 2 * SECOND);
    // With 78 %: Google London had 3 h 32 min to its ordered shutdown.
    assert!(hall("hall-200-racks", 500, &left(780)).abs_diff(12_682 * SECOND) < 2 * SECOND);
}
