//! The observer of a run over years: hands the changes of watched nodes to their meters, and forgets all else.

use super::meter::Meter;
use super::row::Seen;
use super::{Span, Watch};
use crate::kernel::{Netlist, Observe, State, Transition, View};

/// No meter.
const NONE: u32 = u32::MAX;

/// The meters of one worker, used for one replication after the other.
#[derive(Clone, Debug)]
pub struct Watching {
    meters: Vec<Meter>,
    watches: Vec<Watch>,
    /// The first meter of each node.
    first: Vec<u32>,
    /// The next meter of the same node.
    next: Vec<u32>,
    horizon_us: u64,
}

impl Watching {
    /// Meters for the watched nodes of a network.
    ///
    /// # Panics
    /// If a watch makes no sense: nothing is full, or it would be recovered while down.
    pub fn new(net: &Netlist, watches: &[Watch], span: Span) -> Self {
        let mut first = vec![NONE; net.len()];
        let mut next = Vec::with_capacity(watches.len());
        for (meter, watch) in (0u32..).zip(watches) {
            assert!(
                watch.full > 0 && watch.down_below <= watch.recovered_at,
                "a watch has a full value, and what is down is not recovered"
            );
            next.push(std::mem::replace(&mut first[watch.node.index()], meter));
        }
        Self {
            meters: watches.iter().map(|&watch| Meter::new(watch, span)).collect(),
            watches: watches.to_vec(),
            first,
            next,
            horizon_us: span.horizon_us(watches),
        }
    }

    /// The watched nodes.
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    /// When the outages began, one watch after the other, that each has seen since `known` of them were known; and the present one, if
    /// it began at `since` or later. All that has happened until `now` is then taken in.
    pub(super) fn begun(&mut self, known: &[usize], since: u64, now: u64) -> Vec<(usize, u64)> {
        let mut begun = Vec::new();
        for (watch, meter) in self.meters.iter_mut().enumerate() {
            meter.take_in_until(now);
            let listed = meter.outages().get(known[watch]..).unwrap_or_default();
            let times = listed
                .iter()
                .map(|outage| outage.from_us)
                .chain(meter.out_since());
            begun.extend(times.filter(|&from| from >= since).map(|from| (watch, from)));
        }
        begun
    }

    /// How many outages of each watch are listed.
    pub(super) fn listed(&self) -> Vec<usize> {
        self.meters.iter().map(|meter| meter.outages().len()).collect()
    }

    /// Before another replication.
    pub fn reset(&mut self) {
        for meter in &mut self.meters {
            meter.reset();
        }
    }

    /// The replication that ran on `state` has come to its horizon.
    pub fn finish(&mut self, state: &State) -> Vec<Seen> {
        let horizon = self.horizon_us;
        self.meters
            .iter_mut()
            .zip(&self.watches)
            .map(|(meter, watch)| meter.finish(state.value(watch.node), horizon))
            .collect()
    }

    /// Takes in what has changed.
    pub fn take_in(&mut self, at: u64, batch: &[Transition]) {
        for change in batch {
            let mut meter = self.first[change.node.index()];
            while meter != NONE {
                self.meters[meter as usize].changes(at, change.from, change.to);
                meter = self.next[meter as usize];
            }
        }
    }
}

impl Observe for Watching {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        self.take_in(at, batch);
    }

    fn forgets(&mut self, _view: &View<'_>) -> bool {
        true
    }
}
