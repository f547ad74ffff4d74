//! Writes a set of changes into a [`Folder`], and nothing outside of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Error, Files, Folder, Kind};
use crate::yaml::Str;

impl Folder {
    /// Writes files by path; `None` removes one, and the folders that are empty then. A file is replaced as a whole, so that
    /// a reader sees the old or the new one; one that holds the bytes already is left alone.
    ///
    /// # Errors
    /// Where a path leads through a link, or the disk refuses. What was written before that stays; writing again goes on.
    pub fn apply(&self, changes: &BTreeMap<String, Option<Str>>) -> Result<(), Error> {
        for (path, change) in changes {
            self.refuse_links(path)?;
            match change {
                Some(bytes) if self.holds(path, bytes)? => {}
                Some(bytes) => self.replace(path, bytes).map_err(|error| failed(path, &error))?,
                None => self.remove(path).map_err(|error| failed(path, &error))?,
            }
        }
        Ok(())
    }

    /// A link on the way could lead out of the folder.
    fn refuse_links(&self, path: &str) -> Result<(), Error> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let part = path.get(..end).unwrap_or(path);
            match self.kind(part)? {
                None => return Ok(()),
                Some(Kind::Folder) if end < path.len() => {}
                Some(Kind::File) if end == path.len() => {}
                Some(found) => {
                    let cause = format!("{part} is {}", words(found));
                    return Err(Error { path: path.to_owned(), cause });
                }
            }
        }
        Ok(())
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.root().join(path);
        let folder = target.parent().map_or_else(|| self.root().to_owned(), Path::to_owned);
        fs::create_dir_all(&folder)?;
        let temporary = beside(&target);
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, &target));
        if written.is_err() {
            // Nothing half-written stays; the first error is the one that counts.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let target = self.root().join(path);
        match fs::remove_file(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut folder = target.parent();
        while let Some(empty) = folder.filter(|folder| *folder != self.root()) {
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        Ok(())
    }
}

/// Returns a name beside a file that no other run of this program uses at the same time.
fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    target.with_file_name(format!(".{}.plainsail-{}", name.chars().take(100).collect::<String>(), std::process::id()))
}

fn failed(path: &str, error: &io::Error) -> Error {
    Error { path: path.to_owned(), cause: error.to_string() }
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "a file, not a folder",
        Kind::Folder => "a folder, not a file",
        Kind::Link => "a link, which could lead elsewhere",
        Kind::Other => "neither a file nor a folder",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(folder: &Path, changes: &[(&str, Option<&str>)]) -> Result<(), Error> {
        Folder::new(folder)
            .apply(&changes.iter().map(|(path, text)| ((*path).to_owned(), text.map(Str::from))).collect())
    }

    #[test]
    fn writes_replaces_and_removes() {
        let folder = tempfile::tempdir().unwrap();
        apply(folder.path(), &[("a/b/c", Some("1")), ("d", Some("2"))]).unwrap();
        apply(folder.path(), &[("a/b/c", None), ("d", Some("3")), ("gone", None)]).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("d")).unwrap(), "3");
        assert!(!folder.path().join("a").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn writes_through_no_link() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("x"), "canary").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("rendered")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("x"), folder.path().join("file")).unwrap();
        for path in ["rendered/x", "rendered/new/y", "file"] {
            assert!(apply(folder.path(), &[(path, Some("evil"))]).is_err(), "{path}");
            assert!(apply(folder.path(), &[(path, None)]).is_err(), "{path}");
        }
        assert_eq!(fs::read_to_string(outside.path().join("x")).unwrap(), "canary");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }
}
