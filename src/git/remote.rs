//! [`Remote`]: a repository that others write to as well.

use std::collections::BTreeMap;

use super::{Error, Id, RefName};

/// The change of one branch, with where it must stand before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The branch.
    pub branch: RefName,
    /// Where it must stand, `None` where it must not exist.
    pub old: Option<Id>,
    /// Where it shall stand, `None` to delete it.
    pub new: Option<Id>,
}

/// What became of an update.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server says it is done.
    Applied,
    /// The server says it is not done. That is not final: a request that is delivered twice is refused the second time.
    Refused {
        /// The reason, as the protocol carries it.
        reason: String,
        /// What the server printed for people.
        remote_text: String,
    },
    /// The request went out, what became of it is not known.
    Unknown {
        /// What happened instead of an answer.
        cause: Error,
    },
}

/// How several updates hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Together {
    /// Each for itself.
    #[default]
    Single,
    /// All or none; the server must be able to.
    Atomic,
}

/// A repository that others write to as well. What is fetched lies in the store the remote was opened with.
pub trait Remote {
    /// Returns the address, without credentials.
    fn address(&self) -> &str;

    /// Returns the branch that the repository's HEAD names, `None` where it names none.
    fn default_branch(&mut self) -> Result<Option<RefName>, Error>;

    /// Returns where branches stand; those that do not exist are left out. A fresh conversation each time.
    fn tips(&mut self, branches: &[RefName]) -> Result<BTreeMap<RefName, Id>, Error>;

    /// Fetches commits and their trees, without the content of files where the server can leave it out: with `since`, all
    /// commits after that one, else the commits alone, without their parents.
    fn fetch(&mut self, commits: &[Id], since: Option<Id>) -> Result<(), Error>;

    /// Fetches the commits behind one that are younger than a time (seconds since 1970), without files.
    fn history(&mut self, commit: Id, since: i64) -> Result<(), Error>;

    /// Fetches the content of files, in one request.
    fn blobs(&mut self, ids: &[Id]) -> Result<(), Error>;

    /// Sends objects and moves branches, each only from where it must stand. The outcomes come in the order of the updates.
    ///
    /// # Errors
    /// An error means that no request to update was sent.
    fn push(&mut self, updates: &[Update], objects: &[Id], together: Together) -> Result<Vec<Outcome>, Error>;
}
