use super::*;
use crate::analysis::estimate::TargetMeasure;
use crate::observe::columns::{BEYOND_HORIZON, Layout, LayoutInput, NEVER_LOST, ServiceHead};
use crate::store::Row;

const HORIZON_US: u64 = 1_000;

/// A design with these services, each with its recovery times by replication; all are lost at 100 µs, if at all.
fn design(name: &str, services: &[(&str, &[i64])]) -> Design {
    let head = |id: &str| ServiceHead {
        id: id.to_owned(),
        name: id.to_uppercase(),
        tier: Some(1),
        users: 10,
        rto_us: None,
    };
    let layout = Layout::new(LayoutInput {
        services: services.iter().map(|(id, _)| head(id)).collect(),
        ..LayoutInput::default()
    });
    let rows = (0..services[0].1.len()).map(|number| {
        let mut cells = vec![0; layout.width()];
        let mut whole = NEVER_LOST;
        for (place, (_, times)) in services.iter().enumerate() {
            let rta = times[number];
            cells[layout.rta(place)] = rta;
            cells[layout.down_at(place)] = if rta == NEVER_LOST { NEVER_LOST } else { 100 };
            cells[layout.lost_user_seconds(place)] = 60 * rta.max(0);
            whole = if whole == BEYOND_HORIZON || rta == BEYOND_HORIZON {
                BEYOND_HORIZON
            } else {
                whole.max(rta)
            };
        }
        cells[layout.whole_rta()] = whole;
        cells[layout.whole_down_at()] = if whole == NEVER_LOST { NEVER_LOST } else { 100 };
        Row {
            replication: u32::try_from(number).expect("few"),
            cells: cells.into(),
        }
    });
    let rows: Vec<Row> = rows.collect();
    Design {
        name: name.to_owned(),
        title: String::new(),
        scenario_sha256: String::new(),
        horizon_us: HORIZON_US,
        rows: Rows::new(layout, &rows),
        targets: vec![TargetInput {
            id: "soon".to_owned(),
            text: "back soon".to_owned(),
            measure: TargetMeasure::ServiceBackWithin {
                service: 0,
                within_us: 300,
            },
            required: 0.5,
            confidence: 0.95,
        }],
        draws: vec![1, 2, 3],
        crews: Crews::new(),
    }
}

fn of(designs: &[Design]) -> Comparison {
    let input = CompareInput {
        level: 0.95,
        ..CompareInput::default()
    };
    compare(designs, input)
}

fn difference_of<'c>(compared: &'c Comparison, measure: &str, place: usize) -> &'c Difference {
    let measure = compared.measures.iter().find(|other| other.id == measure);
    let value = &measure.expect("the measure is compared").values[place];
    value.difference.as_ref().expect("not the base")
}

fn is(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn the_base_against_itself_is_exactly_zero() {
    let times = [200, 400, NEVER_LOST, BEYOND_HORIZON];
    let compared = of(&[design("base", &[("a", &times)]), design("same", &[("a", &times)])]);
    for measure in &compared.measures {
        let found = measure.values[1].difference.as_ref().expect("not the base");
        assert_eq!(found.verdict, Verdict::Same, "{}", measure.id);
        assert_eq!((found.better.hits, found.worse.hits, found.equal.hits), (0, 0, 4));
        assert!(is(found.mean.value, 0.0) && found.mean.low.is_some_and(|low| is(low, 0.0)));
        assert_eq!(found.variance_reduction, None);
    }
    let head = &compared.designs[1];
    assert_eq!((head.draws, head.draws_in_common), (3, 3));
    assert_eq!(head.worse_for_some.hits, 0);
}

#[test]
fn differences_are_those_of_the_pairs() {
    // Beyond the horizon counts until the horizon: 900 µs from 100 on.
    let base = design("base", &[("a", &[200, 400, BEYOND_HORIZON, 600])]);
    let other = design("other", &[("a", &[100, 300, 800, 500])]);
    let compared = of(&[base, other]);
    let found = difference_of(&compared, "a/down", 1);
    assert!(is(found.mean.value, -100.0));
    assert_eq!(found.verdict, Verdict::Better, "the same difference in each pair");
    assert_eq!((found.better.hits, found.worse.hits), (4, 0));
    assert_eq!(
        found.variance_reduction, None,
        "the pairs do not differ among themselves"
    );
    // Kept within 300 µs: one of four before, two after.
    let target = difference_of(&compared, "target/soon", 1);
    assert!(is(target.mean.value, 0.25));
    assert_eq!((target.better.hits, target.equal.hits), (1, 3));
    assert_eq!(target.verdict, Verdict::NotSettled);
    // Lost user-minutes are seconds over 60; beyond the horizon the row of this test has none.
    let lost = difference_of(&compared, "/whole/lost", 1);
    assert!(is(lost.mean.value, (-100.0 - 100.0 + 800.0 - 100.0) / 4.0));
}

#[test]
fn pairs_with_common_chance_need_fewer_replications() {
    let base: Vec<i64> = (0..100).map(|k| 100 + 7 * k % 300).collect();
    let other: Vec<i64> = (0..100).map(|k| 90 + 7 * k % 300 + k % 3).collect();
    let compared = of(&[design("base", &[("a", &base)]), design("other", &[("a", &other)])]);
    let found = difference_of(&compared, "a/down", 1);
    assert_eq!(found.verdict, Verdict::Better);
    // Var(base) + Var(other) over Var(0, 1, 2 in turn).
    let variance = |values: &[i64]| Sums::of(values.iter().copied()).variance().expect("many");
    let thirds: Vec<i64> = (0..100).map(|k| k % 3).collect();
    let expected = (variance(&base) + variance(&other)) / variance(&thirds);
    assert!((found.variance_reduction.expect("pairs differ") / expected - 1.0).abs() < 1e-9);
    assert!(expected > 10_000.0);
}

#[test]
fn who_is_worse_off_is_named_though_the_mean_is_better() {
    let base = design("base", &[("a", &[500, 500]), ("b", &[100, 100])]);
    let other = design("other", &[("a", &[100, 100]), ("b", &[100, 120])]);
    let compared = of(&[base, other]);
    let head = &compared.designs[1];
    assert_eq!(head.worse_for, [("b".to_owned(), 1)]);
    assert_eq!((head.worse_for_some.hits, head.worse_for_some.n), (1, 2));
}

#[test]
fn services_of_one_design_alone_are_named_and_not_compared() {
    let base = design("base", &[("a", &[500, 500]), ("b", &[100, 100])]);
    let other = design("other", &[("a", &[100, 100]), ("c", &[100, 120])]);
    let compared = of(&[base, other]);
    assert_eq!(compared.designs[1].without, ["b"]);
    assert_eq!(compared.designs[1].added, ["c"]);
    assert!(
        compared
            .measures
            .iter()
            .all(|measure| !measure.id.starts_with("b/"))
    );
}

#[test]
fn what_two_changes_do_together_is_more_than_each_alone() {
    let of_times = |name: &str, times: [i64; 2]| design(name, &[("a", &times)]);
    let designs = [
        of_times("base", [500, 600]),
        of_times("x", [450, 560]),
        of_times("y", [500, 600]),
        of_times("x+y", [100, 200]),
    ];
    let compared = of(&designs);
    let found = &compared.together[0];
    assert_eq!((found.design, &found.parts[..]), (3, &[1, 2][..]));
    // −400 together; −50 and −40 by x alone, nothing by y.
    assert!(is(found.mean.value, -355.0));
}
