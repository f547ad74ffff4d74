//! [`Error`]: why a request gave no usable response.

use std::error::Error as _;
use std::path::PathBuf;

use url::Url;

use super::reach::{OUT_OF_REACH, OutOfReach};

/// What went wrong with an HTTP request. Addresses are shown without user, password, query and fragment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of certificates cannot be used.
    #[error("cannot use the certificates of {}: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// The client cannot be set up.
    #[error("cannot set up HTTP: {reason}")]
    Setup {
        /// The cause.
        reason: String,
    },
    /// The address may not be asked.
    #[error("{address} may not be asked: {reason}")]
    Forbidden {
        /// The address.
        address: String,
        /// The rule.
        reason: &'static str,
    },
    /// A header of ours has characters that no header may have, a line break for one.
    #[error("the value for the header `{name}` has characters that no header may have")]
    Header {
        /// The name of the header; its value may be a secret.
        name: String,
    },
    /// The time was up.
    #[error("{address} did not answer in time")]
    TimedOut {
        /// The address.
        address: String,
    },
    /// There was no connection; nothing was sent.
    #[error("cannot connect to {address}: {reason}")]
    Connect {
        /// The address.
        address: String,
        /// The cause.
        reason: String,
    },
    /// The exchange broke off; whether the request had its effect is not known.
    #[error("{address} broke off: {reason}")]
    Broken {
        /// The address.
        address: String,
        /// The cause.
        reason: String,
    },
    /// The body is longer than the cap.
    #[error("{address} sent more than {limit} bytes")]
    TooLong {
        /// The address.
        address: String,
        /// The cap in bytes.
        limit: u64,
    },
    /// The body is not what it should be.
    #[error("{address} sent no usable JSON: {reason}")]
    Json {
        /// The address.
        address: String,
        /// The cause: kind and place, never the text.
        reason: String,
    },
}

impl Error {
    /// Tells whether the same request may have more luck later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Connect { .. } | Self::Broken { .. })
    }

    pub(super) fn from_reqwest(url: &Url, error: reqwest::Error) -> Self {
        let address = shown(url);
        if error.is_timeout() {
            return Self::TimedOut { address };
        }
        if finds::<OutOfReach>(&error) {
            return Self::Forbidden { address, reason: OUT_OF_REACH };
        }
        let connect = error.is_connect();
        let reason = chain(error);
        if connect { Self::Connect { address, reason } } else { Self::Broken { address, reason } }
    }

    pub(super) fn from_read(url: &Url, error: &std::io::Error) -> Self {
        let address = shown(url);
        let timed_out = error.kind() == std::io::ErrorKind::TimedOut
            || error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
                .is_some_and(reqwest::Error::is_timeout);
        if timed_out { Self::TimedOut { address } } else { Self::Broken { address, reason: causes(error) } }
    }
}

/// Returns an address fit for people: without user, password, query and fragment, each of which may hold a secret.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that cannot have a user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// Tells whether a cause is of a type.
fn finds<E: std::error::Error + 'static>(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<E>() {
            return true;
        }
        next = error.source();
    }
    false
}

fn chain(error: reqwest::Error) -> String {
    let error = error.without_url();
    error.source().map_or_else(|| error.to_string(), causes)
}

/// The innermost cause says what happened; the layers above only that something did.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        // A reqwest error between the layers would show the address with its query.
        if error.downcast_ref::<reqwest::Error>().is_none() {
            let text = error.to_string();
            if !texts.iter().any(|earlier| earlier.contains(&text)) {
                texts.push(text);
            }
        }
        next = error.source();
    }
    texts.join(": ")
}
