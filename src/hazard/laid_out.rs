//! Hazards whose whole course is known at their beginning: nothing that the design does changes it, so it is laid out then, from keyed draws.

use std::fmt::Debug;

use super::draws::Draws;
use super::told::told;
use crate::kernel::{Action, Agent, Orders, View, Wake};
use crate::model::Lowering;

/// What is told of one thing that happens, and what it does to the design.
pub type Line = (String, Vec<Action>);

/// The course of a hazard.
pub trait Course: Debug + Send + Sync + 'static {
    /// What happens after a beginning at `start`: times in microseconds, and the lines.
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)>;
}

/// Declares the agent of a hazard that begins at `at_us` with the first of its lines.
pub fn wire(low: &mut Lowering<'_>, id: &str, at_us: u64, lines: Vec<Line>, course: impl Course) {
    let (labels, acts): (Vec<String>, Vec<Vec<Action>>) = lines.into_iter().unzip();
    let entries = labels.into_iter().enumerate();
    let entries = entries
        .map(|(line, label)| told(label, (line == 0).then_some(at_us)))
        .collect();
    let agent = LaidOut { at_us, acts, course };
    low.agent_of_hazard(id, Box::new(agent), id.to_owned(), entries);
}

const BEGINS: u32 = 0;

/// Lays the course out at the beginning, and does at each time what happens then.
#[derive(Debug)]
struct LaidOut<C> {
    at_us: u64,
    acts: Vec<Vec<Action>>,
    course: C,
}

impl<C: Course> Agent for LaidOut<C> {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        match why {
            Wake::Begin => orders.timer(self.at_us, BEGINS, BEGINS),
            Wake::Timer(code) => {
                let acts = &self.acts[code as usize];
                acts.iter().for_each(|&action| orders.act(action, code));
                if acts.is_empty() {
                    orders.note(code);
                }
                if code == BEGINS {
                    let draws = Draws(&|number| orders.stream(number));
                    for (at, line) in self.course.course(view.now(), &draws) {
                        let line = u32::try_from(line).expect("fewer than 2^32 things");
                        orders.timer(at, line, line);
                    }
                }
            }
            Wake::Changed(_) | Wake::Done(_) | Wake::Failed(_) | Wake::TimedOut(_) => {}
        }
    }
}
