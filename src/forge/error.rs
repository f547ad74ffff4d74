//! Why something with a forge did not work.

use std::time::Duration;

pub use crate::http::Kind;

/// Why something with a forge did not work. `request` says what was asked, without credentials.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The forge is not built.
    #[error("pull requests on {forge} are not built yet")]
    NotBuilt {
        /// The forge.
        forge: &'static str,
    },
    /// It cannot be told which forge this is.
    #[error("cannot tell which forge {remote} belongs to")]
    Unknown {
        /// The git remote.
        remote: String,
    },
    /// The remote names no repository of the forge.
    #[error("{path:?} is no repository on {forge}")]
    BadRepository {
        /// The forge.
        forge: &'static str,
        /// The path of the remote.
        path: String,
    },
    /// The address of the API cannot be used.
    #[error("{address:?} is no address of an API: {cause}")]
    BadApi {
        /// The address.
        address: String,
        /// The reason.
        cause: String,
    },
    /// There is no token.
    #[error("there is no token for {forge}")]
    NoToken {
        /// The forge.
        forge: &'static str,
    },
    /// The token is refused, or does not allow it.
    #[error("{request} is denied: {cause}")]
    Denied {
        /// What was asked.
        request: String,
        /// The forge's words.
        cause: String,
    },
    /// It is not there, or the token may not see it.
    #[error("{request} finds nothing: {cause}")]
    NotFound {
        /// What was asked.
        request: String,
        /// The forge's words.
        cause: String,
    },
    /// The repository has another name now.
    #[error("{request} is redirected: the repository was renamed or moved")]
    Moved {
        /// What was asked.
        request: String,
    },
    /// A pull request is open for these branches.
    #[error("a pull request from {head} to {base} is open already")]
    AlreadyExists {
        /// The branch with the changes.
        head: String,
        /// The branch they are for.
        base: String,
    },
    /// The branches do not differ.
    #[error("{head} has nothing that {base} has not")]
    NoDifference {
        /// The branch with the changes.
        head: String,
        /// The branch they are for.
        base: String,
    },
    /// The forge asks to come back later.
    #[error("{request} is limited: too many requests")]
    RateLimited {
        /// What was asked.
        request: String,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// The forge could not be reached, or broke off.
    #[error("{request} gets no answer: {cause}")]
    Unavailable {
        /// What was asked.
        request: String,
        /// The reason.
        cause: String,
    },
    /// The forge does not take the request, or its answer makes no sense.
    #[error("{request} fails: {cause}")]
    Invalid {
        /// What was asked.
        request: String,
        /// The forge's words, or what is wrong with them.
        cause: String,
    },
}

impl Error {
    /// Returns what to do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NotFound { .. } | Self::Moved { .. } => Kind::NotFound,
            Self::Denied { .. } | Self::NoToken { .. } => Kind::Denied,
            Self::AlreadyExists { .. } => Kind::Conflict,
            Self::RateLimited { after, .. } => Kind::RateLimited { after: *after },
            Self::Unavailable { .. } => Kind::Unavailable,
            _ => Kind::Invalid,
        }
    }
}
