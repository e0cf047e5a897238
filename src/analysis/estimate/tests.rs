//! Estimates of hand-made rows whose answers can be checked on paper.

use super::*;
use crate::analysis::results::Label;
use crate::observe::columns::{Layout, LayoutInput, NO_CLASS, RecordHead, Unit};
use crate::store::Row;

const HOUR: i64 = 3_600_000_000;

fn layout() -> Layout {
    let service = |id: &str, tier, users, rto_us| ServiceHead {
        id: id.into(),
        name: id.into(),
        tier,
        users,
        rto_us,
    };
    Layout::new(LayoutInput {
        services: vec![
            service("deploy", None, 0, None),
            service("photo", Some(2), 100, Some(2 * 3_600_000_000)),
            service("text", Some(1), 50, Some(4 * 3_600_000_000)),
        ],
        tile_kinds: vec!["booting", "queue"],
        classes: vec!["direct", "dependency"],
        curve_times_us: vec![0, 3_600_000_000],
        records: vec![RecordHead {
            id: "photo-back".into(),
            unit: Unit::Microseconds,
        }],
        loads: Vec::new(),
    })
}

/// A replication in which photo (and with it the whole) takes `rta`: hours, or a sentinel.
fn row(layout: &Layout, replication: u32, rta: i64) -> Row {
    let mut cells = vec![0; layout.width()];
    for service in [0, 2] {
        cells[layout.down_at(service)] = NEVER_LOST;
        cells[layout.rta(service)] = NEVER_LOST;
        cells[layout.class(service)] = NO_CLASS;
    }
    let lost = rta != NEVER_LOST;
    let span = if rta > 0 { rta * HOUR } else { rta };
    let down_at = if lost { HOUR } else { NEVER_LOST };
    cells[layout.down_at(1)] = down_at;
    cells[layout.rta(1)] = span;
    cells[layout.class(1)] = if lost {
        i64::from(replication % 2)
    } else {
        NO_CLASS
    };
    cells[layout.lost_user_seconds(1)] = if rta > 0 { 100 * 3600 * rta } else { 0 };
    cells[layout.outages(1)] = i64::from(lost);
    cells[layout.tile(1, 0)] = if rta > 0 { span / 4 } else { 0 };
    cells[layout.tile(1, 1)] = if rta > 0 { span - span / 4 } else { 0 };
    cells[layout.whole_down_at()] = down_at;
    cells[layout.whole_rta()] = span;
    cells[layout.blast(1)] = if lost { 3 } else { 0 };
    cells[layout.curve(0)] = 1_000_000;
    cells[layout.curve(1)] = if lost { 333_333 } else { 1_000_000 };
    cells[layout.servers_on(1)] = i64::from(replication);
    cells[layout.record(0)] = span;
    cells[layout.stuck()] = i64::from(rta == BEYOND_HORIZON && replication == 9);
    Row {
        replication,
        cells: cells.into(),
    }
}

fn input() -> EstimateInput {
    let label = |name: &str| Label {
        name: name.into(),
        label: name.into(),
    };
    EstimateInput {
        head: Head {
            level: 0.95,
            horizon_us: 100 * HOUR.unsigned_abs(),
            tile_kinds: vec![label("booting"), label("queue")],
            ..Head::default()
        },
        records: vec![RecordInput {
            id: "photo-back".into(),
            text: "photo back".into(),
            source: "a newspaper".into(),
            measure: RecordMeasure::ServiceRta("photo".into()),
            role: RecordRole::Untuned,
            low: 3 * HOUR,
            high: 5 * HOUR,
        }],
        ..EstimateInput::default()
    }
}

/// Ten replications: two not lost, six back after 1 to 6 hours, two never back.
fn rows() -> Rows {
    let layout = layout();
    let rtas = [
        NEVER_LOST,
        6,
        2,
        4,
        1,
        3,
        5,
        NEVER_LOST,
        BEYOND_HORIZON,
        BEYOND_HORIZON,
    ];
    let rows: Vec<Row> = rtas
        .iter()
        .zip(0..)
        .map(|(rta, replication)| row(&layout, replication, *rta))
        .collect();
    Rows::new(layout, &rows)
}

#[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
#[test]
fn a_hand_made_run_gives_the_numbers_one_gets_by_hand() {
    let results = estimate(&rows(), input());
    let ids: Vec<&str> = results
        .services
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    assert_eq!(ids, ["text", "photo", "deploy"]);
    let photo = &results.services[1];
    assert_eq!((photo.lost.hits, photo.lost.n), (8, 10));
    let recovery = photo.recovery.as_ref().expect("photo was lost");
    // Sorted, if lost: 1 2 3 4 5 6 h and two beyond; the 4th of 8 is the median.
    assert_eq!(recovery.median.value, Reach::At(4 * HOUR));
    assert_eq!(recovery.p95.value, Reach::Beyond);
    assert_eq!((recovery.never.hits, recovery.never.n), (2, 8));
    // (1 + 2 + 3 + 4 + 5 + 6 + 100 + 100) / 8 hours.
    assert_eq!(recovery.mean.value, 221.0 / 8.0 * 3.6e9);
    assert_eq!(recovery.lost_at_median.value, Reach::At(HOUR));
    assert_eq!(recovery.tiles[0].mean.value, 21.0 / 4.0 / 8.0 * 3.6e9);
    assert_eq!(recovery.tiles[1].mean.value, 21.0 * 3.0 / 4.0 / 8.0 * 3.6e9);
    // 21 hours of 100 users in ten replications.
    assert_eq!(photo.lost_user_minutes.value, 100.0 * 60.0 * 2.1);
    assert_eq!(photo.outages.value, 0.8);
    // Never lost twice, back within 2 h twice.
    let rto = photo.rto.as_ref().expect("photo has an objective");
    assert_eq!((rto.back.hits, rto.back.n, rto.verdict), (4, 10, Verdict::Broken));
    let classes: Vec<(&str, u64)> = photo
        .classes
        .iter()
        .map(|class| (class.class.as_str(), class.share.hits))
        .collect();
    assert_eq!(classes, [("direct", 4), ("dependency", 4)]);
    assert!(results.services[0].recovery.is_none() && results.services[0].classes.is_empty());
    assert_eq!(results.whole.services_lost.mean.value, 0.8);
    assert_eq!((results.whole.stuck.hits, results.head.n), (1, 10));
    assert_eq!(results.blast.classes[1].entities.median.value, Reach::At(3));
    assert_eq!(results.curve.served.q50, [1_000_000, 333_333]);
    assert_eq!(results.curve.servers_on.mean, [0.0, 4.5]);
}

#[test]
fn the_record_has_its_percentiles_among_the_losses() {
    let results = estimate(&rows(), input());
    let record = &results.records[0];
    let simulated = record.simulated.expect("photo was lost");
    // 1 2 3 4 5 6 h and two beyond: two below 3 h, five at most 5 h.
    assert_eq!(
        (simulated.percentile_low, simulated.percentile_high),
        (2.0 / 8.0, 5.0 / 8.0)
    );
    assert_eq!(
        (simulated.median.value, simulated.p95.value),
        (Reach::At(4 * HOUR), Reach::Beyond)
    );
    assert!(record.inside);
    let service = results.services[1]
        .record
        .as_ref()
        .expect("photo is on the record");
    assert_eq!((service.rta_low_us, service.rta_high_us), (3 * HOUR, 5 * HOUR));
    let (layout, early) = (layout(), 0..20);
    let rows: Vec<Row> = early.map(|replication| row(&layout, replication, 1)).collect();
    let missed = estimate(&Rows::new(layout.clone(), &rows), input());
    assert!(
        !missed.records[0].inside,
        "all are back after 1 h, the record says 3 to 5 h"
    );
}

#[test]
fn median_and_worst_go_by_the_recovery_of_the_whole_then_by_number() {
    let results = estimate(&rows(), input());
    // 1 2 3 4 5 6 h and two beyond: the fourth is replication 3, the last of the two equal ones is 9.
    assert_eq!(
        (results.median_replication, results.worst_replication),
        (Some(3), Some(9))
    );
    let told = to_tell(&results, &[3, 7]);
    assert_eq!(
        told,
        [
            (3, ChosenWhy::Median),
            (9, ChosenWhy::Worst),
            (7, ChosenWhy::Kept)
        ]
    );
}

#[test]
fn a_run_without_any_loss_has_no_recovery_and_keeps_its_promises() {
    let layout = layout();
    let rows: Vec<Row> = (0..200)
        .map(|replication| row(&layout, replication, NEVER_LOST))
        .collect();
    let results = estimate(&Rows::new(layout, &rows), input());
    assert!(results.whole.recovery.is_none());
    assert!(results.records[0].simulated.is_none() && !results.records[0].inside);
    assert_eq!(
        (results.median_replication, results.worst_replication),
        (None, None)
    );
    let rto = results.services[1].rto.as_ref().expect("photo has an objective");
    assert_eq!(rto.verdict, Verdict::Kept);
}

#[test]
fn a_promise_is_judged_by_its_interval() {
    let target = |id: &str, measure, required| TargetInput {
        id: id.into(),
        text: id.into(),
        measure,
        required,
        confidence: 0.9,
    };
    let within = |hours: u64| TargetMeasure::ServiceBackWithin {
        service: 1,
        within_us: hours * HOUR.unsigned_abs(),
    };
    let mut input = input();
    input.targets = vec![
        target("open", within(5), 0.7),
        target("broken", within(1), 0.9),
        target("kept", within(5), 0.3),
        target(
            "whole",
            TargetMeasure::WholeBackWithin {
                within_us: 6 * HOUR.unsigned_abs(),
            },
            0.8,
        ),
        target(
            "minutes",
            TargetMeasure::LosesAtMost {
                service: 1,
                user_minutes: 100 * 60 * 3,
            },
            0.5,
        ),
    ];
    let results = estimate(&rows(), input);
    let hits: Vec<u64> = results.targets.iter().map(|target| target.share.hits).collect();
    assert_eq!(hits, [7, 3, 7, 8, 7]);
    let verdicts: Vec<Verdict> = results.targets.iter().map(|target| target.verdict).collect();
    assert_eq!(
        verdicts[..3],
        [Verdict::Undecided, Verdict::Broken, Verdict::Kept]
    );
    assert!(
        results
            .cautions
            .iter()
            .any(|caution| caution.starts_with("open is undecided"))
    );
}

#[test]
fn one_replication_is_a_history_and_not_an_estimate() {
    let layout = layout();
    let rows = vec![row(&layout, 5, 2)];
    let results = estimate(&Rows::new(layout, &rows), input());
    let photo = &results.services[1];
    assert_eq!(
        (photo.lost_user_minutes.low, photo.lost_user_minutes.high),
        (None, None)
    );
    assert!(
        results
            .cautions
            .iter()
            .any(|caution| caution.contains("single replication"))
    );
    assert_eq!(results.median_replication, Some(5));
}

#[test]
fn results_survive_being_written_down() {
    let results = estimate(&rows(), input());
    let p95 = results.services[1].recovery.as_ref().expect("photo was lost").p95;
    let text = serde_json::to_string(&results).expect("results are plain data");
    let back: Results = serde_json::from_str(&text).expect("and can be read again");
    // Numbers with a fraction may come back one unit in the last place off.
    assert_eq!(back.head, results.head);
    assert_eq!(
        back.services[1].recovery.as_ref().map(|recovery| recovery.p95),
        Some(p95)
    );
}
