//! Per service: when it was lost, how long, what that cost its users, why, and what it waited for.

use super::cell;
use crate::kernel::FULL_PPM;
use crate::model::{Class, TileKind, WHOLE_PPB};
use crate::observe::columns::{BEYOND_HORIZON, NEVER_LOST, NO_CLASS};
use crate::observe::looked::Looked;
use crate::observe::naming::tile_kind;

/// User-seconds lost: ∫ u·(1 − ℓ) dt over the replication, rounded down once; the users follow their profile exactly.
fn lost_user_seconds(looked: &Looked<'_>, service: usize) -> i64 {
    let info = &looked.compiled.services[service];
    let (mut at, mut level) = (0, looked.history.at_start(info.level));
    let mut ppm_ppb_us: i128 = 0;
    let steps = looked
        .history
        .steps(info.level)
        .iter()
        .map(|step| (step.at, step.to));
    for (next, value) in steps.chain([(looked.history.horizon(), 0)]) {
        let us = match &info.profile {
            None => i128::from(next - at) * i128::from(WHOLE_PPB),
            Some(_) if level == FULL_PPM => 0,
            Some(profile) => profile.integral(at, next),
        };
        ppm_ppb_us += i128::from(FULL_PPM - level) * us;
        (at, level) = (next, value);
    }
    let ppm_us = ppm_ppb_us / i128::from(WHOLE_PPB);
    let user_seconds = ppm_us / i128::from(FULL_PPM) * i128::from(info.users) / 1_000_000;
    i64::try_from(user_seconds).unwrap_or(i64::MAX)
}

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    let layout = looked.layout;
    for service in 0..looked.compiled.services.len() {
        let outages = &looked.outages[service];
        cells[layout.lost_user_seconds(service)] = lost_user_seconds(looked, service);
        cells[layout.outages(service)] = i64::try_from(outages.len()).expect("few outages");
        let Some(&first) = outages.first() else {
            cells[layout.down_at(service)] = NEVER_LOST;
            cells[layout.rta(service)] = NEVER_LOST;
            cells[layout.class(service)] = NO_CLASS;
            continue;
        };
        cells[layout.down_at(service)] = cell(first.from);
        cells[layout.rta(service)] = first.to.map_or(BEYOND_HORIZON, |to| cell(to - first.from));
        let (class, _) = looked.class(&looked.cause(service, first));
        cells[layout.class(service)] = Class::ALL
            .iter()
            .position(|&known| known == class)
            .and_then(|at| i64::try_from(at).ok())
            .unwrap_or(NO_CLASS);
        for run in looked.tiles(service, first) {
            let kind = tile_kind(looked.compiled, run.leaf);
            cells[layout.tile(service, place(kind))] += cell(run.to - run.from);
        }
    }
}

/// The place of a kind of tile in the layout.
pub(super) fn place(kind: TileKind) -> usize {
    TileKind::ALL
        .iter()
        .position(|&known| known == kind)
        .expect("every kind of tile is listed")
}
