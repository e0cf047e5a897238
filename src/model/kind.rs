//! What a kind of thing is: one row of a table, and what its entities must offer.

use super::design::{EntityId, Model};
use super::lowering::Lowering;
use super::profile::Profile;
use super::references::References;
use super::written::{Ref, Tier};
use crate::diagnostics::Issues;
use crate::random::Law;
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

/// What is measured of something that is served to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// Its rank.
    pub tier: Tier,
    /// How many users it has.
    pub users: i64,
    /// The profile that its users follow.
    pub profile: Option<&'a Ref>,
    /// The level below which it is down, in parts per million.
    pub down_below_ppm: i64,
    /// The level from which it is recovered, in parts per million.
    pub recovered_at_ppm: i64,
    /// How long it must stay recovered for that to count, in microseconds.
    pub settled_for_us: Option<u64>,
    /// How long an outage may last, in microseconds.
    pub rto_us: Option<u64>,
}

/// How something fails by itself: the clocks of its units that can share a cause of failure.
#[derive(Clone, Debug)]
pub struct Lives {
    /// The law of the life of each, in microseconds.
    pub law: Law,
    /// How many units have one.
    pub count: u32,
}

/// What something can give of what is drawn through it, at most.
#[derive(Clone, Copy, Debug)]
pub struct Gives<'a> {
    /// The most that it gives, or each of its parts, in watts; without any as much as feeds it.
    pub most_w: Option<i64>,
    /// Whether that is what each part that runs gives ([`super::Handles::parts`]).
    pub per_part: bool,
    /// How many parts there are.
    pub parts: u32,
    /// Whether it opens when more than that is drawn, so that it limits nothing until then.
    pub trips: bool,
    /// What feeds it.
    pub fed_by: &'a [Ref],
    /// Whether it takes one of these rather than all of them together.
    pub takes_one: bool,
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

    /// What is measured of it, if it is served to somebody.
    fn measured(&self) -> Option<Measured<'_>> {
        None
    }

    /// What it can give at most, if anything can be drawn through it.
    fn gives(&self) -> Option<Gives<'_>> {
        None
    }

    /// Whether it needs to be known what power flows where: it says what it draws by its state, or what too much of it does.
    fn flows(&self) -> bool {
        false
    }

    /// The most that it ever draws, in watts, if it draws power of itself.
    fn draws_w_max(&self, _model: &Model) -> Option<i64> {
        None
    }

    /// How its units fail, as far as they can share a cause with others; `None` for what does not fail by itself.
    fn lives(&self) -> Option<Lives> {
        None
    }

    /// The step function that it is, if it is one; the argument tells where in the year a replication begins, in microseconds since the
    /// Monday with which the first week begins.
    fn profile(&self, _since_first_week_us: u64) -> Option<Profile> {
        None
    }

    /// Whether it fails by itself; `None` for what has no failures of its own.
    fn fails_by_itself(&self) -> Option<bool> {
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

    /// The people who work on it, and what they work on: they hang together even where nothing else in the design joins them.
    fn joins(&self, _model: &Model) -> Vec<EntityId> {
        Vec::new()
    }

    /// Says what is wrong with it. All names are resolved.
    fn check(&self, id: &str, model: &Model, issues: &mut Issues);

    /// Declares its agent. All nodes are declared and joined.
    fn wire(&self, low: &mut Lowering<'_>, id: &str);
}
