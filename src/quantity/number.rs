//! Exact decimal numbers as people write them, before a unit gives them meaning.

/// More significant digits than this are refused; 10³⁶ still fits in 128 bits.
const DIGITS_MAX: usize = 36;

/// A decimal exponent beyond this is refused; nothing that Blackstart measures is near it.
const EXPONENT_MAX: i32 = 400;

/// A non-negative decimal number: `mantissa` · 10^`exponent`, exactly as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    mantissa: u128,
    exponent: i32,
}

/// An integer made from a [`Decimal`], and how it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scaled {
    /// The nearest integer; halves go up. `coarse` if rounding moved the value by more than 1 %.
    Integer {
        /// The value in base units.
        value: u128,
        /// Whether the rounding is too big to be passed over.
        coarse: bool,
    },
    /// Beyond 128 bits.
    TooLarge,
}

impl Decimal {
    /// Reads `digits[.digits][e[+-]digits]`, all of the text. `None` if it is not such a number or has too many digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (body, written_exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let dot_without_digits = body.contains('.') && fraction.is_empty();
        if whole.is_empty() || dot_without_digits || written_exponent.abs() > EXPONENT_MAX {
            return None;
        }
        let mut mantissa = 0_u128;
        let mut significant = 0;
        for digit in whole.chars().chain(fraction.chars()) {
            let value = digit.to_digit(10)?;
            if mantissa > 0 || value > 0 {
                significant += 1;
            }
            if significant > DIGITS_MAX {
                return None;
            }
            mantissa = mantissa * 10 + u128::from(value);
        }
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self {
            mantissa,
            exponent: written_exponent.checked_sub(places)?,
        })
    }

    /// The number times 10^`places`.
    pub(super) fn shifted(self, places: i32) -> Self {
        Self {
            exponent: self.exponent + places,
            ..self
        }
    }

    /// The number times `factor`, as the nearest integer.
    pub(super) fn scaled(self, factor: u128) -> Scaled {
        if self.mantissa == 0 {
            return Scaled::Integer {
                value: 0,
                coarse: false,
            };
        }
        let Some(product) = self.mantissa.checked_mul(factor) else {
            return self.scaled_by_parts(factor);
        };
        let power = 10_u128.checked_pow(self.exponent.unsigned_abs());
        if self.exponent >= 0 {
            return match power.and_then(|power| product.checked_mul(power)) {
                Some(value) => Scaled::Integer { value, coarse: false },
                None => Scaled::TooLarge,
            };
        }
        // A divisor beyond 128 bits is beyond any product as well, so that the value rounds to nothing.
        let Some(divisor) = power else {
            return Scaled::Integer {
                value: 0,
                coarse: true,
            };
        };
        let (floor, rest) = (product / divisor, product % divisor);
        let goes_up = rest >= divisor - rest;
        let moved = if goes_up { divisor - rest } else { rest };
        Scaled::Integer {
            value: floor + u128::from(goes_up),
            coarse: moved > product / 100,
        }
    }

    /// [`scaled`](Self::scaled) for a number with so many digits that the product overflows: the last digits go first.
    fn scaled_by_parts(self, factor: u128) -> Scaled {
        if self.exponent >= 0 {
            return Scaled::TooLarge;
        }
        Self {
            mantissa: self.mantissa / 10,
            exponent: self.exponent + 1,
        }
        .scaled(factor)
    }

    /// The nearest floating-point number (correctly rounded, hence the same everywhere).
    pub(super) fn to_f64(self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent)
            .parse()
            .expect("digits, `e` and an integer are a float")
    }

    /// The number in plain decimal digits, without exponent and without needless zeros.
    pub(super) fn to_text(self) -> String {
        let mut digits = self.mantissa.to_string();
        if self.mantissa == 0 {
            return digits;
        }
        let places = self.exponent.unsigned_abs() as usize;
        if self.exponent >= 0 {
            digits.push_str(&"0".repeat(places));
            return digits;
        }
        if digits.len() <= places {
            digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
        }
        digits.insert(digits.len() - places, '.');
        digits.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// The shortest decimal that reads back as the same finite, non-negative `value`.
    pub(super) fn shortest(value: f64) -> Self {
        Self::parse(&format!("{value:e}"))
            .expect("a finite, non-negative float prints as digits and an exponent")
    }

    /// `value` / 10^`places`, exactly.
    pub(super) fn integer(value: u64, places: i32) -> Self {
        Self {
            mantissa: u128::from(value),
            exponent: -places,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect(text)
    }

    #[test]
    fn reads_what_people_write() {
        assert_eq!(
            decimal("3.2").scaled(1_000_000),
            Scaled::Integer {
                value: 3_200_000,
                coarse: false
            }
        );
        assert_eq!(
            decimal("1.18e-3").scaled(100_000),
            Scaled::Integer {
                value: 118,
                coarse: false
            }
        );
        assert_eq!(
            decimal("2e3").scaled(1),
            Scaled::Integer {
                value: 2000,
                coarse: false
            }
        );
        for broken in [
            "",
            ".5",
            "5.",
            "1e",
            "1.2.3",
            "0x10",
            "1e9999",
            "٣",
            &"9".repeat(40),
        ] {
            assert_eq!(Decimal::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn rounds_half_up_and_says_when_that_is_coarse() {
        assert_eq!(
            decimal("0.5").scaled(1),
            Scaled::Integer {
                value: 1,
                coarse: true
            }
        );
        assert_eq!(
            decimal("0.4").scaled(1),
            Scaled::Integer {
                value: 0,
                coarse: true
            }
        );
        assert_eq!(
            decimal("600.4").scaled(1),
            Scaled::Integer {
                value: 600,
                coarse: false
            }
        );
        assert_eq!(
            decimal("1e-300").scaled(1),
            Scaled::Integer {
                value: 0,
                coarse: true
            }
        );
        assert_eq!(decimal("1e300").scaled(1), Scaled::TooLarge);
    }

    #[test]
    fn many_digits_with_a_large_factor_lose_only_the_last_ones() {
        let third = decimal("0.333333333333333333333333333333333333");
        assert_eq!(
            third.scaled(3_600_000_000),
            Scaled::Integer {
                value: 1_200_000_000,
                coarse: false
            }
        );
    }

    #[test]
    fn prints_plainly() {
        for (text, shown) in [
            ("3.20", "3.2"),
            ("1.18e-3", "0.00118"),
            ("2e3", "2000"),
            ("0.0", "0"),
            ("10", "10"),
        ] {
            assert_eq!(decimal(text).to_text(), shown);
        }
        assert_eq!(Decimal::shortest(0.999).shifted(2).to_text(), "99.9");
    }
}
