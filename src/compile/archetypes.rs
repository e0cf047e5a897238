//! The table of archetypes: one file and one line each.

use crate::scenario::{Archetype, Node, resolved};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;
use std::sync::OnceLock;

/// The row of a file.
macro_rules! row {
    ($name:literal) => {
        (
            concat!("library/archetypes/", $name, ".yaml"),
            include_str!(concat!("../../scenarios/library/archetypes/", $name, ".yaml")),
        )
    };
}

/// The files of the archetypes, in the order in which help lists them: name and text.
pub const ARCHETYPES: &[(&str, &str)] = &[
    row!("power-n"),
    row!("power-n-plus-1"),
    row!("power-2n"),
    row!("power-2n-plus-2"),
    row!("power-3-over-2"),
    row!("power-block-redundant"),
    row!("cooling-n"),
    row!("cooling-n-plus-1"),
    row!("cooling-2n"),
];

/// The archetypes as their files say.
pub fn archetypes() -> &'static [Archetype] {
    static READ: OnceLock<Vec<Archetype>> = OnceLock::new();
    READ.get_or_init(|| {
        let files = ARCHETYPES.iter();
        files.map(|&(name, text)| Archetype::new(name, text)).collect()
    })
}

fn of_slot(slot: &str) -> impl Iterator<Item = &'static Archetype> {
    archetypes()
        .iter()
        .filter(move |archetype| archetype.slot == slot)
}

/// What `help power` prints: every archetype with its parameters and its parts. `None` for what is no slot.
pub(super) fn help_archetypes(slot: &str) -> Option<String> {
    of_slot(slot).next()?;
    let mut text = format!(
        "{slot} (in a site, building or room)\n  One line for a whole arrangement: an archetype. It becomes parts named after the place, \
         such as `alpha.{slot}.a.ups`;\n  `blackstart show SCENARIO --resolved` prints them, and an entry under such an id lies over the part.\n"
    );
    for archetype in of_slot(slot) {
        let _ = write!(text, "\n{}: {}\n", archetype.tag, archetype.title);
        for line in archetype.docs.lines() {
            let _ = writeln!(text, "  {line}");
        }
        for parameter in &archetype.parameters {
            let value = parameter.value.as_ref().and_then(Node::text);
            let value = value.map_or(String::new(), |value| format!(" ({value} if not given)"));
            let _ = writeln!(text, "  {}{value}: {}", parameter.name, parameter.docs);
        }
        let roles: Vec<String> = archetype
            .roles()
            .into_iter()
            .map(|(role, section)| format!("{role} ({section})"))
            .collect();
        let _ = writeln!(text, "  blocks of parts: {}", roles.join(", "));
    }
    let first = of_slot(slot)
        .last()
        .map_or("N", |archetype| archetype.tag.as_str());
    let _ = write!(
        text,
        "\nExample\n  blackstart: 1\n  sites: {{alpha: {{{slot}: {{{first}: {{}}}}}}}}\n"
    );
    Some(text)
}

/// The JSON schema of a slot in a place.
pub(super) fn slot_schema(slot: &str) -> Json {
    let described =
        |archetype: &Archetype| format!("{}. {}", archetype.title, archetype.docs.replace('\n', " "));
    let options = of_slot(slot).flat_map(|archetype| {
        let mut fields = Map::new();
        for parameter in &archetype.parameters {
            let mut field = json!({ "description": parameter.docs });
            if let Some(value) = &parameter.value {
                field["default"] = resolved(value);
            }
            fields.insert(parameter.name.clone(), field);
        }
        for (role, section) in archetype.roles() {
            fields.insert(role.to_owned(), json!({ "$ref": format!("#/$defs/{section}") }));
        }
        let block = json!({ "type": ["object", "null"], "properties": fields, "additionalProperties": false });
        let docs = described(archetype);
        [
            json!({ "const": archetype.tag, "description": docs }),
            json!({ "type": "object", "description": docs, "properties": { &archetype.tag: block }, "required": [&archetype.tag] }),
        ]
    });
    json!({ "description": format!("The archetype of its {slot}: one line for a whole arrangement."), "oneOf": options.collect::<Vec<_>>() })
}
