//! The language as the tables of kinds tell it: what the loader needs to know, help, and the JSON schema.

use super::head::{AnnualBlock, ClockBlock, Initial, RecordBlock, TargetBlock};
use super::kind::{HazardKind, Kind};
use crate::quantity::SimDuration;
use crate::scenario::{SectionForm, SectionShape, Shape};
use schemars::schema_for;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// The sections of the language that are not kinds of things: key, form, docs, schema.
fn head_sections(
    hazards: &[&'static HazardKind],
    defaults: &Json,
) -> Vec<(&'static str, SectionForm, &'static str, Json)> {
    let text = json!({ "type": "string" });
    vec![
        (
            "title",
            SectionForm::Value,
            "What people call the scenario.",
            text,
        ),
        (
            "horizon",
            SectionForm::Value,
            "How long each replication is watched.",
            schema_for!(SimDuration).to_value(),
        ),
        (
            "annual",
            SectionForm::Value,
            "Instead of `horizon`: each replication is years of ordinary life. Without fields: 100 years after a warm-up of 1 y.",
            schema_for!(AnnualBlock).to_value(),
        ),
        (
            "initial",
            SectionForm::Value,
            "How everything is at the start: `running` (the default), or `dark`: nothing runs, batteries are empty, and power is just back.",
            schema_for!(Initial).to_value(),
        ),
        (
            "clock",
            SectionForm::Value,
            "When it begins, in civil time. Without it all times count from the start.",
            schema_for!(ClockBlock).to_value(),
        ),
        (
            "targets",
            SectionForm::Keyed,
            "Promises: a service is back within a time, with a probability; in annual runs: available in so much of the time, or down for so long per year.",
            schema_for!(TargetBlock).to_value(),
        ),
        (
            "record",
            SectionForm::Keyed,
            "What was observed in a real outage or a game day; laid over the estimates.",
            schema_for!(RecordBlock).to_value(),
        ),
        (
            "happens",
            SectionForm::Keyed,
            "What happens: scripted timelines and hazards.",
            hazard_schema(hazards, defaults),
        ),
    ]
}

fn hazard_schema(hazards: &[&'static HazardKind], defaults: &Json) -> Json {
    let mut defs = Map::new();
    let options: Vec<Json> = hazards
        .iter()
        .map(|kind| {
            let mut schema = (kind.schema)().to_value();
            lift_defs(&mut schema, &mut defs);
            relax(&mut schema, &defaults[kind.tag], &[]);
            json!({ "type": "object", "description": kind.docs, "properties": { kind.tag: schema }, "required": [kind.tag] })
        })
        .collect();
    json!({ "oneOf": options, "$defs": defs })
}

/// What the loader has to know of the sections.
pub fn language_sections(kinds: &[&'static Kind], hazards: &[&'static HazardKind]) -> Vec<SectionShape> {
    let things = kinds.iter().map(|kind| SectionShape {
        name: kind.section.to_owned(),
        form: SectionForm::Entities,
        shape: Shape::from_schema(&(kind.schema)().to_value()),
        nested: kind.nested.iter().map(|&name| name.to_owned()).collect(),
    });
    let head = head_sections(hazards, &Json::Null)
        .into_iter()
        .map(|(name, form, _, schema)| SectionShape {
            name: name.to_owned(),
            form,
            shape: Shape::from_schema(&schema),
            nested: Vec::new(),
        });
    head.chain(things).collect()
}

/// Takes the definitions out of a schema.
fn lift_defs(schema: &mut Json, defs: &mut Map<String, Json>) {
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("title");
        if let Some(Json::Object(own)) = object.remove("$defs") {
            defs.extend(own);
        }
    }
}

/// The JSON schema of a scenario, for editors. `defaults` holds the library's default block of each section.
pub fn schema(kinds: &[&'static Kind], hazards: &[&'static HazardKind], defaults: &Json) -> Json {
    let mut defs = Map::new();
    let mut sections = Map::new();
    sections.insert(
        "blackstart".into(),
        json!({ "const": 1, "description": "The version of the language." }),
    );
    let files = json!({ "type": ["string", "array"], "items": { "type": "string" } });
    sections.insert(
        "include".into(),
        described(files, "Files that lie below this one."),
    );
    sections.insert(
        "templates".into(),
        described(json!({ "type": "object" }), "Blocks that entries build on."),
    );
    sections.insert(
        "variants".into(),
        described(json!({ "type": "object" }), "Named patches."),
    );
    for (name, form, docs, mut schema) in head_sections(hazards, defaults) {
        lift_defs(&mut schema, &mut defs);
        let schema = if form == SectionForm::Keyed {
            keyed(schema)
        } else {
            schema
        };
        sections.insert(name.into(), described(schema, docs));
    }
    for kind in kinds {
        let mut schema = (kind.schema)().to_value();
        lift_defs(&mut schema, &mut defs);
        relax(&mut schema, &defaults[kind.section], &["in"]);
        if let Some(fields) = schema["properties"].as_object_mut() {
            for (field, docs) in [
                ("template", "The template below this entry."),
                ("library", "The library's block below this entry."),
            ] {
                fields.insert(field.into(), json!({ "type": "string", "description": docs }));
            }
            fields.insert(
                "count".into(),
                json!({ "type": "integer", "minimum": 1, "description": "How many of these." }),
            );
            for nested in kind.nested {
                let inner = keyed(json!({ "$ref": format!("#/$defs/{nested}") }));
                fields.insert(
                    (*nested).into(),
                    described(inner, "Written inside, and so standing in it."),
                );
            }
        }
        defs.insert(kind.section.into(), schema);
        let entries = keyed(json!({ "$ref": format!("#/$defs/{}", kind.section) }));
        sections.insert(kind.section.into(), described(entries, kind.docs));
    }
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Blackstart scenario",
        "type": "object",
        "properties": sections,
        "required": ["blackstart"],
        "additionalProperties": false,
        "$defs": defs,
    });
    annotate(&mut whole["properties"]);
    annotate(&mut whole["$defs"]);
    whole["$defs"]["Annotated"] = json!({
        "description": "A value with what is known about where it comes from.",
        "oneOf": [
            { "type": "object", "properties": { "assumed": true }, "required": ["assumed"], "additionalProperties": false },
            {
                "type": "object",
                "properties": {
                    "value": true,
                    "source": { "type": "string" },
                    "grade": { "enum": ["primary", "survey", "press", "vendor", "derived", "assumed"] },
                    "range": { "type": "array", "minItems": 2, "maxItems": 2 },
                },
                "required": ["value"],
                "additionalProperties": false,
            },
        ],
    });
    whole
}

fn described(mut schema: Json, docs: &str) -> Json {
    schema["description"] = json!(docs);
    schema
}

fn keyed(schema: Json) -> Json {
    json!({ "type": ["object", "array", "null"], "additionalProperties": { "anyOf": [schema, { "type": "null" }] } })
}

/// Fields that the library gives, or that nesting gives, need not be written; blocks of the library likewise.
fn relax(schema: &mut Json, defaults: &Json, nesting: &[&str]) {
    if let Some(Json::Array(required)) = schema.get_mut("required") {
        required.retain(|field| {
            field
                .as_str()
                .is_none_or(|field| !nesting.contains(&field) && defaults.get(field).is_none())
        });
    }
}

/// Every value may carry where it comes from.
fn annotate(schema: &mut Json) {
    match schema {
        Json::Object(object) => {
            for (key, inner) in object.iter_mut() {
                if key == "properties"
                    && let Json::Object(fields) = inner
                {
                    for field in fields.values_mut() {
                        annotate(field);
                        let docs = field.get("description").cloned();
                        let mut either = json!({ "anyOf": [field.take(), { "$ref": "#/$defs/Annotated" }] });
                        if let Some(docs) = docs {
                            either["description"] = docs;
                        }
                        *field = either;
                    }
                } else {
                    annotate(inner);
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(annotate),
        _ => {}
    }
}

/// What `help KIND` prints: what it is, its fields with their types and defaults, an example. `None` for an unknown name.
pub fn help(
    kinds: &[&'static Kind],
    hazards: &[&'static HazardKind],
    name: &str,
    defaults: &Json,
) -> Option<String> {
    let none = Json::Null;
    let (heading, docs, example, schema, defaults) = if let Some(kind) = kinds
        .iter()
        .find(|kind| kind.section == name || kind.noun == name)
    {
        (
            kind.section.to_owned(),
            kind.docs,
            kind.example,
            (kind.schema)().to_value(),
            &defaults[kind.section],
        )
    } else if let Some(kind) = hazards.iter().find(|kind| kind.tag == name) {
        (
            format!("happens › {}", kind.tag),
            kind.docs,
            kind.example,
            (kind.schema)().to_value(),
            &defaults[kind.tag],
        )
    } else {
        let (key, _, docs, schema) = head_sections(hazards, defaults)
            .into_iter()
            .find(|(key, ..)| *key == name)?;
        (key.to_owned(), docs, "", schema, &none)
    };
    let mut text = format!("{heading}\n  {docs}\n");
    let defs = schema["$defs"].clone();
    let schema = if schema["$ref"].is_string() {
        behind(&schema, &defs)
    } else {
        &schema
    };
    if schema.get("properties").is_some() || schema.get("oneOf").is_some() {
        text.push_str("\nFields\n");
        fields(schema, &defs, defaults, 1, &mut text);
    } else {
        let _ = writeln!(text, "\nWrite {}.", type_of(schema, &defs));
    }
    if !example.is_empty() {
        text.push_str("\nExample\n");
        for line in example.trim().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    Some(text)
}

/// The blocks within blocks that help shows at most.
const HELP_DEPTH_MAX: usize = 5;

fn fields(schema: &Json, defs: &Json, defaults: &Json, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for option in schema["oneOf"].as_array().into_iter().flatten() {
        if let Some(word) = option["const"].as_str() {
            let _ = writeln!(text, "{indent}{word}: {}", one_line(&option["description"]));
        } else if let Some((tag, content)) =
            option["properties"].as_object().and_then(|map| map.iter().next())
        {
            let _ = writeln!(text, "{indent}{tag}: {}", one_line(&option["description"]));
            inner(content, defs, &Json::Null, depth + 1, text);
        }
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let default = &defaults[name];
        let note = match default {
            Json::Null if required.contains(&name.as_str()) => ", needed".to_owned(),
            Json::Null => String::new(),
            Json::Object(_) if name_of(field) != Some("Law") => String::new(),
            value => format!(", {} if not given", written(value)),
        };
        let _ = writeln!(
            text,
            "{indent}{name} ({}{note}): {}",
            type_of(field, defs),
            one_line(&field["description"])
        );
        inner(field, defs, default, depth + 1, text);
    }
}

fn one_line(docs: &Json) -> String {
    docs.as_str()
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The schema of the entries of a map keyed by id.
fn entry_of(schema: &Json) -> Option<&Json> {
    let by_pattern = schema["patternProperties"]
        .as_object()
        .and_then(|patterns| patterns.values().next());
    by_pattern
        .or(Some(&schema["additionalProperties"]))
        .filter(|entry| entry.is_object())
}

/// A value as people write it in one line: `{lognormal: {median: 4 h, p90: 12 h}}`.
fn written(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {}", written(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(", ")),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The schema behind references, optional values and maps.
fn behind<'a>(schema: &'a Json, defs: &'a Json) -> &'a Json {
    let mut here = schema;
    for _ in 0..8 {
        let name = here["$ref"]
            .as_str()
            .and_then(|name| name.strip_prefix("#/$defs/"));
        here = if let Some(name) = name {
            &defs[name]
        } else if let Some([only]) = here["allOf"].as_array().map(Vec::as_slice) {
            only
        } else if let Some([value, null]) = here["anyOf"].as_array().map(Vec::as_slice)
            && null["type"] == "null"
        {
            value
        } else if let Some(entry) = entry_of(here) {
            entry
        } else {
            return here;
        };
    }
    here
}

fn inner(schema: &Json, defs: &Json, defaults: &Json, depth: usize, text: &mut String) {
    let block = behind(schema, defs);
    let is_choice = |one: &Json| one["properties"].is_object() || one["const"].is_string();
    let is_block = block["properties"].is_object()
        || block["oneOf"]
            .as_array()
            .is_some_and(|all| all.iter().any(is_choice));
    let is_law = name_of(schema) == Some("Law");
    if is_block && !is_law && depth <= HELP_DEPTH_MAX {
        fields(block, defs, defaults, depth, text);
    }
}

fn name_of(schema: &Json) -> Option<&str> {
    let mut here = schema;
    for _ in 0..4 {
        if let Some(name) = here["$ref"].as_str() {
            return name.strip_prefix("#/$defs/");
        }
        here = match (
            here["allOf"].as_array().map(Vec::as_slice),
            here["anyOf"].as_array().map(Vec::as_slice),
        ) {
            (Some([only]), _) | (_, Some([only, _])) => only,
            _ => entry_of(here)?,
        };
    }
    None
}

/// The type of a value in a word: `Duration`, `ids`, `a map keyed by id`.
fn type_of(schema: &Json, defs: &Json) -> String {
    let example = |schema: &Json| {
        schema["examples"][0]
            .as_str()
            .map(|text| format!(" such as `{text}`"))
    };
    if entry_of(schema).is_some() {
        return "a map keyed by id".to_owned();
    }
    if let Some(name) = name_of(schema) {
        let target = &defs[name];
        if target["properties"].is_object() || (target["oneOf"].is_array() && name != "Law") {
            return if target["oneOf"].is_array() {
                "one of"
            } else {
                "a block"
            }
            .to_owned();
        }
        return format!("{name}{}", example(target).unwrap_or_default());
    }
    if let Some(words) = schema["examples"][0].as_str() {
        return format!("such as `{words}`");
    }
    let plain = behind(schema, defs);
    match (&plain["type"], &schema["anyOf"]) {
        (Json::String(word), _) if word == "integer" => "a whole number".to_owned(),
        (Json::String(word), _) if word == "string" => match plain.get("pattern") {
            Some(_) => "an id".to_owned(),
            None => "a text".to_owned(),
        },
        (Json::Array(words), _) if words.iter().any(|word| word == "integer") => "a whole number".to_owned(),
        (Json::Array(words), _) if words.iter().any(|word| word == "string") => match plain.get("pattern") {
            Some(_) => "an id".to_owned(),
            None => "a text".to_owned(),
        },
        (_, Json::Array(_)) => "ids".to_owned(),
        _ => "a value".to_owned(),
    }
}
