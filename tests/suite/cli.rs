//! The program from outside: exit codes, streams, colours, and runs that are interrupted.

use crate::program::{blackstart, program, run, wait};
use crate::sources::root;
use std::path::Path;

const FIRST: &str = "scenarios/first.yaml";

/// The files that every directory of results has.
const RESULTS: &[&str] = &[
    "manifest.json",
    "scenario.resolved.json",
    "summary.json",
    "replications.csv",
    "services.csv",
    "timeline.csv",
    "outages.csv",
    "report.html",
];

fn is_whole(folder: &Path) -> bool {
    RESULTS
        .iter()
        .all(|name| folder.join(name).metadata().is_ok_and(|file| file.len() > 0))
}

#[test]
fn exit_codes_are_those_of_the_documentation() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let broken = folder.path().join("broken.yaml");
    std::fs::write(&broken, "blackstart: 1\nservices: {a: {needs: {b: hard}}}\n").expect("a file");
    let broken = broken.display().to_string();
    let out = folder.path().join("out").display().to_string();
    let cases: &[(&[&str], i32)] = &[
        (&["check", FIRST], 0),
        (&["run", FIRST, "-n", "3", "--out", &out], 0),
        (&["explain", FIRST, "--replication", "1"], 0),
        (&["help", "services"], 0),
        (&["schema"], 0),
        (&["--version"], 0),
        (&[], 2),
        (&["run"], 2),
        (&["run", FIRST, "-n", "0"], 2),
        (&["run", FIRST, "-n", "3", "--keep", "3"], 2),
        (&["help", "no-such-thing"], 2),
        (&["check", &broken], 3),
        (&["run", &broken], 3),
        (&["explain", &broken], 3),
        (&["run", FIRST, "--variant", "no-such-variant"], 3),
        (&["run", FIRST, "-n", "3", "--limit-events", "2"], 5),
        (&["check", "no/such/file.yaml"], 74),
        (&["run", FIRST, "-n", "3", "--out", "Cargo.toml"], 74),
    ];
    for (arguments, code) in cases {
        let ended = blackstart(&root(), arguments);
        assert_eq!(
            ended.code(),
            Some(*code),
            "{arguments:?}\n{}{}",
            ended.out,
            ended.err
        );
    }
    assert!(is_whole(Path::new(&out)));
}

/// A loss named on the command line takes the place of what the scenario says happens: promises and observations that belong to that are
/// not held against it.
#[test]
fn a_loss_on_the_command_line_replaces_what_happens() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let out = folder.path().join("out");
    let pangyo = "scenarios/pangyo-2022/as-it-happened.yaml";
    let target = out.display().to_string();
    let at = "Fri 20:00";
    let arguments = [
        "run", pangyo, "-n", "3", "--lose", "hall-1", "--at", at, "--out", &target,
    ];
    let ended = blackstart(&root(), &arguments);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    let summary = std::fs::read(out.join("summary.json")).expect("a summary");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    assert_eq!(summary["head"]["happening"], "loss-of-hall-1");
    assert_eq!(summary["records"], serde_json::json!([]));
    assert_eq!(summary["targets"], serde_json::json!([]));
    // The first Friday evening after the Saturday on which the scenario begins: 6 d 4 h 41 min later.
    let lost_at = (6 * 24 * 60 + 4 * 60 + 41) * 60_000_000_i64;
    assert_eq!(
        summary["whole"]["recovery"]["lost-at-median"]["value"]["at"],
        lost_at
    );
    let ended = blackstart(&root(), &["run", FIRST, "--lose", "halll", "--out", &target]);
    assert_eq!(ended.code(), Some(3));
    assert!(ended.err.contains("did you mean `hall`?"), "{}", ended.err);
}

#[test]
fn results_go_to_one_stream_and_everything_else_to_the_other() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let out = folder.path().join("out").display().to_string();
    let ended = blackstart(
        &root(),
        &["run", FIRST, "-n", "100", "--format", "json", "--out", &out],
    );
    let summary: serde_json::Value = serde_json::from_str(&ended.out).expect("the summary alone");
    assert!(summary.get("schema_version").is_some());
    assert!(ended.err.contains("100 replications"));
    let file = std::fs::read_to_string(Path::new(&out).join("summary.json")).expect("the summary as a file");
    assert_eq!(file, ended.out);
}

#[test]
fn a_directory_that_no_run_made_is_not_replaced() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("precious.txt"), "mine").expect("a file");
    let ended = blackstart(
        &root(),
        &[
            "run",
            FIRST,
            "-n",
            "3",
            "--out",
            &folder.path().display().to_string(),
        ],
    );
    assert_eq!(ended.code(), Some(74), "{}", ended.err);
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("the directory").count(),
        1
    );
}

#[test]
fn an_unknown_subcommand_is_answered_with_the_nearest() {
    let ended = blackstart(&root(), &["explian"]);
    assert_eq!(ended.code(), Some(2));
    assert!(ended.err.contains("explain"), "{}", ended.err);
    let ended = blackstart(&root(), &["help", "servces"]);
    assert!(ended.err.contains("did you mean `services`?"), "{}", ended.err);
}

#[test]
fn colours_are_for_those_who_want_them() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("broken.yaml"), "blackstart: 1\nservcies: {}\n").expect("a file");
    let colours = |name: &str, value: &str, other: Option<(&str, &str)>| {
        let mut command = program(folder.path(), ["check", "broken.yaml"]);
        command.env(name, value).envs(other);
        run(command).out.contains('\u{1b}')
    };
    assert!(colours("CLICOLOR_FORCE", "1", None));
    assert!(!colours("NO_COLOR", "1", None));
    assert!(!colours("NO_COLOR", "1", Some(("CLICOLOR_FORCE", "1"))));
    assert!(
        !blackstart(folder.path(), &["check", "broken.yaml"])
            .out
            .contains('\u{1b}'),
        "a pipe has no colours"
    );
}

#[test]
fn a_run_whose_first_replication_cannot_be_finished_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let scenario = root().join(FIRST).display().to_string();
    let arguments = [
        "run",
        &scenario,
        "-n",
        "3",
        "--limit-events",
        "2",
        "--out",
        "result",
    ];
    let ended = blackstart(folder.path(), &arguments);
    assert_eq!(ended.code(), Some(5), "{}", ended.err);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for arguments in [["schema", "--"].as_slice(), &["help"], &["explain", FIRST]] {
        let mut command = program(&root(), arguments.iter().filter(|argument| **argument != "--"));
        let mut child = command.spawn().expect("the program");
        drop(child.stdout.take());
        let status = wait(&mut child);
        let mut err = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().expect("a pipe"), &mut err).expect("text");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
        assert_eq!(status.code(), Some(0), "{arguments:?}: {err}");
    }
}

/// What the program prints on standard output, and how it exits.
fn told(arguments: &[&str]) -> (String, Option<i32>) {
    let ended = blackstart(&root(), arguments);
    let code = ended.code();
    (ended.out, code)
}

#[test]
fn any_scenario_can_be_begun_in_the_dark() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let out = folder.path().join("out").display().to_string();
    for scenario in [FIRST, "scenarios/annual-two-ups.yaml", "scenarios/fire.yaml"] {
        let (text, code) = told(&["run", scenario, "--from", "dark", "-n", "20", "--out", &out]);
        assert_eq!(code, Some(0), "{scenario}");
        assert!(
            text.contains("ORDER   in which services come up"),
            "{scenario}\n{text}"
        );
        assert!(
            !text.contains("A circle that nothing starts"),
            "{scenario}\n{text}"
        );
    }
    let (text, _) = told(&[
        "run",
        "scenarios/black-start.yaml",
        "--variant",
        "everything-by-tool",
        "-n",
        "20",
        "--out",
        &out,
    ]);
    assert!(
        text.contains("core-a waits for provisioning waits for core-a"),
        "{text}"
    );
}

#[test]
fn a_manual_is_audited_in_text_and_json() {
    let (text, code) = told(&["manual", "scenarios/manual.yaml", "-n", "20"]);
    assert_eq!(code, Some(0));
    for words in [
        "never done as the manual says",
        "Switching tool always at hand",
        "one person",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    let (json, code) = told(&[
        "manual",
        "scenarios/manual.yaml",
        "-n",
        "20",
        "--no-gains",
        "--format",
        "json",
    ]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["procedures"][0]["steps"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["gains"].as_array().map(Vec::len), Some(0));
    // Years of ordinary life have no disaster in which a manual could be tried.
    assert_eq!(told(&["manual", "scenarios/annual-two-ups.yaml"]).1, Some(2));
}
