//! The small forms in which entries of the language point at others: references, crews, targets, tiers, moments.

use super::design::{Entity, Model};
use crate::diagnostics::{Issue, Issues, Span};
use crate::quantity::{SimDuration, coded, quoted};
use crate::scenario::{Id, Spanned};
use jiff::civil::DateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The id of another entity, and where it was written.
pub type Ref = Spanned<Id>;

/// Several references: one id, or a list of ids.
#[derive(Clone, Debug, Default)]
pub struct Refs(pub Vec<Ref>);

impl Refs {
    /// The references in the order in which they were written.
    pub fn iter(&self) -> std::slice::Iter<'_, Ref> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Who does a work: heads by team, all of them at once. `sre` and `[sre, facilities]` stand for one head each.
#[derive(Clone, Debug, Default)]
pub struct Crew(pub BTreeMap<Ref, Option<u32>>);

impl Crew {
    /// The teams with the heads that are asked of each.
    pub fn iter(&self) -> impl Iterator<Item = (&Ref, u32)> {
        self.0.iter().map(|(team, heads)| (team, heads.unwrap_or(1)))
    }

    /// All heads together.
    pub fn heads(&self) -> u32 {
        self.iter().map(|(_, heads)| heads).fold(0, u32::saturating_add)
    }

    /// Whether nobody is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reports a crew that no team can ever give.
pub fn check_crew(crew: &Crew, model: &Model, path: &str, issues: &mut Issues) {
    for (team, heads) in crew.iter() {
        let available = model.entity(model.resolve(team)).component.heads().unwrap_or(0);
        if heads == 0 {
            let message = format!("no head of `{}` is asked for", team.as_str());
            issues.push(Issue::error("out-of-bounds", team.span, message).at(path));
        } else if heads > available {
            let message = format!(
                "{heads} heads of `{}` are asked for, which has {available}",
                team.as_str()
            );
            let issue = Issue::error("more-needed-than-there-are", team.span, message).at(path);
            issues.push(issue.note("all heads of a work are taken at once, so that it would never begin"));
        }
    }
}

/// What something is done to: an id, a list of ids, or a selector.
#[derive(Clone, Debug, Default)]
pub struct Targets(pub Vec<Spanned<Target>>);

impl Targets {
    /// Where the first of them is written.
    pub fn span(&self) -> Span {
        self.0.first().map(|target| target.span).unwrap_or_default()
    }

    /// One entity, as if it were written at this place.
    pub fn one(entity: &Entity, span: Span) -> Self {
        let id = Id::new(&entity.id).expect("the id of an entity is one");
        Self(vec![Spanned::new(Target::Id(id), span)])
    }
}

/// One of the things that something is done to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A thing by its id.
    Id(Id),
    /// All things of a kind, perhaps of one place only.
    Selector(Selector),
}

/// All things of a kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Selector {
    /// The section in which they are described: `pools`, `ups`, `generators`.
    pub kind: Spanned<String>,
    /// The place in which they stand; anywhere if not given.
    pub r#in: Option<Ref>,
}

/// The rank of a service: 1 to 9, or a tool of the staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// 1 (restored first) to 9.
    Ranked(u8),
    /// A tool, which ranks with the best service that needs it.
    Internal,
}

/// A time of a scenario: since its start, or on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long after the start.
    Since(SimDuration),
    /// A civil time in the zone of the scenario's clock.
    Civil(DateTime),
}

impl Moment {
    /// Reads `+93 min` or `2022-10-15 16:52`. The error is a coded text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix('+') {
            return SimDuration::parse(rest)
                .map(Self::Since)
                .map_err(|error| error.to_serde_message());
        }
        match text.parse::<DateTime>() {
            Ok(civil) if text.contains(':') => Ok(Self::Civil(civil)),
            _ => Err(coded(
                "bad-moment",
                &format!("{} is not a time of the scenario", quoted(text)),
                Some("write `2022-10-15 16:52`, or `+93 min` for a time since the start"),
            )),
        }
    }
}

/// Makes a value of a list.
type OfList<T> = fn(Vec<Spanned<Target>>) -> T;

/// A visitor that takes a text (one), a list (many) or a map.
struct Forms<T> {
    expecting: &'static str,
    one: fn(&str) -> Result<T, String>,
    many: Option<OfList<T>>,
    map: Option<fn(Selector) -> T>,
}

impl<'de, T> Visitor<'de> for Forms<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.one)(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        match self.many {
            Some(many) => {
                let list = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(many(list))
            }
            None => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match self.map {
            Some(make) => Selector::deserialize(MapAccessDeserializer::new(map)).map(make),
            None => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms {
            expecting: "an id or a selector such as `{kind: ups, in: alpha}`",
            one: |text| Id::new(text).map(Target::Id),
            many: None,
            map: Some(Target::Selector),
        })
    }
}

/// One thing or several, before it is known where the one stands.
enum OneOrMany {
    One(Target),
    Many(Vec<Spanned<Target>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms {
            expecting: "an id, a list of ids, or a selector such as `{kind: ups, in: alpha}`",
            one: |text| Id::new(text).map(|id| Self::One(Target::Id(id))),
            many: Some(Self::Many),
            map: Some(|selector| Self::One(Target::Selector(selector))),
        })
    }
}

impl<'de> Deserialize<'de> for Targets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<OneOrMany>::deserialize(deserializer)?;
        Ok(match value {
            OneOrMany::One(target) => Self(vec![Spanned::new(target, span)]),
            OneOrMany::Many(list) => Self(list),
        })
    }
}

/// One id or several, before it is known where the one stands.
enum IdOrIds {
    One(Id),
    Many(Vec<Ref>),
}

impl<'de> Deserialize<'de> for IdOrIds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;
        impl<'de> Visitor<'de> for Ids {
            type Value = IdOrIds;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an id or a list of ids")
            }

            fn visit_unit<E: de::Error>(self) -> Result<IdOrIds, E> {
                Ok(IdOrIds::Many(Vec::new()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<IdOrIds, E> {
                Id::new(text).map(IdOrIds::One).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<IdOrIds, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(IdOrIds::Many)
            }
        }
        deserializer.deserialize_any(Ids)
    }
}

impl<'de> Deserialize<'de> for Refs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<IdOrIds>::deserialize(deserializer)?;
        Ok(match value {
            IdOrIds::One(id) => Self(vec![Spanned::new(id, span)]),
            IdOrIds::Many(list) => Self(list),
        })
    }
}

/// A crew as written, before it is known where a single team stands.
enum CrewForm {
    One(Id),
    Many(Vec<Ref>),
    Heads(BTreeMap<Ref, Option<u32>>),
}

impl<'de> Deserialize<'de> for CrewForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Heads;
        impl<'de> Visitor<'de> for Heads {
            type Value = CrewForm;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a team, a list of teams, or a map of teams to heads such as `{sre: 2}`")
            }

            fn visit_unit<E: de::Error>(self) -> Result<CrewForm, E> {
                Ok(CrewForm::Many(Vec::new()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<CrewForm, E> {
                Id::new(text).map(CrewForm::One).map_err(E::custom)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<CrewForm, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(CrewForm::Many)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CrewForm, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(CrewForm::Heads)
            }
        }
        deserializer.deserialize_any(Heads)
    }
}

impl<'de> Deserialize<'de> for Crew {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, span } = Spanned::<CrewForm>::deserialize(deserializer)?;
        Ok(Self(match value {
            CrewForm::One(id) => BTreeMap::from([(Spanned::new(id, span), None)]),
            CrewForm::Many(list) => list.into_iter().map(|team| (team, None)).collect(),
            CrewForm::Heads(map) => map,
        }))
    }
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms {
            expecting: "a tier from 1 to 9, or `internal`",
            one: |text| match text {
                "internal" => Ok(Tier::Internal),
                _ => match text.parse::<u8>() {
                    Ok(tier @ 1..=9) => Ok(Tier::Ranked(tier)),
                    _ => Err(coded(
                        "bad-tier",
                        &format!("{} is not a tier", quoted(text)),
                        Some("write a tier from 1 (restored first) to 9, or `internal` for a tool"),
                    )),
                },
            },
            many: None,
            map: None,
        })
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms {
            expecting: "a time such as `2022-10-15 16:52` or `+93 min`",
            one: Moment::parse,
            many: None,
            map: None,
        })
    }
}

/// Gives a type a JSON schema by name, made by an expression of the generator.
macro_rules! schema {
    ($kind:ty, $name:literal, $generator:ident => $schema:expr) => {
        impl JsonSchema for $kind {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(Refs, "ids", generator => {
    let id = generator.subschema_for::<Id>();
    json_schema!({ "anyOf": [id, { "type": "array", "items": id }] })
});
schema!(Crew, "teams and heads", generator => generator.subschema_for::<BTreeMap<Id, Option<u32>>>());
schema!(Targets, "ids or selectors", generator => {
    let id = generator.subschema_for::<Id>();
    let selector = generator.subschema_for::<Selector>();
    json_schema!({ "anyOf": [id, selector, { "type": "array", "items": { "anyOf": [id, selector] } }] })
});
schema!(Tier, "Tier", _generator => json_schema!({
    "type": ["integer", "string"], "description": "1 (restored first) to 9, or `internal`", "examples": ["1", "internal"],
}));
schema!(Moment, "Moment", _generator => json_schema!({
    "type": "string",
    "description": "A civil time in the zone of the clock, or a time since the start",
    "examples": ["2022-10-15 16:52", "+93 min"],
}));
