//! The columns of a run: which integers a replication yields, in which unit, at which place of the row.
//!
//! A [`Layout`] is fixed once from what was compiled and then only read: the measures write through its accessors, the
//! estimates read through the same ones. It knows no engine and no statistics.
//!
//! ```text
//! per service   down_at rta lost_user_seconds outages class tile × kinds
//! whole         down_at rta tile × kinds
//! blast         entities × classes, servers_down_max, hops_max
//! curves        served × times, servers_on × times
//! record        one per point of the record
//! per load      unserved short shortfalls
//! stuck
//! ```

/// Cell of `down_at`, `rta`: the service (or the whole) was never lost in this replication.
pub const NEVER_LOST: i64 = -1;

/// Cell of `rta`: lost, and not recovered within the horizon. It counts as beyond every value.
pub const BEYOND_HORIZON: i64 = -2;

/// Cell of `class`: the service was never lost, so there is no class.
pub const NO_CLASS: i64 = -1;

/// What the integer in a cell counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds of simulated time, or one of the sentinels [`NEVER_LOST`] and [`BEYOND_HORIZON`].
    Microseconds,
    /// Users × seconds.
    UserSeconds,
    /// Joules of energy.
    Joules,
    /// Parts per million.
    Ppm,
    /// A plain number of things.
    Count,
    /// Index into the layout's list of classes, or [`NO_CLASS`].
    Class,
    /// 0 or 1.
    Flag,
}

impl Unit {
    /// What is appended to a column's name, so that a header carries its unit.
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Microseconds => "_us",
            Unit::UserSeconds => "_user_seconds",
            Unit::Joules => "_joules",
            Unit::Ppm => "_ppm",
            Unit::Count => "_count",
            Unit::Class => "_class",
            Unit::Flag => "_flag",
        }
    }
}

/// One column: a name that ends in its unit, and the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name as in the header of `replications.csv`, like `text/rta_us`.
    pub name: String,
    /// Unit of its cells.
    pub unit: Unit,
}

/// What the columns and the reports need to know of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceHead {
    /// Its id in the scenario.
    pub id: String,
    /// Its name for people, in any script; the id if none was given.
    pub name: String,
    /// 1 is the most important; `None` is a tool of the tier `internal`.
    pub tier: Option<u8>,
    /// Users of the service; 0 if nobody uses it directly.
    pub users: i64,
    /// Recovery time objective \[µs\], if one was promised.
    pub rto_us: Option<u64>,
}

/// A point of the record of what really happened, as a column: the same quantity in each replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// Its id in the scenario.
    pub id: String,
    /// Unit of the quantity: microseconds for a recovery time (with the sentinels), a count for servers, ppm for a share.
    pub unit: Unit,
}

/// Everything a layout is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayoutInput {
    /// The services, in the order in which they are to be reported within a tier (sorted ids).
    pub services: Vec<ServiceHead>,
    /// Names of the kinds of tiles (stable, kebab-case).
    pub tile_kinds: Vec<&'static str>,
    /// Names of the classes of causes (stable, kebab-case).
    pub classes: Vec<&'static str>,
    /// Times at which the curves are read \[µs since the start\], ascending.
    pub curve_times_us: Vec<u64>,
    /// The points of the record.
    pub records: Vec<RecordHead>,
    /// Which of the services are loads, by their places.
    pub loads: Vec<usize>,
}

/// The columns of a run and typed access to their places.
///
/// Every accessor returns an index into the cells of a row; an index beyond its list is a
/// bug of the caller and panics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    input: LayoutInput,
    columns: Vec<Column>,
    whole_at: usize,
    blast_at: usize,
    curves_at: usize,
    records_at: usize,
    loads_at: usize,
}

const LOAD_FIXED: usize = 3;
const SERVICE_FIXED: usize = 5;
const WHOLE_FIXED: usize = 2;

impl Layout {
    /// Fixes the columns.
    pub fn new(input: LayoutInput) -> Self {
        let mut columns = Vec::new();
        let mut add = |name: String, unit: Unit| {
            columns.push(Column {
                name: name + unit.suffix(),
                unit,
            })
        };
        for service in &input.services {
            let id = &service.id;
            add(format!("{id}/down_at"), Unit::Microseconds);
            add(format!("{id}/rta"), Unit::Microseconds);
            add(format!("{id}/lost"), Unit::UserSeconds);
            add(format!("{id}/outages"), Unit::Count);
            add(format!("{id}/cause"), Unit::Class);
            for kind in &input.tile_kinds {
                add(format!("{id}/tile/{kind}"), Unit::Microseconds);
            }
        }
        let service_width = SERVICE_FIXED + input.tile_kinds.len();
        let whole_at = input.services.len() * service_width;
        // The names of a run as a whole begin with a slash, which no id contains: no service can take them.
        add("/whole/down_at".into(), Unit::Microseconds);
        add("/whole/rta".into(), Unit::Microseconds);
        for kind in &input.tile_kinds {
            add(format!("/whole/tile/{kind}"), Unit::Microseconds);
        }
        let blast_at = whole_at + WHOLE_FIXED + input.tile_kinds.len();
        for class in &input.classes {
            add(format!("/blast/{class}"), Unit::Count);
        }
        add("/blast/servers_down_max".into(), Unit::Count);
        add("/blast/hops_max".into(), Unit::Count);
        let curves_at = blast_at + input.classes.len() + 2;
        for at_us in &input.curve_times_us {
            add(format!("/curve/served/at_{at_us}_us"), Unit::Ppm);
        }
        for at_us in &input.curve_times_us {
            add(format!("/curve/servers_on/at_{at_us}_us"), Unit::Count);
        }
        let records_at = curves_at + 2 * input.curve_times_us.len();
        for record in &input.records {
            add(format!("/record/{}", record.id), record.unit);
        }
        let loads_at = records_at + input.records.len();
        for &load in &input.loads {
            let id = &input.services[load].id;
            add(format!("{id}/unserved"), Unit::Joules);
            add(format!("{id}/short"), Unit::Microseconds);
            add(format!("{id}/shortfalls"), Unit::Count);
        }
        add("/stuck".into(), Unit::Flag);
        Self {
            input,
            columns,
            whole_at,
            blast_at,
            curves_at,
            records_at,
            loads_at,
        }
    }

    /// The columns, in the order of a row's cells.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of cells of a row.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The services.
    pub fn services(&self) -> &[ServiceHead] {
        &self.input.services
    }

    /// Names of the kinds of tiles.
    pub fn tile_kinds(&self) -> &[&'static str] {
        &self.input.tile_kinds
    }

    /// Names of the classes of causes.
    pub fn classes(&self) -> &[&'static str] {
        &self.input.classes
    }

    /// Times of the curves \[µs since the start\].
    pub fn curve_times_us(&self) -> &[u64] {
        &self.input.curve_times_us
    }

    /// The points of the record.
    pub fn records(&self) -> &[RecordHead] {
        &self.input.records
    }

    fn service(&self, service: usize) -> usize {
        assert!(
            service < self.input.services.len(),
            "the service is in the layout"
        );
        service * (SERVICE_FIXED + self.input.tile_kinds.len())
    }

    /// When the service was first lost \[µs since the start\], or [`NEVER_LOST`].
    pub fn down_at(&self, service: usize) -> usize {
        self.service(service)
    }

    /// Recovery time achieved by the service's first outage \[µs\], or [`NEVER_LOST`], or [`BEYOND_HORIZON`].
    pub fn rta(&self, service: usize) -> usize {
        self.service(service) + 1
    }

    /// Σ users × (1 − level) over the horizon \[user-seconds\].
    pub fn lost_user_seconds(&self, service: usize) -> usize {
        self.service(service) + 2
    }

    /// Number of outages of the service.
    pub fn outages(&self, service: usize) -> usize {
        self.service(service) + 3
    }

    /// Class of the cause when the service was first lost: an index into [`Layout::classes`], or [`NO_CLASS`].
    pub fn class(&self, service: usize) -> usize {
        self.service(service) + 4
    }

    /// How long the first outage of the service waited for one kind of thing \[µs\]; all kinds sum up to its span.
    pub fn tile(&self, service: usize, kind: usize) -> usize {
        assert!(
            kind < self.input.tile_kinds.len(),
            "the kind of tile is in the layout"
        );
        self.service(service) + SERVICE_FIXED + kind
    }

    /// First loss among all services with users \[µs since the start\], or [`NEVER_LOST`].
    pub fn whole_down_at(&self) -> usize {
        self.whole_at
    }

    /// From the first loss to the last recovery among all services with users \[µs\], with the sentinels of an RTA.
    pub fn whole_rta(&self) -> usize {
        self.whole_at + 1
    }

    /// How long the recovery of the whole waited for one kind of thing \[µs\].
    pub fn whole_tile(&self, kind: usize) -> usize {
        assert!(
            kind < self.input.tile_kinds.len(),
            "the kind of tile is in the layout"
        );
        self.whole_at + WHOLE_FIXED + kind
    }

    /// Number of entities that lost their function at least once, by the class of their cause.
    pub fn blast(&self, class: usize) -> usize {
        assert!(class < self.input.classes.len(), "the class is in the layout");
        self.blast_at + class
    }

    /// The largest number of servers down at once.
    pub fn servers_down_max(&self) -> usize {
        self.blast_at + self.input.classes.len()
    }

    /// The longest way, in links, from a root to an entity that lost its function.
    pub fn hops_max(&self) -> usize {
        self.servers_down_max() + 1
    }

    /// Share of service-users served at time `k` of the curve \[ppm\], services weighted by their users.
    pub fn curve(&self, k: usize) -> usize {
        assert!(k < self.input.curve_times_us.len(), "the time is on the curve");
        self.curves_at + k
    }

    /// Servers that are on at time `k` of the curve.
    pub fn servers_on(&self, k: usize) -> usize {
        assert!(k < self.input.curve_times_us.len(), "the time is on the curve");
        self.curves_at + self.input.curve_times_us.len() + k
    }

    /// What this replication gives for point `r` of the record, in the point's unit.
    pub fn record(&self, r: usize) -> usize {
        assert!(r < self.input.records.len(), "the point is in the record");
        self.records_at + r
    }

    /// Which of the services are loads, by their places.
    pub fn loads(&self) -> &[usize] {
        &self.input.loads
    }

    fn load(&self, load: usize) -> usize {
        assert!(load < self.input.loads.len(), "the load is in the layout");
        self.loads_at + load * LOAD_FIXED
    }

    /// The energy that load number `load` drew in vain \[J\].
    pub fn unserved_joules(&self, load: usize) -> usize {
        self.load(load)
    }

    /// How long a load got less than it drew \[µs\].
    pub fn short_us(&self, load: usize) -> usize {
        self.load(load) + 1
    }

    /// How often a load began to get less than it drew.
    pub fn shortfalls(&self, load: usize) -> usize {
        self.load(load) + 2
    }

    /// 1 if something was still lost at the horizon and nothing pending could restore it.
    pub fn stuck(&self) -> usize {
        self.columns.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let service = |id: &str| ServiceHead {
            id: id.into(),
            name: id.into(),
            tier: Some(1),
            users: 1,
            rto_us: None,
        };
        Layout::new(LayoutInput {
            services: vec![service("a"), service("b")],
            tile_kinds: vec!["booting", "queue", "held"],
            classes: vec!["direct", "human"],
            curve_times_us: vec![0, 5],
            records: vec![RecordHead {
                id: "r".into(),
                unit: Unit::Count,
            }],
            loads: vec![1],
        })
    }

    #[test]
    fn every_column_has_exactly_one_accessor_and_the_name_says_which() {
        let l = layout();
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (s, at) in [(0, "a"), (1, "b")] {
            found.extend([
                (l.down_at(s), "down_at_us"),
                (l.rta(s), "rta_us"),
                (l.outages(s), "outages_count"),
            ]);
            found.extend([
                (l.lost_user_seconds(s), "lost_user_seconds"),
                (l.class(s), "cause_class"),
            ]);
            found.extend([
                (l.tile(s, 0), "booting_us"),
                (l.tile(s, 1), "queue_us"),
                (l.tile(s, 2), "held_us"),
            ]);
            assert!(l.columns()[l.rta(s)].name.starts_with(at));
        }
        found.extend([
            (l.whole_down_at(), "/whole/down_at_us"),
            (l.whole_rta(), "/whole/rta_us"),
        ]);
        found.extend([
            (l.whole_tile(0), "booting_us"),
            (l.whole_tile(1), "queue_us"),
            (l.whole_tile(2), "held_us"),
        ]);
        found.extend([
            (l.blast(0), "/blast/direct_count"),
            (l.blast(1), "/blast/human_count"),
        ]);
        found.extend([
            (l.servers_down_max(), "servers_down_max_count"),
            (l.hops_max(), "hops_max_count"),
        ]);
        found.extend([
            (l.curve(0), "served/at_0_us_ppm"),
            (l.curve(1), "served/at_5_us_ppm"),
        ]);
        found.extend([
            (l.servers_on(0), "on/at_0_us_count"),
            (l.servers_on(1), "on/at_5_us_count"),
        ]);
        found.extend([(l.record(0), "/record/r_count"), (l.stuck(), "/stuck_flag")]);
        found.extend([
            (l.unserved_joules(0), "b/unserved_joules"),
            (l.short_us(0), "b/short_us"),
            (l.shortfalls(0), "b/shortfalls_count"),
        ]);
        for (index, ending) in &found {
            let name = &l.columns()[*index].name;
            assert!(name.ends_with(ending), "{name} should end with {ending}");
        }
        let mut indices: Vec<usize> = found.iter().map(|(index, _)| *index).collect();
        indices.sort_unstable();
        assert_eq!(indices, (0..l.width()).collect::<Vec<_>>());
    }

    #[test]
    #[should_panic(expected = "the service is in the layout")]
    fn a_service_beyond_the_list_is_refused() {
        layout().rta(2);
    }
}
