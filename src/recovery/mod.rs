//! People and the crisis manual: who comes to know, who is reached, who comes, and what they then do, step by step.
//!
//! These are kinds of things like those of [`crate::component`], in a table of their own.

mod notice;
mod procedure;
mod team;

pub use notice::LearningWay;
pub use procedure::{OnBlocked, OnStepError, Procedure, Step, Trigger};
pub use team::{Outsider, Team};

use crate::model::Kind;

/// All kinds of people and manuals, in the order in which help lists them.
pub const KINDS: &[&Kind] = &[&team::TEAMS, &team::OUTSIDERS, &procedure::KIND];
