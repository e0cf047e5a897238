//! The future: one pending time per timer, the earliest first.
//!
//! A timer is a slot; scheduling, moving and cancelling are one operation. The heap is 4-ary and holds the times beside the slots, so that
//! a sift touches one cache line per level. Equal times follow their ties, which are looked up only then, and never the order of
//! scheduling.

/// No time.
pub(crate) const NEVER: u64 = u64::MAX;

/// A slot of the calendar.
pub(crate) type Slot = u32;

const ABSENT: u32 = u32::MAX;

/// A pending timer.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: u64,
    slot: Slot,
}

/// What is known of a slot.
#[derive(Clone, Copy, Debug)]
struct Timer {
    /// What orders equal times.
    tie: u64,
    /// Where it stands in the heap.
    place: u32,
}

const AT_REST: Timer = Timer {
    tie: 0,
    place: ABSENT,
};

#[derive(Debug, Default)]
pub(crate) struct Calendar {
    /// A 4-ary heap.
    heap: Vec<Entry>,
    /// By slot.
    timers: Vec<Timer>,
}

impl Clone for Calendar {
    fn clone(&self) -> Self {
        Self {
            heap: self.heap.clone(),
            timers: self.timers.clone(),
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.heap.clone_from(&other.heap);
        self.timers.clone_from(&other.timers);
    }
}

impl Calendar {
    /// Makes room for `slots` timers, all at rest.
    pub fn with_slots(slots: usize) -> Self {
        Self {
            heap: Vec::new(),
            timers: vec![AT_REST; slots],
        }
    }

    /// Puts all timers to rest and forgets slots beyond `slots`.
    pub fn reset(&mut self, slots: usize) {
        self.heap.clear();
        self.timers.clear();
        self.timers.resize(slots, AT_REST);
    }

    /// Adds a slot.
    pub fn add_slot(&mut self) -> Slot {
        self.timers.push(AT_REST);
        Slot::try_from(self.timers.len() - 1).expect("fewer than 2^32 timers")
    }

    /// Sets the timer of `slot` to `at`; [`NEVER`] puts it to rest. `tie` orders equal times.
    pub fn set(&mut self, slot: Slot, at: u64, tie: u64) {
        let timer = &mut self.timers[slot as usize];
        let place = timer.place;
        if at == NEVER {
            if place != ABSENT {
                self.remove(place as usize);
            }
            return;
        }
        timer.tie = tie;
        let entry = Entry { at, slot };
        if place == ABSENT {
            self.heap.push(entry);
            self.up(self.heap.len() - 1, entry);
        } else {
            self.settle(place as usize, entry);
        }
    }

    /// The time of the earliest timer, or [`NEVER`].
    pub fn next(&self) -> u64 {
        self.heap.first().map_or(NEVER, |entry| entry.at)
    }

    /// When the timer of a slot comes, if it is set.
    pub fn time_of(&self, slot: Slot) -> Option<u64> {
        let place = self.timers[slot as usize].place;
        (place != ABSENT).then(|| self.heap[place as usize].at)
    }

    /// All timers that are set: time and slot, in no order.
    pub fn timers(&self) -> impl Iterator<Item = (u64, Slot)> + '_ {
        self.heap.iter().map(|entry| (entry.at, entry.slot))
    }

    /// The earliest timer.
    pub fn peek(&self) -> Option<(u64, Slot)> {
        self.heap.first().map(|entry| (entry.at, entry.slot))
    }

    /// Takes the earliest timer off, which is then at rest.
    pub fn pop(&mut self) -> Option<(u64, Slot)> {
        let &Entry { at, slot } = self.heap.first()?;
        self.remove(0);
        Some((at, slot))
    }

    fn is_before(&self, a: Entry, b: Entry) -> bool {
        a.at < b.at || (a.at == b.at && self.timers[a.slot as usize].tie < self.timers[b.slot as usize].tie)
    }

    fn remove(&mut self, place: usize) {
        self.timers[self.heap[place].slot as usize].place = ABSENT;
        let last = self.heap.pop().expect("what is removed is there");
        if place < self.heap.len() {
            self.settle(place, last);
        }
    }

    /// Fills a gap with an entry, wherever it then belongs. It mostly belongs far below, so the gap goes down first.
    fn settle(&mut self, gap: usize, entry: Entry) {
        let mut here = gap;
        loop {
            let first = 4 * here + 1;
            let Some(children) = self.heap.get(first..self.heap.len().min(first + 4)) else {
                break;
            };
            let Some(&(mut least)) = children.first() else {
                break;
            };
            let mut place = first;
            for (child, &other) in (first..).zip(children).skip(1) {
                if self.is_before(other, least) {
                    (place, least) = (child, other);
                }
            }
            self.put(here, least);
            here = place;
        }
        self.up(here, entry);
    }

    /// Moves a gap up until the entry fits there.
    fn up(&mut self, mut gap: usize, entry: Entry) {
        while gap > 0 {
            let parent = (gap - 1) / 4;
            let above = self.heap[parent];
            if !self.is_before(entry, above) {
                break;
            }
            self.put(gap, above);
            gap = parent;
        }
        self.put(gap, entry);
    }

    fn put(&mut self, place: usize, entry: Entry) {
        self.heap[place] = entry;
        self.timers[entry.slot as usize].place = u32::try_from(place).expect("fewer than 2^32 timers");
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
