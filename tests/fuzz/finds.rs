//! What was found before.

use std::path::{Path, PathBuf};

use crate::targets::TARGETS;

/// Returns what stands in a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// `PLAINSAIL_FINDS` names another folder of the same shape, say one of corpora.
#[test]
fn what_was_found_stays_mended() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/finds");
    let finds = std::env::var("PLAINSAIL_FINDS").map_or(own, PathBuf::from);
    let (mut count, mut broken) = (0, Vec::new());
    for folder in entries(&finds) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
        for input in entries(&folder) {
            let bytes = std::fs::read(&input).unwrap();
            if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                broken.push(input);
            }
            count += 1;
        }
    }
    println!("finds: {} of {count} mended", count - broken.len());
    assert!(broken.is_empty(), "{broken:?}");
}
