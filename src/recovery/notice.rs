//! Ways of learning of a loss: works that begin with it, of which the first to succeed counts.

use crate::component::SERVICES;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Call, Effect, NodeId, OnError, Reading, Takes, Way, WorkSpec};
use crate::model::{EntityId, Input, Lowering, Model, References, Refs, TileKind};
use crate::random::LawInput;
use crate::scenario::Id;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One way of learning of a loss.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LearningWay {
    /// The services that must be up for it (monitoring, a messenger).
    #[serde(default)]
    pub needs: Refs,
    /// How long it takes from the loss, or from when what it needs is up.
    pub after: LawInput,
}

/// Names the tools of all ways.
pub(super) fn references(ways: &BTreeMap<Id, LearningWay>, field: &str, out: &mut References<'_>) {
    for (name, way) in ways {
        out.many(&way.needs, SERVICES, &format!("{field} › {name} › needs"));
    }
}

/// Reports that there is no way at all.
pub(super) fn check(
    ways: &BTreeMap<Id, LearningWay>,
    field: &str,
    me: EntityId,
    model: &Model,
    issues: &mut Issues,
) {
    if ways.is_empty() {
        let entity = model.entity(me);
        let message = format!(
            "there is no way in which `{}` could come to know of anything",
            entity.id
        );
        let issue =
            Issue::error("nobody-notices", entity.span, message).at(format!("{} › {field}", entity.path()));
        issues.push(issue.help(format!("describe one: `{field}: {{alarms: {{after: 5 min}}}}`")));
    }
}

/// A flag that is raised once `loss` is known by any of the ways.
pub(super) fn noticed(
    low: &mut Lowering<'_>,
    me: EntityId,
    loss: Input,
    ways: &BTreeMap<Id, LearningWay>,
) -> NodeId {
    let known = low.held_unit(me, "noticed", 1, UNAWARE);
    let label = low.model.entity(me).label().to_owned();
    for (name, way) in ways {
        let needs = low.up_inputs(way.needs.iter());
        raise(
            low,
            me,
            &format!("notices/{name}"),
            format!("{label} learns of it by {name}"),
            TileKind::NotNoticed,
            Raise {
                flag: known,
                reason: UNAWARE,
                when: loss,
                ways: vec![(name.to_string(), needs, way.after.law(), u64::MAX)],
            },
        );
    }
    known
}

/// Why nobody knows.
pub(super) const UNAWARE: &str = "unaware";

/// Declares the work that holds these units again, each for its reason, once `when` has held for so long; until `known` is no longer raised.
pub(super) fn lower(
    low: &mut Lowering<'_>,
    me: EntityId,
    label: String,
    when: Input,
    known: NodeId,
    units: &[(NodeId, &str)],
    after_us: u64,
) {
    let effects = units.iter().map(|&(node, reason)| {
        let reason = low.net.reason(reason);
        Effect::Act(Action::Hold { node, reason })
    });
    let effects = effects.collect();
    let way = Way {
        name: "stands down".to_owned(),
        needs: Vec::new(),
        crew: Vec::new(),
        parts: Vec::new(),
        takes: Takes::Once(Lowering::fixed(after_us)),
        errs_ppm: 0,
        patience_us: u64::MAX,
    };
    let spec = WorkSpec {
        call: Call::When(when.0, when.1),
        goal: Some((known, Reading::Not)),
        keep: None,
        ways: vec![way],
        effects,
        on_error: OnError::Retry,
        batch: 1,
        lanes: 1,
        serves: Vec::new(),
        ..WorkSpec::default()
    };
    low.work(me, "stand-down", spec, label, vec![TileKind::Deciding]);
}

/// A work without crew that frees a held unit.
pub(super) struct Raise {
    /// The unit.
    pub flag: NodeId,
    /// What holds it.
    pub reason: &'static str,
    /// When the work begins.
    pub when: Input,
    /// Its ways: name, needs, how long, patience.
    pub ways: Vec<(String, Vec<Input>, crate::random::Law, u64)>,
}

/// Declares such a work.
pub(super) fn raise(
    low: &mut Lowering<'_>,
    me: EntityId,
    part: &str,
    label: String,
    tile: TileKind,
    raise: Raise,
) {
    let reason = low.net.reason(raise.reason);
    let ways: Vec<Way> = raise
        .ways
        .into_iter()
        .map(|(name, needs, takes, patience_us)| Way {
            name,
            needs,
            crew: Vec::new(),
            takes: Takes::Once(takes),
            errs_ppm: 0,
            patience_us,
            ..Way::default()
        })
        .collect();
    let tiles = vec![tile; ways.len()];
    let spec = WorkSpec {
        call: Call::When(raise.when.0, raise.when.1),
        goal: Some((raise.flag, Reading::AtLeast(1))),
        keep: None,
        ways,
        effects: vec![Effect::Act(Action::Lift {
            node: raise.flag,
            reason,
        })],
        on_error: OnError::Retry,
        batch: 1,
        lanes: 1,
        serves: Vec::new(),
        ..WorkSpec::default()
    };
    low.work(me, part, spec, label, tiles);
}
