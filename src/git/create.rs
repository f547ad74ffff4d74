//! Makes a local bare repository, for the demo and for tests.

use std::path::Path;

use super::{Error, RefName};

/// Makes an empty bare repository whose HEAD names a branch that does not exist yet.
///
/// # Errors
/// Where the folder cannot be made, or is a repository already.
pub fn create_bare(folder: &Path, branch: &RefName) -> Result<(), Error> {
    let mut options = git2::RepositoryInitOptions::new();
    // No template: nothing of the machine comes in, hooks least of all.
    options.bare(true).no_reinit(true).mkpath(true).external_template(false).initial_head(branch.short());
    git2::Repository::init_opts(folder, &options)
        .map(|_| ())
        .map_err(|cause| Error::Storage { doing: "make the repository", cause: cause.message().to_owned() })
}
