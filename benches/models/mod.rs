//! Networks that several benchmarks measure.

use blackstart::kernel::{
    Action, Builder, Call, Clock, CrewId, Effect, NodeId, OnError, Reading, Tag, Takes, UnitSpec, Way,
    WorkSpec,
};
use blackstart::random::{Exponential, Law};

/// An hour in microseconds.
pub const HOUR_US: u64 = 3_600_000_000;

/// Hours that a unit lives in the mean, and that its repair takes.
pub const LIFE_H: f64 = 1_000.0;
pub const REPAIR_H: f64 = 10.0;

fn exponential(mean_h: f64) -> Law {
    Law::Exponential(Exponential::new(mean_h * HOUR_US as f64).expect("a positive mean"))
}

/// A unit that fails after so many hours in the mean.
pub fn failing(builder: &mut Builder, name: String, life_h: f64) -> NodeId {
    let spec = UnitSpec {
        clocks: vec![Clock::new(exponential(life_h))],
        ..UnitSpec::flag()
    };
    builder.unit(name, Tag::default(), spec)
}

/// Repairs a unit as soon as `crew` has a free head (or at once, without a crew), in so many hours in the mean.
pub fn repair(
    builder: &mut Builder,
    name: String,
    unit: NodeId,
    crew: Option<CrewId>,
    rank: u32,
    repair_h: f64,
) {
    let way = Way {
        name: "repair".to_owned(),
        crew: crew.map(|crew| (crew, 1)).into_iter().collect(),
        takes: Takes::Once(exponential(repair_h)),
        patience_us: u64::MAX,
        ..Way::default()
    };
    let work = WorkSpec {
        call: Call::When(unit, Reading::Not),
        ways: vec![way],
        effects: vec![Effect::Act(Action::Repair { node: unit })],
        on_error: OnError::Retry,
        batch: 1,
        lanes: u32::MAX,
        serves: vec![(rank, unit, 1)],
        ..WorkSpec::default()
    };
    builder.work(name, Tag::default(), work);
}

/// `n` units that fail and are repaired, of which nine tenths are needed; with `heads`, repairs queue for them by priority.
pub fn repairable(builder: &mut Builder, n: u32, heads: Option<i64>) {
    let crew = heads.map(|heads| {
        let present = builder.unit("heads", Tag::default(), UnitSpec::amount(heads));
        builder.crew("crew", Tag::default(), vec![present])
    });
    let gate = builder.gate("needed", Tag::default(), i64::from(n) * 9 / 10);
    for number in 0..n {
        let unit = failing(builder, format!("unit-{number}"), LIFE_H);
        builder.term(gate, unit, Reading::Flag, 1);
        repair(
            builder,
            format!("repair-{number}"),
            unit,
            crew,
            number % 5,
            REPAIR_H,
        );
    }
}
