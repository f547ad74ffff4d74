//! Objects and trees, the wire, and the protocol that moves a branch others move as well.
//!
//! Start with [`Store`] (the objects of a run), [`Draft`] (a commit without a work tree), [`Remote`] (a repository that others
//! write to) and [`Publisher`] (fetch, build, push, settle). libgit2 keeps and reads objects and the references of a local
//! repository; it never talks to a server, runs no hook and reads no configuration of the machine for us.
//!
//! Knows nothing of charts, environments or images.

mod access;
mod address;
mod clone;
mod create;
mod draft;
mod error;
mod history;
mod id;
mod local;
mod name;
mod object;
mod pace;
mod pack;
mod publish;
mod remote;
mod store;
mod tree;
mod wire;

pub use access::{Access, Credentials, Limits, connect};
pub use address::Address;
pub use clone::remote_of_clone;
pub use create::create_bare;
pub use draft::Draft;
pub use error::{Error, Kind};
pub use history::History;
pub use id::{BadId, Id};
pub use name::RefName;
pub use object::{Commit, Person};
pub use pace::{Pace, RealPace};
pub use publish::{Published, Publisher, Rewritten};
pub use remote::{Outcome, Remote, Together, Update};
pub use store::{Store, blob_id};
pub use tree::{CommitTree, TreeFile};
