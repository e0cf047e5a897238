//! Years of ordinary life: availability, outages and their tail, per year.
//!
//! [`watched`] makes estimates of one watched node from the rows of [`crate::monte_carlo::simulate_years`]: all that is needed where there
//! is a network and no scenario. Nothing here is conditional on something that happens; the two are never mixed.

mod batches;
mod causes;
mod cautions;
mod estimate;
mod explain;
mod promises;
pub mod results;
mod run;
mod watched;

pub use batches::{BATCHES_ENOUGH, Batch, batches};
pub use causes::{Causes, Names};
pub use estimate::{Estimate, Method};
pub use explain::explain_years;
pub use run::{AnnualOutcome, conclude, results as results_of, run, span_of, watches, years_text};
pub use watched::{Watched, YearPoint, watched};
