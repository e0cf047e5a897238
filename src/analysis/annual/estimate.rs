//! Rates, shares of time and lengths with intervals that cover where events are rare.
//!
//! Which method is used for what, and why, stands in `docs/annual-results.md`.

use serde::{Deserialize, Serialize};

use super::batches::{BATCHES_ENOUGH, Batch};
use crate::observe::annual::YEAR_US;
use crate::statistics::{
    Dispersion, EVENTS_FEW, FewSpells, Interval, ManySpells, PoissonCount, Ratio, log_interval,
};

/// Fewer events than this are counted as a Poisson number; more tell by themselves how much they vary.
const COUNTED_FROM: u64 = 100;

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// From how much the batches vary.
    Batches,
    /// From how few events vary in general: Poisson numbers, gamma lengths.
    FewEvents,
    /// Nothing was seen: an upper bound.
    NoneSeen,
}

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Its standard error; `None` where that would say nothing.
    pub standard_error: Option<f64>,
    /// How many events it rests on.
    pub events: u64,
    /// How the interval was made.
    pub method: Method,
}

impl Estimate {
    /// In a unit that is smaller by `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            low: self.low * factor,
            high: self.high * factor,
            standard_error: self.standard_error.map(|error| error * factor),
            ..self
        }
    }

    /// What is left to 1.
    #[must_use]
    pub fn complement(self) -> Self {
        Self {
            value: 1.0 - self.value,
            low: 1.0 - self.high,
            high: 1.0 - self.low,
            ..self
        }
    }

    fn of(value: f64, interval: Interval, standard_error: Option<f64>, events: u64, method: Method) -> Self {
        Self {
            value,
            low: interval.low,
            high: interval.high,
            standard_error,
            events,
            method,
        }
    }
}

/// The batches as pairs, for ratios: what is divided, and by what.
fn pairs(batches: &[Batch], above: fn(&Batch) -> i64, below: fn(&Batch) -> i64) -> Vec<(i64, i64)> {
    batches.iter().map(|batch| (above(batch), below(batch))).collect()
}

/// Degrees of freedom of what so many batches say of their spread.
fn degrees(batches: &[Batch]) -> f64 {
    batches.len().saturating_sub(1).max(1) as f64
}

/// Whether there are batches enough, and events enough in them, to take the spread from them.
fn told_by_batches(batches: &[Batch], events: u64, enough: u64) -> bool {
    batches.len() >= BATCHES_ENOUGH && events >= enough
}

/// The share of time taken by spells.
///
/// `lengths` are those of the independent events behind it (outages; or years in which anything was lost); `clumps` is the factor of
/// [`Dispersion`]. Where nothing was seen the upper bound is that of the number of events, each taken to last a year at most.
pub fn time_share(
    batches: &[Batch],
    taken: fn(&Batch) -> i64,
    lengths: &[i64],
    clumps: f64,
    level: f64,
) -> Estimate {
    let pairs = pairs(batches, taken, |batch| batch.span_us);
    let ratio = Ratio::of(&pairs);
    let span: f64 = batches.iter().map(|batch| batch.span_us as f64).sum();
    let value = ratio.value().unwrap_or(0.0);
    let events = lengths.len() as u64;
    if value <= 0.0 {
        let most = PoissonCount { events: 0 }.garwood(level).high * YEAR_US as f64 / span.max(1.0);
        return Estimate::of(0.0, Interval::new(0.0, most.min(1.0)), None, 0, Method::NoneSeen);
    }
    let error = ratio.standard_error();
    let capped = |interval: Interval| Interval::new(interval.low.max(0.0), interval.high.min(1.0));
    if let Some(error) = error
        && told_by_batches(batches, events, EVENTS_FEW)
    {
        let interval = if value > 0.5 {
            // Mostly so: the rest is what is rare.
            let rest = 1.0 - value;
            if rest > 0.0 {
                let rest = log_interval(rest, error, degrees(batches), level);
                Interval::new(1.0 - rest.high, 1.0 - rest.low)
            } else {
                Interval::new(1.0, 1.0)
            }
        } else {
            let spells = ManySpells {
                taken: value * span,
                standard_error: error * span,
                longest: lengths.iter().copied().max().unwrap_or(0) as f64,
            };
            spells.time(level).scaled(1.0 / span)
        };
        return Estimate::of(value, capped(interval), Some(error), events, Method::Batches);
    }
    // Found so at the beginning, and no event since: that spell is the one event.
    let whole = [batches.iter().map(taken).sum::<i64>()];
    let lengths = if lengths.is_empty() { &whole } else { lengths };
    let interval = FewSpells::of(lengths, clumps).time(value, level);
    Estimate::of(value, capped(interval), error, events.max(1), Method::FewEvents)
}

/// Events per year.
pub fn per_year(batches: &[Batch], count: fn(&Batch) -> i64, level: f64) -> Estimate {
    let pairs = pairs(batches, count, |batch| batch.span_us);
    let ratio = Ratio::of(&pairs);
    let years = batches.iter().map(|batch| batch.span_us as f64).sum::<f64>() / YEAR_US as f64;
    let events = batches
        .iter()
        .map(|batch| count(batch).unsigned_abs())
        .sum::<u64>();
    let value = events as f64 / years.max(f64::MIN_POSITIVE);
    if let Some(error) = ratio.standard_error().map(|error| error * YEAR_US as f64)
        && told_by_batches(batches, events, COUNTED_FROM)
    {
        let interval = log_interval(value, error, degrees(batches), level);
        return Estimate::of(value, interval, Some(error), events, Method::Batches);
    }
    count_per_year(events, years, clumps(batches, count), level)
}

/// Events per year, from their number alone.
pub fn count_per_year(events: u64, years: f64, clumps: f64, level: f64) -> Estimate {
    let counted = PoissonCount { events }
        .of_clumps(clumps, level)
        .scaled(1.0 / years);
    let method = if events == 0 {
        Method::NoneSeen
    } else {
        Method::FewEvents
    };
    let error = (events > 0).then(|| libm::sqrt(events as f64 * clumps) / years);
    Estimate::of(events as f64 / years, counted, error, events, method)
}

/// By what the variance of a number of events is larger than that of a Poisson number, as far as the batches tell.
pub fn clumps(batches: &[Batch], count: fn(&Batch) -> i64) -> f64 {
    if batches.len() < BATCHES_ENOUGH {
        return 1.0;
    }
    Dispersion::of(batches.iter().map(count)).map_or(1.0, |dispersion| dispersion.factor())
}

/// The mean length of events in microseconds: the time within them by their number. `None` without events.
pub fn mean_length(
    batches: &[Batch],
    taken: fn(&Batch) -> i64,
    count: fn(&Batch) -> i64,
    lengths: &[i64],
    level: f64,
) -> Option<Estimate> {
    let pairs = pairs(batches, taken, count);
    let ratio = Ratio::of(&pairs);
    let value = ratio.value().filter(|&value| value > 0.0)?;
    let events = batches
        .iter()
        .map(|batch| count(batch).unsigned_abs())
        .sum::<u64>();
    if let Some(error) = ratio.standard_error()
        && told_by_batches(batches, events, EVENTS_FEW)
    {
        let interval = log_interval(value, error, degrees(batches), level);
        return Some(Estimate::of(
            value,
            interval,
            Some(error),
            events,
            Method::Batches,
        ));
    }
    let whole = [batches.iter().map(taken).sum::<i64>()];
    let lengths = if lengths.is_empty() { &whole } else { lengths };
    let interval = FewSpells::of(lengths, 1.0).length(value, level);
    Some(Estimate::of(
        value,
        interval,
        ratio.standard_error(),
        events,
        Method::FewEvents,
    ))
}
