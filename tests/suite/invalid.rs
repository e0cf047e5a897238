//! Broken input: each fault has its message and its exit code, nothing is written, and memory stays small.

use crate::golden::hold;
use crate::program::{Ended, blackstart, run};
use crate::simulated::{loaded, rendered};
use crate::sources::root;
use blackstart::compile::validate;
use blackstart::diagnostics::explanation;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One broken thing per file, named after its fault; the message stands beside it.
const FOLDER: &str = "tests/invalid/model";

/// The most memory that the program may take for a broken file.
const KIB_MAX: u32 = 256 * 1024;

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(FOLDER)).expect("the folder of broken files");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    assert!(files.len() >= 15, "only {} broken files", files.len());
    files
}

#[test]
fn every_broken_file_gives_its_message() {
    for path in files() {
        let below = path.strip_prefix(root()).expect("a file of the package");
        // Tests run in the root of the package, so that messages name files in the same way on every machine.
        let mut loaded = loaded(below);
        assert!(validate(&mut loaded).is_none(), "{} is valid", path.display());
        for issue in loaded.issues.iter() {
            assert!(
                explanation(&issue.code).is_some(),
                "{}: `{}` is not explained",
                path.display(),
                issue.code
            );
        }
        hold(&path.with_extension("txt"), &rendered(&loaded));
    }
}

#[test]
fn every_broken_file_ends_run_and_check_alike_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for path in files() {
        let path = path.display().to_string();
        let checked = blackstart(folder.path(), &["check", &path]);
        assert_eq!(
            checked.code(),
            Some(3),
            "check {path}\n{}{}",
            checked.out,
            checked.err
        );
        assert!(checked.out.contains("error["), "check {path}\n{}", checked.out);
        let ran = blackstart(folder.path(), &["run", &path]);
        assert_eq!(ran.code(), Some(3), "run {path}\n{}{}", ran.out, ran.err);
        assert!(
            ran.out.is_empty() && ran.err.contains("error["),
            "run {path}\n{}{}",
            ran.out,
            ran.err
        );
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("the folder").count(),
        0,
        "something was written"
    );
}

/// The program with little memory: the limit is on addresses, of which memory in use is a part.
fn in_little_memory(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {KIB_MAX} && exec \"$0\" \"$@\""))
        .arg(env!("CARGO_BIN_EXE_blackstart"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("RUST_BACKTRACE", "0");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    run(command)
}

/// Aliases that would become 9 to the power of 9 values.
fn alias_bomb() -> String {
    let mut text = String::from("blackstart: 1\nb0: &b0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=9 {
        let below = vec![format!("*b{}", level - 1); 9].join(", ");
        text.push_str(&format!("b{level}: &b{level} [{below}]\n"));
    }
    text
}

#[cfg(unix)]
#[test]
fn hostile_files_are_refused_in_little_memory() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let inputs = folder.path().join("inputs");
    let work = folder.path().join("work");
    std::fs::create_dir_all(inputs.join("directory.yaml")).expect("a directory");
    std::fs::create_dir(&work).expect("a directory");
    let texts: &[(&str, Vec<u8>)] = &[
        ("empty.yaml", Vec::new()),
        ("not-utf8.yaml", b"blackstart: 1\ntitle: caf\xe9\n".to_vec()),
        ("binary.yaml", (0..=255_u8).cycle().take(100_000).collect()),
        ("zeros.yaml", vec![0; 1_000_000]),
        (
            "deep-flow.yaml",
            format!("blackstart: 1\nx: {}", "[".repeat(1_000_000)).into_bytes(),
        ),
        (
            "deep-flow-maps.yaml",
            format!("blackstart: 1\nx: {}", "{a: ".repeat(500_000)).into_bytes(),
        ),
        (
            "deep-block.yaml",
            (0..3_000)
                .flat_map(|depth| format!("{}a:\n", " ".repeat(depth)).into_bytes())
                .collect(),
        ),
        ("alias-bomb.yaml", alias_bomb().into_bytes()),
        (
            "long-line.yaml",
            format!(
                "blackstart: 1\ntitle: {}\nservcies: {{}}\n",
                "x".repeat(20_000_000)
            )
            .into_bytes(),
        ),
        (
            "count-bomb.yaml",
            b"blackstart: 1\nsites: {a: {count: 4000000000}}\n".to_vec(),
        ),
        (
            "number-bomb.yaml",
            format!("blackstart: 1\nhorizon: {} d\n", "9".repeat(100_000)).into_bytes(),
        ),
    ];
    for (name, bytes) in texts {
        std::fs::write(inputs.join(name), bytes).expect("a file");
    }
    File::create(inputs.join("hundred-megabytes.yaml"))
        .and_then(|file| file.set_len(100 << 20))
        .expect("a file");
    let mut names: Vec<&str> = texts.iter().map(|(name, _)| *name).collect();
    names.extend(["hundred-megabytes.yaml", "directory.yaml"]);
    for name in names {
        let path = inputs.join(name).display().to_string();
        for arguments in [["check", &path].as_slice(), &["run", &path, "--threads", "1"]] {
            let ended = in_little_memory(&work, arguments);
            assert_eq!(
                ended.code(),
                Some(3),
                "{name}: {}\n{}{}",
                ended.status,
                head(&ended.out),
                head(&ended.err)
            );
            let said = format!("{}{}", ended.out, ended.err);
            assert!(said.contains("error["), "{name}: {}", head(&said));
            assert!(said.len() < 100_000, "{name}: a message of {} bytes", said.len());
        }
    }
    let missing = in_little_memory(&work, &["check", "no-such-file.yaml"]);
    assert_eq!(missing.code(), Some(74));
    assert_eq!(
        std::fs::read_dir(&work).expect("the folder").count(),
        0,
        "something was written"
    );
}

fn head(text: &str) -> String {
    text.chars().take(2_000).collect()
}
