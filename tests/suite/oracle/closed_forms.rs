//! The exact solver against closed forms and published answers.

use super::chain::{Chain, dot, to_f64};

/// Whether a number is the published one to so many parts.
fn close(ours: f64, published: f64, within: f64, about: &str) {
    let off = (ours - published).abs() / published.abs().max(f64::MIN_POSITIVE);
    assert!(
        off < within,
        "{about}: {ours} instead of {published}, off by {off:e}"
    );
}

/// `n` equal units, `crews` heads: the number that has failed. With `halts` nothing fails while fewer than `k` work.
fn machines(n: usize, k: usize, crews: usize, lambda: f64, mu: f64, halts: bool) -> Chain<usize> {
    Chain::explore(0, n + 1, |&failed| {
        let mut next = Vec::new();
        let ages = !halts || n - failed >= k;
        if failed < n && ages {
            next.push((failed + 1, to_f64(n - failed) * lambda));
        }
        if failed > 0 {
            next.push((failed - 1, to_f64(failed.min(crews)) * mu));
        }
        next
    })
    .expect("at most n + 1 states")
}

#[test]
fn k_of_n_with_crews_as_published() {
    // (n, k, crews, failures per hour, repairs per hour, halts, unavailability, frequency per hour, mean time to failure in hours):
    // birth-death closed forms, Rausand and Høyland ch. 8. The last row is from exact fractions: a solution by linear algebra that one finds
    // for it (7.631613254843273e-10) is off by 5e-8 of itself, and its mean time to failure by 2e-9.
    type Row = (usize, usize, usize, f64, f64, bool, f64, f64, f64);
    let rows: [Row; 7] = [
        (
            1,
            1,
            1,
            0.001,
            0.1,
            false,
            0.009_900_990_099_009_901,
            0.000_990_099_009_900_990_1,
            1000.0,
        ),
        (
            2,
            1,
            2,
            0.001,
            0.1,
            false,
            9.802_960_494_069_204e-5,
            1.960_592_098_813_841_7e-5,
            51_499.999_999_999_87,
        ),
        (
            3,
            2,
            1,
            0.002,
            0.05,
            false,
            0.008_835_523_334_843_706,
            0.000_424_784_775_713_638_44,
            2_499.999_999_999_998_6,
        ),
        (
            5,
            3,
            1,
            0.002,
            1.0 / 24.0,
            false,
            0.005_646_514_447_300_234,
            0.000_213_764_969_275_325_33,
            5_397.453_703_703_751,
        ),
        (
            6,
            4,
            2,
            0.001,
            1.0 / 72.0,
            false,
            0.008_209_500_518_886_791,
            0.000_204_328_182_597_635_27,
            5_683.539_094_650_188,
        ),
        (
            10,
            8,
            3,
            0.000_25,
            1.0 / 36.0,
            true,
            7.998_299_547_619_362e-5,
            6.665_249_623_015_694e-6,
            155_802.606_310_014_38,
        ),
        (
            50,
            45,
            3,
            0.000_125,
            1.0 / 12.0,
            false,
            7.631_613_622_249_654e-10,
            1.865_950_967_276_591_2e-10,
            5_482_620_618.918_42,
        ),
    ];
    for (n, k, crews, lambda, mu, halts, unavailability, frequency, mttf) in rows {
        let about = format!("{k} of {n}, {crews} crews");
        let chain = machines(n, k, crews, lambda, mu, halts);
        let works = |failed: &usize| n - failed >= k;
        let down = chain.reward(|failed| if works(failed) { 0.0 } else { 1.0 });
        close(chain.mean(&down), unavailability, 1e-9, &about);
        close(chain.frequency_of_leaving(works), frequency, 1e-9, &about);
        close(chain.mean_time_to(|failed| !works(failed)), mttf, 1e-9, &about);
    }
}

#[test]
fn machine_repair_as_published() {
    // Machine interference, closed form: (machines, crews, failures, repairs per hour, mean number failed, repairs per hour).
    let rows = [
        (10, 1, 0.01, 0.1, 2.145_823_431_073_473, 0.078_541_765_689_265_27),
        (
            200,
            5,
            0.001,
            0.05,
            5.468_394_615_785_06,
            0.194_531_605_384_214_93,
        ),
    ];
    for (n, crews, lambda, mu, failed, repairs) in rows {
        let chain = machines(n, 0, crews, lambda, mu, false);
        let about = format!("{n} machines");
        close(
            chain.mean(&chain.reward(|&failed| to_f64(failed))),
            failed,
            1e-10,
            &about,
        );
        let done = chain.long_run(
            &chain.reward(|_| 0.0),
            |from, to| if to < from { 1.0 } else { 0.0 },
        );
        close(done.mean, repairs, 1e-10, &about);
    }
    // Five units that have all failed, one crew, mean repair 2 hours: ten hours until all are back.
    let back = Chain::explore(5, 9, |&failed: &usize| {
        if failed == 0 {
            Vec::new()
        } else {
            vec![(failed - 1, 0.5)]
        }
    });
    close(
        back.expect("six states").mean_time_to(|&failed| failed == 0),
        10.0,
        1e-12,
        "mass repair",
    );
}

#[test]
fn one_unit_in_its_first_hours_as_published() {
    let (lambda, mu, t) = (0.01, 0.1, 5.0);
    let chain = machines(1, 1, 1, lambda, mu, false);
    let (at, spent) = chain.transient(t);
    close(at[0], 0.961_540_891_852_771_6, 1e-12, "point availability");
    close(
        spent[0] / t,
        0.979_016_560_267_688_2,
        1e-12,
        "interval availability",
    );
    close(lambda * spent[0], 0.048_950_828_013_384_406, 1e-12, "failures");
}

/// A cluster of workstations (Haverkort, Hermanns and Katoen 2000): per side the machines and the switch that work, the line, and which
/// class the one repairer is at: 0 none, then left and right machines, left and right switch, line.
type Cluster = (u32, u32, bool, bool, bool, u8);

fn cluster(n: u32) -> Chain<Cluster> {
    Chain::explore((n, n, true, true, true, 0), 1_000, |&state| {
        let (left, right, left_switch, right_switch, line, at) = state;
        let mut next: Vec<(Cluster, f64)> = vec![
            (
                (left.saturating_sub(1), right, left_switch, right_switch, line, at),
                f64::from(left) / 500.0,
            ),
            (
                (left, right.saturating_sub(1), left_switch, right_switch, line, at),
                f64::from(right) / 500.0,
            ),
        ];
        if left_switch {
            next.push(((left, right, false, right_switch, line, at), 1.0 / 4000.0));
        }
        if right_switch {
            next.push(((left, right, left_switch, false, line, at), 1.0 / 4000.0));
        }
        if line {
            next.push(((left, right, left_switch, right_switch, false, at), 1.0 / 5000.0));
        }
        let failed = [left < n, right < n, !left_switch, !right_switch, !line];
        if at == 0 {
            for (class, _) in (1u8..).zip(failed).filter(|&(_, failed)| failed) {
                next.push(((left, right, left_switch, right_switch, line, class), 10.0));
            }
        }
        match at {
            1 => next.push(((left + 1, right, left_switch, right_switch, line, 0), 2.0)),
            2 => next.push(((left, right + 1, left_switch, right_switch, line, 0), 2.0)),
            3 => next.push(((left, right, true, right_switch, line, 0), 0.25)),
            4 => next.push(((left, right, left_switch, true, line, 0), 0.25)),
            5 => next.push(((left, right, left_switch, right_switch, true, 0), 0.125)),
            _ => {}
        }
        next
    })
    .expect("a few hundred states")
}

#[test]
fn the_workstation_cluster_as_published() {
    let connected = |&(left, right, left_switch, right_switch, line, _): &Cluster, wanted: u32| {
        (left >= wanted && left_switch)
            || (right >= wanted && right_switch)
            || (left + right >= wanted && left_switch && right_switch && line)
    };
    // (size, states, premium unavailability, minimum unavailability, falls below minimum per hour, mean time to that, P(by 2000 h)).
    let rows = [
        (
            1,
            112,
            2.218_095_752_198_061_7e-5,
            2.066_576_036_699_023e-6,
            5.132_221_520_302_746e-7,
            1_950_470.159_328_444_2,
            0.001_022_800_721_046_763_5,
        ),
        (
            2,
            276,
            3.846_643_763_730_236e-5,
            2.339_823_364_794_467e-6,
            5.815_384_285_163_973e-7,
            1_721_636.159_768_349,
            0.001_158_395_575_202_417_8,
        ),
    ];
    for (n, states, premium, least, falls, mttf, by_2000) in rows {
        let chain = cluster(n);
        let about = format!("a cluster of {n}");
        assert_eq!(chain.len(), states, "{about}: the number of states");
        let minimum = n * 3 / 4;
        let without = |wanted: u32| chain.reward(|state| if connected(state, wanted) { 0.0 } else { 1.0 });
        close(chain.mean(&without(n)), premium, 1e-9, &about);
        close(chain.mean(&without(minimum)), least, 1e-9, &about);
        close(
            chain.frequency_of_leaving(|state| connected(state, minimum)),
            falls,
            1e-9,
            &about,
        );
        close(
            chain.mean_time_to(|state| !connected(state, minimum)),
            mttf,
            1e-9,
            &about,
        );
        // With states below minimum never left again, the chance of being there at 2000 h is that of having been there by then.
        let absorbing = Chain {
            rates: (0..chain.len())
                .map(|from| {
                    if connected(&chain.states[from], minimum) {
                        chain.rates[from].clone()
                    } else {
                        Vec::new()
                    }
                })
                .collect(),
            states: chain.states.clone(),
        };
        let (at, _) = absorbing.transient(2000.0);
        close(dot(&at, &without(minimum)), by_2000, 1e-8, &about);
    }
}

/// Thirteen units that know nothing of each other: 8,192 states, and the product of what each does alone.
#[test]
fn many_states_by_sweeps_are_the_product_of_their_parts() {
    let rates: Vec<(f64, f64)> = (1..=13)
        .map(|unit| (0.1 * to_f64(unit), 2.0 + 0.3 * to_f64(unit)))
        .collect();
    let chain = Chain::explore(0u32, 10_000, |&failed| {
        let flips = rates.iter().enumerate();
        flips
            .map(|(unit, &(lambda, mu))| {
                let bit = 1 << unit;
                (failed ^ bit, if failed & bit == 0 { lambda } else { mu })
            })
            .collect()
    })
    .expect("2^13 states");
    assert_eq!(chain.len(), 8_192);
    let share = chain.stationary();
    for (state, &share) in chain.states.iter().zip(&share).step_by(97) {
        let product: f64 = rates
            .iter()
            .enumerate()
            .map(|(unit, &(lambda, mu))| {
                if state >> unit & 1 == 0 {
                    mu / (lambda + mu)
                } else {
                    lambda / (lambda + mu)
                }
            })
            .product();
        close(share, product, 1e-9, "independent units");
    }
}

#[test]
fn the_variance_of_a_long_run_is_that_of_an_alternating_renewal_process() {
    // Down time over t: variance 2 λμ t / (λ+μ)³, and a new unit has λ/(λ+μ)² less of it; failures have, by the renewal theorem,
    // the variance of the cycle over the cube of its mean.
    let (lambda, mu) = (0.3, 1.7);
    let chain = machines(1, 1, 1, lambda, mu, false);
    let down = chain.long_run(&chain.reward(|&failed| to_f64(failed)), |_, _| 0.0);
    let sum: f64 = lambda + mu;
    close(down.mean, lambda / sum, 1e-12, "down time");
    close(
        down.variance,
        2.0 * lambda * mu / sum.powi(3),
        1e-12,
        "its variance",
    );
    close(down.head_start, -lambda / sum.powi(2), 1e-12, "its head start");
    let falls = chain.long_run(
        &chain.reward(|_| 0.0),
        |from, to| if to > from { 1.0 } else { 0.0 },
    );
    let cycle = 1.0 / lambda + 1.0 / mu;
    let spread = 1.0 / lambda.powi(2) + 1.0 / mu.powi(2);
    close(falls.mean, 1.0 / cycle, 1e-12, "failures");
    close(falls.variance, spread / cycle.powi(3), 1e-12, "their variance");
}
