//! A shard: the rows of a part of a run, with all that is needed to make the results of the whole when the others are there.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::json::{MANIFEST, RESOLVED, listed, pretty, resolved_file};
use super::{ReportError, ResultFile};
use crate::analysis::results::Numbers;
use crate::scenario::Resolved;
use crate::store::{Identity, Part, ROUND, file_name, sealed};

/// What a shard is of; it stands in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ShardHead {
    /// Which shard it is, from 1.
    pub shard: u32,
    /// How many there are.
    pub of: u32,
    /// How many replications the whole run has.
    pub n: u32,
    /// Number of the first replication of this shard.
    pub first: u32,
    /// The number after that of its last one.
    pub end: u32,
    /// The scenario's name.
    pub name: String,
    /// What the rows belong to.
    pub run: Identity,
    /// The options that change results, by name.
    pub options: BTreeMap<String, String>,
    /// Where the numbers of the scenario come from, which the resolved scenario does not say.
    pub numbers: Numbers,
}

/// Shards are of whole blocks of so many replications.
const BLOCK: u32 = 64;

/// The replications of shard number `shard`, from 1, of `of`: blocks of 64 in equal shares.
pub fn range_of(n: u32, shard: u32, of: u32) -> Range<u32> {
    let blocks = u64::from(n.div_ceil(BLOCK));
    let begin = |shard: u32| {
        let block = blocks * u64::from(shard) / u64::from(of);
        u32::try_from(block * u64::from(BLOCK)).map_or(n, |first| first.min(n))
    };
    begin(shard - 1)..begin(shard)
}

/// The files of a shard, the manifest last: the same bytes, however its rows came about.
///
/// # Errors
///
/// Rows that cannot be read.
pub fn files<'a, P: Part>(
    head: &'a ShardHead,
    resolved: &Resolved,
    parts: &'a [P],
) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let mut files = vec![resolved_file(RESOLVED, resolved)];
    let run = head.run.digest();
    for (name, range) in rows_of(head) {
        let of_round = |part: &P| part.end() > range.start && part.first() < range.end;
        let from = parts.iter().position(of_round).unwrap_or(0);
        let count = parts[from..].iter().take_while(|part| of_round(part)).count();
        let these = &parts[from..from + count];
        files.push(ResultFile::streamed(&name, move |out| {
            let part = P::merged(these, &range)?.ok_or_else(|| io::Error::other("rows are missing"))?;
            out.write_all(&sealed(&run, &part))
        }));
    }
    let value = json!({
        "blackstart": env!("CARGO_PKG_VERSION"),
        "shard": head,
        "files": listed(&files)?,
    });
    files.push(ResultFile::whole(MANIFEST, pretty(MANIFEST, &value)?));
    Ok(files)
}

/// The names of the files with the rows of a shard, in order, and which replications each has.
pub fn rows_of(head: &ShardHead) -> Vec<(String, Range<u32>)> {
    let mut found = Vec::new();
    let mut first = head.first;
    while first < head.end {
        let range = first..head.end.min((first / ROUND + 1).saturating_mul(ROUND));
        first = range.end;
        found.push((file_name(&range), range));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_out_everything_once() {
        for n in [1, 63, 64, 65, 300, 10_000, u32::MAX] {
            for of in [1, 2, 3, 7, 64, 1_000] {
                let mut next = 0;
                for shard in 1..=of {
                    let range = range_of(n, shard, of);
                    assert_eq!(range.start, next, "{shard} of {of} of {n}");
                    next = range.end;
                }
                assert_eq!(next, n, "{of} shards of {n}");
            }
        }
    }
}
