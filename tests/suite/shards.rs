//! A run in shards, merged, is the run in one piece, byte for byte, on any number of threads.
//!
//! With `BLACKSTART_SLOW=1`: threads 1, 2, 3, 8 × shards 1, 2, 7, 64 × 3 seeds × 10 scenarios.

use crate::folders::{assert_same, content};
use crate::program::blackstart;
use crate::sources::root;
use std::collections::BTreeMap;
use std::path::Path;

/// Scenarios, with how many replications and which options.
const SCENARIOS: &[(&str, &str, &[&str])] = &[
    ("first", "300", &[]),
    ("annual-two-ups", "70", &["--years", "2"]),
    ("variants", "300", &["--variant", "four-heads+on-site"]),
    ("pangyo-2022/as-it-happened", "130", &[]),
    ("first", "300", &["--lose", "hall", "--at", "+90 min"]),
    ("references/cold-standby", "200", &[]),
    ("references/mass-repair", "200", &[]),
    ("references/recovery-jobs", "300", &[]),
    ("references/two-of-three-one-repairer", "70", &[]),
    ("references/rts-79", "70", &[]),
];

/// Where a sweep takes place, and of what.
struct Sweep<'a> {
    folder: &'a Path,
    name: &'a str,
    n: &'a str,
    more: &'a [&'a str],
}

impl Sweep<'_> {
    fn run(&self, arguments: &[&str]) {
        let scenario = root()
            .join(format!("scenarios/{}.yaml", self.name))
            .display()
            .to_string();
        let all = [&["run", &scenario, "-n", self.n], self.more, arguments].concat();
        let ended = blackstart(self.folder, &all);
        assert_eq!(ended.code(), Some(0), "{all:?}: {}", ended.err);
    }

    fn whole(&self, seed: &str, threads: &str) -> BTreeMap<String, Vec<u8>> {
        self.run(&["--seed", seed, "--threads", threads, "--out", "whole"]);
        content(&self.folder.join("whole"))
    }

    /// Makes all shards, the last one first, and merges them.
    fn merged(&self, seed: &str, threads: &str, shards: u32) {
        let names: Vec<String> = (1..=shards).rev().map(|shard| format!("shard-{shard}")).collect();
        for (shard, name) in (1..=shards).rev().zip(&names) {
            let part = format!("{shard}/{shards}");
            self.run(&[
                "--seed",
                seed,
                "--threads",
                threads,
                "--out",
                name,
                "--shard",
                &part,
            ]);
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all = [&["merge"], &names[..], &["--threads", threads, "--out", "merged"]].concat();
        let ended = blackstart(self.folder, &all);
        assert_eq!(ended.code(), Some(0), "{all:?}: {}", ended.err);
    }
}

#[test]
fn any_number_of_threads_and_shards_gives_the_same_bytes() {
    let is_slow = std::env::var_os("BLACKSTART_SLOW").is_some();
    let (scenarios, seeds, shards, threads): (_, &[&str], &[u32], &[&str]) = if is_slow {
        (SCENARIOS, &["1", "2", "3"], &[1, 2, 7, 64], &["1", "2", "3", "8"])
    } else {
        (&SCENARIOS[..3], &["7"], &[1, 3], &["1", "3"])
    };
    let mut compared = 0;
    for (name, n, more) in scenarios {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let sweep = Sweep {
            folder: folder.path(),
            name,
            n,
            more,
        };
        for seed in seeds {
            let expected = sweep.whole(seed, "2");
            for threads in threads {
                let when = format!("{name}, seed {seed}, {threads} threads");
                assert_eq!(sweep.whole(seed, threads).keys().count(), expected.len());
                assert_same(&folder.path().join("whole"), &expected, &when);
                for &count in shards {
                    sweep.merged(seed, threads, count);
                    assert_same(
                        &folder.path().join("merged"),
                        &expected,
                        &format!("{when}, {count} shards"),
                    );
                    compared += 1;
                }
            }
        }
    }
    println!("{compared} merged runs, 0 differing bytes");
}

#[test]
fn merge_refuses_what_does_not_belong_together_and_names_it() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let sweep = Sweep {
        folder: folder.path(),
        name: "first",
        n: "300",
        more: &[],
    };
    for shard in ["1/3", "2/3", "3/3"] {
        sweep.run(&["--out", &shard.replace('/', "-"), "--shard", shard]);
    }
    sweep.run(&["--out", "other-seed", "--shard", "2/3", "--seed", "2"]);
    sweep.run(&["--out", "other-scenario", "--shard", "2/3", "--lose", "hall"]);
    sweep.run(&["--out", "other-count", "--shard", "1/2"]);
    sweep.run(&["--out", "whole"]);
    let refused = |shards: &[&str], words: &[&str]| {
        let ended = blackstart(folder.path(), &[&["merge", "--out", "merged"], shards].concat());
        assert_eq!(ended.code(), Some(3), "{shards:?}: {}", ended.err);
        for word in words {
            assert!(ended.err.contains(word), "{shards:?}: no {word} in {}", ended.err);
        }
        assert!(!folder.path().join("merged").exists(), "{shards:?}");
    };
    refused(&["1-3"], &["2 are missing: 2, 3"]);
    refused(&["1-3", "3-3"], &["one is missing: 2"]);
    refused(&["1-3", "2-3", "3-3", "2-3"], &["shard 2 of 3 is there 2 times"]);
    refused(
        &["1-3", "other-seed", "3-3"],
        &["other-seed", "seed 2 instead of 1"],
    );
    refused(&["1-3", "other-scenario", "3-3"], &["another scenario"]);
    refused(&["1-3", "other-count"], &["2 shards instead of 3"]);
    refused(&["1-3", "whole"], &["whole is not the directory of a shard"]);

    let change = |shard: &str, name: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let path = folder.path().join(shard).join(name);
        let bytes = std::fs::read(&path).expect("a file of a shard");
        std::fs::write(&path, change(bytes.clone())).expect("a changed file");
        (path, bytes)
    };
    let rows = "rows-0000000064-0000000191.bsr";
    let (path, bytes) = change("2-3", rows, &|mut bytes| {
        bytes[200] ^= 1;
        bytes
    });
    refused(
        &["1-3", "2-3", "3-3"],
        &[rows, "damaged", "make shard 2 of 3 again"],
    );
    std::fs::write(path, bytes).expect("the file as it was");
    let replaced = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(from, to).into_bytes()
    };
    let (path, bytes) = change(
        "1-3",
        "manifest.json",
        &replaced("\"name\": \"first\"", "\"name\": \"../../x\""),
    );
    refused(&["1-3"], &["is not that of a file"]);
    std::fs::write(path, bytes).expect("the file as it was");
    let (path, bytes) = change("1-3", "scenario.resolved.json", &replaced("\"1 d\"", "\"2 d\""));
    refused(&["1-3", "2-3", "3-3"], &["not those of its scenario"]);
    std::fs::write(path, bytes).expect("the file as it was");

    let merged = blackstart(folder.path(), &["merge", "3-3", "1-3", "2-3", "--out", "merged"]);
    assert_eq!(merged.code(), Some(0), "{}", merged.err);
    assert_same(
        &folder.path().join("merged"),
        &content(&folder.path().join("whole")),
        "three shards",
    );
}
