//! From declarations to the flat network: its tables.

use std::collections::BTreeMap;

use super::builder::{Builder, Declared, DeclaredAgent, Fault, Input, Role, Spec};
use super::clock_table::ClockTable;
use super::ids::{AgentId, CrewId, NodeId, WorkId};
use super::netlist::{
    AgentRow, BalanceRow, Edge, GroupRow, Look, NO_GROUP, Netlist, NodeKind, Rows, StarterRow, UnitRow,
    WorkRow,
};
use super::nodes::{BufferRow, ClockRow, MeshRow};
use super::profile::{NO_PROFILE, ProfileRow};
use super::settling_order::{Tie, cyclic_groups, ordering, ranks, tie};
use super::spec::{Demand, Gauge, Opens, Policy};
use super::work::{Call, PartRow, Passing, ShortRow, audiences, gather_crews, turns_of};
use crate::random::entity_hash;

impl Builder {
    /// Makes the flat network.
    ///
    /// # Errors
    /// Cycles that the semantics allow no meaning, and names whose hashes collide; all of them.
    pub fn finish(self) -> Result<Netlist, Vec<Fault>> {
        let mut faults = collisions(&self);
        faults.extend(super::common_cause::faults(&self));
        let ordering = ordering(&self);
        let groups = match cyclic_groups(&self, &ordering) {
            Ok(groups) => groups,
            Err(cycles) => {
                faults.extend(cycles);
                Vec::new()
            }
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        super::nodes::refuse_demands_of_what_is_served(&self);
        let ranks = ranks(self.nodes.len(), &ordering, &groups);
        Ok(assemble(self, groups, ranks))
    }
}

fn collisions(builder: &Builder) -> Vec<Fault> {
    let nodes = builder.nodes.iter().map(|node| &node.name);
    let works = builder.works.iter().map(|(name, ..)| name);
    let agents = builder.agents.iter().map(|agent| &agent.name);
    let parts = builder.parts.iter().map(|(name, ..)| name);
    let mut hashes: Vec<(u64, &String)> = nodes
        .chain(works)
        .chain(agents)
        .chain(parts)
        .chain(builder.common_causes.iter().map(|(name, ..)| name))
        .map(|name| (entity_hash(name), name))
        .collect();
    hashes.sort();
    hashes
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| Fault::Collision(pair[0].1.clone(), pair[1].1.clone()))
        .collect()
}

/// The rows of the groups, with who holds whom down; `group_of` and `place_of` tell where each node stands.
fn group_rows(
    nodes: &[Declared],
    groups: Vec<Vec<NodeId>>,
    group_of: &[u32],
    place_of: &[u32],
) -> Vec<GroupRow> {
    let mut first = 0;
    let mut rows = Vec::with_capacity(groups.len());
    for (number, members) in (0u32..).zip(groups) {
        let (mut held, mut softened) = (Vec::new(), Vec::new());
        let mut stateful = Vec::new();
        for (place, node) in (0u32..).zip(&members) {
            let declared = &nodes[node.index()];
            if matches!(declared.spec.kind(), NodeKind::Starter | NodeKind::Selector) {
                stateful.push(place);
            }
            for input in &declared.inputs {
                if group_of[input.from.index()] != number || tie(input.role) != Tie::Firm {
                    continue;
                }
                let from = place_of[input.from.index()] as usize;
                match input.role {
                    Role::Soft => softened.push((from, place)),
                    _ => held.push((from, place)),
                }
            }
        }
        let count = members.len();
        rows.push(GroupRow {
            members,
            first,
            held: Rows::gather(count, held),
            softened: Rows::gather(count, softened),
            stateful,
        });
        first += count;
    }
    rows
}

fn assemble(builder: Builder, groups: Vec<Vec<NodeId>>, ranks: Vec<u32>) -> Netlist {
    let count = builder.nodes.len();
    let Builder {
        nodes,
        draws,
        passes,
        mut works,
        crews,
        parts,
        profiles,
        follows,
        agents,
        reasons,
        known,
        common_causes,
    } = builder;

    let mut group_of = vec![NO_GROUP; count];
    let mut place_of = vec![0u32; count];
    for (number, group) in (0u32..).zip(&groups) {
        for (place, node) in (0u32..).zip(group) {
            group_of[node.index()] = number;
            place_of[node.index()] = place;
        }
    }
    let group_rows = group_rows(&nodes, groups, &group_of, &place_of);
    let mut by_order: Vec<NodeId> = (0..count).map(NodeId::new).collect();
    by_order.sort_by(|a, b| {
        (ranks[a.index()], &nodes[a.index()].name).cmp(&(ranks[b.index()], &nodes[b.index()].name))
    });
    let mut order = vec![0u32; count];
    for (place, node) in by_order.iter().enumerate() {
        order[node.index()] = u32::try_from(place).expect("fewer places than nodes");
    }

    let mut edges: Vec<(usize, Edge)> = Vec::new();
    let mut load_readers: Vec<(usize, NodeId)> = Vec::new();
    for to in by_order.iter().copied() {
        let node = &nodes[to.index()];
        for (number, input) in (0u32..).zip(&node.inputs) {
            let grouped = group_of[to.index()] != NO_GROUP && tie(input.role) == Tie::Firm;
            if node.spec.kind() == NodeKind::Gate || !grouped {
                edges.push((input.from.index(), edge_of(to, number, input, node.spec.kind())));
            }
            if grouped {
                let inverted = input.reading.is_inverted();
                edges.push((input.from.index(), Edge::Member { to, inverted }));
            }
        }
        match &node.spec {
            Spec::Unit(unit) => {
                let runs = unit.clocks.iter().map(|clock| clock.runs);
                for (from, _) in runs.chain([unit.demanded]).flatten() {
                    edges.push((from.index(), Edge::Clock(to)));
                }
            }
            Spec::Buffer(buffer) => load_readers.extend(buffer.loads().map(|load| (load.index(), to))),
            Spec::Mesh(mesh) => {
                for share in &mesh.shares {
                    if let Demand::Load(load) = share.demand {
                        load_readers.push((load.index(), to));
                    }
                }
            }
            Spec::Balance(_, consumers, _) => {
                for consumer in consumers {
                    if let Demand::Load(load) = consumer.demand {
                        load_readers.push((load.index(), to));
                    }
                }
            }
            _ => {}
        }
    }
    for draw in &draws {
        edges.push((
            draw.from.index(),
            Edge::Draw {
                to: draw.to,
                reading: draw.reading,
                amount: draw.amount,
            },
        ));
    }
    let mut shorts = 0;
    let mut starter_works: BTreeMap<NodeId, Vec<WorkId>> = BTreeMap::new();
    for (index, (_, _, work)) in works.iter().enumerate() {
        let id = WorkId::new(index);
        let call = match work.call {
            Call::When(node, _) if ShortRow::suits(work) => {
                edges.push((node.index(), Edge::Short(shorts)));
                shorts += 1;
                None
            }
            Call::When(node, _) => Some(node),
            Call::Backlog(node, _) => {
                starter_works.entry(node).or_default().push(id);
                None
            }
            Call::Arrivals { runs, .. } => runs.map(|(node, _)| node),
            Call::OnDemand => None,
        };
        let goal = work.goal.map(|(node, _)| node);
        let keep = work.keep.map(|(node, _)| node);
        for node in call.into_iter().chain(goal).chain(keep) {
            edges.push((node.index(), Edge::Work(id)));
        }
        let needs = work.ways.iter().flat_map(|way| &way.needs);
        edges.extend(needs.map(|&(node, _)| (node.index(), Edge::Needs(id))));
    }
    let (audiences, audience_of) = audiences(&mut works, &crews);
    for (number, audience) in (0u32..).zip(&audiences) {
        let nodes = audience.serves.iter().map(|&(_, node, _)| node.index());
        edges.extend(nodes.map(|node| (node, Edge::Serves(number))));
    }
    for (index, crew) in crews.iter().enumerate() {
        for node in &crew.heads {
            edges.push((node.index(), Edge::Heads(CrewId::new(index))));
        }
    }
    for (index, agent) in agents.iter().enumerate() {
        for node in &agent.watches {
            edges.push((node.index(), Edge::Agent(AgentId::new(index))));
        }
    }

    let mut net = Netlist {
        names: Vec::with_capacity(count),
        tags: Vec::with_capacity(count),
        kinds: Vec::with_capacity(count),
        slots: Vec::with_capacity(count),
        order,
        by_order,
        streams: Vec::with_capacity(count),
        inputs: Rows::gather(0, Vec::new()),
        edges: Rows::gather(count, edges),
        looks: Vec::with_capacity(count),
        groups: group_of,
        places: place_of,
        group_rows,
        units: Vec::new(),
        clocks: ClockTable::default(),
        known: Vec::new(),
        unit_profiles: Vec::new(),
        profiles: Vec::new(),
        gates: Vec::new(),
        meshes: Vec::new(),
        buffers: Vec::new(),
        starters: Vec::new(),
        selectors: Vec::new(),
        balances: Vec::new(),
        breakers: 0,
        consumers: 0,
        levels: Vec::new(),
        passes: Rows::gather(
            count,
            passes
                .iter()
                .map(|pass| (pass.from.index(), (pass.to, pass.share_ppm, pass.source)))
                .collect(),
        ),
        load_readers: Rows::gather(count, load_readers),
        works: Vec::new(),
        shorts: Vec::new(),
        short_laws: Vec::new(),
        arrivals: Vec::new(),
        crews: Vec::new(),
        parts: Vec::new(),
        audiences,
        yielding: Vec::new(),
        benches: 0,
        strict: crews.iter().any(|crew| crew.rules.passing == Passing::Strict),
        agents: Vec::new(),
        registers: 0,
        reasons,
        common_causes: Vec::new(),
        demand_members: BTreeMap::new(),
    };
    let mut inputs: Vec<(usize, Input)> = Vec::new();
    let names: Vec<String> = nodes.iter().map(|node| node.name.clone()).collect();
    for (index, node) in nodes.into_iter().enumerate() {
        inputs.extend(node.inputs.iter().map(|&input| (index, input)));
        let kind = node.spec.kind();
        net.kinds.push(kind);
        net.looks.push(match net.groups[index] {
            NO_GROUP => Look::at(kind),
            _ => Look::Group,
        });
        net.streams.push(entity_hash(&node.name));
        net.tags.push(node.tag);
        net.names.push(node.name);
        let slot = match node.spec {
            Spec::Unit(mut spec) => {
                let known = known
                    .iter()
                    .find(|(unit, _)| unit.index() == index)
                    .map(|&(_, output)| output);
                let clocks = std::mem::take(&mut spec.clocks);
                net.clocks.push_unit(clocks.into_iter().map(ClockRow::new));
                net.known.push(known);
                push(&mut net.units, UnitRow { spec })
            }
            Spec::Gate { threshold } => push(&mut net.gates, threshold),
            Spec::Mesh(mesh) => push(&mut net.meshes, MeshRow::new(*mesh, &node.inputs, &names)),
            Spec::Buffer(buffer) => push(&mut net.buffers, BufferRow::new(*buffer)),
            Spec::Starter(spec, states) => {
                let works = starter_works.remove(&NodeId::new(index)).unwrap_or_default();
                push(&mut net.starters, StarterRow { spec, states, works })
            }
            Spec::Selector(spec) => push(&mut net.selectors, spec),
            Spec::Balance(policy, mut consumers, gauges) => {
                consumers.sort_by(|a, b| {
                    (a.priority, &names[a.output.index()]).cmp(&(b.priority, &names[b.output.index()]))
                });
                let (first_consumer, first_breaker) = (net.consumers, net.breakers);
                let sources = node
                    .inputs
                    .iter()
                    .filter(|input| input.role == Role::Supply)
                    .count();
                let apart = matches!(
                    policy,
                    Policy::Trip {
                        opens: Opens::Sources,
                        ..
                    }
                ) || gauges.iter().any(|(gauge, _)| matches!(gauge, Gauge::Source(_)));
                let source_breakers = if apart { sources } else { 0 };
                net.consumers += consumers.len();
                net.breakers += 1 + source_breakers;
                push(
                    &mut net.balances,
                    BalanceRow {
                        policy,
                        consumers,
                        gauges,
                        first_consumer,
                        first_breaker,
                        source_breakers,
                    },
                )
            }
            Spec::Level(combine) => push(&mut net.levels, combine),
            Spec::Output { owner } => owner.0,
        };
        net.slots.push(slot);
    }
    net.inputs = Rows::gather(count, inputs);
    super::common_cause::bind(&mut net, common_causes);
    net.clocks.share_kinds();

    let part_ties = ties(parts.iter().map(|(name, ..)| name.as_str()));
    for ((name, tag, spec), tie) in parts.into_iter().zip(part_ties) {
        let stream = entity_hash(&name);
        net.parts.push(PartRow {
            name,
            tag,
            spec,
            stream,
            tie,
            takers: Vec::new(),
        });
    }
    let profile_ties = ties(profiles.iter().map(|(name, ..)| name.as_str()));
    for ((name, tag, profile), tie) in profiles.into_iter().zip(profile_ties) {
        net.profiles.push(ProfileRow {
            name,
            tag,
            profile,
            tie,
            followers: Vec::new(),
        });
    }
    net.unit_profiles = vec![NO_PROFILE; net.units.len()];
    for (node, profile) in follows {
        let slot = net.slot(node);
        net.unit_profiles[slot] = profile.0;
        net.profiles[profile.index()].followers.push(node);
    }
    for row in &mut net.profiles {
        row.followers.sort_by_key(|node| net.order[node.index()]);
    }

    let work_ties = ties(works.iter().map(|(name, ..)| name.as_str()));
    for (((name, tag, spec), tie), audience) in works.into_iter().zip(work_ties).zip(audience_of) {
        let stream = entity_hash(&name);
        let turns = turns_of(&spec, &crews);
        let arrivals = matches!(spec.call, Call::Arrivals { .. }).then(|| {
            let work = WorkId::new(net.works.len());
            push(&mut net.arrivals, work)
        });
        let short = ShortRow::of(
            WorkId::new(net.works.len()),
            &spec,
            stream,
            tie,
            &mut net.short_laws,
        );
        let short = short.map(|row| push(&mut net.shorts, row));
        net.works.push(WorkRow {
            name,
            tag,
            spec,
            stream,
            tie,
            turns,
            audience,
            arrivals,
            short,
        });
    }
    gather_crews(&mut net, crews);
    let agent_ties = ties(agents.iter().map(|agent| agent.name.as_str()));
    for (declared, tie) in agents.into_iter().zip(agent_ties) {
        let DeclaredAgent { name, tag, agent, .. } = declared;
        let registers = net.registers;
        net.registers += agent.registers();
        let stream = entity_hash(&name);
        net.agents.push(AgentRow {
            name,
            tag,
            agent,
            stream,
            tie,
            registers,
        });
    }
    net
}

fn edge_of(to: NodeId, number: u32, input: &Input, kind: NodeKind) -> Edge {
    match kind {
        NodeKind::Gate => Edge::Term {
            to,
            reading: input.reading,
            weight: input.weight,
        },
        NodeKind::Mesh => Edge::Mesh { to, input: number },
        _ => Edge::Look(to),
    }
}

fn push<T>(table: &mut Vec<T>, row: T) -> u32 {
    table.push(row);
    u32::try_from(table.len() - 1).expect("fewer rows than nodes")
}

/// The place of each name in the sorted order.
fn ties<'a>(names: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let names: Vec<&str> = names.collect();
    let mut sorted: Vec<usize> = (0..names.len()).collect();
    sorted.sort_by_key(|&index| names[index]);
    let mut ties = vec![0u32; names.len()];
    for (place, &index) in sorted.iter().enumerate() {
        ties[index] = u32::try_from(place).expect("few names");
    }
    ties
}
