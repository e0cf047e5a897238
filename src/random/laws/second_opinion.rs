//! A second opinion on the laws: the draws of `rand_distr`, which share no code with ours, fall below our quantiles as often as they should.

use rand_distr::{
    Distribution, Exp, Gamma as OtherGamma, LogNormal, Normal as OtherNormal, Pert as OtherPert,
    Triangular as OtherTriangular, Uniform as OtherUniform, Weibull as OtherWeibull,
};

use super::{Exponential, Gamma, Law, Lognormal, Pert, Triangular, Uniform, Weibull};
use crate::random::Key;

const DRAWS: u32 = 20_000;

/// For 19 probabilities the share of draws below our quantile: each within 5 standard errors, broken by chance once in 90,000 tests.
fn agree(law: Law, other: &impl Distribution<f64>, number: u64) {
    let key = Key::new(11, 0);
    let draws: Vec<f64> = (0..u64::from(DRAWS))
        .map(|draw| other.sample(&mut key.stream(number, 0, draw)))
        .collect();
    for twentieth in 1..20 {
        let p = f64::from(twentieth) / 20.0;
        let quantile = law.quantile(p);
        let below = draws.iter().filter(|&&draw| draw < quantile).count();
        let share = below as f64 / f64::from(DRAWS);
        let error = (p * (1.0 - p) / f64::from(DRAWS)).sqrt();
        assert!(
            (share - p).abs() < 5.0 * error,
            "{law:?}: {share} of the draws lie below the quantile of {p}"
        );
    }
}

#[test]
fn the_laws_agree_with_rand_distr() {
    agree(
        Law::Exponential(Exponential::new(3.0).expect("valid")),
        &Exp::new(1.0 / 3.0).expect("valid"),
        1,
    );
    let lognormal = Lognormal::new(2.0, 0.7).expect("valid");
    agree(
        Law::Lognormal(lognormal),
        &LogNormal::new(2.0_f64.ln(), 0.7).expect("valid"),
        2,
    );
    agree(
        Law::Weibull(Weibull::new(1.5, 10.0).expect("valid")),
        &OtherWeibull::new(10.0, 1.5).expect("valid"),
        3,
    );
    let triangular = Triangular::new(1.0, 2.0, 5.0).expect("valid");
    agree(
        Law::Triangular(triangular),
        &OtherTriangular::new(1.0, 5.0, 2.0).expect("valid"),
        4,
    );
    let gamma = Gamma::from_shape_mean(2.5, 10.0).expect("valid");
    agree(Law::Gamma(gamma), &OtherGamma::new(2.5, 4.0).expect("valid"), 5);
    agree(
        Law::Pert(Pert::new(1.0, 2.0, 5.0).expect("valid")),
        &OtherPert::new(1.0, 5.0).with_mode(2.0).expect("valid"),
        7,
    );
    agree(
        Law::Uniform(Uniform::new(2.0, 5.0).expect("valid")),
        &OtherUniform::new(2.0, 5.0).expect("valid"),
        8,
    );
}

/// So far from zero that the cut does not matter.
#[test]
fn the_normal_law_agrees_with_rand_distr() {
    let normal = super::Normal::new(100.0, 5.0).expect("valid");
    agree(
        Law::Normal(normal),
        &OtherNormal::new(100.0, 5.0).expect("valid"),
        6,
    );
}
