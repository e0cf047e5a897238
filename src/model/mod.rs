//! Entities and references; what a kind of component and a kind of hazard must offer.

mod head;
mod tile;
mod written;

pub use head::{ClockBlock, RecordBlock, TargetBlock};
pub use tile::TileKind;
pub use written::{Crew, Moment, Ref, Refs, Selector, Target, Targets, Tier};
