//! Runs that are killed, interrupted, or run out of disk, and go on from what is complete.
//!
//! With `BLACKSTART_SLOW=1` there are 300 kills.

#![cfg(unix)]

use crate::folders::{assert_same, content, names};
use crate::program::{Ended, blackstart, program, run, wait};
use crate::sources::root;
use blackstart::random::Key;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const N: &str = "9000";

fn scenario() -> String {
    root().join("scenarios/first.yaml").display().to_string()
}

/// Runs the scenario in a folder, to `out`.
fn run_to(folder: &Path, out: &str, more: &[&str]) -> Ended {
    let scenario = scenario();
    let arguments = [&["run", &scenario, "-n", N, "--out", out], more].concat();
    blackstart(folder, &arguments)
}

fn kills() -> u32 {
    if std::env::var_os("BLACKSTART_SLOW").is_some() {
        300
    } else {
        8
    }
}

/// The run is killed at moments spread over its length, over and over, while it resumes as well; and each time that it ends by itself, its
/// results are those of a run that nobody disturbed. At no time is there a directory of results that is not whole.
#[test]
fn a_run_that_is_killed_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let began = Instant::now();
    let whole = run_to(folder.path(), "whole", &[]);
    let length = began.elapsed();
    assert_eq!(whole.code(), Some(0), "{}", whole.err);
    let expected = content(&folder.path().join("whole"));
    let result = folder.path().join("result");
    let (mut killed, mut resumed, mut ended, mut round) = (0, 0, 0, 0);
    while killed < kills() || ended == 0 {
        round += 1;
        // Up to a third of the length, so that most runs take several kills; and now and then long enough to end.
        let part = Key::new(4, round).stream(1, 0, 0).unit_open();
        let wait_for = length.mul_f64(if round % 7 == 0 { 2.0 } else { part * 0.4 });
        let scenario = scenario();
        let mut command = program(
            folder.path(),
            ["run", &scenario, "-n", N, "--out", "result", "--resume"],
        );
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let deadline = Instant::now() + wait_for;
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child that was started") {
                break Some(status);
            }
            if Instant::now() >= deadline {
                break None;
            }
            thread::sleep(Duration::from_millis(2));
        };
        if status.is_none() {
            child.kill().expect("a child that was started");
        }
        let status = status.unwrap_or_else(|| wait(&mut child));
        let err = std::io::read_to_string(child.stderr.take().expect("a pipe")).expect("text");
        assert!(!err.contains("damaged"), "round {round}: {err}");
        resumed += u32::from(err.contains("are complete"));
        if result.exists() {
            assert_same(&result, &expected, &format!("round {round}"));
        }
        if status.success() {
            ended += 1;
            assert_eq!(names(folder.path()), ["result", "whole"], "round {round}");
            std::fs::remove_dir_all(&result).expect("a directory of ours");
        } else {
            assert_eq!(status.code(), None, "round {round}: {err}");
            killed += 1;
        }
    }
    println!(
        "{killed} kills, {resumed} runs went on from what was complete, {ended} ended, each with the same bytes"
    );
    assert!(resumed > 0, "no run found anything complete");
}

/// Starts a run and kills it as soon as there is a part of it.
fn leave_unfinished(folder: &Path) {
    let scenario = scenario();
    let mut command = program(folder, ["run", &scenario, "-n", "4000000", "--out", "result"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program");
    let unfinished = folder.join("result.unfinished");
    let has_rows = || {
        unfinished.is_dir()
            && names(&unfinished)
                .iter()
                .filter(|name| name.ends_with(".bsr"))
                .count()
                > 2
    };
    for _ in 0..3_000 {
        if has_rows() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("a child that was started");
    wait(&mut child);
    assert!(has_rows(), "nothing was complete after half a minute");
}

#[test]
fn a_damaged_part_is_named_and_simulated_again() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    run_to(folder.path(), "whole", &[]);
    let expected = content(&folder.path().join("whole"));
    leave_unfinished(folder.path());
    let parts: Vec<_> = names(&folder.path().join("result.unfinished"))
        .into_iter()
        .filter(|name| name.ends_with(".bsr"))
        .collect();
    let path = |name: &str| folder.path().join("result.unfinished").join(name);
    let mut bytes = std::fs::read(path(&parts[0])).expect("a part");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(path(&parts[0]), &bytes).expect("a changed part");
    let torn = std::fs::read(path(&parts[1])).expect("a part");
    std::fs::write(path(&parts[1]), &torn[..torn.len() / 2]).expect("a torn part");
    let ended = run_to(folder.path(), "result", &["--resume"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    for name in &parts[..2] {
        assert!(ended.err.contains(&format!("{name}: damaged")), "{}", ended.err);
    }
    assert_same(&folder.path().join("result"), &expected, "after damage");
}

#[test]
fn what_is_complete_is_neither_mixed_with_another_run_nor_thrown_away_unasked() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    leave_unfinished(folder.path());
    let refused = run_to(folder.path(), "result", &[]);
    assert_eq!(refused.code(), Some(2), "{}", refused.err);
    assert!(
        refused.err.contains("--resume") && refused.err.contains("--fresh"),
        "{}",
        refused.err
    );
    let other = run_to(folder.path(), "result", &["--seed", "2", "--resume"]);
    assert_eq!(other.code(), Some(3), "{}", other.err);
    assert!(other.err.contains("seed 1 instead of 2"), "{}", other.err);
    // Without being asked to go on: the rows of another run are of no use, and it is said that they go.
    let fresh = run_to(folder.path(), "result", &["--seed", "2"]);
    assert_eq!(fresh.code(), Some(0), "{}", fresh.err);
    assert!(fresh.err.contains("threw away"), "{}", fresh.err);
    assert_eq!(names(folder.path()), ["result"]);
    leave_unfinished(folder.path());
    let fresh = run_to(folder.path(), "result", &["--fresh"]);
    assert_eq!(fresh.code(), Some(0), "{}", fresh.err);
    assert!(!fresh.err.contains("are complete"), "{}", fresh.err);
}

#[test]
fn a_run_that_is_interrupted_ends_with_what_is_complete_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let scenario = scenario();
    let arguments = ["run", &scenario, "-n", "4000000", "--out", "result"];
    let mut child = program(folder.path(), arguments).spawn().expect("the program");
    thread::sleep(Duration::from_millis(700));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("the command kill");
    assert!(sent.success());
    let status = wait(&mut child);
    let out = std::io::read_to_string(child.stdout.take().expect("a pipe")).expect("text");
    let err = std::io::read_to_string(child.stderr.take().expect("a pipe")).expect("text");
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(err.contains("go on with --resume"), "{err}");
    assert!(out.contains("of 4,000,000 replications (interrupted)"), "{out}");
    assert!(out.contains("Caution: Interrupted: these are the first"), "{out}");
    let result = content(&folder.path().join("result"));
    let text = |name: &str| String::from_utf8_lossy(&result[name]).into_owned();
    let summary: serde_json::Value = serde_json::from_str(&text("summary.json")).expect("JSON");
    let n = summary["head"]["n"].as_u64().expect("a number");
    assert!(n > 0 && summary["head"]["interrupted-of"] == 4_000_000);
    assert!(text("report.html").contains("(interrupted)"));
    assert!(text("manifest.json").contains("\"interrupted-of\": 4000000"));
    assert_eq!(text("replications.csv").lines().count() as u64, n + 1);
    // What was interrupted goes on, here to fewer than was asked for at first: to the bytes of a run that nobody disturbed.
    let resumed = run_to(folder.path(), "result", &["--resume"]);
    assert_eq!(resumed.code(), Some(0), "{}", resumed.err);
    assert!(resumed.err.contains("are complete"), "{}", resumed.err);
    run_to(folder.path(), "whole", &[]);
    let expected = content(&folder.path().join("whole"));
    assert_same(&folder.path().join("result"), &expected, "after an interruption");
}

/// A limit on the size of files stands for a disk that is full.
#[test]
fn a_full_disk_ends_it_with_74_and_what_is_complete_stays() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    run_to(folder.path(), "whole", &[]);
    let expected = content(&folder.path().join("whole"));
    let largest = expected.values().map(Vec::len).max().expect("a file");
    assert!(
        largest > 600_000,
        "replications.csv has {largest} bytes, too few for the limit of this test"
    );
    let line = format!(
        "trap '' XFSZ; ulimit -f 600; exec '{}' run '{}' -n {N} --out result",
        env!("CARGO_BIN_EXE_blackstart"),
        scenario()
    );
    let mut command = Command::new("bash");
    command.args(["-c", &line]).current_dir(folder.path());
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let full = run(command);
    assert_eq!(full.code(), Some(74), "{}", full.err);
    assert!(full.err.contains("cannot write"), "{}", full.err);
    assert_eq!(names(folder.path()), ["result.unfinished", "whole"]);
    let resumed = run_to(folder.path(), "result", &["--resume"]);
    assert_eq!(resumed.code(), Some(0), "{}", resumed.err);
    assert!(resumed.err.contains("are complete"), "{}", resumed.err);
    assert_same(&folder.path().join("result"), &expected, "after a full disk");
}

#[test]
fn a_precision_ends_after_the_first_round_that_reaches_it_with_the_rows_of_that_many_replications() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let scenario = root().join("scenarios/variants.yaml").display().to_string();
    let of = |more: &[&str]| {
        let arguments = [&["run", &scenario, "--out", "result"], more].concat();
        blackstart(folder.path(), &arguments)
    };
    let summary = || -> serde_json::Value {
        let bytes = std::fs::read(folder.path().join("result/summary.json")).expect("a summary");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let half = |summary: &serde_json::Value| {
        let share = &summary["targets"][0]["share"];
        (share["high"].as_f64().expect("a number") - share["low"].as_f64().expect("a number")) / 2.0
    };
    let ended = of(&["--precision", "1%"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let found = summary();
    let n = found["head"]["n"].as_u64().expect("a number");
    assert!(
        n.is_multiple_of(4_096) && half(&found) <= 0.01,
        "{n}: ± {}",
        half(&found)
    );
    assert!(
        ended.out.contains("decided by looking at the intervals"),
        "{}",
        ended.out
    );
    let rows = |name: &str| std::fs::read(folder.path().join("result").join(name)).expect("a file");
    let by_rule = rows("replications.csv");
    if n > 4_096 {
        of(&["-n", &(n - 4_096).to_string()]);
        assert!(half(&summary()) > 0.01, "a round less would have done");
    }
    let plain = of(&["-n", &n.to_string()]);
    assert_eq!(plain.code(), Some(0), "{}", plain.err);
    assert!(
        rows("replications.csv") == by_rule,
        "the rows are those of -n {n}"
    );
    let missed = of(&["--precision", "0.1%", "-n", "5000"]);
    assert!(
        missed.out.contains("is not reached after 5000 replications"),
        "{}",
        missed.out
    );
    for (arguments, code) in [
        (["--precision", "no-such=1%"], 2),
        (["--precision", "0%"], 2),
        (["--time-budget", "soon"], 2),
        (["--shard", "3/2"], 2),
    ] {
        assert_eq!(of(&arguments).code(), Some(code), "{arguments:?}");
    }
    assert_eq!(of(&["--precision", "1%", "--shard", "1/2"]).code(), Some(2));
}

#[test]
fn a_time_budget_ends_after_a_complete_round() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let scenario = scenario();
    let ended = blackstart(
        folder.path(),
        &["run", &scenario, "--time-budget", "1 s", "--out", "result"],
    );
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let bytes = std::fs::read(folder.path().join("result/summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    let n = summary["head"]["n"].as_u64().expect("a number");
    assert!(n > 0 && n.is_multiple_of(4_096), "{n}");
    assert_eq!(summary["head"].get("interrupted-of"), None);
}
