//! The tables of kinds, walked; and small scenarios, from their text to what the network does.

use super::{
    Compiled, compile, help, kinds, language, library_defaults, names, node_named, schema, validate,
};
use crate::diagnostics::{Style, render};
use crate::hazard::HAZARDS;
use crate::kernel::{Limits, Observe, Scratch, State, Transition, View, run};
use crate::random::Key;
use crate::scenario::{Limits as TextLimits, load_text};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is said about a scenario.
fn said(text: &str) -> String {
    let mut loaded = load_text("test.yaml", text, &language(), &[], &TextLimits::default());
    validate(&mut loaded);
    render(
        &loaded.issues,
        &loaded.sources,
        Style {
            colour: false,
            width: 200,
        },
    )
}

fn compiled(text: &str) -> Compiled {
    let mut loaded = load_text("test.yaml", text, &language(), &[], &TextLimits::default());
    let design = validate(&mut loaded);
    let issues = render(
        &loaded.issues,
        &loaded.sources,
        Style {
            colour: false,
            width: 200,
        },
    );
    compile(&design.unwrap_or_else(|| panic!("{issues}")))
}

/// Every value that a node of this network has had, by name.
#[derive(Default)]
struct History {
    /// When, from, to.
    changes: BTreeMap<u32, Vec<(u64, i64, i64)>>,
}

impl Observe for History {
    const CAUSES: bool = false;

    fn settled(&mut self, _at: u64, batch: &[Transition], _view: &View<'_>) {
        for change in batch {
            self.changes
                .entry(change.node.0)
                .or_default()
                .push((change.at, change.from, change.to));
        }
    }
}

/// A replication that has been run.
struct Ran {
    compiled: Compiled,
    history: History,
    state: State,
}

const MINUTE: u64 = 60_000_000;

impl Ran {
    fn new(text: &str, replication: u32) -> Self {
        let compiled = compiled(text);
        let mut history = History::default();
        let mut state = State::new(&compiled.net);
        let mut scratch = Scratch::new(&compiled.net);
        let limits = Limits {
            horizon_us: compiled.horizon_us,
            events_max: 10_000_000,
            settlings_max: 10_000,
        };
        let end = run(
            &compiled.net,
            &mut state,
            &mut scratch,
            Key::new(1, replication),
            limits,
            &mut history,
        );
        assert!(end.is_ok(), "the replication ends");
        Self {
            compiled,
            history,
            state,
        }
    }

    /// The value of a node once the instant at so many microseconds has settled.
    fn at_us(&self, name: &str, us: u64) -> i64 {
        let node = node_named(&self.compiled.net, name).unwrap_or_else(|| panic!("no node {name}"));
        let changes = self.history.changes.get(&node.0);
        let Some(changes) = changes else {
            return self.state.value(node);
        };
        match changes.iter().rfind(|change| change.0 <= us) {
            Some(change) => change.2,
            None => changes[0].1,
        }
    }

    fn at(&self, name: &str, minute: u64) -> i64 {
        self.at_us(name, minute * MINUTE)
    }
}

#[test]
fn every_row_of_the_tables_is_unique_documented_and_shown_by_an_example_that_compiles_without_a_word() {
    let kinds = kinds();
    let sections: BTreeSet<&str> = kinds.iter().map(|kind| kind.section).collect();
    assert_eq!(sections.len(), kinds.len());
    let rows = kinds.iter().map(|kind| (kind.section, kind.docs, kind.example));
    for (name, docs, example) in rows.chain(HAZARDS.iter().map(|kind| (kind.tag, kind.docs, kind.example))) {
        assert!(docs.len() > 30 && docs.ends_with('.'), "{name} is not documented");
        assert!(example.contains(name), "the example of {name} does not use it");
        assert_eq!(said(example), "", "the example of {name}:\n{example}");
        compiled(example);
    }
}

#[test]
fn every_field_of_every_kind_is_documented_and_every_name_has_help() {
    fn walk(name: &str, schema: &Json) {
        if let Some(fields) = schema["properties"].as_object() {
            for (field, inner) in fields {
                let of_tag =
                    schema["required"].as_array().is_some_and(|all| all.len() == 1) && fields.len() == 1;
                let docs = inner["description"]
                    .as_str()
                    .or(schema["description"].as_str().filter(|_| of_tag));
                assert!(
                    docs.is_some_and(|docs| docs.len() > 5),
                    "{name}: {field} is not documented"
                );
            }
        }
        match schema {
            Json::Object(map) => map.values().for_each(|inner| walk(name, inner)),
            Json::Array(list) => list.iter().for_each(|inner| walk(name, inner)),
            _ => {}
        }
    }
    for kind in kinds() {
        let mut schema = (kind.schema)().to_value();
        if let Some(defs) = schema["$defs"].as_object_mut() {
            // How laws are written is documented by the laws.
            defs.retain(|name, _| name != "Law" && !name.ends_with("Parameters"));
        }
        walk(kind.section, &schema);
    }
    for name in names() {
        let text = help(name).unwrap_or_else(|| panic!("no help for {name}"));
        assert!(text.lines().count() > 2, "{text}");
    }
    assert!(
        help("generators").is_some_and(|text| text.contains("0.222 % if not given")),
        "{:?}",
        help("generators")
    );
    assert_eq!(help("nonsense"), None);
}

#[test]
fn the_schema_names_every_section_and_asks_for_nothing_that_the_library_gives() {
    let schema = schema();
    for kind in kinds() {
        assert!(schema["properties"][kind.section].is_object(), "{}", kind.section);
    }
    let required = &schema["$defs"]["generators"]["required"];
    assert_eq!(required, &serde_json::json!(["stands-in-for"]));
}

#[test]
fn every_number_of_the_library_has_a_grade_and_every_block_is_complete() {
    let defaults = library_defaults();
    for section in [
        "generators",
        "pools",
        "services",
        "teams",
        "procedures",
        "batteries",
        "cooling-plants",
    ] {
        assert!(
            defaults[section]
                .as_object()
                .is_some_and(|block| !block.is_empty()),
            "{section}"
        );
    }
    for (kind, names) in [
        ("generators", "gen-a"),
        ("cooling-plants", "chill-a"),
        ("pools", "web-a"),
        ("teams", "sre"),
    ] {
        let kind = kinds()
            .into_iter()
            .find(|row| row.section == kind)
            .expect("a kind");
        let numbers = {
            let mut loaded = load_text(
                "test.yaml",
                kind.example,
                &language(),
                &[],
                &TextLimits::default(),
            );
            validate(&mut loaded).expect("examples are valid").numbers
        };
        assert!(
            numbers.library_total() > 0 && numbers.library_plain == 0,
            "{names}: {numbers:?}"
        );
    }
}

const POWER: &str = "blackstart: 1
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

#[test]
fn each_mistake_has_its_code_its_place_and_what_would_be_accepted() {
    let head = "blackstart: 1\nhorizon: 1 d\nsites: {alpha: {}, beta: {}}\n";
    let cases = [
        (
            "services: {login: {}, pay: {needs: {logn: hard}}}",
            &["unknown-name", "no service or store `logn`", "`login`"][..],
        ),
        (
            "pools: {web: {in: alpha, servers: 2}}\nservices: {pay: {needs: {web: hard}}}",
            &["wrong-kind", "`web` is a pool"],
        ),
        (
            "pools: {web: {in: alfa, servers: 2}}",
            &["unknown-name", "no place `alfa`", "`alpha`"],
        ),
        (
            "buses: {a: {in: alpha, fed-by: b}, b: {in: alpha, fed-by: c}, c: {in: alpha, fed-by: a}}",
            &["supply-cycle", "`a`", "`b`", "`c`"],
        ),
        (
            "cooling-plants: {c: {in: alpha, units: 2, needed: 3}}",
            &["more-needed-than-there-are", "needs 3 of 2"],
        ),
        (
            "pools: {web: {in: alpha, servers: 2}}\nservices: {pay: {runs-on: {web: {active: 3}}}}",
            &["more-needed-than-there-are", "which has 2"],
        ),
        (
            "happens: {f: {loss-of: {ids: alpha, at: '2022-10-15 16:52'}}}",
            &["time-needs-fixed-start", "+93 min"],
        ),
        (
            "services: {pay: {}}\ntargets: {t: {service: pay, back-within: 2 d, probability: 95 %}}",
            &["target-beyond-horizon"],
        ),
        ("happens: {f: {loss-off: alpha}}", &["unknown-tag", "`loss-of`"]),
        (
            "happens: {f: {timeline: {entries: {a: {after: b, does: {cut: alpha}}, b: {after: a, does: {cut: alpha}}}}}}",
            &["order-cycle"],
        ),
        (
            "happens: {f: {timeline: {entries: {a: {at: +1 h, does: {seal: pay}}}}}}\nservices: {pay: {}}",
            &["wrong-kind", "a place is needed here"],
        ),
        (
            "happens: {f: {timeline: {entries: {a: {at: +1 h, does: {fail-over: {from: alpha, to: beta}}}}}}}",
            &["nothing-happens"],
        ),
        (
            "clock: {zone: Asia/Soul, starts: '2022-10-15 15:19'}",
            &["unknown-name", "Asia/Seoul"],
        ),
        (
            "services: {pay: {tier: 12}}",
            &["bad-tier", "1 (restored first) to 9"],
        ),
        (
            "teams: {sre: {heads: 2, on-call: 3}}",
            &["more-needed-than-there-are"],
        ),
        (
            "pools: {web: {in: alpha, servers: 2, boot: {by-hand: {}}}}",
            &["crew"],
        ),
        (
            "stores: {s: {replicas: {p: synchronous}}}\npools: {p: {in: alpha, servers: 1}}",
            &["one-primary"],
        ),
        (
            "services: {pay: {rpo: 1 s, needs: {s: hard}}}\nstores: {s: {replicas: {p: primary, q: {asynchronous: {lag: 8 s}}}}}\npools: {p: {in: alpha, servers: 1}, q: {in: beta, servers: 1}}",
            &["recovery-point-out-of-reach"],
        ),
    ];
    for (text, wanted) in cases {
        let said = said(&format!("{head}{text}\n"));
        for word in wanted {
            assert!(said.contains(word), "{text}\nlacks {word}:\n{said}");
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = "blackstart: 1
sites: {alpha: {}}
pools:
  web:
    in: alpha
    servers: 32,000
services: {pay: {needs: {logn: hard}, starts: 10}}
ups: {u: {in: alpha, fed-by: nowhere}}
";
    let said = said(text);
    for word in ["number-separator", "unit-missing", "nowhere"] {
        assert!(said.contains(word), "{word}:\n{said}");
    }
}

#[test]
fn what_was_left_out_is_told_by_site_and_stratum() {
    let compiled = compiled(POWER);
    assert_eq!(
        compiled.not_described,
        [
            "alpha: cooling not described, so it cannot fail",
            "alpha: network not described, so it cannot fail",
            "people not described, so nobody has to notice, to come or to work",
        ]
    );
    let owner = compiled
        .entities
        .iter()
        .position(|entity| entity.id == "web")
        .expect("a pool");
    assert_eq!(compiled.pools[0].entity as usize, owner);
    assert_eq!(compiled.entities[owner].items, Some(40));
}

#[test]
fn describing_one_way_of_booting_leaves_out_the_library_s_other() {
    let by_hand = compiled(
        "blackstart: 1
sites: {alpha: {}}
pools: {web: {in: alpha, servers: 2, boot: {by-hand: {crew: sre}}}, db: {in: alpha, servers: 2}}
teams: {sre: {}}
",
    );
    let ways = |pool: &str| {
        let work = (0..by_hand.net.works())
            .map(crate::kernel::WorkId::new)
            .find(|work| by_hand.net.work_name(*work) == format!("{pool}/boot"))
            .expect("a work");
        by_hand
            .net
            .work(work)
            .ways
            .iter()
            .map(|way| way.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (ways("web"), ways("db")),
        (vec!["by hand".to_owned()], vec!["automated".to_owned()])
    );
    assert_eq!(by_hand.resolved["pools"]["web"]["boot"].get("automated"), None);
}

#[test]
fn a_law_of_the_author_replaces_the_library_s_with_all_its_parameters() {
    let design = |law: &str| {
        format!(
            "blackstart: 1\nsites: {{alpha: {{}}}}\npools: {{web: {{in: alpha, servers: 2, repair: {{each: {law}}}}}}}\n"
        )
    };
    for law in [
        "{lognormal: {mean: 2 h, sd: 1 h}}",
        "{exponential: {mean: 2 h}}",
        "90 min",
    ] {
        assert_eq!(said(&design(law)), "", "{law}");
    }
}

#[test]
fn crews_and_ids_have_short_forms() {
    let long = "crew: {sre: 1}, needs: [deploy]";
    let text = |step: &str| {
        format!(
            "blackstart: 1\nsites: {{alpha: {{}}}}\nservices: {{deploy: {{tier: internal}}}}\nteams: {{sre: {{heads: 2}}}}\n\
             procedures: {{p: {{trigger: {{service-lost: deploy}}, command: sre, steps: {{s: {{takes: 1 min, {step}}}}}}}}}\n"
        )
    };
    let ways = |step: &str| {
        let compiled = compiled(&text(step));
        let work = (0..compiled.net.works())
            .map(crate::kernel::WorkId::new)
            .find(|work| compiled.net.work_name(*work) == "p/step/s")
            .expect("a work");
        let way = &compiled.net.work(work).ways[0];
        (
            way.crew.iter().map(|(_, heads)| *heads).collect::<Vec<_>>(),
            way.needs.len(),
        )
    };
    assert_eq!(ways(long), (vec![1], 1));
    assert_eq!(ways("crew: sre, needs: deploy"), ways(long));
    assert_eq!(ways("crew: [sre], needs: [deploy]"), ways(long));
    assert!(said(&text("crew: {sre: 3}")).contains("more-needed-than-there-are"));
    assert!(said(&text("crew: {deploy: 1}")).contains("wrong-kind"));
}
