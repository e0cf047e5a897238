//! The `blackstart` program: a thin shell over the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(blackstart::cli::main(std::env::args_os()).code())
}
