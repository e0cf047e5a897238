//! One replication, looked at once: what the measures share.

use super::causes::{Cause, cause_of};
use super::columns::Layout;
use super::history::History;
use super::outages::{Outage, Thresholds, outages_of};
use super::tiles::{Leaf, Run, push_run, tiles_of};
use crate::compile::{Compiled, ServiceInfo};
use crate::kernel::End;
use crate::model::Class;

/// A replication with its outages.
pub struct Looked<'a> {
    /// What was simulated.
    pub compiled: &'a Compiled,
    /// What is to be yielded.
    pub layout: &'a Layout,
    /// What happened.
    pub history: &'a History<'a>,
    /// How it ended.
    pub end: End,
    /// The outages of each service, in the order of services.
    pub outages: Vec<Vec<Outage>>,
}

impl<'a> Looked<'a> {
    /// Finds the outages of a replication.
    pub fn new(compiled: &'a Compiled, layout: &'a Layout, history: &'a History<'a>, end: End) -> Self {
        let outages = compiled
            .services
            .iter()
            .map(|service| outages_of(history, service.level, thresholds(service)))
            .collect();
        Self {
            compiled,
            layout,
            history,
            end,
            outages,
        }
    }

    /// What the outage of a service waited for, from its beginning to its end (or the horizon).
    pub fn tiles(&self, service: usize, outage: Outage) -> Vec<Run> {
        let info = &self.compiled.services[service];
        let end = outage.to.unwrap_or(self.history.horizon());
        let mut runs = Vec::new();
        let mut at = outage.from;
        while at < end {
            let value = self.history.value_at(info.level, at);
            // As far as the level stays on the same side of what counts as recovered.
            let well = value >= info.recovered_at_ppm;
            let next = self
                .history
                .steps_after(info.level, at)
                .iter()
                .find(|step| (step.to >= info.recovered_at_ppm) != well)
                .map_or(end, |step| step.at.min(end));
            if well {
                push_run(&mut runs, at, next, Leaf::Held);
            } else {
                for run in tiles_of(self.history, info.level, info.recovered_at_ppm, at, next) {
                    push_run(&mut runs, run.from, run.to, run.leaf);
                }
            }
            at = next;
        }
        runs
    }

    /// Why a service was lost when an outage began.
    pub fn cause(&self, service: usize, outage: Outage) -> Cause {
        let info = &self.compiled.services[service];
        cause_of(self.history, info.level, info.down_below_ppm, outage.from)
    }

    /// The class of a cause: the sort of the first link back from the entity that was lost, and how many links the walk has.
    pub fn class(&self, cause: &Cause) -> (Class, i64) {
        class_of(self.compiled, cause)
    }
}

/// The class of a cause: the sort of the first link back from the entity that was lost, and how many links the walk has.
pub fn class_of(compiled: &Compiled, cause: &Cause) -> (Class, i64) {
    let net = &compiled.net;
    let owner = |place: usize| net.tag(cause.path[place]).owner;
    let me = owner(0);
    let first = (0..cause.path.len()).find(|&place| owner(place) != me);
    let hops = (1..cause.path.len())
        .filter(|&place| owner(place) != owner(place - 1))
        .count();
    let hops = i64::try_from(hops).expect("few links");
    // What is fed by something that opened was lost to the overload, however many hand its power on.
    let is_built = |place: usize| {
        let class = compiled.entities[owner(place) as usize].class;
        matches!(class, Class::Direct | Class::Facility)
    };
    let demand = cause
        .overload_at
        .is_some_and(|place| first.is_none_or(|first| place <= first || (first..=place).all(is_built)));
    let class = match first {
        _ if demand => Class::Overload,
        Some(place) => compiled.entities[owner(place) as usize].class,
        None => Class::Direct,
    };
    (class, hops)
}

/// The thresholds of a service's outages.
pub fn thresholds(service: &ServiceInfo) -> Thresholds {
    Thresholds {
        down_below: service.down_below_ppm,
        recovered_at: service.recovered_at_ppm,
        settled_for_us: service.settled_for_us,
    }
}

/// The services whose recovery is the recovery of the whole: those with users; without any, all that are no tools.
pub fn chosen_services(compiled: &Compiled) -> Vec<usize> {
    let places = || 0..compiled.services.len();
    let with_users: Vec<usize> = places()
        .filter(|&place| compiled.services[place].users > 0)
        .collect();
    if with_users.is_empty() {
        return places()
            .filter(|&place| compiled.services[place].tier.is_some())
            .collect();
    }
    with_users
}
