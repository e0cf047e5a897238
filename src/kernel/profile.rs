//! Profiles: what a unit gives follows a table of steps, once or again and again: hours of work, a load over the day, the week or the year.
//!
//! A table is shared by all units that follow it and has one timer. The next step is the next row, however long the table is.

use super::agent::What;
use super::calendar::NEVER;
use super::ids::{NodeId, ProfileId, RecordId};
use super::settle::Engine;
use super::spec::Tag;

/// A table of steps over time. What follows it gives its amount × value / `whole`, rounded down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// From which offset in the period (in microseconds, rising, the first at 0) which value holds (at least 0).
    pub steps: Vec<(u64, i64)>,
    /// After so many microseconds the table begins again; longer than the last offset. [`u64::MAX`]: it never does.
    pub period_us: u64,
    /// The value at which a unit gives its whole amount (at least 1).
    pub whole: i64,
    /// The offset at which a replication begins, in microseconds; less than the period.
    pub begins_us: u64,
}

impl Profile {
    /// A table as the engine wants it: steps that change nothing are left out.
    ///
    /// # Panics
    /// When the table does not begin at 0, does not rise, or is not shorter than its period.
    pub(crate) fn checked(mut self) -> Self {
        assert_eq!(
            self.steps.first().map(|&(offset, _)| offset),
            Some(0),
            "a profile says what holds at the beginning of its period"
        );
        let rises = self.steps.windows(2).all(|pair| pair[0].0 < pair[1].0);
        assert!(rises, "the steps of a profile stand in the order of time");
        let last = self.steps.last().map_or(0, |&(offset, _)| offset);
        assert!(
            last < self.period_us && self.begins_us < self.period_us,
            "a profile is shorter than its period, and begins within it"
        );
        assert!(self.whole >= 1, "the whole of a profile is positive");
        self.steps.dedup_by_key(|&mut (_, value)| value);
        self
    }

    /// Where in the table a replication begins.
    pub(crate) fn first_place(&self) -> usize {
        self.steps
            .partition_point(|&(offset, _)| offset <= self.begins_us)
            - 1
    }
}

/// A profile of a network.
pub(crate) struct ProfileRow {
    pub name: String,
    pub tag: Tag,
    pub profile: Profile,
    /// Its place in the sorted order of names.
    pub tie: u32,
    /// The units that follow it, by name.
    pub followers: Vec<NodeId>,
}

/// Where in its table a profile stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProfileState {
    place: usize,
    /// How often the table has begun again.
    round: u64,
}

impl ProfileState {
    pub fn at_the_beginning(profile: &Profile) -> Self {
        Self {
            place: profile.first_place(),
            round: 0,
        }
    }
}

/// A unit that follows no profile.
pub(crate) const NO_PROFILE: u32 = u32::MAX;

impl Engine<'_> {
    /// What a sound, free unit gives of its amount now.
    pub(crate) fn given(&self, slot: usize, amount: i64) -> i64 {
        let profile = self.net.unit_profiles[slot];
        if profile == NO_PROFILE {
            return amount;
        }
        let table = &self.net.profiles[profile as usize].profile;
        let (_, value) = table.steps[self.state.profiles[profile as usize].place];
        let given = i128::from(amount) * i128::from(value) / i128::from(table.whole);
        i64::try_from(given).unwrap_or(i64::MAX)
    }

    /// Sets the timer of a profile to its next step, if it has one.
    pub(crate) fn await_step(&mut self, profile: ProfileId) {
        let table = &self.net.profiles[profile.index()].profile;
        let state = self.state.profiles[profile.index()];
        let next = match table.steps.get(state.place + 1) {
            Some(&(offset, _)) => time_of(table, state.round, offset),
            None if table.steps.len() > 1 && table.period_us != u64::MAX => {
                time_of(table, state.round + 1, 0)
            }
            None => NEVER,
        };
        let slot = self.scratch.timers.profile(profile);
        let tie = super::run::tie_of_profile(self.net.profiles[profile.index()].tie);
        self.state.calendar.set(slot, next, tie);
    }

    /// The next step of a profile has come.
    pub(crate) fn step_profile(&mut self, profile: ProfileId) {
        let net = self.net;
        let row = &net.profiles[profile.index()];
        let state = &mut self.state.profiles[profile.index()];
        state.place += 1;
        if state.place == row.profile.steps.len() {
            state.place = 0;
            state.round += 1;
        }
        let record = self.record(RecordId::NONE, What::Calendar { profile });
        for &node in &row.followers {
            self.show_unit(node, record);
        }
        self.await_step(profile);
    }
}

/// When an offset in a round of a table comes; what is beyond the range of time never does.
fn time_of(table: &Profile, round: u64, offset: u64) -> u64 {
    let at =
        u128::from(round) * u128::from(table.period_us) + u128::from(offset) - u128::from(table.begins_us);
    u64::try_from(at).unwrap_or(NEVER)
}
