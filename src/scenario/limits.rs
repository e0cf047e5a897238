//! The limits of the language: all in one table, each named in its error.

/// Limits of what is read. They keep a wrong or hostile file from filling the memory; each can be raised by an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest size of one file, in bytes.
    pub file_bytes_max: u64,
    /// Deepest nesting of one document, in levels.
    pub depth_max: usize,
    /// Most values of one document.
    pub nodes_max: usize,
    /// Most values of one document that come from YAML aliases.
    pub alias_nodes_max: usize,
    /// Most entries of all sections together, after `count:`.
    pub entities_max: usize,
    /// Most files that are included, directly or indirectly.
    pub includes_max: usize,
    /// Most variants that are applied together.
    pub variants_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes_max: 64 << 20,
            depth_max: 64,
            nodes_max: 10_000_000,
            alias_nodes_max: 100_000,
            entities_max: 2_000_000,
            includes_max: 64,
            variants_max: 64,
        }
    }
}
