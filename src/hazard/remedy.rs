//! Works that put right what a happening did: somebody does them, who needs something for it and takes time.

use crate::component::{NEEDED, TEAMS};
use crate::diagnostics::{Issue, Issues, Span};
use crate::kernel::{Action, Call, Effect, OnError, Takes, Way, WorkId, WorkSpec};
use crate::model::{Crew, EntityId, Lowering, Model, References, Refs, TileKind, check_crew};
use crate::quantity::SimDuration;
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// What it takes to put something right.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Remedy {
    /// Who does it: teams and heads, who must have come. Without anybody it begins at once.
    #[serde(default)]
    pub crew: Crew,
    /// The services and stores that must be up for it to begin.
    #[serde(default)]
    pub needs: Refs,
    /// How long it takes.
    pub takes: LawInput,
    /// How it is done without what it needs; if not given, it waits for that.
    #[serde(default)]
    pub improvises: Option<Improvises>,
}

/// How a work is done without what it needs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Improvises {
    /// How long what it needs is waited for first.
    pub after: SimDuration,
    /// How long it takes without.
    pub takes: LawInput,
}

/// One such work.
pub struct Piece<'a> {
    /// The thing by whose name it goes.
    pub on: EntityId,
    /// What happened, and what is done about it: unique among all that is done on that thing.
    pub part: String,
    /// What it is called in a recovery.
    pub label: String,
    /// Whom it helps.
    pub things: &'a [EntityId],
    /// What it does to the design.
    pub effects: Vec<Action>,
}

impl Remedy {
    /// Names everything that it refers to.
    pub fn references(&self, out: &mut References<'_>, field: &str) {
        out.crew(&self.crew, TEAMS, &format!("{field} › crew"));
        out.many(&self.needs, NEEDED, &format!("{field} › needs"));
    }

    /// Reports a crew that no team can ever give, and a way without tools where there are none.
    pub fn check(&self, span: Span, path: &str, model: &Model, issues: &mut Issues) {
        check_crew(&self.crew, model, &format!("{path} › crew"), issues);
        if self.improvises.is_some() && self.needs.is_empty() {
            let message = "it needs nothing, so that nobody ever improvises";
            issues.push(Issue::warning("without-effect", span, message).at(format!("{path} › improvises")));
        }
    }

    /// The teams that are asked for.
    pub fn teams(&self, model: &Model) -> Vec<EntityId> {
        self.crew.iter().map(|(team, _)| model.resolve(team)).collect()
    }

    /// Declares it as a work that the agent of a happening calls for.
    pub fn work(&self, low: &mut Lowering<'_>, piece: Piece<'_>) -> WorkId {
        let helped: BTreeSet<EntityId> = piece
            .things
            .iter()
            .flat_map(|&thing| low.model.served_by(thing))
            .collect();
        let way = |name: &str, needs, takes, patience_us| Way {
            name: name.to_owned(),
            needs,
            crew: low.crew_heads(&self.crew),
            takes: Takes::Once(takes),
            errs_ppm: 0,
            patience_us,
            ..Way::default()
        };
        let patience_us = self.improvises.as_ref().map_or(u64::MAX, |how| how.after.us());
        let needs = low.up_inputs(self.needs.iter());
        let mut ways = vec![way("by the book", needs, self.takes.law(), patience_us)];
        let mut tiles = vec![TileKind::Working];
        if let Some(how) = &self.improvises {
            ways.push(way("improvised", Vec::new(), how.takes.law(), u64::MAX));
            tiles.push(TileKind::Improvising);
        }
        let spec = WorkSpec {
            call: Call::OnDemand,
            goal: None,
            keep: None,
            ways,
            effects: piece.effects.into_iter().map(Effect::Act).collect(),
            on_error: OnError::Retry,
            batch: 1,
            lanes: 1,
            serves: low.ranked(helped),
            ..WorkSpec::default()
        };
        low.work(piece.on, &piece.part, spec, piece.label, tiles)
    }
}
