//! What is told of a happening, line by line.

use crate::model::{EntryInfo, TileKind};

/// A line of a happening, which comes from outside; `at_us` is when, where that is known beforehand.
#[must_use]
pub fn told(label: impl Into<String>, at_us: Option<u64>) -> EntryInfo {
    EntryInfo {
        label: label.into(),
        tile: TileKind::OutsideAction,
        source: None,
        at_us,
    }
}
