//! What a kind of thing is: one row of a table, and what its entities must offer.

use super::design::{EntityId, Model};
use super::lowering::Lowering;
use super::references::References;
use super::written::{Ref, Tier};
use crate::diagnostics::Issues;
use crate::scenario::{Node, TreePath, read_block};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use std::any::Any;
use std::fmt::Debug;

/// The class of a loss: the sort of the first link back from what was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It was hit itself, or the servers on which it ran were.
    Direct,
    /// Its place, power or cooling was lost.
    Facility,
    /// The network was lost.
    Network,
    /// A service that it needs was lost.
    Dependency,
    /// There was too little left for all.
    Overload,
    /// A store that it needs was lost.
    Data,
    /// People made it worse.
    Human,
}

impl Class {
    /// All classes, in the order in which reports show them.
    pub const ALL: [Self; 7] = [
        Self::Direct,
        Self::Facility,
        Self::Network,
        Self::Dependency,
        Self::Overload,
        Self::Data,
        Self::Human,
    ];

    /// The stable name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Facility => "facility",
            Self::Network => "network",
            Self::Dependency => "dependency",
            Self::Overload => "overload",
            Self::Data => "data",
            Self::Human => "human",
        }
    }
}

/// A layer of what a site is built of, of which a report says when it was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stratum {
    /// Feeds, generators, switches, UPS, distribution.
    Power,
    /// What keeps rooms cool.
    Cooling,
    /// Links, routers, names.
    Network,
    /// Who notices, comes and works.
    People,
}

impl Stratum {
    /// All strata that a design can be expected to have.
    pub const ALL: [Self; 4] = [Self::Power, Self::Cooling, Self::Network, Self::People];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Cooling => "cooling",
            Self::Network => "network",
            Self::People => "people",
        }
    }

    /// Whether every site has its own.
    pub fn is_per_site(self) -> bool {
        self != Self::People
    }
}

/// Reads one block of a kind; all faults go into the issues.
pub type ReadBlock<T> = fn(&Node, &TreePath<'_>, &mut Issues) -> Option<Box<T>>;

/// A kind of thing: one row of a table of kinds.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The section of the language: `pools`.
    pub section: &'static str,
    /// One of it, in a message: `pool`.
    pub noun: &'static str,
    /// What it is and what it stands for, in some sentences.
    pub docs: &'static str,
    /// A small whole scenario that uses it.
    pub example: &'static str,
    /// Sections that may be written inside an entry of this one.
    pub nested: &'static [&'static str],
    /// Fields that hold alternatives: the library's only count as far as the author describes none, and then only the first.
    pub alternatives: &'static [&'static str],
    /// The layer of a site that it belongs to.
    pub stratum: Option<Stratum>,
    /// What the loss of something is called when this is the first link back from it.
    pub class: Class,
    /// The JSON schema of one entry.
    pub schema: fn() -> Schema,
    /// Reads one entry.
    pub read: ReadBlock<dyn Component>,
}

/// A kind of happening: one row of the table of hazards.
#[derive(Clone, Copy, Debug)]
pub struct HazardKind {
    /// The tag under an entry of `happens`: `timeline`.
    pub tag: &'static str,
    /// What it is, in some sentences.
    pub docs: &'static str,
    /// A small whole scenario that uses it.
    pub example: &'static str,
    /// The JSON schema of what stands under the tag.
    pub schema: fn() -> Schema,
    /// Reads what stands under the tag.
    pub read: ReadBlock<dyn Hazard>,
}

/// Reads an entry as a component, for a row of a table.
pub fn read_component<T>(node: &Node, path: &TreePath<'_>, issues: &mut Issues) -> Option<Box<dyn Component>>
where
    T: Component + DeserializeOwned,
{
    read_block::<T>(node, path, issues).map(|block| Box::new(block) as Box<dyn Component>)
}

/// Reads a happening, for a row of the table of hazards.
pub fn read_hazard<T>(node: &Node, path: &TreePath<'_>, issues: &mut Issues) -> Option<Box<dyn Hazard>>
where
    T: Hazard + DeserializeOwned,
{
    read_block::<T>(node, path, issues).map(|block| Box::new(block) as Box<dyn Hazard>)
}

/// The JSON schema of a block, for a row of a table.
pub fn schema_of<T: JsonSchema>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

/// An entity as written, and how it becomes nodes.
pub trait Component: Any + Debug + Send + Sync {
    /// What people call it.
    fn name(&self) -> Option<&str>;

    /// The place in which it stands.
    fn place(&self) -> Option<&Ref> {
        None
    }

    /// Names everything that it refers to, so that all names are resolved before anything else is looked at.
    fn references(&self, out: &mut References<'_>);

    /// What it cannot work without: what is needed for it is needed for these.
    fn upstream(&self) -> Vec<&Ref> {
        Vec::new()
    }

    /// Its rank among the services, if it is one.
    fn tier(&self) -> Option<Tier> {
        None
    }

    /// The pools in which it has servers, and whether it has to be started there before it serves.
    fn standings(&self) -> Vec<(&Ref, bool)> {
        Vec::new()
    }

    /// How many heads it has, if it is a team.
    fn heads(&self) -> Option<u32> {
        None
    }

    /// Says what is wrong with it beyond its own fields. All names are resolved.
    fn check(&self, _me: EntityId, _model: &Model, _issues: &mut Issues) {}

    /// Declares the nodes that others may look at.
    fn declare(&self, low: &mut Lowering<'_>, me: EntityId);

    /// Joins them to the nodes of others, all of which are declared.
    fn wire(&self, low: &mut Lowering<'_>, me: EntityId);
}

impl dyn Component {
    /// This entity as one of a kind, if it is of that kind.
    pub fn of<T: Component>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}

/// Something that happens, as written, and how it becomes an agent.
pub trait Hazard: Any + Debug + Send + Sync {
    /// Names everything that it refers to.
    fn references(&self, out: &mut References<'_>);

    /// Whether it comes again and again, as its law says, and so belongs into years of ordinary life. What happens once, at its time, does
    /// not.
    fn recurs(&self) -> bool {
        false
    }

    /// Says what is wrong with it. All names are resolved.
    fn check(&self, id: &str, model: &Model, issues: &mut Issues);

    /// Declares its agent. All nodes are declared and joined.
    fn wire(&self, low: &mut Lowering<'_>, id: &str);
}
