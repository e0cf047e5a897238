//! The closed set of what may be done to a network from outside.

use super::ids::NodeId;
use super::spec::Reason;

/// What hazards, timelines, procedures and finished work do. A promotion is a [`Action::Start`], a fence is a
/// [`Action::Hold`], a surge or a profile step is a [`Action::SetAmount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A unit or starter fails; `items` of a counted one (`i64::MAX`: all).
    Break {
        /// What fails.
        node: NodeId,
        /// How many items fail.
        items: i64,
    },
    /// A unit is lost for good: no repair brings it back.
    Destroy {
        /// What is lost.
        node: NodeId,
    },
    /// A failed unit or starter is made sound (a starter then has to start).
    Repair {
        /// What is repaired.
        node: NodeId,
    },
    /// Somebody looks at a unit: a failure that was hidden is known.
    Inspect {
        /// The unit.
        node: NodeId,
    },
    /// A reason keeps a unit from being used.
    Hold {
        /// The unit.
        node: NodeId,
        /// The reason, one of a set.
        reason: Reason,
    },
    /// A reason is gone; the unit is free when none is left.
    Lift {
        /// The unit.
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
    /// As [`Action::Start`], passing over start requirements.
    Force {
        /// The starter.
        node: NodeId,
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
            | Self::Force { node }
            | Self::SetRate { node, .. }
            | Self::SetLevel { node, .. }
            | Self::SetAmount { node, .. }
            | Self::Transfer { node, .. } => node,
        }
    }
}
