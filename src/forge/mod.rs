//! Pull requests: one trait, one file a forge.
//!
//! [`Place`] finds out from a git remote which forge it is, [`connect`] opens it, [`keep`] holds one living pull request: created
//! once, updated where it would differ, otherwise left alone. GitHub is built; the others are a typed error.
//!
//! Knows nothing of charts, environments or images, and builds no text: titles and bodies come in.

mod error;
mod github;
mod keep;
mod place;
mod text;

pub use error::{Error, Kind};
pub use github::GitHub;
pub use keep::{Kept, keep};
pub use place::{Name, Place};
pub use text::{BODY_LIMIT, fit, marker};

use crate::http::{self, Secret};

/// What shall stand in a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The branch with the changes, in the same repository.
    pub head: String,
    /// The branch they are for.
    pub base: String,
    /// The title; plain text.
    pub title: String,
    /// The body; Markdown.
    pub body: String,
}

/// A pull request as the forge has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its address for browsers.
    pub url: String,
    /// The title.
    pub title: String,
    /// The body.
    pub body: String,
    /// The branch with the changes.
    pub head: String,
    /// The commit of that branch, as forty digits, where the forge says so.
    pub head_commit: Option<String>,
    /// The branch they are for.
    pub base: String,
}

/// A forge, seen from one repository.
pub trait Forge {
    /// Returns what people call the forge.
    fn name(&self) -> &'static str;

    /// Returns the open pull requests from one branch of this repository to another; those from forks are left out.
    fn find_open(&mut self, head: &str, base: &str) -> Result<Vec<PullRequest>, Error>;

    /// Opens a pull request.
    ///
    /// # Errors
    /// Fails with [`Error::AlreadyExists`] where one is open for these branches.
    fn create(&mut self, proposal: &Proposal) -> Result<PullRequest, Error>;

    /// Changes title and body.
    fn update(&mut self, number: u64, title: &str, body: &str) -> Result<PullRequest, Error>;

    /// Closes a pull request without merging it.
    fn close(&mut self, number: u64) -> Result<(), Error>;
}

/// What is needed to reach a forge.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// How HTTP requests go out.
    pub http: http::Settings,
    /// The token; it goes to the API's host alone.
    pub token: Option<Secret>,
}

/// Opens a forge. Nothing is sent yet.
///
/// # Errors
/// Fails where there is no token, and where the forge is not built.
pub fn connect(place: &Place, access: &Access) -> Result<Box<dyn Forge>, Error> {
    match place.forge() {
        Name::GitHub => Ok(Box::new(GitHub::new(place, access)?)),
        other => Err(Error::NotBuilt { forge: other.words() }),
    }
}
