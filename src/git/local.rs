//! [`Local`]: a bare repository on this machine's disk.
//!
//! Objects are written straight into its database, and a branch is moved under the lock that git itself takes
//! (`<branch>.lock`), after comparing where it stands. libgit2's own transport to paths is never used: it moves branches
//! without comparing, so commits of others get lost. Nothing of this runs hooks, so a repository with hooks that could
//! refuse a push is not written to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::{ErrorCode, Repository};

use super::store::ObjectKind;
use super::{Error, Id, Outcome, RefName, Remote, Store, Together, Update};

/// How long another writer may hold the lock of a branch.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// The hooks that git runs where it takes a push, and that may refuse it.
const HOOKS: [&str; 4] = ["pre-receive", "update", "reference-transaction", "proc-receive"];

/// A bare repository on this machine's disk.
pub(super) struct Local {
    repository: Repository,
    folder: PathBuf,
    store: Store,
    address: String,
}

impl Local {
    pub(super) fn open(folder: &Path, store: &Store) -> Result<Self, Error> {
        let address = folder.display().to_string();
        let failed = |cause: git2::Error| match cause.code() {
            ErrorCode::NotFound => Error::NotFound { remote: address.clone(), cause: cause.message().to_owned() },
            ErrorCode::Owner => Error::Denied { remote: address.clone(), cause: cause.message().to_owned() },
            _ => Error::BadAddress { address: address.clone(), cause: cause.message().to_owned() },
        };
        let flags = git2::RepositoryOpenFlags::NO_SEARCH;
        let repository = Repository::open_ext(folder, flags, std::iter::empty::<&Path>()).map_err(failed)?;
        if !repository.is_bare() {
            let cause = "it has a work tree, whose files a push would leave behind; name a bare repository".to_owned();
            return Err(Error::BadAddress { address, cause });
        }
        if repository.is_shallow() {
            return Err(Error::NotBuilt { remote: address, what: "a repository with cut history".to_owned() });
        }
        let folder = repository.path().to_owned();
        store.borrow_objects(&folder.join("objects"))?;
        Ok(Self { repository, folder, store: store.clone(), address })
    }

    fn broken(&self, cause: &git2::Error) -> Error {
        Error::Unavailable { remote: self.address.clone(), cause: cause.message().to_owned() }
    }

    /// Returns where a branch stands now.
    fn tip(&self, branch: &RefName) -> Result<Option<Id>, Error> {
        match self.repository.find_reference(branch.as_str()) {
            Ok(reference) => match reference.target() {
                Some(id) => Ok(Some(id.into())),
                None => {
                    Err(Error::NotBuilt { remote: self.address.clone(), what: format!("the symbolic branch {branch}") })
                }
            },
            Err(cause) if cause.code() == ErrorCode::NotFound => Ok(None),
            Err(cause) => Err(self.broken(&cause)),
        }
    }

    fn refuse_hooks(&self) -> Result<(), Error> {
        match HOOKS.iter().find(|hook| is_executable(&self.folder.join("hooks").join(hook))) {
            None => Ok(()),
            Some(hook) => {
                let cause = format!("it has the hook {hook}, which is not run here; push to it over http or ssh");
                Err(Error::Denied { remote: self.address.clone(), cause })
            }
        }
    }

    fn keep_objects(&self, objects: &[Id]) -> Result<(), Error> {
        let odb = self.repository.odb().map_err(|cause| self.broken(&cause))?;
        // What refers to others comes after them, so that a break leaves nothing that looks whole.
        for wanted in [ObjectKind::Blob, ObjectKind::Tree, ObjectKind::Commit] {
            for id in objects {
                let (kind, bytes) = self.store.read_any(*id)?;
                if kind == wanted {
                    odb.write(kind.vendor(), &bytes).map_err(|cause| self.broken(&cause))?;
                }
            }
        }
        Ok(())
    }

    /// Moves branches under their locks, all or none. `Ok(Err(reason))` is a refusal.
    fn move_branches(&self, updates: &[Update]) -> Result<Result<(), String>, git2::Error> {
        let mut transaction = self.repository.transaction()?;
        for update in updates {
            if let Err(cause) = lock(&mut transaction, update.branch.as_str()) {
                return Ok(Err(format!("failed to lock the branch: {}", cause.message())));
            }
        }
        for update in updates {
            let name = update.branch.as_str();
            // Read under the lock: from here on nobody else moves it.
            let found = match self.tip(&update.branch) {
                Ok(found) => found,
                Err(cause) => return Ok(Err(cause.to_string())),
            };
            if found != update.old {
                return Ok(Err("the branch does not stand where it was expected".to_owned()));
            }
            match update.new {
                Some(new) => {
                    let signature = git2::Signature::now("plainsail", "plainsail@localhost")?;
                    transaction.set_target(
                        name,
                        git2::Oid::from_bytes(new.as_bytes())?,
                        Some(&signature),
                        "plainsail",
                    )?;
                }
                None if found.is_some() => transaction.remove(name)?,
                None => {}
            }
        }
        transaction.commit().map(Ok)
    }
}

/// Takes the lock of a branch, waiting for another writer to leave.
fn lock(transaction: &mut git2::Transaction<'_>, name: &str) -> Result<(), git2::Error> {
    let start = Instant::now();
    loop {
        match transaction.lock_ref(name) {
            Err(cause) if cause.code() == ErrorCode::Locked && start.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

impl Remote for Local {
    fn address(&self) -> &str {
        &self.address
    }

    fn default_branch(&mut self) -> Result<Option<RefName>, Error> {
        let head = self.repository.find_reference("HEAD").map_err(|cause| self.broken(&cause))?;
        let target = head.symbolic_target().ok().flatten().map(str::to_owned);
        target.filter(|name| name.starts_with("refs/heads/")).map(|name| RefName::branch(&name)).transpose()
    }

    fn tips(&mut self, branches: &[RefName]) -> Result<BTreeMap<RefName, Id>, Error> {
        let mut tips = BTreeMap::new();
        for branch in branches {
            if let Some(tip) = self.tip(branch)? {
                tips.insert(branch.clone(), tip);
            }
        }
        Ok(tips)
    }

    /// The store reads the repository's objects where they are.
    fn fetch(&mut self, commits: &[Id], _since: Option<Id>) -> Result<(), Error> {
        self.blobs(commits)?;
        self.store.known_tips().extend(commits);
        Ok(())
    }

    fn history(&mut self, commit: Id, _since: i64) -> Result<(), Error> {
        self.fetch(&[commit], None)
    }

    fn blobs(&mut self, ids: &[Id]) -> Result<(), Error> {
        match ids.iter().find(|id| !self.store.has(**id)) {
            Some(id) => Err(Error::Missing { id: *id }),
            None => Ok(()),
        }
    }

    fn push(&mut self, updates: &[Update], objects: &[Id], together: Together) -> Result<Vec<Outcome>, Error> {
        self.refuse_hooks()?;
        self.keep_objects(objects)?;
        let outcome = |result: Result<Result<(), String>, git2::Error>| match result {
            Ok(Ok(())) => Outcome::Applied,
            Ok(Err(reason)) => Outcome::Refused { reason, remote_text: String::new() },
            Err(cause) => Outcome::Unknown { cause: self.broken(&cause) },
        };
        Ok(match together {
            Together::Atomic => vec![outcome(self.move_branches(updates)); updates.len()],
            Together::Single => {
                updates.iter().map(|update| outcome(self.move_branches(std::slice::from_ref(update)))).collect()
            }
        })
    }
}
