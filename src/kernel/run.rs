//! One replication, from its beginning to its horizon.

use super::action::Action;
use super::agent::{Order, Orders, Wake, What};
use super::calendar::NEVER;
use super::ids::{AgentId, NodeId, ProfileId, RecordId, WorkId};
use super::netlist::{Edge, Netlist, NodeKind, WorkRow};
use super::observe::{Observe, Transition};
use super::scratch::Scratch;
use super::settle::Engine;
use super::state::{Alarm, State};
use super::timers::Whose;
use super::work::Call;
use crate::random::Key;

/// The settled network, as agents and observers see it.
pub struct View<'a> {
    state: &'a State,
}

impl View<'_> {
    /// The value of a node.
    pub fn value(&self, node: NodeId) -> i64 {
        self.state.values[node.index()]
    }

    /// The load that has gathered at a node.
    pub fn load(&self, node: NodeId) -> i64 {
        self.state.loads[node.index()]
    }

    /// The time, in microseconds.
    pub fn now(&self) -> u64 {
        self.state.now
    }

    /// The whole state, for observers that look further.
    pub fn state(&self) -> &State {
        self.state
    }
}

/// Bounds of one replication.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When it ends, in microseconds.
    pub horizon_us: u64,
    /// The most events it may have.
    pub events_max: u64,
    /// The most settlings at one time: a longer chain of orders is taken for one without end.
    pub settlings_max: u32,
}

/// How a replication ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// How many events it had.
    pub events: u64,
    /// Whether anything was still to come at the horizon.
    pub pending: bool,
}

/// A replication that did not come to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runaway {
    /// When it was given up, in microseconds.
    pub at: u64,
    /// Whether time stood still (a chain of orders at one time) rather than too many events.
    pub at_one_time: bool,
    /// The nodes that changed last.
    pub nodes: Vec<NodeId>,
}

/// The phases of one time: agents first, which see what was settled before it; then nodes and clocks; then work.
pub(crate) fn tie_of_node(order: u32) -> u64 {
    1 << 62 | u64::from(order)
}

/// Parts come in before the ends of works, by the order of names.
pub(crate) fn tie_of_part(tie: u32, number: u32) -> u64 {
    1 << 62 | 1 << 61 | u64::from(tie & 0x0fff_ffff) << 32 | u64::from(number)
}

/// Profiles step behind the own timers of nodes.
pub(crate) fn tie_of_profile(tie: u32) -> u64 {
    1 << 62 | 1 << 40 | u64::from(tie)
}

/// Common causes follow the nodes of their time.
pub(crate) fn tie_of_common_cause(place: u32) -> u64 {
    1 << 62 | 1 << 32 | u64::from(place)
}

pub(crate) fn tie_of_work(tie: u32, number: u32) -> u64 {
    1 << 63 | u64::from(tie & 0x7fff_ffff) << 32 | u64::from(number)
}

fn tie_of_agent(tie: u32, code: u32) -> u64 {
    u64::from(tie & 0x3fff_ffff) << 32 | u64::from(code)
}

/// Runs one replication: the history of `net` under the randomness of `key`, watched by `seen`.
///
/// `state` and `scratch` may be those of any earlier replication of the same network; the result does not depend on it.
///
/// # Errors
/// [`Runaway`] when a bound of `limits` is passed; nothing of the replication counts then.
pub fn run<O: Observe>(
    net: &Netlist,
    state: &mut State,
    scratch: &mut Scratch,
    key: Key,
    limits: Limits,
    seen: &mut O,
) -> Result<End, Runaway> {
    begin_state(net, state, scratch, key);
    let mut engine = Engine {
        net,
        state,
        scratch,
        key,
        causes: O::CAUSES,
        calls: O::CALLS || O::CAUSES,
        beginning: false,
        round: 1,
        cursor: 0,
    };
    let first = engine.record(RecordId::NONE, What::Begin);
    engine.date_from(first);
    for (index, kind) in net.kinds.iter().enumerate() {
        if *kind == NodeKind::Unit && net.clocks.count_of(net.slots[index] as usize) > 0 {
            engine.begin_clocks(NodeId::new(index));
        }
    }
    engine.begin_common_causes();
    for (index, kind) in net.kinds.iter().enumerate() {
        if matches!(
            kind,
            NodeKind::Buffer | NodeKind::Starter | NodeKind::Selector | NodeKind::Balance
        ) {
            engine.mark(NodeId::new(index), first);
        }
    }
    for index in 0..net.agents.len() {
        engine
            .scratch
            .wakes
            .push((AgentId::new(index), Wake::Begin, first));
    }
    for audience in 0..net.audiences.len() {
        engine.audience_changed(u32::try_from(audience).expect("fewer audiences than works"));
    }
    for place in 0..engine.scratch.first_works.len() {
        engine.list_work(engine.scratch.first_works[place]);
    }
    for place in 0..engine.scratch.first_shorts.len() {
        engine.list_short(engine.scratch.first_shorts[place]);
    }
    engine.instant(limits, seen)?;
    loop {
        let next = engine.state.calendar.next();
        if next == NEVER || next > limits.horizon_us {
            break;
        }
        assert!(next >= engine.state.now, "time never goes back");
        engine.state.now = next;
        engine.apply_due(next);
        if engine.state.events > limits.events_max {
            return Err(engine.runaway(false));
        }
        engine.instant(limits, seen)?;
        if seen.forgets(&View { state: engine.state }) {
            engine.state.forget();
        }
    }
    let pending = engine.state.calendar.next() != NEVER;
    engine.state.now = limits.horizon_us;
    Ok(End {
        events: engine.state.events,
        pending,
    })
}

/// Puts the state at the settled beginning, which is made once and then copied.
fn begin_state(net: &Netlist, state: &mut State, scratch: &mut Scratch, key: Key) {
    if scratch.image.is_none() {
        let mut fresh = State::new(net);
        fresh.calendar.reset(scratch.timers.fixed());
        for index in 0..net.len() {
            for edge in net.edges.of(index) {
                match *edge {
                    Edge::Term { to, reading, weight } => fresh.sums[to.index()] += weight * reading.read(0),
                    Edge::Draw { .. } | Edge::Look(_) | Edge::Member { .. } | Edge::Mesh { .. } => {}
                    Edge::Clock(_) => {}
                    Edge::Work(_)
                    | Edge::Short(_)
                    | Edge::Needs(_)
                    | Edge::Serves(_)
                    | Edge::Heads(_)
                    | Edge::Agent(_) => {}
                }
            }
        }
        let mut engine = Engine {
            net,
            state: &mut fresh,
            scratch,
            key,
            causes: false,
            calls: false,
            beginning: true,
            round: 1,
            cursor: 0,
        };
        for index in 0..net.len() {
            for edge in net.edges.of(index) {
                if let Edge::Draw { to, reading, amount } = *edge {
                    engine.add_load(to, amount * reading.read(0), RecordId::NONE);
                }
            }
        }
        for index in 0..net.len() {
            let node = NodeId::new(index);
            match net.kind(node) {
                NodeKind::Unit => engine.begin_unit(node),
                NodeKind::Output => {}
                _ => engine.mark(node, RecordId::NONE),
            }
        }
        assert!(engine.settle(), "the beginning settles");
        engine.forget_instant();
        for index in 0..net.profiles.len() {
            engine.await_step(ProfileId::new(index));
        }
        fresh.records.fill(RecordId::NONE);
        fresh.buffers.iter_mut().for_each(|buffer| buffer.fell_at = NEVER);
        note_first_works(net, scratch, &fresh.values);
        scratch.image = Some(fresh);
    }
    let image = scratch.image.as_ref().expect("made above");
    state.begin_as(image);
}

/// Notes the works that are reviewed at the beginning: all but those whose condition does not call for them then.
fn note_first_works(net: &Netlist, scratch: &mut Scratch, values: &[i64]) {
    let is_called = |work: &WorkRow| match work.spec.call {
        Call::When(node, reading) => reading.read(values[node.index()]) != 0,
        _ => true,
    };
    for (index, work) in net.works.iter().enumerate() {
        match work.short {
            _ if !is_called(work) => {}
            Some(short) => scratch.first_shorts.push(short),
            None => scratch.first_works.push(WorkId::new(index)),
        }
    }
}

impl Engine<'_> {
    /// What is under way at the beginning follows the beginning.
    fn date_from(&mut self, first: RecordId) {
        let state = &mut *self.state;
        state.starters.iter_mut().for_each(|starter| {
            starter.why = first;
            starter.items_why = first;
        });
        state
            .selectors
            .iter_mut()
            .for_each(|selector| selector.why = first);
        state.buffers.iter_mut().for_each(|buffer| buffer.why = first);
    }

    /// What was noted during a settling that nobody watches.
    fn forget_instant(&mut self) {
        for (node, _) in self.scratch.touched.drain(..) {
            self.scratch.is_touched[node.index()] = false;
        }
        for work in self.scratch.works.drain(..) {
            self.scratch.is_listed[work.index()] = false;
        }
        self.scratch.shorts.clear();
        self.scratch.wakes.clear();
        self.scratch.fresh.clear();
        self.scratch.freed.clear();
        self.scratch.left_by.clear();
        self.scratch.overdue.clear();
    }

    fn runaway(&mut self, at_one_time: bool) -> Runaway {
        let mut nodes: Vec<NodeId> = self.scratch.batch.iter().map(|change| change.node).collect();
        nodes.extend(self.scratch.touched.iter().map(|&(node, _)| node));
        nodes.sort();
        nodes.dedup();
        nodes.truncate(20);
        let at = self.state.now;
        self.forget_instant();
        while let Some(place) = self.scratch.dirty.first_from(0) {
            self.scratch.dirty.remove(place);
        }
        self.scratch.pending.iter_mut().for_each(Vec::clear);
        Runaway {
            at,
            at_one_time,
            nodes,
        }
    }

    /// Settles the present time, tells observers, agents and works, and goes on while agents order more at the same time.
    fn instant<O: Observe>(&mut self, limits: Limits, seen: &mut O) -> Result<(), Runaway> {
        for _ in 0..limits.settlings_max {
            if !self.settle() {
                break;
            }
            self.publish(seen);
            self.review_works();
            self.review_shorts();
            self.dispatch();
            if self.is_quiet() {
                return Ok(());
            }
            let mut wakes = std::mem::take(&mut self.scratch.wakes);
            self.wake_all(&mut wakes);
            // Keeps what was pushed meanwhile by orders.
            wakes.append(&mut self.scratch.wakes);
            self.scratch.wakes = wakes;
        }
        Err(self.runaway(true))
    }

    /// Whether nothing is left to be done at the present time.
    fn is_quiet(&self) -> bool {
        self.scratch.wakes.is_empty()
            && self.scratch.works.is_empty()
            && self.scratch.shorts.is_empty()
            && self.nothing_to_dispatch()
            // What follows a call that was given up changes the network after it has settled.
            && self.scratch.touched.is_empty()
            && self.scratch.dirty.is_empty()
    }

    /// An order of wakes of one agent that does not depend on the order of declaration.
    fn wake_order(&self, wake: Wake) -> (u8, u64) {
        match wake {
            Wake::Begin => (0, 0),
            Wake::Timer(code) => (1, u64::from(code)),
            Wake::Done(work) => (2, u64::from(self.net.works[work.index()].tie)),
            Wake::Failed(work) => (3, u64::from(self.net.works[work.index()].tie)),
            Wake::TimedOut(work) => (4, u64::from(self.net.works[work.index()].tie)),
            Wake::Changed(node) => (5, u64::from(self.net.order[node.index()])),
        }
    }

    /// Tells the observer what this settling changed.
    fn publish<O: Observe>(&mut self, seen: &mut O) {
        let mut touched = std::mem::take(&mut self.scratch.touched);
        let net = self.net;
        touched.sort_unstable_by_key(|&(node, _)| net.order[node.index()]);
        self.scratch.batch.clear();
        for &(node, from) in &touched {
            self.scratch.is_touched[node.index()] = false;
            let to = self.value(node);
            if to != from {
                let record = self.state.records[node.index()];
                self.scratch.batch.push(Transition {
                    at: self.state.now,
                    from,
                    to,
                    node,
                    record,
                });
            }
        }
        touched.clear();
        self.scratch.touched = touched;
        if !self.scratch.batch.is_empty() {
            seen.settled(self.state.now, &self.scratch.batch, &View { state: self.state });
        }
    }

    /// Applies all events that are due. Agents whose timers have come act together with them, on what was settled before; a timer that
    /// one of them sets for this very time waits until it has settled.
    fn apply_due(&mut self, now: u64) {
        let mut agents_are_done = false;
        while self.state.calendar.next() == now {
            let (_, slot) = self.state.calendar.pop().expect("the calendar has a next time");
            self.state.events += 1;
            let agent_timer = self.fire(slot);
            let more_agents = agent_timer && self.next_is_agent(now);
            if agent_timer && !more_agents && !agents_are_done {
                agents_are_done = true;
                let mut wakes = std::mem::take(&mut self.scratch.wakes);
                self.wake_all(&mut wakes);
                wakes.append(&mut self.scratch.wakes);
                self.scratch.wakes = wakes;
            }
        }
    }

    fn next_is_agent(&self, now: u64) -> bool {
        self.state.calendar.peek().is_some_and(|(at, slot)| {
            let is_agent = |alarm: usize| matches!(self.state.alarms[alarm], Alarm::Agent { .. });
            at == now && matches!(self.scratch.timers.whose(slot), Whose::Alarm(alarm) if is_agent(alarm))
        })
    }

    /// Wakes agents, all of which see the same settled state, and then does what they ordered.
    fn wake_all(&mut self, wakes: &mut Vec<(AgentId, Wake, RecordId)>) {
        let net = self.net;
        wakes.sort_by_key(|&(agent, wake, _)| (net.agents[agent.index()].tie, self.wake_order(wake)));
        let mut orders = std::mem::take(&mut self.scratch.orders);
        let mut registers = std::mem::take(&mut self.scratch.registers);
        let mut list = std::mem::take(&mut self.scratch.list);
        orders.clear();
        for (agent, wake, why) in wakes.drain(..) {
            let row = &net.agents[agent.index()];
            let range = row.registers..row.registers + row.agent.registers();
            registers.clear();
            registers.extend_from_slice(&self.state.registers[range.clone()]);
            let mut given = Orders {
                list: &mut list,
                key: self.key,
                stream: row.stream,
            };
            row.agent
                .wake(wake, &View { state: self.state }, &mut registers, &mut given);
            self.state.registers[range].copy_from_slice(&registers);
            orders.extend(list.drain(..).map(|order| (agent, why, order)));
        }
        self.scratch.registers = registers;
        self.scratch.list = list;
        for (agent, why, order) in orders.drain(..) {
            self.state.events += 1;
            self.obey(agent, why, order);
        }
        self.scratch.orders = orders;
    }

    fn obey(&mut self, agent: AgentId, why: RecordId, order: Order) {
        match order {
            Order::Act { action, entry } => {
                let record = self.record(why, What::Action { agent, entry });
                self.act(action, record);
            }
            Order::Note { entry } => {
                self.record(why, What::Action { agent, entry });
            }
            Order::Timer { at, code, entry } => {
                let at = at.max(self.state.now);
                if at < NEVER {
                    let why = self.record(why, What::Armed { agent, entry });
                    let slot = self.new_alarm(Alarm::Agent { agent, code, why });
                    let tie = tie_of_agent(self.net.agents[agent.index()].tie, code);
                    self.state.calendar.set(slot, at, tie);
                }
            }
            Order::Call { work, entry } => {
                let record = self.record(why, What::Action { agent, entry });
                self.call(work, 1, Some(agent), record);
            }
        }
    }

    /// Lets a timer take effect; tells whether it was an agent's.
    fn fire(&mut self, slot: u32) -> bool {
        let alarm = match self.scratch.timers.whose(slot) {
            Whose::Node(node) => {
                self.node_timer(node);
                return false;
            }
            Whose::Clock(clock) => {
                self.clock_ran_out(clock);
                return false;
            }
            Whose::Short(short) => {
                self.short_over(short);
                return false;
            }
            Whose::Profile(profile) => {
                self.step_profile(profile);
                return false;
            }
            Whose::CommonCause(group) => {
                self.shock(group);
                return false;
            }
            Whose::Alarm(alarm) => self.state.alarms[alarm],
        };
        match alarm {
            Alarm::Free => {}
            Alarm::Work(instance) => self.way_over(instance),
            Alarm::Patience(work) => self.look_again(work),
            Alarm::Arrival(work) => self.arrive(work),
            Alarm::Delivery(part) => self.deliver(part, slot),
            Alarm::Overdue(instance) => {
                self.scratch.overdue.push(instance);
            }
            Alarm::Agent { agent, code, why } => {
                self.free_alarm(slot);
                self.scratch.wakes.push((agent, Wake::Timer(code), why));
                return true;
            }
        }
        false
    }

    fn node_timer(&mut self, node: NodeId) {
        match self.net.kind(node) {
            NodeKind::Unit => self.unit_timer(node),
            NodeKind::Starter => self.starter_timer(node),
            NodeKind::Selector => self.selector_timer(node),
            NodeKind::Buffer => self.buffer_timer(node),
            NodeKind::Balance => self.balance_timer(node),
            NodeKind::Mesh => self.mesh_timer(node),
            kind => unreachable!("a {kind:?} sets no timer"),
        }
    }

    /// Does what an action says.
    pub(crate) fn act(&mut self, action: Action, record: RecordId) {
        match action {
            Action::Break { node, items } => match self.net.kind(node) {
                NodeKind::Starter => self.break_starter(node, items, record),
                NodeKind::Selector => self.break_selector(node, record),
                _ => self.break_unit(node, items, record),
            },
            Action::Destroy { node } => match self.net.kind(node) {
                NodeKind::Starter => self.destroy_starter(node, record),
                _ => self.destroy_unit(node, record),
            },
            Action::Repair { node } => match self.net.kind(node) {
                NodeKind::Starter => self.repair_items(node, i64::MAX, record),
                NodeKind::Selector => self.repair_selector(node, record),
                NodeKind::Balance | NodeKind::Output => self.close_by_action(node, record),
                _ => self.repair_unit(node, record),
            },
            Action::Inspect { node } => self.inspect_unit(node, record),
            Action::Hold { node, reason } => match self.net.kind(node) {
                NodeKind::Starter => self.hold_starter(node, reason, record),
                _ => self.hold_unit(node, reason, record),
            },
            Action::Lift { node, reason } => match self.net.kind(node) {
                NodeKind::Starter => self.lift_starter(node, reason, record),
                _ => self.lift_unit(node, reason, record),
            },
            Action::Start { node, items } => self.start_by_action(node, items, None, record),
            Action::Stop { node } => self.stop_by_action(node, record),
            Action::Force { node, passes } => self.force(node, passes, record),
            Action::SetRate { node, rate } => self.set_rate(node, rate, record),
            Action::SetLevel { node, ppm } => self.set_level(node, ppm, record),
            Action::SetAmount { node, amount } => self.set_amount(node, amount, record),
            Action::Transfer { node, source } => self.transfer_by_action(node, source, record),
            Action::Open { node } => self.open_by_action(node, record),
            Action::Close { node } => self.close_by_action(node, record),
            Action::Surge { node, ppm } => self.surge(node, ppm, record),
        }
    }
}
