//! What the waiting of a recovery may be for: the closed set of kinds of tiles.

/// The kind of a stretch of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Nobody knew.
    NotNoticed,
    /// Somebody knew, and those who could act were being reached.
    Reaching,
    /// People were on their way.
    Joining,
    /// Somebody decided or checked.
    Deciding,
    /// For heads that were busy or not there.
    Queue,
    /// For a tool that was down or a place that was closed.
    Blocked,
    /// A step was done without its tools.
    Improvising,
    /// A step was done.
    Working,
    /// Servers were booted.
    Booting,
    /// Something started, transferred or recharged by itself.
    Starting,
    /// For something that comes from outside: fire out, power returned, access given.
    OutsideAction,
    /// Before the loss, in the recovery of a whole.
    NotYetLost,
    /// For something that no procedure covers.
    NoProcedure,
    /// For things that wait for each other.
    Circular,
    /// It was up between two outages, not long enough to count.
    Held,
    /// Nothing brought it back within the horizon.
    NeverReturned,
}

impl TileKind {
    /// All kinds, in the order in which reports show them.
    pub const ALL: [Self; 16] = [
        Self::NotYetLost,
        Self::NotNoticed,
        Self::Reaching,
        Self::Joining,
        Self::Deciding,
        Self::Queue,
        Self::Blocked,
        Self::Improvising,
        Self::Working,
        Self::OutsideAction,
        Self::Booting,
        Self::Starting,
        Self::Held,
        Self::NoProcedure,
        Self::Circular,
        Self::NeverReturned,
    ];

    /// The stable name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotNoticed => "not-noticed",
            Self::Reaching => "reaching",
            Self::Joining => "joining",
            Self::Deciding => "deciding",
            Self::Queue => "queue",
            Self::Blocked => "blocked",
            Self::Improvising => "improvising",
            Self::Working => "working",
            Self::Booting => "booting",
            Self::Starting => "starting",
            Self::OutsideAction => "outside-action",
            Self::NotYetLost => "not-yet-lost",
            Self::NoProcedure => "no-procedure",
            Self::Circular => "circular",
            Self::Held => "held",
            Self::NeverReturned => "never-returned",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotNoticed => "nobody knew",
            Self::Reaching => "reaching people",
            Self::Joining => "people on their way",
            Self::Deciding => "deciding and checking",
            Self::Queue => "waiting for busy hands",
            Self::Blocked => "tool down or place closed",
            Self::Improvising => "improvising",
            Self::Working => "working through the manual",
            Self::Booting => "booting servers",
            Self::Starting => "starting by itself",
            Self::OutsideAction => "waiting for the outside",
            Self::NotYetLost => "not yet lost",
            Self::NoProcedure => "no procedure",
            Self::Circular => "waiting for each other",
            Self::Held => "up, but not for long",
            Self::NeverReturned => "never returned",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_and_a_label_of_its_own() {
        let names: BTreeSet<_> = TileKind::ALL.iter().map(|tile| tile.name()).collect();
        let labels: BTreeSet<_> = TileKind::ALL.iter().map(|tile| tile.label()).collect();
        let kinds: BTreeSet<_> = TileKind::ALL.iter().collect();
        assert_eq!((names.len(), labels.len(), kinds.len()), (16, 16, 16));
    }
}
