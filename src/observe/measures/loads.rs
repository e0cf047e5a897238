//! Per load: the energy that it drew in vain, how long it got less than it drew, and how often that began. Exact, in whole joules and µs.

use super::cell;
use crate::kernel::NodeId;
use crate::observe::history::History;
use crate::observe::looked::Looked;

/// What one load missed in a replication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// ∫ (drawn − got) dt, in watts × microseconds.
    pub w_us: i128,
    /// How long it got less than it drew, in microseconds.
    pub short_us: u64,
    /// How often that began.
    pub times: i64,
}

/// Goes through the changes of what is drawn, what is granted, and whether it arrives.
pub fn missed(history: &History<'_>, drawn: crate::model::Drawn) -> Missed {
    let nodes: [NodeId; 3] = [drawn.draws, drawn.granted, drawn.live.0];
    let mut values = nodes.map(|node| history.at_start(node));
    let mut next = [0_usize; 3];
    let mut missed = Missed::default();
    let (mut at, mut was_short) = (0, false);
    loop {
        let times = [0, 1, 2].map(|place| history.steps(nodes[place]).get(next[place]).map(|step| step.at));
        let until = times.into_iter().flatten().min().unwrap_or(history.horizon());
        let got = if drawn.live.1.read(values[2]) == 0 {
            0
        } else {
            values[1]
        };
        let lacks = values[0] - got;
        if until > at {
            // What lasts no time is not seen.
            missed.times += i64::from(lacks > 0 && !was_short);
            was_short = lacks > 0;
            if lacks > 0 {
                missed.w_us += i128::from(lacks) * i128::from(until - at);
                missed.short_us += until - at;
            }
            at = until;
        }
        if times.iter().all(Option::is_none) {
            return missed;
        }
        for place in 0..nodes.len() {
            while let Some(step) = history
                .steps(nodes[place])
                .get(next[place])
                .filter(|step| step.at == until)
            {
                values[place] = step.to;
                next[place] += 1;
            }
        }
    }
}

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    for (place, load) in looked.compiled.loads.iter().enumerate() {
        let missed = missed(looked.history, load.drawn);
        let joules = i64::try_from(missed.w_us / 1_000_000).unwrap_or(i64::MAX);
        cells[looked.layout.unserved_joules(place)] = joules;
        cells[looked.layout.short_us(place)] = cell(missed.short_us);
        cells[looked.layout.shortfalls(place)] = missed.times;
    }
}
