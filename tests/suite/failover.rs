//! Services and stores that machines move to their standbys, worked out by hand.

use crate::simulated::{Ready, loaded_text};
use blackstart::monte_carlo::Replica;

const MIN: i64 = 60_000_000;

/// What a replication shows of the first service: for how long it was lost and how many user-minutes of it, in minutes.
fn told(text: &str) -> (i64, i64) {
    let ready = Ready::new(loaded_text("failover.yaml", text));
    let cells = ready.first_row();
    let rta = cells[ready.layout.rta(0)];
    (
        if rta < 0 { rta } else { rta / MIN },
        cells[ready.layout.lost_user_seconds(0)] / 60,
    )
}

/// 1,000 users of a service on alpha with a standby at beta. Seen unwell for 3 min, switched in 5 min, started in 2 min.
fn moved(automatic: &str, extra: &str) -> String {
    format!(
        "blackstart: 1
horizon: 2 d
sites: {{alpha: {{}}, beta: {{}}, gamma: {{}}}}
pools:
  web-a: {{in: alpha, servers: 60, batch: 60, dead-on-arrival: 0 %, boot: {{automated: {{rate: 3600 /h}}}}}}
  web-b: {{in: beta, servers: 60}}
  web-c: {{in: gamma, servers: 9}}
services:
  chat: {{tier: 1, users: 1000, starts: 2 min, runs-on: {{web-a: {{active: 40}}, web-b: {{warm: 40}}}},
    failover: {{automatic: {{unhealthy-for: 3 min, takes: 5 min{automatic}}}}}}}
  steer-a: {{tier: internal, starts: 1 min, runs-on: {{web-a: {{active: 2}}}}}}
  steer-b: {{tier: internal, runs-on: {{web-b: {{active: 2}}}}}}
  watch-a: {{tier: internal, runs-on: {{web-a: {{active: 1}}}}}}
  watch-b: {{tier: internal, runs-on: {{web-b: {{active: 1}}}}}}
  watch-c: {{tier: internal, runs-on: {{web-c: {{active: 1}}}}}}
{extra}"
    )
}

const LOST: &str = "happens: {gone: {loss-of: {ids: alpha, at: +1 h, for: 10 h}}}\n";

#[test]
fn a_lost_site_is_left_after_the_check_the_switch_and_the_start() {
    assert_eq!(told(&moved("", LOST)), (10, 10 * 1_000));
    // Without it, it is back with alpha: 10 h, a minute of boots, two of its start.
    let by_nobody = moved("", LOST).replace("unhealthy-for: 3 min", "unhealthy-for: 2 d");
    assert_eq!(told(&by_nobody).0, 603);
}

#[test]
fn what_is_well_again_is_not_left() {
    // A minute of boots and two of the start later it serves at alpha: the switch, begun 3 min after the loss, would have ended after 8.
    let short = LOST.replace("10 h", "2 min");
    assert_eq!(told(&moved("", &short)).0, 5);
    let twice = "happens: {gone: {loss-of: {ids: alpha, at: +1 h, for: 2 min}}, again: {loss-of: {ids: alpha, at: +5 h, for: 10 h}}}\n";
    assert_eq!(told(&moved("", twice)).1, (5 + 10) * 1_000);
}

#[test]
fn a_tool_at_the_lost_site_does_not_move_anything() {
    assert_eq!(told(&moved(", needs: steer-b", LOST)).0, 10);
    assert_eq!(told(&moved(", needs: steer-a", LOST)).0, 603);
}

#[test]
fn a_majority_of_those_that_watch_must_see_it() {
    assert_eq!(
        told(&moved(", observers: [watch-a, watch-b, watch-c]", LOST)).0,
        10
    );
    assert_eq!(told(&moved(", observers: [watch-b]", LOST)).0, 10);
    // One of two is no majority, and two of four are none.
    assert_eq!(told(&moved(", observers: [watch-a, watch-b]", LOST)).0, 603);
    let four = moved(", observers: [watch-a, steer-a, watch-b, watch-c]", LOST);
    assert_eq!(told(&four).0, 603);
}

/// Alpha loses its uplink for ten hours, while a link leads to beta.
const CUT: &str = "uplinks: {up-a: {from: alpha}, up-b: {from: beta}, up-c: {from: gamma}}
links: {ab: {between: [alpha, beta]}}
happens: {gone: {loss-of: {ids: up-a, at: +1 h, for: 10 h}}}
";

#[test]
fn those_that_watch_see_what_their_place_sees() {
    // Users reach alpha through beta as long as the link is there.
    assert_eq!(told(&moved("", CUT)).0, -1);
    let alone = CUT.replace("links: {ab: {between: [alpha, beta]}}\n", "");
    assert_eq!(told(&moved("", &alone)).0, 10);
    assert_eq!(told(&moved(", observers: [watch-b, watch-c]", &alone)).0, 10);
    assert_eq!(
        told(&moved(", observers: [watch-a, watch-b, watch-c]", &alone)).0,
        10
    );
    // The one at alpha sees nothing amiss.
    assert_eq!(told(&moved(", observers: [watch-a]", &alone)).0, 600);
}

#[test]
fn standbys_stand_down_once_the_first_are_well_for_long_enough() {
    let twice = "happens: {gone: {loss-of: {ids: alpha, at: +1 h, for: 1 h}}, again: {loss-of: {ids: alpha, at: +5 h, for: 1 h}}}\n";
    // The standby has gone on, so that the second loss is none.
    assert_eq!(told(&moved("", twice)).1, 10 * 1_000);
    assert_eq!(told(&moved(", returns-after: 1 h", twice)).1, 2 * 10 * 1_000);
    // Alpha is well from 2 h 03 on, and was not for long enough by 5 h.
    assert_eq!(told(&moved(", returns-after: 3 h", twice)).1, 10 * 1_000);
    assert_eq!(
        told(&moved(", returns-after: 2 h 56 min", twice)).1,
        2 * 10 * 1_000
    );
}

#[test]
fn what_goes_wrong_is_tried_again() {
    // Each attempt takes 5 min and goes wrong in two of five: 5 / 3 attempts in the mean, of variance 10 / 9.
    const N: u32 = 400;
    let ready = Ready::new(loaded_text("failover.yaml", &moved(", errs: 40 %", LOST)));
    let mut replica = Replica::new(ready.plan(u64::from(N)));
    let mut attempts = 0;
    for replication in 0..N {
        let cells = replica.row(replication).expect("it ends").cells;
        let switching = cells[ready.layout.rta(0)] / MIN - 5;
        assert_eq!(switching % 5, 0, "{switching}");
        attempts += switching / 5;
    }
    let mean = f64::from(i32::try_from(attempts).expect("few")) / f64::from(N);
    let error = (10.0 / 9.0 / f64::from(N)).sqrt();
    assert!((mean - 5.0 / 3.0).abs() < 5.0 * error, "{mean}");
}

#[test]
fn a_replica_is_promoted_when_the_primary_is_lost() {
    let text = |failover: &str| {
        format!(
            "blackstart: 1
horizon: 2 d
sites: {{alpha: {{}}, beta: {{}}}}
pools: {{web-b: {{in: beta, servers: 60}}, data-a: {{in: alpha, servers: 9, batch: 9, dead-on-arrival: 0 %, boot: {{automated: {{rate: 540 /h}}}}}}, data-b: {{in: beta, servers: 9}}}}
stores: {{accounts: {{starts: 4 min, replicas: {{data-a: primary, data-b: synchronous}}{failover}}}}}
services: {{chat: {{tier: 1, users: 1000, runs-on: {{web-b: {{active: 40}}}}, needs: {{accounts: hard}}}}}}
{LOST}"
        )
    };
    // 90 s seen unwell, 30 s of switching, 4 min of its start; without it ten hours, a minute of boots and 4 min.
    let automatic = ", failover: {automatic: {unhealthy-for: 90 s, takes: 30 s}}";
    assert_eq!(told(&text(automatic)), (6, 6 * 1_000));
    assert_eq!(told(&text("")).0, 605);
}
