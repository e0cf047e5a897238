//! Streams keyed by what they are for.
//!
//! ```text
//! key      word 0: 32-bit mix of the seed      word 1: number of the replication
//! counter  | entity hash 64 | purpose 8 | draw 40 | block 16 |     most significant bit first; word 3 holds the top
//! ```

use std::convert::Infallible;

use rand::TryRng;

use super::philox::philox4x32_10;

/// The largest number of a draw: 40 bits.
pub const DRAW_MAX: u64 = (1 << 40) - 1;

/// What a stream is for, so that the draws of one entity for different ends never meet.
///
/// The numbers are given by whoever draws; this module attaches no meaning to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose(pub u8);

impl From<u8> for Purpose {
    fn from(number: u8) -> Self {
        Self(number)
    }
}

/// The source of all random numbers of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    words: [u32; 2],
}

impl Key {
    /// The key of a replication under a seed.
    ///
    /// Seeds are mixed down to 32 bits: two given seeds share a key with a chance of 2⁻³².
    #[must_use]
    pub fn new(seed: u64, replication: u32) -> Self {
        let mixed = (mix(seed.wrapping_add(0x9E37_79B9_7F4A_7C15)) >> 32) as u32;
        Self {
            words: [mixed, replication],
        }
    }

    /// The stream of one draw: as many numbers as that draw needs, and no other draw's.
    ///
    /// # Panics
    /// If `draw` exceeds [`DRAW_MAX`].
    #[must_use]
    #[inline]
    pub fn stream(self, entity: u64, purpose: impl Into<Purpose>, draw: u64) -> Stream {
        assert!(draw <= DRAW_MAX, "a draw's number has at most 40 bits");
        let low = u64::from(purpose.into().0) << 56 | draw << 16;
        let counter = [word(low), word(low >> 32), word(entity), word(entity >> 32)];
        Stream {
            key: self.words,
            counter,
            spare: None,
        }
    }
}

/// The numbers of one draw. Implements `rand`'s traits.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    /// The counter of the next block; the low 16 bits of word 0 count the blocks.
    counter: [u32; 4],
    /// The second number of the last block, until it is asked for.
    spare: Option<u64>,
}

impl Stream {
    /// The next 64 random bits.
    ///
    /// # Panics
    /// After 131,070 numbers: no draw needs that many, so a loop has gone wrong.
    #[inline]
    pub fn next_word(&mut self) -> u64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let [a, b, c, d] = philox4x32_10(self.counter, self.key);
        assert!(
            self.counter[0] & 0xFFFF != 0xFFFF,
            "one draw takes at most 65,535 blocks of random numbers"
        );
        self.counter[0] += 1;
        self.spare = Some(u64::from(d) << 32 | u64::from(c));
        u64::from(b) << 32 | u64::from(a)
    }

    /// A number strictly between 0 and 1: an odd multiple of 2⁻⁵³, so that `1 - u` is one as well.
    #[inline]
    pub fn unit_open(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        ((self.next_word() >> 12 << 1) | 1) as f64 * STEP
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_word() >> 32) as u32)
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_word())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// The entity part of a counter: a portable hash of a name.
///
/// FNV-1a over the bytes (Fowler, Noll, Vo; 64 bits), then the finaliser of MurmurHash3 (Appleby), because FNV alone
/// leaves names that differ in the last letter close together. A collision within a design is an error at validation.
#[must_use]
pub fn entity_hash(name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix(hash)
}

/// The 64-bit finaliser of MurmurHash3: every bit of the input moves about half of the output.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low word is what is wanted")]
fn word(bits: u64) -> u32 {
    bits as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::Rng;

    use super::*;

    #[test]
    fn a_stream_is_the_generator_at_the_documented_counter() {
        let key = Key::new(1, 7);
        let entity = 0x0123_4567_89ab_cdef;
        let mut stream = key.stream(entity, 0xa5, 0x12_3456_789a);
        let block = |number: u32| {
            philox4x32_10(
                [0x789a_0000 | number, 0xa512_3456, 0x89ab_cdef, 0x0123_4567],
                key.words,
            )
        };
        for number in 0..3 {
            let [a, b, c, d] = block(number);
            assert_eq!(stream.next_u64(), u64::from(b) << 32 | u64::from(a));
            assert_eq!(stream.next_u64(), u64::from(d) << 32 | u64::from(c));
        }
    }

    /// These numbers are the contract: a change moves every result for every seed. They were computed by a second
    /// implementation in another language.
    #[test]
    fn the_first_numbers_never_change() {
        assert_eq!(entity_hash(""), 0xefd0_1f60_ba99_2926);
        assert_eq!(entity_hash("web-a"), 0x91c0_d9c2_139d_82b8);
        let mut stream = Key::new(1, 0).stream(entity_hash("web-a"), 0, 0);
        assert_eq!(
            [stream.next_word(), stream.next_word(), stream.next_word()],
            [
                0xb0af_b8ea_5443_f6a8,
                0xd93c_24e2_932c_12e0,
                0x7991_d154_5085_07e6
            ]
        );
    }

    #[test]
    fn every_part_of_the_key_gives_another_stream() {
        let first = |seed, replication, entity, purpose: u8, draw| {
            Key::new(seed, replication)
                .stream(entity, purpose, draw)
                .next_word()
        };
        let mut seen = BTreeSet::new();
        for seed in 0..4 {
            for replication in 0..4 {
                for entity in 0..4 {
                    for purpose in 0..4 {
                        for draw in 0..4 {
                            seen.insert(first(seed, replication, entity, purpose, draw));
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), 1024);
    }

    /// Names that differ by little: each bit of the hash should differ in half of the pairs.
    /// 2,000 pairs: the share per bit has a standard error of 0.0112; the bound of 5 of them is broken by chance
    /// with a probability of 64 · 6e-7.
    #[test]
    fn names_that_differ_by_little_hash_far_apart() {
        let mut differs = [0_u32; 64];
        for number in 0..2000 {
            let bits = entity_hash(&format!("rack-{number}")) ^ entity_hash(&format!("rack-{}", number + 1));
            for (bit, count) in differs.iter_mut().enumerate() {
                *count += u32::from(bits >> bit & 1 == 1);
            }
        }
        for count in differs {
            assert!((f64::from(count) / 2000.0 - 0.5).abs() < 5.0 * 0.0112, "{count}");
        }
    }

    #[test]
    fn unit_numbers_are_open_and_symmetric() {
        let step = 1.0 / (1_u64 << 53) as f64;
        let mut stream = Key::new(3, 0).stream(5, 0, 0);
        for _ in 0..10_000 {
            let u = stream.unit_open();
            assert!(u >= step && u <= 1.0 - step);
            assert!((1.0 - (1.0 - u) - u).abs() < step / 2.0, "1 - u is exact");
        }
    }

    #[test]
    fn bytes_are_the_words_in_little_endian_order() {
        let mut bytes = [0; 11];
        Key::new(2, 2).stream(2, 2, 2).fill_bytes(&mut bytes);
        let mut words = Key::new(2, 2).stream(2, 2, 2);
        assert_eq!(bytes[..8], words.next_word().to_le_bytes());
        assert_eq!(bytes[8..], words.next_word().to_le_bytes()[..3]);
    }
}
