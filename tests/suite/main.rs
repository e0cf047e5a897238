//! The test suite: one binary, one module per concern.
//!
//! `BLACKSTART_BLESS=1` writes golden files anew; `BLACKSTART_SLOW=1` runs more replications.

mod annual;
mod archetypes;
mod checkers;
mod cli;
mod compare;
mod conformance;
mod determinism;
mod dice;
mod failover;
mod folders;
mod golden;
mod hazards;
mod invalid;
mod invalid_tree;
mod loads;
mod manual;
mod metamorphic;
mod network;
mod oracle;
mod overload;
mod pages;
mod power;
mod program;
mod ranges;
mod reference_scenarios;
mod references;
mod resume;
mod scenarios;
mod scripted;
mod shards;
mod simulated;
mod sources;
mod swarm;
mod templates;
mod tidy;
mod ties;
mod words;
