//! The generic loss of anything.

use super::does::{Undone, undoable};
use super::told::told;
use super::when;
use crate::component::{LOSABLE, PLACES};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{Action, Agent, Orders, View, Wake};
use crate::model::{Hazard, HazardKind, Lowering, Model, Moment, References, Targets, schema_of};
use crate::random::{Law, LawInput};
use crate::scenario::{Entry, Node, Spanned, TreePath, Value, read_block};
use schemars::JsonSchema;
use serde::Deserialize;

/// The loss of any place, component, service, store, team or provider. `loss-of: ID` and `loss-of: [ID, ID]` are short forms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LossOf {
    /// What is lost.
    pub ids: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long it is lost; for good if not given.
    pub r#for: Option<LawInput>,
}

/// The tag `loss-of`.
pub const KIND: HazardKind = HazardKind {
    tag: "loss-of",
    docs: "The loss of any place, component, service, store, team or provider, at a time, for good or for a while. It is out of use, not \
           broken.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 120}}\nhappens: {gone: {loss-of: \
              {ids: alpha, at: +30 min, for: {lognormal: {median: 4 h, p90: 12 h}}}}}\n",
    schema: schema_of::<LossOf>,
    read: read_loss_of,
};

/// Reads the short forms, too: an id or a list of ids stands for the map with these `ids`.
fn read_loss_of(node: &Node, path: &TreePath<'_>, issues: &mut Issues) -> Option<Box<dyn Hazard>> {
    let is_short = match &node.value {
        Value::Map(entries) => entries.iter().any(|entry| entry.key.as_ref() == "kind"),
        _ => true,
    };
    let mut long = Node::empty_map(node.span);
    let block = if is_short && !node.is_null() {
        long.insert(Entry::new("ids", node.span, node.clone()));
        &long
    } else {
        node
    };
    read_block::<LossOf>(block, path, issues).map(|block| Box::new(block) as Box<dyn Hazard>)
}

impl Hazard for LossOf {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.ids, LOSABLE, PLACES, "loss-of");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › loss-of");
        when::check(self.at.as_ref(), &path, model, issues);
        if model.select(&self.ids).is_empty() {
            let span = self.ids.span();
            issues.push(Issue::warning("nothing-happens", span, "nothing is lost").at(path));
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let at_us = when::us(self.at.as_ref(), low.model);
        let things = low.model.select(&self.ids);
        let names: Vec<&str> = things
            .iter()
            .map(|thing| low.model.entity(thing.value).label())
            .collect();
        let names = names.join(", ");
        let entries = vec![
            told(format!("{names} lost"), Some(at_us)),
            told(format!("{names} back"), None),
        ];
        let (loses, gives_back) = undoable(low, Undone::Loss, &self.ids);
        let lasts = self.r#for.as_ref().map(LawInput::law);
        low.agent_of_hazard(
            id,
            Box::new(Losing {
                at_us,
                loses,
                gives_back,
                lasts,
            }),
            id.to_owned(),
            entries,
        );
    }
}

/// Takes things out of use at a time, and gives them back after a while.
#[derive(Debug)]
struct Losing {
    at_us: u64,
    loses: Vec<Action>,
    gives_back: Vec<Action>,
    lasts: Option<Law>,
}

const LOST: u32 = 0;
const BACK: u32 = 1;

impl Agent for Losing {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, LOST, LOST),
            Wake::Timer(LOST) => {
                for &action in &self.loses {
                    orders.act(action, LOST);
                }
                if let Some(lasts) = &self.lasts {
                    let us = lasts.sample_us(&mut orders.stream(0)).max(1);
                    orders.timer(view.now().saturating_add(us), BACK, BACK);
                }
            }
            Wake::Timer(_) => {
                for &action in &self.gives_back {
                    orders.act(action, BACK);
                }
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}
