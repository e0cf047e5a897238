//! When a scenario begins, and what its moments mean in simulated time.

use super::head::ClockBlock;
use super::written::Moment;
use crate::diagnostics::{Issue, Issues, did_you_mean};
use crate::scenario::Spanned;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// The civil time at which a scenario begins.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Zoned,
}

impl Clock {
    /// The clock that a block describes. What is wrong with it goes into the issues.
    pub fn new(block: &ClockBlock, issues: &mut Issues) -> Option<Self> {
        let zone = match TimeZone::get(&block.zone.value) {
            Ok(zone) => zone,
            Err(_) => {
                let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
                let message = format!("no time zone `{}`", block.zone.value);
                let issue = Issue::error("unknown-name", block.zone.span, message).at("clock › zone");
                issues.push(issue.suggest(did_you_mean(&block.zone.value, known)));
                return None;
            }
        };
        let Moment::Civil(civil) = block.starts.value else {
            let issue = Issue::error(
                "bad-moment",
                block.starts.span,
                "a scenario cannot begin after its own beginning",
            );
            issues.push(
                issue
                    .at("clock › starts")
                    .help("write a civil time such as `2022-10-15 15:19`"),
            );
            return None;
        };
        match civil.to_zoned(zone) {
            Ok(start) => Some(Self { start }),
            Err(error) => {
                let message = format!("this time does not exist in the zone: {error}");
                issues.push(Issue::error("bad-moment", block.starts.span, message).at("clock › starts"));
                None
            }
        }
    }

    /// The name of the zone.
    pub fn zone(&self) -> &str {
        self.start.time_zone().iana_name().unwrap_or("UTC")
    }

    /// The civil time so many microseconds after the start: `2022-10-15 16:52`.
    pub fn civil(&self, us: u64) -> String {
        let since = i64::try_from(us).unwrap_or(i64::MAX);
        match self.start.checked_add(SignedDuration::from_micros(since)) {
            Ok(then) => then.strftime("%Y-%m-%d %H:%M").to_string(),
            Err(_) => "beyond the calendar".to_owned(),
        }
    }

    /// How long after the Monday with which the first week of the year begins (that of ISO 8601) it starts, in microseconds, by the wall
    /// clock of its zone; a change of that clock within the year is left out.
    pub fn since_first_week_us(&self) -> u64 {
        let civil = self.start.datetime();
        let week = civil.date().iso_week_date();
        let days = i64::from(week.week() - 1) * 7 + i64::from(week.weekday().to_monday_zero_offset());
        let time = civil.time();
        let seconds = days * 86_400
            + i64::from(time.hour()) * 3_600
            + i64::from(time.minute()) * 60
            + i64::from(time.second());
        u64::try_from(seconds).expect("a week of the year is not negative") * 1_000_000
    }

    /// The start, as a moment on the time line.
    pub fn start(&self) -> Timestamp {
        self.start.timestamp()
    }
}

/// The time of a moment in microseconds since the start.
///
/// # Errors
/// An issue when the moment needs a clock that is not there, or lies before the start.
pub(super) fn moment_us(
    clock: Option<&Clock>,
    moment: &Spanned<Moment>,
    path: &str,
) -> Result<u64, Box<Issue>> {
    let wrong = |code: &'static str, message: String| Issue::error(code, moment.span, message).at(path);
    match (moment.value, clock) {
        (Moment::Since(duration), _) => Ok(duration.us()),
        (Moment::Civil(_), None) => {
            let message = "a time on the calendar needs a scenario that begins at one".to_owned();
            let help = "add `clock: {zone: Asia/Seoul, starts: '2022-10-15 15:19'}`, or write `+93 min`";
            Err(Box::new(wrong("time-needs-fixed-start", message).help(help)))
        }
        (Moment::Civil(civil), Some(clock)) => {
            let zoned = civil.to_zoned(clock.start.time_zone().clone());
            let since = zoned.map(|then| then.timestamp().duration_since(clock.start()).as_micros());
            match since.map(u64::try_from) {
                Ok(Ok(us)) => Ok(us),
                Ok(Err(_)) => {
                    let begins = format!("it begins at {} ({})", clock.civil(0), clock.zone());
                    let message = "this is before the scenario begins".to_owned();
                    Err(Box::new(wrong("out-of-bounds", message).note(begins)))
                }
                Err(error) => Err(Box::new(wrong("bad-moment", format!("no such time: {error}")))),
            }
        }
    }
}
