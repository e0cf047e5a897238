//! A comparison as files and as text.

mod csv;
pub mod terminal;
mod words;

use serde_json::{Value, json};

use crate::analysis::compare::Comparison;
use crate::report::json::{MANIFEST, listed, pretty, resolved_file};
use crate::report::{ReportError, ResultFile};
use crate::scenario::Resolved;

/// The text of `comparison.json`, which `--format json` prints as well.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn json_text(compared: &Comparison) -> Result<String, ReportError> {
    let bytes = pretty("comparison.json", compared)?;
    String::from_utf8(bytes).map_err(|error| ReportError::new("comparison.json", error))
}

/// All files of the directory of a comparison, the manifest last.
///
/// # Errors
///
/// A file that could not be made: a bug of ours.
pub fn files(compared: &Comparison, resolved: &[&Resolved]) -> Result<Vec<ResultFile<'static>>, ReportError> {
    let mut files = vec![
        ResultFile::whole("comparison.json", json_text(compared)?.into_bytes()),
        csv::file(compared)?,
    ];
    for (number, resolved) in resolved.iter().enumerate() {
        let name = format!("design-{number}.resolved.json");
        files.push(resolved_file(&name, resolved));
    }
    files.push(manifest(compared, &files)?);
    Ok(files)
}

/// `manifest.json`: what was compared, and the digest of every other file of the directory.
fn manifest(compared: &Comparison, files: &[ResultFile<'_>]) -> Result<ResultFile<'static>, ReportError> {
    let listed = listed(files)?;
    let designs = compared.designs.iter().enumerate().map(|(number, design)| {
        json!({
            "name": design.name,
            "scenario-sha256": design.scenario_sha256,
            "file": format!("design-{number}.resolved.json"),
        })
    });
    let value = json!({
        "blackstart": compared.version,
        "schema_version": compared.schema_version,
        "name": compared.name,
        "compares": designs.collect::<Vec<Value>>(),
        "seed": compared.seed,
        "n": compared.n,
        "horizon-us": compared.horizon_us,
        "options": compared.options,
        "files": listed,
    });
    Ok(ResultFile::whole(MANIFEST, pretty(MANIFEST, &value)?))
}
