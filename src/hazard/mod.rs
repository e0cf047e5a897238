//! Kinds of happenings: one file per kind, one line each in the table. Each is an agent of the kernel.
//!
//! To add one: write its file with a `KIND` row, and name it here.

mod does;
mod draws;
mod fire;
mod laid_out;
mod leak;
mod loss_of;
mod rooms;
mod timeline;
mod when;

pub use does::{Does, FailOver, Promote, Start, Stop};
pub use fire::{Fire, PutOutBy};
pub use leak::Leak;
pub use loss_of::LossOf;
pub use timeline::{Timeline, TimelineEntry};

use crate::model::HazardKind;

/// All kinds of happenings, in the order in which help lists them.
pub const HAZARDS: &[&HazardKind] = &[&timeline::KIND, &loss_of::KIND, &fire::KIND, &leak::KIND];
