//! What a demand may depend on.

use crate::kernel::builder::{Builder, Role, Spec};

/// Demand is a function of profiles, actions and states, never of a level or of what is served in the instant: it would chase itself.
///
/// # Panics
/// When something asks for, or draws, an amount that depends on either, through whatever has no memory.
pub(crate) fn refuse_demands_of_what_is_served(builder: &Builder) {
    let asks = builder.nodes.iter().flat_map(|node| {
        let asks = node.inputs.iter().filter(|input| input.role == Role::Ask);
        asks.map(|input| (node.name.as_str(), input.from))
    });
    let draws = builder
        .draws
        .iter()
        .map(|draw| (builder.name(draw.to), draw.from));
    let mut known = vec![false; builder.nodes.len()];
    for (asker, from) in asks.chain(draws) {
        let mut ahead = vec![from];
        while let Some(node) = ahead.pop() {
            if std::mem::replace(&mut known[node.index()], true) {
                continue;
            }
            let refused = match &builder.nodes[node.index()].spec {
                Spec::Level(_) | Spec::Balance(..) => true,
                Spec::Output { owner } => match &builder.nodes[owner.index()].spec {
                    Spec::Balance(_, _, gauges) => !gauges
                        .iter()
                        .any(|&(gauge, output)| output == node && gauge.is_state()),
                    Spec::Mesh(mesh) => {
                        ahead.push(*owner);
                        mesh.shares.iter().any(|share| share.output == node)
                    }
                    _ => false,
                },
                Spec::Gate { .. } | Spec::Mesh(_) => {
                    ahead.extend(builder.nodes[node.index()].inputs.iter().map(|input| input.from));
                    false
                }
                Spec::Unit(_) | Spec::Buffer(..) | Spec::Starter(..) | Spec::Selector(_) => false,
            };
            assert!(
                !refused,
                "what is asked for at `{asker}` depends on `{}`, which tells what is served and is no state",
                builder.name(node)
            );
        }
    }
}
