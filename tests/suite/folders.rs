//! Directories of results, compared.

use std::collections::BTreeMap;
use std::path::Path;

/// The files of a directory: names and content.
pub fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    entries
        .map(|entry| {
            let path = entry.expect("an entry of the folder").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (
                name,
                std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display())),
            )
        })
        .collect()
}

/// The names of what lies in a directory.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry of the folder")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// Holds a directory against what it ought to be.
///
/// # Panics
/// When a file is missing, is too much, or has other bytes.
pub fn assert_same(found: &Path, expected: &BTreeMap<String, Vec<u8>>, when: &str) {
    let found = content(found);
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(expected), "{when}: the files");
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{when}: {name} has other bytes");
    }
}
