//! Profiles of what is drawn, or of how many users there are: tables of hours, days and weeks.

use crate::diagnostics::{Issue, Issues};
use crate::model::{
    Class, Component, EntityId, Kind, Lowering, Model, Profile, References, WHOLE_PPB, read_component,
    schema_of,
};
use crate::quantity::{PPM, Share, SimDuration, US_PER_HOUR};
use crate::scenario::Id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A share that changes in steps, over and over: the product of the share of the hour, of the day and of the week, as far as they are given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Table {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The share of each hour of a day, from midnight: 24 of them.
    #[serde(default)]
    pub hours: Vec<Share>,
    /// The share of each hour of a Saturday or Sunday, if they differ: 24 of them.
    #[serde(default)]
    pub weekend_hours: Vec<Share>,
    /// The share of each day of a week, from Monday: 7 of them.
    #[serde(default)]
    pub days: Vec<Share>,
    /// The share of each week, from the first week of the year: 52 of them, or as many as the table has.
    #[serde(default)]
    pub weeks: Vec<Share>,
    /// Parts of the year whose hours differ, by name; each week stands in exactly one, and `hours` is not given then.
    #[serde(default)]
    pub seasons: BTreeMap<Id, Season>,
    /// Shares one after the other instead of a table.
    #[serde(default)]
    pub shares: Vec<Share>,
    /// How long each of `shares` lasts.
    pub each: Option<SimDuration>,
}

/// A part of the year.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Season {
    /// Its weeks: `9-17`, or several such ranges in a list.
    pub weeks: Weeks,
    /// The share of each hour of a day, from midnight: 24 of them.
    pub hours: Vec<Share>,
    /// The share of each hour of a Saturday or Sunday, if they differ: 24 of them.
    #[serde(default)]
    pub weekend_hours: Vec<Share>,
}

/// Ranges of weeks, first and last of each, from 1.
#[derive(Clone, Debug, Default)]
pub struct Weeks(pub Vec<(u32, u32)>);

/// The section `profiles`.
pub const KIND: Kind = Kind {
    section: "profiles",
    noun: "profile",
    docs: "A share that changes in steps, over and over: the product of the share of the hour, of the day and of the week, as far as they \
           are given, or a list of shares. Loads and services follow one. It begins with the replication; with a clock, midnight, Monday \
           and the week of the year are those of the calendar (daylight saving is not followed).",
    example: "blackstart: 1\nsites: {alpha: {}}\nprofiles:\n  office:\n    hours: [10 %, 10 %, 10 %, 10 %, 10 %, 10 %, 30 %, 60 %, 90 %, \
              100 %, 100 %, 100 %, 90 %, 100 %, 100 %, 100 %, 90 %, 70 %, 40 %, 20 %, 10 %, 10 %, 10 %, 10 %]\n    days: [100 %, 100 %, \
              100 %, 100 %, 95 %, 20 %, 15 %]\nbuses: {bus-a: {in: alpha}}\nloads: {offices: {fed-by: bus-a, draws: 400 kW, profile: office}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Overload,
    schema: schema_of::<Table>,
    read: read_component::<Table>,
};

const HOURS_OF_DAY: usize = 24;
const DAYS_OF_WEEK: usize = 7;
/// The most steps of one profile.
const STEPS_MAX: usize = 1_000_000;

impl Table {
    /// How many weeks the table has.
    fn count_of_weeks(&self) -> usize {
        let named = self
            .seasons
            .values()
            .flat_map(|season| season.weeks.0.iter().map(|range| range.1 as usize));
        self.weeks.len().max(named.max().unwrap_or(0))
    }

    /// The hours of a day of a week (from 0), of its season if it has one.
    fn hours_of(&self, week: usize, day: usize) -> &[Share] {
        let number = u32::try_from(week + 1).expect("few weeks");
        let season = self.seasons.values().find(|season| {
            season
                .weeks
                .0
                .iter()
                .any(|&(first, last)| (first..=last).contains(&number))
        });
        let (hours, weekend) = match season {
            Some(season) => (&season.hours, &season.weekend_hours),
            None => (&self.hours, &self.weekend_hours),
        };
        if day >= 5 && !weekend.is_empty() {
            weekend
        } else {
            hours
        }
    }

    /// The step function, which stands so many microseconds after the beginning of its first week when a replication begins.
    fn steps(&self, since_first_week_us: u64) -> Profile {
        if let Some(each) = self.each {
            let steps: Vec<(u64, i64)> = (0u64..)
                .zip(&self.shares)
                .map(|(place, share)| (place * each.us(), share.ppm() * (WHOLE_PPB / PPM)))
                .collect();
            let period = each.us() * u64::try_from(self.shares.len()).expect("few steps");
            return Profile::new(period, since_first_week_us, &steps);
        }
        let has_days = !self.days.is_empty() || !self.weekend_hours.is_empty();
        let weeks = self.count_of_weeks();
        let days = if weeks > 0 || has_days || !self.seasons.is_empty() {
            DAYS_OF_WEEK
        } else {
            1
        };
        let mut steps = Vec::new();
        let full = [Share::ALL];
        for week in 0..weeks.max(1) {
            let of_week = self.weeks.get(week).map_or(PPM, |share| share.ppm());
            for day in 0..days {
                let of_day = self.days.get(day).map_or(PPM, |share| share.ppm());
                let hours = self.hours_of(week, day);
                let hours = if hours.is_empty() { &full[..] } else { hours };
                let begin = u64::try_from(week * DAYS_OF_WEEK + day).expect("few days") * HOURS_OF_DAY as u64;
                for (hour, share) in (0u64..).zip(hours) {
                    steps.push((
                        (begin + hour) * US_PER_HOUR,
                        product_ppb(of_week, of_day, share.ppm()),
                    ));
                }
            }
        }
        let hours = u64::try_from(weeks.max(1) * days * HOURS_OF_DAY).expect("few hours");
        Profile::new(hours * US_PER_HOUR, since_first_week_us, &steps)
    }

    /// How many shares each list has to have.
    fn lengths(&self) -> Vec<(String, usize, usize)> {
        let mut lengths = Vec::new();
        let mut asked = |field: String, list: &[Share], wanted: usize| {
            if !list.is_empty() {
                lengths.push((field, list.len(), wanted));
            }
        };
        asked("hours".to_owned(), &self.hours, HOURS_OF_DAY);
        asked("weekend-hours".to_owned(), &self.weekend_hours, HOURS_OF_DAY);
        asked("days".to_owned(), &self.days, DAYS_OF_WEEK);
        for (id, season) in &self.seasons {
            let field = format!("seasons › {id}");
            lengths.push((format!("{field} › hours"), season.hours.len(), HOURS_OF_DAY));
            if !season.weekend_hours.is_empty() {
                lengths.push((
                    format!("{field} › weekend-hours"),
                    season.weekend_hours.len(),
                    HOURS_OF_DAY,
                ));
            }
        }
        lengths
    }

    /// What is wrong with the seasons, if anything: a week in none or in two of them.
    fn season_fault(&self) -> Option<String> {
        if self.seasons.is_empty() {
            return None;
        }
        let weeks = u32::try_from(self.count_of_weeks())
            .unwrap_or(u32::MAX)
            .min(WEEKS_MAX);
        (1..=weeks).find_map(|week| {
            let ranges = self.seasons.values().flat_map(|season| &season.weeks.0);
            match ranges
                .filter(|&&(first, last)| (first..=last).contains(&week))
                .count()
            {
                1 => None,
                0 => Some(format!("week {week} stands in no season")),
                _ => Some(format!("week {week} stands in two seasons")),
            }
        })
    }
}

/// The most weeks of a table: a hundred years.
const WEEKS_MAX: u32 = 5_300;

/// The product of three shares, in parts per thousand million.
fn product_ppb(a_ppm: i64, b_ppm: i64, c_ppm: i64) -> i64 {
    let whole = i128::from(PPM);
    let product = i128::from(a_ppm) * i128::from(b_ppm) * i128::from(c_ppm) * i128::from(WHOLE_PPB);
    let rounded = (product + whole * whole * whole / 2) / (whole * whole * whole);
    i64::try_from(rounded).expect("a product of shares is at most a whole")
}

impl Component for Table {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, _out: &mut References<'_>) {}

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let mut wrong = |code: &'static str, field: &str, message: String| {
            issues.push(Issue::error(code, entity.span, message).at(format!("{} › {field}", entity.path())));
        };
        let has_table = !self.hours.is_empty()
            || !self.days.is_empty()
            || !self.weeks.is_empty()
            || !self.seasons.is_empty();
        match (self.each, self.shares.is_empty(), has_table) {
            (None, true, false) => wrong("missing-field", "hours", format!("`{}` has no shares", entity.id)),
            (None, true, true) => {}
            (Some(each), false, false) => {
                if each == SimDuration::ZERO || self.shares.len() > STEPS_MAX {
                    let message =
                        format!("from 1 to {STEPS_MAX} shares are possible, each longer than nothing");
                    wrong("out-of-bounds", "shares", message);
                }
            }
            (Some(_), true, _) | (None, false, _) => {
                wrong(
                    "missing-field",
                    "each",
                    "`shares` and `each` are given together".to_owned(),
                );
            }
            (Some(_), false, true) => {
                wrong(
                    "contradiction",
                    "shares",
                    "a profile is a table or a list of shares, not both".to_owned(),
                );
            }
        }
        for (field, has, wanted) in self
            .lengths()
            .into_iter()
            .filter(|(_, has, wanted)| has != wanted)
        {
            wrong(
                "wrong-length",
                &field,
                format!("{wanted} shares are needed here, not {has}"),
            );
        }
        let has_hours = !self.hours.is_empty() || !self.weekend_hours.is_empty();
        if !self.seasons.is_empty() && has_hours {
            wrong(
                "contradiction",
                "hours",
                "the hours are those of the seasons, and cannot be given for the whole year as well"
                    .to_owned(),
            );
        }
        if self.seasons.is_empty() && self.hours.is_empty() && !self.weekend_hours.is_empty() {
            wrong(
                "missing-field",
                "hours",
                "the hours of the other days are missing".to_owned(),
            );
        }
        let ranges = self.seasons.values().flat_map(|season| &season.weeks.0);
        if let Some((first, last)) = ranges
            .copied()
            .find(|&(first, last)| first < 1 || last < first || last > WEEKS_MAX)
        {
            wrong(
                "out-of-bounds",
                "seasons",
                format!("{first}-{last} are no weeks of a year"),
            );
        } else if let Some(fault) = self.season_fault() {
            wrong("out-of-bounds", "seasons", fault);
        }
    }

    fn profile(&self, since_first_week_us: u64) -> Option<Profile> {
        Some(self.steps(since_first_week_us))
    }

    fn declare(&self, _low: &mut Lowering<'_>, _me: EntityId) {}

    fn wire(&self, _low: &mut Lowering<'_>, _me: EntityId) {}
}

impl<'de> Deserialize<'de> for Weeks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ranges;

        fn range<E: de::Error>(text: &str) -> Result<(u32, u32), E> {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) => Ok((first, last)),
                _ => Err(E::custom(format!("`{text}` is no range of weeks such as `9-17`"))),
            }
        }

        impl<'de> Visitor<'de> for Ranges {
            type Value = Weeks;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("weeks such as `9-17`, or a list of such ranges")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Weeks, E> {
                range(text).map(|range| Weeks(vec![range]))
            }

            fn visit_u64<E: de::Error>(self, week: u64) -> Result<Weeks, E> {
                self.visit_str(&week.to_string())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Weeks, A::Error> {
                let mut ranges = Vec::new();
                while let Some(Weeks(more)) = seq.next_element()? {
                    ranges.extend(more);
                }
                Ok(Weeks(ranges))
            }
        }
        deserializer.deserialize_any(Ranges)
    }
}

impl JsonSchema for Weeks {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "weeks".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer", "array"],
            "items": { "type": ["string", "integer"] },
            "description": "A range of weeks, or a list of ranges",
            "examples": ["9-17"],
        })
    }
}
