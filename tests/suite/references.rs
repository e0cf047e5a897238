//! Published answers: every reference with a few seeds, and the page that holds what 100 seeds gave.

#[path = "../references/mod.rs"]
mod cases;

use crate::sources::root;
use blackstart::random::Key;
use blackstart::random::special::normal_quantile;
use cases::{
    Bound, Estimate, Figures, How, RUNS, Row, Run, Seed, Tally, Verdict, answers_of, page, references,
    rows_of,
};
use std::collections::BTreeSet;

/// The seeds of an ordinary run of the tests.
fn seeds() -> Vec<Seed> {
    let (count, divided_by) = match std::env::var_os("BLACKSTART_SLOW") {
        Some(_) => (10, 1),
        None => (2, 8),
    };
    (1001..1001 + count)
        .map(|seed| Seed { seed, divided_by })
        .collect()
}

/// |z| > 4.5 comes by chance once in 150,000 answers; there are some 300 of them here. A fixed bound gets 4.5 standard errors of the
/// shorter run on top.
#[test]
fn every_reference_comes_out_as_published() {
    let mut wrong = Vec::new();
    for reference in references() {
        // Without chance there is nothing to draw again.
        let count = if matches!(reference.run, Run::Exact(_)) {
            1
        } else {
            usize::MAX
        };
        for seed in seeds().into_iter().take(count) {
            let answers = answers_of(&reference, seed);
            for (quantity, ours) in reference.quantities.iter().zip(&answers) {
                let off = (ours.value - quantity.answer).abs();
                let bound = match quantity.bound {
                    Bound::Chance => 4.5 * ours.error,
                    Bound::Within(bound) => bound + 4.5 * ours.error,
                };
                // What is no number is wrong as well.
                if off.is_nan() || off > bound {
                    wrong.push(format!(
                        "{}, {}, seed {}: {} instead of {}, ± {}",
                        reference.id, quantity.name, seed.seed, ours.value, quantity.answer, ours.error
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_reference_says_where_its_answers_come_from_or_why_it_has_none() {
    for reference in references() {
        assert!(
            !reference.source.is_empty() && !reference.about.is_empty(),
            "{}",
            reference.id
        );
        let cannot = reference.how == How::Nothing;
        assert_eq!(cannot, matches!(reference.run, Run::No), "{}", reference.id);
        assert!(!cannot || !reference.note.is_empty(), "{}", reference.id);
    }
}

#[test]
fn the_page_of_validity_has_a_row_for_each_reference_and_all_are_within_their_bounds() {
    let text = std::fs::read_to_string(root().join("docs/validity.md")).expect("docs/validity.md");
    let rows = rows_of(&text);
    let on_page: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| (row.id.clone(), row.quantity.clone()))
        .collect();
    let asked: BTreeSet<(String, String)> = references()
        .iter()
        .flat_map(|reference| {
            let names = reference.quantities.iter().map(|quantity| quantity.name);
            names.map(|name| (reference.id.to_owned(), name.to_owned()))
        })
        .collect();
    assert_eq!(
        on_page, asked,
        "`cargo run --release --example validity` writes the page anew"
    );
    let mut wrong = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let again = rows.get(place + 1);
        let is_drawn_again =
            again.is_some_and(|again| (&again.id, &again.quantity) == (&row.id, &row.quantity));
        let judged = row.figures.verdict();
        if let Figures::Chance { seeds, .. } = row.figures {
            assert!(RUNS.contains(&seeds), "{}: a run of {seeds} seeds", row.id);
        }
        let holds = match row.verdict {
            Verdict::Passes => judged == Verdict::Passes,
            Verdict::DrawnAgain => is_drawn_again,
            Verdict::NotExpressible => judged == Verdict::NotExpressible,
            Verdict::Outside => false,
        };
        if !holds {
            wrong.push(format!("{} {}: {:?}", row.id, row.quantity, row.figures));
        }
    }
    assert!(
        wrong.is_empty(),
        "rows outside their bounds:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_row_reads_as_it_was_written() {
    let all = references();
    let figures = [
        Figures::Chance {
            mean: -0.25,
            sd: 1.12,
            largest: 3.5,
            covered: 93,
            seeds: 100,
        },
        Figures::Within {
            worst: 1e-5,
            bound: 2e-3,
        },
        Figures::None,
    ];
    let rows: Vec<Row> = figures
        .into_iter()
        .map(|figures| Row {
            id: all[0].id.to_owned(),
            quantity: "P(|x| > 1)".to_owned(),
            answer: "1".to_owned(),
            ours: "2 ± 1".to_owned(),
            figures,
            seconds: "0.10".to_owned(),
            source: "a book".to_owned(),
            verdict: figures.verdict(),
        })
        .collect();
    assert_eq!(rows_of(&page(&all, &rows)), rows);
    let verdicts: Vec<Verdict> = rows.iter().map(|row| row.verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::Passes, Verdict::Passes, Verdict::NotExpressible]
    );
}

#[test]
fn the_bounds_of_more_seeds_are_those_of_a_hundred_at_a_hundred() {
    let chance = |mean, sd, largest, covered, seeds| {
        let figures = Figures::Chance {
            mean,
            sd,
            largest,
            covered,
            seeds,
        };
        figures.verdict() == Verdict::Passes
    };
    assert!(chance(0.29, 1.29, 4.49, 88, 100) && chance(-0.29, 0.71, 4.49, 99, 100));
    assert!(!chance(0.31, 1.0, 2.0, 95, 100) && !chance(0.0, 1.31, 2.0, 95, 100));
    assert!(!chance(0.0, 1.0, 4.51, 95, 100) && !chance(0.0, 0.69, 2.0, 95, 100));
    assert!(!chance(0.0, 1.0, 2.0, 87, 100) && !chance(0.0, 1.0, 2.0, 100, 100));
    assert!(chance(0.149, 1.14, 4.7, 380, 400) && !chance(0.151, 1.0, 2.0, 380, 400));
    assert!(!chance(0.0, 1.16, 2.0, 380, 400) && !chance(0.0, 1.0, 2.0, 364, 400));
}

/// The verdict on 100 seeds whose estimates are off by `bias` and spread by `spread` of the errors that they claim.
fn verdict_on(bias: f64, spread: f64) -> Verdict {
    let all = references();
    let (reference, quantity) = (&all[0], &all[0].quantities[0]);
    let mut stream = Key::new(1, 0).stream(1, 0, 0);
    let mut tally = Tally::default();
    let error = 0.1 * quantity.answer;
    for _ in 0..100 {
        let value = quantity.answer + error * (bias + spread * normal_quantile(stream.unit_open()));
        let interval = (value - 1.96 * error, value + 1.96 * error);
        let found = Estimate {
            value,
            error,
            interval,
        };
        tally.add(quantity, &found);
    }
    assert!((tally.pooled().0 / quantity.answer - 1.0 - 0.1 * bias).abs() < 0.05 * spread);
    tally.figures(quantity, reference).verdict()
}

#[test]
fn wrong_values_and_wrong_error_bars_are_both_seen() {
    assert_eq!(verdict_on(0.0, 1.0), Verdict::Passes);
    assert_eq!(verdict_on(0.7, 1.0), Verdict::Outside);
    assert_eq!(verdict_on(0.0, 1.6), Verdict::Outside);
    assert_eq!(verdict_on(0.0, 0.5), Verdict::Outside);
}
