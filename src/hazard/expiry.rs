//! A certificate, a licence or a key that expires: all that trust it stop, wherever they stand.
//!
//! It leaves out: clients that accept what has expired, and reminders that somebody read in time.

use super::does::{Undone, undoable_of};
use super::draws::Draws;
use super::remedy::{Piece, Remedy};
use super::told::told;
use super::when;
use crate::component::{LOSABLE, PLACES};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, Orders, View, Wake, WorkId};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Something expires that others trust.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expiry {
    /// What trusts it, and stops without it: services, stores, routers.
    pub of: Targets,
    /// When it expires: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long each of them goes on by what it still holds (open sessions, cached credentials).
    pub lingers: LawInput,
    /// What it takes, once the first of them has stopped, to see that it has expired and to renew it.
    pub renews: Remedy,
    /// What it takes to install the new one in each of them.
    pub installs: Remedy,
}

/// The tag `expiry`.
pub const KIND: HazardKind = HazardKind {
    tag: "expiry",
    docs: "A certificate, a licence or a key expires: all that trust it stop, at all sites, each after what it still holds has run out. It has to be \
           renewed, and installed in each of them.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 120}}\nservices:\n  login: {users: 1000, runs-on: \
              {web-a: {active: 40}}}\n  pki: {tier: internal, runs-on: {web-a: {active: 2}}}\nteams: {sre: {heads: 4}}\nhappens: {certificate: {expiry: \
              {of: login, at: +1 h, renews: {crew: sre, needs: pki}, installs: {crew: sre}}}}\n",
    schema: schema_of::<Expiry>,
    read: read_hazard::<Expiry>,
};

impl Hazard for Expiry {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, LOSABLE, PLACES, "expiry › of");
        self.renews.references(out, "expiry › renews");
        self.installs.references(out, "expiry › installs");
    }

    fn joins(&self, model: &Model) -> Vec<EntityId> {
        let teams = [self.renews.teams(model), self.installs.teams(model)].concat();
        let things = model.select(&self.of).into_iter().map(|thing| thing.value);
        teams.into_iter().chain(things).collect()
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › expiry");
        when::check(self.at.as_ref(), &path, model, issues);
        self.renews
            .check(self.of.span(), &format!("{path} › renews"), model, issues);
        self.installs
            .check(self.of.span(), &format!("{path} › installs"), model, issues);
        if model.select(&self.of).is_empty() {
            issues.push(
                Issue::warning("nothing-happens", self.of.span(), "nothing trusts what expires").at(path),
            );
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let chosen = model.select(&self.of);
        let Some(first) = chosen.first() else { return };
        let things: Vec<EntityId> = chosen.iter().map(|thing| thing.value).collect();
        let renews = Piece {
            on: first.value,
            part: format!("happens:{id}/renews"),
            label: format!("renew what has expired ({id})"),
            things: &things,
            effects: Vec::new(),
        };
        let renews = self.renews.work(low, renews);
        let at_us = when::us(self.at.as_ref(), model);
        let mut entries = vec![told(format!("{id} expires"), Some(at_us))];
        let mut rows = Vec::new();
        for &thing in &things {
            let label = model.entity(thing).label();
            entries.push(told(format!("{label} stops, as {id} has expired"), None));
            let (loses, gives_back) = undoable_of(low, Undone::Loss, &[thing]);
            let piece = Piece {
                on: thing,
                part: format!("happens:{id}/installs"),
                label: format!("install what was renewed in {label}"),
                things: &[thing],
                effects: gives_back,
            };
            rows.push(Row {
                key: entity_hash(&model.entity(thing).id),
                loses,
                installs: self.installs.work(low, piece),
            });
        }
        let agent = Expiring {
            at_us,
            lingers: self.lingers.law(),
            renews,
            rows,
        };
        low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
    }
}

/// One thing that trusts what expires.
#[derive(Debug)]
struct Row {
    key: u64,
    loses: Vec<Action>,
    installs: WorkId,
}

/// Waits until each thing stops, has it renewed once the first has, and installed everywhere then. The registers: whether the renewal was
/// called for, and of each thing whether it has been installed.
#[derive(Debug)]
struct Expiring {
    at_us: u64,
    lingers: Law,
    renews: WorkId,
    rows: Vec<Row>,
}

const EXPIRES: u32 = 0;
const CALLED: usize = 0;

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 things")
}

impl Agent for Expiring {
    fn registers(&self) -> usize {
        1 + self.rows.len()
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, EXPIRES, EXPIRES),
            Wake::Timer(EXPIRES) => {
                orders.note(EXPIRES);
                for (place, row) in self.rows.iter().enumerate() {
                    let lingers = Draws(&|number| orders.stream(number)).law(&self.lingers, 0, row.key);
                    let code = number(1 + place);
                    orders.timer(view.now().saturating_add(lingers), code, code);
                }
            }
            Wake::Timer(code) => {
                if registers[code as usize] != 0 {
                    return;
                }
                for &action in &self.rows[code as usize - 1].loses {
                    orders.act(action, code);
                }
                if registers[CALLED] == 0 {
                    registers[CALLED] = 1;
                    orders.call(self.renews, code);
                }
            }
            Wake::Done(work) if work == self.renews => {
                for (place, row) in self.rows.iter().enumerate() {
                    orders.call(row.installs, number(1 + place));
                }
            }
            Wake::Done(work) => {
                for (place, row) in self.rows.iter().enumerate() {
                    if row.installs == work {
                        registers[1 + place] = 1;
                    }
                }
            }
            Wake::Changed(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}
