//! Scripted timelines: what happened, line by line, at stated times.

use super::does::Does;
use crate::model::{Moment, Ref};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A scripted history: entries at times or after one another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timeline {
    /// The entries, keyed by id so that a variant can patch them.
    pub entries: BTreeMap<Ref, TimelineEntry>,
}

/// One entry of a timeline.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TimelineEntry {
    /// When: a civil time (`2022-10-15 16:52`) or a time since the start (`+93 min`). This or `after`.
    pub at: Option<crate::scenario::Spanned<Moment>>,
    /// With `at`: the things that it does are spread evenly, the first at `at`, the last at this time.
    pub until: Option<crate::scenario::Spanned<Moment>>,
    /// The entry that it follows. This or `at`.
    pub after: Option<Ref>,
    /// With `after`: how long after that entry.
    pub takes: Option<LawInput>,
    /// What people say that happened; shown in the story of a replication.
    pub note: Option<String>,
    /// Where that is known from; shown in the story of a replication.
    pub source: Option<String>,
    /// What it does to the design.
    pub does: Does,
}
