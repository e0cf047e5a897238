//! The tree as JSON, which can be read again as a scenario.

use super::digest::hex;
use super::tree::{Node, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Number, Value as Json};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// A scenario with everything worked in, as the text of a JSON document: what a run is a function of. Kept as text, since a large design
/// takes ten times the memory as values.
#[derive(Clone, Debug)]
pub struct Resolved {
    text: String,
    sha256: String,
}

impl Resolved {
    /// That of a tree.
    pub fn new(root: &Node) -> Self {
        let mut hashing = Hashing(Sha256::new());
        serde_json::to_writer(&mut hashing, &AsJson(root)).expect(NOTHING_TO_FAIL);
        Self {
            text: serde_json::to_string_pretty(&AsJson(root)).expect(NOTHING_TO_FAIL),
            sha256: hex(&hashing.0.finalize()),
        }
    }

    /// The document, indented, without an end of line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The digest of the document without any white space, in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

const NOTHING_TO_FAIL: &str = "a tree of texts, numbers and flags can be written as JSON";

/// What is written goes into a digest.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The tree as JSON values.
pub fn resolved(node: &Node) -> Json {
    serde_json::to_value(AsJson(node)).expect(NOTHING_TO_FAIL)
}

/// A tree as JSON. Plain scalars become null, flags and numbers where they are written as JSON writes them; everything else is text. Keys
/// are sorted.
struct AsJson<'a>(&'a Node);

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            _ if self.0.is_null() => to.serialize_unit(),
            Value::Scalar { text, plain } => scalar(text, *plain).serialize(to),
            Value::Seq(nodes) => to.collect_seq(nodes.iter().map(AsJson)),
            Value::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                let mut map = to.serialize_map(Some(sorted.len()))?;
                for entry in sorted {
                    map.serialize_entry(entry.key.as_ref(), &AsJson(&entry.node))?;
                }
                map.end()
            }
        }
    }
}

fn scalar(text: &str, plain: bool) -> Json {
    let number = plain
        .then(|| {
            if let Ok(whole) = text.parse::<i64>() {
                return Some(Number::from(whole)).filter(|number| number.to_string() == text);
            }
            // Only what prints as it was written: a number must not change by being resolved.
            let real = text.parse::<f64>().ok().filter(|real| real.is_finite())?;
            Number::from_f64(real).filter(|number| number.to_string() == text)
        })
        .flatten();
    match (plain, text, number) {
        (true, "true", _) => Json::Bool(true),
        (true, "false", _) => Json::Bool(false),
        (_, _, Some(number)) => Json::Number(number),
        _ => Json::String(text.to_owned()),
    }
}
