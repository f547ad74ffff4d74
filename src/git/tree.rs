//! [`CommitTree`]: the files of a commit that was never checked out.

use std::sync::Arc;

use super::object::{Mode, TreeEntry};
use super::store::ObjectKind;
use super::{Error, Id, Remote, Store};
use crate::files::{self, Entry, Files, Kind};
use crate::yaml::Str;

/// The files of a commit. A file whose content was not fetched is an error when it is read; see [`CommitTree::prefetch`].
#[derive(Clone)]
pub struct CommitTree {
    store: Store,
    root: Option<Id>,
}

/// A file of a commit, by path and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// The path from the root.
    pub path: String,
    /// The id of its content, see [`super::blob_id`].
    pub id: Id,
}

impl CommitTree {
    pub(super) fn new(store: Store, root: Option<Id>) -> Self {
        Self { store, root }
    }

    /// Returns the id of the tree, `None` where it has no files at all.
    pub fn id(&self) -> Option<Id> {
        self.root
    }

    /// Returns the content's id of a file, `None` where no regular file stands there. Nothing needs to be fetched for it.
    ///
    /// # Errors
    /// Fails where a tree cannot be read.
    pub fn file_id(&self, path: &str) -> Result<Option<Id>, Error> {
        Ok(self.find(path)?.filter(|entry| entry.mode() == Mode::File).map(|entry| entry.id))
    }

    /// Returns all regular files below a folder (`""` for all there are), in the order of the tree.
    ///
    /// # Errors
    /// Fails where a tree cannot be read.
    pub fn files_below(&self, folder: &str) -> Result<Vec<TreeFile>, Error> {
        let mut found = Vec::new();
        let start = if folder.is_empty() { self.root } else { self.folder(folder)? };
        if let Some(start) = start {
            self.collect(start, folder, 0, &mut found)?;
        }
        Ok(found)
    }

    fn collect(&self, tree: Id, folder: &str, depth: usize, found: &mut Vec<TreeFile>) -> Result<(), Error> {
        const DEEPEST: usize = 128;
        if depth > DEEPEST {
            return Err(Error::Broken { id: tree, cause: format!("more than {DEEPEST} folders deep") });
        }
        for entry in self.store.entries(tree)?.iter() {
            // A name that is no text cannot be asked for by path; it is carried along, and listed, but never read.
            let Ok(name) = std::str::from_utf8(&entry.name) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            match entry.mode() {
                Mode::Folder => self.collect(entry.id, &path, depth + 1, found)?,
                Mode::File => found.push(TreeFile { path, id: entry.id }),
                Mode::Link | Mode::Submodule => {}
            }
        }
        Ok(())
    }

    /// Fetches the content of all files that are wanted and not here yet, in one request.
    ///
    /// # Errors
    /// Fails where the remote does.
    pub fn prefetch(&self, remote: &mut dyn Remote, wanted: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let mut missing: Vec<Id> =
            self.files_below("")?.into_iter().filter(|file| wanted(&file.path)).map(|file| file.id).collect();
        missing.sort_unstable();
        missing.dedup();
        missing.retain(|id| !self.store.has(*id));
        if missing.is_empty() { Ok(()) } else { remote.blobs(&missing) }
    }

    fn find(&self, path: &str) -> Result<Option<TreeEntry>, Error> {
        let Some(mut tree) = self.root else { return Ok(None) };
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let entries = self.store.entries(tree)?;
            let Some(entry) = entries.iter().find(|entry| entry.name == part.as_bytes()) else { return Ok(None) };
            if parts.peek().is_none() {
                return Ok(Some(entry.clone()));
            }
            if entry.mode() != Mode::Folder {
                return Ok(None);
            }
            tree = entry.id;
        }
        Ok(None)
    }

    fn folder(&self, path: &str) -> Result<Option<Id>, Error> {
        Ok(self.find(path)?.filter(|entry| entry.mode() == Mode::Folder).map(|entry| entry.id))
    }
}

fn kind(mode: Mode) -> Kind {
    match mode {
        Mode::Folder => Kind::Folder,
        Mode::File => Kind::File,
        Mode::Link => Kind::Link,
        Mode::Submodule => Kind::Other,
    }
}

fn unreadable(path: &str) -> impl Fn(Error) -> files::Error {
    move |cause| files::Error { path: path.to_owned(), cause: cause.to_string() }
}

impl Files for CommitTree {
    fn read(&self, path: &str) -> Result<Option<Str>, files::Error> {
        let found = self.find(path).map_err(unreadable(path))?;
        let Some(entry) = found.filter(|entry| matches!(entry.mode(), Mode::File | Mode::Link)) else {
            return Ok(None);
        };
        let bytes = self.store.read(entry.id, ObjectKind::Blob).map_err(unreadable(path))?;
        Ok(Some(Str::from(bytes)))
    }

    /// By hash: hydrated output is compared without being fetched.
    fn holds(&self, path: &str, bytes: &Str) -> Result<bool, files::Error> {
        let entry = self.find(path).map_err(unreadable(path))?.filter(|entry| entry.mode() == Mode::File);
        Ok(entry.is_some_and(|entry| entry.id == super::blob_id(bytes)))
    }

    fn kind(&self, path: &str) -> Result<Option<Kind>, files::Error> {
        if path.is_empty() {
            return Ok(self.root.map(|_| Kind::Folder));
        }
        Ok(self.find(path).map_err(unreadable(path))?.map(|entry| kind(entry.mode())))
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, files::Error> {
        let tree = if folder.is_empty() { self.root } else { self.folder(folder).map_err(unreadable(folder))? };
        let entries = match tree {
            Some(tree) => self.store.entries(tree).map_err(unreadable(folder))?,
            None => Arc::default(),
        };
        let readable = |entry: &TreeEntry| match std::str::from_utf8(&entry.name) {
            Ok(name) => Entry { name: name.to_owned(), kind: kind(entry.mode()) },
            Err(_) => Entry { name: String::from_utf8_lossy(&entry.name).into_owned(), kind: Kind::Other },
        };
        let mut listed: Vec<Entry> = entries.iter().map(readable).collect();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }
}
