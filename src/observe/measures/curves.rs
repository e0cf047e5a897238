//! The recovery curve: at fixed times, which share of service-users is served and how many servers are on.

use crate::kernel::{FULL_PPM, NodeId};
use crate::observe::history::History;
use crate::observe::looked::{Looked, chosen_services};

/// Adds `weight` × the value of a node at each of `times` (ascending) to `sums`.
fn add(history: &History<'_>, node: NodeId, weight: i128, times: &[u64], sums: &mut [i128]) {
    let steps = history.steps(node);
    let (mut next, mut value) = (0, history.at_start(node));
    for (&time, sum) in times.iter().zip(sums) {
        while next < steps.len() && steps[next].at <= time {
            value = steps[next].to;
            next += 1;
        }
        *sum += weight * i128::from(value);
    }
}

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    let layout = looked.layout;
    let times = layout.curve_times_us();
    let chosen = chosen_services(looked.compiled);
    let weight = |service: usize| i128::from(looked.compiled.services[service].users.max(1));
    let whole: i128 = chosen.iter().map(|&service| weight(service)).sum();
    let mut served = vec![0; times.len()];
    for &service in &chosen {
        add(
            looked.history,
            looked.compiled.services[service].level,
            weight(service),
            times,
            &mut served,
        );
    }
    let mut on = vec![0; times.len()];
    for pool in &looked.compiled.pools {
        add(looked.history, pool.on, 1, times, &mut on);
    }
    for k in 0..times.len() {
        let share = if whole == 0 {
            i128::from(FULL_PPM)
        } else {
            served[k] / whole
        };
        cells[layout.curve(k)] = i64::try_from(share).expect("a share is at most a million");
        cells[layout.servers_on(k)] = i64::try_from(on[k]).expect("servers are counted in 64 bits");
    }
}
