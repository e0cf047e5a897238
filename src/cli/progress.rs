//! How far a run has come, on standard error: a bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A run under way.
pub struct Progress {
    bar: Option<ProgressBar>,
    whole: u64,
    done: AtomicU64,
}

impl Progress {
    /// A run of so many replications.
    pub fn new(whole: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(whole), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(
                "{bar:30} {human_pos} of {human_len} replications, {per_sec}, {eta} left",
            );
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            bar,
            whole,
            done: AtomicU64::new(0),
        }
    }

    /// So many more are done.
    pub fn add(&self, count: u32) {
        if let Some(bar) = &self.bar {
            bar.inc(u64::from(count));
            return;
        }
        let before = self.done.fetch_add(u64::from(count), Ordering::Relaxed);
        let after = before + u64::from(count);
        // A line each time a quarter of the whole is passed.
        let quarter = |done: u64| done * 4 / self.whole.max(1);
        if quarter(after) > quarter(before) {
            super::output::complain(&format!("{after} of {} replications", self.whole));
        }
    }

    /// The run is over: the bar is wiped away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
