//! A file of results: its name, and what writes its content.
//!
//! Content is written when it is asked for, so that the largest file, the rows, is never held in memory as text.

use std::io::{self, BufWriter, Write};

use sha2::{Digest, Sha256};

use crate::scenario::hex;

/// Writes the content of a file.
type Content<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

/// A file of the directory of results.
pub struct ResultFile<'a> {
    /// Its name inside the directory.
    pub name: String,
    content: Content<'a>,
}

impl<'a> ResultFile<'a> {
    /// A file whose content is at hand.
    pub fn whole(name: &str, bytes: Vec<u8>) -> Self {
        Self::streamed(name, move |out| out.write_all(&bytes))
    }

    /// A file whose content is made each time it is written, and is the same each time.
    pub fn streamed(name: &str, content: impl Fn(&mut dyn Write) -> io::Result<()> + 'a) -> Self {
        Self {
            name: name.to_owned(),
            content: Box::new(content),
        }
    }

    /// Writes the content.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        (self.content)(&mut out)?;
        out.flush()
    }

    /// The content in memory: for small files and for tests.
    ///
    /// # Panics
    ///
    /// If the content cannot even be made in memory, a bug of ours.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes).expect("memory takes every byte");
        bytes
    }

    /// How many bytes the content has, and their SHA-256 in hexadecimal.
    ///
    /// # Errors
    ///
    /// Those of making the content: rows on disk that cannot be read.
    pub fn digest(&self) -> io::Result<(u64, String)> {
        let mut tally = Tally {
            bytes: 0,
            hash: Sha256::new(),
        };
        self.write_to(&mut tally)?;
        Ok((tally.bytes, hex(&tally.hash.finalize())))
    }
}

/// Counts and digests what is written to it.
struct Tally {
    bytes: u64,
    hash: Sha256,
}

impl Write for Tally {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_each_time_it_is_written() {
        let file = ResultFile::whole("a", b"abc".to_vec());
        assert_eq!((file.bytes(), file.bytes()), (b"abc".to_vec(), b"abc".to_vec()));
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(file.digest().expect("memory"), (3, expected.to_owned()));
    }
}
