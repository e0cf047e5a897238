//! The result files of years for programs: `summary.json`, `scenario.resolved.json`, and the manifest.

use serde_json::json;

use super::AnnualInput;
use super::csv::OUTAGES_WRITTEN_MAX;
use crate::analysis::annual::results::AnnualResults;
use crate::report::json::{MANIFEST, RESOLVED, listed, mark_interrupted, pretty, resolved_file};
use crate::report::{ReportError, ResultFile};

/// The text of `summary.json`, which `--format json` prints as well.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn summary_text(results: &AnnualResults) -> Result<String, ReportError> {
    let bytes = pretty("summary.json", results)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `summary.json`: every estimate with interval and count.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn summary<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let bytes = pretty("summary.json", input.results)?;
    Ok(vec![ResultFile::whole("summary.json", bytes)])
}

/// `scenario.resolved.json`: the scenario with every default filled in.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn resolved<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    Ok(vec![resolved_file(RESOLVED, input.resolved)])
}

/// `manifest.json`: what was run, and the digest of every other file of the directory.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn manifest(
    input: &AnnualInput<'_>,
    files: &[ResultFile<'_>],
) -> Result<ResultFile<'static>, ReportError> {
    let head = &input.results.head;
    let listed = listed(files)?;
    let mut value = json!({
        "blackstart": head.version,
        "schema_version": input.results.schema_version,
        "basis": head.basis,
        "name": head.name,
        "title": head.title,
        "scenario-sha256": head.scenario_sha256,
        "seed": head.seed,
        "n": head.n,
        "span": input.results.span,
        "options": head.options,
        "limits": {"outages.csv": OUTAGES_WRITTEN_MAX},
        "files": listed,
    });
    mark_interrupted(&mut value, head);
    Ok(ResultFile::whole(MANIFEST, pretty(MANIFEST, &value)?))
}
