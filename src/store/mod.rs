//! The rows of a run: one per replication, one integer per column, in pieces that are held in memory or lie on disk.
//!
//! Rows are the truth: every estimate is a function of them, in the order of replications. They are kept by columns, each of which takes as
//! many bytes as its values need, and are gone through column by column, so that their number is not bounded by memory.

mod error;
mod identity;
mod part;
mod piece;
mod rows;
mod sealed;
mod shelf;
mod under_way;
mod whole;

pub use error::StoreError;
pub use identity::Identity;
pub use part::{Part, YearsPart};
pub use piece::Piece;
pub use rows::{Column, Row, Rows};
pub use sealed::Digest;
pub use shelf::Shelf;
pub use under_way::{Earlier, OpenError, UnderWay, file_name, read_part, sealed};
pub use whole::{sync_directory, write_whole};

/// How many replications are a round: stopping rules look after whole rounds, so that they do not depend on timing.
pub const ROUND: u32 = 4_096;
