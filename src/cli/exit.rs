//! How the program ends.

use std::fmt::Display;

/// The exit codes, which scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The command line was not understood.
    Usage,
    /// The scenario is not valid; nothing was written.
    Invalid,
    /// A replication could not be finished; no estimates are printed.
    Unfinished,
    /// A bug of ours.
    Bug,
    /// A file could not be read or written.
    World,
    /// Somebody asked it to stop (Ctrl-C).
    Interrupted,
}

impl Exit {
    /// The number that the system is told.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Unfinished => 5,
            Self::Bug => 70,
            Self::World => 74,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command did not do what it was asked for.
#[derive(Clone, Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What people are told on standard error; empty if they have been told already.
    pub message: String,
}

impl Failure {
    /// A failure with a message.
    pub fn new(exit: Exit, message: impl Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
        }
    }

    /// A failure that has been reported.
    pub fn told(exit: Exit) -> Self {
        Self {
            exit,
            message: String::new(),
        }
    }
}
