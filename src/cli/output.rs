//! The two streams. A pipe that is closed early ends the output quietly.

use super::exit::{Exit, Failure};
use clap::ValueEnum;
use std::io::{self, IsTerminal, Write};

/// In which form a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Columns that a text may take where the width of the terminal is not known.
const WIDTH_DEFAULT: usize = 120;

/// The widest that a text is laid out, however wide the terminal.
const WIDTH_MAX: usize = 140;

/// Writes a result to standard output.
///
/// # Errors
/// When standard output cannot be written to, but for a closed pipe.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::World,
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Writes a message to standard error; one that cannot be written is lost.
pub fn complain(text: &str) {
    let mut err = anstream::stderr().lock();
    drop(writeln!(err, "{}", text.trim_end()));
}

/// Whether standard output wants colours.
pub fn out_has_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Whether standard error wants colours.
pub fn err_has_colour() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// Columns of the terminal that standard output goes to.
pub fn out_width() -> usize {
    if !io::stdout().is_terminal() {
        return WIDTH_DEFAULT;
    }
    let asked = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let width = asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    width.unwrap_or(WIDTH_DEFAULT).clamp(60, WIDTH_MAX)
}
