//! Every law against another library, against itself, and against the numbers that it has always given.

use statrs::distribution::{Beta, ContinuousCDF, Exp, Gamma as OtherGamma, LogNormal, Normal as OtherNormal};
use statrs::distribution::{Triangular as OtherTriangular, Uniform as OtherUniform, Weibull as OtherWeibull};

use super::*;
use crate::random::Key;

/// A name, a law, and the distribution function of the same law by `statrs`.
type Compared = (&'static str, Law, Box<dyn Fn(f64) -> f64>);

fn laws() -> Vec<Compared> {
    let law = |law: Result<Law, QuantityError>| law.expect("a valid law");
    let exponential = Exp::new(1.0 / 250.0).expect("valid");
    let uniform = OtherUniform::new(100.0, 400.0).expect("valid");
    let lognormal = LogNormal::new(5.0, 0.857).expect("valid");
    let weibull = OtherWeibull::new(1.7, 900.0).expect("valid");
    let early = OtherWeibull::new(0.6, 900.0).expect("valid");
    let triangular = OtherTriangular::new(10.0, 90.0, 20.0).expect("valid");
    let bell = OtherNormal::new(100.0, 60.0).expect("valid");
    let gamma = OtherGamma::new(2.5, 1.0 / 40.0).expect("valid");
    let flat_gamma = OtherGamma::new(0.3, 1.0 / 40.0).expect("valid");
    let steep_gamma = OtherGamma::new(400.0, 1.0 / 40.0).expect("valid");
    let below_zero = bell.cdf(0.0);
    let pert = Beta::new(1.5, 4.5).expect("valid");
    let pert_at_its_end = Beta::new(5.0, 1.0).expect("valid");
    vec![
        (
            "exponential",
            law(Law::exponential(250.0)),
            Box::new(move |x| exponential.cdf(x)),
        ),
        (
            "uniform",
            law(Uniform::new(100.0, 400.0).map(Law::Uniform)),
            Box::new(move |x| uniform.cdf(x)),
        ),
        (
            "lognormal",
            law(Lognormal::new(libm::exp(5.0), 0.857).map(Law::Lognormal)),
            Box::new(move |x| lognormal.cdf(x)),
        ),
        (
            "weibull",
            law(Weibull::new(1.7, 900.0).map(Law::Weibull)),
            Box::new(move |x| weibull.cdf(x)),
        ),
        (
            "early weibull",
            law(Weibull::new(0.6, 900.0).map(Law::Weibull)),
            Box::new(move |x| early.cdf(x)),
        ),
        (
            "triangular",
            law(Triangular::new(10.0, 20.0, 90.0).map(Law::Triangular)),
            Box::new(move |x| triangular.cdf(x)),
        ),
        (
            "normal",
            law(Normal::new(100.0, 60.0).map(Law::Normal)),
            Box::new(move |x| (bell.cdf(x) - below_zero) / (1.0 - below_zero)),
        ),
        (
            "gamma",
            law(Gamma::new(2.5, 40.0).map(Law::Gamma)),
            Box::new(move |x| gamma.cdf(x)),
        ),
        (
            "flat gamma",
            law(Gamma::new(0.3, 40.0).map(Law::Gamma)),
            Box::new(move |x| flat_gamma.cdf(x)),
        ),
        (
            "steep gamma",
            law(Gamma::new(400.0, 40.0).map(Law::Gamma)),
            Box::new(move |x| steep_gamma.cdf(x)),
        ),
        (
            "pert",
            law(Pert::new(10.0, 20.0, 90.0).map(Law::Pert)),
            Box::new(move |x| pert.cdf((x - 10.0) / 80.0)),
        ),
        (
            "pert at its end",
            law(Pert::new(0.0, 90.0, 90.0).map(Law::Pert)),
            Box::new(move |x| pert_at_its_end.cdf(x / 90.0)),
        ),
    ]
}

const CHANCES: [f64; 11] = [
    1e-6,
    0.001,
    0.01,
    0.1,
    0.3,
    0.5,
    0.7,
    0.9,
    0.99,
    0.999,
    1.0 - 1e-6,
];

/// The other library's own functions are good to about 1e-10.
#[test]
fn quantiles_invert_the_distribution_function_of_another_library() {
    for (name, law, cdf) in laws() {
        for p in CHANCES {
            let back = cdf(law.quantile(p));
            assert!(
                (back - p).abs() < 1e-9 * p.max(1e-3),
                "{name}: F(Q({p})) = {back}"
            );
        }
    }
}

#[test]
fn the_chances_are_those_of_another_library_and_of_the_quantiles() {
    for (name, law, cdf) in laws() {
        for p in CHANCES {
            let x = law.quantile(p);
            assert!((law.cdf(x) - cdf(x)).abs() < 1e-9, "{name} at {x}");
            assert!((law.cdf(x) / p - 1.0).abs() < 1e-9, "{name} at {x}");
            assert!((law.survival(x) / (1.0 - p) - 1.0).abs() < 1e-9, "{name} at {x}");
            let hazard = law.gathered_hazard(x);
            assert!(
                (libm::exp(-hazard) / (1.0 - p) - 1.0).abs() < 1e-9,
                "{name} at {x}"
            );
            assert!(
                (law.age_at_hazard(hazard) / x - 1.0).abs() < 1e-9,
                "{name} at {x}"
            );
        }
        assert!(law.cdf(0.0) <= 0.0 && law.survival(0.0) >= 1.0, "{name}");
    }
}

/// A hazard of 200 is met by one in 10⁸⁷ lives; where hazards are cut to a part it is met all the same.
#[test]
fn the_deepest_ages_are_found() {
    for (name, law, _) in laws() {
        let age = law.age_at_hazard(200.0);
        if law.survival(age) > 0.0 {
            assert!((law.gathered_hazard(age) / 200.0 - 1.0).abs() < 1e-9, "{name}");
        } else {
            assert!(
                (law.quantile(1.0) / age - 1.0).abs() < 1e-9,
                "{name} ends at {age}"
            );
        }
    }
}

/// The quantiles in the middle of 20,000 cells of equal chance.
fn quantiles(law: &Law) -> Vec<f64> {
    let middle = |cell: u32| law.quantile((f64::from(cell) + 0.5) / 20_000.0);
    (0..20_000).map(middle).collect()
}

/// For nine marks per law the share of 20,000 residual lives, and of ages, beyond it: each within 5 standard errors of the integral
/// (whose own error is below 1e-3 of a standard error for all but the flat gamma law), broken by chance once in 7,000 tests.
#[test]
fn lives_met_under_way_have_the_stationary_excess() {
    const DRAWS: u64 = 20_000;
    let mut all: Vec<(&str, Law)> = laws().into_iter().map(|(name, law, _)| (name, law)).collect();
    all.push(("fixed", Law::fixed(30.0).expect("valid")));
    let few = Empirical::new(vec![5.0, 1.0, 1.0, 12.0, 3.0]).expect("valid");
    all.push(("empirical", Law::Empirical(few).scaled(2.0)));
    for (name, law) in all {
        let key = Key::new(17, 0);
        let met: Vec<UnderWay> = (0..DRAWS)
            .map(|draw| law.under_way(&mut key.stream(1, 0, draw)))
            .collect();
        let lives = quantiles(&law);
        for part in 1..10 {
            let x = law.mean() * 0.2 * f64::from(part);
            // The chance that what is left exceeds x is E(life − x)⁺ / mean.
            let over: f64 = lives.iter().map(|life| (life - x).max(0.0)).sum();
            let p = over / lives.len() as f64 / law.mean();
            let error = libm::sqrt(p * (1.0 - p) / DRAWS as f64);
            for beyond in [
                met.iter().filter(|met| met.left > x).count(),
                met.iter().filter(|met| met.age > x).count(),
            ] {
                let share = beyond as f64 / DRAWS as f64;
                assert!(
                    (share - p).abs() <= 5.0 * error + 1e-4,
                    "{name}: {share} against {p} beyond {x}"
                );
            }
        }
        let one = law.residual(&mut key.stream(1, 0, 0));
        assert!((one - met[0].left).abs() < f64::EPSILON * one, "{name}");
        let doubled = law.scaled(2.0).residual(&mut key.stream(1, 0, 0));
        assert!(
            (doubled / one - 2.0).abs() < 1e-12,
            "{name}: residual lives scale"
        );
    }
}

/// The values and the published quantiles of type 1: the reference set's case `quantile_A`.
#[test]
fn an_empirical_law_is_its_values() {
    let values: Vec<f64> = (1..=10).rev().map(f64::from).collect();
    let law = Law::Empirical(Empirical::new(values).expect("valid"));
    let quantiles = [0.05, 0.25, 0.5, 0.9, 0.95, 0.99].map(|p| law.quantile(p));
    for (ours, theirs) in quantiles.into_iter().zip([1.0, 3.0, 5.0, 9.0, 10.0, 10.0]) {
        assert!((ours - theirs).abs() < 1e-12, "{quantiles:?}");
    }
    assert!(law.quantile(0.0) <= 1.0 && law.quantile(1.0) >= 10.0);
    assert!((law.mean() - 5.5).abs() < 1e-12 && (law.variance() - 8.25).abs() < 1e-12);
    let shares = [0.5, 1.0, 5.5, 10.0].map(|x| (law.cdf(x), law.survival(x)));
    assert_eq!(shares, [(0.0, 1.0), (0.1, 0.9), (0.5, 0.5), (1.0, 0.0)]);
    assert!(law.gathered_hazard(10.0).is_infinite() && law.gathered_hazard(0.9) <= 0.0);
    assert!(
        (law.age_at_hazard(libm::log(2.0)) - 5.0).abs() < f64::EPSILON,
        "half of them reach 5"
    );
    assert!((law.scaled(3.0).quantile(0.5) - 15.0).abs() < f64::EPSILON);
    assert!((law.scaled(3.0).variance() - 74.25).abs() < 1e-9);
    // Each value as often as the others: 10,000 draws, 5 standard errors of 30 each.
    let mut counts = [0_i32; 10];
    for draw in 0..10_000 {
        let drawn = law.sample_us(&mut Key::new(2, 0).stream(1, 0, draw));
        counts[usize::try_from(drawn).expect("1 to 10") - 1] += 1;
    }
    assert!(
        counts.iter().all(|count| (count - 1000).abs() < 150),
        "{counts:?}"
    );
}

/// Mean and variance are integrals of the quantile function; the midpoint rule on 200,000 cells leaves out less than
/// the outermost half cells, which for these laws is below 2e-3 of the variance (the lognormal: 1.1e-3).
#[test]
fn moments_are_the_integrals_of_the_quantiles() {
    const CELLS: u32 = 200_000;
    for (name, law, _) in laws() {
        let (mut first, mut second) = (0.0, 0.0);
        for cell in 0..CELLS {
            let x = law.quantile((f64::from(cell) + 0.5) / f64::from(CELLS)) / law.mean();
            first += x / f64::from(CELLS);
            second += x * x / f64::from(CELLS);
        }
        let variance = (second - first * first) * law.mean() * law.mean();
        assert!((first - 1.0).abs() < 1e-4, "{name}: mean {first}");
        assert!(
            (variance / law.variance() - 1.0).abs() < 2e-3,
            "{name}: {variance} against {}",
            law.variance()
        );
    }
}

/// Published by SciPy: the reference set's cases `dist_weibull_1.7_900` and `dist_exponential_250`.
#[test]
fn weibull_and_exponential_give_the_reference_answers() {
    let close =
        |ours: f64, theirs: f64| assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} against {theirs}");
    let weibull = Weibull::new(1.7, 900.0).expect("valid");
    close(weibull.mean(), 803.020_052_249_391_7);
    close(weibull.variance(), 236_402.410_069_141_54);
    close(weibull.quantile(0.01), 60.124_933_952_747_66);
    close(weibull.quantile(0.5), 725.454_915_467_328_8);
    close(weibull.quantile(0.95), 1_716.083_401_579_733_4);
    close(weibull.quantile(0.999), 2_805.240_648_039_696);
    close(weibull.cdf(1.0), 9.501_357_751_599_806e-6);
    close(weibull.cdf(10.0), 0.000_476_084_818_631_571_8);
    close(weibull.cdf(100.0), 0.023_583_893_695_939_915);
    close(weibull.cdf(1000.0), 0.697_645_695_201_246);
    let exponential = Exponential::new(250.0).expect("valid");
    close(exponential.mean(), 250.0);
    close(exponential.variance(), 62_500.0);
    close(exponential.cdf(1.0), 0.003_992_010_656_008_528);
    close(exponential.cdf(10.0), 0.039_210_560_847_676_78);
    close(exponential.cdf(100.0), 0.329_679_953_964_360_7);
    close(exponential.cdf(1000.0), 0.981_684_361_111_265_8);
    close(exponential.quantile(0.01), 2.512_583_963_375_360_6);
    close(exponential.quantile(0.5), 173.286_795_139_986_3);
    close(exponential.quantile(0.95), 748.933_068_388_497_5);
    close(exponential.quantile(0.999), 1_726.938_819_745_534);
}

#[test]
fn draws_grow_with_the_uniform_number_and_with_the_scale() {
    for (name, law, _) in laws() {
        let mut last = 0.0;
        for step in 1..2000 {
            let now = law.quantile(f64::from(step) / 2000.0);
            assert!(now > last, "{name} at {step}");
            last = now;
        }
        let doubled = law.scaled(2.0);
        let thrice = law.scaled(3.7);
        assert!((doubled.mean() / law.mean() - 2.0).abs() < 1e-12, "{name}");
        for draw in 0..200 {
            let key = Key::new(9, 0);
            let of = |law: &Law| law.sample(&mut key.stream(1, 0, draw));
            let (one, two, more) = (of(&law), of(&doubled), of(&thrice));
            assert!(
                (two - 2.0 * one).abs() <= f64::EPSILON * two,
                "{name}: twice the scale is twice the draw"
            );
            assert!((more / one - 3.7).abs() < 1e-14, "{name}");
        }
    }
}

/// 20,000 draws: the mean within 5 of its standard errors, false alarm 6e-7 per law.
#[test]
fn draws_have_the_mean_of_the_law() {
    for (name, law, _) in laws() {
        let key = Key::new(1, 0);
        let sum: f64 = (0..20_000)
            .map(|draw| law.sample(&mut key.stream(1, 0, draw)))
            .sum();
        let error = libm::sqrt(law.variance() / 20_000.0);
        assert!((sum / 20_000.0 - law.mean()).abs() < 5.0 * error, "{name}");
    }
}

/// Means and variances of 4,000 sums; 5 standard errors each (the kurtosis of the smallest sum is 3 + 6/31, so
/// that the variance of a relative variance is below 2.5 / 4000).
#[test]
fn sums_have_the_moments_of_n_draws_on_both_sides_of_the_switch() {
    let law = Law::exponential(1e6).expect("valid");
    let key = Key::new(4, 0);
    for n in [SUM_EXACT_MAX, SUM_EXACT_MAX + 1, 120] {
        let sums: Vec<f64> = (0..4000)
            .map(|draw| law.sample_sum_us(n, &mut key.stream(1, 0, draw)) as f64 / 1e6)
            .collect();
        let mean = sums.iter().sum::<f64>() / 4000.0;
        let variance = sums.iter().map(|sum| (sum - mean) * (sum - mean)).sum::<f64>() / 3999.0;
        let n = n as f64;
        assert!((mean - n).abs() < 5.0 * libm::sqrt(n / 4000.0), "{n}: {mean}");
        assert!(
            (variance / n - 1.0).abs() < 5.0 * libm::sqrt(2.5 / 4000.0),
            "{n}: {variance}"
        );
    }
    assert_eq!(law.sample_sum_us(0, &mut key.stream(1, 0, 0)), 0);
    let fixed = Law::fixed(3.0).expect("valid");
    assert_eq!(
        fixed.sample_sum_us(1_000_000, &mut key.stream(1, 0, 0)),
        3_000_000
    );
}

#[test]
fn what_is_beyond_the_range_is_never() {
    let long = Law::exponential(1e25).expect("valid");
    assert_eq!(long.sample_us(&mut Key::new(1, 0).stream(1, 0, 0)), u64::MAX);
    assert_eq!(whole_us(1.5), 2);
    assert_eq!(whole_us(18_446_744_073_709_551_615.0), u64::MAX);
    assert_eq!(whole_us(f64::INFINITY), u64::MAX);
}

#[test]
fn ways_to_state_a_law_agree() {
    let lognormal = Lognormal::from_median_p90(4.0, 12.0).expect("valid");
    assert!((lognormal.quantile(0.5) - 4.0).abs() < 1e-12 && (lognormal.quantile(0.9) - 12.0).abs() < 1e-12);
    let lognormal = Lognormal::from_mean_sd(4.0, 3.0).expect("valid");
    assert!((lognormal.mean() - 4.0).abs() < 1e-12 && (lognormal.variance() - 9.0).abs() < 1e-11);
    let gamma = Gamma::from_mean_sd(4.0, 3.0).expect("valid");
    assert!((gamma.mean() - 4.0).abs() < 1e-12 && (gamma.variance() - 9.0).abs() < 1e-11);
    assert!((Weibull::from_shape_mean(2.2, 5.0).expect("valid").mean() - 5.0).abs() < 1e-12);
}

#[test]
fn what_is_no_law_is_refused() {
    let codes = [
        Law::fixed(-1.0).err(),
        Law::exponential(0.0).err(),
        Uniform::new(2.0, 2.0).err(),
        Lognormal::from_median_p90(4.0, 4.0).err(),
        Lognormal::new(4.0, 11.0).err(),
        Weibull::new(0.01, 4.0).err(),
        Triangular::new(3.0, 2.0, 4.0).err(),
        Triangular::new(2.0, 2.0, 2.0).err(),
        Normal::new(1.0, 2.0).err(),
        Gamma::new(f64::NAN, 2.0).err(),
        Gamma::new(1.0, f64::INFINITY).err(),
        Pert::new(3.0, 2.0, 4.0).err(),
        Pert::new(2.0, 2.0, 2.0).err(),
        Pert::new(f64::NAN, 2.0, 2.0).err(),
        Empirical::new(vec![2.0]).err(),
        Empirical::new(vec![1.0; EMPIRICAL_VALUES_MAX + 1]).err(),
        Empirical::new(vec![1.0, -1.0]).err(),
        Empirical::new(vec![1.0, f64::INFINITY]).err(),
        Empirical::new(vec![0.0, 0.0]).err(),
    ];
    for error in codes {
        assert_eq!(error.map(|error| error.code), Some("law-invalid"));
    }
}

/// The contract: a change of any of these numbers moves every result for every seed.
#[test]
fn the_first_draws_never_change() {
    let drawn: Vec<u64> = laws()
        .iter()
        .map(|(_, law, _)| law.scaled(1e6).sample_us(&mut Key::new(1, 0).stream(7, 0, 0)))
        .collect();
    assert_eq!(drawn, GOLDEN);
}
const GOLDEN: [u64; 12] = [
    31_739_026,
    135_768_300,
    54_039_757,
    267_288_280,
    28_862_359,
    19_766_378,
    40_657_183,
    35_275_023,
    23_276,
    15_062_478_359,
    15_443_464,
    58_819_038,
];
