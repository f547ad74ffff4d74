//! The cache of `render`: where it lies, that it may be missing, and the hashes that are printed without it.

use std::fs;
use std::path::Path;

use crate::program::{Program, files_of, run};

fn fleet() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "--sample"]).code(0);
    folder
}

fn render(folder: &Path, variable: &str, value: &Path, options: &[&str]) -> String {
    let arguments: Vec<&str> = ["render"].iter().chain(options).copied().collect();
    let ran = Program::new(&arguments).at(folder).with([(variable, value.to_str().unwrap())]).run();
    ran.code(0).err
}

#[test]
fn the_cache_lies_outside_of_the_repository() {
    for (variable, inside) in
        [("PLAINSAIL_CACHE_DIR", ""), ("XDG_CACHE_HOME", "plainsail"), ("HOME", ".cache/plainsail")]
    {
        let (folder, cache) = (fleet(), tempfile::tempdir().unwrap());
        let without = fleet();
        for _ in 0..4 {
            render(folder.path(), variable, cache.path(), &[]);
            render(without.path(), variable, cache.path(), &["--no-cache"]);
        }
        assert_eq!(render(folder.path(), variable, cache.path(), &["--check"]), "up to date\n");
        assert_eq!(fs::read_dir(cache.path().join(inside)).unwrap().count(), 1, "{variable}");
        assert_eq!(files_of(folder.path()), files_of(without.path()), "{variable}");
    }
}

#[test]
fn a_cache_that_cannot_be_is_no_error() {
    let folder = fleet();
    let file = tempfile::NamedTempFile::new().unwrap();
    for variable in ["PLAINSAIL_CACHE_DIR", "XDG_CACHE_HOME", "HOME"] {
        render(folder.path(), variable, file.path(), &[]);
        assert_eq!(render(folder.path(), variable, file.path(), &[]), "up to date\n");
    }
}

#[test]
fn hashes_are_those_of_what_is_printed() {
    let folder = fleet();
    let printed = run(folder.path(), &["render", "--hashes"]).code(0);
    let lines: Vec<Vec<&str>> = printed.out.lines().map(|line| line.split(' ').collect()).collect();
    assert!(lines.len() > 2 && lines.iter().all(|line| line.len() == 2 && line[0].len() == 64), "{lines:?}");
    assert!(!folder.path().join("rendered").exists());
    let one = run(folder.path(), &["render", "dev/worker", "--hashes"]).code(0);
    assert!(one.out.lines().count() == 1 && printed.out.contains(&one.out));
    run(folder.path(), &["render", "dev/none", "--hashes"]).code(2);
}
