//! Load flow: what is drawn goes up the power chain to what feeds it.
//!
//! Each thing that hands on power has a *load point*, at which gathers what is drawn through it. What has gathered goes on to what feeds it:
//! shared among its live feeds, or all of it to the source that a transfer switch has chosen. A thing that is broken, cut or open hands nothing
//! on. Loads follow states alone (servers that are on, sources that are live or chosen), never what is served, so that the two sweeps of an
//! instant do not chase each other.
//!
//! Nothing of this is declared in a design that does not say what its servers draw or what too much of it does.

use crate::kernel::{NodeId, Reading, SelectorSpec};
use crate::model::{EntityId, Input, Lowering, Model, Refs};
use crate::quantity::Power;

/// Declares the load point of something that hands power on to what it feeds.
pub(super) fn declare(low: &mut Lowering<'_>, me: EntityId) {
    if low.flows() {
        let (name, tag) = low.part(me, "load");
        let load = low.net.selector(name, tag, SelectorSpec::shared());
        let handles = low.of_mut(me);
        (handles.load, handles.carried) = (Some(load), Some(load));
    }
}

/// Declares the load point of a source, where the way up ends.
pub(super) fn declare_source(low: &mut Lowering<'_>, me: EntityId) {
    if low.flows() {
        let load = low.all(me, "load", &[]);
        let handles = low.of_mut(me);
        (handles.load, handles.carried) = (Some(load), Some(load));
    }
}

/// Hands what is drawn at the load point on to what feeds it, while it is closed itself. Returns where it is drawn there.
pub(super) fn wire(low: &mut Lowering<'_>, me: EntityId, closed: &[Input], fed_by: &Refs) -> Option<NodeId> {
    let load = low.of(me).carried?;
    let closed = low.all(me, "closed", closed);
    low.net.source(load, closed, Reading::Flag);
    let to = match fed_by.0.as_slice() {
        [] => None,
        [only] => low.named(only).load,
        _ => Some(among(low, me, "feeds", fed_by, &weights(low.model, fed_by))),
    }?;
    low.net.pass_load_if_chosen(load, to, 0);
    Some(to)
}

/// Draws so much at a node while this reads true, and only then. It counts as a state: it is looked at one round later.
pub(super) fn draw_while(
    low: &mut Lowering<'_>,
    me: EntityId,
    part: &str,
    when: Input,
    to: NodeId,
    draws: Power,
) {
    let (name, tag) = low.part(me, part);
    let on = low.net.selector(name, tag, SelectorSpec::shared());
    low.net.source(on, when.0, when.1);
    low.net.draw(to, on, Reading::Flag, draws.w());
}

/// As [`wire`], to the chosen one of the sources of a switch.
pub(super) fn wire_switch(
    low: &mut Lowering<'_>,
    me: EntityId,
    closed: &[Input],
    switch: NodeId,
    sources: &Refs,
) {
    let Some(load) = low.of(me).carried else {
        return;
    };
    let closed = low.all(me, "closed", closed);
    low.net.source(load, closed, Reading::Flag);
    low.net.pass_load_if_chosen(load, switch, 0);
    for (number, name) in (0u32..).zip(sources.iter()) {
        if let Some(to) = low.named(name).load {
            low.net.pass_load_if_chosen(switch, to, number);
        }
    }
}

/// A selector that shares what is drawn at it among the live ones of these feeds.
fn among(low: &mut Lowering<'_>, me: EntityId, part: &str, fed_by: &Refs, weights: &[i64]) -> NodeId {
    let (name, tag) = low.part(me, part);
    let shared = low.net.selector(name, tag, SelectorSpec::shared());
    for ((number, name), &weight) in (0u32..).zip(fed_by.iter()).zip(weights) {
        let feed = low.named(name);
        let ((live, reading), to) = (
            feed.out.expect("what feeds something shows that it is there"),
            feed.load,
        );
        low.net.source_with_weight(shared, live, reading, weight);
        if let Some(to) = to {
            low.net.pass_load_if_chosen(shared, to, number);
        }
    }
    shared
}

/// Side by side feeds carry a load as what they can give, where all of them say that; else alike.
fn weights(model: &Model, fed_by: &Refs) -> Vec<i64> {
    let most = |id: EntityId| {
        let gives = model.entity(id).component.gives()?;
        let parts = if gives.per_part { i64::from(gives.parts) } else { 1 };
        Some(gives.most_w?.saturating_mul(parts))
    };
    let all: Option<Vec<i64>> = fed_by.iter().map(|name| most(model.resolve(name))).collect();
    all.unwrap_or_else(|| vec![1; fed_by.0.len()])
}

/// Draws what an entity draws by its state from what feeds it: from one feed, or through a cord to each of several, of which the live ones
/// carry the same.
pub(super) fn draw(low: &mut Lowering<'_>, me: EntityId, fed_by: &Refs) {
    if low.of(me).draws.is_empty() || fed_by.is_empty() {
        return;
    }
    let to = match fed_by.0.as_slice() {
        [only] => low.named(only).load,
        _ => Some(among(low, me, "cords", fed_by, &vec![1; fed_by.0.len()])),
    };
    if let Some(to) = to {
        low.draw_of(me, to);
    }
}

/// The most that is ever drawn through something, in watts: all that hangs on it, by whatever way.
pub(super) fn drawn_w_max(model: &Model, me: EntityId) -> i64 {
    model
        .served_by(me)
        .into_iter()
        .filter_map(|id| model.entity(id).component.draws_w_max(model))
        .fold(0, i64::saturating_add)
}
