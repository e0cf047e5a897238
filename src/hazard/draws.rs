//! What hazards draw: by what a draw is for, and for whom, so that what is added to a design leaves the luck of the rest as it is.

use crate::random::{Law, Stream};

/// The draws of one replication: gives the stream of a number below 2³².
pub struct Draws<'a>(pub &'a dyn Fn(u64) -> Stream);

impl Draws<'_> {
    fn stream(&self, what: u64, whose: u64) -> Stream {
        let number = whose.wrapping_add((what + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (self.0)((number ^ number >> 32) & u64::from(u32::MAX))
    }

    /// A time, in microseconds.
    pub fn law(&self, law: &Law, what: u64, whose: u64) -> u64 {
        law.sample_us(&mut self.stream(what, whose))
    }

    /// A number between 0 and 1.
    pub fn unit(&self, what: u64, whose: u64) -> f64 {
        self.stream(what, whose).unit_open()
    }

    /// Whether something of this chance happens.
    pub fn happens(&self, chance: f64, what: u64, whose: u64) -> bool {
        self.unit(what, whose) < chance
    }
}

/// A moment of a span, at a share of it.
pub fn within(from: u64, to: u64, share: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a span"
    )]
    let part = ((to - from) as f64 * share) as u64;
    from + part
}
