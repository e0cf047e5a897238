//! What to keep in mind when reading figures of years, in sentences.

use super::estimate::Method;
use super::results::{AnnualResults, ServiceYears};
use crate::analysis::cautions::interrupted;
use crate::analysis::results::Verdict;
use crate::statistics::EVENTS_FEW;

/// One outage that carries more than this share of all time in outages makes the tail heavy for the sample.
const HEAVY: f64 = 0.1;

/// The cautions of a run over years, weightiest first.
pub fn cautions(results: &AnnualResults) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(interrupted(&results.head));
    let years = results.span.years_in_all;
    for target in &results.targets {
        if target.verdict == Verdict::Undecided {
            found.push(format!(
                "{} is undecided: its interval holds what is required; more replications or years may settle it.",
                target.id
            ));
        }
    }
    let named = |wanted: &dyn Fn(&ServiceYears) -> bool| {
        let names: Vec<&str> = results
            .services
            .iter()
            .filter(|service| wanted(service))
            .map(|service| service.id.as_str())
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let method = |service: &ServiceYears| service.watched.outages_per_year.method;
    if let Some(names) = named(&|service| method(service) == Method::NoneSeen) {
        // The rule of three, for both ends of an interval of 95 %: 3.69 in as many years.
        let bound = results
            .services
            .iter()
            .map(|service| service.watched.outages_per_year)
            .find(|rate| rate.method == Method::NoneSeen)
            .map_or(0.0, |rate| rate.high);
        found.push(format!(
            "No outage in {years} years: {names}. Not seen is not never: up to {bound} a year are possible, and the bound on the \
             availability takes each to last no more than a year.",
            bound = Significant(bound)
        ));
    }
    if let Some(names) = named(&|service| {
        let outages = service.watched.outages_per_year.events;
        outages > 0 && outages < EVENTS_FEW
    }) {
        found.push(format!(
            "Fewer than {EVENTS_FEW} outages in {years} years, so that intervals rest on what is known of rare events in general: {names}."
        ));
    }
    if let Some(names) = named(&|service| {
        let watched = &service.watched;
        let whole = watched
            .outage_mean_us
            .map_or(0.0, |mean| mean.value * mean.events as f64);
        watched.outages_per_year.events >= EVENTS_FEW && watched.outage_longest_us as f64 > HEAVY * whole
    }) {
        found.push(format!(
            "A single outage makes up more than a tenth of all time in outages, so that means are uncertain beyond their intervals: {names}."
        ));
    }
    if let Some(names) = named(&|service| service.watched.outages_not_ended > 0) {
        found.push(format!(
            "Some outages had not ended when their replication did, so that means are too small: {names}."
        ));
    }
    if let Some(names) = named(&|service| service.watched.outages_not_kept > 0) {
        found.push(format!(
            "More outages than are listed, so that quantiles, causes and curves rest on the first of each replication: {names}."
        ));
    }
    if results.head.n == 1 {
        found.push(
            "A single replication: its years are taken for independent, which they are only as far as nothing lasts from one to the next."
                .to_owned(),
        );
    }
    found
}

/// A small number with two significant digits.
struct Significant(f64);

impl std::fmt::Display for Significant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut decimals = 1;
        let mut unit = 1.0;
        while self.0 > 0.0 && self.0 < unit && decimals < 12 {
            unit /= 10.0;
            decimals += 1;
        }
        write!(f, "{:.decimals$}", self.0)
    }
}
