//! The program as a child process.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// Ten milliseconds at a time, a child may take a minute before it is taken to hang. This is no assertion about speed.
const POLLS_MAX: u32 = 6_000;

/// What a child left.
pub struct Ended {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// The exit code, if no signal ended it.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

/// The program with these arguments in this folder, without colours and without a terminal.
pub fn program<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blackstart"));
    command.args(arguments).current_dir(folder);
    command
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env("RUST_BACKTRACE", "0");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for a child; one that hangs is ended, and the test fails.
pub fn wait(child: &mut Child) -> ExitStatus {
    for _ in 0..POLLS_MAX {
        if let Some(status) = child.try_wait().expect("a child that was started") {
            return status;
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("a child that was started");
    panic!("the program hangs");
}

/// Runs to the end.
pub fn run(mut command: Command) -> Ended {
    let mut child = command.spawn().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    let mut pipes = (
        child.stdout.take().expect("a pipe"),
        child.stderr.take().expect("a pipe"),
    );
    let out = thread::spawn(move || std::io::read_to_string(&mut pipes.0).expect("text"));
    let err = thread::spawn(move || std::io::read_to_string(&mut pipes.1).expect("text"));
    let status = wait(&mut child);
    Ended {
        status,
        out: out.join().expect("a reader"),
        err: err.join().expect("a reader"),
    }
}

/// Runs the program with these arguments in this folder to its end.
pub fn blackstart(folder: &Path, arguments: &[&str]) -> Ended {
    run(program(folder, arguments))
}
