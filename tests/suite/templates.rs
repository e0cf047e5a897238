//! Templates of `blackstart new`: each is valid as it is, runs, has a paragraph, and surprises as that paragraph says.

use crate::program::blackstart;
use crate::simulated::{Ready, design, loaded_text, rendered};
use crate::sources::root;
use blackstart::cli::TEMPLATES;
use blackstart::compile::{compile, language, validate};
use blackstart::monte_carlo::Replica;
use blackstart::scenario::{Limits, load_text};
use std::collections::BTreeSet;

#[test]
fn every_template_is_valid_without_a_caution_and_so_is_each_of_its_variants() {
    let mut names = BTreeSet::new();
    for template in TEMPLATES {
        assert!(
            names.insert(template.name) && template.about.len() > 20,
            "{}",
            template.name
        );
        let lines = template.text.lines().count();
        assert!((20..80).contains(&lines), "{} has {lines} lines", template.name);
        assert!(template.text.contains("# First surprise: "), "{}", template.name);
        let loaded = loaded_text(template.name, template.text);
        let variants: Vec<String> = loaded
            .entries("variants")
            .iter()
            .map(|entry| entry.key.to_string())
            .collect();
        for chosen in [Vec::new()]
            .into_iter()
            .chain(variants.into_iter().map(|id| vec![id]))
        {
            let mut loaded = load_text(
                template.name,
                template.text,
                &language(),
                &chosen,
                &Limits::default(),
            );
            assert!(
                validate(&mut loaded).is_some(),
                "{} {chosen:?}: {}",
                template.name,
                rendered(&loaded)
            );
            assert!(
                loaded.issues.is_empty(),
                "{} {chosen:?}: {}",
                template.name,
                rendered(&loaded)
            );
        }
    }
    assert!(names.len() >= 8, "{names:?}");
}

#[test]
fn every_template_runs() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for template in TEMPLATES {
        let written = blackstart(folder.path(), &["new", template.name]);
        assert_eq!(written.code(), Some(0), "{}", written.err);
        let file = format!("{}.yaml", template.name);
        let years = template.text.contains("\nannual:");
        let count = if years {
            ["-n", "2", "--years", "20"].as_slice()
        } else {
            ["-n", "20"].as_slice()
        };
        let ran = blackstart(folder.path(), &[&["run", file.as_str()], count].concat());
        assert_eq!(ran.code(), Some(0), "{}: {}", template.name, ran.err);
        assert!(
            ran.out.contains("KEPT?"),
            "{}: nothing was promised\n{}",
            template.name,
            ran.out
        );
    }
}

#[test]
fn every_template_has_its_paragraph() {
    let page = std::fs::read_to_string(root().join("docs/templates.md")).expect("docs/templates.md");
    for template in TEMPLATES {
        let heading = format!("\n## {}\n", template.name);
        let (_, paragraph) = page
            .split_once(&heading)
            .unwrap_or_else(|| panic!("docs/templates.md has no{heading}"));
        let paragraph = paragraph.split("\n## ").next().unwrap_or_default();
        let says = ["**First surprise:**", "Not described", "blackstart "];
        for word in says {
            assert!(
                paragraph.contains(word),
                "{}: the paragraph says nothing of `{word}`",
                template.name
            );
        }
    }
}

#[test]
fn new_lists_refuses_and_suggests() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let listed = blackstart(folder.path(), &["new"]);
    assert_eq!(listed.code(), Some(0));
    for template in TEMPLATES {
        assert!(
            listed.out.contains(template.name) && listed.out.contains(template.about),
            "{}",
            listed.out
        );
    }
    let mistyped = blackstart(folder.path(), &["new", "two-sites-activ-standby"]);
    assert!(
        mistyped.code() == Some(2) && mistyped.err.contains("did you mean `two-sites-active-standby`?"),
        "{}",
        mistyped.err
    );
    std::fs::write(folder.path().join("mine.yaml"), "mine").expect("a file");
    let refused = blackstart(folder.path(), &["new", "single-site-n", "mine.yaml"]);
    assert!(
        refused.code() == Some(74) && refused.err.contains("left as it is"),
        "{}",
        refused.err
    );
    let kept = std::fs::read_to_string(folder.path().join("mine.yaml")).expect("the file");
    assert_eq!(kept, "mine");
    let written = blackstart(folder.path(), &["new", "single-site-n", "other.yaml"]);
    assert!(
        written.code() == Some(0) && written.out.contains("blackstart run other.yaml"),
        "{}",
        written.out
    );
}

/// The hours until the first service of a name is back, in replication 0 of a template in a variant; `None` if it is not lost.
fn hours_down(name: &str, variant: &[&str], service: &str) -> Option<f64> {
    let template = TEMPLATES
        .iter()
        .find(|template| template.name == name)
        .expect("a template");
    let variants: Vec<String> = variant.iter().map(|&id| id.to_owned()).collect();
    let loaded = load_text(name, template.text, &language(), &variants, &Limits::default());
    let compiled = compile(design(loaded));
    let layout = blackstart::analysis::run::layout(&compiled);
    let ready = Ready { compiled, layout };
    let row = Replica::new(ready.plan(1))
        .row(0)
        .expect("a replication that ends");
    let mut services = ready.layout.services().iter();
    let place = services.position(|one| one.id == service).expect("a service");
    let rta = row.cells[ready.layout.rta(place)];
    #[expect(clippy::cast_precision_loss, reason = "hours are compared roughly")]
    (rta >= 0).then(|| rta as f64 / 3.6e9)
}

#[test]
fn the_first_surprises_are_there() {
    // The tool that switches stands where the loss is: two days instead of some hours.
    let waits = |variant: &[&str]| hours_down("two-sites-active-standby", variant, "shop").expect("lost");
    assert!(waits(&[]) > 48.0 && waits(&["tool-at-beta"]) < 8.0);
    // Neither change alone keeps the shop, both together do.
    let active = |variant: &[&str]| hours_down("two-sites-active-active", variant, "shop");
    for variant in [&[][..], &["login-on-both"], &["room-for-all"]] {
        assert!(active(variant).expect("lost") > 24.0, "{variant:?}");
    }
    assert_eq!(active(&["login-on-both", "room-for-all"]), None);
    // Three minutes of one more loss are an outage, and without it there is none.
    let zones = |variant: &[&str]| hours_down("three-zones-quorum", variant, "shop");
    assert!(zones(&[]).is_some_and(|hours| hours > 0.1) && zones(&["no-restart"]).is_none());
    // Servers stand ready in the cloud, and the core waits for login.
    let core = |variant: &[&str]| hours_down("site-plus-outside-cloud", variant, "core").expect("lost");
    assert!(core(&[]) > 48.0 && core(&["login-too"]) < 24.0);
    // Three minutes without the side that worked.
    let maintained = hours_down("2n-concurrently-maintainable", &[], "shop").expect("lost");
    assert!(maintained > 1.0, "{maintained}");
}
