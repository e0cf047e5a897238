//! The rules that every replication keeps, as far as they are cheap to look at: they stay on in every run.
//!
//! A rule that is broken is a mistake of ours, never of a scenario. So whoever simulates ends with a panic that names the replication, and
//! reports no number. The tests watch far more than this, at any price.

use crate::kernel::{
    CrewId, InstanceId, Netlist, NodeId, NodeKind, Observe, Pending, State, Transition, View,
};

/// Watches one replication after the other.
#[derive(Clone, Debug)]
pub struct Guard<'n> {
    net: &'n Netlist,
    buffers: Vec<NodeId>,
    calls_are_kept: bool,
    at: u64,
    broken: Option<String>,
}

impl<'n> Guard<'n> {
    /// A guard over the replications of a network, beside an observer that keeps the calls for work or does not ([`Observe::CALLS`]).
    pub fn new(net: &'n Netlist, calls_are_kept: bool) -> Self {
        let nodes = (0..net.len()).map(NodeId::new);
        Self {
            net,
            buffers: nodes.filter(|&node| net.kind(node) == NodeKind::Buffer).collect(),
            calls_are_kept,
            at: 0,
            broken: None,
        }
    }

    /// Before another replication.
    pub fn reset(&mut self) {
        self.at = 0;
        self.broken = None;
    }

    /// The replication that ran on `state` is over.
    ///
    /// # Errors
    /// The first rule that was broken, as a sentence.
    pub fn finish(&mut self, state: &State) -> Result<(), String> {
        let broken = self.broken.take();
        let broken = broken.or_else(|| self.level_out_of_bounds(state));
        let broken = broken.or_else(|| {
            let kept = self.calls_are_kept.then_some(state)?;
            heads_without_work(self.net, kept)
        });
        let broken = broken.or_else(|| orphans(self.net, state).pop());
        broken.map_or(Ok(()), Err)
    }

    #[cold]
    fn wrong(&mut self, at: u64, what: &str, change: Option<&Transition>) {
        let name = change.map_or("", |change| self.net.name(change.node));
        self.broken
            .get_or_insert_with(|| format!("at {at} µs {what} {change:?} {name}"));
    }

    /// Stores are within their bounds.
    fn level_out_of_bounds(&self, state: &State) -> Option<String> {
        self.buffers.iter().find_map(|&buffer| {
            let look = state.buffer(self.net, buffer);
            let name = self.net.name(buffer);
            (!(0..=look.ceiling).contains(&look.level))
                .then(|| format!("the store {name} is out of its bounds: {look:?}"))
        })
    }
}

impl Observe for Guard<'_> {
    const CAUSES: bool = false;

    #[inline]
    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        if at < self.at {
            self.wrong(at, "time goes back", None);
        }
        self.at = at;
        for change in batch {
            if change.at != at || change.from == change.to {
                self.wrong(at, "a change is none, or of another time:", Some(change));
            }
        }
    }

    fn forgets(&mut self, _view: &View<'_>) -> bool {
        true
    }
}

/// Every head that is at work works on a call that runs.
fn heads_without_work(net: &Netlist, state: &State) -> Option<String> {
    let mut at_work = vec![0; net.crews()];
    for number in 0..state.instances().len() {
        let call = &state.instances()[number];
        if call.outcome.is_none() && state.runs(InstanceId::new(number)) {
            for &(crew, heads) in &net.work(call.work).ways[call.way].crew {
                at_work[crew.index()] += heads;
            }
        }
    }
    let mut crews = (0..net.crews()).map(CrewId::new).zip(at_work);
    crews.find_map(|(crew, at_work)| {
        let busy: u32 = state.busy(net, crew).iter().sum();
        let name = net.crew_name(crew);
        (busy != at_work).then(|| format!("{busy} heads of {name} are busy, but {at_work} work"))
    })
}

/// What is pending at the end of a replication and belongs to nothing, as sentences; empty if all is well.
pub fn orphans(net: &Netlist, state: &State) -> Vec<String> {
    let mut found = Vec::new();
    for (at, pending) in state.pending(net) {
        let wrong = match pending {
            Pending::Orphan => true,
            Pending::Stage(node) => !state.has_stage(net, node),
            Pending::Work(call) => !state.runs(call) || state.instances()[call.index()].outcome.is_some(),
            Pending::Overdue(call) => state.instances()[call.index()].outcome.is_some(),
            Pending::Patience(work) => !state.has_waiting(work),
            // Clocks that count calendar time run on.
            Pending::Life(_) | Pending::Shock(_) | Pending::Step(_) | Pending::Short(_) => false,
            Pending::Agent(_) | Pending::Call(_) | Pending::Delivery(_) => false,
        };
        if wrong {
            let name = match pending {
                Pending::Stage(node) | Pending::Life(node) => net.name(node),
                _ => "",
            };
            found.push(format!(
                "{pending:?} {name} is pending at {at} µs and belongs to nothing"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Builder, Clock, Limits, Scratch, Tag, UnitSpec, run};
    use crate::random::{Key, Law};

    /// Tells the guard another history than the one that it watches.
    struct Liar<'n> {
        guard: Guard<'n>,
        lie: fn(&mut u64, &mut [Transition]),
    }

    impl Observe for Liar<'_> {
        const CAUSES: bool = true;

        fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>) {
            let (mut at, mut batch) = (at, batch.to_vec());
            (self.lie)(&mut at, &mut batch);
            self.guard.settled(at, &batch, view);
        }
    }

    /// What a guard says of two units that fail one after the other, told with a lie.
    fn said(lie: fn(&mut u64, &mut [Transition])) -> Result<(), String> {
        let mut b = Builder::new();
        for (name, life_us) in [("fan", 1_000_000), ("pump", 1_500_000)] {
            let unit = UnitSpec {
                clocks: vec![Clock::new(Law::fixed_us(life_us))],
                ..UnitSpec::flag()
            };
            b.unit(name, Tag::default(), unit);
        }
        let net = b.finish().expect("a network");
        let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
        let limits = Limits {
            horizon_us: 2_000_000,
            events_max: 10,
            settlings_max: 10,
        };
        let guard = Guard::new(&net, true);
        let mut liar = Liar { guard, lie };
        run(&net, &mut state, &mut scratch, Key::new(1, 0), limits, &mut liar).expect("an end");
        liar.guard.finish(&state)
    }

    #[test]
    fn nothing_is_said_of_a_history_that_keeps_the_rules() {
        assert_eq!(said(|_, _| {}), Ok(()));
    }

    #[test]
    fn time_that_goes_back_is_seen() {
        let said = said(|at, batch| {
            *at = 5_000_000 - *at;
            batch.iter_mut().for_each(|change| change.at = *at);
        });
        assert!(said.is_err_and(|said| said.contains("time goes back")));
    }

    #[test]
    fn a_change_that_is_none_is_seen_with_its_name() {
        let said = said(|_, batch| batch.iter_mut().for_each(|change| change.to = change.from));
        assert!(said.is_err_and(|said| said.contains("a change is none") && said.ends_with("fan")));
    }
}
