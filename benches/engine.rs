//! How fast the engine is: events a second on synthetic networks, replications a second on the Pangyo fire.
//!
//! `cargo bench --bench engine`, or with a filter: `cargo bench --bench engine -- pangyo`. The figures are those of the machine at hand;
//! no test asserts them.

use blackstart::analysis::run::layout;
use blackstart::compile::{Compiled, compile, language, validate};
use blackstart::kernel::{
    Action, Agent, Builder, Call, Clock, CrewId, Effect, Limits, Netlist, NodeId, OnError, Orders, Reading,
    Scratch, State, Tag, Takes, UnitSpec, View, Wake, Way, WorkSpec, run,
};
use blackstart::monte_carlo::{EVENTS_MAX, Plan, Replica, simulate};
use blackstart::random::{Exponential, Key, Law};
use blackstart::scenario::load;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

/// An hour in microseconds.
const HOUR_US: u64 = 3_600_000_000;

fn exponential(mean_us: f64) -> Law {
    Law::Exponential(Exponential::new(mean_us).expect("a positive mean"))
}

/// A network on memory that is used again.
struct Bench {
    net: Netlist,
    state: State,
    scratch: Scratch,
    limits: Limits,
}

impl Bench {
    fn new(builder: Builder, horizon_us: u64) -> Self {
        let net = builder.finish().expect("a sound network");
        let (state, scratch) = (State::new(&net), Scratch::new(&net));
        let limits = Limits {
            horizon_us,
            events_max: EVENTS_MAX,
            settlings_max: 1_000_000,
        };
        Self {
            net,
            state,
            scratch,
            limits,
        }
    }

    /// Runs one replication and returns how many events it had.
    fn run(&mut self, number: u32) -> u64 {
        let key = Key::new(1, number);
        run(
            &self.net,
            &mut self.state,
            &mut self.scratch,
            key,
            self.limits,
            &mut (),
        )
        .expect("a replication that ends")
        .events
    }
}

/// Measures events a second; the number of events of a replication is taken from the first.
fn measure(criterion: &mut Criterion, name: &str, mut bench: Bench) {
    let events = bench.run(0);
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(events)).sample_size(20);
    group.bench_function("events", |bencher| bencher.iter(|| black_box(bench.run(0))));
    group.finish();
}

/// A unit that fails after 1,000 hours in the mean.
fn failing(builder: &mut Builder, name: String) -> NodeId {
    let clock = Clock::new(exponential(1000.0 * HOUR_US as f64));
    builder.unit(
        name,
        Tag::default(),
        UnitSpec {
            clocks: vec![clock],
            ..UnitSpec::flag()
        },
    )
}

/// Repairs a unit as soon as `crew` has a free head (or at once, without a crew), in 10 hours in the mean.
fn repair(builder: &mut Builder, name: String, unit: NodeId, crew: Option<CrewId>, rank: u32) {
    let way = Way {
        name: "repair".to_owned(),
        needs: Vec::new(),
        crew: crew.map(|crew| (crew, 1)).into_iter().collect(),
        takes: Takes::Once(exponential(10.0 * HOUR_US as f64)),
        errs_ppm: 0,
        patience_us: u64::MAX,
        ..Way::default()
    };
    let work = WorkSpec {
        call: Call::When(unit, Reading::Not),
        goal: None,
        keep: None,
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
fn repairable(n: u32, heads: Option<i64>) -> Bench {
    let mut builder = Builder::new();
    let crew = heads.map(|heads| {
        let present = builder.unit("heads", Tag::default(), UnitSpec::amount(heads));
        builder.crew("crew", Tag::default(), vec![present])
    });
    let gate = builder.gate("needed", Tag::default(), i64::from(n * 9 / 10));
    for number in 0..n {
        let unit = failing(&mut builder, format!("unit-{number}"));
        builder.term(gate, unit, Reading::Flag, 1);
        repair(&mut builder, format!("repair-{number}"), unit, crew, number % 5);
    }
    let years = if n > 100 { 1 } else { 100 };
    Bench::new(builder, years * 8_766 * HOUR_US)
}

/// Breaks and repairs one unit in turn, each second.
struct Blinking {
    unit: NodeId,
}

impl Agent for Blinking {
    fn registers(&self) -> usize {
        0
    }

    fn wake(&self, why: Wake, view: &View<'_>, _registers: &mut [i64], orders: &mut Orders<'_>) {
        if let Wake::Timer(_) = why {
            let action = match view.value(self.unit) {
                0 => Action::Repair { node: self.unit },
                _ => Action::Break {
                    node: self.unit,
                    items: 1,
                },
            };
            orders.act(action, 0);
        }
        orders.timer(view.now() + 1_000_000, 0, 0);
    }
}

/// A unit that falls and returns a hundred times, and 10,000 gates that follow: 100 chains of 100.
fn propagation() -> Bench {
    let mut builder = Builder::new();
    let unit = builder.unit("unit", Tag::default(), UnitSpec::flag());
    for chain in 0..100 {
        let mut above = unit;
        for link in 0..100 {
            above = builder.all(
                format!("gate-{chain}-{link}"),
                Tag::default(),
                &[(above, Reading::Flag)],
            );
        }
    }
    builder.agent(
        "blinking",
        Tag::default(),
        Box::new(Blinking { unit }),
        Vec::new(),
    );
    Bench::new(builder, 100_500_000)
}

fn engine(criterion: &mut Criterion) {
    measure(criterion, "10 repairable units", repairable(10, None));
    measure(criterion, "1,000 repairable units", repairable(1_000, None));
    measure(
        criterion,
        "1,000 units, 5 heads, priorities",
        repairable(1_000, Some(5)),
    );
    // Here what counts is how many gates settle: 10,000 at each of 100 changes.
    let mut bench = propagation();
    let mut group = criterion.benchmark_group("10,000 gates follow a unit");
    group.throughput(Throughput::Elements(1_000_000)).sample_size(20);
    group.bench_function("gates", |bencher| bencher.iter(|| black_box(bench.run(0))));
    group.finish();
}

fn scenario(path: &str) -> Compiled {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let limits = blackstart::scenario::Limits::default();
    let mut loaded = load(&path, &language(), &[], &limits).expect("a scenario of the repository");
    compile(&validate(&mut loaded).expect("a valid scenario"))
}

fn pangyo(criterion: &mut Criterion) {
    let compiled = scenario("scenarios/pangyo-2022/as-it-happened.yaml");
    let layout = layout(&compiled);
    let plan = Plan {
        compiled: &compiled,
        layout: &layout,
        seed: 1,
        events_max: EVENTS_MAX,
    };
    let mut replica = Replica::new(plan);
    let events = replica.events(0).expect("a replication that ends");
    let mut group = criterion.benchmark_group("Pangyo 2022");
    group.sample_size(20).throughput(Throughput::Elements(events));
    group.bench_function("events, unwatched", |bencher| {
        bencher.iter(|| black_box(replica.events(0)))
    });
    group.throughput(Throughput::Elements(256)).sample_size(10);
    group.bench_function("replications with rows, all threads", |bencher| {
        bencher.iter(|| black_box(simulate(plan, 256, &|_| {})))
    });
    group.finish();
}

criterion_group!(benches, engine, pangyo);
criterion_main!(benches);
