//! Teams and outsiders: they learn that something is amiss, are reached, and come.

use crate::model::Refs;
use crate::quantity::SimDuration;
use crate::random::LawInput;
use crate::scenario::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A team of people. It works once it has learnt that something is amiss, was reached through a live channel, and has come.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Team {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// How many people it has.
    pub heads: u32,
    /// How many of them are on call and come first; all of them if not given.
    pub on_call: Option<u32>,
    /// How long those on call take to come (or to sit down at a keyboard) once reached.
    pub joins: LawInput,
    /// How long the others take to come once the team is reached.
    pub others_join: LawInput,
    /// The channels through which it is reached, in order: services (a messenger, a mail system), or `phone`, which always works.
    pub reached_by: Refs,
    /// How long it takes to reach somebody through a channel that is live.
    pub answers: LawInput,
    /// How long a dead channel is tried before the next one is.
    pub patience: SimDuration,
    /// The ways in which it learns that something is amiss, all at once; the first to succeed counts.
    pub learns: BTreeMap<Id, LearningWay>,
}

/// One way of learning of a loss.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LearningWay {
    /// The services that must be up for it (monitoring, a messenger).
    #[serde(default)]
    pub needs: Refs,
    /// How long it takes from the loss, or from when what it needs is up.
    pub after: LawInput,
}
