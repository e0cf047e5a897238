//! Values in ascending order: sorted in memory, or, where they are too many for it, found by going through them several times.

/// Values that can be asked for by their place in ascending order.
pub trait Order {
    /// How many there are.
    fn count(&self) -> u64;

    /// The values at these places, which ascend and are counted from 0.
    ///
    /// # Panics
    /// If there is no such place.
    fn at(&self, places: &[u64]) -> Vec<i64>;

    /// How many are at most each of these values.
    fn at_most(&self, values: &[i64]) -> Vec<u64>;

    /// Goes through all of them, in any order.
    fn each(&self, visit: &mut dyn FnMut(i64));
}

/// Values in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted(Vec<i64>);

impl Sorted {
    /// Puts values in order.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = i64>) -> Self {
        let mut values: Vec<i64> = values.into_iter().collect();
        values.sort_unstable();
        Self(values)
    }
}

impl Order for Sorted {
    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    fn at(&self, places: &[u64]) -> Vec<i64> {
        let place = |place: u64| usize::try_from(place).expect("a place in memory");
        places.iter().map(|&at| self.0[place(at)]).collect()
    }

    fn at_most(&self, values: &[i64]) -> Vec<u64> {
        let up_to = |value: &i64| self.0.partition_point(|other| other <= value) as u64;
        values.iter().map(up_to).collect()
    }

    fn each(&self, visit: &mut dyn FnMut(i64)) {
        self.0.iter().for_each(|&value| visit(value));
    }
}

/// Shows all values to what it is given.
type Show<'a> = dyn Fn(&mut dyn FnMut(i64)) + 'a;

/// Values that are gone through again for each question, with memory that does not grow with their number.
///
/// An order statistic is narrowed down by counting the values in equal parts of the range in which it lies, until the few that are left fit
/// into memory and are sorted: the distribution counting of radix selection, for several places in one pass.
pub struct Passes<'a> {
    values: Box<Show<'a>>,
    held_max: u64,
    count: u64,
    least: i64,
    greatest: i64,
}

/// Into how many parts a range is divided in one pass: 2 to this power.
const PARTS_BITS: u32 = 12;

/// A range of values in which some of the wanted places lie.
struct Narrow {
    least: i64,
    greatest: i64,
    /// How many values are less than all of the range.
    before: u64,
    /// How many lie in it.
    count: u64,
    /// The wanted places in it, as a range of the list of places.
    wanted: std::ops::Range<usize>,
    looks: Looks,
}

/// What a pass finds out about a range.
enum Looks {
    /// Its values, all of them.
    Held(Vec<i64>),
    /// How many lie in each of its parts, which are 2^shift values wide.
    Counted { shift: u32, parts: Vec<u64> },
}

impl Narrow {
    fn see(&mut self, value: i64) {
        match &mut self.looks {
            Looks::Held(held) => held.push(value),
            Looks::Counted { shift, parts } => parts[part(self.least, value, *shift)] += 1,
        }
    }
}

fn part(least: i64, value: i64, shift: u32) -> usize {
    let offset = value.wrapping_sub(least).cast_unsigned() >> shift;
    usize::try_from(offset).expect("one of the parts")
}

impl<'a> Passes<'a> {
    /// Values that `values` shows to what it is given, the same each time. At most about `held_max` are held at a time.
    pub fn new(held_max: usize, values: impl Fn(&mut dyn FnMut(i64)) + 'a) -> Self {
        let (mut count, mut least, mut greatest) = (0, i64::MAX, i64::MIN);
        values(&mut |value| {
            count += 1;
            least = least.min(value);
            greatest = greatest.max(value);
        });
        Self {
            values: Box::new(values),
            held_max: held_max as u64,
            count,
            least,
            greatest,
        }
    }

    /// What the next pass looks for: the values of ranges that fit into what may be held, the parts of the others.
    fn plan(&self, ranges: &mut [Narrow]) {
        let mut free = self.held_max;
        for range in ranges {
            if range.count <= free {
                free -= range.count;
                range.looks = Looks::Held(Vec::with_capacity(usize::try_from(range.count).unwrap_or(0)));
            } else {
                let span = range.greatest.wrapping_sub(range.least).cast_unsigned();
                let shift = (u64::BITS - span.leading_zeros()).saturating_sub(PARTS_BITS);
                let parts = vec![0; part(range.least, range.greatest, shift) + 1];
                range.looks = Looks::Counted { shift, parts };
            }
        }
    }
}

/// The parts of a range in which wanted places lie.
fn parts_of(range: &Narrow, shift: u32, parts: &[u64], places: &[u64]) -> Vec<Narrow> {
    let mut found = Vec::new();
    let mut before = range.before;
    let mut next = range.wanted.start;
    for (index, &count) in (0_u64..).zip(parts) {
        let wanted = places[next..range.wanted.end].partition_point(|&place| place < before + count);
        if wanted > 0 {
            let least = range.least.wrapping_add((index << shift).cast_signed());
            let last = least.wrapping_add(((1_u64 << shift) - 1).cast_signed());
            found.push(Narrow {
                least,
                // The last part may reach beyond the range.
                greatest: if last < least {
                    range.greatest
                } else {
                    last.min(range.greatest)
                },
                before,
                count,
                wanted: next..next + wanted,
                looks: Looks::Held(Vec::new()),
            });
            next += wanted;
        }
        before += count;
    }
    found
}

impl Order for Passes<'_> {
    fn count(&self) -> u64 {
        self.count
    }

    fn at(&self, places: &[u64]) -> Vec<i64> {
        assert!(places.is_sorted(), "places are asked for in order");
        assert!(
            places.last().is_none_or(|&last| last < self.count),
            "there are only {} values",
            self.count
        );
        let mut answers = vec![0; places.len()];
        let mut ranges = vec![Narrow {
            least: self.least,
            greatest: self.greatest,
            before: 0,
            count: self.count,
            wanted: 0..places.len(),
            looks: Looks::Held(Vec::new()),
        }];
        while !ranges.is_empty() {
            let (known, mut unknown): (Vec<Narrow>, Vec<Narrow>) = ranges
                .into_iter()
                .partition(|range| range.least == range.greatest);
            for range in known {
                answers[range.wanted.clone()].fill(range.least);
            }
            if unknown.is_empty() {
                break;
            }
            self.plan(&mut unknown);
            (self.values)(&mut |value| {
                let after = unknown.partition_point(|range| range.least <= value);
                if let Some(range) = after.checked_sub(1).map(|at| &mut unknown[at])
                    && value <= range.greatest
                {
                    range.see(value);
                }
            });
            ranges = Vec::new();
            for mut range in unknown {
                match &mut range.looks {
                    Looks::Held(held) => {
                        held.sort_unstable();
                        for at in range.wanted {
                            let place = usize::try_from(places[at] - range.before).expect("held in memory");
                            answers[at] = held[place];
                        }
                    }
                    Looks::Counted { shift, parts } => {
                        let (shift, parts) = (*shift, std::mem::take(parts));
                        ranges.extend(parts_of(&range, shift, &parts, places));
                    }
                }
            }
        }
        answers
    }

    fn at_most(&self, values: &[i64]) -> Vec<u64> {
        let mut sorted: Vec<i64> = values.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        // How many lie above each value but not above the next, and before the first.
        let mut between = vec![0_u64; sorted.len() + 1];
        (self.values)(&mut |value| between[sorted.partition_point(|&bound| bound < value)] += 1);
        let mut sum = 0;
        for count in &mut between {
            sum += *count;
            *count = sum;
        }
        values
            .iter()
            .map(|value| between[sorted.partition_point(|bound| bound < value)])
            .collect()
    }

    fn each(&self, visit: &mut dyn FnMut(i64)) {
        (self.values)(visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// Values of many shapes: all alike, few different, spread over everything, two far clumps.
    fn shapes() -> Vec<Vec<i64>> {
        let mut draws = Key::new(11, 0).stream(1, 0, 0);
        let mut of = |n: usize, make: &dyn Fn(u64) -> i64| -> Vec<i64> {
            (0..n).map(|_| make(draws.next_word())).collect()
        };
        vec![
            of(1, &|_| 7),
            of(500, &|_| -3),
            of(2_000, &|word| (word % 5).cast_signed() - 2),
            of(3_000, &|word| word.cast_signed()),
            of(3_000, &|word| (word >> 40).cast_signed()),
            of(3_000, &|word| {
                if word % 3 == 0 {
                    i64::MIN + (word % 9).cast_signed()
                } else {
                    i64::MAX - (word % 700).cast_signed()
                }
            }),
        ]
    }

    #[test]
    fn passes_find_what_sorting_finds() {
        for values in shapes() {
            let sorted = Sorted::of(values.iter().copied());
            let n = values.len() as u64;
            for held_max in [0, 1, 10, 200, 1_000_000] {
                let passes = Passes::new(held_max, |visit| values.iter().for_each(|&value| visit(value)));
                assert_eq!(passes.count(), n);
                let all: Vec<u64> = (0..n).step_by(7).chain([n - 1]).collect();
                assert_eq!(passes.at(&all), sorted.at(&all), "{n} values, {held_max} held");
                for places in [vec![], vec![0], vec![n / 2, n / 2], vec![0, n / 20, n / 2, n - 1]] {
                    assert_eq!(
                        passes.at(&places),
                        sorted.at(&places),
                        "{n} values, {held_max} held"
                    );
                }
                let bounds = [
                    values[0],
                    i64::MIN,
                    i64::MAX,
                    0,
                    values[0].saturating_sub(1),
                    values[0],
                ];
                assert_eq!(passes.at_most(&bounds), sorted.at_most(&bounds));
            }
        }
    }

    #[test]
    fn no_more_is_held_than_allowed_but_for_equal_values() {
        let values: Vec<i64> = (0..100_000).map(|i| i * 37 % 100_000).collect();
        let went = std::cell::Cell::new(0);
        let passes = Passes::new(100, |visit| {
            went.set(went.get() + 1);
            values.iter().for_each(|&value| visit(value));
        });
        assert_eq!(passes.at(&[5_000, 50_000, 95_000]), [5_000, 50_000, 95_000]);
        assert!(went.get() <= 3, "{} passes", went.get());
    }

    #[test]
    #[should_panic(expected = "there are only 2 values")]
    fn a_place_beyond_the_last_is_refused() {
        Passes::new(1, |visit| (0..2).for_each(visit)).at(&[2]);
    }
}
