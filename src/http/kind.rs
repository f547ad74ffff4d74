//! [`Kind`]: what to do about something that did not work with somebody else's server, whatever it serves.

use std::time::Duration;

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such thing, or the credentials may not see it.
    NotFound,
    /// The credentials do not allow it, or the server refuses.
    Denied,
    /// It is there already, or somebody else was first.
    Conflict,
    /// The server asks to come back later.
    RateLimited {
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// The server could not be reached or broke off: trying again may help.
    Unavailable,
    /// The input or an answer is not what it must be.
    Invalid,
}
