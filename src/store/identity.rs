//! What rows belong to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sealed::{Digest, digest};

/// Everything that rows are a function of, besides their number: the version, the scenario, the seed, options, columns. Rows of two runs may
/// stand side by side only if all of it is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(BTreeMap<String, String>);

impl Identity {
    /// From names and values.
    pub fn new(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(
            values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// By which rows are recognised.
    pub fn digest(&self) -> Digest {
        digest(&serde_json::to_vec(&self.0).expect("texts are JSON"))
    }

    /// A value by its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What of it is not the same in another, in words.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let names: std::collections::BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        let word = |identity: &Self, name: &str| identity.get(name).unwrap_or("none").to_owned();
        names
            .into_iter()
            .filter(|name| self.0.get(*name) != other.0.get(*name))
            .map(|name| {
                let (mine, theirs) = (word(self, name), word(other, name));
                // Digests say nothing to people but that they differ.
                let is_digest =
                    |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                if is_digest(&mine) || is_digest(&theirs) {
                    format!("another {name}")
                } else {
                    format!("{name} {theirs} instead of {mine}")
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named() {
        let run = |seed: &str, scenario: u8| {
            Identity::new([
                ("seed", seed.to_owned()),
                ("scenario", format!("{scenario:064x}")),
            ])
        };
        assert_eq!(run("1", 2).differences(&run("1", 2)), Vec::<String>::new());
        assert_eq!(
            run("1", 2).differences(&run("3", 4)),
            ["another scenario", "seed 3 instead of 1"]
        );
        assert_eq!(run("1", 2).digest(), run("1", 2).digest());
        assert_ne!(run("1", 2).digest(), run("1", 3).digest());
    }
}
