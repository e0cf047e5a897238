//! Everything goes dark: the black start.
//!
//! It leaves out: what the dark does to people and doors, and what was written when the power went.

use super::does::dark;
use super::draws::Draws;
use super::laid_out::{self, Course};
use super::when;
use crate::component::{PLACES, Site};
use crate::diagnostics::Issues;
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::random::{Law, LawInput};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// All that has power loses it at once, whatever stands in for the grid, and stores of energy are empty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Blackout {
    /// The places that go dark; all sites if not given.
    pub of: Option<Targets>,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long it is dark; the shortest time if not given, so that all times count from when power is back.
    pub r#for: Option<LawInput>,
}

/// The tag `blackout`.
pub const KIND: HazardKind = HazardKind {
    tag: "blackout",
    docs: "All that has power in some places, or everywhere, loses it at once, and batteries are empty: what then comes up again, and in which order, is the \
           black start. `initial: dark` is a blackout of everything at the start.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nbatteries: {bat-a: {in: alpha}}\nups: {ups-a: {in: alpha, \
              fed-by: grid-a, batteries: bat-a}}\npools: {web-a: {in: alpha, servers: 120, fed-by: ups-a}}\nservices: {login: {users: 1000, runs-on: {web-a: \
              {active: 40}}}}\nhappens: {everything: blackout}\n",
    schema: schema_of::<Blackout>,
    read: read_hazard::<Blackout>,
};

impl Blackout {
    fn places(&self, model: &Model) -> Vec<EntityId> {
        match &self.of {
            Some(of) => model.select(of).into_iter().map(|place| place.value).collect(),
            None => model.all::<Site>().map(|(id, _)| id).collect(),
        }
    }
}

impl Hazard for Blackout {
    fn references(&self, out: &mut References<'_>) {
        if let Some(of) = &self.of {
            out.targets(of, PLACES, PLACES, "blackout › of");
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        when::check(
            self.at.as_ref(),
            &format!("happens › {id} › blackout"),
            model,
            issues,
        );
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let places = self.places(low.model);
        let (goes, returns) = dark(low, &places);
        let label = match &self.of {
            None => "everything".to_owned(),
            Some(_) => {
                let labels = places.iter().map(|&place| low.model.entity(place).label());
                labels.collect::<Vec<_>>().join(", ")
            }
        };
        let lines = vec![
            (format!("{label} goes dark"), goes),
            (format!("power is back in {label}"), returns),
        ];
        let lasts = self.r#for.as_ref().map_or(Law::fixed_us(1), LawInput::law);
        laid_out::wire(
            low,
            id,
            when::us(self.at.as_ref(), low.model),
            lines,
            Dark { lasts },
        );
    }
}

/// The dark.
#[derive(Debug)]
struct Dark {
    lasts: Law,
}

// The line after that of the beginning.
const BACK: usize = 1;

impl Course for Dark {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let lasts = draws.law(&self.lasts, 0, 0).max(1);
        vec![(start.saturating_add(lasts), BACK)]
    }
}
