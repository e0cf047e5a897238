//! The file of a part of a run: sealed, so that a torn or changed one is recognised.
//!
//! ```text
//! magic      8 bytes   "BSROWS1\n"
//! run       32 bytes   digest of what the rows belong to
//! first      4 bytes   number of the first replication
//! len        4 bytes   how many there are
//! body
//! seal      32 bytes   SHA-256 of all bytes before
//! ```

use sha2::{Digest as _, Sha256};

/// A digest.
pub type Digest = [u8; 32];

const MAGIC: [u8; 8] = *b"BSROWS1\n";

/// Where the body begins.
pub const BODY_AT: u64 = 48;

/// Bytes of the seal.
const SEAL: usize = 32;

/// The bytes of the file of a part.
pub fn seal(run: &Digest, first: u32, len: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 80);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(run);
    bytes.extend_from_slice(&first.to_le_bytes());
    bytes.extend_from_slice(&len.to_le_bytes());
    bytes.extend_from_slice(body);
    let digest = digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

/// SHA-256.
pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// A file whose seal is whole.
pub struct Opened {
    /// What its rows belong to.
    pub run: Digest,
    /// Number of the first replication.
    pub first: u32,
    /// How many there are.
    pub len: u32,
    /// The body.
    pub body: Vec<u8>,
}

/// Looks whether a file is whole; `None` if it is not.
pub fn open(mut bytes: Vec<u8>) -> Option<Opened> {
    let body_at = usize::try_from(BODY_AT).expect("small");
    let end = bytes.len().checked_sub(SEAL).filter(|&end| end >= body_at)?;
    if bytes[..8] != MAGIC || digest(&bytes[..end]) != bytes[end..] {
        return None;
    }
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let (run, first, len) = (bytes[8..40].try_into().expect("32 bytes"), word(40), word(44));
    bytes.truncate(end);
    bytes.drain(..body_at);
    Some(Opened {
        run,
        first,
        len,
        body: bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_bit_and_any_lost_byte_is_seen() {
        let run = [7; 32];
        let whole = seal(&run, 64, 3, b"some cells");
        let opened = open(whole.clone()).expect("a whole file");
        assert_eq!((opened.run, opened.first, opened.len), (run, 64, 3));
        assert_eq!(opened.body, b"some cells");
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(changed).is_none(), "bit {bit}");
        }
        for len in 0..whole.len() {
            assert!(open(whole[..len].to_vec()).is_none(), "{len} bytes");
        }
    }
}
