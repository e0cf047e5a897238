//! From declared works and crews to what dispatching reads.

use std::collections::BTreeMap;

use super::{HeadsLeave, Preempted, Turns, WorkSpec};
use crate::kernel::builder::DeclaredCrew;
use crate::kernel::ids::{CrewId, NodeId, WorkId};
use crate::kernel::netlist::{AudienceRow, CrewRow, Netlist};
use crate::kernel::spec::Tag;

/// What decides the turn of a work: the rule of its first crew.
pub(crate) fn turns_of(spec: &WorkSpec, crews: &[DeclaredCrew]) -> Turns {
    let first = spec.ways[0].crew.first();
    first.map_or_else(Turns::default, |&(crew, _)| crews[crew.index()].rules.turns)
}

/// Those whom works serve, each list once, and which of them is whose; none for works whose priority does not depend on it.
pub(crate) fn audiences(
    works: &mut [(String, Tag, WorkSpec)],
    crews: &[DeclaredCrew],
) -> (Vec<AudienceRow>, Vec<Option<u32>>) {
    let mut known: BTreeMap<Vec<(u32, NodeId, i64)>, u32> = BTreeMap::new();
    let mut rows: Vec<AudienceRow> = Vec::new();
    let mut of = Vec::with_capacity(works.len());
    for (index, (_, _, spec)) in works.iter_mut().enumerate() {
        spec.serves.sort_by_key(|&(rank, ..)| rank);
        let counts = matches!(turns_of(spec, crews), Turns::Priority(_)) && spec.priority.is_none();
        if !counts || spec.serves.is_empty() {
            of.push(None);
            continue;
        }
        let number = *known.entry(spec.serves.clone()).or_insert_with(|| {
            rows.push(AudienceRow {
                serves: spec.serves.clone(),
                works: Vec::new(),
            });
            u32::try_from(rows.len() - 1).expect("fewer audiences than works")
        });
        rows[number as usize].works.push(WorkId::new(index));
        of.push(Some(number));
    }
    (rows, of)
}

/// Makes the rows of the crews, once those of the works are there.
pub(crate) fn gather_crews(net: &mut Netlist, crews: Vec<DeclaredCrew>) {
    let mut by_name: Vec<WorkId> = (0..net.works.len()).map(WorkId::new).collect();
    by_name.sort_by_key(|work| net.works[work.index()].tie);
    let mut yielding = vec![Vec::new(); crews.len()];
    let mut leaving = vec![Vec::new(); crews.len()];
    for work in by_name {
        let spec = &net.works[work.index()].spec;
        for (part, _) in spec.ways.iter().flat_map(|way| &way.parts) {
            net.parts[part.index()].takers.push(work);
        }
        let mut takes: Vec<CrewId> = spec
            .ways
            .iter()
            .flat_map(|way| &way.crew)
            .map(|&(crew, _)| crew)
            .collect();
        takes.sort();
        takes.dedup();
        for crew in takes {
            if spec.preempted != Preempted::Never {
                yielding[crew.index()].push(work);
            }
            if spec.heads_leave != HeadsLeave::Overtime {
                leaving[crew.index()].push(work);
            }
        }
    }
    for ((crew, yielding), leaving) in crews.into_iter().zip(yielding).zip(leaving) {
        if !yielding.is_empty() {
            net.yielding.push(CrewId::new(net.crews.len()));
        }
        let first_bench = net.benches;
        net.benches += crew.heads.len();
        net.crews.push(CrewRow {
            name: crew.name,
            tag: crew.tag,
            heads: crew.heads,
            rules: crew.rules,
            first_bench,
            yielding,
            leaving,
        });
    }
}
