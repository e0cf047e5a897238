//! The result files for programs: `summary.json`, `scenario.resolved.json`, and the manifest that vouches for the rest.
//!
//! None of them holds a clock, a host, a path or a thread count: the same scenario, seed and version give the same bytes.

use serde::Serialize;
use serde_json::{Value, json};

use crate::analysis::results::{Head, Results};
use crate::observe::columns::{BEYOND_HORIZON, NEVER_LOST, NO_CLASS};
use crate::report::{Input, ReportError, ResultFile};
use crate::scenario::Resolved;

/// The name of the manifest, by which a directory of results is recognised.
pub const MANIFEST: &str = "manifest.json";

/// The name of the scenario with every default filled in.
pub const RESOLVED: &str = "scenario.resolved.json";

/// A value as the text of a file of this name.
pub(super) fn pretty<T: Serialize>(name: &str, value: &T) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| ReportError::new(name, error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn file<T: Serialize>(name: &str, value: &T) -> Result<ResultFile<'static>, ReportError> {
    Ok(ResultFile::whole(name, pretty(name, value)?))
}

/// The text of `summary.json`, which `--format json` prints as well.
///
/// # Errors
///
/// A value that JSON cannot hold: a bug of ours.
pub fn summary_text(results: &Results) -> Result<String, ReportError> {
    let name = "summary.json";
    let mut text = serde_json::to_string_pretty(results).map_err(|error| ReportError::new(name, error))?;
    text.push('\n');
    Ok(text)
}

/// `summary.json`: every estimate with interval and count.
pub fn summary<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    Ok(vec![ResultFile::whole(
        "summary.json",
        summary_text(input.results)?.into_bytes(),
    )])
}

/// A file of this name with a resolved scenario.
pub(super) fn resolved_file(name: &str, resolved: &Resolved) -> ResultFile<'static> {
    ResultFile::whole(name, format!("{}\n", resolved.text()).into_bytes())
}

/// `scenario.resolved.json`: the scenario with every default filled in.
pub fn resolved<'a>(input: &Input<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    Ok(vec![resolved_file(RESOLVED, input.resolved)])
}

/// `manifest.json`: what was run, and the digest of every other file of the directory.
pub fn manifest(input: &Input<'_>, files: &[ResultFile<'_>]) -> Result<ResultFile<'static>, ReportError> {
    let head = &input.results.head;
    let listed = listed(files)?;
    let mut value = json!({
        "blackstart": head.version,
        "schema_version": input.results.schema_version,
        "name": head.name,
        "title": head.title,
        "scenario-sha256": head.scenario_sha256,
        "seed": head.seed,
        "n": head.n,
        "horizon-us": head.horizon_us,
        "options": head.options,
        "classes": input.rows.layout.classes(),
        "sentinels": [
            {"columns": "down_at_us, rta_us", "value": NEVER_LOST, "meaning": "never lost in this replication"},
            {"columns": "rta_us", "value": BEYOND_HORIZON, "meaning": "lost, and not back within the horizon"},
            {"columns": "cause_class", "value": NO_CLASS, "meaning": "never lost, so there is no class"},
        ],
        "files": listed,
    });
    mark_interrupted(&mut value, head);
    file(MANIFEST, &value)
}

/// The files of a directory as its manifest lists them: name, size, digest.
///
/// # Errors
///
/// Rows on disk that cannot be read.
pub(super) fn listed(files: &[ResultFile<'_>]) -> Result<Vec<Value>, ReportError> {
    let entry = |file: &ResultFile<'_>| {
        let digest = file
            .digest()
            .map_err(|error| ReportError::reading(&file.name, &error));
        digest.map(|(bytes, sha256)| json!({"name": file.name, "bytes": bytes, "sha256": sha256}))
    };
    files.iter().map(entry).collect()
}

/// Says in a manifest that a run was interrupted.
pub(super) fn mark_interrupted(manifest: &mut Value, head: &Head) {
    if let Some(of) = head.interrupted_of {
        manifest["interrupted-of"] = of.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_stand_raw_in_json() {
        let (mut results, _) = crate::report::fixture::results(20);
        results.services[0].name = "\u{1b}[2J\u{0}\u{7}</script>".into();
        let text = summary_text(&results).expect("the summary");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        let back: Results = serde_json::from_str(&text).expect("the summary can be read again");
        assert_eq!(back.services[0].name, results.services[0].name);
    }
}
