//! All rows of a run.

use std::sync::{Mutex, PoisonError};

use super::{Piece, ROUND, StoreError};
use crate::observe::columns::Layout;

/// What one replication yielded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Number of the replication, from 0 -- with the seed it names the history, which can be replayed.
    pub replication: u32,
    /// One integer per column of the layout, in its unit.
    pub cells: Box<[i64]>,
}

/// All rows of a run, in replication order, with the layout that says what their cells mean.
#[derive(Debug)]
pub struct Rows {
    /// Meaning of the cells.
    pub layout: Layout,
    pieces: Vec<Piece>,
    len: usize,
    /// The first piece that could not be read: its cells were given as 0.
    trouble: Mutex<Option<StoreError>>,
}

impl Rows {
    /// Puts rows under a layout, in memory.
    ///
    /// # Panics
    ///
    /// If a row is not as wide as the layout, or the rows are not in the order of their numbers without a gap: both are bugs of the
    /// caller, and every estimate would silently be wrong.
    pub fn new(layout: Layout, rows: &[Row]) -> Self {
        let pieces = rows.chunks(ROUND as usize).map(Piece::of).collect();
        Self::of_pieces(layout, pieces, u32::MAX)
    }

    /// Puts pieces under a layout: of their rows those with numbers less than `end`.
    ///
    /// # Panics
    ///
    /// As [`Rows::new`].
    pub fn of_pieces(layout: Layout, pieces: Vec<Piece>, end: u32) -> Self {
        for piece in &pieces {
            assert_eq!(
                piece.width(),
                layout.width(),
                "every row is as wide as its layout"
            );
        }
        let follows = |pair: &[Piece]| pair[0].end() == pair[1].first();
        assert!(
            pieces.windows(2).all(follows),
            "rows are in the order of replications, each once, without a gap"
        );
        let len = match (pieces.first(), pieces.last()) {
            (Some(first), Some(last)) => last.end().min(end).saturating_sub(first.first()),
            _ => 0,
        };
        Self {
            layout,
            pieces,
            len: len as usize,
            trouble: Mutex::new(None),
        }
    }

    /// Number of replications.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of the first replication; 0 without rows.
    pub fn first(&self) -> u32 {
        self.pieces.first().map_or(0, Piece::first)
    }

    /// The cells of one column, in replication order. Where a piece cannot be read, they are 0 and [`Rows::trouble`] says so.
    pub fn column(&self, index: usize) -> Column<'_> {
        assert!(index < self.layout.width(), "the column is in the layout");
        Column {
            rows: self,
            index,
            cells: Vec::new(),
            at: 0,
            next_piece: 0,
            left: self.len,
        }
    }

    /// What `of` makes of the cells of these columns, in replication order.
    pub fn across<T>(&self, columns: &[usize], of: impl Fn(&[i64]) -> T) -> impl Iterator<Item = T> {
        let mut columns: Vec<Column<'_>> = columns.iter().map(|&index| self.column(index)).collect();
        let mut cells = vec![0; columns.len()];
        (0..self.len).map(move |_| {
            for (cell, column) in cells.iter_mut().zip(&mut columns) {
                *cell = column.next().unwrap_or(0);
            }
            of(&cells)
        })
    }

    /// Shows each row, in order: its number and its cells.
    ///
    /// # Errors
    /// Those of reading rows on disk, and of `visit`.
    pub fn each(&self, mut visit: impl FnMut(u32, &[i64]) -> std::io::Result<()>) -> std::io::Result<()> {
        let end = self.first() + u32::try_from(self.len).unwrap_or(u32::MAX);
        for piece in &self.pieces {
            piece.each(|number, cells| {
                if number < end {
                    visit(number, cells)
                } else {
                    Ok(())
                }
            })?;
        }
        Ok(())
    }

    /// The rows themselves, in memory: for few of them.
    ///
    /// # Errors
    /// Those of reading rows on disk.
    pub fn to_vec(&self) -> std::io::Result<Vec<Row>> {
        let mut rows = Vec::with_capacity(self.len);
        self.each(|replication, cells| {
            rows.push(Row {
                replication,
                cells: cells.into(),
            });
            Ok(())
        })?;
        Ok(rows)
    }

    /// Rows on disk that could not be read. What was estimated meanwhile is void.
    pub fn trouble(&self) -> Option<StoreError> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Two runs are the same if their rows are, however they are cut.
impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        let same = |index| self.column(index).eq(other.column(index));
        self.layout == other.layout
            && self.len == other.len
            && self.first() == other.first()
            && (0..self.layout.width()).all(same)
    }
}

/// The cells of a column, one after the other.
pub struct Column<'a> {
    rows: &'a Rows,
    index: usize,
    /// Those of the piece that is being gone through, and how many of them have been.
    cells: Vec<i64>,
    at: usize,
    next_piece: usize,
    left: usize,
}

impl Column<'_> {
    fn take_piece(&mut self) {
        let piece = &self.rows.pieces[self.next_piece];
        self.next_piece += 1;
        self.at = 0;
        if let Err(error) = piece.column(self.index, &mut self.cells) {
            self.cells.clear();
            self.cells.resize(piece.len() as usize, 0);
            let path = piece.path().unwrap_or(std::path::Path::new(""));
            let mut trouble = self.rows.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            trouble.get_or_insert(StoreError::at("read", path)(error));
        }
    }
}

impl Iterator for Column<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        self.left = self.left.checked_sub(1)?;
        while self.at == self.cells.len() {
            self.take_piece();
        }
        self.at += 1;
        Some(self.cells[self.at - 1])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::columns::LayoutInput;

    fn layout() -> Layout {
        Layout::new(LayoutInput::default())
    }

    fn row(replication: u32) -> Row {
        let cells = (0..layout().width()).map(|column| i64::from(replication) * 10 + column as i64);
        Row {
            replication,
            cells: cells.collect(),
        }
    }

    #[test]
    #[should_panic(expected = "as wide as its layout")]
    fn a_row_of_another_width_is_refused() {
        Rows::new(
            layout(),
            &[Row {
                replication: 0,
                cells: Box::new([1]),
            }],
        );
    }

    #[test]
    #[should_panic(expected = "follow each other")]
    fn rows_out_of_order_are_refused() {
        Rows::new(layout(), &[row(1), row(0)]);
    }

    #[test]
    #[should_panic(expected = "without a gap")]
    fn pieces_with_a_gap_are_refused() {
        Rows::of_pieces(layout(), vec![Piece::of(&[row(0)]), Piece::of(&[row(2)])], 3);
    }

    #[test]
    fn rows_are_the_same_however_they_are_cut() {
        let all: Vec<Row> = (0..10_000).map(row).collect();
        let whole = Rows::new(layout(), &all);
        let pieces = [0..3, 3..4_096, 4_096..4_097, 4_097..10_000].map(|range| Piece::of(&all[range]));
        let cut = Rows::of_pieces(layout(), pieces.to_vec(), 10_000);
        assert_eq!(whole, cut);
        assert_eq!(cut.to_vec().expect("in memory"), all);
        assert_eq!(
            cut.column(1).map(|cell| cell / 10).sum::<i64>(),
            9_999 * 10_000 / 2
        );
        let sums: Vec<i64> = cut.across(&[0, 2], |cells| cells[1] - cells[0]).collect();
        assert!(sums.len() == 10_000 && sums.iter().all(|&sum| sum == 2));
        let fewer = Rows::of_pieces(layout(), pieces.to_vec(), 5_000);
        assert_eq!(fewer, Rows::new(layout(), &all[..5_000]));
        assert_ne!(fewer, whole);
    }

    #[test]
    fn a_piece_that_cannot_be_read_is_told() {
        let mut piece = Piece::of(&[row(0), row(1)]);
        piece.let_go(std::path::Path::new("/nowhere/rows"), 0);
        let rows = Rows::of_pieces(layout(), vec![piece, Piece::of(&[row(2)])], 3);
        assert!(rows.trouble().is_none());
        assert_eq!(rows.column(0).collect::<Vec<_>>(), [0, 0, 20]);
        let trouble = rows.trouble().expect("a piece that is not there");
        assert!(
            trouble.to_string().starts_with("cannot read /nowhere/rows: "),
            "{trouble}"
        );
    }
}
