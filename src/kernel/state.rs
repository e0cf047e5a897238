//! What changes in one replication.

use std::collections::{BTreeSet, VecDeque};

use super::agent::{AskedRow, Record};
use super::calendar::{Calendar, NEVER, Slot};
use super::ids::{AgentId, CrewId, InstanceId, NodeId, PartId, RecordId, WorkId};
use super::netlist::Netlist;
use super::nodes::{BalanceState, Breaker, BufferRow, ConsumerState, MeshState};
use super::profile::ProfileState;
use super::work::{ArrivalState, Hand, Instance, NO_HAND, PartState, PhaseRow, ShortState, Turn, Wait};

/// Whether a unit works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Soundness {
    Sound,
    Failed,
    Destroyed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct UnitState {
    pub soundness: Soundness,
    /// A bit per reason.
    pub holds: u64,
    /// Which of these are passed over.
    pub passed: u64,
    pub amount: i64,
    /// Whether it has failed and nobody knows.
    pub hidden: bool,
    /// When it failed, and why.
    pub failed_at: u64,
    pub why: RecordId,
    /// When it is first inspected.
    pub inspected_at: u64,
}

/// A clock of a unit: what is left of a life, and since when it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockState {
    pub left: u64,
    pub running_since: Option<u64>,
    pub renewals: u32,
}

/// Of a clock that is not plain: the hazard that is left to be used up, from the counted age that it had at `at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AgeState {
    pub hazard: f64,
    pub age: u64,
    pub at: u64,
}

/// A common-cause group: its shocks, and what its members share when called on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommonCauseState {
    /// How many clocks of its members run.
    pub exposed: u32,
    /// How long until the next shock while any does.
    pub left: u64,
    pub running_since: Option<u64>,
    pub shocks: u32,
    pub demands: u32,
    /// The instant of the last demand, and the members that failed it together, a bit each.
    pub demanded_at: u64,
    pub struck: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Off,
    /// The trigger has come and must hold for a while.
    Waiting,
    Starting,
    On,
    /// A requirement was lost; still on.
    Coasting,
    /// The trigger was withdrawn; still on.
    RunningOn,
    /// Stops in order; still on.
    Stopping,
    /// A start has failed, and the next try is near.
    Retrying,
    Failed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct StarterState {
    pub stage: Stage,
    pub began: u64,
    /// When the stage ends.
    pub until: u64,
    /// Whether the time of a stage in which it is still on has run out; what follows is decided when the instant settles.
    pub over: bool,
    /// Why the stage began, or why it is over.
    pub why: RecordId,
    pub on: i64,
    pub off: i64,
    pub starting: i64,
    pub dead: i64,
    /// How many items are in the hands of works that start them; kept only where that is shown.
    pub being_started: i64,
    /// Whether what was on last went off all of a sudden, and not in order.
    pub hard_stop: bool,
    /// Switched off by an action; only an action starts it again.
    pub stopped: bool,
    /// The start passes over start requirements.
    pub forced: bool,
    /// Whether a common cause lets the present start fail.
    pub doomed: bool,
    /// It was started by hand against its triggers.
    pub ordered: bool,
    /// It is to start once it has stopped.
    pub again: bool,
    /// A bit per reason that holds it, and per one that is passed over while it is on.
    pub holds: u64,
    pub passed: u64,
    pub tries: u32,
    /// Why items last came into the states that work is called for.
    pub items_why: RecordId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Steady,
    /// The chosen source is dead and nothing has been done yet.
    Sensing,
    /// A transfer to this source is under way.
    Moving(u32),
    /// There was no source to take.
    Seeking,
    /// This better source is live again, and has to be so for a while.
    Returning(u32),
    Failed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct SelectorState {
    pub chosen: u32,
    pub change: Change,
    pub began: u64,
    pub why: RecordId,
    /// A source asked for by an action.
    pub asked: Option<u32>,
    /// How often the present transfer has failed.
    pub tries: u32,
    /// For one that shares: a bit for each source that carries its part.
    pub live: u64,
    /// Whether a common cause lets the present transfer fail.
    pub doomed: bool,
}

/// A buffer: levels and rates are in its row's fine units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BufferState {
    /// The level at `at`.
    pub level: i128,
    /// What comes in less what goes out each microsecond, but for what leaks.
    pub rate: i128,
    pub at: u64,
    /// Which way the level moved when last looked at: −1, 0 or 1.
    pub trend: i32,
    /// How many of its members are there.
    pub members: i64,
    pub base_rate: i64,
    pub usable: bool,
    /// When a flag on the level last fell; and whether one that would rise again in that very instant waits a microsecond.
    pub fell_at: u64,
    pub put_off: bool,
    /// The level at which the pending crossing happens.
    pub aim: i128,
    /// Since when it drains or fills; once empty, since when it is empty, until it fills.
    pub began: u64,
    /// Why it drains or fills.
    pub why: RecordId,
}

/// The running side of a work.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkState {
    pub waiting: VecDeque<InstanceId>,
    pub running: Vec<InstanceId>,
    /// Items of the calls that wait or run.
    pub pending_items: i64,
    /// How often it was called for.
    pub calls: u32,
    /// Whether its calling flag was true when last looked at.
    pub flag: bool,
    /// In which line for heads it stands, and where.
    pub queued: Option<(CrewId, Turn)>,
    /// How it stands among works of equal priority, drawn when it is first called for.
    pub order: u64,
    /// What all its waiting calls were last found to wait for; `None` when that has to be noted anew.
    pub wait: Option<Wait>,
}

impl WorkState {
    fn begin_as(&mut self, image: &Self) {
        let Self {
            waiting,
            running,
            pending_items,
            calls,
            flag,
            queued,
            order,
            wait,
        } = image;
        self.waiting.clone_from(waiting);
        self.running.clone_from(running);
        self.pending_items = *pending_items;
        self.calls = *calls;
        self.flag = *flag;
        self.queued = *queued;
        self.order = *order;
        self.wait = *wait;
    }
}

/// What a dynamic timer is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alarm {
    Free,
    Work(InstanceId),
    Patience(WorkId),
    /// A call has waited for as long as it may.
    Overdue(InstanceId),
    /// A part that was ordered.
    Delivery(PartId),
    /// The next call from outside for this work.
    Arrival(WorkId),
    Agent {
        agent: AgentId,
        code: u32,
        why: RecordId,
    },
}

/// Fewer calls for work than this are kept though all have ended.
const CALLS_KEPT: usize = 1_024;

/// The state of one replication: plain data, copied to start the next.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) now: u64,
    pub(crate) values: Vec<i64>,
    pub(crate) sums: Vec<i64>,
    pub(crate) loads: Vec<i64>,
    pub(crate) records: Vec<RecordId>,
    pub(crate) draws: Vec<u32>,
    /// What the members of groups would be but for what their soft inputs take away, by group and place.
    pub(crate) trials: Vec<i64>,
    pub(crate) units: Vec<UnitState>,
    /// The clocks of all units, and of each what only those need that are not plain.
    pub(crate) clocks: Vec<ClockState>,
    pub(crate) ages: Vec<AgeState>,
    pub(crate) profiles: Vec<ProfileState>,
    pub(crate) common_causes: Vec<CommonCauseState>,
    pub(crate) starters: Vec<StarterState>,
    pub(crate) selectors: Vec<SelectorState>,
    pub(crate) buffers: Vec<BufferState>,
    pub(crate) balances: Vec<BalanceState>,
    pub(crate) meshes: Vec<MeshState>,
    /// Of each balance its own, then those of its sources if they have any.
    pub(crate) breakers: Vec<Breaker>,
    pub(crate) consumers: Vec<ConsumerState>,
    pub(crate) works: Vec<WorkState>,
    pub(crate) shorts: Vec<ShortState>,
    /// For each crew the works whose first call waits for its heads.
    pub(crate) queues: Vec<BTreeSet<Turn>>,
    /// The priority of the works of each audience, as it was when last looked at.
    pub(crate) classes: Vec<u32>,
    pub(crate) arrivals: Vec<ArrivalState>,
    pub(crate) parts: Vec<PartState>,
    /// For each node of heads of each crew, how many of them are at work.
    pub(crate) busy: Vec<u32>,
    /// Which heads the running calls hold: a list for each.
    pub(crate) hands: Vec<Hand>,
    /// Where the list of unused entries among them begins.
    pub(crate) free_hand: u32,
    pub(crate) registers: Vec<i64>,
    pub(crate) instances: Vec<Instance>,
    /// How many calls were made; and which of the entries of those that have ended may be used again.
    pub(crate) calls_made: u64,
    pub(crate) free_calls: Vec<InstanceId>,
    pub(crate) phases: Vec<PhaseRow>,
    pub(crate) log: Vec<Record>,
    pub(crate) asked_rows: Vec<AskedRow>,
    /// The number of the first entry of the log: so many before it have been forgotten.
    pub(crate) log_first: u32,
    /// From so many calls on it is worth looking whether all have ended and can be forgotten.
    pub(crate) forget_calls_from: usize,
    pub(crate) calendar: Calendar,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) free_alarms: Vec<Slot>,
    pub(crate) events: u64,
}

impl State {
    /// A state for `net`, at rest; [`super::run`] brings it to the beginning of a replication.
    pub fn new(net: &Netlist) -> Self {
        let nodes = net.len();
        let clock = ClockState {
            left: u64::MAX,
            running_since: None,
            renewals: 0,
        };
        let clocks = vec![clock; net.clocks.len()];
        let age = AgeState {
            hazard: 0.0,
            age: 0,
            at: 0,
        };
        let ages = vec![age; net.clocks.len()];
        Self {
            now: 0,
            values: vec![0; nodes],
            sums: vec![0; nodes],
            loads: vec![0; nodes],
            records: vec![RecordId::NONE; nodes],
            draws: vec![0; nodes],
            trials: vec![0; net.group_rows.iter().map(|group| group.members.len()).sum()],
            units: net
                .units
                .iter()
                .map(|unit| UnitState {
                    soundness: Soundness::Sound,
                    holds: unit.spec.held.iter().fold(0, |set, reason| set | 1 << reason.0),
                    passed: 0,
                    amount: unit.spec.amount,
                    hidden: false,
                    failed_at: 0,
                    why: RecordId::NONE,
                    inspected_at: 0,
                })
                .collect(),
            clocks,
            ages,
            profiles: net
                .profiles
                .iter()
                .map(|row| ProfileState::at_the_beginning(&row.profile))
                .collect(),
            common_causes: net
                .common_causes
                .iter()
                .map(|_| CommonCauseState {
                    exposed: 0,
                    left: u64::MAX,
                    running_since: None,
                    shocks: 0,
                    demands: 0,
                    demanded_at: u64::MAX,
                    struck: 0,
                })
                .collect(),
            starters: net
                .starters
                .iter()
                .map(|row| StarterState {
                    stage: Stage::Off,
                    began: 0,
                    until: NEVER,
                    over: false,
                    why: RecordId::NONE,
                    on: 0,
                    off: row.spec.items,
                    starting: 0,
                    dead: 0,
                    being_started: 0,
                    hard_stop: false,
                    stopped: false,
                    forced: false,
                    doomed: false,
                    ordered: false,
                    again: false,
                    holds: 0,
                    passed: 0,
                    tries: 0,
                    items_why: RecordId::NONE,
                })
                .collect(),
            selectors: net
                .selectors
                .iter()
                .map(|_| SelectorState {
                    chosen: 0,
                    change: Change::Steady,
                    began: 0,
                    why: RecordId::NONE,
                    asked: None,
                    tries: 0,
                    live: 0,
                    doomed: false,
                })
                .collect(),
            buffers: net.buffers.iter().map(BufferRow::begin).collect(),
            balances: net.balances.iter().map(|_| BalanceState::new()).collect(),
            breakers: vec![Breaker::closed(); net.breakers],
            consumers: vec![ConsumerState::new(); net.consumers],
            meshes: net.meshes.iter().map(|_| MeshState::default()).collect(),
            works: net.works.iter().map(|_| WorkState::default()).collect(),
            shorts: vec![ShortState::default(); net.shorts.len()],
            queues: vec![BTreeSet::new(); net.crews.len()],
            classes: vec![u32::MAX; net.audiences.len()],
            arrivals: vec![ArrivalState::default(); net.arrivals.len()],
            parts: net
                .parts
                .iter()
                .map(|row| PartState::stocked(row.spec.stock))
                .collect(),
            busy: vec![0; net.benches],
            hands: Vec::new(),
            free_hand: NO_HAND,
            registers: vec![0; net.registers],
            instances: Vec::new(),
            calls_made: 0,
            free_calls: Vec::new(),
            phases: Vec::new(),
            log: Vec::new(),
            asked_rows: Vec::new(),
            log_first: 0,
            forget_calls_from: CALLS_KEPT,
            calendar: Calendar::with_slots(0),
            alarms: Vec::new(),
            free_alarms: Vec::new(),
            events: 0,
        }
    }

    /// Becomes a copy of `image`, on the memory that it has.
    pub(crate) fn begin_as(&mut self, image: &Self) {
        let Self {
            now,
            values,
            sums,
            loads,
            records,
            draws,
            trials,
            units,
            clocks,
            ages,
            profiles,
            common_causes,
            starters,
            selectors,
            buffers,
            balances,
            meshes,
            breakers,
            consumers,
            works,
            shorts,
            queues,
            classes,
            arrivals,
            parts,
            busy,
            hands,
            free_hand,
            registers,
            instances,
            calls_made,
            free_calls,
            phases,
            log,
            asked_rows,
            log_first,
            forget_calls_from,
            calendar,
            alarms,
            free_alarms,
            events,
        } = image;
        self.now = *now;
        self.values.clone_from(values);
        self.sums.clone_from(sums);
        self.loads.clone_from(loads);
        self.records.clone_from(records);
        self.draws.clone_from(draws);
        self.trials.clone_from(trials);
        self.units.clone_from(units);
        self.clocks.clone_from(clocks);
        self.ages.clone_from(ages);
        self.profiles.clone_from(profiles);
        self.common_causes.clone_from(common_causes);
        self.starters.clone_from(starters);
        self.selectors.clone_from(selectors);
        self.buffers.clone_from(buffers);
        self.balances.clone_from(balances);
        self.meshes.clone_from(meshes);
        self.breakers.clone_from(breakers);
        self.consumers.clone_from(consumers);
        for (work, image) in self.works.iter_mut().zip(works) {
            work.begin_as(image);
        }
        self.shorts.clone_from(shorts);
        self.queues.clone_from(queues);
        self.classes.clone_from(classes);
        self.arrivals.clone_from(arrivals);
        self.parts.clone_from(parts);
        self.busy.clone_from(busy);
        self.hands.clone_from(hands);
        self.free_hand = *free_hand;
        self.registers.clone_from(registers);
        self.instances.clone_from(instances);
        self.calls_made = *calls_made;
        self.free_calls.clone_from(free_calls);
        self.phases.clone_from(phases);
        self.log.clone_from(log);
        self.asked_rows.clone_from(asked_rows);
        self.log_first = *log_first;
        self.forget_calls_from = *forget_calls_from;
        self.calendar.clone_from(calendar);
        self.alarms.clone_from(alarms);
        self.free_alarms.clone_from(free_alarms);
        self.events = *events;
    }

    /// The calls for work of the replication that ran last, in the order in which they were made (some of them, in no order, if calls were
    /// not to be kept).
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// The course of those calls, in the order of time (empty if they were not to be kept).
    pub fn phases(&self) -> &[PhaseRow] {
        &self.phases
    }

    /// The why-log of the replication that ran last (empty if causes were not asked for).
    pub fn records(&self) -> &[Record] {
        &self.log
    }

    /// What consumers of balances asked for, whenever it changed, in the order of time (empty if causes were not asked for).
    pub fn asked(&self) -> &[AskedRow] {
        &self.asked_rows
    }

    /// An entry of the why-log; `None` if it has been forgotten, or is none.
    pub fn record(&self, record: RecordId) -> Option<&Record> {
        let place = record.index().checked_sub(self.log_first as usize)?;
        self.log.get(place)
    }

    /// Forgets what has happened so far, as [`super::Observe::forgets`] says.
    pub(crate) fn forget(&mut self) {
        self.log_first += u32::try_from(self.log.len()).expect("fewer than 2^32 entries");
        self.log.clear();
        self.asked_rows.clear();
        if self.instances.len() < self.forget_calls_from {
            return;
        }
        if self.instances.iter().all(|call| call.outcome.is_some()) {
            self.instances.clear();
            self.free_calls.clear();
            self.phases.clear();
            self.forget_calls_from = CALLS_KEPT;
        } else {
            // Looked at again when there are twice as many, so that looking costs no more than calling.
            self.forget_calls_from = 2 * self.instances.len();
        }
    }

    /// How many events the replication that ran last had.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The value on which a node has settled last.
    pub fn value(&self, node: NodeId) -> i64 {
        self.values[node.index()]
    }
}
