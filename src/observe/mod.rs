//! Measures: what is read from a simulated history, as columns of integers.
//!
//! [`columns`] fixes which columns a run has and what they mean; [`row`] holds their values, one row per replication.
//! The rows are the truth: every estimate is a pure function of them.

pub mod columns;
pub mod row;
