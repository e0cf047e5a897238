//! The one renderer: an issue as text for people.

use super::Issues;
use super::sources::Sources;

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With colours (the caller knows whether it writes to a terminal).
    pub colour: bool,
    /// Width of the terminal in characters.
    pub width: usize,
}

/// TODO
pub fn render(_issues: &Issues, _sources: &Sources, _style: Style) -> String {
    String::new()
}

/// The text with terminal control characters made visible (`\u{1b}`), because files of strangers are data.
pub fn escape(text: &str) -> String {
    text.to_owned()
}
