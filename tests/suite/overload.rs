//! What users ask of services, and what too much of it does, worked out by hand.

use crate::simulated::{Ready, loaded_text};

const MIN: i64 = 60_000_000;

/// What a replication shows of the service `feed`: when it was lost and for how long (minutes), how many user-minutes it lost, and the class.
fn told(text: &str) -> (i64, i64, i64, &'static str) {
    let ready = Ready::new(loaded_text("overload.yaml", text));
    let cells = ready.first_row();
    let minutes = |us: i64| if us < 0 { us } else { us / MIN };
    let class = usize::try_from(cells[ready.layout.class(0)]);
    (
        minutes(cells[ready.layout.down_at(0)]),
        minutes(cells[ready.layout.rta(0)]),
        cells[ready.layout.lost_user_seconds(0)] / 60,
        class.map_or("none", |class| ready.layout.classes()[class]),
    )
}

/// 6,000 users on two sites of 40 servers, each of which carries 100: 8,000 in all. One site is lost from 1 h to 3 h.
fn two_sites(overload: &str, extra: &str) -> String {
    format!(
        "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}, beta: {{}}}}
pools:
  web-a: {{in: alpha, servers: 40, batch: 40, dead-on-arrival: 0 %, boot: {{automated: {{rate: 2400 /h}}}}}}
  web-b: {{in: beta, servers: 40}}
services:
  feed: {{tier: 1, users: 6000, starts: 1 min, down-below: 90 %, runs-on: {{web-a: {{active: 40}}, web-b: {{active: 40}}}}, load: {{server-carries: 100{overload}}}{extra}}}
"
    )
}

const LOST: &str = "happens: {gone: {loss-of: {ids: alpha, at: +1 h, for: 118 min}}}\n";

#[test]
fn what_does_not_fit_is_turned_away() {
    // 4,000 of 6,000 are served for two hours: 118 min, a minute of boots, a minute of the start.
    let text = two_sites("", "") + LOST;
    assert_eq!(told(&text), (60, 120, 2_000 * 120, "direct"));
    // 4,000 users fit on one site.
    let fewer = text.replace("users: 6000", "users: 4000");
    assert_eq!(told(&fewer), (-1, -1, 0, "none"));
}

#[test]
fn a_line_is_worked_off_by_what_is_to_spare() {
    // For two hours 2,000 of 6,000 wait; then 2,000 are to spare: as long again. What is late is worth half: all of 240 min at 50 %.
    let text = two_sites(", overload: {queue: {keeps: 10 h, late: 50 %}}", "") + LOST;
    assert_eq!(told(&text), (60, 240, 6_000 * 240 / 2, "direct"));
    // A line of twenty minutes of all users is full after an hour, and worked off in an hour.
    let short = text.replace("keeps: 10 h", "keeps: 20 min");
    assert_eq!(told(&short).1, 120 + 60);
}

/// From nine to nine all of the users, by night a quarter of them.
const DAY: &str = "clock: {zone: UTC, starts: '2026-01-05 12:00'}
profiles: {day: {hours: [25 %, 25 %, 25 %, 25 %, 25 %, 25 %, 25 %, 25 %, 25 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 100 %, 25 %, 25 %, 25 %]}}
";

#[test]
fn a_collapse_outlives_its_cause() {
    let collapse = ", overload: {collapse: {above: 100 %, offered: 300 %, below: 80 %}}";
    // Under 18,000 requests 4,000 are served, a third of them of use: 1,333. With the site back 8,000, of use 2,667, still below 80 %: and so on.
    let text = two_sites(collapse, "") + LOST;
    let (down_at, rta, lost, class) = told(&text);
    assert_eq!((down_at, rta, class), (60, -2, "direct"));
    let last = 24 * 60 - 180;
    let expected = 120 * (6_000 - 1_333) + last * (6_000 - 2_666);
    assert!((lost - expected).abs() <= 1_440, "{lost}, not {expected}");
    // Somebody turns users away for a moment, at 4 h.
    let relieved = text.replace(
        "happens: {",
        "happens: {throttle: {timeline: {entries: {now: {at: +4 h, does: {relieve: feed}}}}}, ",
    );
    assert_eq!(told(&relieved).1, 180);
    // Turned away while the site is gone, they are too many again at once.
    let too_early = relieved.replace("at: +4 h", "at: +2 h");
    assert_eq!(told(&too_early).1, -2);
}

#[test]
fn twice_the_users_are_an_overload() {
    // From 1 h to 3 h 12,000 ask, and 8,000 are served; users are counted as usual: a third of 6,000 is lost.
    let text =
        two_sites("", "") + "happens: {sale: {demand-surge: {of: feed, at: +1 h, to: 200 %, for: 2 h}}}\n";
    assert_eq!(told(&text), (60, 120, 2_000 * 120, "overload"));
    let fits = text.replace("to: 200 %", "to: 133 %");
    assert_eq!(told(&fits).0, -1);
}

#[test]
fn the_hours_of_the_day_end_a_collapse_and_begin_an_overload() {
    // From noon on all of 6,000 users; at 21 h, nine hours after the start, a quarter. A collapse that began at 1 h has what is offered down to 4,500 of
    // 8,000 then.
    let collapse = ", overload: {collapse: {above: 100 %, offered: 300 %, below: 80 %}}";
    let text = two_sites(collapse, ", profile: day") + DAY + LOST;
    let (down_at, rta, ..) = told(&text);
    assert_eq!((down_at, rta), (60, 8 * 60));
    // From midnight to nine 1,500 users ask, then 6,000 again: one site of 4,000 is too little from 9 h on.
    let morning = two_sites("", ", profile: day")
        + &DAY.replace("12:00", "00:00")
        + "happens: {gone: {loss-of: {ids: alpha, at: +1 h}}}\n";
    let (down_at, _, _, class) = told(&morning);
    assert_eq!((down_at, class), (9 * 60, "overload"));
}
