//! The availability of power archetypes, worked out from the resolved scenario: a Markov chain for utility feeds and generators, the algebra of
//! independent parts for what stands behind them.
//!
//! Feeds fail and are repaired, each for itself; when all are down, each sound generator set is called, and starts or does not; running sets
//! fail; failed ones are repaired, each for itself, and called again if they are still wanted. A battery bridges the beginning of each spell in
//! which its bus is dead. Left out is what two rare things do to each other within the minutes of a battery: it does not drain while its UPS
//! has failed, and a bus may fail while it drains.

use blackstart::quantity::{Share, SimDuration};
use serde_json::Value as Json;

/// A thing that fails and is repaired: rates per hour.
#[derive(Clone, Copy)]
struct Rates {
    fails: f64,
    repaired: f64,
}

impl Rates {
    fn unavailability(self) -> f64 {
        self.fails / (self.fails + self.repaired)
    }
}

/// Generator sets behind feeds.
struct Supply {
    feeds: usize,
    feed: Rates,
    sets: usize,
    needed: usize,
    /// A set that runs fails, and one that has failed is repaired.
    set: Rates,
    fails_to_start: f64,
}

/// A site of a resolved scenario with an archetype of power.
struct Site<'a> {
    scenario: &'a Json,
    base: String,
}

impl Site<'_> {
    fn part(&self, section: &str, part: &str) -> &Json {
        let found = &self.scenario[section][format!("{}.{part}", self.base)];
        assert!(found.is_object(), "no {section} {}.{part}", self.base);
        found
    }

    fn rates(&self, section: &str, part: &str, field: &str) -> Rates {
        let fails = &self.part(section, part)[field];
        Rates {
            fails: 1.0 / hours(&fails["mttf"]),
            repaired: 1.0 / hours(&fails["mttr"]),
        }
    }

    fn supply(&self, feeds: usize, feed: &str, generators: &str) -> Supply {
        let block = self.part("generators", generators);
        let sets = count(&block["units"]);
        Supply {
            feeds,
            feed: self.rates("utility-feeds", feed, "fails"),
            sets,
            needed: block.get("needed").map_or(sets, count),
            set: self.rates("generators", generators, "fails-in-operation"),
            fails_to_start: share(&block["fails-to-start"]),
        }
    }

    fn autonomy(&self, battery: &str) -> f64 {
        hours(&self.part("batteries", battery)["autonomy"])
    }

    /// The share of time in which too few modules of a UPS are sound.
    fn ups(&self, part: &str) -> f64 {
        let block = self.part("ups", part);
        let units = count(&block["units"]);
        let needed = block.get("needed").map_or(units, count);
        let down = self.rates("ups", part, "fails").unavailability();
        (units - needed + 1..=units)
            .map(|failed| binomial(units, failed, down))
            .sum()
    }

    /// The share of time in which a bus has failed for longer than the battery behind it holds.
    fn bus(&self, bus: &str, battery: &str) -> f64 {
        let rates = self.rates("buses", bus, "fails");
        rates.unavailability() * (-rates.repaired * self.autonomy(battery)).exp()
    }

    fn pdu(&self, part: &str) -> f64 {
        self.rates("pdus", part, "fails").unavailability()
    }

    /// A side without what supplies it: bus, UPS and, behind it, its PDU.
    fn side(&self, name: &str) -> f64 {
        let part = |word: &str| format!("{name}{word}");
        either(&[
            self.bus(&part("bus"), &part("battery")),
            self.ups(&part("ups")),
            self.pdu(&part("pdu")),
        ])
    }
}

/// The share of time in which what a site's archetype feeds is dead: one of its outlets, if it has several.
///
/// # Panics
/// When the scenario has no such site, or the archetype is unknown here.
pub fn unavailability(scenario: &Json, site: &str, tag: &str) -> f64 {
    let site = Site {
        scenario,
        base: format!("{site}.power"),
    };
    match tag {
        "N" | "N+1" => {
            let supply = site.supply(1, "utility", "generators");
            either(&[supply.out(site.autonomy("battery")), site.side("")])
        }
        "2N" | "3/2" => {
            let supply = site.supply(2, "a.utility", "generators");
            let side = site.side("a.");
            either(&[supply.out(site.autonomy("a.battery")), side * side])
        }
        "2(N+1)" => {
            let supply = site.supply(1, "a.utility", "a.generators");
            let side = either(&[supply.out(site.autonomy("a.battery")), site.side("a.")]);
            side * side
        }
        "block-redundant" => {
            let supply = site.supply(2, "a.utility", "generators");
            let system = either(&[site.bus("1.bus", "1.battery"), site.ups("1.ups")]);
            either(&[
                supply.out(site.autonomy("1.battery")),
                system * system,
                site.pdu("1.pdu"),
            ])
        }
        _ => panic!("no archetype `{tag}`"),
    }
}

/// The chance that any of independent things is.
fn either(chances: &[f64]) -> f64 {
    // Sums of tiny chances keep their digits: 1 - (1 - a)(1 - b) = a + b - ab.
    chances
        .iter()
        .fold(0.0, |sum, chance| sum + chance - sum * chance)
}

fn binomial(n: usize, k: usize, p: f64) -> f64 {
    let ways = (0..k).fold(1.0, |ways, i| ways * number(n - i) / number(i + 1));
    (0..k).fold(1.0, |product, _| product * p) * (0..n - k).fold(ways, |product, _| product * (1.0 - p))
}

fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("few things"))
}

fn hours(value: &Json) -> f64 {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("a length of time, not {value}"));
    let duration = SimDuration::parse(text).expect("a length of time of a valid scenario");
    #[expect(
        clippy::cast_precision_loss,
        reason = "a length of time is known to fewer digits"
    )]
    let us = duration.us() as f64;
    us / 3.6e9
}

fn share(value: &Json) -> f64 {
    let text = value.as_str().expect("a share");
    f64::from(
        u32::try_from(Share::parse(text).expect("a share of a valid scenario").ppm())
            .expect("at most a million"),
    ) / 1e6
}

fn count(value: &Json) -> usize {
    let number = value.as_u64().expect("a whole number");
    usize::try_from(number).expect("few things")
}

impl Supply {
    /// How many states there are: feeds down, sets failed.
    fn states(&self) -> usize {
        (self.feeds + 1) * (self.sets + 1)
    }

    fn at(&self, down: usize, failed: usize) -> usize {
        down * (self.sets + 1) + failed
    }

    fn is_dead(&self, state: usize) -> bool {
        let (down, failed) = (state / (self.sets + 1), state % (self.sets + 1));
        down == self.feeds && self.sets - failed < self.needed
    }

    /// The rates between all states.
    fn rates(&self) -> Vec<Vec<f64>> {
        let mut rates = vec![vec![0.0; self.states()]; self.states()];
        for down in 0..=self.feeds {
            for failed in 0..=self.sets {
                let row = &mut rates[self.at(down, failed)];
                let sound = self.sets - failed;
                let called = down == self.feeds;
                let fails = number(self.feeds - down) * self.feed.fails;
                if down + 1 == self.feeds {
                    for more in 0..=sound {
                        row[self.at(down + 1, failed + more)] +=
                            fails * binomial(sound, more, self.fails_to_start);
                    }
                } else if !called {
                    row[self.at(down + 1, failed)] += fails;
                }
                if down > 0 {
                    row[self.at(down - 1, failed)] += number(down) * self.feed.repaired;
                }
                if failed > 0 {
                    let starts = if called { 1.0 - self.fails_to_start } else { 1.0 };
                    row[self.at(down, failed - 1)] += number(failed) * self.set.repaired * starts;
                }
                if called && sound > 0 {
                    row[self.at(down, failed + 1)] += number(sound) * self.set.fails;
                }
            }
        }
        rates
    }

    /// The share of time in which there has been no supply for longer than a battery holds.
    fn out(&self, holds_hours: f64) -> f64 {
        let rates = self.rates();
        let share = stationary(&rates);
        let dead: Vec<usize> = (0..self.states()).filter(|&state| self.is_dead(state)).collect();
        // How often a dead spell begins in each dead state, and where it is when the battery is empty.
        let begins = dead.iter().map(|&to| {
            let from = (0..self.states()).filter(|&from| !self.is_dead(from));
            from.map(|from| share[from] * rates[from][to]).sum()
        });
        let mut there: Vec<f64> = begins.collect();
        let leaves: Vec<f64> = dead.iter().map(|&state| rates[state].iter().sum()).collect();
        let fastest = leaves.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let step = |there: &[f64]| -> Vec<f64> {
            let next = dead.iter().enumerate().map(|(at, &to)| {
                let stays = there[at] * (1.0 - leaves[at] / fastest);
                let comes = dead
                    .iter()
                    .zip(there)
                    .map(|(&from, here)| here * rates[from][to] / fastest);
                stays + comes.sum::<f64>()
            });
            next.collect()
        };
        // Uniformization: jumps at the fastest rate, their number in that time Poisson.
        let mean = fastest * holds_hours;
        let mut weight = (-mean).exp();
        let mut after: Vec<f64> = there.iter().map(|here| here * weight).collect();
        for jumps in 1..200_u32 {
            there = step(&there);
            weight *= mean / f64::from(jumps);
            for (sum, here) in after.iter_mut().zip(&there) {
                *sum += here * weight;
            }
        }
        // Each stay lasts until it is left; stays go on until none is left to speak of.
        let mut time = 0.0;
        for _ in 0..100_000 {
            time += after.iter().sum::<f64>() / fastest;
            after = step(&after);
        }
        time
    }
}

/// The long-run share of each state, by state reduction, which subtracts nothing.
fn stationary(rates: &[Vec<f64>]) -> Vec<f64> {
    let count = rates.len();
    let mut rates = rates.to_vec();
    for last in (1..count).rev() {
        let out: f64 = rates[last][..last].iter().sum();
        let row = rates[last].clone();
        for from in rates.iter_mut().take(last) {
            from[last] /= out;
            for to in 0..last {
                from[to] += from[last] * row[to];
            }
        }
    }
    let mut share = vec![1.0];
    while share.len() < count {
        let state = share.len();
        let comes = share.iter().zip(&rates).map(|(here, row)| here * row[state]);
        let next = comes.sum();
        share.push(next);
    }
    let sum: f64 = share.iter().sum();
    share.iter().map(|one| one / sum).collect()
}
