//! Kinds of things: one file per kind (or per family that shares its lowering), one line each in the table.
//!
//! A kind reads its block of the language, says what is wrong with it, and lowers to nodes of the kernel. To add one: write its file with
//! a `KIND` row, and name it here.

mod autonomy;
mod battery;
mod capacity;
mod chilled_water;
mod common_cause;
mod controls;
mod cooling_plant;
mod cooling_units;
mod crac;
mod demand;
mod distribution;
mod dns;
mod duct;
mod failover;
mod fails;
mod flow;
mod follows;
mod generator;
mod internet;
mod link;
mod load;
mod need;
mod place;
mod placement;
mod pool;
mod profile;
mod reach;
mod router;
mod seen;
mod row;
mod service;
mod shed;
mod store;
mod tie;
mod thermal;
mod transfer_switch;
mod trip;
mod ups;
mod utility_feed;

pub use autonomy::Autonomy;
pub use battery::Battery;
pub use chilled_water::{ChilledWater, InHeat, Machines, Storage};
pub use common_cause::CommonCause;
pub use controls::Controls;
pub use cooling_plant::CoolingPlant;
pub use crac::Crac;
pub use demand::{Overload, ServiceLoad};
pub use distribution::{Distribution, WhenShort};
pub use dns::Dns;
pub use duct::Shared;
pub use failover::Automatic;
pub use fails::{Beginning, Fails, RepairWork};
pub use generator::Generators;
pub use link::{Carries, Link, Uplink};
pub use load::Load;
pub use need::Need;
pub use place::{Building, Neighbour, Room, Side, Site, Suppression, neighbours};
pub use pool::{Automated, Boot, ByHand, Cords, Pool, Repair};
pub use profile::{Season, Table, Weeks};
pub use reach::networked;
pub use router::Router;
pub use row::{Rack, Row, as_one_with};
pub use service::{Failover, Service, Standing};
pub use shed::Sheds;
pub use store::{Promotion, Replica, Store};
pub use thermal::{Shutdown, Surroundings, Thermal};
pub use tie::{Closes, Normally, Tie};
pub use transfer_switch::TransferSwitch;
pub use trip::{Reset, Trips};
pub use ups::Ups;
pub use utility_feed::UtilityFeed;

use crate::diagnostics::{Issue, Issues};
use crate::model::{EntityId, Expect, Kind, Model, Ref};
use crate::quantity::Share;

/// All kinds of things, in the order in which help lists them.
pub const KINDS: &[&Kind] = &[
    &place::SITES,
    &place::BUILDINGS,
    &place::ROOMS,
    &row::ROWS,
    &row::RACKS,
    &utility_feed::KIND,
    &generator::KIND,
    &transfer_switch::KIND,
    &distribution::TRANSFORMERS,
    &distribution::BUSES,
    &tie::KIND,
    &distribution::PDUS,
    &ups::KIND,
    &battery::KIND,
    &cooling_plant::KIND,
    &router::KIND,
    &link::LINKS,
    &link::UPLINKS,
    &duct::DUCTS,
    &duct::CARRIERS,
    &dns::KIND,
    &chilled_water::CHILLERS_KIND,
    &chilled_water::TOWERS_KIND,
    &chilled_water::PUMPS_KIND,
    &chilled_water::LOOP_KIND,
    &crac::KIND,
    &controls::KIND,
    &pool::KIND,
    &service::KIND,
    &store::KIND,
    &common_cause::KIND,
    &load::KIND,
    &profile::KIND,
];

/// A place in which something stands.
pub const PLACES: Expect = Expect {
    sections: &["sites", "buildings", "rooms", "rows", "racks"],
    noun: "place",
};
/// What has a sky of its own.
pub const SITES: Expect = Expect {
    sections: &["sites"],
    noun: "site",
};
/// A fire compartment.
pub const ROOMS: Expect = Expect {
    sections: &["rooms"],
    noun: "room",
};
/// What may feed something with power.
pub const FEEDING: Expect = Expect {
    sections: &[
        "utility-feeds",
        "generators",
        "transfer-switches",
        "transformers",
        "buses",
        "pdus",
        "ups",
    ],
    noun: "source of power",
};
/// What a tie joins.
pub const BUSES: Expect = Expect {
    sections: &["buses"],
    noun: "bus",
};
/// What can be opened and closed.
pub const TIES: Expect = Expect {
    sections: &["ties"],
    noun: "tie",
};
/// What may cool something.
pub const COOLING: Expect = Expect {
    sections: &["cooling-plants"],
    noun: "cooling plant",
};
/// What makes the cold of a loop.
pub const CHILLERS: Expect = Expect {
    sections: &["chillers"],
    noun: "chiller",
};
/// What gives off the heat of a loop.
pub const TOWERS: Expect = Expect {
    sections: &["towers"],
    noun: "cooling tower",
};
/// What moves the water of a loop.
pub const PUMPS: Expect = Expect {
    sections: &["pumps"],
    noun: "pump",
};
/// What brings cold to rooms.
pub const LOOPS: Expect = Expect {
    sections: &["chilled-water"],
    noun: "chilled-water loop",
};
/// What a group of cooling units hangs on.
pub const CONTROLS: Expect = Expect {
    sections: &["cooling-controls"],
    noun: "cooling control",
};
/// The battery of a UPS.
pub const BATTERIES: Expect = Expect {
    sections: &["batteries"],
    noun: "battery",
};
/// A site.
pub const SITES_ONLY: Expect = Expect {
    sections: &["sites"],
    noun: "site",
};
/// Where services run.
pub const POOLS: Expect = Expect {
    sections: &["pools"],
    noun: "pool",
};
/// What a service may need.
pub const NEEDED: Expect = Expect {
    sections: &["services", "stores"],
    noun: "service or store",
};
/// A tool, a channel.
pub const SERVICES: Expect = Expect {
    sections: &["services"],
    noun: "service",
};
/// By what a service is found.
pub const ZONES: Expect = Expect {
    sections: &["dns"],
    noun: "zone of names",
};
/// What users and loads follow in time.
pub const PROFILES: Expect = Expect {
    sections: &["profiles"],
    noun: "profile",
};
/// What a load draws from.
pub const HUBS: Expect = Expect {
    sections: &["buses", "transformers", "pdus"],
    noun: "bus, transformer or PDU",
};
/// Who works.
pub const TEAMS: Expect = Expect {
    sections: &["teams", "outsiders"],
    noun: "team",
};
/// What a service names to move to its standbys.
pub const PROCEDURES: Expect = Expect {
    sections: &["procedures"],
    noun: "procedure",
};
/// Where standbys are started: a place, or a pool.
pub const WHERE: Expect = Expect {
    sections: &["sites", "buildings", "rooms", "rows", "racks", "pools"],
    noun: "place or pool",
};

/// What can be lost, broken, destroyed.
pub const LOSABLE: Expect = Expect {
    sections: &[
        "sites",
        "buildings",
        "rooms",
        "rows",
        "racks",
        "utility-feeds",
        "generators",
        "transfer-switches",
        "transformers",
        "buses",
        "ties",
        "pdus",
        "ups",
        "batteries",
        "cooling-plants",
        "routers",
        "links",
        "uplinks",
        "ducts",
        "carriers",
        "dns",
        "chillers",
        "towers",
        "pumps",
        "chilled-water",
        "cracs",
        "cooling-controls",
        "pools",
        "services",
        "stores",
        "teams",
        "outsiders",
    ],
    noun: "place, component, service, store or team",
};
/// What can be cut off from power.
pub const CUTTABLE: Expect = Expect {
    sections: &[
        "sites",
        "buildings",
        "rooms",
        "rows",
        "racks",
        "utility-feeds",
        "generators",
        "transfer-switches",
        "transformers",
        "buses",
        "ties",
        "pdus",
        "ups",
        "batteries",
        "cooling-plants",
        "routers",
        "chillers",
        "towers",
        "pumps",
        "chilled-water",
        "cracs",
        "cooling-controls",
        "pools",
    ],
    noun: "place or electrical thing",
};
/// What can be promoted.
pub const STORES: Expect = Expect {
    sections: &["stores"],
    noun: "store",
};

/// At most so many sets or units stand in one entry, each with a node of its own.
pub const UNITS_MAX: u32 = 10_000;

/// Reports `units` and `needed` that cannot be.
fn check_needed(units: u32, needed: Option<u32>, me: EntityId, model: &Model, issues: &mut Issues) {
    let entity = model.entity(me);
    if !(1..=UNITS_MAX).contains(&units) {
        let message = format!(
            "`{}` has {units} units; from 1 to {UNITS_MAX} are possible",
            entity.id
        );
        issues.push(
            Issue::error("out-of-bounds", entity.span, message).at(format!("{} › units", entity.path())),
        );
    }
    match needed {
        Some(0) => {
            let message = format!(
                "`{}` needs none of its units, so that they would do nothing",
                entity.id
            );
            issues.push(
                Issue::error("out-of-bounds", entity.span, message).at(format!("{} › needed", entity.path())),
            );
        }
        Some(needed) if needed > units => {
            let message = format!("`{}` needs {needed} of {units} units", entity.id);
            let issue = Issue::error("more-needed-than-there-are", entity.span, message);
            issues.push(
                issue
                    .at(format!("{} › needed", entity.path()))
                    .help(format!("at most {units} can be needed")),
            );
        }
        _ => {}
    }
}

/// Reports thresholds of outages that cannot be.
fn check_thresholds(
    down_below: Share,
    recovered_at: Share,
    me: EntityId,
    model: &Model,
    issues: &mut Issues,
) {
    let entity = model.entity(me);
    let mut wrong = |field: &str, message: String| {
        issues.push(
            Issue::error("out-of-bounds", entity.span, message).at(format!("{} › {field}", entity.path())),
        );
    };
    if down_below == Share::NONE {
        wrong("down-below", format!("`{}` could never be down", entity.id));
    }
    if recovered_at < down_below {
        wrong(
            "recovered-at",
            format!("`{}` would be recovered while it is down", entity.id),
        );
    }
}

/// Reports a name that stands twice in a list.
pub(crate) fn check_twice<'a>(names: impl IntoIterator<Item = &'a Ref>, path: &str, issues: &mut Issues) {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name.as_str()) {
            let message = format!("`{}` stands here twice", name.as_str());
            issues.push(Issue::error("named-twice", name.span, message).at(path));
        }
    }
}
