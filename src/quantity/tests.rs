//! Tests that walk the table of quantities, and those of the error messages.

use super::*;

fn error(parse: Result<String, QuantityError>) -> (&'static str, String, String) {
    let error = parse.expect_err("the text is wrong on purpose");
    (error.code, error.message, error.help.unwrap_or_default())
}

fn duration_error(text: &str) -> (&'static str, String, String) {
    error((SimDuration::KIND.canonical)(text))
}

#[test]
fn every_example_is_accepted_and_its_canonical_form_reads_back() {
    for kind in QUANTITIES {
        for example in kind.examples {
            let canonical =
                (kind.canonical)(example).unwrap_or_else(|error| panic!("{}: {error}", kind.name));
            assert_eq!(
                (kind.canonical)(&canonical),
                Ok(canonical.clone()),
                "{}: {example}",
                kind.name
            );
        }
        assert!(
            (kind.canonical)(kind.largest).is_ok(),
            "{}: the bound itself is accepted",
            kind.name
        );
    }
}

#[test]
fn every_quantity_but_the_count_refuses_a_bare_number_and_shows_a_form_that_works() {
    for kind in QUANTITIES
        .iter()
        .filter(|kind| kind.dimension != Dimension::Count)
    {
        let (code, message, help) = error((kind.canonical)("10"));
        assert_eq!(code, "unit-missing", "{}", kind.name);
        assert!(message.starts_with("`10` is not "), "{message}");
        let shown = help.trim_start_matches("write `").trim_end_matches('`');
        assert!(
            (kind.canonical)(shown).is_ok(),
            "{}: help proposes `{shown}`",
            kind.name
        );
    }
}

#[test]
fn every_quantity_refuses_what_is_negative_absurd_or_no_number() {
    for kind in QUANTITIES {
        let unit = kind.usual_unit;
        assert_eq!(
            error((kind.canonical)(&format!("-1 {unit}"))).0,
            "negative-quantity",
            "{}",
            kind.name
        );
        assert_eq!(
            error((kind.canonical)(&format!("−1 {unit}"))).0,
            "negative-quantity",
            "{}",
            kind.name
        );
        assert_eq!(
            error((kind.canonical)(&format!("1e40 {unit}"))).0,
            "quantity-too-large",
            "{}",
            kind.name
        );
        assert_eq!(
            error((kind.canonical)(&format!("1e300 {unit}"))).0,
            "quantity-too-large",
            "{}",
            kind.name
        );
        for text in ["", "  ", "soon", "NaN", "inf", ".5 h", "1..2 h", "0x10"] {
            let code = error((kind.canonical)(text)).0;
            assert!(
                matches!(code, "number-malformed" | "unit-unknown"),
                "{}: {text}: {code}",
                kind.name
            );
        }
        assert_eq!(
            error((kind.canonical)(&format!("32,000 {unit}"))).0,
            "number-separator",
            "{}",
            kind.name
        );
    }
}

#[test]
fn the_unit_of_one_quantity_is_called_by_its_name_in_all_others() {
    for asked in QUANTITIES {
        for given in QUANTITIES
            .iter()
            .filter(|given| given.dimension != asked.dimension)
        {
            if given.dimension == Dimension::Count || given.name == "Ago" {
                continue;
            }
            let (code, message, _) = error((asked.canonical)(given.examples[0]));
            assert_eq!(
                code, "unit-wrong-dimension",
                "{} where {} is asked",
                given.examples[0], asked.name
            );
            assert!(
                message.contains(given.dimension.noun()) && message.contains(asked.noun),
                "{message}"
            );
        }
    }
}

#[test]
fn messages_quote_the_text_and_show_what_would_be_accepted() {
    assert_eq!(
        duration_error("10"),
        (
            "unit-missing",
            "`10` is not a length of time".into(),
            "write `10 min`".into()
        )
    );
    assert_eq!(
        duration_error("5 kW"),
        (
            "unit-wrong-dimension",
            "`5 kW` is a power, not a length of time".into(),
            "write a length of time, for example `15 min`".into()
        )
    );
    assert_eq!(
        duration_error("5 minutes"),
        (
            "unit-unknown",
            "`5 minutes`: `minutes` is no unit of length of time".into(),
            "write `5 min`".into()
        )
    );
    assert_eq!(
        error((Count::KIND.canonical)("32,000")),
        (
            "number-separator",
            "`32,000` has a separator between its digits".into(),
            "write `32000`".into()
        )
    );
    assert_eq!(error((Count::KIND.canonical)("32 000")).2, "write `32000`");
    assert_eq!(error((Count::KIND.canonical)("1_000_000")).2, "write `1000000`");
    assert_eq!(duration_error("1,5 h").2, "write `1.5 h`");
    assert_eq!(
        error((Probability::KIND.canonical)("0.999")),
        (
            "unit-missing",
            "`0.999` is not a probability".into(),
            "write `99.9 %`".into()
        )
    );
    assert_eq!(error((Power::KIND.canonical)("250 KW")).2, "write `250 kW`");
    assert_eq!(
        error((Power::KIND.canonical)("250 kVA")).1,
        "`250 kVA` is an apparent power, not a power"
    );
    assert_eq!(
        error((Count::KIND.canonical)("400 servers")).2,
        "write `400`: a number of things has no unit"
    );
    assert_eq!(error((Count::KIND.canonical)("1.5")).0, "number-malformed");
    assert_eq!(error((Share::KIND.canonical)("100.1 %")).0, "quantity-too-large");
    assert_eq!(error((Share::KIND.canonical)("0.00001 %")).0, "quantity-too-fine");
    assert_eq!(error((Power::KIND.canonical)("0.4 W")).0, "quantity-too-fine");
    assert_eq!(error((Money::KIND.canonical)("0.5 USD")).0, "quantity-too-fine");
    assert_eq!(duration_error("1001 y").2, "the most is 1000 y");
}

#[test]
fn durations_add_up_and_print_in_whole_units() {
    let us = |text: &str| SimDuration::parse(text).map(SimDuration::us);
    assert_eq!(us("1 h 30 min"), Ok(90 * US_PER_MINUTE));
    assert_eq!(us("1h30min"), Ok(90 * US_PER_MINUTE));
    assert_eq!(us("1.5 h"), Ok(90 * US_PER_MINUTE));
    assert_eq!(us("5 µs"), Ok(5));
    assert_eq!(us("3 y"), Ok(3 * 8766 * US_PER_HOUR));
    assert_eq!(us("2 w"), us("14 d"));
    assert_eq!(us("0 s"), Ok(0));
    for (text, shown) in [
        ("90 s", "1 min 30 s"),
        ("760 min", "12 h 40 min"),
        ("3 y", "3 y"),
        ("168 h", "7 d"),
        ("1500 ms", "1 s 500 ms"),
        ("0 h", "0 s"),
    ] {
        assert_eq!(
            SimDuration::parse(text).map(|value| value.to_string()),
            Ok(shown.to_owned())
        );
    }
}

#[test]
fn durations_round_for_readers() {
    let rounded = |text: &str| SimDuration::parse(text).map(SimDuration::rounded);
    for (text, shown) in [
        ("200 ms", "200 ms"),
        ("24.4 s", "24 s"),
        ("7 min 30.2 s", "7 min 30 s"),
        ("24 min 31 s", "25 min"),
        ("127 h 33 min 20 s", "127 h 33 min"),
        ("59 min 59 s", "1 h"),
        ("292 h 10 min", "12 d 4 h"),
        ("0 s", "0 s"),
    ] {
        assert_eq!(rounded(text), Ok(shown.to_owned()), "{text}");
    }
    let twelve_forty = SimDuration::from_us(12 * US_PER_HOUR + 39 * US_PER_MINUTE + 45 * US_PER_SECOND);
    assert_eq!(
        (twelve_forty.hm(), twelve_forty.hms()),
        ("12:40".to_owned(), "12:39:45".to_owned())
    );
}

#[test]
fn moments_saturate_at_never() {
    assert_eq!(
        SimTime::from_us(u64::MAX - 5).after(SimDuration::from_us(9)),
        SimTime::NEVER
    );
    assert_eq!(SimTime::NEVER.since(SimTime::START), None);
    assert_eq!(
        SimTime::from_us(7).since(SimTime::from_us(2)),
        Some(SimDuration::from_us(5))
    );
    assert_eq!(SimTime::from_us(2).since(SimTime::from_us(7)), None);
    assert_eq!(SimTime::parse("never"), Ok(SimTime::NEVER));
}

#[test]
fn other_quantities_hold_what_was_written() {
    assert_eq!(Power::parse("3.2 MW").map(Power::w), Ok(3_200_000));
    assert_eq!(Energy::parse("50 kWh").map(Energy::j), Ok(180_000_000));
    assert_eq!(Energy::from_j(180_000_001).to_string(), "180.000001 MJ");
    assert_eq!(Rate::parse("1.18e-3 /h").map(Rate::per_hour), Ok(1.18e-3));
    assert_eq!(
        Rate::parse("0.5/y").map(|rate| rate.to_string()),
        Ok("0.5 /y".to_owned())
    );
    assert_eq!(
        Rate::parse("1000 / d").map(|rate| rate.to_string()),
        Ok("1000 /d".to_owned())
    );
    assert_eq!(
        Rate::parse("4 /h").map(Rate::interval),
        Ok(Some(SimDuration::from_min(15)))
    );
    assert_eq!(Rate::parse("0 /h").map(Rate::interval), Ok(None));
    assert_eq!(Probability::parse("99.9 %").map(Probability::fraction), Ok(0.999));
    assert_eq!(Probability::parse("99.9%").map(Probability::ppm), Ok(999_000));
    assert_eq!(Share::parse("1 %").map(Share::ppm), Ok(10_000));
    assert_eq!(Count::parse("1.5 million").map(Count::get), Ok(1_500_000));
    assert_eq!(
        Count::parse("32 thousand").map(|count| count.to_string()),
        Ok("32000".to_owned())
    );
    assert_eq!(
        Count::parse("40 million").map(|count| count.to_string()),
        Ok("40 million".to_owned())
    );
    let cost = MoneyRate::parse("90 kUSD / h").expect("money per hour");
    assert_eq!(cost.to_string(), "90 kUSD/h");
    assert_eq!(cost.over(SimDuration::from_min(10)).to_string(), "15 kUSD");
    assert_eq!(Money::parse("1.2 MKRW").map(Money::amount), Ok(1_200_000));
    let backup = DataRate::parse("10 Gbit/s").expect("a data rate");
    assert_eq!(
        backup.time_for(DataSize::parse("900 TB").expect("a size")),
        Some(SimDuration::from_s(720_000))
    );
    assert_eq!(DataRate::parse("1.25 GB/s"), Ok(backup));
    assert_eq!(
        Ago::parse("400 d ago").map(|ago| ago.duration()),
        Ok(SimDuration::from_d(400))
    );
}

#[test]
fn serde_meets_the_same_errors_as_the_text() {
    assert_eq!(
        serde_json::from_str::<SimDuration>("\"1 h\"").map_err(|error| error.to_string()),
        Ok(SimDuration::from_h(1))
    );
    for json in ["10", "10.5", "-3"] {
        let text = serde_json::from_str::<SimDuration>(json)
            .expect_err("no unit")
            .to_string();
        let (code, _, _) = split_coded(&text).expect("a coded message");
        assert_eq!(
            code,
            if json == "-3" {
                "negative-quantity"
            } else {
                "unit-missing"
            }
        );
    }
    assert_eq!(
        serde_json::from_str::<Count>("400").map_err(|error| error.to_string()),
        Ok(Count::new(400))
    );
    assert!(serde_json::from_str::<Power>("null").is_err());
    assert_eq!(
        serde_json::to_string(&Power::from_w(3_200_000)).map_err(|error| error.to_string()),
        Ok("\"3.2 MW\"".to_owned())
    );
}

#[test]
fn schemas_are_texts_with_examples() {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<SimDuration>();
    let json = serde_json::to_value(&schema).expect("a schema is JSON");
    assert_eq!(json["type"], "string");
    assert_eq!(json["examples"][0], "15 min");
}

/// Texts put together at random from pieces that mean something: no parser panics, what is accepted reads back from its
/// canonical form, and every refusal has a code of the module's list.
#[test]
fn no_text_breaks_a_parser() {
    const PIECES: [&str; 36] = [
        "1",
        "0",
        "9.5",
        "32",
        "000",
        ".",
        ",",
        "_",
        "'",
        "’",
        " ",
        "e",
        "E",
        "-",
        "−",
        "+",
        "h",
        "min",
        "µs",
        "/",
        "%",
        "kW",
        "kUSD",
        "Gbit",
        "s",
        "million",
        "thousand",
        "ago",
        "never",
        "per",
        "\u{1f}",
        "é",
        "٣",
        "5e30",
        "999999999999",
        "\t",
    ];
    const CODES: [&str; 8] = [
        "unit-missing",
        "unit-unknown",
        "unit-wrong-dimension",
        "number-malformed",
        "number-separator",
        "negative-quantity",
        "quantity-too-large",
        "quantity-too-fine",
    ];
    // Knuth's linear congruential generator (MMIX): the random module lies below this one.
    let mut state = 1_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % n
    };
    let mut accepted = 0;
    for _ in 0..60_000 {
        let text: String = (0..=below(7)).map(|_| PIECES[below(PIECES.len())]).collect();
        for kind in QUANTITIES {
            match (kind.canonical)(&text) {
                Ok(canonical) => {
                    accepted += 1;
                    assert_eq!(
                        (kind.canonical)(&canonical),
                        Ok(canonical.clone()),
                        "{}: {text:?}",
                        kind.name
                    );
                }
                Err(error) => assert!(CODES.contains(&error.code), "{text:?}: {}", error.code),
            }
        }
    }
    assert!(accepted > 1000, "the pieces make enough quantities: {accepted}");
}
