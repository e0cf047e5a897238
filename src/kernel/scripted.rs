//! What tests of small networks share: an agent that acts by a list.

use super::{Action, Agent, Builder, Limits, Orders, Tag, View, Wake};
use crate::random::Law;

/// A list of actions at times.
struct Script(Vec<(u64, Action)>);

impl Agent for Script {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, _view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => {
                for (entry, &(at, _)) in (0u32..).zip(&self.0) {
                    orders.timer(at, entry, entry);
                }
            }
            Wake::Timer(entry) => orders.act(self.0[entry as usize].1, entry),
            _ => {}
        }
    }
}

/// Declares the agent `script`: each action is one of its entries, in the order given.
pub(crate) fn script(builder: &mut Builder, actions: Vec<(u64, Action)>) {
    builder.agent("script", tag(), Box::new(Script(actions)), Vec::new());
}

/// The tag of what belongs to nothing.
pub(crate) fn tag() -> Tag {
    Tag::default()
}

/// Always so many microseconds.
pub(crate) fn fixed(us: u64) -> Law {
    Law::fixed_us(us)
}

/// Bounds that no small test reaches.
pub(crate) fn limits(horizon_us: u64) -> Limits {
    Limits {
        horizon_us,
        events_max: 1_000_000,
        settlings_max: 1_000,
    }
}
