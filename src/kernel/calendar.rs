//! The future: one pending time per timer, the earliest first.
//!
//! A tournament: timers stand in groups of eight, one cache line each; the earliest of each group plays in a group of the next level. So
//! scheduling, moving and cancelling are one operation, which replays the games above one timer and touches one line per level. Equal times
//! follow their ties, which are looked up only then, and never the order of scheduling.

/// No time.
pub(crate) const NEVER: u64 = u64::MAX;

/// A slot of the calendar.
pub(crate) type Slot = u32;

/// How many play in one game.
const GROUP: usize = 8;

/// The times of a group.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Group([u64; GROUP]);

const AT_REST: Group = Group([NEVER; GROUP]);

/// The groups of one level.
#[derive(Debug, Default)]
struct Level {
    groups: Vec<Group>,
    /// For each player of these groups the timer that it stands for; empty on the lowest level, where they are the timers.
    stands_for: Vec<Slot>,
}

#[derive(Debug, Default)]
pub(crate) struct Calendar {
    /// The earliest of all: when, and whose timer.
    first: Option<(u64, Slot)>,
    /// The lowest level first; the last one has one group.
    levels: Vec<Level>,
    /// What orders equal times, by slot.
    ties: Vec<u64>,
}

impl Clone for Level {
    fn clone(&self) -> Self {
        Self {
            groups: self.groups.clone(),
            stands_for: self.stands_for.clone(),
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.groups.clone_from(&other.groups);
        self.stands_for.clone_from(&other.stands_for);
    }
}

impl Clone for Calendar {
    fn clone(&self) -> Self {
        Self {
            first: self.first,
            levels: self.levels.clone(),
            ties: self.ties.clone(),
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.first = other.first;
        self.levels.clone_from(&other.levels);
        self.ties.clone_from(&other.ties);
    }
}

impl Level {
    fn slot(&self, player: usize) -> Slot {
        match self.stands_for.get(player) {
            Some(&slot) => slot,
            None => Slot::try_from(player).expect("fewer than 2^32 timers"),
        }
    }

    /// The earliest time of a group, and whose it is.
    #[inline]
    fn winner(&self, group: usize, ties: &[u64]) -> (u64, Slot) {
        let times = &self.groups[group].0;
        let mut drawn = false;
        let mut duel = |a: usize, b: usize| {
            drawn |= times[a] == times[b] && times[a] != NEVER;
            if times[b] < times[a] { b } else { a }
        };
        let (a, b, c, d) = (duel(0, 1), duel(2, 3), duel(4, 5), duel(6, 7));
        let (ab, cd) = (duel(a, b), duel(c, d));
        let place = duel(ab, cd);
        if drawn {
            return self.winner_by_tie(group, ties);
        }
        (times[place], self.slot(group * GROUP + place))
    }

    #[cold]
    fn winner_by_tie(&self, group: usize, ties: &[u64]) -> (u64, Slot) {
        let players = self.groups[group].0.iter().enumerate();
        let pending = players.filter(|&(_, &at)| at != NEVER);
        let slots = pending.map(|(place, &at)| (at, self.slot(group * GROUP + place)));
        let first = slots.min_by_key(|&(at, slot)| (at, ties[slot as usize]));
        first.expect("two are equal")
    }
}

impl Calendar {
    /// Makes room for `slots` timers, all at rest.
    pub fn with_slots(slots: usize) -> Self {
        let mut calendar = Self::default();
        calendar.reset(slots);
        calendar
    }

    /// Puts all timers to rest and forgets slots beyond `slots`.
    pub fn reset(&mut self, slots: usize) {
        self.ties.clear();
        self.ties.resize(slots, 0);
        self.levels.clear();
        self.first = None;
        self.build(slots);
    }

    /// Makes the levels for so many timers, all at rest.
    fn build(&mut self, slots: usize) {
        let mut groups = slots.div_ceil(GROUP).max(1);
        loop {
            let stands_for = match self.levels.is_empty() {
                true => Vec::new(),
                false => vec![0; groups * GROUP],
            };
            self.levels.push(Level {
                groups: vec![AT_REST; groups],
                stands_for,
            });
            if groups == 1 {
                return;
            }
            groups = groups.div_ceil(GROUP);
        }
    }

    /// Adds a slot.
    pub fn add_slot(&mut self) -> Slot {
        let slot = self.ties.len();
        self.ties.push(0);
        if slot == self.levels[0].groups.len() * GROUP {
            let before = std::mem::take(&mut self.levels);
            self.build(2 * (slot + 1));
            for (group, times) in before[0].groups.iter().enumerate() {
                for (place, &at) in times.0.iter().enumerate().filter(|&(_, &at)| at != NEVER) {
                    self.place(group * GROUP + place, at);
                }
            }
        }
        Slot::try_from(slot).expect("fewer than 2^32 timers")
    }

    /// Sets the timer of `slot` to `at`; [`NEVER`] puts it to rest. `tie` orders equal times.
    pub fn set(&mut self, slot: Slot, at: u64, tie: u64) {
        let slot = slot as usize;
        if at != NEVER {
            self.ties[slot] = tie;
        } else if self.levels[0].groups[slot / GROUP].0[slot % GROUP] == NEVER {
            return;
        }
        self.place(slot, at);
    }

    /// Replays the games above a timer.
    fn place(&mut self, slot: usize, at: u64) {
        let who = Slot::try_from(slot).expect("fewer than 2^32 timers");
        // The player of the present level whose time has changed; for whom it stands, and stood before.
        let (mut player, mut now, mut before) = (slot, (at, who), who);
        for level in 0..self.levels.len() {
            self.levels[level].groups[player / GROUP].0[player % GROUP] = now.0;
            if level > 0 {
                self.levels[level].stands_for[player] = now.1;
            }
            let Some([here, above]) = self.levels.get(level..level + 2) else {
                let won = self.levels[level].winner(0, &self.ties);
                self.first = Some(won).filter(|&(at, _)| at != NEVER);
                return;
            };
            player /= GROUP;
            let won = (
                above.groups[player / GROUP].0[player % GROUP],
                above.stands_for[player],
            );
            if now.0 > won.0 && before != won.1 {
                // Whoever has won wins still.
                return;
            }
            if now.0 >= won.0 {
                now = here.winner(player, &self.ties);
            }
            before = won.1;
        }
    }

    /// The time of the earliest timer, or [`NEVER`].
    pub fn next(&self) -> u64 {
        self.first.map_or(NEVER, |(at, _)| at)
    }

    /// When the timer of a slot comes, if it is set.
    pub fn time_of(&self, slot: Slot) -> Option<u64> {
        let slot = slot as usize;
        Some(self.levels[0].groups[slot / GROUP].0[slot % GROUP]).filter(|&at| at != NEVER)
    }

    /// All timers that are set: time and slot, in no order.
    pub fn timers(&self) -> impl Iterator<Item = (u64, Slot)> + '_ {
        (0..self.ties.len()).filter_map(|slot| {
            let slot = Slot::try_from(slot).expect("fewer than 2^32 timers");
            self.time_of(slot).map(|at| (at, slot))
        })
    }

    /// The earliest timer.
    pub fn peek(&self) -> Option<(u64, Slot)> {
        self.first
    }

    /// Takes the earliest timer off, which is then at rest.
    pub fn pop(&mut self) -> Option<(u64, Slot)> {
        let (at, slot) = self.first?;
        self.place(slot as usize, NEVER);
        Some((at, slot))
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
