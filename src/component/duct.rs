//! What links have in common: the duct in which they lie, the carrier that runs them.

use super::distribution::electrical;
use super::fails::{self, Fails};
use crate::diagnostics::Issues;
use crate::model::{
    Class, Component, EntityId, Expect, Kind, Lives, Lowering, Model, References, Stratum, read_component,
    schema_of,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Something that links and uplinks share, and without which none of them works.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shared {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// How it fails by itself, and how it is repaired; without it, it does not fail by itself.
    pub fails: Option<Fails>,
}

/// The section `ducts`.
pub const DUCTS: Kind = Kind {
    section: "ducts",
    noun: "duct",
    docs: "A duct, trench, bridge or building entry through which links run: whatever cuts it cuts all links that share it.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {}, beta: {}}\nducts: {duct-7: {name: Under the bridge}}\nlinks: {dark-fibre-1: {between: \
              [alpha, beta], shares: duct-7}, dark-fibre-2: {between: [alpha, beta], shares: duct-7}}\nhappens: {digger: {loss-of: {ids: duct-7, at: +1 h, for: 12 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Network),
    class: Class::Network,
    schema: schema_of::<Shared>,
    read: read_component::<Shared>,
};

/// The section `carriers`.
pub const CARRIERS: Kind = Kind {
    section: "carriers",
    noun: "carrier",
    docs: "A company that runs links and uplinks: whatever takes it takes all of them.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {}}\ncarriers: {north-tel: {}, south-net: {}}\nuplinks: {alpha-up-1: {from: alpha, carrier: \
              north-tel}, alpha-up-2: {from: alpha, carrier: south-net}}\nhappens: {bad-day: {loss-of: {ids: north-tel, at: +1 h, for: 15 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: Some(Stratum::Network),
    class: Class::Network,
    schema: schema_of::<Shared>,
    read: read_component::<Shared>,
};

/// A duct that a link shares.
pub(super) const A_DUCT: Expect = Expect {
    sections: &["ducts"],
    noun: "duct",
};
/// A carrier that runs a link.
pub(super) const A_CARRIER: Expect = Expect {
    sections: &["carriers"],
    noun: "carrier",
};

impl Component for Shared {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        fails::references(self.fails.as_ref(), out);
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        fails::check(self.fails.as_ref(), me, model, issues);
    }

    fn lives(&self) -> Option<Lives> {
        self.fails.as_ref()?.lives(1)
    }

    fn fails_by_itself(&self) -> Option<bool> {
        Some(self.fails.is_some())
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, self.fails.as_ref());
    }

    fn wire(&self, low: &mut Lowering<'_>, me: EntityId) {
        fails::wire_body(low, me, self.fails.as_ref());
    }
}
