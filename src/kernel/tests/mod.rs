//! Small networks with known histories; one file per theme.

mod balance;
mod clocks;
mod common_causes;
mod hidden;
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

/// Runs replications of a network and shows each to `look`.
fn each(net: &Netlist, seed: u64, replications: u32, horizon_us: u64, mut look: impl FnMut(&Trace, &State)) {
    let (mut state, mut scratch) = (State::new(net), Scratch::new(net));
    for replication in 0..replications {
        let mut trace = Trace::default();
        let key = Key::new(seed, replication);
        run(net, &mut state, &mut scratch, key, limits(horizon_us), &mut trace).expect("an end");
        look(&trace, &state);
    }
}

/// Of a node that begins at `first`, the share of the horizon for which it was 0.
fn share_down(trace: &Trace, node: NodeId, first: i64, horizon_us: u64) -> f64 {
    let (mut at, mut value, mut down) = (0, first, 0);
    for change in trace.transitions.iter().filter(|change| change.node == node) {
        down += if value == 0 { change.at - at } else { 0 };
        (at, value) = (change.at, change.to);
    }
    down += if value == 0 { horizon_us - at } else { 0 };
    down as f64 / horizon_us as f64
}

/// Asserts that a share of `n` lies within 5 standard errors of `p`: a false alarm once in 1.7 million.
fn assert_share(hits: u32, n: u32, p: f64, what: &str) {
    let share = f64::from(hits) / f64::from(n);
    let error = libm::sqrt(p * (1.0 - p) / f64::from(n));
    assert!(
        (share - p).abs() < 5.0 * error,
        "{what}: {share} against {p} ± {error}"
    );
}

/// Asserts that the mean of values lies within 5 of its own standard errors of `truth`.
fn assert_mean(values: &[f64], truth: f64, what: &str) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
    let error = libm::sqrt(spread / (n - 1.0) / n);
    assert!(
        (mean - truth).abs() < 5.0 * error,
        "{what}: {mean} ± {error} against {truth}"
    );
}

/// A work that makes a unit sound one microsecond after it is called for.
fn repaired_at_once(b: &mut Builder, unit: NodeId, call: (NodeId, Reading)) {
    repaired(b, unit, call, Law::fixed_us(1));
}

/// A work without hands that makes a unit sound.
fn repaired(b: &mut Builder, unit: NodeId, call: (NodeId, Reading), takes: Law) {
    let name = format!("repair {}", b.name(unit));
    b.work(
        name,
        Tag::default(),
        WorkSpec {
            call: Call::When(call.0, call.1),
            goal: None,
            keep: None,
            ways: vec![Way {
                name: "by itself".into(),
                needs: Vec::new(),
                crew: Vec::new(),
                parts: Vec::new(),
                takes: Takes::Once(takes),
                errs_ppm: 0,
                patience_us: u64::MAX,
            }],
            effects: vec![Effect::Act(Action::Repair { node: unit })],
            lanes: 1,
            ..WorkSpec::default()
        },
    );
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
