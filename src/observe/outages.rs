//! Outages: when a service was lost and when it was back for good.

use super::history::History;
use crate::kernel::NodeId;

/// How a service's outages are told from its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// An outage begins when the level first falls below this, in parts per million.
    pub down_below: i64,
    /// It ends at the start of the first stretch at or above this that is settled, in parts per million.
    pub recovered_at: i64,
    /// How long such a stretch lasts, in microseconds; `None`: to the horizon, and at least [`SETTLED_US`].
    pub settled_for_us: Option<u64>,
}

/// How long before the horizon a service must be back to count as recovered: an hour.
pub const SETTLED_US: u64 = 3_600_000_000;

/// An outage of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When it began, in microseconds.
    pub from: u64,
    /// When it ended; `None` if it did not within the horizon.
    pub to: Option<u64>,
}

/// The outages of a level, in the order of time.
pub fn outages_of(history: &History<'_>, level: NodeId, thresholds: Thresholds) -> Vec<Outage> {
    let steps = history.steps(level);
    // Stretches of one value, from the start on: where each begins, and its value.
    let stretches =
        std::iter::once((0, history.at_start(level))).chain(steps.iter().map(|step| (step.at, step.to)));
    let mut outages: Vec<Outage> = Vec::new();
    let mut down_since: Option<u64> = None;
    let mut well_since: Option<u64> = None;
    for (at, value) in stretches {
        if let (Some(from), Some(back)) = (down_since, well_since)
            && value < thresholds.recovered_at
        {
            if thresholds
                .settled_for_us
                .is_some_and(|settled| at - back >= settled)
            {
                outages.push(Outage { from, to: Some(back) });
                down_since = None;
            }
            well_since = None;
        }
        if value < thresholds.down_below && down_since.is_none() {
            down_since = Some(at);
        }
        if down_since.is_some() && value >= thresholds.recovered_at && well_since.is_none() {
            well_since = Some(at);
        }
    }
    if let Some(from) = down_since {
        let settled = thresholds.settled_for_us.unwrap_or(SETTLED_US);
        let to = well_since.filter(|back| history.horizon() - back >= settled);
        outages.push(Outage { from, to });
    }
    outages
}
