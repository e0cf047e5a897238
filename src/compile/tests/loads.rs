//! Capacity against load: what a bus can give, who gets it, and what follows a profile.

use super::*;

/// Two feeds of 10 kW, of which one is gone from the second to the fourth hour, and two loads that ask for 18 kW together.
fn two_feeds(when_short: &str, bus: &str) -> String {
    format!(
        "blackstart: 1
horizon: 6 h
sites: {{alpha: {{}}}}
utility-feeds: {{a: {{in: alpha, capacity: 10 kW}}, b: {{in: alpha, capacity: 10 kW}}}}
buses: {{bus: {{in: alpha, fed-by: [a, b], when-short: {when_short}{bus}}}}}
loads:
  halls: {{fed-by: bus, tier: 1, draws: 12 kW}}
  offices: {{fed-by: bus, tier: 2, draws: 6 kW}}
happens: {{gone: {{loss-of: {{ids: a, at: +1 h, for: 2 h}}}}}}
"
    )
}

#[test]
fn loads_share_what_is_left_by_the_policy_of_their_bus() {
    let ran = Ran::new(&two_feeds("by-tier", ""), 0);
    assert_eq!(
        (ran.at("halls/granted", 30), ran.at("offices/granted", 30)),
        (12_000, 6_000)
    );
    assert_eq!(
        (ran.at("halls/granted", 90), ran.at("offices/granted", 90)),
        (10_000, 0)
    );
    assert_eq!(
        (ran.at("halls/level", 90), ran.at("offices/level", 90)),
        (833_333, 0)
    );
    assert_eq!(
        (ran.at("halls/level", 200), ran.at("offices/level", 200)),
        (1_000_000, 1_000_000)
    );
    let ran = Ran::new(&two_feeds("shared", ""), 0);
    assert_eq!(
        (ran.at("halls/granted", 90), ran.at("offices/granted", 90)),
        (6_667, 3_333)
    );
    assert_eq!(
        (ran.at("halls/level", 90), ran.at("offices/level", 90)),
        (555_583, 555_500)
    );
}

#[test]
fn a_bus_hands_on_no_more_than_its_own_capacity_and_nothing_when_it_is_lost() {
    let ran = Ran::new(&two_feeds("by-tier", ", capacity: 15 kW"), 0);
    assert_eq!(
        (ran.at("halls/granted", 30), ran.at("offices/granted", 30)),
        (12_000, 3_000)
    );
    assert_eq!(
        (ran.at("halls/granted", 90), ran.at("offices/granted", 90)),
        (10_000, 0)
    );
    let text = two_feeds("by-tier", "").replace("ids: a,", "ids: bus,");
    let ran = Ran::new(&text, 0);
    assert_eq!((ran.at("halls/level", 90), ran.at("offices/level", 90)), (0, 0));
}

#[test]
fn a_chain_gives_the_least_of_what_stands_in_it_and_sets_give_as_many_as_run() {
    let text = "blackstart: 1
horizon: 6 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha, capacity: 30 kW}}
transformers: {tr: {in: alpha, fed-by: grid, capacity: 20 kW}}
generators: {sets: {in: alpha, stands-in-for: grid, units: 3, capacity: 4 kW, starts: 10 s, fails-to-start: 0 %,
                    fails-in-operation: {life: 1 h, begins: new, repair: {takes: 30 min}}}}
buses: {bus: {in: alpha, fed-by: [tr, sets]}}
loads: {halls: {fed-by: bus, draws: 25 kW}}
happens: {gone: {loss-of: {ids: grid, at: +1 h, for: 3 h}}}
";
    let ran = Ran::new(text, 0);
    assert_eq!(
        ran.at("halls/granted", 30),
        20_000,
        "the transformer is the narrow place"
    );
    assert_eq!(ran.at("halls/granted", 90), 12_000, "three sets run");
    assert_eq!(
        ran.at("halls/granted", 125),
        0,
        "all three have failed after an hour"
    );
    assert_eq!(ran.at("halls/granted", 155), 12_000, "and were repaired");
}

/// A load that follows a profile of three hours: 100 %, 50 %, 80 %.
const PROFILE: &str = "blackstart: 1
horizon: 8 h
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha, capacity: 9 kW}}
buses: {bus: {in: alpha, fed-by: grid}}
loads: {halls: {fed-by: bus, draws: 10 kW, profile: turns}}
profiles: {turns: {each: 1 h, shares: [100 %, 50 %, 80 %]}}
";

#[test]
fn what_a_load_draws_follows_its_profile_and_a_step_up_leaves_no_gap() {
    let ran = Ran::new(PROFILE, 0);
    let draws: Vec<i64> = (0..6).map(|hour| ran.at("halls/draws", hour * 60 + 1)).collect();
    assert_eq!(draws, [10_000, 5_000, 8_000, 10_000, 5_000, 8_000]);
    let levels: Vec<i64> = (0..6).map(|hour| ran.at("halls/level", hour * 60 + 1)).collect();
    assert_eq!(
        levels,
        [900_000, 1_000_000, 1_000_000, 900_000, 1_000_000, 1_000_000]
    );
    let node = node_named(&ran.compiled.net, "halls/level").expect("the level");
    let changes = &ran.history.changes[&node.0];
    // From 50 % to 80 % nobody ever gets less than he draws.
    assert_eq!(changes.len(), 5, "{changes:?}");
}

#[test]
fn tables_of_hours_days_and_weeks_multiply_and_stand_on_the_calendar() {
    let twelve = |a: &str, b: &str| format!("[{}{}]", format!("{a}, ").repeat(12), [b; 12].join(", "));
    let text = format!(
        "blackstart: 1
horizon: 1 d
clock: {{zone: Asia/Seoul, starts: '2022-10-15 11:00'}}
sites: {{alpha: {{}}}}
buses: {{bus: {{in: alpha}}}}
loads: {{halls: {{fed-by: bus, draws: 100 kW, profile: table}}}}
profiles:
  table:
    days: [100 %, 100 %, 100 %, 100 %, 100 %, 80 %, 60 %]
    hours: {}
    weekend-hours: {}
",
        twelve("10 %", "20 %"),
        twelve("50 %", "100 %")
    );
    // The 15th of October 2022 was a Saturday.
    let ran = Ran::new(&text, 0);
    assert_eq!(
        ran.at("halls/draws", 1),
        40_000,
        "the last hour before noon: 80 % × 50 %"
    );
    assert_eq!(ran.at("halls/draws", 61), 80_000, "after noon: 80 % × 100 %");
    assert_eq!(
        ran.at("halls/draws", 13 * 60 + 1),
        30_000,
        "after midnight it is Sunday: 60 % × 50 %"
    );
}

#[test]
fn the_year_of_the_reliability_test_system_is_that_of_its_tables() {
    let text = include_str!("../../../scenarios/references/rts-79.yaml");
    let compiled = compiled(text);
    let profile = compiled.services[0]
        .profile
        .as_ref()
        .expect("the load follows a profile");
    let hour = 3_600_000_000;
    let load_w = |at: u64| crate::model::Profile::part(2_850_000_000, profile.at(at * hour));
    // Week 1, Monday, the first hour: 86.2 % × 93 % × 67 %; week 51, Tuesday, from 17 to 18 o'clock: the peak of the year.
    assert_eq!(load_w(0), 1_530_769_770);
    assert_eq!(load_w(50 * 168 + 24 + 17), 2_850_000_000);
    let energy_wh: i128 = (0..8_736).map(|at| i128::from(load_w(at))).sum();
    // 15,297,074.71374 MWh, as published with the reference answers.
    assert_eq!(energy_wh, 15_297_074_713_740);
    assert_eq!(
        profile.integral(0, 8_736 * hour) * 2_850_000_000 / (i128::from(hour) * 1_000_000_000),
        energy_wh
    );
}

#[test]
fn what_is_said_about_capacity_loads_and_profiles_is_checked() {
    let head = "blackstart: 1\nsites: {alpha: {}}\n";
    let cases = [
        (
            "utility-feeds: {a: {in: alpha, capacity: 0 W}}",
            &["out-of-bounds", "would give nothing"][..],
        ),
        (
            "utility-feeds: {a: {in: alpha, capacity: 5 kW}}",
            &["without-effect", "limits nothing"],
        ),
        (
            "buses: {b: {in: alpha, when-short: by-tier}}",
            &["without-effect", "no load draws from `b`"],
        ),
        (
            "buses: {b: {in: alpha}}\nloads: {l: {fed-by: b, draws: 0 W}}",
            &["out-of-bounds", "draws nothing"],
        ),
        (
            "pools: {p: {in: alpha, servers: 1}}\nloads: {l: {fed-by: p, draws: 1 W}}",
            &["wrong-kind", "a bus, transformer or PDU is needed"],
        ),
        (
            "utility-feeds: {a: {in: alpha, capacity: 5 kW}, b: {in: alpha, capacity: 5 kW}}\nbuses: {high: {in: alpha, fed-by: [a, b]}, low: {in: alpha, fed-by: high}}\nloads: {l: {fed-by: low, draws: 8 kW}}",
            &[
                "capacity-untold",
                "what `high` gives to `low`",
                "let the loads draw from it",
            ],
        ),
        (
            "utility-feeds: {a: {in: alpha}}\ngenerators: {g: {in: alpha, stands-in-for: a, units: 3, needed: 2, capacity: 1 MW}}\nbuses: {b: {in: alpha, fed-by: [a, g]}}\nloads: {l: {fed-by: b, draws: 8 kW}}",
            &["contradiction", "how many sets are needed follows"],
        ),
        ("profiles: {p: {}}", &["missing-field", "has no shares"]),
        (
            "profiles: {p: {days: [10 %, 20 %]}}",
            &["wrong-length", "7 shares are needed here, not 2"],
        ),
        (
            "profiles: {p: {shares: [10 %, 20 %]}}",
            &["missing-field", "given together"],
        ),
        (
            "profiles: {p: {shares: [10 %, 20 %], each: 1 h, days: [1 %, 1 %, 1 %, 1 %, 1 %, 1 %, 1 %]}}",
            &["contradiction"],
        ),
        (
            "profiles: {p: {weeks: [10 %, 20 %], seasons: {warm: {weeks: 1, hours: []}}}}",
            &["week 2 stands in no season", "24 shares"],
        ),
        (
            "profiles: {p: {seasons: {warm: {weeks: ten, hours: []}}}}",
            &["no range of weeks"],
        ),
        (
            "buses: {b: {in: alpha}}\nloads: {l: {fed-by: b, draws: 1 kW, profile: b}}",
            &["wrong-kind", "a profile is needed here"],
        ),
    ];
    for (text, wanted) in cases {
        let said = said(&format!("{head}{text}\n"));
        for word in wanted {
            assert!(said.contains(word), "{text}\nlacks {word}:\n{said}");
        }
    }
}
