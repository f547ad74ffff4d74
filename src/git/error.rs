//! Why something with git did not work, with the data in fields.

use std::time::Duration;

use super::{Id, RefName};
pub use crate::http::Kind;

/// Why something with git did not work. `remote` is an address without credentials.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An object is not in the store.
    #[error("object {id} was not fetched")]
    Missing {
        /// The object.
        id: Id,
    },
    /// An object cannot be read.
    #[error("object {id} cannot be read: {cause}")]
    Broken {
        /// The object.
        id: Id,
        /// The reason.
        cause: String,
    },
    /// A path leads through something that is no folder.
    #[error("{path} is {found}, not a folder")]
    NotAFolder {
        /// The path of what is no folder.
        path: String,
        /// What it is, with its article.
        found: &'static str,
    },
    /// A file would replace something that is no file.
    #[error("{path} is {found}, not a file")]
    NotAFile {
        /// The path.
        path: String,
        /// What it is, with its article.
        found: &'static str,
    },
    /// A path must not be written to a tree.
    #[error("{path:?} is no path in a git tree")]
    BadPath {
        /// The path.
        path: String,
    },
    /// A name or an address of an author cannot stand in a commit.
    #[error("{text:?} cannot stand in a commit as a name or an address")]
    BadPerson {
        /// The text.
        text: String,
    },
    /// A message cannot stand in a commit.
    #[error("a commit message must not be empty or hold a NUL byte")]
    BadMessage,
    /// The local store does not work.
    #[error("cannot {doing}: {cause}")]
    Storage {
        /// What was tried.
        doing: &'static str,
        /// The reason.
        cause: String,
    },
    /// The name of a branch is refused.
    #[error("{name} is no branch name: {cause}")]
    BadBranch {
        /// The name.
        name: String,
        /// The rule.
        cause: &'static str,
    },
    /// The address of a repository is refused.
    #[error("{address} is no address of a git repository: {cause}")]
    BadAddress {
        /// The address without credentials.
        address: String,
        /// The reason.
        cause: String,
    },
    /// The server does not accept the credentials, or wants some.
    #[error("{remote} denies access: {cause}")]
    Denied {
        /// The repository.
        remote: String,
        /// The server's words.
        cause: String,
    },
    /// There is no such repository.
    #[error("{remote} is not there: {cause}")]
    NotFound {
        /// The repository.
        remote: String,
        /// The server's words.
        cause: String,
    },
    /// The server asks to come back later.
    #[error("{remote} asks to come back later")]
    RateLimited {
        /// The repository.
        remote: String,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// The server could not be reached, or broke off.
    #[error("{remote} does not answer: {cause}")]
    Unavailable {
        /// The repository.
        remote: String,
        /// The reason.
        cause: String,
    },
    /// The server's answer is not what the protocol says.
    #[error("{remote} answered against the protocol: {cause}")]
    Protocol {
        /// The repository.
        remote: String,
        /// What was wrong.
        cause: String,
    },
    /// The server sends us to another host, which does not get the credentials.
    #[error("{remote} redirects to {to}, which is not followed: name that address instead")]
    Redirected {
        /// The repository.
        remote: String,
        /// The scheme, host and port it redirects to.
        to: String,
    },
    /// The server sends more than is taken.
    #[error("{remote} sends more than {limit} bytes of {what}")]
    TooLarge {
        /// The repository.
        remote: String,
        /// What there is too much of.
        what: &'static str,
        /// The limit in bytes.
        limit: u64,
    },
    /// The server takes longer than it may.
    #[error("{remote} did not finish within {limit:?}")]
    TimedOut {
        /// The repository.
        remote: String,
        /// The limit.
        limit: Duration,
    },
    /// The repository needs something that is not built yet.
    #[error("{remote} needs {what}, which is not built yet")]
    NotBuilt {
        /// The repository.
        remote: String,
        /// What is missing.
        what: String,
    },
    /// The server refused the push, and nobody else moved the branch.
    #[error("the server refuses the push to {branch}: {reason}")]
    Rejected {
        /// The branch.
        branch: RefName,
        /// The server's reason.
        reason: String,
        /// What the server printed for people, its hooks for example.
        remote_text: String,
    },
    /// The branch does not stand where it was expected.
    #[error("{branch} was moved by somebody else")]
    Moved {
        /// The branch.
        branch: RefName,
        /// Where it was expected.
        expected: Option<Id>,
        /// Where it is.
        found: Option<Id>,
    },
    /// One of plainsail's own branches holds somebody else's commit.
    #[error("{branch} holds commit {commit} by {author}, which is not plainsail's")]
    Foreign {
        /// The branch.
        branch: RefName,
        /// The commit.
        commit: Id,
        /// Its author.
        author: String,
    },
    /// A branch that is not plainsail's own would be rewritten.
    #[error("{branch} is not one of plainsail's own branches and is never rewritten")]
    NotOwn {
        /// The branch.
        branch: RefName,
    },
    /// The history of a branch was rewritten during the run.
    #[error("the history of {branch} was rewritten: {was} is no longer part of it")]
    Rewritten {
        /// The branch.
        branch: RefName,
        /// Where it stood.
        was: Id,
    },
    /// A commit was built on something else than the tip.
    #[error("commit {commit} is not built on the tip of {branch}")]
    NotOnTip {
        /// The branch.
        branch: RefName,
        /// The commit.
        commit: Id,
    },
    /// The time for a push is up.
    #[error("{branch} could not be moved in {attempts} attempts")]
    GaveUp {
        /// The branch.
        branch: RefName,
        /// How many attempts were made.
        attempts: u32,
        /// What the last one ended with.
        last: String,
    },
}

impl Error {
    /// Returns what to do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Missing { .. } | Self::NotFound { .. } => Kind::NotFound,
            Self::Denied { .. } | Self::Rejected { .. } => Kind::Denied,
            Self::Moved { .. } | Self::Foreign { .. } | Self::Rewritten { .. } | Self::GaveUp { .. } => Kind::Conflict,
            Self::RateLimited { after, .. } => Kind::RateLimited { after: *after },
            Self::Unavailable { .. } | Self::TimedOut { .. } => Kind::Unavailable,
            _ => Kind::Invalid,
        }
    }
}
