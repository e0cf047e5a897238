//! Runs every reference over 100 seeds and writes docs/validity.md.
//!
//! `cargo run --release --example validity` draws everything anew. With words, only the references whose id contains one of them, or whose
//! family begins with it, are drawn anew, and the other rows stay as they are on the page: `cargo run --release --example validity -- kofn 08`. The seeds are shared out
//! over all cores; what is written does not depend on how many there are, but for the times.

#[path = "../tests/references/mod.rs"]
mod references;

use rayon::prelude::*;
use references::{
    Figures, Quantity, RUNS, Reference, Row, Run, Seed, Tally, Verdict, answers_of, page, references, rows_of,
};
use std::time::Instant;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/validity.md");
    let all = references();
    let is_wanted = |reference: &Reference| {
        let is_named = |word: &String| {
            reference.id.contains(word.as_str()) || reference.family.starts_with(word.as_str())
        };
        words.is_empty() || words.iter().any(is_named)
    };
    let mut rows = if words.is_empty() {
        Vec::new()
    } else {
        rows_of(&std::fs::read_to_string(path).unwrap_or_default())
    };
    // The page is written after each reference, so that a run that is broken off leaves what it has found.
    for reference in all.iter().filter(|reference| is_wanted(reference)) {
        let found = rows_for(reference);
        for row in &found {
            println!("{}: {}: {} is {}", row.id, row.quantity, row.answer, row.ours);
            println!(
                "    {:?}, {:?}, {} s a seed",
                row.verdict, row.figures, row.seconds
            );
        }
        rows.retain(|row| row.id != reference.id);
        rows.extend(found);
        rows.sort_by_key(|row| all.iter().position(|reference| reference.id == row.id));
        let text = page(&all, &rows);
        assert_eq!(rows_of(&text).len(), rows.len(), "the page can be read back");
        std::fs::write(path, text).expect("docs/validity.md can be written");
    }
    let outside = rows.iter().filter(|row| row.verdict == Verdict::Outside).count();
    println!("{} rows, {outside} outside, in {path}", rows.len());
}

/// The rows of a reference: a row outside is followed by that of a longer run, if there is one.
fn rows_for(reference: &Reference) -> Vec<Row> {
    let mut runs: Vec<Vec<Row>> = Vec::new();
    let mut first = 1;
    for seeds in RUNS {
        let (tallies, seconds) = tallies(reference, first..=first + u64::from(seeds) - 1);
        first += u64::from(seeds);
        let quantities = reference.quantities.iter().zip(&tallies);
        let rows: Vec<Row> = quantities
            .map(|(quantity, tally)| row(reference, quantity, tally, seconds))
            .collect();
        // Only what is still outside is looked at again.
        let goes_on = |place: usize| runs.iter().chain([&rows]).all(|run| is_outside(&run[place]));
        let is_over = !(0..rows.len()).any(goes_on);
        runs.push(rows);
        if is_over {
            break;
        }
    }
    let mut shown = Vec::new();
    for place in 0..reference.quantities.len() {
        for (number, run) in runs.iter().enumerate() {
            let mut row = run[place].clone();
            if is_outside(&row) && number + 1 < runs.len() {
                row.verdict = Verdict::DrawnAgain;
            }
            let is_last = row.verdict != Verdict::DrawnAgain;
            shown.push(row);
            if is_last {
                break;
            }
        }
    }
    shown
}

/// Whether a longer run would tell whether that is bad luck.
fn is_outside(row: &Row) -> bool {
    row.verdict == Verdict::Outside && matches!(row.figures, Figures::Chance { .. })
}

/// What each quantity gave over these seeds, and how long a seed took (s).
fn tallies(reference: &Reference, seeds: std::ops::RangeInclusive<u64>) -> (Vec<Tally>, f64) {
    let seeds: Vec<u64> = match reference.run {
        Run::Chance(_) => seeds.collect(),
        Run::Exact(_) => vec![1],
        Run::No => Vec::new(),
    };
    let answers: Vec<_> = seeds
        .par_iter()
        .map(|&seed| {
            let began = Instant::now();
            let answers = answers_of(reference, Seed { seed, divided_by: 1 });
            (answers, began.elapsed().as_secs_f64())
        })
        .collect();
    let mut tallies = vec![Tally::default(); reference.quantities.len()];
    for (answers, _) in &answers {
        assert_eq!(
            answers.len(),
            tallies.len(),
            "{}: an answer to each question",
            reference.id
        );
        for ((tally, quantity), answer) in tallies.iter_mut().zip(&reference.quantities).zip(answers) {
            tally.add(quantity, answer);
        }
    }
    let seconds = answers.iter().map(|(_, seconds)| seconds).sum::<f64>() / answers.len().max(1) as f64;
    (tallies, seconds)
}

fn row(reference: &Reference, quantity: &Quantity, tally: &Tally, seconds: f64) -> Row {
    let figures = tally.figures(quantity, reference);
    let (mean, half) = tally.pooled();
    let ours = match (&reference.run, figures) {
        (Run::No, _) => "–".to_owned(),
        (Run::Exact(_), _) => digits(mean, 1e-9),
        _ => format!("{} ± {}", digits(mean, half / mean.abs()), digits(half, 0.1)),
    };
    Row {
        id: reference.id.to_owned(),
        quantity: quantity.name.to_owned(),
        answer: digits(quantity.answer, 1e-7),
        ours,
        figures,
        seconds: match reference.run {
            Run::No => "–".to_owned(),
            _ if seconds < 0.005 => "0.00".to_owned(),
            _ => format!("{seconds:.2}"),
        },
        source: reference.source.to_owned(),
        verdict: figures.verdict(),
    }
}

/// A number with as many digits as its relative error leaves, and one more.
fn digits(number: f64, relative: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let significant = (-relative.max(1e-15).log10()).ceil().clamp(1.0, 15.0);
    let magnitude = number.abs().log10().floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 20"
    )]
    let decimals = |places: f64| places.clamp(0.0, 20.0) as usize;
    if (-4.0..7.0).contains(&magnitude) {
        let text = format!("{number:.*}", decimals(significant - magnitude));
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    } else {
        format!("{number:.*e}", decimals(significant))
    }
}
