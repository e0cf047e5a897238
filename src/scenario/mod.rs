//! The tree of a scenario: text with positions, includes, templates, variants, the library below.
//!
//! ```text
//! text ─► yaml ─► Node ─► hoist, annotations ─► include, variant (merge) ─► template, library, count ─► read_block ─► T
//! ```
//!
//! Which maps are tags and which are keyed by id comes in as a plain description ([`Shape`], [`Language`]); no kind of
//! thing is named here.

mod limits;
mod load;
mod read;
mod shape;
mod tree;

pub use limits::Limits;
pub use load::{Language, Loaded, SectionForm, SectionShape, WorldError, load};
pub use read::{Id, Spanned, read_block};
pub use shape::Shape;
pub use tree::{Entry, Node, ProvenanceId, TreePath, Value};
