//! `comparison.csv`: one line per measure and design.

use csv::Writer;

use super::words::verdict_word;
use crate::analysis::compare::{Comparison, Unit};
use crate::report::csv::cell;
use crate::report::{ReportError, ResultFile};

const NAME: &str = "comparison.csv";

/// The file.
pub fn file(compared: &Comparison) -> Result<ResultFile<'static>, ReportError> {
    let failed = |error: csv::Error| ReportError::new(NAME, error);
    let mut writer = Writer::from_writer(Vec::new());
    let header = [
        "measure",
        "unit",
        "design",
        "mean",
        "low",
        "high",
        "difference",
        "difference_low",
        "difference_high",
        "better_share",
        "equal_share",
        "worse_share",
        "verdict",
        "more_replications",
        "variance_reduction",
        "n",
    ];
    writer.write_record(header).map_err(failed)?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for measure in &compared.measures {
        let unit = match measure.unit {
            Unit::Time => "us",
            Unit::UserMinutes => "user-minutes",
            Unit::Count | Unit::Share => "1",
        };
        for (design, value) in compared.designs.iter().zip(&measure.values) {
            let difference = value.difference.as_ref();
            let of = |take: &dyn Fn(&crate::analysis::compare::Difference) -> Option<f64>| {
                number(difference.and_then(take))
            };
            let fields = [
                cell(&measure.id),
                unit.to_owned(),
                cell(&design.name),
                value.mean.value.to_string(),
                number(value.mean.low),
                number(value.mean.high),
                of(&|difference| Some(difference.mean.value)),
                of(&|difference| difference.mean.low),
                of(&|difference| difference.mean.high),
                of(&|difference| Some(difference.better.value)),
                of(&|difference| Some(difference.equal.value)),
                of(&|difference| Some(difference.worse.value)),
                difference.map_or_else(String::new, |difference| {
                    verdict_word(difference.verdict).to_lowercase()
                }),
                difference
                    .and_then(|difference| difference.more)
                    .map_or_else(String::new, |more| more.to_string()),
                of(&|difference| difference.variance_reduction),
                value.mean.n.to_string(),
            ];
            writer.write_record(&fields).map_err(failed)?;
        }
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| ReportError::new(NAME, error.error()))?;
    Ok(ResultFile::whole(NAME, bytes))
}
