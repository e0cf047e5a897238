//! The small integers by which the kernel knows its things.

/// Declares a `u32` newtype that indexes one of the kernel's tables.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the `index`-th thing of its table; a table holds at most 2³² − 1 things.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table of the kernel holds fewer than 2^32 rows"))
            }

            /// The row of this thing in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A node of the network, or one of the further outputs of a node that has several.
    NodeId
);
id!(
    /// A kind of work that may be called for, any number of times.
    WorkId
);
id!(
    /// A group of interchangeable heads that work asks for.
    CrewId
);
id!(
    /// A table of steps over time that units follow.
    ProfileId
);
id!(
    /// Parts of one kind that work takes.
    PartId
);
id!(
    /// A common-cause group: things that a shock may strike together.
    CommonCauseId
);
id!(
    /// An agent: a hazard, a scripted timeline, a procedure, a drill.
    AgentId
);
id!(
    /// One call of a work within one replication.
    InstanceId
);
id!(
    /// An entry of the why-log of one replication.
    RecordId
);

impl RecordId {
    /// No record: causes were not asked for, or nothing has happened yet.
    pub const NONE: Self = Self(u32::MAX);
}
