//! Finished results as files and as text: one file per format, one line per format in [`FORMATS`].
//!
//! Input is finished results, the rows and the resolved scenario; nothing here simulates or estimates. Whatever comes from
//! a scenario is data: each format keeps it inert.

use std::fmt;

pub use file::ResultFile;

use crate::analysis::results::Results;
use crate::scenario::Resolved;
use crate::store::Rows;

pub mod annual;
pub mod charts;
pub mod compare;
pub mod csv;
#[cfg(test)]
pub mod fixture;
pub mod explanation;
mod file;
pub mod html;
pub mod json;
pub mod manual;
mod order;
pub mod shard;
pub mod terminal;
mod view;
pub mod words;
pub mod write;

/// What a format may use.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The results.
    pub results: &'a Results,
    /// The rows behind them.
    pub rows: &'a Rows,
    /// The scenario with every default filled in.
    pub resolved: &'a Resolved,
}

/// A format could not be made. The input is finished results, so this is a bug of ours, told with the file's name; but for rows on disk that
/// cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportError {
    file: String,
    message: String,
    /// Whether rows could not be read.
    pub is_reading: bool,
}

impl ReportError {
    /// The error of one file.
    pub fn new(file: &str, error: impl fmt::Display) -> Self {
        Self {
            file: file.to_owned(),
            message: error.to_string(),
            is_reading: false,
        }
    }

    /// The error of one file whose rows could not be read.
    pub fn reading(file: &str, error: &std::io::Error) -> Self {
        Self {
            is_reading: true,
            ..Self::new(file, error)
        }
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot make {}: {}", self.file, self.message)
    }
}

impl std::error::Error for ReportError {}

/// One format of the results.
pub struct Format {
    /// Its name, as in the documentation.
    pub name: &'static str,
    /// What it is for.
    pub docs: &'static str,
    /// Makes its files.
    pub make: for<'a> fn(&Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError>,
}

/// Every format that `run` writes, in the order of the manifest.
pub const FORMATS: &[Format] = &[
    Format {
        name: "summary",
        docs: "every estimate with interval and count, for programs",
        make: json::summary,
    },
    Format {
        name: "resolved",
        docs: "the scenario with every default filled in",
        make: json::resolved,
    },
    Format {
        name: "replications",
        docs: "the rows: one per replication, one integer per column",
        make: csv::replications,
    },
    Format {
        name: "services",
        docs: "one line per service and measure, with interval and count",
        make: csv::services,
    },
    Format {
        name: "timeline",
        docs: "service-users served and servers on over time, with bands",
        make: csv::timeline,
    },
    Format {
        name: "outages",
        docs: "every outage of the chosen replications, with its tiles",
        make: csv::outages,
    },
    Format {
        name: "charts",
        docs: "the charts of the report, one SVG each",
        make: charts::files,
    },
    Format {
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
pub fn files<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let mut files = Vec::new();
    for format in FORMATS {
        files.extend((format.make)(input)?);
    }
    let manifest = json::manifest(input, &files)?;
    files.push(manifest);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::estimate::{EstimateInput, estimate};
    use crate::analysis::results::Head;
    use crate::observe::columns::{Layout, LayoutInput, NEVER_LOST};
    use crate::store::Row;

    /// With `BLACKSTART_LOOK=DIR` in the environment the files of the fixture are left in that directory, for eyes.
    #[test]
    fn every_format_has_its_files_and_the_manifest_lists_them() {
        let (results, rows) = fixture::results(2_000);
        let resolved = fixture::resolved();
        let files = files(&Input {
            results: &results,
            rows: &rows,
            resolved: &resolved,
        })
        .expect("every format");
        let mut names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names.pop(), Some(json::MANIFEST));
        let manifest: serde_json::Value = serde_json::from_slice(&files[names.len()].bytes()).expect("JSON");
        let listed: Vec<&str> = manifest["files"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|file| file["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(listed, names);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), listed.len(), "every file name once");
        if let Some(look) = std::env::var_os("BLACKSTART_LOOK") {
            write::write_directory(std::path::Path::new(&look), &files).expect("the directory to look at");
            for width in [80, 120, 160] {
                let look = terminal::Look {
                    width,
                    report: Some("output/as-it-happened/report.html"),
                    ..Default::default()
                };
                println!("{}", terminal::summary(&results, &look));
            }
        }
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let make = || {
            let (results, rows) = fixture::results(60);
            files(&Input {
                results: &results,
                rows: &rows,
                resolved: &fixture::resolved(),
            })
            .expect("every format")
            .iter()
            .map(|file| (file.name.clone(), file.bytes()))
            .collect::<Vec<_>>()
        };
        assert_eq!(make(), make());
    }

    /// Nothing described, nothing lost, one replication: the formats still say so, and none of them falls over.
    #[test]
    fn an_empty_run_has_its_report_too() {
        let layout = Layout::new(LayoutInput {
            curve_times_us: vec![0],
            ..LayoutInput::default()
        });
        let mut cells = vec![0; layout.width()];
        cells[layout.whole_down_at()] = NEVER_LOST;
        cells[layout.whole_rta()] = NEVER_LOST;
        let rows = Rows::new(
            layout,
            &[Row {
                replication: 0,
                cells: cells.into(),
            }],
        );
        let head = Head {
            level: 0.95,
            horizon_us: 1,
            ..Head::default()
        };
        let results = estimate(
            &rows,
            EstimateInput {
                head,
                ..EstimateInput::default()
            },
        );
        let input = Input {
            results: &results,
            rows: &rows,
            resolved: &fixture::resolved(),
        };
        let files = files(&input).expect("every format");
        let page = files
            .iter()
            .find(|file| file.name == "report.html")
            .expect("the page");
        assert!(String::from_utf8_lossy(&page.bytes()).contains("Nothing that users see is lost"));
        let text = terminal::summary(&results, &terminal::Look::default());
        assert!(
            text.contains("Nothing that users see is lost") && text.contains("A single replication"),
            "{text}"
        );
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for (index, format) in FORMATS.iter().enumerate() {
            assert!(!format.docs.is_empty());
            assert!(
                FORMATS[..index].iter().all(|other| other.name != format.name),
                "{}",
                format.name
            );
        }
    }
}
