//! Measures: what is read from a simulated history, as columns of integers.
//!
//! [`history`] looks back upon one replication; [`causes`] and [`tiles`] are the two walks over it, [`outages`] says when a service was lost
//! and back. [`columns`] fixes which columns a run has and what they mean; the rows hold their values, one per replication.
//! The rows are the truth: every estimate is a pure function of them.

pub mod annual;
pub mod causes;
pub mod columns;
pub mod guard;
pub mod history;
pub mod looked;
pub mod measures;
mod memo;
pub mod naming;
pub mod outages;
pub mod tiles;

#[cfg(test)]
mod shortage_tests;
#[cfg(test)]
mod tests;
