//! Promises about years, held against the interval of the estimate.

use super::results::PromiseResult;
use super::watched::{lengths_within, watched};
use crate::analysis::results::Verdict;
use crate::compile::{Compiled, TargetInfo};
use crate::model::Promise;
use crate::observe::annual::AnnualRow;
use crate::quantity::SimDuration;

/// What became of a promise.
pub fn promise_result(compiled: &Compiled, target: &TargetInfo, rows: &[AnnualRow]) -> PromiseResult {
    let service = &compiled.entities[compiled.services[target.service].entity as usize].name;
    let found = || watched(rows, target.service, target.confidence);
    let percent = |share: f64| {
        // As many digits as are meant: 99.95 %, not 99.95000000000000 %.
        let digits = format!("{:.6}", share * 100.0);
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let (measure, text, required, (value, low, high), more_is_better) = match target.promise {
        Promise::Availability(share) => {
            let estimate = found().availability;
            (
                "availability",
                format!("{service} available {} % of the time", percent(share)),
                share,
                (estimate.value, estimate.low, estimate.high),
                true,
            )
        }
        Promise::DownPerYear(us) => {
            let estimate = found().down_per_year_us;
            (
                "down-per-year",
                format!("{service} down for at most {} a year", SimDuration::from_us(us)),
                us as f64,
                (estimate.value, estimate.low, estimate.high),
                false,
            )
        }
        Promise::BackWithin { us, share } => {
            // Without outages nothing is known of their length: anything may be true.
            let within = lengths_within(rows, target.service, us, target.confidence);
            (
                "outages-within",
                format!(
                    "{} % of the outages of {service} over within {}",
                    percent(share),
                    SimDuration::from_us(us)
                ),
                share,
                within.map_or((1.0, 0.0, 1.0), |within| (within.value, within.low, within.high)),
                true,
            )
        }
    };
    let verdict = match (more_is_better, low >= required, high < required) {
        (true, true, _) => Verdict::Kept,
        (true, _, true) => Verdict::Broken,
        (false, ..) if high <= required => Verdict::Kept,
        (false, ..) if low > required => Verdict::Broken,
        _ => Verdict::Undecided,
    };
    PromiseResult {
        id: target.id.clone(),
        text,
        measure: measure.to_owned(),
        value,
        low,
        high,
        required,
        confidence: target.confidence,
        verdict,
    }
}
