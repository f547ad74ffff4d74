//! [`Witness`]: a folder that remembers what was read of it.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};

use super::stamp::digest_of_names;
use super::{Entry, Error, Files, Folder, Kind, Seen, digest};
use crate::yaml::Str;

/// A folder that remembers what was read of it: the very bytes that were handed out, not what stands there later.
pub struct Witness<'a> {
    folder: &'a Folder,
    now: i128,
    /// By path; none where two readings differed.
    seen: Mutex<BTreeMap<String, Option<Seen>>>,
}

impl<'a> Witness<'a> {
    /// Begins to watch. `now` is the time in nanoseconds since 1970, taken before anything was read.
    pub fn new(folder: &'a Folder, now: i128) -> Self {
        Self { folder, now, seen: Mutex::default() }
    }

    /// Returns what was read, by path.
    pub fn testimony(self) -> Testimony {
        Testimony { seen: self.seen.into_inner().unwrap_or_else(PoisonError::into_inner) }
    }

    fn remember(&self, path: &str, seen: Seen) {
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(path) {
            None => {
                all.insert(path.to_owned(), Some(seen));
            }
            Some(Some(known)) if known.kind == seen.kind && known.digest == seen.digest => {}
            Some(known) => *known = None,
        }
    }
}

impl Files for Witness<'_> {
    fn read(&self, path: &str) -> Result<Option<Str>, Error> {
        let before = self.folder.settled_stamp(path, self.now);
        let found = self.folder.read(path)?;
        if let (Some((kind, stamp)), Some(bytes)) = (before, &found) {
            self.remember(path, Seen { kind, stamp, digest: digest(bytes) });
        }
        Ok(found)
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, Error> {
        self.folder.kind(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let before = self.folder.settled_stamp(folder, self.now);
        let entries = self.folder.list(folder)?;
        if let Some((Kind::Folder, stamp)) = before {
            self.remember(folder, Seen { kind: Kind::Folder, stamp, digest: digest_of_names(&entries) });
        }
        Ok(entries)
    }
}

/// What was read of a folder.
#[derive(Debug, Default)]
pub struct Testimony {
    seen: BTreeMap<String, Option<Seen>>,
}

impl Testimony {
    /// Returns how a path was found; none where it was not read, or changed while it was.
    pub fn of(&self, path: &str) -> Option<Seen> {
        self.seen.get(path).copied().flatten()
    }

    /// Returns all that was read of a folder and below; none where a part of it changed meanwhile.
    pub fn below(&self, folder: &str) -> Option<Vec<(&str, Seen)>> {
        let inside = format!("{folder}/");
        let range = (Bound::Included(inside.clone()), Bound::Unbounded);
        let below = self.seen.range(range).take_while(|(path, _)| path.starts_with(&inside));
        self.seen
            .get_key_value(folder)
            .into_iter()
            .chain(below)
            .map(|(path, seen)| Some((path.as_str(), (*seen)?)))
            .collect()
    }

    /// Tells whether nothing was read at a path.
    pub fn is_untouched(&self, path: &str) -> bool {
        !self.seen.contains_key(path)
    }

    /// Returns all paths that were read.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.seen.keys().map(String::as_str)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    const LATER: i128 = i64::MAX as i128;

    fn seen(root: &std::path::Path, path: &str, now: i128) -> Seen {
        let folder = Folder::new(root);
        let witness = Witness::new(&folder, now);
        let _ = witness.read(path).unwrap();
        let _ = witness.list(path).unwrap();
        witness.testimony().of(path).unwrap()
    }

    #[test]
    fn what_did_not_change_is_known_without_reading() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "1").unwrap();
        let found = seen(root.path(), "a", LATER);
        assert!(found.stamp.is_some());
        assert_eq!(found.again(&Folder::new(root.path()), "a", LATER), Some(found));
    }

    #[test]
    fn what_was_just_written_is_read_again() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "1").unwrap();
        let now = i128::from(Folder::new(root.path()).stamp("a").unwrap().1.unwrap().modified) + 1;
        let found = seen(root.path(), "a", now);
        assert_eq!(found.stamp, None);
        assert!(found.again(&Folder::new(root.path()), "a", LATER).unwrap().stamp.is_some());
    }

    #[test]
    fn every_change_is_seen() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let again = |found: Seen, path: &str| found.again(&Folder::new(root.path()), path, LATER);
        fs::write(at("a"), "1").unwrap();
        let found = seen(root.path(), "a", LATER);
        // The same size and the old time, as `touch -r` gives it.
        let times = fs::FileTimes::new().set_modified(fs::metadata(at("a")).unwrap().modified().unwrap());
        fs::write(at("a"), "2").unwrap();
        fs::File::options().write(true).open(at("a")).unwrap().set_times(times).unwrap();
        assert_eq!(again(found, "a"), None);
        fs::write(at("a"), "1").unwrap();
        assert!(again(found, "a").is_some());
        fs::remove_file(at("a")).unwrap();
        assert_eq!(again(found, "a"), None);
        fs::write(at("b"), "1").unwrap();
        symlink("b", at("a")).unwrap();
        assert_eq!(again(found, "a"), None);
        let link = seen(root.path(), "a", LATER);
        assert_eq!(link.kind, Kind::Link);
        fs::remove_file(at("a")).unwrap();
        symlink("c", at("a")).unwrap();
        assert_eq!(again(link, "a"), None);
    }

    #[test]
    fn a_folder_is_its_names() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("d")).unwrap();
        fs::write(root.path().join("d/a"), "1").unwrap();
        let found = seen(root.path(), "d", LATER);
        let again = || found.again(&Folder::new(root.path()), "d", LATER);
        fs::write(root.path().join("d/a"), "2").unwrap();
        assert!(again().is_some());
        fs::write(root.path().join("d/b"), "1").unwrap();
        assert_eq!(again(), None);
        fs::remove_file(root.path().join("d/b")).unwrap();
        assert!(again().is_some());
        fs::remove_file(root.path().join("d/a")).unwrap();
        fs::create_dir(root.path().join("d/a")).unwrap();
        assert_eq!(again(), None);
    }

    #[test]
    fn what_changes_between_two_readings_is_no_testimony() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        let witness = Witness::new(&folder, LATER);
        for text in ["1", "2", "1"] {
            fs::write(root.path().join("a"), text).unwrap();
            witness.read("a").unwrap();
        }
        let testimony = witness.testimony();
        assert_eq!(testimony.of("a"), None);
        assert_eq!(testimony.paths().count(), 1);
    }
}
