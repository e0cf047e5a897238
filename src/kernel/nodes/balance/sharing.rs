//! Who gets what, at one moment and without any memory. Grants are integers, sum to at most the supply and never exceed what is asked.

use super::spec::Policy;
use crate::kernel::reading::FULL_PPM;

/// `amount` × `ppm` over full, rounded down.
pub(super) fn part(amount: i64, ppm: i64) -> i64 {
    if ppm == FULL_PPM {
        return amount;
    }
    let product = i128::from(amount) * i128::from(ppm) / i128::from(FULL_PPM);
    i64::try_from(product).unwrap_or(i64::MAX)
}

/// The sum of what is asked for.
pub(super) fn sum(amounts: &[i64]) -> i128 {
    amounts.iter().map(|&amount| i128::from(amount)).sum()
}

/// What each consumer gets, in the order of priority: `asked` amounts against `supply`. What has a memory counts as if it had none: nothing
/// is latched, and what would open at once or in time is open.
pub(crate) fn grants(policy: &Policy, supply: i64, asked: &[i64], granted: &mut Vec<i64>) {
    granted.clear();
    let total = sum(asked);
    let supply = supply.max(0);
    if let Policy::Collapse { above_ppm, .. } = *policy {
        // What is above the mark collapses even if it would just be served.
        if total * i128::from(FULL_PPM) > i128::from(supply) * i128::from(above_ppm) {
            collapsed_grants(policy, supply, asked, granted);
            return;
        }
    }
    if total <= i128::from(supply) {
        granted.extend_from_slice(asked);
        return;
    }
    match policy {
        Policy::Priority => {
            let mut left = supply;
            for &amount in asked {
                let grant = amount.min(left);
                left -= grant;
                granted.push(grant);
            }
        }
        Policy::Shed { .. } => {
            let mut left = supply;
            for &amount in asked {
                let grant = if amount <= left { amount } else { 0 };
                left -= grant;
                granted.push(grant);
            }
        }
        Policy::Trip { .. } => granted.resize(asked.len(), 0),
        Policy::Proportional | Policy::Collapse { .. } => {
            let share = |amount: i64| {
                let part = i128::from(amount) * i128::from(supply) / total;
                i64::try_from(part).expect("a share is no larger than the whole")
            };
            granted.extend(asked.iter().map(|&amount| share(amount)));
            let mut left = supply - granted.iter().sum::<i64>();
            for (grant, &amount) in granted.iter_mut().zip(asked) {
                if left == 0 {
                    break;
                }
                if *grant < amount {
                    *grant += 1;
                    left -= 1;
                }
            }
        }
    }
}

/// What is offered to a collapsed balance of this policy, all consumers together.
pub(super) fn offered(policy: &Policy, asked: &[i64]) -> i128 {
    match *policy {
        Policy::Collapse { factor_ppm, .. } => {
            let product = sum(asked).saturating_mul(i128::from(factor_ppm));
            (product + i128::from(FULL_PPM) - 1) / i128::from(FULL_PPM)
        }
        _ => sum(asked),
    }
}

/// What consumers get of a collapsed balance: of all that is offered the supply answers a share, and the same share of what was asked for.
pub(super) fn collapsed_grants(policy: &Policy, supply: i64, asked: &[i64], granted: &mut Vec<i64>) {
    granted.clear();
    let offered = offered(policy, asked);
    let supply = i128::from(supply.max(0));
    if offered <= supply {
        granted.extend_from_slice(asked);
        return;
    }
    granted.extend(asked.iter().map(|&amount| {
        i64::try_from(i128::from(amount) * supply / offered).expect("a share is no larger than the whole")
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Stream};

    fn share(policy: &Policy, supply: i64, asked: &[i64]) -> Vec<i64> {
        let mut granted = Vec::new();
        grants(policy, supply, asked, &mut granted);
        granted
    }

    fn collapse(factor_ppm: i64) -> Policy {
        Policy::Collapse {
            factor_ppm,
            above_ppm: FULL_PPM,
            below_ppm: 800_000,
        }
    }

    #[test]
    fn what_is_short_is_shared_by_policy_and_sums_to_the_supply() {
        assert_eq!(share(&Policy::Priority, 10, &[6, 6, 6]), [6, 4, 0]);
        assert_eq!(share(&Policy::shed(), 10, &[6, 6, 3]), [6, 0, 3]);
        assert_eq!(share(&Policy::Proportional, 10, &[5, 5, 5]), [4, 3, 3]);
        assert_eq!(share(&Policy::Proportional, 20, &[5, 5, 5]), [5, 5, 5]);
        assert_eq!(share(&Policy::Priority, 0, &[5]), [0]);
        assert_eq!(share(&Policy::Priority, -3, &[5, 0]), [0, 0]);
        assert_eq!(share(&Policy::trip_after(5), 10, &[6, 6]), [0, 0]);
        assert_eq!(share(&Policy::trip_after(5), 12, &[6, 6]), [6, 6]);
        // Three times 15 is offered, 10 is answered: two ninths of each.
        assert_eq!(share(&collapse(3_000_000), 10, &[5, 10]), [1, 2]);
        assert_eq!(share(&collapse(3_000_000), 15, &[5, 10]), [5, 10]);
        // It would do for what is asked, and is past the mark.
        let early = Policy::Collapse {
            factor_ppm: 2_000_000,
            above_ppm: 500_000,
            below_ppm: 500_000,
        };
        assert_eq!(share(&early, 15, &[4, 4]), [3, 3]);
    }

    #[expect(clippy::cast_possible_truncation, reason = "below the bound")]
    fn below(stream: &mut Stream, bound: i64) -> i64 {
        (stream.unit_open() * bound as f64) as i64
    }

    /// Ten thousand random shortages and the laws that hold for each policy.
    #[test]
    fn random_shortages_keep_the_laws_of_their_policy() {
        let mut stream = Key::new(11, 0).stream(1, 2, 3);
        for _ in 0..10_000 {
            let count = 1 + below(&mut stream, 6);
            let largest = [4, 100, i64::MAX / 8][usize::try_from(below(&mut stream, 3)).expect("an index")];
            let asked: Vec<i64> = (0..count).map(|_| below(&mut stream, largest)).collect();
            let total = sum(&asked);
            let supply = i64::try_from(total * i128::from(below(&mut stream, 1_300)) / 1_000).expect("small");
            let more = supply + 1 + below(&mut stream, largest);
            let short = total > i128::from(supply);
            for policy in [
                Policy::Proportional,
                Policy::Priority,
                Policy::shed(),
                Policy::trip_after(1),
                collapse(1_500_000),
            ] {
                let granted = share(&policy, supply, &asked);
                let context = format!("{policy:?} {supply} {asked:?} {granted:?}");
                assert!(sum(&granted) <= i128::from(supply), "{context}");
                assert!(
                    granted
                        .iter()
                        .zip(&asked)
                        .all(|(&grant, &amount)| 0 <= grant && grant <= amount),
                    "{context}"
                );
                if !short {
                    assert_eq!(granted, asked, "{context}");
                }
                let exact = matches!(policy, Policy::Proportional | Policy::Priority);
                if exact {
                    assert_eq!(sum(&granted), total.min(i128::from(supply)), "{context}");
                }
                // More supply never grants anybody less, but where a consumer that fits now takes the place of a later one.
                let slack = match policy {
                    Policy::Shed { .. } => None,
                    Policy::Proportional => Some(1),
                    _ => Some(0),
                };
                if let Some(slack) = slack {
                    let then = share(&policy, more, &asked);
                    assert!(
                        granted.iter().zip(&then).all(|(&a, &b)| a <= b + slack),
                        "{context} {then:?}"
                    );
                }
                if let Policy::Proportional = policy
                    && short
                {
                    // Each has its share rounded down or up, and those rounded up come first among those whose share was cut.
                    let mut down_seen = false;
                    for (&grant, &amount) in granted.iter().zip(&asked) {
                        let floor = i128::from(amount) * i128::from(supply) / total;
                        let grant = i128::from(grant);
                        assert!(grant == floor || grant == floor + 1, "{context}");
                        if floor < i128::from(amount) {
                            assert!(!(down_seen && grant > floor), "{context}");
                            down_seen |= grant == floor;
                        }
                    }
                }
            }
        }
    }
}
