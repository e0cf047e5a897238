//! The exponential law's quantile, −ln(1 − u): most of the time that a draw takes.
//!
//! Table-driven, after Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic" (ACM TOMS 16, 1990):
//! 1 − u = 2^e · f, and f times a short number near 1/f leaves 1 + r with a small r. It is the same on every machine, as it uses sums and
//! products alone, and stays within two units in the last place.

/// Cells of the table over [1, 2).
const CELLS: usize = 128;

/// Short reciprocals are multiples of 2⁻⁹.
const SHORT: i128 = 512;

/// Fractional bits of the integers with which the table is made.
const FRACTION: u32 = 96;

/// What is known of a cell: a short reciprocal, and minus its logarithm as a sum whose first part has few bits.
#[derive(Clone, Copy)]
struct Cell {
    reciprocal: f64,
    high: f64,
    low: f64,
}

/// A logarithm as a sum whose first part is a multiple of 2⁻⁴⁰, so that some dozens of them still add up exactly.
const fn split(ln: i128) -> (f64, f64) {
    let unit = 1 << (FRACTION - 40);
    let high = ln / unit;
    let scale = (1_i128 << 40) as f64;
    let low = (ln - high * unit) as f64 / (1_i128 << FRACTION) as f64;
    (high as f64 / scale, low)
}

/// ln(a / b) with [`FRACTION`] fractional bits, for a/b near 1: 2 atanh((a − b) / (a + b)) by its series.
const fn ln_of_ratio(a: i128, b: i128) -> i128 {
    let (over, under) = (a - b, a + b);
    let mut power = (1_i128 << FRACTION) * over / under;
    let mut sum = 0;
    let mut number = 1;
    while power != 0 {
        sum += power / number;
        power = power / under * over / under * over;
        number += 2;
    }
    2 * sum
}

/// ln 2 = 7 ln(16/15) + 5 ln(25/24) + 3 ln(81/80).
const LN_2: (f64, f64) = split(7 * ln_of_ratio(16, 15) + 5 * ln_of_ratio(25, 24) + 3 * ln_of_ratio(81, 80));

const TABLE: [Cell; CELLS] = {
    let empty = Cell {
        reciprocal: 1.0,
        high: 0.0,
        low: 0.0,
    };
    let mut table = [empty; CELLS];
    let mut cell = 0;
    while cell < CELLS {
        // The middle of the cell is (2 cell + 1 + 2 CELLS) / (2 CELLS).
        let middle = 2 * cell as i128 + 1 + 2 * CELLS as i128;
        let short = (2 * SHORT * 2 * CELLS as i128 + middle) / (2 * middle);
        let (high, low) = split(ln_of_ratio(SHORT, short));
        table[cell] = Cell {
            reciprocal: short as f64 / SHORT as f64,
            high,
            low,
        };
        cell += 1;
    }
    table
};

/// Below this the result is about as small as `u`, and its own series has to be summed.
const SMALL: f64 = 1.0 / 16.0;

/// −ln(1 − u) for u in [0, 1]: the exponential number of mean 1 with the chance `u` to be less.
pub fn exponential_quantile(u: f64) -> f64 {
    if !(SMALL..1.0).contains(&u) {
        return -libm::log1p(-u);
    }
    let v = 1.0 - u;
    // What rounding took from v; nothing for the numbers of a stream.
    let lost = (1.0 - v) - u;
    let bits = v.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let fraction = bits & ((1 << 52) - 1);
    let cell = &TABLE[(fraction >> 45) as usize];
    let one = 1023 << 52;
    let f = f64::from_bits(fraction | one);
    let upper = f64::from_bits((fraction | one) & !((1 << 26) - 1));
    let r = (upper * cell.reciprocal - 1.0) + (f - upper) * cell.reciprocal;
    // Halves of the series side by side: what is waited for is the length of the chain.
    let square = r * r;
    let tail = (1.0 / 3.0 - r * 0.25) + square * ((0.2 - r * (1.0 / 6.0)) + square * (1.0 / 7.0));
    let e = exponent as f64;
    let high = e * LN_2.0 + cell.high;
    let low = e * LN_2.1 + cell.low - square * (0.5 - r * tail) + lost / v;
    -(high + (r + low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    #[test]
    fn agrees_with_the_library_within_two_units_in_the_last_place() {
        let mut stream = Key::new(5, 0).stream(1, 0, 0);
        let mut worst = 0.0_f64;
        let mut hold = |u: f64| {
            let (ours, theirs) = (exponential_quantile(u), -libm::log1p(-u));
            let unit = theirs * f64::EPSILON;
            worst = worst.max((ours - theirs).abs() / unit);
        };
        for draw in 0..200_000 {
            let u = stream.unit_open();
            hold(u);
            // Also near 0 and near 1, and off the grid of the streams.
            hold(u * 0.1);
            hold(1.0 - (1.0 - u) * 1e-9);
            hold(u / 3.0);
            if draw % 100_000 == 0 {
                stream = Key::new(5, 1).stream(2, 0, draw);
            }
        }
        assert!(worst < 2.0, "{worst} units");
    }

    #[test]
    fn ends_and_edges_of_cells() {
        assert!(exponential_quantile(1.0).is_infinite());
        assert!(exponential_quantile(0.0).abs() < f64::MIN_POSITIVE);
        for cell in 0..CELLS {
            let edge = 1.0 - (1.0 + cell as f64 / CELLS as f64) / 4.0;
            let (below, above) = (edge - f64::EPSILON, edge + f64::EPSILON);
            assert!(exponential_quantile(below) < exponential_quantile(above));
        }
    }
}
