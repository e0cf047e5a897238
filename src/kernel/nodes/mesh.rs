//! **Mesh**: points joined by connections that are closed or open; a point is live when a closed path leads to a live source.

use crate::kernel::builder::Role;
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;

impl Engine<'_> {
    pub(crate) fn look_at_mesh(&mut self, node: NodeId, why: RecordId) {
        let net = self.net;
        let row = &net.meshes[net.slot(node)];
        // The root of each point's island, by union of what closed connections join.
        let roots = &mut self.scratch.marks;
        roots.clear();
        roots.extend(0..u32::try_from(row.points.len()).expect("few points"));
        let mut live = vec![false; row.points.len()];
        let reads = |from: NodeId, reading: crate::kernel::Reading| reading.read(self.state.values[from.index()]) != 0;
        for input in net.inputs(node) {
            if input.role == Role::Closed && reads(input.from, input.reading) {
                let (a, b) = row.connections[usize::try_from(input.weight).expect("an ordinal")];
                let (a, b) = (root(roots, a), root(roots, b));
                roots[a.max(b) as usize] = a.min(b);
            }
        }
        for input in net.inputs(node) {
            if input.role == Role::Source && reads(input.from, input.reading) {
                let point = u32::try_from(input.weight).expect("an ordinal");
                live[root(roots, point) as usize] = true;
            }
        }
        let values: Vec<i64> = (0..row.points.len())
            .map(|point| i64::from(live[root(roots, u32::try_from(point).expect("few points")) as usize]))
            .collect();
        let record = self.follow(why, node);
        for (&point, &value) in row.points.iter().zip(&values) {
            self.set_value(point, value, record);
        }
        self.set_value(node, values.iter().sum(), record);
    }
}

fn root(roots: &mut [u32], mut point: u32) -> u32 {
    while roots[point as usize] != point {
        roots[point as usize] = roots[roots[point as usize] as usize];
        point = roots[point as usize];
    }
    point
}
