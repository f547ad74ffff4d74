//! [`RenderedRelease`]: the files of one release.

use std::collections::BTreeMap;

use super::{MARKER, Marker, RenderedObject};
use crate::yaml::Str;

/// The files that one release becomes.
#[derive(Clone, Debug)]
pub struct RenderedRelease {
    /// `rendered/<env>/<release>`
    pub folder: String,
    /// The manifests by path.
    pub manifests: BTreeMap<String, Str>,
    /// What the marker says.
    pub marker: Marker,
    /// The objects, in Helm's order.
    pub objects: Vec<RenderedObject>,
    /// What a person should know: `lookup` gave nothing, a chart is deprecated.
    pub notices: Vec<String>,
}

impl RenderedRelease {
    /// Returns the path of the marker.
    pub fn marker_path(&self) -> String {
        format!("{}/{MARKER}", self.folder)
    }

    /// Returns all files by path, the marker among them.
    pub fn files(&self) -> BTreeMap<String, Str> {
        let mut files = self.manifests.clone();
        files.insert(self.marker_path(), self.marker.to_text());
        files
    }
}
