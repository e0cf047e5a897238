//! The closed set of what may be done to a network from outside.

use super::ids::NodeId;
use super::spec::Reason;

/// What hazards, timelines, procedures and finished work do. A promotion is a [`Action::Start`], a fence is a
/// [`Action::Hold`], a profile step is a [`Action::SetAmount`] or, of what is asked for, a [`Action::Surge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A unit or starter fails; `items` of a counted one (`i64::MAX`: all). A selector stays where it is until repaired.
    Break {
        /// What fails.
        node: NodeId,
        /// How many items fail.
        items: i64,
    },
    /// A unit or starter is lost for good: no repair brings it back.
    Destroy {
        /// What is lost.
        node: NodeId,
    },
    /// A failed unit or starter is made sound (a starter then has to start), a failed selector moves again; of a balance or a part of it the
    /// same as [`Action::Close`].
    Repair {
        /// What is repaired.
        node: NodeId,
    },
    /// Somebody looks at a unit: a failure that was hidden is known.
    Inspect {
        /// The unit.
        node: NodeId,
    },
    /// A reason keeps a unit or a starter from being used.
    Hold {
        /// The unit or starter.
        node: NodeId,
        /// The reason, one of a set.
        reason: Reason,
    },
    /// A reason is gone; the unit or starter is free when none is left.
    Lift {
        /// The unit or starter.
        node: NodeId,
        /// The reason.
        reason: Reason,
    },
    /// `items` of a starter come on (`i64::MAX`: all that can) if their requirements hold; start requirements are looked at, too.
    Start {
        /// The starter.
        node: NodeId,
        /// How many items.
        items: i64,
    },
    /// A starter is switched off in an orderly way, and stays off until started.
    Stop {
        /// The starter.
        node: NodeId,
    },
    /// What keeps a thing from being used, or from starting, is passed over: a starter starts as by [`Action::Start`] without its start
    /// requirements; a unit is used in spite of the holds that are named, until they are lifted, or put on it again.
    Force {
        /// The unit or starter.
        node: NodeId,
        /// What is passed over.
        passes: Passes,
    },
    /// The base rate of a buffer becomes this, in units of its level per microsecond.
    SetRate {
        /// The buffer.
        node: NodeId,
        /// The new base rate.
        rate: i64,
    },
    /// A buffer is filled or emptied to this level (cut to its bounds).
    SetLevel {
        /// The buffer.
        node: NodeId,
        /// The new level, as parts per million of the ceiling.
        ppm: i64,
    },
    /// The amount that a sound, free unit gives becomes this.
    SetAmount {
        /// The unit.
        node: NodeId,
        /// The new amount (at least 0).
        amount: i64,
    },
    /// A selector is told to take this source.
    Transfer {
        /// The selector.
        node: NodeId,
        /// The ordinal of the source among its sources.
        source: u32,
    },
    /// A balance, the consumer with this output, or the source with this gauge, is opened by hand: nothing goes through until it is closed.
    Open {
        /// The balance, the output of a consumer, or the gauge of a source.
        node: NodeId,
    },
    /// What has opened, or was shed, is closed again. Closing a balance closes all that it opened or shed by itself, and ends its
    /// collapse; each as far as it does not open, shed or collapse anew.
    Close {
        /// The balance, the output of a consumer, or the gauge of a source.
        node: NodeId,
    },
    /// What a consumer of a balance asks for is multiplied from now on (by full: no longer).
    Surge {
        /// The output of the consumer.
        node: NodeId,
        /// The factor, in parts per million.
        ppm: i64,
    },
}

/// What somebody passes over who forces a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passes {
    /// The holds of a unit: a bit per reason, as [`Passes::holds`] sets them.
    pub(crate) holds: u64,
    /// Whether start requirements are passed over.
    pub(crate) start_requirements: bool,
    /// The chance that the thing is destroyed by it instead, in parts per million.
    pub(crate) destroys_ppm: i64,
}

impl Passes {
    /// Start requirements.
    pub fn start_requirements() -> Self {
        Self {
            holds: 0,
            start_requirements: true,
            destroys_ppm: 0,
        }
    }

    /// Holds for these reasons.
    pub fn holds(reasons: &[Reason]) -> Self {
        Self {
            holds: reasons.iter().fold(0, |set, reason| set | 1 << reason.0),
            start_requirements: false,
            destroys_ppm: 0,
        }
    }

    /// What these pass over as well, at the greater of the two risks.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            holds: self.holds | other.holds,
            start_requirements: self.start_requirements || other.start_requirements,
            destroys_ppm: self.destroys_ppm.max(other.destroys_ppm),
        }
    }

    /// With this chance, in parts per million, the thing is destroyed instead. The time that it takes and the errors that it is open to
    /// are those of the work of which it is the effect.
    #[must_use]
    pub fn at_risk(self, destroys_ppm: i64) -> Self {
        Self { destroys_ppm, ..self }
    }
}

impl Action {
    /// The node that is acted upon.
    pub fn node(self) -> NodeId {
        match self {
            Self::Break { node, .. }
            | Self::Destroy { node }
            | Self::Repair { node }
            | Self::Inspect { node }
            | Self::Hold { node, .. }
            | Self::Lift { node, .. }
            | Self::Start { node, .. }
            | Self::Stop { node }
            | Self::Force { node, .. }
            | Self::SetRate { node, .. }
            | Self::SetLevel { node, .. }
            | Self::SetAmount { node, .. }
            | Self::Transfer { node, .. }
            | Self::Open { node }
            | Self::Close { node }
            | Self::Surge { node, .. } => node,
        }
    }
}
