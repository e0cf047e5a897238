//! One watched node: from its changes, as they come, to the integers of a row.

use super::row::{NOT_ENDED, NOT_TOLD, Outage, Seen, Totals, Year};
use super::{Span, Watch, YEAR_US};

/// The most outages of one watched node that a replication lists; more are counted, but not listed.
pub const OUTAGES_KEPT_MAX: usize = 100_000;

/// Takes in the changes of one node in the order of time.
#[derive(Clone, Debug)]
pub struct Meter {
    watch: Watch,
    span: Span,
    /// Whether the value is known: it is from the first change on, which tells what was before.
    begun: bool,
    /// The value since [`Meter::since`].
    value: i64,
    since: u64,
    was_down: bool,
    /// When the outage began that has not ended, if there is one.
    out_since: Option<u64>,
    /// Since when it has been well within that outage.
    well_since: Option<u64>,
    /// (full − value) × µs, by year.
    lost: Vec<u128>,
    totals: Totals,
    years: Vec<Year>,
    outages: Vec<Outage>,
}

/// A time as a cell.
fn cell(us: u64) -> i64 {
    i64::try_from(us).expect("a simulated time is far below 2^63 µs")
}

impl Meter {
    /// A meter at the beginning of a replication.
    pub fn new(watch: Watch, span: Span) -> Self {
        Self {
            watch,
            span,
            begun: false,
            value: 0,
            since: 0,
            was_down: false,
            out_since: None,
            well_since: None,
            lost: vec![0; span.years as usize],
            totals: Totals::default(),
            years: vec![Year::default(); span.years as usize],
            outages: Vec::new(),
        }
    }

    /// Back to the beginning of another replication.
    pub fn reset(&mut self) {
        self.begun = false;
        (self.value, self.since) = (0, 0);
        self.was_down = false;
        (self.out_since, self.well_since) = (None, None);
        self.lost.fill(0);
        self.totals = Totals::default();
        self.years.fill(Year::default());
        self.outages.clear();
    }

    /// When the outage began in which it is, as far as changes have been taken in.
    pub fn out_since(&self) -> Option<u64> {
        self.out_since
    }

    /// The outages that have ended.
    pub fn outages(&self) -> &[Outage] {
        &self.outages
    }

    /// Takes in that nothing has changed until `now`. This changes nothing of what will be seen in the end.
    pub fn take_in_until(&mut self, now: u64) {
        if self.begun && now > self.since {
            self.stretch(now);
            self.since = now;
        }
    }

    /// The value changes. What lasts no time is not seen.
    pub fn changes(&mut self, at: u64, from: i64, to: i64) {
        if !self.begun {
            self.begun = true;
            self.value = from;
        }
        if at > self.since {
            self.stretch(at);
            self.since = at;
        }
        self.value = to;
    }

    /// The replication ends; `value` is the last one. Returns what was seen, and is then to be reset.
    pub fn finish(&mut self, value: i64, horizon: u64) -> Seen {
        if !self.begun {
            self.begun = true;
            self.value = value;
        }
        if horizon > self.since {
            self.stretch(horizon);
            self.since = horizon;
        }
        if let Some(from) = self.out_since.take() {
            match self.well_since.take() {
                Some(back) if horizon - back >= self.watch.settled_for_us => self.ends(from, back, true),
                Some(back) => self.ends(from, back, false),
                None => self.ends(from, horizon, false),
            }
        }
        let full = u128::from(self.watch.full.unsigned_abs());
        let rounded = |lost: u128| i64::try_from(lost / full).expect("no more is lost than there is time");
        for (year, &lost) in self.years.iter_mut().zip(&self.lost) {
            year.lost_us = rounded(lost);
        }
        self.totals.lost_us = rounded(self.lost.iter().sum());
        Seen {
            totals: self.totals,
            years: self.years.clone(),
            outages: std::mem::take(&mut self.outages),
        }
    }

    /// The present value has held from `since` to `to`, which is some time.
    fn stretch(&mut self, to: u64) {
        let (from, value, watch) = (self.since, self.value, self.watch);
        if let (Some(out), Some(back)) = (self.out_since, self.well_since)
            && value < watch.recovered_at
        {
            if from - back >= watch.settled_for_us {
                self.ends(out, back, true);
                self.out_since = None;
            }
            self.well_since = None;
        }
        let down = value < watch.down_below;
        if down {
            // Down from the very beginning is no fall.
            if !self.was_down && from > 0 && self.counts(from) {
                self.totals.falls += 1;
                let year = self.year_of(from);
                self.years[year].falls += 1;
            }
            if self.out_since.is_none() {
                self.out_since = Some(from);
            }
        }
        self.was_down = down;
        if self.out_since.is_some() && value >= watch.recovered_at && self.well_since.is_none() {
            self.well_since = Some(from);
        }
        if value < watch.full {
            self.add_time(from, to, down);
        }
    }

    /// Whether a moment lies in the counted years.
    fn counts(&self, at: u64) -> bool {
        self.span.warm_up_us <= at && at < self.span.end_us()
    }

    /// The year of a moment that counts.
    fn year_of(&self, at: u64) -> usize {
        let year = (at - self.span.warm_up_us) / YEAR_US;
        usize::try_from(year).expect("years are counted in 32 bits")
    }

    /// Calls `add` with the part of a time in each counted year: the year, and how long.
    fn by_year(span: Span, from: u64, to: u64, mut add: impl FnMut(usize, u64)) {
        let (mut from, to) = (from.max(span.warm_up_us), to.min(span.end_us()));
        while from < to {
            let year = (from - span.warm_up_us) / YEAR_US;
            let next = to.min(span.warm_up_us + (year + 1) * YEAR_US);
            add(
                usize::try_from(year).expect("years are counted in 32 bits"),
                next - from,
            );
            from = next;
        }
    }

    /// Time at less than full.
    fn add_time(&mut self, from: u64, to: u64, down: bool) {
        let missing = u128::from((self.watch.full - self.value).unsigned_abs());
        let (lost, years, totals) = (&mut self.lost, &mut self.years, &mut self.totals);
        Self::by_year(self.span, from, to, |year, us| {
            lost[year] += missing * u128::from(us);
            if down {
                years[year].down_us += cell(us);
                totals.down_us += cell(us);
            } else {
                years[year].degraded_us += cell(us);
                totals.degraded_us += cell(us);
            }
        });
    }

    /// An outage ends, or is broken off by the end of the replication.
    fn ends(&mut self, from: u64, to: u64, ended: bool) {
        let (years, totals) = (&mut self.years, &mut self.totals);
        Self::by_year(self.span, from, to, |year, us| {
            years[year].outage_us += cell(us);
            totals.outage_us += cell(us);
        });
        // One that was there at the very beginning did not begin.
        if from == 0 || !self.counts(from) {
            return;
        }
        let length = cell(to - from);
        let begun_in = self.year_of(from);
        let year = &mut self.years[begun_in];
        year.outages += 1;
        year.longest_us = year.longest_us.max(length);
        self.totals.outages += 1;
        self.totals.longest_us = self.totals.longest_us.max(length);
        self.totals.not_ended += i64::from(!ended);
        if self.outages.len() < OUTAGES_KEPT_MAX {
            self.outages.push(Outage {
                from_us: from,
                length_us: if ended { length } else { NOT_ENDED },
                class: NOT_TOLD,
                root: NOT_TOLD,
            });
        } else {
            self.totals.not_kept += 1;
        }
    }
}
