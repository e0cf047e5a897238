//! Files to text: bounded, and never more than the limit.

use super::limits::Limits;
use crate::diagnostics::{Issue, Span};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why a file gave no text.
#[derive(Debug)]
pub(super) enum ReadFault {
    /// What the system said.
    World(String),
    /// The author's mistake.
    Issue(Box<Issue>),
}

/// Reads a file as text, never more of it than the limit. The span of an issue says nothing but the file.
pub(super) fn read_text(path: &Path, file: u16, limits: &Limits) -> Result<String, ReadFault> {
    let world = |error: std::io::Error| ReadFault::World(in_words(&error));
    let place = Span {
        file,
        ..Span::NOWHERE
    };
    let issue = |issue: Issue| ReadFault::Issue(Box::new(issue));
    let opened = File::open(path).map_err(world)?;
    let about = opened.metadata().map_err(world)?;
    if about.is_dir() {
        let fault = Issue::error(
            "is-a-directory",
            place,
            format!("`{}` is a directory", path.display()),
        );
        return Err(issue(fault.help("name a scenario file in it")));
    }
    let limit = limits.file_bytes_max;
    let too_large = || {
        let message = format!("`{}` is larger than {} bytes", path.display(), limit);
        issue(
            Issue::error("file-too-large", place, message)
                .note("the limit is named `file_bytes_max`; raise it with --limit-file"),
        )
    };
    if about.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    opened.take(limit + 1).read_to_end(&mut bytes).map_err(world)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(too_large());
    }
    utf8(bytes, file).map_err(ReadFault::Issue)
}

/// What the system said, in the same words everywhere where that is possible.
fn in_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The text in UTF-8, or where it stops being that.
pub(super) fn utf8(bytes: Vec<u8>, file: u16) -> Result<String, Box<Issue>> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = String::from_utf8_lossy(&bytes[..at]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
        let byte = bytes.get(at).copied().unwrap_or_default();
        let message = format!("byte {at} (0x{byte:02x}) in line {line}, column {column} is not UTF-8");
        let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            "the file looks like UTF-16; save it as UTF-8"
        } else {
            "save the file as UTF-8"
        };
        Box::new(
            Issue::error(
                "not-utf8",
                Span {
                    file,
                    ..Span::NOWHERE
                },
                message,
            )
            .help(help),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let issue = utf8(b"a: 1\nb: \xff\n".to_vec(), 0).expect_err("no UTF-8");
        assert_eq!(issue.message, "byte 8 (0xff) in line 2, column 4 is not UTF-8");
        let issue = utf8(b"\xff\xfea\0".to_vec(), 0).expect_err("no UTF-8");
        assert!(issue.help.is_some_and(|help| help.contains("UTF-16")));
    }

    #[test]
    fn directories_and_large_files_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let code = |fault: ReadFault| match fault {
            ReadFault::Issue(issue) => issue.code.to_string(),
            ReadFault::World(message) => format!("world: {message}"),
        };
        let limits = Limits {
            file_bytes_max: 10,
            ..Limits::default()
        };
        let fault = read_text(folder.path(), 0, &limits).expect_err("a directory");
        assert_eq!(code(fault), "is-a-directory");
        let file = folder.path().join("x.yaml");
        std::fs::write(&file, "a: 1\n# more\n").expect("a file");
        let fault = read_text(&file, 0, &limits).expect_err("too large");
        assert_eq!(code(fault), "file-too-large");
        assert!(read_text(&file, 0, &Limits::default()).is_ok());
        let fault = read_text(&folder.path().join("none.yaml"), 0, &limits).expect_err("missing");
        assert!(code(fault).starts_with("world: "));
    }
}
