//! The rows of a run: one per replication, one integer per column, in pieces that are held in memory or lie on disk.
//!
//! Rows are the truth: every estimate is a function of them, in the order of replications. They are kept by columns, each of which takes as
//! many bytes as its values need, and are gone through column by column, so that their number is not bounded by memory.

mod error;
mod piece;
mod rows;

pub use error::StoreError;
pub use piece::Piece;
pub use rows::{Column, Row, Rows};

/// How many replications are a round: stopping rules look after whole rounds, so that they do not depend on timing.
pub const ROUND: u32 = 4_096;
