//! When a happening begins: at a stated moment, or at the start.

use crate::diagnostics::Issues;
use crate::model::{Model, Moment};
use crate::scenario::Spanned;

/// Reports a moment that is none of the scenario's; `path` is that of the happening.
pub fn check(at: Option<&Spanned<Moment>>, path: &str, model: &Model, issues: &mut Issues) {
    if let Some(at) = at
        && let Err(issue) = model.moment_us(at, &format!("{path} › at"))
    {
        issues.push(*issue);
    }
}

/// In microseconds since the start; checked before.
pub fn us(at: Option<&Spanned<Moment>>, model: &Model) -> u64 {
    at.map_or(0, |at| {
        model
            .moment_us(at, "")
            .expect("the time was checked when the model was validated")
    })
}
