//! Measures.
pub mod causes;
pub mod history;
pub mod tiles;
