//! The parts of a run as it grows: on disk, and in memory as far as there is room.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Part, StoreError, UnderWay};

/// The most bytes of parts on disk that are held in memory as well: 64 MiB.
const HELD_MAX: usize = 64 << 20;

/// The parts of a run that are complete.
#[derive(Debug)]
pub struct Shelf<P> {
    parts: BTreeMap<u32, P>,
    held: usize,
    directory: Option<UnderWay>,
}

impl<P: Part> Shelf<P> {
    /// All in memory.
    pub fn in_memory() -> Self {
        Self {
            parts: BTreeMap::new(),
            held: 0,
            directory: None,
        }
    }

    /// On disk, with what is complete there. The files that were damaged are named.
    ///
    /// # Errors
    /// Those of reading them.
    pub fn on_disk(directory: UnderWay, shape: usize) -> Result<(Self, Vec<std::path::PathBuf>), StoreError> {
        let (found, damaged) = directory.read::<P>(shape)?;
        let mut parts: BTreeMap<u32, P> = BTreeMap::new();
        for part in found {
            // Parts do not overlap, unless somebody mixed files of two runs of different lengths: the later is then simulated again.
            let overlaps = parts
                .values()
                .next_back()
                .is_some_and(|last| last.end() > part.first());
            if !overlaps {
                parts.insert(part.first(), part);
            }
        }
        let shelf = Self {
            parts,
            held: 0,
            directory: Some(directory),
        };
        Ok((shelf, damaged))
    }

    /// The first replications of a range that are not there.
    pub fn gap(&self, range: &Range<u32>) -> Option<Range<u32>> {
        let mut from = range.start;
        for part in self.parts.values() {
            if part.end() <= from {
                continue;
            }
            if part.first() > from {
                break;
            }
            from = part.end();
        }
        let next = self
            .parts
            .range(from..)
            .next()
            .map_or(range.end, |(&first, _)| first);
        (from < range.end).then_some(from..next.min(range.end))
    }

    /// How many replications of a range are there.
    pub fn complete(&self, range: &Range<u32>) -> u32 {
        let within = |part: &P| {
            part.end()
                .min(range.end)
                .saturating_sub(part.first().max(range.start))
        };
        self.parts.values().map(within).sum()
    }

    /// The parts that are there, in order.
    pub fn parts(&self) -> impl Iterator<Item = &P> {
        self.parts.values()
    }

    /// Adds replications that follow each other.
    ///
    /// # Errors
    /// Those of writing them; what was there stays.
    pub fn keep(&mut self, rows: Vec<P::Row>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut part = P::of(rows);
        if let Some(directory) = &self.directory {
            let lean = self.held + part.held() > HELD_MAX;
            directory.keep(&mut part, lean)?;
        }
        self.held += part.held();
        self.parts.insert(part.first(), part);
        Ok(())
    }

    /// The parts from the beginning of a range as far as they follow each other, and the directory in which they lie.
    pub fn into_parts(self, range: &Range<u32>) -> (Vec<P>, Option<UnderWay>) {
        let mut from = range.start;
        let mut parts = Vec::new();
        for part in self.parts.into_values() {
            if part.first() == from && part.first() < range.end {
                from = part.end();
                parts.push(part);
            }
        }
        (parts, self.directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Piece, Row};

    fn rows(range: Range<u32>) -> Vec<Row> {
        let row = |replication| Row {
            replication,
            cells: vec![1].into(),
        };
        range.map(row).collect()
    }

    #[test]
    fn gaps_are_found_from_the_first_to_the_last() {
        let mut shelf: Shelf<Piece> = Shelf::in_memory();
        assert_eq!(shelf.gap(&(0..10)), Some(0..10));
        shelf.keep(rows(4..6)).expect("memory");
        assert_eq!(shelf.gap(&(0..10)), Some(0..4));
        shelf.keep(rows(0..4)).expect("memory");
        assert_eq!(shelf.gap(&(0..10)), Some(6..10));
        assert_eq!(shelf.gap(&(0..5)), None);
        assert_eq!(shelf.gap(&(2..5)), None);
        shelf.keep(rows(8..9)).expect("memory");
        assert_eq!(shelf.gap(&(0..10)), Some(6..8));
        assert_eq!((shelf.complete(&(0..10)), shelf.complete(&(5..9))), (7, 2));
        let (parts, _) = shelf.into_parts(&(0..10));
        assert_eq!(parts.iter().map(Piece::end).collect::<Vec<_>>(), [4, 6]);
    }
}
