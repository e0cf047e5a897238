//! Kinds of happenings: one file per kind, one line each in the table. Each is an agent of the kernel.
//!
//! To add one: write its file with a `KIND` row, and name it here.

mod bad_change;
mod blackout;
mod demand_surge;
mod does;
mod draws;
mod expiry;
mod fire;
mod flood;
mod heat_wave;
mod laid_out;
mod leak;
mod link_cut;
mod loss_of;
mod remedy;
mod rooms;
mod staff_absence;
mod timeline;
mod told;
mod utility_outage;
mod when;

pub use bad_change::{BadChange, ChangeStage};
pub use blackout::Blackout;
pub use demand_surge::DemandSurge;
pub use does::{Does, FailOver, Promote, Start, Stop};
pub use expiry::Expiry;
pub use fire::{Fire, PutOutBy};
pub use flood::{Depth, Flood};
pub use heat_wave::HeatWave;
pub use leak::Leak;
pub use link_cut::LinkCut;
pub use loss_of::LossOf;
pub use remedy::Remedy;
pub use staff_absence::StaffAbsence;
pub use timeline::{Timeline, TimelineEntry};
pub use utility_outage::UtilityOutage;

use crate::model::HazardKind;

/// All kinds of happenings, in the order in which help lists them.
pub const HAZARDS: &[&HazardKind] = &[
    &timeline::KIND,
    &loss_of::KIND,
    &fire::KIND,
    &leak::KIND,
    &blackout::KIND,
    &bad_change::KIND,
    &expiry::KIND,
    &utility_outage::KIND,
    &link_cut::KIND,
    &staff_absence::KIND,
    &flood::KIND,
    &heat_wave::KIND,
    &demand_surge::KIND,
];
