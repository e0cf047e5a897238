//! The quantile of Fisher's F.

use crate::random::special::beta_quantile;

/// The quantile of Fisher's F with `above` and `below` degrees of freedom, for `p` in (0, 1).
///
/// By the beta law: if F has this law, above·F / (below + above·F) is beta with parameters above/2 and below/2 (Abramowitz and Stegun
/// 26.6.2).
///
/// # Panics
/// If the degrees of freedom are not positive.
#[must_use]
pub fn f_quantile(p: f64, above: f64, below: f64) -> f64 {
    assert!(above > 0.0 && below > 0.0, "degrees of freedom are positive");
    // The smaller side is solved for, so that its complement keeps its digits.
    let share = beta_quantile(0.5 * above, 0.5 * below, p);
    if share < 0.5 {
        return below * share / (above * (1.0 - share));
    }
    let rest = beta_quantile(0.5 * below, 0.5 * above, 1.0 - p);
    below * (1.0 - rest) / (above * rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::t_quantile;

    /// Truth from SciPy 1.17 (`scipy.stats.f.ppf`), and two closed forms: with 2 and 2 degrees F = p / (1 − p); with 1 above it is T².
    #[test]
    fn agrees_with_published_values_and_closed_forms() {
        for (p, above, below, truth) in [
            (0.975, 4.0, 2.0, 39.248_417_658_131_47),
            (0.975, 22.0, 20.0, 2.433_673_091_135_883_5),
            (0.025, 10.0, 12.0, 0.276_170_962_725_629_5),
            (0.95, 3.0, 7.0, 4.346_831_399_907_814),
            (0.975, 62.0, 8.5, 3.600_265_915_607_223_6),
        ] {
            let ours = f_quantile(p, above, below);
            assert!((ours / truth - 1.0).abs() < 1e-9, "{p} {above} {below}: {ours}");
        }
        for p in [0.025, 0.3, 0.975] {
            assert!((f_quantile(p, 2.0, 2.0) / (p / (1.0 - p)) - 1.0).abs() < 1e-9);
        }
        let t = t_quantile(0.975, 9.0);
        assert!((f_quantile(0.95, 1.0, 9.0) / (t * t) - 1.0).abs() < 1e-9);
    }
}
