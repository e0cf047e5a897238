//! Small scenarios, from their text to what the network does.

use super::*;

pub(super) const POWER: &str = "blackstart: 1
horizon: 3 d
sites: {alpha: {rooms: {ups-room: {}, battery-room: {}, hall: {}}}}
utility-feeds: {grid: {in: alpha}}
generators: {gen: {in: alpha, stands-in-for: grid, units: 3, needed: 2, starts: 30 s, fails-to-start: 0 %, fuel: 5 h}}
transfer-switches: {ats: {in: alpha, sources: [grid, gen], senses: 2 s, transfers: 1 s}}
ups: {ups: {in: ups-room, fed-by: ats, batteries: bat}}
batteries: {bat: {in: battery-room, autonomy: 10 min, recharges: 100 min}}
pdus: {pdu: {in: hall, fed-by: ups}}
pools: {web: {in: hall, servers: 40, fed-by: pdu, dead-on-arrival: 0 %, batch: 10, boot: {automated: {rate: 60 /h}}}}
services: {text: {tier: 1, users: 100, runs-on: {web: {active: 40}}, starts: 1 min, settled-for: 1 h}}
";

fn with_power(happens: &str) -> Ran {
    Ran::new(&format!("{POWER}{happens}"), 0)
}

#[test]
fn a_lost_feed_is_bridged_by_the_battery_until_the_generators_carry_the_load_and_their_fuel_is_burnt() {
    let ran = with_power("happens: {dark: {loss-of: {ids: grid, at: +60 min}}}");
    assert_eq!((ran.at("grid/out", 59), ran.at("grid/out", 60)), (1, 0));
    let second = 1_000_000;
    assert_eq!(ran.at_us("ups/fed", 60 * MINUTE), 0);
    assert_eq!(ran.at_us("gen/out", 60 * MINUTE + 30 * second), 1);
    assert_eq!(ran.at("ats/out", 62), 1);
    assert_eq!(ran.at("ups/out", 70), 1);
    // Fuel for five hours, from when the sets ran; then some twelve minutes of battery at most.
    assert_eq!(ran.at("gen/out", 60 + 5 * 60), 1);
    assert_eq!(
        (
            ran.at("gen/out", 361),
            ran.at("ups/out", 361),
            ran.at("web/on", 361)
        ),
        (0, 1, 40)
    );
    assert_eq!(
        (
            ran.at("ups/out", 372),
            ran.at("web/on", 372),
            ran.at("text/level", 372)
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_battery_holds_for_its_autonomy_and_one_lost_with_its_room_does_not_hold_at_all() {
    let entries = "
      lost: {at: +10 min, does: {lose: [grid, gen]}}
      back: {at: +15 min, does: {give-back: grid}}
      again: {at: +65 min, does: {lose: grid}}";
    let ran = with_power(&format!(
        "happens: {{dark: {{timeline: {{entries: {{{}}}}}}}}}",
        flow(entries)
    ));
    // Half empty after five minutes; fifty minutes of charging make it full again.
    assert_eq!(
        (
            ran.at("ups/out", 14),
            ran.at("ups/out", 16),
            ran.at("ups/out", 74)
        ),
        (1, 1, 1)
    );
    assert_eq!(ran.at("ups/out", 76), 0);

    let ran = with_power(
        "happens: {fire: {loss-of: {ids: battery-room, at: +5 min}}, dark: {loss-of: {ids: [grid, gen], at: +6 min}}}",
    );
    assert_eq!(
        (ran.at("ups/out", 5), ran.at("ups/out", 6), ran.at("web/on", 6)),
        (1, 0, 0)
    );
}

/// Entries in block style as a flow map, so that they fit into one line.
fn flow(entries: &str) -> String {
    entries
        .trim()
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn a_power_off_of_the_site_reaches_everything_but_the_battery_and_servers_come_back_in_batches() {
    let entries = "
      cut: {at: +10 min, does: {cut: alpha}}
      back: {at: +100 min, does: {energise: alpha}}";
    let ran = with_power(&format!(
        "happens: {{fire: {{timeline: {{entries: {{{}}}}}}}}}",
        flow(entries)
    ));
    assert_eq!(
        (ran.at("ups/out", 10), ran.at("web/on", 10), ran.at("bat/out", 50)),
        (0, 0, 1)
    );
    // Ten servers take ten minutes at sixty an hour; half of forty are enough to start, which takes a minute.
    let on: Vec<i64> = [109, 111, 121, 131, 141]
        .map(|minute| ran.at("web/on", minute))
        .to_vec();
    assert_eq!(on, [0, 10, 20, 30, 40]);
    assert_eq!(
        (ran.at("text/level", 120), ran.at("text/level", 122)),
        (0, 500_000)
    );
    assert_eq!(
        (ran.at("text/level", 132), ran.at("text/level", 142)),
        (750_000, 1_000_000)
    );
}

const TWO_SITES: &str = "blackstart: 1
horizon: 3 d
sites: {alpha: {}, beta: {}}
pools:
  web-a: {in: alpha, servers: 100, dead-on-arrival: 0 %, batch: 10, boot: {automated: {needs: deploy, rate: 100 /h}, by-hand: {crew: {sre: 1}, each: 6 min}}}
  tools-a: {in: alpha, servers: 10, dead-on-arrival: 0 %, batch: 10, boot: {by-hand: {crew: {sre: 2}, each: 6 min}}}
  web-b: {in: beta, servers: 50}
  data-a: {in: alpha, servers: 10}
  data-b: {in: beta, servers: 10}
stores: {accounts: {starts: 2 min, replicas: {data-a: primary, data-b: synchronous}}}
services:
  text: {tier: 1, users: 1000, runs-on: {web-a: {active: 40}, web-b: {warm: 40}}, starts: 1 min, needs: {accounts: hard, login: {hard: {grace: 30 min}}}}
  login: {tier: 2, users: 1000, runs-on: {web-b: {active: 10}}, starts: 1 min}
  ads: {tier: 9, users: 10, runs-on: {web-a: {active: 60}}, starts: 1 min, needs: {text: {soft: {loses: 30 %}}}}
  failover-tool: {tier: internal, runs-on: {tools-a: {active: 2}}, starts: 1 min}
  deploy: {tier: internal, runs-on: {tools-a: {active: 2}}, starts: 1 min}
  staff-chat: {tier: internal, runs-on: {web-a: {active: 1}}, starts: 1 min, needs: {text: hard}}
teams:
  sre: {heads: 8, on-call: 2, joins: 12 min, others-join: 60 min, reached-by: [staff-chat, phone], answers: 2 min, patience: 10 min, learns: {calls: {after: 5 min}}}
procedures:
  leave-alpha:
    trigger: {site-lost: alpha}
    noticed: {people: {after: 20 min}}
    command: sre
    steps:
      declare: {crew: {sre: 1}, takes: 10 min}
      switch: {after: declare, crew: {sre: 1}, needs: failover-tool, takes: 5 min, on-blocked: BLOCKED, does: {fail-over: {from: alpha, to: beta}}}
";

#[test]
fn a_site_is_left_once_its_loss_is_known_people_are_reached_and_the_missing_tool_is_improvised() {
    let design = TWO_SITES.replace("BLOCKED", "{improvise: {after: 15 min, takes: 60 min}}");
    let ran = Ran::new(
        &format!("{design}happens: {{gone: {{loss-of: {{ids: alpha, at: +10 min}}}}}}"),
        0,
    );
    // Known after 5 minutes; staff chat is dead, so that the phone is taken after 10; 2 to answer, 12 to come.
    assert_eq!((ran.at("sre/noticed", 14), ran.at("sre/noticed", 15)), (0, 1));
    assert_eq!((ran.at("sre/reached", 26), ran.at("sre/reached", 27)), (0, 1));
    assert_eq!(
        (
            ran.at("sre/on-call", 38),
            ran.at("sre/on-call", 39),
            ran.at("sre/others", 88)
        ),
        (0, 2, 6)
    );
    // The procedure is noticed after 20 minutes, at 30; declared from 39 to 49, improvised from 64 to 124.
    assert_eq!(
        (ran.at("leave-alpha/begins", 29), ran.at("leave-alpha/begins", 30)),
        (0, 1)
    );
    assert_eq!(
        (ran.at("text/web-b/wanted", 123), ran.at("text/web-b/wanted", 124)),
        (0, 1)
    );
    assert_eq!(
        (ran.at("accounts/level", 125), ran.at("accounts/level", 126)),
        (0, 1_000_000)
    );
    assert_eq!(
        (ran.at("text/level", 126), ran.at("text/level", 127)),
        (0, 1_000_000)
    );
    assert_eq!(
        (ran.at("ads/level", 60), ran.at("login/level", 60)),
        (0, 1_000_000)
    );
}

#[test]
fn a_step_that_is_given_up_when_blocked_does_nothing_and_one_that_waits_goes_on_when_its_tool_is_back() {
    let happens = "happens: {gone: {loss-of: {ids: alpha, at: +10 min, for: 5 h}}}";
    let given_up = Ran::new(
        &format!(
            "{}{happens}",
            TWO_SITES.replace("BLOCKED", "{give-up: {after: 15 min}}")
        ),
        0,
    );
    assert_eq!(given_up.at("text/web-b/wanted", 4000), 0);
    let waits = Ran::new(&format!("{}{happens}", TWO_SITES.replace("BLOCKED", "wait")), 0);
    // Alpha is back at 310. Two heads boot ten tool servers at 6 min each in 30 min; the tool starts in 1.
    assert_eq!(
        (waits.at("tools-a/on", 339), waits.at("tools-a/on", 340)),
        (0, 10)
    );
    assert_eq!(
        (
            waits.at("failover-tool/level", 340),
            waits.at("failover-tool/level", 341)
        ),
        (0, 1_000_000)
    );
    // All eight heads boot servers by hand meanwhile: the first six of them are free at 370.
    assert_eq!(
        (
            waits.at("text/web-b/wanted", 374),
            waits.at("text/web-b/wanted", 375)
        ),
        (0, 1)
    );
}

#[test]
fn servers_are_booted_by_hand_side_by_side_while_the_tool_is_down_and_a_need_is_borne_for_its_grace() {
    let design = TWO_SITES.replace("BLOCKED", "wait");
    let ran = Ran::new(
        &format!("{design}happens: {{gone: {{loss-of: {{ids: web-a, at: +10 min, for: 4 h}}}}}}"),
        0,
    );
    // The tool is alive: a batch of ten takes six minutes at a hundred an hour.
    assert_eq!(
        (
            ran.at("web-a/on", 255),
            ran.at("web-a/on", 256),
            ran.at("web-a/on", 262)
        ),
        (0, 10, 20)
    );

    let happens = "happens: {tools: {loss-of: deploy}, gone: {loss-of: {ids: web-a, at: +10 min, for: 4 h}}}";
    let ran = Ran::new(&format!("{design}{happens}"), 0);
    // Eight heads take a batch of ten each, an hour a batch; the last two batches follow.
    let on: Vec<i64> = [309, 310, 369, 370]
        .map(|minute| ran.at("web-a/on", minute))
        .to_vec();
    assert_eq!(on, [0, 80, 80, 100]);

    let ran = Ran::new(
        &format!("{design}happens: {{gone: {{loss-of: {{ids: login, at: +10 min, for: 4 h}}}}}}"),
        0,
    );
    assert_eq!(
        (ran.at("text/level", 39), ran.at("text/level", 40)),
        (1_000_000, 0)
    );
    assert_eq!(ran.at("ads/level", 45), 700_000);
}

#[test]
fn cooling_that_stops_leaves_its_ride_through() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha}}
cooling-plants: {chill: {in: alpha, units: 4, needed: 3, fed-by: grid, restarts: 3 min, ride-through: 20 min}}
pools: {web: {in: alpha, servers: 10, cooled-by: chill, dead-on-arrival: 0 %}}
";
    let ran = Ran::new(
        &format!("{design}happens: {{dark: {{loss-of: {{ids: grid, at: +10 min, for: 60 min}}}}}}"),
        0,
    );
    assert_eq!(
        (
            ran.at("chill/cools", 10),
            ran.at("web/on", 29),
            ran.at("web/on", 30)
        ),
        (0, 10, 0)
    );
    assert_eq!(
        (
            ran.at("chill/out", 72),
            ran.at("chill/out", 73),
            ran.at("web/on", 76)
        ),
        (0, 1, 10)
    );
}

#[test]
fn a_script_spreads_what_it_does_and_what_follows_waits_for_the_last() {
    let design = "blackstart: 1
horizon: 1 d
clock: {zone: Asia/Seoul, starts: '2022-10-15 15:19'}
sites: {alpha: {}}
pools: {a: {in: alpha, servers: 1}, b: {in: alpha, servers: 1}, c: {in: alpha, servers: 1}}
happens:
  fire:
    timeline:
      entries:
        zones: {at: '2022-10-15 15:29', until: '+30 min', does: {cut: {kind: pools, in: alpha}}}
        then: {after: zones, takes: 5 min, does: {seal: alpha}}
";
    let ran = Ran::new(design, 0);
    let seen: Vec<(i64, i64)> = ["a/supplied", "b/supplied", "c/supplied"]
        .into_iter()
        .zip([10, 20, 30])
        .map(|(node, minute)| (ran.at_us(node, minute * MINUTE - 1), ran.at(node, minute)))
        .collect();
    assert_eq!(seen, [(1, 0), (1, 0), (1, 0)]);
    assert_eq!((ran.at("alpha/open", 34), ran.at("alpha/open", 35)), (1, 0));
    assert_eq!(
        ran.compiled
            .clock
            .as_ref()
            .map(|clock| clock.civil(93 * MINUTE))
            .as_deref(),
        Some("2022-10-15 16:52")
    );
}

#[test]
fn a_scarce_pool_gives_its_servers_to_the_better_rank_and_a_tool_ranks_with_what_needs_it() {
    let design = "blackstart: 1
horizon: 1 d
sites: {alpha: {}}
pools: {web: {in: alpha, servers: 30, dead-on-arrival: 0 %, batch: 10, boot: {automated: {rate: 60 /h}}}}
services:
  ads: {tier: 3, runs-on: {web: {active: 10}}, starts: 1 min}
  text: {tier: 1, runs-on: {web: {active: 10}}, starts: 1 min, needs: {relay: hard}}
  relay: {tier: internal, runs-on: {web: {active: 10}}, starts: 1 min}
happens: {gone: {loss-of: {ids: alpha, at: +10 min, for: 60 min}}}
";
    let ran = Ran::new(design, 0);
    // At 81 the first ten servers are there for `relay` or `text` (both of rank 1), at 91 the next, and only then those of `ads`.
    assert_eq!(ran.at("ads/web/granted", 91), 0);
    assert_eq!(
        (ran.at("text/web/granted", 91), ran.at("relay/web/granted", 91)),
        (10, 10)
    );
    assert_eq!(
        (ran.at("ads/level", 99), ran.at("ads/level", 102)),
        (0, 1_000_000)
    );
}
