//! The quantile of Student's t.

use crate::random::special::{beta_quantile, normal_quantile};

/// From so many degrees of freedom on the normal quantile is the same to 1 part in 10⁷.
const NORMAL_FROM: f64 = 1e7;

/// The quantile of Student's t with `df` degrees of freedom, for `p` in (0, 1).
///
/// By the beta law: if T has this law, df / (df + T²) is beta with parameters df/2 and 1/2 (Abramowitz and Stegun 26.7.1).
///
/// # Panics
/// If `df` is not positive.
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> f64 {
    assert!(df > 0.0, "degrees of freedom are positive");
    if df >= NORMAL_FROM {
        return normal_quantile(p);
    }
    let both_tails = 2.0 * p.min(1.0 - p);
    // Near the middle T² is small, and the beta variable so near to 1 that its complement is the one to solve for.
    let square = if both_tails < 0.5 {
        let share = beta_quantile(0.5 * df, 0.5, both_tails);
        df * (1.0 - share) / share
    } else {
        let share = beta_quantile(0.5, 0.5 * df, 1.0 - both_tails);
        df * share / (1.0 - share)
    };
    let size = libm::sqrt(square);
    if p < 0.5 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Truth from 50-digit arithmetic (mpmath).
    #[test]
    fn agrees_with_high_precision() {
        for (p, df, truth) in [
            (0.975, 1.0, 12.706_204_736_174_693),
            (0.975, 4.0, 2.776_445_105_197_793_5),
            (0.975, 9.0, 2.262_157_162_798_205),
            (0.95, 29.0, 1.699_127_026_533_497_3),
            (0.995, 100.0, 2.625_890_521_438_018),
            (0.975, 9999.0, 1.960_201_263_621_357_3),
            (0.6, 3.0, 0.276_670_662_332_689_85),
        ] {
            assert!((t_quantile(p, df) / truth - 1.0).abs() < 1e-10, "{p} {df}");
            assert!(
                (t_quantile(1.0 - p, df) / truth + 1.0).abs() < 1e-10,
                "{p} {df}, mirrored"
            );
        }
        assert!((t_quantile(0.975, 1e9) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!(t_quantile(0.5, 5.0).abs() < 1e-12);
    }
}
