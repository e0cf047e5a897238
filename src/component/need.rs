//! What a service needs of other services and stores.

use crate::kernel::{BufferSpec, Combine, FULL_PPM, NodeId, Reading, UnitSpec};
use crate::model::{EntityId, Input, Lowering};
use crate::quantity::{Share, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// How a service needs another service or a store.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Need {
    /// It is never better than what it needs, and starts only while that is up.
    Hard {
        /// How long it goes on without (cached sessions, queues); whole again as soon as the need is up.
        #[serde(default)]
        grace: Option<SimDuration>,
    },
    /// It loses a share of its level in proportion to what the need lacks.
    Soft {
        /// The share that it loses when the need is wholly gone.
        loses: Share,
    },
    /// It starts only while the need is up; once running it does without.
    Start,
    /// It falls back to something worse while the need is down.
    Fallback {
        /// The level that the fallback still gives.
        quality: Share,
    },
}

impl Need {
    /// Joins the level of a service to that of what it needs.
    pub(super) fn wire(&self, low: &mut Lowering<'_>, me: EntityId, level: NodeId, need: EntityId) {
        let (needed, well) = low.of(need).level.expect("a service or store has a level");
        let id = low.model.entity(need).id.clone();
        if let Some(worth) = self.worth(low, me, &id, needed, well) {
            self.join(low, level, worth);
        }
    }

    /// What the need is worth now, in the grace, or with the fallback; `part` is what the parts for it are called. `None` for what is needed
    /// for a start alone.
    pub(super) fn worth(
        &self,
        low: &mut Lowering<'_>,
        me: EntityId,
        part: &str,
        needed: NodeId,
        well: i64,
    ) -> Option<NodeId> {
        match self {
            Self::Hard { grace: Some(grace) } if *grace > SimDuration::ZERO => {
                let left = lasting(
                    low,
                    me,
                    &format!("{part}/grace"),
                    *grace,
                    (needed, Reading::AtLeast(well)),
                );
                let graced = low.level(me, &format!("{part}/graced"), Combine::Max);
                low.net.part(graced, needed, Reading::Amount, FULL_PPM);
                low.net.part(graced, left, Reading::Full, FULL_PPM);
                Some(graced)
            }
            Self::Hard { .. } | Self::Soft { .. } => Some(needed),
            Self::Start => None,
            Self::Fallback { quality } => {
                let fallback = low.unit_of(me, &format!("{part}/fallback"), UnitSpec::amount(quality.ppm()));
                let best = low.level(me, &format!("{part}/best"), Combine::Max);
                low.net.part(best, needed, Reading::Amount, FULL_PPM);
                low.net.part(best, fallback, Reading::Amount, FULL_PPM);
                Some(best)
            }
        }
    }

    /// Joins the level of a service to what a need is worth.
    pub(super) fn join(&self, low: &mut Lowering<'_>, level: NodeId, worth: NodeId) {
        match self {
            Self::Soft { loses } => low.net.soft(level, worth, Reading::Amount, loses.ppm()),
            Self::Hard { .. } | Self::Fallback { .. } => low.net.hard(level, worth, Reading::Amount),
            Self::Start => {}
        }
    }

    /// Whether without it a service is not there at all.
    pub(super) fn is_vital(&self) -> bool {
        matches!(self, Self::Hard { .. } | Self::Fallback { .. })
    }
}

/// What lasts for a time after something has gone: it drains while that is gone, and is filled again within 1 µs of it being back.
pub(super) fn lasting(
    low: &mut Lowering<'_>,
    me: EntityId,
    part: &str,
    lasts: SimDuration,
    (from, reading): Input,
) -> NodeId {
    let full = i128::from(lasts.us());
    let fills = 1 + i64::try_from(lasts.us()).expect("a duration of the language is below 2^63 µs");
    let (name, tag) = low.part(me, part);
    let left = low.net.buffer(
        name,
        tag,
        BufferSpec {
            ceiling: full,
            start: full,
            rearm: full,
            base_rate: -1,
        },
    );
    low.net.rate(left, from, reading, fills);
    left
}
