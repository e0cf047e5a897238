//! **Mesh**: points joined by connections that are closed or open; a point is live when a closed path leads to a live source (the least
//! fixed point: what is joined but reaches no source is dead). Each island has its own supply and demand.
//!
//! Only the inputs whose reading has changed are looked at, and only the islands that they touch; when very many have changed, all islands
//! are found anew. What is shown is the same either way.

use std::collections::BTreeMap;

use super::islands::{Islands, Search, Wiring, root, unite};
use crate::kernel::builder::{Input, Role};
use crate::kernel::declare_mesh::{DeclaredMesh, Share};
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::{Netlist, Rows};
use crate::kernel::settle::Engine;
use crate::kernel::spec::{Demand, Policy};

/// A mesh as the engine runs it.
#[derive(Debug)]
pub(crate) struct MeshRow {
    /// The node that shows whether each point is live.
    pub points: Vec<NodeId>,
    /// What each point weighs in the size of its island.
    weights: Vec<i64>,
    wiring: Wiring,
    /// The point of each source, and what a unit of its reading supplies.
    sources: Vec<(u32, i64)>,
    /// The input that closes each connection.
    closers: Vec<u32>,
    /// By point: the input and the weight of its sources.
    sources_at: Rows<(u32, i64)>,
    /// By point: the node that shows what its island weighs.
    islands: BTreeMap<u32, NodeId>,
    policy: Policy,
    /// In the order in which they are served.
    pub shares: Vec<Share>,
    /// By point: places in `shares`.
    shares_at: Rows<u32>,
    asks_for_load: bool,
}

impl MeshRow {
    pub fn new(declared: DeclaredMesh, inputs: &[Input], names: &[String]) -> Self {
        let mut shares = declared.shares;
        shares.sort_by(|a, b| {
            (a.priority, &names[a.output.index()]).cmp(&(b.priority, &names[b.output.index()]))
        });
        let numbered = |role: Role| (0u32..).zip(inputs).filter(move |(_, input)| input.role == role);
        // A connection is declared together with its input, so that they stand in the same order.
        let closers = numbered(Role::Closed).map(|(number, _)| number).collect();
        let sources_at = numbered(Role::Source)
            .map(|(number, input)| {
                let (point, weight) = declared.sources[ordinal(input)];
                (point as usize, (number, weight))
            })
            .collect();
        let shares_at = (0u32..)
            .zip(&shares)
            .map(|(place, share)| (share.point as usize, place));
        let points = declared.points.len();
        Self {
            closers,
            points: declared.points,
            weights: declared.weights,
            wiring: Wiring::new(points, declared.connections),
            sources: declared.sources,
            sources_at: Rows::gather(points, sources_at),
            islands: declared.islands,
            policy: declared.policy,
            shares_at: Rows::gather(points, shares_at.collect()),
            asks_for_load: shares.iter().any(|share| matches!(share.demand, Demand::Load(_))),
            shares,
        }
    }

    /// Whether a node shows what a point of this mesh is granted.
    pub fn is_share(&self, output: NodeId) -> bool {
        self.shares.iter().any(|share| share.output == output)
    }
}

/// The number that an input of a mesh gives: of a connection, a source, a point or a share.
fn ordinal(input: &Input) -> usize {
    usize::try_from(input.weight).expect("an ordinal")
}

/// The changing side of a mesh: its inputs as they were last taken into account, and what followed from them.
#[derive(Clone, Debug, Default)]
pub(crate) struct MeshState {
    /// What each input read; empty before the first look.
    seen: Vec<i64>,
    /// Inputs that may read otherwise now.
    pending: Vec<u32>,
    /// How many conditions each point lacks to stand.
    missing: Vec<u32>,
    /// Whether each connection joins its ends: it is closed, and both stand.
    joined: Vec<bool>,
    /// What each share asked for.
    asked: Vec<i64>,
    islands: Islands,
    /// Whether what the points ask for may have changed.
    asks_anew: bool,
    /// A rise that was put off to the next microsecond.
    put_off: bool,
}

impl MeshState {
    /// Whether a rise was put off to the next microsecond.
    pub fn is_put_off(&self) -> bool {
        self.put_off
    }
}

/// Scratch memory of a look at a mesh.
#[derive(Debug, Default)]
pub(crate) struct MeshScratch {
    search: Search,
    changed: Vec<u32>,
    places: Vec<u32>,
    asked: Vec<i64>,
    granted: Vec<i64>,
}

/// What a demand comes to when the nodes it reads have these values; `None` for a load that is not known.
fn demanded(
    demand: Demand,
    value: impl Fn(NodeId) -> i64,
    load: impl Fn(NodeId) -> Option<i64>,
) -> Option<i64> {
    match demand {
        Demand::Fixed { amount, when } => {
            let asks = when.is_none_or(|(from, reading)| reading.read(value(from)) != 0);
            Some(if asks { amount } else { 0 })
        }
        Demand::Load(node) => load(node).map(|load| load.max(0)),
    }
}

/// The root of each point's island when the nodes that the mesh reads have these values, and whether each point stands.
fn roots_if(net: &Netlist, mesh: NodeId, value: &dyn Fn(NodeId) -> i64) -> (Vec<u32>, Vec<bool>) {
    let row = &net.meshes[net.slot(mesh)];
    let holds = |input: &Input| input.reading.read(value(input.from)) != 0;
    let mut stands = vec![true; row.points.len()];
    for input in net.inputs(mesh).iter().filter(|input| input.role == Role::Stands) {
        stands[ordinal(input)] &= holds(input);
    }
    let mut roots: Vec<u32> = (0u32..).take(row.points.len()).collect();
    for input in net.inputs(mesh).iter().filter(|input| input.role == Role::Closed) {
        let (a, b) = row.wiring.connections[ordinal(input)];
        if holds(input) && stands[a as usize] && stands[b as usize] {
            unite(&mut roots, a, b);
        }
    }
    let count = u32::try_from(roots.len()).expect("fewer than 2^32 points");
    for point in 0..count {
        roots[point as usize] = root(&mut roots, point);
    }
    (roots, stands)
}

/// Whether each point of a mesh is live when the nodes it reads have these values.
pub(crate) fn live_points(net: &Netlist, mesh: NodeId, value: &dyn Fn(NodeId) -> i64) -> Vec<bool> {
    let row = &net.meshes[net.slot(mesh)];
    let (roots, stands) = roots_if(net, mesh, value);
    let mut fed = vec![false; row.points.len()];
    for input in net.inputs(mesh).iter().filter(|input| input.role == Role::Source) {
        let (point, _) = row.sources[ordinal(input)];
        fed[roots[point as usize] as usize] |= input.reading.read(value(input.from)) != 0;
    }
    roots
        .iter()
        .zip(&stands)
        .map(|(&root, &stands)| stands && fed[root as usize])
        .collect()
}

/// What a node of a mesh would show if the nodes that the mesh reads had these values; `None` where a load decides.
pub(crate) fn mesh_value(
    net: &Netlist,
    mesh: NodeId,
    output: NodeId,
    value: &dyn Fn(NodeId) -> i64,
) -> Option<i64> {
    let row = &net.meshes[net.slot(mesh)];
    if output == mesh {
        let live = live_points(net, mesh, value);
        return Some(live.into_iter().map(i64::from).sum());
    }
    if let Ok(point) = row.points.binary_search(&output) {
        return Some(i64::from(live_points(net, mesh, value)[point]));
    }
    let (roots, stands) = roots_if(net, mesh, value);
    if let Some((&point, _)) = row.islands.iter().find(|&(_, &node)| node == output) {
        let island = roots[point as usize];
        let members = roots.iter().zip(&stands).zip(&row.weights);
        let weight = members.filter(|((root, stands), _)| **root == island && **stands);
        let weight: i64 = weight.map(|(_, weight)| weight).sum();
        return Some(if stands[point as usize] { weight } else { 0 });
    }
    let wanted = row.shares.iter().find(|share| share.output == output)?;
    if !stands[wanted.point as usize] {
        return Some(0);
    }
    let island = roots[wanted.point as usize];
    let mut supply = 0i64;
    for input in net.inputs(mesh).iter().filter(|input| input.role == Role::Source) {
        let (point, weight) = row.sources[ordinal(input)];
        if roots[point as usize] == island {
            supply = supply.saturating_add(weight.saturating_mul(input.reading.read(value(input.from))));
        }
    }
    let (mut asked, mut granted, mut place) = (Vec::new(), Vec::new(), 0);
    for share in row
        .shares
        .iter()
        .filter(|share| roots[share.point as usize] == island)
    {
        if share.output == output {
            place = asked.len();
        }
        // A load is no input: it is not known for another moment.
        asked.push(demanded(share.demand, value, |_| None)?);
    }
    super::grants(&row.policy, supply, &asked, &mut granted);
    Some(granted[place])
}

/// From this share of a mesh on, finding all islands anew is cheaper than opening one connection after the other.
const MANY: usize = 16;

impl Engine<'_> {
    /// A node that a mesh reads has changed.
    pub(crate) fn note_mesh_input(&mut self, mesh: NodeId, input: u32, from: i64, to: i64, record: RecordId) {
        let reading = self.net.inputs(mesh)[input as usize].reading;
        if reading.read(from) != reading.read(to) {
            self.state.meshes[self.net.slot(mesh)].pending.push(input);
            self.mark(mesh, record);
        }
    }

    pub(crate) fn look_at_mesh(&mut self, node: NodeId, why: RecordId) {
        let slot = self.net.slot(node);
        let mut state = std::mem::take(&mut self.state.meshes[slot]);
        let mut scratch = std::mem::take(&mut self.scratch.mesh);
        if state.seen.is_empty() && !self.net.meshes[slot].points.is_empty() {
            self.begin_mesh(node, &mut state);
        } else {
            self.take_inputs(node, &mut state, &mut scratch);
        }
        self.take_demands(node, &mut state);
        self.show_mesh(node, &mut state, &mut scratch, why);
        // What was noted meanwhile, by what reads this mesh and is read by it one round later.
        state.pending.append(&mut self.state.meshes[slot].pending);
        self.state.meshes[slot] = state;
        self.scratch.mesh = scratch;
    }

    fn read(&self, input: &Input) -> i64 {
        input.reading.read(self.value(input.from))
    }

    /// The first look: everything is found.
    fn begin_mesh(&mut self, node: NodeId, state: &mut MeshState) {
        let row = &self.net.meshes[self.net.slot(node)];
        let inputs = self.net.inputs(node);
        let points = row.points.len();
        state.pending.clear();
        state.asks_anew = true;
        state.seen = inputs.iter().map(|input| self.read(input)).collect();
        state.missing = vec![0; points];
        state.joined = vec![false; row.wiring.connections.len()];
        state.asked = vec![0; row.shares.len()];
        state.islands = Islands::apart(points, !row.islands.is_empty() || !row.shares.is_empty());
        for (input, &seen) in inputs.iter().zip(&state.seen) {
            match input.role {
                Role::Closed => state.joined[ordinal(input)] = seen != 0,
                Role::Stands => state.missing[ordinal(input)] += u32::from(seen == 0),
                Role::Source if seen != 0 => state.islands.feed(row.sources[ordinal(input)].0, true),
                _ => {}
            }
        }
        for (joined, &(a, b)) in state.joined.iter_mut().zip(&row.wiring.connections) {
            *joined &= state.missing[a as usize] == 0 && state.missing[b as usize] == 0;
        }
        for (point, &weight) in (0u32..).zip(&row.weights) {
            let stands = state.missing[point as usize] == 0;
            state.islands.weigh(point, if stands { weight } else { 0 });
        }
        state.islands.rebuild(&row.wiring, &state.joined);
    }

    /// Takes the inputs that have changed into account.
    fn take_inputs(&mut self, node: NodeId, state: &mut MeshState, scratch: &mut MeshScratch) {
        let row = &self.net.meshes[self.net.slot(node)];
        let inputs = self.net.inputs(node);
        let mut closed = std::mem::take(&mut scratch.changed);
        closed.clear();
        for place in 0..state.pending.len() {
            let number = state.pending[place] as usize;
            let input = &inputs[number];
            let now = self.read(input);
            let before = std::mem::replace(&mut state.seen[number], now);
            if now == before {
                continue;
            }
            match input.role {
                Role::Source => {
                    let (point, _) = row.sources[ordinal(input)];
                    if (now != 0) != (before != 0) {
                        state.islands.feed(point, now != 0);
                    }
                    if !row.shares.is_empty() {
                        state.islands.mark(state.islands.of(point));
                    }
                }
                Role::Stands => {
                    let point = u32::try_from(ordinal(input)).expect("a point");
                    let missing = &mut state.missing[point as usize];
                    let before = *missing;
                    *missing = if now == 0 { before + 1 } else { before - 1 };
                    if (before == 0) != (*missing == 0) {
                        let stands = *missing == 0;
                        let weight = if stands { row.weights[point as usize] } else { 0 };
                        state.islands.weigh(point, weight);
                        closed.extend(
                            row.wiring
                                .neighbours
                                .of(point as usize)
                                .iter()
                                .map(|&(_, number)| number),
                        );
                    }
                }
                Role::Closed => closed.push(u32::try_from(ordinal(input)).expect("a connection")),
                Role::Ask => state.asks_anew = true,
                _ => {}
            }
        }
        state.pending.clear();
        self.rejoin(node, state, &closed, &mut scratch.search);
        scratch.changed = closed;
    }

    /// Opens and closes connections as their inputs and their ends now say.
    fn rejoin(&mut self, node: NodeId, state: &mut MeshState, changed: &[u32], search: &mut Search) {
        if changed.is_empty() {
            return;
        }
        let row = &self.net.meshes[self.net.slot(node)];
        let wiring = &row.wiring;
        let joins = |state: &MeshState, connection: u32| {
            let (a, b) = wiring.connections[connection as usize];
            let closed = state.seen[row.closers[connection as usize] as usize] != 0;
            closed && state.missing[a as usize] == 0 && state.missing[b as usize] == 0
        };
        if changed.len() * MANY >= wiring.connections.len() + row.points.len() {
            for &connection in changed {
                state.joined[connection as usize] = joins(state, connection);
            }
            state.islands.rebuild(wiring, &state.joined);
            return;
        }
        for &connection in changed {
            let joined = joins(state, connection);
            if std::mem::replace(&mut state.joined[connection as usize], joined) != joined {
                let (a, b) = wiring.connections[connection as usize];
                if joined {
                    state.islands.join(a, b);
                } else {
                    state.islands.part(a, b, wiring, &state.joined, search);
                }
            }
        }
    }

    /// Takes what the points ask for now into account.
    fn take_demands(&mut self, node: NodeId, state: &mut MeshState) {
        let row = &self.net.meshes[self.net.slot(node)];
        if !std::mem::take(&mut state.asks_anew) && !row.asks_for_load {
            return;
        }
        for (share, asked) in row.shares.iter().zip(&mut state.asked) {
            let load = |node: NodeId| Some(self.state.loads[node.index()]);
            let now = demanded(share.demand, |from| self.value(from), load).expect("loads are known");
            if std::mem::replace(asked, now) != now {
                state.islands.mark(state.islands.of(share.point));
            }
        }
    }

    /// Shows the islands that have changed.
    fn show_mesh(&mut self, node: NodeId, state: &mut MeshState, scratch: &mut MeshScratch, why: RecordId) {
        let row = &self.net.meshes[self.net.slot(node)];
        let mut live_points = self.value(node);
        let mut record = None;
        while let Some(island) = state.islands.take_due() {
            let record = *record.get_or_insert_with(|| self.follow(why, node));
            let (is_live, weight) = (state.islands.is_live(island), state.islands.weight(island));
            let start = state.islands.first(island);
            let mut point = start;
            loop {
                let stands = state.missing[point as usize] == 0;
                let output = row.points[point as usize];
                let flag = i64::from(stands && is_live);
                live_points += flag - self.value(output);
                self.set_value(output, flag, record);
                if let Some(&output) = row.islands.get(&point) {
                    self.set_value(output, if stands { weight } else { 0 }, record);
                }
                point = state.islands.next(point);
                if point == start {
                    break;
                }
            }
            if !row.shares.is_empty() {
                self.share_out(node, island, state, scratch, record);
            }
        }
        if let Some(record) = record {
            self.set_value(node, live_points, record);
        }
    }

    /// Grants what an island supplies to the points of it that ask.
    fn share_out(
        &mut self,
        node: NodeId,
        island: u32,
        state: &mut MeshState,
        scratch: &mut MeshScratch,
        record: RecordId,
    ) {
        let row = &self.net.meshes[self.net.slot(node)];
        let MeshScratch {
            places,
            asked,
            granted,
            ..
        } = scratch;
        places.clear();
        let mut supply = 0i64;
        let start = state.islands.first(island);
        let stands = state.missing[start as usize] == 0;
        let mut point = start;
        loop {
            for &(input, weight) in row.sources_at.of(point as usize) {
                supply = supply.saturating_add(weight.saturating_mul(state.seen[input as usize]));
            }
            places.extend_from_slice(row.shares_at.of(point as usize));
            point = state.islands.next(point);
            if point == start {
                break;
            }
        }
        // Their places are the order in which they are served.
        places.sort_unstable();
        asked.clear();
        asked.extend(places.iter().map(|&place| state.asked[place as usize]));
        // A point that does not stand is alone, and gets nothing.
        super::grants(&row.policy, if stands { supply } else { 0 }, asked, granted);
        for (&place, &grant) in places.iter().zip(granted.iter()) {
            let output = row.shares[place as usize].output;
            let mut grant = if stands { grant } else { 0 };
            let present = self.value(output);
            if grant > present && self.round > 1 && !self.beginning {
                // As for a balance: a later round only takes away; what is given back waits a microsecond.
                state.put_off = true;
                let at = self.after(1);
                self.set_timer(node, at);
                grant = present;
            }
            self.set_value(output, grant, record);
        }
    }

    /// The timer of a mesh has come: grants that were put off may rise now.
    pub(crate) fn mesh_timer(&mut self, node: NodeId) {
        let state = &mut self.state.meshes[self.net.slot(node)];
        if std::mem::take(&mut state.put_off) {
            for share in &self.net.meshes[self.net.slot(node)].shares {
                let island = state.islands.of(share.point);
                state.islands.mark(island);
            }
        }
        let why = self.state.records[node.index()];
        self.mark(node, why);
    }
}
