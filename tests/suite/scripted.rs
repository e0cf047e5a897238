//! An agent that acts by a list.

use blackstart::kernel::{Action, Agent, Builder, Orders, Tag, View, Wake};

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

/// Declares an agent that does each action at its time (in microseconds); those of one time in the order given.
pub fn script(builder: &mut Builder, actions: Vec<(u64, Action)>) {
    builder.agent("script", Tag::default(), Box::new(Script(actions)), Vec::new());
}
