//! Finished results of years as files and as text: one file per format, one line per format in [`ANNUAL_FORMATS`].
//!
//! The formats of a conditional run know nothing of these, and these know nothing of them: the two kinds of figures are never in one file.
//! Every file says that its figures are per year.

pub mod charts;
pub mod csv;
#[cfg(test)]
mod fixture;
pub mod html;
pub mod json;
pub mod terminal;
mod view;
pub mod words;

use crate::analysis::annual::Names;
use crate::analysis::annual::results::AnnualResults;
use crate::observe::annual::AnnualRow;
use crate::report::{ReportError, ResultFile};
use crate::scenario::Resolved;

/// What a format may use.
#[derive(Clone, Copy, Debug)]
pub struct AnnualInput<'a> {
    /// The results.
    pub results: &'a AnnualResults,
    /// The rows behind them.
    pub rows: &'a [AnnualRow],
    /// What the numbers in the rows are called.
    pub names: &'a Names,
    /// The scenario with every default filled in.
    pub resolved: &'a Resolved,
}

/// One format of the results of years.
pub struct AnnualFormat {
    /// Its name, as in the documentation.
    pub name: &'static str,
    /// What it is for.
    pub docs: &'static str,
    /// Makes its files.
    pub make: for<'a> fn(&AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError>,
}

/// Every format that `run` writes for years, in the order of the manifest.
pub const ANNUAL_FORMATS: &[AnnualFormat] = &[
    AnnualFormat {
        name: "summary",
        docs: "every estimate with interval and count, for programs",
        make: json::summary,
    },
    AnnualFormat {
        name: "resolved",
        docs: "the scenario with every default filled in",
        make: json::resolved,
    },
    AnnualFormat {
        name: "replications",
        docs: "the rows: one per replication, one integer per column",
        make: csv::replications,
    },
    AnnualFormat {
        name: "years",
        docs: "one line per replication, year and service in which something was lost",
        make: csv::years,
    },
    AnnualFormat {
        name: "services",
        docs: "one line per service and measure, with interval and count",
        make: csv::services,
    },
    AnnualFormat {
        name: "outages",
        docs: "one line per outage, with its class and root",
        make: csv::outages,
    },
    AnnualFormat {
        name: "charts",
        docs: "the charts of the report, one SVG each",
        make: charts::files,
    },
    AnnualFormat {
        name: "report",
        docs: "the page for people: nothing fetched, nothing run",
        make: html::file,
    },
];

/// All files of a directory of results, the manifest last.
///
/// # Errors
///
/// The first format that could not be made.
pub fn files<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let mut files = Vec::new();
    for format in ANNUAL_FORMATS {
        files.extend((format.make)(input)?);
    }
    let manifest = json::manifest(input, &files)?;
    files.push(manifest);
    Ok(files)
}

#[cfg(test)]
mod tests;
