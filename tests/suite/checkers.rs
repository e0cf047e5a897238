//! What must hold in every replication of whatever is simulated: a watcher for the course of it. What is pending at its end is looked at
//! by the library's own guard.

use blackstart::kernel::{
    CrewId, InstanceId, Netlist, NodeId, NodeKind, Observe, PhaseRow, Policy, Reading, RecordId, Role, State,
    Transition, View, What,
};

/// How many violations are told of one replication.
const TOLD_MAX: usize = 5;

/// Watches a replication and notes whatever should not be.
pub struct Checker<'n> {
    net: &'n Netlist,
    /// Every so many settlings everything is looked at, else what changed.
    full_every: u64,
    settlings: u64,
    at: u64,
    values: Vec<i64>,
    items: Vec<i64>,
    records: usize,
    phases: usize,
    /// The heads of each crew that were at work and that were there at the last look, by their node.
    heads: Vec<Vec<(u32, i64)>>,
    /// What was found, as sentences.
    pub violations: Vec<String>,
}

impl<'n> Checker<'n> {
    /// A watcher that looks at everything every so many settlings.
    pub fn new(net: &'n Netlist, full_every: u64) -> Self {
        Self {
            net,
            full_every: full_every.max(1),
            settlings: 0,
            at: 0,
            values: Vec::new(),
            items: Vec::new(),
            records: 0,
            phases: 0,
            heads: (0..net.crews())
                .map(|crew| vec![(0, i64::MAX); net.crew_heads(CrewId::new(crew)).len()])
                .collect(),
            violations: Vec::new(),
        }
    }

    fn wrong(&mut self, what: String) {
        if self.violations.len() < TOLD_MAX {
            let at = self.at;
            self.violations.push(format!("at {at} µs: {what}"));
        }
    }

    fn name(&self, node: NodeId) -> String {
        format!("{} ({:?})", self.net.name(node), self.net.kind(node))
    }

    /// The state in which the replication begins.
    fn begin(&mut self, batch: &[Transition], view: &View<'_>) {
        let nodes = (0..self.net.len()).map(NodeId::new);
        self.values = nodes.clone().map(|node| view.value(node)).collect();
        for change in batch {
            self.values[change.node.index()] = change.from;
        }
        self.items = nodes
            .map(|node| match self.net.kind(node) {
                NodeKind::Starter => {
                    let (on, off, dead) = view.state().items(self.net, node);
                    on + off + dead
                }
                _ => 0,
            })
            .collect();
    }

    /// Time goes on, and what changed changed from what it was.
    fn check_batch(&mut self, at: u64, batch: &[Transition]) {
        if at < self.at {
            self.wrong(format!("time goes back to {at}"));
        }
        self.at = at;
        for pair in batch.windows(2) {
            if self.net.order(pair[0].node) >= self.net.order(pair[1].node) {
                self.wrong("changes are out of order".to_owned());
            }
        }
        for change in batch {
            let known = std::mem::replace(&mut self.values[change.node.index()], change.to);
            if change.at != at || change.from != known || change.from == change.to {
                let name = self.name(change.node);
                self.wrong(format!("{name} changes from {known}, but is told as {change:?}"));
            }
            if change.record == RecordId::NONE {
                let name = self.name(change.node);
                self.wrong(format!("{name} changes without a cause"));
            }
        }
    }

    /// Every entry of the why-log follows an earlier one that is no later, or is a root: so every walk ends at a root.
    fn check_records(&mut self, state: &State) {
        for number in self.records..state.records().len() {
            let record = state.records()[number];
            let wrong = if record.follows == RecordId::NONE {
                let follows_something = matches!(
                    record.what,
                    What::Input { .. }
                        | What::Stage { .. }
                        | What::Called { .. }
                        | What::Done { .. }
                        | What::Failed { .. }
                        | What::Armed { .. }
                );
                follows_something.then_some("is no root and follows nothing")
            } else if record.follows.index() >= number {
                Some("follows a later one")
            } else if state.records()[record.follows.index()].at > record.at {
                Some("follows what happened later")
            } else {
                None
            };
            if let Some(wrong) = wrong {
                self.wrong(format!("entry {number} of the why-log, {record:?}, {wrong}"));
            }
        }
        self.records = state.records().len();
    }

    /// Calls go their course, and no head works twice.
    fn check_work(&mut self, state: &State) {
        let rows: Vec<PhaseRow> = state.phases()[self.phases..].to_vec();
        let moved = !rows.is_empty();
        for row in rows {
            let before = row.before as usize;
            let earlier = (row.before != u32::MAX).then(|| state.phases()[before]);
            if row.at > self.at
                || earlier.is_some_and(|earlier| earlier.instance != row.instance || earlier.at > row.at)
            {
                self.wrong(format!(
                    "the course of a call is broken: {row:?} after {earlier:?}"
                ));
            }
        }
        self.phases = state.phases().len();
        let crews: Vec<CrewId> = (0..self.net.crews()).map(CrewId::new).collect();
        if moved {
            let mut busy = vec![0; crews.len()];
            for number in 0..state.instances().len() {
                let call = &state.instances()[number];
                if call.outcome.is_none() && state.runs(InstanceId::new(number)) {
                    for &(crew, heads) in &self.net.work(call.work).ways[call.way].crew {
                        busy[crew.index()] += heads;
                    }
                }
            }
            for &crew in &crews {
                let at_work: u32 = state.busy(self.net, crew).iter().sum();
                if busy[crew.index()] != at_work {
                    let name = self.net.crew_name(crew).to_owned();
                    self.wrong(format!(
                        "{at_work} heads of {name} are busy, but {} work",
                        busy[crew.index()]
                    ));
                }
            }
        }
        for &crew in &crews {
            let there = self.net.crew_heads(crew).iter();
            let now: Vec<(u32, i64)> = (state.busy(self.net, crew).iter().copied())
                .zip(there.map(|&node| state.value(node)))
                .collect();
            // Heads may leave while they work; then no more of them may be taken. What was taken since the last look was taken of those who
            // were there then.
            let before = std::mem::replace(&mut self.heads[crew.index()], now.clone());
            for ((busy, heads), (busy_before, heads_before)) in now.into_iter().zip(before) {
                if i64::from(busy) > heads.max(heads_before) && busy > busy_before {
                    let name = self.net.crew_name(crew).to_owned();
                    self.wrong(format!("{busy} of {heads} heads of {name} are busy"));
                }
            }
        }
    }

    /// What a node shows is what its inputs and its state say.
    fn check_node(&mut self, node: NodeId, state: &State) {
        let net = self.net;
        let value = state.value(node);
        let of = |node: NodeId| state.value(node);
        let reads = |from: NodeId, reading: Reading| reading.read(state.value(from));
        let wrong = match net.kind(node) {
            NodeKind::Unit => {
                (value != 0 && !state.is_sound(net, node)).then(|| "works though it is not sound".to_owned())
            }
            NodeKind::Gate => {
                let inputs = net.inputs(node).iter();
                let sum: i64 = inputs
                    .map(|input| input.weight * reads(input.from, input.reading))
                    .sum();
                let right = i64::from(sum >= net.threshold(node));
                let fits = if net.is_cyclic(node) {
                    value >= right
                } else {
                    value == right
                };
                (!fits).then(|| format!("its inputs sum to {sum} of {}", net.threshold(node)))
            }
            NodeKind::Level => {
                let plain = net.level_if(node, &of);
                // In a circle soft inputs read what hard inputs alone give, which is never less.
                let fits = if net.is_cyclic(node) {
                    value >= plain
                } else {
                    value == plain
                };
                (!fits).then(|| format!("its inputs give {plain}"))
            }
            NodeKind::Mesh => {
                let right = net.mesh_if(node, node, &of);
                (right != Some(value)).then(|| format!("its connections give {right:?}"))
            }
            NodeKind::Output => {
                let owner = net.owner(node);
                let right = match net.kind(owner) {
                    NodeKind::Mesh => net.mesh_if(owner, node, &of),
                    _ => None,
                };
                right
                    .is_some_and(|right| right != value)
                    .then(|| format!("its connections give {right:?}"))
            }
            NodeKind::Starter => {
                let (on, off, dead) = state.items(net, node);
                let lost = net
                    .inputs(node)
                    .iter()
                    .find(|input| input.role == Role::Require && reads(input.from, input.reading) == 0);
                if on != value || on.min(off).min(dead) < 0 || on + off + dead != self.items[node.index()] {
                    Some(format!("{on} on, {off} off and {dead} dead"))
                } else {
                    // In a circle it reads what hard inputs alone give, too.
                    lost.filter(|_| on > 0 && !state.coasts(net, node) && !net.is_cyclic(node))
                        .map(|lost| format!("is on without {}", net.name(lost.from)))
                }
            }
            NodeKind::Selector => {
                let mut sources = net.inputs(node).iter().filter(|input| input.role == Role::Source);
                let any = sources.any(|source| reads(source.from, source.reading) != 0);
                // In a circle it reads what hard inputs alone give, too.
                (value != 0 && !any && !net.is_cyclic(node))
                    .then(|| "is live without a live source".to_owned())
            }
            NodeKind::Buffer => buffer_is_wrong(net, node, state),
            NodeKind::Balance => balance_is_wrong(net, node, state),
        };
        if let Some(wrong) = wrong {
            let name = self.name(node);
            self.wrong(format!("{name} is {value}, but {wrong}"));
        }
    }
}

fn buffer_is_wrong(net: &Netlist, node: NodeId, state: &State) -> Option<String> {
    let look = state.buffer(net, node);
    let told = |what: &str| Some(format!("{what}: {look:?}"));
    if !(0..=look.ceiling).contains(&look.level) {
        return told("it is out of bounds");
    }
    if state.value(node) != 0 && look.is_empty && look.trend < 0 {
        return told("it is empty");
    }
    for &(output, right) in &look.flags {
        let raised = state.value(output) != 0;
        if right.is_some_and(|right| right != raised) {
            return told(&format!("its flag {} is {raised}", net.name(output)));
        }
    }
    None
}

fn balance_is_wrong(net: &Netlist, node: NodeId, state: &State) -> Option<String> {
    let inputs = net.inputs(node).iter().filter(|input| input.role == Role::Supply);
    let supply: i64 = inputs
        .map(|input| input.weight * input.reading.read(state.value(input.from)))
        .sum::<i64>()
        .max(0);
    let asked = state.asked_of(net, node);
    let shares: Vec<(i64, i64)> = asked
        .iter()
        .map(|&(output, amount)| (amount, state.value(output)))
        .collect();
    let all: i64 = shares.iter().map(|share| share.0).sum();
    let given: i64 = shares.iter().map(|share| share.1).sum();
    let back = state.holds_back(net, node);
    let told = |what: &str| {
        Some(format!(
            "{what}: supply {supply}, (asked, granted) {shares:?}, holds back: {back}"
        ))
    };
    if shares
        .iter()
        .any(|&(asked, granted)| granted < 0 || granted > asked)
    {
        return told("it grants what nobody asks for");
    }
    let policy = net.policy(node);
    if !matches!(policy, Policy::Trip { .. }) && given > supply {
        return told("it grants what it does not have");
    }
    if back {
        return None;
    }
    match policy {
        Policy::Proportional | Policy::Priority if given != all.min(supply) => told("it keeps what it has"),
        Policy::Shed { .. }
            if shares
                .iter()
                .any(|&(asked, granted)| granted != 0 && granted != asked) =>
        {
            told("it grants parts")
        }
        _ => None,
    }
}

impl Observe for Checker<'_> {
    const CAUSES: bool = true;

    fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>) {
        let state = view.state();
        if self.settlings == 0 {
            self.begin(batch, view);
        }
        self.check_batch(at, batch);
        self.check_records(state);
        self.check_work(state);
        if self.settlings.is_multiple_of(self.full_every) {
            for index in 0..self.net.len() {
                let node = NodeId::new(index);
                if state.value(node) != self.values[index] {
                    let name = self.name(node);
                    self.wrong(format!("{name} changed without a word"));
                }
                self.check_node(node, state);
            }
        } else {
            for change in batch {
                self.check_node(change.node, state);
            }
        }
        self.settlings += 1;
    }
}
