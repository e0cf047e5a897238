//! The tree of a scenario: text with positions, includes, templates, variants, the library below.
//!
//! ```text
//! text ─► yaml ─► Node ─► hoist, annotations ─► include, variant (merge) ─► template, count, archetype, library, columns ─► read_block ─► T
//! ```
//!
//! Which maps are tags and which are keyed by id comes in as a plain description ([`Shape`], [`Language`]); no kind of
//! thing is named here.

mod archetype;
mod columns;
mod digest;
mod files;
mod hoist;
mod include;
mod library;
mod limits;
mod load;
mod merge;
mod provenance;
mod ranges;
mod read;
mod resolved;
mod shape;
mod template;
mod tree;
mod variant;
mod yaml;
mod yaml_text;

#[cfg(test)]
mod tests;

pub use archetype::{Archetype, Parameter, Part, slot_shape, slots};
pub use digest::{hex, sha256_hex};
pub use limits::Limits;
pub use load::{Language, Loaded, SectionForm, SectionShape, WorldError, load, load_text};
pub use merge::NewEntry;
pub use provenance::{
    Grade, NumberCounts, Origin, Provenance, Provenances, count_numbers, is_number, origin,
};
pub use ranges::Ranged;
pub use read::{Id, Spanned, read_block};
pub use resolved::{Resolved, resolved};
pub use shape::Shape;
pub use tree::{Entry, Node, ProvenanceId, TreePath, Value};
pub use yaml_text::yaml_text;
