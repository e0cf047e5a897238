//! Loads: what draws power and is measured by what it gets of it. Offices, a town, another tenant, a hall of servers as its supplier sees it.

use super::follows::follow;
use super::thermal;
use super::{HUBS, PLACES, PROFILES, check_thresholds};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Combine, Demand, Reading, UnitSpec};
use crate::model::{
    Class, Component, Drawn, EntityId, Handles, Kind, Lowering, Measured, Model, Profile, Ref, References,
    Tier, WHOLE_PPB, read_component, schema_of,
};
use crate::quantity::{Count, Power, Share, SimDuration};
use schemars::JsonSchema;
use serde::Deserialize;

/// Something that draws power. Its level is the share that it gets of what it draws.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Load {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The place where it stands; anywhere if not given.
    pub r#in: Option<Ref>,
    /// The bus, transformer or PDU from which it draws.
    pub fed_by: Ref,
    /// What it draws; the most that it draws if it follows a profile.
    pub draws: Power,
    /// The profile that it follows; without one it always draws the same.
    pub profile: Option<Ref>,
    /// How important it is: 1 (served first where the bus serves by tier) to 9.
    pub tier: Tier,
    /// How many users it has; without any its loss is noticed by monitoring alone.
    #[serde(default)]
    pub users: Count,
    /// Recovery time objective: how long an outage may last.
    pub rto: Option<SimDuration>,
    /// The share served below which it counts as down.
    pub down_below: Share,
    /// The share served at which it counts as recovered.
    pub recovered_at: Share,
    /// How long it must stay recovered for that to count; if not given: to the horizon, and at least an hour.
    pub settled_for: Option<SimDuration>,
}

/// The section `loads`.
pub const KIND: Kind = Kind {
    section: "loads",
    noun: "load",
    docs: "Something that draws power: offices, a town, another tenant. Its level is the share that it gets of what it draws. Where what \
           feeds a bus cannot give what its loads draw, they get less.",
    example: "blackstart: 1\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha, capacity: 3 MW, fails: {mttf: 4000 h, mttr: 2 h}}}\n\
              generators: {sets: {in: alpha, stands-in-for: grid-a, units: 3, capacity: 1 MW, fails-to-start: 1 %, fails-in-operation: {mttf: 500 h, mttr: 20 h}}}\n\
              buses: {bus-a: {in: alpha, fed-by: [grid-a, sets]}}\nloads: {hall: {fed-by: bus-a, draws: 2.5 MW}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Direct,
    schema: schema_of::<Load>,
    read: read_component::<Load>,
};

impl Load {
    /// What it draws at a moment, in watts.
    fn draws_w(&self, profile: Option<&Profile>, at_us: u64) -> i64 {
        Profile::part(
            self.draws.w(),
            profile.map_or(WHOLE_PPB, |profile| profile.at(at_us)),
        )
    }

    /// The most that it ever draws, in watts.
    pub(super) fn peak_w(&self, model: &Model) -> i64 {
        let peak = self
            .profile
            .as_ref()
            .map_or(WHOLE_PPB, |name| model.profile(name).peak());
        Profile::part(self.draws.w(), peak)
    }
}

impl Component for Load {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn place(&self) -> Option<&Ref> {
        self.r#in.as_ref()
    }

    fn references(&self, out: &mut References<'_>) {
        if let Some(place) = &self.r#in {
            out.one(place, PLACES, "in");
        }
        out.one(&self.fed_by, HUBS, "fed-by");
        if let Some(profile) = &self.profile {
            out.one(profile, PROFILES, "profile");
        }
    }

    fn upstream(&self) -> Vec<&Ref> {
        vec![&self.fed_by]
    }

    fn tier(&self) -> Option<Tier> {
        Some(self.tier)
    }

    fn draws_w_max(&self, model: &Model) -> Option<i64> {
        Some(self.peak_w(model))
    }

    fn measured(&self) -> Option<Measured<'_>> {
        Some(Measured {
            tier: self.tier,
            users: self.users.get(),
            profile: self.profile.as_ref(),
            down_below_ppm: self.down_below.ppm(),
            recovered_at_ppm: self.recovered_at.ppm(),
            settled_for_us: self.settled_for.map(SimDuration::us),
            rto_us: self.rto.map(SimDuration::us),
        })
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        check_thresholds(self.down_below, self.recovered_at, me, model, issues);
        if self.draws == Power::ZERO {
            let entity = model.entity(me);
            let message = format!("`{}` draws nothing", entity.id);
            issues.push(
                Issue::error("out-of-bounds", entity.span, message).at(format!("{} › draws", entity.path())),
            );
        }
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        let level = low.level(me, "level", Combine::Min);
        let well = self.down_below.ppm();
        *low.of_mut(me) = Handles {
            out: Some((level, Reading::AtLeast(well))),
            level: Some((level, well)),
            alarm: Some((level, Reading::Below(well))),
            lost: Some((level, well)),
            ..Handles::default()
        };
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        let profile = self.profile.as_ref().map(|name| low.profile(name));
        let amount = self.draws_w(profile.as_ref(), 0);
        let draws = low.unit_of(me, "draws", UnitSpec::amount(amount));
        low.net.draw(draws, draws, Reading::Amount, 1);
        let hub = low.named(&self.fed_by).clone();
        let balance = hub.balance.expect("a place that loads draw from has a balance");
        let (name, tag) = low.part(me, "granted");
        let rank = low.model.rank(me);
        let granted = low.net.consumer(balance, name, tag, rank, Demand::Load(draws));
        let (name, tag) = low.part(me, "share");
        let share = low.net.ratio(name, tag, granted, draws);
        let (level, _) = low.of(me).level.expect("a load has a level");
        let live = hub.out.expect("a hub shows whether it is live");
        low.net.hard(level, share, Reading::Amount);
        low.net.hard(level, live.0, Reading::Full);
        thermal::warms(
            low,
            me,
            ((granted, Reading::Amount), 1),
            ((draws, Reading::Amount), 1),
        );
        if let Some(to) = hub.carried {
            low.net.draw(to, draws, Reading::Amount, 1);
        }
        low.of_mut(me).drawn = Some(Drawn { draws, granted, live });
        if let Some(profile) = profile {
            let label = format!("what {} draws", low.model.entity(me).label());
            follow(low, me, draws, self.draws.w(), profile, label);
        }
    }
}
