//! The nouns of OCI images: [`Digest`], [`Tag`], [`Repository`], [`Reference`], and what a registry tells of them.
//!
//! Pure data: text is parsed here, at the border, and trusted further in. Who asks registries is `registry`, who chooses
//! among images is `select`; both use these words.

mod digest;
mod listing;
mod repository;
mod tag;

pub use digest::{Digest, DigestError};
pub use listing::{ListedImage, Listing, Resolved};
pub use repository::{Ecr, Reference, Repository, RepositoryError};
pub use tag::{Tag, TagError};
