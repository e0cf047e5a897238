//! What would win minutes: changes of people, tools and steps, each tried under the same chance.

use super::{Audit, Gain};
use crate::analysis::compare::run::{Named, run};
use crate::analysis::compare::{Better, Measure};
use crate::analysis::run::Asked;
use crate::compile::Compiled;
use crate::component::{Pool, Service};
use crate::diagnostics::Span;
use crate::model::{Model, Tier};
use crate::monte_carlo::Unfinished;
use crate::recovery::{Outsider, Procedure, Team};
use crate::scenario::{Entry, Node, Value};
use std::collections::BTreeSet;

/// A change that may be tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// One more head for a team: section and id.
    OneMore(&'static str, String),
    /// A tool that is always up.
    AlwaysUp(String),
    /// A step that needs nobody: procedure and step.
    NeedsNobody(String, String),
    /// A procedure that is noticed at once.
    NoticedAtOnce(String),
}

/// How soon *at once* is: nothing takes no time.
const AT_ONCE: &str = "1 s";

impl Change {
    /// The change in words.
    pub fn words(&self, model: &Model) -> String {
        let label = |id: &str| match model.find(id) {
            Some(entity) => model.entity(entity).label().to_owned(),
            None => id.to_owned(),
        };
        match self {
            Self::OneMore(_, team) => format!("one more head in {}", label(team)),
            Self::AlwaysUp(tool) => format!("{} always at hand", label(tool)),
            Self::NeedsNobody(procedure, step) => format!("“{step}” of {} needs nobody", label(procedure)),
            Self::NoticedAtOnce(procedure) => {
                format!("what {} is there for is noticed at once", label(procedure))
            }
        }
    }

    /// Makes the change in the tree of a scenario; whether there was anything to change.
    pub fn make(&self, root: &mut Node) -> bool {
        match self {
            Self::OneMore(section, team) => {
                let Some(team) = entry_of(root, section, team) else {
                    return false;
                };
                // Whoever is added is on call where the others are.
                let fields = ["heads", "on-call"];
                fields.map(|field| one_more(team, field)).contains(&true)
            }
            Self::AlwaysUp(tool) => {
                let Some(tool) = entry_of(root, "services", tool) else {
                    return false;
                };
                // What runs on nothing and needs nothing is always up.
                let removed = ["runs-on", "needs", "found-by"].map(|field| tool.remove(field).is_some());
                removed.contains(&true)
            }
            Self::NeedsNobody(procedure, step) => {
                let Some(procedure) = entry_of(root, "procedures", procedure) else {
                    return false;
                };
                let step = procedure.get_mut("steps").and_then(|steps| steps.get_mut(step));
                step.is_some_and(|step| step.remove("crew").is_some())
            }
            Self::NoticedAtOnce(procedure) => {
                let Some(procedure) = entry_of(root, "procedures", procedure) else {
                    return false;
                };
                let span = procedure.span;
                let mut way = Node::empty_map(span);
                way.insert(Entry::new("after", span, text(AT_ONCE, span)));
                let mut ways = Node::empty_map(span);
                ways.insert(Entry::new("at-once", span, way));
                procedure.insert(Entry::new("noticed", span, ways));
                true
            }
        }
    }
}

/// A plain text.
fn text(text: &str, span: Span) -> Node {
    let value = Value::Scalar {
        text: text.into(),
        plain: true,
    };
    Node::new(span, value)
}

fn entry_of<'a>(root: &'a mut Node, section: &str, id: &str) -> Option<&'a mut Node> {
    root.get_mut(section)?.get_mut(id)
}

/// Raises a number by one.
fn one_more(entry: &mut Node, field: &str) -> bool {
    let Some(node) = entry.get_mut(field) else {
        return false;
    };
    let Some(count) = node.text().and_then(|text| text.trim().parse::<u32>().ok()) else {
        return false;
    };
    node.value = Value::Scalar {
        text: count.saturating_add(1).to_string().into(),
        plain: true,
    };
    true
}

/// The changes that a manual suggests: of the people and tools that it and the boots of servers name, and of its steps.
pub fn changes(model: &Model) -> Vec<Change> {
    let (mut teams, mut tools) = (BTreeSet::new(), BTreeSet::new());
    let mut changes = BTreeSet::new();
    for (id, procedure) in model.all::<Procedure>() {
        let procedure_id = &model.entity(id).id;
        teams.insert(model.resolve(&procedure.command));
        for way in procedure.noticed.values() {
            tools.extend(way.needs.iter().map(|tool| model.resolve(tool)));
        }
        for (name, step) in &procedure.steps {
            teams.extend(step.crew.iter().map(|(team, _)| model.resolve(team)));
            tools.extend(step.needs.iter().map(|tool| model.resolve(tool)));
            if !step.crew.is_empty() {
                changes.insert(Change::NeedsNobody(procedure_id.clone(), name.to_string()));
            }
        }
        changes.insert(Change::NoticedAtOnce(procedure_id.clone()));
    }
    for (_, pool) in model.all::<Pool>() {
        if let Some(by_hand) = &pool.boot.by_hand {
            teams.extend(by_hand.crew.iter().map(|(team, _)| model.resolve(team)));
        }
        if let Some(automated) = &pool.boot.automated {
            tools.extend(automated.needs.iter().map(|tool| model.resolve(tool)));
        }
    }
    for &id in &teams {
        let team = model
            .get::<Team>(id)
            .or(model.get::<Outsider>(id).map(|outsider| &outsider.0));
        for way in team.iter().flat_map(|team| team.learns.values()) {
            tools.extend(way.needs.iter().map(|tool| model.resolve(tool)));
        }
        let channels = team.iter().flat_map(|team| team.reached_by.iter());
        tools.extend(channels.filter_map(|channel| model.find(channel.as_str())));
        let entity = model.entity(id);
        changes.insert(Change::OneMore(entity.kind.section, entity.id.clone()));
    }
    // What users use is no tool that could be had in another way.
    let is_tool = |id| {
        model
            .get::<Service>(id)
            .is_some_and(|service| service.tier == Tier::Internal)
    };
    let tools = tools.into_iter().filter(|&id| is_tool(id));
    changes.extend(tools.map(|id| Change::AlwaysUp(model.entity(id).id.clone())));
    changes.into_iter().collect()
}

/// Tries changes under the same chance as the design as it is, and adds what they would win to an audit, the most first.
///
/// # Errors
/// A replication that could not be finished.
pub fn try_all(
    audit: &mut Audit,
    base: &Compiled,
    changed: &[(String, Compiled)],
    asked: &Asked,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<(), Unfinished> {
    if changed.is_empty() {
        return Ok(());
    }
    let mut designs = vec![Named {
        name: "base".to_owned(),
        title: String::new(),
        compiled: base,
    }];
    designs.extend(changed.iter().map(|(words, compiled)| Named {
        name: words.clone(),
        title: String::new(),
        compiled,
    }));
    let compared = run(&designs, asked, progress).map_err(|(_, unfinished)| unfinished)?;
    let find = |id: &str| compared.measures.iter().find(|measure| measure.id == id);
    let promised: Vec<(String, &Measure)> = base
        .services
        .iter()
        .filter(|service| service.rto_us.is_some())
        .filter_map(|service| {
            let entity = &base.entities[service.entity as usize];
            Some((entity.name.clone(), find(&format!("{}/down", entity.id))?))
        })
        .collect();
    let Some(whole) = find("/whole/down") else {
        return Ok(());
    };
    debug_assert_eq!(whole.better, Better::Less);
    for (place, (words, _)) in changed.iter().enumerate() {
        let of = |measure: &Measure| measure.values.get(place + 1)?.difference.clone();
        let Some(difference) = of(whole) else { continue };
        let promised = promised
            .iter()
            .filter_map(|(name, measure)| Some((name.clone(), of(measure)?.mean)));
        audit.gains.push(Gain {
            change: words.clone(),
            whole: difference.mean,
            verdict: difference.verdict,
            promised: promised.collect(),
        });
    }
    let sum = |gain: &Gain| gain.whole.value + gain.promised.iter().map(|(_, mean)| mean.value).sum::<f64>();
    audit
        .gains
        .sort_by(|a, b| sum(a).total_cmp(&sum(b)).then_with(|| a.change.cmp(&b.change)));
    Ok(())
}
