//! **Mesh**: points joined by connections that are closed or open; a point is live when a closed path leads to a live source.

use crate::kernel::builder::Role;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::Netlist;
use crate::kernel::reading::Reading;
use crate::kernel::settle::Engine;

/// Whether each point of a mesh is live when the nodes it reads have these values. `roots` is scratch memory.
pub(crate) fn live_points(
    net: &Netlist,
    mesh: NodeId,
    value: impl Fn(NodeId) -> i64,
    roots: &mut Vec<u32>,
) -> Vec<bool> {
    let row = &net.meshes[net.slot(mesh)];
    let points = u32::try_from(row.points.len()).expect("few points");
    let reads = |from: NodeId, reading: Reading| reading.read(value(from)) != 0;
    // The root of each point's island, by union of what closed connections join.
    roots.clear();
    roots.extend(0..points);
    for input in net.inputs(mesh) {
        if input.role == Role::Closed && reads(input.from, input.reading) {
            let (a, b) = row.connections[usize::try_from(input.weight).expect("an ordinal")];
            let (a, b) = (root(roots, a), root(roots, b));
            roots[a.max(b) as usize] = a.min(b);
        }
    }
    let mut fed = vec![false; row.points.len()];
    for input in net.inputs(mesh) {
        if input.role == Role::Source && reads(input.from, input.reading) {
            let point = u32::try_from(input.weight).expect("an ordinal");
            fed[root(roots, point) as usize] = true;
        }
    }
    (0..points)
        .map(|point| fed[root(roots, point) as usize])
        .collect()
}

fn root(roots: &mut [u32], mut point: u32) -> u32 {
    while roots[point as usize] != point {
        roots[point as usize] = roots[roots[point as usize] as usize];
        point = roots[point as usize];
    }
    point
}

impl Engine<'_> {
    pub(crate) fn look_at_mesh(&mut self, node: NodeId, why: RecordId) {
        let net = self.net;
        let mut roots = std::mem::take(&mut self.scratch.marks);
        let live = live_points(net, node, |from| self.state.values[from.index()], &mut roots);
        self.scratch.marks = roots;
        let record = self.follow(why, node);
        for (&point, &live) in net.meshes[net.slot(node)].points.iter().zip(&live) {
            self.set_value(point, i64::from(live), record);
        }
        self.set_value(node, live.iter().map(|&live| i64::from(live)).sum(), record);
    }
}
