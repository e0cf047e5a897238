//! A selector that shares its load among all live sources: live while any is.

use crate::kernel::builder::Role;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;
use crate::kernel::spec::Sourcing;

/// The part of a load that falls on source `wanted` when sources of these weights are live, as bits say: in proportion to the weights, with
/// what rounding leaves going to the first of them, so that the parts always sum to the load; nothing when none is live.
fn part_of(load: i64, weights: impl Iterator<Item = i64> + Clone, live: u64, wanted: u32) -> i64 {
    let among = || {
        (0u32..)
            .zip(weights.clone())
            .filter(|&(source, _)| live >> source & 1 == 1)
    };
    let total: i128 = among().map(|(_, weight)| i128::from(weight)).sum();
    if total == 0 || live >> wanted & 1 == 0 {
        return 0;
    }
    let floor = |weight: i64| i128::from(load) * i128::from(weight) / total;
    let (mut given, mut before, mut mine) = (0, 0, 0);
    for (source, weight) in among() {
        given += floor(weight);
        if source < wanted {
            before += 1;
        } else if source == wanted {
            mine = floor(weight);
        }
    }
    let left = i128::from(load) - given;
    i64::try_from(mine + i128::from(before < left)).expect("a part is no larger than the load")
}

impl Engine<'_> {
    /// What of a load at a selector is handed on because of its choice to what hangs on `source`.
    pub(crate) fn handed_on(&self, node: NodeId, source: u32, load: i64) -> i64 {
        let slot = self.net.slot(node);
        let state = &self.state.selectors[slot];
        match self.net.selectors[slot].sourcing {
            Sourcing::FirstLive if state.chosen == source => load,
            Sourcing::FirstLive => 0,
            Sourcing::AllLive => self.part(node, state.live, source, load),
        }
    }

    fn part(&self, node: NodeId, live: u64, source: u32, load: i64) -> i64 {
        let inputs = self.net.inputs(node).iter();
        let weights = inputs
            .filter(|input| input.role == Role::Source)
            .map(|input| input.weight);
        part_of(load, weights, live, source)
    }

    /// What hung on a source that died hangs on the others at once, and a source that lives again takes its share of it.
    pub(super) fn look_at_shares(&mut self, node: NodeId, live: u64, why: RecordId) {
        let net = self.net;
        let slot = net.slot(node);
        let record = self.follow(why, node);
        let before = std::mem::replace(&mut self.state.selectors[slot].live, live);
        if before != live {
            let load = self.state.loads[node.index()];
            for &(next, _, only) in net.passes.of(node.index()) {
                if let Some(source) = only {
                    let change = self.part(node, live, source, load) - self.part(node, before, source, load);
                    self.add_load(next, change, record);
                }
            }
        }
        self.set_value(node, i64::from(live != 0), record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_in_proportion_and_sum_to_the_load() {
        let parts = |load, weights: [i64; 3], live| {
            [0, 1, 2].map(|source| part_of(load, weights.into_iter(), live, source))
        };
        assert_eq!(parts(10, [1, 1, 1], 0b111), [4, 3, 3]);
        assert_eq!(parts(11, [1, 1, 1], 0b111), [4, 4, 3]);
        assert_eq!(parts(11, [1, 1, 1], 0b110), [0, 6, 5]);
        assert_eq!(parts(10, [3, 1, 1], 0b111), [6, 2, 2]);
        assert_eq!(parts(10, [3, 1, 1], 0b100), [0, 0, 10]);
        assert_eq!(parts(10, [3, 1, 1], 0b000), [0, 0, 0]);
        assert_eq!(parts(10, [0, 1, 1], 0b001), [0, 0, 0]);
        for load in 0..200 {
            for live in 1..8 {
                assert_eq!(parts(load, [5, 2, 3], live).iter().sum::<i64>(), load);
            }
        }
    }
}
