//! How long a battery lasts: a time, or a table of times by the load of its UPS.

use crate::diagnostics::{Issue, Issues};
use crate::model::{EntityId, Model};
use crate::quantity::{Loading, Power, SimDuration};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::value::MapAccessDeserializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// How long a full battery lasts.
#[derive(Clone, Debug)]
pub enum Autonomy {
    /// So long, whatever the load.
    Fixed(SimDuration),
    /// By the load as a share of the capacity of its UPS: straight between the points, the ends beyond.
    ByLoad(BTreeMap<Loading, SimDuration>),
}

impl Autonomy {
    /// The longest time that it lasts.
    pub fn longest(&self) -> SimDuration {
        match self {
            Self::Fixed(time) => *time,
            Self::ByLoad(table) => table.values().copied().max().unwrap_or(SimDuration::ZERO),
        }
    }

    /// Whether it depends on the load.
    pub fn is_by_load(&self) -> bool {
        matches!(self, Self::ByLoad(_))
    }

    /// (load in watts, time in microseconds) in rising order of load, for a UPS of this capacity.
    pub(super) fn table(&self, capacity: Power) -> Vec<(i64, u64)> {
        let points = match self {
            Self::Fixed(time) => return vec![(0, time.us())],
            Self::ByLoad(points) => points,
        };
        let mut table: Vec<(i64, u64)> = Vec::with_capacity(points.len());
        for (load, time) in points {
            let point = (load.of(capacity.w()), time.us());
            // Of points that are the same watt for a small UPS the heavier tells.
            match table.last_mut() {
                Some(last) if last.0 == point.0 => *last = point,
                _ => table.push(point),
            }
        }
        table
    }

    /// Reports a time that is none, and a table that makes no sense.
    pub(super) fn check(&self, field: &str, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let mut wrong = |message: String, help: &str| {
            let issue = Issue::error("out-of-bounds", entity.span, message)
                .at(format!("{} › {field}", entity.path()));
            issues.push(if help.is_empty() { issue } else { issue.help(help) });
        };
        let times: Vec<SimDuration> = match self {
            Self::Fixed(time) => vec![*time],
            Self::ByLoad(table) => table.values().copied().collect(),
        };
        if times.is_empty() {
            let message = format!("`{}` has a table without a time", entity.id);
            wrong(message, "write `{25 %: 40 min, 50 %: 18 min, 100 %: 7 min}`");
        }
        if times.contains(&SimDuration::ZERO) {
            wrong(format!("`{}` cannot have no time at all here", entity.id), "");
        }
        if times.windows(2).any(|pair| pair[1] > pair[0]) {
            let message = format!("`{}` would last longer under a heavier load", entity.id);
            wrong(message, "the heavier the load, the shorter the time");
        }
    }
}

impl<'de> Deserialize<'de> for Autonomy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms)
    }
}

struct Forms;

impl<'de> Visitor<'de> for Forms {
    type Value = Autonomy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length of time such as `10 min`, or a table such as `{50 %: 18 min, 100 %: 7 min}`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Autonomy, E> {
        SimDuration::parse(text)
            .map(Autonomy::Fixed)
            .map_err(|error| E::custom(error.to_serde_message()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Autonomy, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Autonomy, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Autonomy, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Autonomy, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Autonomy::ByLoad)
    }
}

impl JsonSchema for Autonomy {
    fn schema_name() -> Cow<'static, str> {
        "Autonomy".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = generator.subschema_for::<SimDuration>();
        let table = generator.subschema_for::<BTreeMap<Loading, SimDuration>>();
        json_schema!({
            "description": "How long a full battery lasts: a length of time, or a table of times by the load as a share of the capacity of \
                            its UPS, straight between the points.",
            "anyOf": [time, table],
        })
    }
}
