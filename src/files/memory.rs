//! [`Memory`]: files held in memory; [`Overlay`]: changes laid over another tree.

use std::collections::BTreeMap;

use super::{Entry, Error, Files, Kind};
use crate::yaml::Str;

/// Files held in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Str>,
}

impl Memory {
    /// Sets a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Str>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// Returns all files by path.
    pub fn files(&self) -> &BTreeMap<String, Str> {
        &self.files
    }
}

impl<P: Into<String>, B: Into<Str>> FromIterator<(P, B)> for Memory {
    fn from_iter<T: IntoIterator<Item = (P, B)>>(files: T) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

/// Returns the name of the entry of `folder` that leads to `path`, and whether it is the file itself.
fn entry_below<'a>(folder: &str, path: &'a str) -> Option<(&'a str, bool)> {
    let rest = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
    Some(match rest.split_once('/') {
        Some((name, _)) => (name, false),
        None => (rest, true),
    })
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<Option<Str>, Error> {
        Ok(self.files.get(path).cloned())
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, Error> {
        if self.files.contains_key(path) {
            return Ok(Some(Kind::File));
        }
        Ok((!self.list(path)?.is_empty()).then_some(Kind::Folder))
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let mut entries: BTreeMap<&str, Kind> = BTreeMap::new();
        for path in self.files.keys() {
            if let Some((name, is_file)) = entry_below(folder, path) {
                entries.insert(name, if is_file { Kind::File } else { Kind::Folder });
            }
        }
        Ok(entries.into_iter().map(|(name, kind)| Entry { name: name.to_owned(), kind }).collect())
    }
}

/// Changes laid over another tree: a path that is set hides what is below, one that is removed hides it too.
pub struct Overlay<'a> {
    base: &'a dyn Files,
    changes: BTreeMap<String, Option<Str>>,
}

impl<'a> Overlay<'a> {
    /// Lays nothing over a tree.
    pub fn new(base: &'a dyn Files) -> Self {
        Self { base, changes: BTreeMap::new() }
    }

    /// Sets a file, or removes it with `None`.
    pub fn set(&mut self, path: impl Into<String>, bytes: Option<Str>) {
        self.changes.insert(path.into(), bytes);
    }

    /// Returns the changes by path.
    pub fn changes(&self) -> &BTreeMap<String, Option<Str>> {
        &self.changes
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Option<Str>, Error> {
        match self.changes.get(path) {
            Some(change) => Ok(change.clone()),
            None => self.base.read(path),
        }
    }

    fn holds(&self, path: &str, bytes: &Str) -> Result<bool, Error> {
        match self.changes.get(path) {
            Some(change) => Ok(change.as_ref() == Some(bytes)),
            None => self.base.holds(path, bytes),
        }
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, Error> {
        match self.changes.get(path) {
            Some(Some(_)) => return Ok(Some(Kind::File)),
            Some(None) => return Ok(None),
            None => {}
        }
        match self.base.kind(path)? {
            Some(Kind::Folder) | None => Ok((!self.list(path)?.is_empty()).then_some(Kind::Folder)),
            found => Ok(found),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let mut entries: BTreeMap<String, Kind> =
            self.base.list(folder)?.into_iter().map(|entry| (entry.name, entry.kind)).collect();
        for (path, change) in &self.changes {
            match (entry_below(folder, path), change) {
                (Some((name, true)), None) => {
                    entries.remove(name);
                }
                (Some((name, is_file)), Some(_)) => {
                    entries.insert(name.to_owned(), if is_file { Kind::File } else { Kind::Folder });
                }
                _ => {}
            }
        }
        Ok(entries.into_iter().map(|(name, kind)| Entry { name, kind }).collect())
    }
}
