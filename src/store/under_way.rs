//! The directory of a run that is under way: what is complete of it, to go on from.
//!
//! It lies beside the results-to-be, as `NAME.unfinished`, and is gone when they stand. Each part is a file of its own, written whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::sealed::{BODY_AT, Digest, open, seal};
use super::whole::{sync_directory, write_whole};
use super::{Identity, Part, StoreError};

/// What is in the directory, by which it is known as ours.
const RUN: &str = "run.json";
const LOCK: &str = "lock";
const PREFIX: &str = "rows-";
const SUFFIX: &str = ".bsr";

#[derive(Serialize, Deserialize)]
struct RunFile {
    /// The version that writes here.
    blackstart: String,
    /// What the rows belong to.
    unfinished: Identity,
}

/// What is to happen to rows of an earlier run that did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// They are kept and gone on from.
    Resumed,
    /// They are thrown away.
    Dropped,
    /// Rows of the same run are not touched and it is an error that they are there; others, which are of no use, are thrown away.
    Refused,
}

/// Why the directory of a run cannot be used.
#[derive(Debug)]
pub enum OpenError {
    /// The file system refused.
    Store(StoreError),
    /// There is something else.
    NotOurs(PathBuf),
    /// Another process writes there.
    InUse(PathBuf),
    /// Rows of the same run are there, which could be gone on from.
    Same(PathBuf),
    /// The rows there belong to another run; what is not the same.
    Other(PathBuf, Vec<String>),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The directory of a run under way, locked.
#[derive(Debug)]
pub struct UnderWay {
    path: PathBuf,
    run: Digest,
    /// What was there is thrown away: what was not the same in it.
    pub dropped: Option<Vec<String>>,
    _lock: File,
}

/// Parts that were read, and the files that were damaged and are gone.
pub type Read<P> = (Vec<P>, Vec<PathBuf>);

impl UnderWay {
    /// The directory that belongs to a directory of results.
    pub fn beside(target: &Path) -> PathBuf {
        // A target that is a link is followed: results are put in place by a rename, which has to stay on one file system.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        target.with_file_name(name)
    }

    /// Takes the directory into use.
    ///
    /// # Errors
    /// [`OpenError`]; what is there is then as it was.
    pub fn open(path: &Path, identity: &Identity, earlier: Earlier) -> Result<Self, OpenError> {
        let existed = path.exists();
        if existed && !is_ours(path)? {
            return Err(OpenError::NotOurs(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(StoreError::at("create", path))?;
        let lock = lock(path)?;
        let found = if existed { read_run(path)? } else { None };
        let mut dropped = None;
        let keep = match found {
            None => false,
            Some(found) if found == *identity => {
                let has_rows = files(path)?.iter().any(|file| is_rows(file));
                if earlier == Earlier::Refused && has_rows {
                    return Err(OpenError::Same(path.to_owned()));
                }
                earlier == Earlier::Resumed
            }
            Some(found) if found == Identity::new([]) => false,
            Some(found) => {
                let differences = identity.differences(&found);
                if earlier == Earlier::Resumed {
                    return Err(OpenError::Other(path.to_owned(), differences));
                }
                dropped = Some(differences);
                false
            }
        };
        clear(path, keep)?;
        let under_way = Self {
            path: path.to_owned(),
            run: identity.digest(),
            dropped,
            _lock: lock,
        };
        if !keep {
            under_way.write_run(identity)?;
        }
        Ok(under_way)
    }

    fn write_run(&self, identity: &Identity) -> Result<(), StoreError> {
        let file = RunFile {
            blackstart: env!("CARGO_PKG_VERSION").to_owned(),
            unfinished: identity.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&file).expect("texts are JSON");
        text.push(b'\n');
        let path = self.path.join(RUN);
        write_whole(&path, &text).map_err(StoreError::at("write", &path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what is complete. Files that are damaged or not of this run are removed, and named.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn read<P: Part>(&self, shape: usize) -> Result<Read<P>, StoreError> {
        let (mut parts, mut damaged) = (Vec::new(), Vec::new());
        for path in files(&self.path)?.into_iter().filter(|file| is_rows(file)) {
            match read_part(&path, &self.run, shape)? {
                Some(part) => parts.push(part),
                None => {
                    fs::remove_file(&path).map_err(StoreError::at("remove", &path))?;
                    damaged.push(path);
                }
            }
        }
        Ok((parts, damaged))
    }

    /// Writes a part, whole, and gives its memory back where `lean`.
    ///
    /// # Errors
    /// Those of the file system; what was complete stays.
    pub fn keep<P: Part>(&self, part: &mut P, lean: bool) -> Result<(), StoreError> {
        let path = self.path.join(file_name(&(part.first()..part.end())));
        write_whole(&path, &sealed(&self.run, part)).map_err(StoreError::at("write", &path))?;
        if lean {
            part.let_go(&path, BODY_AT);
        }
        Ok(())
    }

    /// Removes the directory: the results stand.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remove(self) -> Result<(), StoreError> {
        // First it says that it belongs to no run: what a power cut in between leaves is thrown away by the next.
        self.write_run(&Identity::new([]))?;
        fs::remove_dir_all(&self.path).map_err(StoreError::at("remove", &self.path))
    }
}

/// The name of the file of these replications, of which there is at least one.
pub fn file_name(range: &Range<u32>) -> String {
    format!("{PREFIX}{:010}-{:010}{SUFFIX}", range.start, range.end - 1)
}

/// The bytes of the file of a part of a run.
pub fn sealed<P: Part>(run: &Digest, part: &P) -> Vec<u8> {
    seal(run, part.first(), part.end() - part.first(), &part.body())
}

/// Reads the file of a part; `None` if it is damaged, or belongs to another run.
///
/// # Errors
/// Those of the file system.
pub fn read_part<P: Part>(path: &Path, run: &Digest, shape: usize) -> Result<Option<P>, StoreError> {
    let bytes = fs::read(path).map_err(StoreError::at("read", path))?;
    let opened = open(bytes).filter(|opened| opened.run == *run);
    let part = opened.and_then(|opened| P::from_body(opened.first, opened.len, shape, opened.body));
    Ok(part.map(|mut part| {
        part.let_go(path, BODY_AT);
        part
    }))
}

fn is_rows(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// What lies in a directory, in the order of names.
fn files(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(path).map_err(StoreError::at("read", path))?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()
        .map_err(StoreError::at("read", path))?;
    files.sort();
    Ok(files)
}

/// Whether a directory is one of a run, or empty, or was begun by a run that was ended at once.
fn is_ours(path: &Path) -> Result<bool, StoreError> {
    if !path.is_dir() {
        return Ok(false);
    }
    let begun = |file: &PathBuf| file.file_name().is_some_and(|name| name == LOCK) || is_temporary(file);
    Ok(path.join(RUN).is_file() || files(path)?.iter().all(begun))
}

/// What `tempfile` names its files.
fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(".tmp"))
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let at = path.join(LOCK);
    let file = File::create(&at).map_err(StoreError::at("create", &at))?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        // A file system without locks is not a reason not to run.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// What the rows of a directory belong to; `None` if it does not say.
fn read_run(path: &Path) -> Result<Option<Identity>, StoreError> {
    let path = path.join(RUN);
    match fs::read(&path) {
        Ok(bytes) => Ok(serde_json::from_slice::<RunFile>(&bytes)
            .ok()
            .map(|file| file.unfinished)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::at("read", &path)(error)),
    }
}

/// Removes all but the lock, and but the run and its rows if these are kept.
fn clear(path: &Path, keep: bool) -> Result<(), StoreError> {
    for file in files(path)? {
        let is = |name: &str| file.file_name().is_some_and(|other| other == name);
        if is(LOCK) || (keep && (is(RUN) || is_rows(&file))) {
            continue;
        }
        let removed = if file.is_dir() {
            fs::remove_dir_all(&file)
        } else {
            fs::remove_file(&file)
        };
        removed.map_err(StoreError::at("remove", &file))?;
    }
    sync_directory(path).map_err(StoreError::at("sync", path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Piece, Row};

    fn identity(seed: u32) -> Identity {
        Identity::new([("seed", seed.to_string())])
    }

    fn piece(first: u32, len: u32) -> Piece {
        let row = |replication| Row {
            replication,
            cells: vec![i64::from(replication), 5].into(),
        };
        Piece::of(&(first..first + len).map(row).collect::<Vec<_>>())
    }

    fn cells(piece: &Piece) -> Vec<i64> {
        let mut cells = Vec::new();
        piece.column(0, &mut cells).expect("a column");
        cells
    }

    #[test]
    fn what_was_kept_is_found_again_and_what_is_damaged_is_named() {
        let parent = tempfile::tempdir().expect("a directory");
        let path = UnderWay::beside(&parent.path().join("out"));
        assert!(path.ends_with("out.unfinished"));
        let run = UnderWay::open(&path, &identity(1), Earlier::Refused).expect("a new run");
        for (first, len) in [(0, 3), (3, 2), (5, 4)] {
            run.keep(&mut piece(first, len), true).expect("room on the disk");
        }
        fs::write(path.join(".tmp123"), "half of a part").expect("a file");
        drop(run);
        let torn = path.join("rows-0000000003-0000000004.bsr");
        let bytes = fs::read(&torn).expect("the second part");
        fs::write(&torn, &bytes[..bytes.len() - 1]).expect("a torn file");

        let run = UnderWay::open(&path, &identity(1), Earlier::Resumed).expect("the same run");
        let (parts, damaged) = run.read::<Piece>(2).expect("files that can be read");
        assert_eq!(damaged, std::slice::from_ref(&torn));
        assert_eq!(
            parts.iter().map(cells).collect::<Vec<_>>(),
            [vec![0, 1, 2], vec![5, 6, 7, 8]]
        );
        assert!(!torn.exists() && !path.join(".tmp123").exists());
        run.remove().expect("it can be removed");
        assert!(!path.exists());
    }

    #[test]
    fn rows_of_another_run_are_never_taken_and_those_of_the_same_never_thrown_away_unasked() {
        let parent = tempfile::tempdir().expect("a directory");
        let path = parent.path().join("out.unfinished");
        let open = |seed, earlier| UnderWay::open(&path, &identity(seed), earlier);
        let run = open(1, Earlier::Refused).expect("a new run");
        assert!(matches!(open(1, Earlier::Resumed), Err(OpenError::InUse(_))));
        run.keep(&mut piece(0, 2), false).expect("room on the disk");
        drop(run);
        assert!(matches!(open(1, Earlier::Refused), Err(OpenError::Same(_))));
        let Err(OpenError::Other(_, differences)) = open(2, Earlier::Resumed) else {
            panic!("rows of seed 1 are not resumed with seed 2");
        };
        assert_eq!(differences, ["seed 1 instead of 2"]);
        // A file of another run that someone copied here.
        let stranger = path.join("rows-0000000002-0000000002.bsr");
        fs::write(&stranger, sealed(&identity(9).digest(), &piece(2, 1))).expect("a file");
        let run = open(1, Earlier::Resumed).expect("the same run");
        let (parts, damaged) = run.read::<Piece>(2).expect("files that can be read");
        assert_eq!((parts.len(), damaged), (1, vec![stranger]));
        drop(run);
        let run = open(2, Earlier::Refused).expect("rows of seed 1 are of no use to seed 2");
        assert_eq!(run.dropped, Some(vec!["seed 1 instead of 2".to_owned()]));
        assert!(run.read::<Piece>(2).expect("no file").0.is_empty());
        drop(run);
        let run = open(2, Earlier::Dropped).expect("a new run");
        assert_eq!(run.dropped, None);
    }

    #[cfg(unix)]
    #[test]
    fn it_lies_beside_what_a_link_leads_to() {
        let (near, far) = (tempfile::tempdir(), tempfile::tempdir());
        let (near, far) = (near.expect("a directory"), far.expect("a directory"));
        let target = far.path().join("results");
        fs::create_dir(&target).expect("a directory");
        std::os::unix::fs::symlink(&target, near.path().join("out")).expect("a link");
        let target = fs::canonicalize(&target).expect("it is there");
        let expected = target.with_file_name("results.unfinished");
        assert_eq!(UnderWay::beside(&near.path().join("out")), expected);
    }

    #[test]
    fn a_strangers_directory_is_not_touched() {
        let parent = tempfile::tempdir().expect("a directory");
        let path = parent.path().join("out.unfinished");
        fs::create_dir(&path).expect("a directory");
        fs::write(path.join("thesis.txt"), "mine").expect("a file");
        for earlier in [Earlier::Dropped, Earlier::Resumed, Earlier::Refused] {
            let opened = UnderWay::open(&path, &identity(1), earlier);
            assert!(matches!(opened, Err(OpenError::NotOurs(_))));
        }
        assert_eq!(files(&path).expect("the directory").len(), 1);
    }
}
