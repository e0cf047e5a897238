//! What was left out of a design, and therefore cannot fail.

use crate::component::{Pool, Room, networked};
use crate::model::{Model, Stratum};

/// One sentence per stratum that a site does not have, and per pool that nothing feeds or cools where others are.
pub fn not_described(model: &Model) -> Vec<String> {
    let has = |stratum: Stratum| {
        model
            .entities()
            .iter()
            .any(|entity| entity.kind.stratum == Some(stratum))
    };
    let networked = networked(model);
    let mut missing = Vec::new();
    for (site, entity) in model.entities_with_ids() {
        let is_place = entity.place.is_none() && entity.kind.nested.contains(&"rooms");
        if !is_place {
            continue;
        }
        for stratum in Stratum::ALL.into_iter().filter(|stratum| stratum.is_per_site()) {
            // A link stands in no site.
            let is_linked = stratum == Stratum::Network && networked.contains_key(&site);
            let is_there = is_linked
                || model
                    .entities_with_ids()
                    .any(|(id, thing)| thing.kind.stratum == Some(stratum) && model.site(id) == site);
            if !is_there {
                missing.push(format!(
                    "{}: {} not described, so it cannot fail",
                    entity.label(),
                    stratum.name()
                ));
            }
        }
    }
    for (id, pool) in model.all::<Pool>() {
        let name = model.entity(id).label();
        let in_site = |stratum: Stratum| {
            let site = model.site(id);
            model
                .entities_with_ids()
                .any(|(other, thing)| thing.kind.stratum == Some(stratum) && model.site(other) == site)
        };
        if pool.fed_by.is_empty() && in_site(Stratum::Power) {
            missing.push(format!(
                "{name}: not said what feeds it, so it has power while its place has"
            ));
        }
        let warms = model.entity(id).place.and_then(|place| model.get::<Room>(place));
        let warms = warms.is_some_and(|room| room.thermal.is_some());
        if pool.cooled_by.is_empty() && !warms && in_site(Stratum::Cooling) {
            missing.push(format!(
                "{name}: not said what cools it, so it never gets too hot"
            ));
        }
    }
    missing.extend(never_failing(model));
    if !has(Stratum::People) {
        missing.push("people not described, so nobody has to notice, to come or to work".to_owned());
    }
    missing
}

/// Where nothing is made to happen, what is lost is lost by ordinary failures: the things of which none are described.
fn never_failing(model: &Model) -> Option<String> {
    /// So many are named; more are counted.
    const NAMED_MAX: usize = 5;
    if model.head.horizon_us == 0 || !model.happens.is_empty() {
        return None;
    }
    let could = model
        .entities()
        .iter()
        .filter_map(|entity| Some((entity, entity.component.fails_by_itself()?)));
    let (fail, never): (Vec<_>, Vec<_>) = could.partition(|&(_, fails)| fails);
    if never.is_empty() {
        return None;
    }
    if fail.is_empty() {
        return Some(
            "nothing happens and no ordinary failures are described (`fails`), so nothing can be lost"
                .to_owned(),
        );
    }
    let names: Vec<&str> = never
        .iter()
        .take(NAMED_MAX)
        .map(|(entity, _)| entity.label())
        .collect();
    let more = match never.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "{}{more}: ordinary failures not described (`fails`), so they do not fail by themselves",
        names.join(", ")
    ))
}

/// What a design has, counted: `2 sites, 3 rooms, 5 pools (400 servers)`.
pub fn seen(model: &Model) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for kind in super::kinds() {
        let count = model
            .entities()
            .iter()
            .filter(|entity| entity.kind.section == kind.section)
            .count();
        if count > 0 {
            counts.push((kind.section, count));
        }
    }
    let servers: i64 = model.all::<Pool>().map(|(_, pool)| pool.servers.get()).sum();
    let parts = counts.into_iter().map(|(section, count)| match section {
        "pools" => format!("{section}: {count} ({servers} servers)"),
        _ => format!("{section}: {count}"),
    });
    parts.collect::<Vec<_>>().join(", ")
}
