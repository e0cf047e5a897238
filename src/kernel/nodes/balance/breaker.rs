//! What opens and comes back: how long an overload is borne, what stays off and until when.

use super::spec::{Back, Bears};
use crate::kernel::calendar::NEVER;
use crate::kernel::ids::RecordId;
use crate::kernel::reading::FULL_PPM;

/// Full heat. It is so large that the time borne at a constant load is exact to the microsecond up to 30 years.
const FULL_HEAT: i128 = 1_000_000_000_000_000_000_000_000_000_000;

/// Something stays off until it is back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latch {
    /// Since when it is off.
    pub since: u64,
    /// When it may come back by itself; [`NEVER`] if only by work or an action.
    pub until: u64,
    /// Whether an action on this very thing put it off.
    pub by_action: bool,
    /// Why it is off.
    pub why: RecordId,
    /// Since when it fits and waits for its microsecond, and why it fits.
    pub fits: Option<(u64, RecordId)>,
}

impl Latch {
    pub fn new(back: Back, now: u64, why: RecordId) -> Self {
        let until = match back {
            Back::After(us) => now.checked_add(us).unwrap_or(NEVER),
            Back::ByWork => NEVER,
        };
        Self {
            since: now,
            until,
            by_action: false,
            why,
            fits: None,
        }
    }

    pub fn by_action(now: u64, why: RecordId) -> Self {
        Self {
            by_action: true,
            ..Self::new(Back::ByWork, now, why)
        }
    }

    /// When the timer has to come for it: at the end of its delay, or, beyond that, a microsecond after it has come to fit.
    pub fn wants(&mut self, fits: bool, now: u64, why: RecordId) -> u64 {
        if self.until > now {
            self.fits = None;
            return self.until;
        }
        if !fits {
            self.fits = None;
            return NEVER;
        }
        let (since, _) = *self.fits.get_or_insert((now, why));
        since.saturating_add(1).max(now.saturating_add(1))
    }

    /// Why it comes back, and since when that went on: its delay, or what made place for it.
    pub fn back_from(&self) -> (RecordId, u64) {
        self.fits.map_or((self.why, self.since), |(at, why)| (why, at))
    }
}

/// The memory of a balance, or of one of its sources, of what it has borne.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Breaker {
    /// Whether it is open.
    pub open: Option<Latch>,
    /// Since when it is overloaded without a break.
    pub over_since: Option<u64>,
    /// Why it is.
    pub why: RecordId,
    heat: i128,
    /// By which the heat changes each microsecond.
    rate: i128,
    at: u64,
}

/// What a breaker does at a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// It opens now.
    Opens,
    /// It bears the load until then.
    Until(u64),
}

impl Breaker {
    pub fn closed() -> Self {
        Self {
            open: None,
            over_since: None,
            why: RecordId::NONE,
            heat: 0,
            rate: 0,
            at: 0,
        }
    }

    /// Lets it bear `load_ppm` of what is supplied from now on; at full load or below (`None`) it recovers.
    pub fn bear(&mut self, bears: &Bears, load_ppm: Option<i128>, now: u64, why: RecordId) -> Bearing {
        let passed = i128::from(now - self.at);
        self.heat = (self.heat + self.rate.saturating_mul(passed)).clamp(0, FULL_HEAT);
        self.at = now;
        let lasts_us = match (bears, load_ppm) {
            (_, None) => None,
            (Bears::For(us), Some(_)) => Some(i128::from(*us)),
            (Bears::Heat { table, .. }, Some(load)) => lasts_us(table, load),
        };
        let Some(lasts_us) = lasts_us else {
            self.over_since = None;
            self.rate = match bears {
                Bears::For(_) => -FULL_HEAT,
                Bears::Heat { cools_us, .. } => -rate_of(i128::from(*cools_us)),
            };
            return Bearing::Until(NEVER);
        };
        if self.over_since.is_none() {
            self.over_since = Some(now);
            self.why = why;
            if matches!(bears, Bears::For(_)) {
                // A delay without memory: any break begins it anew.
                self.heat = 0;
            }
        }
        if lasts_us == 0 || self.heat >= FULL_HEAT {
            return Bearing::Opens;
        }
        self.rate = rate_of(lasts_us);
        let left = (FULL_HEAT - self.heat + self.rate - 1) / self.rate;
        let at = u64::try_from(left).ok().and_then(|left| now.checked_add(left));
        Bearing::Until(at.unwrap_or(NEVER))
    }

    /// It opens; what it has borne goes from now on.
    pub fn open(&mut self, bears: &Bears, latch: Latch) {
        self.bear(bears, None, latch.since, latch.why);
        self.open = Some(latch);
    }
}

/// The heat per microsecond that makes full heat of none in so many microseconds, rounded up so that it is full when they are over.
fn rate_of(us: i128) -> i128 {
    let us = us.max(1);
    (FULL_HEAT + us - 1) / us
}

/// For how many microseconds a load is borne from cold: straight between the points of the table; `None` below the first: for ever.
fn lasts_us(table: &[(i64, u64)], load_ppm: i128) -> Option<i128> {
    let next = table.iter().position(|&(at, _)| i128::from(at) > load_ppm);
    match next {
        Some(0) => None,
        None => table.last().map(|&(_, us)| i128::from(us)),
        Some(next) => {
            let ((low, long), (high, short)) = (table[next - 1], table[next]);
            let (low, high) = (i128::from(low), i128::from(high));
            let (long, short) = (i128::from(long), i128::from(short));
            Some(long + (short - long) * (load_ppm - low) / (high - low))
        }
    }
}

/// A load as a share of what is supplied, if it is more than that.
pub(super) fn overload_ppm(total: i128, supply: i64) -> Option<i128> {
    let supply = i128::from(supply);
    (supply > 0 && total > supply).then(|| total.saturating_mul(i128::from(FULL_PPM)) / supply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heat() -> Bears {
        Bears::Heat {
            table: vec![
                (1_100_000, 600),
                (1_500_000, 200),
                (2_000_000, 10),
                (4_000_000, 0),
            ],
            cools_us: 1_000,
        }
    }

    #[test]
    fn a_load_is_borne_as_long_as_the_table_says() {
        let table = vec![
            (1_100_000, 600),
            (1_500_000, 200),
            (2_000_000, 10),
            (4_000_000, 0),
        ];
        let at = |load| lasts_us(&table, load);
        assert_eq!(at(1_099_999), None);
        assert_eq!(at(1_100_000), Some(600));
        assert_eq!(at(1_300_000), Some(400));
        assert_eq!(at(2_000_000), Some(10));
        assert_eq!(at(9_000_000), Some(0));
        assert_eq!(overload_ppm(150, 100), Some(1_500_000));
        assert_eq!(overload_ppm(100, 100), None);
        assert_eq!(overload_ppm(100, 0), None);
    }

    #[test]
    fn heat_gathers_goes_and_opens_exactly() {
        let mut breaker = Breaker::closed();
        let mut bear = |load, now| breaker.bear(&heat(), load, now, RecordId::NONE);
        assert_eq!(bear(Some(1_500_000), 0), Bearing::Until(200));
        // Half of it is spent; at a third of the speed the other half lasts three times as long.
        assert_eq!(bear(Some(1_100_000), 100), Bearing::Until(400));
        // A quarter is left after 150 more; 500 of cooling take half of it away.
        assert_eq!(bear(None, 250), Bearing::Until(NEVER));
        assert_eq!(bear(Some(1_500_000), 750), Bearing::Until(900));
        assert_eq!(bear(Some(1_500_000), 899), Bearing::Until(900));
        assert_eq!(bear(Some(1_500_000), 900), Bearing::Opens);
    }

    #[test]
    fn far_too_much_opens_at_once_and_a_plain_delay_has_no_memory() {
        let mut breaker = Breaker::closed();
        assert_eq!(
            breaker.bear(&heat(), Some(4_000_000), 5, RecordId::NONE),
            Bearing::Opens
        );
        let mut breaker = Breaker::closed();
        let mut bear = |load, now| breaker.bear(&Bears::For(10), load, now, RecordId::NONE);
        assert_eq!(bear(Some(1_000_001), 0), Bearing::Until(10));
        assert_eq!(bear(Some(9_000_000), 6), Bearing::Until(10));
        assert_eq!(bear(None, 9), Bearing::Until(NEVER));
        assert_eq!(bear(Some(1_500_000), 9), Bearing::Until(19));
        assert_eq!(bear(Some(1_500_000), 19), Bearing::Opens);
        let mut breaker = Breaker::closed();
        assert_eq!(
            breaker.bear(&Bears::For(0), Some(1_000_001), 3, RecordId::NONE),
            Bearing::Opens
        );
    }
}
