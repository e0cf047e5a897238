//! How one node reads the value of another.

/// What full service is worth on the scale of levels: one million parts per million.
pub const FULL_PPM: i64 = 1_000_000;

/// How the value of a node is turned into the number that an input works with.
///
/// Every reading but [`Reading::Not`] and [`Reading::Below`] is monotone: a better value never reads worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// 1 when the value is not 0, else 0.
    Flag,
    /// 1 when the value is 0, else 0: a state read upside down.
    Not,
    /// The value itself: a count, an amount, or a level in parts per million.
    Amount,
    /// 1 when the value is at least this much, else 0.
    AtLeast(i64),
    /// 1 when the value is less than this much, else 0.
    Below(i64),
    /// A flag read as a level: [`FULL_PPM`] or 0.
    Full,
    /// The value as a share of this much (more than 0), in parts per million, at most [`FULL_PPM`].
    Share(i64),
}

impl Reading {
    /// The number that the input sees when the node it reads holds `value`.
    pub fn read(self, value: i64) -> i64 {
        match self {
            Self::Flag => i64::from(value != 0),
            Self::Not => i64::from(value == 0),
            Self::Amount => value,
            Self::AtLeast(mark) => i64::from(value >= mark),
            Self::Below(mark) => i64::from(value < mark),
            Self::Full => {
                if value != 0 {
                    FULL_PPM
                } else {
                    0
                }
            }
            Self::Share(whole) => {
                let ppm = i128::from(value.max(0)) * i128::from(FULL_PPM) / i128::from(whole.max(1));
                i64::try_from(ppm.min(i128::from(FULL_PPM))).expect("a share is at most a million")
            }
        }
    }

    /// Whether the reading turns good into bad.
    pub fn is_inverted(self) -> bool {
        matches!(self, Self::Not | Self::Below(_))
    }

    /// The least value of the node read at which this reading is at least `wanted`; `None` for inverted readings.
    pub fn value_for(self, wanted: i64) -> Option<i64> {
        match self {
            Self::Flag | Self::Full => Some(i64::from(wanted > 0)),
            Self::Amount => Some(wanted),
            Self::AtLeast(mark) => Some(if wanted > 0 { mark } else { i64::MIN }),
            Self::Share(whole) => {
                let product = i128::from(wanted) * i128::from(whole.max(1));
                let least = (product + i128::from(FULL_PPM) - 1).div_euclid(i128::from(FULL_PPM));
                Some(i64::try_from(least).unwrap_or(i64::MAX))
            }
            Self::Not | Self::Below(_) => None,
        }
    }
}
