//! The page of a terminal: labels, wrapped paragraphs, colours.

use crate::report::words::{self, pad};

/// Columns of the labels at the left.
pub const INDENT: usize = 8;

/// The colours in use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Label,
    Faint,
    Good,
    Bad,
    Open,
}

/// The text that grows.
pub struct Page {
    /// What was put so far.
    pub text: String,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether colours are put.
    pub colour: bool,
}

impl Page {
    /// Puts a piece of a line.
    pub fn put(&mut self, text: &str, ink: Ink) {
        let code = match ink {
            Ink::Plain => "",
            Ink::Label => "1",
            Ink::Faint => "2",
            Ink::Good => "1;32",
            Ink::Bad => "1;31",
            Ink::Open => "1;33",
        };
        if self.colour && !code.is_empty() {
            self.text.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m"));
        } else {
            self.text.push_str(text);
        }
    }

    /// Puts the rest of a line.
    pub fn line(&mut self, text: &str, ink: Ink) {
        let trimmed = text.trim_end();
        self.put(trimmed, ink);
        self.text.push('\n');
    }

    /// A labelled paragraph, wrapped, its later lines under its first.
    pub fn paragraph(&mut self, label: &str, text: &str) {
        let room = self.width - INDENT;
        for (index, line) in wrap(text, room).iter().enumerate() {
            self.put(&pad(if index == 0 { label } else { "" }, INDENT), Ink::Label);
            self.line(line, Ink::Plain);
        }
    }
}

/// Breaks a text into lines of at most `room` columns, at spaces.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && words::width(&line) + 1 + words::width(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}
