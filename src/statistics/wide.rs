//! Sums of squares of 64-bit integers, exactly: 256 bits.

/// An unsigned integer of 256 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wide {
    high: u128,
    low: u128,
}

impl Wide {
    pub(super) fn add(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self {
            high: self.high + other.high + u128::from(carry),
            low,
        }
    }

    /// The difference of two sums of which the first is not smaller.
    pub(super) fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self {
            high: self.high - other.high - u128::from(borrow),
            low,
        }
    }

    pub(super) fn product(a: u64, b: u128) -> Self {
        let a = u128::from(a);
        let half = u128::from(u64::MAX);
        let (below, above) = (a * (b & half), a * (b >> 64));
        Self {
            high: above >> 64,
            low: above << 64,
        }
        .add(Self { high: 0, low: below })
    }

    pub(super) fn square(value: i64) -> Self {
        let size = u128::from(value.unsigned_abs());
        Self {
            high: 0,
            low: size * size,
        }
    }

    /// The nearest floating number, up to one rounding of each half.
    pub(super) fn to_f64(self) -> f64 {
        // 2¹²⁸.
        const LIMB: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
        self.high as f64 * LIMB + self.low as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_and_borrows() {
        let one = Wide { high: 0, low: 1 };
        let top = Wide {
            high: 0,
            low: u128::MAX,
        };
        assert_eq!(top.add(one), Wide { high: 1, low: 0 });
        assert_eq!(top.add(one).minus(one), top);
        assert_eq!(
            Wide::square(i64::MIN),
            Wide {
                high: 0,
                low: 1 << 126
            }
        );
    }

    #[test]
    fn products_of_the_largest_factors() {
        // (2⁶⁴ − 1)(2¹²⁸ − 1) = 2¹⁹² − 2¹²⁸ − 2⁶⁴ + 1
        let product = Wide::product(u64::MAX, u128::MAX);
        assert_eq!(
            product,
            Wide {
                high: (1 << 64) - 2,
                low: u128::MAX - (1 << 64) + 2
            }
        );
        assert_eq!(Wide::product(7, 6), Wide { high: 0, low: 42 });
        assert!((Wide { high: 1, low: 0 }.to_f64() / 3.402_823_669_209_385e38 - 1.0).abs() < 1e-15);
    }
}
