//! Why services are lost in ordinary life: by class, and by root.

use super::batches::batches;
use super::estimate::{Estimate, clumps, count_per_year};
use super::results::CauseYears;
use crate::analysis::interval::share;
use crate::compile::Compiled;
use crate::kernel::What;
use crate::model::Class;
use crate::observe::annual::{AnnualRow, NOT_ENDED, NOT_TOLD, Outage, Tell, Told};
use crate::observe::causes::cause_of;
use crate::observe::history::History;
use crate::observe::looked::class_of;
use crate::statistics::Proportion;

/// Tells the causes of a compiled scenario's services: classes by their place in [`Class::ALL`], roots by their place in the list of all
/// entities, followed by all agents.
pub struct Causes<'a> {
    compiled: &'a Compiled,
}

impl<'a> Causes<'a> {
    /// Of a scenario whose services are watched in their order.
    pub fn new(compiled: &'a Compiled) -> Self {
        Self { compiled }
    }
}

impl Tell for Causes<'_> {
    fn tell(&self, history: &History<'_>, watch: usize, at: u64) -> Told {
        let service = &self.compiled.services[watch];
        let cause = cause_of(history, service.level, service.down_below_ppm, at);
        let (class, _) = class_of(self.compiled, &cause);
        let place = Class::ALL.iter().position(|&known| known == class);
        let root = cause.root.and_then(|root| history.record(root));
        let number = match root.map(|record| record.what) {
            Some(What::Life { node } | What::DemandFailure { node }) => {
                Some(self.compiled.net.tag(node).owner as usize)
            }
            Some(What::Action { agent, .. }) => Some(self.compiled.entities.len() + agent.index()),
            _ => None,
        };
        let cell = |place: Option<usize>| place.and_then(|at| i64::try_from(at).ok()).unwrap_or(NOT_TOLD);
        Told {
            class: cell(place),
            root: cell(number),
        }
    }
}

/// What the numbers in the rows are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The ids of the services, in the order of the watches.
    pub services: Vec<String>,
    /// The roots, by their number.
    roots: Vec<String>,
}

impl Names {
    /// Of a compiled scenario.
    pub fn of(compiled: &Compiled) -> Self {
        let id = |entity: u32| compiled.entities[entity as usize].id.clone();
        let entities = compiled.entities.iter().map(|entity| entity.id.clone());
        let agents = compiled.agents.iter().map(|agent| agent.label.clone());
        Self {
            services: compiled
                .services
                .iter()
                .map(|service| id(service.entity))
                .collect(),
            roots: entities.chain(agents).collect(),
        }
    }

    /// What a root is called.
    pub fn root(&self, root: i64) -> &str {
        let known = usize::try_from(root).ok().and_then(|place| self.roots.get(place));
        known.map_or("not told", String::as_str)
    }

    /// What a class is called.
    pub fn class(&self, class: i64) -> &'static str {
        let known = usize::try_from(class)
            .ok()
            .and_then(|place| Class::ALL.get(place));
        known.map_or("not told", |class| class.name())
    }
}

/// The outages of a service by cause: `key` is what of an outage is asked for, `name` what people call it. Most frequent first.
pub fn by_cause<'n>(
    rows: &[AnnualRow],
    service: usize,
    key: fn(&Outage) -> i64,
    name: impl Fn(i64) -> &'n str,
    level: f64,
) -> Vec<CauseYears> {
    let outages = || rows.iter().flat_map(|row| &row.seen[service].outages);
    let all = outages().count() as u64;
    let mut keys: Vec<i64> = outages().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    let spread = clumps(&batches(rows, service), |batch| batch.outages);
    let years: u64 = rows.iter().map(|row| row.seen[service].years.len() as u64).sum();
    let mut found: Vec<(u64, CauseYears)> = keys
        .into_iter()
        .map(|wanted| {
            let of_it = || outages().filter(|outage| key(outage) == wanted);
            let events = of_it().count() as u64;
            let ended: Vec<i64> = of_it()
                .map(|outage| outage.length_us)
                .filter(|&length| length != NOT_ENDED)
                .collect();
            let sum = ended.iter().map(|&us| i128::from(us)).sum::<i128>() as f64;
            let per_year: Estimate = count_per_year(events, years as f64, spread, level);
            let line = CauseYears {
                cause: name(wanted).to_owned(),
                outages_per_year: per_year,
                share: share(&Proportion::new(events, all), level),
                mean_us: (!ended.is_empty()).then(|| sum / ended.len() as f64),
                per_year_us: sum / years as f64,
            };
            (events, line)
        })
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cause.cmp(&b.1.cause)));
    found.into_iter().map(|(_, line)| line).collect()
}
