//! Common causes: what makes several things fail together. One process of shocks per group; the members keep the rest of their rate.
//!
//! How the failures of a member are split among the numbers of members that fail together is the kernel's affair (beta factor, alpha
//! factors for non-staggered testing, multiple Greek letters); here stands who the members are, and what of it cannot be.

use super::PLACES;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{CommonCause as Group, Exposed, MEMBERS_MAX, Multiplicity};
use crate::model::{
    Class, Component, EntityId, Expect, Kind, Lives, Lowering, Model, References, Targets, read_component,
    schema_of,
};
use crate::quantity::Share;
use schemars::JsonSchema;
use serde::Deserialize;

/// Things that share a cause of failure. Give `beta`, `alpha` or `mgl`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommonCause {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The things that share it, each with all its sets, units or modules; all fail alike and without memory (`mttf`).
    pub members: Targets,
    /// The share of all failures of a member that take all members at once.
    pub beta: Option<Share>,
    /// Alpha factors: of all failures of the group, the share that takes one member, two, three, ...; together 100 %.
    #[serde(default)]
    pub alpha: Vec<Share>,
    /// Multiple Greek letters (beta, gamma, delta, ...): the share of a member's failures that takes one more at least; of those, the share
    /// that takes two more at least; and so on.
    #[serde(default)]
    pub mgl: Vec<Share>,
}

/// The section `common-causes`.
pub const KIND: Kind = Kind {
    section: "common-causes",
    noun: "common cause",
    docs: "Things that share a cause of failure: a part of their failures takes several of them at once. How often each of them fails in all \
           stays as it is said there.",
    example: "blackstart: 1\nsites: {alpha: {}}\nups:\n  ups-a: {in: alpha, fails: {mttf: 50000 h, mttr: 24 h}}\n  ups-b: {in: alpha, fails: {mttf: \
              50000 h, mttr: 24 h}}\ncommon-causes: {firmware: {members: [ups-a, ups-b], beta: 5 %}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Direct,
    schema: schema_of::<CommonCause>,
    read: read_component::<CommonCause>,
};

/// What can share a cause of failure.
const FAILING: Expect = Expect {
    sections: &[
        "utility-feeds",
        "generators",
        "transfer-switches",
        "transformers",
        "buses",
        "pdus",
        "ups",
        "batteries",
        "cooling-plants",
        "routers",
        "links",
        "uplinks",
        "ducts",
        "carriers",
        "chillers",
        "towers",
        "pumps",
        "chilled-water",
        "cracs",
        "cooling-controls",
    ],
    noun: "thing that can fail by itself",
};

impl CommonCause {
    fn members(&self, model: &Model) -> Vec<EntityId> {
        model
            .select(&self.members)
            .into_iter()
            .map(|member| member.value)
            .collect()
    }

    /// How many items the members have together.
    fn count(&self, model: &Model) -> usize {
        let lives = |id: EntityId| model.entity(id).component.lives();
        self.members(model)
            .into_iter()
            .filter_map(lives)
            .map(|lives| lives.count as usize)
            .sum()
    }

    /// How what each of `count` members fails is split; factors that are not written are nothing.
    fn split(&self, count: usize) -> Multiplicity {
        let padded = |written: &[Share], count: usize| {
            let factors = written.iter().map(|share| share.fraction());
            factors.chain(std::iter::repeat(0.0)).take(count).collect()
        };
        match self.beta {
            Some(beta) => Multiplicity::Beta(beta.fraction()),
            None if !self.alpha.is_empty() => Multiplicity::Alpha(padded(&self.alpha, count)),
            None => Multiplicity::Mgl(padded(&self.mgl, count - 1)),
        }
    }
}

impl Component for CommonCause {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.members, FAILING, PLACES, "members");
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        let mut wrong = |code: &'static str, field: &str, message: String, help: &str| {
            let issue = Issue::error(code, entity.span, message).at(format!("{path} › {field}"));
            issues.push(if help.is_empty() { issue } else { issue.help(help) });
        };
        let given = usize::from(self.beta.is_some())
            + usize::from(!self.alpha.is_empty())
            + usize::from(!self.mgl.is_empty());
        if given != 1 {
            let (code, message) = match given {
                0 => ("missing-field", "it is not said how often they fail together"),
                _ => (
                    "contradiction",
                    "how often they fail together is said in more than one way",
                ),
            };
            wrong(
                code,
                "beta",
                message.to_owned(),
                "give one of `beta: 5 %`, `alpha: [95 %, 4 %, 1 %]`, `mgl: [10 %, 30 %]`",
            );
            return;
        }
        let members = self.members(model);
        let lives: Vec<(EntityId, Option<Lives>)> = members
            .iter()
            .map(|&id| (id, model.entity(id).component.lives()))
            .collect();
        for (id, life) in &lives {
            let name = &model.entity(*id).id;
            match life {
                None => wrong(
                    "missing-field",
                    "members",
                    format!("`{name}` does not fail by itself"),
                    "say how it `fails`",
                ),
                Some(lives) if !lives.law.is_memoryless() => {
                    let message = format!(
                        "the life of `{name}` is not exponential, so that it has no rate to be shared out"
                    );
                    wrong(
                        "law-invalid",
                        "members",
                        message,
                        "write `mttf`, or leave it out of the group",
                    );
                }
                Some(_) => {}
            }
        }
        for (place, id) in members.iter().enumerate() {
            let name = &model.entity(*id).id;
            if members[..place].contains(id) {
                wrong(
                    "named-twice",
                    "members",
                    format!("`{name}` stands here twice"),
                    "",
                );
            }
            let mut groups = model
                .all::<CommonCause>()
                .filter(|(_, group)| group.members(model).contains(id));
            if groups.next().is_some_and(|(first, _)| first != me) {
                let message = format!("`{name}` is a member of another group as well");
                wrong(
                    "named-twice",
                    "members",
                    message,
                    "a thing shares one cause; make one group of both",
                );
            }
        }
        if lives.iter().any(|(_, life)| life.is_none()) {
            return;
        }
        let means: Vec<f64> = lives
            .iter()
            .filter_map(|(_, life)| Some(life.as_ref()?.law.mean()))
            .collect();
        if means
            .windows(2)
            .any(|pair| (pair[0] - pair[1]).abs() > 1e-9 * pair[0])
        {
            let message =
                "the members do not fail equally often, so that there is no rate that they share".to_owned();
            wrong(
                "contradiction",
                "members",
                message,
                "make a group of those that are alike",
            );
        }
        let count = self.count(model);
        if !(2..=MEMBERS_MAX).contains(&count) {
            let message =
                format!("a group has from 2 to {MEMBERS_MAX} members (sets, units); this one has {count}");
            wrong("out-of-bounds", "members", message, "");
        } else if self.alpha.len() > count || self.mgl.len() > count - 1 {
            let message = format!("more than all {count} cannot fail together");
            wrong(
                "wrong-length",
                if self.mgl.is_empty() { "alpha" } else { "mgl" },
                message,
                "",
            );
        }
        if !self.alpha.is_empty() {
            let sum: i64 = self.alpha.iter().map(|share| share.ppm()).sum();
            if sum != Share::ALL.ppm() {
                wrong(
                    "contradiction",
                    "alpha",
                    format!("the factors add up to {} ppm, not to 100 %", sum),
                    "",
                );
            }
        }
        if self.beta == Some(Share::NONE) {
            wrong(
                "out-of-bounds",
                "beta",
                "nothing fails together".to_owned(),
                "leave the group out",
            );
        }
    }

    fn declare(&self, _low: &mut Lowering<'_>, _me: EntityId) {}

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let mut members = Vec::new();
        for id in self.members(low.model) {
            let lives = low.of(id).lives.iter();
            members.extend(lives.map(|&(unit, _)| Exposed::Life { unit, clock: 0 }));
        }
        let group = Group {
            model: self.split(members.len()),
            members,
        };
        let (name, tag) = low.part(me, "");
        low.net.common_cause(name, tag, group);
    }
}
