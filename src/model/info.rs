//! What reports are told of a network: names and kinds for what the kernel knows by number.

use super::design::EntityId;
use super::tile::TileKind;

/// What a node's own stages (a start, a transfer, a recharge) are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What people read: `starting text at web-b`.
    pub label: String,
    /// The kind of tile.
    pub tile: TileKind,
}

/// What a work is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkInfo {
    /// What people read: `boot web-a`.
    pub label: String,
    /// The entity that it belongs to.
    pub entity: EntityId,
    /// The kind of tile while it runs, by way.
    pub ways: Vec<TileKind>,
}

/// What a crew is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrewInfo {
    /// What people read: `sre`.
    pub label: String,
    /// The kind of tile while a work waits for it.
    pub tile: TileKind,
}

/// What an agent is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentInfo {
    /// What people read: `leave-alpha`.
    pub label: String,
    /// What it does, by the number of its entry.
    pub entries: Vec<EntryInfo>,
}

/// What one line or step of an agent is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryInfo {
    /// What people read.
    pub label: String,
    /// The kind of tile while something waits for it.
    pub tile: TileKind,
    /// Where it is known from.
    pub source: Option<String>,
    /// When it happens, in microseconds, if that is no matter of chance.
    pub at_us: Option<u64>,
}
