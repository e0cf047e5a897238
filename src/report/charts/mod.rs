//! Charts: one file per chart, one line per chart in [`CHARTS`].
//!
//! A chart is an SVG text without script, font, link or identifier, so that it can stand alone or inside a page. Text is
//! rendered by the viewer, in any script. The few colours of [`palette`] are written as attributes, which lets a page's
//! style turn them for a dark screen.

use crate::analysis::results::Results;
use crate::report::{Input, ReportError, ResultFile};

mod blast;
pub(super) mod frame;
mod history;
pub mod palette;
mod recovery;
mod rta;
mod waits;

/// One chart.
pub struct Chart {
    /// Its file in the directory of results.
    pub file: &'static str,
    /// Its title.
    pub title: &'static str,
    /// How to read it, in a sentence or two.
    pub docs: &'static str,
    /// Draws it; `None` where there is nothing to show.
    pub draw: fn(&Results, &Chart) -> Option<Result<String, frame::DrawError>>,
}

/// Every chart, in the order of the report.
pub const CHARTS: &[Chart] = &[
    Chart {
        file: "recovery.svg",
        title: "Recovery over time",
        docs: "Share of service-users served, and servers down: median line, half of all replications in the darker band, \
               nine in ten in the lighter one. Diamonds are the record.",
        draw: recovery::draw,
    },
    Chart {
        file: "rta.svg",
        title: "Recovery time by service, if lost",
        docs: "Dot: median. Bar: nine in ten replications. Diamond: the record. Upright line: the objective.",
        draw: rta::draw,
    },
    Chart {
        file: "waits.svg",
        title: "What recovery waited for",
        docs: "Mean hours per recovery, by what was being waited for; the tiles of an outage add up to it.",
        draw: waits::draw,
    },
    Chart {
        file: "history.svg",
        title: "One history: the median replication",
        docs: "Each outage from its beginning to its end, coloured by what it was waiting for at each moment.",
        draw: history::draw,
    },
    Chart {
        file: "blast.svg",
        title: "Blast radius by class of cause",
        docs: "Things that lost their function at least once. Bar: median. Whisker: 1 in 20 replications is worse.",
        draw: blast::draw,
    },
];

/// All charts that have something to show, with their SVG.
///
/// # Errors
///
/// The first chart that could not be drawn.
pub fn drawn(results: &Results) -> Result<Vec<(&'static Chart, String)>, ReportError> {
    let mut all = Vec::new();
    for chart in CHARTS {
        if let Some(svg) = (chart.draw)(results, chart) {
            all.push((chart, svg.map_err(|error| ReportError::new(chart.file, error))?));
        }
    }
    Ok(all)
}

/// The charts as files.
pub fn files<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let all = drawn(input.results)?;
    Ok(all
        .into_iter()
        .map(|(chart, svg)| ResultFile::whole(chart.file, svg.into_bytes()))
        .collect())
}
