//! Capacity against load: what feeds can give together, and what the loads that draw from one place ask of it.
//!
//! A place that loads draw from (a bus, a transformer, a PDU: a *hub*) is a balance: supplied by what feeds it, each by as much as it can
//! give at most, and asked by its loads. A chain of things above it gives the least of what stands in the chain. What cannot be told in this way is a problem
//! with a name rather than a guess.

use super::flow;
use super::load::Load;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Demand, FULL_PPM, NodeId, Policy, Reading};
use crate::model::{EntityId, Lowering, Model};
use crate::quantity::Power;

/// What one feed of a hub gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// This while it is live; without an amount as much as is drawn.
    Whole(EntityId, Option<i64>),
    /// This for each of its parts that runs.
    Parts(EntityId, i64),
}

/// Why it cannot be told what something gives: the thing, and what is in the way.
type Untold = (EntityId, &'static str);

/// What a thing gives: the least of what stands in the chain above it.
fn source(model: &Model, id: EntityId, above: &mut Vec<EntityId>) -> Result<Source, Untold> {
    let Some(gives) = model.entity(id).component.gives() else {
        return Ok(Source::Whole(id, None));
    };
    if above.contains(&id) {
        // A circle of supply is told elsewhere.
        return Ok(Source::Whole(id, None));
    }
    above.push(id);
    let most_w = gives.most_w.filter(|_| !gives.trips);
    let per_part = gives.per_part && !gives.trips;
    let feeds: Result<Vec<Source>, Untold> = gives
        .fed_by
        .iter()
        .map(|name| source(model, model.resolve(name), above))
        .collect();
    above.pop();
    let feeds = feeds?;
    let limits: Vec<Option<i64>> = feeds
        .iter()
        .map(|feed| match *feed {
            Source::Whole(_, most) => most,
            Source::Parts(_, each) => Some(each),
        })
        .collect();
    match (feeds.as_slice(), most_w) {
        ([], Some(each)) if per_part => Ok(Source::Parts(id, each)),
        ([], most) => Ok(Source::Whole(id, most)),
        ([Source::Whole(_, above)], most) => Ok(Source::Whole(id, least(*above, most))),
        (_, most) if limits.iter().all(Option::is_none) => Ok(Source::Whole(id, most)),
        // Any one of what feeds it gives all that it hands on.
        (_, Some(most)) if limits.iter().all(|limit| limit.is_none_or(|limit| limit >= most)) => {
            Ok(Source::Whole(id, Some(most)))
        }
        _ if gives.takes_one => Err((id, "takes one of several sources that do not give alike")),
        _ => Err((
            id,
            "is fed by several sources (or sets) that share what is drawn, and feeds a place of loads in its turn",
        )),
    }
}

fn least(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// What feeds a hub.
fn sources(model: &Model, hub: EntityId) -> Result<Vec<Source>, Untold> {
    let gives = model
        .entity(hub)
        .component
        .gives()
        .expect("a hub says what it can give");
    gives
        .fed_by
        .iter()
        .map(|name| source(model, model.resolve(name), &mut vec![hub]))
        .collect()
}

/// The loads that draw from a place.
fn loads(model: &Model, hub: EntityId) -> impl Iterator<Item = &Load> {
    model.below::<Load>(hub).map(|(_, load)| load)
}

/// Whether any load draws from a place.
pub(super) fn has_loads(hub: EntityId, model: &Model) -> bool {
    loads(model, hub).next().is_some()
}

/// Whether anything draws through a thing of which it is said how much.
pub(super) fn is_drawn_through(me: EntityId, model: &Model) -> bool {
    let draws = |id: EntityId| model.entity(id).component.draws_w_max(model).is_some();
    model.served_by(me).into_iter().any(draws)
}

/// Reports a capacity that is none, or that no load ever meets; `serves`: it is the measure of something else of its thing.
pub(super) fn check(capacity: Option<Power>, serves: bool, me: EntityId, model: &Model, issues: &mut Issues) {
    let Some(capacity) = capacity else { return };
    let entity = model.entity(me);
    let path = format!("{} › capacity", entity.path());
    if capacity == Power::ZERO {
        let message = format!("`{}` would give nothing", entity.id);
        issues.push(Issue::error("out-of-bounds", entity.span, message).at(path));
        return;
    }
    if !serves
        && !model
            .served_by(me)
            .into_iter()
            .any(|id| model.get::<Load>(id).is_some())
    {
        let message = format!(
            "no load draws through `{}`, so that its capacity limits nothing",
            entity.id
        );
        let issue = Issue::warning("without-effect", entity.span, message).at(path);
        let help = if is_drawn_through(me, model) {
            "say what too much of what servers draw does: `trips: {after: 10 s}`"
        } else {
            "describe what draws from it: `loads: {offices: {fed-by: bus-a, draws: 400 kW}}`"
        };
        issues.push(issue.help(help));
    }
}

/// Reports feeds of a hub of which it cannot be told what they give.
pub(super) fn check_hub(me: EntityId, model: &Model, issues: &mut Issues) {
    if !has_loads(me, model) {
        return;
    }
    if let Err((thing, why)) = sources(model, me) {
        let (hub, thing) = (model.entity(me), model.entity(thing));
        let message = format!(
            "it cannot be told what `{}` gives to `{}`: it {why}",
            thing.id, hub.id
        );
        let issue = Issue::error("capacity-untold", hub.span, message).at(format!("{} › fed-by", hub.path()));
        issues.push(issue.also(thing.span, "described here").help(format!(
            "give `{}` a capacity of its own that each of its sources can give alone, or let the loads draw from it",
            thing.id
        )));
    }
}

/// Declares the balance of a hub.
pub(super) fn declare_hub(low: &mut Lowering<'_>, me: EntityId, policy: Policy) {
    if !has_loads(me, low.model) {
        return;
    }
    let (name, tag) = low.part(me, "loads");
    let balance = low.net.balance(name, tag, policy);
    low.of_mut(me).balance = Some(balance);
    let Some(load) = low.of(me).load else { return };
    // What is handed on to others takes its part beside the loads; it reads no grant of its own, but opens or not.
    let through = low.all(me, "handed-through", &[]);
    low.net.pass_load(through, load, FULL_PPM);
    let (name, tag) = low.part(me, "granted-through");
    low.net.consumer(balance, name, tag, 0, Demand::Load(through));
    low.of_mut(me).load = Some(through);
}

/// Joins the balance of a hub to what feeds it.
pub(super) fn wire_hub(low: &mut Lowering<'_>, me: EntityId) {
    let Some(loads_balance) = low.of(me).balance else {
        return;
    };
    // As much as all loads together can ever ask for.
    let all: i64 = if low.flows() {
        flow::drawn_w_max(low.model, me)
    } else {
        loads(low.model, me)
            .map(|load| load.peak_w(low.model))
            .fold(0, i64::saturating_add)
    };
    let own = low
        .model
        .entity(me)
        .component
        .gives()
        .filter(|gives| !gives.trips)
        .and_then(|gives| gives.most_w);
    let sources = sources(low.model, me).expect("the feeds of a hub were checked");
    if sources.is_empty() {
        let out = low.of(me).out.expect("a hub shows whether it is live").0;
        low.net
            .supply(loads_balance, out, Reading::Flag, own.unwrap_or(all));
        return;
    }
    let from = match own {
        None => loads_balance,
        Some(own) => {
            // What comes in, as far as it can be handed on.
            let (name, tag) = low.part(me, "through");
            let through = low.net.balance(name, tag, Policy::Proportional);
            let (name, tag) = low.part(me, "handed-on");
            let demand = Demand::Fixed {
                amount: own,
                when: None,
            };
            let handed_on: NodeId = low.net.consumer(through, name, tag, 0, demand);
            low.net.supply(loads_balance, handed_on, Reading::Amount, 1);
            through
        }
    };
    for source in sources {
        match source {
            Source::Whole(id, most) => {
                let (node, reading) = low.of(id).out.expect("what feeds a hub shows whether it is live");
                low.net.supply(from, node, reading, most.unwrap_or(all));
            }
            Source::Parts(id, each) => {
                for part in low.of(id).parts.clone() {
                    low.net.supply(from, part, Reading::Flag, each);
                }
            }
        }
    }
}
