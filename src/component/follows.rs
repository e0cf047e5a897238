//! What follows a profile: an amount that is set anew at every step.

use crate::kernel::{Action, Agent, NodeId, Orders, View, Wake};
use crate::model::{EntityId, EntryInfo, Lowering, Profile, TileKind};

/// Lets the amount of a unit be so much, times what a profile says. `label` is what that is called.
pub(super) fn follow(
    low: &mut Lowering<'_>,
    me: EntityId,
    unit: NodeId,
    whole: i64,
    profile: Profile,
    label: String,
) {
    let entries = vec![EntryInfo {
        label: label.clone(),
        tile: TileKind::OutsideAction,
        source: None,
        at_us: None,
    }];
    let agent = Following { unit, whole, profile };
    low.agent_of(me, "profile", Box::new(agent), Vec::new(), label, entries);
}

/// Sets an amount at every step of a profile.
#[derive(Debug)]
struct Following {
    unit: NodeId,
    whole: i64,
    profile: Profile,
}

impl Agent for Following {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        let now = view.now();
        if let Wake::Timer(_) = why {
            let action = Action::SetAmount {
                node: self.unit,
                amount: Profile::part(self.whole, self.profile.at(now)),
            };
            orders.act(action, 0);
        }
        if let Some(next) = self.profile.next(now) {
            orders.timer(next, 0, 0);
        }
    }
}
