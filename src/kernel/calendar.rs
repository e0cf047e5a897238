//! The future: one pending time per timer, the earliest first.
//!
//! A timer is a slot; scheduling, moving and cancelling are one operation. The heap is 4-ary and holds its keys beside the slots, so that
//! a sift touches one cache line per level. Equal times follow (phase, tie), never the order of scheduling.

/// No time.
pub(crate) const NEVER: u64 = u64::MAX;

/// What orders the events of one time: the phase, then the tie of the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: u64,
    tie: u64,
}

/// A slot of the calendar.
pub(crate) type Slot = u32;

const ABSENT: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(crate) struct Calendar {
    /// (key, slot), a 4-ary heap.
    heap: Vec<(Key, Slot)>,
    /// Where each slot stands in the heap.
    place: Vec<u32>,
}

impl Calendar {
    /// Makes room for `slots` timers, all at rest.
    pub fn with_slots(slots: usize) -> Self {
        Self {
            heap: Vec::new(),
            place: vec![ABSENT; slots],
        }
    }

    /// Puts all timers to rest and forgets slots beyond `slots`.
    pub fn reset(&mut self, slots: usize) {
        for (_, slot) in self.heap.drain(..) {
            self.place[slot as usize] = ABSENT;
        }
        self.place.truncate(slots);
        self.place.resize(slots, ABSENT);
    }

    /// Adds a slot.
    pub fn add_slot(&mut self) -> Slot {
        self.place.push(ABSENT);
        Slot::try_from(self.place.len() - 1).expect("fewer than 2^32 timers")
    }

    /// Sets the timer of `slot` to `at`; [`NEVER`] puts it to rest. `tie` orders equal times.
    pub fn set(&mut self, slot: Slot, at: u64, tie: u64) {
        let place = self.place[slot as usize];
        if at == NEVER {
            if place != ABSENT {
                self.remove(place as usize);
            }
            return;
        }
        let key = Key { at, tie };
        if place == ABSENT {
            self.heap.push((key, slot));
            self.up(self.heap.len() - 1);
        } else {
            let place = place as usize;
            let earlier = key < self.heap[place].0;
            self.heap[place].0 = key;
            if earlier {
                self.up(place);
            } else {
                self.down(place);
            }
        }
    }

    /// The time of the earliest timer, or [`NEVER`].
    pub fn next(&self) -> u64 {
        self.heap.first().map_or(NEVER, |&(key, _)| key.at)
    }

    /// All timers that are set: time and slot, in no order.
    pub fn timers(&self) -> impl Iterator<Item = (u64, Slot)> + '_ {
        self.heap.iter().map(|&(key, slot)| (key.at, slot))
    }

    /// The earliest timer.
    pub fn peek(&self) -> Option<(u64, Slot)> {
        self.heap.first().map(|&(key, slot)| (key.at, slot))
    }

    /// Takes the earliest timer off, which is then at rest.
    pub fn pop(&mut self) -> Option<(u64, Slot)> {
        let &(key, slot) = self.heap.first()?;
        self.remove(0);
        Some((key.at, slot))
    }

    fn remove(&mut self, place: usize) {
        let (_, slot) = self.heap.swap_remove(place);
        self.place[slot as usize] = ABSENT;
        if place < self.heap.len() {
            let moved = self.heap[place].1;
            self.place[moved as usize] = u32::try_from(place).expect("fewer than 2^32 timers");
            self.up(place);
            self.down(self.place[moved as usize] as usize);
        }
    }

    fn up(&mut self, mut here: usize) {
        let item = self.heap[here];
        while here > 0 {
            let parent = (here - 1) / 4;
            if self.heap[parent].0 <= item.0 {
                break;
            }
            self.put(here, self.heap[parent]);
            here = parent;
        }
        self.put(here, item);
    }

    fn down(&mut self, mut here: usize) {
        let item = self.heap[here];
        loop {
            let first = 4 * here + 1;
            if first >= self.heap.len() {
                break;
            }
            let last = (first + 4).min(self.heap.len());
            let mut least = first;
            for child in first + 1..last {
                if self.heap[child].0 < self.heap[least].0 {
                    least = child;
                }
            }
            if self.heap[least].0 >= item.0 {
                break;
            }
            self.put(here, self.heap[least]);
            here = least;
        }
        self.put(here, item);
    }

    fn put(&mut self, place: usize, item: (Key, Slot)) {
        self.heap[place] = item;
        self.place[item.1 as usize] = u32::try_from(place).expect("fewer than 2^32 timers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_a_sorted_list() {
        let mut calendar = Calendar::with_slots(50);
        let mut truth: Vec<Option<(u64, u64)>> = vec![None; 50];
        let mut seed = 12345u64;
        for _ in 0..20_000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let slot = (seed >> 33) as u32 % 50;
            let at = (seed >> 20) % 100;
            if at < 20 {
                calendar.set(slot, NEVER, 0);
                truth[slot as usize] = None;
            } else if at < 90 {
                calendar.set(slot, at, u64::from(slot));
                truth[slot as usize] = Some((at, u64::from(slot)));
            } else {
                let least = truth.iter().flatten().min().copied();
                assert_eq!(calendar.next(), least.map_or(NEVER, |(at, _)| at));
                let popped = calendar.pop();
                assert_eq!(
                    popped,
                    least.map(|(at, slot)| (at, u32::try_from(slot).expect("a slot")))
                );
                if let Some((_, slot)) = popped {
                    truth[slot as usize] = None;
                }
            }
        }
    }

    #[test]
    fn a_reset_calendar_is_empty_and_forgets_added_slots() {
        let mut calendar = Calendar::with_slots(1);
        let more = calendar.add_slot();
        calendar.set(more, 5, 0);
        calendar.set(0, 7, 0);
        calendar.reset(1);
        assert_eq!(calendar.pop(), None);
        assert_eq!(calendar.add_slot(), more);
    }
}
