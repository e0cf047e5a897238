//! Special functions with portable arithmetic (`+ - * /`, square roots and `libm`): the normal, gamma and beta
//! integrals and their inverses. Laws draw through them, and the estimators of `statistics` take their bounds from them.

use std::f64::consts::{PI, SQRT_2};

/// Below this relative change an iteration has converged.
const CONVERGED: f64 = 1e-15;

/// More terms than any call within the documented ranges takes.
const TERMS_MAX: u32 = 5_000_000;

/// The chance that a standard normal number is at most `x`.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// The density of the standard normal law at `x`.
#[must_use]
pub fn normal_density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * PI)
}

/// The standard normal quantile, for `p` in (0, 1); minus and plus infinity at the ends.
///
/// Wichura's algorithm AS 241, routine PPND16 (Applied Statistics 37, 1988): relative accuracy about 1e-16.
#[must_use]
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let from_middle = p - 0.5;
    if from_middle.abs() <= 0.425 {
        let r = 0.180_625 - from_middle * from_middle;
        return from_middle * polynomial(&MIDDLE_ABOVE, r) / polynomial(&MIDDLE_BELOW, r);
    }
    let tail = if from_middle < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if from_middle < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let r = libm::sqrt(-libm::log(tail));
    let size = if r <= 5.0 {
        polynomial(&TAIL_ABOVE, r - 1.6) / polynomial(&TAIL_BELOW, r - 1.6)
    } else {
        polynomial(&FAR_ABOVE, r - 5.0) / polynomial(&FAR_BELOW, r - 5.0)
    };
    if from_middle < 0.0 { -size } else { size }
}

/// Coefficients of AS 241, lowest power first.
#[expect(clippy::excessive_precision, reason = "as published")]
const MIDDLE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_608,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
#[expect(clippy::excessive_precision, reason = "as published")]
const MIDDLE_BELOW: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561e3,
];
#[expect(clippy::excessive_precision, reason = "as published")]
const TAIL_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_9,
    5.769_497_221_460_691_405_5,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_7e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_4e-4,
];
#[expect(clippy::excessive_precision, reason = "as published")]
const TAIL_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_4,
    6.897_673_349_851_000_045_5e-1,
    1.481_039_764_274_800_745_9e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946e-4,
    1.050_750_071_644_416_843_24e-9,
];
#[expect(clippy::excessive_precision, reason = "as published")]
const FAR_ABOVE: [f64; 8] = [
    6.657_904_643_501_103_777_2,
    5.463_784_911_164_114_369_9,
    1.784_826_539_917_291_335_8,
    2.965_605_718_285_048_912_3e-1,
    2.653_218_952_657_612_309_3e-2,
    1.242_660_947_388_078_438_6e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
#[expect(clippy::excessive_precision, reason = "as published")]
const FAR_BELOW: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_9e-1,
    1.369_298_809_227_358_053_1e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591e-4,
    1.846_318_317_510_054_681_8e-5,
    1.421_511_758_316_445_888_7e-7,
    2.044_263_103_389_939_785_64e-15,
];

#[inline]
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// What Stirling's formula leaves out: ln n! − ln(√(2πn) (n/e)ⁿ), for real n > 0 (Loader, "Fast and accurate
/// computation of binomial probabilities", 2000).
fn stirling_rest(n: f64) -> f64 {
    if n <= 15.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.5 * libm::log(2.0 * PI);
    }
    let square = n * n;
    let series = 1.0 / 1680.0 - 1.0 / 1188.0 / square;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - series / square) / square) / square) / n
}

/// x ln(x / m) + m − x without the cancellation near x = m (Loader's bd0); `x`, `m` > 0.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    let ratio = (x - m) / (x + m);
    let mut sum = (x - m) * ratio;
    let mut term = 2.0 * x * ratio;
    let square = ratio * ratio;
    let mut odd = 3.0;
    loop {
        term *= square;
        let next = sum + term / odd;
        if next.to_bits() == sum.to_bits() {
            return next;
        }
        sum = next;
        odd += 2.0;
    }
}

/// xᵃ e⁻ˣ / Γ(a + 1) for real a > 0, x > 0: the Poisson probability, also between the integers.
fn poisson_mass(a: f64, x: f64) -> f64 {
    libm::exp(-stirling_rest(a) - deviance(a, x)) / libm::sqrt(2.0 * PI * a)
}

/// The probability of `hits` among `n` with the chance `p` each, also between the integers (Loader's saddle point).
#[must_use]
pub fn binomial_mass(hits: f64, n: f64, p: f64) -> f64 {
    let misses = n - hits;
    if p <= 0.0 || p >= 1.0 {
        let certain = if p <= 0.0 { hits <= 0.0 } else { misses <= 0.0 };
        return f64::from(u8::from(certain));
    }
    if hits <= 0.0 {
        return libm::exp(n * libm::log1p(-p));
    }
    if misses <= 0.0 {
        return libm::exp(n * libm::log(p));
    }
    let rest = stirling_rest(n) - stirling_rest(hits) - stirling_rest(misses);
    let exponent = rest - deviance(hits, n * p) - deviance(misses, n * (1.0 - p));
    libm::exp(exponent) * libm::sqrt(n / (2.0 * PI * hits * misses))
}

/// The regularised incomplete gamma integrals (P, Q): chances that a gamma number of shape `a` and scale 1 is at most,
/// and more than, `x`. For `a` in (0, 1e4] and `x` ≥ 0; relative accuracy 2e-13.
///
/// Series below a + 1, Legendre's continued fraction (evaluated by Lentz's method) above: Abramowitz and Stegun 6.5.29, 6.5.31.
#[must_use]
pub fn gamma_integrals(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let mass = poisson_mass(a, x);
    if x < a + 1.0 {
        let (mut sum, mut term, mut at) = (1.0, 1.0, a);
        for _ in 0..TERMS_MAX {
            at += 1.0;
            term *= x / at;
            sum += term;
            if term < sum * CONVERGED {
                break;
            }
        }
        let below = (mass * sum).min(1.0);
        (below, 1.0 - below)
    } else {
        let fraction = lentz(x + 1.0 - a, |k| (-k * (k - a), x + 1.0 - a + 2.0 * k));
        let above = (mass * a / fraction).min(1.0);
        (1.0 - above, above)
    }
}

/// The value below which a gamma number of shape `a` and scale 1 lies with the chance `p`, accurate to about 1e-10 of `p`.
///
/// Halley's steps from the Wilson-Hilferty approximation (or, for small values, from the first term of the series), kept
/// in a bracket.
#[must_use]
pub fn gamma_quantile(a: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let hilferty = 1.0 - 1.0 / (9.0 * a) + normal_quantile(p) / (3.0 * libm::sqrt(a));
    let small = libm::exp((libm::log(p) + libm::lgamma(a + 1.0)) / a);
    let mut x = if small < 0.1 * a.min(1.0) || hilferty <= 0.0 {
        small
    } else {
        a * hilferty * hilferty * hilferty
    };
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    for round in 0..200 {
        if x <= 0.0 {
            return 0.0;
        }
        let (below, above) = gamma_integrals(a, x);
        let excess = if p < 0.5 { below - p } else { (1.0 - p) - above };
        if excess > 0.0 {
            high = high.min(x)
        } else {
            low = low.max(x)
        }
        let newton = excess / (poisson_mass(a, x) * a / x);
        let bend = (0.5 * newton * ((a - 1.0) / x - 1.0)).min(0.5);
        let step = newton / (1.0 - bend);
        if step.abs() <= 1e-13 * x {
            return x - step;
        }
        // Steps that leave the bracket, or creep, give way to halving it.
        let next = x - step;
        let halves = round > 30 || !(next > low && next < high);
        x = match (halves, high.is_finite()) {
            (false, _) => next,
            (true, true) => 0.5 * (low + high),
            (true, false) => 2.0 * x,
        };
    }
    x
}

/// The regularised incomplete beta integral I_x(a, b), for a, b > 0. Relative accuracy 1e-12 up to a + b = 1e6.
///
/// Continued fraction of Abramowitz and Stegun 26.5.8 by Lentz's method, on the side of the mean where it is short.
#[must_use]
pub fn beta_integral(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x <= (a + 1.0) / (a + b + 2.0) {
        beta_fraction(a, b, x).min(1.0)
    } else {
        (1.0 - beta_fraction(b, a, 1.0 - x)).max(0.0)
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    // The prefix xᵃ(1 − x)ᵇ / (a B(a, b)) through the binomial mass, which does not cancel.
    let prefix = binomial_mass(a, a + b, x) * b / (a + b);
    let fraction = lentz(1.0, |k| {
        let half = libm::floor(k / 2.0);
        let even = libm::floor(k / 2.0) * 2.0 >= k;
        let numerator = if even {
            half * (b - half) * x / ((a + k - 1.0) * (a + k))
        } else {
            -(a + half) * (a + b + half) * x / ((a + k - 1.0) * (a + k))
        };
        (numerator, 1.0)
    });
    prefix / fraction
}

/// The `x` with I_x(a, b) = `p`: the quantile of the beta law. Newton's steps kept in a bracket.
#[must_use]
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..400 {
        let excess = beta_integral(a, b, x) - p;
        if excess > 0.0 {
            high = x
        } else {
            low = x
        }
        // The density is the binomial mass up to a factor; see `beta_fraction`.
        let density = binomial_mass(a, a + b, x) * a * b / (a + b) / (x * (1.0 - x));
        let mut next = x - excess / density;
        if !(next > low && next < high) {
            next = 0.5 * (low + high);
        }
        if (next - x).abs() <= 1e-14 * x.min(1.0 - x).max(f64::MIN_POSITIVE) {
            return next;
        }
        x = next;
    }
    x
}

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)) by the modified method of Lentz (Thompson and Barnett 1986); `terms(k)` gives (aₖ, bₖ).
fn lentz(first: f64, terms: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut value = away(first);
    let (mut c, mut d) = (value, 0.0);
    let mut k = 0.0;
    for _ in 0..TERMS_MAX {
        k += 1.0;
        let (numerator, partial) = terms(k);
        d = 1.0 / away(partial + numerator * d);
        c = away(partial + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < CONVERGED {
            break;
        }
    }
    value
}

#[cfg(test)]
#[path = "special_tests.rs"]
#[expect(
    clippy::excessive_precision,
    reason = "the truth has more digits than a float"
)]
mod tests;
