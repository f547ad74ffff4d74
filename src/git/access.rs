//! [`connect`]: from an address to a [`Remote`].

use std::time::Duration;

use super::address::Place;
use super::local::Local;
use super::wire::{Http, Server, Ssh};
use super::{Address, Error, Remote, Store};
use crate::http::{Secret, Settings};

/// What a git server is shown over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A user and a password.
    Basic {
        /// The user.
        user: String,
        /// The password, or a token in its place.
        password: Secret,
    },
    /// A token alone; forges take it as the password of any user.
    Token(Secret),
}

/// How much of a server's answers is taken, and for how long it is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one exchange may take, everything included.
    pub exchange: Duration,
    /// The most bytes of one answer with objects.
    pub pack: u64,
    /// The most bytes of a list of branches.
    pub listing: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { exchange: Duration::from_mins(2), pack: 1 << 30, listing: 64 << 20 }
    }
}

/// What is needed to reach repositories.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// How HTTP requests go out.
    pub http: Settings,
    /// The credentials over HTTP; those in the address count first.
    pub credentials: Option<Credentials>,
    /// The command in place of `ssh`, as in `GIT_SSH_COMMAND`: words with quotes, run without a shell.
    pub ssh_command: Option<String>,
    /// How much of a server's answers is taken.
    pub limits: Limits,
}

/// Opens a repository. Nothing is sent yet. What is fetched lies in the store.
///
/// # Errors
/// Fails where a local repository cannot be opened, and where the way to it is not built.
pub fn connect(address: &Address, store: &Store, access: &Access) -> Result<Box<dyn Remote>, Error> {
    let shown = address.to_string();
    let limits = access.limits;
    Ok(match address.place() {
        Place::Folder(folder) => Box::new(Local::open(folder, store)?),
        Place::Ssh(place) => {
            Box::new(Server::new(Ssh::new(place, &shown, access.ssh_command.as_deref(), limits)?, store))
        }
        Place::Http(url) => {
            let credentials = address.login().or(access.credentials.as_ref());
            Box::new(Server::new(Http::new(url, &shown, &access.http, credentials, limits)?, store))
        }
    })
}
