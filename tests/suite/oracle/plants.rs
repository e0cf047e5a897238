//! Random small models that are Markov chains: units that fail and are repaired by shared crews, standbys that start when wanted, and gates
//! over them. A [`Plant`] is the description alone; `exact.rs` and `built.rs` each make of it what it means, without knowing each other.

use crate::dice::Dice;

/// A thing with a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A unit is sound.
    Unit(usize),
    /// A gate reaches its threshold.
    Gate(usize),
    /// A standby is on.
    Standby(usize),
}

/// A flag, perhaps read upside down.
pub type Flag = (Thing, bool);

/// A failure clock: a rate per hour, and what must hold for it to run.
#[derive(Clone, Debug)]
pub struct Ages {
    pub rate: f64,
    pub while_holds: Option<Flag>,
}

/// One way of a repair.
#[derive(Clone, Debug)]
pub struct Way {
    /// Repairs per hour.
    pub rate: f64,
    /// What must hold for it to begin.
    pub needs: Option<Flag>,
    /// The chance that it has to be done again, in parts per million.
    pub errs_ppm: i64,
}

/// The repair of a unit or of a standby that did not start.
#[derive(Clone, Debug)]
pub struct Repair {
    /// The crew, if it needs one, and how many heads of it.
    pub crew: Option<(usize, u32)>,
    /// The ways, the preferred one first; the last needs nothing.
    pub ways: Vec<Way>,
    /// Its rank, no other's, and what it serves: it counts while that is down. Without, it always counts.
    pub rank: u32,
    pub serves: Option<Thing>,
}

#[derive(Clone, Debug)]
pub struct Unit {
    pub clocks: Vec<Ages>,
    pub repair: Repair,
}

/// A starter without items: on once wanted and able, after an exponential start.
#[derive(Clone, Debug)]
pub struct Standby {
    /// It is on only while all of these hold.
    pub requires: Vec<Flag>,
    /// It is wanted while all of these hold.
    pub triggers: Vec<Flag>,
    /// A start begins only while all of these hold.
    pub start_requires: Vec<Flag>,
    /// Starts per hour.
    pub rate: f64,
    /// The chance that a start fails, in parts per million; it is then failed until repaired.
    pub fails_ppm: i64,
    pub repair: Repair,
}

/// The weights of the true ones among these reach the threshold.
#[derive(Clone, Debug)]
pub struct Gate {
    pub terms: Vec<(Flag, i64)>,
    pub threshold: i64,
}

#[derive(Clone, Debug)]
pub struct Plant {
    /// How many heads each crew has.
    pub crews: Vec<u32>,
    pub units: Vec<Unit>,
    pub standbys: Vec<Standby>,
    /// Gates over units, which standbys may read; then gates over anything before.
    pub gates: Vec<Gate>,
    /// Whether a call that runs gives way to a better one (it is resumed later).
    pub preempts: bool,
}

impl Plant {
    /// The flag that is measured: the last gate.
    pub fn top(&self) -> Thing {
        Thing::Gate(self.gates.len() - 1)
    }

    /// Draws a plant.
    pub fn draw(case: u32) -> Self {
        let mut dice = Dice::new("plant", case);
        let dice = &mut dice;
        let crews: Vec<u32> = (0..dice.below(3))
            .map(|_| u32::try_from(dice.within(1, 2)).expect("few heads"))
            .collect();
        let count = 2 + dice.below(3);
        let early_gates = dice.below(2);
        let standby_count = dice.below(if count < 4 { 3 } else { 2 });
        let late_gates = 1 + dice.below(2);
        let all_units: Vec<Thing> = (0..count).map(Thing::Unit).collect();
        let early: Vec<Thing> = (0..early_gates).map(Thing::Gate).collect();
        let standby_things: Vec<Thing> = (0..standby_count).map(Thing::Standby).collect();

        let mut gates: Vec<Gate> = Vec::new();
        for _ in 0..early_gates {
            gates.push(gate(dice, &all_units, false));
        }
        let below: Vec<Thing> = [&all_units[..], &early].concat();
        let mut rank = 0;
        let top = early_gates + late_gates - 1;
        let standbys = (0..standby_count)
            .map(|_| {
                rank += 1;
                standby(dice, &below, &crews, rank, top)
            })
            .collect();
        let mut readable: Vec<Thing> = [&all_units[..], &early, &standby_things].concat();
        for number in 0..late_gates {
            let mut terms = readable.clone();
            dice.shuffle(&mut terms);
            // Every standby counts for something: all of them are read by the last gate.
            if number + 1 == late_gates {
                terms.sort_by_key(|thing| !matches!(thing, Thing::Standby(_)));
            }
            gates.push(gate(dice, &terms, true));
            readable.push(Thing::Gate(early_gates + number));
        }
        let units = (0..count)
            .map(|me| {
                rank += 1;
                unit(dice, me, &readable, &crews, rank, top)
            })
            .collect();
        let mut plant = Self {
            crews,
            units,
            standbys,
            gates,
            preempts: dice.chance(0.3),
        };
        if plant.preempts {
            // What a paused repair resumes is its one way, and whose turn it is depends on ranks alone.
            let units = plant.units.iter_mut().map(|unit| &mut unit.repair);
            for repair in units.chain(plant.standbys.iter_mut().map(|standby| &mut standby.repair)) {
                repair.serves = None;
                repair.ways.drain(..repair.ways.len() - 1);
            }
        }
        plant
    }
}

/// A gate over some of these; `late` ones may read upside down.
fn gate(dice: &mut Dice, things: &[Thing], late: bool) -> Gate {
    let wanted = 2 + dice.below(things.len().min(4));
    let terms: Vec<(Flag, i64)> = things
        .iter()
        .take(wanted)
        .map(|&thing| {
            let inverted = late && dice.chance(0.05);
            ((thing, !inverted), dice.within(1, 2))
        })
        .collect();
    let all: i64 = terms.iter().map(|(_, weight)| weight).sum();
    Gate {
        terms,
        threshold: dice.within(1, all),
    }
}

fn flag(dice: &mut Dice, things: &[Thing], inverted: f64) -> Flag {
    (*dice.pick(things), !dice.chance(inverted))
}

fn repair(dice: &mut Dice, tools: &[Thing], crews: &[u32], rank: u32, top: usize) -> Repair {
    let crew = (!crews.is_empty() && dice.chance(0.8)).then(|| {
        let crew = dice.below(crews.len());
        let heads = dice.within(1, i64::from(crews[crew]));
        (crew, u32::try_from(heads).expect("few heads"))
    });
    let errs_ppm = if dice.chance(0.3) {
        dice.within(50_000, 500_000)
    } else {
        0
    };
    let plain = Way {
        rate: dice.between(0.1, 5.0),
        needs: None,
        errs_ppm,
    };
    let mut ways = vec![plain];
    if dice.chance(0.3) {
        let better = Way {
            rate: dice.between(0.5, 10.0),
            needs: Some(flag(dice, tools, 0.1)),
            errs_ppm: 0,
        };
        ways.insert(0, better);
    }
    Repair {
        crew,
        ways,
        rank,
        serves: dice.chance(0.5).then_some(Thing::Gate(top)),
    }
}

fn standby(dice: &mut Dice, below: &[Thing], crews: &[u32], rank: u32, top: usize) -> Standby {
    let requires = if dice.chance(0.7) {
        vec![flag(dice, below, 0.0)]
    } else {
        Vec::new()
    };
    let triggers = if dice.chance(0.7) {
        vec![flag(dice, below, 0.9)]
    } else {
        Vec::new()
    };
    let start_requires = if dice.chance(0.3) {
        vec![flag(dice, below, 0.0)]
    } else {
        Vec::new()
    };
    Standby {
        requires,
        triggers,
        start_requires,
        rate: dice.between(1.0, 20.0),
        fails_ppm: if dice.chance(0.5) {
            dice.within(20_000, 400_000)
        } else {
            0
        },
        repair: repair(dice, below, crews, rank, top),
    }
}

fn unit(dice: &mut Dice, me: usize, readable: &[Thing], crews: &[u32], rank: u32, top: usize) -> Unit {
    let others: Vec<Thing> = readable
        .iter()
        .copied()
        .filter(|&thing| thing != Thing::Unit(me))
        .collect();
    let clocks = (0..1 + dice.below(2))
        .map(|first| Ages {
            rate: dice.between(0.02, 1.0),
            // The first clock always runs, so that nothing lives for ever.
            while_holds: (first > 0).then(|| flag(dice, readable, 0.3)),
        })
        .collect();
    Unit {
        clocks,
        repair: repair(dice, &others, crews, rank, top),
    }
}
