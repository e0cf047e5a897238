//! What users ask of a service, what its servers carry of it, and what too much does.

use super::follows::follow;
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Combine, Demand, FULL_PPM, Gauge, NodeId, Policy, Reading, UnitSpec};
use crate::model::{Asked, EntityId, Lowering, Model, Profile, TileKind, WHOLE_PPB};
use crate::quantity::{Count, DataRate, Loading, Share, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// What users ask of a service, and what its servers carry of it. Users follow the profile of the service, if it has one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceLoad {
    /// How many users one server carries at a time.
    pub server_carries: Count,
    /// What each of its users asks of the uplinks; without it, nothing that matters.
    pub per_user: Option<DataRate>,
    /// What happens while more is asked than the servers carry; `share` if not given.
    #[serde(default)]
    pub overload: Overload,
}

/// What happens while more is asked of a service than its servers carry.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Overload {
    /// Some users are turned away, and the others are served as ever.
    #[default]
    Share,
    /// What is not served waits, and is served once servers have time to spare.
    Queue {
        /// How long a line may become, as the time in which all users make it; beyond that they are turned away.
        keeps: SimDuration,
        /// What the service is worth while a line is worked off: its answers come late.
        late: Share,
    },
    /// Too much breeds more: requests are tried again, caches are cold, everybody connects anew.
    Collapse {
        /// It collapses when more than this is asked, as a share of what the servers carry.
        above: Loading,
        /// What is then offered instead of one request, retries included.
        offered: Loading,
        /// It recovers when all that is then offered is at or below this share of what the servers carry.
        below: Loading,
    },
}

impl ServiceLoad {
    /// How many servers carry so many users.
    pub(super) fn servers_for(&self, users: i64) -> i64 {
        let carries = self.server_carries.get().max(1);
        users.div_euclid(carries) + i64::from(users % carries > 0)
    }

    /// Reports what cannot be.
    pub(super) fn check(&self, users: Count, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = format!("{} › load", entity.path());
        let mut wrong = |field: &str, message: &str, help: &str| {
            let issue = Issue::error("out-of-bounds", entity.span, message.to_owned());
            let issue = issue.at(format!("{path}{field}"));
            issues.push(if help.is_empty() { issue } else { issue.help(help) });
        };
        if self.server_carries == Count::ZERO {
            wrong(
                " › server-carries",
                "a server that carries nobody serves nobody",
                "",
            );
        }
        if users == Count::ZERO {
            wrong(
                "",
                "nobody asks for anything: the service has no users",
                "say how many there are: `users: 1 million`",
            );
        }
        if self.per_user.is_some_and(|rate| rate.bit_s() < 1_000) {
            wrong(
                " › per-user",
                "a user asks for less than a kilobit per second",
                "leave it out: what is so little fits everywhere",
            );
        }
        match &self.overload {
            Overload::Share => {}
            Overload::Queue { keeps, .. } if *keeps == SimDuration::ZERO => {
                wrong(
                    " › overload › queue › keeps",
                    "a line of no length is none",
                    "write `overload: share`",
                );
            }
            Overload::Queue { .. } => {}
            Overload::Collapse {
                above,
                offered,
                below,
            } => {
                let path = " › overload › collapse";
                if *offered < Loading::FULL {
                    wrong(
                        path,
                        "a collapse would make less of one request",
                        "`offered` is from 100 % on",
                    );
                }
                if above < below {
                    wrong(
                        path,
                        "it would have recovered as it collapses",
                        "`below` is at most `above`",
                    );
                }
            }
        }
    }

    fn policy(&self) -> Policy {
        match self.overload {
            Overload::Share | Overload::Queue { .. } => Policy::Proportional,
            Overload::Collapse {
                above,
                offered,
                below,
            } => Policy::Collapse {
                factor_ppm: offered.ppm(),
                above_ppm: above.ppm(),
                below_ppm: below.ppm(),
            },
        }
    }

    /// Joins the level of a service, as it is seen from somewhere, to what its servers carry of what is asked. `parts` are what it has in pools: the
    /// level there as seen from there, and how many servers that is. `whence` sets the names of what is declared apart.
    pub(super) fn wire(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        level: NodeId,
        parts: &[(NodeId, i64)],
        asking: Asking,
        whence: &str,
    ) {
        let whole = asking.whole();
        let asks = match low.of(me).asks {
            Some(known) => known,
            None => asking.declare(low, me),
        };
        let part = |part: &str| format!("{part}{whence}");
        let (name, tag) = low.part(me, &part("carries"));
        let balance = low.net.balance(name, tag, self.policy());
        for &(part, servers) in parts {
            let weight = servers.saturating_mul(self.server_carries.get());
            low.net.supply(balance, part, Reading::Amount, weight);
        }
        let (name, tag) = low.part(me, &part("users-served"));
        let served = low.net.consumer(balance, name, tag, 0, Demand::Load(asks));
        let (name, tag) = low.part(me, &part("users-asking"));
        let asked = low.net.gauge(balance, Gauge::Asked, name, tag);
        let (name, tag) = low.part(me, &part("share-served"));
        let share = low.net.ratio(name, tag, served, asked);
        low.net.hard(level, share, Reading::Amount);
        if let Overload::Queue { keeps, late } = self.overload {
            let ceiling = i128::from(whole) * i128::from(keeps.us());
            let (name, tag) = low.part(me, &part("backlog"));
            let backlog = low.net.queue(balance, name, tag, ceiling);
            let label = format!("working off the backlog of {}", low.model.entity(me).label());
            low.stage(backlog, label, TileKind::Starting);
            let in_time = low.all(me, &part("in-time"), &[(backlog, Reading::Not)]);
            let worth = low.unit_of(me, &part("late"), UnitSpec::amount(late.ppm()));
            let best = low.level(me, &part("worth"), Combine::Max);
            low.net.part(best, in_time, Reading::Full, FULL_PPM);
            low.net.part(best, worth, Reading::Amount, FULL_PPM);
            low.net.hard(level, best, Reading::Amount);
        }
        low.of_mut(me).asked.push(Asked {
            balance,
            users: served,
        });
    }
}

/// Who asks.
pub(super) struct Asking {
    /// How many users there are at most.
    pub users: i64,
    /// The profile that they follow.
    pub profile: Option<Profile>,
}

impl Asking {
    /// All users, in millionths, since levels are counted so.
    fn whole(&self) -> i64 {
        self.users.saturating_mul(FULL_PPM)
    }

    /// Declares the unit that gives what is asked for.
    fn declare(self, low: &mut Lowering<'_>, me: EntityId) -> NodeId {
        let whole = self.whole();
        let now = self.profile.as_ref().map_or(WHOLE_PPB, |profile| profile.at(0));
        let asks = low.unit_of(me, "asks", UnitSpec::amount(Profile::part(whole, now)));
        low.net.draw(asks, asks, Reading::Amount, 1);
        low.of_mut(me).asks = Some(asks);
        if let Some(profile) = self.profile {
            let label = format!("the users of {}", low.model.entity(me).label());
            follow(low, me, asks, whole, profile, label);
        }
        asks
    }
}
