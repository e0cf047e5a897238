//! The rows of a run: one per replication, one integer per column.
//!
//! A row knows its replication and its cells; what a cell means stands in the [`Layout`].

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Meaning of the cells.
    pub layout: Layout,
    /// The rows, by ascending replication number.
    pub rows: Vec<Row>,
}

impl Rows {
    /// Puts rows under a layout.
    ///
    /// # Panics
    ///
    /// If a row is not as wide as the layout, or the rows are not in ascending replication order: both are bugs of the
    /// caller, and every estimate would silently be wrong.
    pub fn new(layout: Layout, rows: Vec<Row>) -> Self {
        for row in &rows {
            assert_eq!(
                row.cells.len(),
                layout.width(),
                "every row is as wide as its layout"
            );
        }
        assert!(
            rows.windows(2)
                .all(|pair| pair[0].replication < pair[1].replication),
            "rows are in ascending replication order, each replication once"
        );
        Self { layout, rows }
    }

    /// The cells of one column, in replication order.
    pub fn column(&self, index: usize) -> impl Iterator<Item = i64> + '_ {
        self.rows.iter().map(move |row| row.cells[index])
    }

    /// Number of replications.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::columns::LayoutInput;

    fn layout() -> Layout {
        Layout::new(LayoutInput::default())
    }

    #[test]
    #[should_panic(expected = "as wide as its layout")]
    fn a_row_of_another_width_is_refused() {
        Rows::new(
            layout(),
            vec![Row {
                replication: 0,
                cells: Box::new([1]),
            }],
        );
    }

    #[test]
    #[should_panic(expected = "ascending replication order")]
    fn rows_out_of_order_are_refused() {
        let row = |replication| Row {
            replication,
            cells: vec![0; layout().width()].into(),
        };
        Rows::new(layout(), vec![row(1), row(0)]);
    }
}
