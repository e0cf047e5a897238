//! Entities and references; what a kind of component and a kind of hazard must offer.
//!
//! ```text
//! tree ─► each entry by its kind's `read` ─► references, all resolved at once ─► checks ─► Model ─► declare, wire ─► kernel's Builder
//! ```
//!
//! A [`Kind`] is one row of a table; no enumeration of kinds exists. This module knows no kind: it deals with ids, places, ranks, and
//! with what entities show each other while they are lowered ([`Handles`]).

mod clock;
mod design;
mod head;
mod info;
mod kind;
mod language;
mod lowering;
mod order;
mod profile;
mod references;
mod tile;
mod validate;
mod views;
mod written;

pub use clock::Clock;
pub use design::{Annual, Entity, EntityId, Happening, Head, Model, RANK_INTERNAL};
pub use head::{
    AnnualBlock, ClockBlock, Promise, RecordBlock, TargetBlock, WARM_UP_USUAL_US, YEARS_MAX, YEARS_USUAL,
};
pub use info::{AgentInfo, CrewInfo, EntryInfo, Stage, WorkInfo};
pub use kind::{
    Class, Component, Gives, Hazard, HazardKind, Kind, Lives, Measured, ReadBlock, Stratum, read_component,
    read_hazard, schema_of,
};
pub use language::{help, language_sections, schema};
pub use lowering::{
    Asked, Cold, Drawn, DrawnPart, Handles, Heat, Input, Joined, Lowering, Servers, Standing,
};
pub use order::order_of;
pub use profile::{Profile, WHOLE_PPB};
pub use references::{Expect, References, Wanted};
pub use tile::TileKind;
pub use validate::{choose_alternatives, read_model};
pub use views::{Internet, Viewpoint, Views};
pub use written::{Crew, Moment, Ref, Refs, Selector, Target, Targets, Tier, check_crew};
