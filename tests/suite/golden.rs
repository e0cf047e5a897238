//! What people see, byte for byte. `BLACKSTART_BLESS=1` writes the files anew; look at the difference before it is kept.

use crate::program::blackstart;
use crate::sources::root;
use std::path::Path;

/// Holds a text against a golden file.
pub fn hold(path: &Path, text: &str) {
    if std::env::var_os("BLACKSTART_BLESS").is_some() {
        let folder = path.parent().expect("a golden file stands in a folder");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(path, text))
            .expect("a golden file");
        return;
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        golden == text,
        "{} changed. It was:\n{golden}\nand is:\n{text}",
        path.display()
    );
}

#[test]
fn the_first_example_as_people_see_it() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::copy(
        root().join("scenarios/first.yaml"),
        folder.path().join("first.yaml"),
    )
    .expect("the first example");
    let shown = [
        ("first-summary.txt", ["run", "first.yaml", "-n", "200"].as_slice()),
        (
            "first-explain.txt",
            ["explain", "first.yaml", "--replication", "7"].as_slice(),
        ),
    ];
    for (golden, arguments) in shown {
        let ended = blackstart(folder.path(), arguments);
        assert_eq!(ended.code(), Some(0), "{}", ended.err);
        hold(&root().join("tests/golden").join(golden), &ended.out);
    }
}

#[test]
fn years_of_ordinary_life_as_people_see_them() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let name = "annual-two-ups.yaml";
    std::fs::copy(root().join("scenarios").join(name), folder.path().join(name)).expect("the annual example");
    let ended = blackstart(folder.path(), &["run", name, "-n", "10", "--years", "20"]);
    assert_eq!(ended.code(), Some(0), "{}", ended.err);
    hold(&root().join("tests/golden/annual-summary.txt"), &ended.out);
}
