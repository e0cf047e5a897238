//! What of a row is compared: an integer per replication and measure.

use super::{Better, Design, Unit};
use crate::analysis::estimate::TargetMeasure;
use crate::observe::columns::{BEYOND_HORIZON, NEVER_LOST};

/// One measure of one design, replication by replication.
pub struct Measured {
    /// A stable name.
    pub id: String,
    /// In words.
    pub text: String,
    /// The service that it is about.
    pub service: Option<String>,
    /// Its unit.
    pub unit: Unit,
    /// What is better.
    pub better: Better,
    /// The values, in the order of replications.
    pub values: Vec<i64>,
}

/// All measures of a design: of the whole, of the targets, of each service.
pub fn measured(design: &Design) -> Vec<Measured> {
    let layout = &design.rows.layout;
    let column = |index: usize| -> Vec<i64> { design.rows.column(index).collect() };
    let less = |id: &str, text: &str, unit: Unit, values: Vec<i64>| Measured {
        id: id.to_owned(),
        text: text.to_owned(),
        service: None,
        unit,
        better: Better::Less,
        values,
    };
    let services = layout.services();
    let all_lost: Vec<usize> = (0..services.len())
        .map(|service| layout.lost_user_seconds(service))
        .collect();
    let sum = |cells: &[i64]| cells.iter().fold(0, |sum: i64, cell| sum.saturating_add(*cell));
    let mut all = vec![
        less(
            "/whole/down",
            "until everything is back",
            Unit::Time,
            down(design, layout.whole_down_at(), layout.whole_rta()),
        ),
        less(
            "/whole/lost",
            "user-minutes lost",
            Unit::UserMinutes,
            design.rows.across(&all_lost, sum).collect(),
        ),
        less(
            "/whole/servers-down",
            "servers down at once",
            Unit::Count,
            column(layout.servers_down_max()),
        ),
    ];
    for target in &design.targets {
        all.push(Measured {
            id: format!("target/{}", target.id),
            text: without_condition(&target.text).to_owned(),
            service: None,
            unit: Unit::Share,
            better: Better::More,
            values: kept(design, &target.measure),
        });
    }
    for (place, service) in services.iter().enumerate() {
        let of = |id: &str, text: &str, unit: Unit, values: Vec<i64>| Measured {
            service: Some(service.id.clone()),
            ..less(
                &format!("{}/{id}", service.id),
                &format!("{} {text}", service.name),
                unit,
                values,
            )
        };
        let first = down(design, layout.down_at(place), layout.rta(place));
        all.push(of("down", "down", Unit::Time, first));
        if service.users > 0 {
            let lost = column(layout.lost_user_seconds(place));
            all.push(of("lost", "user-minutes lost", Unit::UserMinutes, lost));
        }
    }
    all
}

/// A promise without what it is given: all of a comparison is given the same.
fn without_condition(text: &str) -> &str {
    let condition = text.strip_prefix("given ").and_then(|rest| rest.split_once(", "));
    condition.map_or(text, |(_, promise)| promise)
}

/// How long something was down: nothing if it never was, and until the horizon if it was not back by then \[µs\].
fn down(design: &Design, down_at: usize, rta: usize) -> Vec<i64> {
    let horizon_us = i64::try_from(design.horizon_us).unwrap_or(i64::MAX);
    let of_row = |cells: &[i64]| match cells[1] {
        NEVER_LOST => 0,
        BEYOND_HORIZON => horizon_us - cells[0],
        back => back,
    };
    design.rows.across(&[down_at, rta], of_row).collect()
}

/// 1 where a promise is kept, 0 where it is not.
fn kept(design: &Design, measure: &TargetMeasure) -> Vec<i64> {
    let cells = design.rows.column(measure.column(&design.rows.layout));
    cells.map(|cell| i64::from(measure.is_kept(cell))).collect()
}
