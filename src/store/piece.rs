//! Some consecutive rows, by columns.
//!
//! ```text
//! for each column   least value (8 bytes), place of its first cell in the cells (8 bytes), bytes of a cell (1 byte)
//! cells             column by column, each cell less the least value of its column
//! ```
//!
//! All numbers are little-endian. A cell takes as many bytes as the column's greatest difference needs, none if all are alike.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::rows::Row;

/// Bytes of the head of a column.
const HEAD: usize = 17;

/// Rows `first..first + len`.
#[derive(Clone, Debug)]
pub struct Piece {
    first: u32,
    len: u32,
    width: usize,
    bytes: Bytes,
}

#[derive(Clone, Debug)]
enum Bytes {
    Held(Vec<u8>),
    /// They begin at an offset of a file.
    Filed {
        path: PathBuf,
        at: u64,
    },
}

/// Where the cells of a column are.
#[derive(Clone, Copy)]
struct ColumnHead {
    least: i64,
    at: u64,
    size: usize,
}

impl ColumnHead {
    fn read(head: &[u8]) -> Self {
        let eight = |at: usize| <[u8; 8]>::try_from(&head[at..at + 8]).expect("eight bytes");
        Self {
            least: i64::from_le_bytes(eight(0)),
            at: u64::from_le_bytes(eight(8)),
            size: usize::from(head[16]).min(8),
        }
    }

    fn cell(&self, bytes: &[u8]) -> i64 {
        let mut word = [0; 8];
        word[..self.size].copy_from_slice(bytes);
        self.least.wrapping_add(u64::from_le_bytes(word).cast_signed())
    }
}

impl Piece {
    /// Puts rows together.
    ///
    /// # Panics
    /// If there is no row, their numbers do not follow each other, or they are not all of the same width: bugs of the caller.
    pub fn of(rows: &[Row]) -> Self {
        let first = rows.first().expect("a piece has a row").replication;
        let width = rows[0].cells.len();
        for (row, number) in rows.iter().zip(first..) {
            assert_eq!(row.replication, number, "the rows of a piece follow each other");
            assert_eq!(row.cells.len(), width, "the rows of a piece have one width");
        }
        let mut bytes = vec![0; width * HEAD];
        for column in 0..width {
            let cells = || rows.iter().map(|row| row.cells[column]);
            let (least, greatest) = (cells().min().unwrap_or(0), cells().max().unwrap_or(0));
            let span = greatest.wrapping_sub(least).cast_unsigned();
            let size = (u64::BITS - span.leading_zeros()).div_ceil(8) as usize;
            let at = (bytes.len() - width * HEAD) as u64;
            let head = &mut bytes[column * HEAD..(column + 1) * HEAD];
            head[..8].copy_from_slice(&least.to_le_bytes());
            head[8..16].copy_from_slice(&at.to_le_bytes());
            head[16] = u8::try_from(size).expect("at most eight");
            for cell in cells() {
                let offset = cell.wrapping_sub(least).cast_unsigned().to_le_bytes();
                bytes.extend_from_slice(&offset[..size]);
            }
        }
        Self {
            first,
            len: u32::try_from(rows.len()).expect("numbers of replications have 32 bits"),
            width,
            bytes: Bytes::Held(bytes),
        }
    }

    /// A piece whose bytes were read; `None` if they are not those of such a piece.
    pub fn from_bytes(first: u32, len: u32, width: usize, bytes: Vec<u8>) -> Option<Self> {
        let heads = bytes.get(..width.checked_mul(HEAD)?)?;
        let mut expected = 0_u64;
        for head in heads.chunks_exact(HEAD) {
            let head = ColumnHead::read(head);
            if head.at != expected {
                return None;
            }
            expected = expected.checked_add(head.size as u64 * u64::from(len))?;
        }
        let fits = (bytes.len() - heads.len()) as u64 == expected && first.checked_add(len).is_some();
        (fits && len > 0).then_some(Self {
            first,
            len,
            width,
            bytes: Bytes::Held(bytes),
        })
    }

    /// Number of its first replication.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// How many replications it has.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether it has none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number after that of its last replication.
    pub fn end(&self) -> u32 {
        self.first + self.len
    }

    /// How many cells its rows have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Its bytes, if they are in memory.
    pub fn held(&self) -> Option<&[u8]> {
        match &self.bytes {
            Bytes::Held(bytes) => Some(bytes),
            Bytes::Filed { .. } => None,
        }
    }

    /// Gives its memory back: its bytes begin at this offset of a file, too.
    pub fn let_go(&mut self, path: &Path, at: u64) {
        self.bytes = Bytes::Filed {
            path: path.to_owned(),
            at,
        };
    }

    /// The file in which it lies, if it does not lie in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.bytes {
            Bytes::Held(_) => None,
            Bytes::Filed { path, .. } => Some(path),
        }
    }

    /// The cells of a column, in place of what was in `into`.
    ///
    /// # Errors
    /// Those of reading its file.
    pub fn column(&self, index: usize, into: &mut Vec<i64>) -> io::Result<()> {
        into.clear();
        let len = self.len as usize;
        let spread = |head: ColumnHead, cells: &[u8], into: &mut Vec<i64>| {
            if head.size == 0 {
                into.resize(len, head.least);
            } else {
                into.extend(cells.chunks_exact(head.size).map(|bytes| head.cell(bytes)));
            }
        };
        match &self.bytes {
            Bytes::Held(bytes) => {
                let head = ColumnHead::read(&bytes[index * HEAD..(index + 1) * HEAD]);
                let from = self.width * HEAD + usize::try_from(head.at).expect("within memory");
                spread(head, &bytes[from..from + head.size * len], into);
            }
            Bytes::Filed { path, at } => {
                let mut file = File::open(path)?;
                let mut head = [0; HEAD];
                file.seek(SeekFrom::Start(at + (index * HEAD) as u64))?;
                file.read_exact(&mut head)?;
                let head = ColumnHead::read(&head);
                file.seek(SeekFrom::Start(at + (self.width * HEAD) as u64 + head.at))?;
                let mut cells = vec![0; head.size * len];
                file.read_exact(&mut cells)?;
                spread(head, &cells, into);
            }
        }
        Ok(())
    }

    /// Shows each row, in order: its number and its cells.
    ///
    /// # Errors
    /// Those of reading its file, and of `visit`.
    pub fn each(&self, mut visit: impl FnMut(u32, &[i64]) -> io::Result<()>) -> io::Result<()> {
        let read;
        let bytes = match &self.bytes {
            Bytes::Held(bytes) => bytes,
            Bytes::Filed { path, at } => {
                read = self.read(path, *at)?;
                &read
            }
        };
        let (heads, cells) = bytes.split_at(self.width * HEAD);
        let heads: Vec<ColumnHead> = heads.chunks_exact(HEAD).map(ColumnHead::read).collect();
        let mut row = vec![0; self.width];
        for place in 0..self.len {
            for (cell, head) in row.iter_mut().zip(&heads) {
                let from = usize::try_from(head.at).expect("within memory") + head.size * place as usize;
                *cell = head.cell(&cells[from..from + head.size]);
            }
            visit(self.first + place, &row)?;
        }
        Ok(())
    }

    fn read(&self, path: &Path, at: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(at))?;
        let mut heads = vec![0; self.width * HEAD];
        file.read_exact(&mut heads)?;
        let sizes = heads.chunks_exact(HEAD).map(|head| ColumnHead::read(head).size);
        let cells = sizes.sum::<usize>() * self.len as usize;
        let mut bytes = heads;
        let from = bytes.len();
        bytes.resize(from + cells, 0);
        file.read_exact(&mut bytes[from..])?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let cells = |i: i64| {
            let wild = i.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed());
            vec![
                7,
                i,
                -i * 1_000,
                wild,
                if i == 0 { i64::MIN } else { i64::MAX },
                i % 2,
            ]
            .into()
        };
        (0..50)
            .map(|i| Row {
                replication: 100 + u32::try_from(i).expect("small"),
                cells: cells(i),
            })
            .collect()
    }

    fn read_back(piece: &Piece) -> Vec<Row> {
        let mut found = Vec::new();
        let mut column = Vec::new();
        piece
            .each(|replication, cells| {
                found.push(Row {
                    replication,
                    cells: cells.into(),
                });
                Ok(())
            })
            .expect("a piece that can be read");
        for index in 0..piece.width() {
            piece.column(index, &mut column).expect("a column");
            let of_rows: Vec<i64> = found.iter().map(|row| row.cells[index]).collect();
            assert_eq!(column, of_rows, "column {index}");
        }
        found
    }

    #[test]
    fn what_was_put_in_comes_out_of_memory_and_of_a_file() {
        let rows = rows();
        let mut piece = Piece::of(&rows);
        assert_eq!((piece.first(), piece.len(), piece.end()), (100, 50, 150));
        assert_eq!(read_back(&piece), rows);
        let bytes = piece.held().expect("in memory").to_vec();
        let again = Piece::from_bytes(100, 50, 6, bytes.clone()).expect("its own bytes");
        assert_eq!(read_back(&again), rows);
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("piece");
        std::fs::write(&path, [b"head".as_slice(), &bytes, b"tail"].concat()).expect("a file");
        piece.let_go(&path, 4);
        assert_eq!(piece.held(), None);
        assert_eq!(read_back(&piece), rows);
        std::fs::remove_file(&path).expect("gone");
        assert!(piece.column(0, &mut Vec::new()).is_err() && piece.each(|_, _| Ok(())).is_err());
    }

    #[test]
    fn alike_cells_take_no_room() {
        let row = |replication| Row {
            replication,
            cells: vec![-1; 1_000].into(),
        };
        let rows: Vec<Row> = (0..64).map(row).collect();
        assert_eq!(Piece::of(&rows).held().map(<[u8]>::len), Some(1_000 * HEAD));
    }

    #[test]
    fn bytes_of_another_shape_are_refused() {
        let bytes = Piece::of(&rows()).held().expect("in memory").to_vec();
        assert!(Piece::from_bytes(100, 50, 5, bytes.clone()).is_none());
        assert!(Piece::from_bytes(100, 49, 6, bytes.clone()).is_none());
        assert!(Piece::from_bytes(u32::MAX, 50, 6, bytes.clone()).is_none());
        assert!(Piece::from_bytes(100, 50, 6, bytes[..bytes.len() - 1].to_vec()).is_none());
        assert!(Piece::from_bytes(100, 50, usize::MAX, bytes).is_none());
        assert!(Piece::from_bytes(0, 0, 0, Vec::new()).is_none());
    }
}
