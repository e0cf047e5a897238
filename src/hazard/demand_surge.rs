//! More users than usual: an event, a fright, the users of somebody else who is down.
//!
//! It leaves out: users who stay away afterwards, and a surge that grows bit by bit. Of two at a time upon one service the later one counts, and the
//! end of either ends both.

use super::draws::Draws;
use super::laid_out::{self, Course};
use super::when;
use crate::component::{PLACES, SERVICES, Service};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, FULL_PPM};
use crate::model::{
    Hazard, HazardKind, Lowering, Model, Moment, References, Targets, read_hazard, schema_of,
};
use crate::quantity::Loading;
use crate::random::{Law, LawInput};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// More users than usual.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DemandSurge {
    /// The services that are asked for more; it is said of each what its servers carry (`load`).
    pub of: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// What they are asked for, as a share of the usual at that hour.
    pub to: Loading,
    /// How long.
    pub r#for: LawInput,
}

/// The tag `demand-surge`.
pub const KIND: HazardKind = HazardKind {
    tag: "demand-surge",
    docs: "More users than usual for a while: what is asked of services is multiplied. It must be said of them what their servers carry.",
    example: "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 40}}\nservices: {shop: {users: 40000, runs-on: {web-a: \
              {active: 40}}, load: {server-carries: 1500}}}\nhappens: {sale: {demand-surge: {of: shop, at: +1 h, to: 250 %}}}\n",
    schema: schema_of::<DemandSurge>,
    read: read_hazard::<DemandSurge>,
};

impl Hazard for DemandSurge {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, SERVICES, PLACES, "demand-surge › of");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › demand-surge");
        when::check(self.at.as_ref(), &path, model, issues);
        for target in model.select(&self.of) {
            let service = model.get::<Service>(target.value);
            if service.is_none_or(|service| service.load.is_none()) {
                let message = format!(
                    "it is not said what the servers of `{}` carry, so that more users do nothing to it",
                    model.entity(target.value).id
                );
                let issue = Issue::warning("nothing-happens", target.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › of"))
                        .help("say how many users a server carries: `load: {server-carries: 1500}`"),
                );
            }
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let (mut more, mut usual) = (Vec::new(), Vec::new());
        let chosen = low.model.select(&self.of);
        for target in &chosen {
            for asked in &low.of(target.value).asked {
                let node = asked.users;
                more.push(Action::Surge {
                    node,
                    ppm: self.to.ppm(),
                });
                usual.push(Action::Surge { node, ppm: FULL_PPM });
            }
        }
        let names = chosen.iter().map(|target| low.model.entity(target.value).label());
        let names = names.collect::<Vec<_>>().join(", ");
        let lines = vec![
            (format!("{} of the usual users of {names}", self.to), more),
            (format!("{names} asked for as usual again"), usual),
        ];
        let lasts = Surging {
            lasts: self.r#for.law(),
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), low.model), lines, lasts);
    }
}

/// A surge.
#[derive(Debug)]
struct Surging {
    lasts: Law,
}

// The line after that of the beginning.
const USUAL: usize = 1;

impl Course for Surging {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let lasts = draws.law(&self.lasts, 0, 0).max(1);
        vec![(start.saturating_add(lasts), USUAL)]
    }
}
