//! People who are not there: ill, on holiday, snowed in, or hit by the disaster themselves.
//!
//! It leaves out: who knows what. A head is as good as another one of the same team.

use super::draws::Draws;
use super::told::told;
use super::when;
use crate::component::{PLACES, TEAMS};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, NodeId, Orders, View, Wake};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::quantity::Share;
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// People who are not there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StaffAbsence {
    /// The teams that they are missing from.
    pub of: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long they are away.
    pub r#for: LawInput,
    /// The chance that each head is away. This or `heads`.
    pub share: Option<Share>,
    /// So many heads of each team are away, whoever it hits. This or `share`.
    pub heads: Option<u32>,
    /// Whether those who are left take over the duty of those on call who are away.
    pub covered: bool,
}

/// The tag `staff-absence`.
pub const KIND: HazardKind = HazardKind {
    tag: "staff-absence",
    docs: "People are not there: each with a chance, or so many of each team. Those who are left may take over the duty of those on call.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 120, boot: {by-hand: {crew: sre}}}}\nteams: {sre: {heads: \
              8, on-call: 2}}\nhappens:\n  holidays: {staff-absence: {of: sre, heads: 5}}\n  fire: {loss-of: {ids: alpha, at: +1 h, for: 4 h}}\n",
    schema: schema_of::<StaffAbsence>,
    read: read_hazard::<StaffAbsence>,
};

impl Hazard for StaffAbsence {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, TEAMS, PLACES, "staff-absence › of");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › staff-absence");
        when::check(self.at.as_ref(), &path, model, issues);
        match (self.share, self.heads) {
            (Some(_), Some(_)) => {
                let message = "it is said twice how many are away";
                let issue = Issue::error("contradiction", self.of.span(), message).at(&path);
                issues.push(issue.help("write `share` (each head by chance) or `heads` (so many)"));
            }
            (None, None) => {
                let message = "it is not said how many are away";
                let issue = Issue::error("missing-field", self.of.span(), message).at(&path);
                issues.push(issue.help("write `share: 40 %` (each head by chance) or `heads: 3`"));
            }
            (Some(Share::NONE), None) | (None, Some(0)) => {
                issues.push(Issue::warning("nothing-happens", self.of.span(), "nobody is away").at(&path));
            }
            _ => {}
        }
        for team in model.select(&self.of) {
            let entity = model.entity(team.value);
            let there = entity.component.heads().unwrap_or(0);
            if let Some(heads) = self.heads
                && heads > there
            {
                let message = format!("{heads} heads of `{}` are away, which has {there}", entity.id);
                let issue = Issue::error("more-needed-than-there-are", team.span, message);
                issues.push(issue.at(format!("{path} › heads")));
            }
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let teams: Vec<EntityId> = model.select(&self.of).iter().map(|team| team.value).collect();
        let names: Vec<&str> = teams.iter().map(|&team| model.entity(team).label()).collect();
        let names = names.join(", ");
        let at_us = when::us(self.at.as_ref(), model);
        let entries = vec![
            told(format!("people of {names} are away"), Some(at_us)),
            told(format!("the people of {names} are back"), None),
        ];
        let rows = teams.iter().map(|&team| Row {
            key: entity_hash(&model.entity(team).id),
            heads: low.of(team).heads.clone(),
        });
        let agent = Away {
            at_us,
            lasts: self.r#for.law(),
            missing: match (self.share, self.heads) {
                (Some(share), _) => Missing::Each(share.fraction()),
                (None, heads) => Missing::Heads(heads.unwrap_or(0) as usize),
            },
            covered: self.covered,
            rows: rows.collect(),
        };
        low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
    }
}

/// Who is missing.
#[derive(Debug)]
enum Missing {
    /// Each with this chance.
    Each(f64),
    /// So many of each team.
    Heads(usize),
}

/// A team: what its draws are keyed by, and its heads, those on call first.
#[derive(Debug)]
struct Row {
    key: u64,
    heads: Vec<(NodeId, i64)>,
}

/// Takes people away, and gives them back.
#[derive(Debug)]
struct Away {
    at_us: u64,
    lasts: Law,
    missing: Missing,
    covered: bool,
    rows: Vec<Row>,
}

const GO: u32 = 0;
const BACK: u32 = 1;

// What a draw is for.
const LASTS: u64 = 0;
const WHO: u64 = 1;

impl Away {
    /// How many of each part of a team are left.
    fn left(&self, row: &Row, draws: &Draws<'_>) -> Vec<i64> {
        let parts = row.heads.iter().enumerate();
        let part_of: Vec<usize> = parts
            .flat_map(|(part, &(_, count))| (0..count).map(move |_| part))
            .collect();
        let luck = (0..part_of.len() as u64).map(|head| draws.unit(WHO, row.key.wrapping_add(head)));
        let mut luck: Vec<(f64, usize)> = luck.zip(0..).collect();
        luck.sort_by(|a, b| a.partial_cmp(b).expect("draws are numbers"));
        let away = match self.missing {
            Missing::Each(chance) => luck.iter().filter(|(luck, _)| *luck < chance).count(),
            Missing::Heads(heads) => heads.min(luck.len()),
        };
        let mut left: Vec<i64> = row.heads.iter().map(|&(_, count)| count).collect();
        for &(_, head) in &luck[..away] {
            left[part_of[head]] -= 1;
        }
        if self.covered {
            let mut all: i64 = left.iter().sum();
            for (left, &(_, count)) in left.iter_mut().zip(&row.heads) {
                *left = all.min(count);
                all -= *left;
            }
        }
        left
    }
}

impl Agent for Away {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, GO, GO),
            Wake::Timer(GO) => {
                let (mut amounts, mut lasts) = (Vec::new(), 0);
                {
                    let draws = Draws(&|number| orders.stream(number));
                    for row in &self.rows {
                        let nodes = row.heads.iter().map(|&(node, _)| node);
                        amounts.extend(nodes.zip(self.left(row, &draws)));
                    }
                    lasts += draws.law(&self.lasts, LASTS, 0);
                }
                for (node, amount) in amounts {
                    orders.act(Action::SetAmount { node, amount }, GO);
                }
                orders.timer(view.now().saturating_add(lasts.max(1)), BACK, BACK);
            }
            Wake::Timer(_) => {
                for &(node, amount) in self.rows.iter().flat_map(|row| &row.heads) {
                    orders.act(Action::SetAmount { node, amount }, BACK);
                }
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// Two heads on call, six others.
    fn left(missing: Missing, covered: bool, replication: u32) -> Vec<i64> {
        let node = NodeId(0);
        let row = Row {
            key: 5,
            heads: vec![(node, 2), (node, 6)],
        };
        let away = Away {
            at_us: 0,
            lasts: Law::fixed_us(1),
            missing,
            covered,
            rows: Vec::new(),
        };
        let key = Key::new(1, replication);
        away.left(&row, &Draws(&|number| key.stream(3, 7, number)))
    }

    #[test]
    fn those_who_are_left_take_over() {
        for number in 0..100 {
            assert_eq!(left(Missing::Heads(5), true, number), [2, 1]);
            assert_eq!(left(Missing::Heads(7), true, number), [1, 0]);
            assert_eq!(left(Missing::Heads(8), false, number), [0, 0]);
            assert_eq!(left(Missing::Heads(5), false, number).iter().sum::<i64>(), 3);
        }
    }

    /// Of eight heads three are away: of the two on call 3/4 in the mean, with the variance of draws without replacement; and of each head
    /// with a chance of 40 %, 3.2. Within five standard errors over 20,000 occurrences.
    #[test]
    fn it_hits_anybody_alike() {
        let mean = |of: &dyn Fn(u32) -> i64| (0..20_000).map(of).sum::<i64>() as f64 / 20_000.0;
        let on_call = mean(&|number| 2 - left(Missing::Heads(3), false, number)[0]);
        let variance = 2.0 * (3.0 / 8.0) * (5.0 / 8.0) * (6.0 / 7.0);
        assert!(
            (on_call - 0.75).abs() < 5.0 * (variance / 20_000.0_f64).sqrt(),
            "{on_call}"
        );
        let away = mean(&|number| 8 - left(Missing::Each(0.4), false, number).iter().sum::<i64>());
        assert!(
            (away - 3.2).abs() < 5.0 * (8.0 * 0.4 * 0.6 / 20_000.0_f64).sqrt(),
            "{away}"
        );
    }
}
