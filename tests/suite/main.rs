//! The test suite: one binary, one module per concern.

mod sources;
mod tidy;
mod words;
