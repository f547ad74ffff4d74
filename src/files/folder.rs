//! [`Folder`]: a folder on disk.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Entry, Error, Files, Kind};
use crate::yaml::Str;

/// No file of a GitOps repository is larger; what is larger is an error instead of an exhausted memory.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// A folder on disk. The last part of a path is not followed where it is a link; who wants to follow links resolves them
/// part by part.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Names the folder that is the root.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn full(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    fn read_file(&self, path: &str) -> Result<Str, Error> {
        let whole = || {
            let mut file = fs::File::open(self.full(path))?;
            match file.metadata()?.len() {
                size if size > MAX_BYTES => Err(io::Error::other(format!("larger than {MAX_BYTES} bytes"))),
                size => Str::filled(size as usize, |bytes| file.read_exact(bytes)),
            }
        };
        whole().or_else(|error| fail(path, error))
    }
}

/// Tells whether a path stays below the root by its form.
fn is_plain(path: &str) -> bool {
    path.is_empty() || (!path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | "..")))
}

fn fail<T>(path: &str, cause: impl ToString) -> Result<T, Error> {
    Err(Error { path: path.to_owned(), cause: cause.to_string() })
}

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Option<Str>, Error> {
        match self.kind(path)? {
            Some(Kind::Link) => match fs::read_link(self.full(path)) {
                Ok(target) => Ok(Some(Str::from(target.as_os_str().as_encoded_bytes()))),
                Err(error) => fail(path, error),
            },
            Some(Kind::File) => self.read_file(path).map(Some),
            _ => Ok(None),
        }
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, Error> {
        if !is_plain(path) {
            return fail(path, "not a path below the root");
        }
        // A folder on the way that is a link may lead anywhere; who wants to follow one asks for it by itself.
        for (end, _) in path.match_indices('/') {
            if fs::symlink_metadata(self.root.join(&path[..end])).is_ok_and(|found| found.is_symlink()) {
                return fail(path, format!("{} is a symbolic link, which is not followed", &path[..end]));
            }
        }
        // The root itself may be a link.
        let found = if path.is_empty() { fs::metadata(&self.root) } else { fs::symlink_metadata(self.full(path)) };
        match found {
            Ok(found) => {
                let kind = found.file_type();
                Ok(Some(match () {
                    () if kind.is_symlink() => Kind::Link,
                    () if kind.is_dir() => Kind::Folder,
                    () if kind.is_file() => Kind::File,
                    () => Kind::Other,
                }))
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => fail(path, error),
        }
    }

    fn read_listed(&self, path: &str) -> Result<Option<Str>, Error> {
        self.read_file(path).map(Some)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        if self.kind(folder)? != Some(Kind::Folder) {
            return Ok(Vec::new());
        }
        let entries = match fs::read_dir(self.full(folder)) {
            Ok(entries) => entries,
            Err(error) => return fail(folder, error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.or_else(|error| fail(folder, error))?;
            let Ok(name) = entry.file_name().into_string() else {
                return fail(folder, format!("the name {} is not UTF-8", entry.file_name().display()));
            };
            let kind = entry.file_type().or_else(|error| fail(folder, error))?;
            let kind = match () {
                () if kind.is_symlink() => Kind::Link,
                () if kind.is_dir() => Kind::Folder,
                () if kind.is_file() => Kind::File,
                () => Kind::Other,
            };
            found.push(Entry { name, kind });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_reads_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        fs::write(folder.path().join("a"), "text").unwrap();
        let files = Folder::new(folder.path());
        let names: Vec<_> = files.list("").unwrap().into_iter().map(|entry| (entry.name, entry.kind)).collect();
        assert_eq!(names, [("a".to_owned(), Kind::File), ("b".to_owned(), Kind::Folder)]);
        assert_eq!(files.read("a").unwrap(), Some("text".into()));
        assert_eq!(files.read("c").unwrap(), None);
    }

    #[test]
    fn refuses_paths_that_leave_the_root() {
        let files = Folder::new("/");
        for path in ["..", "a/../..", "/etc/passwd", "a//b"] {
            assert!(files.read(path).is_err(), "{path}");
        }
    }
}
