//! Common causes: what makes several things fail together. One process of shocks per group; the members keep the rest of their rate.
//!
//! Of a group of n members that each fail with the rate λ, a shock that takes k given members comes with the rate q(k) λ, where q follows
//! from the parameters as NUREG/CR-4780 has them: a beta factor, alpha factors (non-staggered testing), or multiple Greek letters. A shock
//! spares what has already failed; failures of life follow λ without memory, so that the process may run on while nobody is left to hit.

use super::PLACES;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, NodeId, Orders, View, Wake};
use crate::model::{
    Class, Component, EntityId, EntryInfo, Expect, Input, Kind, Lives, Lowering, Model, References, Targets,
    TileKind, read_component, schema_of,
};
use crate::quantity::Share;
use crate::random::Law;
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
    ],
    noun: "thing that can fail by itself",
};

/// The most items of one group: a shock looks at each.
const ITEMS_MAX: usize = 1_000;

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

    /// For k = 1, 2, ... n: by which share of a member's rate a shock comes that takes k given members.
    fn shares(&self, n: usize) -> Vec<f64> {
        let mut shares = vec![0.0; n];
        if let Some(beta) = self.beta {
            shares[0] = 1.0 - beta.fraction();
            shares[n - 1] += beta.fraction();
        } else if !self.alpha.is_empty() {
            let weighed = (1..)
                .zip(&self.alpha)
                .map(|(k, alpha)| f64::from(k) * alpha.fraction());
            let sum: f64 = weighed.clone().sum();
            for (k, weight) in weighed.enumerate() {
                shares[k] = weight / sum / choose(n - 1, k);
            }
        } else {
            // The letters in order, the first being 1; what is not given is 0.
            let letter = |k: usize| match k {
                0 => 1.0,
                k => self.mgl.get(k - 1).map_or(0.0, |share| share.fraction()),
            };
            let mut at_least = 1.0;
            for (k, share) in shares.iter_mut().enumerate() {
                at_least *= letter(k);
                let no_more = if k + 1 == n { 1.0 } else { 1.0 - letter(k + 1) };
                *share = at_least * no_more / choose(n - 1, k);
            }
        }
        shares
    }

    /// The share of a member's rate that remains its own.
    fn own(&self, model: &Model) -> f64 {
        self.shares(self.count(model))[0]
    }
}

/// How many ways there are of choosing k of n.
fn choose(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |ways, step| ways * (n - step) as f64 / (step + 1) as f64)
}

/// The share of a thing's failures that are its own rather than of a common cause, between 0 and 1; 1 without any.
pub(super) fn own_share(model: &Model, thing: EntityId) -> f64 {
    let group = model
        .all::<CommonCause>()
        .find(|(_, group)| group.members(model).contains(&thing));
    group.map_or(1.0, |(_, group)| group.own(model))
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
        if !(2..=ITEMS_MAX).contains(&count) {
            let message =
                format!("a group has from 2 to {ITEMS_MAX} members (sets, units); this one has {count}");
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
        let members = self.members(low.model);
        let items: Vec<(NodeId, Option<Input>)> = members
            .iter()
            .flat_map(|&id| low.of(id).lives.iter().copied())
            .collect();
        let n = items.len();
        let first = &low.model.entity(members[0]).component;
        let mean_us = first.lives().expect("members were checked to fail").law.mean();
        let mut rates: Vec<f64> = self.shares(n);
        // A single failure is the member's own; of k there are as many sets as ways to choose them.
        rates[0] = 0.0;
        for (k, rate) in rates.iter_mut().enumerate().skip(1) {
            *rate *= choose(n, k + 1);
        }
        let total: f64 = rates.iter().sum();
        if total <= 0.0 {
            return;
        }
        let gap = Law::exponential(mean_us / total).expect("a rate above nothing has a mean");
        let label = format!("common cause: {}", low.model.entity(me).label());
        let entries = vec![EntryInfo {
            label: label.clone(),
            tile: TileKind::OutsideAction,
            source: None,
            at_us: None,
        }];
        let shocks = Shocks {
            items,
            gap,
            rates,
            total,
        };
        low.agent_of(me, "shocks", Box::new(shocks), Vec::new(), label, entries);
    }
}

/// The process of shocks of one group. Its register counts them.
#[derive(Debug)]
struct Shocks {
    /// The units, each with the condition under which its clock runs.
    items: Vec<(NodeId, Option<Input>)>,
    gap: Law,
    /// How often shocks come that take one, two, ... members, in shares of a member's rate; their sum.
    rates: Vec<f64>,
    total: f64,
}

impl Shocks {
    /// How many members the next shock takes.
    fn size(&self, uniform: f64) -> usize {
        let mut left = uniform * self.total;
        for (k, rate) in self.rates.iter().enumerate() {
            if left < *rate {
                return k + 1;
            }
            left -= rate;
        }
        self.items.len()
    }
}

impl Agent for Shocks {
    fn registers(&self) -> usize {
        1
    }

    fn wake(&self, why: Wake, view: &View<'_>, registers: &mut [i64], orders: &mut Orders<'_>) {
        let number = u64::try_from(registers[0]).expect("a count");
        registers[0] += 1;
        // Two draws a shock: when, and whom.
        let us = self.gap.sample_us(&mut orders.stream(2 * number)).max(1);
        orders.timer(view.now().saturating_add(us), 0, 0);
        if !matches!(why, Wake::Timer(_)) {
            return;
        }
        let mut stream = orders.stream(2 * number + 1);
        let size = self.size(stream.unit_open());
        let mut left: Vec<usize> = (0..self.items.len()).collect();
        for _ in 0..size {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "below the number of members"
            )]
            let place = (stream.unit_open() * left.len() as f64) as usize;
            let (body, runs) = self.items[left.swap_remove(place.min(left.len() - 1))];
            let ages = runs.is_none_or(|(node, reading)| reading.read(view.value(node)) != 0);
            if view.value(body) != 0 && ages {
                orders.act(
                    Action::Break {
                        node: body,
                        items: i64::MAX,
                    },
                    0,
                );
            }
        }
    }
}
