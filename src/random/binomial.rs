//! How many of n exchangeable items: the binomial law by inversion of one uniform number.

use super::special::{beta_integral, binomial_mass, normal_quantile};
use super::stream::Stream;

/// Above this variance the normal approximation with its first correction is taken: it is then off by less than one
/// item where the standard deviation is thousands.
const EXACT_VARIANCE_MAX: f64 = 1e7;

/// Up to this mean the masses are added up from none on: some dozens of multiplications, and no integral.
const FEW: f64 = 16.0;

/// Draws how many of `n` items are hit when each is with the chance `p`, from one uniform number.
///
/// The smallest k with P(at most k) ≥ u. For the same stream the result grows with `n` and with `p`, so that an
/// enlarged pool keeps its bad luck. A chance outside [0, 1] counts as the nearer end. Above a variance of 10⁷ it is
/// the normal approximation with a correction for skewness (Cornish and Fisher).
#[must_use]
pub fn binomial(stream: &mut Stream, n: u64, p: f64) -> u64 {
    binomial_quantile(stream.unit_open(), n, p)
}

/// The smallest k with P(at most k of n) ≥ `u`, for `u` in (0, 1); approximate above a variance of 10⁷, as [`binomial`].
#[must_use]
pub fn binomial_quantile(u: f64, n: u64, p: f64) -> u64 {
    if n == 0 || p.is_nan() || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let items = n as f64;
    if items * p <= FEW {
        return count_up(u, items, p);
    }
    let variance = items * p * (1.0 - p);
    let guess = cornish_fisher(u, items, p, variance);
    if variance > EXACT_VARIANCE_MAX {
        return guess;
    }
    walk(u, items, p, guess)
}

/// The quantile by adding up masses, each from the one before: (n − k) p / ((k + 1) (1 − p)) times as large.
fn count_up(u: f64, items: f64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let mut mass = libm::exp(items * libm::log1p(-p));
    let (mut count, mut k, mut at_most) = (0, 0.0, mass);
    // Where masses no longer move the sum, rounding alone keeps it from the uniform number.
    while at_most < u && k < items && at_most + mass > at_most {
        mass *= (items - k) / (k + 1.0) * odds;
        k += 1.0;
        count += 1;
        at_most += mass;
    }
    count
}

/// The approximate quantile, within 0 to n.
fn cornish_fisher(u: f64, items: f64, p: f64, variance: f64) -> u64 {
    let z = normal_quantile(u);
    let near = items * p + libm::sqrt(variance) * z + (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and n by the clamp"
    )]
    let guess = libm::round(near).clamp(0.0, items) as u64;
    guess
}

/// From a guess to the exact quantile: one beta integral, then single masses.
fn walk(u: f64, items: f64, p: f64, guess: u64) -> u64 {
    let mut k = guess as f64;
    let mut at_most = at_most(k, items, p);
    while at_most < u && k < items {
        k += 1.0;
        at_most += binomial_mass(k, items, p);
    }
    loop {
        let below = at_most - binomial_mass(k, items, p);
        if k <= 0.0 || below < u {
            break;
        }
        k -= 1.0;
        at_most = below;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number between 0 and n"
    )]
    let k = k as u64;
    k
}

/// P(at most `k` of `items`), as an incomplete beta integral (Abramowitz and Stegun 26.5.24).
fn at_most(k: f64, items: f64, p: f64) -> f64 {
    if k >= items {
        1.0
    } else {
        beta_integral(items - k, k + 1.0, 1.0 - p)
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Binomial, DiscreteCDF};

    use super::*;
    use crate::random::Key;

    #[test]
    fn agrees_with_the_definition_of_a_quantile_by_another_library() {
        for (n, p) in [
            (1, 0.5),
            (10, 0.01),
            (10, 0.5),
            (80, 0.97),
            (400, 0.01),
            (400, 0.3),
            (32_000, 0.01),
        ] {
            let law = Binomial::new(p, n).expect("a valid law");
            for u in [1e-9, 0.001, 0.1, 0.25, 0.5, 0.77, 0.9, 0.999, 1.0 - 1e-9] {
                let k = binomial_quantile(u, n, p);
                assert!(law.cdf(k) >= u - 1e-11, "{n} {p} {u}: {k} is too small");
                assert!(
                    k == 0 || law.cdf(k - 1) < u + 1e-11,
                    "{n} {p} {u}: {k} is too large"
                );
            }
        }
    }

    #[test]
    fn grows_with_the_number_and_with_the_chance() {
        let key = Key::new(11, 0);
        for draw in 0..300 {
            let of = |n, p| binomial(&mut key.stream(1, 0, draw), n, p);
            let mut last = 0;
            for n in 0..200 {
                let now = of(n, 0.13);
                assert!(
                    now == last || now == last + 1,
                    "one more item hits at most one more"
                );
                last = now;
            }
            let mut last = 0;
            for step in 0..=100 {
                let now = of(400, f64::from(step) / 100.0);
                assert!(now >= last);
                last = now;
            }
            assert_eq!(last, 400);
        }
    }

    /// The mean of 20,000 draws; 5 standard errors, false alarm 6e-7.
    #[test]
    fn has_the_right_mean_also_where_it_is_approximate() {
        let key = Key::new(12, 0);
        for (n, p) in [(400_u64, 0.01), (100_000_000, 0.3)] {
            let sum: f64 = (0..20_000)
                .map(|draw| binomial(&mut key.stream(2, 0, draw), n, p) as f64)
                .sum();
            let error = libm::sqrt(n as f64 * p * (1.0 - p) / 20_000.0);
            assert!(
                (sum / 20_000.0 - n as f64 * p).abs() < 5.0 * error,
                "{n} {p}: {}",
                sum / 20_000.0
            );
        }
    }

    #[test]
    fn ends_of_the_ranges() {
        for (n, p, k) in [
            (0, 0.5, 0),
            (7, 0.0, 0),
            (7, 1.0, 7),
            (7, -1.0, 0),
            (7, 2.0, 7),
            (7, f64::NAN, 0),
        ] {
            assert_eq!(binomial_quantile(0.999_999, n, p), k);
        }
    }
}
