//! What a balance is told when it is declared: its policy, what its consumers ask for, what it shows.

use crate::kernel::ids::NodeId;
use crate::kernel::reading::Reading;

/// What a balance does when its supply is short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Every consumer gets the same share of what it asks for; integer remainders go by priority, then by the order of names.
    /// More supply never grants anybody less, but for the one unit of a remainder that may now go to another.
    Proportional,
    /// The best priority (smallest number) is served first, each consumer in full or with what is left. More supply never grants anybody
    /// less.
    Priority,
    /// All or nothing per consumer, the best priority first; one that does not fit is passed over for a later one that does. More supply
    /// may therefore grant a later one less: the one before it now fits.
    ///
    /// What was shed stays off until it is back as `back` says: after a delay, and then as soon as it fits beside all that is on (nobody
    /// is shed to make place for it). [`Back::After`] no time at all is no latch: whatever fits is on, at every moment.
    Shed {
        /// How what was shed comes back.
        back: Back,
    },
    /// An overload is borne for a while: until then everybody gets what he asks for. Then the balance opens. All or nothing: without any
    /// supply nobody gets anything, and nothing opens.
    Trip {
        /// How long an overload is borne.
        bears: Bears,
        /// What opens.
        opens: Opens,
        /// How what has opened comes back: what is on must fit then.
        back: Back,
    },
    /// Too much demand breeds more of it. Once what is asked for is above a mark, every request is made `factor_ppm` times (tried again,
    /// or not found where it used to be found), until all that is then offered is at or below a lower mark: the balance has collapsed.
    /// Supply is shared in proportion to what is offered, and what is offered in vain takes its share, so that a collapsed balance grants
    /// its consumers less than its supply.
    Collapse {
        /// What a collapse makes of one, in parts per million (at least full).
        factor_ppm: i64,
        /// It collapses when what is asked for is above this share of the supply, in parts per million.
        above_ppm: i64,
        /// It recovers, a microsecond later, when what is offered is at or below this share of the supply, in parts per million
        /// (at most `above_ppm`).
        below_ppm: i64,
    },
}

impl Policy {
    /// All or nothing per consumer, without a latch: at every moment, by priority, whatever fits.
    pub fn shed() -> Self {
        Self::Shed { back: Back::After(0) }
    }

    /// Whether it only shares, at every moment anew, and remembers nothing.
    pub(crate) fn only_shares(&self) -> bool {
        matches!(
            self,
            Self::Proportional | Self::Priority | Self::Shed { back: Back::After(0) }
        )
    }

    /// The whole balance opens after so many microseconds of overload, until closed by work or by an action.
    pub fn trip_after(us: u64) -> Self {
        Self::Trip {
            bears: Bears::For(us),
            opens: Opens::Whole,
            back: Back::ByWork,
        }
    }
}

/// How what has been shed or has opened comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// After so many microseconds, and then once it fits; a microsecond later than that at the earliest.
    After(u64),
    /// Only by [`Action::Close`](crate::kernel::Action::Close) or [`Action::Repair`](crate::kernel::Action::Repair).
    ByWork,
}

/// What opens when an overload is borne no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// All of the balance at once.
    Whole,
    /// One source at a time: it supplies no longer, so that the others bear more and may be next, a microsecond later at the earliest.
    /// All sources are loaded in proportion to what they give; each has a memory of its own of what it has borne. Of several whose time
    /// has come the first in the order of settling opens.
    Sources,
}

/// How long an overload is borne.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bears {
    /// For so many microseconds without a break, however large it is; 0: not at all, it opens in the same instant.
    For(u64),
    /// The larger the shorter: heat gathers, and what it bears is spent when that is full.
    Heat {
        /// (load as a share of the supply in parts per million, microseconds for which it is borne from cold), in rising order of load;
        /// straight between points. A load below the first point is borne for ever, one beyond the last as long as that. 0 microseconds:
        /// it opens in the same instant.
        table: Vec<(i64, u64)>,
        /// How long full heat takes to go, in microseconds (at least 1), while the load is below the first point.
        cools_us: u64,
    },
}

/// What a consumer of a balance asks for. More may be added state by state: [`Builder::asks_also`](crate::kernel::Builder::asks_also).
#[derive(Clone, Copy, Debug)]
pub enum Demand {
    /// This amount while the condition reads true (always, if none).
    Fixed {
        /// The amount asked for (at least 0).
        amount: i64,
        /// The state that must hold for it to be asked for at all.
        when: Option<(NodeId, Reading)>,
    },
    /// The load that has gathered at this node; see [`Builder::draw`](crate::kernel::Builder::draw).
    Load(NodeId),
}

impl Demand {
    /// The state that must hold for anything to be asked for.
    pub(crate) fn state(&self) -> Option<(NodeId, Reading)> {
        match *self {
            Self::Fixed { when, .. } => when,
            Self::Load(_) => None,
        }
    }
}

/// What a balance shows of itself besides grants; see [`Builder::gauge`](crate::kernel::Builder::gauge).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// 1 while it is closed and any source that has not opened gives something: a bus that is live. Loads that move with it are safe from
    /// flapping, because it does not depend on what is asked for until something opens.
    Live,
    /// What is asked for in all, by those who are shed or opened as well.
    Asked,
    /// What is asked for and not granted.
    Shortfall,
    /// What is supplied and not used.
    Surplus,
    /// A state: how many of its breakers are open, the balance itself and its sources.
    Open,
    /// A state: 1 while the source of this ordinal (as declared) is open. It may be opened and closed by actions on this node.
    Source(u32),
    /// A state: how many consumers are shed or opened.
    Shed,
    /// A state: 1 while it is collapsed.
    Collapsed,
    /// 1 while the consumer of this ordinal (as declared) gets all that it asks for from a live balance; for one that asks for nothing
    /// now, whether it would be served at all. Made by [`Builder::served`](crate::kernel::Builder::served).
    Served(u32),
}

impl Gauge {
    /// Whether a demand may depend on it: a state, and not what is served in the instant.
    pub(crate) fn is_state(self) -> bool {
        matches!(self, Self::Open | Self::Source(_) | Self::Shed | Self::Collapsed)
    }
}
