//! Random choices of the tests that draw what they test: a stream keyed by a seed, so that a seed names a case for ever.

use blackstart::random::{Key, Stream, entity_hash};

/// A source of choices.
pub struct Dice(Stream);

impl Dice {
    /// The choices of a case: what it is about, and its number.
    pub fn new(about: &str, case: u32) -> Self {
        Self(Key::new(2026, case).stream(entity_hash(about), 200, 0))
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        self.0.unit_open()
    }

    /// A number from 0 to `n` − 1.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).expect("a small number");
        assert!(n > 0, "a choice among nothing");
        usize::try_from(self.0.next_word() % n).expect("less than n")
    }

    /// A number from `least` to `most`, both included.
    pub fn within(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most - least + 1).expect("a range in rising order");
        least + i64::try_from(self.below(span)).expect("within the range")
    }

    /// Whether something of this chance is so.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    /// Some `n` of several, in a random order.
    pub fn some<T: Clone>(&mut self, among: &[T], n: usize) -> Vec<T> {
        let mut left: Vec<T> = among.to_vec();
        self.shuffle(&mut left);
        left.truncate(n);
        left
    }

    /// Puts a list in a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// A number between `least` and `most` whose logarithm is uniform.
    pub fn between(&mut self, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.unit())
    }
}

/// How many cases a test draws: more when slow tests are wanted.
pub fn cases(usual: u32, slow: u32) -> u32 {
    if std::env::var_os("BLACKSTART_SLOW").is_some() {
        slow
    } else {
        usual
    }
}
