//! The network as the engine runs it.

/// The closed set of kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// Sound, failed or destroyed; free or held.
    Unit,
    /// The weights of its true inputs reach a threshold.
    Gate,
    /// Points joined by connections that are closed or open.
    Mesh,
    /// A store with a net rate.
    Buffer,
    /// Off, starting, on, stopping, failed.
    Starter,
    /// Takes the first live source by preference.
    Selector,
    /// Supply against demand.
    Balance,
    /// Combines levels.
    Level,
    /// A further output of a node that has several, written by its owner.
    Output,
}
/// placeholder
pub struct Netlist;
