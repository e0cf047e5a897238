//! From rows to answers.
//!
//! [`results`] is everything that a report may print; [`estimate`] makes it from rows alone, in replication order.
//! Nothing here knows a file format.

pub mod annual;
pub mod cautions;
pub mod compare;
pub mod curve;
pub mod estimate;
pub mod findings;
pub mod ignorance;
pub mod interval;
pub mod manual;
pub mod precision;
pub mod results;
pub mod run;
pub mod story;
