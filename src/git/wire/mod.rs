//! Git's protocol over the network: packets, the greeting, fetching (`upload`) and pushing (`receive`), over HTTP or `ssh`.
//!
//! [`Server`] is the [`Remote`] made of these; [`Wire`] is the way to a server, which knows nothing of git's words.

mod greeting;
mod http;
mod packet;
mod receive;
mod server;
mod ssh;
mod upload;

use std::io::{self, Read};

pub(super) use http::Http;
pub(super) use server::Server;
pub(super) use ssh::Ssh;

use greeting::Greeting;

use super::Error;

/// The two programs a git server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Upload,
    Receive,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Upload => "git-upload-pack",
            Self::Receive => "git-receive-pack",
        }
    }
}

/// The way to a server.
pub(super) trait Wire {
    /// The address, without credentials.
    fn address(&self) -> &str;

    /// Begins a conversation; the server speaks first.
    fn call(&mut self, service: Service) -> Result<Box<dyn Line>, Error>;

    /// Begins a conversation without a greeting, where the way allows it and an earlier one was kept: each request less is
    /// time in which nobody else can move the branch.
    fn resume(&mut self, _service: Service) -> Option<(Box<dyn Line>, Greeting)> {
        None
    }

    /// Keeps a greeting for later conversations.
    fn keep(&mut self, _service: Service, _greeting: Greeting) {}
}

/// A conversation with a server.
pub(super) trait Line: Read {
    /// Sends a request, the only one of this conversation. What is read from then on is its answer.
    fn say(&mut self, request: Vec<u8>) -> Result<(), Error>;

    /// Says what the other end printed or did when it broke off, if anything is known.
    fn last_words(&mut self) -> Option<Error> {
        None
    }
}

/// Carries one of our errors through a reader.
fn through(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Takes an error out of a reader.
fn from_reader(remote: &str, error: io::Error) -> Error {
    let words = error.to_string();
    let ours = error.into_inner().and_then(|inner| inner.downcast::<Error>().ok());
    ours.map_or_else(|| Error::Unavailable { remote: remote.to_owned(), cause: words }, |ours| *ours)
}

/// Fails once more was read than is taken, or for longer.
struct Bounded<R> {
    inner: R,
    remote: String,
    what: &'static str,
    limit: u64,
    left: u64,
    end: std::time::Instant,
    time: std::time::Duration,
}

impl<R> Bounded<R> {
    fn new(inner: R, remote: &str, what: &'static str, limit: u64, time: std::time::Duration) -> Self {
        let end = std::time::Instant::now() + time;
        Self { inner, remote: remote.to_owned(), what, limit, left: limit, end, time }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A server that sends a byte now and then never trips a timeout of its own per read.
        if std::time::Instant::now() >= self.end {
            return Err(through(Error::TimedOut { remote: self.remote.clone(), limit: self.time }));
        }
        let read = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            let (remote, what, limit) = (self.remote.clone(), self.what, self.limit);
            return Err(through(Error::TooLarge { remote, what, limit }));
        };
        self.left = left;
        Ok(read)
    }
}
