//! [`Store`]: the objects of one run, in a folder of its own that vanishes with it.
//!
//! Only an object database stands behind it: no repository, so no configuration of the machine is read, no hook can run and
//! no reference exists here. What was fetched lies in packs, what is made lies in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use git2::ObjectType;

use super::object::{self, TreeEntry};
use super::{Commit, CommitTree, Error, Id, pack};

/// What git keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Commit,
    Tree,
    Blob,
}

impl ObjectKind {
    pub(super) fn vendor(self) -> ObjectType {
        match self {
            Self::Commit => ObjectType::Commit,
            Self::Tree => ObjectType::Tree,
            Self::Blob => ObjectType::Blob,
        }
    }
}

/// The objects of one run. Cloning shares them.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    odb: RwLock<git2::Odb<'static>>,
    trees: Mutex<BTreeMap<Id, Arc<Vec<TreeEntry>>>>,
    made: Mutex<BTreeMap<Id, Vec<Id>>>,
    shallow: Mutex<BTreeSet<Id>>,
    tips: Mutex<BTreeSet<Id>>,
    folder: tempfile::TempDir,
}

fn storage(doing: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Error {
    move |cause| Error::Storage { doing, cause: cause.to_string() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Makes an empty store in a fresh temporary folder.
    ///
    /// # Errors
    /// Fails where no temporary folder can be made.
    pub fn new() -> Result<Self, Error> {
        let failed = storage("make the object store");
        let folder = tempfile::Builder::new().prefix("plainsail-git-").tempdir().map_err(|cause| failed(&cause))?;
        std::fs::create_dir(folder.path().join("pack")).map_err(|cause| failed(&cause))?;
        let odb = git2::Odb::new().map_err(|cause| failed(&cause))?;
        odb.add_new_mempack_backend(1000).map_err(|cause| failed(&cause))?;
        let inner = Inner {
            odb: RwLock::new(odb),
            trees: Mutex::default(),
            made: Mutex::default(),
            shallow: Mutex::default(),
            tips: Mutex::default(),
            folder,
        };
        let store = Self { inner: Arc::new(inner) };
        store.borrow_objects(store.inner.folder.path())?;
        Ok(store)
    }

    /// Reads from another folder of objects as well, that of a local bare repository.
    pub(super) fn borrow_objects(&self, folder: &Path) -> Result<(), Error> {
        let failed = storage("open the object store");
        let path = folder.to_str().ok_or_else(|| failed(&"its path is not UTF-8"))?;
        self.with_odb(|odb| odb.add_disk_alternate(path)).map_err(|cause| failed(&cause.message()))
    }

    fn with_odb<T>(&self, act: impl FnOnce(&git2::Odb<'static>) -> T) -> T {
        act(&self.inner.odb.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells whether an object is here.
    pub fn has(&self, id: Id) -> bool {
        vendor(id).is_some_and(|id| self.with_odb(|odb| odb.exists(id)))
    }

    pub(super) fn read(&self, id: Id, kind: ObjectKind) -> Result<Vec<u8>, Error> {
        let broken = |cause: &str| Error::Broken { id, cause: cause.to_owned() };
        let oid = vendor(id).ok_or(Error::Missing { id })?;
        self.with_odb(|odb| {
            let object = odb.read(oid).map_err(|cause| match cause.code() {
                git2::ErrorCode::NotFound => Error::Missing { id },
                _ => broken(cause.message()),
            })?;
            if object.kind() != kind.vendor() {
                return Err(broken("it is of another kind"));
            }
            Ok(object.data().to_vec())
        })
    }

    /// Returns the kind and the bytes of an object, to be sent.
    pub(super) fn read_any(&self, id: Id) -> Result<(ObjectKind, Vec<u8>), Error> {
        let oid = vendor(id).ok_or(Error::Missing { id })?;
        self.with_odb(|odb| {
            let object = odb.read(oid).map_err(|_| Error::Missing { id })?;
            let kind = match object.kind() {
                ObjectType::Commit => ObjectKind::Commit,
                ObjectType::Tree => ObjectKind::Tree,
                ObjectType::Blob => ObjectKind::Blob,
                _ => return Err(Error::Broken { id, cause: "it is of another kind".to_owned() }),
            };
            Ok((kind, object.data().to_vec()))
        })
    }

    pub(super) fn write(&self, kind: ObjectKind, bytes: &[u8]) -> Result<Id, Error> {
        let odb = self.inner.odb.write().unwrap_or_else(PoisonError::into_inner);
        let id = odb.write(kind.vendor(), bytes).map_err(|cause| storage("keep an object")(&cause.message()))?;
        Ok(id.into())
    }

    pub(super) fn entries(&self, tree: Id) -> Result<Arc<Vec<TreeEntry>>, Error> {
        if let Some(known) = lock(&self.inner.trees).get(&tree) {
            return Ok(Arc::clone(known));
        }
        let entries = Arc::new(object::read_tree(tree, &self.read(tree, ObjectKind::Tree)?)?);
        lock(&self.inner.trees).insert(tree, Arc::clone(&entries));
        Ok(entries)
    }

    /// Returns a commit.
    ///
    /// # Errors
    /// Fails where it was not fetched or cannot be read.
    pub fn commit(&self, id: Id) -> Result<Commit, Error> {
        object::read_commit(id, &self.read(id, ObjectKind::Commit)?)
    }

    /// Returns the files of a commit.
    ///
    /// # Errors
    /// Fails where the commit was not fetched or cannot be read.
    pub fn tree(&self, commit: Id) -> Result<CommitTree, Error> {
        Ok(CommitTree::new(self.clone(), Some(self.commit(commit)?.tree)))
    }

    /// Returns a tree without files, for a branch that does not exist yet.
    pub fn empty_tree(&self) -> CommitTree {
        CommitTree::new(self.clone(), None)
    }

    /// Returns the objects that a commit made here brings with it.
    pub fn objects_of(&self, commit: Id) -> Vec<Id> {
        lock(&self.inner.made).get(&commit).cloned().unwrap_or_default()
    }

    pub(super) fn remember_objects(&self, commit: Id, objects: Vec<Id>) {
        lock(&self.inner.made).insert(commit, objects);
    }

    /// Takes in a pack as the server sends it; one that refers to objects which are here already is completed.
    pub(super) fn take_pack(&self, pack: &mut dyn Read) -> Result<(), PackError> {
        let folder = self.inner.folder.path().join("pack");
        let odb = self.inner.odb.write().unwrap_or_else(PoisonError::into_inner);
        let bad = |cause: git2::Error| PackError::Bad(cause.message().to_owned());
        let mut indexer = git2::Indexer::new(Some(&odb), &folder, 0o600, false).map_err(bad)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = pack.read(&mut buffer).map_err(PackError::Cut)?;
            if read == 0 {
                break;
            }
            let bytes = buffer.get(..read).unwrap_or_default();
            indexer.write_all(bytes).map_err(|cause| PackError::Bad(cause.to_string()))?;
        }
        indexer.commit().map_err(bad)?;
        odb.refresh().map_err(bad)
    }

    /// Makes the pack that carries these objects.
    pub(super) fn pack(&self, objects: &[Id]) -> Result<Vec<u8>, Error> {
        pack::write(objects.iter().map(|id| self.read_any(*id)), objects.len())
    }

    /// The commits whose parents were left out by the server.
    pub(super) fn shallow(&self) -> MutexGuard<'_, BTreeSet<Id>> {
        lock(&self.inner.shallow)
    }

    /// The commits that were fetched with all their trees.
    pub(super) fn known_tips(&self) -> MutexGuard<'_, BTreeSet<Id>> {
        lock(&self.inner.tips)
    }
}

/// Why a pack was not taken in.
#[derive(Debug)]
pub(super) enum PackError {
    /// Reading it failed.
    Cut(std::io::Error),
    /// It is no pack, or not a whole one.
    Bad(String),
}

/// Returns the id that these bytes have as a file, without keeping them.
pub fn blob_id(bytes: &[u8]) -> Id {
    git2::Oid::hash_object(ObjectType::Blob, bytes).map_or(Id::from_bytes([0; 20]), Id::from)
}

fn vendor(id: Id) -> Option<git2::Oid> {
    git2::Oid::from_bytes(id.as_bytes()).ok()
}
