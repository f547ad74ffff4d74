//! [`Error`]: why a registry gave no answer.

use std::time::Duration;

/// What went wrong with a registry. Texts are free of credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The repository, or the tag in it, does not exist.
    #[error("{} not found", described(repository, tag.as_deref()))]
    NotFound {
        /// The repository as written.
        repository: String,
        /// The tag, where the repository itself was not the question.
        tag: Option<String>,
    },
    /// The registry refused.
    #[error("{operation} of {repository} was refused: {reason}")]
    Denied {
        /// The repository as written.
        repository: String,
        /// What was asked, such as `DescribeImages`.
        operation: String,
        /// The words of the registry.
        reason: String,
    },
    /// There are no credentials that could be tried.
    #[error("no usable credentials for {repository}: {reason}")]
    NoCredentials {
        /// The repository as written.
        repository: String,
        /// What was looked for and is missing, with the file where there is one.
        reason: String,
    },
    /// The profile signs in through AWS SSO, which this build cannot do.
    #[error("the AWS profile for {repository} signs in through SSO, which this build cannot do (feature `aws-sso`)")]
    SsoProfile {
        /// The repository as written.
        repository: String,
    },
    /// The registry asks for fewer calls, also after several tries.
    #[error("{operation} of {repository} was throttled until the retries were used up: {reason}")]
    RateLimited {
        /// The repository as written.
        repository: String,
        /// What was asked.
        operation: String,
        /// The words of the registry.
        reason: String,
        /// How long to wait, where it said so.
        after: Option<Duration>,
    },
    /// The registry could not be reached, or broke off.
    #[error("{operation} of {repository} failed: {reason}")]
    Unavailable {
        /// The repository as written.
        repository: String,
        /// What was asked.
        operation: String,
        /// The cause.
        reason: String,
    },
    /// The answer contradicts the protocol or itself.
    #[error("{operation} of {repository} gave an answer that cannot be used: {reason}")]
    Invalid {
        /// The repository as written.
        repository: String,
        /// What was asked.
        operation: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The listing has no push times, and somebody needs them.
    #[error("the registry {registry} does not tell when {repository} was pushed to")]
    NoPushTime {
        /// The host.
        registry: String,
        /// The repository as written.
        repository: String,
    },
    /// The address is one that no repository file may point at unasked: of this machine, of its cloud's metadata.
    #[error("the registry {host} of {repository} is an address of this machine or its link")]
    ForbiddenAddress {
        /// The repository as written.
        repository: String,
        /// The host.
        host: String,
    },
    /// This build, or this version, cannot do it.
    #[error("{what} is not built into this plainsail, and {repository} needs it")]
    NotBuilt {
        /// The repository as written.
        repository: String,
        /// What is missing.
        what: &'static str,
    },
    /// The settings or a file of credentials cannot be used.
    #[error("{place}: {reason}")]
    Settings {
        /// The file or setting.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// What may be done about an [`Error`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// It is not there.
    NotFound,
    /// It is there and closed to us.
    Denied,
    /// Try again later.
    RateLimited {
        /// How long to wait, where that is known.
        after: Option<Duration>,
    },
    /// Try again.
    Unavailable,
    /// Trying again changes nothing.
    Invalid,
}

impl Error {
    /// Returns what may be done about it; only [`Kind::RateLimited`] and [`Kind::Unavailable`] are worth another try.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NotFound { .. } => Kind::NotFound,
            Self::Denied { .. } | Self::NoCredentials { .. } | Self::SsoProfile { .. } => Kind::Denied,
            Self::RateLimited { after, .. } => Kind::RateLimited { after: *after },
            Self::Unavailable { .. } => Kind::Unavailable,
            Self::Invalid { .. }
            | Self::NoPushTime { .. }
            | Self::ForbiddenAddress { .. }
            | Self::NotBuilt { .. }
            | Self::Settings { .. } => Kind::Invalid,
        }
    }
}

fn described(repository: &str, tag: Option<&str>) -> String {
    match tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.to_owned(),
    }
}
