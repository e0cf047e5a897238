//! How many threads a command takes.

use super::exit::{Exit, Failure};

/// An option of every command that simulates.
#[derive(Debug, clap::Args)]
pub struct Threads {
    /// How many threads (0: as many as the machine has cores); results do not depend on it
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

impl Threads {
    /// The threads.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn pool(&self) -> Result<rayon::ThreadPool, Failure> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .build()
            .map_err(|error| Failure::new(Exit::World, format!("cannot start threads: {error}")))
    }
}
