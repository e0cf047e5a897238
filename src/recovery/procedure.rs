//! Procedures: the crisis manual. A trigger on what is noticed, and a graph of steps.

use super::team::LearningWay;
use crate::hazard::Does;
use crate::model::{Crew, Ref, Refs};
use crate::quantity::{Share, SimDuration};
use crate::random::LawInput;
use crate::scenario::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A procedure of the crisis manual: begins once its trigger was noticed and the commanding team is reached, and goes through its steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Procedure {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// What it is there for.
    pub trigger: Trigger,
    /// The ways in which the trigger comes to be known, all at once; the first to succeed counts.
    pub noticed: BTreeMap<Id, LearningWay>,
    /// The team that must have been reached before the first step.
    pub command: Ref,
    /// The steps; each begins when all that it comes after are done or given up.
    pub steps: BTreeMap<Ref, Step>,
}

/// What a procedure is there for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Trigger {
    /// Fewer than half of the servers in this place are on.
    SiteLost(Ref),
    /// This service is down.
    ServiceLost(Ref),
}

/// One step of a procedure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// The steps that come before it.
    #[serde(default)]
    pub after: Refs,
    /// Who does it: teams and heads.
    #[serde(default)]
    pub crew: Crew,
    /// The services (tools) that must be up for it to begin.
    #[serde(default)]
    pub needs: Refs,
    /// The places that must be open for it to begin.
    #[serde(default)]
    pub access: Refs,
    /// How long it takes.
    pub takes: LawInput,
    /// The chance that it goes wrong.
    #[serde(default)]
    pub errs: Share,
    /// What follows when it went wrong.
    #[serde(default)]
    pub on_error: OnStepError,
    /// What follows when a tool that it needs is down.
    #[serde(default)]
    pub on_blocked: OnBlocked,
    /// What it does to the design. Without anything it is a decision or a check: time and people.
    #[serde(default)]
    pub does: Does,
}

/// What follows when a step went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum OnStepError {
    /// It is done again from the start.
    #[default]
    Retry,
    /// It is given up, and the procedure goes on without it.
    GiveUp,
}

/// What follows when a tool that a step needs is down.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum OnBlocked {
    /// It waits until the tool is up.
    #[default]
    Wait,
    /// It is done without its tools.
    Improvise {
        /// How long the tools are waited for first.
        after: SimDuration,
        /// How long it takes without them.
        takes: LawInput,
        /// The chance that it goes wrong without them.
        #[serde(default)]
        errs: Share,
    },
    /// It is given up, and the procedure goes on without it.
    GiveUp {
        /// How long the tools are waited for first.
        after: SimDuration,
    },
}
