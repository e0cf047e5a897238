//! Values and differences in words, with their intervals and no more digits than these support.

use crate::analysis::compare::{Unit, Verdict};
use crate::analysis::results::Mean;
use crate::report::words::{Step, amount, clock, decimals, span};

/// A value, or a difference with its sign, and its interval in brackets.
pub fn told(mean: &Mean, unit: Unit, is_difference: bool) -> (String, String) {
    let (value, bracket) = match unit {
        Unit::Time => time(mean),
        Unit::Share => points(mean, is_difference),
        Unit::UserMinutes | Unit::Count => amount(mean),
    };
    let value = if is_difference { signed(&value) } else { value };
    (value, minus(&bracket))
}

/// The verdict as it is shouted.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "SAME",
        Verdict::Better => "BETTER",
        Verdict::Worse => "WORSE",
        Verdict::NotSettled => "NOT SETTLED",
    }
}

/// A time by the finest step that its interval supports.
fn time(mean: &Mean) -> (String, String) {
    let whole = |us: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "casts saturate, and so large a time is only shown"
        )]
        let whole = us.round() as i64;
        whole
    };
    let of = |us: f64, words: &dyn Fn(i64, Step) -> String, step: Step| {
        let text = words(whole(us.abs()), step);
        if us < 0.0 { format!("-{text}") } else { text }
    };
    let value = whole(mean.value.abs());
    let (Some(low), Some(high)) = (mean.low, mean.high) else {
        let step = Step::for_interval(value, 0);
        return (of(mean.value, &span, step), String::new());
    };
    let step = Step::for_interval(value, whole(high - low));
    let bracket = format!("[{}, {}]", of(low, &clock, step), of(high, &clock, step));
    (of(mean.value, &span, step), bracket)
}

/// A share as percent, a difference of shares as percentage points.
fn points(mean: &Mean, is_difference: bool) -> (String, String) {
    let unit = if is_difference { "points" } else { "%" };
    let (Some(low), Some(high)) = (mean.low, mean.high) else {
        return (format!("{:.0} {unit}", mean.value * 100.0), String::new());
    };
    // One decimal always: whole points are too coarse for what differs by a few.
    let digits = decimals((high - low) * 50.0, 2).max(1);
    let percent = |share: f64| format!("{:.digits$}", share * 100.0);
    (
        format!("{} {unit}", percent(mean.value)),
        format!("[{}, {}]", percent(low), percent(high)),
    )
}

/// A difference with its sign; nothing has none.
fn signed(text: &str) -> String {
    let is_nothing = !text.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
    match text.strip_prefix('-') {
        Some(rest) if is_nothing => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None if is_nothing => text.to_owned(),
        None => format!("+{text}"),
    }
}

/// Hyphens in front of numbers as minus signs; none before nothing.
fn minus(bracket: &str) -> String {
    let inner = bracket.trim_start_matches('[').trim_end_matches(']');
    if inner.is_empty() {
        return String::new();
    }
    let ends: Vec<String> = inner
        .split(", ")
        .map(|end| {
            let is_nothing = !end.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
            match end.strip_prefix('-') {
                Some(rest) if is_nothing => rest.to_owned(),
                Some(rest) => format!("−{rest}"),
                None => end.to_owned(),
            }
        })
        .collect();
    format!("[{}]", ends.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(value: f64, half: f64) -> Mean {
        Mean {
            value,
            low: Some(value - half),
            high: Some(value + half),
            n: 100,
        }
    }

    #[test]
    fn differences_carry_their_sign_and_nothing_carries_none() {
        let minute = 60e6;
        let of = |value: f64, half: f64, unit: Unit| told(&mean(value, half), unit, true);
        let text = |(value, bracket): (String, String)| format!("{value} {bracket}");
        assert_eq!(
            text(of(-530.0 * minute, 7.0 * minute, Unit::Time)),
            "−8 h 50 min [−8:57, −8:43]"
        );
        assert_eq!(text(of(0.0, 0.0, Unit::Time)), "0 s [0:00:00, 0:00:00]");
        assert_eq!(text(of(0.025, 0.012, Unit::Share)), "+2.5 points [1.3, 3.7]");
        assert_eq!(
            text(of(-4.39e10, 4e8, Unit::UserMinutes)),
            "−43.9 bn [−44.3, −43.5]"
        );
        assert_eq!(text(of(-0.2, 0.4, Unit::Count)), "−0.2 [−0.6, 0.2]");
    }

    #[test]
    fn values_carry_no_sign() {
        assert_eq!(told(&mean(0.29, 0.01), Unit::Share, false).0, "29.0 %");
    }
}
