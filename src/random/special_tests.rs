//! The special functions against 40-digit arithmetic (mpmath), and their inverses against themselves.

use super::*;

fn close(ours: f64, truth: f64, bound: f64, what: &str) {
    assert!(
        (ours / truth - 1.0).abs() <= bound,
        "{what}: {ours} against {truth}"
    );
}

#[test]
fn the_normal_quantile_is_accurate_far_into_the_tail() {
    for (p, z) in [
        (1e-300, -37.047_096_299_361_2),
        (1e-20, -9.262_340_089_798_407),
        (1e-9, -5.997_807_015_007_687),
        (0.001, -3.090_232_306_167_813_5),
        (0.025, -1.959_963_984_540_054_2),
        (0.3, -0.524_400_512_708_040_8),
        (0.9, 1.281_551_565_544_600_5),
        (0.975, 1.959_963_984_540_054_2),
    ] {
        close(normal_quantile(p), z, 2e-15, "normal quantile");
        if p > 1e-10 {
            close(normal_cdf(z), p, 1e-13, "normal integral");
        }
    }
    assert_eq!(normal_quantile(0.5).to_bits(), 0.0_f64.to_bits());
    assert!(normal_quantile(0.0) < -1e308 && normal_quantile(1.0) > 1e308);
}

#[test]
fn the_gamma_integrals_are_accurate_on_both_sides() {
    for (a, x, below, above) in [
        (0.05, 1e-9, 0.364_470_297_427_576_8, 0.635_529_702_572_423_2),
        (0.5, 0.2, 0.472_910_743_134_461_93, 0.527_089_256_865_538_1),
        (2.5, 7.0, 0.984_390_583_899_733_1, 0.015_609_416_100_266_915),
        (30.0, 20.0, 0.021_818_217_525_557_39, 0.978_181_782_474_442_6),
        (400.0, 420.0, 0.841_442_110_599_993_1, 0.158_557_889_400_006_86),
        (
            10_000.0,
            9_700.0,
            0.001_234_175_584_468_492,
            0.998_765_824_415_531_5,
        ),
        (
            10_000.0,
            10_300.0,
            0.998_529_505_103_614_3,
            0.001_470_494_896_385_681_3,
        ),
    ] {
        let (p, q) = gamma_integrals(a, x);
        close(p, below, 2e-13, "gamma P");
        close(q, above, 2e-13, "gamma Q");
    }
}

#[test]
fn the_gamma_quantile_inverts_the_integral() {
    for a in [0.05, 0.3, 0.9, 1.0, 1.1, 2.5, 40.0, 1_000.0, 10_000.0] {
        for p in [1e-12, 1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1.0 - 1e-9] {
            let x = gamma_quantile(a, p);
            let (below, above) = gamma_integrals(a, x);
            if x > 0.0 {
                close(below, p, 1e-10, &format!("gamma quantile {a} {p} {x}"));
                close(above, 1.0 - p, 1e-9, "gamma quantile from above");
            } else {
                assert!(a < 0.1 && p < 1e-5, "only an underflow may give zero: {a}, {p}");
            }
        }
    }
}

#[test]
fn the_beta_integral_is_accurate_up_to_a_million() {
    for (a, b, x, truth) in [
        (0.5, 0.5, 0.1, 0.204_832_764_699_133_45),
        (4.5, 0.5, 0.7, 0.081_126_188_845_840_64),
        (81.0, 183.0, 0.3, 0.411_461_598_095_478_6),
        (10_001.0, 1.0, 0.9999, 0.367_824_260_328_327_15),
        (5_000.0, 5_001.0, 0.49, 0.023_281_712_519_269_285),
        (1.0, 1_000_000.0, 1e-6, 0.632_120_742_768_354_9),
        (300_000.0, 700_001.0, 0.301, 0.985_435_762_899_031_7),
    ] {
        close(beta_integral(a, b, x), truth, 1e-12, "beta integral");
        close(
            beta_integral(b, a, 1.0 - x),
            1.0 - truth,
            2e-9,
            "beta integral, mirrored",
        );
    }
}

#[test]
fn the_beta_quantile_inverts_the_integral() {
    for (a, b) in [
        (0.5, 0.5),
        (1.0, 10_000.0),
        (3.0, 2.0),
        (50.0, 9_951.0),
        (4.5, 0.5),
        (9_999.0, 2.0),
    ] {
        for p in [1e-9, 0.005, 0.025, 0.5, 0.975, 0.995] {
            close(
                beta_integral(a, b, beta_quantile(a, b, p)),
                p,
                1e-10,
                "beta quantile",
            );
        }
    }
}

#[test]
fn the_binomial_mass_is_accurate() {
    close(
        binomial_mass(81.0, 263.0, 0.3),
        0.051_150_433_136_196_93,
        1e-13,
        "mass",
    );
    close(
        binomial_mass(0.0, 50.0, 0.01),
        0.605_006_067_137_536_6,
        1e-13,
        "mass",
    );
    close(
        binomial_mass(50_000.0, 100_000.0, 0.5),
        0.002_523_126_214_196_74,
        1e-13,
        "mass",
    );
    close(binomial_mass(3.0, 10.0, 0.9), 8.748e-6, 1e-13, "mass");
    let sum: f64 = (0..=400).map(|k| binomial_mass(f64::from(k), 400.0, 0.037)).sum();
    close(sum, 1.0, 1e-13, "all masses");
}
