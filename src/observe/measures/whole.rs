//! The whole: from the first loss among the chosen services to the last recovery, and what that waited for.

use super::cell;
use super::services::place;
use crate::model::TileKind;
use crate::observe::columns::{BEYOND_HORIZON, NEVER_LOST};
use crate::observe::looked::{Looked, chosen_services};
use crate::observe::naming::tile_kind;

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    let layout = looked.layout;
    let horizon = looked.history.horizon();
    let chosen = chosen_services(looked.compiled);
    let begin = chosen
        .iter()
        .filter_map(|&service| looked.outages[service].first())
        .map(|outage| outage.from)
        .min();
    // Who is back last, or is not; the first of equals by the order of services.
    let mut last = None;
    for &service in &chosen {
        if let Some(&outage) = looked.outages[service].last() {
            let end = outage.to.unwrap_or(u64::MAX);
            if last.is_none_or(|(_, _, latest)| end > latest) {
                last = Some((service, outage, end));
            }
        }
    }
    let (Some(begin), Some((service, outage, _))) = (begin, last) else {
        cells[layout.whole_down_at()] = NEVER_LOST;
        cells[layout.whole_rta()] = NEVER_LOST;
        return;
    };
    cells[layout.whole_down_at()] = cell(begin);
    cells[layout.whole_rta()] = outage.to.map_or(BEYOND_HORIZON, |to| cell(to - begin));
    cells[layout.whole_tile(place(TileKind::NotYetLost))] += cell(outage.from - begin);
    for run in looked.tiles(service, outage) {
        cells[layout.whole_tile(place(tile_kind(looked.compiled, run.leaf)))] += cell(run.to - run.from);
    }
    // Lost, and nothing that is under way or waits for a time could change that.
    let lost_for_good = chosen.iter().any(|&service| {
        let info = &looked.compiled.services[service];
        looked.history.value_at(info.level, horizon) < info.recovered_at_ppm
    });
    cells[layout.stuck()] = i64::from(lost_for_good && outage.to.is_none() && !looked.end.pending);
}
