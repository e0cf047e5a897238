//! Archetypes: each row of the table becomes parts that are valid, whose numbers have a source, and that nothing keeps from being changed.

use crate::program::blackstart;
use crate::simulated::{Ready, design, loaded_text, rendered};
use blackstart::compile::{archetypes, help, language, schema, validate};
use blackstart::monte_carlo::Replica;
use blackstart::scenario::{Archetype, Limits, Loaded, load_text, resolved};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// A scenario of one site with an archetype, and `said` of it.
fn with(archetype: &Archetype, said: &str) -> String {
    format!(
        "blackstart: 1\nhorizon: 1 y\nsites: {{alpha: {{{}: {{{}: {said}}}}}}}\n",
        archetype.slot, archetype.tag
    )
}

fn resolved_of(loaded: &Loaded) -> Json {
    resolved(&loaded.root)
}

/// All text of a JSON value that stands in a list or under a key.
fn texts<'j>(value: &'j Json, out: &mut BTreeSet<&'j str>) {
    match value {
        Json::String(text) => {
            out.insert(text);
        }
        Json::Array(list) => list.iter().for_each(|value| texts(value, out)),
        Json::Object(map) => map.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

/// The PDUs and cooling plants of a site that no other part names: what loads and pools are fed or cooled by.
fn outlets(whole: &Json) -> Vec<String> {
    let mut named = BTreeSet::new();
    texts(whole, &mut named);
    let sections = ["pdus", "cooling-plants"].into_iter();
    let ids = sections.filter_map(|section| whole[section].as_object());
    let ids = ids.flat_map(|section| section.keys());
    ids.filter(|id| !named.contains(id.as_str())).cloned().collect()
}

#[test]
fn every_archetype_has_a_name_of_its_own_and_is_documented() {
    let mut seen = BTreeSet::new();
    for archetype in archetypes() {
        let (slot, tag) = (archetype.slot.as_str(), archetype.tag.as_str());
        assert!(seen.insert((slot, tag)), "{slot} has {tag} twice");
        assert!(
            archetype.title.len() > 10 && !archetype.title.ends_with('.'),
            "{tag}"
        );
        assert!(
            archetype.docs.len() > 40 && archetype.docs.ends_with('.'),
            "{tag}"
        );
        let help = help(slot).expect("help for a slot");
        for parameter in &archetype.parameters {
            assert!(parameter.docs.ends_with('.'), "{tag}: {}", parameter.name);
            assert!(help.contains(&parameter.docs), "{help}");
        }
        assert!(help.contains(&format!("{tag}: {}", archetype.title)), "{help}");
        let options = schema()["$defs"]["sites"]["properties"][slot]["oneOf"].clone();
        let options = options.as_array().expect("options").iter();
        let found = options.filter(|option| option["const"] == tag || option["required"][0] == tag);
        assert_eq!(found.count(), 2, "{tag} in the schema, as a word and with fields");
    }
    assert!(seen.len() >= 9, "{seen:?}");
}

#[test]
fn every_archetype_becomes_parts_whose_numbers_have_a_source() {
    for archetype in archetypes() {
        let about = format!("{} {}", archetype.slot, archetype.tag);
        let bare = loaded_text("archetype.yaml", &with(archetype, ""));
        let numbers = bare.numbers(&language());
        assert_eq!(
            (numbers.library_plain, numbers.yours_total()),
            (0, 0),
            "{about}: {numbers:?}"
        );
        let whole = resolved_of(&bare);
        let outlets = outlets(&whole);
        assert!(!outlets.is_empty(), "{about}: {whole}");
        let mut text = with(archetype, "");
        let uses = if archetype.slot == "power" {
            "fed-by"
        } else {
            "cooled-by"
        };
        for (number, outlet) in outlets.iter().enumerate() {
            let head = if number == 0 { "pools:\n" } else { "" };
            text.push_str(&format!(
                "{head}  pool-{number}: {{in: alpha, servers: 10, {uses}: {outlet}}}\n"
            ));
        }
        let mut loaded = loaded_text("archetype.yaml", &text);
        assert!(
            validate(&mut loaded).is_some() && loaded.issues.is_empty(),
            "{about}:\n{text}{}",
            rendered(&loaded)
        );
        for (section, entries) in whole.as_object().expect("sections") {
            for (id, entry) in entries
                .as_object()
                .into_iter()
                .flatten()
                .filter(|_| section != "sites")
            {
                let base = format!("alpha.{}", archetype.slot);
                assert!(
                    *id == base || id.starts_with(&format!("{base}.")),
                    "{about}: {id}"
                );
                assert_eq!(entry["in"], "alpha", "{about}: {id}");
            }
        }
        // The slot is a plain word too.
        let word = with(archetype, "").replace(&format!("{{{}: }}", archetype.tag), &archetype.tag);
        assert_eq!(resolved_of(&loaded_text("word.yaml", &word)), whole, "{word}");
    }
}

#[test]
fn every_parameter_and_every_block_of_parts_changes_something() {
    for archetype in archetypes() {
        let bare = resolved_of(&loaded_text("bare.yaml", &with(archetype, "")));
        for parameter in &archetype.parameters {
            let value = match parameter.name.as_str() {
                "capacity" => "3 MW",
                "ride-through" => "8 min",
                name if name.ends_with("fed-by") => "somewhere",
                _ => "7",
            };
            let said = with(archetype, &format!("{{{}: {value}}}", parameter.name));
            let changed = resolved_of(&loaded_text("said.yaml", &said));
            assert_ne!(changed, bare, "{said}");
            assert!(changed.to_string().contains(value), "{said}{changed}");
        }
        for (role, section) in archetype.roles() {
            let said = with(archetype, &format!("{{{role}: {{name: Somebody}}}}"));
            let changed = resolved_of(&loaded_text("said.yaml", &said));
            let parts = changed[section].as_object().expect("a section");
            let named: Vec<_> = parts
                .iter()
                .filter(|(_, part)| part["name"] == "Somebody")
                .collect();
            assert!(!named.is_empty(), "{said}");
            assert!(
                named.iter().all(|(id, _)| id.ends_with(role)),
                "{said}: {named:?}"
            );
        }
    }
}

/// A scenario with its variants.
fn varied(text: &str, variants: &[&str]) -> Loaded {
    let variants: Vec<String> = variants.iter().map(|&name| name.to_owned()).collect();
    load_text("varied.yaml", text, &language(), &variants, &Limits::default())
}

const VARIED: &str = "blackstart: 1
horizon: 1 y
sites:
  alpha:
    power: {2N: {ups: {fails: {mttf: 70000 h}}, battery: {autonomy: 8 min}}}
    rooms: {hall: {power: N}}
ups:
  alpha.power.b.ups: {fails: {mttf: 90000 h}}
  hall.power.ups: {}
batteries: {alpha.power.b.battery: }
variants:
  one-ups: {patch: {ups: {alpha.power.b.ups: null}, pdus: {alpha.power.b.pdu: {fed-by: alpha.power.a.ups}}, batteries: {alpha.power.b.battery: null}}}
  longer: {patch: {sites: {alpha: {power: {2N: {battery: {autonomy: 20 min}}}}}, batteries: {alpha.power.a.battery: {autonomy: 1 h}}}}
  simpler: {patch: {sites: {alpha: {power: N}}, ups: {alpha.power.b.ups: null}, batteries: {alpha.power.b.battery: null}}}
  none: {patch: {sites: {alpha: {power: null}}, ups: {alpha.power.b.ups: null}, batteries: {alpha.power.b.battery: null}}}
  typo: {patch: {ups: {alpha.power.b.upss: null, alpha.powr: null}}}
";

#[test]
fn an_entry_under_the_id_of_a_part_lies_over_it() {
    let loaded = varied(VARIED, &[]);
    assert!(loaded.issues.is_empty(), "{}", rendered(&loaded));
    let whole = resolved_of(&loaded);
    let ups = |id: &str| whole["ups"][id].clone();
    assert_eq!(ups("alpha.power.a.ups")["fails"]["mttf"], "70000 h");
    assert_eq!(ups("alpha.power.b.ups")["fails"]["mttf"], "90000 h");
    assert_eq!(ups("alpha.power.b.ups")["fed-by"], "alpha.power.b.bus");
    assert_eq!(ups("hall.power.ups")["in"], "hall");
    assert_eq!(whole["batteries"]["alpha.power.b.battery"]["autonomy"], "8 min");
    design(varied(VARIED, &[]));
}

#[test]
fn variants_reach_an_archetype_and_its_parts() {
    let whole = |variant: &str| {
        let mut loaded = varied(VARIED, &[variant]);
        assert!(
            validate(&mut loaded).is_some(),
            "{variant}: {}",
            rendered(&loaded)
        );
        resolved_of(&loaded)
    };
    let less = whole("one-ups");
    assert_eq!(less["ups"].as_object().map(serde_json::Map::len), Some(2));
    assert!(
        less["ups"].get("alpha.power.b.ups").is_none()
            && less["batteries"].get("alpha.power.b.battery").is_none()
    );
    let longer = whole("longer");
    assert_eq!(longer["batteries"]["alpha.power.a.battery"]["autonomy"], "1 h");
    assert_eq!(longer["batteries"]["alpha.power.b.battery"]["autonomy"], "20 min");
}

#[test]
fn a_removal_of_what_is_no_part_is_told() {
    let said = |variant: &str| rendered(&varied(VARIED, &[variant]));
    for variant in ["simpler", "none"] {
        // The scenario itself speaks of parts that are then no parts any more: they would have to say where they stand.
        let text = said(variant);
        assert!(!text.contains("patch-removes-nothing"), "{variant}: {text}");
    }
    let text = said("typo");
    assert!(text.contains("did you mean `alpha.power.b.ups`?"), "{text}");
    assert_eq!(text.matches("patch-removes-nothing").count(), 2, "{text}");
}

#[test]
fn counted_sites_have_parts_of_their_own() {
    let text = "blackstart: 1\nhorizon: 1 d\ntemplates: {edge: {power: {N: {battery: {autonomy: 3 min}}}}}\nsites: {edge: {count: 3, template: edge}}\n\
                batteries: {edge-2.power.battery: {autonomy: 9 min}}\n";
    let loaded = loaded_text("edges.yaml", text);
    assert!(loaded.issues.is_empty(), "{}", rendered(&loaded));
    let whole = resolved_of(&loaded);
    let autonomy = |site: &str| whole["batteries"][format!("{site}.power.battery")]["autonomy"].clone();
    assert_eq!(
        (autonomy("edge-1"), autonomy("edge-2"), autonomy("edge-3")),
        ("3 min".into(), "9 min".into(), "3 min".into())
    );
}

#[test]
fn parts_count_against_the_limit_of_entities() {
    let limits = Limits {
        entities_max: 40,
        ..Limits::default()
    };
    for (said, code) in [
        ("{systems: 30}", "too-many-entities"),
        ("{systems: 1000000000}", "bad-count"),
        ("{systems: few}", "bad-count"),
    ] {
        let text = format!("blackstart: 1\nsites: {{alpha: {{power: {{block-redundant: {said}}}}}}}\n");
        let loaded = load_text("many.yaml", &text, &language(), &[], &limits);
        let codes: Vec<&str> = loaded.issues.iter().map(|issue| issue.code.as_ref()).collect();
        assert_eq!(codes, [code], "{said}");
    }
}

#[test]
fn what_show_prints_is_the_same_scenario() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let text = "blackstart: 1\ntitle: \"Two: halls\"\nhorizon: 1 y\nsites: {alpha: {power: {2N: {capacity: 1 MW}}, cooling: N+1}}\n\
                loads: {hall: {fed-by: alpha.power, draws: 0.4 MW, tier: 1}}\nvariants: {n: {patch: {sites: {alpha: {power: N}}}}}\n";
    std::fs::write(folder.path().join("short.yaml"), text).expect("a file");
    let shown = blackstart(folder.path(), &["show", "short.yaml", "--resolved"]);
    assert_eq!(shown.code(), Some(0), "{}", shown.err);
    assert!(
        shown.out.contains("alpha.power.a.ups:") && shown.out.contains("# library, vendor"),
        "{}",
        shown.out
    );
    std::fs::write(folder.path().join("long.yaml"), &shown.out).expect("a file");
    let json = |name: &str| blackstart(folder.path(), &["show", name, "--format", "json"]).out;
    assert_eq!(json("short.yaml"), json("long.yaml"));
    let checked = blackstart(folder.path(), &["check", "long.yaml"]);
    assert_eq!(checked.code(), Some(0), "{}", checked.out);
    let lines = blackstart(
        folder.path(),
        &["show", "short.yaml", "alpha.power.a", "--variant", "n"],
    );
    assert_eq!(lines.code(), Some(2), "{}", lines.out);
    let lines = blackstart(folder.path(), &["show", "short.yaml", "alpha.power.a"]);
    assert_eq!(lines.out.lines().count(), 5, "{}", lines.out);
    assert!(
        lines
            .out
            .contains("in alpha, fed-by alpha.power.mains and alpha.power.generators"),
        "{}",
        lines.out
    );
    let mistyped = blackstart(folder.path(), &["show", "short.yaml", "alpha.powr"]);
    assert!(
        mistyped.code() == Some(2) && mistyped.err.contains("did you mean `alpha.power`?"),
        "{}",
        mistyped.err
    );
}

#[test]
fn tanks_are_filled_again_between_two_blackouts_if_it_is_said_so() {
    let short = |refuels: &str| {
        let text = format!(
            "blackstart: 1
horizon: 10 d
sites: {{alpha: {{}}}}
utility-feeds: {{grid: {{in: alpha}}}}
generators: {{gen: {{in: alpha, stands-in-for: grid, starts: 10 s, fails-to-start: 0 %, fuel: 24 h{refuels}}}}}
buses: {{bus: {{in: alpha, fed-by: [grid, gen]}}}}
loads: {{hall: {{fed-by: bus, draws: 1 kW, tier: 1}}}}
happens:
  first: {{loss-of: {{ids: grid, at: +1 h, for: 20 h}}}}
  second: {{loss-of: {{ids: grid, at: +3 d, for: 20 h}}}}
"
        );
        let ready = Ready::new(loaded_text("fuel.yaml", &text));
        let row = Replica::new(ready.plan(1)).row(0);
        row.expect("a replication that ends").cells[ready.layout.short_us(0)] / 1_000_000
    };
    // Of 24 h the first blackout burns 20 h less 10 s; what is left lasts 4 h and 10 s of the second.
    assert_eq!(short(""), 16 * 3_600);
    assert_eq!(short(", refuels: 2 d"), 20);
    // In the 51 h between the two, 2 h of fuel come in a day: 4 h 15 min.
    assert_eq!(short(", refuels: 12 d"), 16 * 3_600 - 51 * 3_600 / 12);
}
