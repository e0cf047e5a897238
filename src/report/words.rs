//! Numbers and names as people read them: durations, shares, user-minutes, civil times, and text made harmless.
//!
//! No more digits are printed than the interval supports. Nothing here knows a file format.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};

use crate::analysis::results::{Head, Mean, Quantile, Reach, Share};

/// Microseconds per second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds per minute.
pub const MINUTE_US: i64 = 60 * SECOND_US;
/// Microseconds per hour.
pub const HOUR_US: i64 = 60 * MINUTE_US;

/// Text from a scenario, made harmless for every output: control characters, and the characters that reverse or hide
/// text, are written out as `\u{..}`. Tabs and line ends become spaces.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if matches!(c, '\t' | '\n' | '\r') {
            out.push(' ');
        } else if c.is_control() || hidden || matches!(c, '\u{fffe}' | '\u{ffff}') {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Columns that a text takes on a terminal: two for the wide scripts of East Asia and for emoji.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff => 2,
        0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text, cut to at most `columns` with an ellipsis.
pub fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += char_width(c);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The text, padded with spaces to `columns`.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// How finely a duration is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the hour.
    Hour,
}

impl Step {
    /// The finest step that an interval of this width supports for this value.
    pub fn for_interval(value_us: i64, width_us: i64) -> Self {
        if value_us < 10 * MINUTE_US && width_us < 2 * MINUTE_US {
            Step::Second
        } else if value_us >= 10 * HOUR_US && width_us >= 10 * HOUR_US {
            Step::Hour
        } else {
            Step::Minute
        }
    }

    fn round(self, us: i64) -> i64 {
        let step = match self {
            Step::Second => SECOND_US,
            Step::Minute => MINUTE_US,
            Step::Hour => HOUR_US,
        };
        (us + step / 2).div_euclid(step)
    }
}

/// A duration in words: `34 s`, `24 min`, `12 h 40 min`, `127 h`.
pub fn span(us: i64, step: Step) -> String {
    let count = step.round(us);
    match step {
        Step::Second if count < 60 => format!("{count} s"),
        Step::Second if count % 60 == 0 => format!("{} min", count / 60),
        Step::Second => format!("{} min {:02} s", count / 60, count % 60),
        Step::Minute if count < 60 => format!("{count} min"),
        Step::Minute => format!("{} h {:02} min", count / 60, count % 60),
        Step::Hour => format!("{count} h"),
    }
}

/// A duration in words at the finest step that its size asks for.
pub fn span_of(us: i64) -> String {
    span(us, Step::for_interval(us, 0))
}

/// A round duration in its own largest unit, for horizons and objectives: `7 d`, `24 h`, `90 min`.
pub fn round_span(us: u64) -> String {
    let minute = MINUTE_US.unsigned_abs();
    if us >= 3 * 24 * 60 * minute && us.is_multiple_of(24 * 60 * minute) {
        format!("{} d", us / (24 * 60 * minute))
    } else if us > 0 && us.is_multiple_of(60 * minute) {
        format!("{} h", us / (60 * minute))
    } else if us > 0 && us.is_multiple_of(minute) {
        format!("{} min", us / minute)
    } else {
        span_of(i64::try_from(us).unwrap_or(i64::MAX / 2))
    }
}

/// A duration as on a clock, for brackets and tables: `0:24`, `12:40`, `0:00:34`, `127 h`.
pub fn clock(us: i64, step: Step) -> String {
    let count = step.round(us);
    match step {
        Step::Second => format!("{}:{:02}:{:02}", count / 3600, count / 60 % 60, count % 60),
        Step::Minute => format!("{}:{:02}", count / 60, count % 60),
        Step::Hour => format!("{count} h"),
    }
}

/// A quantile of a duration: its value in words and its interval in brackets.
pub fn quantile_span(quantile: &Quantile) -> (String, String) {
    let Reach::At(value) = quantile.value else {
        let bracket = match quantile.low {
            Some(Reach::At(low)) => format!("[{}, > horizon]", clock(low, Step::Minute)),
            _ => String::new(),
        };
        return ("> horizon".into(), bracket);
    };
    let width = match (quantile.low, quantile.high) {
        (Some(Reach::At(low)), Some(Reach::At(high))) => high - low,
        (Some(Reach::At(low)), _) => (value - low) * 2,
        _ => 0,
    };
    let step = Step::for_interval(value, width);
    let bound = |bound: Option<Reach>| match bound {
        Some(Reach::At(us)) if step == Step::Second => span(us, step),
        Some(Reach::At(us)) => clock(us, step),
        Some(Reach::Beyond) => "> horizon".into(),
        None => "?".into(),
    };
    let bracket = if quantile.low.is_none() && quantile.high.is_none() {
        String::new()
    } else {
        format!("[{}, {}]", bound(quantile.low), bound(quantile.high))
    };
    (span(value, step), bracket)
}

/// How many replications a run has: `10,000 replications`, or `3,072 of 10,000 replications (interrupted)`.
pub fn replications(head: &Head) -> String {
    let count = |n: u64| grouped(i64::try_from(n).unwrap_or(i64::MAX));
    match head.interrupted_of {
        None => format!("{} replications", count(head.n)),
        Some(of) => format!("{} of {} replications (interrupted)", count(head.n), count(of)),
    }
}

/// Decimals that an interval of this half width supports: down to its own first digit, at most `most`.
pub(super) fn decimals(half: f64, most: usize) -> usize {
    if half.is_nan() || half <= 0.0 {
        return most.min(1);
    }
    let mut shown = half;
    let mut count = 0;
    while count < most && shown < 1.0 {
        shown *= 10.0;
        count += 1;
    }
    count
}

/// A share as percent with its interval: `71.0 %` and `[70.1, 71.9]`.
pub fn percent(share: &Share) -> (String, String) {
    let digits = decimals((share.high - share.low) * 50.0, 2);
    let value = format!("{:.digits$} %", share.value * 100.0);
    (
        value,
        format!(
            "[{:.digits$}, {:.digits$}]",
            share.low * 100.0,
            share.high * 100.0
        ),
    )
}

/// A bare share as percent with at most one decimal, none if it is whole: `95 %`, `99.9 %`.
pub fn percent_of(share: f64) -> String {
    let percent = share * 100.0;
    let text = format!("{percent:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

/// Scale words for large amounts.
const SCALES: [(f64, &str); 4] = [(1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k")];

/// A large amount with its interval and a scale word: `14.9 bn` and `[14.8, 15.0]`.
pub fn amount(mean: &Mean) -> (String, String) {
    let scale = SCALES
        .iter()
        .find(|scale| mean.value.abs() >= scale.0 * 0.9995)
        .unwrap_or(&(1.0, ""));
    let half = match (mean.low, mean.high) {
        (Some(low), Some(high)) => (high - low) / 2.0 / scale.0,
        _ => 0.0,
    };
    let digits = decimals(half, 2);
    let value = format!("{:.digits$}{}", mean.value / scale.0, scale.1);
    let bracket = match (mean.low, mean.high) {
        (Some(low), Some(high)) => format!("[{:.digits$}, {:.digits$}]", low / scale.0, high / scale.0),
        _ => String::new(),
    };
    (value, bracket)
}

/// A large whole amount with a scale word: `40 million`, `1.2 bn`, or the number grouped by thousands.
pub fn people(count: i64) -> String {
    let value = count as f64;
    let short = |value: f64| {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if count >= 1_000_000_000 {
        format!("{} billion", short(value / 1e9))
    } else if count >= 1_000_000 {
        format!("{} million", short(value / 1e6))
    } else {
        grouped(count)
    }
}

/// A whole number grouped by thousands: `32,000`.
pub fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::new();
    if count < 0 {
        out.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Simulated time as civil time, where every replication starts at the same moment.
#[derive(Clone, Debug)]
pub struct LocalClock {
    start: Zoned,
}

impl LocalClock {
    /// The clock of a run; `None` if the replications start at moments of their own, or the head is no civil time.
    pub fn new(head: &Head) -> Option<Self> {
        let start: DateTime = head.start.as_deref()?.parse().ok()?;
        let zone = if head.zone.is_empty() {
            TimeZone::UTC
        } else {
            TimeZone::get(&head.zone).ok()?
        };
        Some(Self {
            start: start.to_zoned(zone).ok()?,
        })
    }

    fn at(&self, us: u64) -> Option<Zoned> {
        let micros = i64::try_from(us).ok()?;
        self.start.checked_add(SignedDuration::from_micros(micros)).ok()
    }

    /// Like `15 Oct 15:27`.
    pub fn moment(&self, us: u64) -> String {
        self.at(us)
            .map_or_else(String::new, |at| at.strftime("%-d %b %H:%M").to_string())
    }

    /// Like `15 Oct 2022 15:27`.
    pub fn full(&self, us: u64) -> String {
        self.at(us)
            .map_or_else(String::new, |at| at.strftime("%-d %b %Y %H:%M").to_string())
    }

    /// Microseconds since the start at which civil time first shows a whole multiple of `hours` in the day.
    pub fn first_multiple_us(&self, hours: u64) -> u64 {
        let since_midnight = u64::from(self.start.hour().unsigned_abs()) * 3600
            + u64::from(self.start.minute().unsigned_abs()) * 60
            + u64::from(self.start.second().unsigned_abs());
        let step = hours.max(1) * 3600;
        (step - since_midnight % step) % step * SECOND_US.unsigned_abs()
    }
}

/// A moment for people: civil time if there is one, else the time since the start.
pub fn moment(clock_of_run: Option<&LocalClock>, us: u64) -> String {
    match clock_of_run {
        Some(local) => local.moment(us),
        None => since_start(us),
    }
}

/// Time since the start: `T+0:08`.
pub fn since_start(us: u64) -> String {
    format!(
        "T+{}",
        clock(i64::try_from(us).unwrap_or(i64::MAX / 2), Step::Minute)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: i64 = MINUTE_US;

    #[test]
    fn durations_keep_no_more_than_their_interval_supports() {
        let q = |value, low, high| Quantile {
            value: Reach::At(value),
            low: Some(Reach::At(low)),
            high: Some(Reach::At(high)),
            n: 100,
        };
        let (value, bracket) = quantile_span(&q(760 * MIN, 753 * MIN, 767 * MIN));
        assert_eq!(
            (value.as_str(), bracket.as_str()),
            ("12 h 40 min", "[12:33, 12:47]")
        );
        let (value, bracket) = quantile_span(&q(7653 * MIN, 7000 * MIN, 8000 * MIN));
        assert_eq!((value.as_str(), bracket.as_str()), ("128 h", "[117 h, 133 h]"));
        let (value, bracket) = quantile_span(&q(34 * SECOND_US, 33 * SECOND_US, 36 * SECOND_US));
        assert_eq!((value.as_str(), bracket.as_str()), ("34 s", "[33 s, 36 s]"));
        let beyond = Quantile {
            value: Reach::Beyond,
            low: Some(Reach::At(60 * MIN)),
            high: None,
            n: 3,
        };
        assert_eq!(
            quantile_span(&beyond),
            ("> horizon".into(), "[1:00, > horizon]".into())
        );
    }

    #[test]
    fn shares_keep_no_more_than_their_interval_supports() {
        let share = |value: f64, low, high| Share {
            hits: 0,
            n: 1,
            value,
            low,
            high,
        };
        assert_eq!(
            percent(&share(0.71, 0.701, 0.719)),
            ("71.0 %".into(), "[70.1, 71.9]".into())
        );
        assert_eq!(
            percent(&share(0.7, 0.52, 0.83)),
            ("70 %".into(), "[52, 83]".into())
        );
        assert_eq!(percent_of(0.95), "95 %");
        assert_eq!(percent_of(0.999), "99.9 %");
        assert_eq!(percent_of(1.0), "100 %");
    }

    #[test]
    fn amounts_have_scale_words() {
        let mean = Mean {
            value: 14.92e9,
            low: Some(14.81e9),
            high: Some(15.03e9),
            n: 10,
        };
        assert_eq!(amount(&mean), ("14.9 bn".into(), "[14.8, 15.0]".into()));
        assert_eq!(people(40_000_000), "40 million");
        assert_eq!(people(32_000), "32,000");
        assert_eq!(grouped(-1_234_567), "−1,234,567");
    }

    #[test]
    fn hostile_text_is_made_visible() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\td"), "a\\u{1b}[31mb\\u{202e}c d");
        assert_eq!(plain("카카오톡 <b>"), "카카오톡 <b>");
    }

    #[test]
    fn width_knows_wide_scripts() {
        assert_eq!(width("카톡"), 4);
        assert_eq!(shorten("카카오톡", 5), "카카…");
        assert_eq!(pad("카", 4), "카  ");
    }

    #[test]
    fn civil_time_follows_the_zone() {
        let mut head = Head {
            start: Some("2022-10-15T15:19:00".into()),
            zone: "Asia/Seoul".into(),
            ..Head::default()
        };
        let local = LocalClock::new(&head).expect("a civil time in a known zone");
        assert_eq!(local.moment(8 * MINUTE_US.unsigned_abs()), "15 Oct 15:27");
        assert_eq!(
            local.first_multiple_us(12),
            (8 * 60 + 41) * MINUTE_US.unsigned_abs()
        );
        head.start = None;
        assert!(LocalClock::new(&head).is_none());
    }
}
