//! What a run is stored in: some consecutive replications.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::Path;

use super::{Piece, Row};
use crate::observe::annual::AnnualRow;

/// Some consecutive replications, which can be written down and read again.
pub trait Part: Sized {
    /// What one replication yields.
    type Row: Send;

    /// Puts replications together; there is at least one.
    fn of(rows: Vec<Self::Row>) -> Self;

    /// Number of the first replication.
    fn first(&self) -> u32;

    /// The number after that of the last replication.
    fn end(&self) -> u32;

    /// As bytes.
    fn body(&self) -> Cow<'_, [u8]>;

    /// From bytes; `None` if they are not those of so many replications, each with `shape` cells or watched nodes.
    fn from_body(first: u32, len: u32, shape: usize, body: Vec<u8>) -> Option<Self>;

    /// The replications of a range from parts that follow each other; `None` without any.
    ///
    /// # Errors
    /// Those of reading a part.
    fn merged(parts: &[Self], range: &Range<u32>) -> io::Result<Option<Self>>;

    /// How many bytes of memory could be given back.
    fn held(&self) -> usize {
        0
    }

    /// Gives back memory: the same bytes begin at this offset of a file.
    fn let_go(&mut self, _path: &Path, _at: u64) {}
}

impl Part for Piece {
    type Row = Row;

    fn of(rows: Vec<Row>) -> Self {
        Piece::of(&rows)
    }

    fn first(&self) -> u32 {
        Piece::first(self)
    }

    fn end(&self) -> u32 {
        Piece::end(self)
    }

    fn body(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(Piece::held(self).unwrap_or_default())
    }

    fn from_body(first: u32, len: u32, shape: usize, body: Vec<u8>) -> Option<Self> {
        Piece::from_bytes(first, len, shape, body)
    }

    fn merged(parts: &[Self], range: &Range<u32>) -> io::Result<Option<Self>> {
        let mut rows = Vec::new();
        for part in parts {
            part.each(|replication, cells| {
                if range.contains(&replication) {
                    rows.push(Row {
                        replication,
                        cells: cells.into(),
                    });
                }
                Ok(())
            })?;
        }
        Ok((!rows.is_empty()).then(|| Piece::of(&rows)))
    }

    fn held(&self) -> usize {
        Piece::held(self).map_or(0, <[u8]>::len)
    }

    fn let_go(&mut self, path: &Path, at: u64) {
        Piece::let_go(self, path, at);
    }
}

/// Replications over years, which are few and long: they stay in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearsPart(pub Vec<AnnualRow>);

impl Part for YearsPart {
    type Row = AnnualRow;

    fn of(rows: Vec<AnnualRow>) -> Self {
        Self(rows)
    }

    fn first(&self) -> u32 {
        self.0.first().map_or(0, |row| row.replication)
    }

    fn end(&self) -> u32 {
        self.0.last().map_or(0, |row| row.replication + 1)
    }

    fn body(&self) -> Cow<'_, [u8]> {
        Cow::Owned(serde_json::to_vec(&self.0).expect("integers are JSON"))
    }

    fn from_body(first: u32, len: u32, shape: usize, body: Vec<u8>) -> Option<Self> {
        let rows: Vec<AnnualRow> = serde_json::from_slice(&body).ok()?;
        let follow = rows
            .iter()
            .zip(first..)
            .all(|(row, number)| row.replication == number);
        let fits = rows.iter().all(|row| row.seen.len() == shape);
        (follow && fits && !rows.is_empty() && rows.len() == len as usize).then_some(Self(rows))
    }

    fn merged(parts: &[Self], range: &Range<u32>) -> io::Result<Option<Self>> {
        let all = parts.iter().flat_map(|part| &part.0);
        let rows: Vec<AnnualRow> = all
            .filter(|row| range.contains(&row.replication))
            .cloned()
            .collect();
        Ok((!rows.is_empty()).then_some(Self(rows)))
    }
}
