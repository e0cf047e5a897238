//! The memory that a worker keeps from one replication to the next.

use super::agent::{Order, Wake};
use super::dirty::Dirty;
use super::ids::{AgentId, CrewId, InstanceId, NodeId, RecordId, WorkId};
use super::netlist::Netlist;
use super::nodes::MeshScratch;
use super::observe::Transition;
use super::state::State;
use super::timers::Timers;
use super::work::{Line, Turn};

/// Memory that a worker reuses: nothing in it outlives an instant, but for the image of a settled beginning.
pub struct Scratch {
    pub(crate) timers: Timers,
    pub(crate) dirty: Dirty,
    pub(crate) why: Vec<RecordId>,
    pub(crate) touched: Vec<(NodeId, i64)>,
    pub(crate) is_touched: Vec<bool>,
    pub(crate) batch: Vec<Transition>,
    pub(crate) wakes: Vec<(AgentId, Wake, RecordId)>,
    pub(crate) orders: Vec<(AgentId, RecordId, Order)>,
    /// The orders and the registers of one agent.
    pub(crate) list: Vec<Order>,
    pub(crate) registers: Vec<i64>,
    pub(crate) works: Vec<WorkId>,
    /// Short works whose condition may have changed.
    pub(crate) shorts: Vec<u32>,
    pub(crate) is_listed: Vec<bool>,
    /// Works of which something has changed since the last look, so that a call of theirs may be possible now.
    pub(crate) fresh: Vec<WorkId>,
    pub(crate) asked: Vec<i64>,
    pub(crate) grants: Vec<i64>,
    pub(crate) mesh: MeshScratch,
    /// Per group: the places whose inputs have changed since it settled, and whether for the better.
    pub(crate) pending: Vec<Vec<(u32, bool)>>,
    pub(crate) descent: super::nodes::Descent,
    /// Works that wait, the next one whose turn it is at the end.
    pub(crate) candidates: Vec<Turn>,
    /// Running calls that may be preempted, the first to go at the front.
    pub(crate) victims: Vec<(Turn, u64, InstanceId)>,
    /// Crews whose heads are kept for a call that cannot be staffed yet.
    pub(crate) barred: Vec<CrewId>,
    /// Crews of which heads have become free.
    pub(crate) freed: Vec<CrewId>,
    /// The lines for heads that are looked at in a pass.
    pub(crate) lines: Vec<Line>,
    /// The audiences whose priority may have changed.
    pub(crate) stale: Vec<u32>,
    pub(crate) is_stale: Vec<bool>,
    /// Calls that have waited for as long as they may.
    pub(crate) overdue: Vec<InstanceId>,
    /// Crews that have become smaller.
    pub(crate) left_by: Vec<CrewId>,
    /// The state after the first settling, before any draw.
    pub(crate) image: Option<State>,
    /// The works and the short works that are reviewed then.
    pub(crate) first_works: Vec<WorkId>,
    pub(crate) first_shorts: Vec<u32>,
}

impl Scratch {
    /// Scratch memory for `net`, and for no other network.
    pub fn new(net: &Netlist) -> Self {
        Self {
            timers: Timers::new(net),
            dirty: Dirty::with_places(net.len()),
            why: vec![RecordId::NONE; net.len()],
            touched: Vec::new(),
            is_touched: vec![false; net.len()],
            batch: Vec::new(),
            wakes: Vec::new(),
            orders: Vec::new(),
            list: Vec::new(),
            registers: Vec::new(),
            works: Vec::new(),
            shorts: Vec::new(),
            is_listed: vec![false; net.works.len()],
            fresh: Vec::new(),
            asked: Vec::new(),
            grants: Vec::new(),
            mesh: MeshScratch::default(),
            pending: vec![Vec::new(); net.group_rows.len()],
            descent: super::nodes::Descent::for_members(
                net.group_rows
                    .iter()
                    .map(|group| group.members.len())
                    .max()
                    .unwrap_or(0),
            ),
            candidates: Vec::new(),
            victims: Vec::new(),
            barred: Vec::new(),
            freed: Vec::new(),
            lines: Vec::new(),
            stale: Vec::new(),
            is_stale: vec![false; net.audiences.len()],
            overdue: Vec::new(),
            left_by: Vec::new(),
            image: None,
            first_works: Vec::new(),
            first_shorts: Vec::new(),
        }
    }
}
