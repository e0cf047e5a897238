//! Small networks with known histories; one file per theme.

mod balance;
mod buffer;
mod groups;
mod histories;
mod mesh;
mod monotone;
mod outcomes;
mod profile;
mod queueing;
mod selector;
mod shortages;
mod starter;
mod work;

use super::scripted::limits;
use super::*;
use crate::random::{Key, Law};

/// A second, in microseconds.
const S: u64 = 1_000_000;
/// A minute, in microseconds.
const MIN: u64 = 60 * S;

/// Runs one replication and returns its changes of a node as (time, value).
struct Ran {
    net: Netlist,
    state: State,
    trace: Trace,
}

impl Ran {
    fn new(builder: Builder, horizon_us: u64) -> Self {
        let net = builder.finish().expect("a sound network");
        let mut state = State::new(&net);
        let mut scratch = Scratch::new(&net);
        let mut trace = Trace::default();
        let key = Key::new(1, 0);
        run(
            &net,
            &mut state,
            &mut scratch,
            key,
            limits(horizon_us),
            &mut trace,
        )
        .expect("an end");
        // The same again on used memory gives the same bytes.
        let mut again = Trace::default();
        run(
            &net,
            &mut state,
            &mut scratch,
            key,
            limits(horizon_us),
            &mut again,
        )
        .expect("an end");
        assert_eq!(trace.transitions, again.transitions);
        Self { net, state, trace }
    }

    /// The value of a node at the beginning.
    fn start(&self, node: NodeId) -> i64 {
        let first = self.trace.transitions.iter().find(|change| change.node == node);
        first.map_or(self.state.value(node), |change| change.from)
    }

    fn of(&self, node: NodeId) -> Vec<(u64, i64)> {
        self.trace
            .transitions
            .iter()
            .filter(|change| change.node == node)
            .map(|c| (c.at, c.to))
            .collect()
    }
}

/// A way by hand: one head of the crew, so long for each item.
fn hands(crew: CrewId, law: Law) -> Way {
    Way {
        name: "by hand".into(),
        needs: Vec::new(),
        crew: vec![(crew, 1)],
        takes: Takes::EachItem { law, heads: 1 },
        errs_ppm: 0,
        patience_us: u64::MAX,
        ..Way::default()
    }
}
