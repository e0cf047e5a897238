//! What is wrong with a scenario, and what its short forms mean.

use super::histories::POWER;
use super::*;

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
            "nothing happens and no ordinary failures are described (`fails`), so nothing can be lost",
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
    let resolved: serde_json::Value = serde_json::from_str(by_hand.resolved.text()).expect("JSON");
    let pool = &resolved["pools"]["web"];
    assert_eq!(pool["boot"].get("automated"), None);
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
