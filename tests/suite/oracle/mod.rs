//! The engine held against exact solutions that know nothing of it.

pub mod built;
pub mod chain;
mod closed_forms;
mod exact;
mod markov;
mod naive;
mod networks;
pub mod plants;
mod settled;
