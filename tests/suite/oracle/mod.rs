//! The engine held against exact solutions that know nothing of it.

mod built;
mod chain;
mod closed_forms;
mod exact;
mod markov;
mod naive;
mod networks;
mod plants;
mod settled;
