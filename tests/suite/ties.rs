//! Ties between buses: by hand, and main-tie-main and a ring against closed forms.

use crate::oracle::chain::Chain;
use crate::simulated::{Ready, asked, design, loaded_text, replications};
use blackstart::compile::compile;

const S: i64 = 1_000_000;

/// When the service of the pool on bus a is first lost, how long, and how often, in seconds; a start takes no time.
fn told(text: &str) -> (i64, i64, i64) {
    let ready = Ready::new(loaded_text("ties.yaml", text));
    let cells = ready.first_row();
    let seconds = |us: i64| if us < 0 { us } else { us / S };
    (
        seconds(cells[ready.layout.down_at(0)]),
        seconds(cells[ready.layout.rta(0)]),
        cells[ready.layout.outages(0)],
    )
}

/// Two feeds, two buses, a tie; one server on bus a.
fn main_tie_main(tie: &str, happens: &str) -> String {
    format!(
        "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}}}
utility-feeds: {{grid-a: {{in: alpha}}, grid-b: {{in: alpha}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a}}, bus-b: {{in: alpha, fed-by: grid-b}}}}
ties: {{tie-ab: {{in: alpha, between: [bus-a, bus-b], normally: open, {tie}}}}}
pools: {{web: {{in: alpha, servers: 1, fed-by: bus-a, batch: 1, dead-on-arrival: 0 %, boot: {{automated: {{rate: 60 /h}}}}}}}}
services: {{shop: {{tier: 1, users: 1, starts: 0 s, settled-for: 10 min, runs-on: {{web: {{active: 1}}}}}}}}
happens: {{it: {{timeline: {{entries: {{{happens}}}}}}}}}
"
    )
}

const GONE: &str = "a: {at: +1 h, does: {lose: grid-a}}, b: {at: +3 h, does: {give-back: grid-a}}";

#[test]
fn a_tie_opens_again_some_time_after_both_sides_are_fed() {
    // The tie closes 2 s after the loss; a boot takes a minute. It opens when the feed is back, without a break.
    let text = main_tie_main("closes: {after: 2 s}", GONE);
    assert_eq!(told(&text), (3_600, 62, 1));
    // While it stays closed for an hour, the other feed may go: bus b is then fed through it.
    let on_b = text.replace("fed-by: bus-a, batch", "fed-by: bus-b, batch");
    let later = on_b.replace(
        GONE,
        &format!("{GONE}, c: {{at: +210 min, does: {{lose: grid-b}}}}"),
    );
    assert_eq!(told(&later).0, 210 * 60, "it has opened, and closes anew");
    assert_eq!(told(&later).1, 62);
    let stays = later.replace("after: 2 s}", "after: 2 s, opens-after: 1 h}");
    assert_eq!(told(&stays).0, -1, "it is still closed");
}

#[test]
fn what_has_failed_joins_nothing() {
    let broken = format!("z: {{at: +30 min, does: {{break: tie-ab}}}}, {GONE}");
    assert_eq!(
        told(&main_tie_main("closes: {after: 2 s}", &broken)),
        (3_600, 7_260, 1)
    );
    let repaired = format!("{broken}, y: {{at: +2 h, does: {{repair: tie-ab}}}}");
    // Repaired at 2 h, it waits its two seconds then.
    assert_eq!(
        told(&main_tie_main("closes: {after: 2 s}", &repaired)).1,
        3_600 + 62
    );
    let never = main_tie_main("closes: {after: 2 s, fails-to-close: 100 %}", GONE);
    assert_eq!(told(&never), (3_600, 7_260, 1));
}

#[test]
fn a_ring_that_is_cut_is_fed_from_its_other_end() {
    let text = |happens: &str| {
        format!(
            "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}}}
utility-feeds: {{grid: {{in: alpha}}}}
buses: {{b0: {{in: alpha, fed-by: grid}}, b1: {{in: alpha}}, b2: {{in: alpha}}, b3: {{in: alpha}}}}
ties:
  t01: {{in: alpha, between: [b0, b1], normally: closed}}
  t12: {{in: alpha, between: [b1, b2], normally: closed}}
  t23: {{in: alpha, between: [b2, b3], normally: open, closes: {{after: 5 s}}}}
  t30: {{in: alpha, between: [b3, b0], normally: closed}}
pools: {{web: {{in: alpha, servers: 1, fed-by: b2, batch: 1, dead-on-arrival: 0 %, boot: {{automated: {{rate: 60 /h}}}}}}}}
services: {{shop: {{tier: 1, users: 1, starts: 0 s, settled-for: 10 min, runs-on: {{web: {{active: 1}}}}}}}}
happens: {{it: {{timeline: {{entries: {{{happens}}}}}}}}}
"
        )
    };
    // b2 hangs on b1, and that on b0; with t01 cut it is fed by way of b3 after five seconds.
    assert_eq!(told(&text("a: {at: +1 h, does: {cut: t01}}")), (3_600, 65, 1));
    // Cut twice, it is dark until the second cut is taken back: then the open tie closes.
    let twice = "a: {at: +1 h, does: {cut: t01}}, b: {at: +1 h, does: {cut: t30}}, c: {at: +2 h, does: {energise: t30}}";
    assert_eq!(told(&text(twice)), (3_600, 3_665, 1));
}

/// Feeds with lives of 300 h and repairs of 60 h, ties with 400 h and 20 h.
const FEED: &str = "fails: {mttf: 300 h, mttr: 60 h}";
const TIE: &str = "fails: {mttf: 400 h, mttr: 20 h}";
const FEED_Q: f64 = 60.0 / 360.0;
const TIE_Q: f64 = 20.0 / 420.0;

/// The share of time in which a load is short, in years of ordinary life, within five standard errors of an exact answer.
fn is_short(design_text: &str, exact: f64) {
    let text =
        format!("blackstart: 1\nannual: {{years: 20, warm-up: 60 d}}\nsites: {{alpha: {{}}}}\n{design_text}");
    let compiled = compile(design(loaded_text("ties.yaml", &text)));
    let n = replications(60);
    let outcome = blackstart::analysis::annual::run(&compiled, &asked(n), &|_| {});
    let rows = outcome.expect("replications that end").rows;
    let span_us = 20.0 * 8_766.0 * 3.6e9;
    let shares: Vec<f64> = rows
        .iter()
        .map(|row| row.seen[0].totals.down_us as f64 / span_us)
        .collect();
    let mean = shares.iter().sum::<f64>() / f64::from(n);
    let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    let error = (squares / f64::from(n - 1) / f64::from(n)).sqrt();
    let z = (mean - exact) / error;
    assert!(
        z.abs() < 5.0 && error < 0.005,
        "{mean} ± {error}, exactly {exact}"
    );
}

const SERVICE: &str = "boot: {automated: {rate: 3600000 /h}}}}\nservices: {shop: {tier: 1, users: 1, starts: 0 s, settled-for: 1 s, runs-on: {web: {active: 1}}}}\n";

#[test]
fn main_tie_main_is_as_available_as_its_closed_form() {
    // Bus a is dark while its feed is, and the tie or the other feed as well. The tie closes after a millisecond, a server is booted in one.
    let text = format!(
        "utility-feeds: {{grid-a: {{in: alpha, {FEED}}}, grid-b: {{in: alpha, {FEED}}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a}}, bus-b: {{in: alpha, fed-by: grid-b}}}}
ties: {{tie-ab: {{in: alpha, between: [bus-a, bus-b], normally: open, closes: {{after: 1 ms}}, {TIE}}}}}
pools: {{web: {{in: alpha, servers: 1, fed-by: bus-a, dead-on-arrival: 0 %, {SERVICE}"
    );
    is_short(&text, FEED_Q * (1.0 - (1.0 - FEED_Q) * (1.0 - TIE_Q)));
}

#[test]
fn a_ring_is_as_available_as_its_closed_form() {
    // b2 of a ring of four is reached by either way round, of two ties each, while the feed is.
    let ties = [
        ("t01", "b0, b1"),
        ("t12", "b1, b2"),
        ("t23", "b2, b3"),
        ("t30", "b3, b0"),
    ];
    let ties = ties
        .map(|(id, between)| format!("{id}: {{in: alpha, between: [{between}], normally: closed, {TIE}}}"));
    let text = format!(
        "utility-feeds: {{grid: {{in: alpha, {FEED}}}}}
buses: {{b0: {{in: alpha, fed-by: grid}}, b1: {{in: alpha}}, b2: {{in: alpha}}, b3: {{in: alpha}}}}
ties: {{{}}}
pools: {{web: {{in: alpha, servers: 1, fed-by: b2, dead-on-arrival: 0 %, {SERVICE}",
        ties.join(", ")
    );
    let way = (1.0 - TIE_Q) * (1.0 - TIE_Q);
    let reached = 1.0 - (1.0 - way) * (1.0 - way);
    is_short(&text, 1.0 - (1.0 - FEED_Q) * reached);
}

/// Whether the tie has been called on, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closing {
    Open,
    Closed,
    Failed,
}

/// Whether each main is up, whether the breaker of the tie is sound, and how the tie stands.
type Mains = (bool, bool, bool, Closing);

const DOES_NOT_CLOSE: f64 = 0.1;

/// Where it goes in no time: the tie is called on while just one main is up and its breaker is sound, and opens when it is not.
fn settled((a, b, breaker, closing): Mains) -> Vec<(Mains, f64)> {
    let with = |closing| (a, b, breaker, closing);
    match (closing, breaker && a != b) {
        (Closing::Open, true) => vec![
            (with(Closing::Closed), 1.0 - DOES_NOT_CLOSE),
            (with(Closing::Failed), DOES_NOT_CLOSE),
        ],
        (Closing::Closed, false) => vec![(with(Closing::Open), 1.0)],
        _ => vec![(with(closing), 1.0)],
    }
}

/// What may happen, and how often an hour.
fn events(&(a, b, breaker, closing): &Mains) -> Vec<(Mains, f64)> {
    let rate = |up: bool, mttf: f64, mttr: f64| 1.0 / if up { mttf } else { mttr };
    let mut next = vec![
        ((!a, b, breaker, closing), rate(a, 300.0, 60.0)),
        ((a, !b, breaker, closing), rate(b, 300.0, 60.0)),
        ((a, b, !breaker, closing), rate(breaker, 400.0, 20.0)),
    ];
    if closing == Closing::Failed {
        next.push(((a, b, breaker, Closing::Open), 1.0 / 20.0));
    }
    let settle = |(next, rate): (Mains, f64)| {
        let all = settled(next).into_iter();
        all.map(move |(next, chance)| (next, rate * chance))
    };
    next.into_iter().flat_map(settle).collect()
}

#[test]
fn a_tie_that_may_not_close_is_as_available_as_its_chain() {
    let chain = Chain::explore((true, true, true, Closing::Open), 100, events).expect("a few states");
    let dead = chain.reward(|&(a, _, _, closing)| f64::from(!a && closing != Closing::Closed));
    let text = format!(
        "utility-feeds: {{grid-a: {{in: alpha, {FEED}}}, grid-b: {{in: alpha, {FEED}}}}}
buses: {{bus-a: {{in: alpha, fed-by: grid-a}}, bus-b: {{in: alpha, fed-by: grid-b}}}}
ties: {{tie-ab: {{in: alpha, between: [bus-a, bus-b], normally: open, closes: {{after: 0 s, fails-to-close: 10 %}}, {TIE}}}}}
pools: {{web: {{in: alpha, servers: 1, fed-by: bus-a, dead-on-arrival: 0 %, {SERVICE}"
    );
    is_short(&text, chain.mean(&dead));
}
