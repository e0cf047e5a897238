//! What one quantity gave over many seeds.

use super::judge::Figures;
use super::{Bound, Estimate, Quantity, Reference, Run};

/// The answers of many seeds, for one quantity.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    values: Vec<f64>,
    z: Vec<f64>,
    covered: u32,
    worst: f64,
}

impl Tally {
    /// One more seed.
    pub fn add(&mut self, quantity: &Quantity, found: &Estimate) {
        let off = found.value - quantity.answer;
        self.values.push(found.value);
        self.worst = self.worst.max(off.abs());
        // An estimate without an error, as when nothing happened at all, is as far off as can be unless it is exact.
        self.z.push(if off == 0.0 { 0.0 } else { off / found.error });
        let (low, high) = found.interval;
        self.covered += u32::from(low <= quantity.answer && quantity.answer <= high);
    }

    /// The mean of the answers and how far the truth may be from it, as 1.96 standard errors by the spread over the seeds.
    pub fn pooled(&self) -> (f64, f64) {
        let (mean, sd) = mean_and_sd(&self.values);
        (mean, 1.96 * sd / (self.values.len() as f64).sqrt())
    }

    /// The figures by which the quantity is judged.
    pub fn figures(&self, quantity: &Quantity, reference: &Reference) -> Figures {
        match (quantity.bound, &reference.run) {
            (_, Run::No) => Figures::None,
            (Bound::Within(bound), _) => Figures::Within {
                worst: self.worst,
                bound,
            },
            (Bound::Chance, _) => {
                let (mean, sd) = mean_and_sd(&self.z);
                Figures::Chance {
                    mean,
                    sd,
                    largest: self.z.iter().fold(0.0, |most: f64, z| most.max(z.abs())),
                    covered: self.covered,
                    seeds: u32::try_from(self.z.len()).expect("few seeds"),
                }
            }
        }
    }
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (
        mean,
        if n > 1.0 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        },
    )
}
