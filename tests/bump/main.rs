//! Edits of release files: each folder of `cases` holds a file, the edits, and the file after them or the error.
//!
//! A line of `edits.txt` is `path = value` or `path = value after key`; a path has dots, or bars where a key has dots.

#![expect(clippy::expect_used, reason = "a test stops where its data is broken")]

use std::fs;
use std::path::Path;

use plainsail::bump::{Edit, edit};

fn read_edit(line: &str) -> Edit {
    let (path, value) = line.split_once(" = ").expect("an edit is `path = value`");
    let keys = path.split(if path.contains('|') { '|' } else { '.' });
    match value.rsplit_once(" after ") {
        Some((value, key)) => Edit::new(keys, value).or_create_after(key),
        None => Edit::new(keys, value),
    }
}

fn run(case: &Path) -> Result<(), String> {
    let original = fs::read(case.join("original.yaml")).expect("the case has a file");
    let edits = fs::read_to_string(case.join("edits.txt")).expect("the case has edits");
    let edits: Vec<Edit> = edits.lines().map(read_edit).collect();
    let got = edit(&original, &edits);
    let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    if let Ok(expected) = fs::read(case.join("expected.yaml")) {
        return match got {
            Ok(edited) if edited == expected => Ok(()),
            Ok(edited) => Err(format!("got {:?}, wanted {:?}", shown(&edited), shown(&expected))),
            Err(error) => Err(format!("got the error {error}, wanted {:?}", shown(&expected))),
        };
    }
    let expected = fs::read_to_string(case.join("error.txt")).expect("the case has an error");
    match got {
        Err(error) if error.to_string() == expected.trim_end() => Ok(()),
        Err(error) => Err(format!("got the error {error}, wanted {expected}")),
        Ok(edited) => Err(format!("got {:?}, wanted the error {expected}", shown(&edited))),
    }
}

#[test]
fn edits_change_the_named_values_and_nothing_else() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bump/cases");
    let mut folders: Vec<_> = fs::read_dir(cases).expect("cases").map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    let failures: Vec<String> = folders
        .iter()
        .filter_map(|case| run(case).err().map(|difference| format!("{}: {difference}", case.display())))
        .collect();
    println!("bump: {} of {} equal", folders.len() - failures.len(), folders.len());
    assert!(folders.len() > 40 && failures.is_empty(), "{}", failures.join("\n"));
}
