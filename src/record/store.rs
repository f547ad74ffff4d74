//! [`Store`]: where records lie, one file for each folder that was rendered.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Record, format};

/// How many records are kept; those written longest ago go first.
const MOST: usize = 64;
/// How long a record is kept after it was written last.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// The folder of the records. That it is missing, full or cannot be written to costs time only.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    build: String,
}

impl Store {
    /// Names the folder, and the build of plainsail: records of other builds are not used.
    pub fn new(folder: impl Into<PathBuf>, build: impl Into<String>) -> Self {
        Self { folder: folder.into(), build: build.into() }
    }

    /// Returns the record of a folder, where there is a sound one.
    pub fn load(&self, root: &Path) -> Option<Record> {
        let root = identity(root)?;
        let bytes = fs::read(self.path(&root)).ok()?;
        format::decode(&bytes, &self.build, &root)
    }

    /// Writes the record of a folder. Two runs at once do each other no harm: the last one's record stays, and is sound.
    ///
    /// # Errors
    /// Where the disk refuses. Nothing depends on it.
    pub fn save(&self, root: &Path, record: &Record) -> io::Result<()> {
        let Some(root) = identity(root) else { return Ok(()) };
        make_private(&self.folder)?;
        self.prune();
        let bytes = format::encode(record, &self.build, &root);
        let target = self.path(&root);
        let temporary = target.with_extension(format!("{}.new", std::process::id()));
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(&bytes))
            .and_then(|()| fs::rename(&temporary, &target));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn path(&self, root: &str) -> PathBuf {
        self.folder.join(format!("{}.record", &blake3::hash(root.as_bytes()).to_hex()[..32]))
    }

    /// Removes records that are old or too many, and what a run that was killed has left. Failing is no matter.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let now = SystemTime::now();
        let mut found: Vec<(Duration, PathBuf)> = entries
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "record" || ending == "new"))
            .filter_map(|entry| {
                let age = now.duration_since(entry.metadata().ok()?.modified().ok()?).unwrap_or_default();
                Some((age, entry.path()))
            })
            .collect();
        found.sort();
        for (number, (age, path)) in found.into_iter().enumerate() {
            if number >= MOST || age > LONGEST {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Returns what tells the folder from others.
fn identity(root: &Path) -> Option<String> {
    fs::canonicalize(root).ok()?.into_os_string().into_string().ok()
}

/// Makes a folder that only its owner can write to.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Release;

    fn record(name: &str) -> Record {
        let release = Release {
            environment: "dev".into(),
            name: name.into(),
            key: [0; 32],
            outputs: Vec::new(),
            notices: Vec::new(),
            current: None,
        };
        Record { releases: vec![release], ..Record::default() }
    }

    #[test]
    fn a_record_belongs_to_a_folder_and_a_build() {
        let (cache, one, other) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::new(cache.path().join("a/b"), "1");
        store.save(one.path(), &record("one")).unwrap();
        store.save(other.path(), &record("other")).unwrap();
        assert_eq!(store.load(one.path()), Some(record("one")));
        assert_eq!(store.load(other.path()), Some(record("other")));
        assert_eq!(Store::new(cache.path().join("a/b"), "2").load(one.path()), None);
        assert_eq!(store.load(&one.path().join("none")), None);
    }

    #[test]
    fn a_damaged_record_is_written_anew() {
        let (cache, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::new(cache.path(), "1");
        store.save(root.path(), &record("a")).unwrap();
        let file = fs::read_dir(cache.path()).unwrap().next().unwrap().unwrap().path();
        fs::write(&file, "damaged").unwrap();
        assert_eq!(store.load(root.path()), None);
        store.save(root.path(), &record("b")).unwrap();
        assert_eq!(store.load(root.path()), Some(record("b")));
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_harm() {
        let (cache, root) = (tempfile::NamedTempFile::new().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::new(cache.path(), "1");
        assert!(store.save(root.path(), &record("a")).is_err());
        assert_eq!(store.load(root.path()), None);
    }

    #[test]
    fn old_records_and_too_many_go() {
        let (cache, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let aged = |name: &str, days: u64| {
            let file = fs::File::create(cache.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_hours(24 * days)).unwrap();
        };
        aged("old.record", 31);
        aged("left.7.new", 31);
        aged("other", 31);
        for number in 0..80 {
            aged(&format!("{number}.record"), 1 + number % 20);
        }
        Store::new(cache.path(), "1").save(root.path(), &record("a")).unwrap();
        let names: Vec<_> = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), MOST + 2, "{names:?}");
        assert!(names.iter().any(|name| name == "other") && !names.iter().any(|name| name == "old.record"));
    }
}
