//! How fast the engine is: events a second on synthetic networks, replications a second on the Pangyo fire.
//!
//! `cargo bench --bench engine`, or with a filter: `cargo bench --bench engine -- pangyo`. The figures are those of the machine at hand;
//! no test asserts them.

mod models;

use blackstart::analysis::run::layout;
use blackstart::compile::{Compiled, compile, language, validate};
use blackstart::kernel::{
    Action, Agent, Builder, Limits, Netlist, NodeId, Orders, Reading, Scratch, State, Tag, UnitSpec, View,
    Wake, run,
};
use blackstart::monte_carlo::{EVENTS_MAX, Plan, Replica, simulate};
use blackstart::random::Key;
use blackstart::scenario::load;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

use models::HOUR_US;

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

/// Units that fail and are repaired, for as long as makes many events.
fn repairable(n: u32, heads: Option<i64>) -> Bench {
    let mut builder = Builder::new();
    models::repairable(&mut builder, n, heads);
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
    compile(validate(&mut loaded).expect("a valid scenario"))
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
