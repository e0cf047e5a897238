//! The audit of a crisis manual: what it is there for, what becomes of its steps when it is needed, and what would win minutes.
//!
//! What the manual says is read off the model ([`written`]); what becomes of it is simulated ([`steps`]); what a change would win is a comparison
//! of designs under the same chance ([`changes`]).

pub mod changes;
pub mod steps;
pub mod written;

use serde::Serialize;

use super::results::{Mean, Share};

/// The version of the format of an audit.
pub const AUDIT_SCHEMA_VERSION: u32 = 1;

/// What was found of a manual.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Audit {
    /// [`AUDIT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What was audited: the name of the scenario.
    pub name: String,
    /// What happens in it.
    pub happening: String,
    /// How many replications.
    pub n: u64,
    /// The seed.
    pub seed: u64,
    /// Confidence of the intervals.
    pub level: f64,
    /// Its procedures, by id.
    pub procedures: Vec<ProcedureAudit>,
    /// Services with users that were lost, that no procedure is there for by name, and that no step starts anywhere.
    pub uncovered: Vec<Uncovered>,
    /// What hangs on one person, in sentences.
    pub single_persons: Vec<String>,
    /// Who is asked for by several procedures at once, in sentences.
    pub conflicts: Vec<String>,
    /// What changes would win, the most first.
    pub gains: Vec<Gain>,
    /// Changes that could not be tried, in sentences.
    pub not_tried: Vec<String>,
}

/// What became of a procedure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProcedureAudit {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is there for, in words.
    pub trigger: String,
    /// In how many replications its first step was called for.
    pub begun: Share,
    /// How long after the start of the history that was \[µs\], where it was.
    pub begun_after: Mean,
    /// Its steps, by id.
    pub steps: Vec<StepAudit>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StepAudit {
    /// Its id.
    pub id: String,
    /// In how many replications it was called for; all that follows is of these, and of the first call in each.
    pub called: Share,
    /// Of the calls: done as the manual says.
    pub by_the_book: Share,
    /// Done without its tools.
    pub improvised: Share,
    /// Given up, blocked or gone wrong.
    pub given_up: Share,
    /// Not done within the horizon.
    pub open: Share,
    /// How long it waited for anything \[µs\].
    pub waited: Mean,
    /// How long it was being done \[µs\], repetitions after errors included.
    pub took: Mean,
    /// What it waited for, the longest first: what, and how long in the mean over the calls \[µs\].
    pub waits: Vec<(String, f64)>,
}

/// A service that no procedure is there for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Uncovered {
    /// Its name.
    pub name: String,
    /// In how many replications it was lost.
    pub lost: Share,
}

/// What a change would win.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Gain {
    /// The change, in words.
    pub change: String,
    /// Until everything is back: change less as it is \[µs\], over pairs of replications.
    pub whole: Mean,
    /// The verdict of that: `better`, `worse`, `same`, `not-settled`.
    pub verdict: super::compare::Verdict,
    /// The same for each service with a recovery time objective: its name, and the difference \[µs\].
    pub promised: Vec<(String, Mean)>,
}
