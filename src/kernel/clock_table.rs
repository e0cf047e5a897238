//! The failure clocks of all units.
//!
//! A large network has many clocks and few kinds of them, so that clocks alike share a row: what an event touches then fits into the caches.

use super::nodes::ClockRow;

/// How many of the last kinds a new clock is held against. Kinds that come back later are kept twice, which costs memory and nothing else.
const LOOKED_AT: usize = 32;

/// Clocks, numbered by the rows of their units.
#[derive(Debug, Default)]
pub(crate) struct ClockTable {
    /// The first clock of each unit, and the number of all.
    first: Vec<u32>,
    kind_of: Vec<u32>,
    kinds: Vec<ClockRow>,
}

impl ClockTable {
    /// Adds the clocks of the next unit.
    pub fn push_unit(&mut self, clocks: impl IntoIterator<Item = ClockRow>) {
        if self.first.is_empty() {
            self.first.push(0);
        }
        for clock in clocks {
            self.kind_of.push(number(self.kinds.len()));
            self.kinds.push(clock);
        }
        self.first.push(number(self.kind_of.len()));
    }

    /// A row of its own, before kinds are shared.
    pub fn row_mut(&mut self, clock: usize) -> &mut ClockRow {
        &mut self.kinds[self.kind_of[clock] as usize]
    }

    /// Lets clocks alike share a row.
    pub fn share_kinds(&mut self) {
        let mut kinds: Vec<ClockRow> = Vec::new();
        for (kind, row) in self.kind_of.iter_mut().zip(self.kinds.drain(..)) {
            let from = kinds.len().saturating_sub(LOOKED_AT);
            let known = kinds[from..].iter().rposition(|other| *other == row);
            *kind = number(known.map_or(kinds.len(), |place| from + place));
            if known.is_none() {
                kinds.push(row);
            }
        }
        kinds.shrink_to_fit();
        self.kinds = kinds;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.kind_of.len()
    }

    /// Number of the first clock of a unit.
    #[inline]
    pub fn first_of(&self, unit: usize) -> usize {
        self.first[unit] as usize
    }

    /// The clocks of a unit, with their numbers.
    #[inline]
    pub fn of(&self, unit: usize) -> impl Iterator<Item = (usize, &ClockRow)> {
        let range = self.first[unit] as usize..self.first[unit + 1] as usize;
        range.map(|clock| (clock, self.row(clock)))
    }

    /// How many clocks a unit has.
    #[inline]
    pub fn count_of(&self, unit: usize) -> usize {
        (self.first[unit + 1] - self.first[unit]) as usize
    }

    /// A clock.
    #[inline]
    pub fn row(&self, clock: usize) -> &ClockRow {
        &self.kinds[self.kind_of[clock] as usize]
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("fewer than 2^32 clocks")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Clock;
    use crate::random::{Fixed, Law};

    #[test]
    fn clocks_alike_share_a_row_and_keep_their_numbers() {
        let clock = |hours: u64| {
            let law = Law::Fixed(Fixed::new(hours as f64).expect("a time"));
            ClockRow::new(Clock::new(law))
        };
        let units: &[&[u64]] = &[&[1, 2], &[], &[2, 3], &[1]];
        let mut table = ClockTable::default();
        for hours in units {
            table.push_unit(hours.iter().map(|&hours| clock(hours)));
        }
        let hours = |table: &ClockTable, unit: usize| -> Vec<(usize, f64)> {
            table
                .of(unit)
                .map(|(number, row)| (number, row.law.mean()))
                .collect()
        };
        let expected = [
            vec![(0, 1.0), (1, 2.0)],
            vec![],
            vec![(2, 2.0), (3, 3.0)],
            vec![(4, 1.0)],
        ];
        for (unit, expected) in expected.iter().enumerate() {
            assert_eq!(hours(&table, unit), *expected);
        }
        table.share_kinds();
        for (unit, expected) in expected.iter().enumerate() {
            assert_eq!(hours(&table, unit), *expected);
            assert_eq!(table.count_of(unit), expected.len());
        }
        assert_eq!((table.kinds.len(), table.len(), table.first_of(3)), (3, 5, 4));
    }
}
