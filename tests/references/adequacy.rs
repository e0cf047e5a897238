//! Family 04: 32 generating units against an hourly load, the IEEE reliability test system of 1979.

use super::parts::{HOUR_US, exponential, hours, life, repair, tag};
use super::watch::{Model, Watch};
use super::{Estimate, How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{Builder, Combine, Demand, NodeId, Policy, Profile, Reading, UnitSpec};
use blackstart::statistics::Mean;

/// The family's heading.
pub const FAMILY: &str = "04 Power adequacy";

/// Hours of the year of the source: 52 weeks.
const YEAR_H: usize = 8736;

/// Units of a sort: MW, how many, mean h to failure, mean h to repair.
const UNITS: [(i64, u32, f64, f64); 9] = [
    (12, 5, 2940.0, 60.0),
    (20, 4, 450.0, 50.0),
    (50, 6, 1980.0, 20.0),
    (76, 4, 1960.0, 40.0),
    (100, 3, 1200.0, 50.0),
    (155, 4, 960.0, 40.0),
    (197, 3, 950.0, 50.0),
    (350, 1, 1150.0, 100.0),
    (400, 2, 1100.0, 150.0),
];

/// Peak of each week in tenths of a percent of the peak of the year.
const WEEKS: [i64; 52] = [
    862, 900, 878, 834, 880, 841, 832, 806, 740, 737, 715, 727, 704, 750, 721, 800, 754, 837, 870, 880, 856,
    811, 900, 887, 896, 861, 755, 816, 801, 880, 722, 776, 800, 729, 726, 705, 780, 695, 724, 724, 743, 744,
    800, 881, 885, 909, 940, 890, 942, 970, 1000, 952,
];

/// Peak of each day, Monday first, in percent of that of the week.
const DAYS: [i64; 7] = [93, 100, 98, 96, 94, 77, 75];

/// Load of each hour in percent of the peak of the day: winter, summer, spring and fall; weekday, weekend.
const DAY_HOURS: [[[i64; 24]; 2]; 3] = [
    [
        [
            67, 63, 60, 59, 59, 60, 74, 86, 95, 96, 96, 95, 95, 95, 93, 94, 99, 100, 100, 96, 91, 83, 73, 63,
        ],
        [
            78, 72, 68, 66, 64, 65, 66, 70, 80, 88, 90, 91, 90, 88, 87, 87, 91, 100, 99, 97, 94, 92, 87, 81,
        ],
    ],
    [
        [
            64, 60, 58, 56, 56, 58, 64, 76, 87, 95, 99, 100, 99, 100, 100, 97, 96, 96, 93, 92, 92, 93, 87, 72,
        ],
        [
            74, 70, 66, 65, 64, 62, 62, 66, 81, 86, 91, 93, 93, 92, 91, 91, 92, 94, 95, 95, 100, 93, 88, 80,
        ],
    ],
    [
        [
            63, 62, 60, 58, 59, 65, 72, 85, 95, 99, 100, 99, 93, 92, 90, 88, 90, 92, 96, 98, 96, 90, 80, 70,
        ],
        [
            75, 73, 69, 66, 65, 65, 68, 74, 83, 89, 92, 94, 91, 90, 90, 86, 85, 88, 92, 100, 97, 95, 90, 85,
        ],
    ],
];

/// The peak of the year (W).
const PEAK_W: i64 = 2_850_000_000;

/// The share at the peak: per mille, percent and percent.
const WHOLE: i64 = 10_000_000;

/// The load of every hour of the year, in ten millionths of its peak. Hour 0 is that from Monday midnight of week 1.
fn shares() -> Vec<i64> {
    let season = |week: usize| match week {
        1..=8 | 44..=52 => 0,
        18..=30 => 1,
        _ => 2,
    };
    (0..YEAR_H)
        .map(|hour| {
            let (week, day) = (hour / 168, hour / 24 % 7);
            let share = DAY_HOURS[season(week + 1)][usize::from(day >= 5)][hour % 24];
            WEEKS[week] * DAYS[day] * share
        })
        .collect()
}

/// How long the units run before a year counts (h): four weeks, the last of the year before.
const WARM_UP_H: usize = 672;

/// The network; the balance; the load; what is delivered.
fn network() -> (Model, NodeId, NodeId, NodeId) {
    let mut b = Builder::new();
    let balance = b.balance("bus", tag(), Policy::Proportional);
    for (mw, count, up_h, down_h) in UNITS {
        for number in 0..count {
            let one = b.unit(
                format!("{mw} MW {number}"),
                tag(),
                UnitSpec {
                    clocks: vec![life(exponential(up_h), None)],
                    ..UnitSpec::amount(mw * 1_000_000)
                },
            );
            repair(&mut b, one, None, exponential(down_h), 0);
            b.supply(balance, one, Reading::Amount, 1);
        }
    }
    let load = b.unit("load", tag(), UnitSpec::amount(PEAK_W));
    let steps = (0u32..)
        .zip(shares())
        .map(|(hour, share)| (hours(f64::from(hour)), share));
    let profile = Profile {
        steps: steps.collect(),
        period_us: hours(YEAR_H as f64),
        whole: WHOLE,
        begins_us: hours((YEAR_H - WARM_UP_H) as f64),
    };
    let year = b.profile("year", tag(), profile);
    b.follow(load, year);
    let asks = b.level("asks", tag(), Combine::Min);
    b.draw(asks, load, Reading::Amount, 1);
    let delivered = b.consumer(balance, "delivered", tag(), 0, Demand::Load(asks));
    (Model::new(b), balance, load, delivered)
}

/// The test system, and the energy of its load, which is arithmetic.
pub fn references() -> Vec<Reference> {
    vec![
        Reference {
            id: "rts79 load",
            family: FAMILY,
            about: "the hourly load of the test system over 8,736 h".to_owned(),
            source: "IEEE RTS-79 (Trans. PAS-98, 1979)",
            how: How::Kernel,
            quantities: vec![Quantity::within("energy (MWh)", 15_297_074.713_74, 1e-4)],
            run: Run::Exact(Box::new(|| vec![shares().iter().sum::<i64>() as f64 / WHOLE as f64 * 2850.0])),
            note: "it shows that the load of the row below is that of the source",
        },
        Reference {
            id: "rts79_2850",
            family: FAMILY,
            about: "32 generating units of 3,405 MW against an hourly load with a peak of 2,850 MW, exponential, no maintenance"
                .to_owned(),
            source: "IEEE RTS-79; Allan, Billinton, Abdel-Gawad 1986; exact convolution recomputed",
            how: How::Kernel,
            quantities: vec![
                Quantity::by_chance("LOLE (h/y)", 9.394_175_489_454_764),
                Quantity::by_chance("EENS (MWh/y)", 1_176.298_460_044_823_5),
                Quantity::by_chance("LOLF (per y)", 2.019_674_695_940_717_7),
            ],
            run: Run::Chance(Box::new(answers)),
            note: "a year has 8,736 h; a seed is 60 histories of one year, so that the row pools 6,000 years",
        },
    ]
}

fn answers(seed: Seed) -> Vec<Estimate> {
    let (mut model, balance, load, delivered) = network();
    let years = 1;
    let from = hours(WARM_UP_H as f64);
    let to = from + hours((years * YEAR_H) as f64);
    let readings = [
        (balance, Reading::Not),
        (load, Reading::Amount),
        (delivered, Reading::Amount),
    ];
    let mut watch = Watch::new(from, to, &readings);
    let (mut short, mut energy, mut entries) = (Mean::new(), Mean::new(), Mean::new());
    for number in 0..seed.histories(60) {
        model.run(seed.seed, number, to, &mut watch);
        let [deficit, asked, given] = watch.tracks.as_slice() else {
            unreachable!("three readings");
        };
        short.push(i64::try_from(deficit.total).expect("three years"));
        // In watt-seconds: the integral in watt-microseconds has more than 63 bits.
        let missing = (asked.total - given.total) / 1_000_000;
        energy.push(i64::try_from(missing).expect("an energy of 63 bits"));
        entries.push(deficit.begun);
    }
    let per = years as f64;
    vec![
        Estimate::mean(&short, HOUR_US * per),
        Estimate::mean(&energy, 3600.0 * 1e6 * per),
        Estimate::mean(&entries, per),
    ]
}
