//! Days on which it is hot outside, so that chillers and towers have less.
//!
//! It leaves out: a grid that is short of power in the heat, humidity, and rooms that the sun warms.

use super::draws::Draws;
use super::told::told;
use super::when;
use crate::component::{PLACES, SITES_ONLY, Site};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, NodeId, Orders, View, Wake};
use crate::model::{
    Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::quantity::{Temperature, US_PER_HOUR};
use crate::random::normal_quantile;
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Hot days.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeatWave {
    /// The sites at which it is hot.
    pub at_sites: Targets,
    /// When it begins, at the coolest hour of its first day: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How many days it lasts.
    pub days: u32,
    /// How hot it becomes by day, twelve hours after the coolest hour, in half of all heat waves.
    pub peaks: Temperature,
    /// How far it cools down by night.
    pub nights: Temperature,
    /// One heat wave in ten has peaks so hot; none is hotter than `peaks` if not given.
    pub peaks_p90: Option<Temperature>,
}

/// The tag `heat-wave`.
pub const KIND: HazardKind = HazardKind {
    tag: "heat-wave",
    docs: "Hot days: the temperature outside follows the hours of the day between nights and peaks, for some days. Chillers and towers may have less in \
           heat.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {outside: 24 °C}}\nutility-feeds: {grid-a: {in: alpha}}\nrooms: {hall-a: {in: alpha, thermal: \
              {heat-capacity: 155 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 45 °C}}}\nchillers: {chillers-a: {in: alpha, units: 6, capacity: 250 kW, draws: 60 \
              kW, fed-by: grid-a, in-heat: {hot: {from: 38 °C, gives: 80 %}}}}\ntowers: {towers-a: {in: alpha, units: 6, capacity: 300 kW, draws: 5 kW, fed-by: \
              grid-a}}\npumps: {pumps-a: {in: alpha, units: 2, capacity: 1800 kW, draws: 10 kW, fed-by: grid-a}}\nchilled-water: {loop-a: {in: alpha, chillers: \
              chillers-a, towers: towers-a, pumps: pumps-a}}\ncracs: {units-a: {in: hall-a, units: 8, capacity: 200 kW, draws: 8 kW, fed-by: grid-a, cooled-by: loop-a}}\n\
              pools: {web-a: {in: hall-a, servers: 4000, draws: 350 W, fed-by: grid-a}}\nhappens: {august: {heat-wave: {at-sites: alpha, days: 4, peaks: 39 °C, nights: \
              27 °C}}}\n",
    schema: schema_of::<HeatWave>,
    read: read_hazard::<HeatWave>,
};

/// So many steps has a day.
const STEPS: u64 = 48;
/// A step.
const STEP_US: u64 = 24 * US_PER_HOUR / STEPS;
/// At most so many days lasts one.
const DAYS_MAX: u32 = 1000;

impl Hazard for HeatWave {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.at_sites, SITES_ONLY, PLACES, "heat-wave › at-sites");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › heat-wave");
        when::check(self.at.as_ref(), &path, model, issues);
        let mut wrong = |field: &str, message: &str| {
            let issue = Issue::error("out-of-bounds", self.at_sites.span(), message);
            issues.push(issue.at(format!("{path} › {field}")));
        };
        if !(1..=DAYS_MAX).contains(&self.days) {
            wrong("days", &format!("a heat wave lasts from 1 to {DAYS_MAX} days"));
        }
        if self.nights > self.peaks {
            wrong("nights", "the nights would be hotter than the days");
        }
        if self.peaks_p90.is_some_and(|p90| p90 < self.peaks) {
            wrong(
                "peaks-p90",
                "half of all heat waves would be hotter than nine in ten of them",
            );
        }
        for site in model.select(&self.at_sites) {
            if model
                .get::<Site>(site.value)
                .is_none_or(|block| block.outside.is_none())
            {
                let id = &model.entity(site.value).id;
                let message = format!("it is not said how warm it is outside of `{id}` at other times");
                let issue = Issue::warning("nothing-happens", site.span, message).at(path.clone());
                issues.push(
                    issue.help("add `outside: 24 °C` to the site, and `in-heat` to its chillers or towers"),
                );
            }
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let sites = model.select(&self.at_sites);
        let names: Vec<&str> = sites
            .iter()
            .map(|site| model.entity(site.value).label())
            .collect();
        let names = names.join(", ");
        let outside = sites.iter().filter_map(|site| {
            let usual = model.get::<Site>(site.value)?.outside?;
            Some((low.of(site.value).outside?, usual.m_c()))
        });
        let at_us = when::us(self.at.as_ref(), model);
        #[expect(clippy::cast_precision_loss, reason = "temperatures are far below 2^53 m°C")]
        let degrees = |temperature: Temperature| temperature.m_c() as f64;
        let agent = Heat {
            at_us,
            days: u64::from(self.days),
            nights: degrees(self.nights),
            peaks: degrees(self.peaks),
            sd: self.peaks_p90.map_or(0.0, |p90| {
                (degrees(p90) - degrees(self.peaks)) / normal_quantile(0.9)
            }),
            outside: outside.collect(),
        };
        let entries = vec![
            told(format!("hot days begin at {names}"), Some(at_us)),
            told(format!("the hour of the day outside of {names}"), None),
            told(format!("the hot days of {names} are over"), None),
        ];
        low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
    }
}

/// Lets the temperature outside follow the day, step by step. The registers: the step, and by how much this one is hotter than the median (m°C).
#[derive(Debug)]
struct Heat {
    at_us: u64,
    days: u64,
    nights: f64,
    peaks: f64,
    sd: f64,
    /// Where each site has its temperature, and what it is at other times, in thousandths of a degree.
    outside: Vec<(NodeId, i64)>,
}

const BEGINS: u32 = 0;
const HOUR: u32 = 1;
const OVER: u32 = 2;

// The registers.
const STEP: usize = 0;
const HOTTER: usize = 1;

impl Heat {
    /// How warm it is in a step of the day, in thousandths of a degree.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "temperatures, and steps of a day"
    )]
    fn at(&self, step: u64, hotter: i64) -> i64 {
        let angle = 2.0 * std::f64::consts::PI * (step % STEPS) as f64 / STEPS as f64;
        let share = (1.0 - libm::cos(angle)) / 2.0;
        let peaks = self.peaks + hotter as f64;
        libm::round(self.nights + share * (peaks - self.nights)) as i64
    }
}

impl Agent for Heat {
    fn registers(&self) -> usize {
        2
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, BEGINS, BEGINS),
            Wake::Timer(OVER) => {
                for &(node, amount) in &self.outside {
                    orders.act(Action::SetAmount { node, amount }, OVER);
                }
            }
            Wake::Timer(code) => {
                if code == BEGINS {
                    let luck = Draws(&|number| orders.stream(number)).unit(0, 0);
                    #[expect(clippy::cast_possible_truncation, reason = "some degrees")]
                    let hotter = libm::round(self.sd * normal_quantile(luck)) as i64;
                    registers[HOTTER] = hotter;
                }
                let step = u64::try_from(registers[STEP]).expect("steps are counted from 0");
                let amount = self.at(step, registers[HOTTER]).max(0);
                for &(node, _) in &self.outside {
                    orders.act(Action::SetAmount { node, amount }, code);
                }
                registers[STEP] += 1;
                let next = if step + 1 == self.days * STEPS { OVER } else { HOUR };
                orders.timer(view.now() + STEP_US, next, next);
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_hours_of_the_day() {
        let heat = Heat {
            at_us: 0,
            days: 2,
            nights: 26_000.0,
            peaks: 40_000.0,
            sd: 0.0,
            outside: Vec::new(),
        };
        let at = |hours: u64, hotter| heat.at(2 * hours, hotter);
        assert_eq!(
            (at(0, 0), at(6, 0), at(12, 0), at(18, 0), at(24, 0)),
            (26_000, 33_000, 40_000, 33_000, 26_000)
        );
        // Hotter by a degree: at six by half of it.
        assert_eq!((at(0, 1000), at(6, 1000), at(12, 1000)), (26_000, 33_500, 41_000));
    }
}
