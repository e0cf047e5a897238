//! placeholder
/// The settled network, as agents and observers see it.
pub struct View<'a> { values: &'a [i64], at: u64 }
impl View<'_> {
    /// The value of a node.
    pub fn value(&self, node: super::NodeId) -> i64 { self.values[node.index()] }
    /// The time, in microseconds.
    pub fn now(&self) -> u64 { self.at }
}
