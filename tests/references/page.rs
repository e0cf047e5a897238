//! The page docs/validity.md: written from rows, and read back into rows.

use super::judge::{Bounds, Figures, RUNS, SEEDS, Verdict};
use super::{How, Reference};
use std::fmt::Write as _;

/// One row of the page: one quantity of one reference in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The reference.
    pub id: String,
    /// What was asked.
    pub quantity: String,
    /// The known answer.
    pub answer: String,
    /// Ours, with what it may be off.
    pub ours: String,
    /// What the row is judged by.
    pub figures: Figures,
    /// How long one seed took (s), all quantities of the reference together.
    pub seconds: String,
    /// Where the answer comes from.
    pub source: String,
    /// What is said of it.
    pub verdict: Verdict,
}

const HEAD: &str = "| reference | quantity | answer | ours | mean z | sd z | largest \\|z\\| | covered | seeds | s a seed | source | verdict |\n\
                    | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --- | --- |\n";

impl Row {
    fn line(&self) -> String {
        let [mean, sd, largest, covered, seeds] = match self.figures {
            Figures::Chance {
                mean,
                sd,
                largest,
                covered,
                seeds,
            } => [
                format!("{mean:+.2}"),
                format!("{sd:.2}"),
                format!("{largest:.2}"),
                covered.to_string(),
                seeds.to_string(),
            ],
            Figures::Within { worst, bound } => [
                "–".to_owned(),
                "–".to_owned(),
                format!("off {worst:.1e} of {bound:.1e}"),
                "–".to_owned(),
                "–".to_owned(),
            ],
            Figures::None => ["–"; 5].map(str::to_owned),
        };
        let verdict = match self.verdict {
            Verdict::Passes => "passes",
            Verdict::DrawnAgain => "outside, drawn again below",
            Verdict::Outside => "OUTSIDE",
            Verdict::NotExpressible => "not expressible",
        };
        let cells = [
            self.id.as_str(),
            &self.quantity,
            &self.answer,
            &self.ours,
            &mean,
            &sd,
            &largest,
            &covered,
            &seeds,
            &self.seconds,
            &self.source,
            verdict,
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    }

    fn read(line: &str) -> Option<Self> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?.replace("\\|", "¦");
        let cells: Vec<String> = inner.split(" | ").map(|cell| cell.replace('¦', "|")).collect();
        let [
            id,
            quantity,
            answer,
            ours,
            mean,
            sd,
            largest,
            covered,
            seeds,
            seconds,
            source,
            verdict,
        ] = cells.as_slice()
        else {
            return None;
        };
        let verdict = match verdict.as_str() {
            "passes" => Verdict::Passes,
            "outside, drawn again below" => Verdict::DrawnAgain,
            "OUTSIDE" => Verdict::Outside,
            "not expressible" => Verdict::NotExpressible,
            _ => return None,
        };
        let figures = if let Some(off) = largest.strip_prefix("off ") {
            let (worst, bound) = off.split_once(" of ")?;
            Figures::Within {
                worst: worst.parse().ok()?,
                bound: bound.parse().ok()?,
            }
        } else if mean == "–" {
            Figures::None
        } else {
            Figures::Chance {
                mean: mean.parse().ok()?,
                sd: sd.parse().ok()?,
                largest: largest.parse().ok()?,
                covered: covered.parse().ok()?,
                seeds: seeds.parse().ok()?,
            }
        };
        Some(Self {
            id: id.clone(),
            quantity: quantity.clone(),
            answer: answer.clone(),
            ours: ours.clone(),
            figures,
            seconds: seconds.clone(),
            source: source.clone(),
            verdict,
        })
    }
}

/// What was found when the swarm was last run until the end, and by what.
const SWARM: &str = "100,536,582 events in 20,400 networks and 2,400 scenarios, no rule broken";

/// What a standard battery said of the streams when it was last run.
const BATTERY: &str = "dieharder 3.31.1 (`cargo run --release --example streams -- simulation | dieharder -a -g 200`): 109 of 114 results passed, 5 were weak (p from 0.995 to 0.9996), none failed. Of the weak ones the like passed again in the orders `replications` and `things`, where two others of 68 were weak; one of a hundred is to be expected.";

/// How much of the kernel the tests reached when that was last measured.
const COVERAGE: &str = "97.7 % of the lines of `src/kernel` (7,887 of 8,071)";

/// The rows of a page.
pub fn rows_of(page: &str) -> Vec<Row> {
    page.lines().filter_map(Row::read).collect()
}

/// The page of these rows, which stand in the order of the references.
pub fn page(references: &[Reference], rows: &[Row]) -> String {
    let mut text = introduction();
    let mut families: Vec<&str> = references.iter().map(|reference| reference.family).collect();
    families.dedup();
    for family in families {
        let members: Vec<&Reference> = references.iter().filter(|r| r.family == family).collect();
        let _ = writeln!(text, "\n## {family}\n");
        for reference in &members {
            let how = match reference.how {
                How::Kernel => "The engine alone.",
                How::Scenario => "A whole scenario.",
                How::Statistics => "The estimators and laws.",
                How::Nothing => "Not expressible.",
            };
            let _ = write!(text, "* **{}** — {}. {how}", reference.id, reference.about);
            if !reference.note.is_empty() {
                let mut note = reference.note.chars();
                let first = note.next().into_iter().flat_map(char::to_uppercase);
                let _ = write!(text, " {}{}.", first.collect::<String>(), note.as_str());
            }
            text.push('\n');
        }
        let _ = write!(text, "\n{HEAD}");
        for row in rows.iter().filter(|row| members.iter().any(|r| r.id == row.id)) {
            text.push_str(&row.line());
        }
    }
    text
}

fn introduction() -> String {
    let [once, again, at_last] = RUNS.map(Bounds::of);
    let [_, seeds_again, seeds_at_last] = RUNS;
    format!(
        "# Validity\n\
         \n\
         Is a number of Blackstart right, and is its error bar? This page holds the engine, the scenarios and the estimators against\n\
         answers that were published, follow from a closed form, or were solved exactly by other means. It is written by\n\
         \n\
         ```text\n\
         cargo run --release --example validity\n\
         ```\n\
         \n\
         which runs every reference over {SEEDS} seeds. The models stand in `tests/references/`, one file per family. The ordinary tests run\n\
         each of them with a few seeds, and fail when a row of this page is outside its bounds, a reference has no row, or a row no\n\
         reference.\n\
         \n\
         **Columns.** *Answer* is the known one. *Ours* is the mean over all seeds, ± 1.96 standard errors by their spread; it shows how\n\
         near the simulation comes when it is run long. Then how each seed by itself does, as a user would run it: its estimate and its own\n\
         standard error give z = (estimate − answer) / standard error, and its own interval of 95 % covers the answer or not. If both are\n\
         right, z is standard normal over the seeds and 95 of 100 intervals cover. So wrong values and wrong error bars are both caught.\n\
         Without chance, the deviation is held against a fixed bound instead. *s a seed* is the time of one seed, all quantities of the\n\
         reference together, on one core of the machine that wrote the page.\n\
         \n\
         **Bounds.** Over {SEEDS} seeds: |mean z| < {:.1}, |sd z − 1| < {:.1}, no |z| > {:.1}, and {} to {} covered. A row that is right in\n\
         everything falls outside about once in 70. A row outside is drawn again with {seeds_again} fresh seeds and bounds of the same\n\
         false-alarm probability: |mean z| < {:.2} and |sd z − 1| < {:.2} (their standard errors fall with the root of the number of\n\
         seeds), no |z| > {:.2} (the largest of n numbers passes z with a probability of n·P(|Z| > z)), and {} to {} covered (as many\n\
         standard deviations of the binomial from 95 % as before). One that is outside again is drawn a last time with {seeds_at_last} fresh\n\
         seeds (|mean z| < {:.3}, |sd z − 1| < {:.3}, no |z| > {:.2}, {} to {} covered): an error of ours stands out the more, bad luck does\n\
         not. All runs are shown, and the last one decides.\n\
         \n\
         **What validates what.** *Published* and *closed form* answers hold the engine (nodes, clocks, work, crews) and the estimators\n\
         against knowledge from outside. *The engine alone* means that the network is declared to the engine in the words of\n\
         [ARCHITECTURE.md](../ARCHITECTURE.md); *a whole scenario* stands in `scenarios/references/`, and everything from its text to its\n\
         rows is put to the test. A row that is not expressible says why.\n\
         \n\
         **Beside this page.** `tests/suite/oracle/` has an exact solver for Markov models, itself held against closed forms, and holds random\n\
         small systems (units, crews, standby, quorums) against it: hundreds in each run of the tests, thousands with `BLACKSTART_SLOW=1`.\n\
         It also settles random static networks by looking at everything again and again, and compares. `tests/suite/swarm/` draws whole\n\
         random networks and scenarios under checkers that watch every instant: {SWARM}\n\
         (`BLACKSTART_SLOW=1 cargo test --release --test suite swarm -- --nocapture`). The tests reach {COVERAGE}\n\
         (`.ci/coverage`: rustc's own instrumentation under `cargo test --lib --test suite`, the kernel's unit tests themselves left out).\n\
         The random streams, read as a simulation takes them (replication by replication, a thousand things each, three draws of each for\n\
         two purposes), were put to {BATTERY}\n",
        once.mean,
        once.sd,
        once.largest,
        once.covered_min,
        once.covered_max,
        again.mean,
        again.sd,
        again.largest,
        again.covered_min,
        again.covered_max,
        at_last.mean,
        at_last.sd,
        at_last.largest,
        at_last.covered_min,
        at_last.covered_max,
    )
}
