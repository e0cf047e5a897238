//! Scenarios loaded, checked and compiled through the library, as the tests need them.

use blackstart::analysis::run::{Asked, layout};
use blackstart::compile::{Compiled, Design, compile, language, validate};
use blackstart::diagnostics::{Style, render};
use blackstart::monte_carlo::{EVENTS_MAX, Plan, Replica};
use blackstart::observe::columns::Layout;
use blackstart::scenario::{Limits, Loaded, load, load_text};
use std::collections::BTreeMap;
use std::path::Path;

/// What is wrong with a scenario, as people see it.
pub fn rendered(loaded: &Loaded) -> String {
    render(
        &loaded.issues,
        &loaded.sources,
        Style {
            colour: false,
            width: 100,
        },
    )
}

/// Loads a file.
pub fn loaded(path: &Path) -> Loaded {
    load(path, &language(), &[], &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Loads a text that stands under this name.
pub fn loaded_text(name: &str, text: &str) -> Loaded {
    load_text(name, text, &language(), &[], &Limits::default())
}

/// The design of what was loaded.
///
/// # Panics
/// When anything is wrong with it.
pub fn design(mut loaded: Loaded) -> Design {
    validate(&mut loaded).unwrap_or_else(|| panic!("{}", rendered(&loaded)))
}

/// A scenario ready to run, with the columns of its rows.
pub struct Ready {
    pub compiled: Compiled,
    pub layout: Layout,
}

impl Ready {
    pub fn new(loaded: Loaded) -> Self {
        let compiled = compile(design(loaded));
        let layout = layout(&compiled);
        Self { compiled, layout }
    }

    /// The cells of its first replication under seed 1.
    pub fn first_row(&self) -> Box<[i64]> {
        let row = Replica::new(self.plan(1)).row(0);
        row.unwrap_or_else(|unfinished| panic!("{unfinished:?}")).cells
    }

    pub fn plan(&self, seed: u64) -> Plan<'_> {
        Plan {
            compiled: &self.compiled,
            layout: &self.layout,
            seed,
            events_max: EVENTS_MAX,
        }
    }
}

/// What a run of `n` replications is asked.
pub fn asked(n: u32) -> Asked {
    Asked {
        interrupted_of: None,
        name: "test".to_owned(),
        n,
        seed: 1,
        keep: Vec::new(),
        options: BTreeMap::new(),
        events_max: EVENTS_MAX,
    }
}

/// How many replications a test runs: more when slow tests are wanted.
pub fn replications(usual: u32) -> u32 {
    if std::env::var_os("BLACKSTART_SLOW").is_some() {
        usual * 20
    } else {
        usual
    }
}
