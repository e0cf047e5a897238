//! What was observed in a real outage, measured in the same way in every replication.

use crate::compile::RecordWhat;
use crate::observe::looked::Looked;

pub(super) fn measure(looked: &Looked<'_>, cells: &mut [i64]) {
    for (place, record) in looked.compiled.record.iter().enumerate() {
        cells[looked.layout.record(place)] = match &record.what {
            RecordWhat::Outage { service, .. } => cells[looked.layout.rta(*service)],
            RecordWhat::ServersOn { pools, at_us, .. } => {
                let on = |&pool: &usize| looked.history.value_at(looked.compiled.pools[pool].on, *at_us);
                pools.iter().map(on).sum()
            }
        };
    }
}
