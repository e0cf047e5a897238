//! Figures of years in words: as many digits as their intervals support.

use crate::analysis::annual::{Estimate, Method};
use crate::report::words::{Step, clock, grouped, span};

/// A value and what stands beside or below it.
pub type Pair = (String, String);

/// The decimals of the first digit that is uncertain in a range of this width, at most `most`.
fn decimals(width: f64, most: usize) -> usize {
    let mut decimals = 0;
    let mut unit = 1.0;
    // One digit more than is certain, as the conditional summary does.
    while decimals < most && unit > width * 0.2 {
        unit /= 10.0;
        decimals += 1;
    }
    decimals
}

/// A plain number with its interval: `2.04` and `[1.9, 2.2]`; `< 0.0037` where nothing was seen.
pub fn number(estimate: &Estimate) -> Pair {
    if estimate.method == Method::NoneSeen {
        let places = decimals(estimate.high, 9);
        return (format!("< {:.places$}", estimate.high), String::new());
    }
    let places = decimals(estimate.high - estimate.low, 9);
    let text = |value: f64| format!("{value:.places$}");
    (
        text(estimate.value),
        format!("[{}, {}]", text(estimate.low), text(estimate.high)),
    )
}

/// An availability: `99.9902 %` and `[99.9881, 99.9919]`; `> 99.963 %` where nothing was seen.
pub fn availability(estimate: &Estimate) -> Pair {
    // Rounding must not turn less than always into always.
    let places = |width: f64, near: f64| decimals(width.min(near.max(1e-12)) * 100.0, 10);
    if estimate.method == Method::NoneSeen {
        let places = places(1.0 - estimate.low, 1.0);
        return (format!("> {:.places$} %", estimate.low * 100.0), String::new());
    }
    let places = places(estimate.high - estimate.low, 1.0 - estimate.low);
    let text = |share: f64| format!("{:.places$}", share * 100.0);
    (
        format!("{} %", text(estimate.value)),
        format!("[{}, {}]", text(estimate.low), text(estimate.high)),
    )
}

/// The nines of an availability: −log₁₀ of what is missing.
fn nines_of(share: f64) -> f64 {
    -libm::log10((1.0 - share).max(1e-15))
}

/// The nines of an availability with their interval: `4.0` and `[3.9, 4.1]`.
pub fn nines(estimate: &Estimate) -> Pair {
    let low = nines_of(estimate.low).max(0.0);
    if estimate.method == Method::NoneSeen {
        return (format!("> {low:.1}"), String::new());
    }
    (
        format!("{:.1}", nines_of(estimate.value)),
        format!("[{low:.1}, {:.1}]", nines_of(estimate.high)),
    )
}

/// Microseconds as whole ones.
fn whole(us: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "casts saturate, and it is for eyes"
    )]
    let whole = us.round() as i64;
    whole
}

/// A duration with its interval: `51 min` and `[0:42, 1:03]`.
pub fn duration(estimate: &Estimate) -> Pair {
    if estimate.method == Method::NoneSeen {
        let high = whole(estimate.high);
        return (
            format!("< {}", span(high, Step::for_interval(high, 0))),
            String::new(),
        );
    }
    let (value, low, high) = (whole(estimate.value), whole(estimate.low), whole(estimate.high));
    let step = Step::for_interval(value, high - low);
    (
        span(value, step),
        format!("[{}, {}]", clock(low, step), clock(high, step)),
    )
}

/// A large amount with its interval, grouped by thousands: `1,234` and `[1,100, 1,400]`.
pub fn amount(estimate: &Estimate) -> Pair {
    if estimate.value < 1_000.0 {
        return number(estimate);
    }
    // Three significant digits, or two more than the interval supports.
    let mut unit = 1.0;
    while unit * 100.0 < (estimate.high - estimate.low).min(estimate.value) {
        unit *= 10.0;
    }
    let text = |value: f64| grouped(whole((value / unit).round() * unit));
    (
        text(estimate.value),
        format!("[{}, {}]", text(estimate.low), text(estimate.high)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate {
            value,
            low,
            high,
            standard_error: None,
            events: 40,
            method: Method::Batches,
        }
    }

    #[test]
    fn digits_end_where_the_interval_does() {
        let pair = |value: &str, bracket: &str| (value.to_owned(), bracket.to_owned());
        assert_eq!(
            number(&estimate(2.0431, 1.912, 2.183)),
            pair("2.04", "[1.91, 2.18]")
        );
        assert_eq!(
            availability(&estimate(0.999_902_1, 0.999_881, 0.999_919)),
            pair("99.9902 %", "[99.9881, 99.9919]")
        );
        assert_eq!(
            nines(&estimate(0.9999, 0.9998, 0.99995)),
            pair("4.0", "[3.7, 4.3]")
        );
        assert_eq!(
            duration(&estimate(3.06e9, 2.5e9, 3.8e9)),
            pair("51 min", "[0:42, 1:03]")
        );
        assert_eq!(
            amount(&estimate(1_234_567.0, 1_100_000.0, 1_400_000.0)),
            pair("1,230,000", "[1,100,000, 1,400,000]")
        );
    }

    #[test]
    fn what_was_not_seen_is_bounded() {
        let none = Estimate {
            method: Method::NoneSeen,
            ..estimate(1.0, 0.999_631, 1.0)
        };
        assert_eq!(availability(&none).0, "> 99.963 %");
        assert_eq!(nines(&none).0, "> 3.4");
        let none = Estimate {
            method: Method::NoneSeen,
            ..estimate(0.0, 0.0, 0.003_69)
        };
        assert_eq!(number(&none).0, "< 0.0037");
    }
}
