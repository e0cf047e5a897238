//! From where services are looked at while they are lowered, and what has been made for that.
//!
//! Where a network is described, one service may be up for one site and gone for another one. What is needed of it from a place is a node of
//! its own, made when it is first asked for.

use super::design::EntityId;
use crate::kernel::NodeId;
use std::collections::BTreeMap;

/// From where a service or store is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Viewpoint {
    /// From wherever it is: nothing lies between.
    Inside,
    /// From the internet.
    Outside,
    /// From a site.
    Site(EntityId),
}

/// What uplinks carry together.
#[derive(Clone, Copy, Debug)]
pub struct Internet {
    /// What they carry against what is asked.
    pub balance: NodeId,
    /// The share that is carried.
    pub share: NodeId,
}

/// What has been made for viewpoints.
#[derive(Debug, Default)]
pub struct Views {
    /// The level of a service or store as seen from somewhere.
    pub levels: BTreeMap<(EntityId, Viewpoint), NodeId>,
    /// Levels whose inputs are still to be joined.
    pub open: Vec<(EntityId, Viewpoint)>,
    /// What a need is worth to a service that has servers somewhere: who needs, what, and where.
    pub worths: BTreeMap<(EntityId, EntityId, Viewpoint), NodeId>,
    /// What uplinks carry together, once for each part of the design that hangs together: one of its uplinks, and that.
    pub internet: Vec<(EntityId, Internet)>,
    /// What says whether names of a zone are found from somewhere.
    pub found: BTreeMap<(EntityId, Viewpoint), NodeId>,
    /// The sites whose network is described, each with the thing of it that speaks for it; `None` before anybody asked.
    pub networked: Option<BTreeMap<EntityId, EntityId>>,
    /// By where a mesh begins and the first of those sites in its part of the design: what tells of each of them whether it is reached from there.
    pub reached: BTreeMap<(Viewpoint, EntityId), BTreeMap<EntityId, NodeId>>,
}
