//! A pool whose standbys do not fit beside what runs there.

use super::{Finding, named};
use crate::component::{Pool, Service, Standing, Store};
use crate::diagnostics::{Issue, Issues};
use crate::model::{EntityId, Model};
use std::collections::BTreeMap;

pub(super) const FINDING: Finding = Finding {
    code: "standbys-do-not-fit",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 90}, web-b: {in: beta, servers: 50}}\n\
              services:\n  text: {tier: 1, runs-on: {web-a: {active: 40}, web-b: {cold: 40}}}\n  photo: {tier: 2, runs-on: {web-a: {active: 40}, web-b: {cold: 40}}}\n",
    look,
};

/// What is to run in a pool once everything has moved there.
#[derive(Default)]
struct Wanted<'m> {
    servers: i64,
    standbys: Vec<&'m str>,
}

fn look(model: &Model, issues: &mut Issues) {
    let mut wanted: BTreeMap<EntityId, Wanted<'_>> = BTreeMap::new();
    for (id, service) in model.all::<Service>() {
        for (pool, standing) in &service.runs_on {
            let standby = !matches!(standing, Standing::Active(_));
            add(
                &mut wanted,
                model,
                model.resolve(pool),
                id,
                standing.servers(),
                standby,
            );
        }
    }
    for (id, store) in model.all::<Store>() {
        for (pool, replica) in &store.replicas {
            add(
                &mut wanted,
                model,
                model.resolve(pool),
                id,
                replica.servers(),
                false,
            );
        }
    }
    for (pool, wanted) in wanted {
        let Some(block) = model.get::<Pool>(pool) else {
            continue;
        };
        let (has, entity) = (block.servers.get(), model.entity(pool));
        if wanted.servers <= has || wanted.standbys.is_empty() {
            continue;
        }
        let message = format!(
            "`{}` has {has} servers for the {} that it is to run once {} moved there",
            entity.id,
            wanted.servers,
            match wanted.standbys.len() {
                1 => format!("{} has", named(wanted.standbys.iter().copied())),
                _ => format!("{} have", named(wanted.standbys.iter().copied())),
            },
        );
        let issue = Issue::finding("standbys-do-not-fit", entity.span, message);
        issues.push(
            issue
                .at(format!("{} › servers", entity.path()))
                .note("the best tiers get theirs; the rest runs with what is left")
                .help("give it more servers, or let something of less importance go"),
        );
    }
}

fn add<'m>(
    wanted: &mut BTreeMap<EntityId, Wanted<'m>>,
    model: &'m Model,
    pool: EntityId,
    who: EntityId,
    servers: i64,
    standby: bool,
) {
    let wanted = wanted.entry(pool).or_default();
    wanted.servers = wanted.servers.saturating_add(servers);
    if standby {
        wanted.standbys.push(&model.entity(who).id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    #[test]
    fn what_runs_there_and_what_would_move_there_are_added_up() {
        let design = |servers: u32| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}}}\npools: {{a: {{in: alpha, servers: 90}}, b: {{in: beta, servers: {servers}}}}}\n\
                 services:\n  own: {{tier: 1, runs-on: {{b: {{active: 20}}}}}}\n  text: {{tier: 1, runs-on: {{a: {{active: 40}}, b: {{warm: 25}}}}}}\n\
                 stores: {{data: {{replicas: {{a: primary, b: {{synchronous: {{servers: 5}}}}}}}}}}\n"
            )
        };
        assert_eq!(
            of("standbys-do-not-fit", &design(49)),
            ["`b` has 49 servers for the 50 that it is to run once `text` has moved there"]
        );
        assert!(of("standbys-do-not-fit", &design(50)).is_empty());
    }
}
