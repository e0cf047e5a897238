//! What a manual says, read off the model.

use crate::model::{EntityId, Model, Tier};
use crate::recovery::{Outsider, Procedure, Team, Trigger};
use std::collections::{BTreeMap, BTreeSet};

/// A manual as it is written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Its procedures, by id.
    pub procedures: Vec<WrittenProcedure>,
    /// Services with users that no procedure is there for by name, and that no step starts anywhere: id and name.
    pub uncovered: Vec<(String, String)>,
    /// What hangs on one person, in sentences.
    pub single_persons: Vec<String>,
    /// What the procedures ask of teams at once.
    pub asked: Vec<AskedOf>,
}

/// What the procedures ask of a team at once.
#[derive(Clone, Debug)]
pub struct AskedOf {
    /// The name of the team.
    pub team: String,
    /// How many heads it has.
    pub heads: u32,
    /// The procedures by id, each with the most heads that any one step of it takes.
    pub procedures: Vec<(String, u32)>,
}

/// A procedure as it is written.
#[derive(Clone, Debug)]
pub struct WrittenProcedure {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is there for.
    pub trigger: String,
    /// The ids of its steps, sorted.
    pub steps: Vec<String>,
}

/// A team, inside or outside.
fn team(model: &Model, id: EntityId) -> Option<&Team> {
    let outside = || model.get::<Outsider>(id).map(|outsider| &outsider.0);
    model.get::<Team>(id).or_else(outside)
}

/// Reads the manual of a model.
pub fn written(model: &Model) -> Written {
    let procedures = model.all::<Procedure>().map(|(id, procedure)| {
        let entity = model.entity(id);
        WrittenProcedure {
            id: entity.id.clone(),
            name: entity.label().to_owned(),
            trigger: match &procedure.trigger {
                Trigger::SiteLost(place) => format!("{} is lost", model.entity(model.resolve(place)).label()),
                Trigger::ServiceLost(service) => {
                    format!("{} is lost", model.entity(model.resolve(service)).label())
                }
            },
            steps: procedure.steps.keys().map(ToString::to_string).collect(),
        }
    });
    Written {
        procedures: procedures.collect(),
        uncovered: uncovered(model),
        single_persons: single_persons(model),
        asked: asked(model),
    }
}

/// The services with users that no procedure is there for by name, and that no step starts anywhere.
fn uncovered(model: &Model) -> Vec<(String, String)> {
    let mut covered = BTreeSet::new();
    for (_, procedure) in model.all::<Procedure>() {
        if let Trigger::ServiceLost(service) = &procedure.trigger {
            covered.insert(model.resolve(service));
        }
        for step in procedure.steps.values() {
            covered.extend(step.does.starts(model));
        }
    }
    let services = model.entities_with_ids().filter(|(id, entity)| {
        let measured = entity.component.measured();
        measured.is_some_and(|measured| measured.users > 0 && measured.tier != Tier::Internal)
            && !covered.contains(id)
    });
    services
        .map(|(_, entity)| (entity.id.clone(), entity.label().to_owned()))
        .collect()
}

/// Teams of the manual that are one person, or have one on call.
fn single_persons(model: &Model) -> Vec<String> {
    let mut used: BTreeMap<EntityId, Vec<String>> = BTreeMap::new();
    for (id, procedure) in model.all::<Procedure>() {
        let procedure_name = model.entity(id).label();
        let command = used.entry(model.resolve(&procedure.command)).or_default();
        command.push(format!("the command of {procedure_name}"));
        for (step, block) in &procedure.steps {
            for (team, _) in block.crew.iter() {
                let steps = used.entry(model.resolve(team)).or_default();
                steps.push(format!("“{}” of {procedure_name}", step.as_str()));
            }
        }
    }
    let mut told = Vec::new();
    for (id, uses) in used {
        let Some(team) = team(model, id) else { continue };
        let name = model.entity(id).label();
        let what = match uses.as_slice() {
            [] => continue,
            [only] => only.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        if team.heads == 1 {
            told.push(format!("{name} is one person: {what} cannot go on without."));
        } else if team.on_call == Some(1) {
            told.push(format!(
                "One of the {} of {name} is on call: until the others have come, {what} hang on one person.",
                team.heads
            ));
        }
    }
    told
}

/// What the procedures ask of each team at once: the most heads of any one step.
fn asked(model: &Model) -> Vec<AskedOf> {
    let mut asked: BTreeMap<EntityId, Vec<(String, u32)>> = BTreeMap::new();
    for (id, procedure) in model.all::<Procedure>() {
        let mut most: BTreeMap<EntityId, u32> = BTreeMap::new();
        for step in procedure.steps.values() {
            for (team, heads) in step.crew.iter() {
                let most = most.entry(model.resolve(team)).or_default();
                *most = heads.max(*most);
            }
        }
        for (team, heads) in most {
            let list = asked.entry(team).or_default();
            list.push((model.entity(id).id.clone(), heads));
        }
    }
    let told = asked.into_iter().filter_map(|(id, procedures)| {
        let team = team(model, id)?;
        Some(AskedOf {
            team: model.entity(id).label().to_owned(),
            heads: team.heads,
            procedures,
        })
    });
    told.collect()
}
