//! What of a row is compared: an integer per replication and measure.

use super::{Better, Design, Unit};
use crate::analysis::estimate::TargetMeasure;
use crate::observe::columns::{BEYOND_HORIZON, NEVER_LOST};
use crate::observe::row::Row;

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
    let of_rows = |value: &dyn Fn(&Row) -> i64| -> Vec<i64> { design.rows.rows.iter().map(value).collect() };
    let less = |id: &str, text: &str, unit: Unit, values: Vec<i64>| Measured {
        id: id.to_owned(),
        text: text.to_owned(),
        service: None,
        unit,
        better: Better::Less,
        values,
    };
    let services = layout.services();
    let mut all = vec![
        less(
            "/whole/down",
            "until everything is back",
            Unit::Time,
            of_rows(&|row| down(row, layout.whole_down_at(), layout.whole_rta(), design.horizon_us)),
        ),
        less(
            "/whole/lost",
            "user-minutes lost",
            Unit::UserMinutes,
            of_rows(&|row| {
                let lost = (0..services.len()).map(|service| row.cells[layout.lost_user_seconds(service)]);
                lost.fold(0, i64::saturating_add)
            }),
        ),
        less(
            "/whole/servers-down",
            "servers down at once",
            Unit::Count,
            of_rows(&|row| row.cells[layout.servers_down_max()]),
        ),
    ];
    for target in &design.targets {
        all.push(Measured {
            id: format!("target/{}", target.id),
            text: without_condition(&target.text).to_owned(),
            service: None,
            unit: Unit::Share,
            better: Better::More,
            values: of_rows(&|row| i64::from(is_kept(row, design, &target.measure))),
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
        let first = of_rows(&|row| down(row, layout.down_at(place), layout.rta(place), design.horizon_us));
        all.push(of("down", "down", Unit::Time, first));
        if service.users > 0 {
            let lost = of_rows(&|row| row.cells[layout.lost_user_seconds(place)]);
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
fn down(row: &Row, down_at: usize, rta: usize, horizon_us: u64) -> i64 {
    match row.cells[rta] {
        NEVER_LOST => 0,
        BEYOND_HORIZON => i64::try_from(horizon_us).unwrap_or(i64::MAX) - row.cells[down_at],
        back => back,
    }
}

fn is_kept(row: &Row, design: &Design, measure: &TargetMeasure) -> bool {
    let layout = &design.rows.layout;
    let back_within = |rta: usize, within_us: u64| {
        let rta = row.cells[rta];
        rta == NEVER_LOST || (rta >= 0 && rta.unsigned_abs() <= within_us)
    };
    match *measure {
        TargetMeasure::ServiceBackWithin { service, within_us } => {
            back_within(layout.rta(service), within_us)
        }
        TargetMeasure::WholeBackWithin { within_us } => back_within(layout.whole_rta(), within_us),
        TargetMeasure::LosesAtMost {
            service,
            user_minutes,
        } => i128::from(row.cells[layout.lost_user_seconds(service)]) <= i128::from(user_minutes) * 60,
    }
}
