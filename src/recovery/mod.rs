//! recovery
pub mod procedure;
pub mod team;
