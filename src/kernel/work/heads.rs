//! Heads: which of a crew's are at work, and what becomes of the work of those who leave.

use super::{HeadsLeave, Preempted, Wait};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::{CrewId, InstanceId, NodeId};
use crate::kernel::settle::Engine;

/// Heads that a running call holds: so many of one node. An entry of the list of that call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    bench: u32,
    heads: u32,
    next: u32,
}

/// The end of a list of heads.
pub(crate) const NO_HAND: u32 = u32::MAX;

/// Why a call is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// A call of better priority wants its heads.
    Preempted,
    /// Its heads leave.
    HeadsLeave,
}

impl Engine<'_> {
    /// The nodes of heads of a crew, each with its place among those of all crews.
    fn benches(&self, crew: CrewId) -> impl Iterator<Item = (usize, NodeId)> + use<'_> {
        let row = &self.net.crews[crew.index()];
        (row.first_bench..).zip(row.heads.iter().copied())
    }

    /// How many heads of one node are there and not at work. Those who work overtime are not there any more.
    fn free_at(&self, bench: usize, node: NodeId) -> i64 {
        (self.value(node) - i64::from(self.state.busy[bench])).max(0)
    }

    /// How many heads of a crew are free.
    pub(super) fn free_heads(&self, crew: CrewId) -> i64 {
        self.benches(crew)
            .map(|(bench, node)| self.free_at(bench, node))
            .sum()
    }

    /// What a way lacks that is taken when it begins.
    pub(super) fn short_of(&self, crew: &[(CrewId, u32)]) -> Option<Wait> {
        crew.iter()
            .find(|&&(crew, heads)| {
                self.free_heads(crew) < i64::from(heads) || self.scratch.barred.contains(&crew)
            })
            .map(|&(crew, _)| Wait::Crew(crew))
    }

    /// A call takes heads of a crew; there are enough.
    pub(super) fn take_heads(&mut self, instance: InstanceId, crew: CrewId, heads: u32) {
        let net = self.net;
        let row = &net.crews[crew.index()];
        let mut wanted = heads;
        for (bench, &node) in (row.first_bench..).zip(&row.heads) {
            let free = self.free_at(bench, node);
            let taken = wanted.min(u32::try_from(free).unwrap_or(u32::MAX));
            if taken == 0 {
                continue;
            }
            wanted -= taken;
            self.state.busy[bench] += taken;
            let hand = Hand {
                bench: u32::try_from(bench).expect("fewer than 2^32 nodes"),
                heads: taken,
                next: self.state.instances[instance.index()].hands,
            };
            let place = self.state.free_hand;
            self.state.instances[instance.index()].hands = if place == NO_HAND {
                self.state.hands.push(hand);
                u32::try_from(self.state.hands.len() - 1).expect("fewer than 2^32 heads at work")
            } else {
                self.state.free_hand = self.state.hands[place as usize].next;
                self.state.hands[place as usize] = hand;
                place
            };
        }
        assert_eq!(wanted, 0, "a call begins only when its heads are there");
    }

    /// A call gives its heads back.
    pub(super) fn give_heads_back(&mut self, instance: InstanceId) {
        self.count_heads(instance, false);
        let mut place = std::mem::replace(&mut self.state.instances[instance.index()].hands, NO_HAND);
        while place != NO_HAND {
            let next = self.state.hands[place as usize].next;
            self.state.hands[place as usize].next = self.state.free_hand;
            self.state.free_hand = place;
            place = next;
        }
    }

    /// The number of a call among all.
    fn made(&self, instance: InstanceId) -> u64 {
        self.state.instances[instance.index()].made
    }

    /// Counts the heads that a call holds as at work, or not.
    fn count_heads(&mut self, instance: InstanceId, at_work: bool) {
        let mut place = self.state.instances[instance.index()].hands;
        while place != NO_HAND {
            let hand = self.state.hands[place as usize];
            let busy = &mut self.state.busy[hand.bench as usize];
            if at_work {
                *busy += hand.heads;
            } else {
                *busy -= hand.heads;
            }
            place = hand.next;
        }
    }

    fn holds_heads_of(&self, instance: InstanceId, benches: std::ops::Range<usize>) -> bool {
        let mut place = self.state.instances[instance.index()].hands;
        while place != NO_HAND {
            let hand = self.state.hands[place as usize];
            if benches.contains(&(hand.bench as usize)) {
                return true;
            }
            place = hand.next;
        }
        false
    }

    /// Every head at work is held by one running call, and more are at work than are there only in overtime.
    #[cfg(test)]
    pub(super) fn check_heads(&self) {
        let mut at_work = vec![0; self.state.busy.len()];
        let mut overtime = vec![false; self.state.busy.len()];
        for (work, row) in self.state.works.iter().zip(&self.net.works) {
            for running in &work.running {
                let mut place = self.state.instances[running.index()].hands;
                while place != NO_HAND {
                    let hand = self.state.hands[place as usize];
                    at_work[hand.bench as usize] += hand.heads;
                    overtime[hand.bench as usize] |= row.spec.heads_leave == HeadsLeave::Overtime;
                    place = hand.next;
                }
            }
        }
        assert_eq!(
            at_work, self.state.busy,
            "the heads at work are those that calls hold"
        );
        for (crew, row) in self.net.crews.iter().enumerate() {
            for (bench, node) in self.benches(CrewId::new(crew)) {
                let over = i64::from(at_work[bench]) > self.value(node);
                assert!(!over || overtime[bench], "{} work beyond their hours", row.name);
            }
        }
    }

    /// The heads of a crew have become more or fewer.
    pub fn heads_changed(&mut self, crew: CrewId, fewer: bool) {
        if !fewer {
            self.scratch.freed.push(crew);
        } else if !self.net.crews[crew.index()].leaving.is_empty() {
            self.scratch.left_by.push(crew);
        }
    }

    /// Those who are no longer there leave their work, unless it is finished in overtime; the last in turn leave first.
    pub(super) fn let_heads_leave(&mut self) {
        let net = self.net;
        while let Some(crew) = self.scratch.left_by.pop() {
            let row = &net.crews[crew.index()];
            for (bench, &node) in (row.first_bench..).zip(&row.heads) {
                while i64::from(self.state.busy[bench]) > self.value(node) {
                    let running = row
                        .leaving
                        .iter()
                        .flat_map(|work| &self.state.works[work.index()].running);
                    let last = running
                        .filter(|&&running| self.holds_heads_of(running, bench..bench + 1))
                        .map(|&running| (self.turn(running), self.made(running), running))
                        .max();
                    let Some((.., instance)) = last else {
                        break;
                    };
                    self.pause(instance, Pause::HeadsLeave);
                }
            }
        }
    }

    /// Takes the heads that a way lacks from running calls of worse priority that may be preempted: the worst first, and no more than are
    /// needed; none if that is not enough. The calls are paused, and their works put among the candidates.
    pub(super) fn preempt_for(&mut self, class: u32, crew: &[(CrewId, u32)]) -> bool {
        let net = self.net;
        let mut victims = std::mem::take(&mut self.scratch.victims);
        victims.clear();
        for &(crew, heads) in crew {
            let row = &net.crews[crew.index()];
            if row.yielding.is_empty() || self.free_heads(crew) >= i64::from(heads) {
                continue;
            }
            for &work in &row.yielding {
                for &running in &self.state.works[work.index()].running {
                    let turn = self.turn(running);
                    if turn.class > class
                        && self.holds_heads_of(running, row.first_bench..row.first_bench + row.heads.len())
                    {
                        victims.push((turn, self.made(running), running));
                    }
                }
            }
        }
        victims.sort_unstable_by(|a, b| b.cmp(a));
        victims.dedup();
        let mut gone = 0;
        while gone < victims.len() && self.short_of(crew).is_some() {
            self.count_heads(victims[gone].2, false);
            gone += 1;
        }
        let enough = gone > 0 && self.short_of(crew).is_none();
        victims.truncate(gone);
        // Whoever is not needed after all stays: the better ones first.
        for place in (0..gone).rev() {
            self.count_heads(victims[place].2, true);
            if enough && self.short_of(crew).is_some() {
                self.count_heads(victims[place].2, false);
            } else {
                victims.remove(place);
            }
        }
        for &(.., victim) in &victims {
            // Its heads are given back by the pause.
            self.count_heads(victim, true);
            self.pause(victim, Pause::Preempted);
            self.add_candidate(victim);
        }
        self.scratch.victims = victims;
        enough
    }

    /// A running call gives up its heads and waits to go on.
    fn pause(&mut self, instance: InstanceId, why: Pause) {
        let work = self.state.instances[instance.index()].work;
        let spec = &self.net.works[work.index()].spec;
        let (restarts, lost_ppm) = match (why, spec.preempted, spec.heads_leave) {
            (Pause::Preempted, Preempted::Restart, _) => (true, 0),
            (Pause::HeadsLeave, _, HeadsLeave::HandOver { lost_ppm }) => (false, lost_ppm),
            _ => (false, 0),
        };
        self.put_parts_back(instance);
        self.leave(instance);
        let now = self.state.now;
        let call = &mut self.state.instances[instance.index()];
        call.paused = true;
        if restarts {
            call.attempt += 1;
            (call.done_us, call.left_us) = (0, 0);
        } else {
            let done = call.done_us + (now - call.began);
            let lost = share_of(done, lost_ppm);
            call.done_us = done - lost;
            call.left_us = match call.ends {
                NEVER => NEVER,
                ends => (ends - now).saturating_add(lost),
            };
        }
        // In line with the other calls of its work, in the order in which they were made.
        let calls = &self.state.instances;
        let made = calls[instance.index()].made;
        let state = &mut self.state.works[work.index()];
        let place = state
            .waiting
            .partition_point(|other| calls[other.index()].made < made);
        state.waiting.insert(place, instance);
        state.wait = None;
        self.scratch.fresh.push(work);
        self.await_timeout(instance);
    }
}

/// A share of a time, rounded down.
fn share_of(us: u64, ppm: i64) -> u64 {
    let ppm = u128::from(ppm.clamp(0, crate::kernel::FULL_PPM).unsigned_abs());
    let part = u128::from(us) * ppm / u128::from(crate::kernel::FULL_PPM.unsigned_abs());
    u64::try_from(part).expect("a share of a time is no longer than it")
}
