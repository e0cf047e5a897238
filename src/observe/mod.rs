//! Measures.
pub mod causes;
pub mod history;
pub mod outages;
pub mod tiles;

#[cfg(test)]
mod tests;
