//! The tables of kinds put together, and what follows from them: the language, help, the JSON schema.

use super::archetypes::{archetypes, help_archetypes, slot_schema};
use crate::component::{KINDS as COMPONENTS, PLACES};
use crate::hazard::HAZARDS;
use crate::model::{self, Kind, language_sections};
use crate::recovery::KINDS as RECOVERY;
use crate::scenario::{Language, Limits, Node, Shape, load_text, resolved, slot_shape, slots};
use serde_json::{Map, Value as Json};

/// The files of the built-in library: name and text.
pub const LIBRARY: &[(&str, &str)] = &[
    (
        "library/power.yaml",
        include_str!("../../scenarios/library/power.yaml"),
    ),
    (
        "library/cooling.yaml",
        include_str!("../../scenarios/library/cooling.yaml"),
    ),
    (
        "library/network.yaml",
        include_str!("../../scenarios/library/network.yaml"),
    ),
    (
        "library/servers.yaml",
        include_str!("../../scenarios/library/servers.yaml"),
    ),
    (
        "library/services.yaml",
        include_str!("../../scenarios/library/services.yaml"),
    ),
    (
        "library/people.yaml",
        include_str!("../../scenarios/library/people.yaml"),
    ),
    (
        "library/hazards.yaml",
        include_str!("../../scenarios/library/hazards.yaml"),
    ),
];

/// All kinds of things, in the order in which help lists them.
pub fn kinds() -> Vec<&'static Kind> {
    COMPONENTS.iter().chain(RECOVERY).copied().collect()
}

/// The language, for [`crate::scenario::load`].
pub fn language() -> Language {
    let mut sections = language_sections(&kinds(), HAZARDS);
    let shapes: Vec<(String, Shape)> = sections
        .iter()
        .map(|section| (section.name.clone(), section.shape.clone()))
        .collect();
    let shape_of = |name: &str| {
        let known = shapes.iter().find(|(known, _)| known == name);
        known.map_or_else(Shape::any, |(_, shape)| shape.clone())
    };
    let slots: Vec<(String, Shape)> = slots(archetypes())
        .into_iter()
        .map(|slot| (slot.to_owned(), slot_shape(slot, archetypes(), shape_of)))
        .collect();
    for section in &mut sections {
        if PLACES.sections.contains(&section.name.as_str()) {
            section.shape = section.shape.with_fields(slots.iter().cloned());
        }
    }
    Language {
        sections,
        library: LIBRARY,
        places: PLACES
            .sections
            .iter()
            .map(|&section| section.to_owned())
            .collect(),
        archetypes: archetypes(),
    }
}

/// Everything that help explains: sections of things, hazards, and what stands at the head.
pub fn names() -> Vec<&'static str> {
    let things = kinds().into_iter().map(|kind| kind.section);
    let head = [
        "title", "horizon", "annual", "initial", "clock", "targets", "record", "happens",
    ];
    let slots = slots(archetypes()).into_iter();
    things
        .chain(slots)
        .chain(HAZARDS.iter().map(|hazard| hazard.tag))
        .chain(head)
        .collect()
}

/// What `help NAME` prints; `None` for what nobody knows.
pub fn help(name: &str) -> Option<String> {
    help_archetypes(name).or_else(|| model::help(&kinds(), HAZARDS, name, &library_defaults()))
}

/// The JSON schema of scenarios, for editors.
pub fn schema() -> Json {
    let mut schema = model::schema(&kinds(), HAZARDS, &library_defaults());
    for section in PLACES.sections {
        for slot in slots(archetypes()) {
            schema["$defs"][section]["properties"][slot] = slot_schema(slot);
        }
    }
    schema
}

/// The library's default block of every section, and of every hazard by its tag.
pub fn library_defaults() -> Json {
    let mut text = String::from("blackstart: 1\n");
    let kinds = kinds();
    for kind in &kinds {
        text.push_str(&format!("{}: {{{}.default: {{}}}}\n", kind.section, kind.section));
    }
    text.push_str("happens:\n");
    for hazard in HAZARDS {
        text.push_str(&format!("  {0}.default: {{{0}: {{}}}}\n", hazard.tag));
    }
    let loaded = load_text("defaults", &text, &language(), &[], &Limits::default());
    let mut defaults = Map::new();
    for kind in &kinds {
        let block = loaded
            .root
            .get(kind.section)
            .and_then(Node::entries)
            .and_then(<[_]>::first);
        defaults.insert(
            kind.section.to_owned(),
            block.map_or(Json::Null, |entry| resolved(&entry.node)),
        );
    }
    for hazard in HAZARDS {
        let entry = format!("{}.default", hazard.tag);
        let block = loaded
            .root
            .get("happens")
            .and_then(|happens| happens.get(&entry)?.get(hazard.tag));
        defaults.insert(hazard.tag.to_owned(), block.map_or(Json::Null, resolved));
    }
    Json::Object(defaults)
}
