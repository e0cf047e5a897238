//! Tests of loading as a whole.

use super::*;
use crate::diagnostics::{Issues, Sources, Style, render};
use serde_json::json;
use std::path::Path;

const LIBRARY: &[(&str, &str)] = &[(
    "library/pools.yaml",
    "pools:\n  default: {source: a survey of 2023, grade: survey, draw: 500 W, boot: {automated: {rate: 300 /h}}}\n  \
     frugal: {source: a data sheet, grade: vendor, draw: 200 W}\n\
     happens:\n  fire: {fire: {growth: 3 min}}\n",
)];

fn language() -> Language {
    let section = |name: &str, form, shape: serde_json::Value, nested: &[&str]| SectionShape {
        name: name.to_owned(),
        form,
        shape: Shape::from_schema(&shape),
        nested: nested.iter().map(|&name| name.to_owned()).collect(),
    };
    let text = json!({"type": "string"});
    let needs = json!({"type": "object", "additionalProperties": {"oneOf": [
        {"type": "string", "const": "start"},
        {"type": "object", "properties": {"hard": {"type": "object", "properties": {"grace": text}}}, "required": ["hard"]},
        {"type": "object", "properties": {"soft": {"type": "object"}}, "required": ["soft"]}]}});
    let boot = json!({"oneOf": [
        {"type": "object", "properties": {"automated": {"type": "object", "properties": {"rate": text}}}, "required": ["automated"]},
        {"type": "object", "properties": {"by-hand": {"type": "object"}}, "required": ["by-hand"]}]});
    let pool = json!({"type": "object", "properties": {"in": text, "servers": {"type": "integer"}, "draw": text,
        "boot": boot, "grace": text, "note": text}});
    let service = json!({"type": "object", "properties": {"needs": needs, "tier": text}});
    let place = json!({"type": "object", "properties": {"in": text, "barrier": text}});
    let happens = json!({"oneOf": [{"type": "object", "properties": {"fire": {"type": "object", "properties":
        {"in": text, "growth": text}}}, "required": ["fire"]}]});
    use SectionForm::{Entities, Keyed, Value};
    Language {
        sections: vec![
            section("title", Value, text.clone(), &[]),
            section("horizon", Value, text, &[]),
            section("sites", Entities, place.clone(), &["buildings", "rooms"]),
            section("buildings", Entities, place.clone(), &["rooms"]),
            section("rooms", Entities, place, &[]),
            section("pools", Entities, pool, &[]),
            section("services", Entities, service, &[]),
            section("happens", Entities, happens, &[]),
            section("targets", Keyed, json!({"type": "object"}), &[]),
        ],
        library: LIBRARY,
        places: Vec::new(),
        archetypes: &[],
    }
}

fn bare() -> Language {
    Language {
        library: &[],
        ..language()
    }
}

fn loaded(text: &str, variants: &[&str]) -> Loaded {
    loaded_in(&bare(), text, variants)
}

fn loaded_in(language: &Language, text: &str, variants: &[&str]) -> Loaded {
    let variants: Vec<String> = variants.iter().map(|&name| name.to_owned()).collect();
    load_text(
        "x.yaml",
        &format!("blackstart: 1\n{text}"),
        language,
        &variants,
        &Limits::default(),
    )
}

fn codes(loaded: &Loaded) -> Vec<String> {
    loaded
        .issues
        .sorted()
        .iter()
        .map(|issue| issue.code.to_string())
        .collect()
}

/// The sections as JSON, without the version.
fn sections(loaded: &Loaded) -> serde_json::Value {
    assert!(
        codes(loaded).is_empty(),
        "{}",
        render(&loaded.issues, &loaded.sources, Style::default())
    );
    let mut all = resolved(&loaded.root);
    let map = all.as_object_mut().expect("a map");
    map.remove("blackstart");
    map.remove("variants");
    all
}

#[test]
fn nested_places_move_to_their_sections() {
    let text = "sites:\n  alpha:\n    rooms: [hall-a, battery-a]\n    buildings: {main: {rooms: {hall-m: {barrier: 1 h}, cellar: }}}\n  beta: {}\n";
    let expected = json!({
        "sites": {"alpha": {}, "beta": {}}, "buildings": {"main": {"in": "alpha"}},
        "rooms": {"hall-a": {"in": "alpha"}, "battery-a": {"in": "alpha"},
                  "hall-m": {"in": "main", "barrier": "1 h"}, "cellar": {"in": "main"}}});
    assert_eq!(sections(&loaded(text, &[])), expected);
}

#[test]
fn a_nested_place_cannot_stand_elsewhere_nor_twice() {
    let text = "sites:\n  alpha: {rooms: {hall: {in: beta}, cell: {}}}\n  beta: {rooms: {cell: {}}}\nrooms: {hall: {}}\n";
    assert_eq!(
        codes(&loaded(text, &[])),
        ["duplicate-id", "in-two-places", "in-two-places"]
    );
}

#[test]
fn templates_lie_below_and_may_build_on_each_other() {
    let text = "templates:\n  server: {draw: 600 W, boot: {automated: {rate: 1 /h}}, note: x}\n  big: {template: server, draw: 900 W}\n\
                pools:\n  a: {template: big, servers: 3}\n  b: {template: server, boot: by-hand, note: ~}\n";
    let expected = json!({"pools": {
        "a": {"draw": "900 W", "boot": {"automated": {"rate": "1 /h"}}, "note": "x", "servers": 3},
        "b": {"draw": "600 W", "boot": "by-hand"}}});
    assert_eq!(sections(&loaded(text, &[])), expected);
}

#[test]
fn broken_templates_are_told() {
    let text = "templates: {a: {template: b}, b: {template: a}, c: {template: d}, e: [1]}\n\
                pools: {p: {template: a}, q: {template: c}, r: {template: sever}, s: {template: [x]}, t: {template: e}}\n";
    let mut found = codes(&loaded(text, &[]));
    found.sort();
    let expected = [
        "bad-template",
        "bad-template",
        "template-cycle",
        "template-unknown",
        "template-unknown",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_template_may_hold_nested_places() {
    let text = "templates: {campus: {rooms: [hall]}}\nsites: {alpha: {template: campus}}\n";
    assert_eq!(
        sections(&loaded(text, &[]))["rooms"],
        json!({"hall": {"in": "alpha"}})
    );
    let text = "templates: {campus: {rooms: [hall]}}\nsites: {alpha: {template: campus}, beta: {template: campus}}\n";
    assert_eq!(codes(&loaded(text, &[])), ["in-two-places"]);
}

#[test]
fn a_count_makes_numbered_entries() {
    let text = "pools: {web: {count: 3, servers: 5, note: 'row {n}'}, x: {}}\n";
    let pools = sections(&loaded(text, &[]))["pools"].clone();
    let entry = |n: usize| json!({"servers": 5, "note": format!("row {n}")});
    assert_eq!(
        pools,
        json!({"web-1": entry(1), "web-2": entry(2), "web-3": entry(3), "x": {}})
    );
    for bad in ["0", "-1", "x", "1.5", "[1]"] {
        assert_eq!(
            codes(&loaded(&format!("pools: {{web: {{count: {bad}}}}}\n"), &[])),
            ["bad-count"],
            "{bad}"
        );
    }
    assert_eq!(
        codes(&loaded("pools: {web: {count: 2000001}}\n", &[])),
        ["too-many-entities"]
    );
    assert_eq!(
        codes(&loaded("pools: {web: {count: 2}, web-2: {}}\n", &[])),
        ["duplicate-id"]
    );
}

#[test]
fn the_library_lies_below_everything() {
    let text = "pools: {a: {}, b: {boot: {by-hand: {}}, draw: 1 W}, c: {library: frugal}, d: , e: {draw: ~}}\nhappens: {f: {fire: {in: a}}}\n";
    let loaded = loaded_in(&language(), text, &[]);
    let boot = json!({"automated": {"rate": "300 /h"}});
    let expected = json!({
        "pools": {"a": {"draw": "500 W", "boot": boot}, "b": {"draw": "1 W", "boot": {"by-hand": {}}},
            "c": {"draw": "200 W"}, "d": {"draw": "500 W", "boot": boot}, "e": {"boot": boot}},
        "happens": {"f": {"fire": {"in": "a", "growth": "3 min"}}}});
    assert_eq!(sections(&loaded), expected);
    let draw = loaded.root.find(["pools", "a", "draw"]).expect("a value");
    assert_eq!(origin(draw, &loaded.sources), Origin::Library);
    assert_eq!(
        loaded.provenances.get(draw.grade).source.as_deref(),
        Some("a survey of 2023")
    );
    let counts = loaded.numbers(&language());
    // 500 W and 300 /h of the survey, 200 W of the vendor, 3 min without a grade; 1 W is the author's.
    assert_eq!((counts.yours_plain, counts.library_plain), (1, 1));
    assert_eq!(
        counts.library.into_iter().collect::<Vec<_>>(),
        [(Grade::Survey, 2), (Grade::Vendor, 1)]
    );
}

#[test]
fn an_unknown_block_of_the_library_is_told() {
    let loaded = loaded_in(
        &language(),
        "pools: {a: {library: frugl}, b: {library: [x]}}\n",
        &[],
    );
    assert_eq!(codes(&loaded), ["library-unknown", "bad-library"]);
    assert_eq!(
        loaded.issues.sorted()[0].help.as_deref(),
        Some("did you mean `frugal`?")
    );
}

const VARIANTS: &str = "\
pools: {web: {servers: 5, draw: 600 W, boot: {automated: {rate: 1 /h}}}}
services: {text: {needs: {login: {hard: {grace: 30 min}}}}, login: }
sites: {alpha: {rooms: {hall: {}}}}
variants:
  more: {title: More, patch: {pools: {web: {servers: 9}, extra: {servers: 1}}}}
  fewer: {patch: {pools: {web: {servers: 2}}}}
  again: {patch: {pools: {web: {servers: 9}}}}
  hand: {patch: {pools: {web: {boot: {by-hand: {}}}}}}
  free: {patch: {services: {text: {needs: {login: null}}}}}
  gone: {patch: {sites: {alpha: ~}}}
  typo: {patch: {services: {txet: {}, text: {needs: {lgin: ~}}}, pools: {wbe: ~}}}
  thicker: {patch: {sites: {alpha: {rooms: {hall: {barrier: 2 h}}}}}}
";

#[test]
fn a_variant_patches_and_what_it_patches_points_at_it() {
    let loaded = loaded(VARIANTS, &["more"]);
    let all = sections(&loaded);
    assert_eq!(all["pools"]["web"]["servers"], json!(9));
    assert_eq!(all["pools"]["extra"], json!({"servers": 1}));
    let servers = loaded.root.find(["pools", "web", "servers"]).expect("a value");
    assert!(loaded.sources.is_variant(servers.span.layer));
    assert_eq!(servers.span.line, 6);
    assert_eq!(origin(servers, &loaded.sources), Origin::Variant);
    let draw = loaded.root.find(["pools", "web", "draw"]).expect("a value");
    assert_eq!(draw.span.layer, Sources::SCENARIO);
    assert!(loaded.root.find(["variants", "more", "title"]).is_some());
}

#[test]
fn a_variant_replaces_tags_and_removes_entries() {
    assert_eq!(
        sections(&loaded(VARIANTS, &["hand"]))["pools"]["web"]["boot"],
        json!({"by-hand": {}})
    );
    assert_eq!(
        sections(&loaded(VARIANTS, &["free"]))["services"]["text"],
        json!({"needs": {}})
    );
    let gone = sections(&loaded(VARIANTS, &["gone"]));
    assert_eq!((&gone["sites"], &gone["rooms"]), (&json!({}), &json!({})));
    let thicker = sections(&loaded(VARIANTS, &["thicker"]));
    assert_eq!(thicker["rooms"]["hall"], json!({"in": "alpha", "barrier": "2 h"}));
}

#[test]
fn two_variants_apply_in_order_and_tell_where_they_conflict() {
    for (names, servers, expected) in [
        (&["more+fewer"][..], 2, &["variant-conflict"][..]),
        (&["fewer", "more"], 9, &["variant-conflict"]),
        (&["more+again"], 9, &[]),
        (&["more+hand"], 9, &[]),
    ] {
        let loaded = loaded(VARIANTS, names);
        assert_eq!(codes(&loaded), expected, "{names:?}");
        assert!(!loaded.issues.has_errors());
        assert_eq!(resolved(&loaded.root)["pools"]["web"]["servers"], json!(servers));
    }
}

#[test]
fn typos_in_a_patch_are_told() {
    let loaded = loaded(VARIANTS, &["typo"]);
    let told: Vec<_> = loaded
        .issues
        .sorted()
        .iter()
        .map(|issue| (issue.code.to_string(), issue.help.clone().unwrap_or_default()))
        .collect();
    let removes = |help: &str| ("patch-removes-nothing".to_owned(), help.to_owned());
    assert_eq!(
        told,
        [removes("did you mean `login`?"), removes("did you mean `web`?")]
    );
    // The entry that only looks new is remembered for whoever finds that it lacks something.
    assert_eq!(loaded.new_entries.len(), 1);
    let mut issues = Issues::new();
    let path = "services › txet";
    issues.push(
        crate::diagnostics::Issue::error("missing-field", loaded.new_entries[0].span, "`tier` is missing")
            .at(path),
    );
    loaded.explain_new_entries(&mut issues);
    assert_eq!(
        issues.iter().next().and_then(|issue| issue.help.as_deref()),
        Some("did you mean `text`?")
    );
    let unknown = super::tests::loaded(VARIANTS, &["mroe"]);
    assert_eq!(codes(&unknown), ["variant-unknown"]);
}

#[test]
fn a_variant_may_unset_what_template_or_library_would_give() {
    let text = "pools: {a: {}}\nvariants: {v: {patch: {pools: {a: {draw: null, grace: null}}}}}\n";
    let loaded = loaded_in(&language(), text, &["v"]);
    assert_eq!(
        sections(&loaded)["pools"]["a"],
        json!({"boot": {"automated": {"rate": "300 /h"}}})
    );
}

#[test]
fn versions_sections_and_ids_are_checked_all_at_once() {
    let text = "pols: {}\npools: {Web A: {}, b: {}}\nservices: {b: {}}\nrooms: x\n";
    let loaded = load_text("x.yaml", text, &bare(), &[], &Limits::default());
    assert_eq!(
        codes(&loaded),
        [
            "unknown-section",
            "version-missing",
            "bad-id",
            "duplicate-id",
            "wrong-type"
        ]
    );
    let help: Vec<_> = loaded
        .issues
        .sorted()
        .iter()
        .map(|issue| issue.help.clone().unwrap_or_default())
        .collect();
    assert_eq!(help[0], "did you mean `pools`?");
    assert!(help[2].starts_with("write `web-a`"));
    let loaded = load_text("x.yaml", "blackstart: 2\n", &bare(), &[], &Limits::default());
    assert_eq!(codes(&loaded), ["version-unknown"]);
    // An id of its own space may be that of a thing.
    let loaded = load_text(
        "x.yaml",
        "blackstart: 1\npools: {b: {}}\ntargets: {b: {}}\n",
        &bare(),
        &[],
        &Limits::default(),
    );
    assert_eq!(codes(&loaded), [] as [&str; 0]);
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn loaded_file(path: &Path) -> Loaded {
    load(path, &bare(), &[], &Limits::default()).expect("a readable file")
}

#[test]
fn an_included_file_lies_below_and_names_are_relative_to_the_includer() {
    let folder = folder(&[
        (
            "a.yaml",
            "blackstart: 1\ninclude: parts/design.yaml\npools: {web: {servers: 9}, old: ~, new: }\nsites: {alpha: {rooms: {hall: , hull: }}}\n",
        ),
        (
            "parts/design.yaml",
            "include: [../more.yaml]\npools: {web: {servers: 5, draw: 1 W}, old: {}}\nsites: {alpha: {rooms: {hall: {}, cell: {}}}}\n",
        ),
        ("more.yaml", "title: From below\n"),
    ]);
    let loaded = loaded_file(&folder.path().join("a.yaml"));
    let expected = json!({"title": "From below", "pools": {"web": {"servers": 9, "draw": "1 W"}, "new": {}},
        "sites": {"alpha": {}}, "rooms": {"cell": {"in": "alpha"}, "hull": {"in": "alpha"}}});
    assert_eq!(sections(&loaded), expected);
    let draw = loaded.root.find(["pools", "web", "draw"]).expect("a value").span;
    assert!(
        loaded.sources.place(draw).ends_with("parts/design.yaml:2:33"),
        "{}",
        loaded.sources.place(draw)
    );
    assert_eq!(loaded.sources.files().len(), 3);
    assert!(loaded.sources.files().iter().all(|file| !file.text.is_empty()));
}

#[test]
fn broken_includes_are_told_at_their_place() {
    let folder = folder(&[
        ("circle.yaml", "blackstart: 1\ninclude: [b.yaml]\n"),
        ("b.yaml", "include: [circle.yaml]\n"),
        ("none.yaml", "blackstart: 1\ninclude: [nothing.yaml, ., {x: y}]\n"),
        ("gone.yaml", "blackstart: 1\ninclude: [nothing.yaml, .]\n"),
        (
            "twice.yaml",
            "blackstart: 1\ninclude: [one.yaml, two.yaml, one.yaml]\n",
        ),
        ("one.yaml", "pools: {a: {}, b: {}}\n"),
        ("two.yaml", "pools: {a: {}, c: {}}\n"),
        ("bad.yaml", "blackstart: 1\ninclude: [broken.yaml]\n"),
        ("broken.yaml", "pools: [\n"),
    ]);
    for (name, expected) in [
        ("circle.yaml", &["include-cycle"][..]),
        ("none.yaml", &["bad-include"]),
        ("gone.yaml", &["include-missing", "is-a-directory"]),
        ("twice.yaml", &["duplicate-id"]),
        ("bad.yaml", &["yaml-syntax"]),
    ] {
        assert_eq!(codes(&loaded_file(&folder.path().join(name))), expected, "{name}");
    }
    let error = load(
        &folder.path().join("nothing.yaml"),
        &bare(),
        &[],
        &Limits::default(),
    )
    .expect_err("no file");
    assert!(error.to_string().contains("nothing.yaml"));
    assert_eq!(codes(&loaded_file(folder.path())), ["is-a-directory"]);
}

#[test]
fn the_number_of_includes_is_bounded() {
    let names: Vec<String> = (0..70).map(|n| format!("f{n}.yaml")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "title: x\n")).collect();
    let main = format!("blackstart: 1\ninclude: [{}]\n", names.join(", "));
    files.push(("main.yaml", &main));
    let folder = folder(&files);
    let codes = codes(&loaded_file(&folder.path().join("main.yaml")));
    assert!(codes.contains(&"too-many-includes".to_owned()), "{codes:?}");
}

#[test]
fn a_great_many_entries_take_no_quadratic_time() {
    let pools: String = (0..100_000)
        .map(|n| format!("  p{n}: {{servers: {n}, draw: 1 W}}\n"))
        .collect();
    let patch: String = (0..50_000)
        .map(|n| format!("      p{n}: {{servers: 1}}\n"))
        .collect();
    let text = format!("pools:\n{pools}variants:\n  v:\n    patch:\n     pools:\n{patch}");
    let loaded = loaded_in(&language(), &text, &["v"]);
    assert_eq!(codes(&loaded), [] as [&str; 0]);
    let servers = |id: &str| {
        loaded
            .root
            .find(["pools", id, "servers"])
            .and_then(Node::text)
            .map(str::to_owned)
    };
    assert_eq!(
        (servers("p7").as_deref(), servers("p50007").as_deref()),
        (Some("1"), Some("50007"))
    );
}

#[test]
fn a_resolved_scenario_reads_back_as_itself() {
    let first = loaded_in(&language(), VARIANTS, &["more"]);
    let text = resolved(&first.root).to_string();
    let second = load_text("y.json", &text, &bare(), &[], &Limits::default());
    assert_eq!(resolved(&second.root).to_string(), text);
}
