//! The sources of this package as the tidy tests read them: code apart from comments, tests apart from the rest.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of Rust.
pub struct Source {
    /// Its path from the root of the package, with `/` between folders.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The text with every comment, string and character blanked out; same lines, same columns.
    pub code: String,
    /// Per line of the file: whether it belongs to tests only.
    pub is_test: Vec<bool>,
}

impl Source {
    /// Reads a text as a file of that path.
    pub fn new(path: &str, text: &str) -> Self {
        let code = blank(text, Blank::CommentsAndStrings);
        let is_test = test_lines(&code);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            is_test,
        }
    }

    /// The lines of code outside tests, counted from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines_outside_tests(&self.code)
    }

    /// The lines outside tests with their comments and strings, counted from 1.
    pub fn text_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines_outside_tests(&self.text)
    }

    fn lines_outside_tests<'s>(&'s self, text: &'s str) -> impl Iterator<Item = (usize, &'s str)> {
        let lines = text.lines().zip(&self.is_test).enumerate();
        lines
            .filter(|(_, (_, is_test))| !**is_test)
            .map(|(at, (line, _))| (at + 1, line))
    }

    /// The first folder or file below `src/`: the layer to which the file belongs; nothing for `lib.rs` and `main.rs`.
    pub fn layer(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        match below.split_once('/') {
            Some((folder, _)) => Some(folder),
            None => below
                .strip_suffix(".rs")
                .filter(|name| !["lib", "main"].contains(name)),
        }
    }

    /// How many modules deep the file is: 1 for `src/kernel/mod.rs`, 2 for `src/kernel/run.rs`.
    pub fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") {
            folders - 1
        } else {
            folders
        }
    }
}

/// The root of the package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files of Rust under `folder`, by path. A file that its module declares under `#[cfg(test)]` is a test as a whole.
pub fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    find(&root().join(folder), &mut paths);
    paths.sort();
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            let below = path.strip_prefix(root()).expect("a file found below the root");
            Source::new(&below.to_string_lossy().replace('\\', "/"), &text)
        })
        .collect();
    let tests: Vec<String> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        let within = |test: &String| source.path.starts_with(&format!("{test}/"));
        if tests
            .iter()
            .any(|test| source.path == format!("{test}.rs") || within(test))
        {
            source.is_test.fill(true);
        }
    }
    sources
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

/// The paths, without `.rs`, of the modules that a file declares for tests alone.
fn test_files(source: &Source) -> Vec<String> {
    let stem = source
        .path
        .trim_end_matches(".rs")
        .trim_end_matches("/mod")
        .trim_end_matches("/lib");
    let mut found = Vec::new();
    let mut lines = source.code.lines().map(str::trim).filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]"
            && let Some(next) = lines.next()
            && let Some(name) = next
                .trim_start_matches("pub(crate) ")
                .strip_prefix("mod ")
                .and_then(|m| m.strip_suffix(';'))
        {
            found.push(format!("{stem}/{name}"));
        }
    }
    found
}

/// What to blank out of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Comments only.
    Comments,
    /// Comments, and what stands in strings and characters.
    CommentsAndStrings,
}

/// A text of Rust with its comments (and strings) replaced by spaces, so that lines and columns stay.
pub fn blank(text: &str, what: Blank) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = chars.clone();
    let mut wipe = |from: usize, to: usize| {
        for cell in &mut out[from..to] {
            if *cell != '\n' {
                *cell = ' ';
            }
        }
    };
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => comment_end(&chars, at),
            '"' | '\'' | 'r' | 'b' | 'c' if !continues_a_word(&chars, at) => match literal_end(&chars, at) {
                Some(end) => {
                    if what == Blank::CommentsAndStrings {
                        wipe(at, end);
                    }
                    at = end;
                    continue;
                }
                None => {
                    at += 1;
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        wipe(at, end);
        at = end;
    }
    out.into_iter().collect()
}

fn continues_a_word(chars: &[char], at: usize) -> bool {
    let is_quote = matches!(chars[at], '"' | '\'');
    !is_quote && at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&c| c == '\n')
        .map_or(chars.len(), |length| at + length)
}

/// The end of a block comment, which may hold others.
fn comment_end(chars: &[char], mut at: usize) -> usize {
    let mut open = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                open += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                open -= 1;
                at += 2;
                if open == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of the string or character that begins at `at`, with its prefix; nothing if a word or a lifetime stands there.
fn literal_end(chars: &[char], mut at: usize) -> Option<usize> {
    if matches!(chars.get(at), Some('b' | 'c')) {
        at += 1;
    }
    if chars.get(at) == Some(&'r') {
        let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
        let open = at + 1 + hashes;
        if chars.get(open) != Some(&'"') {
            return None;
        }
        let closes = |&from: &usize| {
            chars[from] == '"'
                && chars[from + 1..]
                    .iter()
                    .take(hashes)
                    .filter(|&&c| c == '#')
                    .count()
                    == hashes
        };
        let close = (open + 1..chars.len()).find(closes)?;
        return Some(close + 1 + hashes);
    }
    match chars.get(at)? {
        '"' => quoted_end(chars, at, '"'),
        // A lifetime has no closing quote after one character.
        '\'' if chars.get(at + 1) == Some(&'\\') => quoted_end(chars, at, '\''),
        '\'' if chars.get(at + 2) == Some(&'\'') => Some(at + 3),
        _ => None,
    }
}

fn quoted_end(chars: &[char], open: usize, quote: char) -> Option<usize> {
    let mut at = open + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Per line: whether it stands in an item under `#[cfg(test)]`, the attribute itself included.
fn test_lines(code: &str) -> Vec<bool> {
    let mut marks = Vec::new();
    let (mut inside, mut depth) = (false, 0_i64);
    for line in code.lines() {
        inside |= line.trim_start().starts_with("#[cfg(test)]");
        marks.push(inside);
        if inside {
            let opened = line.matches('{').count();
            let closed = line.matches('}').count();
            depth += i64::try_from(opened).expect("a line is short")
                - i64::try_from(closed).expect("a line is short");
            let ends = line.contains('}') || line.trim_end().ends_with(';');
            inside = !(depth == 0 && ends);
        }
    }
    marks
}

#[test]
fn comments_strings_and_characters_are_blanked() {
    let text = "let a = \"x // y\"; // HashMap\nlet b = r#\"todo!(\"\"#; /* a /* b */ c */ let 'q: loop {}\nlet c = ('\"', '\\'', b'x', r#in);\n";
    let code = blank(text, Blank::CommentsAndStrings);
    assert_eq!(code.chars().count(), text.chars().count());
    for gone in ["HashMap", "todo!", "y", "c */"] {
        assert!(!code.contains(gone), "`{gone}` in {code}");
    }
    for kept in ["let a =", "let 'q: loop {}", "r#in);", "let c = ("] {
        assert!(code.contains(kept), "no `{kept}` in {code}");
    }
    assert!(blank(text, Blank::Comments).contains("x // y"));
}

#[test]
fn tests_are_told_from_the_rest() {
    let text = "fn a() {\n}\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n#[cfg(test)]\nuse x::y;\nfn d() {}\n";
    let source = Source::new("src/kernel/run.rs", text);
    let lines: Vec<usize> = source.code_lines().map(|(at, _)| at).collect();
    assert_eq!(lines, [1, 2, 8, 11]);
    assert_eq!((source.layer(), source.depth()), (Some("kernel"), 2));
    assert_eq!(Source::new("src/lib.rs", "").layer(), None);
}
