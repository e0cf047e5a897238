//! Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
//! 1, 2, 3" (SC 2011). A bijection of the counter under a key: no state, no seeding, no order.

/// Multipliers of a round (the paper's M0 and M1).
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];

/// What the key grows by from round to round: the golden ratio and √3 − 1, as the paper has them.
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// Rounds that the paper calls crush-resistant with a margin.
const ROUNDS: u32 = 10;

/// Four random words from a counter of four words under a key of two.
#[must_use]
#[inline]
pub fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let mut words = counter;
    let mut key = key;
    for round in 0..ROUNDS {
        if round > 0 {
            key = [
                key[0].wrapping_add(KEY_STEPS[0]),
                key[1].wrapping_add(KEY_STEPS[1]),
            ];
        }
        let (high_0, low_0) = halves(MULTIPLIERS[0], words[0]);
        let (high_1, low_1) = halves(MULTIPLIERS[1], words[2]);
        words = [
            high_1 ^ words[1] ^ key[0],
            low_1,
            high_0 ^ words[3] ^ key[1],
            low_0,
        ];
    }
    words
}

/// The high and the low word of a product.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the two halves of a 64-bit product are what is wanted"
)]
fn halves(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known-answer vectors published with Random123 (`kat_vectors`, lines `philox4x32 10`).
    #[test]
    fn gives_the_published_answers() {
        assert_eq!(
            philox4x32_10([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox4x32_10([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32_10(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }
}
