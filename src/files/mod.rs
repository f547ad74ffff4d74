//! Trees of files by path: a folder on disk, a commit in git, files in memory, and one laid over another. A
//! [`Witness`] remembers what was read of a folder.
//!
//! Everything that reads a GitOps repository does so through [`Files`], so `render` on a work tree and `reconcile` on a
//! commit that was never checked out run the same code.

mod chart_folder;
mod folder;
mod memory;
mod stamp;
mod witness;
mod write;

pub use chart_folder::read_chart_folder;
pub use folder::Folder;
pub use memory::{Memory, Overlay};
pub use stamp::{Digest, Seen, Stamp, digest};
pub use witness::{Testimony, Witness};

use crate::yaml::Str;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; [`Files::read`] gives its target as text.
    Link,
    /// A submodule, a device: nothing that is read.
    Other,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, without the folder.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// Why a file could not be read.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot read {path}: {cause}")]
pub struct Error {
    /// The path from the root of the tree.
    pub path: String,
    /// The reason, in words.
    pub cause: String,
}

/// A tree of files, read by any number of threads. Paths are relative to the root, parts joined by `/`, without `.`, `..` or a
/// leading `/`; the root is "".
pub trait Files: Sync {
    /// Returns the bytes of a file, or `None` where there is no file.
    fn read(&self, path: &str) -> Result<Option<Str>, Error>;

    /// Returns the bytes of a file that [`list`](Self::list) has just named as one. A folder on disk need not look again for
    /// links on the way.
    fn read_listed(&self, path: &str) -> Result<Option<Str>, Error> {
        self.read(path)
    }

    /// Returns what stands at a path, or `None` where there is nothing.
    fn kind(&self, path: &str) -> Result<Option<Kind>, Error>;

    /// Returns the entries of a folder, sorted by name; empty where there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, Error>;

    /// Tells whether a file holds exactly these bytes. A tree that knows its files by hash answers without reading them.
    fn holds(&self, path: &str, bytes: &Str) -> Result<bool, Error> {
        Ok(self.read(path)?.is_some_and(|found| found == *bytes))
    }
}
