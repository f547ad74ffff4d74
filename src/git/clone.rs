//! Finds the repository that a clone on disk belongs to. Reads the clone's own configuration, changes nothing.

use std::path::Path;

use super::Error;

/// Returns the URL of the remote of the clone that a folder lies in: that of `origin`, or of the only remote there is. `None`
/// where the folder is in no clone, or nothing tells which remote is meant.
///
/// # Errors
/// Where the clone cannot be read.
pub fn remote_of_clone(folder: &Path) -> Result<Option<String>, Error> {
    let storage = |cause: git2::Error| Error::Storage { doing: "read the clone", cause: cause.message().to_owned() };
    let repository = match git2::Repository::discover(folder) {
        Ok(repository) => repository,
        Err(cause) if cause.code() == git2::ErrorCode::NotFound => return Ok(None),
        Err(cause) => return Err(storage(cause)),
    };
    let names = repository.remotes().map_err(storage)?;
    let names: Vec<String> = names.iter().filter_map(|name| name.ok().flatten().map(str::to_owned)).collect();
    let name = match names.as_slice() {
        [only] => only.as_str(),
        several if several.iter().any(|name| name == "origin") => "origin",
        _ => return Ok(None),
    };
    let remote = repository.find_remote(name).map_err(storage)?;
    Ok(remote.url().ok().map(str::to_owned))
}
