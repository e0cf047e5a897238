//! Tests of the laws as people write them.

use super::*;
use crate::quantity::{US_PER_HOUR, split_coded};

fn read(json: &str) -> LawInput {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn fault(json: &str) -> (String, String) {
    let text = serde_json::from_str::<LawInput>(json)
        .expect_err(json)
        .to_string();
    let (code, message, help) = split_coded(&text).unwrap_or_else(|| panic!("not coded: {text}"));
    (
        code.to_owned(),
        format!("{message} | {}", help.unwrap_or_default()),
    )
}

const HOUR_US: f64 = US_PER_HOUR as f64;

#[test]
fn every_law_is_read_and_serialises_as_it_was_written() {
    for (json, mean_h) in [
        (r#""3 h""#, 3.0),
        (r#"{"exponential":{"mean":"4 h"}}"#, 4.0),
        (r#"{"exponential":{"rate":"0.5 /h"}}"#, 2.0),
        (r#"{"uniform":{"from":"1 h","to":"2 h"}}"#, 1.5),
        (r#"{"lognormal":{"mean":"4 h","sd":"3 h"}}"#, 4.0),
        (r#"{"lognormal":{"mu":0.0,"sigma":1.0}}"#, libm::exp(0.5)),
        (
            r#"{"lognormal":{"mu":0.0,"sigma":1.0,"unit":"1 min"}}"#,
            libm::exp(0.5) / 60.0,
        ),
        (
            r#"{"lognormal":{"median":"2 h","sigma":1.0}}"#,
            2.0 * libm::exp(0.5),
        ),
        (r#"{"weibull":{"shape":1.0,"scale":"10 h"}}"#, 10.0),
        (r#"{"weibull":{"shape":1.7,"mean":"10 h"}}"#, 10.0),
        (r#"{"triangular":{"low":"1 h","mode":"2 h","high":"6 h"}}"#, 3.0),
        (r#"{"pert":{"low":"1 h","mode":"2 h","high":"6 h"}}"#, 2.5),
        (r#"{"empirical":{"values":["1 h","2 h","6 h"]}}"#, 3.0),
        (r#"{"normal":{"mean":"10 h","sd":"1 h"}}"#, 10.0),
        (r#"{"gamma":{"shape":2.0,"mean":"4 h"}}"#, 4.0),
        (r#"{"gamma":{"mean":"4 h","sd":"1 h"}}"#, 4.0),
    ] {
        let input = read(json);
        assert!(
            (input.law().mean() / HOUR_US / mean_h - 1.0).abs() < 1e-12,
            "{json}"
        );
        assert_eq!(
            serde_json::to_string(&input).map_err(|error| error.to_string()),
            Ok(json.to_owned())
        );
    }
    let repair = read(r#"{"lognormal": {"median": "4 h", "p90": "12 h"}}"#);
    assert!((repair.law().quantile(0.9) / HOUR_US - 12.0).abs() < 1e-9);
    assert_eq!(repair.to_string(), "lognormal, median 4 h, 9 in 10 below 12 h");
    assert_eq!(
        read(r#"{"fixed": "90 min"}"#),
        LawInput::fixed(SimDuration::from_min(90))
    );
    assert_eq!(read(r#""90 min""#).as_fixed(), Some(SimDuration::from_min(90)));
}

#[test]
fn faults_are_coded_and_show_what_would_be_accepted() {
    let (code, text) = fault("10");
    assert_eq!(code, "unit-missing");
    assert!(
        text.starts_with("`10` is not a length of time | write `10 min`"),
        "{text}"
    );
    let (code, text) = fault(r#"{"lognormal": {"median": "4 h", "p90": "3 h"}}"#);
    assert_eq!(code, "law-invalid");
    assert!(text.starts_with("`p90` must exceed `median`"), "{text}");
    for json in [
        "{}",
        r#""lognormal""#,
        r#"{"lognormal": {}}"#,
        r#"{"lognormal": {"median": "4 h"}}"#,
        r#"{"lognormal": {"median": "4 h", "p90": "12 h", "unit": "1 h"}}"#,
        r#"{"exponential": {}}"#,
        r#"{"exponential": {"mean": "0 s"}}"#,
        r#"{"exponential": {"rate": "0 /h"}}"#,
        r#"{"exponential": {"mean": "4 h"}, "fixed": "3 h"}"#,
        r#"{"uniform": {"from": "2 h", "to": "1 h"}}"#,
        r#"{"weibull": {"shape": 1.5}}"#,
        r#"{"normal": {"mean": "1 h", "sd": "2 h"}}"#,
        r#"{"gamma": {"mean": "1 h"}}"#,
        r#"{"pert": {"low": "3 h", "mode": "2 h", "high": "4 h"}}"#,
        r#"{"empirical": {}}"#,
        r#"{"empirical": {"values": ["1 h"]}}"#,
        r#"{"empirical": {"values": ["1 h", "2 h"], "unit": "h"}}"#,
        r#"{"empirical": {"file": "repairs.csv", "column": "hours", "unit": "h"}}"#,
        r#"{"triangular": {"low": "3 h", "mode": "2 h", "high": "4 h"}}"#,
    ] {
        assert_eq!(fault(json).0, "law-invalid", "{json}");
    }
    let unknown = serde_json::from_str::<LawInput>(r#"{"lognorm": {}}"#)
        .expect_err("no such law")
        .to_string();
    assert!(
        unknown.starts_with("unknown variant `lognorm`, expected one of `fixed`"),
        "{unknown}"
    );
}

#[test]
fn every_tag_has_an_example_and_a_form_in_the_schema() {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<LawInput>();
    let json = serde_json::to_value(&schema).expect("a schema is JSON");
    let forms = json["oneOf"].as_array().expect("alternatives");
    for (tag, form) in LAW_TAGS.into_iter().zip(&forms[1..]) {
        assert!(form["properties"].get(tag).is_some(), "{tag}");
        assert!(
            tag == "fixed" || example_of(tag).starts_with(&format!("{{{tag}: ")),
            "{tag}"
        );
    }
    assert_eq!(
        json["$defs"]["LognormalParameters"]["additionalProperties"],
        false
    );
}
