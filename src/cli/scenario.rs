//! From a scenario's file to what can be simulated, for every subcommand.

use super::exit::{Exit, Failure};
use super::output;
use crate::compile::{Compiled, compile, language, validate};
use crate::diagnostics::{Style, render};
use crate::scenario::{Limits, Loaded, load};
use std::path::{Path, PathBuf};

/// Which scenario, and in which variant.
#[derive(Debug, Clone, clap::Args)]
pub struct Source {
    /// Apply a variant, or several in order: `A+B`
    #[arg(long, value_name = "ID")]
    pub variant: Vec<String>,
    /// Instead of what the scenario says happens: lose these things (places, components, services, tools, teams)
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub lose: Vec<String>,
    /// When they are lost: `+90 min` after the start, or a civil time like `2022-10-15 20:00`
    #[arg(long, value_name = "TIME", requires = "lose")]
    pub at: Option<String>,
    /// The largest file that is read, in MiB
    #[arg(long, value_name = "MIB")]
    pub limit_file: Option<u64>,
    /// The most entities that a scenario may have
    #[arg(long, value_name = "N")]
    pub limit_entities: Option<usize>,
}

impl Source {
    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(mib) = self.limit_file {
            limits.file_bytes_max = mib.saturating_mul(1 << 20);
        }
        if let Some(entities) = self.limit_entities {
            limits.entities_max = entities;
        }
        limits
    }

    /// Reads a scenario with its variant; what is wrong with it is in the issues.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load(&self, path: &Path) -> Result<Loaded, Failure> {
        let limits = self.limits();
        let mut loaded = load(path, &language(), &self.variant, &limits)
            .map_err(|error| Failure::new(Exit::World, format!("cannot read {error}")))?;
        if !self.lose.is_empty() {
            // JSON is YAML: names of strangers are quoted, never spliced.
            let at = self.at.as_deref().unwrap_or("+0 min");
            let happens = serde_json::json!({"lose": {"loss-of": {"ids": self.lose, "at": at}}});
            loaded.replace_section("happens", "--lose", &happens.to_string(), &limits);
        }
        Ok(loaded)
    }

    /// Reads, checks and compiles a scenario. Problems are told on standard error.
    ///
    /// # Errors
    /// When the file cannot be read, or the scenario is not valid.
    pub fn compile(&self, path: &Path) -> Result<Compiled, Failure> {
        let mut loaded = self.load(path)?;
        let Some(design) = validate(&mut loaded) else {
            let style = Style { colour: output::err_has_colour(), width: output::out_width() };
            output::complain(&render(&loaded.issues, &loaded.sources, style));
            return Err(Failure::told(Exit::Invalid));
        };
        Ok(compile(&design))
    }

    /// The options that change results, by name.
    pub fn options(&self) -> std::collections::BTreeMap<String, String> {
        let mut options = std::collections::BTreeMap::new();
        if !self.variant.is_empty() {
            options.insert("variant".to_owned(), self.variant.join("+"));
        }
        if !self.lose.is_empty() {
            options.insert("lose".to_owned(), self.lose.join(","));
            options.insert("at".to_owned(), self.at.clone().unwrap_or_else(|| "+0 min".to_owned()));
        }
        options
    }
}

/// The name of a scenario: its file's stem.
pub fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Where the results of a scenario go, unless the user says otherwise.
pub fn usual_directory(path: &Path) -> PathBuf {
    Path::new("output").join(name_of(path))
}
