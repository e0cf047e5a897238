//! Walks the tables of kinds: from a loaded scenario to the design that is right, and from there to the network that runs.
//!
//! ```text
//! Loaded ─► validate ─► Design (or issues) ─► compile ─► Compiled: Netlist, and what its numbers are called
//! ```
//!
//! [`validate`] lowers, so that circles of supply and colliding names are issues; [`compile`] then cannot fail.

mod archetypes;
mod compiled;
mod describe;
mod starts;
mod tables;

#[cfg(test)]
mod tests;

pub use archetypes::{ARCHETYPES, archetypes};
pub use compiled::{
    Compiled, EntityInfo, LoadInfo, PoolInfo, RecordInfo, RecordWhat, ServiceInfo, TargetInfo, compile,
};
pub use describe::{not_described, seen};
pub use starts::{StartCircle, start_circles};
pub use tables::{LIBRARY, help, kinds, language, library_defaults, names, schema};

use crate::diagnostics::{Issue, Issues, Sources, Span};
use crate::hazard::HAZARDS;
use crate::kernel::{CommonCauseFault, Fault, MEMBERS_MAX, Netlist, NodeId};
use crate::model::{Lowering, Model, choose_alternatives, read_model};
use crate::scenario::{Entry, Loaded, Node, NumberCounts, Resolved};

/// A scenario that is right, with what reports say of its text.
#[derive(Debug)]
pub struct Design {
    /// The model.
    pub model: Model,
    /// Its numbers, by who wrote them and how well they are founded.
    pub numbers: NumberCounts,
    /// The scenario with everything worked in.
    pub resolved: Resolved,
    /// Its network, and what lowering told about it.
    lowered: (compiled::Told, Netlist),
}

/// Makes the design of a loaded scenario. What is wrong is added to its issues; there is no design if anything is.
pub fn validate(loaded: &mut Loaded) -> Option<Design> {
    let kinds = kinds();
    choose_alternatives(&mut loaded.root, &kinds, |span| span.layer == Sources::LIBRARY);
    begin_dark(&mut loaded.root);
    let mut issues = Issues::new();
    let model = read_model(&loaded.root, &kinds, HAZARDS, &mut issues);
    let mut lowered = None;
    if let Some(model) = &model {
        let (told, net) = lower(model);
        match net {
            Ok(net) => lowered = Some((told, net)),
            Err(faults) => faults
                .iter()
                .for_each(|fault| issues.push(issue_of(fault, model))),
        }
    }
    loaded.explain_new_entries(&mut issues);
    loaded.issues.append(issues);
    if loaded.issues.has_errors() {
        return None;
    }
    let numbers = loaded.numbers(&language());
    Some(Design {
        model: model?,
        numbers,
        resolved: Resolved::new(&loaded.root),
        lowered: lowered?,
    })
}

/// A scenario that begins in the dark begins with a blackout of everything.
fn begin_dark(root: &mut Node) {
    let Some(span) = root
        .entry("initial")
        .filter(|entry| entry.node.text() == Some("dark"))
        .map(|entry| entry.node.span)
    else {
        return;
    };
    let mut blackout = Node::empty_map(span);
    blackout.insert(Entry::new("blackout", span, Node::empty_map(span)));
    if root.get("happens").is_none_or(Node::is_null) {
        root.remove("happens");
        root.insert(Entry::new("happens", span, Node::empty_map(span)));
    }
    if let Some(happens) = root.get_mut("happens")
        && happens.get(FROM_DARK).is_none()
    {
        happens.insert(Entry::new(FROM_DARK, span, blackout));
    }
}

/// What the blackout is called with which a scenario begins.
const FROM_DARK: &str = "from-dark";

/// Declares the whole network of a model.
fn declare(model: &Model) -> Lowering<'_> {
    let mut low = Lowering::new(model);
    for (id, entity) in model.entities_with_ids() {
        entity.component.declare(&mut low, id);
    }
    for (id, entity) in model.entities_with_ids() {
        entity.component.wire(&mut low, id);
    }
    for happening in &model.happens {
        happening.hazard.wire(&mut low, &happening.id);
    }
    low
}

/// The network of a model, or why it cannot run; and what reports are told of it.
fn lower(model: &Model) -> (compiled::Told, Result<Netlist, Vec<Fault>>) {
    let mut low = declare(model);
    let told = compiled::Told::new(&mut low);
    (told, low.net.finish())
}

fn issue_of(fault: &Fault, model: &Model) -> Issue {
    // A node's name begins with the id of its entity.
    let owner = |name: &str| name.split(['/', ':']).next().unwrap_or_default().to_owned();
    match fault {
        Fault::Collision(a, b) => {
            let span = model
                .find(&owner(a))
                .map_or(Span::NOWHERE, |id| model.entity(id).span);
            let message = format!("`{a}` and `{b}` would draw the same random numbers");
            Issue::error("hash-collision", span, message)
                .help("rename one of them; this is bad luck, not a mistake")
        }
        Fault::CommonCause { group, why } => {
            let low = declare(model);
            let name = |node: &NodeId| owner(low.net.name(*node));
            let message = match why {
                CommonCauseFault::Members => {
                    format!("a common cause has 2 to {MEMBERS_MAX} members, none of them twice")
                }
                CommonCauseFault::Mode(node) => {
                    format!("`{}` has no failure that could be shared", name(node))
                }
                CommonCauseFault::NotExponential(node) => {
                    format!(
                        "`{}` does not fail at a constant rate, of which a part could be shared",
                        name(node)
                    )
                }
                CommonCauseFault::Unlike(node) => {
                    format!("`{}` fails more or less often than the first member", name(node))
                }
                CommonCauseFault::Factors(words) => words.clone(),
            };
            let (span, path) = model
                .find(&owner(group))
                .map_or((Span::NOWHERE, String::new()), |id| {
                    (model.entity(id).span, model.entity(id).path())
                });
            Issue::error("common-cause-invalid", span, message)
                .at(path)
                .help("the members of a common cause are alike, and each has an exponential law for its life, or a chance to fail when called on")
        }
        Fault::Cycle(nodes) => {
            let low = declare(model);
            let mut names: Vec<String> = Vec::new();
            for &node in nodes {
                let name = owner(low.net.name(node));
                if names.last() != Some(&name) {
                    names.push(name);
                }
            }
            if names.len() > 1 && names.first() == names.last() {
                names.pop();
            }
            let first = names.iter().filter_map(|name| model.find(name)).next();
            let (span, path) = first.map_or((Span::NOWHERE, String::new()), |id| {
                (model.entity(id).span, model.entity(id).path())
            });
            let around: Vec<String> = names
                .iter()
                .chain(names.first())
                .map(|name| format!("`{name}`"))
                .collect();
            let message = format!("a circle of supply: {}", around.join(" feeds "));
            Issue::error("supply-cycle", span, message)
                .at(path)
                .note("once dead, nothing in the circle could come back by itself, and each would be live because of the others")
                .help("take one of these out of what feeds the next, or describe a transfer switch that has another source")
        }
    }
}

/// The nodes of a network by name, for tests and tools.
pub fn node_named(net: &Netlist, name: &str) -> Option<NodeId> {
    (0..net.len())
        .map(NodeId::new)
        .find(|node| net.name(*node) == name)
}
