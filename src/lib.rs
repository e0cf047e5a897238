//! Blackstart rehearses a disaster before it happens.
//!
//! The modules are declared in the order in which they build on each other: a module uses only modules above it.

pub mod quantity;
pub mod random;
pub mod statistics;
pub mod diagnostics;
pub mod kernel;
pub mod scenario;
pub mod model;
pub mod component;
pub mod hazard;
pub mod recovery;
pub mod compile;
pub mod observe;
pub mod store;
pub mod monte_carlo;
pub mod analysis;
pub mod report;
pub mod cli;
