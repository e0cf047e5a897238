//! Blackstart rehearses a disaster before it happens.
//!
//! The modules are declared in the order in which they build on each other: a module uses only modules above it.

pub mod quantity;
