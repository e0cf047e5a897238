//! What a service needs of other services and stores.

use crate::kernel::{BufferSpec, Combine, FULL_PPM, NodeId, Reading, UnitSpec};
use crate::model::{EntityId, Lowering};
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
        match self {
            Self::Hard { grace: Some(grace) } if *grace > SimDuration::ZERO => {
                // It drains while the need is down and is filled again within 1 µs of it being up.
                let full = i128::from(grace.us());
                let fills =
                    1 + i64::try_from(grace.us()).expect("a duration of the language is below 2^63 µs");
                let (name, tag) = low.part(me, &format!("{id}/grace"));
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
                low.net.rate(left, needed, Reading::AtLeast(well), fills);
                let graced = low.level(me, &format!("{id}/graced"), Combine::Max);
                low.net.part(graced, needed, Reading::Amount, FULL_PPM);
                low.net.part(graced, left, Reading::Full, FULL_PPM);
                low.net.hard(level, graced, Reading::Amount);
            }
            Self::Hard { .. } => low.net.hard(level, needed, Reading::Amount),
            Self::Soft { loses } => low.net.soft(level, needed, Reading::Amount, loses.ppm()),
            Self::Start => {}
            Self::Fallback { quality } => {
                let fallback = low.unit_of(me, &format!("{id}/fallback"), UnitSpec::amount(quality.ppm()));
                let best = low.level(me, &format!("{id}/best"), Combine::Max);
                low.net.part(best, needed, Reading::Amount, FULL_PPM);
                low.net.part(best, fallback, Reading::Amount, FULL_PPM);
                low.net.hard(level, best, Reading::Amount);
            }
        }
    }
}
