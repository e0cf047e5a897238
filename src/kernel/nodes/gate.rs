//! **Gate**: the weights of its true inputs reach a threshold. The sum is kept by the edges.

use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::settle::Engine;

impl Engine<'_> {
    pub(crate) fn look_at_gate(&mut self, node: NodeId, why: RecordId) {
        let value = i64::from(self.state.sums[node.index()] >= self.net.gates[self.net.slot(node)]);
        if value != self.value(node) {
            let record = self.follow(why, node);
            self.set_value(node, value, record);
        }
    }
}
