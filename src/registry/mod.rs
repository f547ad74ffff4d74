//! Registries: what images there are, and which digest a tag stands for. Knows nothing of charts, fleets or git.
//!
//! [`Registry`] is the whole of it, and [`open`] finds the right one for a [`Repository`]: Amazon ECR through its own API
//! (`ecr.rs`, the only one that knows push times for certain), any other registry over the distribution API (`oci.rs`), an
//! image layout folder (`layout.rs`), or [`MemoryRegistry`] in tests. A listing is complete or it is an error: what is not
//! known for certain must never look like an empty registry.

pub mod credentials;
#[cfg(feature = "ecr")]
mod ecr;
mod error;
pub mod layout;
mod memory;
#[cfg(feature = "http")]
mod oci;
mod registries;
mod settings;

pub use credentials::{Credential, Credentials};
pub use error::{Error, Kind};
pub use memory::MemoryRegistry;
pub use registries::Registries;
pub use settings::{Aws, HostSettings, Settings};

pub use crate::image::{
    Digest, DigestError, Ecr, ListedImage, Listing, Reference, Repository, RepositoryError, Resolved, Tag, TagError,
};

/// A registry, asked synchronously. One value may serve many repositories and threads.
pub trait Registry: Send + Sync {
    /// Returns all that a repository holds. Where one page fails, the listing fails.
    fn list(&self, repository: &Repository) -> Result<Listing, Error>;

    /// Returns what a tag stands for right now; [`Error::NotFound`] where there is no such tag.
    fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<Resolved, Error>;

    /// Tells whether listings carry push times, without which the policy `pushed` cannot choose.
    fn knows_push_times(&self) -> bool;
}

/// Returns the registry that serves a repository.
///
/// A host that the settings name with a layout folder is that folder; the host of a private Amazon ECR registry is ECR; any
/// other host is asked over the distribution API. See [`Registries`] for many repositories.
pub fn open(repository: &Repository, settings: &Settings) -> Result<Box<dyn Registry>, Error> {
    if let Some(folder) = settings.hosts.get(repository.host()).and_then(|host| host.layout.clone()) {
        return Ok(Box::new(layout::LayoutRegistry::new(folder)));
    }
    match repository.ecr() {
        Some(ecr) => open_ecr(repository, ecr, settings),
        None => open_oci(repository, settings),
    }
}

#[cfg(feature = "ecr")]
fn open_ecr(repository: &Repository, ecr: Ecr, settings: &Settings) -> Result<Box<dyn Registry>, Error> {
    Ok(Box::new(ecr::EcrRegistry::new(repository, ecr, settings)?))
}

#[cfg(not(feature = "ecr"))]
fn open_ecr(repository: &Repository, _: Ecr, _: &Settings) -> Result<Box<dyn Registry>, Error> {
    Err(Error::NotBuilt { repository: repository.to_string(), what: "Amazon ECR (feature `ecr`)" })
}

#[cfg(feature = "http")]
fn open_oci(repository: &Repository, settings: &Settings) -> Result<Box<dyn Registry>, Error> {
    Ok(Box::new(oci::OciRegistry::new(repository, settings)?))
}

#[cfg(not(feature = "http"))]
fn open_oci(repository: &Repository, _: &Settings) -> Result<Box<dyn Registry>, Error> {
    Err(Error::NotBuilt { repository: repository.to_string(), what: "the distribution API (feature `http`)" })
}
