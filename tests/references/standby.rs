//! Family 03, continued: standby that may fail to take over, utility with battery and generator, architectures of UPS modules.

use super::calls::share_of_histories;
use super::parts::{HOUR_US, crew, end_with, exponential, fixed, hours, life, repair, tag, unit, way, work};
use super::repairable::FAMILY;
use super::watch::{Cut, Model, first_times, steady};
use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{
    Action, BufferSpec, Builder, Call, Combine, Demand, Effect, NodeId, OnError, Policy, Reading, Returns,
    SelectorSpec, StarterSpec, UnitSpec, WorkSpec,
};
use blackstart::random::Law;

/// All references of the family with something that stands by.
pub fn references() -> Vec<Reference> {
    let mut all = vec![
        unrepaired("standby_nr_0", [0.001, 0.0, 1.0, 1000.0], 0.735_758_882_342_884_7),
        unrepaired(
            "standby_nr_2",
            [0.001, 0.0005, 0.95, 1000.0],
            0.642_903_075_115_166_1,
        ),
        unrepaired(
            "standby_nr_4",
            [0.0002, 0.00001, 0.99, 8760.0],
            0.461_433_129_368_700_73,
        ),
        repaired(
            "standby_rep_0",
            Pair {
                lambda: 0.001,
                dormant: 0.0,
                takes_over: 1.0,
                mu: 0.1,
                by_hand: 1.0,
            },
            [
                9.900_009_900_009_978e-5,
                9.900_009_900_009_9e-6,
                10.000_000_000_000_08,
                101_999.999_999_999_74,
            ],
        ),
        repaired(
            "standby_rep_2",
            Pair {
                lambda: 0.001,
                dormant: 0.0001,
                takes_over: 0.95,
                mu: 1.0 / 24.0,
                by_hand: 2.0,
            },
            [
                0.000_640_251_673_807_453_9,
                7.436_519_188_784_606e-5,
                8.609_561_241_676_753,
                13_732.984_293_193_695,
            ],
        ),
        with_battery_and_generator(
            "ups_gen_0",
            Supply {
                failures_per_h: 0.000_223_287_671_232_876_7,
                back_per_h: 0.757_575_757_575_757_6,
                battery_h: 0.25,
                starts: 0.99,
                fails_per_h: 0.001,
            },
            [
                2.822_680_900_755_187_7e-6,
                0.018_732_336_886_829_886,
                1.319_999_999_999_999_8,
                0.000_294_652_880_118_238_07,
            ],
        ),
        with_battery_and_generator(
            "ups_gen_2",
            Supply {
                failures_per_h: 0.001_369_863_013_698_630_1,
                back_per_h: 2.0,
                battery_h: 1.0 / 12.0,
                starts: 0.97,
                fails_per_h: 0.002,
            },
            [
                1.804_482_047_621_452_2e-5,
                0.316_145_254_743_278_4,
                0.5,
                0.000_684_462_696_783_025_3,
            ],
        ),
    ];
    all.extend(architectures());
    all
}

fn ppm(chance: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a chance is at most a million millionths"
    )]
    let ppm = (chance * 1e6).round() as i64;
    ppm
}

/// A primary with a standby that is started once the primary fails; no repair.
fn unrepaired(id: &'static str, [lambda, dormant, starts, t_h]: [f64; 4], answer: f64) -> Reference {
    let run = move |seed: Seed| {
        let mut b = Builder::new();
        let primary = unit(&mut b, "primary", vec![life(exponential(1.0 / lambda), None)]);
        let carries = b.starter(
            "carries",
            tag(),
            StarterSpec {
                initial_on: 0,
                fails_ppm: ppm(1.0 - starts),
                ..StarterSpec::automatic(Law::fixed_us(1))
            },
        );
        let mut lives = vec![life(exponential(1.0 / lambda), Some((carries, Reading::Flag)))];
        if dormant > 0.0 {
            lives.push(life(exponential(1.0 / dormant), Some((primary, Reading::Flag))));
        }
        let standby = unit(&mut b, "standby", lives);
        b.trigger(carries, primary, Reading::Not);
        b.require(carries, standby, Reading::Flag);
        let system = b.any(
            "system",
            tag(),
            &[(primary, Reading::Flag), (carries, Reading::Flag)],
        );
        let mut model = Model::new(b);
        let survived = share_of_histories(&mut model, hours(t_h), 10_000, seed, |state| {
            state.value(system) != 0
        });
        vec![survived]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!(
            "a primary (λ {lambda}/h) with a standby (λ {dormant}/h at rest) that starts with probability {starts}; no repair; {t_h} h"
        ),
        source: "closed form: e^(−λt)·[1 + p·(λ/λₛ)·(1 − e^(−λₛt))]",
        how: How::Kernel,
        quantities: vec![Quantity::by_chance("P(still up)", answer)],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// Two like units, one carrying, one at rest.
#[derive(Clone, Copy)]
struct Pair {
    lambda: f64,
    dormant: f64,
    takes_over: f64,
    mu: f64,
    by_hand: f64,
}

impl Pair {
    /// The network, and the gate that tells whether the system is up: a selector between the two, whose gap of a microsecond while
    /// a take-over works does not count.
    fn network(&self, once: bool) -> (Model, NodeId) {
        let mut b = Builder::new();
        let heads = crew(&mut b, "crew", 1);
        let world = b.unit("world", tag(), UnitSpec::flag());
        let system = b.selector(
            "source",
            tag(),
            SelectorSpec {
                returns: Returns::Never,
                auto: false,
                ..SelectorSpec::automatic(0, Law::fixed_us(1))
            },
        );
        // Which of the two is chosen, read off the load that the selector hands on.
        let choice = b.balance("choice", tag(), Policy::Proportional);
        b.supply(choice, world, Reading::Flag, 1);
        b.draw(system, world, Reading::Flag, 1);
        let units: Vec<NodeId> = ["a", "b"]
            .map(|name| self.unit(&mut b, name, (system, choice, world)))
            .into();
        for (source, (&this, &other)) in (0u32..).zip(units.iter().zip(units.iter().rev())) {
            self.works(&mut b, (system, source), (this, other), heads);
        }
        let down = b.starter(
            "down for longer",
            tag(),
            StarterSpec {
                initial_on: 0,
                trigger_hold_us: 10,
                ..StarterSpec::automatic(Law::fixed_us(1))
            },
        );
        b.trigger(down, system, Reading::Not);
        let up = b.all("system", tag(), &[(down, Reading::Not)]);
        if once {
            end_with(&mut b, up, world);
        }
        (Model::new(b), up)
    }

    fn unit(&self, b: &mut Builder, name: &str, around: (NodeId, NodeId, NodeId)) -> NodeId {
        let (system, choice, world) = around;
        // A level of no inputs gathers the load of the unit; the balance grants it, and the clock of carrying runs on the grant.
        let load = b.level(format!("load of {name}"), tag(), Combine::Min);
        let chosen = b.consumer(choice, format!("{name} is chosen"), tag(), 0, Demand::Load(load));
        let mut lives = Vec::new();
        if self.dormant > 0.0 {
            lives.push(life(
                exponential(1.0 / self.dormant),
                Some((world, Reading::Flag)),
            ));
        }
        let more = self.lambda - self.dormant;
        lives.push(life(exponential(1.0 / more), Some((chosen, Reading::Flag))));
        let this = unit(b, name, lives);
        b.source(system, this, Reading::Flag);
        b.pass_load_if_chosen(system, load, if name == "a" { 0 } else { 1 });
        this
    }

    /// Taking over: by itself at once, which may fail, or by hand. A repair that brings the first unit back brings the system back.
    fn works(
        &self,
        b: &mut Builder,
        (system, source): (NodeId, u32),
        (this, other): (NodeId, NodeId),
        heads: blackstart::kernel::CrewId,
    ) {
        let name = b.name(this).to_owned();
        let needed = b.all(
            format!("{name} is to take over"),
            tag(),
            &[(this, Reading::Flag), (system, Reading::Not)],
        );
        let transfer = Effect::Act(Action::Transfer { node: system, source });
        let mut at_once = way(None, Law::fixed_us(1));
        at_once.errs_ppm = ppm(1.0 - self.takes_over);
        let spec = WorkSpec {
            on_error: OnError::GiveUp,
            ..work(Call::When(needed, Reading::Flag), at_once, vec![transfer])
        };
        b.work(format!("{name} takes over"), tag(), spec);
        let by_hand = way(None, exponential(1.0 / self.by_hand));
        let spec = work(Call::When(needed, Reading::Flag), by_hand, vec![transfer]);
        b.work(format!("{name} is switched to by hand"), tag(), spec);
        let repaired = Effect::Act(Action::Repair { node: this });
        for (other_is, reading, effects) in [
            ("up", Reading::Flag, vec![repaired]),
            ("down", Reading::Not, vec![repaired, transfer]),
        ] {
            let when = b.all(
                format!("{name} is down with the other {other_is}"),
                tag(),
                &[(this, Reading::Not), (other, reading)],
            );
            let repair = way(Some(heads), exponential(1.0 / self.mu));
            let spec = work(Call::When(when, Reading::Flag), repair, effects);
            b.work(format!("repair {name} with the other {other_is}"), tag(), spec);
        }
    }
}

fn repaired(id: &'static str, pair: Pair, answers: [f64; 4]) -> Reference {
    let run = move |seed: Seed| {
        let (mut model, system) = pair.network(false);
        let cut = Cut {
            histories: 50,
            warm_up_h: 20.0 / pair.mu,
            window_h: 6.0 / answers[1],
            tail_h: 100.0 / pair.mu,
        };
        let down = steady(&mut model, &[(system, Reading::Not)], cut, seed)[0];
        let (mut model, system) = pair.network(true);
        let first = first_times(&mut model, (system, Reading::Not), 200, seed);
        vec![
            down.share(),
            down.per_hour(),
            down.mean_hours(),
            Estimate::mean(&first, HOUR_US),
        ]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!(
            "two like units (λ {}/h carrying, {}/h at rest), the other takes over with probability {}, else by hand in {} h or when the \
             first is repaired; crew of 1, {:.0} h a repair",
            pair.lambda,
            pair.dormant,
            pair.takes_over,
            1.0 / pair.by_hand,
            1.0 / pair.mu
        ),
        source: "Markov chain of four states, solved as linear equations",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("unavailability", answers[0]),
            Quantity::by_chance("failures per h", answers[1]),
            Quantity::by_chance("h per failure", answers[2]),
            Quantity::by_chance("h to the first failure, from new", answers[3]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// A supply that fails, a battery, a generator.
#[derive(Clone, Copy)]
struct Supply {
    failures_per_h: f64,
    back_per_h: f64,
    battery_h: f64,
    starts: f64,
    fails_per_h: f64,
}

impl Supply {
    fn network(&self) -> (Model, NodeId, NodeId) {
        let mut b = Builder::new();
        let lives = vec![life(exponential(1.0 / self.failures_per_h), None)];
        let utility = unit(&mut b, "utility", lives);
        repair(&mut b, utility, None, exponential(1.0 / self.back_per_h), 0);
        let generator = b.starter(
            "generator",
            tag(),
            StarterSpec {
                initial_on: 0,
                fails_ppm: ppm(1.0 - self.starts),
                ..StarterSpec::automatic(Law::fixed_us(1))
            },
        );
        let lives = vec![life(
            exponential(1.0 / self.fails_per_h),
            Some((generator, Reading::Flag)),
        )];
        let engine = unit(&mut b, "engine", lives);
        b.trigger(generator, utility, Reading::Not);
        b.require(generator, engine, Reading::Flag);
        // Once the utility is back, both are made ready for the next time.
        let ready = vec![
            Effect::Act(Action::Repair { node: engine }),
            Effect::Act(Action::Repair { node: generator }),
        ];
        let spec = work(
            Call::When(utility, Reading::Flag),
            way(None, Law::fixed_us(1)),
            ready,
        );
        b.work("make ready", tag(), spec);
        let full = i128::from(hours(self.battery_h));
        let battery = b.buffer(
            "battery",
            tag(),
            BufferSpec {
                ceiling: full,
                start: full,
                rearm: full,
                base_rate: 0,
            },
        );
        let alone = b.all(
            "battery alone",
            tag(),
            &[
                (utility, Reading::Not),
                (generator, Reading::Not),
                (engine, Reading::Flag),
            ],
        );
        b.rate(
            battery,
            utility,
            Reading::Flag,
            i64::try_from(full).expect("a short time"),
        );
        b.rate(battery, alone, Reading::Flag, -1);
        let from_battery = b.all(
            "from the battery",
            tag(),
            &[(battery, Reading::Flag), (engine, Reading::Flag)],
        );
        let load = b.any(
            "load",
            tag(),
            &[
                (utility, Reading::Flag),
                (generator, Reading::Flag),
                (from_battery, Reading::Flag),
            ],
        );
        (Model::new(b), load, utility)
    }
}

fn with_battery_and_generator(id: &'static str, supply: Supply, answers: [f64; 4]) -> Reference {
    let run = move |seed: Seed| {
        let (mut model, load, utility) = supply.network();
        let cut = Cut {
            histories: 60,
            warm_up_h: 100.0,
            window_h: 6.0 * 8760.0 / answers[1],
            tail_h: 100.0,
        };
        let readings = [(load, Reading::Not), (utility, Reading::Not)];
        let seen = steady(&mut model, &readings, cut, seed);
        let per_h = seen[0].per_hour();
        let year = 8760.0;
        let per_year = Estimate {
            value: per_h.value * year,
            error: per_h.error * year,
            interval: (per_h.interval.0 * year, per_h.interval.1 * year),
        };
        vec![seen[0].share(), per_year, seen[0].mean_hours(), seen[1].share()]
    };
    Reference {
        id,
        family: FAMILY,
        about: format!(
            "a utility that fails every {:.0} h for {:.2} h, a battery of {:.2} h, a generator that starts with probability {} and then \
             fails every {:.0} h; after that the battery does not help",
            1.0 / supply.failures_per_h,
            1.0 / supply.back_per_h,
            supply.battery_h,
            supply.starts,
            1.0 / supply.fails_per_h
        ),
        source: "renewal and reward over the failures of the utility, closed form",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("unavailability of the load", answers[0]),
            Quantity::by_chance("outages per year of 8,760 h", answers[1]),
            Quantity::by_chance("h per outage", answers[2]),
            Quantity::by_chance("unavailability of the utility", answers[3]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "the generator starts within 1 µs, and what failed is ready again 1 µs after the utility is back",
    }
}

/// An architecture: paths, modules needed and present in each.
#[derive(Clone, Copy)]
struct Architecture {
    paths: usize,
    needed: i64,
    modules: usize,
    bus: bool,
}

impl Architecture {
    /// The units of the architecture and the gate of the load; with clocks, or broken from the start as `broken` says.
    fn build(&self, b: &mut Builder, broken: Option<u32>) -> (NodeId, Vec<f64>) {
        let mut unavailable = Vec::new();
        let mut add = |b: &mut Builder, name: String, mtbf_h: f64, mttr_h: f64| {
            let number = unavailable.len();
            unavailable.push(mttr_h / (mtbf_h + mttr_h));
            match broken {
                Some(set) => {
                    let amount = i64::from(set & (1 << number) == 0);
                    b.unit(name, tag(), UnitSpec::amount(amount))
                }
                None => {
                    let made = unit(b, name, vec![life(exponential(mtbf_h), None)]);
                    repair(b, made, None, fixed(mttr_h), 0);
                    made
                }
            }
        };
        let mut paths = Vec::new();
        for path in 0..self.paths {
            let modules = b.gate(format!("modules of {path}"), tag(), self.needed);
            for module in 0..self.modules {
                let made = add(b, format!("module {path}.{module}"), 50_000.0, 24.0);
                b.term(modules, made, Reading::Flag, 1);
            }
            let whole = b.all(format!("path {path}"), tag(), &[(modules, Reading::Flag)]);
            if self.bus {
                // Availability 0.99999 with a repair of 24 h.
                let made = add(b, format!("bus {path}"), 24.0 * 99_999.0, 24.0);
                b.also(whole, made, Reading::Flag);
            }
            paths.push((whole, Reading::Flag));
        }
        (b.any("load", tag(), &paths), unavailable)
    }

    /// The unavailability by the gates of the engine at every set of broken units, weighted with the probability of the set.
    fn enumerated(&self) -> f64 {
        let units = self.paths * (self.modules + usize::from(self.bus));
        (0..1u32 << units)
            .map(|broken| {
                let mut b = Builder::new();
                let (load, unavailable) = self.build(&mut b, Some(broken));
                let mut model = Model::new(b);
                model.run(1, 0, 1, &mut super::watch::Watch::new(0, 0, &[]));
                let chance = |(number, q): (usize, &f64)| {
                    if broken & (1 << number) == 0 { 1.0 - q } else { *q }
                };
                let weight: f64 = unavailable.iter().enumerate().map(chance).product();
                if model.state.value(load) == 0 { weight } else { 0.0 }
            })
            .sum()
    }

    fn simulated(&self, window_h: f64, seed: Seed) -> Estimate {
        let mut b = Builder::new();
        let (load, _) = self.build(&mut b, None);
        let cut = Cut {
            histories: 60,
            warm_up_h: 24.0,
            window_h,
            tail_h: 0.0,
        };
        steady(&mut Model::new(b), &[(load, Reading::Not)], cut, seed)[0].share()
    }
}

fn architectures() -> [Reference; 2] {
    let design = |paths, needed, modules, bus| Architecture {
        paths,
        needed,
        modules,
        bus,
    };
    let (n, n_plus_1, two_n) = (
        design(1, 2, 2, true),
        design(1, 2, 3, true),
        design(2, 2, 2, true),
    );
    let run = move |seed: Seed| {
        vec![
            n.simulated(150_000.0, seed),
            n_plus_1.simulated(6_000_000.0, seed),
            two_n.simulated(60_000_000.0, seed),
        ]
    };
    let simulated = Reference {
        id: "ups_arch_0",
        family: FAMILY,
        about: "UPS modules (50,000 h, 24 h) and buses (availability 0.99999): N of N, N of N+1, 2N; N = 2"
            .to_owned(),
        source: "algebra of independent k of n",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("unavailability of N", 0.000_969_299_649_010_38),
            Quantity::by_chance("unavailability of N+1", 1.069_030_915_645_807_8e-5),
            Quantity::by_chance("unavailability of 2N", 9.395_418_095_716_459e-7),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    };
    let enumerated = Reference {
        id: "ups_arch_0 2(N+1)",
        family: FAMILY,
        about: "the same: two paths of N+1 modules, each with its bus".to_owned(),
        source: "algebra of independent k of n",
        how: How::Kernel,
        quantities: vec![Quantity::within(
            "unavailability of 2(N+1)",
            1.142_827_098_606_514_1e-10,
            1e-9 * 1.142_827_098_606_514_1e-10,
        )],
        run: Run::Exact(Box::new(move || vec![design(2, 2, 3, true).enumerated()])),
        note: "too rare to be simulated: the gates of the engine are settled once for each of the 256 sets of broken units, and the \
               probabilities of the sets in which the load is down are added",
    };
    [simulated, enumerated]
}
