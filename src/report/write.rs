//! A directory of results appears whole or not at all.
//!
//! All files are written and synced in a temporary directory beside the target, the manifest last, and then put in place by
//! renames. An interrupted run leaves at most a hidden directory without a manifest, never something that looks whole.
//! Only a directory that is empty, or that a run of Blackstart made, is replaced.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::report::ResultFile;
use crate::report::json::MANIFEST;
use crate::store::sync_directory;

/// Why a directory of results could not be written.
#[derive(Debug)]
pub enum WriteError {
    /// The file system refused; the path says where.
    Io {
        /// What was being done, like `create`.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The target holds something that no run of Blackstart made.
    NotOurs {
        /// The target.
        path: PathBuf,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io { doing, path, error } => write!(f, "cannot {doing} {}: {error}", path.display()),
            WriteError::NotOurs { path } => write!(
                f,
                "{} is neither empty nor a directory of Blackstart's results, so it is not replaced; choose another with --out",
                path.display()
            ),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Io { error, .. } => Some(error),
            WriteError::NotOurs { .. } => None,
        }
    }
}

fn io_at<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> WriteError + 'a {
    move |error| WriteError::Io {
        doing,
        path: path.to_owned(),
        error,
    }
}

/// Fails if [`write_directory`] would refuse the target, so that a long run can refuse before it begins.
///
/// # Errors
///
/// [`WriteError::NotOurs`], or the file system's error.
pub fn check_target(target: &Path) -> Result<(), WriteError> {
    let metadata = match fs::metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_at("look at", target)(error)),
    };
    let not_ours = || WriteError::NotOurs {
        path: target.to_owned(),
    };
    if !metadata.is_dir() {
        return Err(not_ours());
    }
    let mut entries = fs::read_dir(target).map_err(io_at("read", target))?;
    if entries.next().is_none() {
        return Ok(());
    }
    let manifest = target.join(MANIFEST);
    let text = match fs::read(&manifest) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(not_ours()),
        Err(error) => return Err(io_at("read", &manifest)(error)),
    };
    let ours = serde_json::from_slice::<serde_json::Value>(&text)
        .is_ok_and(|value| value.get("blackstart").is_some());
    if ours { Ok(()) } else { Err(not_ours()) }
}

/// Writes the files as the whole content of `target`, replacing an earlier result.
///
/// The manifest must be the last of the files.
///
/// # Errors
///
/// [`WriteError`]; the target is then what it was before.
pub fn write_directory(target: &Path, files: &[ResultFile<'_>]) -> Result<(), WriteError> {
    write_directory_by(target, files, None)
}

/// As [`write_directory`], by way of a directory of the same file system that somebody else removes, whatever happens.
///
/// # Errors
///
/// [`WriteError`]; the target is then what it was before.
pub fn write_directory_by(
    target: &Path,
    files: &[ResultFile<'_>],
    way: Option<&Path>,
) -> Result<(), WriteError> {
    assert!(
        files.last().is_some_and(|file| file.name == MANIFEST),
        "the manifest is written last"
    );
    check_target(target)?;
    // A target that is a link is followed, so that the link itself survives.
    let target = &fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(io_at("create", parent))?;
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push("-unfinished-");
    let fresh = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(way.unwrap_or(parent))
        .map_err(io_at("create a directory in", way.unwrap_or(parent)))?;
    for file in files {
        let path = fresh.path().join(&file.name);
        write_synced(&path, file).map_err(io_at("write", &path))?;
    }
    open_to_readers(fresh.path()).map_err(io_at("set the permissions of", fresh.path()))?;
    sync_directory(fresh.path()).map_err(io_at("sync", fresh.path()))?;
    put_in_place(fresh, target, way.unwrap_or(parent))?;
    sync_directory(parent).map_err(io_at("sync", parent))
}

fn put_in_place(fresh: tempfile::TempDir, target: &Path, parent: &Path) -> Result<(), WriteError> {
    if !target.exists() {
        fs::rename(fresh.path(), target).map_err(io_at("create", target))?;
        let _moved_away = fresh.keep();
        return Ok(());
    }
    // The old result moves into a directory that is removed at the end of this function, whatever happens.
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push("-replaced-");
    let aside = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(parent)
        .map_err(io_at("create a directory in", parent))?;
    let old = aside.path().join("old");
    fs::rename(target, &old).map_err(io_at("move aside", target))?;
    if let Err(error) = fs::rename(fresh.path(), target) {
        if let Err(back) = fs::rename(&old, target) {
            let kept = aside.keep();
            return Err(io_at("move back the old result, which now is in", &kept)(back));
        }
        return Err(io_at("replace", target)(error));
    }
    let _moved_away = fresh.keep();
    Ok(())
}

fn write_synced(path: &Path, content: &ResultFile<'_>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    content.write_to(&mut file)?;
    file.sync_all()
}

/// Temporary directories are private; a result is as readable as anything else that the user makes.
#[cfg(unix)]
fn open_to_readers(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    // The umask is learnt from a directory made the ordinary way, for there is no safe call that reads it.
    let probe = path.join("probe");
    fs::create_dir(&probe)?;
    let mode = fs::metadata(&probe)?.permissions().mode();
    fs::remove_dir(&probe)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
fn open_to_readers(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> ResultFile<'static> {
        ResultFile::whole(name, text.as_bytes().to_vec())
    }

    fn result(text: &str) -> Vec<ResultFile<'static>> {
        vec![file("a.txt", text), file(MANIFEST, r#"{"blackstart": "0"}"#)]
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .expect("the directory can be read")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_result_replaces_the_old_one_whole() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let target = parent.path().join("deep/out");
        let mut first = result("one");
        first.insert(0, file("gone.txt", "only in the first"));
        write_directory(&target, &first).expect("the first result");
        assert_eq!(names(&target), ["a.txt", "gone.txt", MANIFEST]);
        write_directory(&target, &result("two")).expect("the second result");
        assert_eq!(names(&target), ["a.txt", MANIFEST]);
        assert_eq!(fs::read_to_string(target.join("a.txt")).expect("a.txt"), "two");
        assert_eq!(names(&parent.path().join("deep")), ["out"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_result_and_nothing_else() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let target = parent.path().join("out");
        write_directory(&target, &result("one")).expect("the first result");
        let mut bad = result("two");
        bad.insert(0, file("no/such/place.txt", "cannot be written"));
        let error = write_directory(&target, &bad).expect_err("a file in a missing directory");
        assert!(error.to_string().contains("place.txt"), "{error}");
        assert_eq!(fs::read_to_string(target.join("a.txt")).expect("a.txt"), "one");
        assert_eq!(names(parent.path()), ["out"]);
    }

    #[test]
    fn a_stranger_is_never_replaced() {
        let parent = tempfile::tempdir().expect("a temporary directory");
        let target = parent.path().join("home");
        fs::create_dir(&target).expect("a directory");
        write_directory(&target, &result("one")).expect("an empty directory is replaced");
        fs::write(target.join(MANIFEST), r#"{"name": "a web application"}"#).expect("a foreign manifest");
        assert!(matches!(
            write_directory(&target, &result("two")),
            Err(WriteError::NotOurs { .. })
        ));
        fs::remove_file(target.join(MANIFEST)).expect("the manifest goes");
        assert!(matches!(
            write_directory(&target, &result("two")),
            Err(WriteError::NotOurs { .. })
        ));
        assert_eq!(fs::read_to_string(target.join("a.txt")).expect("a.txt"), "one");
        let plain_file = parent.path().join("file");
        fs::write(&plain_file, "mine").expect("a file");
        assert!(matches!(
            check_target(&plain_file),
            Err(WriteError::NotOurs { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_result_is_as_readable_as_any_directory() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().expect("a temporary directory");
        let target = parent.path().join("out");
        write_directory(&target, &result("one")).expect("the result");
        let ordinary = parent.path().join("ordinary");
        fs::create_dir(&ordinary).expect("a directory");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&target), mode(&ordinary));
    }
}
