//! What many of the reference systems are made of: units that fail and are repaired, crews, and the end of a history.

use blackstart::kernel::{
    Action, Agent, Among, Begins, Builder, Call, Clock, CrewId, CrewRules, Effect, NodeId, Orders, Reading,
    Tag, Takes, Turns, UnitSpec, View, Wake, Way, WorkId, WorkSpec,
};
use blackstart::random::Law;

/// Microseconds in an hour.
pub const HOUR_US: f64 = 3.6e9;

/// Hours in microseconds, rounded.
pub fn hours(h: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "histories are neither negative nor longer than 500,000 years"
    )]
    let us = (h * HOUR_US).round() as u64;
    us
}

/// An exponential time of this mean (h).
pub fn exponential(mean_h: f64) -> Law {
    Law::exponential(mean_h * HOUR_US).expect("a positive mean")
}

/// Always so many hours.
pub fn fixed(h: f64) -> Law {
    Law::fixed_us(hours(h))
}

/// The tag of what belongs to nothing.
pub fn tag() -> Tag {
    Tag::default()
}

/// A life that is spent while `runs` reads true.
pub fn life(law: Law, runs: Option<(NodeId, Reading)>) -> Clock {
    Clock {
        runs,
        ..Clock::new(law)
    }
}

/// A unit with these lives, new at the beginning.
pub fn unit(b: &mut Builder, name: impl Into<String>, clocks: Vec<Clock>) -> NodeId {
    b.unit(
        name,
        tag(),
        UnitSpec {
            clocks,
            begins: Begins::New,
            ..UnitSpec::flag()
        },
    )
}

/// A unit without clocks that is held from the start by `reason`: a token that works lift and put back.
pub fn token(b: &mut Builder, name: impl Into<String>) -> NodeId {
    let reason = b.reason("put down");
    b.unit(
        name,
        tag(),
        UnitSpec {
            held: vec![reason],
            ..UnitSpec::flag()
        },
    )
}

/// Lifts a token.
pub fn take_up(b: &mut Builder, node: NodeId) -> Effect {
    let reason = b.reason("put down");
    Effect::Act(Action::Lift { node, reason })
}

/// Puts a token down.
pub fn put_down(b: &mut Builder, node: NodeId) -> Effect {
    let reason = b.reason("put down");
    Effect::Act(Action::Hold { node, reason })
}

/// A crew of so many heads, always present, who take equal priorities in the order in which they were called.
pub fn crew(b: &mut Builder, name: &str, heads: i64) -> CrewId {
    let present = b.unit(format!("{name} heads"), tag(), UnitSpec::amount(heads));
    let crew = b.crew(name, tag(), vec![present]);
    b.crew_rules(
        crew,
        CrewRules {
            turns: Turns::Priority(Among::FirstCome),
            ..CrewRules::default()
        },
    );
    crew
}

/// A way that takes `law` and one head of `crew`, if one is named.
pub fn way(crew: Option<CrewId>, law: Law) -> Way {
    Way {
        crew: crew.map(|crew| (crew, 1)).into_iter().collect(),
        takes: Takes::Once(law),
        ..Way::default()
    }
}

/// A work with one way.
pub fn work(call: Call, way: Way, effects: Vec<Effect>) -> WorkSpec {
    WorkSpec {
        call,
        ways: vec![way],
        effects,
        ..WorkSpec::default()
    }
}

/// Repairs `unit` whenever it has failed; `rank` orders the repairs that wait.
pub fn repair(b: &mut Builder, unit: NodeId, crew: Option<CrewId>, law: Law, rank: u32) -> WorkId {
    let spec = WorkSpec {
        serves: vec![(rank, unit, 1)],
        ..work(
            Call::When(unit, Reading::Not),
            way(crew, law),
            vec![Effect::Act(Action::Repair { node: unit })],
        )
    };
    let name = format!("repair {}", b.name(unit));
    b.work(name, tag(), spec)
}

/// Ends the world when `system` falls: for times to a first failure. Clocks that should stop then run while `world` is there.
struct EndOfTheWorld {
    system: NodeId,
    world: NodeId,
}

impl Agent for EndOfTheWorld {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        if matches!(why, Wake::Changed(_)) && view.value(self.system) == 0 {
            orders.act(Action::Destroy { node: self.world }, 0);
        }
    }
}

/// Destroys `world` when `system` falls for the first time.
pub fn end_with(b: &mut Builder, system: NodeId, world: NodeId) {
    let agent = EndOfTheWorld { system, world };
    b.agent("end of the world", tag(), Box::new(agent), vec![system]);
}

/// A list of actions at times (µs).
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

/// Does these actions at these times (µs).
pub fn script(b: &mut Builder, actions: Vec<(u64, Action)>) {
    b.agent("script", tag(), Box::new(Script(actions)), Vec::new());
}

/// Calls that come at random, so many in an hour.
pub fn arrivals(per_h: f64) -> Call {
    Call::Arrivals {
        law: exponential(1.0 / per_h),
        runs: None,
    }
}
