//! How a replication is watched.

use super::ids::{NodeId, RecordId};
use super::run::View;

/// A node that settled on another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// When, in microseconds.
    pub at: u64,
    /// The settled value before.
    pub from: i64,
    /// The settled value since.
    pub to: i64,
    /// Which node.
    pub node: NodeId,
    /// Why, in the why-log of the replication ([`RecordId::NONE`] if causes are not recorded).
    pub record: RecordId,
}

/// Something that watches a replication and changes nothing.
pub trait Observe {
    /// Whether the why-log is to be kept.
    const CAUSES: bool;

    /// Whether the calls for work and their courses are to be kept ([`State::instances`](super::State::instances),
    /// [`State::phases`](super::State::phases)). Without, the memory of a call that has ended is used again.
    const CALLS: bool = Self::CAUSES;

    /// The network has settled at `at`; `batch` is what changed, in settling order. Several settlings may share one time.
    fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>);

    /// Asked between two times: whether the past may be forgotten, because nothing will be asked about it any more. The why-log then
    /// begins anew (its entries keep their numbers, the old ones are gone), and so does the list of calls for work if all have ended.
    fn forgets(&mut self, _view: &View<'_>) -> bool {
        false
    }
}

impl Observe for () {
    const CAUSES: bool = false;

    fn settled(&mut self, _at: u64, _batch: &[Transition], _view: &View<'_>) {}
}

/// Two that watch the same replication; causes are kept if either wants them, and the past is forgotten if both let it go. The second is
/// asked first, and the first only if the second does.
impl<A: Observe, B: Observe> Observe for (A, B) {
    const CAUSES: bool = A::CAUSES || B::CAUSES;
    const CALLS: bool = A::CALLS || B::CALLS;

    fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>) {
        self.0.settled(at, batch, view);
        self.1.settled(at, batch, view);
    }

    fn forgets(&mut self, view: &View<'_>) -> bool {
        self.1.forgets(view) && self.0.forgets(view)
    }
}

/// Watches through a borrow, so that what watched can be asked afterwards.
impl<O: Observe> Observe for &mut O {
    const CAUSES: bool = O::CAUSES;
    const CALLS: bool = O::CALLS;

    fn settled(&mut self, at: u64, batch: &[Transition], view: &View<'_>) {
        (**self).settled(at, batch, view);
    }

    fn forgets(&mut self, view: &View<'_>) -> bool {
        (**self).forgets(view)
    }
}

/// Keeps every transition, with causes.
#[derive(Debug, Default)]
pub struct Trace {
    /// In the order of time, then of settling.
    pub transitions: Vec<Transition>,
}

impl Observe for Trace {
    const CAUSES: bool = true;

    fn settled(&mut self, _at: u64, batch: &[Transition], _view: &View<'_>) {
        self.transitions.extend_from_slice(batch);
    }
}
