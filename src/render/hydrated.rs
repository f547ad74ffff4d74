//! The hydrated output that is there already: which folders are plainsail's, what is in them, what has to go.

use std::collections::BTreeMap;

use super::{Error, MARKER, Marker};
use crate::files::{Files, Kind};
use crate::yaml::Str;

/// The folder of all hydrated output.
pub const RENDERED: &str = "rendered";

/// Returns the marker of a folder, or `None` where there is none.
///
/// # Errors
/// Where the marker cannot be read, or the folder has files but no marker.
pub fn marker(files: &dyn Files, folder: &str) -> Result<Option<Marker>, Error> {
    let path = format!("{folder}/{MARKER}");
    match files.read(&path)? {
        Some(text) => {
            Marker::read(&text).map(Some).map_err(|reason| Error::Values { file: path, line: None, reason, cap: None })
        }
        None if files.list(folder)?.is_empty() => Ok(None),
        None => Err(Error::NotOurs { folder: folder.to_owned() }),
    }
}

/// Returns the paths of all files below a folder, sorted; links and submodules are none of ours and are left alone.
///
/// # Errors
/// Where a folder cannot be listed.
pub fn paths_below(files: &dyn Files, folder: &str) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in files.list(&folder)? {
            let path = format!("{folder}/{}", entry.name);
            match entry.kind {
                Kind::File => found.push(path),
                Kind::Folder => folders.push(path),
                Kind::Link | Kind::Other => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Returns the manifests of a folder by path, without the marker.
///
/// # Errors
/// Where a file cannot be read.
pub fn manifests(files: &dyn Files, folder: &str) -> Result<BTreeMap<String, Str>, Error> {
    let mut found = BTreeMap::new();
    for path in paths_below(files, folder)? {
        if path.rsplit('/').next() == Some(MARKER) {
            continue;
        }
        if let Some(text) = files.read(&path)? {
            found.insert(path, text);
        }
    }
    Ok(found)
}

/// Returns the releases of an environment that have hydrated output with a marker, but for those that are `known`.
///
/// # Errors
/// Where a folder cannot be listed.
pub fn releases(files: &dyn Files, environment: &str, known: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Error> {
    let folder = format!("{RENDERED}/{environment}");
    let mut found = Vec::new();
    // Asked first, so that a tree that remembers what it was asked knows that there is no folder.
    if files.list(RENDERED)?.iter().all(|entry| entry.name != environment) {
        return Ok(found);
    }
    for release in files.list(&folder)?.into_iter().filter(|entry| entry.kind == Kind::Folder && !known(&entry.name)) {
        if files.kind(&format!("{folder}/{}/{MARKER}", release.name))? == Some(Kind::File) {
            found.push(release.name);
        }
    }
    Ok(found)
}
