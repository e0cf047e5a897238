//! Tests of reading blocks: every fault, at its place.

use super::super::limits::Limits;
use super::super::tree::{Node, TreePath};
use super::super::yaml;
use super::{Id, Spanned, read_block};
use crate::diagnostics::{Issues, Span};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Service {
    tier: u8,
    #[serde(default)]
    needs: BTreeMap<Spanned<Id>, Need>,
    runs_on: Spanned<Id>,
    #[serde(default)]
    after: Vec<Spanned<Id>>,
    grace: Option<Minutes>,
    rto: Minutes,
    #[serde(default)]
    drilled: bool,
    share: Option<f64>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Need {
    Hard {
        #[serde(default)]
        grace: Option<Minutes>,
    },
    Soft(Soft),
    Start,
}

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Soft {
    loses: Option<Minutes>,
}

/// A quantity as quantities are: a text with its own coded fault.
#[derive(Debug, PartialEq)]
struct Minutes(u64);

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Minutes, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text
            .strip_suffix(" min")
            .or(text.strip_suffix(" h"))
            .and_then(|number| number.parse().ok());
        number.map(Minutes).ok_or_else(|| {
            let coded = format!("unit-missing\u{1f}`{text}` is not a length of time\u{1f}write `{text} min`");
            serde::de::Error::custom(coded)
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> (Option<T>, Issues) {
    let mut issues = Issues::new();
    let node: Node = yaml::parse(text, 0, 0, &Limits::default(), &mut issues).expect("a tree");
    let services = TreePath::ROOT.child("services", Span::NOWHERE);
    let key = Span {
        line: 1,
        column: 1,
        length: 3,
        ..Span::NOWHERE
    };
    let value = read_block(&node, &services.child("pay", key), &mut issues);
    assert_eq!(value.is_some(), !issues.has_errors());
    (value, issues)
}

/// What is told: code, line:column, path, message.
fn told<T: serde::de::DeserializeOwned>(text: &str) -> Vec<String> {
    let (_, issues) = read::<T>(text);
    let line = |issue: &&crate::diagnostics::Issue| {
        let help = issue
            .help
            .as_deref()
            .map(|help| format!(" [{help}]"))
            .unwrap_or_default();
        format!(
            "{} {}:{} {}: {}{help}",
            issue.code, issue.span.line, issue.span.column, issue.path, issue.message
        )
    };
    issues.sorted().iter().map(line).collect()
}

#[test]
fn a_good_block_is_read_with_its_places_and_short_forms() {
    let text = "tier: 1\nneeds: {login: hard, push: {soft: {loses: 3 min}}, deploy: start, photo: {hard: }, mail: soft}\n\
                runs-on: web-a\nrto: 5 min\nafter: [x, y]\ndrilled: true\nshare: 1e-3\n";
    let (service, issues) = read::<Service>(text);
    assert!(issues.is_empty(), "{:?}", told::<Service>(text));
    let service = service.expect("a service");
    assert_eq!(
        (
            service.runs_on.as_str(),
            service.runs_on.span.line,
            service.runs_on.span.column
        ),
        ("web-a", 3, 10)
    );
    assert_eq!(service.after[1].span.column, 12);
    let key = service.needs.keys().next().expect("a need");
    assert_eq!((key.as_str(), key.span.line, key.span.column), ("deploy", 2, 52));
    assert_eq!(service.needs["login"], Need::Hard { grace: None });
    assert_eq!(service.needs["mail"], Need::Soft(Soft::default()));
    assert_eq!(
        service.needs["push"],
        Need::Soft(Soft {
            loses: Some(Minutes(3))
        })
    );
    assert_eq!(service.share, Some(1e-3));
}

#[test]
fn every_fault_of_a_block_is_told() {
    let text = "teir: 1\nneeds: {logn: hrd, B: hard, push: {soft: {looses: 3}}, x: {hard: {grace: 3}}}\n\
                after: [a, B, [c], d]\ngrace: 10\ndrilled: perhaps\nshare: 1,5\n";
    let expected = [
        "missing-field 1:1 services › pay: `rto` is missing",
        "missing-field 1:1 services › pay: `runs-on` is missing",
        "missing-field 1:1 services › pay: `tier` is missing",
        "unknown-field 1:1 services › pay › teir: there is no field `teir` here [did you mean `tier`?]",
        "unknown-tag 2:15 services › pay › needs › logn: `hrd` is none of the kinds that can stand here [did you mean `hard`?]",
        "bad-id 2:20 services › pay › needs › B: `B` cannot be an id [write `b`; a name in any script goes into `name:`]",
        "unknown-field 2:43 services › pay › needs › push › soft › looses: there is no field `looses` here [did you mean `loses`?]",
        "unit-missing 2:74 services › pay › needs › x › hard › grace: `3` is not a length of time [write `3 min`]",
        "bad-id 3:12 services › pay › after: `B` cannot be an id [write `b`; a name in any script goes into `name:`]",
        "wrong-type 3:15 services › pay › after: expected an id, found a list",
        "unit-missing 4:8 services › pay › grace: `10` is not a length of time [write `10 min`]",
        "wrong-type 5:10 services › pay › drilled: expected `true` or `false`, found `perhaps`",
        "number-separator 6:8 services › pay › share: `1,5` has a comma in it [write `1.5`]",
    ];
    assert_eq!(told::<Service>(text), expected);
}

#[test]
fn a_required_field_with_a_fault_is_told_once_and_not_as_missing() {
    let told = told::<Service>("{tier: x, runs-on: [a], rto: 10}");
    let expected = [
        "wrong-type 1:8 services › pay › tier: expected a whole number, found `x`",
        "wrong-type 1:20 services › pay › runs-on: expected an id, found a list",
        "unit-missing 1:30 services › pay › rto: `10` is not a length of time [write `10 min`]",
    ];
    assert_eq!(told, expected);
}

#[test]
fn wrong_shapes_say_what_is_expected() {
    assert_eq!(
        told::<Service>("[1, 2]"),
        ["wrong-type 1:1 services › pay: expected a map of fields (tier, needs, runs-on, …), found a list"]
    );
    assert_eq!(
        told::<Service>("word"),
        ["wrong-type 1:1 services › pay: expected a map of fields, found `word`"]
    );
    assert_eq!(
        told::<BTreeMap<Id, Need>>("{a: {hard: {}, soft: {}}, b: ~, c: [x], d: {start: {x: 1}}, e: {}}"),
        [
            "missing-tag 1:5 services › pay › a: expected one kind as the only key, found 2 keys [choose one of: hard, soft, start]",
            "missing-tag 1:30 services › pay › b: one of several kinds has to be chosen here [choose one of: hard, soft, start]",
            "wrong-type 1:36 services › pay › c: expected one kind, found a list [choose one of: hard, soft, start]",
            "wrong-type 1:52 services › pay › d › start: `start` takes no fields [write `start` alone]",
            "missing-tag 1:64 services › pay › e: expected one kind as the only key, found 0 keys [choose one of: hard, soft, start]",
        ]
    );
    let numbers = "a: -1\nb: 300\nc: 1.5\nd: '1'\ne: 5 min\nf: 32,000\ng:\nh: 99999999999999999999999\n";
    assert_eq!(
        told::<BTreeMap<Id, u8>>(numbers),
        [
            "invalid-value 1:4 services › pay › a: `-1` is less than 0",
            "invalid-value 2:4 services › pay › b: `300` is beyond what fits here",
            "wrong-type 3:4 services › pay › c: expected a whole number, found `1.5`",
            "wrong-type 4:4 services › pay › d: expected a whole number, found `1`",
            "wrong-type 5:4 services › pay › e: expected a whole number, found `5 min`",
            "number-separator 6:4 services › pay › f: `32,000` has a comma in it [write `32000`]",
            "wrong-type 7:2 services › pay › g: expected a whole number, found nothing",
            "invalid-value 8:4 services › pay › h: `99999999999999999999999` is beyond what fits here [write a smaller number]",
        ]
    );
}

#[test]
fn a_list_of_ids_is_a_map_of_defaults() {
    let (all, _) = read::<BTreeMap<Spanned<Id>, Soft>>("[a, b]");
    let all = all.expect("a map");
    assert_eq!(
        all.keys()
            .map(|key| (key.as_str(), key.span.column))
            .collect::<Vec<_>>(),
        [("a", 2), ("b", 5)]
    );
    let wrong = told::<BTreeMap<Spanned<Id>, Soft>>("[a, {b: c}]");
    assert_eq!(
        wrong,
        ["wrong-type 1:1 services › pay: expected a map, or a list of ids, found a list"]
    );
}

#[test]
fn a_block_with_many_faults_ends() {
    let text: String = (0..2_000).map(|n| format!("k{n}: {{x: 1}}\n")).collect();
    let (value, issues) = read::<BTreeMap<Id, Service>>(&text);
    assert!(value.is_none() && issues.len() > 50);
}

#[test]
fn made_up_values_never_reach_anybody() {
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "Raw")]
    struct Even {}
    #[derive(Deserialize)]
    struct Raw {
        number: u64,
        other: Minutes,
    }
    impl TryFrom<Raw> for Even {
        type Error = String;
        fn try_from(raw: Raw) -> Result<Even, String> {
            if raw.number.is_multiple_of(2) && raw.other.0 > 0 {
                Ok(Even {})
            } else {
                Err("not even".to_owned())
            }
        }
    }
    let told_here = told::<BTreeMap<Id, Even>>(
        "{a: {number: 1, other: 3}, b: {number: 3, other: 1 h}, c: {number: 4, other: 1 h}}",
    );
    let expected = [
        "unit-missing 1:24 services › pay › a › other: `3` is not a length of time [write `3 min`]",
        "invalid-value 1:31 services › pay › b: not even",
    ];
    assert_eq!(told_here, expected);
}
