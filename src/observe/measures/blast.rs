//! The blast radius: what lost function at least once, by class and by links from the root; counted things: the most down at once.

use crate::model::Class;
use crate::observe::causes::cause_of;
use crate::observe::looked::Looked;

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    let layout = looked.layout;
    for entity in &looked.compiled.entities {
        let Some((node, well)) = entity.lost else { continue };
        // What was not there in the first place is not lost.
        if looked.history.at_start(node) < well {
            continue;
        }
        let Some(loss) = looked.history.steps(node).iter().find(|step| step.to < well) else {
            continue;
        };
        let (class, hops) = looked.class(&cause_of(looked.history, node, well, loss.at));
        let class = Class::ALL
            .iter()
            .position(|&known| known == class)
            .expect("every class is listed");
        cells[layout.blast(class)] += 1;
        let most = &mut cells[layout.hops_max()];
        *most = (*most).max(hops);
    }
    cells[layout.servers_down_max()] = servers_down_max(looked);
}

/// The most servers that were not on at one time.
fn servers_down_max(looked: &Looked<'_>) -> i64 {
    let mut changes: Vec<(u64, i64)> = Vec::new();
    let mut down = 0;
    for pool in &looked.compiled.pools {
        let mut on = looked.history.at_start(pool.on);
        down += pool.servers - on;
        for step in looked.history.steps(pool.on) {
            changes.push((step.at, on - step.to));
            on = step.to;
        }
    }
    changes.sort_unstable();
    let mut most = down;
    for same_time in changes.chunk_by(|a, b| a.0 == b.0) {
        down += same_time.iter().map(|&(_, change)| change).sum::<i64>();
        most = most.max(down);
    }
    most
}
